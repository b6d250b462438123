"""What counts as the same words: text -> text without what no reader sees."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: White space, and controls that paint nothing and join nothing: bidi controls, zero width
#: space, word joiner, soft hyphen, byte order mark. ZWNJ and ZWJ stay: they change letters.
_UNSEEN = re.compile(
    r"[\s\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+"
)


@lru_cache(maxsize=4096)
def essence(text: str) -> str:
    """Give the text in NFKC, without white space and without bidi and zero-width controls."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text))


def first_difference(expected: str, found: str, around: int = 24) -> tuple[str, str]:
    """Give both texts around the place where they first differ, for a message."""
    at = 0
    for one, other in zip(expected, found, strict=False):
        if one != other:
            break
        at += 1
    start = max(0, at - around // 2)
    return expected[start : at + around], found[start : at + around]
