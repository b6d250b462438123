"""Draw a QR code: an address -> an SVG drawing; the home of segno."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

#: White around the code, in its modules (ISO/IEC 18004, 5.3.8).
QUIET = 4


@lru_cache(maxsize=1024)
def draw_code(text: str) -> bytes:
    """Give the drawing of a QR code, black on white, with its quiet zone, at error level M."""
    import segno

    rows = segno.make(text, error="m", micro=False, boost_error=False).matrix
    size = len(rows) + 2 * QUIET
    path = []
    for y, row in enumerate(rows, QUIET):
        x = QUIET
        for dark, run in groupby(row):
            wide = len(list(run))
            if dark:
                path.append(f"M{x} {y}h{wide}v1h-{wide}z")
            x += wide
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{"".join(path)}"/></svg>'
    ).encode()
