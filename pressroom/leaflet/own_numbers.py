"""Find telephone numbers of the clinic that stand in the words: texts -> Findings.

They are printed as they are typed when the clinic's number has long changed: a placeholder is
filled in with each build.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..content.placeholders import clinic_values
from ..content.topic.links import same_number
from ..core.model import Clinic, Finding, Message, MessageKey

_NUMBER = re.compile(r"(?<![\w.,])[+(]?\d[\d \u00a0\u202f().\-–/]*\d(?![\w%])")
#: Numbers with fewer digits are found only behind a word that says to call.
_LONG = 6
_CALL = re.compile(r"\b(?:call|dial|ring|phone|telephone)\s+(?:[^\W\d]+\s+){0,2}\**$", re.I)


def own_numbers(
    messages: Iterable[Message],
    texts: Mapping[MessageKey, str],
    where: Mapping[MessageKey, str],
    clinic: Clinic,
) -> list[Finding]:
    """Return a warning for each number of the clinic that is typed, with its placeholder."""
    own = {n: v for n, v in clinic_values(clinic).items() if re.fullmatch(r"[+\d][\d\s()./-]*", v)}
    findings = []
    for message in messages:
        text = texts.get(message.key, "")
        for found in _NUMBER.finditer(text):
            count = sum(character.isdecimal() for character in found[0])
            if count < _LONG and not _CALL.search(text[: found.start()]):
                continue
            name = next((n for n, v in own.items() if _is(found[0], v, count)), "")
            if name:
                said = (
                    f"‘{found[0]}’ is the clinic's own number, which may change; write {{{name}}}"
                )
                findings.append(Finding("markup-unread", "warning", said, where[message.key]))
    return findings


def _is(typed: str, number: str, count: int) -> bool:
    """Return whether a number is typed; a long one with or without the prefix of the country."""
    if count >= _LONG:
        return same_number(typed, re.sub(r"\D", "", number))
    return re.sub(r"\D", "", typed) == re.sub(r"\D", "", number)
