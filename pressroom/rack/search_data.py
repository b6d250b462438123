"""Write the data that the rack searches: ledger rows -> two scripts for each locale.

A page that was opened as a file may run scripts that lie beside it, but not read data.
Titles and texts are apart, so that a search begins with little.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..core.codes import Codes
from ..core.model import EDITIONS
from ..core.published import Row, reader_name

_ORDER = {edition: number for number, edition in enumerate(EDITIONS)}


@dataclass(frozen=True, slots=True)
class Shelved:
    """A leaflet on the rack: its row, and whether its words have changed since."""

    row: Row
    stale: bool = False
    #: The day by which it is judged (ISO 8601); empty where no date is judged.
    day: str = ""

    @property
    def overdue(self) -> bool:
        """Whether it may no longer be handed out, also where nothing takes its place."""
        card = self.row.card
        return bool(card["out_of_date"]) or card["review_by"] < self.day

    @property
    def draft(self) -> bool:
        """Whether signatures are missing."""
        return self.row.made.state != "approved"

    @property
    def current(self) -> bool:
        """Whether it may be handed out."""
        return not (self.draft or self.stale or self.overdue)

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """Its PDFs, each with its edition: a booklet has one to read on screen, too."""
        made = self.row.made
        own = (made.edition, made.file)
        if not (made.edition in EDITIONS and EDITIONS[made.edition].halved):
            return (own,)
        return (own, (f"{made.edition}-reader", reader_name(made.file)))

    @property
    def identity(self) -> str:
        """What changes when its files or its card change; a digest is made of it."""
        made = self.row.made
        return f"{made.file} {made.sha256} {made.parts.get('web', '')} {self.stale}{self.overdue}"

    @property
    def order(self) -> tuple[Any, ...]:
        """The key to sort by: topic, approved before draft, editions as they are offered."""
        made = self.row.made
        return (made.topic, made.state, _ORDER.get(made.edition, len(_ORDER)), made.edition)

    @property
    def facts(self) -> tuple[Any, ...]:
        """What editions have in common that stand on one card."""
        card = self.row.card
        return (
            self.row.made.topic,
            card["title"],
            int(self.draft),
            card["version"],
            card["issued"],
            card["review_by"],
            int(self.overdue),
        )


def to_json(value: object) -> str:
    """Return JSON that may stand in a script of a page: nothing in it ends the script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _script(name: str, columns: Mapping[str, list[Any]]) -> str:
    """Return a script that passes columns to the page, under the name of the data."""
    return f"Rack.shelve({to_json(name)},{to_json(columns)});\n"


def titles(locale: str, leaflets: Iterable[Shelved]) -> str:
    """Return the script of a locale that has titles, and all that cards show.

    Its columns: topic, title, draft (0 or 1), version, issued, review (ISO 8601), overdue
    (0 or 1), the mark of its first edition, its category where any has one, and for each edition
    its name, its pages, its SHA-256, and 1 where it is older than its source.
    """
    cards: dict[tuple[Any, ...], list[list[Any]]] = {}
    marks: dict[tuple[Any, ...], str] = {}
    for one in leaflets:
        marks.setdefault(one.facts, one.row.card.get("mark", ""))
        pages, digest = one.row.entry.get("pages"), one.row.made.sha256
        cards.setdefault(one.facts, []).append(
            [one.row.made.edition, pages, digest, int(one.stale)]
        )
    categories: dict[tuple[Any, ...], str] = {}
    for one in leaflets:
        categories.setdefault(one.facts, one.row.card.get("category", ""))
    names = ("topic", "title", "draft", "version", "issued", "review", "overdue")
    columns: dict[str, list[Any]] = {
        name: [facts[at] for facts in cards] for at, name in enumerate(names)
    }
    columns["mark"] = list(marks.values())
    if any(categories.values()):
        columns["category"] = list(categories.values())
    columns["editions"] = list(cards.values())
    return _script(f"titles/{locale}", columns)


def texts(
    locale: str,
    leaflets: Iterable[Shelved],
    codes: Mapping[str, Codes],
    also: Mapping[str, tuple[str, ...]],
) -> str:
    """Return the script of a locale that has the texts to search, one entry a topic.

    Its columns: topic, also (what else it is called: `T2DM;sugar`), main (the main message),
    symptoms (headings and list items), tags, codes (`icd-10-cm|M45 snomed-ct|9631008`).
    """
    cards = {one.row.made.topic: one.row.card for one in leaflets}
    columns: dict[str, list[Any]] = {
        "topic": list(cards),
        "also": [";".join(also.get(topic, ())) for topic in cards],
        "main": [card["main_message"] for card in cards.values()],
        "symptoms": [card.get("symptoms", "") for card in cards.values()],
        "tags": [" ".join(card["tags"]) for card in cards.values()],
        "codes": [_said(codes.get(topic, {})) for topic in cards],
    }
    return _script(f"texts/{locale}", columns)


def _said(codes: Codes) -> str:
    return " ".join(f"{name}|{code}" for name, own in codes.items() for code in own)
