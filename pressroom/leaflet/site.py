"""Read a whole site: clinic, house words, theme, topics, and each locale's words."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ..content.approvals import approvals_path, read_approvals
from ..content.catalogue.glossary import read_glossary
from ..content.catalogue.po import Catalogue, read_catalogue
from ..content.catalogue.pseudo import PSEUDO, pseudo_catalogue
from ..content.clinic import placeholder_words, read_clinic
from ..content.house import read_house
from ..content.rack_words import ENGLISH, RACK, RackWords, read_rack_words
from ..content.same_meaning import read_same_meanings
from ..content.signed_text import read_signed
from ..content.theme import Theme, read_theme
from ..content.topic.read import read_snippets, read_topic, topic_paths
from ..content.withdrawals import read_withdrawn, said
from ..core.errors import HandoutError, ManuscriptError, TooSlowError
from ..core.files import shown
from ..core.limits import OutOfTimeError, within_time
from ..core.locales import name_hint
from ..core.model import Clinic, Finding, Message, MessageKey, Signature, Topic, Withdrawal
from ..fonts.coverage import uncovered
from .compose import LocaleWords, Site, Translation, translate
from .html import read_labels
from .notices import ASKED, ENGINE_LABELS


class Topics(Mapping[str, Topic]):
    """The topics of a site that can be read, each read when it is asked for.

    A site may have thousands: those that were asked for last are kept.
    """

    #: How many are kept.
    MOST = 100

    def __init__(self, paths: Mapping[str, Path], handouts: Path, clinic: Clinic) -> None:
        self.names = tuple(sorted(paths))
        self.problems: dict[str, HandoutError] = {}
        self._paths = paths
        self._handouts = handouts
        self._clinic = clinic
        self._cache: OrderedDict[str, Topic] = OrderedDict()

    def __getitem__(self, name: str) -> Topic:
        if name in self.problems:
            raise KeyError(name)
        if name not in self._cache:
            try:
                self._cache[name] = self._read(self._paths[name])
            except HandoutError as problem:
                self.problems[name] = problem
                raise KeyError(name) from None
        self._cache.move_to_end(name)
        topic = self._cache[name]
        if len(self._cache) > self.MOST:
            self._cache.popitem(last=False)
        return topic

    def folder(self, name: str) -> Path:
        """Return the folder of a topic, which may stand in one of a category."""
        return self._paths[name].parent

    def _read(self, path: Path) -> Topic:
        try:
            with within_time(self._clinic.limit_seconds):
                topic = read_topic(path, self._handouts, self._clinic)
        except OutOfTimeError:
            raise TooSlowError(
                shown(path),
                f"reading took longer than {self._clinic.limit_seconds} seconds",
                "simplify it, or raise limits.seconds in clinic.toml",
            ) from None
        _refuse_unknown_locales(topic)
        return topic

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.names if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Broken(Mapping[str, HandoutError]):
    """The topics of a site that cannot be read, and why."""

    def __init__(self, topics: Topics) -> None:
        self._topics = topics

    def __getitem__(self, name: str) -> HandoutError:
        if name in self._topics:
            raise KeyError(name)
        return self._topics.problems[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._topics.names if name not in self._topics)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, slots=True)
class Words:
    """A site as it was read from disk, once."""

    handouts: Path
    site: Site
    theme: Theme
    #: The rack's own words, for the clinic's staff.
    rack: RackWords
    topics: Topics
    #: Topics that cannot be read, and why.
    broken: Mapping[str, HandoutError]
    #: What is taken out and stays out.
    withdrawn: tuple[Withdrawal, ...] = ()
    #: When reading began, in nanoseconds since 1970.
    read_ns: int = 0
    #: Where the records of what was handed out lie.
    records: Path = Path("records")

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all topics, also those that cannot be read, without reading any."""
        return self.topics.names

    @property
    def house_messages(self) -> tuple[Message, ...]:
        """Return the messages of `house.po`, in its order."""
        return self.site.house_messages

    @property
    def snippet_messages(self) -> tuple[Message, ...]:
        """Read the messages of `snippets.po`. Raises ManuscriptError."""
        return read_snippets(self.handouts, self.site.clinic)

    def translates_rack(self, locale: str) -> bool:
        """Return whether a locale has the rack's own words in a catalogue: staff read them there,
        or somebody has them ready.
        """
        staff = self.site.clinic.rack_language
        there = locale == staff or self.catalogue_path(locale, RACK).is_file()
        return locale != ENGLISH and there

    def withdrawal(self, topic: str, locale: str) -> Withdrawal | None:
        """Return what keeps a leaflet out; None where nothing does."""
        return next((row for row in self.withdrawn if row.covers(topic, locale)), None)

    def why_withdrawn(self, name: tuple[str, str, str]) -> str:
        """Return why a leaflet (topic, locale, edition) is withdrawn; empty where it is not."""
        row = self.withdrawal(*name[:2])
        return said(row) if row else ""

    def catalogue_path(self, locale: str, name: str) -> Path:
        """Return where a catalogue stands; `name` is a topic, `house`, `snippets` or `rack`."""
        return self.handouts / "locales" / locale / f"{name}.po"

    def version_path(self, topic: str, locale: str) -> str:
        """Return the file that says the version of a leaflet, as messages name it."""
        if locale == self.site.clinic.source_locale:
            return shown(self.topics.folder(topic) / "topic.md")
        return shown(self.catalogue_path(locale, topic))

    def translator(self, topic: str, locale: str) -> str:
        """Return who translated a topic, as the catalogue's header says; empty for nobody."""
        if locale == self.site.clinic.source_locale or locale in PSEUDO:
            return ""
        catalogue = read_catalogue(self.catalogue_path(locale, topic), self.handouts)
        return catalogue.header.get("Last-Translator", "")

    def locale_words(self, locale: str) -> LocaleWords:
        """Read what a locale shares among its topics. Raises CatalogueError."""
        if locale in PSEUDO:
            return LocaleWords(pseudo_catalogue(self.house_messages, locale), (), f"({locale})")
        return LocaleWords(
            house=read_catalogue(self.catalogue_path(locale, "house"), self.handouts),
            signatures=read_approvals(self.handouts, locale).signatures,
            approvals_where=shown(approvals_path(self.handouts, locale)),
            glossary=read_glossary(self.handouts, locale),
            signed_version=lambda row: self._signed_version(locale, row),
        )

    def _signed_version(self, locale: str, row: Signature) -> str:
        source = self.site.clinic.source_locale
        try:
            return read_signed(
                self.handouts, locale, source, row.topic, row.role, row.digest
            ).version
        except HandoutError:
            return ""

    def translation(
        self, topic: Topic, locale: str, words: LocaleWords, edition: str = "standard"
    ) -> Translation:
        """Translate a topic. Raises CatalogueError for a catalogue that is broken."""
        return translate(topic, self.site, locale, self.catalogue(topic, locale), words, edition)

    def catalogue(self, topic: Topic, locale: str) -> Catalogue:
        """Read the catalogue of a topic. Raises CatalogueError for one that is broken."""
        if locale == self.site.clinic.source_locale:
            return Catalogue("")
        if locale in PSEUDO:
            return pseudo_catalogue(topic.messages, locale)
        own = read_catalogue(self.catalogue_path(locale, topic.id), self.handouts)
        if not any(message.shared for message in topic.messages):
            return own
        shared = read_catalogue(self.catalogue_path(locale, "snippets"), self.handouts)
        contexts = {message.context for message in topic.messages if message.shared}
        entries = {
            key: replace(entry, path=shared.path)
            for key, entry in shared.entries.items()
            if entry.context in contexts
        }
        return replace(own, entries={**own.entries, **entries})


def read_site(
    handouts: Path, today: date, clinic_name: str = "", records: Path | None = None
) -> Words:
    """Read a site, as its own clinic has it or one of several; each topic when it is asked for.

    `records` is the folder of the records, where it is not the one that the clinic file names.
    Raises ConfigurationError. A broken topic is kept apart instead.
    """
    began = time.time_ns()
    clinic = read_clinic(handouts, clinic_name)
    house = read_house(handouts)
    theme = read_theme(handouts, clinic_name)
    labels = (*read_labels(theme), *ENGINE_LABELS)
    paths = topic_paths(handouts)
    topics = Topics(paths, handouts, clinic)
    withdrawn = read_withdrawn(handouts, topics.names)
    same_meanings = read_same_meanings(handouts, clinic, today)
    asked, of_others = _asked(handouts, clinic, labels, paths)
    site = Site(clinic, house, labels, today, asked, of_others, uncovered, same_meanings)
    records = records or handouts / clinic.records
    rack = read_rack_words(handouts, clinic)
    return Words(handouts, site, theme, rack, topics, Broken(topics), withdrawn, began, records)


def _asked(
    handouts: Path, clinic: Clinic, labels: Iterable[Message], paths: Mapping[str, Path]
) -> tuple[dict[str, Message], tuple[Message, ...]]:
    """Return house words that only some topics ask for, and those of other clinics."""
    had = {label.text for label in labels}
    asked = {name: label for name, label in ASKED.items() if label.text not in had}
    of_others: dict[MessageKey, Message] = {}
    for name, words in placeholder_words(handouts, clinic).items():
        if words[0].text == clinic.placeholders.get(name):
            asked[name] = words[0]
        of_others |= {message.key: message for message in words if message != asked.get(name)}
    categories = {path.parents[1].name for path in paths.values()} - {"topics"}
    for name in sorted(categories):
        text = name.replace("-", " ").capitalize()
        asked[f"{name}/"] = Message("category", text, "", f"name of the category {name}/", 0)
    taken = {message.key for message in asked.values()}
    return asked, tuple(message for key, message in of_others.items() if key not in taken)


def _refuse_unknown_locales(topic: Topic) -> None:
    """Refuse a page budget for a locale that does not exist: it would hold for none."""
    for code in topic.locale_pages:
        if hint := name_hint(code):
            raise ManuscriptError(topic.path, f"'{code}' under pages is no locale", hint)


def unreadable(problem: HandoutError) -> tuple[Finding, ...]:
    """Return errors of a topic or a catalogue as findings."""
    return tuple(
        Finding(one.code, "error", f"{one.what}; {one.next_step}", one.where)
        for one in problem.each()
    )
