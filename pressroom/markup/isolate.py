"""Find what runs from left to right inside right-to-left text.

Telephone numbers, ranges, doses, temperatures, fractions, dates in figures,
codes, URLs and e-mail addresses print in the wrong order in Arabic, Persian,
Pashto and Urdu unless they are isolated (see R17 of the leaflet standards).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# A figure in any digits that a right-to-left locale writes, or a Latin letter; besides,
# the micro sign, squares and cubes (kg/m²), and fractions of one character (½).
_DIGIT = r"0-9\u0660-\u0669\u06f0-\u06f9"
_LETTER = r"A-Za-z\u00c0-\u024f"
_CORE = rf"{_DIGIT}{_LETTER}\u00b2\u00b3\u00b5\u00b9\u00bc-\u00be\u03bc"

#: What may join two cores without a space (`1-800`, `1/2`, `a@b.c`, `10:30`), or with spaces
#: around (`20 – 40`).
_JOINER = r"[-\u2010-\u2013\u2212/.,:@_~=&?#+%×*'’\u066a-\u066c]{1,3}"

_URL = r"(?:https?://|www\.|mailto:)[^\s<>()\u0600-\u06ff]*[^\s<>().,;:!?\u0600-\u06ff]"

_RUN = re.compile(
    rf"""
    {_URL}
    |
    (?:(?<!\w)[+\-\u2212<>≤≥±~€$£])?              # a sign, but no hyphen behind a prefix (כ-12)
    (?:\([{_DIGIT}]{{1,5}}\)\s?)?                 # an area code in brackets
    [{_CORE}]+
    (?:
        (?:\s?{_JOINER}\s?|\s|\s?\([{_DIGIT}]{{1,5}}\)\s?)
        (?<![.,:?]\s)                             # a full stop and a space end the run
        [{_CORE}]+
    )*
    (?:\s?[%°€$£\u066a](?:\s?[CF])?(?![{_CORE}]))?    # a unit behind
    """,
    re.VERBOSE,
)

_WORD = re.compile(rf"[{_LETTER}]+")


def split_ltr(text: str) -> Iterator[tuple[str, bool]]:
    """Split right-to-left text into pieces; the flag tells which run from left to right.

    A single Latin word needs no isolation and is not flagged. The pieces
    together are the text.
    """
    at = 0
    for found in _RUN.finditer(text):
        if _WORD.fullmatch(found.group()):
            continue
        if found.start() > at:
            yield text[at : found.start()], False
        yield found.group(), True
        at = found.end()
    if at < len(text):
        yield text[at:], False
