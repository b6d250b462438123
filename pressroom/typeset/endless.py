"""Give up on pages without end: a patch on WeasyPrint 70.

Margins that leave no room, or type that is too large for its sheet, put each
line on a page of its own: hundreds of pages, each laid out several times, and
painted several times by the preflight. `layout.make_all_pages` gives page
after page; the one that is too many ends the work.

`tests/typeset/test_endless.py` shows that it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import HandoutError

#: More pages than any leaflet has, in large print and in two languages.
MOST_PAGES = 60


class EndlessError(HandoutError):
    """A leaflet has more pages than any leaflet may have."""


def install() -> None:
    """Patch WeasyPrint, once a process."""
    from weasyprint import layout

    if getattr(layout, "_pressroom", False):
        return
    make_all_pages = layout.make_all_pages

    def counted(*arguments: Any) -> Iterator[Any]:
        for number, page in enumerate(make_all_pages(*arguments), 1):
            if number > MOST_PAGES:
                said = f"more than {MOST_PAGES} pages"
                step = "shorten the text, or give it room: look for margins and sizes in the styles"
                raise EndlessError("", said, step)
            yield page

    layout.make_all_pages = counted
    layout._pressroom = True
