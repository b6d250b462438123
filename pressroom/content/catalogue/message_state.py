"""How far a message is, and a catalogue: Entry -> state, Catalogue -> Tally."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from .confirmed_numbers import compare_entry
from .po import Catalogue, Entry

MessageState = Literal["translated", "unsure", "fuzzy", "missing"]
MESSAGE_STATES: tuple[MessageState, ...] = ("translated", "unsure", "fuzzy", "missing")

#: Scripts without spaces: Thai, Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
#: What counts as a word: what stands between spaces and has a letter or a digit, or two
#: characters of a script that sets no spaces.
_WORD = re.compile(rf"[{_UNSPACED}]{{1,2}}|[^\s\W{_UNSPACED}][^\s{_UNSPACED}]*")


def message_state(entry: Entry, locale: str, source_locale: str) -> MessageState:
    """Return how far a message is.

    One without a translation is missing, also where it is marked fuzzy, as GNU msgfmt
    counts it: there is nothing to confirm. One is unsure whose quantities nobody has
    confirmed that no machine can judge.
    """
    if not entry.text.strip():
        return "missing"
    if entry.fuzzy:
        return "fuzzy"
    unsure = compare_entry(entry, locale, source_locale).verdict == "unsure"
    return "unsure" if unsure else "translated"


def waits(entry: Entry, locale: str, source_locale: str) -> bool:
    """Return whether a message still has to be translated or confirmed."""
    return message_state(entry, locale, source_locale) != "translated"


@dataclass(frozen=True, slots=True)
class Tally:
    """Messages of a catalogue by state, and the words of the source that wait."""

    translated: int
    unsure: int
    fuzzy: int
    missing: int
    #: Words of the source texts that are unsure, fuzzy or not translated.
    words: int


def count_words(text: str) -> int:
    """Count the words of a text; two characters count as one where a script has no spaces."""
    return len(_WORD.findall(text))


def tally(catalogue: Catalogue, locale: str, source_locale: str) -> Tally:
    """Count the messages of a catalogue by state.

    The catalogue has to be merged with its source: what is new in the source
    does not stand in it before.
    """
    states: Counter[MessageState] = Counter()
    words = 0
    for entry in catalogue:
        state = message_state(entry, locale, source_locale)
        states[state] += 1
        words += count_words(entry.source) if state != "translated" else 0
    translated, unsure, fuzzy, missing = (states[state] for state in MESSAGE_STATES)
    return Tally(translated, unsure, fuzzy, missing, words)
