"""Find lines that begin or end where no reader of their script expects it.

A Thai line that begins with ๆ, a Burmese one with the consonant that closes the syllable before
it, a Japanese one with a full stop: the eye stumbles, and in Burmese ‘do not’ at the end of a line
may be read without its ‘stop’. A number at the end of a line loses its unit.

The lines are those of the painted glyphs; the rules are those of Unicode (combining marks, line
breaking classes CL, EX, IS and NS of UAX #14) and of each language.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from ...content.quantities.language import language
from ...content.quantities.text import fold
from ...core.model import Finding
from ..evidence import Evidence
from .lines import lines_of_blocks

#: What no line begins with: marks of the end of a sentence or a part of it, by script, brackets
#: that close, signs that repeat, shorten or lengthen what is before them, and small kana.
_CLOSING = frozenset(
    ",.;:!?%)]}…‰"
    "،؛؟٪۔।॥။၊។៕៖።፣፤፥፦"
    "ฯๆຯໆៗ"
    "、。，．：；！？％）］｝」』】〉》〕・々〻ーゝゞヽヾ"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
#: Letters that belong to the one before them: vowels of Thai and Lao, a consonant that closes a
#: syllable of Burmese (with asat) or of Khmer (with bantoc).
_BELONGS_BEFORE = re.compile(
    "[\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3\u0ebd]"
    "|[\u1000-\u1021\u1025\u1029\u103f]\u1037?\u103a|[\u1780-\u17a2]\u17cb"
)
#: Vowels of Thai and Lao that are written before their consonant, and brackets that open.
_OPENING = re.compile("[\u0e40-\u0e44\u0ec0-\u0ec4(\\[{（［｛「『【〈《〔]$")
#: The Burmese ‘not’, standing alone.
_NOT = re.compile(r"(?:^|[\s၊။])မ$")
#: Languages in which no line ends with a word of one letter, save particles of the word before.
_SLAVIC = frozenset({"be", "bg", "cs", "hr", "mk", "pl", "ru", "sk", "sl", "sr", "uk"})
_ONE_LETTER = re.compile(r"(?:^|[\s(„«])(?![бж])[^\W\d_]$")
#: A number, not the end of a code.
_NUMBER = re.compile(r"(?:^|[\s(])[^\sA-Za-z]*\d$")
#: Decimals without a zero before them.
_DECIMALS = re.compile(r"[.,]\d")
#: An address may break anywhere.
_ADDRESS = re.compile(r"[/@]|\.\w")

#: Most findings; more say nothing new.
MOST = 8


def broken_wrongly(evidence: Evidence) -> Iterator[Finding]:
    """Yield each line that a script forbids to begin, or to end, as it does."""
    count = 0
    for block, lines in lines_of_blocks(evidence):
        code = evidence.language(block)
        texts = ["".join(map(evidence.text_of_leaf, line)).strip() for line in lines]
        for (above, below), line in zip(pairwise(texts), lines[1:], strict=True):
            if not above or not below:
                continue
            forbidden = _forbidden(above, below, code)
            if said := forbidden or _parted(above, below, code):
                count += 1
                if count > MOST:
                    return
                yield Finding(
                    "page-composition",
                    "error" if forbidden else "warning",
                    f"a line ends with ‘{above[-12:]}’ and the next begins with ‘{below[:12]}’: "
                    f"{said}; take out what breaks the line there (a style, a hard break, a zero "
                    "width space), or put U+2060 (word joiner) there in the translation",
                    f"page {line[0].page + 1}",
                )


def _forbidden(above: str, below: str, code: str) -> str:
    """Return which rule of a script a line break goes against; empty where it keeps all."""
    first = below[0]
    if unicodedata.category(first)[0] == "M" or _BELONGS_BEFORE.match(below):
        return "what begins the line belongs to the letter before it"
    in_word = _ADDRESS.search(above.split()[-1] + below.split()[0])
    if first in _CLOSING and not in_word and not _DECIMALS.match(below):
        return f"no line begins with ‘{first}’"
    if _OPENING.search(above):
        return f"no line ends with ‘{above[-1]}’"
    if code.partition("-")[0] == "my" and _NOT.search(above):
        return "‘မ’ stands on the line of its verb"
    return ""


def _parted(above: str, below: str, code: str) -> str:
    """Return what a line break parts that belongs together; empty where nothing."""
    if code.partition("-")[0] in _SLAVIC and _ONE_LETTER.search(above):
        return "a word of one letter stands on the line of the next word"
    if _NUMBER.search(above) and language(code).units.at(fold(below), 0):
        return "a number stands on the line of its unit"
    return ""
