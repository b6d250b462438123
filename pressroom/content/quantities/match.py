"""Numbers of a source and of its translation -> pairs of the same value, and what is left over."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from .calendar import Month, in_date
from .language import Language
from .numerals import Number, joined
from .text import Text
from .words import number_words, roman_numerals

_CENTURY_BEFORE = re.compile(r"\d{4}\s?[-–/]\s?\Z")


@dataclass(slots=True)
class Side:
    """One of two texts, with what was read in it."""

    text: Text
    language: Language
    numbers: list[Number]
    months: list[Month] = field(default_factory=list)
    words: Counter[Decimal] = field(default_factory=Counter)


@dataclass(slots=True)
class Matched:
    """Pairs of numbers in the order of the source, and those without one."""

    pairs: list[tuple[Number, Number]] = field(default_factory=list)
    lost: list[Number] = field(default_factory=list)
    added: list[Number] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def match(source: Side, target: Side) -> Matched:
    """Return which number of a translation tells which of its source."""
    join(source, {one.value for one in target.numbers})
    join(target, {one.value for one in source.numbers})
    said = Matched(lost=list(source.numbers), added=list(target.numbers))
    for test in (_same_all, _same_unit, _same_code, _same):
        _pair(said, test)
    otherwise = "" if target.language.free else "{0} is {1} here, which reads as another number"
    _pair(said, _read_otherwise, otherwise)
    _pair(said, _code_with_scale)
    _pair(said, _without_scale, "the power of ten of {0} is not found here")
    _pair(said, lambda one, two: _same_year(one, two, source, target))
    order = {id(one): place for place, one in enumerate(source.numbers)}
    said.pairs.sort(key=lambda pair: order[id(pair[0])])
    return said


def join(side: Side, known: set[Decimal]) -> None:
    """Read numbers beside each other as one where the other text has that one."""
    for first, last, value in sorted(
        joined(side.numbers, side.text.plain, side.language), key=lambda one: one[0] - one[1]
    ):
        run = side.numbers[first : last + 1]
        if value not in known or len(run) <= last - first or any(one.end < 0 for one in run):
            continue
        head, tail = run[0], run[-1]
        head.value, head.others, head.scale = value * tail.scale, (), tail.scale
        head.raw = side.text.plain[head.start : tail.end]
        head.end, head.unit, head.near = tail.end, tail.unit, tail.near
        for one in run[1:]:
            one.end = -1
    side.numbers = [one for one in side.numbers if one.end >= 0]


def split_dates(side: Side, months: list[Month]) -> None:
    """Read `24.12` as a day and a month where the other text has that date."""
    dates = {f"{day}.{month.number}" for month in months for day in month.days}
    numbers = []
    for one in side.numbers:
        day, _, month = one.raw.partition(".")
        if f"{day.lstrip('0')}.{month.lstrip('0')}" in dates:
            middle = one.start + len(day)
            numbers.append(Number(one.start, middle, day, Decimal(day)))
            numbers.append(Number(middle + 1, one.end, month, Decimal(month)))
        else:
            numbers.append(one)
    side.numbers = numbers


def _pair(said: Matched, test: Callable[[Number, Number], bool], doubt: str = "") -> None:
    """Pair what passes a test, each number once."""
    lost = []
    for one in said.lost:
        for place, two in enumerate(said.added):
            if test(one, two):
                said.pairs.append((one, two))
                del said.added[place]
                if doubt:
                    said.doubts.append(doubt.format(one.raw, two.raw))
                break
        else:
            lost.append(one)
    said.lost = lost


def _same(one: Number, two: Number) -> bool:
    return one.value == two.value


def _same_all(one: Number, two: Number) -> bool:
    return one.value == two.value and one.unit == two.unit and one.code == two.code


def _same_unit(one: Number, two: Number) -> bool:
    return one.value == two.value and one.unit == two.unit and bool(one.code) == bool(two.code)


def _same_code(one: Number, two: Number) -> bool:
    return one.value == two.value and bool(one.code) == bool(two.code)


def _read_otherwise(one: Number, two: Number) -> bool:
    return one.value in two.others


def _code_with_scale(one: Number, two: Number) -> bool:
    """Return whether letters of a code were taken for a power of ten."""
    return bool(one.code) and two.scale > 1 and one.value == two.value / two.scale


def _without_scale(one: Number, two: Number) -> bool:
    return one.scale > 1 and two.scale == 1 and one.value / one.scale in (two.value, *two.others)


def _same_year(one: Number, two: Number, source: Side, target: Side) -> bool:
    """Return whether two numbers are a year in two ways: 1940s, 2015–16, or of another era."""
    if not one.whole or not two.whole:
        return False
    short, long = sorted((one.value, two.value))
    for decade, other in ((one, two), (two, one)):
        if decade.decade and other.value in _decades(int(decade.raw)):
            return True
    if one.code and one.value < 100 and two.value - 2000 == one.value:
        return True  # COVID-19, COVID-2019.
    if 1800 < short < 2100 and long - short in (source.language.era, target.language.era):
        return long != short
    if short < 100 and 1800 < long < 2100 and long % 100 == short:
        side, number = (source, one) if one.value == short else (target, two)
        return bool(_CENTURY_BEFORE.search(side.text.plain[: number.start]))
    return False


def _decades(year: int) -> set[int]:
    """Return other names of a decade: the 1940s are the 40s, the 1800s are the 19th century."""
    if year < 100:
        return {year + 1900}
    return {year % 100, year // 100 + 1} if year % 100 == 0 else {year % 100}


def explain(said: Matched, source: Side, target: Side) -> None:
    """Take out of the remainder what words, months and repeated codes account for."""
    codes = {(one.value, one.code) for one, _ in said.pairs if one.code}
    said.lost = [one for one in said.lost if not (one.code and (one.value, one.code) in codes)]
    known = {one.value for one in source.numbers if one.code}
    said.added = [two for two in said.added if two.value not in known or not _coded(two, target)]
    if not said.lost and not said.added:
        return
    source.words = number_words(source.text.folded, source.language)
    target.words = number_words(target.text.folded, target.language)
    said.lost, said.added = _halved(said.lost, said.added, target)
    said.added, said.lost = _halved(said.added, said.lost, source)
    said.lost = list(_unspoken(said.lost, source, target, said.doubts))
    said.added = list(_unspoken(said.added, target, source, said.doubts))


def _halved(
    numbers: list[Number], others: list[Number], side: Side
) -> tuple[list[Number], list[Number]]:
    """Return both without what one tells as 1½, the other as 1 and a half."""
    half = Decimal("0.5")
    for one in numbers:
        if one.value < 100 and one.value % 1 == half and side.words[half] > 0:
            whole = [two for two in others if two.value == one.value - half]
            if whole and whole[0].unit in (one.unit, ""):
                rest = [two for two in others if two is not whole[0]]
                return [two for two in numbers if two is not one], rest
    return numbers, others


def _coded(one: Number, side: Side) -> bool:
    """Return whether a number may stand in a code: after letters or a hyphen, or a long one."""
    before = side.text.plain[one.start - 1 : one.start]
    coded = one.code or one.value > 9 or (one.start and (before == "-" or before.isalpha()))
    return bool(coded) and not one.mark


def _unspoken(numbers: list[Number], own: Side, other: Side, doubts: list[str]) -> Iterable[Number]:
    """Yield the numbers that another text tells neither in words nor as a month."""
    words = Counter(other.words)
    # What both texts tell in words accounts for no digits; of an article nobody knows.
    words -= Counter({value: n for value, n in own.words.items() if value > 1})
    romans = roman_numerals(other.text.plain)
    months = Counter(Decimal(month.number) for month in other.months)
    months -= Counter(Decimal(month.number) for month in own.months)
    for one in numbers:
        plain = one.value / one.scale
        if one.mark and one.value >= 1:
            yield one
        elif words[one.value] > 0:
            words[one.value] -= 1
            first = any(1 in month.days for month in own.months)
            if one.value == 1 and not first and any(own.language.single.find(own.text.folded)):
                doubts.append(f"{one.raw} may stand for an article")
        elif one.decade and words[one.value % 100] > 0:
            words[one.value % 100] -= 1
        elif one.scale > 1 and words[plain] > 0:
            words[plain] -= 1
        elif months[one.value] > 0 and in_date(one, own.text.plain):
            months[one.value] -= 1
        elif romans[one.value] > 0 and one.value < 40:
            romans[one.value] -= 1
        elif one.value == 1 and any(other.language.single.find(other.text.folded)):
            pass
        else:
            yield one


def ranges(side: Side) -> list[tuple[Number, Number]]:
    """Return the ranges of a text: two numbers with a dash between."""
    found = []
    for one, two in pairwise(side.numbers):
        gap = side.text.plain[one.end : two.start]
        before = side.text.plain[max(0, one.start - 2) : one.start]
        if one.code or two.code or not re.fullmatch(r"\s?[%٪]?\s?[-–—~]\s?", gap):
            continue
        if not re.search(r"\d[-–/.]\Z", before):
            found.append((one, two))
    return found
