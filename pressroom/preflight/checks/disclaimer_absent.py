"""Find required disclaimers that are not on the page.

A site's own template or stylesheet may drop one without anybody noticing; the
policy, not the template, says which disclaimers a leaflet must show.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...model import Finding
from ..disclaimers import reported
from ..evidence import Evidence

CODES = ("disclaimer-absent",)
SOURCE = "the policy of disclaimers, handouts/house/policy.toml"
BAD = "`#dsc-general-info { display: none }`; a template of the site that leaves it out"
GOOD = "every disclaimer of the policy has its element, and that element has words"


def check(evidence: Evidence) -> Iterable[Finding]:
    """Give each disclaimer whose words stand nowhere."""
    return reported(evidence, "disclaimer-absent")
