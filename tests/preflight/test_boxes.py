"""Boxes that have to stand whole, and are parted by styles."""

from __future__ import annotations

import pytest

from .support import SOME, by_turns, errors, sample

PARTED = {
    "the emergency box": (
        ".emergency, .rank { display: block; break-inside: auto }"
        " .rank-body li + li { break-before: page }"
    ),
    "the warning of an unapproved therapy": (
        ".open { display: block } .open, .warning { break-inside: auto }"
        " .warning .notice + .notice { break-before: page }"
    ),
}


@pytest.mark.parametrize(("box", "locale"), by_turns(PARTED))
def test_a_box_that_goes_on_overleaf_is_found(box: str, locale: str) -> None:
    verdict = sample(locale).examine(PARTED[box])
    said = [f for f in errors(verdict) if f.code == "box-split"]
    assert [f.message.partition(" is in parts, on pages ")[0] for f in said] == [box]


@pytest.mark.parametrize("locale", SOME)
def test_a_box_that_a_page_begins_with_is_whole(locale: str) -> None:
    verdict = sample(locale).examine(".emergency { break-before: page }")
    codes = [f.code for f in errors(verdict)]
    assert "disclaimer-misplaced" in codes
    assert "box-split" not in codes
