"""Read Markdown as CommonMark, pandoc's or GitHub's: .md -> Source.

Its inline text is Markdown already and stays as it is, without what a topic does not have.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .source import Run, Source, SourceBlock, clean, markdown_of, quoted

ReadPicture = Callable[[str], bytes]

_TRACKED = re.compile(r"\[([^\[\]]*)\]\{\.(deletion|insertion)[^}\n]*\}")
_SPAN = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\{[.#=\w][^}\n]*\}")
_PICTURE = re.compile(
    r"!\[([^\]]*)\]\(\s*<?([^\s)>]+)>?(?:\s+[\"']([^\"'\n]*)[\"'])?\s*\)(?:\{[^{}\n]*\})?"
)
_FOOTNOTE = re.compile(
    r"^\[\^([\w-]+)\]:[ \t]*(.*(?:\n(?:[ \t]+\S.*|[ \t]*(?=\n[ \t]+\S)))*)", re.M
)
_FENCE = re.compile(r"^:{3,}\s*\{?\.?([\w-]*)")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]*>|<!--.*?-->", re.S)


def read_markdown(text: str, picture: ReadPicture) -> Source:
    """Read Markdown; `picture` returns the bytes of a file beside it, or none."""
    return _Reader(text, picture).read()


class _Reader:
    def __init__(self, text: str, picture: ReadPicture) -> None:
        self.picture = picture
        self.source = Source()
        self.text = clean(text, self.source, "line 1")
        self.references: dict[str, Any] = {}

    def read(self) -> Source:
        text, first = self._without_front_matter(self.text)
        found: dict[str, Any] = {}
        MarkdownIt("commonmark").parse(text, found)
        self.references = found.get("references", {})
        text = _FOOTNOTE.sub(self._keep_footnote, text)
        self.source.blocks = self._lines(text.split("\n"), first)
        named = {mark for block in _all(self.source.blocks) for mark in _marks(block)}
        for mark in [mark for mark in self.source.footnotes if mark not in named]:
            words = self.source.footnotes.pop(mark)
            self.source.note("footnote", "left out", "a note that no word names", words)
        return self.source

    def _without_front_matter(self, text: str) -> tuple[str, int]:
        """Return the text behind a head of YAML, and how many lines that had."""
        found = re.match(r"---\n(.*?)\n(?:---|\.\.\.)\n", text, re.S)
        if not found:
            return text, 0
        self.source.note("line 1", "left out", "the head of the file:", found[1])
        self.source.imprint.append(" ".join(found[1].split()))
        if title := re.search(r"^title:\s*[\"']?(.*?)[\"']?\s*$", found[1], re.M):
            runs = [Run(title[1])]
            self.source.blocks.append(SourceBlock("title", "line 1", markdown_of(runs)))
        return text[found.end() :], found[0].count("\n")

    def _keep_footnote(self, found: re.Match[str]) -> str:
        self.source.footnotes[found[1]] = self._inline(" ".join(found[2].split()), "footnote")
        return "\n" * found[0].count("\n")

    def _lines(self, lines: list[str], offset: int) -> list[SourceBlock]:
        """Return the blocks of lines, of which those between `:::` are boxes."""
        out, start, number = ([*self.source.blocks] if offset >= 0 else []), 0, 0
        self.source.blocks = []
        while number < len(lines):
            fence = _FENCE.match(lines[number])
            if fence and fence[1]:
                out += self._blocks(lines[start:number], offset + start)
                depth, end = 1, number + 1
                while end < len(lines) and depth:
                    inner = _FENCE.match(lines[end])
                    depth += 0 if not inner else 1 if inner[1] else -1
                    end += 1
                last = end - 1 if not depth else end
                inside = self._lines(lines[number + 1 : last], offset + number + 1)
                at = f"line {offset + number + 1}"
                out.append(SourceBlock("box", at, children=inside, name=fence[1]))
                number = start = end
            else:
                number += 1
        return out + self._blocks(lines[start:], offset + start)

    def _blocks(self, lines: list[str], offset: int) -> list[SourceBlock]:
        lines = self._without_grids(lines, offset)
        reader = MarkdownIt("commonmark", {"html": False}).enable("table")
        tokens = reader.parse("\n".join(lines))
        out: list[SourceBlock] = []
        lists: list[int | None] = []
        item = False
        for number, token in enumerate(tokens):
            at = f"line {token.map[0] + offset + 1}" if token.map else self._last(out)
            match token.type:
                case "bullet_list_open":
                    lists.append(None)
                case "ordered_list_open":
                    lists.append(int(token.attrs.get("start", 1)))
                case "bullet_list_close" | "ordered_list_close":
                    lists.pop()
                case "list_item_open":
                    item = True
                case "heading_open":
                    text = re.sub(r"\s*\{[#.][^{}]*\}$", "", tokens[number + 1].content)
                    kind: Any = "title" if token.tag == "h1" else "heading"
                    level = max(1, int(token.tag[1]) - 1)
                    out.append(SourceBlock(kind, at, self._inline(text, at), level))
                case "paragraph_open":
                    self._paragraph(tokens[number + 1].content, at, lists, item, out)
                    item = False
                case "blockquote_open":
                    self.source.note(at, "set otherwise", "a quotation: set as a paragraph")
                case "table_open":
                    out.append(self._table(tokens, number, at))
                case "fence" | "code_block":
                    self.source.note(at, "left out", "a block of code", token.content)
                case "hr":
                    self.source.note(at, "set otherwise", "a rule between blocks is left out")
        return out

    @staticmethod
    def _last(out: list[SourceBlock]) -> str:
        return out[-1].at if out else "line 1"

    def _without_grids(self, lines: list[str], offset: int) -> list[str]:
        """Return lines without tables that are drawn with `+---+`; their words are noted."""
        out, grid = [], 0
        for number, line in enumerate([*lines, ""]):
            drawn = bool(re.match(r"\s*[+|].*[+|]\s*$", line))
            if grid and not drawn:
                words = " ".join(
                    re.sub(r"[-+=|:]{2,}|[+|]", " ", one) for one in lines[number - grid : number]
                )
                said = "a table drawn with '+---+' is left out: write it with '|'"
                self.source.note(f"line {offset + number - grid + 1}", "TODO", said, words)
                grid = 0
            if grid or re.match(r"\s*\+[-=:]{3,}", line):
                grid += 1
            out.append("" if grid else line)
        return out[:-1]

    def _paragraph(
        self, content: str, at: str, lists: list[int | None], item: bool, out: list[SourceBlock]
    ) -> None:
        pictures = list(_PICTURE.finditer(content))
        text = self._inline(_PICTURE.sub("", content), at).strip()
        text = re.sub(r"^(?:\\\n)+|(?:\\\n)+$", "", text).strip()
        bold = bool(re.fullmatch(r"\*\*(?:[^*]|\\\*)+\*\*", text))
        if lists and item:
            number = lists[-1]
            out.append(SourceBlock("item", at, text, len(lists) - 1, number, bold))
            if number is not None:
                lists[-1] = number + 1
        elif text and re.match(r": ", content) and out and out[-1].kind == "paragraph":
            out[-1].kind = "term"
            out.append(SourceBlock("meaning", at, text[1:].strip()))
        elif text and "\n: " in content and not lists:
            term, *meanings = re.split(r"\n: +", text)
            out.append(SourceBlock("term", at, term))
            out += [SourceBlock("meaning", at, one) for one in meanings]
        elif text:
            out.append(SourceBlock("paragraph", at, text, bold=bold, inside=bool(lists)))
        for found in pictures:
            name = unquote(found[2]).rpartition("/")[2]
            out.append(
                SourceBlock("picture", at, found[1], picture=self.picture(found[2]), name=name)
            )
            if found[3]:
                out.append(SourceBlock("caption", at, found[3]))

    def _table(self, tokens: list[Token], first: int, at: str) -> SourceBlock:
        block = SourceBlock("table", at)
        aligned = []
        for number, token in enumerate(tokens[first:], first):
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                block.rows.append([])
            elif token.type in ("td_open", "th_open"):
                block.rows[-1].append(self._inline(tokens[number + 1].content, at))
                if token.type == "th_open":
                    style = str(token.attrs.get("style", ""))
                    aligned.append(style.rpartition(":")[2])
        block.aligned = tuple(aligned)
        return block

    def _inline(self, text: str, at: str) -> str:
        """Return inline Markdown as a topic has it."""
        text = _TRACKED.sub(lambda found: self._tracked(found, at), text)
        text = _SPAN.sub(r"\1", text)
        text = re.sub(r"(!\[[^\]]*\]\([^)]*\))\{[^}\n]*\}", r"\1", text)
        text = re.sub(r"<br\s*/?>(?:\n|(?=.))", "\\\\\n", text)
        text = _TAG.sub(lambda found: self._tag(found, at), text)
        text = re.sub(r"(?<!!)\[([^\]\[]+)\]\[([^\]\[]*)\]", self._resolved, text)
        text = re.sub(r"(?<=\w)---(?=\w)", "—", text)
        text = re.sub(r"(?<=\w)--(?=\w)", "–", text)
        text = re.sub(r"_{3,}|(?:\\_){3,}", "\ue000", text)
        return re.sub(r" {2,}\n", "\\\\\n", text)

    def _tracked(self, found: re.Match[str], at: str) -> str:
        if found[2] == "deletion":
            self.source.note(at, "left out", "tracked deletion", found[1])
            return ""
        said = f"tracked insertion, as accepted: “{quoted(found[1])}”"
        self.source.note(at, "carried", said)
        return found[1]

    def _tag(self, found: re.Match[str], at: str) -> str:
        if found[0].startswith("<!--"):
            self.source.note(at, "left out", "a comment", found[0][4:-3])
        else:
            self.source.note(at, "left out", "a mark of HTML; its words stay:", found[0])
        return ""

    def _resolved(self, found: re.Match[str]) -> str:
        """Return a link whose address stands at the end of the file as one that has it itself."""
        name = (found[2] or found[1]).upper()
        reference = self.references.get(" ".join(name.split()))
        return f"[{found[1]}]({reference['href']})" if reference else found[0]


def _all(blocks: list[SourceBlock]) -> list[SourceBlock]:
    return [one for block in blocks for one in (block, *_all(block.children))]


def _marks(block: SourceBlock) -> list[str]:
    cells = (cell for row in block.rows for cell in row)
    return re.findall(r"\[\^([\w-]+)\]", " ".join((block.text, *cells)))
