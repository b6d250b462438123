"""The first page of an edition whose pages are short: what has to stand there does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from pressroom.typeset.first_page import arrange

PAGE = """<html><body class="booklet"><h1/><div class="intro"/><div class="emergency"><p id="sign"/>
</div><div class="first-page"><p id="general"/></div><p class="action"/><div class="section"/>
</body></html>"""
TRIED = ("", "flow", "box-first", "box-first crowded")


def short(**changes: Any) -> Any:
    kept = {"first_page": ("sign", "general"), "arrangements": TRIED}
    return SimpleNamespace(**(kept | changes))


def classes(root: ElementTree.Element) -> list[str]:
    (body,) = root
    return [body.get("class", ""), *(part.get("class", part.tag) for part in body)]


USUAL = ["h1", "intro", "emergency", "first-page", "action", "section"]
BOX_FIRST = ["h1", "emergency", "first-page", "intro", "action", "section"]


@pytest.mark.parametrize(
    ("fits", "expected"),
    [
        (("booklet", False), ["booklet", *USUAL]),
        (("booklet", True), ["booklet", *USUAL]),
        (("booklet flow", True), ["booklet flow", *USUAL]),
        (("booklet box-first", True), ["booklet box-first", *BOX_FIRST]),
        (("nothing", True), ["booklet box-first crowded", *BOX_FIRST]),
    ],
)
def test_the_first_arrangement_that_has_room_is_taken(
    fits: tuple[str, bool], expected: list[str]
) -> None:
    tried = []

    def count_pages(opening: ElementTree.Element, close: bool) -> int:
        body, *parts = classes(opening)
        tried.append((body, close))
        assert parts[-1] in ("first-page", "intro")
        return 1 if (body, close) == fits else 2

    root = ElementTree.fromstring(PAGE)
    arrange(root, short(), count_pages)
    assert classes(root) == expected
    assert tried[0] == ("booklet", False)
    assert len(tried) == len(set(tried))


@pytest.mark.parametrize("lacking", ["arrangements", "first_page"])
def test_where_nothing_is_asked_nothing_is_laid_out(lacking: str) -> None:
    root = ElementTree.fromstring(PAGE)
    arrange(root, short(**{lacking: ()}), lambda *_: pytest.fail("laid out"))
    assert classes(root) == ["booklet", *USUAL]
