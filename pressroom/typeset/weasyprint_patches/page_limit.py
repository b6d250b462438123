"""Give up a layout at the page that shows that it will not do.

WeasyPrint 70 lays out every page before anyone sees one. Margins that leave no room, or type too
large for its sheet, put each line on a page of its own: hundreds of pages, each laid out several
times. And copyfitting tries sizes that do not suit, which show after a page or two.

`layout.make_all_pages` yields page after page: here a judge sees each, and may end the work before
the other pages, the margins and the backgrounds are made. Saves 8 to 17% of the time of a leaflet
(paired runs, four locales), and ends what would have no end. Needless once `render` takes a
callback for pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ...core.errors import HandoutError

#: More pages than any leaflet has, in large print and in two languages.
MOST_PAGES = 60

#: Whether a layout goes on: its page boxes so far, and whether they are all of them.
Judge = Callable[[Sequence[Any], bool], bool]

_judge: Judge | None = None


class EndlessError(HandoutError):
    """A leaflet has more than `MOST_PAGES` pages."""


class GivenUpError(Exception):
    """A judge gave a layout up."""


@contextmanager
def judging(judge: Judge | None) -> Iterator[None]:
    """Ask a judge about each page that is laid out meanwhile.

    Layouts raise GivenUpError where it says no.
    """
    global _judge
    _judge, before = judge, _judge
    try:
        yield
    finally:
        _judge = before


def _settled(page_maker: Sequence[Any], number: int) -> bool:
    """Return whether no page so far waits for a page number, and so may be made again."""
    states = [state for *_, state in page_maker[:number]]
    return not any(state["content_changed"] or state["pages_wanted"] for state in states)


def install() -> None:
    """Patch WeasyPrint."""
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
                    # A page and its room for footnotes refer to each other.
                    for one in pages:
                        vars(one).clear()
                    raise GivenUpError
            yield page

    layout.make_all_pages = watched
