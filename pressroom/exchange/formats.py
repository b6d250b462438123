"""Export a locale in a format, and import a file of any format: where commands enter this room."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from ..content.catalogue.glossary import (
    REMARK,
    Term,
    dump_glossary,
    glossary_of,
    glossary_path,
    merge_terms,
    parse_glossary,
    read_glossary,
    write_glossary,
)
from ..core.errors import HandoutError, UsageError
from ..core.files import read_bytes, shown, write_atomically
from ..core.limits import OutOfTimeError, within_time
from ..leaflet.site import Words
from .importer import EVERY, PLAIN, Choices, Intake, import_rows
from .rows import ExchangeRow, Received, rows_of
from .spreadsheet import read_csv, write_csv
from .tbx import read_tbx, write_tbx
from .update import OF_NO_TOPIC, AskFacts
from .word_table import read_html, write_html
from .xliff import read_xliff, write_xliff

#: Formats, and how the name of a file of each ends.
FORMATS = {
    "xliff": ".xlf", "xliff2": ".xlf", "omegat": ".xlf", "csv": ".csv", "html": ".html",
    "tbx": ".tbx",
}  # fmt: skip

#: No file that is imported is larger, in bytes: a locale of 1,000 topics has some 40 million.
LARGEST = 64 * 1024 * 1024

#: The first element of a file, behind what may stand before it; nothing is tried twice.
_ROOT = re.compile(
    r"\s*+(?>(?><\?xml[^>]*+>|<!--(?>.*?-->)|<!doctype\s++(?!html)[^>\[]*+(?>\[.*?\]\s*+)?>)\s*+)*+"
    r"<(?P<name>!doctype\s++html|[\w:]++)",
    re.I | re.S,
)

#: How a page begins, also one without a head, as pandoc writes it.
_PAGE = {
    "html",
    "head",
    "body",
    "title",
    "meta",
    "link",
    "style",
    "main",
    "section",
    "div",
    "nav",
    "table",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "ul",
    "ol",
    "blockquote",
    "span",
}

_READERS: dict[str, Callable[[bytes, str], list[Received]]] = {
    "xliff": read_xliff, "html": read_html, "csv": read_csv,
}  # fmt: skip


def export(
    words: Words,
    code: str,
    format: str,
    facts: AskFacts,
    names: Iterable[str] = (),
    todo: bool = False,
) -> bytes:
    """Return the file of a locale in a format.

    Raises UsageError where the format needs what is not installed, CatalogueError
    for a catalogue that cannot be read.
    """
    source = words.site.clinic.source_locale
    if format == "tbx":
        return write_tbx(read_glossary(words.handouts, code), source, code)
    rows = _chosen(words, code, facts, names, todo)
    if not rows:
        raise UsageError("", f"nothing of '{code}' is fuzzy or missing", "export without --todo")
    return _written(rows, format, source)


def _chosen(
    words: Words, code: str, facts: AskFacts, names: Iterable[str], todo: bool
) -> tuple[ExchangeRow, ...]:
    """Return the rows of an export. Raises the error of a topic that is named and broken."""
    names = tuple(names)
    for name in names:
        if name not in OF_NO_TOPIC and name in words.broken:
            raise words.broken[name]
    return tuple(rows_of(words, code, facts, names, todo))


def _written(rows: tuple[ExchangeRow, ...], format: str, source: str) -> bytes:
    match format:
        case "csv":
            return write_csv(rows)
        case "html":
            return write_html(rows, source)
        case "omegat":
            return write_xliff(rows, source, copied=True)
        case _:
            return write_xliff(rows, source, "2.0" if format == "xliff2" else "1.2")


def export_files(
    words: Words,
    code: str,
    format: str,
    facts: AskFacts,
    names: Iterable[str],
    todo: bool,
    output: Path,
) -> Iterator[str]:
    """Write the export to a file, or a file for each catalogue into a folder; yield the paths.

    A folder is what exists as one, or has a name without an ending.
    """
    names = tuple(names)
    if format == "tbx" or not (output.is_dir() or not output.suffix):
        write_atomically(output, export(words, code, format, facts, names, todo))
        yield shown(output)
        return
    for name, rows in groupby(_chosen(words, code, facts, names, todo), lambda row: row.name):
        path = output / f"{name}.{code}{FORMATS[format]}"
        source = words.site.clinic.source_locale
        write_atomically(path, _written(tuple(rows), format, source))
        yield shown(path)


def detect(data: bytes, where: str) -> str:
    """Return the format of a file by its content. Raises UsageError for what is never imported."""
    if data.startswith(b"PK"):
        raise UsageError(
            where,
            "is a Word or Excel file, and what comes back is XLIFF, CSV, HTML or TBX",
            "save an export as 'Web Page, Filtered' or 'CSV UTF-8'; a leaflet becomes a topic with "
            "'handouts new TOPIC --from FILE', and its old translation is paired with "
            "'handouts locale pair L FILE --topic TOPIC'",
        )
    if data.startswith(b"%PDF"):
        raise UsageError(where, "is a PDF", "import the file that was translated")
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = data[:65536].decode("utf-16" if utf16 else "utf-8-sig", "replace")
    found = _ROOT.match(text)
    name = found["name"].lower() if found else ""
    if name == "xliff":
        return "xliff"
    if name in ("martif", "tbx"):
        return "tbx"
    if name in _PAGE or name.startswith("!doctype"):
        return "html"
    if name or text.lstrip("\ufeff \t\r\n").startswith("<"):
        said = f"<{name}> is" if name else "this is"
        raise UsageError(
            f"{where}:1", f"{said} no format that is imported", "these are XLIFF, CSV, HTML, TBX"
        )
    if re.match(r"\s*(#|msgid|msgctxt)", text):
        raise UsageError(
            where, "is a PO catalogue", "put it in its place in handouts/locales/ as it is"
        )
    return "csv"


def import_file(
    words: Words, path: Path, ask: Callable[[str], AskFacts], choices: Choices = PLAIN
) -> Intake:
    """Import a file: what belongs goes into the catalogues, the rest is refused by line.

    `ask` returns what the last build shows of a locale. Raises HandoutError for a file that
    cannot be read at all, UsageError for one that is no import.
    """
    where = shown(path)
    data = read_bytes(path, UsageError, most=LARGEST)
    kind = detect(data, where)
    if kind == "tbx":
        return _take_terms(words, data, where, choices, path.stat().st_mtime)
    seconds = words.site.clinic.limit_seconds
    try:
        # A page of a few megabytes can be made so that Python's reader takes hours for it.
        with within_time(seconds):
            received = _READERS[kind](data, where)
    except OutOfTimeError:
        raise HandoutError(
            where, f"reading took longer than {seconds} seconds",
            "split it, or raise limits.seconds in clinic.toml",
        ) from None  # fmt: skip
    # What a file does not say of its day, the day tells on which it was written last.
    saved = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    rows = (row if row.at else replace(row, at=saved) for row in received)
    return import_rows(words, rows, ask, choices)


def _take_terms(words: Words, data: bytes, where: str, choices: Choices, saved: float) -> Intake:
    """Merge the terms of a TBX file into the glossaries of their locales.

    A term that was changed here since it was exported is refused, as a message is. Of one that
    does not say what it was, the time tells at which its file was `saved`.
    """
    clinic = words.site.clinic
    intake = Intake()
    found = read_tbx(data, where, clinic.source_locale, clinic.locales)
    if not found:
        raise HandoutError(
            where, f"has no term in '{clinic.source_locale}' and a locale of this site",
            "look at its languages",
        )  # fmt: skip
    for code, terms in found.items():
        old = read_glossary(words.handouts, code)
        here = {term.term.casefold(): term for term in old.terms}
        path = glossary_path(words.handouts, code)
        newer = path.is_file() and path.stat().st_mtime > saved
        touched = any(term.left != term.digest for _, term in terms)
        good = []
        for place, term in terms:
            now = here.get(term.term.casefold())
            changed = now is None or (now.digest not in (term.left, term.digest))
            if (
                changed
                and (bool(term.left) or (newer and now is not None))
                and EVERY not in choices.theirs
            ):
                if touched and term.left == term.digest:
                    step = "it stays as it is here; --theirs takes the file's"
                    intake.kept.append(_term_conflict(place, term, now, step))
                elif EVERY not in choices.ours:
                    step = "compare the two, and import again with --theirs or --ours"
                    intake.refused.append(_term_conflict(place, term, now, step))
                continue
            try:
                _require_line(term, place)
                if now is None or now.digest != term.digest:
                    good.append(term)
            except HandoutError as problem:
                one = problem.each()[0]
                intake.refused.append(HandoutError(place, one.what, one.next_step))
        if good:
            write_glossary(words.handouts, code, merge_terms(old, good))
        said = f"{len(good)} terms taken" if good else "no change"
        intake.said.append(f"{shown(path)}: {said}")
    return intake


def _term_conflict(place: str, term: Term, now: Term | None, step: str) -> HandoutError:
    here = f"‘{'|'.join(now.translations)}’" if now else "nothing"
    there = "|".join(term.translations)
    return HandoutError(
        place,
        f"‘{term.term}’ was changed here after this file left: here {here}, in the file ‘{there}’",
        step,
    )


def _require_line(term: Term, place: str) -> None:
    """Refuse a term that its file could not hold, as a line of it would be."""
    if term.term.startswith(REMARK):
        raise HandoutError(
            place, f"‘{term.term}’ would be a remark in a glossary", f"write it without {REMARK}"
        )
    parse_glossary(dump_glossary(glossary_of([term])), place)
