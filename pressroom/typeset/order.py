"""Find what styles put in another order than the source: a laid out document -> findings.

The parts of a flex box or a grid are laid out, and read aloud, in the order
that `order`, `row-reverse` and `column-reverse` give them. The words of a
leaflet have an order that carries their sense.
"""

from __future__ import annotations

from typing import Any

from ..model import Finding


def reordered(document: Any) -> list[Finding]:
    """Give a finding for each kind of element whose parts do not follow the source."""
    from weasyprint.formatting_structure import boxes

    ranks: dict[Any, int] = {}
    found: dict[Finding, None] = {}
    for number, page in enumerate(document.pages, 1):
        root = page._page_box
        for box in root.descendants():
            if not isinstance(box, (boxes.FlexContainerBox, boxes.GridContainerBox)):
                continue
            if not ranks:
                top = next(child for child in root.children if child.element_tag == "html")
                ranks = {element: rank for rank, element in enumerate(top.element.iter())}
            # What stands in no element of its own, such as bare text, has that of the box.
            own = [ranks.get(c.element) for c in box.children if c.element is not box.element]
            order = [rank for rank in own if rank is not None]
            if order != sorted(order):
                name = ".".join((box.element_tag, *(box.element.get("class") or "").split()))
                said = (
                    f"the parts of ‘{name}’ stand and are read in another order than in the "
                    "source; take `order` or `reverse` out of its styles"
                )
                found.setdefault(Finding("accessibility", "error", said, f"page {number}"))
    return list(found)
