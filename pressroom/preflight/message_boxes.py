"""Find where each message stands on the pages: PDF and Leaflet -> boxes, for the desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..core.model import Leaflet, Proof
from .disclaimers.prove import exhibits
from .evidence import Evidence
from .pdf.geometry import Box, union
from .pdf.structure import Element, Leaf
from .text.messages import alternatives, placed

#: White around the ink, in points, so that a mark does not touch the letters.
MARGIN = 1.5


@dataclass(frozen=True, slots=True)
class MessageBox:
    """A box around one line of a message, or around a picture."""

    #: Number of the page, from 0.
    page: int
    #: Points from the left and from the top edge of the page, and size in points.
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class MessageBoxes:
    """The boxes of a leaflet."""

    #: Width and height of each page in points.
    pages: tuple[tuple[float, float], ...]
    #: By the id of a message (`msg-…`) or a disclaimer (`dsc-…`).
    boxes: dict[str, tuple[MessageBox, ...]]


def message_boxes(pdf: bytes, leaflet: Leaflet) -> MessageBoxes:
    """Return where the messages, disclaimers and pictures of a leaflet stand on its pages.

    Raises UnreadableError for a PDF that cannot be read, or that is not tagged.
    """
    evidence = Evidence(Proof(pdf, 0, 0.0), leaflet)
    found: dict[str, tuple[MessageBox, ...]] = {}
    for expected, elements in placed(evidence):
        leaves = (leaf for element in elements for leaf in evidence.leaves_of(element))
        found[expected.anchor] = tuple(_lines(evidence, leaves))
    for exhibit in exhibits(evidence):
        if exhibit.notice is not None:
            found[exhibit.notice.anchor] = tuple(_lines(evidence, exhibit.leaves))
    for anchor, words, _ in alternatives(leaflet):
        figures = (e for e in evidence.tree.elements if e.alternative == words)
        found[anchor] = tuple(_pictures(evidence, figures))
    return MessageBoxes(
        tuple((p.box[2] - p.box[0], p.box[3] - p.box[1]) for p in evidence.pages),
        {anchor: boxes for anchor, boxes in found.items() if boxes},
    )


def _lines(evidence: Evidence, leaves: Iterable[Leaf]) -> Iterator[MessageBox]:
    """Yield a box around each line of marked content."""
    lines: list[tuple[int, Box]] = []
    for leaf in leaves:
        boxes = [run.ink for run in evidence.runs_in(leaf) if run.ink is not None]
        if not boxes:
            continue
        box = union(boxes)
        if lines and lines[-1][0] == leaf.page and _same_line(lines[-1][1], box):
            lines[-1] = (leaf.page, union((lines[-1][1], box)))
        else:
            lines.append((leaf.page, box))
    for page, box in lines:
        yield _box(evidence, page, box)


def _same_line(one: Box, other: Box) -> bool:
    """Return whether the middle of one box is level with the other."""
    middle = (other[1] + other[3]) / 2
    return one[1] <= middle <= one[3] or other[1] <= (one[1] + one[3]) / 2 <= other[3]


def _pictures(evidence: Evidence, figures: Iterable[Element]) -> Iterator[MessageBox]:
    """Yield a box around what each picture paints, on each of its pages."""
    for figure in figures:
        marked = {(leaf.page, leaf.mcid) for leaf in figure.leaves()}
        for page in sorted({page for page, _ in marked}):
            boxes = [
                mark.shown for mark in evidence.pages[page].marks if (page, mark.mcid) in marked
            ]
            if boxes:
                yield _box(evidence, page, union(boxes))


def _box(evidence: Evidence, page: int, box: Box) -> MessageBox:
    left, bottom, right, top = box
    edge_left, _, _, edge_top = evidence.pages[page].box
    return MessageBox(
        page,
        round(left - edge_left - MARGIN, 2),
        round(edge_top - top - MARGIN, 2),
        round(right - left + 2 * MARGIN, 2),
        round(top - bottom + 2 * MARGIN, 2),
    )
