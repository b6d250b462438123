"""Find characters that no pinned font has, before anything is typeset: text -> characters.

What the fonts cover is kept in the cache folder, by their digest, so that a
build with nothing to do opens no font.
"""

from __future__ import annotations

import json
import unicodedata
from functools import lru_cache

from ..files import write_atomically
from ..model import Locale
from ..scripts import all_faces, script_of, stack
from ..typeset.fonts import cache_folder, fonts_digest

#: Characters that paint nothing and need no glyph (Unicode, Default_Ignorable_Code_Point).
_IGNORABLE = frozenset(
    {0xAD, 0x34F, 0x61C, *range(0x180B, 0x180F), *range(0x200B, 0x2010), *range(0x202A, 0x202F)}
    | {*range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF, *range(0xE0100, 0xE01F0)}
)

#: First and last of neighbouring characters.
Range = tuple[int, int]


def _measure() -> dict[str, list[Range]]:
    """Read from the fonts which characters each family has."""
    from .pinned import face_of

    found: dict[str, list[Range]] = {}
    for family in {face.family for face in all_faces()}:
        face = face_of(family, bold=False)
        ranges: list[Range] = []
        for code in sorted(face.unicodes) if face is not None else ():
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1] = (ranges[-1][0], code)
            else:
                ranges.append((code, code))
        found[family] = ranges
    return found


@lru_cache(maxsize=1)
def _ranges() -> dict[str, list[Range]]:
    memory = cache_folder() / f"coverage-{fonts_digest().removeprefix('sha256:')[:16]}.json"
    try:
        return dict(json.loads(memory.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        found = _measure()
        write_atomically(memory, json.dumps(found).encode("utf-8"))
        return found


@lru_cache(maxsize=128)
def _covered(families: tuple[str, ...]) -> frozenset[int]:
    ranges = (pair for family in families for pair in _ranges().get(family, ()))
    return frozenset(code for first, last in ranges for code in range(first, last + 1))


def uncovered(text: str, locale: Locale) -> tuple[str, ...]:
    """Name the characters of a text that none of its locale's fonts has: `LETTER … (U+0000)`."""
    covered = _covered(tuple(face.family for face in stack(script_of(locale))))
    missing = (
        c
        for c in dict.fromkeys(text)
        if ord(c) not in covered and ord(c) not in _IGNORABLE and not c.isspace()
    )
    return tuple(f"{unicodedata.name(c, 'UNNAMED')} (U+{ord(c):04X})" for c in missing)
