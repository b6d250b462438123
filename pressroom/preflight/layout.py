"""See where a PDF's messages stand and how far its pages are filled: PDF -> Layout."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

#: Two lines of text are apart by at least this, in points; less is one line.
_ONE_LINE_PT = 4.0


@dataclass(frozen=True, slots=True)
class Layout:
    """How a leaflet's words lie on its pages."""

    #: Page of each named destination, counted from 1.
    pages: Mapping[str, int]
    #: Pages that are filled with text, the last one by the share that is (3.4).
    filled: float


def read_layout(pdf: bytes) -> Layout | None:
    """Read the layout of a leaflet; None for a file that is no PDF or has no text."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        return None
    try:
        filled = _filled(document)
        return Layout(dict(_destinations(document)), filled) if filled else None
    finally:
        document.close()


def _destinations(document: pypdfium2.PdfDocument) -> Iterator[tuple[str, int]]:
    for number in range(pdfium.FPDF_CountNamedDests(document.raw)):
        size = ctypes.c_long(0)
        pdfium.FPDF_GetNamedDest(document.raw, number, None, ctypes.byref(size))
        if size.value <= 0:
            continue
        name = ctypes.create_string_buffer(size.value)
        place = pdfium.FPDF_GetNamedDest(document.raw, number, name, ctypes.byref(size))
        page = pdfium.FPDFDest_GetDestPageIndex(document.raw, place)
        if page >= 0:
            yield name.raw[: size.value].decode("utf-16-le", "replace").rstrip("\0"), page + 1


def _filled(document: pypdfium2.PdfDocument) -> float:
    """Count the pages that are filled, by where text begins and ends on each.

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
    # Of a leaflet of one page nobody knows where its text could end: its foot tells.
    if len(ends) == 1:
        lowest = min(lowest, lines[0] + 3 * _ONE_LINE_PT)
    share = (top - ends[-1]) / (top - lowest) if top > lowest else 1.0
    return len(ends) - 1 + min(1.0, max(0.0, share))
