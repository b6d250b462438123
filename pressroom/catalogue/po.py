"""Read and write catalogues: a gettext PO file <-> Catalogue."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import babel
from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural
from babel.messages.pofile import PoFileError, denormalize, read_po, write_po

from ..errors import CatalogueError
from ..files import read_text, shown, write_atomically

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a catalogue."""

    context: str
    #: `msgid`: the source text.
    source: str
    #: `msgstr`: the translation; empty where there is none.
    text: str = ""
    fuzzy: bool = False
    #: The source text that a fuzzy translation was made from (`#|`).
    previous: str = ""
    #: Comments for the translator (`#.`), and by the translator (`#`).
    extracted: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    #: Line of the entry in its file, counted from 1.
    line: int = 0

    @property
    def key(self) -> Key:
        """What finds the entry: context and source text."""
        return (self.context, self.source)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations of one topic, or of the house words, into one locale."""

    path: str
    entries: Mapping[Key, Entry] = field(default_factory=dict)
    #: Translations whose source text is gone, kept for reuse (`#~`).
    obsolete: Mapping[Key, Entry] = field(default_factory=dict)
    #: Header fields in their order.
    header: Mapping[str, str] = field(default_factory=dict)
    #: The comment above the header.
    comment: str = ""

    @property
    def translator(self) -> str:
        """Name who translated last, without the address; empty where nobody is named."""
        name = re.sub(r"\s*<[^>]*>\s*$", "", self.header.get("Last-Translator", "")).strip()
        return "" if name in ("FULL NAME", "") else name

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())


def read_catalogue(path: Path) -> Catalogue:
    """Read a PO file; an empty Catalogue where there is none.

    Raises CatalogueError for a file that is not a catalogue, with the line.
    """
    where = shown(path)
    if not path.exists():
        return Catalogue(where)
    text = read_text(path, CatalogueError)
    _refuse_broken_lines(text, where)
    _refuse_duplicates(text, where)
    previous = _previous(text)
    try:
        catalog = read_po(io.BytesIO(text.encode("utf-8")), abort_invalid=True)
    except PoFileError as problem:
        line = (getattr(problem, "lineno", None) or 0) + 1
        raise CatalogueError(
            f"{where}:{line}", f"this is not a PO file: {problem}", "check with 'msgfmt --check'"
        ) from None
    except (ValueError, LookupError, AssertionError, AttributeError, TypeError) as problem:
        raise CatalogueError(
            where, f"this is not a PO file: {problem}", "check with 'msgfmt --check'"
        ) from None
    header, comment = _read_header(text)
    return Catalogue(
        path=where,
        entries={
            entry.key: replace(entry, previous=previous.get(entry.line, ""))
            for entry in map(_entry, catalog)
            if entry.source
        },
        obsolete={
            entry.key: entry for entry in map(_entry, catalog.obsolete.values()) if entry.source
        },
        header=header,
        comment=comment,
    )


_HEADER = re.compile(
    r'\A((?:#(?![.:,|~]).*\n|\s*\n)*)(?:#.*\n)*msgid ""\nmsgstr ((?:".*"(?:\n|\Z))+)'
)


def _read_header(text: str) -> tuple[dict[str, str], str]:
    """Read the header's fields, and the comment above it, as they were written.

    Babel fills in and drops fields of its own accord.
    """
    found = _HEADER.match(text)
    if found is None:
        return {}, ""
    written = re.sub(
        r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), _unquoted(found.group(2))
    )
    fields = (line.partition(":") for line in written.split("\n") if ":" in line)
    comment = "\n".join(line[1:].removeprefix(" ") for line in found.group(1).strip().split("\n"))
    return {name.strip(): value.strip() for name, _, value in fields}, comment.strip()


def _entry(message: object) -> Entry:
    id_ = getattr(message, "id", "")
    string = getattr(message, "string", "")
    source = id_ if isinstance(id_, str) else id_[0]
    text = string if isinstance(string, str) else (string[0] if string else "")
    return Entry(
        context=getattr(message, "context", None) or "",
        source=source,
        text=text or "",
        fuzzy=bool(getattr(message, "fuzzy", False)),
        extracted=tuple(getattr(message, "auto_comments", ())),
        # Babel takes `#| msgid` for a comment of the translator's.
        remarks=tuple(c for c in getattr(message, "user_comments", ()) if not c.startswith("|")),
        flags=frozenset(getattr(message, "flags", ())) - {"fuzzy"},
        line=getattr(message, "lineno", None) or 0,
    )


_QUOTED = r'"(?:[^"\\]|\\.)*"'
_LINE = re.compile(
    rf"\s*(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d+\])\s*)?{_QUOTED}\s*)?"
)


def _refuse_broken_lines(text: str, where: str) -> None:
    """Refuse a line that GNU msgfmt would refuse; Babel guesses what it means."""
    for number, line in enumerate(text.split("\n"), 1):
        if not _LINE.fullmatch(line):
            raise CatalogueError(
                f"{where}:{number}",
                "this is not a PO file: a quotation mark or a keyword is missing here",
                "check with 'msgfmt --check'",
            )


def _previous(text: str) -> dict[int, str]:
    """Find the previous source texts (`#| msgid`), which Babel does not read, by line of entry."""
    found: dict[int, str] = {}
    parts: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("#|"):
            parts.append(line[2:].strip())
        elif line.startswith("msgid "):
            words = "\n".join(parts).partition("msgid ")[2]
            if words:
                found[number] = denormalize(words)
            parts = []
        elif not line.startswith(("#", "msgctxt", '"')):
            parts = []
    return found


def _refuse_duplicates(text: str, where: str) -> None:
    """Refuse a message that stands twice, as GNU msgfmt does."""
    seen: dict[tuple[str, str], int] = {}
    pattern = re.compile(r'^(?:msgctxt ((?:".*"\n?)+))?msgid ((?:".*"(?:\n|\Z))+)', re.MULTILINE)
    for found in pattern.finditer(text):
        key = (_unquoted(found.group(1) or ""), _unquoted(found.group(2)))
        line = text.count("\n", 0, found.start(2)) + 1
        if key in seen:
            raise CatalogueError(
                f"{where}:{line}",
                f"this message stands in line {seen[key]} already",
                "keep one of them",
            )
        seen[key] = line


def _unquoted(quoted: str) -> str:
    return "".join(line.strip()[1:-1] for line in quoted.strip().split("\n")) if quoted else ""


def write_catalogue(path: Path, catalogue: Catalogue) -> bool:
    """Write a PO file, unless it says the same already. Tell whether it was written."""
    data = dump_catalogue(catalogue)
    if path.exists() and path.read_bytes() == data:
        return False
    write_atomically(path, data)
    return True


def dump_catalogue(catalogue: Catalogue) -> bytes:
    """Give the bytes of a catalogue's PO file."""
    catalog = Catalog(locale=None, header_comment=catalogue.comment, fuzzy=False)
    for entry in catalogue:
        catalog.add(
            entry.source,
            entry.text,
            flags=entry.flags | ({"fuzzy"} if entry.fuzzy else set()),
            auto_comments=entry.extracted,
            user_comments=entry.remarks,
            previous_id=entry.previous if entry.fuzzy else "",
            context=entry.context or None,
        )
    for entry in catalogue.obsolete.values():
        kept = Catalog()
        kept.add(
            entry.source,
            entry.text,
            flags={"fuzzy"} if entry.fuzzy else (),
            user_comments=entry.remarks,
            context=entry.context or None,
        )
        message = kept.get(entry.source, entry.context or None)
        assert message is not None
        catalog.obsolete[(entry.source, entry.context) if entry.context else entry.source] = message
    out = io.BytesIO()
    write_po(out, catalog, width=79, omit_header=True, include_previous=True)
    return _header(catalogue).encode("utf-8") + out.getvalue()


def _header(catalogue: Catalogue) -> str:
    lines = [f"# {line}".rstrip() for line in catalogue.comment.split("\n")]
    fields = "".join(
        f'"{name}: {_escaped(value)}\\n"\n' for name, value in catalogue.header.items()
    )
    return "\n".join(lines) + '\nmsgid ""\nmsgstr ""\n' + fields + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def new_header(locale: str, name: str, translator: str = "") -> dict[str, str]:
    """Fill the header of a new catalogue from CLDR.

    `locale` is a BCP 47 name; the Language field has it in gettext's spelling.
    """
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M+0000")
    try:
        parsed = babel.Locale.parse(locale, sep="-")
        plural = get_plural(parsed).plural_forms
    except (babel.UnknownLocaleError, ValueError):
        plural = "nplurals=1; plural=0;"
    return {
        "Project-Id-Version": name,
        "Report-Msgid-Bugs-To": "",
        "POT-Creation-Date": now,
        "PO-Revision-Date": now,
        "Last-Translator": translator or "FULL NAME <EMAIL@ADDRESS>",
        "Language": locale.replace("-", "_"),
        "Language-Team": locale,
        "Plural-Forms": plural.rstrip(";") + ";",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "X-Pressroom-State": "draft",
    }
