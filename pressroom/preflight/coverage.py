"""Find characters that no pinned font has, before anything is typeset: text -> characters."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from ..model import Locale
from ..scripts import script_of, stack
from .pinned import face_of

#: Characters that paint nothing and need no glyph (Unicode, Default_Ignorable_Code_Point).
_IGNORABLE = frozenset(
    {0xAD, 0x34F, 0x61C, *range(0x180B, 0x180F), *range(0x200B, 0x2010), *range(0x202A, 0x202F)}
    | {*range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF, *range(0xE0100, 0xE01F0)}
)


@lru_cache(maxsize=128)
def _covered(families: tuple[str, ...]) -> frozenset[int]:
    found: set[int] = set()
    for family in families:
        face = face_of(family, bold=False)
        if face is not None:
            found.update(face.unicodes)
    return frozenset(found)


def uncovered(text: str, locale: Locale) -> tuple[str, ...]:
    """Name the characters of a text that none of its locale's fonts has: `LETTER … (U+0000)`."""
    covered = _covered(tuple(face.family for face in stack(script_of(locale))))
    missing = (
        c
        for c in dict.fromkeys(text)
        if ord(c) not in covered and ord(c) not in _IGNORABLE and not c.isspace()
    )
    return tuple(f"{unicodedata.name(c, 'UNNAMED')} (U+{ord(c):04X})" for c in missing)
