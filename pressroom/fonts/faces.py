"""Open the pinned file of a family and weight: family -> HarfBuzz face, kept open."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Protocol

import uharfbuzz as hb

from .files import face_files
from .scripts import Face, all_faces, subset_faces
from .subset import count_faces


class EmbeddedFont(Protocol):
    """Family and weight that a font in a PDF has by its name."""

    @property
    def family(self) -> str: ...
    @property
    def bold(self) -> bool: ...


@lru_cache(maxsize=1)
def _families() -> dict[str, Face]:
    return {face.family: face for face in (*all_faces(), *(face for face, _ in subset_faces()))}


@lru_cache(maxsize=64)
def _open(path: Path, family: str) -> hb.Face | None:
    """Return the face of a font file; of a collection, the one with this family."""
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
    """Return the pinned face of a family and weight; None where it is not pinned or installed.

    A family without a bold file has its regular face for both.
    """
    face = _families().get(family)
    if face is None:
        return None
    path = face_files().get(face.bold if bold and face.bold else face.regular)
    return _open(path, family) if path else None


@lru_cache(maxsize=4096)
def width_em(word: str, family: str) -> float:
    """Return how wide a bold word is in ems; half an em a letter where there is no such file."""
    face = face_of(family, bold=True)
    if face is None:
        return len(word) / 2
    buffer = hb.Buffer()
    buffer.add_str(word)
    buffer.guess_segment_properties()
    hb.shape(hb.Font(face), buffer)
    return float(sum(place.x_advance for place in buffer.glyph_positions or ()) / face.upem)


def pinned_face(font: EmbeddedFont) -> hb.Face | None:
    """Return the pinned face of the family and weight that an embedded font has by its name."""
    return face_of(font.family, font.bold)
