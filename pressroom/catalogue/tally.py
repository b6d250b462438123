"""Count how far a catalogue is: Catalogue -> Tally."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .po import Catalogue, Entry

#: Scripts without spaces: Thai, Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
#: What counts as a word: what stands between spaces and has a letter or a digit, or two
#: characters of a script that sets no spaces.
_WORD = re.compile(rf"[{_UNSPACED}]{{1,2}}|[^\s\W{_UNSPACED}][^\s{_UNSPACED}]*")


@dataclass(frozen=True, slots=True)
class Tally:
    """Messages of a catalogue by state, and the words of the source that wait."""

    translated: int
    fuzzy: int
    missing: int
    #: Words of the source texts that are fuzzy or not translated.
    words: int


def count_words(text: str) -> int:
    """Count the words of a text; two characters count as one where a script has no spaces."""
    return len(_WORD.findall(text))


def waits(entry: Entry) -> bool:
    """Tell whether a message still has to be translated or confirmed."""
    return entry.fuzzy or not entry.text.strip()


def words_to_translate(catalogue: Catalogue) -> int:
    """Count the words of the source that are fuzzy or not translated.

    The catalogue has to be merged with its source: what is new in the source
    does not stand in it before.
    """
    return sum(count_words(entry.source) for entry in catalogue if waits(entry))


def tally(catalogue: Catalogue) -> Tally:
    """Count the messages of a catalogue by state."""
    fuzzy = sum(entry.fuzzy for entry in catalogue)
    missing = sum(waits(entry) and not entry.fuzzy for entry in catalogue)
    return Tally(
        len(catalogue.entries) - fuzzy - missing, fuzzy, missing, words_to_translate(catalogue)
    )
