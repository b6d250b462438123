"""Find where a required disclaimer stands, or say why it stands nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from ...core.locales import digits
from ...core.model import RANKS, Notice, plain
from ..evidence import Evidence
from ..pdf.structure import Element
from ..text.normalise import first_difference, normalised, similar
from .exhibit import Exhibit, Occurrence

#: Share of equal letters above which a text is the disclaimer, altered; below, it is another.
ALIKE = 0.5

#: The number of a footnote before its text.
_NUMBER_LABEL = re.compile(r"[\W\d]{1,4}")


def find_on_every_page(evidence: Evidence, exhibit: Exhibit, notice: Notice) -> None:
    """Look for a disclaimer on each page, in its margin boxes and in its text."""
    pages = len(evidence.pages)
    locale = evidence.leaflet.locale
    lacking: list[str] = []
    other: tuple[int, str, str] | None = None
    for page in range(pages):
        folios = {"n": digits(str(page + 1), locale), "N": digits(str(pages), locale)}
        expected = plain(notice.words, folios)
        wanted = normalised(expected)
        tops = evidence.tree.strays.get(page, ())
        found: Element | None = None
        # What holds it may be much like it, where it stands beside the title.
        like: tuple[int, str, str] | None = None
        for element in (element for top in tops for element in top.walk()):
            text = normalised(evidence.text(element))
            if text == wanted:
                found = element
                break
            if like is None and text and _alike(wanted, text):
                like = (page, expected, evidence.text(element))
        if found is None:
            found = next(
                (
                    element
                    for element in evidence.by_normal_text.get(wanted, ())
                    if all(leaf.page == page for leaf in element.leaves())
                ),
                None,
            )
        if found is None:
            lacking.append(str(page + 1))
            other = other or like
        else:
            exhibit.occurrences.append(tuple(evidence.leaves_of(found)))
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
    return similar(wanted, text, ALIKE)


def _say_altered(exhibit: Exhibit, expected: str, found: str, where: str = "") -> None:
    wanted, got = first_difference(expected, found)
    exhibit.wrong(
        "altered",
        f"has other words{where}: ‘{got.strip()}’ stands where ‘{wanted.strip()}’ belongs; "
        "print the words of the catalogue unchanged",
    )


def find(evidence: Evidence, exhibit: Exhibit, notice: Notice) -> None:
    """Look for a disclaimer in the text, and compare its place with that of its element."""
    expected = plain(notice.words)
    target = evidence.destinations.get(notice.anchor)
    found = list(candidates(evidence, normalised(expected)))
    if target is not None:
        # Two languages may say it in the same words: a name, a year, a licence.
        found.sort(
            key=lambda leaves: (
                leaves[0].page != target.page,
                evidence.language(leaves[0].element) != notice.lang,
            )
        )
    if not found:
        _say_where_it_went(evidence, exhibit, notice, expected)
        return
    leaves = found[0]
    exhibit.occurrences.append(leaves)
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


def candidates(evidence: Evidence, wanted: str) -> Iterator[Occurrence]:
    """Yield the marked content of each element, or chain of elements, with a normalised text.

    An element that breaks over pages or columns is as many elements in the PDF. No marked content
    is in two of them.
    """
    taken: set[object] = set()
    for leaves in _holding(evidence, wanted) if wanted else ():
        if taken.isdisjoint(leaves):
            taken.update(leaves)
            yield leaves


def _holding(evidence: Evidence, wanted: str) -> Iterator[Occurrence]:
    for element in evidence.by_normal_text.get(wanted, ()):
        around = evidence.normal_text[element.block]
        # Else more words stand in the same paragraph.
        if around == wanted or _numbered(around, wanted):
            yield tuple(evidence.leaves_of(element))
    for number, element in enumerate(evidence.blocks):
        text = evidence.normal_text[element]
        if text == wanted:
            continue
        if _numbered(text, wanted):
            yield tuple(evidence.leaves_of(element))
        elif wanted.startswith(text):
            chain, rest = [element], wanted[len(text) :]
            for following in evidence.blocks[number + 1 :]:
                more = evidence.normal_text[following]
                if following.rank < chain[-1].end or following.kind != element.kind:
                    continue
                if not rest.startswith(more):
                    break
                chain.append(following)
                rest = rest[len(more) :]
                if not rest:
                    yield tuple(leaf for part in chain for leaf in evidence.leaves_of(part))
                    break


#: Disclaimers that stand in a box which an author writes.
_BOXES = {id_: f"::: {name}" for name, id_ in RANKS.items()} | {
    "unapproved-therapy": "::: unapproved-therapy"
}


def _numbered(text: str, wanted: str) -> bool:
    """Return whether a text is the wanted one with the number of a footnote in front."""
    return text.endswith(wanted) and _NUMBER_LABEL.fullmatch(text[: -len(wanted)]) is not None


def _say_where_it_went(evidence: Evidence, exhibit: Exhibit, notice: Notice, expected: str) -> None:
    """Note why no element has these words."""
    wanted = normalised(expected)
    target = evidence.destinations.get(notice.anchor)
    strays = (e for tops in evidence.tree.strays.values() for top in tops for e in top.walk())
    if any(normalised(evidence.text(element)) == wanted for element in strays):
        exhibit.wrong(
            "misplaced",
            "stands in a margin of the page only, where assistive technology does not read it; "
            "put it into the text",
        )
        return
    pictures = (element.alternative for element in evidence.tree.elements if element.alternative)
    if any(wanted in normalised(text) for text in pictures):
        exhibit.wrong("hidden", "stands in the alternative text of a picture only; print its words")
        return
    if target is None:
        box = _BOXES.get(notice.rule.id.partition(".")[0])
        own = f", or the box '{box}' into the topic where it has none" if box else ""
        back = f"put the element '{notice.anchor}' back in the template{own}"
        exhibit.wrong("absent", f"is not on the page; {back}")
        return

    def share(element: Element) -> float:
        matcher = SequenceMatcher(None, wanted, evidence.normal_text[element], autojunk=False)
        return matcher.quick_ratio()

    nearby = (element for element in evidence.blocks if element.page == target.page)
    best = max(nearby, key=share, default=None)
    if best is not None and _alike(wanted, evidence.normal_text[best]):
        _say_altered(exhibit, expected, evidence.text(best))
        return
    standing = _element_at(evidence, exhibit, notice)
    words = "" if standing is None else evidence.normal_text[standing]
    if standing is None or words.startswith(tuple(_other_words(evidence))):
        exhibit.wrong(
            "hidden",
            f"has an element '{notice.anchor}' on page {target.page + 1} that paints no words; "
            "show it",
        )
    else:
        _say_altered(exhibit, expected, evidence.text(standing))


def _other_words(evidence: Evidence) -> set[str]:
    """Return the normalised texts that stand on the page in their own right."""
    leaflet = evidence.leaflet
    texts = [*(plain(words) for words in leaflet.words.values()), *leaflet.labels.values()]
    texts += [plain(notice.words) for notice in leaflet.required]
    return {normalised(text) for text in texts} - {""}


def _element_at(evidence: Evidence, exhibit: Exhibit, notice: Notice) -> Element | None:
    """Return the block whose first line begins just below the destination."""
    target = evidence.destinations[notice.anchor]
    reach = max(24.0, 3 * exhibit.rule.least_pt)
    best: tuple[float, Element] | None = None
    for element in evidence.blocks:
        runs = evidence.runs_in(*evidence.leaves_of(element)) if element.page == target.page else []
        if not runs:
            continue
        below = target.y - runs[0].baseline
        if 0 <= below <= reach and (best is None or below < best[0]):
            best = below, element
    return best[1] if best else None
