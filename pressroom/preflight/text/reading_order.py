"""Compare the order in which text is read with the order in which it stands on the page.

Within a text: a reader goes on along the line, to the start of the next one, to the next column
or the next page. A piece anywhere else is read in another order than it was written in, or not at
all.

Between blocks: a listener hears them in the order of the source; a reader goes down the column
and on to the next page. Only blocks of one column are compared, not those side by side, and none
that may stand elsewhere, such as labels of a picture, the caption of a table, or a footnote.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...core.directions import has_rtl
from ..evidence import Evidence
from ..pdf.geometry import Box, union
from ..pdf.structure import Element

#: Pieces whose baselines differ by less than this, in ems, stand on one line.
SAME_LINE_EM = 0.5
#: How far kerning and swashes may reach back, in points.
SLACK_PT = 1.5
#: Kinds of elements that may stand elsewhere than where they are read.
ELSEWHERE = frozenset({"Figure", "Caption", "Lbl", "Note", "FENote"})
#: Share of the narrower of two blocks that the other covers, where both are of one column.
ONE_COLUMN = 0.5
#: How far letters of neighbouring blocks may reach into each other, in points.
OVERLAP_PT = 2.0


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Text that is painted in one go on one line."""

    page: int
    baseline: float
    size_pt: float
    ink: Box
    text: str


@dataclass(slots=True)
class ReadingPath:
    """How far a text was read, column by column."""

    rtl: bool
    _last: TextPiece | None = None
    #: Begin and end of the column along the line, in points in the direction of reading, and the
    #: end of the column before it.
    _column: tuple[float, float] = (0.0, 0.0)
    _before: float = field(default=float("-inf"))

    def goes_on(self, piece: TextPiece) -> bool:
        """Read the next piece. Return whether it stands where a reader goes on."""
        left, _, right, _ = piece.ink
        start, end = (-right, -left) if self.rtl else (left, right)
        last, self._last = self._last, piece
        if last is None or piece.page != last.page:
            self._column, self._before = (start, end), float("-inf")
            return last is None or piece.page > last.page
        last_start, last_end = (-last.ink[2], -last.ink[0]) if self.rtl else last.ink[::2]
        drop = last.baseline - piece.baseline
        near = SAME_LINE_EM * max(last.size_pt, piece.size_pt)
        begins, ends = self._column
        if drop < -near:
            # Higher up: the next column.
            self._column, self._before = (start, end), ends
            return start >= ends - SLACK_PT
        self._column = min(begins, start), max(ends, end)
        if drop > near:
            # A new line does not begin behind the end of the last one.
            return self._before - SLACK_PT <= start < last_end
        return self._embedded(last, piece) or start >= last_start - SLACK_PT

    def _embedded(self, one: TextPiece, other: TextPiece) -> bool:
        """Return whether two pieces may run the other way than the text around them."""
        if self.rtl:
            return not has_rtl(one.text) and not has_rtl(other.text)
        return has_rtl(one.text) and has_rtl(other.text)


def _placed(evidence: Evidence) -> Iterator[tuple[Element, int, Box]]:
    """Yield each block with each page it stands on and the box of its ink, in reading order."""
    found: dict[tuple[Element, int], list[Box]] = {}
    for top in evidence.tree.elements:
        if top.parent is not None:
            continue
        for leaf in top.leaves():
            runs = evidence.runs_in(leaf)
            ink = [run.ink for run in runs if run.ink is not None and not run.invisible]
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
    """Yield two blocks, and a page, where the second stands before the first but is read after."""
    before: list[tuple[Element, int, Box]] = []
    begun: set[Element] = set()
    for block, page, box in _placed(evidence):
        for other, there, above in before:
            if other is block:
                continue
            earlier = page < there and block not in begun
            higher = page == there and box[1] >= above[3] - OVERLAP_PT and _one_column(box, above)
            if earlier or higher:
                yield other, block, page
                break
        begun.add(block)
        before.append((block, page, box))
