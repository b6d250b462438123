"""Copyfitting: a way to lay a leaflet out -> the layout that is best by `Score`.

A candidate is a rung, which says how close the leaflet is set, and a type size. Scores are compared
from the front: no candidate with fewer sheets is given up for fuller pages, nor fuller pages for
larger type.

Each try lays the whole leaflet out, which is most of the work on it. So candidates are tried in an
order that ends early. The number of pages never falls as type grows, so the largest size that
stays on the fewest sheets is searched for, from the one that `copyfit_estimate` expects; smaller
ones, and rungs that set closer, are tried only where pages have faults that these might mend. A
layout is given up at the first page that shows that it will not do. What comes out follows from the
leaflet alone, never from an earlier build.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, Protocol

from .page_boxes import begins_with, marked, share_filled, tables_fit
from .setting import STEP, Setting
from .weasyprint_patches.page_limit import MOST_PAGES, GivenUpError, Judge, judging

#: Least share of a page that is filled, and of one that goes on with lines to write on.
FILLED, BEFORE_LINES = 0.7, 0.2

#: The room of a text grows with the square of its size, at most: lines get higher and more. White
#: at the ends of lines and pages makes this share of it uncertain.
UNCERTAIN = 0.06
#: Share of its room that a text takes at least on each rung, and as a rule. Measured on the shipped
#: topics, in four scripts and four editions.
LEAST_ROOM = {"hanging": 1.0, "wide": 0.92, "close": 0.83}
ROOM = {"hanging": 1.0, "wide": 0.96, "close": 0.9}
#: Share of a page that stays empty at a page break.
LEFT_OVER = 0.2
#: Ratio of the estimated to the real number of pages, where a text just fits.
SQUEEZED = 1.04

#: Estimate of the number of pages that a text fills at a size in points.
Estimate = Callable[[float], float]


class LayOut(Protocol):
    """Lays a leaflet out in a size in points, on a rung of `Setting.rungs`.

    Returns WeasyPrint's Document, or None where the judge gives the layout up.
    """

    def __call__(self, size_pt: float, rung: int = 0, judge: Judge | None = None) -> Any: ...


class Score(NamedTuple):
    """How well a leaflet is set: the greater the better, and what stands first counts first."""

    #: Whether the emergency box and general information stand on the first page, and a warning on
    #: the page of what it warns of, and no table reaches over the edge.
    in_place: bool
    #: 0 or less: how many pages are beyond the budget, how many sheets, and how many faults.
    excess: int
    sheets: int
    faults: int
    #: 0 where nothing is set close, less on each rung.
    rung: int
    size_pt: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """A leaflet laid out as it fits best."""

    score: Score
    document: Any

    @property
    def size_pt(self) -> float:
        return self.score.size_pt

    @property
    def rung(self) -> int:
        """Return its number among `Setting.rungs`."""
        return -self.score.rung


def score_of(document: Any, setting: Setting, size_pt: float, rung: int) -> Score:
    """Return the score of a document that was laid out in a size on a rung."""
    at = {name: n for n, page in reversed([*enumerate(document.pages)]) for name in page.anchors}
    pages = len(document.pages)
    return Score(
        in_place={at[name] for name in setting.first_page if name in at} <= {0}
        and len({at[name] for name in setting.together if name in at}) <= 1
        and all(tables_fit(page._page_box) for page in document.pages),
        excess=min(0, _budget(setting) - pages),
        sheets=-math.ceil(pages / setting.pages_a_sheet),
        faults=-_faults([page._page_box for page in document.pages], setting),
        rung=-rung,
        size_pt=size_pt,
    )


def first(lay_out: LayOut, setting: Setting, estimate: Estimate) -> Any:
    """Return the document of the first try: of the estimated size, or else of the floor.

    The floor is tried where the estimated size runs to far too many pages.
    """
    size_pt = likely(setting, estimate)
    return lay_out(size_pt, judge=_no_more_than(_far_too_many(setting))) or lay_out(
        setting.floor_pt
    )


def likely(setting: Setting, estimate: Estimate) -> float:
    """Return the size in points that the estimate expects for a text."""
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


def _most_steps(setting: Setting, rung: int = 0) -> int:
    """Return the most steps above the floor: in a narrow side column, none.

    Words of headings are known to fit into it at the floor.
    """
    if rung and setting.wide:
        return 0
    return round((setting.ceiling_pt - setting.floor_pt) / STEP)


def _budget(setting: Setting) -> int:
    return MOST_PAGES if setting.page_budget is None else setting.page_budget


def _most_on(pages: int, setting: Setting) -> int:
    """Return the pages of the sheets that so many pages need, within the budget."""
    sheets = math.ceil(pages / setting.pages_a_sheet)
    return min(_budget(setting), sheets * setting.pages_a_sheet)


def _far_too_many(setting: Setting) -> int:
    return min(2 * _budget(setting), MOST_PAGES)


def fit(lay_out: LayOut, setting: Setting, estimate: Estimate) -> Fitted:
    """Return the candidate with the best score.

    A text that exceeds its budget even where it is set closest, that drives a disclaimer from its
    page, or that has a table which does not fit, is set so, at the floor.
    """
    budget, last = _budget(setting), len(setting.rungs) - 1
    tried_pt = likely(setting, estimate)
    tried = lay_out(tried_pt, 0, _no_more_than(_far_too_many(setting)))
    taken = float(2 * budget) if tried is None else _filled_pages(tried)

    def measured(size_pt: float) -> float:
        """Estimate by the pages that the first try took."""
        return taken * estimate(size_pt) / max(estimate(tried_pt), 0.01)

    def least(rung: int) -> int:
        """Return the least number of pages at the floor, as far as the first try shows."""
        pages = taken * (1 - UNCERTAIN) * (setting.floor_pt / tried_pt) ** 2
        pages *= LEAST_ROOM[setting.rungs[rung]]
        return max(1, math.ceil(pages))

    def best_on(most: int) -> Fitted | None:
        """Return the best candidate that stays on so many pages; None where there is none."""
        best: Fitted | None = None
        for rung in range(last + 1):
            if least(rung) > most or (best and not _may_mend(best, least(last))):
                continue
            for size_pt in sizes(rung, most):
                better = _better_than(best, most, setting)
                if (document := lay_out(size_pt, rung, better)) is None:
                    continue
                score = score_of(document, setting, size_pt, rung)
                if best is None or score > best.score:
                    best = Fitted(score, document)
                if not _may_mend(best, least(last)):
                    break
        return best

    def sizes(rung: int, most: int) -> Iterator[float]:
        """Yield the sizes of a rung that stay on so many pages, from the largest."""
        room = ROOM[setting.rungs[rung]]
        guess = _likely_steps(setting, lambda size_pt: measured(size_pt) * room, most)

        def stays(steps: int) -> bool:
            size_pt = _size(setting, steps)
            document = lay_out(size_pt, rung, _no_more_than(most))
            if document is None:
                return False
            score = score_of(document, setting, size_pt, rung)
            return score.in_place and len(document.pages) <= most

        steps = largest(stays, _most_steps(setting, rung), guess, low=-1)
        yield from (_size(setting, n) for n in range(steps, -1, -1))

    most = _most_on(min(least(last), budget), setting)
    while most <= budget:
        if best := best_on(most):
            return best
        if most == budget:
            break
        most = _most_on(most + 1, setting)
    document = lay_out(setting.floor_pt, last)
    return Fitted(score_of(document, setting, setting.floor_pt, last), document)


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


@cache
def _no_more_than(most: int) -> Judge:
    return lambda pages, all_of_them: len(pages) < most + all_of_them


def _better_than(best: Fitted | None, most: int, setting: Setting) -> Judge:
    """Return a judge that gives up what has too many pages, or as many faults as the best."""
    bearable = MOST_PAGES if best is None else -best.score.faults - 1

    def judge(pages: Sequence[Any], all_of_them: bool) -> bool:
        faults = _faults(pages, setting) if all_of_them else _underfull(pages[:-1])
        return len(pages) < most + all_of_them and faults <= bearable

    return judge


def _may_mend(best: Fitted, least: int) -> bool:
    """Return whether smaller type, of at least so many pages, may have fewer faults.

    It fills no last page, but may need one page less.
    """
    if not best.score.faults:
        return False
    boxes = [page._page_box for page in best.document.pages]
    return _underfull(boxes[:-1]) > 0 or least < len(boxes)


def _faults(pages: Sequence[Any], setting: Setting) -> int:
    """Return how many pages are not filled as they should be.

    The last page of a booklet is its back cover, which stands by itself.
    """
    if setting.halved and len(pages) > 1:
        return _underfull(pages[:-1])
    return _underfull(pages) + (len(pages) > 1 and begins_with("back-matter", pages[-1]))


def _underfull(pages: Iterable[Any]) -> int:
    """Return how many pages have a hole that no fill-in takes."""
    return sum(
        (share := share_filled(page)) < BEFORE_LINES
        or (share < FILLED and not marked("notes", page))
        for page in pages
    )


def _filled_pages(document: Any) -> float:
    """Return how many pages the text of a document fills, without the holes."""
    return sum(share_filled(page._page_box) for page in document.pages)


class Layouts:
    """A `LayOut` that keeps each document, and what a judge gave up."""

    def __init__(self, render: Callable[[float, int], Any]) -> None:
        self._render = render
        self._done: dict[tuple[float, int], Any] = {}
        self._given_up: set[tuple[float, int, Judge | None]] = set()

    def __call__(self, size_pt: float, rung: int = 0, judge: Judge | None = None) -> Any:
        if (size_pt, rung) in self._done:
            return self._done[size_pt, rung]
        if (size_pt, rung, judge) in self._given_up:
            return None
        try:
            with judging(judge):
                document = self._render(size_pt, rung)
        except GivenUpError:
            self._given_up.add((size_pt, rung, judge))
            return None
        return self._done.setdefault((size_pt, rung), document)
