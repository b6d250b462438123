"""Compare texts as readers see them: without what no reader sees, and by how much they differ."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

#: White space, and controls that paint nothing and join nothing: bidi controls, zero width
#: space, word joiner, soft hyphen, byte order mark. ZWNJ and ZWJ stay: they change letters.
_UNSEEN = re.compile(
    r"[\s\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+"
)


#: Characters that NFKC would make other ones to a reader: `112` of `¹¹²`, `①①②` or `１１２`.
_OF_THEIR_OWN = re.compile(
    "([\u00aa\u00b2\u00b3\u00b9\u00ba\u00bc-\u00be\u02b0-\u02e4\u1d2c-\u1d6a\u2070-\u209c"
    "\u2150-\u215f\u2189\u2460-\u24ff\u3200-\u33ff\uff01-\uff5e\U0001d400-\U0001d7ff"
    "\U0001f100-\U0001f1ff]+)"
)


@lru_cache(maxsize=4096)
def normalised(text: str) -> str:
    """Return a text without what no reader sees.

    In NFKC, but with raised, circled and wide characters as they are, without white space, and
    without bidi and zero-width controls.
    """
    if text.isascii():
        return "".join(text.split())
    parts = _OF_THEIR_OWN.split(text)
    parts[::2] = (unicodedata.normalize("NFKC", part) for part in parts[::2])
    return _UNSEEN.sub("", "".join(parts))


def similar(wanted: str, text: str, share: float) -> bool:
    """Return whether two texts have more than this share of their letters in common, in order."""
    matcher = SequenceMatcher(None, wanted, text, autojunk=False)
    return (
        matcher.real_quick_ratio() > share
        and matcher.quick_ratio() > share
        and matcher.ratio() > share
    )


def first_difference(expected: str, found: str, around: int = 24) -> tuple[str, str]:
    """Return both texts around the first letter in which they differ, for a message."""
    at = 0
    for one, other in zip(expected, found, strict=False):
        if one != other:
            break
        at += 1
    start = max(0, at - around // 2)
    return expected[start : at + around], found[start : at + around]
