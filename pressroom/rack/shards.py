"""Lay rows of the ledger into shards: a script for each locale that hands its data to the page.

A page that was opened as a file may run scripts that lie beside it, but not
read data. Titles and texts are apart, so that a search begins with little.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..ledger import Row
from ..model import EDITIONS
from ..plan import reader_name

_ORDER = {edition: number for number, edition in enumerate(EDITIONS)}


@dataclass(frozen=True, slots=True)
class Shelved:
    """A leaflet on the rack: its row, and whether the words have moved on since."""

    row: Row
    stale: bool = False
    #: The day on which it is shelved, as ISO 8601 has it; empty where no date is judged.
    day: str = ""

    @property
    def overdue(self) -> bool:
        """Tell whether it may no longer be handed out, also where nothing takes its place."""
        card = self.row.card
        return bool(card["out_of_date"]) or card["review_by"] < self.day

    @property
    def draft(self) -> bool:
        """Tell whether not all have signed it."""
        return self.row.made.state != "approved"

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """Give its PDFs, each with its edition: a booklet has one to read on screen, too."""
        made = self.row.made
        own = (made.edition, made.file)
        if not (made.edition in EDITIONS and EDITIONS[made.edition].halved):
            return (own,)
        return (own, (f"{made.edition}-reader", reader_name(made.file)))

    @property
    def identity(self) -> str:
        """Tell it from the same leaflet before a change: by its files, and what the page says."""
        made = self.row.made
        return f"{made.file} {made.sha256} {made.parts.get('web', '')} {self.stale}{self.overdue}"

    @property
    def order(self) -> tuple[Any, ...]:
        """What sorts it: topic, approved before draft, editions as they are offered."""
        made = self.row.made
        return (made.topic, made.state, _ORDER.get(made.edition, len(_ORDER)), made.edition)

    @property
    def facts(self) -> tuple[Any, ...]:
        """What its editions have to share to stand on one card."""
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
    """Write JSON that may stand in a script of a page: nothing in it ends the script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _script(name: str, columns: Mapping[str, list[Any]]) -> str:
    """Write a script that hands columns to the page, under the name of the shard."""
    return f"Rack.shelve({to_json(name)},{to_json(columns)});\n"


def titles(locale: str, leaflets: Iterable[Shelved]) -> str:
    """Give the shard that finds leaflets by title and says all that their cards show.

    Its columns: topic, title, draft (0 or 1), version, issued, review (ISO 8601),
    overdue (0 or 1), and for each edition its name, its pages, the first
    letters of its digest, and 1 where it is older than its source.
    """
    cards: dict[tuple[Any, ...], list[list[Any]]] = {}
    for one in leaflets:
        pages, digest = one.row.entry.get("pages"), one.row.made.sha256[:8]
        cards.setdefault(one.facts, []).append(
            [one.row.made.edition, pages, digest, int(one.stale)]
        )
    names = ("topic", "title", "draft", "version", "issued", "review", "overdue")
    columns: dict[str, list[Any]] = {
        name: [facts[at] for facts in cards] for at, name in enumerate(names)
    }
    columns["editions"] = list(cards.values())
    return _script(f"titles/{locale}", columns)


def texts(locale: str, leaflets: Iterable[Shelved]) -> str:
    """Give the shard that finds leaflets by what they say, one entry a topic.

    Its columns: topic, main (the main message), symptoms (headings and list
    items), tags.
    """
    cards = {one.row.made.topic: one.row.card for one in leaflets}
    columns: dict[str, list[Any]] = {
        "topic": list(cards),
        "main": [card["main_message"] for card in cards.values()],
        "symptoms": [card.get("symptoms", "") for card in cards.values()],
        "tags": [" ".join(card["tags"]) for card in cards.values()],
    }
    return _script(f"texts/{locale}", columns)
