"""What the tests of this room share: rows of a site, written as a file of any format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from pressroom.exchange.rows import ExchangeRow, rows_of
from pressroom.exchange.spreadsheet import write_csv
from pressroom.exchange.word_table import write_html
from pressroom.exchange.xliff import write_xliff
from tests.support import Site

WRITERS: dict[str, Callable[[Iterable[ExchangeRow]], bytes]] = {
    "xliff": lambda rows: write_xliff(rows, "en"),
    "xliff2": lambda rows: write_xliff(rows, "en", "2.0"),
    "csv": write_csv,
    "html": lambda rows: write_html(rows, "en"),
}


def exported(site: Site, code: str, names: Iterable[str] = ("sore-throat",)) -> list[ExchangeRow]:
    """Return the rows of an export."""
    return list(rows_of(site.words(), code, lambda _: None, names))


def written(
    site: Site, rows: list[ExchangeRow], format: str, changes: Mapping[str, Mapping[str, object]]
) -> Path:
    """Write rows as a file, some of them changed: by source text, what to change."""
    assert set(changes) <= {row.source for row in rows}
    new = [replace(row, **changes.get(row.source, {})) for row in rows]  # type: ignore[arg-type]
    path = site.folder / f"back.{format}"
    path.write_bytes(WRITERS[format](new))
    return path
