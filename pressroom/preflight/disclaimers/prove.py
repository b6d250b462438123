"""Prove each required disclaimer: Evidence -> Exhibits, with what is wrong about each.

A disclaimer counts when a patient can read it on paper. Six steps prove that: its place, its text
in the structure tree, its glyphs, their geometry, their visibility, and the order of the figures
in it. The check `disclaimers` reports what the steps found, each under its own code.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from ...core.model import Notice, Shown, Span, plain
from ..evidence import Evidence, found_once
from ..pdf.geometry import union
from ..pdf.marks import GlyphRun
from ..text.legibility import tears, what_hides
from ..text.normalise import normalised
from ..text.reading_order import ReadingPath, TextPiece
from .exhibit import Exhibit
from .find import find, find_on_every_page
from .placement import judge_box, judge_place

#: Tolerance of a type size in points: what rounding in the PDF may take away.
SIZE_TOLERANCE = 0.05

#: Longest telephone number or date whose order is looked at, in characters.
LONGEST_FIGURE = 40


def shown(evidence: Evidence) -> tuple[Shown, ...]:
    """Return page, size and proof of each required disclaimer, for the report."""
    return tuple(
        Shown(
            exhibit.id,
            exhibit.page,
            None if exhibit.size_pt is None else round(exhibit.size_pt, 2),
            proven=bool(exhibit.occurrences) and not exhibit.findings,
        )
        for exhibit in exhibits(evidence)
    )


@found_once
def exhibits(evidence: Evidence) -> tuple[Exhibit, ...]:
    """Return every disclaimer that the leaflet must show, judged."""
    leaflet = evidence.leaflet
    found: list[Exhibit] = []
    for rule in leaflet.rules:
        if not any(notice.rule.id == rule.id for notice in leaflet.notices):
            exhibit = Exhibit(rule.id, rule, None)
            exhibit.wrong(
                "absent",
                "has no words for this leaflet: its placeholders need front matter that the topic "
                "lacks; add it",
            )
            found.append(exhibit)
    for notice in leaflet.required:
        exhibit = Exhibit(notice.id, notice.rule, notice)
        if notice.rule.placement == "every-page":
            find_on_every_page(evidence, exhibit, notice)
        else:
            find(evidence, exhibit, notice)
            if exhibit.occurrences:
                judge_place(evidence, exhibit, exhibit.occurrences[0])
        if exhibit.occurrences:
            _weigh_size(evidence, exhibit)
            _weigh_number(evidence, exhibit, notice)
            _compare_glyphs(evidence, exhibit)
            _judge_order(evidence, exhibit, notice)
            _judge_sight(evidence, exhibit)
        found.append(exhibit)
    return tuple(found)


def _judge_sight(evidence: Evidence, exhibit: Exhibit) -> None:
    """Look at its lines, on the page with and without its text."""
    for line in evidence.lines_in(*exhibit.leaves):
        if said := what_hides(evidence, line):
            exhibit.wrong("hidden", f"{said} on page {line.first.page + 1}; let all of it show")
            break
    if exhibit.notice is not None and exhibit.rule.placement != "every-page":
        for occurrence in exhibit.occurrences:
            if said := tears(evidence, occurrence, plain(exhibit.notice.words)):
                exhibit.wrong("hidden", f"{said}; give it room")
    if exhibit.rule.boxed and exhibit.occurrences:
        judge_box(evidence, exhibit)


def _compare_glyphs(evidence: Evidence, exhibit: Exhibit) -> None:
    """Compare the painted glyphs with those that the pinned fonts give for the words."""
    false_fonts = {font.base_name for font in evidence.false_fonts}
    for leaf in exhibit.leaves:
        text = evidence.text_of_leaf(leaf)
        runs = evidence.runs_in(leaf)
        if normalised(text) and not runs:
            exhibit.wrong("hidden", f"paints nothing for ‘{text[:40]}’; show it")
            continue
        wrong = next((r.font.base_name for r in runs if r.font.base_name in false_fonts), "")
        if wrong:
            exhibit.wrong(
                "altered",
                f"is painted with the font {wrong.partition('+')[2]}, whose letters are not "
                "those of the pinned file; leave only one file for each family and weight",
            )
        elif not evidence.true_glyphs(leaf):
            exhibit.wrong(
                "altered",
                f"paints other letters than ‘{text.strip()[:60]}’; take out what shortens or "
                "reorders the text, and what changes its font",
            )


def _judge_order(evidence: Evidence, exhibit: Exhibit, notice: Notice) -> None:
    """Compare the order of lines, of words on them and of figures with the order of reading."""
    figures = [normalised(text) for text in _isolates(notice.words)]
    for occurrence in exhibit.occurrences:
        path = ReadingPath(notice.direction == "rtl")
        for leaf in occurrence:
            runs = evidence.runs_in(leaf)
            text = normalised(evidence.text_of_leaf(leaf))
            ink = [run.ink for run in runs if run.ink is not None]
            if not ink or not text:
                continue
            if any(figure in text for figure in figures) and not _ascending(runs):
                exhibit.wrong("altered", f"paints ‘{text}’ in another order; isolate it")
            piece = TextPiece(
                leaf.page, runs[0].baseline, max(run.size_pt for run in runs), union(ink), text
            )
            if not path.goes_on(piece):
                exhibit.wrong(
                    "altered",
                    f"paints ‘{text[:40]}’ elsewhere than behind what it follows; let the text run "
                    "in its order",
                )
                break


def _isolates(words: Iterable[Span]) -> Iterator[str]:
    """Yield the telephone numbers, dates and the like that run from left to right."""
    for span in words:
        if span.kind in ("isolate", "code"):
            text = plain((span,))
            if any(c.isdecimal() for c in text) and len(text) <= LONGEST_FIGURE:
                yield text
        else:
            yield from _isolates(span.children)


def _ascending(runs: Sequence[GlyphRun]) -> bool:
    """Return whether what holds figures is painted from left to right, on each line.

    The same figure may stand in a date, among letters whose marks reach back.
    """
    figures = [run for run in runs if any(map(str.isdecimal, run.text))]
    return all(
        a.left <= b.left + 0.01 or abs(a.baseline - b.baseline) > a.size_pt / 2
        for a, b in itertools.pairwise(figures)
    )


def _weigh_number(evidence: Evidence, exhibit: Exhibit, notice: Notice) -> None:
    """Look for its telephone number in large figures, on its page."""
    least = exhibit.rule.number_pt
    number = next((plain((span,)) for span in notice.words if span.kind == "isolate"), "")
    if least is None or not number:
        return
    runs = evidence.pages[exhibit.leaves[0].page].runs
    large = [run.text for run in runs if run.size_pt * evidence.reduction >= least - SIZE_TOLERANCE]
    if normalised(number) not in normalised("".join(large)):
        exhibit.wrong(
            "too-small",
            f"does not have its number {number} in {least:g} pt on its page; take the smaller size "
            "out of the stylesheet",
        )


def _weigh_size(evidence: Evidence, exhibit: Exhibit) -> None:
    """Compare the smallest type that any of its letters is painted in with its rule."""
    sizes = [run.size_pt for run in exhibit.runs(evidence) if run.ink is not None]
    if not sizes:
        exhibit.wrong("hidden", "paints no letter; show it")
        return
    exhibit.size_pt = min(sizes) * evidence.reduction
    least = exhibit.rule.least_pt
    if exhibit.size_pt < least - SIZE_TOLERANCE:
        exhibit.wrong(
            "too-small",
            f"is set in {exhibit.size_pt:.3g} pt but needs {least:g} pt; take the smaller size out "
            "of the stylesheet",
        )
