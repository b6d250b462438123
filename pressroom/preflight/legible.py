"""Tell whether painted glyphs can be read on paper: Evidence and runs -> what hides them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .crowding import crowds
from .evidence import Evidence
from .ink import Box, Colour, Line, Mark, Run, lines_of, meet
from .raster import Views, all_there, contrast, grey, painted, shown

#: Least contrast of letters with what is behind them (WCAG 2.2, 1.4.3).
LEAST_CONTRAST = 4.5
#: Share of a letter's ink that has to stand out from what is behind it.
LEAST_SHARE = 0.7
#: Share of a letter's ink that has to be there at all: a dot is a tenth of some letters.
LEAST_WHOLE = 0.95
#: Length of a line, as a share of what its letters need, below which they overlap.
LEAST_LENGTH = 0.75
#: Usual distance of a line's letters beyond their own, in ems, above which they are no words.
MOST_GAP_EM = 0.5
#: How far ink may reach beyond the page or a clip, in points: a swash, not a letter.
TOLERANCE_PT = 0.5
#: A thin mark through the middle of letters strikes them out: its greatest height, and the
#: zone of the letters that it crosses, in ems.
STROKE_EM = 0.2
STRUCK_EM = (0.12, 0.55)


def outside(line: Line, page: Box) -> bool:
    """Tell whether any letter of a line reaches beyond the page or what its clip lets through."""
    bounds = meet(page, line.first.clip)
    assert bounds is not None
    return (
        line.ink[0] < bounds[0] - TOLERANCE_PT
        or line.ink[1] < bounds[1] - TOLERANCE_PT
        or line.ink[2] > bounds[2] + TOLERANCE_PT
        or line.ink[3] > bounds[3] + TOLERANCE_PT
    )


def what_hides(
    evidence: Evidence, runs: Sequence[Run], views: dict[int, Views]
) -> tuple[str, int] | None:
    """Say what keeps letters from being read, and on which page; None where nothing does."""
    # Beside letters of another colour, no part of the ink is known to be this one's.
    plain = len({(run.colour, run.alpha) for run in runs}) == 1
    for line in lines_of(runs):
        run = line.first
        said = _hides(evidence, line) or _faint(evidence, line, views[run.page], plain)
        if said:
            return said, run.page
        ratio = colour_contrast(evidence, line)
        if ratio is not None and ratio < LEAST_CONTRAST:
            return f"has a contrast of {ratio:.1f}:1, less than 4.5:1", run.page
    return None


def _hides(evidence: Evidence, line: Line) -> str:
    """Say what the content stream tells of hidden letters."""
    sheet = evidence.sheets[line.first.page]
    if line.first.mode in (3, 7):
        return "is painted in a mode that leaves no ink"
    if outside(line, sheet.box):
        return "reaches beyond the page or the box that cuts it off"
    if struck(sheet.marks, line):
        return "is struck through"
    if not all(run.upright for run in line.runs):
        return "is mirrored, turned or slanted"
    if line.length_share < LEAST_LENGTH or line.steps_back:
        return "has letters that stand on top of each other"
    if line.gap_em > MOST_GAP_EM:
        return "has letters that stand too far apart to be words"
    mcid = line.first.mcid
    other = crowds(evidence, line.first.page, set() if mcid is None else {mcid})
    if other is not None:
        return f"stands on top of ‘{evidence.quote(other)}’"
    return ""


def _faint(evidence: Evidence, line: Line, view: Views, plain: bool) -> str:
    """Say which letter the raster does not show well enough."""
    known = False
    greys = [_grey_of(run) if plain else None for run in line.runs]
    whole_line = None if None in greys else greys[0]
    if whole_line is not None and all_there(view, line.ink, whole_line, LEAST_CONTRAST):
        return ""
    for run, letter in zip(line.runs, greys, strict=True):
        for number, box in run.ink_boxes():
            share = shown(view, box, LEAST_CONTRAST)
            known = known or share is not None
            whole = None if letter is None else painted(view, box, letter)
            if (share is not None and share < LEAST_SHARE) or (
                whole is not None and whole < LEAST_WHOLE
            ):
                text = run.font.texts.get(run.gids[number], "")
                return f"is too faint, covered or cut off (‘{text}’ in ‘{evidence.quote(line)}’)"
    return "" if known else "leaves too little ink to be seen"


def _grey_of(run: Run) -> float | None:
    """Give the grey of letters, 0 to 255; None where they are not simply painted."""
    if run.colour is None or run.alpha != 1 or run.masked:
        return None
    return 255 * grey(run.colour)


def colours(evidence: Evidence, line: Line) -> tuple[Colour, Colour] | None:
    """Give the colour of letters, mixed with what shines through, and of what is behind them."""
    run = line.first
    if run.colour is None:
        return None
    ground = evidence.ground(run, line.ink)
    if ground is None:
        return None
    (r, g, b), (r2, g2, b2), a = run.colour, ground, run.alpha
    return (r * a + r2 * (1 - a), g * a + g2 * (1 - a), b * a + b2 * (1 - a)), ground


def colour_contrast(evidence: Evidence, line: Line) -> float | None:
    """Give the contrast of letters with their ground in colour; None where only a raster tells."""
    found = colours(evidence, line)
    return contrast(*found) if found else None


def struck(marks: Iterable[Mark], line: Line) -> bool:
    """Tell whether a thin mark runs through the middle of a line's letters."""
    run, ink = line.first, line.ink
    size = run.size_pt
    low, high = run.baseline + STRUCK_EM[0] * size, run.baseline + STRUCK_EM[1] * size
    for mark in marks:
        left, bottom, right, top = mark.shown
        if (
            mark.alpha > 0.05
            and top - bottom <= STROKE_EM * size
            and low <= (top + bottom) / 2 <= high
            and min(right, ink[2]) - max(left, ink[0]) >= min(size, 0.6 * (ink[2] - ink[0]))
        ):
            return True
    return False


def framed(marks: Iterable[Mark], ink: Box) -> bool:
    """Tell whether a border stands on all four sides of a box."""
    left, bottom, right, top = ink
    sides = [False] * 4
    for mark in marks:
        if mark.alpha < 0.5 or (mark.colour is not None and contrast(mark.colour, (1, 1, 1)) < 3):
            continue
        outer = mark.shown
        around = outer[0] <= left and outer[1] <= bottom and outer[2] >= right and outer[3] >= top
        hollow = mark.kind == "stroke" or (
            len(mark.outlines) >= 2
            and any(
                part[0] <= left and part[1] <= bottom and part[2] >= right and part[3] >= top
                and part != outer
                for part in mark.outlines
            )
        )  # fmt: skip
        if around and hollow:
            return True
        wide = outer[0] <= left + 1 and outer[2] >= right - 1
        high = outer[1] <= bottom + 1 and outer[3] >= top - 1
        thin = 6.0
        if wide and outer[3] - outer[1] <= thin:
            sides[0] |= outer[1] >= top - 1
            sides[1] |= outer[3] <= bottom + 1
        if high and outer[2] - outer[0] <= thin:
            sides[2] |= outer[2] <= left + 1
            sides[3] |= outer[0] >= right - 1
    return all(sides)
