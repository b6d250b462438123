"""Find what the page has no room for.

Content that is too wide runs off the page without a word from the typesetter;
what a fixed height cuts off is simply not there. Every message of the leaflet
has to stand on its pages, inside of them, and not on top of other text.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...core.model import Finding
from ..evidence import Evidence
from ..pdf.geometry import widened
from ..pdf.marks import PaintedPage, TextLine
from ..pdf.structure import Element
from ..text.legibility import crowded, outside
from ..text.messages import placed

CODES = ("overflow",)
SOURCE = "issue of the house: nothing leaves the page, its margins or its box"
BAD = "a table that leaves the paper; a label whose second line went to the next page"
GOOD = "every message, inside the page, and on top of nothing"

#: What printers and those who cut paper need at its edge, in points: 5 mm for text; 3 mm for what
#: stands in the margins, whose last line may be near to the edge.
EDGE_PT = 5 / 25.4 * 72
UNPRINTABLE_PT = 3 / 25.4 * 72
#: A line that begins nearer to the edge of the paper stands in the margin itself, in points.
LEAST_MARGIN_PT = 20.0
#: How far ink may reach into the margin, in points.
MARGIN_PT = 3.0
#: Most findings of one kind on a page.
MOST = 4


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield what is missing, what leaves the page, and what stands on top of other text."""
    for expected, found in placed(evidence):
        if not found and not expected.alike:
            said = (
                f"the message {expected.anchor} (‘{expected.text[:50]}’) is not on the page; "
                "make room for it, or put it back into the template"
            )
            yield Finding("overflow", "error", said, expected.where)
    for page in evidence.pages:
        yield from _beyond(evidence, page)
        yield from _collisions(evidence, page)
    yield from _in_the_margin(evidence)


def _beyond(evidence: Evidence, page: PaintedPage) -> Iterator[Finding]:
    """Yield letters and marks that leave the paper, or stand too near to its edge."""
    left, bottom, right, top = page.trim
    text, margin = widened(page.trim, -EDGE_PT), widened(page.trim, -UNPRINTABLE_PT)
    where = f"page {page.number + 1}"
    lines = evidence.lines[page.number]
    beyond = [
        line
        for line in lines
        if not line.first.invisible
        and outside(line, text if evidence.tree.in_text(page.number, line.first.mcid) else margin)
    ]
    if columns := [column for line in beyond if (column := _column(evidence, line))]:
        yield _too_wide(min(columns), where)
        return
    for line in beyond[:MOST]:
        said = (
            f"‘{evidence.quote(line)}’ stands beyond the edge of the paper or too near to it, or "
            "is cut off by its box; let the line break, or make its box wider"
        )
        yield Finding("overflow", "error", said, where)
    for mark in page.marks:
        x, y, x2, y2 = mark.shown
        whole = x <= left + 1 and x2 >= right - 1
        if (x < left - 1 or x2 > right + 1 or y < bottom - 1 or y2 > top + 1) and not whole:
            if x2 <= x or y2 <= y:
                continue
            said = "a box or a picture reaches over the edge of the paper; make it smaller"
            yield Finding("overflow", "error", said, where)
            break


def _too_wide(column: tuple[int, str], where: str) -> Finding:
    said = (
        f"the table does not fit: its column {column[0]}, ‘{column[1]}’, reaches over the edge; "
        "use shorter words, let long ones break with a soft hyphen (U+00AD), or make two of it"
    )
    return Finding("overflow", "error", said, where)


def _column(evidence: Evidence, line: TextLine) -> tuple[int, str] | None:
    """Return number and head of the column that a line stands in; None for a line in no table."""
    page, mcid = line.first.page, line.first.mcid
    here = None if mcid is None else evidence.tree.owners.get((page, mcid))
    while here is not None and here.kind not in ("TD", "TH"):
        here = here.parent
    if here is None or here.parent is None:
        return None
    cells = [kid for kid in here.parent.kids if isinstance(kid, Element)]
    number = cells.index(here)
    table = here.parent
    while table.parent is not None and table.kind != "Table":
        table = table.parent
    heads = [element for element in table.walk() if element.kind == "TH"]
    head = evidence.text(heads[number]) if number < len(heads) else ""
    return number + 1, head.replace("\u00ad", "").strip()[:40]


def _collisions(evidence: Evidence, page: PaintedPage) -> Iterator[Finding]:
    """Yield text that stands on top of other text."""
    for one, other in crowded(evidence, page.number)[:MOST]:
        said = (
            f"‘{evidence.quote(one)}’ and ‘{evidence.quote(other)}’ stand on top of each other; "
            "give them room"
        )
        yield Finding("overflow", "error", said, f"page {page.number + 1}")


def _text_lines(evidence: Evidence, page: PaintedPage) -> list[TextLine]:
    """Return the lines of a page that belong to its text, not to its margins."""
    lines = evidence.lines[page.number]
    return [line for line in lines if evidence.tree.in_text(page.number, line.first.mcid)]


def _in_the_margin(evidence: Evidence) -> Iterator[Finding]:
    """Yield text that reaches into the margin opposite to the edge where lines begin.

    The margin is that of all pages: on one of them, every line may stand in a box.
    """
    rtl = evidence.leaflet.locale.direction == "rtl"
    pages = [(page, _text_lines(evidence, page)) for page in evidence.pages]
    starts = [
        page.box[2] - line.ink[2] if rtl else line.ink[0] - page.box[0]
        for page, lines in pages
        for line in lines
    ]
    margin = min((start for start in starts if start > LEAST_MARGIN_PT), default=0.0)
    for page, lines in pages:
        left, right = page.box[0] + margin, page.box[2] - margin
        for line in lines:
            over = left - line.ink[0] if rtl else line.ink[2] - right
            if over > MARGIN_PT and (column := _column(evidence, line)):
                yield _too_wide(column, f"page {page.number + 1}")
                break
            if over > MARGIN_PT:
                said = (
                    f"‘{evidence.quote(line)}’ reaches {over / 72 * 25.4:.0f} mm into the margin; "
                    "let it break, or make its box wider"
                )
                yield Finding("overflow", "warning", said, f"page {page.number + 1}")
                break
