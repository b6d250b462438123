"""Embed nothing but the glyphs of a leaflet: a patch on WeasyPrint 70.

`pdf.fonts.Font` keeps the numbers of glyphs: a Chinese leaflet of 500 characters
carries tables for all 16,000 of its font, half of the file. A font of Chinese, Japanese
or Korean names its glyphs by character identifiers (CIDs) besides, by which a PDF
asks for them. Where those are the numbers, too, the glyphs can be numbered anew: the bare
font program is embedded, in which every reader goes through the identifiers (ISO 32000-1,
9.7.4.2 and table 126). In an OpenType font most readers go by the numbers.

`tests/typeset/test_dense.py` shows that each glyph is found.
"""

from __future__ import annotations

import io
from collections.abc import Collection
from typing import Any

#: How a bare CFF program begins: its version. TrueType begins with 0, OpenType with `OTTO`.
_BARE = b"\x01\x00"


def bare_program(
    content: bytes, index: int, glyphs: Collection[int], *, box: bool = False, hinting: bool = False
) -> bytes | None:
    """Give the program of some glyphs of a font; None where they have no CIDs, or others.

    `box` keeps the one that stands for what is missing.
    """
    import uharfbuzz as hb
    from fontTools.cffLib import CFFFontSet

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
    return program


def install() -> None:
    """Patch WeasyPrint, once a process."""
    from weasyprint import pdf
    from weasyprint.pdf import fonts

    font = fonts.Font
    if getattr(font, "_pressroom_dense", False):
        return
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

    font.subset, font.type, font._pressroom_dense = subset, property(kind), True
    pdf.build_fonts_dictionary = build_with_bare
