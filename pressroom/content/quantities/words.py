"""Folded text -> the numbers that it tells in words or in Roman numerals."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from .language import Language

_ROMAN = re.compile(r"(?<![A-Za-zÀ-ɏ-])([IVX]{1,5}|[ivx]{2,5})(?=[eE]?(?![A-Za-zÀ-ɏ]))")
_VALUES = {"I": 1, "V": 5, "X": 10}
_DIGITS = {
    sign: place // 2 for place, sign in enumerate("零〇一壹二两三叁四肆五伍六陆七柒八捌九玖")
}
_DIGITS |= {"兩": 2, "双": 2, "雙": 2, "首": 1, "倍": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8}
_HALF = Decimal("0.5")
_RUN = re.compile(f"[{''.join([*_DIGITS, *_PLACES, *_MYRIADS])}]+")
#: Korean counters; a numeral of one syllable counts only before one of them.
_COUNTED = re.compile(r"\s|[개명번일주달년살시분회잔알정가배차]")


def number_words(folded: str, language: Language) -> Counter[Decimal]:
    """Return how often each number is told in words."""
    if language.head in ("zh", "ja"):
        found = Counter(value for run in _RUN.findall(folded) for value in chinese(run))
        found[_HALF] += folded.count("半")
        return found
    found = Counter()
    last: tuple[Decimal, int] | None = None
    for value, start, end in language.words.find(folded):
        if language.head == "ko" and not _lone(folded, start, end):
            continue
        if last and 0 < start - last[1] <= 3:
            if last[0] in _TENS and 1 <= value <= 9:
                # twenty-three; the tens alone are not told.
                found[last[0]] -= 1
                found[last[0] + value] += 1
                last = None
                continue
            if 1 < last[0] < 100 and value in _TIMES:
                found[last[0] * value] += 1
        found[value] += 1
        last = value, end
        after = end + 3 if folded.startswith(" a ", end) else end + 1
        if folded[end : end + 1] == " " and (scale := language.scales.at(folded, after)):
            found[value * scale[0]] += 1
    for power, start, _ in language.scales.find(folded):
        if power > 100 and not re.search(r"\d\s?\Z", folded[max(0, start - 3) : start]):
            found[power] += 1
    return found


def chinese(run: str) -> list[Decimal]:
    """Return the numbers that Chinese numerals may be: as a whole, and sign for sign."""
    total = part = digit = 0
    for sign in run:
        if sign in _MYRIADS:
            total += (part + digit or 1) * _MYRIADS[sign]
            part = digit = 0
        elif sign in _PLACES:
            part += (digit or 1) * _PLACES[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    said = [Decimal(total + part + digit)]
    if len(run) > 1 and all(sign in _DIGITS for sign in run):
        # 二〇二六 is a year; 二三 is "two or three".
        said = [
            Decimal("".join(str(_DIGITS[sign]) for sign in run)),
            *(Decimal(_DIGITS[s]) for s in run),
        ]
    return said


def _lone(folded: str, start: int, end: int) -> bool:
    """Return whether a Korean word begins with a number: 이틀, but not 타이틀.

    One of one syllable stands before a counter.
    """
    alone = start == 0 or not "가" <= folded[start - 1] <= "힣"
    return alone and (end - start > 1 or bool(_COUNTED.match(folded, end)))


#: What a number before it multiplies: two decades, three dozen.
_TIMES = {Decimal(n) for n in (10, 12, 100, 1000)}
_TENS = {Decimal(n) for n in range(20, 100, 10)}


def roman_numerals(plain: str) -> Counter[Decimal]:
    found: Counter[Decimal] = Counter()
    for match in _ROMAN.finditer(plain):
        signs = [_VALUES[sign] for sign in match[1].upper()]
        pairs = zip(signs, [*signs[1:], 0], strict=True)
        found[Decimal(sum(a if a >= b else -a for a, b in pairs))] += 1
    return found
