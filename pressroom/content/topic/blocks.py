"""Read the body of a topic: Markdown -> Blocks, their Messages and their Figures.

Markdown is CommonMark without raw HTML, with tables, definition lists, footnotes and `:::`
containers. The inline text of each block becomes one message.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from ...core.errors import HandoutError, ManuscriptError, UnreadMarkupError, did_you_mean
from ...core.files import missing, read_text, shown
from ...core.model import RANKS, SNIPPET, Block, Clinic, Figure, Message
from ..clinic import clinic_names
from ..images import read_figure
from ..placeholders import TOPIC_PLACEHOLDERS, placeholders
from ..schema import is_id
from .inline import NOTE, LinkError, markdown, read_inline
from .unread import unread_lines, unread_markup

#: Containers that a topic may use, and an example of what stands behind their name.
CONTAINERS = {
    "urgent": "", "same-day": "", "unapproved-therapy": "", "questions": "", "checklist": "",
    "notes": "4", "tip": "", "warning": "", "note": "", "include": "parking", "only": "north",
}  # fmt: skip
#: Containers that stand once: each goes with a disclaimer, which would be printed twice.
_ONCE = (*RANKS, "unapproved-therapy")
#: Containers that are boxes: they stay whole and hold no heading.
BOXES = ("tip", "warning", "note", "checklist")

#: Most messages of a topic: far above what a leaflet of a few pages holds, and read in seconds.
MOST_MESSAGES = 1500
#: Blocks within blocks; far less deep than what the reader of Markdown drops.
DEEPEST = 8

#: The section of the notes at the foot of a topic.
FOOTNOTES = "footnotes"

#: A line break as Markdown has it: a backslash, or two spaces, at the end of a line.
_HARD_BREAK = re.compile(r"(?:(?<!\\)((?:\\\\)*)\\|[ ]{2,})\n[ \t]*")
#: White space of the source, which is folded. Spaces that keep words together are none of it.
_WHITE = re.compile(r"[ \t\r\n\f\v]+")

_HEADING_ID = re.compile(r"\{#([^{}]*)\}\s*$")


def _markdown() -> MarkdownIt:
    reader = markdown().enable("table").use(deflist_plugin)
    footnote_plugin(reader, inline=False, move_to_end=False)
    reader.block.ruler.before("fence", "include", _include, {"alt": ["paragraph", "list"]})
    for name in CONTAINERS:
        container_plugin(reader, name, validate=_names(name))
    # Any other name is read as a container too, to be reported with its line.
    container_plugin(reader, "unknown", validate=lambda params, _markup: bool(params.strip()))
    return reader


def _include(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read `::: include parking`, which is one line, or two with a `:::` that closes it."""
    first, last = state.bMarks[start] + state.tShift[start], state.eMarks[start]
    found = re.fullmatch(r":::+ *include(?: +(.*))?", state.src[first:last].rstrip())
    if not found or state.is_code_block(start):
        return False
    if not silent:
        state.line = start + 1
        if state.line < end:
            here = state.bMarks[state.line] + state.tShift[state.line]
            closing = state.src[here : state.eMarks[state.line]].strip()
            state.line += bool(closing) and not closing.strip(":")
        token = state.push("include", "", 0)
        token.info, token.map = (found[1] or "").strip(), [start, state.line]
    return True


def _names(name: str) -> Any:
    return lambda params, _markup: params.strip().split(" ", 1)[0] == name


_READER = _markdown()


def _is_urgent(node: SyntaxTreeNode | None) -> bool:
    """Return whether a node is the first rank of an emergency box."""
    return node is not None and node.type == "container_urgent"


def slug(text: str) -> str:
    """Return a stable id from the words of a heading."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")


def one_line(text: str) -> str:
    """Return the text of a block as its message has it: on one line, with its line breaks.

    No-break spaces stay, since they are there to keep words together.
    """
    text = _HARD_BREAK.sub(lambda found: f"{found[1] or ''}\\ ", text.strip(" \t\n"))
    return _WHITE.sub(" ", text).strip(" ")


def _leave_pictures(tokens: Sequence[Token]) -> None:
    """Drop the marks within each line, except a picture that stands alone.

    `read_inline` reads them again; a tree of them could be too deep.
    """
    for token in tokens:
        marks = [mark for mark in token.children or () if mark.type != "softbreak"]
        token.children = marks if [mark.type for mark in marks] == ["image"] else None
        for picture in token.children or ():
            picture.children = None


#: How the columns of a table are aligned.
_ALIGNED = {"text-align:left": "start", "text-align:center": "center", "text-align:right": "end"}


class Body:
    """The body of a topic as it is read: what it holds, and every problem so far."""

    def __init__(
        self, where: str, text: str, offset: int, folder: Path, root: Path, clinic: Clinic | None
    ) -> None:
        self.where = where
        self.text = text
        self.lines = text.split("\n")
        #: Lines of front matter before the body.
        self.offset = offset
        self.folder = folder
        #: The folder of the site, and the clinic whose leaflets are made, if that is known.
        self.root = root
        self.clinic = clinic
        self.section = "lead"
        self.section_title = ""
        self.counts: dict[str, int] = {}
        self.headings: dict[str, int] = {}
        self.level = 1
        self.messages: list[Message] = []
        self.figures: dict[str, Figure] = {}
        self.problems: list[HandoutError] = []
        #: Lines that end a container.
        self.ends: set[int] = set()
        #: Names of the containers around what is being read.
        self.around: list[str] = []
        #: The snippet that is being read, if any.
        self.snippet = ""
        #: Whether what is being read is printed for this clinic.
        self.here = True
        #: File and line at which each footnote is called first, and the node of its text.
        self.calls: dict[str, str] = {}
        self.notes: dict[str, SyntaxTreeNode] = {}
        #: File and line of each second rank that does not follow the first.
        self.apart: list[str] = []

    def read(self, tags: Sequence[str], urgent: bool) -> tuple[Block, ...]:
        """Return the blocks of a topic with these tags; what is wrong goes to `problems`.

        `urgent`: whether anything in it may be urgent. Raises ManuscriptError for what cannot be
        read to its end.
        """
        blocks = [*self.parse(), *self.footnotes()]
        walked = (inner for block in blocks for inner in block.walk())
        boxes = [block.name for block in walked if block.kind == "container"]
        for name in dict.fromkeys(name for name in boxes if name in _ONCE):
            if (count := boxes.count(name)) > 1:
                self.wrong(1, f"'::: {name}' stands {count} times", "keep the first one")
        if "unapproved-therapy" in boxes and "unapproved-therapy" not in tags:
            what = "'::: unapproved-therapy' stands in a topic without that tag"
            self.wrong(1, what, "add the tag")
        if "urgent" in boxes:
            for place in self.apart:
                what = "'::: same-day' does not stand directly behind '::: urgent'"
                self.problems.append(
                    ManuscriptError(place, what, "move it there: they are one box")
                )
        for name in RANKS:
            if not urgent and name in boxes:
                self.wrong(1, f"'::: {name}' stands in a topic with 'urgent: none'", "delete one")
        return tuple(blocks)

    def parse(self) -> list[Block]:
        """Read the text as blocks."""
        found: dict[str, Any] = {}
        try:
            tokens = _READER.parse(self.text, found)
            _leave_pictures(tokens)
            blocks = self.blocks(SyntaxTreeNode(tokens).children)
        except RecursionError:
            raise ManuscriptError(
                self.where, "blocks are nested too deeply", "flatten them"
            ) from None
        for name, reference in found.get("references", {}).items():
            line = reference["map"][0] + self.offset + 1
            self.wrong(line, f"'[{name}]: …' is not read", "write the address into the link itself")
        return blocks

    def line(self, node: SyntaxTreeNode) -> int:
        return (node.map[0] if node.map else 0) + self.offset + 1

    def wrong(self, line: int, what: str, next_step: str) -> None:
        self.problems.append(ManuscriptError(f"{self.where}:{line}", what, next_step))

    def unread(self, line: int, what: str, next_step: str) -> None:
        self.problems.append(UnreadMarkupError(f"{self.where}:{line}", what, next_step))

    def message(self, text: str, place: str, line: int) -> Message:
        """Add a message to the section that is being read."""
        text = one_line(text)
        number = self.counts[self.section] = self.counts.get(self.section, 0) + 1
        boxes = [name for name in self.around if name in ("tip", "warning", "note")]
        if boxes:
            place += f" in a {boxes[-1]}"
        if self.section_title and not place.startswith("heading"):
            place += f" under “{self.section_title}”"
        clinics = [name.removeprefix("only ") for name in self.around if name.startswith("only ")]
        if clinics:
            place += f"; printed only at {clinics[-1]}"
        message = Message(
            self.section, text, f"msg-{self.section}-{number}", place, line, self.where
        )
        self.check_words(text, line)
        self.messages.append(message)
        if len(self.messages) > MOST_MESSAGES:
            raise ManuscriptError(
                f"{self.where}:{line}", f"there are more than {MOST_MESSAGES} texts", "split it"
            )
        return message

    def check_words(self, text: str, line: int) -> None:
        try:
            read_inline(text)
        except LinkError as problem:
            self.wrong(line, str(problem), "change it")
        for what, step in unread_markup(text):
            self.unread(line, what, step)
        for found in NOTE.finditer(text):
            self.calls.setdefault(found[1], f"{self.where}:{line}")
        own = self.clinic.placeholders if self.clinic else {}
        known = (*TOPIC_PLACEHOLDERS, *own)
        for name in placeholders(text) if self.here else ():
            if name in known:
                continue
            if self.clinic and self.clinic.id:
                what = f"clinic '{self.clinic.id}' gives no {{{name}}}"
                self.unread(line, what, f"add it to clinics/{self.clinic.id}.toml")
                continue
            step = f"known are {', '.join(known)}; name others under [placeholders] in clinic.toml"
            step = did_you_mean(name, known, "{{{}}}") or step
            self.unread(line, f"unknown placeholder {{{name}}}", step)

    def footnotes(self) -> list[Block]:
        """Read the notes in the order in which they are called."""
        for name in self.calls:
            if name not in self.notes:
                step = f"write '[^{name}]: …' into a line of its own, or delete it"
                self.problems.append(
                    UnreadMarkupError(self.calls[name], f"the note [^{name}] has no text", step)
                )
        for name, node in self.notes.items():
            if name not in self.calls:
                step = f"write [^{name}] behind the word that it is about"
                self.unread(self.line(node), f"nothing calls the note [^{name}]", step)
        self.section, self.section_title = FOOTNOTES, ""
        notes = []
        for node in (self.notes[name] for name in self.calls if name in self.notes):
            name = node.meta["label"]
            texts = [child for child in node.children if child.type == "paragraph"]
            if len(texts) != 1 or len(node.children) != 1:
                what, step = f"the note [^{name}] is no single paragraph", "make it one"
                self.unread(self.line(node), what, step)
                continue
            line = self.line(texts[0])
            message = self.message(texts[0].children[0].content, f"note [^{name}]", line)
            notes.append(Block("item", message, name=name))
        numbered = Block("list", children=tuple(notes), number=1, marked=True)
        return [Block(FOOTNOTES, children=(numbered,))] if notes else []

    def blocks(self, nodes: Sequence[SyntaxTreeNode], place: str = "") -> list[Block]:
        made = (self.block(node, place) for node in nodes)
        return [block for block in made if block is not None]

    def block(self, node: SyntaxTreeNode, place: str) -> Block | None:
        line = self.line(node)
        if node.level > 2 * DEEPEST:
            raise ManuscriptError(
                f"{self.where}:{line}", "blocks are nested too deeply", "flatten them"
            )
        if node.type.startswith("container_"):
            return self.container(node, line)
        match node.type:
            case "heading":
                return self.heading(node, line)
            case "paragraph":
                return self.paragraph(node.children[0], line, place)
            case "bullet_list" | "ordered_list":
                return self.bullets(node, line)
            case "dl":
                return self.definitions(node)
            case "include":
                return self.include(node.info, line)
            case "footnote_reference":
                self.notes.setdefault(node.meta["label"], node)
            case "blockquote":
                return Block("quote", children=tuple(self.blocks(node.children, "quotation")))
            case "table":
                return self.table(node)
            case "fence" | "code_block":
                self.wrong(line, "a leaflet has no code", "write a paragraph or a list")
            case "hr":
                self.unread(line, "a leaflet has no rules between blocks", "use a heading")
            case other:
                self.wrong(line, f"'{other}' is not supported", "use a paragraph or a list")
        return None

    def heading(self, node: SyntaxTreeNode, line: int) -> Block | None:
        level = int(node.tag[1])
        text = node.children[0].content
        if node.markup[0] in "-=":
            under = (node.map[1] if node.map else line) + self.offset
            what = f"a line of '{node.markup * 3}' makes a heading of the text above it"
            self.unread(under, what, f"take it out, or write '## {text.split(chr(10))[0][:30]}'")
            return None
        if boxes := [name for name in self.around if name in BOXES]:
            self.wrong(line, f"'::: {boxes[-1]}' holds no heading", "end the box before it")
        named = _HEADING_ID.search(text)
        if named:
            text = text[: named.start()].rstrip()
        id_ = named.group(1) if named else slug(text)
        if level == 1:
            self.wrong(line, "the title stands in the front matter", "start headings at '##'")
            return None
        if level > 4:
            self.wrong(line, "a leaflet has headings of three levels", "use '##' to '####'")
            return None
        if level > self.level + 1:
            self.wrong(line, "a heading level is skipped", f"use '{'#' * (self.level + 1)}'")
        if not is_id(id_) or id_.startswith(SNIPPET):
            self.wrong(line, f"the heading has no usable id ('{id_}')", "add one: '{#symptoms}'")
            return None
        if id_ in self.headings or id_ in ("lead", "front-matter", FOOTNOTES):
            taken = self.headings.get(id_)
            said = f"stands in line {taken} already" if taken else "is reserved"
            self.wrong(line, f"the id '{id_}' {said}", "give this heading its own: '{#…}'")
            return None
        self.level, self.headings[id_] = level, line
        if not self.snippet:
            self.section, self.section_title = id_, re.sub(r"[*_`]", "", text)
        message = self.message(text, f"heading of level {level - 1}", line)
        return Block("heading", message, name=id_, number=level)

    def paragraph(self, inline: SyntaxTreeNode, line: int, place: str) -> Block | None:
        if inline.children:
            return self.figure(inline.children[0], line)
        for number, what, step in unread_lines(inline.content.split("\n")):
            self.unread(line + number, what, step)
        return Block("paragraph", self.message(inline.content, place or "paragraph", line))

    def bullets(self, node: SyntaxTreeNode, line: int) -> Block:
        items: list[Block] = []
        ordered = node.type == "ordered_list"
        start = int(node.attrs.get("start", 1)) if ordered else 1
        if ordered:
            self.check_numbers([int(item.info) for item in node.children], line)
        ticked = " to tick" if "checklist" in self.around[-1:] else ""
        for number, item in enumerate(node.children, 1):
            here = f"list item {number} of {len(node.children)}{ticked}"
            children = self.blocks(item.children, here)
            if children and children[0].kind == "paragraph":
                items.append(Block("item", children[0].message, tuple(children[1:])))
            else:
                items.append(Block("item", None, tuple(children)))
        return Block("list", children=tuple(items), number=start, marked=ordered)

    def check_numbers(self, numbers: list[int], line: int) -> None:
        """Refuse numbers that count neither up nor, as `1. 1. 1.`, not at all."""
        counted = list(range(numbers[0], numbers[0] + len(numbers)))
        if numbers != counted and set(numbers) != {numbers[0]}:
            typed = ", ".join(map(str, numbers[:12]))
            step = f"number them {', '.join(map(str, counted[:12]))}"
            self.wrong(line, f"the steps are numbered {typed}", step)

    def definitions(self, node: SyntaxTreeNode) -> Block:
        parts: list[Block] = []
        term = ""
        for child in node.children:
            line = self.line(child)
            if child.type == "dt":
                term = one_line(child.children[0].content)
                parts.append(Block("term", self.message(term, "term", line)))
                continue
            children = self.blocks(child.children, f"meaning of {term}")
            if not children or children[0].kind != "paragraph":
                step = "write ': ' and what it means below it"
                self.wrong(line, f"'{term}' has no meaning below it", step)
                continue
            parts.append(Block("meaning", children[0].message, tuple(children[1:])))
        return Block("definitions", children=tuple(parts))

    def include(self, name: str, line: int) -> Block | None:
        """Read a text that several topics share, in the place where it is named."""
        path = self.root / "snippets" / f"{name}.md"
        if self.snippet:
            self.wrong(line, "a snippet includes no other", "include both in the topic")
            return None
        if not is_id(name) or missing(path, self.root):
            known = sorted(one.stem for one in path.parent.glob("*.md"))
            hint = did_you_mean(name, known) or f"known are {', '.join(known) or 'none'}"
            self.wrong(line, f"there is no {shown(self.root / 'snippets')}/{name}.md", hint)
            return None
        here = (self.where, self.text, self.lines, self.offset, self.folder, self.ends)
        section, title = self.section, self.section_title
        self.text = read_text(path, ManuscriptError, self.root)
        self.where, self.lines, self.offset = shown(path), self.text.split("\n"), 0
        self.folder, self.ends, self.snippet = path.parent, set(), name
        self.section, self.section_title = f"{SNIPPET}{name}", ""
        blocks = self.parse()
        self.where, self.text, self.lines, self.offset, self.folder, self.ends = here
        self.section, self.section_title, self.snippet = section, title, ""
        return Block("container", name="include", children=tuple(blocks))

    def table(self, node: SyntaxTreeNode) -> Block:
        rows: list[Block] = []
        columns = 0
        written = [row for part in node.children for row in part.children]
        for row_number, row in enumerate(written, 1):
            columns = columns or len(row.children)
            if row.map and self._columns(row.map[0]) > columns:
                said = f"this row has more than the {columns} cells of the first"
                self.wrong(self.line(row), said, "delete them, or add a column")
            cells: list[Block] = []
            for column, cell in enumerate(row.children, 1):
                text = cell.children[0].content
                here = f"table row {row_number}, column {column}"
                line = self.line(cell.children[0])
                message = self.message(text, here, line) if text.strip() else None
                align = _ALIGNED.get(str(cell.attrs.get("style", "")), "")
                cells.append(Block("cell", message, name=align, marked=cell.type == "th"))
            rows.append(Block("row", children=tuple(cells)))
        return Block("table", children=tuple(rows))

    def _columns(self, number: int) -> int:
        """Count the cells of a row as it is written; Markdown drops those without a heading."""
        cells = [cell.strip() for cell in escapedSplit(self.lines[number].strip())]
        return len(cells) - (cells[0] == "") - (len(cells) > 1 and cells[-1] == "")

    def container(self, node: SyntaxTreeNode, line: int) -> Block | None:
        name, _, argument = node.info.strip().partition(" ")
        if name not in CONTAINERS:
            hint = did_you_mean(name, CONTAINERS, "'::: {}'")
            hint = hint or f"known are {', '.join(CONTAINERS)}"
            self.wrong(line, f"unknown container '{name}'", hint)
            return None
        argument = argument.strip()
        if CONTAINERS[name] and not self._takes(name, argument, line):
            return None
        if argument and not CONTAINERS[name]:
            self.wrong(line, f"'::: {name}' takes nothing behind it", f"write '::: {name}'")
        if node.map and not self._closed(node.map[1]):
            self.wrong(line, f"'::: {name}' does not end", "close it with a line ':::'")
        if name == "notes":
            if node.children:
                self.wrong(line, "'::: notes' holds no words", "put them above it")
            return Block("notes", number=int(argument))
        if name == "same-day" and not _is_urgent(node.previous_sibling):
            self.apart.append(f"{self.where}:{line}")
        here = self.here
        self.around.append(f"only {argument}" if name == "only" else name)
        if name == "only":
            self.here = here and (self.clinic is None or self.clinic.id == argument)
        children = tuple(self.blocks(node.children))
        self.around.pop()
        self.here = here
        if name == "only":
            return Block("only", name=argument, children=children)
        if name == "checklist" and [child.kind for child in children] != ["list"]:
            self.wrong(line, "'::: checklist' is no list", "begin each line of it with '- '")
        return Block("container", name=name, children=children)

    def _takes(self, name: str, argument: str, line: int) -> bool:
        """Return whether what stands behind the name of a container is right; else say why not."""
        if name == "notes":
            if re.fullmatch(r"[1-9]|[123][0-9]|40", argument):
                return True
            self.wrong(line, f"'::: {name}' needs a number from 1 to 40", f"'::: {name} 4'")
            return False
        known = clinic_names(self.root)
        if argument in known:
            return True
        hint = did_you_mean(argument, known) or f"known are {', '.join(known) or 'none'}"
        self.wrong(line, f"there is no clinic '{argument}'", hint)
        return False

    def _closed(self, end: int) -> bool:
        """Return whether a container that ends at this line does so itself, and alone."""
        line = self.lines[end].strip(" \t>") if end < len(self.lines) else ""
        if end in self.ends or not line.startswith(":::") or line.strip(": \t"):
            return False
        self.ends.add(end)
        return True

    def figure(self, image: SyntaxTreeNode, line: int) -> Block | None:
        source = str(image.attrs.get("src", ""))
        caption = str(image.attrs.get("title", ""))
        if not image.content.strip():
            self.wrong(line, "the picture is not described", "write it: '![what is to see](…)'")
            return None
        try:
            figure, texts = read_figure(self.folder, source, f"{self.where}:{line}")
        except HandoutError as problem:
            self.problems.append(problem)
            return None
        source = f"{self.snippet}/{source}" if self.snippet else source
        self.figures[source] = figure
        alternative = self.message(image.content, "description of the figure, read aloud", line)
        labels = tuple(
            Block("label", self.message(text, f"label {n} of {len(texts)} in the figure", line))
            for n, text in enumerate(texts, 1)
        )
        message = self.message(caption, "caption of the figure", line) if caption else None
        return Block("figure", message, labels, name=source, alternative=alternative)
