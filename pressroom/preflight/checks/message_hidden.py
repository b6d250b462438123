"""Prove that all text can be read on paper, as that of the disclaimers.

A style may hide, strike, mirror or tear any message, and the text layer still has its words. So
every line is judged as a disclaimer's: by what is painted on it and around it, and by the page
with and without its text. Letters need a contrast of 4.5:1, large ones of 3:1.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...core.model import Finding
from ..disclaimers.prove import exhibits
from ..evidence import Evidence
from ..pdf.marks import TextLine
from ..text.legibility import LEAST_CONTRAST, tears, what_hides
from ..text.messages import placed
from .contrast import LARGE_BOLD_PT, LARGE_PT, LEAST_LARGE

CODES = ("message-hidden",)
SOURCE = "WCAG 2.2, 1.4.3; ISO 32000-1, 9.3.6 (text rendering modes)"
BAD = (
    "`.urgent li::after` with a white ground over its item; `text-decoration: line-through`, "
    "`transform: scaleX(-1)`, `letter-spacing: 1em`, `word-spacing: -.3em`, `width: 2em`"
)
GOOD = "every letter of every message changes the pixels of the page, upright and at its place"

#: Most findings; more say nothing new.
MOST = 8
_STEP = "take what hides it out of the styles and templates"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield each message, and each other text, of which a line cannot be read."""
    names: dict[tuple[int, int], str] = {}
    hidden: dict[str, tuple[str, int]] = {}
    for expected, elements in placed(evidence):
        leaves = [leaf for element in elements for leaf in evidence.leaves_of(element)]
        name = f"the message {expected.anchor} (‘{expected.text[:40]}’)"
        names |= dict.fromkeys(((leaf.page, leaf.mcid) for leaf in leaves), name)
        if leaves and (said := tears(evidence, leaves, expected.text)):
            hidden[name] = said, leaves[0].page
    proven = {(leaf.page, leaf.mcid) for exhibit in exhibits(evidence) for leaf in exhibit.leaves}
    for line in (line for lines in evidence.lines for line in lines):
        page, mcid = line.first.page, line.first.mcid
        name = names.get((page, -1 if mcid is None else mcid), f"‘{evidence.quote(line)}’")
        if (page, mcid) in proven or name in hidden:
            continue
        if said := what_hides(evidence, line, _least(line)):
            hidden[name] = said, page
    for name, (said, page) in list(hidden.items())[:MOST]:
        yield Finding("message-hidden", "error", f"{name} {said}; {_STEP}", f"page {page + 1}")


def _least(line: TextLine) -> float:
    """Return the contrast that letters of this size need."""
    run = line.first
    large = run.size_pt >= (LARGE_BOLD_PT if run.font.bold else LARGE_PT)
    return LEAST_LARGE if large else LEAST_CONTRAST
