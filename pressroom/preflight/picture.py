"""Paint a page of a PDF as a picture: PDF, page and resolution -> PNG."""

from __future__ import annotations

import io
from threading import Lock

import pypdfium2 as pdfium

#: pdfium works for one thread at a time.
_LOCK = Lock()


def picture(pdf: bytes, page: int, dpi: float) -> bytes:
    """Paint a page, counted from 0, in colour. Raises IndexError where there is none."""
    with _LOCK:
        document = pdfium.PdfDocument(pdf)
        try:
            if not 0 <= page < len(document):
                raise IndexError(page)
            bitmap = document[page].render(scale=dpi / 72, may_draw_forms=False)
            image = bitmap.to_pil()
        finally:
            document.close()
    out = io.BytesIO()
    # A page is mostly white: the quickest setting is nearly as small as the best.
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()
