"""Resolve the lengths of a style once, not once a box: a patch on WeasyPrint 70.

`layout.percent.resolve_percentages` turns some twenty computed values into used
ones, for each box and each time that it is laid out: a tenth of a layout. Where
none of them is a percentage, what comes out depends on the style alone, and boxes of
one style share it.

`tests/typeset/test_thrift.py` shows that boxes get the same values as without it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from .patching import replace_everywhere

#: Computed values that WeasyPrint turns into used ones, but for the borders' widths.
_LENGTHS = (
    "margin_left", "margin_right", "margin_top", "margin_bottom",
    "padding_left", "padding_right", "padding_top", "padding_bottom",
    "width", "min_width", "max_width", "height", "min_height", "max_height",
)  # fmt: skip
_BORDERS = tuple(f"border_{side}_width" for side in ("top", "right", "bottom", "left"))
#: What a box is given, boxes whose sizes leave out their borders included.
_USED = (*_LENGTHS, *_BORDERS)


def fixed(style: Any) -> bool:
    """Tell whether used values follow from a style, whatever box it is of, and wherever that is.

    Borders that collapse are settled between the cells of a table.
    """
    return style["border_collapse"] != "collapse" and all(
        value == "auto" or getattr(value, "unit", "") == "px"
        for value in map(style.__getitem__, _LENGTHS)
    )


@cache
def install() -> None:
    """Patch WeasyPrint, once a process."""
    from weasyprint.layout import percent

    resolve = percent.resolve_percentages

    def resolve_once(box: Any, containing_block: Any) -> None:
        known = box.style.__dict__
        used = known.get("_used")
        if used:
            box.__dict__.update(used)
            return
        resolve(box, containing_block)
        if used is None:
            one = box.__dict__
            known["_used"] = {name: one[name] for name in _USED} if fixed(box.style) else {}

    replace_everywhere("resolve_percentages", resolve, resolve_once)
