"""Compare the order in which blocks are read with that in which they stand: Evidence -> pairs.

A listener hears the blocks in the order of the source; a reader goes down the
column and on to the next page. Only what a reader can tell counts: blocks of
one column, not those side by side, and nothing that may stand elsewhere, such
as labels of a picture, the caption of a table, or a footnote.
"""

from __future__ import annotations

from collections.abc import Iterator

from .evidence import Evidence
from .ink import Box, union
from .tree import Element

#: Kinds that may stand elsewhere than where they are read.
ELSEWHERE = frozenset({"Figure", "Caption", "Lbl", "Note", "FENote"})
#: Share of the narrower of two blocks that the other covers, where both are of one column.
ONE_COLUMN = 0.5
#: How far letters of neighbouring lines may reach into each other, in points.
SLACK_PT = 2.0


def _placed(evidence: Evidence) -> Iterator[tuple[Element, int, Box]]:
    """Give blocks in the order of reading, with each page that they begin on or go on to."""
    found: dict[tuple[Element, int], list[Box]] = {}
    for top in evidence.tree.elements:
        if top.parent is not None:
            continue
        for leaf in top.leaves():
            ink = [
                run.ink
                for run in evidence.runs_of.get((leaf.page, leaf.mcid), ())
                if run.ink is not None and run.mode not in (3, 7)
            ]
            if ink and not _elsewhere(leaf.element):
                found.setdefault((leaf.element.block, leaf.page), []).extend(ink)
    for (block, page), boxes in found.items():
        yield block, page, union(boxes)


def _elsewhere(element: Element) -> bool:
    here: Element | None = element
    while here is not None:
        if here.kind in ELSEWHERE:
            return True
        here = here.parent
    return False


def _one_column(one: Box, other: Box) -> bool:
    shared = min(one[2], other[2]) - max(one[0], other[0])
    return shared > ONE_COLUMN * min(one[2] - one[0], other[2] - other[0])


def out_of_order(evidence: Evidence) -> Iterator[tuple[Element, Element, int]]:
    """Give blocks that stand before what is read before them: the two, and the page."""
    before: list[tuple[Element, int, Box]] = []
    begun: set[Element] = set()
    for block, page, box in _placed(evidence):
        for other, there, above in before:
            if other is block:
                continue
            earlier = page < there and block not in begun
            higher = page == there and box[1] >= above[3] - SLACK_PT and _one_column(box, above)
            if earlier or higher:
                yield other, block, page
                break
        begun.add(block)
        before.append((block, page, box))
