"""Pages without end are given up, soon and by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pressroom.typeset.typesetter import Typesetter
from pressroom.typeset.weasyprint_patches.page_limit import (
    MOST_PAGES,
    EndlessError,
    GivenUpError,
    judging,
)

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


def test_what_will_not_do_is_given_up_at_the_page_that_shows_it(typesetter: Typesetter) -> None:
    document = typesetter.weasyprint.HTML(string="<p style='break-after: page'>x</p>" * 4)
    seen: list[tuple[int, bool]] = []

    def judge(pages: Sequence[Any], all_of_them: bool) -> bool:
        seen.append((len(pages), all_of_them))
        return len(pages) < 3

    with judging(judge), pytest.raises(GivenUpError):
        document.render()
    assert seen == [(1, False), (2, False), (3, False)]
    assert len(document.render().pages) == 4, "only what is laid out inside is judged"
    assert len(seen) == 3


def test_a_judge_knows_the_last_page(typesetter: Typesetter) -> None:
    seen: list[bool] = []

    def judge(_: Sequence[Any], all_of_them: bool) -> bool:
        seen.append(all_of_them)
        return True

    with judging(judge):
        typesetter.weasyprint.HTML(string="<p style='break-before: page'>x</p>" * 3).render()
    assert seen == [False, False, True]


def test_pages_that_are_made_again_are_not_judged_before(typesetter: Typesetter) -> None:
    """A number of pages in the text is known at the end: then pages are made again."""
    style = "<style>p::before { content: counter(pages) } p { break-after: page }</style>"
    document = typesetter.weasyprint.HTML(string=f"{style}{'<p>x</p>' * 3}")
    seen: list[int] = []

    def judge(pages: Sequence[Any], _: bool) -> bool:
        seen.append(len(pages))
        return True

    with judging(judge):
        document.render()
    assert len(seen) <= 3
