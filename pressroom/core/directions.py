"""Which way characters run: Unicode's bidirectional classes (UAX #9)."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import bidirectional


@lru_cache(maxsize=4096)
def is_rtl(character: str) -> bool:
    """Return whether a character runs from right to left by itself: a letter, or a mark for it.

    Digits of right-to-left scripts do not, save those of N'Ko and Adlam.
    """
    return bidirectional(character) in ("R", "AL")


def has_rtl(text: str) -> bool:
    """Return whether a text has a character that runs from right to left by itself."""
    return any(map(is_rtl, text))


def has_own_digits(text: str) -> bool:
    """Return whether a text has digits of a right-to-left script that run from left to right."""
    return any(not c.isascii() and c.isdecimal() and bidirectional(c) in ("AN", "EN") for c in text)
