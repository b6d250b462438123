"""Read facts of a finished PDF: the boxes of its pages, named destinations, how full it is.

pypdf reads the objects of a WeasyPrint PDF in 30 to 50 ms, pikepdf in 2 to 5: so here are the facts
that are asked for once a command or of imposed sheets, which take 1 ms. What every build looks up
in every leaflet comes from the PDF that `Evidence` has open.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass

import pypdf
import pypdfium2

from .geometry import Box

#: Two lines of text are at least this far apart, in points; less is one line.
_ONE_LINE_PT = 4.0

# What it makes of a malformed file is reported as a finding.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Document:
    """Facts of a PDF."""

    #: The crop box of each page, without area where none can be read.
    boxes: tuple[Box, ...]
    #: Page of each named destination, from 1.
    destinations: Mapping[str, int]


def read_document(pdf: bytes) -> Document:
    """Return the facts of a PDF. Raises ValueError for one that cannot be read."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(pdf))
        boxes = tuple(_box(page) for page in reader.pages)
        numbers = {page.indirect_reference: n for n, page in enumerate(reader.pages, 1)}
        pages = {name: numbers.get(at.page) for name, at in reader.named_destinations.items()}
    except Exception as problem:  # pypdf raises whatever it stumbles over in a malformed file.
        raise ValueError("the PDF cannot be read") from problem
    return Document(boxes, {name: page for name, page in pages.items() if page is not None})


def _box(page: pypdf.PageObject) -> Box:
    try:
        box = page.cropbox
        return float(box.left), float(box.bottom), float(box.right), float(box.top)
    except Exception:  # As above: the box of one page does not make the others unreadable.
        return 0.0, 0.0, 0.0, 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """How the words of a leaflet lie on its pages."""

    #: Page of each named destination, from 1.
    pages: Mapping[str, int]
    #: Number of pages that are filled with text; the last one counts by its share (3.4).
    filled: float


def read_layout(pdf: bytes) -> Layout | None:
    """Return the layout of a leaflet; None for a file that is no PDF or has no text."""
    try:
        pages = read_document(pdf).destinations
        with pypdfium2.PdfDocument(pdf) as document:
            filled = _filled(document)
    except (ValueError, pypdfium2.PdfiumError):
        return None
    return Layout(pages, filled) if filled else None


def _filled(document: pypdfium2.PdfDocument) -> float:
    """Return how many pages are filled, by where text begins and ends on each.

    The last line of every page is its foot, which is no part of the text.
    """
    ends = []
    tops = []
    for page in document:
        text = page.get_textpage()
        lines = sorted({rect[1] for rect in map(text.get_rect, range(text.count_rects()))})
        tops += [max(lines)] if lines else []
        body = [bottom for bottom in lines if bottom > lines[0] + 2 * _ONE_LINE_PT]
        ends.append(min(body, default=0.0))
    if not tops or not ends[-1]:
        return 0.0
    top, lowest = max(tops), min(end for end in ends if end)
    # Only the foot of a leaflet of one page tells where its text could end.
    if len(ends) == 1:
        lowest = min(lowest, lines[0] + 3 * _ONE_LINE_PT)
    share = (top - ends[-1]) / (top - lowest) if top > lowest else 1.0
    return len(ends) - 1 + min(1.0, max(0.0, share))
