"""Give the band room: a laid-out document -> how wide the upper margin has to be."""

from __future__ import annotations

import math
from typing import Any

#: White above the band, in CSS pixels (4 mm): few printers reach nearer to the edge of the paper.
AIR_PX = 4 / 25.4 * 96


def upper_margin(document: Any) -> str:
    """Give a stylesheet with an upper margin that holds its band; empty where it does already.

    How many lines a band has depends on its words, and on whether a leaflet has two
    of them: one of drafts, and one of what is out of date.
    """
    needed = 0.0
    for page in document.pages:
        box = page._page_box
        for margin in box.children:
            if getattr(margin, "at_keyword", "") == "@top-center" and margin.children:
                first, last = margin.children[0], margin.children[-1]
                height = last.position_y + last.margin_height() - first.position_y
                # Below the band, its margin box has white of its own.
                room = margin.margin_height() - margin.padding_top - margin.padding_bottom
                lack = height + AIR_PX - room
                if lack > 0:
                    needed = max(needed, box.margin_top + lack)
    if not needed:
        return ""
    # `banded` is the page of a leaflet with more than one band, whose rule would else win.
    rule = f"{{ margin-top: {math.ceil(needed / 96 * 25.4)}mm }}"
    return f"@page {rule} @page banded {rule}"
