"""Numbers of a text -> the same with the power of ten and the unit that stand beside each."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

from .forms import UNSPACED, is_letter
from .language import SYMBOLS, Language
from .numerals import Number
from .text import Text

_TENS = {"十": 10, "百": 100, "千": 1000, "십": 10, "백": 100, "천": 1000}
_MYRIADS = {
    "万": 10**4, "萬": 10**4, "만": 10**4, "億": 10**8, "亿": 10**8, "억": 10**8, "兆": 10**12,
    "조": 10**12,
}  # fmt: skip
_CHINESE = re.compile(f"([{''.join(_TENS)}]?)([{''.join(_MYRIADS)}]*)")
#: What may stand between a number and the word for its scale or unit.
_BETWEEN = re.compile(r"[ \-−+]{0,2}")
_CURRENCY = "$£€¥₩₽₹฿₫₱₺₴"
#: After a sum of money, as in £1.2m.
_MILLION = re.compile(r"[mM](?!\w)")
#: What joins the ends of a range, or two values, that share one unit.
_DASH = re.compile(r"\s?[-–—~]\s?")
_JOINING = re.compile(
    r"\s?(?:[-–—~/+]|±|to|or|and|à|a|y|o|e|ou|et|bis|und|oder|do|i|lub|до|и|или|та|або|і|și|sau|la|έως|και|ή|"
    r"ile|ve|veya|إلى|و|أو|الى|تا|یا|او|سے|اور|עד|או|ו|से|और|या|देखि|वा|र|থেকে|বা|ও|થી|અને|અથવા|"
    r"ਤੋਂ|ਅਤੇ|ਜਾਂ|සිට|හෝ|සහ|முதல்|அல்லது|மற்றும்|నుండి|నుంచి|లేదా|మరియు|മുതല്|അല്ലെങ്കില്|至|到|或|和|、|"
    r"から|または|부터|에서|또는|ถึง|หรือ|และ|ຫາ|ຫຼື|ແລະ|ឬ|និង|ដល់|ទៅ|မှ|သို့မဟုတ်|နှင့်|đến|tới|hoặc|và|"
    r"hadi|au|na|hanggang|hasta|ilaa|ama|iyo|mus|los|sis)"
    r"(?:\s(?:el|la|le|o|a|os|as|the|den|dem|στους|στις|τους|τις))?\s?"
)
#: Latin letters that are no unit: `5 L` and `20 C` have one, `5 l` too, `5 c` has none.
_NO_UNIT = set("abdeijknopqrstuvwxyzABDEGHIJKMNOPQRSTUVWXYZcf")
#: Letters that may be a symbol of a unit, to their end.
_SYMBOL = re.compile(r"[a-z\u00b5\u03bc]+")
#: Between values of a list that tells the unit once.
_LISTED = re.compile(r"\s?(?:[,،、;]\s?)?(?:[^\W\d]{1,6}\s?)?")
#: Longest text after a number that is looked at for its unit, in characters.
_NEAR = 30


def measure(text: Text, numbers: list[Number], language: Language) -> None:
    """Write the scale and the unit of each number into it."""
    for place, one in enumerate(numbers):
        if one.code or one.mark:
            continue
        until = numbers[place + 1].start if place + 1 < len(numbers) else len(text.folded)
        since = numbers[place - 1].end if place else 0
        end = _scale(text, one, since, until, language)
        after, before = _unit_after(text, one, end, until, language), ""
        if not after or language.units_first:
            before = _unit_before(text, one, since, language)
        one.unit = before or after
        if _wrong(one):
            one.unit = ""
        if not one.unit and not language.units_first:
            one.within = _time_before(text, one, since, language)
    _share(text.plain, numbers)
    _add_up(text.plain, numbers)


def _wrong(one: Number) -> bool:
    """Return whether a unit cannot be one: `2019 г.` is a year, no grams."""
    return one.year and (one.unit.startswith("duration") or one.unit == "mass-gram")


def _scale(text: Text, one: Number, since: int, until: int, language: Language) -> int:
    """Take the word for a power of ten beside a number in; return where its unit begins."""
    start = _BETWEEN.match(text.folded, one.end, until)
    assert start is not None
    place = start.end()
    unit = language.units.at(text.folded, place)
    found = _CHINESE.match(text.plain, place)
    if found and found[0] and not (unit and unit[1] > place + 1):
        if text.plain[one.start - 1 : one.start] in ("제", "第"):
            return place  # An ordinal: 제247조 is an article of a law.
        factor = Decimal(_TENS.get(found[1], 1))
        for sign in found[2]:
            factor *= _MYRIADS[sign]
        one.times(factor)
        return found.end()
    scale = language.scales.at(text.folded, place)
    if scale and scale[1] <= until and (unit is None or unit[1] <= scale[1]):
        one.times(scale[0])
        after = _BETWEEN.match(text.folded, scale[1], until)
        return after.end() if after else scale[1]
    if one.start and text.plain[one.start - 1] in _CURRENCY and _MILLION.match(text.plain, place):
        one.times(Decimal(10) ** 6)
        return place + 1
    if language.scales_first:
        left = max(since, one.start - _NEAR)
        before = language.scales.ending(text.folded[left : one.start].rstrip(_CURRENCY + " "))
        # Not the scale of the number before it.
        if before and (not since or text.folded[since : left + before[1]].strip(" -")):
            one.times(before[0])
    return place


def _unit_after(text: Text, one: Number, start: int, until: int, language: Language) -> str:
    if start >= min(until, one.end + _NEAR) and start != one.end:
        return ""
    found = language.units.at(text.folded, start)
    if not found or found[1] > until:
        return ""
    unit, end = found
    if language.months.at(text.folded, start):
        return ""
    if end - start <= 2 and text.plain[end - 1] == "." and is_letter(text.plain, end):
        # `ม.` is metres, `ม.ค.` January.
        return ""
    if text.folded[start] in "%٪" and _heads(text.plain, start, one.end):
        return ""
    if end - start == 1 and text.plain[start] in _NO_UNIT:
        return ""
    per = _per(text.folded, end + 1, language) if text.folded[end : end + 1] == "/" else None
    if per and not per[0].startswith("length"):
        one.per = per[0]
    return unit


def _per(folded: str, start: int, language: Language) -> tuple[str, int] | None:
    """Return the unit behind a slash: a symbol (`mg/l.` ends a sentence), else a name."""
    if (symbol := _SYMBOL.match(folded, start)) and symbol[0] in SYMBOLS:
        return SYMBOLS[symbol[0]], symbol.end()
    return language.units.at(folded, start)


def _heads(plain: str, sign: int, end: int) -> bool:
    """Return whether a percent sign belongs to the number after it: `5 %12`."""
    return sign > end and plain[sign + 1 : sign + 2].isdecimal()


def _unit_before(text: Text, one: Number, since: int, language: Language) -> str:
    left = max(since, one.start - _NEAR)
    found = language.units_before.ending(text.folded[left : one.start].rstrip(" -−≥≤<>~±+"))
    # What follows another number at once is the unit of that one.
    if found and (not since or text.folded[since : left + found[1]].strip(" -")):
        return found[0]
    return ""


def _time_before(text: Text, one: Number, since: int, language: Language) -> str:
    left = max(since, one.start - _NEAR)
    found = language.times.ending(text.folded[left : one.start])
    if found and (not since or text.folded[since : left + found[1]].strip(" -")):
        return found[0]
    return ""


def _share(plain: str, numbers: list[Number]) -> None:
    """Share among the ends of a range the unit and the scale of one of them."""
    for one, two in pairwise(numbers):
        gap = plain[one.end : two.start]
        if len(gap) > 14 or one.code or two.code:
            continue
        if two.scale > 1 and one.scale == 1 and _DASH.fullmatch(gap):
            one.times(two.scale)
        if two.unit and not one.unit and not one.year:
            if _JOINING.fullmatch(gap):
                one.unit = two.unit
            elif _LISTED.fullmatch(gap):
                one.near = two.unit
        elif one.unit and not two.unit and _JOINING.fullmatch(gap):
            two.near = one.unit


def _add_up(plain: str, numbers: list[Number]) -> None:
    """Put together what one number of several steps is: 1億2千万, 7만 7천."""
    place = 0
    while place + 1 < len(numbers):
        one, two = numbers[place], numbers[place + 1]
        gap = plain[one.end : two.start].strip()
        tail = plain[two.end : two.end + 2]
        chinese = bool(gap) and all(sign in _TENS or sign in _MYRIADS for sign in gap)
        goes_on = two.scale == 1 or tail[:1] in _TENS or tail[:1] in _MYRIADS
        if chinese and goes_on and one.scale > two.value > 0 and UNSPACED.match(gap):
            one.value += two.value
            one.end, one.unit, one.others = two.end, two.unit, ()
            del numbers[place + 1]
            continue
        place += 1
