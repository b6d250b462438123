"""The guess decides how many sizes are tried, never which one is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.typeset.fitting import guessed_size, largest


@given(st.integers(0, 40), st.integers(0, 40), st.integers(-50, 90))
def test_any_guess_finds_the_same(high: int, most: int, guess: int) -> None:
    most = min(most, high)
    tried: list[int] = []

    def fits(number: int) -> bool:
        tried.append(number)
        return number <= most

    assert largest(fits, high, guess) == most
    assert len(tried) == len(set(tried)), "none is tried twice"
    assert all(0 < number <= high for number in tried), "0 is known to fit"
    assert len(tried) <= high.bit_length() + 2


@pytest.mark.parametrize(("most", "tries"), [(8, 1), (5, 2), (1, 2)])
def test_a_right_guess_takes_two_tries_at_most(most: int, tries: int) -> None:
    tried: list[int] = []

    def fits(number: int) -> bool:
        tried.append(number)
        return number <= most

    assert largest(fits, 8, most) == most
    assert len(tried) == tries


def test_the_guess_grows_with_the_room() -> None:
    assert guessed_size(12, 2, 2) == 12
    assert guessed_size(12, 2.5, 2) == 12
    assert 14 < guessed_size(12, 1.4, 2) < 15
    assert guessed_size(12, 0, 2) > 40
