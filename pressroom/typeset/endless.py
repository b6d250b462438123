"""Give up on a layout before its end: a patch on WeasyPrint 70.

Margins that leave no room, or type that is too large for its sheet, put each
line on a page of its own: hundreds of pages, each laid out several times, and
painted several times by the preflight. `layout.make_all_pages` gives page
after page; the one that is too many ends the work.

Copyfitting lays a leaflet out in sizes that do not suit it, which it knows after a
page or two: `judging` ends such a layout there, before its other pages, its
margins and its backgrounds are made.

`tests/typeset/test_endless.py` shows that they do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from ..errors import HandoutError

#: More pages than any leaflet has, in large print and in two languages.
MOST_PAGES = 60

#: Whether a layout is worth to go on with: its pages as boxes so far, and whether they are all.
Judge = Callable[[Sequence[Any], bool], bool]

_judge: Judge | None = None


class EndlessError(HandoutError):
    """A leaflet has more pages than any leaflet may have."""


class GivenUpError(Exception):
    """A layout will not do."""


@contextmanager
def judging(judge: Judge | None) -> Iterator[None]:
    """Ask about each page of a layout. Raises GivenUpError where it is not worth to go on."""
    global _judge
    _judge, before = judge, _judge
    try:
        yield
    finally:
        _judge = before


def _settled(page_maker: Sequence[Any], number: int) -> bool:
    """Tell whether no page so far waits for a number of another one, and may be made again."""
    states = [state for *_, state in page_maker[:number]]
    return not any(state["content_changed"] or state["pages_wanted"] for state in states)


@cache
def install() -> None:
    """Patch WeasyPrint, once a process."""
    from weasyprint import layout

    make_all_pages = layout.make_all_pages

    def watched(context: Any, *arguments: Any) -> Iterator[Any]:
        pages: list[Any] = []
        for page in make_all_pages(context, *arguments):
            pages.append(page)
            if len(pages) > MOST_PAGES:
                said = f"more than {MOST_PAGES} pages"
                step = "shorten the text, or give it room: look for margins and sizes in the styles"
                raise EndlessError("", said, step)
            if _judge and _settled(context.page_maker, len(pages)):
                rest = context.page_maker[len(pages)][0] or context.reported_footnotes
                if not _judge(pages, not rest):
                    # A page and its room for footnotes refer to each other: see `circles`.
                    for one in pages:
                        vars(one).clear()
                    raise GivenUpError
            yield page

    layout.make_all_pages = watched
