"""Months, days of months and weekdays of two texts -> what differs, and what is in doubt."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from .forms import UNSPACED, is_letter
from .language import Language
from .numerals import Number
from .text import Text

_COUNTED = re.compile(
    r"(?<![\d.,])(\d{1,2})\s?[月월](?!間)"
    r"|(?:tháng|thg)\s(\d{1,2})(?!\d)"
    r"|(?<![\d./])\d{1,2}/(\d{1,2})(?:/\d{4})?(?![\d/%])"
)
#: A day of a month before its name: `3`, `3rd`, `3.`, `3 de`, `3 ta`.
_DAY_BEFORE = re.compile(
    r"(?<![\d.,:])(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.|-?[^\W\d]{0,4})?\s?"
    r"(?:de |of |ta |ye |na |خه |د |ថ្ងៃ|ខែ|ເດືອນ|เดือน)?\Z"
)
_DAY_AFTER = re.compile(r"[.,]?\s?(\d{1,2})(?![\d%:]|[.,]\d)")
_RANGE_BEFORE = re.compile(r"(?<![\d.,])(\d{1,2})\.?\s?(?:[-–—~]|to|bis|à|al?|do|до)\s?\Z")
_RANGE_AFTER = re.compile(r"\s?(?:[-–—~]|to)\s?(\d{1,2})(?![\d%:.])")
_DAY_SIGN = re.compile(r"\s?(\d{1,2})\s?[日일號号]")
#: How near a numeral makes a month of a vague word.
_NUMERAL_NEAR = re.compile(r"[\s.,'-]{0,3}(?:d[eo] )?\d")
_NUMERAL_SHORTLY = re.compile(
    r"\d(?:st|nd|rd|th|er|º|ª|\.|-?[^\W\d]{0,3})?[\s.,-]{0,3}"
    r"(?:de |of |ta |ye |na |خه |د |[^\W\d]{1,2})?\Z"
)


@dataclass(slots=True)
class Month:
    """A month that a text names, with the days that stand beside it."""

    start: int
    end: int
    raw: str
    number: int
    #: Whether a numeral stands beside it.
    dated: bool = False
    #: Whether it may be another word: it bears a month out, and tells none.
    weak: bool = False
    days: list[int] = field(default_factory=list)


def read_months(text: Text, language: Language) -> list[Month]:
    """Return the months that a text names, without words that only look like one."""
    found: list[Month] = []
    if language.counted_months:
        for match in _COUNTED.finditer(text.folded):
            group = match.lastindex or 1
            number = int(match[group])
            if group == 3 and language.head != "vi":
                continue
            if 1 <= number <= 12:
                found.append(Month(match.start(group), match.end(), match[0], number, True))
    for (number, vague), start, end in language.months.find(text.folded):
        while (
            not UNSPACED.match(text.folded, start)
            and end - start < 16
            and is_letter(text.folded, end)
        ):
            end += 1
        dated = _dated(text.folded, start, end)
        weak = vague and not dated and not _announced(text, language, start)
        if text.plain[start].isupper() or not language.capital:
            found.append(Month(start, end, text.plain[start:end], number, dated, weak))
    for month in found:
        month.days = _days(text.folded, month)
    return found


def _dated(folded: str, start: int, end: int) -> bool:
    """Return whether a numeral stands beside a word."""
    if _NUMERAL_NEAR.match(folded, end):
        return True
    return bool(_NUMERAL_SHORTLY.search(folded, max(0, start - 9), start))


def _announced(text: Text, language: Language, start: int) -> bool:
    """Return whether the word before a vague name makes it a month: `in May`."""
    word = text.folded[:start].rstrip(" -").rpartition(" ")[2]
    return text.plain[start].isupper() and word in language.dated


def _days(folded: str, month: Month) -> list[int]:
    """Return the numerals beside a month that may be days of it."""
    days = []
    if match := _DAY_BEFORE.search(folded, max(0, month.start - 14), month.start):
        days.append(int(match[1]))
        if first := _RANGE_BEFORE.search(folded, max(0, match.start(1) - 8), match.start(1)):
            days.append(int(first[1]))
    if match := _DAY_SIGN.match(folded, month.end) or _DAY_AFTER.match(folded, month.end):
        days.append(int(match[1]))
        if last := _RANGE_AFTER.match(folded, match.end()):
            days.append(int(last[1]))
    return days


@dataclass(slots=True)
class Difference:
    """What two texts tell differently."""

    errors: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def compare_months(
    source: list[Month], target: list[Month], numbers: list[Number], text: Text, language: Language
) -> Difference:
    """Return the months, and the days of months, that a translation tells differently.

    `numbers` are those of the translation, `text`: a month may be one of them (15.3.2020).
    """
    said = Difference()
    wanted, got = (Counter(month.number for month in months) for months in (source, target))
    missing = [month for month in source if not month.weak and not got[month.number]]
    added = [m for m in target if not m.weak and got[m.number] > wanted[m.number]]
    numerals = {int(one.value) for one in numbers if one.whole and in_date(one, text.plain)}
    known = language.month_numbers
    missing = [m for m in missing if m.number not in numerals and m.number in known]
    if missing and added:
        said.errors.append(f"{missing[0].raw} is {added[0].raw} here")
    elif missing:
        said.doubts.append(f"the month {missing[0].raw} is not found here")
    elif new := [month for month in added if not wanted[month.number] and month.dated]:
        said.doubts.append(f"the month {new[0].raw} is added here")
    else:
        _compare_days(source, target, said)
    return said


def in_date(one: Number, plain: str) -> bool:
    """Return whether a number may be the month of a date in digits: 15.3.2020, 3/15."""
    if len(one.raw) > 2 or one.code:
        return False
    before = re.search(r"\d\s?[./-]\s?\Z", plain[max(0, one.start - 4) : one.start])
    return bool(before or re.match(r"\s?[./-]\s?\d", plain[one.end : one.end + 4]))


def _compare_days(source: list[Month], target: list[Month], said: Difference) -> None:
    wanted = {(day, month.number) for month in source for day in month.days}
    got = {(day, month.number) for month in target for day in month.days}
    lost, new = wanted - got, got - wanted
    for day, number in sorted(lost):
        raw = next(m.raw for m in source if m.number == number and day in m.days)
        others = [other for other, month in new if month == number]
        if others and any(other == day for other, _ in new):
            said.errors.append(f"{day} beside {raw} stands beside another month here")
            return
        if others and all(len(month.days) < 2 for month in target):
            said.doubts.append(f"{day} beside {raw} may be {others[0]} here")
            return


def compare_weekdays(source: Text, target: Text, before: Language, after: Language) -> str:
    """Return a doubt where a weekday changed, else nothing."""
    wanted = {day: source.plain[a:b] for day, a, b in before.weekdays.find(source.folded)}
    if not wanted:
        return ""
    got = {day: target.plain[a:b] for day, a, b in after.weekdays.find(target.folded)}
    missing, added = wanted.keys() - got.keys(), got.keys() - wanted.keys()
    if missing and added:
        return f"{wanted[min(missing)]} may be {got[min(added)]} here"
    return ""
