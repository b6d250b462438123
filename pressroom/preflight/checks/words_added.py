"""Find what pages say besides their leaflet.

Templates and styles change how a leaflet looks, never what it says. Whatever is painted belongs to
a message, a disclaimer, a label of the templates, or to what the clinic's file says of the clinic;
each message stands there once, and the title once more in the margin of each page. All else was
signed by nobody: content that a style generates, a paragraph of a template, words in a picture of a
stylesheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from ...core.model import Finding, plain
from ..disclaimers.prove import exhibits
from ..evidence import Evidence
from ..pdf.structure import Element, Leaf
from ..text.messages import alike, placed
from ..text.normalise import normalised
from ..text.phrases import phrases, strange

CODES = ("words-added",)
SOURCE = "issue of the house: what is handed out is what was signed"
BAD = '`.main-message::before { content: "Stop all your medicines" }`'
GOOD = "the words of the catalogue, labels, the clinic's name and numbers, and nothing else"

#: Letters and figures of the longest marker of a list, such as `12` or `iv`.
_LONGEST_MARKER = 3
#: Most findings; more say nothing new.
MOST = 8
_STEP = "take it out of the styles and templates"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield each text that is not the leaflet's, and each message that stands there again."""
    found = (*_strange_blocks(evidence), *_outside_of_tags(evidence))
    for said, page in found[:MOST]:
        yield Finding("words-added", "error", f"{said}; {_STEP}", f"page {page + 1}")


def _strange_blocks(evidence: Evidence) -> Iterator[tuple[str, int]]:
    """Yield what is wrong with each block that has more than the leaflet's own words."""
    leaflet = evidence.leaflet
    known: set[tuple[int, int]] = set()
    #: What each message and disclaimer is called by its text, and the texts that stand nowhere.
    names: dict[str, str] = {}
    lacking: list[str] = []
    #: Numbers of disclaimers that are footnotes, which stand in the text, too.
    calls: set[str] = set()
    for expected, elements in placed(evidence):
        leaves = [leaf for element in elements for leaf in evidence.leaves_of(element)]
        known.update((leaf.page, leaf.mcid) for leaf in leaves)
        text = normalised(expected.text)
        names[text] = f"the message {expected.anchor}"
        lacking += [] if elements else [text]
    for exhibit in exhibits(evidence):
        known.update((leaf.page, leaf.mcid) for leaf in exhibit.leaves)
        if exhibit.notice is None:
            continue  # It has no words that could stand anywhere.
        text = normalised(plain(exhibit.notice.words))
        names[text] = f"the disclaimer '{exhibit.id}'"
        lacking += [] if exhibit.occurrences else [text]
        for occurrence in exhibit.occurrences:
            painted = normalised("".join(map(evidence.text_of_leaf, occurrence)))
            calls.add("".join(filter(str.isdecimal, painted.removesuffix(text))))
    #: Pages whose margin has the title.
    titled: set[int] = set()
    title = normalised(plain(leaflet.words[leaflet.topic.title.anchor]))
    known_phrases = phrases((*leaflet.labels, *leaflet.labels.values(), *leaflet.furniture))
    unknown = (leaf for leaf in evidence.leaves if (leaf.page, leaf.mcid) not in known)
    for block, inner in groupby(unknown, key=lambda leaf: _block(leaf.element)):
        leaves = list(inner)
        text = "".join(map(evidence.text_of_leaf, leaves)).strip()
        said, page = normalised(text), block.page or 0
        if block.kind == "Lbl":
            if sum(map(str.isalnum, said)) > _LONGEST_MARKER:
                yield f"the marker ‘{text[:60]}’ is not the leaflet's", page
        elif said.isdecimal() and said in calls:
            continue
        elif said == title and page not in titled and not _in_text(evidence, leaves):
            titled.add(page)
        elif said in names:
            if not _repeated_head(block):
                yield f"{names[said]} (‘{text[:60]}’) stands there again", page
        elif strange(said, known_phrases) and not _altered(said, lacking):
            yield f"‘{text[:60]}’ is no text of this leaflet", page


def _in_text(evidence: Evidence, leaves: Iterable[Leaf]) -> bool:
    return any(evidence.tree.in_text(leaf.page, leaf.mcid) for leaf in leaves)


def _block(element: Element) -> Element:
    """Return the marker, or the paragraph or the like, that an element stands in."""
    here: Element | None = element
    while here is not None:
        if here.kind == "Lbl":
            return here
        here = here.parent
    return element.block


def _repeated_head(block: Element) -> bool:
    """Return whether a block is a head of a table, which stands on each of its pages."""
    return block.kind == "TH" or (block.parent is not None and block.parent.kind == "TH")


def _altered(text: str, lacking: Iterable[str]) -> bool:
    """Return whether a text is a message or disclaimer with other words, which others report."""
    return any(alike(wanted, text) and wanted not in text for wanted in lacking)


def _outside_of_tags(evidence: Evidence) -> Iterator[tuple[str, int]]:
    """Yield text without tags: no message or disclaimer has been found in it."""
    for page in evidence.pages:
        strange = [
            run.text
            for run in page.runs
            if run.mcid is None or (page.number, run.mcid) not in evidence.tree.owners
        ]
        if text := " ".join("".join(strange).split()):
            yield f"‘{text[:60]}’ is no text of this leaflet", page.number
