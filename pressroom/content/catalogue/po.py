"""Read and write catalogues: a gettext PO file <-> Catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import babel
from babel.messages.plurals import get_plural
from babel.messages.pofile import normalize

from ...core.errors import CatalogueError
from ...core.files import missing, read_text, shown, write_changed
from ...core.model import MessageKey


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
    #: Its file, where that is another than the catalogue's: a snippet's text among a topic's.
    path: str = ""

    @property
    def key(self) -> MessageKey:
        """Return what finds the entry: context and source text."""
        return (self.context, self.source)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The translations of one topic, or of the house words, into one locale."""

    path: str
    entries: Mapping[MessageKey, Entry] = field(default_factory=dict)
    #: Translations whose source text is gone, kept for reuse (`#~`).
    obsolete: Mapping[MessageKey, Entry] = field(default_factory=dict)
    #: Header fields in their order.
    header: Mapping[str, str] = field(default_factory=dict)
    #: The comment above the header.
    comment: str = ""

    @property
    def translator(self) -> str:
        """Return who translated last, without the address; empty where no person is named."""
        name, _, address = self.header.get("Last-Translator", "").strip().partition("<")
        name = name.strip()
        return "" if _NOBODY.fullmatch(name) or _NO_PERSON.match(address) else name

    def where(self, entry: Entry) -> str:
        """Return file and line of an entry; the file alone where it does not stand in it yet."""
        path = entry.path or self.path
        return f"{path}:{entry.line}" if entry.line else path

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())


#: What programs write for a translator whom nobody has named, and for themselves.
_NOBODY = re.compile(
    r"|(?:full |your )?name|anonymous(?: user)?|unknown|nobody|none|n/a|(?:deleted )?user|admin"
    r"|automatically generated|.*\[bot\]|.*\b(?:weblate|transifex|crowdin|pontoon|machine "
    r"translation|translation memory|add-?on)\b.*"
    r"|(?:deepl|google(?: cloud)? translat|libretranslate|microsoft translator|azure ai"
    r"|amazon translate|aws translate|apertium|argos|opus-?mt|madlad|nllb|modernmt|mymemory|openai"
    r"|chatgpt|gpt-?\d|yandex|systran|ollama).*|claude|gemini|baidu|papago",
    re.I,
)
_NO_PERSON = re.compile(r"noreply-(?:mt|addon|auto|bot)|no-?reply@|email@address", re.I)


def read_catalogue(path: Path, root: Path | None = None) -> Catalogue:
    """Read a PO file; an empty Catalogue where there is none.

    Raises CatalogueError for a file that is not a catalogue, with the line, and
    for one that lies outside of `root`.
    """
    where = shown(path)
    if missing(path, root):
        return Catalogue(where)
    return _Reader(read_text(path, CatalogueError, root), where).catalogue()


#: A line: what it is marked as (`#~` obsolete, `#|` previous), its keyword, and its string.
_LINE = re.compile(
    r"\s*+(?P<mark>#~\s*+\||#~|#\||)\s*+"
    r"(?P<keyword>msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?|)\s*+"
    r'"(?P<string>(?:[^"\\]|\\.)*+)"\s*+'
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
#: The most messages of a catalogue: some times those of the longest topic.
MOST_ENTRIES = 10_000


class _Reader:
    """A reader as strict as GNU msgfmt; Babel guesses what a broken line means."""

    def __init__(self, text: str, where: str) -> None:
        self.text = text
        self.where = where
        self.live: dict[MessageKey, Entry] = {}
        self.obsolete: dict[MessageKey, Entry] = {}
        self.header: dict[str, str] = {}
        self.comment = ""
        self._start()

    def _start(self) -> None:
        self.strings: dict[str, list[str]] = {}
        self.previous: dict[str, list[str]] = {}
        self.remarks: list[str] = []
        self.extracted: list[str] = []
        self.flags: set[str] = set()
        self.is_obsolete = False
        self.line = 0
        self.open: list[str] | None = None

    def wrong(self, line: int, what: str, next_step: str = "") -> CatalogueError:
        return CatalogueError(
            f"{self.where}:{line}", what, next_step or "check with 'msgfmt --check'"
        )

    def catalogue(self) -> Catalogue:
        number, lines = 0, self.text.split("\n")
        for number, line in enumerate(lines, 1):
            if found := _LINE.fullmatch(line):
                self._string(number, found)
            elif line.lstrip().startswith("#"):
                self._remark(line.strip(), number)
            elif line.strip():
                last = number == len(lines) > 1
                raise self.wrong(
                    number,
                    "this is not a PO file: a quotation mark or a keyword is missing here",
                    "it ends within this line: is the file cut short?" if last else "",
                )
        self._finish(number)
        return Catalogue(self.where, self.live, self.obsolete, self.header, self.comment)

    def _string(self, number: int, found: re.Match[str]) -> None:
        mark, keyword = found["mark"].replace(" ", "").replace("\t", ""), found["keyword"]
        part = self._unescaped(found["string"], number)
        if not keyword:
            if self.open is None:
                raise self.wrong(number, "this is not a PO file: a keyword is missing here")
            self.open.append(part)
            return
        if "|" in mark:
            if "msgstr" in self.strings:
                self._finish(number)
            self.open = self.previous.setdefault(keyword, [])
        else:
            # An entry ends where the next one begins, with or without an empty line.
            if "msgstr" in self.strings and keyword in ("msgctxt", "msgid"):
                self._finish(number)
            if keyword.startswith(("msgid_plural", "msgstr[")):
                raise self.wrong(
                    number, "a message of a leaflet has no plural", "write one msgid and one msgstr"
                )
            if keyword in self.strings or (keyword == "msgstr" and "msgid" not in self.strings):
                raise self.wrong(number, f"this is not a PO file: '{keyword}' stands wrongly here")
            if keyword == "msgid":
                self.line = number
            self.is_obsolete = mark == "#~"
            self.open = self.strings[keyword] = []
        self.open.append(part)

    def _unescaped(self, text: str, number: int) -> str:
        def said(found: re.Match[str]) -> str:
            if found[1] not in _ESCAPES:
                raise self.wrong(number, f"'{found[0]}' is no escape that is read here")
            return _ESCAPES[found[1]]

        return re.sub(r"\\(.)", said, text) if "\\" in text else text

    def _remark(self, line: str, number: int) -> None:
        if "msgstr" in self.strings:
            self._finish(number)
        self.open = None
        kind, rest = line[1:2], line[2:].strip()
        if kind == ",":
            self.flags |= {flag.strip() for flag in rest.split(",")} - {""}
        elif kind == ".":
            self.extracted.append(rest)
        elif kind not in (":", "~", "|"):
            self.remarks.append(line[1:].removeprefix(" "))

    def _finish(self, number: int) -> None:
        """End an entry: keep it, or refuse it."""
        if "msgid" in self.strings and "msgstr" not in self.strings:
            raise self.wrong(self.line, "this message has no msgstr", "is the file cut short?")
        if self.strings and "msgid" not in self.strings:
            raise self.wrong(number, "this is not a PO file: a msgid is missing before this line")
        if "msgid" in self.strings:
            self._keep({name: "".join(parts) for name, parts in self.strings.items()})
        self._start()

    def _keep(self, strings: dict[str, str]) -> None:
        source, context = strings["msgid"], strings.get("msgctxt", "")
        if not source:
            if not self.is_obsolete and "msgctxt" not in strings:
                self._read_header(strings["msgstr"])
            return
        kept = self.obsolete if self.is_obsolete else self.live
        key = (context, source)
        if key in self.live and not self.is_obsolete:
            raise self.wrong(
                self.line,
                f"this message stands in line {self.live[key].line} already",
                "keep one of them",
            )
        kept[key] = Entry(
            context=context,
            source=source,
            text=strings["msgstr"],
            fuzzy="fuzzy" in self.flags,
            previous="".join(self.previous.get("msgid", ())),
            extracted=tuple(self.extracted),
            remarks=tuple(remark for remark in self.remarks if remark),
            flags=frozenset(self.flags - {"fuzzy"}),
            line=self.line,
        )
        if len(self.live) + len(self.obsolete) > MOST_ENTRIES:
            raise self.wrong(self.line, f"there are more than {MOST_ENTRIES} messages", "split it")

    def _read_header(self, text: str) -> None:
        """Read the header's fields, and the comment above it, as they were written."""
        if self.header:
            raise self.wrong(self.line, "this is the second header", "keep one of them")
        if "#-#-#-#-#" in text:
            raise self.wrong(
                self.line, "msgcat has put two headers into one here", "keep the lines of one"
            )
        for line in text.split("\n"):
            name, colon, value = line.partition(":")
            if colon:
                self.header[name.strip()] = value.strip()
        charset = re.search(r"charset=([\w-]+)", self.header.get("Content-Type", ""))
        if charset and charset[1].lower() not in ("utf-8", "utf8", "charset"):
            raise self.wrong(
                self.line,
                f"the header says that this file is {charset[1]}, but it is read as UTF-8",
                "save it as UTF-8, and say charset=UTF-8",
            )
        self.comment = "\n".join(self.remarks).strip()


def write_catalogue(path: Path, catalogue: Catalogue, root: Path | None = None) -> bool:
    """Write a PO file where it differs; return whether it did."""
    return write_changed(path, dump_catalogue(catalogue), root)


def dump_catalogue(catalogue: Catalogue) -> bytes:
    parts = [_header(catalogue), *(_written(entry) for entry in catalogue)]
    parts += [_written(entry, "#~ ") for entry in catalogue.obsolete.values()]
    return ("\n".join(parts) + "\n").encode("utf-8")


def _written(entry: Entry, mark: str = "") -> str:
    """Return an entry as gettext writes it, each comment on a line of its own; `mark` is `#~ `."""
    lines = [f"# {remark}".rstrip() for remark in entry.remarks]
    lines += [f"#. {note}" for note in entry.extracted]
    if flags := sorted(entry.flags | ({"fuzzy"} if entry.fuzzy else set())):
        lines.append(f"#, {', '.join(flags)}")
    if entry.fuzzy and entry.previous:
        lines.append(_field("msgid", entry.previous, "#~| " if mark else "#| "))
    if entry.context:
        lines.append(_field("msgctxt", entry.context, mark))
    lines += [_field("msgid", entry.source, mark), _field("msgstr", entry.text, mark)]
    return "\n".join(lines) + "\n"


def _field(keyword: str, text: str, mark: str) -> str:
    return f"{mark}{keyword} {normalize(text, prefix=mark, width=79)}"


def _header(catalogue: Catalogue) -> str:
    lines = [f"# {line}".rstrip() for line in catalogue.comment.split("\n")]
    fields = "".join(
        f'"{name}: {_escaped(value)}\\n"\n' for name, value in catalogue.header.items()
    )
    return "\n".join(lines) + '\nmsgid ""\nmsgstr ""\n' + fields


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def new_header(locale: str, name: str, translator: str = "") -> dict[str, str]:
    """Return the header of a new catalogue, filled from CLDR.

    `locale` is a BCP 47 name; the Language field has it in gettext's spelling.
    """
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M+0000")
    try:
        parsed = babel.Locale.parse(locale, sep="-")
        plural = get_plural(parsed).plural_forms
        team = parsed.get_display_name("en") or locale
    except (babel.UnknownLocaleError, ValueError):
        plural = "nplurals=1; plural=0;"
        team = locale
    return {
        "Project-Id-Version": name,
        "Report-Msgid-Bugs-To": "",
        "POT-Creation-Date": now,
        "PO-Revision-Date": now,
        "Last-Translator": translator or "FULL NAME <EMAIL@ADDRESS>",
        "Language": locale.replace("-", "_"),
        "Language-Team": team,
        "Plural-Forms": plural.rstrip(";") + ";",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "X-Pressroom-State": "draft",
    }
