"""A required disclaimer under examination: where it was found, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...core.model import Finding, Notice, Rule, Severity
from ..evidence import Evidence
from ..pdf.marks import GlyphRun
from ..pdf.structure import Leaf

#: Marked content that has the words of a disclaimer, in reading order.
Occurrence = tuple[Leaf, ...]


@dataclass(slots=True)
class Exhibit:
    """A required disclaimer, where it was found, and what is wrong with it."""

    id: str
    rule: Rule
    #: None where the leaflet has no words for the rule.
    notice: Notice | None
    #: One, or for a disclaimer of every page one a page.
    occurrences: list[Occurrence] = field(default_factory=list)
    #: The smallest type that it is painted in.
    size_pt: float | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def leaves(self) -> list[Leaf]:
        """Its marked content, occurrence by occurrence."""
        return [leaf for occurrence in self.occurrences for leaf in occurrence]

    @property
    def page(self) -> int | None:
        """Number of the page on which it begins, from 1."""
        return next((leaf.page + 1 for leaf in self.leaves), None)

    def runs(self, evidence: Evidence) -> list[GlyphRun]:
        """Return all its glyph runs."""
        return evidence.runs_in(*self.leaves)

    def wrong(self, code: str, said: str, severity: Severity = "error") -> None:
        """Note what is wrong, unless the same was said before."""
        finding = Finding(
            f"disclaimer-{code}",
            severity,
            f"the disclaimer '{self.id}' {said}",
            f"page {self.page}" if self.page else "",
        )
        if finding not in self.findings:
            self.findings.append(finding)
