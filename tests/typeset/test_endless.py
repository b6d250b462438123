"""Pages without end are given up, soon and by name."""

from __future__ import annotations

import pytest

from pressroom.typeset import Typesetter, endless
from pressroom.typeset.endless import MOST_PAGES, EndlessError

from ..preflight.support import sample


@pytest.mark.parametrize(
    "css", ["@page { margin: 99cm }", "@page { size: 20mm 20mm; margin: 9mm }"]
)
def test_a_sheet_without_room_is_given_up(css: str) -> None:
    with pytest.raises(EndlessError, match="more than 60 pages; shorten the text"):
        sample("en").typeset(css)


def test_as_many_pages_as_may_be_are_set(typesetter: Typesetter) -> None:
    page = "<p style='break-after: page'>x</p>"
    assert len(typesetter.weasyprint.HTML(string=page * MOST_PAGES).render().pages) == MOST_PAGES
    with pytest.raises(EndlessError):
        typesetter.weasyprint.HTML(string=page * (MOST_PAGES + 1)).render()


def test_it_is_installed_once() -> None:
    from weasyprint import layout

    before = layout.make_all_pages
    endless.install()
    assert layout.make_all_pages is before
