"""A message and its translation, or its older text -> whether they tell the same quantities."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from .calendar import compare_months, compare_weekdays, read_months
from .clock import find_dotted, find_time, read_dotted, read_times, without
from .language import Language, language
from .match import Matched, Side, explain, match, ranges, split_dates
from .measure import measure
from .numerals import Number, areas, read_numbers
from .phones import compare_phones
from .signs import compare_bounds, compare_minus, compare_strict
from .text import Text, read_text
from .words import number_words

Verdict = Literal["equal", "differs", "unsure"]

#: Units that make a dose, a concentration or a temperature.
_CRITICAL = ("mass", "volume", "concentr", "temperature", "iu", "pressure", "energy")
#: Units of how long and how often. Not years: in many languages an age has no word beside it.
_TIMED = tuple(f"duration-{unit}" for unit in ("second", "minute", "hour", "day", "week", "month"))
#: Between the numbers of a share in English, as in `9 out of 10`.
_SHARE = re.compile(
    r"\s(?:out )?(?:in|of|among)"
    r"(?: every| the| a| total| all| about| over| nearly| these| those)*\s"
)
#: A short word between two numbers.
_JOINED = re.compile(r"\s?[^\W\d]{1,7}\s?")
#: How often, in English.
_OFTEN = re.compile(
    r"\b(?P<many>twice|thrice|\w+(?= times))(?: times)? (?:a|an|per|each|every) (?P<unit>\w+)"
)
#: A number up to this may be left out, or said, in words that no table has.
_SMALL = 100
_DIGIT = re.compile(r"[\d\u00bc-\u00be\u2070-\u209f\u2150-\u2189\u2460-\u24ff\u2776-\u2793]")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether two texts tell the same quantities, and if not, why, in words for a person."""

    verdict: Verdict
    causes: tuple[str, ...] = ()


_EQUAL = Comparison("equal")


def compare(source: str, translation: str, locale: str, source_locale: str = "en") -> Comparison:
    """Return whether a translation, or a newer text, tells the quantities of its source.

    `unsure` is what a person has to decide: where a reader may take a number for
    another one, or where words stand for digits that no table knows.
    """
    if source == translation and source_locale == locale:
        return _EQUAL
    return _compare(source, translation, locale, source_locale)


@lru_cache(maxsize=4096)
def _compare(source: str, translation: str, locale: str, source_locale: str) -> Comparison:
    before, after = language(source_locale), language(locale)
    one, two = read_text(source), read_text(translation)
    errors: list[str] = []
    doubts: list[str] = []
    if one.addresses != two.addresses:
        errors += _compare_addresses(one, two)
    if doubt := compare_weekdays(one, two, before, after):
        doubts.append(doubt)
    one, two = compare_phones(one, two, errors)
    one, two = _compare_times(one, two, after, errors, doubts)
    months, others = read_months(one, before), read_months(two, after)
    mine = Side(one, before, _read(one, before), months)
    theirs = Side(two, after, _read(two, after), others)
    _drop_months(mine)
    _drop_months(theirs)
    split_dates(theirs, months)
    split_dates(mine, others)
    said = compare_months(months, others, theirs.numbers, two, after)
    errors += said.errors
    doubts += said.doubts
    if mine.numbers or theirs.numbers:
        _compare_numbers(mine, theirs, errors, doubts)
    doubts += _compare_words(mine, theirs) + _compare_often(mine, theirs)
    if errors:
        return Comparison("differs", tuple(dict.fromkeys(errors)))
    return Comparison("unsure", tuple(dict.fromkeys(doubts))) if doubts else _EQUAL


def _read(text: Text, language: Language) -> list[Number]:
    if not _DIGIT.search(text.plain) and text.plain.isascii():
        return []
    numbers = read_numbers(text.plain, language)
    measure(text, numbers, language)
    return numbers


def _compare_addresses(source: Text, target: Text) -> list[str]:
    wanted, got = Counter(source.addresses), Counter(target.addresses)
    said = [f"{address} is missing" for address in wanted - got]
    return said + [f"{address} is added" for address in got - wanted]


def _compare_times(
    source: Text, target: Text, language: Language, errors: list[str], doubts: list[str]
) -> tuple[Text, Text]:
    """Compare times of day; return both texts without those that they share."""
    mine: list[tuple[int, int]] = []
    for time in read_times(source):
        told = find_time(time, target, language)
        if time.implied and (not told or told.error or told.doubt):
            continue
        if not told:
            if time.minute:
                doubts.append(f"the time {time.raw} is not found here")
            elif re.search(rf"(?<!\d)0?{time.hour}\s?:(?!\d)", target.plain):
                doubts.append(f"the minutes of {time.raw} are missing")
            elif time.minutes[0] > 0:
                # `10:00` may be ten o'clock in words.
                mine.append(time.minutes)
            continue
        mine.append((time.start, time.end))
        target = without(target, [(told.start, told.end)])
        errors += [told.error] if told.error else []
        doubts += [told.doubt] if told.doubt else []
    for start, end, hour, minute in read_dotted(source):
        if place := find_dotted(hour, minute, target):
            mine.append((start, end))
            target = without(target, [place])
    return without(source, mine), target


def _drop_months(side: Side) -> None:
    """Take the numerals of months, as in 12月, out of the numbers."""
    places = {month.start for month in side.months}
    side.numbers = [one for one in side.numbers if one.start not in places]


def _compare_numbers(source: Side, target: Side, errors: list[str], doubts: list[str]) -> None:
    errors += compare_minus(
        source.text, target.text, source.numbers, target.numbers, target.language
    )
    signs = compare_bounds(
        source.text, target.text, source.numbers, target.numbers, source.language, target.language
    )
    errors += signs[0]
    doubts += signs[1]
    if not signs[0] and not signs[1]:
        doubts += compare_strict(source, target)
    doubts += _compare_powers(source.text.plain, target.text.plain)
    said = match(source, target)
    said.lost, said.added = _spent(said.lost, said.added)
    said.added, said.lost = _spent(said.added, said.lost)
    explain(said, source, target)
    doubts += said.doubts
    _judge_rest(said, errors, doubts)
    _compare_units(said, target.language, errors, doubts)
    _compare_ranges(said, source, target, errors, doubts)
    _compare_order(said, source, doubts)


def _spent(numbers: list[Number], others: list[Number]) -> tuple[list[Number], list[Number]]:
    """Return both without a time that one tells in hours, the other in hours and minutes."""
    for one in numbers:
        for two, three in pairwise(others):
            minutes = 60 * two.value + three.value
            hours = two.unit == "duration-hour" and three.unit in ("duration-minute", "")
            if one.unit == "duration-hour" and hours and 60 * one.value == minutes:
                rest = [other for other in others if other not in (two, three)]
                return [other for other in numbers if other is not one], rest
    return numbers, others


def _compare_powers(source: str, target: str) -> list[str]:
    """Return a doubt where an area became a volume: mm³ that is mm² here."""
    wanted, got = areas(source), areas(target)
    return [f"m{one} is m{two} here" for one, two in zip(wanted - got, got - wanted, strict=False)]


def _judge_rest(said: Matched, errors: list[str], doubts: list[str]) -> None:
    """Report what is left on both sides: a number that changed, was lost or was added."""
    # A number that the other text tells less often may be meant all the same.
    told = {one.value for one, _ in said.pairs}
    lost = [f"{_shown(one)} is missing" for one in said.lost]
    added = [f"{_shown(two)} is added" for two in said.added]
    if lost and added:
        if len(lost) == len(added) == 1:
            errors.append(f"{_shown(said.lost[0])} is {_shown(said.added[0])} here")
        else:
            errors += lost + added
    elif lost:
        slight = all(
            _slight(one) or one.code or one.decade or one.value in told for one in said.lost
        )
        (doubts if slight else errors).extend(lost)
    elif added:
        slight = all(_slight(two) or two.value in told for two in said.added)
        (doubts if slight else errors).extend(added)


def _slight(one: Number) -> bool:
    """Return whether a number may be told in words: `two`, `one and a half`."""
    return (
        one.value <= _SMALL and one.value * 2 % 1 == 0 and one.scale == 1
        and not one.unit.startswith(_CRITICAL)
    )  # fmt: skip


def _shown(one: Number) -> str:
    if one.code:
        return f"{one.code}{one.raw}" if len(one.code) == 1 else f"{one.code}-{one.raw}"
    raw = f"{one.value.normalize():,f}" if one.scale > 1 else one.raw
    return f"{raw} {_NAMES.get(one.unit, '')}".strip()


_NAMES = {
    "mass-milligram": "mg", "mass-gram": "g", "mass-kilogram": "kg", "mass-microgram": "mcg",
    "volume-milliliter": "ml", "volume-liter": "l", "volume-deciliter": "dl",
    "volume-centiliter": "cl", "length-kilometer": "km", "length-meter": "m",
    "length-centimeter": "cm", "length-millimeter": "mm", "temperature-celsius": "°C",
    "temperature-fahrenheit": "°F", "concentr-percent": "%", "iu": "IU",
    "energy-kilocalorie": "kcal", "energy-calorie": "cal", "energy-kilojoule": "kJ",
    "concentr-millimole-per-liter": "mmol/l", "pressure-millimeter-ofhg": "mmHg",
    "duration-second": "seconds", "duration-minute": "minutes", "duration-hour": "hours",
    "duration-day": "days", "duration-week": "weeks", "duration-month": "months",
    "duration-year": "years",
}  # fmt: skip


def _compare_words(source: Side, target: Side) -> list[str]:
    """Return a doubt where a number in words became another one in words."""
    wanted = {
        value: source.text.plain[start:end]
        for value, start, end in source.language.cardinals.find(source.text.folded)
    }
    if not wanted:
        return []
    got = number_words(target.text.folded, target.language)
    digits = {two.value for two in target.numbers}
    lost = [shown for value, shown in wanted.items() if not got[value] and value not in digits]
    if not lost:
        return []
    known = {one.value for one in source.numbers}
    known |= number_words(source.text.folded, source.language).keys()
    added = [value for value in got if 2 <= value <= 12 and got[value] > 0 and value not in known]
    return [f"{lost[0]} may be {added[0]} here"] if added else []


def _compare_often(source: Side, target: Side) -> list[str]:
    """Return a doubt where `twice a day` may have become once in 2 days."""
    doubts = []
    own = {(one.value, one.unit) for one in source.numbers}
    for how in _OFTEN.finditer(source.text.folded):
        value, end = _number_at(how["many"], source.language), how.start("unit")
        unit = source.language.units.at(source.text.folded, end)
        wrong = (value, unit[0]) if unit else None
        got = {(two.value, two.unit) for two in target.numbers} - own
        if wrong and value > 1 and wrong in got:
            doubts.append(f"‘{how[0]}’ may be once in {value} {_NAMES.get(wrong[1], '')} here")
    return doubts


def _number_at(word: str, language: Language) -> Decimal:
    """Return the number of a word or of digits; 0 where it is none."""
    if word.isdecimal():
        return Decimal(word)
    found = language.words.at(word, 0)
    return found[0] if found else Decimal(0)


def _compare_units(said: Matched, language: Language, errors: list[str], doubts: list[str]) -> None:
    lost, added = {}, {}
    for one, two in said.pairs:
        if not one.value and len(one.raw) != len(two.raw):
            doubts.append(f"{one.raw} is {two.raw} here")
        if one.code and two.code and _other_code(one, two):
            doubts.append(f"{_shown(one)} is {_shown(two)} here")
        if one.per and two.per and one.per != two.per:
            per = [_NAMES.get(number.per, number.per) for number in (one, two)]
            errors.append(f"{_shown(one)}/{per[0]} is {_shown(two)}/{per[1]} here")
        within = two.within or two.unit
        if one.within and within.startswith("duration") and within != one.within:
            names = [_NAMES[unit].removesuffix("s") for unit in (one.within, within)]
            doubts.append(f"{names[0]} {one.raw} is {names[1]} {two.raw} here")
        if one.unit == two.unit or one.code:
            continue
        if one.unit and two.unit:
            if two.near == one.unit or one.near == two.unit or _both_degrees(one, two):
                continue
            errors.append(f"{_shown(one)} is {_shown(two)} here")
        elif one.unit and two.near != one.unit:
            lost[one.unit] = one
        elif two.unit and one.near != two.unit:
            added[two.unit] = two
    for unit, one in lost.items():
        if unit in added:
            errors.append(f"{_shown(one)} is {_shown(added[unit])} here")
        elif unit.startswith(_CRITICAL) or (unit in _TIMED and unit in language.named):
            doubts.append(f"the unit of {_shown(one)} is not found here")
    for unit, two in added.items():
        if unit.startswith(_CRITICAL) and unit not in lost:
            doubts.append(f"{two.raw} has a unit here: {_shown(two)}")


def _other_code(one: Number, two: Number) -> bool:
    """Return whether Latin letters beside a number are others: H5 for N5."""
    codes = {one.code.casefold(), two.code.casefold()}
    return len(codes) > 1 and all(code.isascii() for code in codes)


def _both_degrees(one: Number, two: Number) -> bool:
    """Return whether one of two units is a bare degree, and the other one of temperature."""
    units = {one.unit, two.unit}
    return "degree" in units and any(unit.startswith("temperature") for unit in units)


def _compare_ranges(
    said: Matched, source: Side, target: Side, errors: list[str], doubts: list[str]
) -> None:
    """Report a range that a translation tells from its end."""
    mates = {id(two): one.value for one, two in said.pairs}
    wanted = {(one.value, two.value) for one, two in ranges(source)}
    for one, two in ranges(target):
        ends = mates.get(id(one), one.value), mates.get(id(two), two.value)
        if ends in wanted:
            continue
        if ends[::-1] in wanted:
            what = f"the range {two.raw}–{one.raw} is {one.raw}–{two.raw} here"
            # A line from right to left may show a turned range the right way round.
            (doubts if target.language.rtl else errors).append(what)
        elif other := [w for w in wanted if w[0] == ends[0] or w[1] == ends[1]]:
            doubts.append(f"the range {other[0][0]}–{other[0][1]} is {one.raw}–{two.raw} here")
    for one, two in pairwise(target.numbers):
        # `5 à 2`
        gap = target.text.plain[one.end : two.start]
        if (two.value, one.value) in wanted and _JOINED.fullmatch(gap):
            doubts.append(f"the range {two.raw}–{one.raw} is {one.raw}{gap}{two.raw} here")


def _compare_order(said: Matched, source: Side, doubts: list[str]) -> None:
    """Report numbers that could change places, and stand in another order."""
    counts = Counter(one.value for one in source.numbers)
    loose = [(one, two) for one, two in said.pairs if not one.code and counts[one.value] == 1]
    for place, (one, two) in enumerate(loose):
        for other, mate in loose[place + 1 :]:
            if two.start < mate.start or not _exchangeable(one, two, other, mate):
                continue
            if not _share(one, other, source.text.plain):
                doubts.append(f"{one.raw} and {other.raw} stand in another order here")
                return


def _exchangeable(one: Number, two: Number, other: Number, mate: Number) -> bool:
    """Return whether two pairs could have each other's numbers, and no unit would tell."""
    if one.year != other.year or one.short_year != other.short_year or one.scale != other.scale:
        return False
    crossed = [(a, b) for a, b in ((one.unit, mate.unit), (other.unit, two.unit)) if a != b]
    lost = {a for a, b in crossed if not b}
    added = {b for a, b in crossed if not a}
    if any(a and b for a, b in crossed) or lost & added:
        return False
    return not any(unit.startswith(_CRITICAL) for unit in lost | added)


def _share(one: Number, other: Number, plain: str) -> bool:
    """Return whether two numbers are a share: 9 in 10 is one whichever comes first."""
    return one.value < other.value and bool(_SHARE.fullmatch(plain[one.end : other.start]))
