"""Read painted glyphs as a reader sees them: runs -> characters from left to right.

A glyph is told by the pinned font's own table, so that a sign that was turned
around is what it looks like; only glyphs that no character has, such as joined
letters, are told by ToUnicode.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import uharfbuzz as hb

from ...fonts.faces import face_of
from ..pdf.font import Font
from ..pdf.marks import GlyphRun
from .typed_order import plainly


@lru_cache(maxsize=64)
def _characters(family: str, bold: bool) -> dict[int, tuple[str, ...]]:
    """Return the characters of each glyph of a pinned font."""
    face = face_of(family, bold)
    found: dict[int, tuple[str, ...]] = {}
    if face is not None:
        font = hb.Font(face)
        for code in face.unicodes:
            gid = font.get_nominal_glyph(code)
            found[gid] = (*found.get(gid, ()), chr(code))
    return found


def _character(font: Font, gid: int, likely: str) -> str:
    """Return the character of a glyph: of several, one of those that are likely."""
    found = _characters(font.family, font.bold).get(gid) or (font.texts.get(gid, ""),)
    return next((one for one in found if plainly(one) in likely), found[0])


def seen(runs: Iterable[GlyphRun], likely: str) -> str:
    """Return the characters of runs on one line from left to right, as `plainly` writes them.

    `likely` are the characters that the runs ought to show.
    """
    glyphs = [
        (x, _character(run.font, gid, likely))
        for run in runs
        for gid, (x, _) in zip(run.gids, run.origins, strict=True)
    ]
    text = "".join(character for _, character in sorted(glyphs, key=lambda glyph: glyph[0]))
    return "".join(plainly(text).split())
