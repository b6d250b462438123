"""Find the largest size that fits with few tries: a test and a guess -> its number.

The guess comes from how full the pages are at the floor. It decides how many sizes
are tried, never which one is found: so nothing has to be remembered from one build
to the next, and a leaflet's bytes depend on that leaflet alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable


def largest(fits: Callable[[int], bool], high: int, guess: int) -> int:
    """Give the largest number from 0 to `high` that fits, where 0 is known to.

    What is larger than one that does not fit does not fit either. Two tries are
    enough where the guess is right, one where it is `high`.
    """
    low, over = 0, high + 1
    tried = min(max(guess, 1), high)
    tries = 0
    while over - low > 1:
        if fits(tried):
            low, tried = tried, tried + 1
        else:
            over, tried = tried, tried - 1
        tries += 1
        # A guess that is off by more than one is no better than the middle.
        if tries > 1 or not low < tried < over:
            tried = (low + over) // 2
    return low


def guessed_size(floor_pt: float, filled: float, room: float) -> float:
    """Guess the type size in points at which pages that are filled so far are full.

    `filled` and `room` count pages. What type takes of a page grows with the square
    of its size, and margins and figures do not grow with it.
    """
    return floor_pt * math.sqrt(max(1.0, room / max(filled, 0.1)))
