"""Compare the text layer with the words, to the letter.

A screen reader, a search and a copy take their text from the structure tree;
what is painted has to be the same text. Both are compared with the words of
the catalogue (NFKC, without bidi and zero-width controls and white space).
"""

from __future__ import annotations

from collections.abc import Iterator

from ...core.model import Finding
from ..evidence import Evidence
from ..text.messages import alike, placed
from ..text.normalise import first_difference, normalised

CODES = ("text-layer",)
SOURCE = "ISO 14289-1, 7.1 and 7.2; WCAG 2.2, 1.3.1"
BAD = "a structure tree that says ‘ﬁrst’ backwards, or nothing, for what the page shows"
GOOD = "the structure tree says each message letter by letter"

#: Most findings of one kind; more say nothing new.
MOST = 8


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield each message whose text differs, and each text whose glyphs are not its own."""
    taken = {element for _, found in placed(evidence) if found for element in found}
    free = [element for element in evidence.blocks if element not in taken]
    for expected, found in placed(evidence):
        if found or not expected.text:
            continue
        wanted = normalised(expected.text)
        # What holds the message and more, such as a row of two languages, is alike, too.
        near = (element for element in free if alike(wanted, evidence.normal_text[element]))
        element = min(
            near, key=lambda e: abs(len(evidence.normal_text[e]) - len(wanted)), default=None
        )
        if element is not None:
            belongs, stands = first_difference(expected.text, evidence.text(element))
            said = (
                f"the message {expected.anchor} reads ‘{stands.strip()}’ where "
                f"‘{belongs.strip()}’ belongs; print the words of the catalogue unchanged"
            )
            yield Finding("text-layer", "error", said, expected.where)
    count = 0
    for leaf in evidence.leaves:
        if not evidence.true_glyphs(leaf):
            count += 1
            if count > MOST:
                break
            text = evidence.text_of_leaf(leaf).strip()
            said = (
                f"what is painted is not what the text layer says: ‘{text[:60]}’; take out what "
                "shortens or reorders the text, and what changes its font"
            )
            yield Finding("text-layer", "error", said, f"page {leaf.page + 1}")
