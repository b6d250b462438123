"""Find required disclaimers whose words were changed.

One dropped "not" turns a warning into an invitation. The structure tree has
to give the words of the catalogue to the letter, and the painted glyphs have
to be those that the pinned font draws for these words, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...model import Finding
from ..disclaimers import reported
from ..evidence import Evidence

CODES = ("disclaimer-altered",)
SOURCE = "the policy of disclaimers, handouts/house/policy.toml"
BAD = "a ‘not’ that is gone; the right text over the glyphs of another font"
GOOD = "the element's words are those of the catalogue, and so are its glyphs, shaped again"


def check(evidence: Evidence) -> Iterable[Finding]:
    """Give each disclaimer that says something else."""
    return reported(evidence, "disclaimer-altered")
