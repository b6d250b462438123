"""Find where phrases of Japanese meet, which are what its readers expect on one line.

ICU finds phrases (`lw-phrase`, a learned model) and parts words now and then: `くだ|さい`. Its
places hold where the letters bear them out: behind a mark of punctuation; where kana that end a
word meet kanji or katakana; between two words of kanji; and before kana that begin a phrase, which
are listed (`line_breaks.toml`). `を` always ends one.

Where a phrase is longer than narrow columns hold, any place between letters is better than none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from icu4py.breakers import LineBreaker

#: Longest phrase that is kept on one line, in letters.
LONGEST_PHRASE = 16

_KANA, _KATAKANA, _KANJI = (
    "\u3041-\u309f",
    "\u30a1-\u30fa\u30fc",
    "\u3400-\u4dbf\u4e00-\u9fff\u3005",
)
#: What is before a place or behind it: kana, a sign that closes, and so on.
_IS_KANA, _IS_KANJI = re.compile(f"[{_KANA}]"), re.compile(f"[{_KANJI}]")
_IS_WORD = re.compile(f"[{_KANJI}{_KATAKANA}]")
_CLOSES = re.compile("[\\w％%）」』】\ufffc]")
#: The polite `お` or `ご` before a noun, and a verb before `方` (a way of doing).
_POLITE = re.compile(f"(?:^|[^{_KANA}]|([とのにはがをもや]))[おご]$")
_WAY = re.compile("[いきぎしちにびみりえけげせてねべめれ]$")
#: One kanji that begins a word of Latin letters or a number: `抗TNF`, `約7日`.
_PREFIX = re.compile(f"(?:^|[^{_KANJI}])[抗約第各全非]$")


def _breaks(text: str, code: str) -> list[int]:
    places, at = [], 0
    for piece in LineBreaker(text, code):
        at += len(piece)
        places.append(at)
    return places[:-1]


def phrase_breaks(text: str, beginnings: tuple[str, ...]) -> set[int]:
    """Return the places within a Japanese text at which one phrase ends and the next begins.

    `beginnings` are words of kana that begin a phrase.
    """
    found = _breaks(text, "ja-u-lw-phrase")
    begins = _pattern(beginnings)
    ends = [0, *found, len(text)]
    places = {
        place
        for before, place, behind in zip(ends, found, ends[2:], strict=False)
        if _bears_out(text, before, place, behind, begins)
    }
    anywhere = _breaks(text, "ja-u-lb-strict")
    places.update(place for place in anywhere if text[place - 1] == "を")
    places.update(
        place - 1 for place in found if (polite := _POLITE.search(text, 0, place)) and polite[1]
    )
    for first, last in pairwise([0, *sorted(places), len(text)]):
        if sum(map(str.isalnum, text[first:last])) > LONGEST_PHRASE:
            places.update(place for place in anywhere if first < place < last)
    return places


@lru_cache(maxsize=2)
def _pattern(beginnings: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(beginnings))


def _bears_out(text: str, before: int, place: int, behind: int, begins: re.Pattern[str]) -> bool:
    """Return whether the letters beside a place of ICU bear out that a phrase begins there."""
    last, first = text[place - 1], text[place]
    if _IS_KANA.match(first):
        return not _CLOSES.match(last) or begins.match(text, place) is not None
    if _IS_KANA.match(last):
        way = first == "方" and _WAY.search(text, 0, place)
        return not way and not _POLITE.search(text, 0, place)
    if _IS_WORD.match(last) and _IS_WORD.match(first):
        # No word of one kanji stands alone in a compound: `脊椎|炎`, `未|承認`.
        return _long_enough(text[before:place][::-1]) and _long_enough(text[place:behind])
    return not _PREFIX.search(text, 0, place)


def _long_enough(piece: str) -> bool:
    """Return whether the letters of a compound's part, seen from the seam, are two or more."""
    return not _IS_KANJI.match(piece) or _IS_KANJI.match(piece, 1) is not None
