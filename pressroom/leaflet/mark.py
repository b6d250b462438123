"""Mark a leaflet: its words -> six characters that tell its text from any other, on paper too.

The mark is worked out, not counted: the same words give the same mark on every machine. It is
the digest of what the pages show: the topic's words, the disclaimers and labels, the version
and the days, and the clinic's own name, numbers and addresses. A band that says that the day
of review has passed is not among them: it speaks of the day, not of the text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..core.model import NO_MARK, Clinic, Leaflet, Span, plain

#: Crockford's base 32, in lower case: no i, l, o or u, which are misread.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 6


def marked(leaflet: Leaflet, clinic: Clinic) -> Leaflet:
    """Return a leaflet with the mark of its words, in its foot too."""
    mark = digest_mark(_words(_with_mark(leaflet, NO_MARK), clinic))
    return _with_mark(leaflet, mark)


def digest_mark(words: Iterable[str]) -> str:
    """Return the mark of words, each told from its neighbours."""
    total = hashlib.sha256()
    for word in words:
        data = word.encode("utf-8")
        total.update(b"%d %s\n" % (len(data), data))
    number = int.from_bytes(total.digest()[:4], "big") >> (32 - 5 * _LENGTH)
    places = range(5 * (_LENGTH - 1), -1, -5)
    return "".join(_ALPHABET[number >> place & 31] for place in places)


def _words(leaflet: Leaflet, clinic: Clinic) -> Iterator[str]:
    topic = leaflet.topic
    yield from (topic.id, leaflet.locale.code, leaflet.version)
    yield from (topic.issued.isoformat(), topic.review_by.isoformat())
    yield from (clinic.name, clinic.phone, *clinic.address, clinic.website, clinic.footer)
    yield clinic.rack_address
    # What a list counts from is printed, too.
    yield from (str(block.number) for block in topic.walk() if block.marked)
    shown = [leaflet.words, *([leaflet.source_words] if leaflet.edition == "bilingual" else [])]
    for words in shown:
        yield from map(plain, words.values())
    for notice in leaflet.required:
        if notice.rule.when != ("overdue",):
            yield plain(notice.words)
    yield from (leaflet.labels[label] for label in sorted(leaflet.labels))


def _with_mark(leaflet: Leaflet, mark: str) -> Leaflet:
    old = leaflet.mark

    def put(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(
            replace(span, text=mark if span.text == old else span.text, children=put(span.children))
            for span in spans
        )

    notices = tuple(
        replace(notice, words=put(notice.words)) if notice.rule.id == "dates-version" else notice
        for notice in leaflet.notices
    )
    return replace(leaflet, notices=notices, mark=mark)
