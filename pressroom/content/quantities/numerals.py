"""Plain text -> the numbers that stand in it as digits, each read as its locale writes numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from .language import SYMBOLS, Language
from .text import GAP

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉", "0123456789-0123456789")
_POWER = re.compile(r"(?<!\d)10(?:(⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\s?\^\s?([-−]?\d+))")
_SMALL = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉]+")
_NUMERAL = re.compile(
    r"(?:(?<=[\s(\[≥≤<>=~±−-])|\A)[.٫]\d+|\d+(?:[.,'٬٫،۔·\u00a0\u202f\u2009]\d+)*"
)
#: A year glued to the day before it: `March 3,2020`.
_DAY_YEAR = re.compile(r"\d{1,2},(?:19|20)\d\d")
_SPACES = "\u00a0\u202f\u2009"
_CODE_BEFORE = re.compile(r"([a-zA-ZͰ-Ͽ]+)(-?)\Z")
_CODE_AFTER = re.compile(r"-?([A-Za-z]{1,6})(?![a-z])")
#: Letters after a number that make no code of it: `44-year`, `19th`, `5x`, `3s`.
_NO_CODE = {
    "x", "th", "st", "nd", "rd", "s", "am", "pm", "k", "m", "h", "bn", "mn", "p", "a", "e", "er",
    "o", "d", "c", "f", "de", "y", "j", "i", "u", "w", "z", "n", "eme", "ni", "na", "ya",
}  # fmt: skip
#: Letters before a number that make no code of it: `6x6`.
_NO_HEAD = {"x"}
#: What makes a unit of area or of volume, and no number: `km2`.
_AREA = re.compile(r"(?<=m)(?<![^\W\d]{3})[23](?![\d.,])")
#: A unit of length that a small number makes one of area or of volume: `mm³`, `سم²`.
_LENGTH = re.compile(r"(?<![^\W\d_])(?:[cdkm]?m|[дкмс]?м|كم|سم|مم|ملم|م)\Z", re.IGNORECASE)
_YEARS = re.compile(r"(?:18|19|20)\d\d[-–/]\Z")
_CENTURY = re.compile(r"\s?(?:世[纪紀]|세기)\s?")
_DECADE = re.compile(r"'?s\b")


@dataclass(slots=True)
class Number:
    """A number in a text, with what belongs to it."""

    start: int
    end: int
    #: As it is written, in western digits.
    raw: str
    #: As the locale reads it.
    value: Decimal
    #: As other locales may read it.
    others: tuple[Decimal, ...] = ()
    #: Letters that it is part of, as in HLA-B27.
    code: str = ""
    #: Whether it names a decade: 1940s.
    decade: bool = False
    #: Whether it is a character of its own without a digit: ½, ², ②, Ⅷ.
    mark: bool = False
    #: The power of ten that a word beside it stands for.
    scale: Decimal = Decimal(1)
    #: CLDR's code of its unit; empty for none.
    unit: str = ""
    #: The unit below a slash, as in mg/ml.
    per: str = ""
    #: A unit that may belong to it: that of the next number in a range or a list.
    near: str = ""
    #: The unit of time that it counts within, as in week 4.
    within: str = ""
    #: Whether it is the end of years: 96 in 1995–96.
    short_year: bool = False

    @property
    def whole(self) -> bool:
        return self.value == self.value.to_integral_value()

    @property
    def year(self) -> bool:
        """Return whether it looks like a year."""
        return len(self.raw) == 4 and self.raw.isdecimal() and 1800 <= int(self.raw) < 2100

    def times(self, factor: Decimal) -> None:
        self.scale *= factor
        self.value *= factor
        self.others = tuple(one * factor for one in self.others)


def read_numbers(plain: str, language: Language) -> list[Number]:
    """Return the numbers of a text in their order, without scales and units."""
    found: list[Number] = []

    def power(match: re.Match[str]) -> str:
        exponent = (match[1] or match[2]).translate(_RAISED).replace("−", "-")
        if len(exponent) < 4:
            value = Decimal(10) ** int(exponent)
            found.append(Number(match.start(), match.end(), match[0], value))
        return GAP * len(match[0])

    if "10" in plain:
        plain = _POWER.sub(power, plain)
    if not plain.isascii():
        plain = _take_characters(plain, found)
    plain = _AREA.sub(GAP, plain)
    for match in _NUMERAL.finditer(plain):
        for start, raw in _parts(match[0], match.start(), language):
            found.append(_number(plain, start, raw, language))
    found.sort(key=lambda one: one.start)
    return found


def _take_characters(plain: str, found: list[Number]) -> str:
    """Find numbers that are one character, or small ones; return the text without them."""
    places: list[tuple[int, int]] = []
    for match in _SMALL.finditer(plain):
        before = plain[match.start() - 1 : match.start()]
        digits = match[0].translate(_RAISED)
        if not (digits in "23" and _LENGTH.search(plain[: match.start()])):
            code = before if before.isalpha() and "₀" <= match[0][0] <= "₉" else ""
            found.append(Number(*match.span(), match[0], Decimal(digits), code=code, mark=not code))
        places.append(match.span())
    for start, character in enumerate(plain):
        if character < "\u00bc" or unicodedata.category(character) not in ("No", "Nl"):
            continue
        if _SMALL.match(character):
            continue
        value = Decimal(str(unicodedata.numeric(character))).quantize(Decimal("0.0001")).normalize()
        whole = re.search(r"(?<![\d.,])(\d{1,3})\s?\Z", plain[:start]) if value % 1 else None
        first = whole.start() if whole else start
        value += Decimal(whole[1]) if whole else 0
        found.append(Number(first, start + 1, plain[first : start + 1], value, mark=not whole))
        places.append((first, start + 1))
    for first, last in places:
        plain = plain[:first] + GAP * (last - first) + plain[last:]
    return plain


def _parts(raw: str, start: int, language: Language) -> Iterator[tuple[int, str]]:
    """Yield the numbers that digits with marks between are: one, or several."""
    if raw.isdecimal():
        yield start, raw
    elif _DAY_YEAR.fullmatch(raw) or not readings(raw, language):
        for match in re.finditer(r"\d+", raw):
            yield start + match.start(), match[0]
    else:
        yield start, raw


def areas(plain: str) -> Counter[str]:
    """Return the powers of units of length: ² for areas, ³ for volumes."""
    found = Counter(
        "²³"["23".index(match[0].translate(_RAISED))]
        for match in _SMALL.finditer(plain)
        if match[0] in "²³" and _LENGTH.search(plain[: match.start()])
    )
    found.update("²³"["23".index(match[0])] for match in _AREA.finditer(plain))
    return found


def readings(raw: str, language: Language) -> list[Decimal]:
    """Return what a written number may be, as its locale reads it first; empty for no number."""
    if raw.isdecimal():
        return [Decimal(raw)]
    marks = re.findall(r"\D", raw)
    parts = re.split(r"\D", raw)
    found: list[tuple[bool, Decimal]] = []
    for decimal in (False, True):
        if decimal and marks[-1] not in ".,٫·،۔":
            continue
        groups = marks[:-1] if decimal else marks
        digits = parts[:-1] if decimal else parts
        if decimal and groups and groups[0] == marks[-1]:
            continue
        if groups and not _grouped(digits, groups):
            continue
        value = Decimal("".join(digits) + ("." + parts[-1] if decimal else "") or "0")
        if decimal:
            own = marks[-1] in language.decimals or marks[-1] == "۔"
        else:
            own = groups[0] in language.groups
            own = own and (language.free or groups[0] not in language.decimals)
        found.append((not own, value))
    return list(dict.fromkeys(value for _, value in sorted(found, key=lambda one: one[0])))


def _grouped(digits: list[str], marks: list[str]) -> bool:
    """Return whether digits stand in groups of three, or as in India: 1,00,000."""
    first, *rest = digits
    if len(set(marks)) > 1 or marks[0] in "٫·۔" or not first or first[0] == "0" or len(first) > 3:
        return False
    if all(len(part) == 3 for part in rest):
        return True
    indian = len(first) <= 2 and len(rest[-1]) == 3 and marks[0] == ","
    return indian and all(len(part) == 2 for part in rest[:-1])


def _number(plain: str, start: int, raw: str, language: Language) -> Number:
    """Return a number with the letters that it is part of."""
    end = start + len(raw)
    value, *others = readings(raw, language)
    code = ""
    before = _CODE_BEFORE.search(plain, max(0, start - 12), start)
    after = _CODE_AFTER.match(plain, end)
    if before:
        letters, hyphen = before.groups()
        # `pre-2019`, `mid-40` and the second number of `6x6` are no codes.
        plainly = letters.islower() and (len(letters) > 1 if hyphen else letters in _NO_HEAD)
        code = "" if plainly else letters
    elif after:
        letters = after[1]
        small = letters.lower() in SYMBOLS or letters.lower() in _NO_CODE
        code = "" if small or letters.islower() else letters
    decade = len(raw) in (2, 4) and bool(_DECADE.match(plain, end))
    short = len(raw) == 2 and bool(_YEARS.search(plain, max(0, start - 6), start))
    return Number(start, end, raw, value, tuple(others), code, decade, short_year=short)


def joined(
    numbers: list[Number], plain: str, language: Language
) -> Iterator[tuple[int, int, Decimal]]:
    """Yield what numbers beside each other are where they are read as one: 4 000, ۶/۸, 1/2.

    The indices of the first and of the last number, and the value.
    """
    for first in range(len(numbers) - 1):
        raw = numbers[first].raw
        if not raw.isdecimal() or numbers[first].code:
            continue
        for last in range(first + 1, min(first + 4, len(numbers))):
            one = numbers[last]
            if plain[numbers[last - 1].end : one.start] != " " or one.code:
                break
            if len(numbers[first].raw) > 3 or not re.fullmatch(r"\d{3}(?:[.,٫]\d+)?", one.raw):
                break
            raw += "\u00a0" + one.raw
            if values := readings(raw, language):
                yield first, last, values[0]
    for first, (one, two) in enumerate(pairwise(numbers)):
        if _CENTURY.fullmatch(plain[one.end : two.start]) and (one.raw + two.raw).isdecimal():
            # 20世纪60年代 are the 1960s.
            yield first, first + 1, Decimal(100 * (int(one.raw) - 1) + int(two.raw))
        if plain[one.end : two.start] not in ("/", "⁄") or not (one.raw + two.raw).isdecimal():
            continue
        if plain[one.start - 1 : one.start] == "/" or plain[two.end : two.end + 1] == "/":
            continue
        if language.slash:
            yield first, first + 1, Decimal(f"{one.raw}.{two.raw}")
        if 0 < int(one.raw) < int(two.raw) <= 10:
            value = Decimal(int(one.raw)) / Decimal(int(two.raw))
            yield first, first + 1, value.quantize(Decimal("0.0001")).normalize()
