"""What typesetting needs to know of a script (`scripts.toml` -> Script)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from .errors import UsageError
from .model import Locale


@dataclass(frozen=True, slots=True)
class Face:
    """A family and its files, one for each weight."""

    family: str
    regular: str
    bold: str = ""
    #: What it is cut to; empty for a font as it is installed.
    repertoire: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """Name the files of the family."""
        return (self.regular, self.bold) if self.bold else (self.regular,)


@dataclass(frozen=True, slots=True)
class Script:
    """How a script is set."""

    #: ISO 15924 code; `Aran` is Arabic script in the Nastaliq style.
    code: str
    face: Face
    #: The same font with the characters of daily use only, which stands before it.
    cut: Face | None
    #: Multiple of the type size.
    line_height: float
    #: The same, where room is short.
    tight: float
    #: How far ink reaches beyond a line of the band, in ems.
    reach: float
    #: Multiple of the type size for bold lines, where those of the usual height collide.
    bold_height: float | None
    #: Floor of body text in points.
    least_pt: float
    #: How Unicode's names of its letters begin.
    letters: tuple[str, ...]
    #: Whether line breaks have to be put in at word breaks.
    break_words: bool


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("scripts.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def fallbacks() -> tuple[Face, ...]:
    """Give the families behind every stack, in their order."""
    return tuple(Face(**row) for row in _data()["fallback"])


@lru_cache(maxsize=128)
def read_script(code: str) -> Script:
    """Give how a script is set. Raises UsageError for one that is not supported."""
    row = _data()["script"].get(code)
    if row is None:
        known = ", ".join(sorted(_data()["script"]))
        raise UsageError("", f"the script {code} is not supported", f"supported are {known}")
    row = {**_data()["script"][row["like"]], **row} if "like" in row else row
    return Script(
        code=code,
        face=Face(row["family"], row["regular"], row["bold"]),
        cut=_cut(code, row),
        line_height=row["line_height"],
        tight=row.get("tight", round(row["line_height"] * 0.93, 3)),
        reach=row.get("reach", 0.0),
        bold_height=row.get("bold_height"),
        least_pt=row.get("least_pt", 12.0),
        letters=tuple(row["letters"]),
        break_words=row.get("break_words", False),
    )


def _cut(code: str, row: Mapping[str, Any]) -> Face | None:
    """Give the face that a script's font is cut to."""
    if "repertoire" not in row:
        return None
    regular, bold = (f"{code}-{weight}.otf" for weight in ("Regular", "Bold"))
    return Face(f"{row['family']} Cut", regular, bold, row["repertoire"])


def is_supported(code: str) -> bool:
    """Tell whether a script can be set."""
    return code in _data()["script"]


def script_code(locale: Locale) -> str:
    """Name the script that a locale is set in: its language's own style, else its script."""
    return str(_data()["language"].get(locale.code.split("-")[0], locale.script))


def script_of(locale: Locale) -> Script:
    """Give how a locale is set. Raises UsageError for a script that is not supported."""
    return read_script(script_code(locale))


def stack(script: Script) -> tuple[Face, ...]:
    """Give the families in which text of a script is set, first choice first."""
    rest = tuple(face for face in fallbacks() if face.family != script.face.family)
    return (*filter(None, (script.cut,)), script.face, *rest)


@lru_cache(maxsize=1)
def all_faces() -> tuple[Face, ...]:
    """Give every face of the pinned set."""
    rows = [row for row in _data()["script"].values() if "like" not in row]
    return (*(Face(row["family"], row["regular"], row["bold"]) for row in rows), *fallbacks())


@lru_cache(maxsize=1)
def cut_faces() -> tuple[tuple[Face, Face], ...]:
    """Give the faces that are cut, each with the one that it is cut from."""
    scripts = (read_script(code) for code in _data()["script"])
    return tuple((script.cut, script.face) for script in scripts if script.cut)


@lru_cache(maxsize=1)
def all_files() -> tuple[str, ...]:
    """Name every font file of the pinned set, sorted."""
    return tuple(sorted({file for face in all_faces() for file in face.files}))
