"""Hold the number of pages within the budget of the edition.

A page more is a sheet more for every patient, and the staff staple it or
lose it. A last page that is nearly empty wastes a sheet.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...core.model import Finding
from ..evidence import Evidence

CODES = ("page-count",)
SOURCE = "the front matter of the topic: `pages`"
BAD = "five pages where the front matter allows four"
GOOD = "four pages; the last one more than nearly empty"

#: Share of the page's height that the text of a last page should fill at least.
FILLED = 0.15


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield pages beyond the budget, and a last page that is nearly empty."""
    proof, leaflet = evidence.proof, evidence.leaflet
    pages, budget = len(evidence.pages), leaflet.page_budget
    where = leaflet.topic.path
    if budget is None:
        said = f"no page budget is set for the edition {leaflet.edition}; add it to pages"
        yield Finding("page-count", "skipped", said, where)
    elif pages > budget:
        over = ""
        if proof.excess_lines:
            over = (
                f": about {proof.excess_lines} lines too many, some {proof.excess_words} words of "
                "the source"
            )
        said = f"{pages} pages, the budget is {budget}{over}; shorten the text"
        yield Finding("page-count", "error", said, where)
    if pages < 2:
        return
    last = evidence.pages[-1]
    heights = [run.baseline for run in last.runs if evidence.tree.in_text(last.number, run.mcid)]
    bottom, top = last.box[1], last.box[3]
    filled = (max(heights) - min(heights)) / (top - bottom) if heights else 0.0
    if filled < FILLED:
        yield Finding(
            "page-count",
            "warning",
            f"the last page is nearly empty ({filled:.0%} of its height); shorten the text by a "
            "few lines, or let it fill the page",
            where,
        )
