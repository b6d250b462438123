"""Leaflets as files: what is wanted, what was made, and the rows that the ledger has of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Topic, locale, edition, state: what finds a leaflet in the ledger.
Key = tuple[str, str, str, str]


def stem_of(topic: str, locale: str, edition: str, state: str) -> str:
    """Return a leaflet's path below the output folder without a suffix: `es/asthma.standard`."""
    return f"{locale}/{topic}.{edition}{'' if state == 'approved' else '.draft'}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A leaflet as the words ask for it."""

    topic: str
    locale: str
    edition: str
    state: str
    #: Digest of each thing that its file depends on; the keys of REASONS.
    parts: Mapping[str, str]
    #: Digest of its words, to tell a changed word from a changed template.
    text: str

    @property
    def key(self) -> Key:
        """Return what finds it in the ledger."""
        return (self.topic, self.locale, self.edition, self.state)

    @property
    def stem(self) -> str:
        """Return its path below the output folder, without a suffix."""
        return stem_of(*self.key)


def file_name(wanted: Wanted) -> str:
    """Return a leaflet's path below the output folder: `es/asthma.standard.draft.pdf`."""
    return f"{wanted.stem}.pdf"


def reader_name(file: str) -> str:
    """Return the path of a booklet's reader's edition: `es/asthma.booklet-reader.pdf`."""
    return file.replace(".booklet.", ".booklet-reader.")


@dataclass(frozen=True, slots=True)
class Made(Wanted):
    """A leaflet as the last build made it."""

    #: Path below the output folder.
    file: str
    sha256: str
    #: Its other files, such as the web page: SHA-256 by path below the output folder.
    extras: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, str]:
        """Return the SHA-256 of each of its files by path below the output folder."""
        return {self.file: self.sha256, **self.extras}


@dataclass(frozen=True, slots=True)
class Row:
    """A leaflet that stands published."""

    made: Made
    #: Its entry in the report, as JSON says it.
    entry: Mapping[str, Any]
    #: What the rack shows of it.
    card: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Issue:
    """An approved leaflet that is or was published: a record of the history, which only grows."""

    topic: str
    locale: str
    edition: str
    version: str
    #: Days, as ISO 8601 has them.
    issued: str
    review_by: str
    #: Digest of its words, and of its file.
    text: str
    sha256: str
    published: str
    #: Day on which it was replaced or taken out, and why; empty while it stands.
    ended: str = ""
    why: str = ""
    #: Empty where it was published before there were marks.
    mark: str = ""
    #: What is new in it, where a person said so.
    change: str = ""


def replaced(issues: Iterable[Issue]) -> dict[tuple[str, str, str], str]:
    """Return the digest of the PDF that stood before the last one, where there was another.

    By topic, locale and edition; `issues` come oldest first.
    """
    last: dict[tuple[str, str, str], str] = {}
    before: dict[tuple[str, str, str], str] = {}
    for one in issues:
        name = (one.topic, one.locale, one.edition)
        if last.setdefault(name, one.sha256) != one.sha256:
            before[name] = last[name]
        last[name] = one.sha256
    return before
