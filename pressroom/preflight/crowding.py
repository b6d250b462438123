"""Find text that stands on other text: Evidence -> pairs of lines, page by page."""

from __future__ import annotations

import bisect

from .evidence import Evidence
from .ink import Line

#: Lines nearer to each other than this, in ems, stand on each other: a small letter is half an em.
NEAR_EM = 0.6
#: Within a paragraph, letters may be raised by this, in ems.
RAISED_EM = 0.3
#: Least overlap along the line: in points, and in ems for pieces of one line.
ALONG_PT = 2.0
ALONG_EM = 1.5

Pair = tuple[Line, Line]


def crowded(evidence: Evidence, page: int) -> tuple[Pair, ...]:
    """Give the lines of a page that stand on each other. Made once."""
    memory: dict[int, tuple[Pair, ...]] = evidence.shared.setdefault("crowded", {})
    if page not in memory:
        memory[page] = tuple(_pairs(evidence, page))
    return memory[page]


def crowds(evidence: Evidence, page: int, mcids: set[int]) -> Line | None:
    """Give a line that stands on text with one of these MCIDs; None where nothing does."""
    for one, other in crowded(evidence, page):
        if one.first.mcid in mcids:
            return other
        if other.first.mcid in mcids:
            return one
    return None


def _pairs(evidence: Evidence, page: int) -> list[Pair]:
    lines = [
        line
        for line in evidence.lines[page]
        if line.first.mcid is not None and line.first.mode not in (3, 7)
    ]
    lines.sort(key=lambda line: line.first.baseline)
    baselines = [line.first.baseline for line in lines]
    most = NEAR_EM * max((line.first.size_pt for line in lines), default=0.0)
    found = []
    for number, one in enumerate(lines):
        for other in lines[number + 1 : bisect.bisect_right(baselines, baselines[number] + most)]:
            if _on_each_other(evidence, one, other):
                found.append((one, other))
    return found


def _on_each_other(evidence: Evidence, one: Line, other: Line) -> bool:
    """Tell whether the bodies of two lines' letters meet."""
    a, b = one.first, other.first
    along = min(one.ink[2], other.ink[2]) - max(one.ink[0], other.ink[0])
    size = min(a.size_pt, b.size_pt)
    apart = abs(a.baseline - b.baseline)
    if along <= ALONG_PT or apart >= NEAR_EM * size or a.mcid == b.mcid:
        return False
    owners = evidence.tree.owners
    blocks = [owners.get((a.page, run.mcid)) for run in (a, b) if run.mcid is not None]
    same = None not in blocks and blocks[0].block is blocks[1].block  # type: ignore[union-attr]
    return not same or apart > RAISED_EM * size or along > ALONG_EM * size
