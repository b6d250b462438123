"""Work out from words in which orders a line may be painted: text -> what a reader sees.

A right-to-left line is a row of words and of stretches between them: numbers,
Latin words, signs. The words go to the left. In a stretch, what belongs to one
quantity, name or code goes to the right, as a person types it: the digits of a
telephone number, a range from low to high, a dose before its unit, a sign before
its number. Parts of a stretch that may stand alone may go to either side.

Nothing here knows how the engine isolates, nor what UAX #9 makes of it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ...core.directions import is_rtl

#: Stands for words of the right-to-left script, however many.
WORDS = "\uf8ff"

#: A class for each sign that joins parts of a number, a name or a code; itself, where it has none.
_SIGNS = {
    **dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    **dict.fromkeys("<>\u2264\u2265", "<"),
    **dict.fromkeys("\u00d7\u00f7=/\u2044\u2260@&^", "*"),
    **dict.fromkeys("~\u00b1\u2248", "~"),
    **dict.fromkeys("%\u2030\u066a\u00b0\u2032\u2033", "%"),
    **dict.fromkeys("._'\u2019", "."),
    **{sign: sign for sign in "+,:()#"},
    "*": "s",
    "\u060c": ";",
}

#: What a person reads from left to right in one go, in classes: `1` a digit, `a` another letter,
#: `R` words of the right-to-left script, a space, and those of signs.
_TOGETHER = tuple(
    re.compile(f"(?=({pattern}))")
    for pattern in (
        r"[1a][1a]",
        r"[1a][-*s<~+.,:%]{1,2}[1a]|1;1",  # 1-800, 10:30, HLA-B27, a@b.c, p<0.05
        r"(?<![1aR)])(?:-|s?#|s)1|[<+~]1|[<~] 1",  # −18, +44, > 38.5, *123
        r"1 ?[-*s<~] ?1|1 ?% ?- ?1+(?: ?%)?|1 : 1|1 1",  # 20 – 40, 2 × 500, 020 910 0142
        r"1 ?%?a|1 ?% a|1%(?!R)|1 %(?! ?R)",  # 5 mg, 38 °C, 5%, 0.9% NaCl
        r"a a|[1a] [<*s] [1a]|1#(?![1aR])|a-(?![1aR])",  # Harbour Clinic, p < 0.05, 123#, O−
        r"1 ?\(1+\) ?1|\((?:\+1{1,4}|1{2,6})\) ?1",  # +44 (0)20, (020) 7946
        r"[1a]\([1a]+\)|[1a]\+(?![1aR])",  # Ca(OH), 65+
    )
)

#: Signs that are turned around in right-to-left text, and what is seen of them there.
_MIRRORED = dict(
    zip("()[]{}<>\u00ab\u00bb\u2039\u203a\u2264\u2265",
        ")(][}{><\u00bb\u00ab\u203a\u2039\u2265\u2264", strict=True)
)  # fmt: skip


@lru_cache(maxsize=4096)
def _class(character: str) -> str:
    if character == WORDS:
        return "R"
    if character in _SIGNS:
        return _SIGNS[character]
    if character.isspace():
        return " "
    bidirectional = unicodedata.bidirectional(character)
    if character.isdecimal() or bidirectional == "AN":
        return "1"
    return "a" if bidirectional == "L" else "x"


@lru_cache(maxsize=4096)
def _side(character: str) -> str:
    """Return the side to which an arrow points, by its name; empty for all else."""
    found = re.search(r"\b(LEFT|RIGHT)(?:WARDS|[- ]POINTING)", unicodedata.name(character, ""))
    return found.group(1) if found and not unicodedata.mirrored(character) else ""


def _turned(character: str, side: str) -> str:
    """Return one arrow for all that point to a side; what is no arrow as it is."""
    return {"LEFT": "\u2190", "RIGHT": "\u2192"}[side] if side and _side(character) else character


def plainly(text: str) -> str:
    """Return what is seen of a text: its base characters, with `WORDS` for what runs left."""
    shown = (
        # Digits of N'Ko and Adlam run to the left, as letters do.
        WORDS if is_rtl(character) and character.isalnum() else character
        for character in unicodedata.normalize("NFKD", text)
        if unicodedata.category(character) not in ("Mn", "Me", "Cf", "Cc")
    )
    return re.sub(rf"{WORDS}(?:\s*{WORDS})+", WORDS, "".join(shown))


@dataclass(frozen=True, slots=True)
class Stretch:
    """What stands between two words of a line: visible characters in the order of reading."""

    text: str
    #: For each character whether it belongs to the one before it, and follows it to the right.
    follows: tuple[bool, ...]

    @property
    def parts(self) -> list[str]:
        """What belongs together, in the order of reading."""
        starts = [at for at, follows in enumerate(self.follows) if not follows]
        return [self.text[start:end] for start, end in pairwise([*starts, len(self.text)])]

    def allows(self, seen: str, onward: str = "") -> bool:
        """Return whether it may be seen so, from left to right.

        `onward` is the side to which arrows have to point where the text goes to the left, `LEFT`
        or `RIGHT`; empty where they point as they are typed.
        """
        size = len(self.text)
        if len(seen) != size:
            return False
        back = {"LEFT": "RIGHT", "RIGHT": "LEFT"}.get(onward, "")
        # A sign that stands alone goes with the words around it; all else goes to the right.
        alone = [_turned(_MIRRORED.get(c, c), onward) for c in self.text]
        typed = "".join(_turned(c, back) for c in self.text)
        shown = "".join(_turned(c, _side(c) if onward else "") for c in seen)
        # What was read so far stands at the right.
        read = {0}
        for start in range(size):
            if start not in read:
                continue
            for end in range(start + 1, size + 1):
                if end < size and self.follows[end]:
                    continue
                sign = end == start + 1 and _class(self.text[start]) not in "1a"
                part = alone[start] if sign else typed[start:end]
                if part == shown[size - end : size - start]:
                    read.add(end)
        return size in read


def stretches(text: str) -> list[Stretch]:
    """Return what stands before, between and behind the words of a line, in order of reading."""
    plain = plainly(text)
    classes = "".join(map(_class, plain))
    follows = [False] * len(plain)
    for pattern in _TOGETHER:
        for found in pattern.finditer(classes):
            first, last = found.span(1)
            follows[first + 1 : last] = [True] * (last - first - 1)
    found_ones: list[Stretch] = []
    at = 0
    for part in plain.split(WORDS):
        shown = [n for n in range(at, at + len(part)) if not plain[n].isspace()]
        text = "".join(plain[n] for n in shown)
        found_ones.append(Stretch(text, tuple(follows[n] for n in shown)))
        at += len(part) + len(WORDS)
    return found_ones


def side_of_arrows(text: str) -> str:
    """Return the side to which all arrows of a text point; empty where there is no such side."""
    sides = {side for side in map(_side, text) if side}
    return sides.pop() if len(sides) == 1 else ""
