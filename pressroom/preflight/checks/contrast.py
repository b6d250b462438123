"""Measure the contrast of all text with what is behind it, in colour and in grey.

Leaflets are photocopied; what differs in hue alone is one grey on the copy.
Large type (18 pt, or 14 pt in bold) needs 3:1, all else 4.5:1.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...core.model import Finding
from ..evidence import Evidence
from ..pdf.colour import contrast, grey
from ..text.legibility import colours

CODES = ("contrast",)
SOURCE = "WCAG 2.2, 1.4.3"
BAD = "#999999 on white: 2.8:1"
GOOD = "#111111 on white; white on black in the title of a box"

LEAST = 4.5
LEAST_LARGE = 3.0
LARGE_PT = 18.0
LARGE_BOLD_PT = 14.0
#: Most findings; more say nothing new.
MOST = 6


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield lines that are too faint on their ground."""
    count = 0
    for line in (line for lines in evidence.lines for line in lines):
        run = line.first
        found = None if run.invisible else colours(evidence, line)
        if found is None:
            continue
        letter, ground = found
        large = run.size_pt >= (LARGE_BOLD_PT if run.font.bold else LARGE_PT)
        least = LEAST_LARGE if large else LEAST
        ratios = (
            (contrast(letter, ground), ""),
            (contrast((grey(letter),) * 3, (grey(ground),) * 3), " in grey"),
        )
        for ratio, how in ratios:
            if ratio < least - 0.005:
                count += 1
                if count <= MOST:
                    said = (
                        f"‘{evidence.quote(line)}’ has a contrast of {ratio:.1f}:1{how}, it needs "
                        f"{least:g}:1; make it darker, or its ground lighter"
                    )
                    yield Finding("contrast", "error", said, f"page {run.page + 1}")
                break
