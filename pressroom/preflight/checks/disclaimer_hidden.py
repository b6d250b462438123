"""Find required disclaimers that are in the file but that nobody can see.

Text may be found by a search and yet be white on white, covered, clipped, off
the page or painted in no mode that leaves ink.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...model import Finding
from ..disclaimers import reported
from ..evidence import Evidence

CODES = ("disclaimer-hidden",)
SOURCE = "WCAG 2.2, 1.4.3 (contrast of 4.5:1); ISO 32000-1, 9.3.6 (text rendering modes)"
BAD = "white on white; `opacity: .05`; a box painted over half of it; moved off the page"
GOOD = "each of its glyphs changes the pixels of the page, at 4.5:1 or more"


def check(evidence: Evidence) -> Iterable[Finding]:
    """Give each disclaimer that leaves no legible ink."""
    return reported(evidence, "disclaimer-hidden")
