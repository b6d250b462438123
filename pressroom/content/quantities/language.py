"""What a language writes quantities with: CLDR's tables and the lore beside them, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

import babel
from babel.units import format_unit

from ...core.locales import described_locale
from ...core.model import Locale
from .forms import UNSPACED, Forms, entries, listed
from .text import fold

#: CLDR's codes of the units that a leaflet uses.
UNITS = (
    "mass-gram", "mass-kilogram", "mass-milligram", "mass-microgram", "volume-liter",
    "volume-milliliter", "volume-deciliter", "volume-centiliter", "length-meter",
    "length-centimeter", "length-millimeter", "length-kilometer", "temperature-celsius",
    "temperature-fahrenheit", "duration-second", "duration-minute", "duration-hour",
    "duration-day", "duration-week", "duration-month", "duration-year", "concentr-percent",
    "energy-kilocalorie", "energy-calorie", "energy-kilojoule", "concentr-millimole-per-liter",
    "pressure-millimeter-ofhg",
)  # fmt: skip
#: Symbols of the SI and of prescriptions, which every script writes.
SYMBOLS = {
    "mg": "mass-milligram", "g": "mass-gram", "kg": "mass-kilogram", "mcg": "mass-microgram",
    "µg": "mass-microgram", "μg": "mass-microgram", "ml": "volume-milliliter",
    "l": "volume-liter", "dl": "volume-deciliter", "cl": "volume-centiliter",
    "cm": "length-centimeter", "mm": "length-millimeter", "km": "length-kilometer",
    "%": "concentr-percent", "٪": "concentr-percent", "°c": "temperature-celsius",
    "° c": "temperature-celsius", "℃": "temperature-celsius", "°f": "temperature-fahrenheit",
    "° f": "temperature-fahrenheit", "℉": "temperature-fahrenheit", "°": "degree", "º": "degree",
    "iu": "iu", "ui": "iu", "ме": "iu", "mo": "iu", "kcal": "energy-kilocalorie",
    "kj": "energy-kilojoule", "mmol/l": "concentr-millimole-per-liter",
    "mmhg": "pressure-millimeter-ofhg", "mm hg": "pressure-millimeter-ofhg", "h": "duration-hour",
    "min": "duration-minute", "m": "length-meter",
    "c": "temperature-celsius", "f": "temperature-fahrenheit", "cc": "volume-milliliter",
    "ug": "mass-microgram",
}  # fmt: skip
PERCENT = "concentr-percent"

_LORE = files(__package__)
#: A letter between digits that CLDR's samples of a unit are found by.
_NUMBER = re.compile(r"\d[\d., ]*\d|\d")
#: Codes that CLDR does not know, or knows under another name.
_CLDR = {"tl": "fil"}
#: CLDR's parts of a day that lie on one side of noon.
_HALVES = {
    "am": "am", "pm": "pm", "morning1": "am", "morning2": "am", "afternoon1": "pm",
    "afternoon2": "pm", "evening1": "pm", "evening2": "pm",
}  # fmt: skip


@lru_cache(maxsize=2)
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(_LORE.joinpath(name).read_text(encoding="utf-8"))


class Language:
    """How a locale writes quantities."""

    def __init__(self, code: str, described: Locale | None = None) -> None:
        self.code = code
        #: Names of months that the site says, since CLDR does not.
        self.own_months = described.months if described else ()
        self.head = code.split("-")[0]
        self.lore: dict[str, Any] = _table("lore.toml").get(self.head, {})
        self.cldr: babel.Locale | None
        try:
            self.cldr = babel.Locale.parse(_CLDR.get(code, code), sep="-")
        except (babel.UnknownLocaleError, ValueError):
            self.cldr = None
        #: Whether a comma and a full stop both group digits, and both mark decimals.
        self.free: bool = self.lore.get("marks") == "both"
        #: Whether it is written from right to left.
        self.rtl = (
            described.direction == "rtl"
            if described
            else self.cldr is not None and self.cldr.character_order == "right-to-left"
        )
        #: Particles that a word may begin with.
        self.glued = listed(self.lore.get("glued", ""))
        #: Years that its calendar is ahead of the Gregorian one.
        self.era: int = self.lore.get("era", 0)
        #: Whether hours count from sunrise: "only", "too", or "".
        self.clock: str = self.lore.get("clock", "")
        #: Whether a slash between digits may mark decimals.
        self.slash: bool = self.lore.get("slash", False)

        #: How many of its last letters a name may exchange for others.
        self._cut = 2 if self.lore.get("declined") else 0
        #: Whether names of months begin with a capital letter.
        self.capital: bool = self.lore.get("capital", False)

    def _words(self, key: str) -> dict[str, str]:
        return dict.fromkeys(listed(self.lore.get(key, "")), key)

    @cached_property
    def _symbols(self) -> list[Any]:
        if self.cldr is None:
            return []
        systems = {"latn", self.cldr.default_numbering_system}
        return [self.cldr.number_symbols[name] for name in systems]

    @cached_property
    def decimals(self) -> frozenset[str]:
        """Marks before decimals."""
        return frozenset({"٫", *(one.get("decimal", ".") for one in self._symbols or [{}])})

    @cached_property
    def groups(self) -> frozenset[str]:
        """Marks between groups of digits."""
        if self.free:
            return frozenset({"٬", "'", ",", ".", "\u00a0", "\u202f", "\u2009"})
        own = {one.get("group", ",") for one in self._symbols or [{}]}
        return frozenset({"٬", "'", "،", "\u00a0", "\u202f", "\u2009", *own})

    @cached_property
    def scales(self) -> Forms[Decimal]:
        """Words for powers of ten, as Decimal."""
        found: dict[str, Decimal] = {}
        for value, forms in entries(self.lore.get("scales", "")):
            found |= dict.fromkeys(forms, Decimal(value))
        if self.cldr is not None:
            for form, factor in _compact(self.cldr):
                found.setdefault(form, factor)
        for form, factor in _compact(babel.Locale("en")):
            found.setdefault(form, factor)
        found.setdefault("bn", Decimal(10) ** 9)
        # CLDR's short forms, of two letters, begin other words.
        return Forms(found, cut=0, whole=2)

    @cached_property
    def scales_first(self) -> bool:
        """Whether words for powers of ten stand before their number: `milioni 5`."""
        if self.cldr is None or self.lore.get("scales_first"):
            return self.cldr is not None
        table = (self.cldr.compact_decimal_formats.get("long") or {}).get("other") or {}
        return any(not str(getattr(p, "pattern", p)).startswith("0") for p in table.values())

    @cached_property
    def _units(self) -> tuple[dict[str, str], dict[str, str]]:
        after: dict[str, str] = {}
        before: dict[str, str] = {}
        for form in listed(self.lore.get("percent", "")):
            after[form] = before[form] = PERCENT
        if self.cldr is not None:
            for unit, sample in _samples(self.cldr):
                number = _NUMBER.search(sample)
                tail = sample[number.end() :].strip(" -") if number else ""
                head = sample[: number.start()].strip(" -") if number else sample.strip()
                vague = len(tail) == 1 and tail.isascii()
                if tail and not head and not vague and not (self.head == "en" and len(tail) < 3):
                    after.setdefault(tail, unit)
                    if len(tail) > 2:
                        after.setdefault(tail.rstrip("."), unit)
                if head and not tail and number:
                    before.setdefault(head, unit)
        first = bool(before.keys() - listed(self.lore.get("percent", "")))
        for unit, forms in entries(self.lore.get("units", "")):
            after |= dict.fromkeys(forms, unit)
            if first:
                before |= dict.fromkeys(forms, unit)
        for unit, forms in entries(self.lore.get("units_ahead", "")):
            before |= dict.fromkeys(forms, unit)
        return after | SYMBOLS, before

    @cached_property
    def units(self) -> Forms[str]:
        """Names of units after a number, as CLDR's codes."""
        return Forms(self._units[0], cut=self._cut)

    @cached_property
    def units_before(self) -> Forms[str]:
        """Names of units before a number."""
        return Forms(self._units[1] | {"%": PERCENT, "٪": PERCENT}, cut=0, glued=self.glued)

    @cached_property
    def named(self) -> frozenset[str]:
        """Units of which it has a name, and not only a symbol."""
        return frozenset(unit for name, unit in self._units[0].items() if name not in SYMBOLS)

    @cached_property
    def times(self) -> Forms[str]:
        """Names of units of time that may stand before a number, as in week 4."""
        units = self._units[0].items()
        timed = ("duration-day", "duration-week", "duration-month", "duration-year")
        return Forms({name: unit for name, unit in units if unit in timed and len(name) > 1})

    @cached_property
    def units_first(self) -> bool:
        """Whether units stand before their number: `saa 24`."""
        return bool(self._units[1].keys() - listed(self.lore.get("percent", "")))

    @cached_property
    def _months(self) -> dict[str, tuple[int, bool]]:
        vague = listed(self.lore.get("vague", ""))
        found: dict[str, tuple[int, bool]] = {}
        for value, forms in entries(self.lore.get("months", "")):
            found |= {form: (int(value), form in vague) for form in forms}
        found |= {fold(name): (number, False) for number, name in enumerate(self.own_months, 1)}
        names = list(_calendar(self.cldr, "months")) if self.cldr else []
        # In many languages months are told in English too.
        names += [name for name in _calendar(babel.Locale("en"), "months") if name[1]]
        vague += ["may", "march"] if self.head != "en" else []
        never = listed(self.lore.get("never", ""))
        for number, long, name in names:
            least = 2 if UNSPACED.match(name) or not name.isascii() else 3
            if re.search(r"\d", name) or len(name) < least or name in never:
                continue
            if long or not UNSPACED.match(name) or "." in name:
                found.setdefault(name, (number, name in vague or not long))
        return found

    @cached_property
    def months(self) -> Forms[tuple[int, bool]]:
        """Names of months: numbers from 1, and whether a name is another word as well."""
        cut = None if self.head == "en" else min(self._cut, 1)
        return Forms(self._months, cut=cut, endings=4, glued=self.glued)

    @cached_property
    def month_numbers(self) -> frozenset[int]:
        """The months that it has names of, or numerals."""
        every = range(1, 13) if self.counted_months else ()
        return frozenset({number for number, _ in self._months.values()} | {*every})

    @cached_property
    def dated(self) -> frozenset[str]:
        """Words before a vague month that make it one."""
        return frozenset(listed(self.lore.get("dated", "")))

    @cached_property
    def counted_months(self) -> bool:
        """Whether months are numerals, as 12月 and tháng 12."""
        return self.cldr is not None and any(
            re.search(r"\d", name) and not re.fullmatch(r"m\d+", name)
            for _, _, name in _calendar(self.cldr, "months")
        )

    @cached_property
    def weekdays(self) -> Forms[int]:
        """Names of weekdays, from 0 for Monday."""
        names: dict[str, int] = {}
        if self.cldr is not None:
            for context in ("format", "stand-alone"):
                days = self.cldr.days[context]
                long = [(number, name) for number, name in days["wide"].items() if len(name) > 2]
                # `周五`; in other scripts, what is short may be another word.
                short = [
                    (number, name)
                    for number, name in days["abbreviated"].items()
                    if len(name) > 1 and UNSPACED.match(name) and "." not in name
                ]
                for number, name in long + short:
                    names.setdefault(fold(name), number)
        return Forms(names, cut=self._cut, glued=self.glued)

    @cached_property
    def halves(self) -> Forms[str]:
        """Parts of the day, as `am` or `pm`; `am pm` where one may be either."""
        found: dict[str, set[str]] = {"am": {"am"}, "pm": {"pm"}, "a.m": {"am"}, "p.m": {"pm"}}
        if self.cldr is not None:
            for context in ("format", "stand-alone"):
                for names in (self.cldr.day_periods.get(context) or {}).values():
                    for key, name in names.items():
                        if key in _HALVES and len(name) > 1:
                            found.setdefault(fold(name), {_HALVES[key]})
        for half in ("am", "pm"):
            for form in listed(self.lore.get(half, "")):
                found.setdefault(form, set()).add(half)
        if self.head == "de":
            # `am Dienstag` is no morning.
            del found["am"], found["pm"]
        said = {form: " ".join(sorted(half)) for form, half in found.items()}
        return Forms(said, glued=self.glued)

    @cached_property
    def words(self) -> Forms[Decimal]:
        """Numbers as words, as Decimal."""
        table = _table("number_words.toml")
        found: dict[str, Decimal] = {}
        for value, forms in entries(table.get(self.head, "")):
            for form in forms:
                found.setdefault(form, Decimal(value))
        exact = self.head == "en"
        return Forms(found, cut=None if exact else 0, endings=3, glued=self.glued)

    @cached_property
    def cardinals(self) -> Forms[Decimal]:
        """The plain words for 2 to 12, and those for how often."""
        spoken = entries(_table("number_words.toml").get(self.head, ""))
        plain = {forms[0]: Decimal(value) for value, forms in spoken}
        for value, forms in entries(self.lore.get("often", "")):
            plain |= dict.fromkeys(forms, Decimal(value))
        return Forms({form: value for form, value in plain.items() if 2 <= value <= 12})

    @cached_property
    def single(self) -> Forms[str]:
        """Words that say `one` in passing: `a`, `per`, `daily`."""
        return Forms(self._words("single"))

    @cached_property
    def minus(self) -> Forms[str]:
        """Words for a sign, each as itself."""
        return Forms({form: form for form in self._words("minus")}, glued=self.glued)

    @cached_property
    def less(self) -> frozenset[str]:
        """Every word of those for `<`: `menos` in Spanish, which says minus as well."""
        return frozenset(word for form in self._words("less") for word in form.split())

    @cached_property
    def bounds(self) -> Forms[str]:
        """Words for `<` and `≤` (less), for `>` and `≥` (more)."""
        return Forms(self._words("less") | self._words("more"), cut=0, glued=self.glued)

    @cached_property
    def strict(self) -> Forms[str]:
        """Words for `<` (less) and `>` (more) before a number, that others say alike."""
        below, above = self._words("below"), self._words("above")
        return Forms(dict.fromkeys(below, "less") | dict.fromkeys(above, "more"))

    @cached_property
    def strict_after(self) -> Forms[str]:
        """Words for `≤` (less) and `≥` (more) after a number."""
        less, more = self._words("less_after"), self._words("more_after")
        return Forms(dict.fromkeys(less, "less") | dict.fromkeys(more, "more"))

    @cached_property
    def denied(self) -> Forms[str]:
        """Words that deny what follows them."""
        return Forms(self._words("denied"))


def _compact(cldr: babel.Locale) -> Iterator[tuple[str, Decimal]]:
    """Yield the words of compact numbers (`0 Mio'.'` for 1000000) with their factors."""
    for length in ("long", "short"):
        for table in (cldr.compact_decimal_formats.get(length) or {}).values():
            for size, pattern in table.items():
                # Swahili's patterns hold two: `milioni 0;milioni -0`.
                said = str(getattr(pattern, "pattern", pattern)).split(";")[0]
                word = fold(re.sub(r"[0'¤]", "", said)).strip(" .")
                factor = Decimal(size) / Decimal(10) ** (said.count("0") - 1)
                if factor > 1 and (len(word) > 2 or UNSPACED.match(word)) and "0" in said:
                    yield word, factor


def _samples(cldr: babel.Locale) -> Iterator[tuple[str, str]]:
    """Yield each unit as it is written with a number of each plural form."""
    counts = {cldr.plural_form(n): n for n in (1000000, 100, 21, 11, 5, 3, 2, 1, 0)}
    for unit in UNITS:
        for length in ("long", "short"):
            for count in counts.values():
                try:
                    said = format_unit(count, unit, length, locale=cldr, numbering_system="latn")
                except (KeyError, ValueError):
                    continue
                yield unit, fold(said)


def _calendar(cldr: babel.Locale, what: str) -> Iterator[tuple[int, bool, str]]:
    """Yield numbers and names of months, the long ones first, and whether each is one."""
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            for number, name in getattr(cldr, what)[context][width].items():
                yield number, width == "wide", fold(name).strip(".")


def language(code: str) -> Language:
    """Return how the locale of a BCP 47 code writes quantities; without CLDR, as English does."""
    return _language(code, described_locale(code))


@lru_cache(maxsize=128)
def _language(code: str, described: Locale | None) -> Language:
    return Language(code, described)
