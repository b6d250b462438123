"""Prove that what is read from left to right is painted so in right-to-left text.

A bare `1-800-555-0142` prints as `0142-555-800-1` in Arabic, Persian, Pashto
and Urdu, `20-40` as `40-20`, and `٠٨٠٠ ١١١` in Arabic-Indic digits as `١١١ ٠٨٠٠`
even where it is isolated; the text layer still reads rightly. So the order is
worked out from the words: digits as a person types them, a range from low to
high, a number before its unit, a sign before its number, words and numbers to
the left. It is compared with the places of the painted glyphs, line by line. An
arrow has to point to where the text goes on, as the source has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from ...core.directions import has_rtl
from ...core.locales import name_hint, read_locale
from ...core.model import Finding
from ..evidence import Evidence
from ..pdf.structure import Element, Leaf
from ..text.lines import lines_of_blocks
from ..text.messages import placed
from ..text.seen import seen
from ..text.typed_order import WORDS, plainly, side_of_arrows, stretches

CODES = ("direction-unisolated",)
SOURCE = "R17 of the leaflet standards; UAX #9"
BAD = "`1-800-555-0142` in an Arabic line, painted as `0142-555-800-1`"
GOOD = 'the same number inside `<span dir="ltr">`, painted as it is dialled'


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield each number, name, code or sign that is painted in another order than it is read in."""
    if evidence.leaflet.locale.direction != "rtl":
        return
    onward = _onward(evidence)
    said: set[str] = set()
    right_to_left = (
        lines for block, lines in lines_of_blocks(evidence) if _runs_left(evidence, block)
    )
    for leaves in chain.from_iterable(right_to_left):
        wrong = _wrong(evidence, leaves, onward)
        if wrong and wrong not in said:
            said.add(wrong)
            yield Finding(
                "direction-unisolated",
                "error",
                f"‘{wrong}’ is not painted in the order in which it is read; join its parts with "
                "U+200E (left-to-right mark) in the translation, or take out of the styles and "
                "templates what turns it around",
                f"page {leaves[0].page + 1}",
            )


def _runs_left(evidence: Evidence, element: Element) -> bool:
    language, leaflet = evidence.language(element), evidence.leaflet
    for locale in (leaflet.locale, leaflet.source_locale):
        if language == locale.code:  # A worker does not know what a site says of its languages.
            return locale.direction == "rtl"
    return not name_hint(language) and read_locale(language).direction == "rtl"


def _to_the_left(evidence: Evidence, leaves: Sequence[Leaf]) -> bool:
    """Return whether parts of a line with words of the right-to-left script go to the left."""
    parts = (evidence.runs_in(leaf) for leaf in leaves if has_rtl(evidence.text_of_leaf(leaf)))
    edges = [min(run.left for run in runs) for runs in parts]
    return all(one > other for one, other in pairwise(edges))


def _onward(evidence: Evidence) -> dict[Element, str]:
    """Return for each message's elements the side to which its arrows have to point."""
    leaflet = evidence.leaflet
    sources = {message.anchor: message.text for message in leaflet.topic.messages}
    turned = leaflet.source_locale.direction != leaflet.locale.direction
    other = {"LEFT": "RIGHT", "RIGHT": "LEFT", "": ""}
    found: dict[Element, str] = {}
    for expected, elements in placed(evidence):
        side = side_of_arrows(sources.get(expected.anchor, ""))
        found |= dict.fromkeys(elements, other[side] if turned else side)
    return found


def _wrong(evidence: Evidence, leaves: list[Leaf], onward: dict[Element, str]) -> str:
    """Return what is painted in another order on a line; empty where nothing is."""
    texts = [evidence.text_of_leaf(leaf) for leaf in leaves]
    for leaf, text in zip(leaves, texts, strict=True):
        if has_rtl(text) and not _runs_left(evidence, leaf.element):
            return ""  # A quotation with words of both directions.
    typed = stretches("".join(texts))
    if not any(one.text for one in typed):
        return ""
    likely = plainly("".join(texts))
    painted = seen(evidence.runs_in(*leaves), likely)
    if sorted(filter(str.isalnum, painted)) != sorted(filter(str.isalnum, likely)):
        return ""  # Other characters than the words': see `text-layer`.
    if not _to_the_left(evidence, leaves):
        return next(one.text for one in typed if one.text)
    element: Element | None = leaves[0].element
    while element is not None and element not in onward:
        element = element.parent
    side = onward[element] if element else ""
    there = painted.split(WORDS)[::-1]
    if len(there) == len(typed):
        bad = [(one, at) for one, at in zip(typed, there, strict=True) if not one.allows(at, side)]
    else:
        bad = [(one, painted) for one in typed]
    for one, at in bad:
        for part in one.parts:
            if len(part) > 1 and part not in at:
                return part
    return next((one.text or at for one, at in bad if one.text or at), "")
