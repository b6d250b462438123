"""Nothing of a layout waits for the garbage collector."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest

from pressroom.typeset.typesetter import Typesetter
from pressroom.typeset.weasyprint_patches.page_limit import GivenUpError, judging
from pressroom.typeset.weasyprint_patches.style_cache import release

from ..preflight.support import sample

#: Kinds of which a layout, or the preflight of it, has hundreds.
MANY = {"BlockBox", "LineBox", "ComputedStyle", "Layout", "GlyphRun", "Mark", "TextLine"}


@pytest.fixture(autouse=True)
def _nothing_is_collected() -> Iterator[None]:
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


def left() -> Counter[str]:
    """Return how many objects of each kind were made since and are not gone."""
    return Counter(type(one).__name__ for one in gc.get_objects() if type(one).__name__ in MANY)


@pytest.mark.parametrize("code", ["en", "ar", "km"])
def test_hardly_anything_is_left_of_a_leaflet_that_was_set_and_judged(code: str) -> None:
    one = sample(code)
    assert not one.examine().failed
    assert sum(left().values()) < 20, left()


def test_what_was_given_up_is_let_go_too(typesetter: Typesetter) -> None:
    document = typesetter.weasyprint.HTML(string="<p style='break-after: page'>x</p>" * 20)
    with suppress(GivenUpError), judging(lambda pages, _: len(pages) < 9):
        document.render()
    assert left()["ComputedStyle"] > 20
    release()
    assert sum(left().values()) < 5, left()


def test_what_is_painted_later_is_whole(typesetter: Typesetter) -> None:
    document = typesetter.weasyprint.HTML(string="<p>x</p>").render()
    before = document.write_pdf()
    typesetter.weasyprint.HTML(string="<p>y</p>").render()
    assert document.write_pdf() == before
    release()
