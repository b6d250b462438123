"""Find what the page has no room for.

Content that is too wide runs off the page without a word from the typesetter;
what a fixed height cuts off is simply not there. Every message of the leaflet
has to stand on its pages, inside of them, and not on top of other text.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model import Finding
from ..crowding import crowded
from ..evidence import Evidence
from ..ink import Box, Line, Sheet
from ..legible import outside
from ..messages import placed
from ..words import essence

CODES = ("overflow",)
SOURCE = "issue of the house: nothing leaves the page, its margins or its box"
BAD = "a table that leaves the paper; a label whose second line went to the next page"
GOOD = "every message once, in order, inside the page, and on top of nothing"

#: What printers leave white at the edge of the paper, in points (3 mm).
UNPRINTABLE_PT = 8.5
#: A line that begins nearer to the edge of the paper stands in the margin itself, in points.
LEAST_MARGIN_PT = 20.0
#: How far ink may reach into the margin, in points.
MARGIN_PT = 3.0
#: Shorter texts may be repeated: a name, or a number.
LEAST_LETTERS = 12
#: Most findings of one kind on a page.
MOST = 4


def check(evidence: Evidence) -> Iterator[Finding]:
    """Give what is missing, what leaves the page, and what stands on top of other text."""
    for expected, found in placed(evidence):
        if not found and not expected.alike:
            said = (
                f"the message {expected.anchor} (‘{expected.text[:50]}’) is not on the page; "
                "make room for it, or put it back into the template"
            )
            yield Finding("overflow", "error", said, expected.where)
    yield from _twice(evidence)
    for sheet in evidence.sheets:
        yield from _beyond(evidence, sheet)
        yield from _collisions(evidence, sheet)
    yield from _in_the_margin(evidence)
    yield from _lonely_headings(evidence)


def _twice(evidence: Evidence) -> Iterator[Finding]:
    """Find messages that stand on the page more often than in the source."""
    labels = {essence(text) for text in evidence.leaflet.labels.values()}
    texts = [essence(expected.text) for expected, _ in placed(evidence)]
    said: set[str] = set()
    for (expected, _), text in zip(placed(evidence), texts, strict=True):
        if len(text) < LEAST_LETTERS or text in labels or text in said:
            continue
        said.add(text)
        # An element with nothing else around it has the same words as its parent.
        stands = sum(
            element.parent is None or evidence.essences[element.parent] != text
            for element in evidence.by_essence.get(text, ())
        )
        if stands > texts.count(text):
            yield Finding(
                "overflow",
                "error",
                f"the message {expected.anchor} (‘{expected.text[:50]}’) stands {stands} times; "
                "print it once",
                expected.where,
            )


def _beyond(evidence: Evidence, sheet: Sheet) -> Iterator[Finding]:
    """Find letters and marks that leave the paper."""
    left, bottom, right, top = sheet.box
    e = UNPRINTABLE_PT
    inner = (left + e, bottom + e, right - e, top - e)
    where = f"page {sheet.number + 1}"
    lines = evidence.lines[sheet.number]
    beyond = [line for line in lines if line.first.mode not in (3, 7) and outside(line, inner)]
    for line in beyond[:MOST]:
        said = (
            f"‘{evidence.quote(line)}’ reaches over the edge of the paper, or is cut off by its "
            "box; let the line break, or make its box wider"
        )
        yield Finding("overflow", "error", said, where)
    for mark in sheet.marks:
        x, y, x2, y2 = mark.shown
        whole = x <= left + 1 and x2 >= right - 1
        if (x < left - 1 or x2 > right + 1 or y < bottom - 1 or y2 > top + 1) and not whole:
            if x2 <= x or y2 <= y:
                continue
            said = "a box or a picture reaches over the edge of the paper; make it smaller"
            yield Finding("overflow", "error", said, where)
            break


def _collisions(evidence: Evidence, sheet: Sheet) -> Iterator[Finding]:
    """Find text that stands on top of other text."""
    for one, other in crowded(evidence, sheet.number)[:MOST]:
        said = (
            f"‘{evidence.quote(one)}’ and ‘{evidence.quote(other)}’ stand on top of each other; "
            "give them room"
        )
        yield Finding("overflow", "error", said, f"page {sheet.number + 1}")


def _text_lines(evidence: Evidence, sheet: Sheet) -> list[tuple[Box, Line]]:
    """Give the lines of a page that belong to its text, not to its margins."""
    strays = evidence.tree.strays.get(sheet.number, ())
    lines: list[tuple[Box, Line]] = []
    for line in evidence.lines[sheet.number]:
        mcid = line.first.mcid
        owner = evidence.tree.owners.get((sheet.number, mcid)) if mcid is not None else None
        if owner is not None and not any(top.holds(owner) for top in strays):
            lines.append((line.ink, line))
    return lines


def _in_the_margin(evidence: Evidence) -> Iterator[Finding]:
    """Find text that reaches into the margin opposite to the edge where lines begin.

    The margin is that of all pages: on one of them, every line may stand in a box.
    """
    rtl = evidence.leaflet.locale.direction == "rtl"
    pages = [(sheet, _text_lines(evidence, sheet)) for sheet in evidence.sheets]
    starts = [
        sheet.box[2] - box[2] if rtl else box[0] - sheet.box[0]
        for sheet, lines in pages
        for box, _ in lines
    ]
    margin = min((start for start in starts if start > LEAST_MARGIN_PT), default=0.0)
    for sheet, lines in pages:
        left, right = sheet.box[0] + margin, sheet.box[2] - margin
        for box, line in lines:
            over = left - box[0] if rtl else box[2] - right
            if over > MARGIN_PT:
                said = (
                    f"‘{evidence.quote(line)}’ reaches {over / 72 * 25.4:.0f} mm into the margin; "
                    "let it break, or make its box wider"
                )
                yield Finding("overflow", "warning", said, f"page {sheet.number + 1}")
                break


def _lonely_headings(evidence: Evidence) -> Iterator[Finding]:
    """Find headings whose text begins on the next page."""
    elements = [
        element
        for element in evidence.tree.elements
        if element.block is element and evidence.essences[element]
    ]
    for number, element in enumerate(elements):
        if element.kind not in ("H1", "H2", "H3", "H4", "H5", "H6"):
            continue
        following = next((e for e in elements[number + 1 :] if e.rank >= element.end), None)
        pages = [leaf.page for leaf in element.leaves()]
        after = [leaf.page for leaf in following.leaves()] if following else []
        if pages and after and after[0] > pages[-1]:
            said = (
                f"the heading ‘{evidence.text(element)[:50]}’ stands alone at the foot of the "
                "page; keep it with the text behind it"
            )
            yield Finding("overflow", "warning", said, f"page {pages[-1] + 1}")
