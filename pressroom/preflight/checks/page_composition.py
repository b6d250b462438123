"""Find pages and lines that look unfinished: nearly empty, an imprint alone, parted groups.

A reader who turns to a page with three lines on it looks for what is missing, and a heading at the
foot of a page promises what is not there. A Thai line that begins with ๆ, a Burmese one with the
consonant that closes the syllable before it, a Japanese one with a full stop makes the eye stumble,
and a number at the end of a line loses its unit. All is read from what is painted: how far down
text, pictures and lines to write on reach, and which words and letters stand where.

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
from ..text.line_ends import broken_wrongly
from ..text.normalise import normalised

CODES = ("page-composition",)
SOURCE = "a review of all editions; UAX #14; JIS X 4051; the grammars of the languages"
BAD = "a last page with the imprint alone; a Thai line that begins with ๆ; ‘500’ at the end of one"
GOOD = "each page at least 70% full, with its lines to write on; ‘500 mg’ on one line"

#: Least share of the height for text that a page of several fills.
FILLED = 0.7
#: Room above the foot in points, in which its rule stands: 3 mm.
ABOVE_FOOT_PT = 3 / 25.4 * 72
_HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield pages that are nearly empty, an imprint alone, and headings and lines badly parted."""
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
    yield from broken_wrongly(evidence)


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
