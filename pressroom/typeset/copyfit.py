"""Copyfitting: a way to lay a leaflet out -> the largest type on the fewest sheets.

The fewest sheets are those that the text needs at the floor. The number of pages never falls as
type grows, so the largest size that stays on them is searched for.

Each try lays the whole leaflet out, which is most of the work on it. So the first try is the size
that `copyfit_estimate` expects, right for three leaflets of four; how full its pages are bounds
the pages at the floor, and leads to the next size; and a layout is given up at the first page
that shows that it will not do. The size follows from the leaflet alone, never from an earlier
build.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any, Protocol

from .setting import STEP, Setting
from .weasyprint_patches.page_limit import MOST_PAGES, GivenUpError, Judge, judging

#: A last page filled to a smaller share than this is nearly empty.
NEARLY_EMPTY = 0.2
#: Any other page filled to a smaller share has a hole: a picture or a box went overleaf.
FILLED = 0.82
#: Most points by which type shrinks to close a hole.
MOST_FOR_A_HOLE = 1.0

#: The room of a text grows with the square of its size, at most: lines get higher and more. White
#: at the ends of lines and pages makes this share of it uncertain.
UNCERTAIN = 0.06
#: The power of its size with which it grows as a rule.
GROWTH = 1.8
#: Share of a page that stays empty at a page break.
LEFT_OVER = 0.2
#: Ratio of the estimated to the real number of pages, where a text just fits.
SQUEEZED = 1.04

#: Estimate of the number of pages that a text fills at a size in points.
Estimate = Callable[[float], float]


class LayOut(Protocol):
    """Lays a leaflet out in a size in points, and tight where asked.

    Returns WeasyPrint's Document, or None where the judge gives the layout up.
    """

    def __call__(self, size_pt: float, tight: bool = False, judge: Judge | None = None) -> Any: ...


@dataclass(frozen=True, slots=True)
class Fitted:
    """A leaflet laid out in the size that fits."""

    size_pt: float
    document: Any
    tight: bool = False


def first(lay_out: LayOut, setting: Setting, estimate: Estimate) -> Any:
    """Return the document of the first try: of the estimated size, or else of the floor.

    The floor is tried where the estimated size runs to far too many pages.
    """
    size_pt = likely(setting, estimate)
    return lay_out(size_pt, judge=_no_more_than(_far_too_many(setting))) or lay_out(
        setting.floor_pt
    )


def likely(setting: Setting, estimate: Estimate) -> float:
    """Return the size in points that the estimate expects for a text.

    For a booklet that is the floor: it is laid out there in any case, to see whether it has to be
    tight.
    """
    if setting.halved:
        return setting.floor_pt
    least = estimate(setting.floor_pt)
    counts = (_most_on(pages, setting) for pages in range(1, _budget(setting)))
    most = next((pages for pages in counts if least <= _usable(pages)), _budget(setting))
    return _size(setting, _likely_steps(setting, estimate, most))


def _likely_steps(setting: Setting, estimate: Estimate, most: int) -> int:
    """Return the estimated number of steps above the floor at which a text fits so many pages."""
    room = _usable(most)
    steps = (n for n in range(_most_steps(setting), 0, -1) if estimate(_size(setting, n)) <= room)
    return next(steps, 0)


def _usable(pages: int) -> float:
    """Return the estimated pages of a text that just fits on so many."""
    return pages * SQUEEZED - (pages - 1) * LEFT_OVER


def _size(setting: Setting, steps: int) -> float:
    return setting.floor_pt + steps * STEP


def _most_steps(setting: Setting) -> int:
    return round((setting.ceiling_pt - setting.floor_pt) / STEP)


def _budget(setting: Setting) -> int:
    return MOST_PAGES if setting.page_budget is None else setting.page_budget


def _most_on(pages: int, setting: Setting) -> int:
    """Return the pages of the sheets that so many pages need, within the budget."""
    return min(_budget(setting), _sheets(pages, setting) * setting.pages_a_sheet)


def _far_too_many(setting: Setting) -> int:
    return min(2 * _budget(setting), MOST_PAGES)


def fit(lay_out: LayOut, setting: Setting, estimate: Estimate) -> Fitted:
    """Return the leaflet in the largest type size that stays on the sheets needed at the floor.

    A text that exceeds its budget at the floor, or that drives a disclaimer from its page, is set
    at the floor with the tight stylesheet, whatever comes of it. A booklet is tight where that
    saves a sheet.
    """
    floor, budget = setting.floor_pt, _budget(setting)
    tight = setting.halved and _tight_saves_a_sheet(lay_out, setting)

    def search(most: int, guess: int) -> int:
        """Return the most steps that stay on so many pages; -1 where the floor needs more."""

        def fits(steps: int) -> bool:
            document = lay_out(_size(setting, steps), tight, _no_more_than(most))
            return document is not None and _stays(document, most, setting)

        return largest(fits, _most_steps(setting), guess, low=-1)

    tried_pt = likely(setting, estimate)
    tried = lay_out(tried_pt, tight, _no_more_than(_far_too_many(setting)))
    taken = float(2 * budget) if tried is None else _filled_pages(tried)

    def measured(size_pt: float) -> float:
        """Estimate by the pages that the first try took."""
        return taken * estimate(size_pt) / max(estimate(tried_pt), 0.01)

    # The least number of pages at the floor, as far as the first try shows.
    least = math.ceil(taken * (1 - UNCERTAIN) * (floor / tried_pt) ** 2)
    least = min(max(1, least), budget)
    while least <= budget:
        most = _most_on(least, setting)
        guess = _likely_steps(setting, measured, most)
        if tried is not None and _stays(tried, most, setting):
            guess = max(guess, round((tried_pt - floor) / STEP))
        steps = search(most, guess)
        if steps >= 0:
            size_pt = _size(setting, steps)
            return Fitted(size_pt, lay_out(size_pt, tight), tight)
        bottom = lay_out(floor, tight, _no_more_than(most))
        # Where the floor has pages enough, and yet a disclaimer leaves its page, more do not help.
        least = most + 1 if bottom is None or len(bottom.pages) > most else budget + 1
    return Fitted(floor, lay_out(floor, tight=True), True)


def largest(fits: Callable[[int], bool], high: int, guess: int, low: int = 0) -> int:
    """Return the largest number from `low` to `high` that fits; `low` is known to fit.

    No number larger than one that does not fit may fit. Two tries are enough where the guess is
    right, one where it is `high`.
    """
    over = high + 1
    tried = min(max(guess, low + 1), high)
    tries = 0
    while over - low > 1:
        if fits(tried):
            low, tried = tried, tried + 1
        else:
            over, tried = tried, tried - 1
        tries += 1
        # A guess that is off by more than one is no better than the middle.
        if tries > 1 or not low < tried < over:
            tried = (low + over) // 2
    return low


def balance(lay_out: LayOut, setting: Setting, fitted: Fitted) -> Fitted:
    """Step the type down until no page has a hole and the last one is not nearly empty.

    Returns the leaflet as it is where no size down to the floor, or for a hole down to
    `MOST_FOR_A_HOLE` below, mends that.
    """
    boxes = [page._page_box for page in fitted.document.pages]
    least = setting.floor_pt
    if not _nearly_empty(boxes):
        if not _has_hole(boxes):
            return fitted
        least = max(least, fitted.size_pt - MOST_FOR_A_HOLE)

    def filled(size_pt: float) -> Fitted | None:
        document = lay_out(size_pt, fitted.tight, _well_filled)
        if document is None or not _well_filled([p._page_box for p in document.pages], True):
            return None
        return replace(fitted, size_pt=size_pt, document=document)

    if not _may_close(boxes, least / fitted.size_pt):
        return fitted
    sizes = [fitted.size_pt - STEP * n for n in range(1, int((fitted.size_pt - least) / STEP) + 1)]
    if not sizes:
        return fitted
    # The next size mends most of them. Where the smallest one does not, no other will.
    largest_of_them, *others = sizes
    if better := filled(largest_of_them):
        return better
    last = filled(others.pop()) if others else None
    return next(filter(None, map(filled, others)), last) if last else fitted


@cache
def _no_more_than(most: int) -> Judge:
    return lambda pages, all_of_them: len(pages) < most + all_of_them


def _well_filled(pages: Sequence[Any], all_of_them: bool) -> bool:
    """Return whether these page boxes have no hole, and the last one is not nearly empty."""
    return not (_has_hole(pages, all_of_them) or (all_of_them and _nearly_empty(pages)))


def _may_close(pages: Sequence[Any], ratio: float) -> bool:
    """Return whether the holes may close in type that is `ratio` times as large."""
    return all(
        share_filled(page) * ratio**GROWTH + _first_unit(after) <= 1
        for page, after in pairwise(pages)
        if share_filled(page) < FILLED
    )


def _first_unit(page: Any) -> float:
    """Return the height of the first unbreakable box of a page, with the headings before it.

    As a share of the height for text.
    """
    bottom = page.content_box_y()
    todo = [page]
    while todo:
        box = todo.pop()
        if not box.is_in_normal_flow() or type(box).__name__ == "MarginBox":
            continue
        whole = box.style["break_inside"] == "avoid" or not getattr(box, "children", None)
        if whole or type(box).__name__ == "LineBox":
            bottom = max(bottom, box.position_y + box.margin_height())
            if box.style["break_after"] != "avoid":
                break
        else:
            todo.extend(reversed([getattr(child, "_box", child) for child in box.children]))
    return float((bottom - page.content_box_y()) / page.height) if page.height > 0 else 0.0


def _tight_saves_a_sheet(lay_out: LayOut, setting: Setting) -> bool:
    sheets = _sheets(len(lay_out(setting.floor_pt).pages), setting)
    fewer = (sheets - 1) * setting.pages_a_sheet
    tight = lay_out(setting.floor_pt, True, _no_more_than(fewer)) if fewer else None
    return tight is not None and len(tight.pages) <= fewer


def _sheets(pages: int, setting: Setting) -> int:
    return math.ceil(pages / setting.pages_a_sheet)


def _stays(document: Any, most: int, setting: Setting) -> bool:
    """Return whether a document has at most so many pages, and its disclaimers keep their places.

    Those of `setting.first_page` stand on the first page, those of `setting.together` on one page.
    """
    pages = {name: n for n, page in reversed([*enumerate(document.pages)]) for name in page.anchors}
    first = {pages[name] for name in setting.first_page if name in pages}
    together = {pages[name] for name in setting.together if name in pages}
    return len(document.pages) <= most and first <= {0} and len(together) <= 1


def _filled_pages(document: Any) -> float:
    """Return how many pages the text of a document fills, without the holes."""
    return sum(share_filled(page._page_box) for page in document.pages)


def _nearly_empty(pages: Sequence[Any]) -> bool:
    return len(pages) > 1 and share_filled(pages[-1]) < NEARLY_EMPTY


def _has_hole(pages: Sequence[Any], all_of_them: bool = True) -> bool:
    inner = pages[:-1] if all_of_them else pages
    return any(share_filled(page) < FILLED for page in inner)


def share_filled(page: Any) -> float:
    """Return how far down a page box its last line stands, as a share of the height for text."""
    lowest = max((line.position_y + line.height for line in line_boxes(page)), default=0.0)
    # Margins may fill a page.
    return float((lowest - page.content_box_y()) / page.height) if page.height > 0 else 1.0


def line_boxes(box: Any) -> Iterator[Any]:
    """Yield the line boxes below a box, without those of margin boxes, in no order."""
    todo = [box]
    while todo:
        here = todo.pop()
        kind = type(here).__name__
        if kind == "LineBox":
            yield here
        elif kind != "MarginBox":
            todo.extend(getattr(child, "_box", child) for child in getattr(here, "children", ()))


class Layouts:
    """A `LayOut` that keeps each document, and what a judge gave up."""

    def __init__(self, render: Callable[[float, bool], Any]) -> None:
        self._render = render
        self._done: dict[tuple[float, bool], Any] = {}
        self._given_up: set[tuple[float, bool, Judge | None]] = set()

    def __call__(self, size_pt: float, tight: bool = False, judge: Judge | None = None) -> Any:
        if (size_pt, tight) in self._done:
            return self._done[size_pt, tight]
        if (size_pt, tight, judge) in self._given_up:
            return None
        try:
            with judging(judge):
                document = self._render(size_pt, tight)
        except GivenUpError:
            self._given_up.add((size_pt, tight, judge))
            return None
        return self._done.setdefault((size_pt, tight), document)
