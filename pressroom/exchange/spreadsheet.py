"""A spreadsheet, for those without tools: ExchangeRows -> CSV, and CSV -> Received rows.

A cell that a spreadsheet would run as a formula (`=1+1`) begins with an apostrophe, which
comes off again on the way back.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator

from ..core.errors import HandoutError
from .rows import ExchangeRow, Received, tidy

#: Columns by name, in the order in which they are written; found by name when they come back.
COLUMNS = (
    "id", "where and notes", "source", "translation", "back-translation", "done",
    "most characters", "origin", "as exported",
)  # fmt: skip
NEEDED = ("id", "source", "translation")

#: What a translator writes into the column `done`, and what an export writes.
YES = {"yes", "y", "x", "1", "true", "done", "✓", "✔", "☑"}
NO = {"no", "n", "0", "false"}
#: `numbers?` says nothing when it comes back: numbers are confirmed in the catalogue alone.
DONE = {
    "missing": "", "fuzzy": "no", "unsure": "numbers?", "translated": "yes", "approved": "yes",
}  # fmt: skip

#: With these a spreadsheet begins a formula, in some languages also full-width.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def confirmed(cell: str) -> bool | None:
    """Return what the column `done` says; None where it is empty or neither yes nor no."""
    said = cell.strip().casefold()
    return True if said in YES else False if said in NO else None


def write_csv(rows: Iterable[ExchangeRow]) -> bytes:
    """Return a CSV file that spreadsheets open as it is: UTF-8 with a byte order mark, CRLF."""
    return _written(
        COLUMNS,
        ((row.id, notes_of(row), row.source, row.target, row.back, DONE[row.state],
          str(row.limit or ""), row.origin, row.left) for row in rows),
    )  # fmt: skip


def write_beside(rows: Iterable[tuple[tuple[str, str, str], str]], heading: str) -> bytes:
    """Return a CSV file to complete and import: messages, and beside each what another text says.

    A row is the first three columns of an export, all empty where it is of no message, and
    the text that stands beside them under `heading`.
    """
    return _written(
        (*COLUMNS[:3], heading, *COLUMNS[3:6]),
        ((*of, says, "", "", "") for of, says in rows),
    )


def _written(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    for cells in rows:
        writer.writerow([_shielded(cell) for cell in cells])
    return codecs.BOM_UTF8 + out.getvalue().encode("utf-8")


def notes_of(row: ExchangeRow) -> str:
    """Return what a translator should know of a message, for one cell."""
    previous = (f"previous source: {row.previous}",) if row.previous else ()
    return "; ".join((*row.notes, *previous))


def _shielded(cell: str) -> str:
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def _unshielded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell


def decode(data: bytes, where: str) -> str:
    """Decode a text file as spreadsheets save it: UTF-8, or UTF-16 with a byte order mark.

    Raises HandoutError for another encoding: guessing could change letters.
    """
    encoding = "utf-16" if data.startswith(_UTF16) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise HandoutError(
            f"{where}:{line}", "this is not UTF-8", "save it as 'CSV UTF-8 (comma delimited)'"
        ) from None


def read_csv(data: bytes, where: str) -> list[Received]:
    """Read a CSV file: commas, semicolons or tabs, columns in any order.

    Raises HandoutError for one without the columns that are needed.
    """
    text = decode(data, where)
    skipped = 0
    if text[:4].casefold() == "sep=":
        text, skipped = text.partition("\n")[2], 1
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    return list(_rows(io.StringIO(text, newline=""), delimiter, where, skipped))


def _rows(text: io.StringIO, delimiter: str, where: str, skipped: int) -> Iterator[Received]:
    reader = csv.reader(text, delimiter=delimiter)
    try:
        names = [" ".join(name.split()).casefold() for name in next(reader, [])]
        if missing := [name for name in NEEDED if name not in names]:
            raise HandoutError(
                f"{where}:{skipped + 1}",
                f"has no column '{missing[0]}'",
                f"keep the first line as it was exported: {', '.join(COLUMNS)}",
            )
        begun = reader.line_num
        for cells in reader:
            line, begun = begun + skipped + 1, reader.line_num
            named = dict(zip(names, map(_unshielded, cells), strict=False))
            if not any(named.get(name, "").strip() for name in NEEDED):
                continue
            back = named.get("back-translation")
            yield Received(
                where=f"{where}:{line}",
                id="".join(named.get("id", "").split()),
                source=tidy(named.get("source", "")),
                target=tidy(named.get("translation", "")),
                confirmed=confirmed(named.get("done", "")),
                back=None if back is None else tidy(back),
                left=" ".join(named.get("as exported", "").split()),
            )
    except csv.Error as problem:
        raise HandoutError(
            f"{where}:{reader.line_num + skipped}", f"is not CSV: {problem}", "export it again"
        ) from None
