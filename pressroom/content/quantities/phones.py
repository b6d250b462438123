"""Telephone numbers of a source -> the same digits in its translation, grouped as it likes."""

from __future__ import annotations

import re

from .clock import without
from .text import Text

PHONE = re.compile(
    r"(?<![\w.,/])(?:\+|\(?0|\(\d{3}\)|\d{3}[-. ]\d{3}[-. ]\d{4}|1[-. ]8\d\d[-. ])"
    r"(?:[\d\s).\-‑–]|\((?=\d{1,5}\))){4,}\d(?![\w%])"
)
#: Digits of the shortest and of the longest number (ITU-T E.164).
_DIGITS = range(7, 16)
_BETWEEN = r"[\s().\-–/]*"


def compare_phones(source: Text, target: Text, errors: list[str]) -> tuple[Text, Text]:
    """Report telephone numbers that a translation lacks; return both texts without the others."""
    mine = []
    for found in PHONE.finditer(source.plain):
        digits = re.sub(r"\D", "", found[0])
        if len(digits) not in _DIGITS:
            continue
        same = re.search(rf"(?<!\d){_BETWEEN.join(digits)}(?!\d)", target.plain)
        mine.append(found.span())
        if same:
            target = without(target, [same.span()])
        else:
            errors.append(f"the telephone number {found[0]} is not found here")
    return without(source, mine), target
