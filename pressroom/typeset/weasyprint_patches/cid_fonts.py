"""Embed nothing but the glyphs of a leaflet in Chinese, Japanese and Korean.

WeasyPrint 70 subsets a font but keeps the numbers of its glyphs: a Chinese leaflet of 500
characters carries tables for all 16,000 glyphs of its font. A leaflet in zh-Hans has 174 kB with
them, 103 kB without.

A font of these scripts names its glyphs by character identifiers (CIDs) besides, by which a PDF
refers to them. Where the identifiers are the glyph numbers, glyphs can be numbered anew, provided
that the bare font program is embedded, in which every reader goes through the identifiers
(ISO 32000-1, 9.7.4.2 and table 126); in an OpenType font most readers go by the numbers. Needless
once WeasyPrint embeds fonts with CIDs without keeping their glyph numbers.
"""

from __future__ import annotations

import io
from collections.abc import Collection
from typing import Any

#: First bytes of a bare CFF program: its version. TrueType begins with 0, OpenType with `OTTO`.
_BARE = b"\x01\x00"

#: Width of an ideograph in font units: that of a glyph which names no other.
_EM = 1000


def bare_program(
    content: bytes, index: int, glyphs: Collection[int], *, box: bool = False, hinting: bool = False
) -> bytes | None:
    """Return a CFF program of some glyphs of a font, by number.

    None where the glyphs have no CIDs, or other ones than their numbers. `box` keeps the outline
    of glyph 0, which stands for a missing one.
    """
    import uharfbuzz as hb
    from fontTools.cffLib import CFFFontSet
    from fontTools.ttLib import TTFont

    face = hb.Face(content, index)
    if "CFF " not in face.table_tags:
        return None
    kept = sorted({0, *(number for number in glyphs if number < face.glyph_count)})
    plan = hb.SubsetInput()
    plan.glyph_set.update(kept)
    plan.flags = hb.SubsetFlags.DESUBROUTINIZE | hb.SubsetFlags.NO_LAYOUT_CLOSURE
    if not hinting:
        plan.flags |= hb.SubsetFlags.NO_HINTING
    if box:
        plan.flags |= hb.SubsetFlags.NOTDEF_OUTLINE
    program = bytes(hb.subset(face, plan).reference_table("CFF ").data)
    read = CFFFontSet()
    read.decompile(io.BytesIO(program), None)
    top = read[0]
    if not hasattr(top, "ROS") or top.charset[1:] != [f"cid{number:05}" for number in kept[1:]]:
        return None
    if hinting:
        return program
    _unite(top)
    out = io.BytesIO()
    read.compile(out, TTFont(recalcBBoxes=False))
    return out.getvalue()


def _unite(top: Any) -> None:
    """Put all glyphs of a program into the first of its font dictionaries (FDArray).

    These differ in their hints, of which none are left, and in the nominal width, which widths
    are written against; some readers go by the first dictionary alone.
    """
    from fontTools.misc.psCharStrings import encodeIntT2

    parts = top.FDArray
    for number, name in enumerate(top.charset):
        glyph, private = top.CharStrings[name], parts[top.FDSelect[number]].Private
        end = _end_of_width(glyph.bytecode)
        width = private.defaultWidthX
        if end:
            width = private.nominalWidthX + _number(glyph.bytecode[:end])
        prefix = b"" if width == _EM else encodeIntT2(round(width))
        glyph.bytecode = prefix + glyph.bytecode[end:]
    private = parts[0].Private
    private.defaultWidthX, private.nominalWidthX = _EM, 0
    del parts.items[1:]
    top.FDSelect.gidArray = [0] * len(top.charset)


def _end_of_width(code: bytes) -> int:
    """Return the end of the width that a charstring begins with; 0 for one without.

    Type 2 charstrings: Adobe Technical Note 5177, 3.1 and 4.
    """
    at, ends = 0, []
    while code[at] >= 32 or code[at] == 28:
        first = code[at]
        at += 3 if first == 28 else 1 if first < 247 else 2 if first < 255 else 5
        ends.append(at)
    needed = {21: 2, 4: 1, 22: 1, 14: 0}.get(code[at])
    has_width = len(ends) % 2 if needed is None else len(ends) in (needed + 1, needed + 5)
    return ends[0] if has_width else 0


def _number(code: bytes) -> float:
    """Read a number of a Type 2 charstring."""
    first = code[0]
    if first == 28:
        return int.from_bytes(code[1:3], "big", signed=True)
    if first < 247:
        return first - 139
    if first < 251:
        return (first - 247) * 256 + code[1] + 108
    if first < 255:
        return -(first - 251) * 256 - code[1] - 108
    return int.from_bytes(code[1:5], "big", signed=True) / 65536


def install() -> None:
    """Patch WeasyPrint."""
    from weasyprint import pdf
    from weasyprint.pdf import fonts

    font = fonts.Font
    keep_numbers, kind_of, build = font.subset, font.type.fget, pdf.build_fonts_dictionary

    def subset(self: Any, to_unicode: Any, hinting: Any) -> None:
        if to_unicode:
            bare = bare_program(
                self.file_content, self.index, to_unicode, box=bool(self.missing), hinting=hinting
            )
            if bare:
                self.file_content = bare
                return
        keep_numbers(self, to_unicode, hinting)

    def kind(self: Any) -> str:
        return "otf" if self.file_content[:2] == _BARE else str(kind_of(self))

    def build_with_bare(made: Any, *rest: Any) -> Any:
        dictionary = build(made, *rest)
        for one in made.objects:
            extra = getattr(one, "extra", {})
            if extra.get("Subtype") == "/OpenType" and one.stream[0][:2] == _BARE:
                extra["Subtype"] = "/CIDFontType0C"
        return dictionary

    font.subset, font.type = subset, property(kind)
    pdf.build_fonts_dictionary = build_with_bare
