"""See in the last build what a translator should know: ledger and PDFs -> Facts of a leaflet."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ..catalogue.locales import read_locale
from ..catalogue.notes import Facts, Room
from ..errors import HandoutError
from ..ledger import Ledger, Row
from ..lock import FOLDER
from ..model import EDITIONS, Leaflet, plain
from ..preflight.layout import Layout, read_layout
from ..scripts import script_of
from ..site import Words

#: The edition that pages and lengths are told of.
EDITION = "standard"
#: Scripts whose letters are about as wide as each other's: of these alone the room of the
#: source says how long a translation may be that is not built yet.
_ALIKE_IN_WIDTH = {"Latn", "Cyrl", "Grek"}


class Built:
    """What stands in an output folder, as far as it is of the words as they are now."""

    def __init__(self, words: Words, out: Path, code: str) -> None:
        self.words = words
        self.out = out
        self.code = code
        source = words.site.clinic.source_locale
        self._standing = _standing(out, {code, source})
        self._known: dict[str, Facts | None] = {}

    def __call__(self, name: str) -> Facts | None:
        """Give the facts of a topic, or of the house words; None where nothing is built of it."""
        if name not in self._known:
            self._known[name] = self._house() if name == "house" else self._topic(name)
        return self._known[name]

    def _topic(self, name: str) -> Facts | None:
        own = self._look(name, self.code)
        if own is not None:
            return own
        source = self.words.site.clinic.source_locale
        scripts = {read_locale(code).script for code in (source, self.code)}
        if not scripts <= _ALIKE_IN_WIDTH:
            return None
        theirs = self._look(name, source)
        return Facts({}, theirs.room) if theirs else None

    def _house(self) -> Facts | None:
        """The house words stand in every leaflet: the one with the least room tells."""
        rooms = [facts.room for name in self.words.names if (facts := self(name)) and facts.room]
        return Facts({}, min(rooms, key=lambda room: room.growth)) if rooms else None

    def _look(self, name: str, code: str) -> Facts | None:
        """See what stands of a topic in a locale, if it is of just the words there are now."""
        for state in ("approved", "draft"):
            row = self._standing.get((name, code, EDITION, state))
            if row is None or name not in self.words.topics:
                continue
            with suppress(HandoutError, OSError):
                translation = self.words.translation(
                    self.words.topics[name], code, self.words.locale_words(code)
                )
                if translation.leaflet is None or translation.digest != row.made.text:
                    continue
                layout = read_layout((self.out / row.made.file).read_bytes())
                if layout is not None:
                    room = _room(translation.leaflet, layout, row, code == self.code)
                    return Facts(layout.pages, room)
        return None


def _standing(out: Path, codes: set[str]) -> Mapping[tuple[str, str, str, str], Row]:
    if not (out / FOLDER / "ledger.sqlite3").is_file():
        return {}
    ledger = Ledger(out, write=False)
    try:
        return {row.made.key: row for row in ledger.rows() if row.made.locale in codes}
    finally:
        ledger.close()


def _room(leaflet: Leaflet, layout: Layout, row: Row, own: bool) -> Room | None:
    """Estimate how far the words may grow: what the pages hold, set as small as it may be.

    Type shrinks to the floor before a page is added; lines and letters shrink with
    it, so the room that a text takes shrinks with the square of its size.
    """
    pages = leaflet.page_budget or row.entry.get("pages")
    size_pt = row.entry.get("type_size_pt")
    if not pages or not size_pt:
        return None
    floor_pt = max(EDITIONS[EDITION].floor_pt, script_of(leaflet.locale).least_pt)
    taken = layout.filled * min(1.0, floor_pt / float(size_pt)) ** 2
    words = (*leaflet.words.values(), *(notice.words for notice in leaflet.notices))
    characters = sum(len(plain(spans)) for spans in words)
    return Room(int(pages), int(pages) / taken - 1, characters, own)
