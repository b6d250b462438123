"""Write what a translator cannot see in a catalogue alone: Entry and Facts -> comments (`#.`).

    #. list item 3 of 5 under “Signs and symptoms”; printed on page 1
    #. {phone}: the clinic's telephone number, such as 020 910 0142
    #. room: up to about 240 characters, if all texts share what is free on 4 pages
    #. memory: the same text in asthma, not approved
    #. import: p. 12 of asthma-es.docx, 93%; 24 is missing
    #. numbers: 24 is missing. If that is right, add the comment “numbers-confirmed: …”

A page and a length come from the last build. No build depends on them: they are
refreshed by `locale update`, where the last build is of just these words, and
stay as they are where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ...core.model import Clinic, Message, MessageKey
from ..placeholders import PLACEHOLDERS, placeholders
from ..topic.inline import NOTE
from .confirmed_numbers import NUMBERS, unsure_note
from .po import Catalogue, Entry

PAGE = "; printed on page "
ROOM = "room: "
MEMORY = "memory: "
BREAK = "\\ : "
CALL = "[^"
IMPORTED = "import: "
_LIMIT = re.compile(rf"{ROOM}up to about (\d+) characters")
_PRINTED = re.compile(rf"{PAGE}\d+$")

#: Share of the free room that is promised: headings and lists that stay together waste some.
PROMISED = 0.85
#: Characters by which also a short text may grow.
FEW = 15


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
        """Return how many characters a text may have, if all texts grow by the same share.

        A few more do no harm to a short one, while anything is free.
        """
        share = max(0.0, self.growth * PROMISED)
        now = len(entry.text if self.own and entry.text else entry.source)
        few = FEW if share * self.characters > 10 * FEW else 0
        return max(now, _rounded(max(now * (1 + share), now + few)))


@dataclass(frozen=True, slots=True)
class Facts:
    """Pages and room of the leaflet of one catalogue, as last built."""

    #: Page of each message by its anchor, counted from 1.
    pages: Mapping[str, int]
    room: Room | None = None


def _rounded(count: float) -> int:
    """Round down to two digits: an estimate, and one that seldom changes."""
    unit: int = 10 ** max(0, len(str(int(count))) - 2)
    return int(count) // unit * unit


def places(comments: Iterable[str]) -> tuple[str, ...]:
    """Return the comments that say where a message stands, without pages and other notes."""
    return tuple(
        _PRINTED.sub("", comment)
        for comment in comments
        if not comment.startswith(("{", BREAK, CALL, ROOM, MEMORY, IMPORTED, NUMBERS))
    )


def kept_notes(entry: Entry) -> list[str]:
    """Return the notes that a merge keeps: where a text comes from, until it is confirmed."""
    fuzzy = entry.fuzzy and entry.text.strip()
    return [note for note in entry.extracted if fuzzy and note.startswith((MEMORY, IMPORTED))]


def offered(entry: Entry) -> bool:
    """Return whether a fuzzy text was offered by the memory."""
    return any(note.startswith(MEMORY) for note in kept_notes(entry))


def limit_of(entry: Entry) -> int | None:
    """Return the length in characters that a text should keep to, where one is noted."""
    found = (_LIMIT.match(comment) for comment in entry.extracted)
    return next((int(match[1]) for match in found if match), None)


def annotate(
    merged: Catalogue,
    old: Catalogue,
    messages: Iterable[Message],
    clinic: Clinic,
    locale: str,
    facts: Facts | None,
) -> Catalogue:
    """Return a merged catalogue with what its translator should know noted at each message.

    `old` is the catalogue before the merge: what it notes of pages and lengths stays
    where there are no facts.
    """
    anchors: dict[MessageKey, list[Message]] = {}
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
        unsure = unsure_note(entry, locale, clinic.source_locale)
        marks = _marks(entry.source)
        notes = (
            *stands,
            *meanings,
            *marks,
            *room,
            *kept_notes(entry),
            *([unsure] if unsure else ()),
        )
        entries[key] = replace(entry, extracted=tuple(dict.fromkeys(notes)))
    return replace(merged, entries=entries)


def _as_before(entry: Entry, before: Entry | None) -> list[str]:
    """Return the places of a message with the pages that were noted at them before."""
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


def _marks(source: str) -> list[str]:
    """Return what marks of a text do that a translator may not know."""
    marks = [
        f"{CALL}{name}]: calls a note; keep it behind its word" for name in NOTE.findall(source)
    ]
    return [f"{BREAK}the line ends here; as many as you need"] * ("\\ " in source) + marks


def _meaning(name: str, clinic: Clinic) -> str:
    if name not in PLACEHOLDERS:
        return f"{{{name}}}: filled in by the engine"
    known = PLACEHOLDERS[name]
    example = known.example(clinic)
    return f"{{{name}}}: {known.meaning}{f', such as {example}' if example else ''}"
