"""Impose a booklet: a reader's pages -> the sides of sheets that are folded once and stapled.

Each side of a sheet shows two pages side by side. Printed on both sides, flipped on the short
edge, put one in another and folded in the middle, the pages follow each other. Imposed sheets are
for the printer: they carry no tags, so the reader's edition is judged before and offered beside
them.
"""

from __future__ import annotations

import io

import pikepdf

#: Left and right half of a side: the numbers of their pages from 0, None where one stays blank.
Side = tuple[int | None, int | None]


def order(pages: int, rtl: bool) -> tuple[Side, ...]:
    """Return the pages of each side: front and back of each sheet, the outer sheet first.

    The first page is the front cover, the last one the back cover; blank pages stand before the
    back cover, which is at the left, and at the right where the text runs from right to left.
    """
    blanks = -pages % 4
    leaves: list[int | None] = [*range(pages)]
    leaves[max(1, pages - 1) : max(1, pages - 1)] = [None] * blanks
    sides: list[Side] = []
    for first in range(0, len(leaves) // 2, 2):
        last = len(leaves) - 1 - first
        front, back = (leaves[last], leaves[first]), (leaves[first + 1], leaves[last - 1])
        sides += [front[::-1], back[::-1]] if rtl else [front, back]
    return tuple(sides)


def impose(reader: bytes, rtl: bool) -> bytes:
    """Return a PDF with the pages of another, all of one size, on sides of twice their width.

    The same pages give the same bytes.
    """
    with pikepdf.open(io.BytesIO(reader)) as source, pikepdf.new() as sheets:
        _, _, width, height = (float(number) for number in source.pages[0].mediabox)
        forms = [sheets.copy_foreign(page.as_form_xobject()) for page in source.pages]
        for side in order(len(forms), rtl):
            sheet = sheets.add_blank_page(page_size=(2 * width, height))
            painted = b""
            for half, page in enumerate(side):
                if page is not None:
                    name = pikepdf.Name(f"/Page{page + 1}")
                    sheet.add_resource(forms[page], pikepdf.Name.XObject, name)
                    painted += b"q 1 0 0 1 %.4f 0 cm %s Do Q\n" % (half * width, bytes(name))
            sheet.obj.Contents = sheets.make_stream(painted)
        _describe(sheets, source, rtl)
        out = io.BytesIO()
        sheets.save(out, deterministic_id=True, linearize=False)
    return out.getvalue()


def _describe(sheets: pikepdf.Pdf, source: pikepdf.Pdf, rtl: bool) -> None:
    """Copy the metadata and language of the reader's edition, and recommend how to print."""
    for key, value in source.docinfo.items():
        sheets.docinfo[key] = str(value)
    if "/Lang" in source.Root:
        sheets.Root.Lang = str(source.Root.Lang)
    sheets.Root.ViewerPreferences = pikepdf.Dictionary(
        DisplayDocTitle=True,
        PrintScaling=pikepdf.Name("/None"),
        Duplex=pikepdf.Name.DuplexFlipShortEdge,
        Direction=pikepdf.Name.R2L if rtl else pikepdf.Name.L2R,
    )
