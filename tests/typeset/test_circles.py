"""Nothing of a layout waits for the collector of garbage."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest

from pressroom.typeset import Typesetter, circles
from pressroom.typeset.endless import GivenUpError, judging

from ..preflight.support import sample

#: What there are hundreds of in a layout, or in what the preflight sees of it.
MANY = {"BlockBox", "LineBox", "ComputedStyle", "Layout", "Run", "Mark", "Line"}


@pytest.fixture(autouse=True)
def _nothing_is_collected() -> Iterator[None]:
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


def left() -> Counter[str]:
    """Count what was made since, and is not gone."""
    return Counter(type(one).__name__ for one in gc.get_objects() if type(one).__name__ in MANY)


@pytest.mark.parametrize("code", ["en", "ar", "km"])
def test_hardly_anything_is_left_of_a_leaflet_that_was_set_and_judged(code: str) -> None:
    one = sample(code)
    assert not one.examine().failed
    # A box or two refer to themselves.
    assert sum(left().values()) < 20, left()


def test_what_was_given_up_is_let_go_too(typesetter: Typesetter) -> None:
    document = typesetter.weasyprint.HTML(string="<p style='break-after: page'>x</p>" * 20)
    with suppress(GivenUpError), judging(lambda pages, _: len(pages) < 9):
        document.render()
    assert left()["ComputedStyle"] > 20
    circles.cut()
    assert sum(left().values()) < 5, left()


def test_what_is_painted_later_is_whole(typesetter: Typesetter) -> None:
    document = typesetter.weasyprint.HTML(string="<p>x</p>").render()
    before = document.write_pdf()
    typesetter.weasyprint.HTML(string="<p>y</p>").render()
    assert document.write_pdf() == before
    circles.cut()
