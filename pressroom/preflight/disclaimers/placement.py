"""Judge where a required disclaimer stands: its page, its order, its box."""

from __future__ import annotations

from ...core.model import plain
from ..evidence import Evidence
from ..pdf.geometry import Box, union
from ..text.legibility import framed
from ..text.normalise import normalised
from .exhibit import Exhibit, Occurrence
from .find import candidates


def judge_place(evidence: Evidence, exhibit: Exhibit, leaves: Occurrence) -> None:
    """Compare the page of a disclaimer with the placement of its rule."""
    last = len(evidence.pages) - 1
    begins, ends = leaves[0].page, leaves[-1].page
    match exhibit.rule.placement:
        case "first-page" if begins != 0:
            exhibit.wrong(
                "misplaced",
                f"stands on page {begins + 1} but belongs on the first page; move it there, or "
                "shorten what stands before it",
            )
        case "last-page" if ends != last:
            exhibit.wrong(
                "misplaced",
                f"stands on page {ends + 1} but belongs on the last page, {last + 1}; move it to "
                "the end",
            )
        case "before-therapy":
            _judge_before_therapy(evidence, exhibit, leaves)
        case _:
            pass


def _judge_before_therapy(evidence: Evidence, exhibit: Exhibit, leaves: Occurrence) -> None:
    """Compare the place of a warning with that of the description of the therapy."""
    words = evidence.leaflet.words.get(evidence.leaflet.topic.therapy_anchor)
    found = next(candidates(evidence, normalised(plain(words))), None) if words else None
    if found is None:
        exhibit.wrong(
            "misplaced",
            "must stand before the therapy is described, but no description of it was found on "
            "the page; put it into '::: unapproved-therapy'",
            "skipped" if not words else "error",
        )
        return
    if leaves[-1].page != found[0].page:
        exhibit.wrong(
            "misplaced",
            f"stands on page {leaves[-1].page + 1}, but the therapy is described on page "
            f"{found[0].page + 1}; keep both on one page",
        )
        return
    own = [run for run in evidence.runs_in(*leaves) if run.page == found[0].page]
    theirs = evidence.runs_in(*found)
    later = leaves[-1].element.rank > found[0].element.rank
    if not later and own and theirs:
        lowest, first = min(own, key=lambda run: run.baseline), theirs[0]
        later = lowest.baseline < first.baseline - 1 and lowest.left <= first.left + 1
    if later:
        exhibit.wrong(
            "misplaced",
            "stands after the therapy that it warns of; put it before the description",
        )


def judge_box(evidence: Evidence, exhibit: Exhibit) -> None:
    """Look for a border around the letters, on each page that has some."""
    by_page: dict[int, list[Box]] = {}
    for run in exhibit.runs(evidence):
        by_page.setdefault(run.page, []).extend(box for _, box in run.ink_boxes())
    for page, boxes in by_page.items():
        if boxes and not framed(evidence.pages[page].marks, union(boxes)):
            exhibit.wrong(
                "misplaced",
                f"must stand in a box with a border on all sides, but has none on page {page + 1}; "
                "put the border back",
            )
