"""What a file holds that is brought in: SourceBlocks in its order, Notes for all else; Markdown.

Words that reach neither a block nor a note are lost: `conserved` looks for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from ...core.errors import printable

Kind = Literal[
    "title", "heading", "paragraph", "item", "check", "term", "meaning", "table", "picture",
    "caption", "box",
]  # fmt: skip
NoteKind = Literal["carried", "guess", "set otherwise", "left out", "TODO"]

#: What stands for a line to fill in until `{blank}` is written.
BLANK = "\ue000"

#: The name of a box that is a border around paragraphs: those that touch are one box.
BORDER = "border"

_LINE_MARK = re.compile(r"^(?=#{1,6}(?:\s|$)|[-+>](?:\s|$)|:{3}|: |\||={2,}\s*$|-{2,}\s*$)", re.M)
_NUMBER_MARK = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))", re.M)
_SPECIAL = re.compile(r"[\\`*\[\]<~^{}]|&(?=#?\w+;)")
_BLANKS = re.compile(r"_{3,}|…{3,}|\.{6,}")
#: What no text of a topic may hold: controls, and what shows words in another order.
_REFUSED = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff\ue000]"
)


@dataclass(slots=True)
class SourceBlock:
    """A block of a file, with its inline text as the Markdown of a topic."""

    kind: Kind
    #: Where it stands in its file: `p. 6`, `block 6`, `line 6`.
    at: str
    text: str = ""
    #: Of a heading its level from 1; of an item how deep it lies, from 0.
    level: int = 0
    #: Of an item its printed number; None for a bullet.
    number: int | None = None
    #: Whether all of its words are bold.
    bold: bool = False
    #: A paragraph that belongs to the list item before it.
    inside: bool = False
    rows: list[list[str]] = field(default_factory=list)
    #: Alignments of the columns of a table: `left`, `center`, `right` or nothing.
    aligned: tuple[str, ...] = ()
    children: list[SourceBlock] = field(default_factory=list)
    picture: bytes = b""
    #: Of a picture its file's name, of a box what its file calls it.
    name: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the report."""

    at: str
    kind: NoteKind
    said: str
    #: Words of the source that stand only here, and not in the topic.
    words: str = ""

    def __str__(self) -> str:
        quoted = f" “{' '.join(self.words.split())}”" if self.words.strip() else ""
        return f"{self.at}: {self.kind}: {self.said}{quoted}"


@dataclass(slots=True)
class Source:
    """A file as it was read."""

    blocks: list[SourceBlock] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    #: Footnotes as Markdown by their mark, in the order in which they are named.
    footnotes: dict[str, str] = field(default_factory=dict)
    #: Headers, footers and the like, where a version may stand.
    imprint: list[str] = field(default_factory=list)

    def note(self, at: str, kind: NoteKind, said: str, words: str = "") -> None:
        self.notes.append(Note(at, kind, said, words))


def walk(blocks: Iterable[SourceBlock]) -> Iterator[SourceBlock]:
    """Iterate over blocks and those within them."""
    for block in blocks:
        yield block
        yield from walk(block.children)


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look."""

    text: str
    #: Of `strong`, `emphasis`, `sub`, `sup`.
    marks: frozenset[str] = frozenset()
    href: str = ""
    #: Whether the text is Markdown already, such as the mark of a footnote.
    raw: bool = False


def clean(text: str, source: Source, at: str) -> str:
    """Return a text without characters that no topic may hold; each is noted."""
    for character in dict.fromkeys(_REFUSED.findall(text)):
        source.note(at, "left out", f"the character U+{ord(character):04X}, which shows nothing")
    return _REFUSED.sub("", text)


def escaped(text: str) -> str:
    """Return words as Markdown that reads as just these words; lines to fill in are BLANK."""
    text = _SPECIAL.sub(r"\\\g<0>", _BLANKS.sub(BLANK, text))
    return re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)


def block_text(text: str) -> str:
    """Return the Markdown of a paragraph, of which no line begins as another block does."""
    return _NUMBER_MARK.sub(r"\1\\", _LINE_MARK.sub(r"\\", text))


def markdown_of(runs: Iterable[Run]) -> str:
    """Return runs as Markdown; `\\n` within them is a hard break."""
    joined: list[Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        if last and (last.marks, last.href, last.raw) == (run.marks, run.href, run.raw):
            joined[-1] = Run(last.text + run.text, run.marks, run.href, run.raw)
        elif run.text:
            joined.append(run)
    out = ""
    for number, run in enumerate(joined):
        after = joined[number + 1].text[:1] if number + 1 < len(joined) else ""
        out += _marked(run, out[-1:], after)
    out = re.sub(r"[ \u2002\u2003]{2,}", " ", out)
    return re.sub(r" *\n *", "\\\\\n", out)


def _marked(run: Run, before: str, after: str) -> str:
    if run.raw:
        return run.text
    found = re.fullmatch(r"(\s*)(.*?)(\s*)", run.text, re.S)
    assert found
    lead, core, tail = found.groups()
    mark = ("**" if "strong" in run.marks else "") + ("*" if "emphasis" in run.marks else "")
    if mark and core:
        # CommonMark, 6.2: marks do not hold between a letter and a sign.
        if (tail or after).strip() and (outer := re.search(r"\W+$", core)):
            core, tail = core[: outer.start()], outer[0] + tail
        if not lead and before.strip() and (outer := re.match(r"\W+", core)):
            core, lead = core[outer.end() :], outer[0]
    text = escaped(core)
    for name, sign in (("sub", "~"), ("sup", "^")):
        if name in run.marks and core and not re.search(r"\s", core):
            text = f"{sign}{text}{sign}"
    if core and mark:
        text = f"{mark}{text}{mark[::-1]}"
    if run.href and core:
        text = f"[{text}]({run.href})"
    return escaped(lead) + text + escaped(tail)


def without_marks(text: str) -> str:
    """Return Markdown without bold and emphasis."""
    return re.sub(r"(?<!\\)\*+", "", text)


def quoted(text: str, most: int = 80) -> str:
    """Return words as a line may show them."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= most else f"{line[: most - 1]}…"


def one_head(rows: list[list[str]], heads: int) -> list[list[str]]:
    """Return the rows of a table with the first ones, its heads, joined into one by column."""
    joined = [
        " ".join(dict.fromkeys(filter(None, column))) for column in zip(*rows[:heads], strict=False)
    ]
    return [joined, *rows[heads:]] if heads > 1 else rows
