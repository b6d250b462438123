"""Times of day of a source -> the same times in its translation, by 12 hours or by 24."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .language import Language
from .text import GAP, Text

#: Between hours and minutes: `5:30`, `17 h 30`, `5時30分`, `5.30`.
_HOURS = r"\s?(?:[:.٫٬,]|h|u|dakika|時|时|點|点|시|giờ|น\.|ໂມງ|ម៉ោង|နာရီ|بج|बजकर|è|zè)\s?"
_SOURCE = re.compile(
    r"(?<![\d.:])(\d{1,2})(?:[:.](\d{2}))?(?:\s?o'clock)?\s?([ap])\.?\s?m\b\.?"
    r"|(?<![\d.:])(\d{1,2})(?::|\s?h\s?)(\d{2})(?![\d:])"
)
#: The first hour of a range whose end is a time.
_RANGE = re.compile(r"(?<![\d.:,])(\d{1,2})(?:[:.](\d{2}))?\s?(?:[-–—]|to|and)\s?\Z")
#: The same, where it is no mark of decimals.
_HOURS_ONLY = _HOURS.replace(".٫٬,", "", 1)
_DOTTED = re.compile(r"(?<![\d.,:])([01]?\d|2[0-3])\.([0-5]\d)(?![\d%]|[.,]\d|\s?[ap]\.?m)")
#: Letters in which English parts of the day stand in any language.
_LATIN = re.compile(r"\s?([ap])\.?m\b")
#: How far from an hour the part of the day is looked for, in characters.
_NEAR = 20


@dataclass(frozen=True, slots=True)
class Time:
    """An hour and a minute of a source; `half` is `am`, `pm`, or empty for 24 hours."""

    start: int
    end: int
    raw: str
    hour: int
    minute: int
    half: str
    #: Where its minutes stand; nowhere for an hour alone.
    minutes: tuple[int, int]
    #: Whether only the end of its range names the half: `2–4 pm`.
    implied: bool = False

    @property
    def full(self) -> int:
        """Return the hour of 24."""
        if not self.half:
            return self.hour
        return self.hour % 12 + (12 if self.half == "pm" else 0)


def read_times(text: Text) -> Iterator[Time]:
    """Yield the times that a source tells beyond doubt."""
    for match in _SOURCE.finditer(text.folded):
        hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
        if hour > 24 or minute > 59 or (match[3] and not 1 <= hour <= 12):
            continue
        half = f"{match[3]}m" if match[3] else ""
        raw = text.plain[slice(*match.span())]
        yield Time(*match.span(), raw, hour, minute, half, match.span(2 if match[1] else 5))
        first = _RANGE.search(text.folded, max(0, match.start() - 12), match.start())
        if half and first and 1 <= int(first[1]) <= 12:
            other = {"am": "pm", "pm": "am"}[half]
            said = half if int(first[1]) % 12 <= hour % 12 else other
            minute = int(first[2] or 0)
            place = first.start(1), first.end(2 if first[2] else 1)
            raw = text.plain[slice(*place)]
            yield Time(*place, raw, int(first[1]), minute, said, first.span(2), implied=True)


def read_dotted(text: Text) -> Iterator[tuple[int, int, int, int]]:
    """Yield what may be a time or a decimal number, as 23.45: its place, hour and minute."""
    for match in _DOTTED.finditer(text.folded):
        yield *match.span(), int(match[1]), int(match[2])


def find_dotted(hour: int, minute: int, text: Text) -> tuple[int, int] | None:
    """Return where a text has a time that is no decimal number."""
    match = re.search(rf"(?<![\d.:])0?{hour}{_HOURS_ONLY}{minute:02d}(?!\d)", text.folded)
    return match.span() if match else None


@lru_cache(maxsize=2048)
def _pattern(hour: int, minute: int) -> re.Pattern[str]:
    if minute:
        return re.compile(rf"(?<![\d.:])0?{hour}{_HOURS}{minute:02d}(?!\d)(?:分|분)?")
    return re.compile(rf"(?<![\d.:,])0?{hour}(?:{_HOURS}00(?!\d))?(?![\d:]|[.,]\d)")


@dataclass(slots=True)
class Told:
    """Where a translation tells a time, and what is wrong with it or in doubt."""

    start: int
    end: int
    error: str = ""
    doubt: str = ""


def find_time(time: Time, text: Text, language: Language) -> Told | None:
    """Return how a translation tells a time; None where no hour of it fits."""
    best: Told | None = None
    for hour, reading in _options(time, language):
        for match in _pattern(hour, time.minute).finditer(text.folded):
            told = Told(*match.span())
            _judge(told, time, hour, reading, text, language)
            if not told.error and not told.doubt:
                return told
            if best is None or (best.error and not told.error):
                best = told
    return best


def _options(time: Time, language: Language) -> Iterator[tuple[int, str]]:
    """Yield the hours that may stand for a time, and by which clock."""
    if language.clock:
        yield (time.full - 6) % 12 or 12, "sunrise"
    yield time.full, "24"
    if time.half and time.hour != time.full:
        yield time.hour, "12"
    if time.half == "am" and time.hour == 12:
        yield 24, "24"
    if not time.half and time.hour > 12:
        yield time.hour - 12, "12"


def _judge(told: Told, time: Time, hour: int, reading: str, text: Text, language: Language) -> None:
    """Write what is wrong with an hour into it: the wrong half of the day, or none."""
    halves = _halves(text, told, language)
    wanted = "am" if time.full < 12 else "pm"
    here = text.plain[told.start : told.end]
    if reading == "sunrise":
        if language.clock == "too" or wanted not in halves:
            told.doubt = f"the time {time.raw} may be {here} here, counted from sunrise"
        return
    if language.clock == "only" and hour <= 12 and halves:
        told.doubt = f"the time {time.raw} is {here} here, which is another hour from sunrise"
        return
    if not time.half and reading == "24":
        return
    if hour > 12 or hour == 0 or (hour == 12 and wanted == "pm" and not halves):
        return
    if reading == "24" and wanted == "am" and not halves:
        # A morning hour of 24 is the same as of 12.
        return
    if not halves:
        told.doubt = f"the time {time.raw} is {here} here, without the part of the day"
    elif wanted not in halves:
        told.error = f"the time {time.raw} is in the other half of the day here"


def _halves(text: Text, told: Told, language: Language) -> set[str]:
    """Return the halves of the day that the words around an hour name."""
    if match := _LATIN.match(text.folded, told.end):
        return {f"{match[1]}m"}
    # Beyond another hour is that hour's part of the day.
    before = re.split(r"\d", text.folded[max(0, told.start - _NEAR) : told.start])[-1]
    after = re.split(r"\d", text.folded[told.end : told.end + _NEAR])[0]
    found = [(len(before) - end, said) for said, _, end in language.halves.find(before)]
    found += [(start, said) for said, start, _ in language.halves.find(after)]
    nearest = min((distance for distance, _ in found), default=0)
    return {half for distance, said in found if distance == nearest for half in said.split()}


def without(text: Text, places: list[tuple[int, int]]) -> Text:
    """Return a text with gaps in some places."""
    plain, folded = text.plain, text.folded
    for start, end in places:
        gap = GAP * (end - start)
        plain = plain[:start] + gap + plain[end:]
        folded = folded[:start] + gap + folded[end:]
    return Text(plain, folded, text.addresses)
