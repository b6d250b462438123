"""Find the leaflet's messages in the structure: Evidence -> each message, and its elements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from ..model import Block, Leaflet, Message, plain
from .evidence import Evidence
from .tree import Element
from .words import essence

#: Share of equal text from which on another text is the message, altered.
ALIKE = 0.6


@dataclass(slots=True)
class Expected:
    """A message that the pages must show."""

    anchor: str
    text: str
    #: BCP 47 tag of the words.
    lang: str
    #: Where its words stand: a file and a line.
    where: str
    #: Whether another text on the page is much like it.
    alike: bool = False


def _messages(leaflet: Leaflet) -> Iterator[Message]:
    topic = leaflet.topic
    yield from (topic.title, topic.main_message, topic.action)
    yield from _in_order(topic.blocks)


def _expected(leaflet: Leaflet) -> Iterator[Expected]:
    """Give each message in the order of the source; in two languages, each followed by its
    source."""
    sides = [("", leaflet.words, leaflet.locale.code)]
    if leaflet.edition == "bilingual":
        sides.append(("src-", leaflet.source_words, leaflet.source_locale.code))
    for message in _messages(leaflet):
        for prefix, words, lang in sides:
            where = f"{message.path}:{message.line}"
            yield Expected(prefix + message.anchor, plain(words[message.anchor]), lang, where)


def _in_order(blocks: tuple[Block, ...]) -> Iterator[Message]:
    """Give the messages as they are read: a picture's caption comes behind its labels."""
    for block in blocks:
        if block.message is not None and block.kind != "figure":
            yield block.message
        yield from _in_order(block.children)
        if block.message is not None and block.kind == "figure":
            yield block.message


def alternatives(leaflet: Leaflet) -> Iterator[tuple[str, str, str]]:
    """Give anchor, words and place of each description of a picture."""
    for block in leaflet.topic.walk():
        if block.alternative is not None:
            message = block.alternative
            words = plain(leaflet.words[message.anchor])
            yield message.anchor, words, f"{message.path}:{message.line}"


def placed(evidence: Evidence) -> list[tuple[Expected, tuple[Element, ...]]]:
    """Give each message in the order of the source, with the elements that hold it. Made once.

    A message that breaks over pages or columns has several; one that is
    missing, or has other words, has none.
    """
    if "placed" not in evidence.shared:
        evidence.shared["placed"] = _placed(evidence)
    found: list[tuple[Expected, tuple[Element, ...]]] = evidence.shared["placed"]
    return found


def _placed(evidence: Evidence) -> list[tuple[Expected, tuple[Element, ...]]]:
    leaflet = evidence.leaflet
    found: list[tuple[Expected, tuple[Element, ...]]] = []
    taken: set[Element] = set()
    last = -1
    missing: list[Expected] = []
    for expected in _expected(leaflet):
        wanted = essence(expected.text)
        if not wanted:
            found.append((expected, ()))
            continue
        exact = [e for e in evidence.by_essence.get(wanted, ()) if e not in taken]
        chosen: tuple[Element, ...] = ()
        if exact:
            chosen = (next((e for e in exact if e.rank > last), exact[0]),)
        else:
            chosen = _chain(evidence, wanted, last)
        if chosen:
            last = max(last, chosen[0].rank)
            taken.update(inner for element in chosen for inner in element.walk())
        else:
            missing.append(expected)
        found.append((expected, chosen))
    if missing:
        free = [
            evidence.essences[e]
            for e in evidence.tree.elements
            if e not in taken and e.block is e and evidence.essences[e]
        ]
        for expected in missing:
            wanted = essence(expected.text)
            expected.alike = any(alike(wanted, text) for text in free)
    return found


def alike(wanted: str, text: str) -> bool:
    """Tell whether a text is likely to be the wanted one, altered."""
    matcher = SequenceMatcher(None, wanted, text, autojunk=False)
    return (
        matcher.real_quick_ratio() > ALIKE
        and matcher.quick_ratio() > ALIKE
        and matcher.ratio() > ALIKE
    )


def _chain(evidence: Evidence, wanted: str, last: int) -> tuple[Element, ...]:
    """Find the parts of a message that breaks over pages or columns."""
    elements = [e for e in evidence.tree.elements if e.rank > last and evidence.essences[e]]
    for number, element in enumerate(elements):
        text = evidence.essences[element]
        if not wanted.startswith(text):
            continue
        chain, rest, pages = [element], wanted[len(text) :], {element.page}
        for following in elements[number + 1 :]:
            more = evidence.essences[following]
            if following.rank < chain[-1].end or not rest.startswith(more):
                continue
            chain.append(following)
            pages.add(following.page)
            rest = rest[len(more) :]
            if not rest:
                return tuple(chain)
            if len(chain) > 12:
                break
    return ()
