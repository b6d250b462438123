"""Find pages that look unfinished: nearly empty, with nothing but the imprint, or parted groups.

A reader who turns to a page with three lines on it looks for what is missing, and a heading at the
foot of a page promises what is not there. All is read from what is painted: how far down its text,
its pictures and its lines to write on reach, and which words stand where.

What styles bring about can be mended there. What follows from the length of a text is said as a
warning, since no words are given up for a full page.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...core.model import EDITIONS, Finding
from ..disclaimers.prove import exhibits
from ..evidence import Evidence
from ..pdf.geometry import Box
from ..pdf.marks import PaintedPage
from ..text.normalise import normalised

CODES = ("page-composition",)
SOURCE = "a review of all editions: 29 of 164 pages were less than 70% full"
BAD = "a last page with the imprint alone; a heading whose text begins overleaf"
GOOD = "each page at least 70% full, with its lines to write on"

#: Least share of the height for text that a page of several fills.
FILLED = 0.7
#: Room above the foot in points, in which its rule stands: 3 mm.
ABOVE_FOOT_PT = 3 / 25.4 * 72
_HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield pages that are nearly empty, an imprint alone, and headings parted from their text."""
    # Blank pages of a booklet come before its back cover, which stands by itself.
    cover = EDITIONS[evidence.leaflet.edition].halved
    pages = evidence.pages[:-1] if cover else evidence.pages
    if len(evidence.pages) > 1:
        yield from _underfull(evidence, pages)
        if not cover and _imprint_alone(evidence):
            said = (
                "the imprint stands alone on the last page; shorten the text, or let it have "
                "`::: notes` before the imprint"
            )
            yield Finding("page-composition", "warning", said, f"page {len(evidence.pages)}")
    yield from _lonely_headings(evidence)


def _underfull(evidence: Evidence, pages: tuple[PaintedPage, ...]) -> Iterator[Finding]:
    """Yield pages whose content ends far above their foot."""
    boxes = {page.number: [*_content(evidence, page)] for page in evidence.pages}
    top = max((box[3] for inner in boxes.values() for box in inner), default=0.0)
    for page in pages:
        foot = _foot(evidence, page)
        lowest = min((b[1] for b in boxes[page.number] if b[1] > foot), default=top)
        share = (top - lowest) / (top - foot) if top > foot else 1.0
        if share < FILLED:
            said = (
                f"{share:.0%} of the page is filled; shorten the text by what stands here, make "
                "what had no room on the page smaller, or let the text have `::: notes` at its end"
            )
            yield Finding("page-composition", "warning", said, f"page {page.number + 1}")


def _content(evidence: Evidence, page: PaintedPage) -> Iterator[Box]:
    """Yield the boxes of lines of text, of pictures and of rules that show on a page."""
    for line in evidence.lines[page.number]:
        if evidence.tree.in_text(page.number, line.first.mcid):
            yield line.ink
    height = page.trim[3] - page.trim[1]
    for mark in page.marks:
        x, y, x2, y2 = mark.shown
        # What is as high as the page is its ground.
        if x2 > x and y2 > y and y2 - y < 0.9 * height:
            yield mark.shown


def _foot(evidence: Evidence, page: PaintedPage) -> float:
    """Return where the foot of a page begins, with its rule, in points from below."""
    _, bottom, _, top = page.trim
    margins = [
        line.ink[3]
        for line in evidence.lines[page.number]
        if not evidence.tree.in_text(page.number, line.first.mcid)
        and line.ink[3] < (bottom + top) / 2
    ]
    return max(margins, default=bottom) + ABOVE_FOOT_PT


def _imprint_alone(evidence: Evidence) -> bool:
    """Return whether the last page begins with the heading or a sentence of the imprint."""
    last = len(evidence.pages) - 1
    leaves = (leaf for leaf in evidence.leaves if leaf.page == last)
    first = next((leaf for leaf in leaves if evidence.tree.in_text(last, leaf.mcid)), None)
    if first is None:
        return False
    heading = "About this leaflet"
    labels = {normalised(heading), normalised(evidence.leaflet.labels.get(heading, heading))}
    own = {
        leaf.element.block
        for exhibit in exhibits(evidence)
        if exhibit.rule.placement == "last-page"
        for leaf in exhibit.leaves
    }
    block = first.element.block
    return block in own or evidence.normal_text[block] in labels


def _lonely_headings(evidence: Evidence) -> Iterator[Finding]:
    """Yield headings whose text begins on the next page."""
    for number, element in enumerate(evidence.blocks):
        if element.kind not in _HEADINGS:
            continue
        following = next((e for e in evidence.blocks[number + 1 :] if e.rank >= element.end), None)
        pages = [leaf.page for leaf in element.leaves()]
        after = [leaf.page for leaf in following.leaves()] if following else []
        if pages and after and after[0] > pages[-1]:
            said = (
                f"the heading ‘{evidence.text(element)[:50]}’ stands alone at the foot of the "
                "page; keep it with the text behind it"
            )
            yield Finding("page-composition", "error", said, f"page {pages[-1] + 1}")
