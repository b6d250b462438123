"""Read from the last build what a translator should know: ledger and PDFs -> Facts of a leaflet.

Facts are the page on which each message stands, and the room that it has.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ..content.catalogue.translator_notes import Facts, Room
from ..core.errors import HandoutError
from ..core.locales import read_locale
from ..core.model import EDITIONS, Leaflet, plain
from ..core.published import Row
from ..fonts.scripts import script_of
from ..leaflet.site import Words
from ..preflight.pdf.document import Layout, read_layout
from ..review.progress import standing_rows
from .update import OF_NO_TOPIC

#: The edition that pages and lengths are told of.
EDITION = "standard"
#: Scripts whose letters are about as wide as each other's: of these alone the room of the
#: source says how long a translation may be that is not built yet.
_ALIKE_IN_WIDTH = {"Latn", "Cyrl", "Grek"}


class Built:
    """The leaflets of an output folder that show the words as they are now."""

    def __init__(self, words: Words, out: Path, code: str) -> None:
        self.words = words
        self.out = out
        self.code = code
        codes = {code, words.site.clinic.source_locale}
        self._standing = {r.made.key: r for r in standing_rows(out) if r.made.locale in codes}
        self._known: dict[str, Facts | None] = {}

    def __call__(self, name: str) -> Facts | None:
        """Return the facts of a topic, or of the house words; None where nothing is built of it."""
        if name not in self._known:
            self._known[name] = self._house() if name in OF_NO_TOPIC else self._topic(name)
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
        # They stand in every leaflet: the one with the least room decides.
        rooms = [facts.room for name in self.words.names if (facts := self(name)) and facts.room]
        return Facts({}, min(rooms, key=lambda room: room.growth)) if rooms else None

    def _look(self, name: str, code: str) -> Facts | None:
        """Return the facts of a built leaflet; None unless it shows just the words of now."""
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


def _room(leaflet: Leaflet, layout: Layout, row: Row, own: bool) -> Room | None:
    """Return how far the words may grow: what the pages hold, set as small as it may be.

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
