"""Write a topic of what was brought in: SourceBlocks -> the text of `topic.md`.

What nobody has decided says TODO, in the words or in a comment of the front matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from ...content.topic.blocks import slug
from .source import BLANK, Source, SourceBlock, block_text, quoted, walk, without_marks
from .telephones import calls_for_help
from .tidy import words_for

#: The name of a picture that is not written.
NOWHERE = "nowhere"
#: The most signs that are proposed as urgent.
_MOST_SIGNS = 12
#: The end of a sentence, in any script.
_SENTENCE = re.compile(r"[.!?。！？؟।۔။።។]$")
#: Words on a page of 12 points, as a rule of thumb for the first page budget.
_WORDS_A_PAGE = 320


@dataclass(slots=True)
class Written:
    """A topic that was written."""

    text: str
    #: The part of the text that came from the source, and the title.
    body: str
    title: str


@dataclass(frozen=True, slots=True)
class _Item:
    """A list item that may go on."""

    #: Columns before its text.
    indent: int
    number: int | None
    #: What stands behind its number.
    sign: str


@dataclass(slots=True)
class _Lines:
    """Blocks as lines of Markdown."""

    lines: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    level: int = 1
    #: List items that may go on, by their depth.
    items: list[_Item] = field(default_factory=list)
    last: SourceBlock | None = None

    def blank(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def add(self, text: str, indent: int = 0) -> None:
        self.lines += [" " * indent + line if line else "" for line in text.split("\n")]


def write_topic(
    source: Source, blocks: list[SourceBlock], id_: str, pictures: Sequence[str], today: date,
    review_by: date,
) -> Written:  # fmt: skip
    """Return the text of a topic, and note what is still to do.

    `pictures` are the files of its pictures in their order; an empty name is of one that
    cannot be read, of which the block says so.
    """
    title, blocks = _title(blocks)
    signs = _signs(source, blocks)
    body = "\n".join([*_body(blocks, pictures).lines, *_footnotes(source)])
    body = re.sub(r"\n{3,}", "\n\n", body.replace(BLANK, "{blank}")).strip("\n") + "\n"
    head = _head(source, blocks, id_, title, bool(signs), today, review_by)
    box = "".join(f"- TODO: {sign}\n" for sign in signs)
    box = f"::: urgent\n{box}:::\n\n" if signs else ""
    return Written(f"---\n{head}---\n\n{box}{body}", body, title)


def _title(blocks: list[SourceBlock]) -> tuple[str, list[SourceBlock]]:
    """Return the title, and the blocks without it; other titles are headings."""
    title = next((one for one in blocks if one.kind == "title"), None)
    title = title or next((one for one in blocks if one.kind == "heading"), None)
    rest = [one for one in blocks if one is not title]
    for one in rest:
        if one.kind == "title":
            one.kind, one.level = "heading", 1
    return (without_marks(title.text) if title else ""), rest


def _head(
    source: Source, blocks: list[SourceBlock], id_: str, title: str, has_signs: bool,
    today: date, review_by: date,
) -> str:  # fmt: skip
    """Return the front matter, without the lines around it."""
    texts = [_plain(one.text) for one in blocks if one.kind == "paragraph"]
    whole = (text for text in texts if _SENTENCE.search(text))
    first = next(whole, "".join(texts[:1]))
    main = f"TODO: {quoted(first, 160)}" if first else "TODO"
    version = _version(source)
    words = sum(len(one.text.split()) for one in walk(blocks))
    pages = max(
        2, -(-words // _WORDS_A_PAGE) + sum(one.kind == "picture" for one in walk(blocks)) // 2
    )
    lines = [
        f"id: {id_}",
        f"title: {_quoted(title or 'TODO')}",
        f"main_message: {_quoted(main)}",
        'action: "TODO"',
        "tags: []",
        f"version: {_quoted(version or '0.1')}  # TODO: which is it?",
        f"issued: {today.isoformat()}  # TODO: the day on which this text is issued",
        f"review_by: {review_by.isoformat()}  # TODO: the last day on which it may be handed out",
        'authors: ["TODO"]',
        "reviewers: []",
        'funder: "TODO"',
        'conflicts: "TODO"',
        'sources: ["TODO"]',
        *(
            []
            if has_signs
            else ["urgent: none  # TODO: keep this only if nothing here can be urgent"]
        ),
        "pages:  # TODO: how many it may have",
        f"  standard: {pages + pages % 2}",
        f"  large-print: {2 * (pages + pages % 2)}",
        f"  bilingual: {2 * (pages + pages % 2)}",
        f"  booklet: {-(-2 * pages // 4) * 4}",
        *(f"# TODO: {line}" for line in _open(source)),
    ]
    return "".join(f"{line}\n" for line in lines)


def _plain(text: str) -> str:
    """Return Markdown for the main message: on one line, and without what that does not have."""
    text = re.sub(rf"\[\^[\w-]+\]|(?<!\\)[\^~]|{BLANK}", "", without_marks(text))
    return " ".join(text.replace("\\\n", " ").split())


def _open(source: Source) -> Iterable[str]:
    """Yield a line for each guess and TODO of the report, those of the same kind together."""
    for at, kind, said, words in joined_notes(source):
        if kind in ("guess", "TODO"):
            more = f" “{quoted(words, 60)}”" if words else ""
            yield quoted(f"{at}: {'a guess, ' if kind == 'guess' else ''}{said}{more}", 200)


def joined_notes(source: Source) -> list[tuple[str, str, str, str]]:
    """Return the notes as place, kind, what is said and words; those of one kind as one."""
    joined: dict[tuple[str, str], list[str]] = {}
    out: list[tuple[str, str, str, str]] = []
    for note in source.notes:
        if note.words:
            out.append((note.at, note.kind, note.said, note.words))
        elif (note.kind, note.said) in joined:
            joined[note.kind, note.said].append(note.at)
        else:
            joined[note.kind, note.said] = [note.at]
            out.append((note.at, note.kind, note.said, ""))
    lines = []
    for at, kind, said, words in sorted(out, key=_place):
        places = [at] if words else joined[kind, said]
        count = f", {len(places)} times" if len(places) > 1 else ""
        there = at if places[0] == places[-1] else f"{places[0]} to {places[-1]}"
        lines.append((there, kind, f"{said}{count}", words))
    return lines


def _place(note: tuple[str, str, str, str]) -> tuple[int, int]:
    """Return what sorts notes by where they stand; headers, footers and the like come last."""
    found = re.fullmatch(r"(?:p\.|block|line) (\d+)", note[0])
    return (0, int(found[1])) if found else (1, 0)


def _quoted(text: str) -> str:
    """Return a text as a scalar of YAML, on one line."""
    line = " ".join(text.replace("\\\n", " ").split())
    return json.dumps(line, ensure_ascii=False)  # YAML has the strings of JSON.


def _version(source: Source) -> str:
    pattern = rf"{words_for('version').pattern}\s?\.?:?\s?(\d{{1,3}}(?:\.\d{{1,3}})*)(?![\d/])"
    for text in source.imprint:
        if found := re.search(pattern, text, re.I):
            source.note("footer", "guess", f"the version {found[1]}, of “{quoted(text)}”")
            return found[1]
    return ""


def _signs(source: Source, blocks: list[SourceBlock]) -> list[str]:
    """Return what may be urgent signs: the list behind words that say so, else those words."""
    flat = [one for one in walk(blocks) if one.kind in ("heading", "paragraph", "item")]
    for number, one in enumerate(flat):
        if one.kind == "item" or not (
            words_for("urgent").search(one.text) or calls_for_help(one.text)
        ):
            continue
        items: list[SourceBlock] = []
        for after in flat[number + 1 :]:
            if after.kind == "heading" or (items and after.kind != "item"):
                break
            items += [after] if after.kind == "item" else []
        found = items[:_MOST_SIGNS] or ([one] if one.kind == "paragraph" else [])
        found = found or [
            after for after in flat[number + 1 : number + 2] if after.kind == "paragraph"
        ]
        if found:
            count = "1 urgent sign" if len(found) == 1 else f"{len(found)} urgent signs"
            said = f"{count}, found by words: a clinician decides; below, it stays as it is"
            source.note(one.at, "TODO", said)
            return [
                " ".join(sign.text.replace("\\\n", " ").split()).replace(BLANK, "{blank}")
                for sign in found
            ]
    return []


def _footnotes(source: Source) -> list[str]:
    lines = [f"[^{mark}]: {text}" for mark, text in source.footnotes.items()]
    return ["", *lines] if lines else []


def _body(blocks: list[SourceBlock], pictures: Sequence[str]) -> _Lines:
    out = _Lines()
    names = iter(pictures)
    base = min((one.level for one in blocks if one.kind == "heading"), default=1)
    _write(out, blocks, names, base)
    return out


def _write(out: _Lines, blocks: list[SourceBlock], names: Iterable[str], base: int) -> None:
    names = iter(names)
    for number, block in enumerate(blocks):
        after = blocks[number + 1] if number + 1 < len(blocks) else None
        match block.kind:
            case "heading" | "title":
                _heading(out, block, base)
            case "item":
                _item(out, block)
            case "paragraph":
                out.blank()
                inside = block.inside and out.last is not None and bool(out.items)
                out.add(block_text(block.text), out.items[-1].indent if inside else 0)
                out.items = out.items if inside else []
                if inside:
                    continue
            case "check":
                if out.last is None or out.last.kind != "check":
                    out.blank()
                    out.add("::: checklist")
                out.add(f"- {_one_block(block.text, 2)}")
                if after is None or after.kind != "check":
                    out.add(":::\n")
            case "term":
                out.blank()
                out.add(block_text(" ".join(block.text.replace("\\\n", " ").split())))
            case "meaning":
                out.add(f": {' '.join(block.text.split())}" if "\\\n" not in block.text
                        else f": {_one_block(block.text, 2)}")  # fmt: skip
                if after is None or after.kind != "meaning":
                    out.add("")
            case "table":
                out.blank()
                _table(out, block)
                out.add("")
            case "picture":
                caption = after if after is not None and after.kind == "caption" else None
                if caption is not None:
                    after = blocks[number + 2] if number + 2 < len(blocks) else None
                if _picture(out, block, next(names), caption, after):
                    out.last = block
                    continue
            case "caption":
                if out.last is None or out.last.kind != "picture" or out.last.name == NOWHERE:
                    out.blank()
                    out.add(block_text(block.text) + "\n")
            case "box":
                out.blank()
                out.add(f"::: {block.name}")
                inner = _Lines(ids=out.ids, level=out.level)
                _write(inner, block.children, names, base)
                out.add("\n".join(inner.lines).strip("\n"))
                out.add(":::\n")
        if block.kind != "item":
            out.items = []
        out.last = block


def _heading(out: _Lines, block: SourceBlock, base: int) -> None:
    out.blank()
    out.level = min(max(2, block.level - base + 2), 4, out.level + 1)
    text = " ".join(block.text.replace("\\\n", " ").split())
    id_ = slug(text)[:60].strip("-") or "section"
    unique, count = id_, 1
    while unique in out.ids or unique in ("lead", "front-matter"):
        count += 1
        unique = f"{id_}-{count}"
    out.ids.add(unique)
    out.add(f"{'#' * out.level} {text} {{#{unique}}}\n")


def _item(out: _Lines, block: SourceBlock) -> None:
    depth = min(block.level, len(out.items))
    indent = out.items[depth - 1].indent if depth else 0
    before = out.items[depth] if depth < len(out.items) else None
    sign = "."
    if before is None or (before.number is None) != (block.number is None):
        if depth == 0 or before is not None:
            out.blank()
    elif before.number is not None and block.number != before.number + 1:
        # Numbers that do not follow each other need a list of their own.
        sign = ")" if before.sign == "." else "."
        out.blank()
    else:
        sign = before.sign
    mark = "-" if block.number is None else f"{block.number}{sign}"
    out.items[depth:] = [_Item(indent + len(mark) + 1, block.number, sign)]
    out.add(f"{' ' * indent}{mark} {_one_block(block.text, out.items[-1].indent)}")


def _one_block(text: str, indent: int) -> str:
    return block_text(text).replace("\n", "\n" + " " * indent)


def _table(out: _Lines, block: SourceBlock) -> None:
    width = max(map(len, block.rows), default=0)
    rows = [[*row, *[""] * (width - len(row))] for row in block.rows]
    signs = {"left": ":---", "center": ":---:", "right": "---:"}
    for number, row in enumerate(rows):
        cells = (" ".join(cell.replace("\\\n", " ").split()).replace("|", "\\|") for cell in row)
        out.add(f"| {' | '.join(cells)} |")
        if number == 0:
            marks = [*block.aligned, *[""] * width][:width]
            out.add(f"|{'|'.join(signs.get(mark, '---') for mark in marks)}|")


def _picture(
    out: _Lines,
    block: SourceBlock,
    name: str,
    caption: SourceBlock | None,
    after: SourceBlock | None,
) -> bool:
    """Write a picture; return whether it stands within the list item before it, which goes on."""
    inside = (
        bool(out.items)
        and after is not None
        and after.kind == "item"
        and (after.number is None or after.number > 1)
    )
    indent = out.items[min(after.level, len(out.items) - 1)].indent if inside and after else 0
    out.blank()
    title = ""
    if caption is not None and name:
        plain = re.sub(r"\\(?=\W)", "", without_marks(caption.text)).replace('"', "”")
        title = f' "{" ".join(plain.split())}"'
    if name:
        text = " ".join(block.text.split())
        text = re.sub(r"([\\\[\]])", r"\\\1", text) if text else "TODO"
        out.add(f"![{text}]({name}{title})\n", indent)
    else:
        out.add(f"TODO: {block.text}\n", indent)
        block.name = NOWHERE
    return inside
