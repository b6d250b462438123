"""Find required disclaimers in type that is too small.

The size is what reaches the paper: the font size times all that scales it,
for the smallest letter of the text.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...model import Finding
from ..disclaimers import reported
from ..evidence import Evidence

CODES = ("disclaimer-too-small",)
SOURCE = "UKAAF G003 (12 pt); the policy of disclaimers, handouts/house/policy.toml"
BAD = "`font-size: 4pt`, or 12 pt under `transform: scale(.2)`"
GOOD = "12 pt on paper where the policy asks for 12"


def check(evidence: Evidence) -> Iterable[Finding]:
    """Give each disclaimer below its least size."""
    return reported(evidence, "disclaimer-too-small")
