"""Judge whether painted lines can be read on paper: Evidence and a line -> what hides it."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Sequence

from ...core.directions import has_rtl
from ..evidence import Evidence, found_once
from ..pdf.colour import Colour, contrast, grey
from ..pdf.geometry import Box, meet, union, widened
from ..pdf.ink import all_there, crossed, painted, shown
from ..pdf.marks import GlyphRun, Mark, TextLine
from ..pdf.raster import DPI, Raster, Views, background, views
from ..pdf.structure import Leaf
from .normalise import normalised

#: Least contrast of letters with what is behind them (WCAG 2.2, 1.4.3).
LEAST_CONTRAST = 4.5
#: Share of a letter's ink that has to stand out from what is behind it.
LEAST_SHARE = 0.7
#: Share of a letter's ink that has to be there at all: a dot is a tenth of some letters.
LEAST_WHOLE = 0.95
#: Size of a dot of a letter, in points, of which few dots of the raster have the whole ink: that
#: the line is faint is seen of its other letters.
TINY_PT = 2.5
#: Length of a line, as a share of what its letters need, below which they overlap.
LEAST_LENGTH = 0.75
#: How far ink of East Asian letters may reach into the next, in ems: each fills its square, so they
#: overlap where their advances are nearly whole. Honest lines stay below -0.04.
MOST_OVERLAP_EM = 0.03
#: Distance of letters beyond their advances, in ems, above which they are no words: that of words
#: from each other; half a letter in East Asian text, which has none; where letters join, less.
MOST_GAP_EM, MOST_WIDE_GAP_EM, MOST_JOINED_GAP_EM = 0.25, 0.5, 0.12
#: White space between words, in ems, below which they run together.
LEAST_SPACE_EM = 0.12
#: Lines of a text, and their mean length in ems, from which it has but a few letters a line; and
#: the distance of baselines, in ems, below which pieces stand on one line.
MANY_ROWS, NARROW_EM, ROW_EM = 5, 3.0, 0.5
#: Two dots of a raster in points: as far as a letter may share dots with another.
DOT_PT = 2 * 72 / DPI
#: How far ink may reach beyond the page or a clip, in points: a swash, not a letter.
TOLERANCE_PT = 0.5
#: A thin mark through the middle of letters strikes them out: its greatest height, and the
#: zone of the letters that it crosses, in ems.
STROKE_EM = 0.2
STRUCK_EM = (0.12, 0.55)
#: Lines nearer to each other than this, in ems, stand on each other: a tall letter and the tail of
#: the one above it take an em, and few lines have both in one place.
NEAR_EM = 0.85
#: How far letters may be raised within a paragraph, in ems.
RAISED_EM = 0.3
#: Least overlap along the line: in points, and in ems for pieces of one line.
ALONG_PT = 2.0
ALONG_EM = 1.5
#: Greatest thickness of a mark that is one side of a border, in points.
THIN_PT = 6.0

#: Two lines that stand on each other.
Pair = tuple[TextLine, TextLine]


def outside(line: TextLine, page: Box) -> bool:
    """Return whether any letter of a line reaches beyond the page or its clip."""
    bounds = meet(page, line.first.clip)
    assert bounds is not None
    return (
        line.ink[0] < bounds[0] - TOLERANCE_PT
        or line.ink[1] < bounds[1] - TOLERANCE_PT
        or line.ink[2] > bounds[2] + TOLERANCE_PT
        or line.ink[3] > bounds[3] + TOLERANCE_PT
    )


@found_once
def _views(evidence: Evidence) -> dict[int, Views]:
    return views(evidence.proof.pdf, evidence.pages)


def what_hides(evidence: Evidence, line: TextLine, least: float = LEAST_CONTRAST) -> str:
    """Return what keeps a line from being read; empty for nothing.

    `least` is the contrast that its letters need.
    """
    said = _hides(evidence, line) or _faint(
        evidence, line, _views(evidence)[line.first.page], least
    )
    if said:
        return said
    ratio = colour_contrast(evidence, line)
    if ratio is not None and ratio < least:
        return f"has a contrast of {ratio:.1f}:1, less than {least:g}:1"
    return ""


def _hides(evidence: Evidence, line: TextLine) -> str:
    """Return what hides a line by the content stream; empty for nothing."""
    page = evidence.pages[line.first.page]
    if line.first.invisible:
        return "is painted in a mode that leaves no ink"
    if outside(line, page.trim):
        return "reaches beyond the page or the box that cuts it off"
    if struck(page.marks, line):
        return "is struck through"
    if not all(run.upright for run in line.runs):
        return "is mirrored, turned or slanted"
    if (
        line.length_share < LEAST_LENGTH
        or line.steps_back
        or (line.is_wide and line.overlap_em > MOST_OVERLAP_EM)
    ):
        return "has letters that stand on top of each other"
    if line.gap_em > _most_gap(line):
        return "has letters that stand too far apart to be words"
    if line.space_em is not None and line.space_em < LEAST_SPACE_EM and " " in evidence.quote(line):
        return "has words that run together"
    other = crowds(evidence, line.first)
    if other is not None:
        return f"stands on top of ‘{evidence.quote(other)}’"
    return ""


def _faint(evidence: Evidence, line: TextLine, view: Views, least: float) -> str:
    """Return what the raster does not show well enough of a line; empty for nothing."""
    greys = [_grey_of(run) for run in line.runs]
    if None not in greys and all_there(view, line.ink, greys[0] or 0.0, least):
        return ""
    if crossed(view, line, STRUCK_EM):
        return "is struck through"
    # Beside letters of another colour, no dot tells whose ink it has.
    plain = not _beside_others(evidence, line)
    known = False
    for run, letter in zip(line.runs, greys, strict=True):
        for number, box in run.ink_boxes():
            share = shown(view, box, least)
            known = known or share is not None
            whole = painted(view, box, letter) if plain and letter is not None else None
            there = whole is not None and whole >= LEAST_WHOLE
            tiny = there and max(box[2] - box[0], box[3] - box[1]) < TINY_PT
            if (share is not None and share < LEAST_SHARE and not tiny) or (
                whole is not None and not there
            ):
                text = run.font.texts.get(run.gids[number], "")
                return f"is too faint, covered or cut off (‘{text}’ in ‘{evidence.quote(line)}’)"
    return "" if known else "leaves too little ink to be seen"


def _most_gap(line: TextLine) -> float:
    """Return the greatest distance of a line's letters beyond their advances, in ems."""
    if line.is_wide or line.is_nastaliq:
        return MOST_WIDE_GAP_EM
    return MOST_JOINED_GAP_EM if has_rtl(line.text) else MOST_GAP_EM


def _beside_others(evidence: Evidence, line: TextLine) -> bool:
    """Return whether letters of another colour stand within the ink of a line, or touch it."""
    run, (left, bottom, right, top) = line.first, widened(line.ink, DOT_PT)
    return any(
        (other.first.colour, other.first.alpha) != (run.colour, run.alpha)
        and other.ink[0] < right and other.ink[2] > left
        and other.ink[1] < top and other.ink[3] > bottom
        for other in evidence.lines[run.page]
    )  # fmt: skip


def _grey_of(run: GlyphRun) -> float | None:
    """Return the grey of letters, 0 to 255; None where more than one colour makes it."""
    if run.colour is None or run.alpha != 1 or run.masked:
        return None
    return 255 * grey(run.colour)


def tears(evidence: Evidence, leaves: Sequence[Leaf], text: str) -> str:
    """Return how the lines of a text keep it from being read; empty for nothing."""
    rows: list[tuple[GlyphRun, Box]] = []
    painted_words = ""
    for leaf in leaves:
        runs = evidence.runs_in(leaf)
        ink = [run.ink for run in runs if run.ink is not None]
        if ink and rows and _on_one_row(rows[-1][0], runs[0]):
            rows[-1] = (rows[-1][0], union((rows[-1][1], *ink)))
        elif ink:
            rows.append((runs[0], union(ink)))
            text_of_row = evidence.text_of_leaf(leaf)
            divides = evidence.divides(normalised(painted_words), normalised(text_of_row))
            painted_words = painted_words[:-1] if divides else f"{painted_words} "
        painted_words += evidence.text_of_leaf(leaf)
    widths = [(box[2] - box[0]) / run.size_pt for run, box in rows[:-1]]
    if len(rows) >= MANY_ROWS and sum(widths) < NARROW_EM * len(widths):
        return "has but a few letters a line"
    lost = _word_starts(text) - _word_starts(painted_words)
    return "has words that run together" if lost else ""


def _on_one_row(one: GlyphRun, other: GlyphRun) -> bool:
    near = ROW_EM * max(one.size_pt, other.size_pt)
    return one.page == other.page and abs(one.baseline - other.baseline) < near


def _word_starts(text: str) -> set[int]:
    """Return how many letters stand from the start of each word of a text to its end.

    So what stands before the text, as the number of a footnote does, changes none of them.
    """
    return set(itertools.accumulate(len(normalised(word)) for word in reversed(text.split())))


def colours(evidence: Evidence, line: TextLine) -> tuple[Colour, Colour] | None:
    """Return the colour of letters, mixed with what shines through, and that of their ground.

    None where only a raster shows one of them.
    """
    run = line.first
    if run.colour is None:
        return None
    ground = ground_of(evidence, run, line.ink)
    if ground is None:
        return None
    (r, g, b), (r2, g2, b2), a = run.colour, ground, run.alpha
    return (r * a + r2 * (1 - a), g * a + g2 * (1 - a), b * a + b2 * (1 - a)), ground


def colour_contrast(evidence: Evidence, line: TextLine) -> float | None:
    """Return the contrast of letters with their ground; None where only a raster shows it."""
    found = colours(evidence, line)
    return contrast(*found) if found else None


def struck(marks: Iterable[Mark], line: TextLine) -> bool:
    """Return whether a thin mark runs through the middle of a line's letters."""
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
    """Return whether a border stands on all four sides of a box."""
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
        if wide and outer[3] - outer[1] <= THIN_PT:
            sides[0] |= outer[1] >= top - 1
            sides[1] |= outer[3] <= bottom + 1
        if high and outer[2] - outer[0] <= THIN_PT:
            sides[2] |= outer[2] <= left + 1
            sides[3] |= outer[0] >= right - 1
    return all(sides)


def ground_of(evidence: Evidence, run: GlyphRun, ink: Box) -> Colour | None:
    """Return the colour behind the middle of a run's letters; None where the raster has no dot."""
    x, y = (ink[0] + ink[2]) / 2, (ink[1] + ink[3]) / 2
    found: Colour = (1.0, 1.0, 1.0)
    for mark in evidence.pages[run.page].marks:
        if mark.order > run.order:
            break
        left, bottom, right, top = mark.shown
        if not (left <= x <= right and bottom <= y <= top) or _hollow(mark, x, y):
            continue
        if mark.kind != "fill" or mark.colour is None or mark.alpha < 1 or not mark.parts:
            return _dot(_background(evidence, run.page), x, y)
        found = mark.colour
    return found


@found_once
def _background(evidence: Evidence, page: int) -> Raster:
    return background(evidence.proof.pdf, evidence.pages, page)


def _dot(raster: Raster, x: float, y: float) -> Colour | None:
    """Return the mean colour of the dots around a point."""
    dots = raster.crop(raster.area((x, y, x, y)))
    if not dots:
        return None
    count = len(dots) // 3
    blue, green, red = (sum(dots[i::3]) / count / 255 for i in range(3))
    return red, green, blue


def _hollow(mark: Mark, x: float, y: float) -> bool:
    """Return whether a point stands inside a border, not on it."""
    if mark.kind == "stroke":
        return bool(mark.parts) or mark.box[2] - mark.box[0] > 12
    within = sum(p[0] < x < p[2] and p[1] < y < p[3] for p in mark.parts)
    return len(mark.parts) >= 2 and within % 2 == 0


@found_once
def crowded(evidence: Evidence, page: int) -> tuple[Pair, ...]:
    """Return the lines of a page that stand on each other."""
    lines = [
        line
        for line in evidence.lines[page]
        if line.first.mcid is not None and not line.first.invisible
    ]
    lines.sort(key=lambda line: line.first.baseline)
    baselines = [line.first.baseline for line in lines]
    most = NEAR_EM * max((line.first.size_pt for line in lines), default=0.0)
    found = []
    for number, one in enumerate(lines):
        for other in lines[number + 1 : bisect.bisect_right(baselines, baselines[number] + most)]:
            if _on_each_other(evidence, one, other):
                found.append((one, other))
    return tuple(found)


def crowds(evidence: Evidence, run: GlyphRun) -> TextLine | None:
    """Return a line that stands on the marked content of a run; None where there is none."""
    for one, other in crowded(evidence, run.page):
        if one.first.mcid == run.mcid:
            return other
        if other.first.mcid == run.mcid:
            return one
    return None


def _on_each_other(evidence: Evidence, one: TextLine, other: TextLine) -> bool:
    """Return whether the bodies of two lines' letters meet."""
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
