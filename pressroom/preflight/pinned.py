"""Find the pinned font file behind an embedded font: Font -> HarfBuzz face, remembered."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import uharfbuzz as hb

from ..scripts import Face, all_faces, cut_faces
from ..typeset.cut import count_faces
from ..typeset.fonts import face_files

if TYPE_CHECKING:  # It brings a PDF library along, which `coverage` does not need.
    from .ink import Font


@lru_cache(maxsize=1)
def _families() -> dict[str, Face]:
    return {face.family: face for face in (*all_faces(), *(cut for cut, _ in cut_faces()))}


@lru_cache(maxsize=64)
def _open(path: Path, family: str) -> hb.Face | None:
    """Open the face of a file; of a collection, the one with this family."""
    count = count_faces(path)
    # Its pages are read as they are needed, and shared by all workers. Never `blob.data`: a copy.
    blob = hb.Blob.from_file_path(str(path))
    for index in range(count):
        face = hb.Face(blob, index)
        if count == 1 or _named(face) == family:
            return face
    return None


def _named(face: hb.Face) -> str:
    for name in (hb.OTNameIdPredefined.TYPOGRAPHIC_FAMILY, hb.OTNameIdPredefined.FONT_FAMILY):
        found = face.get_name(name)
        if found:
            return str(found)
    return ""


@lru_cache(maxsize=128)
def face_of(family: str, bold: bool) -> hb.Face | None:
    """Give the pinned face of a family and weight; None where it is not pinned or installed."""
    face = _families().get(family)
    if face is None:
        return None
    path = face_files().get(face.bold if bold and face.bold else face.regular)
    return _open(path, family) if path else None


def pinned_face(font: Font) -> hb.Face | None:
    """Give the pinned face that an embedded font claims to be."""
    return face_of(font.family, font.bold)
