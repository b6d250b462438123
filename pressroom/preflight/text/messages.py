"""Find the messages of a leaflet in the structure: Evidence -> each message with its elements."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ...core.model import EDITIONS, Block, Leaflet, Message, plain
from ..evidence import Evidence, found_once
from ..pdf.structure import Element
from .normalise import normalised, similar

#: Share of equal letters above which another text is the message, altered.
ALIKE = 0.6


@dataclass(slots=True)
class Expected:
    """A message that the pages have to show."""

    anchor: str
    text: str
    #: BCP 47 tag of the words.
    lang: str
    #: File and line of its words.
    where: str
    #: Whether it is missing, but a text much like it is on the page.
    alike: bool = False


def _messages(leaflet: Leaflet, box_first: bool) -> Iterator[Message]:
    """Yield messages as they are read: where pages are short, the emergency box before `action`.

    `box_first`: it stands before the main message, too.
    """
    topic = leaflet.topic
    first = topic.emergency if EDITIONS[leaflet.edition].short_pages else ()
    box = _in_order(first)
    after_title = (*box, topic.main_message) if box_first else (topic.main_message, *box)
    yield from (topic.title, *after_title, topic.action)
    yield from _in_order(topic.blocks[len(first) :])


def expected_messages(leaflet: Leaflet, box_first: bool = False) -> Iterator[Expected]:
    """Yield each message in the order of the source; in two languages, its source behind it.

    One that is but a line to write on has no words that a page could show.
    """
    sides = [("", leaflet.words, leaflet.locale.code)]
    if leaflet.edition == "bilingual":
        sides.append(("src-", leaflet.source_words, leaflet.source_locale.code))
    for message in _messages(leaflet, box_first):
        for prefix, words, lang in sides:
            where, text = f"{message.path}:{message.line}", plain(words[message.anchor])
            if normalised(text):
                yield Expected(prefix + message.anchor, text, lang, where)


def _in_order(blocks: tuple[Block, ...]) -> Iterator[Message]:
    """Yield messages as they are read: the caption of a picture behind its labels."""
    for block in blocks:
        if block.message is not None and block.kind != "figure":
            yield block.message
        yield from _in_order(block.children)
        if block.message is not None and block.kind == "figure":
            yield block.message


def alternatives(leaflet: Leaflet) -> Iterator[tuple[str, str, str]]:
    """Yield anchor, words, and file and line of the alternative text of each picture."""
    for block in leaflet.topic.walk():
        if block.alternative is not None:
            message = block.alternative
            words = plain(leaflet.words[message.anchor])
            yield message.anchor, words, f"{message.path}:{message.line}"


@found_once
def placed(evidence: Evidence) -> list[tuple[Expected, tuple[Element, ...]]]:
    """Return each message in the order of the source, with the elements that hold it.

    A message that breaks over pages or columns has several elements; one that is missing, or has
    other words, has none.
    """
    leaflet = evidence.leaflet
    found: list[tuple[Expected, tuple[Element, ...]]] = []
    taken: set[Element] = set()
    last = -1
    missing: list[Expected] = []
    for expected in expected_messages(leaflet, _box_first(evidence)):
        wanted = normalised(expected.text)
        exact = [e for e in evidence.by_normal_text.get(wanted, ()) if e not in taken]
        chosen: tuple[Element, ...] = ()
        if exact:
            chosen = (next((e for e in exact if e.rank > last), exact[0]),)
        else:
            chosen = _chain(evidence, wanted, last, taken)
        if chosen:
            last = max(last, chosen[0].rank)
            taken.update(inner for element in chosen for inner in element.walk())
        else:
            missing.append(expected)
        found.append((expected, chosen))
    if missing:
        free = [evidence.normal_text[e] for e in evidence.blocks if e not in taken]
        for expected in missing:
            wanted = normalised(expected.text)
            expected.alike = any(alike(wanted, text) for text in free)
    return found


def _box_first(evidence: Evidence) -> bool:
    """Return whether the emergency box comes before the main message, as it may on short pages."""
    leaflet = evidence.leaflet
    sign = next(_in_order(leaflet.topic.emergency), None)
    if sign is None:
        return False

    def places(message: Message) -> list[int]:
        text = normalised(plain(leaflet.words[message.anchor]))
        return [element.rank for element in evidence.by_normal_text.get(text, ())]

    signs, mains = places(sign), places(leaflet.topic.main_message)
    return bool(signs and mains) and min(signs) < min(mains)


def alike(wanted: str, text: str) -> bool:
    """Return whether a text is likely to be the wanted one, altered."""
    return similar(wanted, text, ALIKE)


def _chain(
    evidence: Evidence, wanted: str, last: int, taken: Collection[Element]
) -> tuple[Element, ...]:
    """Return the elements behind the rank `last` that make up a message in order, or none.

    Those that hold another message are none of them, though they may begin alike.
    """
    elements = [
        e
        for e in evidence.tree.elements
        if e.rank > last and e not in taken and evidence.normal_text[e]
    ]
    for number, element in enumerate(elements):
        text = evidence.normal_text[element]
        if not wanted.startswith(text):
            continue
        chain, rest, pages = [element], wanted[len(text) :], {element.page}
        for following in elements[number + 1 :]:
            more = evidence.normal_text[following]
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
