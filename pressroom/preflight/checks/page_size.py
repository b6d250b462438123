"""Hold every page to the clinic's paper.

A page of another size is made to fit by whoever prints it: on A1, 14 points become 3. What lies
between the trim and the edge of the sheet is cut off. So the media, crop, trim and bleed boxes are
all the paper of `clinic.toml`, or half of it in a booklet, neither turned nor scaled.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...core.model import Finding
from ..evidence import Evidence
from ..pdf.interpreter import inherited, page_boxes

CODES = ("page-size",)
SOURCE = "ISO 32000-1, 14.11.2 (page boundaries), 7.7.3.3 (Rotate, UserUnit)"
BAD = "`@page { size: A1 }`; `@page { bleed: 30mm }` with a disclaimer in the bleed"
GOOD = "every box is A4 where clinic.toml says A4, half of it in a booklet"

#: How far rounding may lead a box from its paper, in points.
TOLERANCE_PT = 0.5


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield the first box of each page that is not its paper."""
    width, height = evidence.paper
    named = f"{evidence.leaflet.clinic.paper}, {width / 72 * 25.4:.0f} by {height / 72 * 25.4:.0f}"
    for number, page in enumerate(evidence.pdf.pages):
        said = ""
        for name, (left, bottom, right, top) in page_boxes(page.obj).items():
            wide, high = right - left, top - bottom
            if abs(wide - width) > TOLERANCE_PT or abs(high - height) > TOLERANCE_PT:
                said = f"its {name} box is {wide / 72 * 25.4:.0f} by {high / 72 * 25.4:.0f} mm"
                break
        if int(inherited(page.obj, "/Rotate") or 0) % 360:
            said = "it is turned"
        if float(page.obj.get("/UserUnit", 1)) != 1:
            said = "its units are scaled"
        if said:
            yield Finding(
                "page-size",
                "error",
                f"the page is not the clinic's paper ({named} mm): {said}; take `size`, `bleed` "
                "and `marks` of @page out of the styles, or change `paper` in clinic.toml",
                f"page {number + 1}",
            )
