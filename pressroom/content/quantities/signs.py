"""Minus and comparison signs of two texts -> what differs, and what is in doubt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from decimal import Decimal

from .language import Language
from .match import Side
from .numerals import Number
from .text import Text

_COMPARISON = re.compile(r"([≥≤<>])=?(?=\s?[-−]?\s?[\d.%٪])")
_DIRECTION = {"<": "less", "≤": "less", ">": "more", "≥": "more"}
#: What stands before a hyphen that is a minus.
_MINUS = re.compile(r"(?:\A|[\s(\[“\"'≥≤<>=:/~\ufffc])[-–]\Z")
_AFTER_NUMBER = re.compile(r"[\d%٪]\s?[-–−]\Z")
#: What ends a sentence, or parts it.
_SENTENCE = re.compile(r"[.;:!?](?=\s|$)")
#: How far from its number a word that bounds it may stand, in characters.
_GAP = 14
_OPPOSITE = {"less": "above", "more": "below"}
#: How far from a number a word that bounds it is looked for, in characters.
_NEAR = 28


def negatives(
    text: Text, numbers: list[Number], known: Collection[Decimal] | None, rtl: bool
) -> Counter[Decimal]:
    """Return the values that stand with a minus.

    A hyphen is one at a temperature, in a source (`known` is None), and before
    what has a minus in the other text (`known`).
    """
    found: Counter[Decimal] = Counter()
    for one in numbers:
        head = text.plain[max(0, one.start - 3) : one.start]
        if head[-1:] in ("-", "–", "−"):
            if one.code or _AFTER_NUMBER.search(head):
                continue
            # After a prefix of Hebrew, as in `ב-2`, a hyphen joins.
            joins = head[-2:-1].isalpha()
            certain = head[-1] == "−" or (one.unit.startswith("temperature") and not joins)
            if certain or ((known is None or one.value in known) and _MINUS.search(head)):
                found[one.value] += 1
        elif (
            rtl
            and known
            and one.value in known
            and re.match(r"[-−](?!\s?\d)", text.plain[one.end :])
        ):
            # Typed on the other side, as it is painted in a line from right to left.
            found[one.value] += 1
    return found


def compare_minus(
    source: Text, target: Text, numbers: list[Number], others: list[Number], language: Language
) -> list[str]:
    """Return errors about minus signs of the numbers of a source and of a translation."""
    wanted = negatives(source, numbers, None, False)
    got = negatives(target, others, wanted, language.rtl)
    if wanted == got:
        return []
    lost, added = wanted - got, got - wanted
    if lost and not added and all(_is_minus(v, target, others, language) for v in lost):
        return []
    said = [f"{_shown(v, numbers)} is −{_shown(v, others)} here" for v in added]
    return said + [f"−{_shown(v, numbers)} is {_shown(v, others)} here" for v in lost]


def _is_minus(value: Decimal, text: Text, numbers: list[Number], language: Language) -> bool:
    """Return whether words beside a value say minus: `menos 20`, but not `20 o menos`."""
    for one in numbers:
        if one.value == value:
            since = max(0, one.start - _NEAR)
            if language.minus.ending(text.folded[since : one.start]):
                return True
            near = text.folded[since : one.end + _NEAR]
            if any(said not in language.less for said, _, _ in language.minus.find(near)):
                return True
    return False


def _shown(value: Decimal, numbers: list[Number]) -> str:
    return next((one.raw for one in numbers if one.value == value), str(value))


def compare_bounds(
    source: Text,
    target: Text,
    numbers: list[Number],
    others: list[Number],
    before: Language,
    after: Language,
) -> tuple[list[str], list[str]]:
    """Return errors and doubts about comparison signs."""
    wanted, got = _bounded(source, numbers), _bounded(target, others)
    errors, doubts = [], []
    lost, added = wanted - got, got - wanted
    for sign, value in lost:
        shown = _shown(value, numbers)
        other = next((s for s, v in added if v == value), "")
        if other:
            errors.append(f"{sign} {shown} is {other} {shown} here")
        elif _DIRECTION[sign] not in _words(target, value, others, after):
            doubts.append(f"the sign {sign} before {shown} is missing here")
    for sign, value in added:
        if any(v == value for _, v in lost):
            continue
        if _DIRECTION[sign] not in _words(source, value, numbers, before):
            doubts.append(f"the sign {sign} before {_shown(value, others)} is added here")
    return errors, doubts


def compare_strict(source: Side, target: Side) -> list[str]:
    """Return doubts about numbers that words bound from below here, and from above there."""
    doubts = []
    for said, one, words in _strict(source):
        told = _words_between(target, one.value)
        if told and said not in told:
            doubts.append(f"‘{words}’ may be {_OPPOSITE[said]} {one.raw} here")
    return doubts


def _strict(side: Side) -> Iterator[tuple[str, Number, str]]:
    """Yield each number that a word bounds: `less` or `more`, the number, and both as written."""
    text, numbers, language = side.text, side.numbers, side.language
    for said, start, end in language.strict.find(text.folded):
        one = next((one for one in numbers if one.start >= end), None)
        sentence = _SENTENCE.split(text.folded[:start])[-1]
        if one and not any(language.denied.find(sentence)) and _near(text, end, one.start):
            yield said, one, text.plain[start : one.end]
    for said, start, end in language.strict_after.find(text.folded):
        one = next((one for one in reversed(numbers) if one.end <= start), None)
        if one and _near(text, one.end, start):
            yield said, one, text.plain[one.start : end]


def _near(text: Text, start: int, end: int) -> bool:
    return end - start <= _GAP and not _SENTENCE.search(text.folded[start:end])


def _words_between(side: Side, value: Decimal) -> set[str]:
    """Return the directions that words nearer to a value than to its neighbours tell."""
    text, numbers, bounds = side.text.folded, side.numbers, side.language.bounds
    found: set[str] = set()
    for place, one in enumerate(numbers):
        if one.value == value:
            since = numbers[place - 1].end if place else -len(text)
            until = numbers[place + 1].start if place + 1 < len(numbers) else 2 * len(text)
            first, last = max(since, one.start - _NEAR, 0), min(until, one.end + _NEAR)
            before, after = text[first : one.start], text[one.end : last]
            found |= {
                said
                for said, start, end in bounds.find(before)
                if len(before) - end <= first + start - since
            }
            found |= {
                said for said, start, end in bounds.find(after) if start <= until - one.end - end
            }
    return found


def _bounded(text: Text, numbers: list[Number]) -> Counter[tuple[str, Decimal]]:
    """Return comparison signs with the value after each."""
    found: Counter[tuple[str, Decimal]] = Counter()
    for match in _COMPARISON.finditer(text.plain):
        value = next((one.value for one in numbers if one.end > match.end()), None)
        if value is not None:
            found[match[1], value] += 1
    return found


def _words(text: Text, value: Decimal, numbers: list[Number], language: Language) -> set[str]:
    """Return the directions that words near a value tell: `less`, `more`."""
    found: set[str] = set()
    for one in numbers:
        if one.value == value:
            near = text.folded[max(0, one.start - _NEAR) : one.end + _NEAR]
            found |= {said for said, _, _ in language.bounds.find(near)}
    return found
