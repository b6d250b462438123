"""Only the glyphs of a leaflet are embedded, and a reader finds each by its identifier."""

from __future__ import annotations

import io

import pikepdf
import pytest
import uharfbuzz as hb
from fontTools.cffLib import CFFFontSet
from fontTools.pens.basePen import NullPen
from fontTools.ttLib import TTFont

from pressroom.fonts.files import font_files, subset_files
from pressroom.fonts.scripts import read_script
from pressroom.typeset.weasyprint_patches.cid_fonts import bare_program

from .conftest import SetPage
from .test_subset_fonts import RARE, TEXTS, css, page


def programs(pdf: pikepdf.Pdf) -> list[tuple[pikepdf.Object, CFFFontSet]]:
    """Return each font made of CIDs that a PDF embeds, and its program."""
    found = []
    for one in pdf.objects:
        if isinstance(one, pikepdf.Dictionary) and one.get("/Subtype") == "/CIDFontType0":
            stream = one.FontDescriptor.FontFile3
            assert stream.Subtype == "/CIDFontType0C"
            read = CFFFontSet()
            read.decompile(io.BytesIO(stream.read_bytes()), None)
            found.append((one, read))
    return found


@pytest.mark.parametrize("code", TEXTS)
def test_each_glyph_has_the_identifier_that_the_page_asks_for(set_page: SetPage, code: str) -> None:
    proof = set_page(page(code, TEXTS[code] + RARE[code]), css=css(code, cut=True))
    assert not proof.findings
    pdf = pikepdf.open(io.BytesIO(proof.pdf))
    found = programs(pdf)
    assert len(found) == 4, "regular and bold, cut and whole"
    for font, program in found:
        (top,) = (program[name] for name in program.fontNames)
        widths = list(font.W)
        asked = {
            int(first) + step
            for first, run in zip(widths[::2], widths[1::2], strict=True)
            for step in range(len(run))
        }
        named = {int(name[3:]) for name in top.charset[1:]}
        assert asked - {0} <= named
        assert len(top.charset) <= len(asked) + 1, "nothing else is embedded"
        # Some readers look up the widths of all glyphs in the first part of the program.
        (part,) = top.FDArray
        assert (part.Private.nominalWidthX, part.Private.defaultWidthX) == (0, 1000)
        said = {
            int(first) + step: int(width)
            for first, run in zip(widths[::2], widths[1::2], strict=True)
            for step, width in enumerate(run)
        }
        for name in top.charset[1:]:
            glyph = top.CharStrings[name]
            glyph.draw(NullPen())
            assert glyph.width == said[int(name[3:])]


@pytest.mark.parametrize("code", TEXTS)
def test_what_a_font_is_cut_to_is_named_by_number(code: str) -> None:
    script = read_script(code)
    assert script.subset is not None
    font = TTFont(subset_files()[script.subset.files[0]])
    names = font["CFF "].cff[0].charset
    assert names[1:] == [f"cid{number:05}" for number in range(1, len(names))]


def test_a_font_without_identifiers_keeps_its_numbers() -> None:
    latin = font_files()["NotoSans-Regular.ttf"].read_bytes()
    assert bare_program(latin, 0, [40, 41]) is None


def test_a_font_whose_identifiers_are_others_keeps_its_numbers() -> None:
    script = read_script("Hans")
    assert script.subset is not None
    few = hb.SubsetInput()
    few.glyph_set.update(range(60))
    few.flags = hb.SubsetFlags.RETAIN_GIDS
    cut = hb.subset(hb.Face(subset_files()[script.subset.files[0]].read_bytes()), few)
    assert cut is not None
    font = TTFont(io.BytesIO(cut.blob.data))
    top = font["CFF "].cff[0]
    names = list(top.charset)
    names[40], names[41] = names[41], names[40]
    top.charset = top.CharStrings.charset = names
    out = io.BytesIO()
    font.save(out, reorderTables=False)
    assert bare_program(out.getvalue(), 0, [50, 51]) is not None
    assert bare_program(out.getvalue(), 0, [40, 50]) is None
