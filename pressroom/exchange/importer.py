"""Write what comes back into the catalogues: Received rows -> changed entries, and refusals.

Each row is judged by itself: what does not belong is refused with file and line, and the
rest is kept. A text is never more confirmed than its file says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ..content.catalogue.confirmed_numbers import NUMBERS, compare_entry
from ..content.catalogue.glossary import read_glossary
from ..content.catalogue.merge import unconfirmed, without_state
from ..content.catalogue.message_state import message_state
from ..content.catalogue.origin import origin_of, with_origin
from ..content.catalogue.po import Catalogue, Entry, write_catalogue
from ..content.catalogue.translator_notes import IMPORTED, MEMORY
from ..content.house import reviewed_first
from ..content.topic.compare import markup_differences, wrong_language
from ..content.topic.inline import LONGEST_MESSAGE
from ..core.errors import HandoutError
from ..core.files import shown, unreadable_character
from ..core.locales import read_locale
from ..fonts.scripts import script_of
from ..leaflet.site import Words
from .rows import (
    BACK,
    Received,
    as_left,
    back_of,
    digest_of,
    same_source,
    same_text,
    tidy,
    time_of,
    units_of,
)
from .update import OF_NO_TOPIC, AskFacts, renew, sources


@dataclass(slots=True)
class Intake:
    """The result of an import."""

    #: A line for each catalogue that had rows.
    said: list[str] = field(default_factory=list)
    refused: list[HandoutError] = field(default_factory=list)
    #: What was changed here after the file left, and stands in the file as it left.
    kept: list[HandoutError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Choices:
    """What is said of a whole file as it is imported."""

    #: The translator of the catalogues that change; empty where nobody is named.
    by: str = ""
    #: The machine that translated the file; empty where a person did.
    machine: str = ""
    #: Ids of messages whose words in the file, or here, are taken where both have changed;
    #: EVERY for all.
    theirs: frozenset[str] = frozenset()
    ours: frozenset[str] = frozenset()


EVERY = "*"
PLAIN = Choices()


def import_rows(
    words: Words,
    received: Iterable[Received],
    ask: Callable[[str], AskFacts],
    choices: Choices = PLAIN,
) -> Intake:
    """Write rows into the catalogues that they name.

    `ask` returns what the last build shows of a locale. Raises CatalogueError for a catalogue
    that cannot be read; nothing is written then.
    """
    intake = Intake()
    by_locale: dict[str, dict[str, list[tuple[str, Received]]]] = {}
    received = tuple(received)
    # A file into which nobody wrote is the wrong one, and is refused where it is older.
    touched = any(not as_left(row) for row in received)
    for row in received:
        place = _place(words, row)
        if isinstance(place, HandoutError):
            intake.refused.append(place)
        else:
            locale, name, unit = place
            by_locale.setdefault(locale, {}).setdefault(name, []).append((unit, row))
    to_write: list[tuple[str, str, Catalogue]] = []
    for code, names in by_locale.items():
        for name, _, catalogue in renew(words, code, ask(code), memory=False, names=names):
            taker = _Taker(words, code, name, catalogue, choices)
            new = taker.take(names[name], touched)
            intake.refused += taker.refused
            intake.kept += taker.older
            intake.said.append(taker.said(shown(words.catalogue_path(code, name))))
            if new is not catalogue:
                to_write.append((code, name, _signed(new, choices.by)))
    for code, name, catalogue in to_write:
        write_catalogue(words.catalogue_path(code, name), catalogue, words.handouts)
    for problems in (intake.refused, intake.kept):
        problems.sort(key=lambda problem: int(problem.where.rpartition(":")[2]))
    return intake


def _place(words: Words, row: Received) -> tuple[str, str, str] | HandoutError:
    """Return the locale, the catalogue and the message that a row is of, or why there is none.

    Only names that the site has become a path.
    """
    parts = row.id.split("/")
    clinic = words.site.clinic
    if len(parts) != 3 or not all(parts):
        return HandoutError(row.where, f"‘{row.id}’ is no id of an export", "export it again")
    locale, name, unit = parts
    if locale == clinic.source_locale or locale not in clinic.locales:
        said = f"‘{locale}’ is no locale that this site is translated into"
        step = "leave the row out"
        if locale != clinic.source_locale:
            step = f"add it with 'handouts locale add {locale}', or {step}"
        return HandoutError(row.where, said, step)
    if name not in OF_NO_TOPIC and name not in words.names:
        return HandoutError(row.where, f"there is no topic ‘{name}’", "leave the row out")
    if name not in OF_NO_TOPIC and name not in words.topics:
        return HandoutError(
            row.where, f"the topic ‘{name}’ cannot be read", "mend what 'handouts check' says of it"
        )
    return locale, name, unit


def _signed(catalogue: Catalogue, by: str) -> Catalogue:
    """Return a catalogue whose header names its translator.

    The time of the change stands at each message: in the header, it would make two branches
    that import different messages differ in one line.
    """
    if not by:
        return catalogue
    return replace(catalogue, header={**catalogue.header, "Last-Translator": " ".join(by.split())})


#: What word processors leave of a comment (`[MR1]`) or a footnote (`[1]`, `[b]`, `¹`) in a text.
_NOTE_MARK = re.compile(r"\[[A-Za-z]{0,3}\d{0,3}\](?!\()|(?<!m)[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[†‡]")


def _changed_at(path: Path, catalogue: Catalogue) -> datetime:
    """Return when a catalogue was changed last: by its header, or by its file."""
    at = datetime.fromtimestamp(path.stat().st_mtime if path.is_file() else 0, UTC)
    with suppress(ValueError):
        written = catalogue.header.get("PO-Revision-Date", "")
        return max(at, datetime.strptime(written, "%Y-%m-%d %H:%M%z"))
    return at


class _Taker:
    """Takes rows into one catalogue."""

    def __init__(
        self, words: Words, code: str, name: str, catalogue: Catalogue, choices: Choices
    ) -> None:
        self.code = code
        self.source = words.site.clinic.source_locale
        self.path = words.catalogue_path(code, name)
        self.day = words.site.today.isoformat()
        self.choices = choices
        topic = None if name in OF_NO_TOPIC else words.topics[name]
        messages = dict(sources(words, (name,)))[name]
        self.reviewed = reviewed_first(words.site.house, messages, topic)
        self.letters = script_of(read_locale(code)).letters
        self.kept = read_glossary(words.handouts, code).kept
        self.catalogue = catalogue
        self.name = name
        self.units = units_of(catalogue)
        self.gone = {entry.context for entry in (*catalogue, *catalogue.obsolete.values())}
        self.refused: list[HandoutError] = []
        self.older: list[HandoutError] = []
        self.counts: Counter[str] = Counter()

    def take(self, rows: list[tuple[str, Received]], touched: bool) -> Catalogue:
        """Return the catalogue with the words of the rows; itself where nothing is new.

        Where somebody has written into the file, that is `touched`, rows without a change of
        theirs take nothing back, unless they are asked for by their id.
        """
        entries = dict(self.catalogue.entries)
        taken: dict[str, Received] = {}
        for unit, row in rows:
            problem = self._belongs(unit, row, taken)
            if problem is None and touched and as_left(row) and not self._named(row):
                taken[unit] = row
                entry = self.units[unit]
                if (new := changed(entry, row)) != entry and self._changed_since(entry, row):
                    step = f"it stays as it is here; --theirs {row.id} takes the file's"
                    self.older.append(self._conflict(entry, new, row, step))
                    self.counts["kept"] += 1
                continue
            problem = problem or self._judge(unit, row)
            if problem is not None:
                self.refused.append(HandoutError(row.where, *problem))
                continue
            taken[unit] = row
            entry = self.units[unit]
            new = changed(entry, row)
            if new != entry and self._changed_since(entry, row):
                chosen = self._chosen(row)
                if chosen == "ours":
                    self.counts["kept"] += 1
                    continue
                if chosen != "theirs":
                    step = (
                        "compare the two, and import again with "
                        f"--theirs {row.id} or --ours {row.id}; "
                        "without an id they are for the whole file"
                    )
                    self.refused.append(self._conflict(entry, new, row, step))
                    continue
            if new.text != entry.text:
                new = self._with_origin(new, row)
            if new != entry:
                if message_state(new, self.code, self.source) == "unsure":
                    self.counts["unsure"] += 1
                self.counts["changed" if new.text != entry.text else "marked"] += 1
                entries[entry.key] = new
        if entries == self.catalogue.entries:
            return self.catalogue
        return replace(self.catalogue, entries=entries)

    def said(self, path: str) -> str:
        """Return a line about what was taken and what was refused."""
        parts = [
            f"{count} {what}"
            for what, count in (
                ("changed", self.counts["changed"]),
                ("with another state or back-translation", self.counts["marked"]),
                ("with numbers to confirm", self.counts["unsure"]),
                ("kept as they are here", self.counts["kept"]),
                ("refused", len(self.refused)),
            )
            if count
        ]
        return f"{path}: {', '.join(parts) or 'no change'}"

    def _changed_since(self, entry: Entry, row: Received) -> bool:
        """Return whether a message is another one here than it was when the file left.

        A file that does not say what it was is older than the catalogue where that was changed
        after it; what had no translation loses none.
        """
        if row.left:
            return row.left.partition(" ")[0] != digest_of(entry)
        return (
            bool(entry.text.strip())
            and row.at is not None
            and _changed_at(self.path, self.catalogue) > row.at
        )

    def _chosen(self, row: Received) -> str:
        """Return whose words are taken of a message; empty where nobody says it."""
        every = "ours" if EVERY in self.choices.ours else ""
        return self._named(row) or every or ("theirs" if EVERY in self.choices.theirs else "")

    def _named(self, row: Received) -> str:
        """Return whose words are taken of a message that is named; empty where it is not."""
        names = {row.id, row.id.rpartition("/")[2]}
        if names & self.choices.ours:
            return "ours"
        return "theirs" if names & self.choices.theirs else ""

    def _conflict(self, entry: Entry, new: Entry, row: Received, step: str) -> HandoutError:
        """Return why a row is not taken that would undo what was changed here after it left."""
        origin = origin_of(entry)
        who = f" ({origin})" if origin else ""
        if not origin and self.catalogue.header.get("Last-Translator"):
            header = self.catalogue.header
            revised = header.get("PO-Revision-Date", "").partition(" ")[0]
            named = self.catalogue.translator
            who = f" (catalogue of {', '.join(part for part in (named, revised) if part)})"
        at = time_of(row.left) or row.at
        since = f"after this file left on {at.date().isoformat()}" if at else "after this file left"
        here = f"‘{entry.text}’{', fuzzy' if entry.fuzzy else ''}" if entry.text else "nothing"
        there = f"‘{row.target}’{', fuzzy' if new.fuzzy else ''}"
        return HandoutError(
            row.where,
            f"‘{entry.source}’ was changed here {since}: here {here}{who}, in the file {there}",
            step,
        )

    def _with_origin(self, entry: Entry, row: Received) -> Entry:
        """Return an entry with changed words that says who wrote them.

        A machine's are fuzzy where the policy wants a person to review them first.
        """
        if self.choices.machine or (row.machine and not row.confirmed):
            new = with_origin(entry, "machine", self.choices.machine, self.day)
            return replace(new, fuzzy=new.fuzzy or entry.key in self.reviewed)
        return with_origin(entry, "person", self.choices.by, self.day)

    def _belongs(
        self, unit: str, row: Received, taken: dict[str, Received]
    ) -> tuple[str, str] | None:
        """Return why a row is none of this catalogue's, and the next step; None where it is."""
        entry = self.units.get(unit)
        if entry is None:
            if unit.rpartition(".")[0] in self.gone:
                return (
                    f"the source of ‘{unit}’ has changed since the export, or is gone",
                    "run the export again and translate the new text",
                )
            return f"there is no message ‘{unit}’ in {self.name}", "leave the row out"
        if not same_source(row.source, entry.source):
            return (
                f"the source text of ‘{unit}’ is another one here",
                "leave ids and source texts as they were exported",
            )
        if unit in taken and (taken[unit].target, taken[unit].confirmed) != (
            row.target, row.confirmed,
        ):  # fmt: skip
            return f"‘{unit}’ stands twice with different translations", "keep one of them"
        return None

    def _judge(self, unit: str, row: Received) -> tuple[str, str] | None:
        """Return what is wrong with a row's new words, and the next step; None for nothing."""
        entry = self.units[unit]
        text = row.target
        for new in (text, row.back or ""):
            if bad := unreadable_character(new):
                return bad[1], "delete it"
            if len(new) > LONGEST_MESSAGE:
                return f"is {len(new)} characters long", f"the most is {LONGEST_MESSAGE}"
        if not text or same_text(row, entry.text):
            return None
        if mark := next((m for m in _NOTE_MARK.findall(text) if m not in entry.source), ""):
            return f"has ‘{mark}’, the mark of a comment or a footnote", "delete it"
        if problems := markup_differences(entry.source, text):
            what, _, step = "; ".join(problems).rpartition("; ")
            return what or step, step if what else ""
        found = compare_entry(replace(entry, text=text), self.code, self.source)
        if found.verdict == "differs":
            return f"{'; '.join(found.causes)}", "write the quantities of the source"
        if row.is_copy:
            return None
        if problem := wrong_language(entry.source, text, self.letters, self.kept):
            return problem, "translate it"
        return None


def changed(entry: Entry, row: Received) -> Entry:
    """Return an entry with the words, the state and the back-translation of a row."""
    new = entry
    text = row.target
    if text and not row.is_copy:
        if not same_text(row, entry.text):
            told = tuple(note for note in new.extracted if not note.startswith(NUMBERS))
            new = replace(new, text=text, extracted=told, fuzzy=row.confirmed is not True)
            new = unconfirmed(new) if new.fuzzy and new.previous else new
        elif row.confirmed is not None:
            new = replace(new, fuzzy=not row.confirmed)
        if not new.fuzzy:
            told = tuple(note for note in new.extracted if not note.startswith((MEMORY, IMPORTED)))
            new = without_state(replace(new, previous="", extracted=told))
    if row.back is not None and row.back.split() != tidy(back_of(entry)).split():
        kept = tuple(remark for remark in new.remarks if not remark.startswith(BACK))
        new = replace(new, remarks=(*kept, *((BACK + row.back,) if row.back else ())))
    return new
