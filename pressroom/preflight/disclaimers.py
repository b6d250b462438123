"""Prove each required disclaimer: Evidence -> Exhibits, with what is wrong about each.

A disclaimer counts when a patient can read it on paper. Six steps prove that:
its place, its text in the structure tree, its glyphs, their geometry, their
visibility, and the order of the figures in it. The checks `disclaimer_*` report
what the steps found, each its own code.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from ..catalogue.locales import digits
from ..model import Finding, Notice, Rule, Severity, Shown, Span, plain
from .evidence import Evidence
from .ink import Box, Run, union
from .legible import framed, what_hides
from .raster import views
from .reading import Path, Piece
from .tree import Element, Leaf
from .words import essence, first_difference

#: Tolerance of a type size in points: what rounding in the PDF may take away.
SIZE_TOLERANCE = 0.05
#: Share of equal text from which on a text is the disclaimer, altered; below, it is another.
ALIKE = 0.5

#: Longest telephone number or date whose order is looked at, in characters.
LONGEST_FIGURE = 40

_NUMBER_LABEL = re.compile(r"[\W\d]{1,4}")


@dataclass(slots=True)
class Place:
    """One place where a disclaimer has to stand, and what stands there."""

    #: Number of the page, from 0; None where any page will do.
    page: int | None
    #: The exact words, with their page numbers.
    expected: str
    leaves: tuple[Leaf, ...] = ()

    def runs(self, evidence: Evidence) -> Iterator[Run]:
        """Give its painted glyphs in logical order of the leaves."""
        for leaf in self.leaves:
            yield from evidence.runs_of.get((leaf.page, leaf.mcid), ())


@dataclass(slots=True)
class Exhibit:
    """A required disclaimer, where it was found, and what is wrong with it."""

    id: str
    rule: Rule
    notice: Notice | None
    places: list[Place] = field(default_factory=list)
    size_pt: float | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def page(self) -> int | None:
        """Number of the page on which it begins, from 1."""
        leaves = [leaf for place in self.places for leaf in place.leaves]
        return leaves[0].page + 1 if leaves else None

    def runs(self, evidence: Evidence) -> Iterator[Run]:
        """Give all its painted glyphs."""
        for place in self.places:
            yield from place.runs(evidence)

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


def exhibits(evidence: Evidence) -> tuple[Exhibit, ...]:
    """Give every disclaimer that the leaflet must show, judged. Made once."""
    if "exhibits" not in evidence.shared:
        evidence.shared["exhibits"] = tuple(_judged(evidence))
    found: tuple[Exhibit, ...] = evidence.shared["exhibits"]
    return found


def reported(evidence: Evidence, code: str) -> Iterator[Finding]:
    """Give the findings of all disclaimers with one code."""
    for exhibit in exhibits(evidence):
        yield from (finding for finding in exhibit.findings if finding.code == code)


def shown(evidence: Evidence) -> tuple[Shown, ...]:
    """Give what the report says of each required disclaimer."""
    return tuple(
        Shown(
            exhibit.id,
            exhibit.page,
            None if exhibit.size_pt is None else round(exhibit.size_pt, 2),
            proven=bool(exhibit.places) and not exhibit.findings,
        )
        for exhibit in exhibits(evidence)
    )


def _judged(evidence: Evidence) -> list[Exhibit]:
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
            _find_on_every_page(evidence, exhibit, notice)
        else:
            _find(evidence, exhibit, notice)
        if exhibit.places:
            _weigh_size(evidence, exhibit)
            _compare_glyphs(evidence, exhibit)
            _judge_order(evidence, exhibit, notice)
        found.append(exhibit)
    _judge_sight(evidence, found)
    return found


def _judge_sight(evidence: Evidence, found: Sequence[Exhibit]) -> None:
    """Look at the pages with and without the disclaimers' letters."""
    runs = [run for exhibit in found for run in exhibit.runs(evidence)]
    painted_views = views(evidence, runs)
    for exhibit in found:
        hidden = what_hides(evidence, list(exhibit.runs(evidence)), painted_views)
        if hidden is not None:
            said, page = hidden
            exhibit.wrong("hidden", f"{said} on page {page + 1}; let all of it show")
        if exhibit.rule.boxed and exhibit.places:
            _judge_box(evidence, exhibit)


def _judge_box(evidence: Evidence, exhibit: Exhibit) -> None:
    """Find a border around the letters, on each page that has some."""
    by_page: dict[int, list[Box]] = {}
    for run in exhibit.runs(evidence):
        by_page.setdefault(run.page, []).extend(box for _, box in run.ink_boxes())
    for page, boxes in by_page.items():
        if boxes and not framed(evidence.sheets[page].marks, union(boxes)):
            exhibit.wrong(
                "misplaced",
                f"must stand in a box with a border on all sides, but has none on page {page + 1}; "
                "put the border back",
            )


def _compare_glyphs(evidence: Evidence, exhibit: Exhibit) -> None:
    """Compare the painted glyphs with those that the pinned fonts give for the words."""
    false_fonts = {font.base_name for font in evidence.false_fonts}
    for place in exhibit.places:
        for leaf in place.leaves:
            text = evidence.text_of_leaf(leaf)
            runs = evidence.runs_of.get((leaf.page, leaf.mcid), [])
            if essence(text) and not runs:
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
    figures = [essence(text) for text in _isolates(notice.words)]
    for place in exhibit.places:
        path = Path(notice.direction == "rtl")
        for leaf in place.leaves:
            runs = evidence.runs_of.get((leaf.page, leaf.mcid), [])
            text = essence(evidence.text_of_leaf(leaf))
            ink = [run.ink for run in runs if run.ink is not None]
            if not ink or not text:
                continue
            if any(figure in text for figure in figures) and not _ascending(runs):
                exhibit.wrong("altered", f"paints ‘{text}’ in another order; isolate it")
            piece = Piece(
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
    """Give the telephone numbers, dates and the like that run from left to right."""
    for span in words:
        if span.kind in ("isolate", "code"):
            text = plain((span,))
            if any(c.isdecimal() for c in text) and len(text) <= LONGEST_FIGURE:
                yield text
        else:
            yield from _isolates(span.children)


def _ascending(runs: Sequence[Run]) -> bool:
    """Tell whether runs are painted from left to right."""
    return all(a.left <= b.left + 0.01 for a, b in itertools.pairwise(runs))


def _find_on_every_page(evidence: Evidence, exhibit: Exhibit, notice: Notice) -> None:
    """Look for a disclaimer on each page, in its margin boxes and in its text."""
    pages = len(evidence.sheets)
    locale = evidence.leaflet.locale
    lacking: list[str] = []
    other: tuple[int, str, str] | None = None
    for page in range(pages):
        folios = {"n": digits(str(page + 1), locale), "N": digits(str(pages), locale)}
        expected = plain(notice.words, folios)
        wanted = essence(expected)
        tops = evidence.tree.strays.get(page, ())
        found: Element | None = None
        for element in (element for top in tops for element in top.walk()):
            text = essence(evidence.text(element))
            if text == wanted:
                found = element
                break
            if other is None and text and _alike(wanted, text):
                other = (page, expected, evidence.text(element))
        if found is None:
            found = next(
                (
                    element
                    for element in evidence.by_essence.get(wanted, ())
                    if all(leaf.page == page for leaf in element.leaves())
                ),
                None,
            )
        if found is None:
            lacking.append(str(page + 1))
        else:
            exhibit.places.append(Place(page, expected, tuple(evidence.leaves(found))))
    if not lacking:
        return
    if other is not None:
        _say_altered(exhibit, other[1], other[2], f" on page {other[0] + 1}")
    elif len(lacking) == pages:
        exhibit.wrong("absent", "stands on no page; put its element back into the template")
    else:
        exhibit.wrong(
            "misplaced",
            f"must stand on every page but is not on page {', '.join(lacking)}; "
            "put it into the margin box of all pages",
        )


def _alike(wanted: str, text: str) -> bool:
    if not text or len(text) > 3 * len(wanted) + 40:
        return False
    matcher = SequenceMatcher(None, wanted, text, autojunk=False)
    return (
        matcher.real_quick_ratio() > ALIKE
        and matcher.quick_ratio() > ALIKE
        and matcher.ratio() > ALIKE
    )


def _say_altered(exhibit: Exhibit, expected: str, found: str, where: str = "") -> None:
    wanted, got = first_difference(expected, found)
    exhibit.wrong(
        "altered",
        f"has other words{where}: ‘{got.strip()}’ stands where ‘{wanted.strip()}’ belongs; "
        "print the words of the catalogue unchanged",
    )


def _find(evidence: Evidence, exhibit: Exhibit, notice: Notice) -> None:
    """Look for a disclaimer in the text, and judge its place."""
    expected = plain(notice.words)
    target = evidence.destinations.get(notice.anchor)
    candidates = list(_candidates(evidence, essence(expected)))
    if target is not None:
        # Two languages may say it in the same words: a name, a year, a licence.
        candidates.sort(
            key=lambda leaves: (
                leaves[0].page != target.page,
                evidence.language(leaves[0].element) != notice.lang,
            )
        )
    if not candidates:
        _say_where_it_went(evidence, exhibit, notice, expected)
        return
    leaves = candidates[0]
    exhibit.places.append(Place(None, expected, leaves))
    if target is None:
        exhibit.wrong(
            "misplaced",
            f"has its words, but no element '{notice.anchor}'; give the id back to its element",
        )
    elif target.page != leaves[0].page:
        exhibit.wrong(
            "misplaced",
            f"stands on page {leaves[0].page + 1}, its element '{notice.anchor}' on page "
            f"{target.page + 1}; keep the words inside the element",
        )
    _judge_place(evidence, exhibit, leaves)


def _candidates(evidence: Evidence, wanted: str) -> Iterator[tuple[Leaf, ...]]:
    """Give the marked content of each element, or chain of its parts, with these words.

    An element that breaks over pages or columns is as many elements in the PDF.
    """
    if not wanted:
        return
    taken: set[Leaf] = set()
    for element in evidence.by_essence.get(wanted, ()):
        around = evidence.essences[element.block]
        if around != wanted and not _numbered(around, wanted):
            continue  # More words stand in the same paragraph.
        leaves = tuple(evidence.leaves(element))
        if taken.isdisjoint(leaves):
            taken.update(leaves)
            yield leaves
    elements = [e for e in evidence.tree.elements if evidence.essences[e] and e.block is e]
    for number, element in enumerate(elements):
        text = evidence.essences[element]
        if text == wanted:
            continue
        if _numbered(text, wanted):
            # The number of a footnote stands in front.
            leaves = tuple(evidence.leaves(element))
            if taken.isdisjoint(leaves):
                taken.update(leaves)
                yield leaves
        elif wanted.startswith(text):
            chain, rest = [element], wanted[len(text) :]
            for following in elements[number + 1 :]:
                more = evidence.essences[following]
                if following.rank < chain[-1].end or following.kind != element.kind:
                    continue
                if not rest.startswith(more):
                    break
                chain.append(following)
                rest = rest[len(more) :]
                if not rest:
                    break
            if not rest:
                leaves = tuple(leaf for part in chain for leaf in evidence.leaves(part))
                if taken.isdisjoint(leaves):
                    taken.update(leaves)
                    yield leaves


def _numbered(text: str, wanted: str) -> bool:
    """Tell whether a text is the wanted one with the number of a footnote in front."""
    return text.endswith(wanted) and _NUMBER_LABEL.fullmatch(text[: -len(wanted)]) is not None


def _say_where_it_went(evidence: Evidence, exhibit: Exhibit, notice: Notice, expected: str) -> None:
    """Say why no element has these words."""
    wanted = essence(expected)
    target = evidence.destinations.get(notice.anchor)
    strays = (e for tops in evidence.tree.strays.values() for top in tops for e in top.walk())
    if any(essence(evidence.text(element)) == wanted for element in strays):
        exhibit.wrong(
            "misplaced",
            "stands in a margin of the page only, where assistive technology does not read it; "
            "put it into the text",
        )
        return
    pictures = (element.alternative for element in evidence.tree.elements if element.alternative)
    if any(wanted in essence(text) for text in pictures):
        exhibit.wrong("hidden", "stands in the alternative text of a picture only; print its words")
        return
    if target is None:
        exhibit.wrong(
            "absent", f"is not on the page; put the element '{notice.anchor}' back in the template"
        )
        return
    nearby = [
        element
        for element in evidence.tree.elements
        if evidence.essences[element] and element.page == target.page and element.block is element
    ]
    best = max(
        nearby,
        key=lambda e: SequenceMatcher(
            None, wanted, evidence.essences[e], autojunk=False
        ).quick_ratio(),
        default=None,
    )
    if best is not None and _alike(wanted, evidence.essences[best]):
        _say_altered(exhibit, expected, evidence.text(best))
        return
    standing = _element_at(evidence, exhibit, notice)
    if standing is None or evidence.essences[standing] in _other_words(evidence):
        exhibit.wrong(
            "hidden",
            f"has an element '{notice.anchor}' on page {target.page + 1} that paints no words; "
            "show it",
        )
    else:
        _say_altered(exhibit, expected, evidence.text(standing))


def _other_words(evidence: Evidence) -> set[str]:
    """Give the texts that stand on the page in their own right."""
    leaflet = evidence.leaflet
    texts = [*(plain(words) for words in leaflet.words.values()), *leaflet.labels.values()]
    return {essence(text) for text in (*texts, *(plain(n.words) for n in leaflet.required))}


def _element_at(evidence: Evidence, exhibit: Exhibit, notice: Notice) -> Element | None:
    """Find the paragraph whose first line begins just below the destination."""
    target = evidence.destinations[notice.anchor]
    reach = max(24.0, 3 * exhibit.rule.least_pt)
    best: tuple[float, Element] | None = None
    for element in evidence.tree.elements:
        if (
            element.page != target.page
            or not evidence.essences[element]
            or element.block is not element
        ):
            continue
        first = next(
            (
                run
                for leaf in evidence.leaves(element)
                for run in evidence.runs_of.get((leaf.page, leaf.mcid), ())
            ),
            None,
        )
        if first is None:
            continue
        below = target.y - first.baseline
        if 0 <= below <= reach and (best is None or below < best[0]):
            best = below, element
    return best[1] if best else None


def _judge_place(evidence: Evidence, exhibit: Exhibit, leaves: Sequence[Leaf]) -> None:
    last = len(evidence.sheets) - 1
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


def _judge_before_therapy(evidence: Evidence, exhibit: Exhibit, leaves: Sequence[Leaf]) -> None:
    anchor = evidence.leaflet.topic.therapy_anchor
    words = evidence.leaflet.words.get(anchor)
    found = next(_candidates(evidence, essence(plain(words))), None) if words else None
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
    own = [run for leaf in leaves for run in evidence.runs_of.get((leaf.page, leaf.mcid), ())]
    own = [run for run in own if run.page == found[0].page]
    first = next(
        (run for leaf in found for run in evidence.runs_of.get((leaf.page, leaf.mcid), ())), None
    )
    later = leaves[-1].element.rank > found[0].element.rank
    if not later and own and first is not None:
        lowest = min(own, key=lambda run: run.baseline)
        later = lowest.baseline < first.baseline - 1 and lowest.left <= first.left + 1
    if later:
        exhibit.wrong(
            "misplaced",
            "stands after the therapy that it warns of; put it before the description",
        )


def _weigh_size(evidence: Evidence, exhibit: Exhibit) -> None:
    """Find the smallest type in which any of its letters is painted."""
    sizes = [
        run.size_pt
        for place in exhibit.places
        for run in place.runs(evidence)
        if run.ink is not None
    ]
    if not sizes:
        exhibit.wrong("hidden", "paints no letter; show it")
        return
    exhibit.size_pt = min(sizes)
    least = exhibit.rule.least_pt
    if exhibit.size_pt < least - SIZE_TOLERANCE:
        exhibit.wrong(
            "too-small",
            f"is set in {exhibit.size_pt:.3g} pt but needs {least:g} pt; take the smaller size out "
            "of the stylesheet",
        )
