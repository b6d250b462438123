"""Follow a text over its pages as a reader does: pieces in logical order -> whether each goes on.

A reader goes on along the line, to the start of the next one, to the next
column or the next page. A piece anywhere else is read in another order than
it was written in, or not at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .ink import Box

_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
#: Pieces whose baselines differ by less than this, in ems, stand on one line.
SAME_LINE_EM = 0.5
#: Slack in points: what kerning and swashes may reach back.
SLACK_PT = 1.5


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that is painted in one go on one line."""

    page: int
    baseline: float
    size_pt: float
    ink: Box
    text: str


@dataclass(slots=True)
class Path:
    """What was read of a text, column by column."""

    rtl: bool
    _last: Piece | None = None
    #: Where the column begins and ends along the line, measured from the side of reading;
    #: and where the one before it ended.
    _column: tuple[float, float] = (0.0, 0.0)
    _before: float = field(default=float("-inf"))

    def goes_on(self, piece: Piece) -> bool:
        """Read another piece. Tell whether it stands where a reader goes on."""
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

    def _embedded(self, one: Piece, other: Piece) -> bool:
        """Tell whether two pieces may run the other way than the text around them."""
        if self.rtl:
            return not _RTL.search(one.text) and not _RTL.search(other.text)
        return bool(_RTL.search(one.text) and _RTL.search(other.text))
