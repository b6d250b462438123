"""Prove that a patient can read each required disclaimer on paper.

The policy, not the template, says which disclaimers a leaflet must show, and where.

`absent`: its words stand nowhere. A site's own template or stylesheet may drop one without
anybody noticing.

`altered`: it says something else. One dropped "not" turns a warning into an invitation; the
structure tree has to give the words of the catalogue to the letter, and the painted glyphs have to
be those that the pinned font draws for these words, in the same order.

`hidden`: it is in the file, but nobody can see it. Text may be found by a search and yet be white
on white, covered, clipped, off the page or painted in a mode that leaves no ink.

`misplaced`: a warning that comes after what it warns of, on another page or outside of its box
comes too late.

`too-small`: the size is what reaches the paper, the font size times all that scales it, for the
smallest letter of the text.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...core.model import Finding
from ..disclaimers.prove import exhibits
from ..evidence import Evidence

CODES = (
    "disclaimer-absent", "disclaimer-altered", "disclaimer-hidden", "disclaimer-misplaced",
    "disclaimer-too-small",
)  # fmt: skip
SOURCE = (
    "the policy of disclaimers, handouts/house/policy.toml; WCAG 2.2, 1.4.3 (contrast of 4.5:1); "
    "ISO 32000-1, 9.3.6 (text rendering modes); UKAAF G003 (12 pt)"
)
BAD = (
    "`#dsc-general-info { display: none }`; a ‘not’ that is gone, or the right text over the "
    "glyphs of another font; white on white, `opacity: .05`, a box painted over half of it; the "
    "warning of an unapproved therapy below the text that describes it; 12 pt under "
    "`transform: scale(.2)`"
)
GOOD = (
    "its words are those of the catalogue, and so are its glyphs, shaped again; each of them "
    "changes the pixels of the page, at 4.5:1 or more; it stands in its box, on its page, before "
    "what it warns of, in 12 pt on paper where the policy asks for 12"
)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield what is wrong with any disclaimer, in the order of the codes."""
    found = [finding for exhibit in exhibits(evidence) for finding in exhibit.findings]
    for code in CODES:
        yield from (finding for finding in found if finding.code == code)
