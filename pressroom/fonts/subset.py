"""Subset the fonts of Chinese, Japanese and Korean to the characters of daily use.

A font of 65,535 glyphs makes every leaflet slow to set and large. Before it stands the same font
with the repertoire of a national standard, and with all that is no ideograph. A rarer character
comes from the whole font behind it: so the bytes of a leaflet depend on that leaflet alone, never
on the words of the rest of a site.

The repertoires are those of Python's own codecs: GB 2312; the first level of
Big5 (rows A4 to C6); JIS X 0208; KS X 1001.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: Added to the name of the family of a subset.
SUFFIX = " Cut"

#: Raised when the same font and repertoire give other bytes: subsets are made anew.
FORMAT = 4

#: Codec, and the first bytes of the characters of daily use.
_CODECS = {
    "gb2312": ("gb2312", range(0xA1, 0xF8)),
    "big5": ("big5", range(0xA1, 0xC7)),
    "jisx0208": ("euc_jp", range(0xA1, 0xF5)),
    "ksx1001": ("euc_kr", range(0xA1, 0xFE)),
}

#: Ideographs and Hangul (Unicode blocks): what a repertoire decides on. All else stays.
_DECIDED = (
    (0x1100, 0x11FF), (0x3400, 0x9FFF), (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)  # fmt: skip

#: OpenType features that are on without being asked for, and the vertical ones are not.
_FEATURES = ("ccmp", "locl", "mark", "mkmk", "kern", "liga", "clig", "calt", "rlig", "rclt")


def repertoire(name: str) -> frozenset[int]:
    """Return the code points of a national standard."""
    codec, rows = _CODECS[name]
    return frozenset(_characters(codec, rows))


def _characters(codec: str, rows: range) -> Iterator[int]:
    for first in rows:
        for second in range(0x40, 0xFF):
            try:
                text = bytes([first, second]).decode(codec)
            except UnicodeDecodeError:
                continue
            if len(text) == 1:
                yield ord(text)


def subset_font(path: Path, family: str, name: str) -> bytes:
    """Subset a face of a font file to the repertoire of this name.

    Returns an OpenType font, whose family has the name `family` and `SUFFIX`. Raises LookupError
    where the file has no face of that family.
    """
    import uharfbuzz as hb
    from fontTools.ttLib import TTFont

    wanted = repertoire(name)
    face = _face(path, family)
    plan = hb.SubsetInput()
    plan.unicode_set.update(code for code in face.unicodes if _stays(code, wanted))
    plan.drop_table_tag_set.update(_tag(tag) for tag in ("BASE", "VORG", "vhea", "vmtx"))
    features = plan.layout_feature_tag_set
    features.clear()
    features.update(_tag(tag) for tag in _FEATURES)
    font = TTFont(io.BytesIO(bytes(hb.subset(face, plan).blob.data)), lazy=True)
    for record in font["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = str(record).replace(family, family + SUFFIX)
    _name_by_number(font["CFF "].cff[0])
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    out = io.BytesIO()
    font.save(out, reorderTables=False)
    return out.getvalue()


def _stays(code: int, wanted: frozenset[int]) -> bool:
    """Return whether a character belongs into a subset of these.

    So does one whose parts do (canonical decomposition): Pango 1.56 and HarfBuzz 10 set it in
    these where they find them, and never look into the whole font. No jamo of Hangul is
    wanted, so no syllable is set in them.
    """
    if code in wanted or not any(first <= code <= last for first, last in _DECIDED):
        return True
    parts = unicodedata.normalize("NFD", chr(code))
    return parts != chr(code) and all(ord(part) in wanted for part in parts)


def _name_by_number(top: Any) -> None:
    """Make the character identifier (CID) of each glyph its number, by which a PDF refers to it."""
    names = [".notdef", *(f"cid{number:05}" for number in range(1, len(top.charset)))]
    numbers = top.CharStrings.charStrings
    renamed = {new: numbers[old] for old, new in zip(top.charset, names, strict=True)}
    top.CharStrings.charStrings = renamed
    top.charset = top.CharStrings.charset = names


def _tag(name: str) -> int:
    return int.from_bytes(name.encode("ascii"), "big")


def count_faces(path: Path) -> int:
    """Return the number of faces in a font file: 1, or more for a collection."""
    with path.open("rb") as file:
        head = file.read(12)
    return int.from_bytes(head[8:], "big") if head.startswith(b"ttcf") else 1


def _face(path: Path, family: str) -> Any:
    """Return the face of this family. Raises LookupError where the file has none."""
    import uharfbuzz as hb

    blob = hb.Blob.from_file_path(str(path))
    for index in range(count_faces(path)):
        face = hb.Face(blob, index)
        if face.get_name(hb.OTNameIdPredefined.FONT_FAMILY) == family:
            return face
    raise LookupError(f"{path.name} has no face of {family}")
