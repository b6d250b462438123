"""Read a whole site: clinic, house words, theme, topics, and each locale's words."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .approvals import approvals_path, read_approvals
from .carried import read_carried
from .catalogue.glossary import read_glossary
from .catalogue.locales import name_hint
from .catalogue.po import Catalogue, read_catalogue
from .catalogue.pseudo import PSEUDO, pseudo_catalogue
from .clinic import read_clinic
from .errors import HandoutError, ManuscriptError
from .files import shown
from .house import house_messages, read_house
from .limits import OutOfTimeError, within_time
from .manuscript import read_topic, topic_paths
from .markup import read_labels
from .model import Finding, Message, Topic, Withdrawal
from .preflight.coverage import uncovered
from .theme import Theme, read_theme
from .translate import (
    ENGINE_LABELS,
    LocaleWords,
    Site,
    Translation,
    translate,
)
from .withdrawn import read_withdrawn


class Topics(Mapping[str, Topic]):
    """The topics of a site that can be read, each read when it is asked for.

    A site may have thousands: those that were asked for last are kept.
    """

    #: How many are kept.
    MOST = 100

    def __init__(self, paths: Mapping[str, Path], handouts: Path, limit_seconds: int) -> None:
        self.names = tuple(sorted(paths))
        self.problems: dict[str, HandoutError] = {}
        self._paths = paths
        self._handouts = handouts
        self._limit_seconds = limit_seconds
        self._kept: OrderedDict[str, Topic] = OrderedDict()

    def __getitem__(self, name: str) -> Topic:
        if name in self.problems:
            raise KeyError(name)
        if name not in self._kept:
            try:
                self._kept[name] = self._read(self._paths[name])
            except HandoutError as problem:
                self.problems[name] = problem
                raise KeyError(name) from None
        self._kept.move_to_end(name)
        topic = self._kept[name]
        if len(self._kept) > self.MOST:
            self._kept.popitem(last=False)
        return topic

    def _read(self, path: Path) -> Topic:
        try:
            with within_time(self._limit_seconds):
                topic = read_topic(path, self._handouts)
        except OutOfTimeError:
            raise ManuscriptError(
                shown(path),
                f"reading took longer than {self._limit_seconds} seconds",
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
    """A site as it stands on disk, read once."""

    handouts: Path
    site: Site
    theme: Theme
    topics: Topics
    #: Topics that cannot be read, and why.
    broken: Mapping[str, HandoutError]
    #: What is taken out and stays out.
    withdrawn: tuple[Withdrawal, ...] = ()
    #: When reading began, in nanoseconds since 1970.
    read_ns: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Name all topics, also those that cannot be read, without reading one."""
        return self.topics.names

    @property
    def house_messages(self) -> tuple[Message, ...]:
        """Give the messages of `house.po`."""
        return house_messages(self.site.house, self.site.labels)

    def withdrawal(self, topic: str, locale: str) -> Withdrawal | None:
        """Find what keeps a leaflet out; None where nothing does."""
        return next((row for row in self.withdrawn if row.covers(topic, locale)), None)

    def catalogue_path(self, locale: str, name: str) -> Path:
        """Say where a catalogue stands; `name` is a topic or `house`."""
        return self.handouts / "locales" / locale / f"{name}.po"

    def translator(self, topic: str, locale: str) -> str:
        """Say who translated a topic, as the catalogue's header names them; empty for nobody."""
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
        )

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
        return read_catalogue(self.catalogue_path(locale, topic.id), self.handouts)


def read_site(handouts: Path, today: date, clinic_name: str = "") -> Words:
    """Read a site, as its own clinic has it or one of several; each topic when it is asked for.

    Raises ConfigurationError. A broken topic is kept apart instead.
    """
    began = time.time_ns()
    clinic = read_clinic(handouts, clinic_name)
    house = read_house(handouts)
    theme = read_theme(handouts, clinic_name)
    labels = (*read_labels(theme), *ENGINE_LABELS)
    topics = Topics(topic_paths(handouts), handouts, clinic.limit_seconds)
    withdrawn = read_withdrawn(handouts, topics.names)
    site = Site(clinic, house, labels, today, uncovered, read_carried(handouts, clinic, today))
    return Words(handouts, site, theme, topics, Broken(topics), withdrawn, began)


def _refuse_unknown_locales(topic: Topic) -> None:
    """Refuse a page budget for a locale that does not exist: it would hold for none."""
    for code in topic.locale_pages:
        if hint := name_hint(code):
            raise ManuscriptError(topic.path, f"'{code}' under pages is no locale", hint)


def unreadable(problem: HandoutError) -> tuple[Finding, ...]:
    """Turn errors of a topic or a catalogue into findings."""
    return tuple(
        Finding("source-unreadable", "error", f"{one.what}; {one.next_step}", one.where)
        for one in problem.each()
    )
