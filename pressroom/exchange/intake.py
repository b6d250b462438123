"""Take what comes back into the catalogues: Received rows -> changed entries, and refusals.

Each row is judged by itself: what does not belong is refused with file and line,
and the rest is kept. No text is more confirmed than its file says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ..catalogue.locales import read_locale
from ..catalogue.notes import MEMORY
from ..catalogue.po import Catalogue, Entry, write_catalogue
from ..catalogue.workshop import AskFacts, renew
from ..errors import HandoutError
from ..files import shown, unreadable_character
from ..manuscript import LONGEST_MESSAGE
from ..scripts import script_of
from ..site import Words
from ..translate import markup_differences, number_differences, wrong_language
from .rows import BACK, Received, back_of, same_source, same_text, tidy, units_of


@dataclass(slots=True)
class Intake:
    """What came of an import."""

    #: A line for each catalogue that had rows.
    said: list[str] = field(default_factory=list)
    refused: list[HandoutError] = field(default_factory=list)


def take_in(
    words: Words, received: Iterable[Received], ask: Callable[[str], AskFacts], by: str = ""
) -> Intake:
    """Take rows into the catalogues that they name.

    `by` becomes the translator of the catalogues that change. `ask` gives what
    the last build shows of a locale. Raises CatalogueError for a catalogue that
    cannot be read; nothing is written then.
    """
    intake = Intake()
    by_locale: dict[str, dict[str, list[tuple[str, Received]]]] = {}
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
            taker = _Taker(code, name, catalogue)
            new = taker.take(names[name])
            intake.refused += taker.refused
            intake.said.append(taker.said(shown(words.catalogue_path(code, name))))
            if new is not catalogue:
                to_write.append((code, name, _signed(new, by)))
    for code, name, catalogue in to_write:
        write_catalogue(words.catalogue_path(code, name), catalogue, words.handouts)
    intake.refused.sort(key=lambda problem: int(problem.where.rpartition(":")[2]))
    return intake


def _place(words: Words, row: Received) -> tuple[str, str, str] | HandoutError:
    """Find the locale, the catalogue and the message that a row is of, or say why there is none.

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
    if name != "house" and name not in words.names:
        return HandoutError(row.where, f"there is no topic ‘{name}’", "leave the row out")
    if name != "house" and name not in words.topics:
        return HandoutError(
            row.where, f"the topic ‘{name}’ cannot be read", "mend what 'handouts check' says of it"
        )
    return locale, name, unit


def _signed(catalogue: Catalogue, by: str) -> Catalogue:
    """Write into the header when the catalogue was changed, and by whom if that is known."""
    header = dict(catalogue.header)
    header["PO-Revision-Date"] = datetime.now(UTC).strftime("%Y-%m-%d %H:%M+0000")
    if by:
        header["Last-Translator"] = " ".join(by.split())
    return replace(catalogue, header=header)


class _Taker:
    """Takes rows into one catalogue."""

    def __init__(self, code: str, name: str, catalogue: Catalogue) -> None:
        self.letters = script_of(read_locale(code)).letters
        self.catalogue = catalogue
        self.name = name
        self.units = units_of(catalogue)
        self.gone = {entry.context for entry in (*catalogue, *catalogue.obsolete.values())}
        self.refused: list[HandoutError] = []
        self.counts: Counter[str] = Counter()

    def take(self, rows: list[tuple[str, Received]]) -> Catalogue:
        """Give the catalogue with what the rows say; itself where they say nothing new."""
        entries = dict(self.catalogue.entries)
        taken: dict[str, Received] = {}
        for unit, row in rows:
            problem = self._belongs(unit, row, taken) or self._judge(unit, row)
            if problem is not None:
                self.refused.append(HandoutError(row.where, *problem))
                continue
            taken[unit] = row
            entry = self.units[unit]
            new = changed(entry, row)
            if new != entry:
                self.counts["changed" if new.text != entry.text else "marked"] += 1
                entries[entry.key] = new
        if entries == self.catalogue.entries:
            return self.catalogue
        return replace(self.catalogue, entries=entries)

    def said(self, path: str) -> str:
        """Say what came of the rows, in a line."""
        parts = [
            f"{count} {what}"
            for what, count in (
                ("changed", self.counts["changed"]),
                ("with another state or back-translation", self.counts["marked"]),
                ("refused", len(self.refused)),
            )
            if count
        ]
        return f"{path}: {', '.join(parts) or 'no change'}"

    def _belongs(
        self, unit: str, row: Received, taken: dict[str, Received]
    ) -> tuple[str, str] | None:
        """Say why a row is none of this catalogue's; None where it is."""
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
        """Say what is wrong with a row's new words; None where they may be taken."""
        entry = self.units[unit]
        text = row.target
        for new in (text, row.back or ""):
            if bad := unreadable_character(new):
                return bad[1], "delete it"
            if len(new) > LONGEST_MESSAGE:
                return f"is {len(new)} characters long", f"the most is {LONGEST_MESSAGE}"
        if not text or same_text(row, entry.text):
            return None
        if problems := markup_differences(entry.source, text):
            what, _, step = "; ".join(problems).rpartition("; ")
            return what or step, step if what else ""
        if problem := number_differences(entry.source, text):
            return f"is translated {problem}", "write the numbers of the source"
        if text == entry.source and row.confirmed is not True:
            return None  # A copy of the source, as programs put it there: nothing to take.
        if problem := wrong_language(entry.source, text, self.letters):
            return problem, "translate it"
        return None


def changed(entry: Entry, row: Received) -> Entry:
    """Give an entry with what a row says."""
    new = entry
    text = row.target
    copied = text == entry.source and row.confirmed is not True
    if text and not copied:
        if not same_text(row, entry.text):
            new = replace(new, text=text, fuzzy=row.confirmed is not True)
        elif row.confirmed is not None:
            new = replace(new, fuzzy=not row.confirmed)
        if not new.fuzzy:
            told = tuple(note for note in new.extracted if not note.startswith(MEMORY))
            new = replace(new, previous="", extracted=told)
    if row.back is not None and row.back.split() != tidy(back_of(entry)).split():
        kept = tuple(remark for remark in new.remarks if not remark.startswith(BACK))
        new = replace(new, remarks=(*kept, *((BACK + row.back,) if row.back else ())))
    return new
