"""Picture page 1 of a PDF for the rack: PDF -> PNG, the same bytes for the same page."""

from __future__ import annotations

import io

import pypdfium2 as pdfium

#: Width of a thumbnail in dots: twice that of its place on the rack, for fine screens.
WIDTH = 240
#: Colours of a thumbnail: text, paper, the accent, and the greys between.
COLOURS = 16


def thumbnail(pdf: bytes) -> bytes:
    """Picture the first page of a PDF, `WIDTH` dots wide."""
    from PIL import Image

    with pdfium.PdfDocument(pdf) as document:
        page = document[0]
        painted = page.render(scale=WIDTH / page.get_width(), rev_byteorder=True).to_pil()
        colours = painted.convert("RGB").quantize(
            COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        )
    out = io.BytesIO()
    colours.save(out, "PNG")
    return out.getvalue()
