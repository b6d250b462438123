"""See what an author meant: SourceBlocks as they are typed -> SourceBlocks of a topic.

Lists typed with bullets, headings made of bold lines, terms and boxes. Each is a guess, and
noted as one.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from .source import BORDER, Source, SourceBlock, quoted, walk, without_marks

_BULLET = re.compile(r"(?:[•·‣▪●◦○■–]|\\?[-*]|[o§](?=\t))\s+(?=\S)")
_NUMBER = re.compile(r"\(?(\d{1,2})[.)]\s+(?=\S)")
_BOX = re.compile(r"([☐☑☒□❑❏])\s*(?=\S)")
_TERM = re.compile(r"\*\*((?:[^*]|\\\*)+?):?\s*\*\*:?\s+(?=\S)")
_BOLD_LINE = re.compile(r"\*\*((?:[^*\n]|\\\*){2,79})\*\*\s*\\\n\s*(?=\S)")
_LINE = "\\\n"
#: Longest bold line that is taken for a heading, and the signs that none ends with.
_LONGEST_HEADING = 80
_NO_HEADING = (".", ",", ";", "。", "।", "۔")


@cache
def words_for(name: str) -> re.Pattern[str]:
    """Return what finds the words of one kind in `words.toml`."""
    with (files(__package__) / "words.toml").open("rb") as file:
        listed = tomllib.load(file)[name]
    return re.compile(rf"(?<!\w)(?:{'|'.join(listed)})(?!\w)", re.I)


def tidy(source: Source) -> list[SourceBlock]:
    """Return the blocks of a source as a topic has them; each guess is noted."""
    return _Tidy(source).blocks(source.blocks)


class _Tidy:
    def __init__(self, source: Source) -> None:
        self.source = source
        #: Whether it is the blocks of a box, which holds no heading.
        self.boxed = False

    def blocks(self, blocks: list[SourceBlock]) -> list[SourceBlock]:
        blocks = [one for block in _joined_boxes(blocks) for one in self._split(block)]
        terms = self._terms(blocks)
        out: list[SourceBlock] = []
        for number, block in enumerate(blocks):
            if block.kind == "box":
                out.append(self._box(block))
            elif block.kind == "paragraph" and number in terms:
                found = _TERM.match(block.text)
                assert found
                self.source.note(block.at, "guess", f"a term and its meaning: “{quoted(found[1])}”")
                out.append(SourceBlock("term", block.at, found[1].strip()))
                out.append(SourceBlock("meaning", block.at, block.text[found.end() :]))
            elif block.kind in ("paragraph", "item"):
                out.append(self._line(block))
            else:
                out.append(block)
        return [block for block in out if block.kind in ("picture", "table", "box") or block.text]

    def _split(self, block: SourceBlock) -> list[SourceBlock]:
        """Return a paragraph whose lines are blocks of their own as these."""
        if block.kind != "paragraph":
            return [block]
        if found := _BOLD_LINE.match(block.text):
            head = SourceBlock("paragraph", block.at, f"**{found[1]}**", bold=True)
            rest = SourceBlock("paragraph", block.at, block.text[found.end() :])
            return [head, *self._split(rest)]
        lines = [line.strip(" ") for line in block.text.split(_LINE)]
        typed = [
            bool(_BULLET.match(line) or _NUMBER.match(line) or _BOX.match(line)) for line in lines
        ]
        if sum(typed) < 2:
            return [block]
        out: list[SourceBlock] = []
        for line, marked in zip(lines, typed, strict=True):
            if out and not marked and not typed[0] and len(out) < typed.index(True):
                out[-1].text += _LINE + line
            elif line:
                bold = bool(re.fullmatch(r"\*\*[^*]+\*\*", line))
                out.append(SourceBlock("paragraph", block.at, line, bold=bold))
        return out

    @staticmethod
    def _terms(blocks: list[SourceBlock]) -> set[int]:
        """Return the numbers of paragraphs that begin with a bold term, where several follow."""
        marked = [
            block.kind == "paragraph" and not block.bold
            and bool(_TERM.match(block.text)) and ":" in block.text[: _end(block.text)]
            for block in blocks
        ]  # fmt: skip
        return {
            number
            for number, one in enumerate(marked)
            if one
            and (marked[number - 1 : number] == [True] or marked[number + 1 : number + 2] == [True])
        }

    def _line(self, block: SourceBlock) -> SourceBlock:
        """Return a paragraph as the list item or the heading that it stands for."""
        if found := _BOX.match(block.text):
            if found[1] in "☑☒":
                self.source.note(
                    block.at, "set otherwise", "a ticked box: readers tick it themselves"
                )
            return SourceBlock("check", block.at, block.text[found.end() :])
        if block.kind == "item":
            return block
        if found := _BULLET.match(block.text):
            letter = "o" if block.text.startswith("o") else ""
            self.source.note(block.at, "guess", "a typed bullet made a list item", letter)
            return SourceBlock("item", block.at, block.text[found.end() :])
        if found := _NUMBER.match(block.text):
            self.source.note(block.at, "guess", "a typed number made a step")
            return SourceBlock("item", block.at, block.text[found.end() :], number=int(found[1]))
        text = without_marks(block.text).strip()
        if (
            block.bold
            and not self.boxed
            and len(text) < _LONGEST_HEADING
            and _LINE not in text
            and not text.endswith(_NO_HEADING)
        ):
            text = text.rstrip(": ")
            self.source.note(block.at, "guess", f"a bold line made the heading “{text}”")
            return SourceBlock("heading", block.at, text, 1)
        return block

    def _box(self, block: SourceBlock) -> SourceBlock:
        self.boxed, outer = True, self.boxed
        children = self.blocks(block.children)
        self.boxed = outer
        for child in walk(children):
            if child.kind in ("heading", "title"):  # A box holds none.
                child.kind, child.text = "paragraph", f"**{child.text}**"
        begin = f"{block.name} {' '.join(child.text for child in walk(children))[:60]}"
        found = [(match.start(), name) for name in ("warning", "tip")
                 if (match := words_for(name).search(begin.replace("-", " ")))]  # fmt: skip
        name = min(found)[1] if found else "note"
        self.source.note(
            block.at,
            "guess",
            f"a box became '::: {name}': “{quoted(begin[len(block.name) :], 40)}”",
        )
        return SourceBlock("box", block.at, children=children, name=name)


def _end(text: str) -> int:
    found = _TERM.match(text)
    return found.end() if found else 0


def _joined_boxes(blocks: list[SourceBlock]) -> list[SourceBlock]:
    """Return blocks with bordered paragraphs that touch as one box."""
    out: list[SourceBlock] = []
    for block in blocks:
        if block.name == BORDER and out and out[-1].name == BORDER:
            out[-1].children += block.children
        else:
            out.append(block)
    return out
