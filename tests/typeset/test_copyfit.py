"""The guess decides how many sizes are tried, never which one is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.typeset.copyfit import largest


@given(st.integers(0, 40), st.integers(-1, 40), st.integers(-50, 90), st.booleans())
def test_any_guess_finds_the_same(high: int, most: int, guess: int, floor_fits: bool) -> None:
    low = 0 if floor_fits else -1
    most = max(low, min(most, high))
    tried: list[int] = []

    def fits(number: int) -> bool:
        tried.append(number)
        return number <= most

    assert largest(fits, high, guess, low) == most
    assert len(tried) == len(set(tried)), "none is tried twice"
    assert all(low < number <= high for number in tried), "what is known is not tried"
    assert len(tried) <= (high + 1).bit_length() + 2


@pytest.mark.parametrize(("most", "tries"), [(8, 1), (5, 2), (1, 2)])
def test_a_right_guess_takes_two_tries_at_most(most: int, tries: int) -> None:
    tried: list[int] = []

    def fits(number: int) -> bool:
        tried.append(number)
        return number <= most

    assert largest(fits, 8, most) == most
    assert len(tried) == tries
