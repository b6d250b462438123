"""Find where each message came to stand: PDF and Leaflet -> boxes on its pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..model import Leaflet, Proof
from .disclaimers import exhibits
from .evidence import Evidence
from .ink import Box, union
from .messages import alternatives, placed
from .tree import Element, Leaf

#: Room around the ink, in points, so that a mark does not touch the letters.
MARGIN = 1.5


@dataclass(frozen=True, slots=True)
class Place:
    """A box around a line of a message, or around a picture."""

    #: Number of the page, from 0.
    page: int
    #: Points from the left and the top edge of the page, and its size.
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything stands."""

    #: Width and height of each page in points.
    pages: tuple[tuple[float, float], ...]
    #: By the id of a message (`msg-…`) or a disclaimer (`dsc-…`).
    boxes: dict[str, tuple[Place, ...]]


def places(pdf: bytes, leaflet: Leaflet) -> Places:
    """Find the messages and disclaimers of a leaflet on its pages.

    Raises UnreadableError for a PDF that cannot be read, or that is not tagged.
    """
    evidence = Evidence(Proof(pdf, 0, 0.0), leaflet)
    sheets = [sheet.box for sheet in evidence.sheets]
    found: dict[str, tuple[Place, ...]] = {}
    for expected, elements in placed(evidence):
        leaves = (leaf for element in elements for leaf in evidence.leaves(element))
        found[expected.anchor] = tuple(_lines(evidence, leaves))
    for exhibit in exhibits(evidence):
        if exhibit.notice is not None:
            leaves = (leaf for place in exhibit.places for leaf in place.leaves)
            found[exhibit.notice.anchor] = tuple(_lines(evidence, leaves))
    for anchor, words, _ in alternatives(leaflet):
        figures = (e for e in evidence.tree.elements if e.alternative == words)
        found[anchor] = tuple(_pictures(evidence, figures))
    return Places(
        tuple((right - left, top - bottom) for left, bottom, right, top in sheets),
        {anchor: boxes for anchor, boxes in found.items() if boxes},
    )


def _lines(evidence: Evidence, leaves: Iterable[Leaf]) -> Iterator[Place]:
    """Give a box around each line of marked content."""
    lines: list[tuple[int, Box]] = []
    for leaf in leaves:
        inks = [run.ink for run in evidence.runs_of.get((leaf.page, leaf.mcid), ())]
        boxes = [ink for ink in inks if ink is not None]
        if not boxes:
            continue
        box = union(boxes)
        if lines and lines[-1][0] == leaf.page and _same_line(lines[-1][1], box):
            lines[-1] = (leaf.page, union((lines[-1][1], box)))
        else:
            lines.append((leaf.page, box))
    for page, box in lines:
        yield _place(evidence, page, box)


def _same_line(one: Box, other: Box) -> bool:
    """Tell whether two boxes stand beside each other: the middle of one is level with the other."""
    middle = (other[1] + other[3]) / 2
    return one[1] <= middle <= one[3] or other[1] <= (one[1] + one[3]) / 2 <= other[3]


def _pictures(evidence: Evidence, figures: Iterable[Element]) -> Iterator[Place]:
    """Give a box around what each picture paints."""
    for figure in figures:
        marked = {(leaf.page, leaf.mcid) for leaf in figure.leaves()}
        for page in sorted({page for page, _ in marked}):
            boxes = [
                mark.shown for mark in evidence.sheets[page].marks if (page, mark.mcid) in marked
            ]
            if boxes:
                yield _place(evidence, page, union(boxes))


def _place(evidence: Evidence, page: int, box: Box) -> Place:
    left, bottom, right, top = box
    edge_left, _, _, edge_top = evidence.sheets[page].box
    return Place(
        page,
        round(left - edge_left - MARGIN, 2),
        round(edge_top - top - MARGIN, 2),
        round(right - left + 2 * MARGIN, 2),
        round(top - bottom + 2 * MARGIN, 2),
    )
