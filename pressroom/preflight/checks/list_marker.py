"""Compare the markers of lists with the source.

Steps are numbered in the source, and a list may go on after a picture or a paragraph: "go back to
step 4" is wrong where the page says 1. What each item has to show is worked out from the Markdown
alone: its number, in the digits of the language, a bullet, or a box to tick. It is compared with
what is painted before the first line of the item.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...core.locales import digits
from ...core.model import Block, Finding, Locale, Message
from ..evidence import Evidence
from ..pdf.marks import GlyphRun
from ..pdf.structure import Element
from ..text.messages import placed
from ..text.reading_order import SAME_LINE_EM, SLACK_PT

CODES = ("list-marker",)
SOURCE = "WCAG 2.2, 1.3.1; ISO 14289-1, 7.6"
BAD = "a bullet before each step; a list that goes on at 4, numbered from 1"
GOOD = "4. and 5. before the items that are numbered so in the source; ٤. and ٥. in Arabic"

#: Dots that may stand before an item; in Chinese fonts, • and · are one glyph.
BULLETS = frozenset("•◦▪·")
TICK = "☐"
#: Containers whose items are ticked.
TICKED = ("questions", "checklist")


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield each item that shows another marker than its source, or none."""
    leaflet = evidence.leaflet
    asked = {message.anchor: mark for message, mark in _marks(leaflet.topic.blocks)}
    for expected, found in placed(evidence):
        mark = asked.get(expected.anchor.removeprefix("src-"))
        if mark is None or not found:
            continue
        own = not expected.anchor.startswith("src-")
        wanted = _written(mark, leaflet.locale if own else leaflet.source_locale)
        stands = _stands(evidence, found[0])
        if not _same(stands, wanted):
            said = (
                f"the item ‘{expected.text[:40]}’ shows {f'‘{stands}’' if stands else 'nothing'} "
                f"where ‘{wanted}’ belongs; take what changes lists and counters out of the styles"
            )
            yield Finding("list-marker", "error", said, expected.where)


def _marks(blocks: Iterable[Block], ticked: bool = False) -> Iterator[tuple[Message, int | str]]:
    """Yield the first message of each item with its number, or its sign."""
    for block in blocks:
        if block.kind == "list":
            for number, item in enumerate(block.children, block.number):
                if item.message is not None:
                    yield item.message, number if block.marked else TICK if ticked else "•"
        yield from _marks(block.children, ticked or block.name in TICKED)


def _written(mark: int | str, locale: Locale) -> str:
    return f"{digits(str(mark), locale)}." if isinstance(mark, int) else mark


def _same(stands: str, wanted: str) -> bool:
    """Return whether a marker is the wanted one; lists within lists have bullets of their own."""
    return stands == wanted or (wanted in BULLETS and stands in BULLETS)


def _stands(evidence: Evidence, element: Element) -> str:
    """Return what is painted before the first line of an item, on its side; empty for nothing."""
    leaves = list(evidence.leaves_of(element))
    words = [run for run in evidence.runs_in(*leaves) if run.ink]
    item: Element | None = leaves[0].element if leaves else None
    while item is not None and item.kind != "LI":
        item = item.parent
    if item is None or not words:
        return ""
    labels = (kid for kid in item.kids if isinstance(kid, Element) and kid.kind == "Lbl")
    runs = [
        run
        for label in labels
        for run in evidence.runs_in(*label.leaves())
        if run.ink is not None and not run.invisible and _before(run, words[0])
    ]
    return _read(runs)


def _before(marker: GlyphRun, first: GlyphRun) -> bool:
    """Return whether a marker stands on the line of the words, beside them."""
    assert marker.ink is not None
    assert first.ink is not None
    level = abs(marker.baseline - first.baseline) < SAME_LINE_EM * first.size_pt
    beside = marker.ink[2] <= first.ink[0] + SLACK_PT or marker.ink[0] >= first.ink[2] - SLACK_PT
    return marker.page == first.page and level and beside


def _read(runs: Iterable[GlyphRun]) -> str:
    """Return the marker that glyphs make: the digits from left to right, then the other signs."""
    glyphs = sorted(
        (x, run.font.texts.get(gid, ""))
        for run in runs
        for gid, (x, _) in zip(run.gids, run.origins, strict=True)
    )
    text = "".join(sign for _, sign in glyphs).strip()
    numbers = "".join(c for c in text if c.isdecimal())
    return numbers + "".join(c for c in text if not c.isdecimal() and not c.isspace())
