"""Check what assistive technology needs, as far as it is quickly seen.

Title, language, tags, heading levels, alternative texts, links with words,
and a reading order that is the order of the source, and down each column the
order of the page. The whole of PDF/UA-1 is judged by a validator in the tests.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...core.model import Finding
from ..evidence import Evidence
from ..text.messages import alternatives, placed
from ..text.normalise import normalised
from ..text.reading_order import out_of_order

CODES = ("accessibility",)
SOURCE = "ISO 14289-1 (PDF/UA-1); WCAG 2.2, 1.1.1, 1.3.1, 1.3.2, 2.4.2, 3.1.1"
BAD = "a heading of level 4 right below one of level 2; a picture with an empty alternative text"
GOOD = "headings step down by one; every picture says what is to be seen"


def _wrong(said: str, where: str = "") -> Finding:
    return Finding("accessibility", "error", said, where)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield what a screen reader would stumble over."""
    root = evidence.pdf.Root
    if not evidence.title:
        yield _wrong("the PDF has no title; put <title> back into the template")
    if "/MarkInfo" not in root or not bool(root.MarkInfo.get("/Marked", False)):
        yield _wrong("the PDF is not marked as tagged; build it again")
    level = 0
    for element in evidence.tree.elements:
        where = f"page {element.page + 1}" if element.page is not None else ""
        if len(element.kind) == 2 and element.kind[0] == "H" and element.kind[1].isdecimal():
            own = int(element.kind[1])
            if own > level + 1:
                text = evidence.text(element)[:50]
                yield _wrong(
                    f"the heading ‘{text}’ has level {own} after level {level}; skip no level",
                    where,
                )
            level = own
        elif element.kind == "Figure" and not (element.alternative or "").strip():
            yield _wrong("a picture has no alternative text; write one", where)
        elif element.kind == "Link" and not evidence.normal_text[element]:
            yield _wrong("a link has no words; write what it leads to", where)
    leaflet = evidence.leaflet
    language = str(root.get("/Lang", ""))
    if language != leaflet.locale.code:
        yield _wrong(
            f"the PDF says its language is ‘{language}’, not ‘{leaflet.locale.code}’; set lang on "
            "<html> in the template"
        )
    spoken = {normalised(e.alternative) for e in evidence.tree.elements if e.alternative}
    for anchor, text, where in alternatives(leaflet):
        if normalised(text) not in spoken:
            yield _wrong(
                f"the alternative text {anchor} (‘{text[:50]}’) stands at no picture; put it back "
                "into the template",
                where,
            )
    last = -1
    for expected, found in placed(evidence):
        if not found:
            continue
        if (said := evidence.language(found[0])) != expected.lang:
            yield _wrong(
                f"the message {expected.anchor} says its language is ‘{said}’, not "
                f"‘{expected.lang}’; set lang on its element",
                expected.where,
            )
            break
        if found[0].rank < last:
            yield _wrong(
                f"the message {expected.anchor} is read before what it follows in the source; put "
                "it in its order",
                expected.where,
            )
            break
        last = found[0].rank
    for before, block, page in out_of_order(evidence):
        yield _wrong(
            f"‘{evidence.text(block)[:40]}’ stands before ‘{evidence.text(before)[:40]}’, but is "
            "read after it; let the page follow the order of the source",
            f"page {page + 1}",
        )
        break
