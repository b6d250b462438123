"""Hold all type at or above its floor.

12 pt for what patients read; 18 in large print, and 16 in its emergency box, which has to be
whole on the first page. Small print such as sources is never below 9 pt, with 3 mm from line to
line. What is raised or lowered within a line has three quarters of its size. The size is what
reaches the paper, whatever scales it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from ...core.model import EDITIONS, Finding, Span, plain
from ...fonts.scripts import script_of
from ..evidence import Evidence
from ..text.messages import placed

CODES = ("type-too-small",)
SOURCE = "UKAAF G003; California H&S 123222.1 (12 pt); EC readability guideline 2009 (9 pt, 3 mm)"
BAD = "body text at 11 pt; small print at 8 pt"
GOOD = "12 pt and more; small print 9 pt and more"

#: Floor of small print in points, and of the distance of its lines (3 mm).
SMALL_PT = 9.0
LINE_PT = 3 / 25.4 * 72
TOLERANCE_PT = 0.05
#: Size of what is raised or lowered, as a share of the size of its line.
SHIFTED = 0.75
#: Most findings; more say nothing new.
MOST = 6


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield each message and each other text below its floor."""
    leaflet = evidence.leaflet
    edition, least_pt = EDITIONS[leaflet.edition], script_of(leaflet.locale).least_pt
    boxed = {
        inner.message.anchor
        for rank in leaflet.topic.emergency
        for inner in rank.walk()
        if inner.message
    }
    reported: set[int] = set()
    count = 0
    for expected, found in placed(evidence):
        own = not expected.anchor.startswith("src-")
        in_box = expected.anchor.removeprefix("src-") in boxed
        floor = max(edition.box_floor_pt if in_box else edition.floor_pt, least_pt)
        words = leaflet.words if own else leaflet.source_words
        shifted = set(_shifted(words[expected.anchor.removeprefix("src-")]))
        runs = [
            run
            for element in found or ()
            for run in evidence.runs_in(*element.leaves())
            if run.ink is not None
        ]
        reported.update(id(run) for run in runs)
        level = [r for r in runs if r.text not in shifted or r.size_pt < SHIFTED * floor]
        small = min(level, key=lambda run: run.size_pt, default=None)
        if small is not None and small.size_pt * evidence.reduction < floor - TOLERANCE_PT:
            count += 1
            if count <= MOST:
                said = (
                    f"the message {expected.anchor} is set in "
                    f"{small.size_pt * evidence.reduction:.3g} pt, the floor is "
                    f"{floor:g} pt; take the smaller size out of the stylesheet"
                )
                yield Finding("type-too-small", "error", said, f"page {small.page + 1}")
    for run in evidence.runs:
        if id(run) in reported or run.size_pt >= SMALL_PT - TOLERANCE_PT:
            continue
        if run.ink is None:
            continue
        count += 1
        if count <= MOST:
            text = run.text.strip()[:40]
            said = (
                f"‘{text}’ is set in {run.size_pt:.3g} pt; nothing is set below {SMALL_PT:g} pt: "
                "take the smaller size out of the stylesheet"
            )
            yield Finding("type-too-small", "error", said, f"page {run.page + 1}")
    yield from _tight_lines(evidence)


def _shifted(spans: Iterable[Span]) -> Iterator[str]:
    """Yield what is raised or lowered in a text."""
    for span in spans:
        if span.kind in ("raised", "lowered"):
            yield plain(span.children)
        yield from _shifted(span.children)


def _tight_lines(evidence: Evidence) -> Iterator[Finding]:
    """Yield the first two lines of the leaflet that are less than 3 mm apart."""
    for lines in evidence.lines:
        ordered = sorted(lines, key=lambda line: -line.first.baseline)
        for number, one in enumerate(ordered):
            for other in itertools.islice(ordered, number + 1, None):
                apart = one.first.baseline - other.first.baseline
                if apart >= LINE_PT - 0.2:
                    break
                beside = one.ink[2] <= other.ink[0] or other.ink[2] <= one.ink[0]
                if beside or apart <= 0.3 * one.first.size_pt:
                    continue
                said = (
                    f"the lines ‘{evidence.quote(one)}’ and ‘{evidence.quote(other)}’ are "
                    f"{apart / 72 * 25.4:.1f} mm apart, 3 mm is the least; make the line height "
                    "larger"
                )
                yield Finding("type-too-small", "error", said, f"page {one.first.page + 1}")
                return
