"""Read the boxes of WeasyPrint's pages: how far each is filled, and where an element came to stand.

They have no public interface.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def share_filled(page: Any) -> float:
    """Return how far down a page box its content reaches, as a share of the height for text."""
    leaves = (box for box in boxes_of(page) if next(_parts(box), None) is None)
    lowest = max((box.position_y + box.margin_height() for box in leaves), default=0.0)
    # Margins may fill a page.
    return float((lowest - page.content_box_y()) / page.height) if page.height > 0 else 1.0


def marked(name: str, page: Any) -> list[Any]:
    """Return the boxes of a page whose elements have a class."""
    return [box for box in boxes_of(page) if name in classes_of(box.element)]


def begins_with(name: str, page: Any) -> bool:
    """Return whether all on a page stands in an element with a class, or behind one."""
    box = page
    while (box := next(_parts(box), None)) is not None:
        if name in classes_of(box.element):
            return True
    return False


def classes_of(element: Any) -> list[str]:
    return [] if element is None else (element.get("class") or "").split()


def tables_fit(page: Any) -> bool:
    """Return whether no table of a page is wider than its text, by more than a pixel."""
    left = page.content_box_x() - 1
    right = left + page.width + 2
    return all(
        left <= box.border_box_x() and box.border_box_x() + box.border_width() <= right
        for box in boxes_of(page)
        if type(box).__name__ == "TableBox"
    )


def line_boxes(page: Any) -> Iterator[Any]:
    """Yield the line boxes of a page."""
    return (box for box in boxes_of(page) if type(box).__name__ == "LineBox")


def boxes_of(page: Any) -> Iterator[Any]:
    """Yield all boxes in the flow of a page, down to its lines, in no order."""
    todo = [*_parts(page)]
    while todo:
        box = todo.pop()
        yield box
        todo.extend(_parts(box))


def _parts(box: Any) -> Iterator[Any]:
    """Yield what a box holds in the flow; a line holds nothing."""
    if type(box).__name__ != "LineBox":
        for child in getattr(box, "children", ()):
            part = getattr(child, "_box", child)
            if type(part).__name__ != "MarginBox" and part.is_in_normal_flow():
                yield part
