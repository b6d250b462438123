"""Prove that figures in right-to-left text run from left to right on the page.

A bare `1-800-555-0142` prints as `0142-555-800-1` in Arabic, Persian, Pashto
and Urdu, and `20-40` as `40-20`; the text layer still reads rightly. So the
painted glyphs are compared, from left to right, with those of the figure.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...markup.isolate import split_ltr
from ...model import Finding
from ..evidence import Evidence
from ..shaping import painted
from ..tree import Leaf

CODES = ("direction-unisolated",)
SOURCE = "R17 of the leaflet standards; UAX #9"
BAD = "`1-800-555-0142` in an Arabic line, painted as `0142-555-800-1`"
GOOD = 'the same number inside `<span dir="ltr">`, painted as it is dialled'


def check(evidence: Evidence) -> Iterator[Finding]:
    """Give each telephone number, dose, range or date that is painted in another order."""
    if evidence.leaflet.locale.direction != "rtl":
        return
    said: set[str] = set()
    for (page, mcid), owner in evidence.tree.owners.items():
        leaf = Leaf(page, mcid, owner)
        text = evidence.text_of_leaf(leaf)
        pieces = [piece for piece, ltr in split_ltr(text) if ltr]
        pieces = [piece for piece in pieces if any(c.isdecimal() for c in piece)]
        if not pieces:
            continue
        runs = evidence.runs_of.get((page, mcid), [])
        shown = painted(runs)
        for piece in pieces:
            bold = any(run.font.bold for run in runs)
            if piece not in said and not evidence.in_order(piece, shown, bold, leaf):
                said.add(piece)
                yield Finding(
                    "direction-unisolated",
                    "error",
                    f"‘{piece}’ is not painted from left to right; put U+2066 before it and "
                    "U+2069 behind it in the translation",
                    f"page {page + 1}",
                )
