"""Fonts as a PDF embeds them: font dictionary -> widths, ink and text of each code."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pikepdf
import uharfbuzz as hb
from fontTools.cffLib import CFFFontSet

from .geometry import Box

#: Units of an em of a bare CFF program, and the font matrix that says so.
_EM = 1000
_SCALE = (1 / _EM, 0, 0, 1 / _EM, 0, 0)


class Font:
    """A font of a PDF: its name, widths, outlines and ToUnicode."""

    def __init__(self, source: Any) -> None:
        self.object = source
        self.base_name = str(source.get("/BaseFont", "")).lstrip("/")
        composite = "/DescendantFonts" in source
        self.inner = source.DescendantFonts[0] if composite else source
        #: Number of bytes of a character code.
        self.code_bytes = 2 if composite else 1
        descriptor = self.inner.get("/FontDescriptor", pikepdf.Dictionary())
        self.descriptor = descriptor
        family = descriptor.get("/FontFamily")
        self.family = str(family) if family is not None else self.base_name.partition("+")[2]
        self.bold = "Bold" in self.base_name.partition("+")[2].replace(
            self.family.replace(" ", "-"), ""
        )

    @cached_property
    def widths(self) -> dict[int, float]:
        """Advance of each code in thousandths of the type size."""
        found: dict[int, float] = {}
        row = list(self.inner.get("/W", []))
        number = 0
        while number < len(row):
            first, second = int(row[number]), row[number + 1]
            if isinstance(second, pikepdf.Array):
                for step, width in enumerate(second):
                    found[first + step] = float(width)
                number += 2
            else:
                for gid in range(first, int(second) + 1):
                    found[gid] = float(row[number + 2])
                number += 3
        return found

    @cached_property
    def default_width(self) -> float:
        """Advance of the codes that `widths` lacks."""
        return float(self.inner.get("/DW", 1000))

    @cached_property
    def embedded(self) -> bytes:
        """The font program; empty where none is embedded."""
        for key in ("/FontFile2", "/FontFile3", "/FontFile"):
            if key in self.descriptor:
                return bytes(self.descriptor[key].read_bytes())
        return b""

    @cached_property
    def _opened(self) -> tuple[hb.Font | None, Mapping[int, int] | None]:
        """The program as a HarfBuzz font, and its glyphs by code; None where these are the same."""
        if not self.embedded:
            return None, None
        if is_bare(self.embedded):
            try:
                return open_bare(self.embedded)
            except ValueError:
                return None, None
        font = hb.Font(hb.Face(self.embedded))
        return (font if font.face.glyph_count else None), None

    @property
    def shaper(self) -> hb.Font | None:
        """The embedded program as a HarfBuzz font; None where there is none that it reads."""
        return self._opened[0]

    def extents(self, code: int) -> Any:
        """Return HarfBuzz's extents of a code's glyph in font units; None without a program."""
        font, glyphs = self._opened
        if font is None:
            return None
        return font.get_glyph_extents(code if glyphs is None else glyphs.get(code, 0))

    @cached_property
    def _extents(self) -> dict[int, Box | None]:
        return {}

    def ink(self, gid: int) -> Box | None:
        """Return the box around the ink of a code's glyph in ems; None for one without ink."""
        if gid not in self._extents:
            box: Box | None = None
            if self.shaper is not None:
                extents = self.extents(gid)
                if extents is not None and extents.width and extents.height:
                    em = self.shaper.face.upem
                    x, y = extents.x_bearing / em, extents.y_bearing / em
                    w, h = extents.width / em, extents.height / em
                    box = (x, y + h, x + w, y)
            self._extents[gid] = box
        return self._extents[gid]

    @cached_property
    def texts(self) -> dict[int, str]:
        """Text of each code by ToUnicode (ISO 32000-1, 9.10.3)."""
        source = self.object.get("/ToUnicode")
        found: dict[int, str] = {}
        if source is None:
            return found
        for block in re.findall(rb"beginbfchar(.*?)endbfchar", source.read_bytes(), re.S):
            for code, target in re.findall(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>", block):
                if len(target) % 4 == 0:
                    found[int(code, 16)] = bytes.fromhex(target.decode()).decode(
                        "utf-16-be", "replace"
                    )
        return found


def is_bare(program: bytes) -> bool:
    """Return whether a program is CFF without an OpenType font around it."""
    return program[:2] == b"\x01\x00"


def open_bare(program: bytes) -> tuple[hb.Font, dict[int, int]]:
    """Return a bare CFF program as a HarfBuzz font, and its glyphs by character identifier (CID).

    A PDF refers to the glyphs of such a program by the CIDs that it names them by (ISO 32000-1,
    9.7.4.2; Adobe Technical Note 5176). HarfBuzz reads CFF in an OpenType font only: two small
    tables make it one. Raises ValueError for what is no CFF program, and for one with another
    scale than 1000 units an em.
    """
    read = CFFFontSet()
    try:
        read.decompile(io.BytesIO(program), None)
        top = read[0]
        names = list(top.charset)
        parts = (top, *getattr(top, "FDArray", ()))
        scales = {tuple(getattr(part, "FontMatrix", _SCALE)) for part in parts}
    except Exception as problem:  # fontTools raises whatever its reader stumbles over.
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
