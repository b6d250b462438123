"""Tell whether painted glyphs can be read on paper: Evidence and runs -> what hides them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .evidence import Evidence
from .ink import Box, Mark, Run, meet, union
from .raster import Views, contrast, shown

#: Least contrast of letters with what is behind them (WCAG 2.2, 1.4.3).
LEAST_CONTRAST = 4.5
#: Share of a letter's ink that has to show.
LEAST_SHARE = 0.7
#: How far ink may reach beyond the page or a clip, in points: a swash, not a letter.
TOLERANCE_PT = 0.5
#: A thin mark through the middle of letters strikes them out: its greatest height, and the
#: zone of the letters that it crosses, in ems.
STROKE_EM = 0.2
STRUCK_EM = (0.12, 0.55)


def outside(run: Run, page: Box) -> bool:
    """Tell whether any letter of a run reaches beyond the page or what its clip lets through."""
    bounds = meet(page, run.clip)
    assert bounds is not None
    left, bottom, right, top = bounds
    return any(
        box[0] < left - TOLERANCE_PT
        or box[1] < bottom - TOLERANCE_PT
        or box[2] > right + TOLERANCE_PT
        or box[3] > top + TOLERANCE_PT
        for _, box in run.ink_boxes()
    )


def what_hides(
    evidence: Evidence, runs: Sequence[Run], views: dict[int, Views]
) -> tuple[str, int, str] | None:
    """Say what keeps letters from being read, on which page, and which letters; None if nothing."""
    for run in runs:
        boxes = list(run.ink_boxes())
        if not boxes:
            continue
        sheet = evidence.sheets[run.page]
        text = "".join(run.font.texts.get(gid, "") for gid in run.gids)
        if run.mode in (3, 7):
            return "is painted in a mode that leaves no ink", run.page, text
        if outside(run, sheet.box):
            return "reaches beyond the page or the box that cuts it off", run.page, text
        if struck(sheet.marks, run, union([box for _, box in boxes])):
            return "is struck through", run.page, text
        view = views[run.page]
        shares = [(number, shown(view, box, LEAST_CONTRAST)) for number, box in boxes]
        known = [(number, share) for number, share in shares if share is not None]
        if not known:
            return "leaves too little ink to be seen", run.page, text
        for number, share in known:
            if share < LEAST_SHARE:
                letter = run.font.texts.get(run.gids[number], "")
                return (
                    f"is too faint, covered or cut off (‘{letter}’ in ‘{text[:40]}’)",
                    run.page,
                    text,
                )
        ground = evidence.ground(run, union([box for _, box in boxes]))
        if run.colour is not None and ground is not None:
            mixed = tuple(
                c * run.alpha + g * (1 - run.alpha) for c, g in zip(run.colour, ground, strict=True)
            )
            ratio = contrast((mixed[0], mixed[1], mixed[2]), ground)
            if ratio < LEAST_CONTRAST:
                return f"has a contrast of {ratio:.1f}:1, less than 4.5:1", run.page, text
    return None


def struck(marks: Iterable[Mark], run: Run, ink: Box) -> bool:
    """Tell whether a thin mark runs through the middle of a run's letters."""
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
            len(mark.parts) >= 2
            and any(
                part[0] <= left and part[1] <= bottom and part[2] >= right and part[3] >= top
                and part != outer
                for part in mark.parts
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
