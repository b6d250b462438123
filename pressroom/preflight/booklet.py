"""Judge the imposed sheets of a booklet beside its reader's edition: two PDFs -> Findings.

The words were proven on the reader's edition. Here both are compared as they print: each half of
each side has to show the page that belongs there, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2

from ..core.model import Finding
from ..typeset.imposition import order
from .pdf.document import read_document

#: Width of a page in dots.
WIDTH = 420
#: Share of the dots of a page that may differ by more than SHADES of 255: letters whose place is
#: rounded to the next dot. Measured: at most .003; .08 and more for another page.
DIFFERENT = 0.008
SHADES = 64
#: How far the size of a side may differ, in points.
TOLERANCE_PT = 0.5


def examine_sheets(sheets: bytes, reader: bytes, rtl: bool) -> Iterator[Finding]:
    """Yield what is wrong with imposed sheets, and what could not be judged on them."""
    with pypdfium2.PdfDocument(sheets) as printed, pypdfium2.PdfDocument(reader) as read:
        wanted = order(len(read), rtl)
        try:
            boxes = read_document(sheets).boxes
        except ValueError as problem:
            yield _wrong(str(problem), "")
            return
        if len(boxes) != len(wanted):
            yield _wrong(f"{len(boxes)} sides, {len(wanted)} are needed", "")
            return
        width, height = read[0].get_size()
        scale = WIDTH / width
        pages = [_grey(page, scale) for page in read]
        rows = len(pages[0]) // WIDTH
        blank = b"\xff" * (WIDTH * rows)
        for number, side in enumerate(wanted):
            where = f"side {number + 1}"
            left, bottom, right, top = boxes[number]
            wide, high = right - left, top - bottom
            if abs(wide - 2 * width) > TOLERANCE_PT or abs(high - height) > TOLERANCE_PT:
                yield _wrong("the side is not as large as two pages", where)
                continue
            dots = _grey(printed[number], scale)
            line = len(dots) // rows
            for half, page in enumerate(side):
                start = half * WIDTH
                shown = b"".join(
                    dots[row * line + start : row * line + start + WIDTH] for row in range(rows)
                )
                if not (shown == blank if page is None else _same(shown, pages[page])):
                    named = "nothing" if page is None else f"page {page + 1}"
                    hand = ("left", "right")[half]
                    yield _wrong(f"the {hand} half does not show {named} and nothing else", where)
    yield Finding(
        "accessibility",
        "skipped",
        "imposed sheets carry no tags; the reader's edition beside them was judged",
    )


def _wrong(said: str, where: str) -> Finding:
    return Finding("imposition", "error", f"{said}; build the booklet again", where)


def _grey(page: pypdfium2.PdfPage, scale: float) -> bytes:
    """Return a page in grey, a byte a dot, row after row without padding."""
    bitmap = page.render(scale=scale, grayscale=True)
    data = bytes(bitmap.buffer)
    if bitmap.stride == bitmap.width:
        return data
    rows = range(0, len(data), bitmap.stride)
    return b"".join(data[row : row + bitmap.width] for row in rows)


def _same(one: bytes, other: bytes) -> bool:
    if len(one) != len(other):
        return False
    different = sum(abs(a - b) > SHADES for a, b in zip(one, other, strict=True) if a != b)
    return different <= DIFFERENT * len(one)
