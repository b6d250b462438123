"""Open a bare CFF program as a font: its bytes -> HarfBuzz font, and the glyph of each code.

A PDF asks such a program for characters by identifiers (CIDs), which the program has
with its glyphs (ISO 32000-1, 9.7.4.2; Adobe Technical Note 5176). HarfBuzz reads it in an
OpenType font only: two small tables make it one.
"""

from __future__ import annotations

import io
import struct

import uharfbuzz as hb
from fontTools.cffLib import CFFFontSet

#: Units of an em, and what a program says of them unless it is of another scale.
_EM = 1000
_SCALE = (1 / _EM, 0, 0, 1 / _EM, 0, 0)


def is_bare(program: bytes) -> bool:
    """Tell a CFF program from a font, which begins with 0, `OTTO`, or `true`."""
    return program[:2] == b"\x01\x00"


def open_bare(program: bytes) -> tuple[hb.Font, dict[int, int]]:
    """Give a font, and its glyphs by CID. Raises ValueError for what is no such program,
    and for one whose glyphs are scaled."""
    read = CFFFontSet()
    try:
        read.decompile(io.BytesIO(program), None)
        top = read[0]
        names = list(top.charset)
        parts = (top, *getattr(top, "FDArray", ()))
        scales = {tuple(getattr(part, "FontMatrix", _SCALE)) for part in parts}
    except Exception as problem:  # It raises whatever its own reader stumbles over.
        raise ValueError("no CFF program") from problem
    if scales != {_SCALE}:
        raise ValueError("a CFF program of another scale")
    # Where two glyphs have one identifier, readers take the first.
    glyphs = {
        int(name[3:]) if name.startswith("cid") and name[3:].isdigit() else number: number
        for number, name in reversed([*enumerate(names)])
    }
    tables = {
        "head": struct.pack(
            ">IIIIHHQQhhhhHHhhh", 0x10000, 0, 0, 0x5F0F3CF5, 0, _EM, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0
        ),
        "maxp": struct.pack(">IH", 0x5000, len(names)),
        "CFF ": program,
    }

    def give(_: hb.Face, tag: str, __: object) -> bytes | None:
        return tables.get(tag)

    return hb.Font(hb.Face.create_for_tables(give, None)), glyphs
