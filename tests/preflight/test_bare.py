"""A bare font program is measured as a reader draws it."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
import uharfbuzz as hb
from fontTools.ttLib import TTFont

from pressroom.fonts.files import subset_files
from pressroom.fonts.scripts import read_script
from pressroom.preflight.pdf.font import is_bare, open_bare
from pressroom.typeset.weasyprint_patches.cid_fonts import bare_program

GLYPHS = [0, 40, 900, 12000]


@pytest.fixture(scope="module", params=["Hans", "Jpan", "Kore"])
def font(request: pytest.FixtureRequest) -> bytes:
    subset = read_script(request.param).subset
    assert subset is not None
    return subset_files()[subset.files[0]].read_bytes()


def changed(font: bytes, **values: Any) -> bytes:
    """Return the program of a few glyphs of a font with other values in its top dictionary."""
    few = hb.SubsetInput()
    few.glyph_set.update(numbered(font))
    cut = hb.subset(hb.Face(font), few)
    assert cut is not None
    read = TTFont(io.BytesIO(cut.blob.data))
    for name, value in values.items():
        setattr(read["CFF "].cff[0], name, value)
    out = io.BytesIO()
    read["CFF "].cff.compile(out, read)
    return out.getvalue()


def numbered(font: bytes) -> list[int]:
    last = hb.Face(font).glyph_count
    return [number for number in GLYPHS if number < last]


def test_each_code_has_the_outline_of_its_glyph(font: bytes) -> None:
    program = bare_program(font, 0, numbered(font))
    assert program is not None
    assert is_bare(program)
    assert not is_bare(font)
    bare, glyphs = open_bare(program)
    whole = hb.Font(hb.Face(font))
    assert sorted(glyphs) == numbered(font)
    for code, glyph in glyphs.items():
        if code:
            assert bare.get_glyph_extents(glyph) == whole.get_glyph_extents(code)


def test_of_two_glyphs_with_one_identifier_the_first_counts(font: bytes) -> None:
    program = bare_program(font, 0, numbered(font))
    assert program is not None
    # The identifiers one by one, or as ranges that begin with them (formats 0 and 1).
    one_by_one, ranges = struct.pack(">HH", 40, 900), struct.pack(">HBH", 40, 0, 900)
    twice = program.replace(one_by_one, struct.pack(">HH", 40, 40))
    twice = twice.replace(ranges, struct.pack(">HBH", 40, 0, 40))
    assert twice != program
    glyphs = open_bare(twice)[1]
    assert glyphs[40] == open_bare(program)[1][40] == 1
    assert 900 not in glyphs


def test_a_program_of_another_scale_is_refused(font: bytes) -> None:
    with pytest.raises(ValueError, match="scale"):
        open_bare(changed(font, FontMatrix=[0.0001, 0, 0, 0.0001, 0, 0]))


@pytest.mark.parametrize("program", [b"", b"\x01\x00", b"\x01\x00\x04\x04" + bytes(200)])
def test_what_is_no_program_is_refused(program: bytes) -> None:
    with pytest.raises(ValueError, match="CFF"):
        open_bare(program)
