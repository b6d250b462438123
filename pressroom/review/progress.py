"""Count how far a site's words are, and what to translate next: Words and ledger -> Overview.

Of what is wrong with a message, only its quantities are judged here, since they may keep it
from being printed: `check` does the rest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from ..build.inputs import fingerprints_of, places_of, survey
from ..build.ledger import Ledger
from ..build.tables import ledger_path
from ..content.approvals import counts_from, same_person
from ..content.catalogue.confirmed_numbers import NUMBERS, unsure_note
from ..content.catalogue.merge import merge
from ..content.catalogue.message_state import MESSAGE_STATES, count_words, message_state
from ..content.catalogue.origin import COUNTED, count_origins, is_machine, origin_of
from ..content.catalogue.po import Catalogue, Entry, read_catalogue
from ..content.house import applicable
from ..content.rack_words import RACK, rack_messages
from ..content.signed_text import text_of
from ..content.withdrawals import said
from ..core.errors import HandoutError
from ..core.files import shown
from ..core.model import Topic
from ..core.published import Row
from ..leaflet.compose import LocaleWords, digests_of, weigh_text
from ..leaflet.site import Words

FORMAT = 1


State = Literal["approved", "draft", "withheld", "withdrawn", "unreadable"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits for its translator."""

    #: File and line; the file alone where the message does not stand in it yet.
    where: str
    context: str
    source: str
    words: int
    state: Literal["unsure", "fuzzy", "missing"]
    #: What is to be confirmed of an unsure one, and which machine wrote a fuzzy one.
    why: str = ""


@dataclass(frozen=True, slots=True)
class LeafletProgress:
    """How far one topic is in one locale."""

    topic: str
    locale: str
    state: State
    #: Messages, and words of their source, by `translated`, `unsure`, `fuzzy` and `missing`.
    messages: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    #: Each signature as JSON has it: role, name, date, valid.
    approvals: Sequence[Mapping[str, Any]] = ()
    review_by: str = ""
    #: Messages by where their words come from, as `count_origins` says.
    origins: Mapping[str, int] = field(default_factory=dict)
    #: Editions that stand published, each with its state and its pages.
    built: tuple[tuple[str, str, int | None], ...] = ()
    overdue: bool = False
    #: Since when and why it is taken out; empty where it is not.
    withdrawn: str = ""
    waiting: tuple[Waiting, ...] = ()

    @property
    def data(self) -> dict[str, Any]:
        """An entry of `leaflets` in the JSON of `status`."""
        return {
            "topic": self.topic,
            "locale": self.locale,
            **{kind: self.messages.get(kind, 0) for kind in MESSAGE_STATES},
            "state": self.state,
            "approvals": [dict(one) for one in self.approvals],
            "built": [f"{edition} {state}" for edition, state, _ in self.built],
            "review_by": self.review_by,
            "overdue": self.overdue,
            "words": {kind: self.words.get(kind, 0) for kind in MESSAGE_STATES},
            "pages": {edition: pages for edition, _, pages in self.built},
            "withdrawn": self.withdrawn,
            "origins": {kind: self.origins.get(kind, 0) for kind in COUNTED},
        }


@dataclass(frozen=True, slots=True)
class Next:
    """A catalogue that waits for its translator."""

    locale: str
    #: Topic, or `house`.
    name: str
    path: str
    words: int
    #: How many leaflets cannot be printed without it.
    leaflets: int
    #: Its source text has all its signatures, so that it will not change soon.
    source_approved: bool
    messages: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """How far a site is."""

    lines: tuple[LeafletProgress, ...]
    next: tuple[Next, ...]
    #: What could not be read.
    problems: tuple[HandoutError, ...] = ()

    @property
    def totals(self) -> list[dict[str, Any]]:
        """The sums of each locale: leaflets by state, and words of the source."""
        sums: dict[str, Counter[str]] = defaultdict(Counter)
        for line in self.lines:
            total = sums[line.locale]
            total.update({"leaflets": 1, line.state: 1, "built": bool(line.built)})
            total.update({f"words {kind}": line.words.get(kind, 0) for kind in MESSAGE_STATES})
            total.update({f"from {kind}": line.origins.get(kind, 0) for kind in COUNTED})
        return [
            {
                "locale": code,
                "leaflets": total["leaflets"],
                **{state: total[state] for state in
                   ("approved", "draft", "withheld", "withdrawn", "unreadable")},
                "built": total["built"],
                "words": {kind: total[f"words {kind}"] for kind in MESSAGE_STATES},
                "origins": {kind: total[f"from {kind}"] for kind in COUNTED},
            }
            for code, total in sums.items()
        ]  # fmt: skip

    @property
    def data(self) -> dict[str, Any]:
        """The JSON of `status`, format 1."""
        return {
            "format": FORMAT,
            "leaflets": [line.data for line in self.lines],
            "locales": self.totals,
            "next": [
                {
                    "locale": one.locale,
                    "catalogue": one.path,
                    "words": one.words,
                    "leaflets": one.leaflets,
                    "source_approved": one.source_approved,
                    "messages": [
                        {name: getattr(message, name) for name in Waiting.__slots__}
                        for message in one.messages
                    ],
                }
                for one in self.next
            ],
        }


class Known:
    """What was found of leaflets before, as long as no input changes that it came from.

    The ledger has it; where nothing was built, there is none, and nothing is recorded.
    """

    def __init__(self, out: Path, words: Words) -> None:
        self._out = out
        self._fingerprints: Mapping[tuple[str, str], str] = {}
        self._known: dict[tuple[str, str], tuple[str, Any]] = {}
        self._found: dict[tuple[str, str], tuple[str, Any]] = {}
        if not ledger_path(out).is_file():
            return
        with closing(Ledger(out, write=False)) as ledger:
            inputs = survey(places_of(words.handouts), ledger.inputs())
            self._known = ledger.progress()
        locales = words.site.clinic.locales
        self._fingerprints = fingerprints_of(words, inputs, words.names, locales)

    def get(self, topic: str, locale: str) -> Any:
        """Return what was found of a leaflet; None where there is nothing that still holds."""
        fingerprint, found = self._known.get((topic, locale), ("", None))
        return found if fingerprint == self._fingerprints.get((topic, locale)) else None

    def put(self, topic: str, locale: str, found: Any) -> None:
        """Keep what was found of a leaflet."""
        if fingerprint := self._fingerprints.get((topic, locale)):
            self._known[topic, locale] = self._found[topic, locale] = fingerprint, found

    def save(self) -> None:
        """Record what was found; an output folder may be read-only."""
        if self._found:
            with suppress(HandoutError), closing(Ledger(self._out)) as ledger:
                ledger.record_progress(self._found)


def look_over(
    words: Words,
    rows: Iterable[Row],
    topics: Iterable[str],
    locales: Iterable[str],
    known: Known | None = None,
) -> Overview:
    """Return how far topics are in locales; `rows` are what stands published.

    Translated leaflets that are `known` are not read again.
    """
    look = _Look(words, rows, known)
    codes = tuple(locales)
    lines: list[LeafletProgress] = []
    approved: set[str] = set()
    source = words.site.clinic.source_locale
    for name in topics:  # Each is read once, for all locales.
        lines += [look.line(name, code) for code in codes]
        if look.line(name, source).state == "approved":
            approved.add(name)
    by_locale: dict[str, list[LeafletProgress]] = {code: [] for code in codes}
    for line in lines:
        by_locale[line.locale].append(line)
    following = [
        one
        for code, mine in by_locale.items()
        for one in _next(words, code, mine, tuple(look.house[code].values()), approved)
    ]
    following.sort(key=lambda one: (not one.source_approved, -one.leaflets, one.words))
    if known is not None:
        known.save()
    return Overview(tuple(lines), tuple(following), tuple(look.problems.values()))


class _Look:
    """Looks at leaflet after leaflet of one site."""

    def __init__(self, words: Words, rows: Iterable[Row], known: Known | None) -> None:
        self.words = words
        self.known = known
        self.built: dict[tuple[str, str], list[tuple[str, str, int | None]]] = defaultdict(list)
        for row in rows:
            standing = (row.made.edition, row.made.state, row.entry.get("pages"))
            self.built[row.made.topic, row.made.locale].append(standing)
        #: House words that wait, by locale, then context and source.
        self.house: dict[str, dict[tuple[str, str], Waiting]] = defaultdict(dict)
        self.problems: dict[str, HandoutError] = {}
        self._read: dict[str, LocaleWords | HandoutError] = {}

    def line(self, name: str, code: str) -> LeafletProgress:
        """Return how far a topic is in a locale, with what stands published of it."""
        fact = self.known.get(name, code) if self.known else None
        line = LeafletProgress(name, code, *fact) if fact is not None else None
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

    def _looked_at(self, name: str, code: str) -> LeafletProgress:
        try:
            line, shared = _line(self.words, name, code, self._locale_words(code))
        except HandoutError as wrong:
            self.problems[str(wrong)] = wrong
            return LeafletProgress(name, code, "unreadable")
        self.house[code] |= {(one.context, one.source): one for one in shared}
        if self.known and not line.waiting and not shared and not self._will_turn(line):
            fact = [line.state, line.messages, line.words, line.approvals, line.review_by]
            self.known.put(name, code, [*fact, line.origins])
        return line

    def _will_turn(self, line: LeafletProgress) -> bool:
        """Return whether a signature of a day to come will change it without an edit."""
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
) -> tuple[LeafletProgress, tuple[Waiting, ...]]:
    """Return how far a topic is in a locale, and the house words that it waits for.

    Raises HandoutError where its words cannot be read.
    """
    if name in words.broken:
        raise words.broken[name]
    topic = words.topics[name]
    site, clinic = words.site, words.site.clinic
    catalogue = words.catalogue(topic, code)
    entries, house, pairs = entries_of(words, topic, code, catalogue, locale_words)
    digests = digests_of(text_of(topic, code, clinic.source_locale, pairs), site, locale_words)
    _, lacking = weigh_text(digests, topic, site, code, catalogue, locale_words)
    source = clinic.source_locale
    own = tuple(_waiting(entries, catalogue, code, source))
    shared = tuple(_waiting(house, locale_words.house, code, source))
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
    counted["translated"] -= counted["unsure"] + counted["fuzzy"] + counted["missing"]
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
    line = LeafletProgress(
        topic=topic.id,
        locale=code,
        state=state,
        messages=messages,
        words=counted,
        approvals=approvals,
        review_by=topic.review_by.isoformat(),
        origins=count_origins(() if code == source else everything.values()),
        waiting=own,
    )
    return line, shared


def entries_of(
    words: Words, topic: Topic, code: str, catalogue: Catalogue, locale_words: LocaleWords
) -> tuple[tuple[Entry, ...], tuple[Entry, ...], list[tuple[str, str, str]]]:
    """Return the messages of a topic, those of the house that it shows, and the text to sign.

    They are what `translate` looks up, without its findings.
    """
    site = words.site
    source = code == site.clinic.source_locale
    rules = applicable(
        site.house, topic, site.clinic, translation=not source, draft=True, overdue=True
    )
    house_shown = [site.house.disclaimers[rule.id] for rule in rules]
    house = site.house_messages_of(topic, house_shown)
    if source:
        entries, shared = (
            tuple(Entry(*message.key, message.text) for message in messages)
            for messages in (topic.messages, house)
        )
        return entries, shared, [(*entry.key, "") for entry in (*entries, *shared)]
    entries = tuple(merge(catalogue, topic.messages, site.older_sources(topic.id)))
    shared = tuple(merge(locale_words.house, house))
    return entries, shared, [(*entry.key, entry.text) for entry in (*entries, *shared)]


def _waiting(
    entries: Iterable[Entry], catalogue: Catalogue, code: str, source_locale: str
) -> Iterator[Waiting]:
    for entry in entries:
        if (state := message_state(entry, code, source_locale)) != "translated":
            where = catalogue.where(entry)
            why = unsure_note(entry, code, source_locale).removeprefix(NUMBERS)
            if is_machine(entry):
                why = f"origin: {origin_of(entry)}"
            source = entry.source
            yield Waiting(where, entry.context, source, count_words(source), state, why)


def _next(
    words: Words,
    code: str,
    lines: Iterable[LeafletProgress],
    house: tuple[Waiting, ...],
    approved: Container[str],
) -> Iterator[Next]:
    """Yield the catalogues of a locale that wait: the house words, then the topics."""
    lines = [line for line in lines if line.state not in ("unreadable", "withdrawn")]

    def next_of(name: str, messages: tuple[Waiting, ...], leaflets: int, ready: bool) -> Next:
        number = sum(one.words for one in messages)
        path = shown(words.catalogue_path(code, name))
        return Next(code, name, path, number, leaflets, ready, messages)

    clinic = words.site.clinic
    if code == clinic.rack_language != clinic.source_locale and words.translates_rack(code):
        own = read_catalogue(words.catalogue_path(code, RACK), words.handouts)
        entries = merge(own, rack_messages())
        if rack := tuple(_waiting(entries, own, code, clinic.source_locale)):
            # No leaflet waits for it.
            yield next_of(RACK, rack, 0, ready=True)
    if house and lines:
        ready = any(line.topic in approved for line in lines)
        yield next_of("house", house, len(lines), ready)
    for line in lines:
        if line.waiting:
            yield next_of(line.topic, line.waiting, 1, line.topic in approved)


def standing_rows(out: Path) -> tuple[Row, ...]:
    """Return the rows of the ledger whose file stands published."""
    if not ledger_path(out).is_file():
        return ()
    with closing(Ledger(out, write=False)) as ledger:
        return tuple(row for row in ledger.rows() if (out / row.made.file).is_file())
