"""Tell a translator what a catalogue alone does not show: Entry and Facts -> comments (`#.`).

    #. list item 3 of 5 under “Signs and symptoms”; printed on page 1
    #. {phone}: the clinic's telephone number, such as 020 910 0142
    #. room: up to about 240 characters, if all texts share what is free on 4 pages
    #. memory: the same text in asthma, not approved

A page and a length come from the last build. No build depends on them: they are
refreshed by `locale update`, where the last build is of just these words, and
stay as they are where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from ..manuscript import placeholders
from ..model import Clinic, Message
from .po import Catalogue, Entry

PAGE = "; printed on page "
ROOM = "room: "
MEMORY = "memory: "
_LIMIT = re.compile(rf"{ROOM}up to about (\d+) characters")
_PRINTED = re.compile(rf"{PAGE}\d+$")

#: Share of the free room that is promised: headings and lists that stay together waste some.
PROMISED = 0.85
#: Characters by which also a short text may grow.
FEW = 15

#: What a placeholder stands for, and what gives an example of it.
PLACEHOLDERS: dict[str, tuple[str, Callable[[Clinic], str]]] = {
    "clinic": ("the clinic's name", lambda clinic: clinic.name),
    "phone": ("the clinic's telephone number", lambda clinic: clinic.phone),
    "email": ("the clinic's e-mail address", lambda clinic: clinic.email),
    "emergency_number": ("the number for emergencies", lambda clinic: clinic.emergency_number),
    "urgent_number": ("the number for urgent advice", lambda clinic: clinic.urgent_number),
    "therapy": ("name of the therapy, as the topic has it", lambda _: "exosome therapy"),
    "Therapy": ("name of the therapy, first letter large", lambda _: "Exosome therapy"),
    "condition": ("name of the condition, as the topic has it", lambda _: "sleep apnoea"),
    "checked_on": ("a date, written as your language does", lambda _: ""),
    "leaflet_id": ("the leaflet's short name", lambda _: "sleep-apnoea"),
    "locale": ("the code of your language", lambda _: ""),
    "version": ("the leaflet's version", lambda _: "1.0"),
    "source_version": ("the version that was translated", lambda _: "1.0"),
    "issued": ("a date, written as your language does", lambda _: ""),
    "review_by": ("a date, written as your language does", lambda _: ""),
    "n": ("the number of the page", lambda _: "1"),
    "N": ("how many pages there are", lambda _: "4"),
    "translator": ("a person's name", lambda _: ""),
    "reviewer": ("a person's name", lambda _: ""),
    "clinical_reviewer": ("a person's name", lambda _: ""),
    "sources": ("books and guidelines, left in their own language", lambda _: ""),
    "authors": ("names of people", lambda _: ""),
    "funder": ("who paid, as the topic has it", lambda _: ""),
    "conflicts": ("conflicts of interest, as the topic has them", lambda _: ""),
    "owner": ("who owns the text", lambda clinic: clinic.owner),
    "year": ("a year", lambda _: "2026"),
    "licence": ("name of the licence", lambda clinic: clinic.licence),
}


@dataclass(frozen=True, slots=True)
class Room:
    """How far the words of a leaflet may grow before they cost a page: an estimate."""

    #: The pages that the leaflet may have.
    pages: int
    #: By how much all its words together may grow, as a share of them.
    growth: float
    #: The characters of all its words.
    characters: int
    #: Of the locale's own words; else of the source's, for words that are still to be written.
    own: bool

    def limit(self, entry: Entry) -> int:
        """Say how many characters a text may have, if all texts grow by the same share.

        A few more do no harm to a short one, while anything is free.
        """
        share = max(0.0, self.growth * PROMISED)
        now = len(entry.text if self.own and entry.text else entry.source)
        few = FEW if share * self.characters > 10 * FEW else 0
        return max(now, _rounded(max(now * (1 + share), now + few)))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the last build tells of the leaflet of one catalogue."""

    #: Page of each message by its anchor, counted from 1.
    pages: Mapping[str, int]
    room: Room | None = None


def _rounded(count: float) -> int:
    """Round down to two digits: an estimate, and one that seldom changes."""
    unit: int = 10 ** max(0, len(str(int(count))) - 2)
    return int(count) // unit * unit


def places(comments: Iterable[str]) -> tuple[str, ...]:
    """Give the comments that say where a message stands, without what is told beside."""
    return tuple(
        _PRINTED.sub("", comment)
        for comment in comments
        if not comment.startswith(("{", ROOM, MEMORY))
    )


def kept_notes(entry: Entry) -> list[str]:
    """Give the notes that a merge keeps: where a text was offered from, until it is confirmed."""
    return [note for note in entry.extracted if entry.fuzzy and note.startswith(MEMORY)]


def offered(entry: Entry) -> bool:
    """Tell whether a fuzzy text was offered by the memory."""
    return bool(kept_notes(entry))


def limit_of(entry: Entry) -> int | None:
    """Give the length in characters that a text should keep to, where one is noted."""
    found = (_LIMIT.match(comment) for comment in entry.extracted)
    return next((int(match[1]) for match in found if match), None)


def annotate(
    merged: Catalogue,
    old: Catalogue,
    messages: Iterable[Message],
    clinic: Clinic,
    facts: Facts | None,
) -> Catalogue:
    """Add to each message of a merged catalogue what its translator should know.

    `old` is the catalogue before the merge: what it notes of pages and lengths stays
    where there are no facts.
    """
    anchors: dict[tuple[str, str], list[Message]] = {}
    for message in messages:
        anchors.setdefault(message.key, []).append(message)
    in_place = {(entry.context, places(entry.extracted)): entry for entry in old}
    entries = {}
    for key, entry in merged.entries.items():
        before = old.entries.get(key) or in_place.get((entry.context, places(entry.extracted)))
        if facts is None:
            stands = _as_before(entry, before)
            room = [n for n in (before.extracted if before else ()) if n.startswith(ROOM)]
        else:
            stands = _printed(anchors.get(key, ()), facts)
            room = _room(entry, facts.room)
        meanings = [_meaning(name, clinic) for name in placeholders(entry.source)]
        notes = (*stands, *meanings, *room, *kept_notes(entry))
        entries[key] = replace(entry, extracted=tuple(dict.fromkeys(notes)))
    return replace(merged, entries=entries)


def _as_before(entry: Entry, before: Entry | None) -> list[str]:
    """Give the places of a message with the pages that were noted at them before."""
    noted = {_PRINTED.sub("", note): note for note in (before.extracted if before else ())}
    return [noted.get(place, place) for place in places(entry.extracted)]


def _printed(messages: Iterable[Message], facts: Facts) -> list[str]:
    return [
        f"{message.place}{PAGE}{facts.pages[message.anchor]}"
        if message.anchor in facts.pages
        else message.place
        for message in messages
    ]


def _room(entry: Entry, room: Room | None) -> list[str]:
    if room is None:
        return []
    pages = "1 page" if room.pages == 1 else f"{room.pages} pages"
    return [
        f"{ROOM}up to about {room.limit(entry)} characters, "
        f"if all texts share what is free on {pages}"
    ]


def _meaning(name: str, clinic: Clinic) -> str:
    if name not in PLACEHOLDERS:
        return f"{{{name}}}: filled in by the engine"
    what, example = PLACEHOLDERS[name]
    shown = example(clinic)
    return f"{{{name}}}: {what}{f', such as {shown}' if shown else ''}"
