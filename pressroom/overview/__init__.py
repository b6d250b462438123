"""Say how far a site's words are, and what to translate next: Words and ledger -> Overview.

No message is judged here, so that it stays quick: that is for `check`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

from ..approvals import counts_from, same_person
from ..catalogue.merge import merge
from ..catalogue.po import Catalogue, Entry
from ..catalogue.tally import count_words, waits
from ..errors import HandoutError
from ..files import shown
from ..house import applicable
from ..kept import Kept
from ..ledger import Ledger, Row
from ..lock import FOLDER
from ..model import Topic
from ..signed import text_of
from ..site import Words
from ..translate import LocaleWords, digests_of, house_messages_of, weigh_text
from ..withdrawn import said
from .facts import Line, Next, Overview, State, Waiting


def look_over(
    words: Words,
    rows: Iterable[Row],
    topics: Iterable[str],
    locales: Iterable[str],
    kept: Kept | None = None,
) -> Overview:
    """Look at topics and locales; `rows` are what stands published.

    What was `kept` of leaflets that are translated is not looked at again.
    """
    look = _Look(words, rows, kept)
    codes = tuple(locales)
    lines: list[Line] = []
    approved: set[str] = set()
    source = words.site.clinic.source_locale
    for name in topics:  # Each is read once, for all locales.
        lines += [look.line(name, code) for code in codes]
        if look.line(name, source).state == "approved":
            approved.add(name)
    by_locale: dict[str, list[Line]] = {code: [] for code in codes}
    for line in lines:
        by_locale[line.locale].append(line)
    following = [
        one
        for code, mine in by_locale.items()
        for one in _next(words, code, mine, tuple(look.house[code].values()), approved)
    ]
    following.sort(key=lambda one: (not one.source_approved, -one.leaflets, one.words))
    if kept is not None:
        kept.save()
    return Overview(tuple(lines), tuple(following), tuple(look.problems.values()))


class _Look:
    """Looks at leaflet after leaflet of one site."""

    def __init__(self, words: Words, rows: Iterable[Row], kept: Kept | None) -> None:
        self.words = words
        self.kept = kept
        self.built: dict[tuple[str, str], list[tuple[str, str, int | None]]] = defaultdict(list)
        for row in rows:
            standing = (row.made.edition, row.made.state, row.entry.get("pages"))
            self.built[row.made.topic, row.made.locale].append(standing)
        #: House words that wait, by locale, then context and source.
        self.house: dict[str, dict[tuple[str, str], Waiting]] = defaultdict(dict)
        self.problems: dict[str, HandoutError] = {}
        self._read: dict[str, LocaleWords | HandoutError] = {}

    def line(self, name: str, code: str) -> Line:
        """Say how far a topic is in a locale, and what stands of it."""
        fact = self.kept.get(name, code) if self.kept else None
        line = Line(name, code, *fact) if fact is not None else None
        if line is None or self._will_turn(line):
            line = self._looked_at(name, code)
        withdrawal = self.words.withdrawal(name, code)
        return replace(
            line,
            state="withdrawn" if withdrawal else line.state,
            withdrawn=said(withdrawal) if withdrawal else "",
            overdue=bool(line.review_by) and self.words.site.today.isoformat() > line.review_by,
            built=tuple(self.built[name, code]),
        )

    def _looked_at(self, name: str, code: str) -> Line:
        try:
            line, shared = _line(self.words, name, code, self._locale_words(code))
        except HandoutError as wrong:
            self.problems[str(wrong)] = wrong
            return Line(name, code, "unreadable")
        self.house[code] |= {(one.context, one.source): one for one in shared}
        if self.kept and not line.waiting and not shared and not self._will_turn(line):
            fact = [line.state, line.messages, line.words, line.approvals, line.review_by]
            self.kept.put(name, code, fact)
        return line

    def _will_turn(self, line: Line) -> bool:
        """Tell whether a signature of a day to come makes it another line by itself."""
        today = self.words.site.today
        signed_on = (date.fromisoformat(one["date"]) for one in line.approvals)
        return any(counts_from(day) > today for day in signed_on)

    def _locale_words(self, code: str) -> LocaleWords:
        """Read what a locale shares, once. Raises HandoutError each time where it is broken."""
        if code not in self._read:
            try:
                self._read[code] = self.words.locale_words(code)
            except HandoutError as problem:
                self._read[code] = problem
        found = self._read[code]
        if isinstance(found, HandoutError):
            raise found
        return found


def _line(
    words: Words, name: str, code: str, locale_words: LocaleWords
) -> tuple[Line, tuple[Waiting, ...]]:
    """Say how far a topic is in a locale, and which house words it waits for.

    Raises HandoutError where its words cannot be read.
    """
    if name in words.broken:
        raise words.broken[name]
    topic = words.topics[name]
    site, clinic = words.site, words.site.clinic
    catalogue = words.catalogue(topic, code)
    entries, house, pairs = entries_of(words, topic, code, catalogue, locale_words)
    digests = digests_of(text_of(topic, code, clinic.source_locale, pairs), site)
    _, lacking = weigh_text(digests, topic, site, code, catalogue, locale_words)
    own, shared = tuple(_waiting(entries, catalogue)), tuple(_waiting(house, locale_words.house))
    state: State = "draft" if lacking else "approved"
    if own or shared:
        state = "withheld"
    messages: Counter[str] = Counter(one.state for one in (*own, *shared))
    counted: Counter[str] = Counter()
    for one in (*own, *shared):
        counted[one.state] += one.words
    everything = {entry.key: entry for entry in (*entries, *house)}
    messages["translated"] = len(everything) - messages.total()
    counted["translated"] = sum(map(count_words, (e.source for e in everything.values())))
    counted["translated"] -= counted["fuzzy"] + counted["missing"]
    barred = "" if clinic.translator_may_sign else catalogue.header.get("Last-Translator", "")
    approvals = tuple(
        {
            "role": one.role,
            "name": one.name,
            "date": one.date.isoformat(),
            "valid": one.digest in digests
            and counts_from(one.date) <= site.today
            and not same_person(one.name, barred),
        }
        for one in locale_words.signatures
        if one.topic == topic.id
    )
    line = Line(
        topic=topic.id,
        locale=code,
        state=state,
        messages=messages,
        words=counted,
        approvals=approvals,
        review_by=topic.review_by.isoformat(),
        waiting=own,
    )
    return line, shared


def entries_of(
    words: Words, topic: Topic, code: str, catalogue: Catalogue, locale_words: LocaleWords
) -> tuple[tuple[Entry, ...], tuple[Entry, ...], list[tuple[str, str, str]]]:
    """Give the messages of a topic, those of the house that it shows, and the text to sign.

    What `translate` looks up, without a judgement of each.
    """
    site = words.site
    source = code == site.clinic.source_locale
    rules = applicable(
        site.house, topic, site.clinic, translation=not source, draft=True, overdue=True
    )
    house_shown = [site.house.disclaimers[rule.id] for rule in rules]
    house = house_messages_of(site.house, house_shown, site.labels)
    if source:
        entries, shared = (
            tuple(Entry(*message.key, message.text) for message in messages)
            for messages in (topic.messages, house)
        )
        return entries, shared, [(*entry.key, "") for entry in (*entries, *shared)]
    entries = tuple(merge(catalogue, topic.messages, site.older_sources(topic.id)))
    shared = tuple(merge(locale_words.house, house))
    return entries, shared, [(*entry.key, entry.text) for entry in (*entries, *shared)]


def _waiting(entries: Iterable[Entry], catalogue: Catalogue) -> Iterator[Waiting]:
    for entry in entries:
        if waits(entry):
            where = f"{catalogue.path}:{entry.line}" if entry.line else catalogue.path
            state: Literal["fuzzy", "missing"] = "fuzzy" if entry.fuzzy else "missing"
            source = entry.source
            yield Waiting(where, entry.context, source, count_words(source), state)


def _next(
    words: Words,
    code: str,
    lines: Iterable[Line],
    house: tuple[Waiting, ...],
    approved: Container[str],
) -> Iterator[Next]:
    """Give the catalogues of a locale that wait: the house words, then the topics."""
    lines = [line for line in lines if line.state not in ("unreadable", "withdrawn")]

    def next_of(name: str, messages: tuple[Waiting, ...], leaflets: int, ready: bool) -> Next:
        number = sum(one.words for one in messages)
        path = shown(words.catalogue_path(code, name))
        return Next(code, name, path, number, leaflets, ready, messages)

    if house and lines:
        ready = any(line.topic in approved for line in lines)
        yield next_of("house", house, len(lines), ready)
    for line in lines:
        if line.waiting:
            yield next_of(line.topic, line.waiting, 1, line.topic in approved)


def standing_rows(out: Path) -> tuple[Row, ...]:
    """Give the rows of the ledger whose file stands published."""
    if not (out / FOLDER / "ledger.sqlite3").is_file():
        return ()
    ledger = Ledger(out, write=False)
    try:
        return tuple(row for row in ledger.rows() if (out / row.made.file).is_file())
    finally:
        ledger.close()
