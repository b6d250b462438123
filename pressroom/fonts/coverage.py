"""Find characters that no pinned font has, before anything is typeset: text -> characters.

The ranges that the fonts cover are kept in the cache folder under the digest of the fonts, so
that a build with nothing to do opens no font.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from ..core.files import write_atomically
from ..core.model import Locale
from .files import cache_folder, fonts_digest, subset_files, subsets_exist
from .scripts import all_faces, script_of, stack

#: Characters that paint nothing and need no glyph (Unicode, Default_Ignorable_Code_Point).
_IGNORABLE = frozenset(
    {0xAD, 0x34F, 0x61C, *range(0x180B, 0x180F), *range(0x200B, 0x2010), *range(0x202A, 0x202F)}
    | {*range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF, *range(0xE0100, 0xE01F0)}
)

#: First and last code point of a run of characters.
Range = tuple[int, int]


def _measure() -> dict[str, list[Range]]:
    """Read which characters the regular face of each family has, in ascending ranges."""
    from .faces import face_of

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


def _kept() -> Path:
    return cache_folder() / f"coverage-{fonts_digest().removeprefix('sha256:')[:16]}.json"


@lru_cache(maxsize=1)
def _ranges() -> dict[str, list[Range]]:
    kept = _kept()
    try:
        return dict(json.loads(kept.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        found = _measure()
        write_atomically(kept, json.dumps(found).encode("utf-8"))
        return found


def prepare_fonts(told: Callable[[], None]) -> None:
    """Subset and measure the fonts unless the cache has both: half a minute, once.

    To be called before the clock of any leaflet runs. `told` is called before the work begins,
    and not where there is none.
    """
    if not (subsets_exist() and _kept().is_file()):
        told()
        subset_files()
        _ranges()


@lru_cache(maxsize=128)
def _covered(families: tuple[str, ...]) -> frozenset[int]:
    ranges = (pair for family in families for pair in _ranges().get(family, ()))
    return frozenset(code for first, last in ranges for code in range(first, last + 1))


def uncovered(text: str, locale: Locale) -> tuple[str, ...]:
    """Return what is said of the characters of a text that no font of its locale has.

    Such as `LETTER … (U+0000); write …`: what to write instead is another form of it that Unicode
    gives and the fonts have (UAX #15), where there is one. Each stands once, in their order.
    """
    covered = _covered(tuple(face.family for face in stack(script_of(locale))))
    missing = (
        c
        for c in dict.fromkeys(text)
        if ord(c) not in covered and ord(c) not in _IGNORABLE and not c.isspace()
    )
    return tuple(
        f"{unicodedata.name(c, 'UNNAMED')} (U+{ord(c):04X}); {_instead(c, covered)}"
        for c in missing
    )


def _instead(character: str, covered: frozenset[int]) -> str:
    same = unicodedata.normalize("NFKC", character)
    if same != character and all(ord(c) in covered for c in same):
        return f"write '{same}'"
    return "write it in words"
