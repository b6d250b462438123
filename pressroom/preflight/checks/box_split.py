"""Find boxes that are in parts: what has to be seen at once stands on one page.

A frightened reader looks at one page. A box that goes on overleaf is closed by its border as if it
were whole, and what it lacks is not missed. So everything in the emergency box stands on one page,
and everything in a warning, a tip or a note. What belongs into a box is read from the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...core.model import RANKS, Block, Finding, Leaflet
from ..disclaimers.prove import exhibits
from ..evidence import Evidence
from ..text.messages import placed

CODES = ("box-split",)
SOURCE = "a review of all editions: the urgent box ran over to page 2 in 110 of 117 leaflets"
BAD = "`.emergency { break-inside: auto }` where a sign or its frame goes on overleaf"
GOOD = "every sign, number and sentence of a box on the page where the box begins"

#: Containers that are boxes, besides the ranks of the emergency box.
_BOXES = ("tip", "warning", "note", "checklist")


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield each box whose texts stand on more than one page."""
    leaflet = evidence.leaflet
    pages: dict[str, set[int]] = {}
    for expected, elements in placed(evidence):
        leaves = (leaf for element in elements for leaf in evidence.leaves_of(element))
        anchor = expected.anchor.removeprefix("src-")
        pages.setdefault(anchor, set()).update(leaf.page for leaf in leaves)
    for exhibit in exhibits(evidence):
        pages.setdefault(exhibit.rule.id, set()).update(leaf.page for leaf in exhibit.leaves)
    for name, parts in _boxes(leaflet):
        found = sorted(set().union(*(pages.get(part, set()) for part in parts)))
        if len(found) > 1:
            where = " and ".join(str(page + 1) for page in found)
            said = f"{name} is in parts, on pages {where}; shorten it, or what stands before it"
            yield Finding("box-split", "error", said, f"page {found[0] + 1}")


def _boxes(leaflet: Leaflet) -> Iterator[tuple[str, list[str]]]:
    """Yield what each box is called, and the messages and disclaimers that it holds."""
    before = [rule.id for rule in leaflet.rules if rule.placement == "before-therapy"]
    if before:
        yield "the warning of an unapproved therapy", before
    yield from _in(leaflet.topic.blocks)


def _in(blocks: Iterable[Block]) -> Iterator[tuple[str, list[str]]]:
    emergency: list[str] = []
    for block in blocks:
        box = block.name if block.kind == "container" else ""
        texts = [inner.message.anchor for inner in block.walk() if inner.message]
        if box in RANKS:
            emergency += [RANKS[box], *texts]
        elif box in _BOXES:
            yield f"the {box}", texts
        else:
            yield from _in(block.children)
    if emergency:
        yield "the emergency box", emergency
