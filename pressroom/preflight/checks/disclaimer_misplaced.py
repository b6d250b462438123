"""Find required disclaimers that stand in the wrong place.

A warning that comes after what it warns of, on another page or outside of its
box comes too late; each one has its place in the policy.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...model import Finding
from ..disclaimers import reported
from ..evidence import Evidence

CODES = ("disclaimer-misplaced",)
SOURCE = "the policy of disclaimers, handouts/house/policy.toml"
BAD = "the warning of an unapproved therapy below the text that describes it"
GOOD = "the warning in its box, on the same page, before the text"


def check(evidence: Evidence) -> Iterable[Finding]:
    """Give each disclaimer that the policy wants elsewhere."""
    return reported(evidence, "disclaimer-misplaced")
