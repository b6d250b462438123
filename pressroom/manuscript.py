"""Read a topic (`topic.md` -> Topic), and inline Markdown (text -> Spans).

Markdown is CommonMark without raw HTML, with tables; front matter is YAML
without aliases. Every block's inline text becomes one message.
"""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from .errors import ConfigurationError, HandoutError, ManuscriptError, printable, raise_all
from .figures import read_figure
from .files import leaves, missing, read_text, shown, unreadable_character
from .links import link_problem
from .model import Block, Figure, Message, Span, Topic, plain
from .schema import ID_PATTERN, FrontMatter, Pages, validate

#: Containers that a topic may use, and whether each takes a number.
CONTAINERS = {"urgent": False, "unapproved-therapy": False, "questions": False, "notes": True}

#: What the engine fills into words: `{phone}` and the like.
PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)\}")

#: Placeholders that a topic's own words may use.
TOPIC_PLACEHOLDERS = ("clinic", "phone", "email", "emergency_number", "urgent_number")

#: Largest front matter and topic, in characters, longest message, and most messages of a
#: topic: far above what a leaflet of a few pages holds, and read in seconds.
LARGEST_FRONT_MATTER = 32 * 1024
LARGEST_TOPIC = 256 * 1024
LONGEST_MESSAGE = 4000
MOST_MESSAGES = 1500
#: Blocks within blocks.
DEEPEST = 8

_HEADING_ID = re.compile(r"\{#([^{}]*)\}\s*$")


def _markdown() -> MarkdownIt:
    # Blocks below maxNesting are dropped without a word: `_Body` refuses them long before.
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": 10 * DEEPEST}).enable("table")
    reader.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    for name in CONTAINERS:
        container_plugin(reader, name, validate=_names(name))
    # Any other name is read as a container too, to be reported with its line.
    container_plugin(reader, "unknown", validate=lambda params, _markup: bool(params.strip()))
    return reader


def _names(name: str) -> Any:
    return lambda params, _markup: params.strip().split(" ", 1)[0] == name


_READER = _markdown()


class LinkError(ValueError):
    """Inline text holds what a leaflet's must not, mostly a link that leads elsewhere."""


@lru_cache(maxsize=4096)
def read_inline(text: str) -> tuple[Span, ...]:
    """Read inline Markdown into spans.

    Raises LinkError for a link whose scheme is not allowed or that shows another
    address than it leads to, for an image, and for characters that no text may hold.
    """
    if len(text) > LONGEST_MESSAGE:
        raise LinkError(f"this text is {len(text)} characters long, {LONGEST_MESSAGE} at most")
    tokens = _READER.parseInline(text)[0].children or []
    root: list[Span] = []
    stack: list[tuple[Span, list[Span]]] = [(Span("text"), root)]
    for token in tokens:
        here = stack[-1][1]
        match token.type:
            case "text" | "text_special":
                here.append(Span("text", token.content))
            case "softbreak":
                here.append(Span("text", " "))
            case "hardbreak":
                here.append(Span("break"))
            case "code_inline":
                here.append(Span("code", token.content))
            case "strong_open":
                stack.append((Span("strong"), []))
            case "em_open":
                stack.append((Span("emphasis"), []))
            case "link_open":
                stack.append((Span("link", href=str(token.attrs.get("href", ""))), []))
            case "strong_close" | "em_close" | "link_close":
                span, children = stack.pop()
                span = replace(span, children=tuple(_joined(children)))
                if span.kind == "link" and (problem := link_problem(span.href, span.children)):
                    raise LinkError(problem)
                stack[-1][1].append(span)
            case "image":
                raise LinkError("a picture stands in a paragraph of its own")
            case other:
                raise LinkError(f"'{other}' is not supported inside a line")
    spans = tuple(_joined(root))
    if bad := unreadable_character(plain(spans)):
        raise LinkError(bad[1])
    return spans


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Join neighbouring text spans."""
    joined: list[Span] = []
    for span in spans:
        if span.kind == "text" and joined and joined[-1].kind == "text":
            joined[-1] = Span("text", joined[-1].text + span.text)
        elif span.kind != "text" or span.text:
            joined.append(span)
    return joined


def placeholders(text: str) -> tuple[str, ...]:
    """Give the names of the placeholders in a message, each once, in order."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(text)))


def is_id(text: str) -> bool:
    """Tell whether a text may name a topic or a section: it becomes a path and an element id."""
    return re.fullmatch(ID_PATTERN, text) is not None and len(text) <= 80


def slug(text: str) -> str:
    """Make a stable id from a heading's words."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")


# Front matter


def _split(text: str, where: str) -> tuple[str, str, int]:
    """Split a topic into front matter, body, and the number of lines before the body."""
    lines = text.split("\n")
    if not lines or lines[0].strip() != "---":
        raise ManuscriptError(
            f"{where}:1", "a topic starts with front matter", "open it with a line '---'"
        )
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in ("---", "..."):
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 1
    raise ManuscriptError(
        f"{where}:1", "the front matter does not end", "close it with a line '---'"
    )


class _Loader(yaml.SafeLoader):
    """Reads scalars as the text that stands there, save `true`, `false` and `null`.

    So version 1.10 does not become 1.1, nor 010 eight; a date that does not
    exist is told with its line.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if tag in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:null")
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _check_yaml(text: str, where: str) -> yaml.Node | None:
    """Compose YAML; refuse aliases, tags, deep nesting and duplicate keys."""
    if len(text) > LARGEST_FRONT_MATTER:
        raise ManuscriptError(
            f"{where}:1",
            f"the front matter is {len(text)} characters long",
            f"the most is {LARGEST_FRONT_MATTER}; shorten it",
        )
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            line = event.start_mark.line + 2 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise ManuscriptError(
                    f"{where}:{line}", "YAML anchors and aliases are not read", "write it out"
                )
            if getattr(event, "tag", None):
                raise ManuscriptError(f"{where}:{line}", "YAML tags are not read", "delete the tag")
            if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                depth += 1
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                depth -= 1
            if depth > 6:
                raise ManuscriptError(f"{where}:{line}", "is nested too deeply", "flatten it")
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line = mark.line + 2 if mark else 1
        raise ManuscriptError(
            f"{where}:{line}",
            f"this is not YAML: {problem.problem or problem.context}",
            "quote text that holds a colon or starts with a sign",
        ) from None
    except yaml.YAMLError as problem:
        at = getattr(problem, "position", 0)
        line = text.count("\n", 0, at) + 2 if isinstance(at, int) else 1
        raise ManuscriptError(
            f"{where}:{line}", f"this is not YAML: {problem}", "mend it"
        ) from None
    _refuse_duplicates(node, where)
    return node


def _refuse_duplicates(node: yaml.Node | None, where: str) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 2
            if not isinstance(key, yaml.ScalarNode):
                raise ManuscriptError(f"{where}:{line}", "a key is a word", "write 'word: …'")
            if key.value in seen:
                raise ManuscriptError(
                    f"{where}:{line}",
                    f"the key '{key.value}' stands in line {seen[key.value]} already",
                    "keep one of them",
                )
            seen[key.value] = line
            _refuse_duplicates(value, where)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_duplicates(item, where)


def _line_of(node: yaml.Node | None, loc: tuple[Any, ...]) -> int:
    """Find the line of a key path in a topic, counted from 1."""
    line = 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, node = key.start_mark.line + 2, value
                    break
            else:
                return line
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            if part >= len(node.value):
                return line
            node = node.value[part]
            line = node.start_mark.line + 2
        else:
            return line
    return line


def read_front_matter(text: str, where: str) -> tuple[FrontMatter, yaml.Node | None]:
    """Check front matter. Raises ManuscriptError, or Problems with one for each error."""
    node = _check_yaml(text, where)
    try:
        data = yaml.load(text, Loader=_Loader)  # a SafeLoader
    except (yaml.YAMLError, ValueError) as problem:
        raise ManuscriptError(f"{where}:1", f"this is not YAML: {problem}", "mend it") from None
    if not isinstance(data, dict):
        raise ManuscriptError(f"{where}:2", "front matter is a list of keys", "write 'id: …'")
    front = validate(FrontMatter, data, where, lambda loc: _line_of(node, loc), ManuscriptError)
    return front, node


# Body


class _Body:
    """Turns the token stream of a topic's body into blocks and messages."""

    def __init__(self, where: str, text: str, offset: int, folder: Path) -> None:
        self.where = where
        self.lines = text.split("\n")
        #: Lines of front matter before the body.
        self.offset = offset
        self.folder = folder
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

    def line(self, token: Token) -> int:
        return (token.map[0] if token.map else 0) + self.offset + 1

    def wrong(self, line: int, what: str, next_step: str) -> None:
        self.problems.append(ManuscriptError(f"{self.where}:{line}", what, next_step))

    def message(self, text: str, place: str, line: int) -> Message:
        """Make a message of the section that is being read."""
        text = " ".join(text.split())
        number = self.counts[self.section] = self.counts.get(self.section, 0) + 1
        if self.section_title and not place.startswith("heading"):
            place += f" under “{self.section_title}”"
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
        for name in placeholders(text):
            if name not in TOPIC_PLACEHOLDERS:
                near = difflib.get_close_matches(name, TOPIC_PLACEHOLDERS, 1, 0.5)
                hint = (
                    f"did you mean {{{near[0]}}}?"
                    if near
                    else (f"known are {', '.join(TOPIC_PLACEHOLDERS)}")
                )
                self.wrong(line, f"unknown placeholder {{{name}}}", hint)

    def blocks(self, tokens: list[Token], place: str = "") -> list[Block]:
        """Turn a run of sibling tokens into blocks."""
        out: list[Block] = []
        at = 0
        while at < len(tokens):
            token = tokens[at]
            end = _closing(tokens, at)
            inner = tokens[at + 1 : end]
            block = self.block(token, inner, place)
            if block is not None:
                out.append(block)
            at = end + 1
        return out

    def block(self, token: Token, inner: list[Token], place: str) -> Block | None:
        line = self.line(token)
        if token.level > 2 * DEEPEST:
            raise ManuscriptError(
                f"{self.where}:{line}", "blocks are nested too deeply", "flatten them"
            )
        if token.type.startswith("container_"):
            return self.container(token, inner, line)
        match token.type:
            case "heading_open":
                return self.heading(token, inner[0], line)
            case "paragraph_open":
                return self.paragraph(inner[0], line, place)
            case "bullet_list_open" | "ordered_list_open":
                return self.bullets(token, inner)
            case "blockquote_open":
                return Block("quote", children=tuple(self.blocks(inner, "quotation")))
            case "table_open":
                return self.table(inner)
            case "fence" | "code_block":
                self.wrong(line, "a leaflet has no code", "write a paragraph or a list")
            case "hr":
                self.wrong(line, "a leaflet has no rules between blocks", "use a heading")
            case other:
                self.wrong(line, f"'{other}' is not supported", "use a paragraph or a list")
        return None

    def heading(self, token: Token, inline: Token, line: int) -> Block | None:
        level = int(token.tag[1])
        text = inline.content
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
        if not is_id(id_):
            self.wrong(line, f"the heading has no usable id ('{id_}')", "add one: '{#symptoms}'")
            return None
        if id_ in self.headings or id_ in ("lead", "front-matter"):
            taken = self.headings.get(id_)
            said = f"stands in line {taken} already" if taken else "is reserved"
            self.wrong(line, f"the id '{id_}' {said}", "give this heading its own: '{#…}'")
            return None
        self.level, self.section, self.section_title = level, id_, _bare(text)
        self.headings[id_] = line
        message = self.message(text, f"heading of level {level - 1}", line)
        return Block("heading", message, name=id_, number=level)

    def paragraph(self, inline: Token, line: int, place: str) -> Block | None:
        children = [child for child in inline.children or [] if child.type != "softbreak"]
        if len(children) == 1 and children[0].type == "image":
            return self.figure(children[0], line)
        return Block("paragraph", self.message(inline.content, place or "paragraph", line))

    def bullets(self, token: Token, inner: list[Token]) -> Block:
        ordered = token.type == "ordered_list_open"
        items: list[Block] = []
        spans = _children(inner)
        for number, (_opening, content) in enumerate(spans, 1):
            here = f"list item {number} of {len(spans)}"
            children = self.blocks(content, here)
            first = children[0] if children else None
            if first is not None and first.kind == "paragraph":
                items.append(Block("item", first.message, tuple(children[1:])))
            else:
                items.append(Block("item", None, tuple(children)))
        start = int(token.attrs.get("start", 1)) if ordered else 1
        return Block("list", children=tuple(items), number=start, marked=ordered)

    def table(self, inner: list[Token]) -> Block:
        rows: list[Block] = []
        columns = 0
        row_tokens = [row for _part, content in _children(inner) for row in _children(content)]
        for row_number, (row, cells) in enumerate(row_tokens, 1):
            made: list[Block] = []
            columns = columns or len(_children(cells))
            if row.map and self._columns(row.map[0]) > columns:
                said = f"this row has more than the {columns} cells of the first"
                self.wrong(self.line(row), said, "delete them, or add a column")
            for column, (cell, content) in enumerate(_children(cells), 1):
                here = f"table row {row_number}, column {column}"
                inline = content[0]
                line = self.line(inline)
                message = (
                    self.message(inline.content, here, line) if inline.content.strip() else None
                )
                made.append(Block("cell", message, marked=cell.type == "th_open"))
            rows.append(Block("row", children=tuple(made)))
        return Block("table", children=tuple(rows))

    def _columns(self, number: int) -> int:
        """Count the cells of a row as it is written; Markdown drops those without a heading."""
        cells = [cell.strip() for cell in escapedSplit(self.lines[number].strip())]
        return len(cells) - (cells[0] == "") - (len(cells) > 1 and cells[-1] == "")

    def container(self, token: Token, inner: list[Token], line: int) -> Block | None:
        name, _, argument = token.info.strip().partition(" ")
        if name not in CONTAINERS:
            near = difflib.get_close_matches(name, CONTAINERS, 1, 0.5)
            hint = (
                f"did you mean '::: {near[0]}'?" if near else (f"known are {', '.join(CONTAINERS)}")
            )
            self.wrong(line, f"unknown container '{name}'", hint)
            return None
        number = 0
        if CONTAINERS[name]:
            if not re.fullmatch(r"[1-9]|[123][0-9]|40", argument.strip()):
                self.wrong(line, f"'::: {name}' needs a number from 1 to 40", f"'::: {name} 4'")
                return None
            number = int(argument)
        elif argument.strip():
            self.wrong(line, f"'::: {name}' takes nothing behind it", f"write '::: {name}'")
        if token.map and not self._closed(token):
            self.wrong(line, f"'::: {name}' does not end", "close it with a line ':::'")
        if name == "notes":
            if inner:
                self.wrong(line, "'::: notes' holds no words", "put them above it")
            return Block("notes", number=number)
        return Block("container", name=name, children=tuple(self.blocks(inner)))

    def _closed(self, token: Token) -> bool:
        """Tell whether a container has an end of its own, which does not end another, too."""
        assert token.map is not None
        end = token.map[1]
        line = self.lines[end].strip(" \t>") if end < len(self.lines) else ""
        if end in self.ends or not line.startswith(":::") or line.strip(": \t"):
            return False
        self.ends.add(end)
        return True

    def figure(self, image: Token, line: int) -> Block | None:
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
        self.figures[source] = figure
        alternative = self.message(image.content, "description of the figure, read aloud", line)
        labels = tuple(
            Block("label", self.message(text, f"label {n} of {len(texts)} in the figure", line))
            for n, text in enumerate(texts, 1)
        )
        message = self.message(caption, "caption of the figure", line) if caption else None
        return Block("figure", message, labels, name=source, alternative=alternative)


def _bare(text: str) -> str:
    return re.sub(r"[*_`]", "", text)


def _closing(tokens: list[Token], at: int) -> int:
    """Find the token that closes the one at `at` (itself where it stands alone)."""
    depth = 0
    for i in range(at, len(tokens)):
        depth += tokens[i].nesting
        if depth == 0:
            return i
    return len(tokens) - 1


def _children(tokens: list[Token]) -> list[tuple[Token, list[Token]]]:
    """Split a run of tokens into its direct children, each with what it holds."""
    out = []
    at = 0
    while at < len(tokens):
        end = _closing(tokens, at)
        out.append((tokens[at], tokens[at + 1 : end]))
        at = end + 1
    return out


def _budgets(pages: Pages) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    def numbers(table: Any) -> dict[str, int]:
        data = table.model_dump(by_alias=True, exclude_none=True)
        return {name: count for name, count in data.items() if isinstance(count, int)}

    return numbers(pages), {code: numbers(table) for code, table in pages.locales.items()}


def read_topic(path: Path, root: Path | None = None) -> Topic:
    """Read `topic.md`, its front matter and its figures; where `root` is given, only below it.

    Raises ManuscriptError, or Problems with one for each thing that is wrong.
    """
    where = shown(path)
    if not is_id(path.parent.name):
        raise ManuscriptError(
            shown(path.parent),
            f"the folder's name '{path.parent.name}' cannot name a topic",
            "use a-z, 0-9 and single hyphens: 'back-pain'",
        )
    text = read_text(path, ManuscriptError, root)
    if len(text) > LARGEST_TOPIC:
        raise ManuscriptError(
            where, f"is {len(text)} characters long", f"the most is {LARGEST_TOPIC}; split it"
        )
    head, body_text, offset = _split(text, where)
    front, node = read_front_matter(head, where)
    if front.id != path.parent.name:
        raise ManuscriptError(
            f"{where}:{_line_of(node, ('id',))}",
            f"the id '{front.id}' is not the folder's name, '{path.parent.name}'",
            "make them the same",
        )

    body = _Body(where, body_text, offset, path.parent)
    head_messages: dict[str, Message] = {}

    def head_message(key: str, place: str) -> Message | None:
        value = getattr(front, key)
        if value is None:
            return None
        number = len(head_messages) + 1
        line = _line_of(node, (key,))
        body.check_words(value, line)
        message = Message("front-matter", value, f"msg-front-matter-{number}", place, line, where)
        head_messages[key] = message
        return message

    title = head_message("title", "title")
    main_message = head_message("main_message", "main message, below the title")
    action = head_message("action", "what the reader can do")
    funder = head_message("funder", "who paid; follows “Who paid for this leaflet:”")
    conflicts = head_message("conflicts", "follows “Conflicts of interest:”")
    therapy = head_message("therapy", "name of the therapy, inside a sentence")
    condition = head_message("condition", "name of the condition, inside a sentence")
    assert title and main_message and action and funder and conflicts

    try:
        found: dict[str, Any] = {}
        tokens = _READER.parse(body_text, found)
        blocks = tuple(body.blocks(tokens))
    except RecursionError:
        raise ManuscriptError(where, "blocks are nested too deeply", "flatten them") from None
    for name, reference in found.get("references", {}).items():
        line = reference["map"][0] + offset + 1
        body.wrong(line, f"'[{name}]: …' is not read", "write the address into the link itself")
    _refuse_misuse(body, blocks, front)
    raise_all(body.problems)

    pages, locale_pages = _budgets(front.pages)
    return Topic(
        id=front.id,
        path=where,
        title=title,
        main_message=main_message,
        action=action,
        funder=funder,
        conflicts=conflicts,
        therapy=therapy,
        condition=condition,
        tags=front.tags,
        version=front.version,
        issued=front.issued,
        review_by=front.review_by,
        authors=front.authors,
        reviewers=front.reviewers,
        sources=front.sources,
        pages=pages,
        locale_pages=locale_pages,
        blocks=blocks,
        messages=(*head_messages.values(), *body.messages),
        figures=body.figures,
    )


def _refuse_misuse(body: _Body, blocks: tuple[Block, ...], front: FrontMatter) -> None:
    """Refuse what would print a disclaimer twice, or a therapy without its warning."""
    boxes: dict[str, int] = {}
    for block in (inner for outer in blocks for inner in outer.walk()):
        if block.kind == "container" and block.name in ("urgent", "unapproved-therapy"):
            boxes[block.name] = boxes.get(block.name, 0) + 1
    for name, count in boxes.items():
        if count > 1:
            body.wrong(1, f"'::: {name}' stands {count} times", "keep the first one")
    if "unapproved-therapy" in boxes and "unapproved-therapy" not in front.tags:
        body.wrong(1, "'::: unapproved-therapy' stands in a topic without that tag", "add the tag")


def topic_paths(handouts: Path) -> dict[str, Path]:
    """Find the topics of a site: path of each `topic.md` by the name of its folder.

    Raises ConfigurationError where something else stands for the folder of all topics.
    """
    folder = handouts / "topics"
    if missing(folder, handouts):
        return {}
    if leaves(folder, handouts) or not folder.is_dir():
        what = f"leads out of {shown(handouts)}/" if folder.is_symlink() else "is no folder"
        raise ConfigurationError(shown(folder), what, "put a folder there")
    with os.scandir(folder) as entries:  # Of thousands, paths take their time.
        names = sorted(
            entry.name
            for entry in entries
            if entry.name[0] not in "._" and (entry.is_symlink() or entry.is_dir())
        )
    return {printable(name): Path(f"{folder}/{name}/topic.md") for name in names}
