"""A table for Word: ExchangeRows -> HTML for Word, and what Word saves of it -> Received rows."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from html import escape
from html.parser import HTMLParser
from itertools import groupby

from ..content.placeholders import PLACEHOLDER
from ..core.errors import HandoutError
from ..core.locales import read_locale
from ..core.model import Locale
from .rows import ExchangeRow, Received, tidy
from .spreadsheet import DONE, confirmed, notes_of

COLUMNS = (
    "id", "where and notes", "source", "translation", "back-translation", "done", "as exported",
)  # fmt: skip

#: Encodings that Word names in a page which it saves. Each byte of these means one thing.
_ENCODINGS = re.compile(
    r"(?:utf-8|utf-16|us-ascii|windows-125[0-8]|windows-874|iso-8859-\d+)", re.I
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?\s*([\w-]+)", re.I)

#: Elements between whose words a space stands, and those whose words are none of the text.
_APART = {"p", "div", "br", "li", "td", "th", "tr"}
_NO_WORDS = {"style", "script", "head", "title", "del", "s", "strike", "xml"}
#: Classes of what a reader of the page would not take for words: deletions and comments, as
#: Word, LibreOffice and pandoc name them.
_NO_TEXT = {
    "msodel", "deletion", "paragraph-deletion", "msocommentreference", "msocomanchor", "msocomtxt",
    "comment-start", "comment-end", "sdfootnoteanc", "sdendnoteanc", "footnote-ref",
}  # fmt: skip
#: A style that strikes or hides words, and the classes of a style sheet that have one.
_SILENT = re.compile(r"line-through|mso-hide:all|display:none")
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,5000})\}")
_CLASS = re.compile(r"\.([\w-]+)")
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}
_CELLS = {"td", "th"}
#: Digits that are raised or lowered: flat, 10⁹ would become 109.
_RAISED = {
    "sup": str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"),
    "sub": str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋"),
}
#: Nested tables and the like are no table of ours.
_DEEPEST = 200

_HEAD = """\
<!DOCTYPE html>
<html lang="{source}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
@page {{ size: 29.7cm 21cm; margin: 1.5cm }}
body {{ font-family: sans-serif; font-size: 11pt }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ border: 1px solid #777; padding: 4pt; vertical-align: top; text-align: start }}
th {{ background: #eee }}
.small {{ font-size: 8pt; color: #555 }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>Write into the columns “translation” and “back-translation”, and “yes” into “done” when a
translation is finished. Leave the other columns as they are. Keep words in {{braces}} and
the marks around **bold** and [links](…). Save as a web page (“Web Page, Filtered”).</p>
"""


def write_html(rows: Iterable[ExchangeRow], source_locale: str) -> bytes:
    """Return an HTML page with a table for each catalogue."""
    rows = tuple(rows)
    locale = read_locale(rows[0].locale if rows else source_locale)
    title = f"{locale.english_name} ({locale.native_name})"
    parts = [_HEAD.format(source=escape(source_locale), title=escape(title))]
    for name, group in groupby(rows, key=lambda row: row.name):
        parts.append(f"<h2>{escape(name)}</h2>\n<table>\n<tr>{_head_cells()}</tr>\n")
        parts += [_table_row(row, locale, source_locale) for row in group]
        parts.append("</table>\n")
    parts.append("</body>\n</html>\n")
    return "".join(parts).encode("utf-8")


def _head_cells() -> str:
    widths = (10, 17, 25, 25, 13, 5, 5)
    pairs = zip(COLUMNS, widths, strict=True)
    return "".join(f'<th width="{width}%">{name}</th>' for name, width in pairs)


def _written(text: str, locale: Locale) -> str:
    """Return the HTML of a cell; placeholders keep their order among right-to-left words."""
    if locale.direction == "ltr":
        return escape(text)
    return PLACEHOLDER.sub(r'<span dir="ltr">\g<0></span>', escape(text))


def _table_row(row: ExchangeRow, locale: Locale, source_locale: str) -> str:
    own = f'lang="{escape(locale.code)}" dir="{locale.direction}"'
    theirs = f'lang="{escape(source_locale)}"'
    notes = notes_of(row)
    if row.origin:
        notes += f"; origin: {row.origin}"
    if row.limit and "room: " not in notes:
        notes += f"; up to about {row.limit} characters"
    return (
        f'<tr><td class="small">{escape(row.id)}</td><td class="small">{escape(notes)}</td>'
        f"<td {theirs}>{escape(row.source)}</td><td {own}>{_written(row.target, locale)}</td>"
        f"<td {theirs}>{escape(row.back)}</td><td>{DONE[row.state]}</td>"
        f'<td class="small">{escape(row.left)}</td></tr>\n'
    )


def read_html(data: bytes, where: str) -> list[Received]:
    """Read a page that Word saved: split tables, spans around every run, another encoding.

    Raises HandoutError for a page without a row of ours, and for one whose encoding
    is unknown.
    """
    text = decode_page(data, where)
    reader = _Tables()
    try:
        reader.feed(text)
        reader.close()
    except (AssertionError, ValueError) as problem:  # What HTMLParser says of `<![broken`.
        line = reader.getpos()[0]
        raise HandoutError(
            f"{where}:{line}", f"is not HTML that can be read: {problem}", "save it again"
        ) from None
    received = list(_received(reader.rows, where))
    if not received:
        raise HandoutError(
            f"{where}:1", "has no row of an export", "keep the table with its first column"
        )
    return received


def decode_page(data: bytes, where: str) -> str:
    """Decode a page by the encoding that it names, or as UTF-8. Raises HandoutError."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    else:
        found = _CHARSET.search(data[:4096])
        name = found[1].decode("ascii").lower() if found else "utf-8"
    if not _ENCODINGS.fullmatch(name):
        raise HandoutError(f"{where}:1", f"is encoded as '{name}'", "save it as UTF-8")
    try:
        return data.decode("utf-8-sig" if name == "utf-8" else name)
    except (UnicodeDecodeError, LookupError) as problem:
        at = problem.start if isinstance(problem, UnicodeDecodeError) else 0
        line = data.count(b"\n", 0, at) + 1
        raise HandoutError(f"{where}:{line}", f"this is not {name}", "save it as UTF-8") from None


class _Tables(HTMLParser):
    """Collects the cells of every row of every table, in pieces, with the line of the row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[tuple[int, list[list[str]]]] = []
        self.cell: list[str] | None = None
        #: Elements that are open, and whether their words are none of the text.
        self.open: list[tuple[str, bool]] = []
        #: Classes whose words are none of the text.
        self.silent = set(_NO_TEXT)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self.open = []
        elif tag in ("td", "th", "tr"):
            self._close(tag)
        if tag not in _VOID and len(self.open) < _DEEPEST:
            said = {name: said or "" for name, said in attrs}
            self.open.append((_kind(tag, said), _is_no_text(tag, said, self.silent)))
        if tag in _APART:
            self.handle_data(" ")
        if tag == "tr":
            self.rows.append((self.getpos()[0], []))
            self.cell = None
        elif tag in ("td", "th") and self.rows:
            self.cell = []
            self.rows[-1][1].append(self.cell)

    def handle_endtag(self, tag: str) -> None:
        self._close(tag)
        if tag in ("td", "th", "tr", "table"):
            self.cell = None
        if tag in _APART:
            self.handle_data(" ")

    def _close(self, tag: str) -> None:
        """Close the innermost element of a name, and what is open within it."""
        names = [name for name, _ in self.open]
        if tag in names:
            last = len(names) - 1 - names[::-1].index(tag)
            # A cell that is not closed ends with its row; no element ends a cell from within.
            if tag in ("td", "th", "tr", "table") or not _CELLS & set(names[last:]):
                del self.open[last:]

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "style":
            for selector, style in _RULE.findall(data):
                if _SILENT.search("".join(style.casefold().split())):
                    self.silent.update(_CLASS.findall(selector.casefold()))
        if self.cell is None or any(silent for _, silent in self.open):
            return
        raised = next((tag for tag, _ in reversed(self.open) if tag in _RAISED), "")
        self.cell.append(data.translate(_RAISED[raised]) if raised else data)


def _kind(tag: str, attrs: dict[str, str]) -> str:
    """Return what an element is: its name, or that of raised and lowered words for a style."""
    found = re.search(r"vertical-align:\s*(sup|sub)er?\b", attrs.get("style", "").casefold())
    return found[1] if found and tag == "span" else tag


def _is_no_text(tag: str, attrs: dict[str, str], silent: set[str]) -> bool:
    """Return whether the words of an element are struck, deleted, hidden, or a mark of a note.

    `silent` are the classes whose words are.
    """
    style = "".join(attrs.get("style", "").casefold().split())
    return (
        tag in _NO_WORDS
        or (tag == "a" and attrs.get("href", "").startswith("#"))
        or not silent.isdisjoint(attrs.get("class", "").casefold().split())
        or _SILENT.search(style) is not None
    )


def _received(rows: list[tuple[int, list[list[str]]]], where: str) -> Iterator[Received]:
    names: tuple[str, ...] = COLUMNS
    for line, pieces in rows:
        cells = [tidy("".join(cell)) for cell in pieces]
        heads = tuple(" ".join(cell.split()).casefold() for cell in cells)
        if "id" in heads and "translation" in heads:
            names = heads
            continue
        named = dict(zip(names, cells, strict=False))
        # A hyphen that must not break, and spaces where Word broke a long word.
        key = "".join(named.get("id", "").replace("\u2011", "-").split())
        if key.count("/") != 2:
            continue  # A table that somebody added.
        yield Received(
            where=f"{where}:{line}",
            id=key,
            source=named.get("source", ""),
            target=named.get("translation", ""),
            confirmed=confirmed(named.get("done", "")),
            back=named.get("back-translation"),
            loose=True,
            left=named.get("as exported", ""),
        )
