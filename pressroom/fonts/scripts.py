"""Read how a script is set: `scripts.toml` -> Script, Face."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ..core.errors import UsageError
from ..core.model import Locale


@dataclass(frozen=True, slots=True)
class Face:
    """A font family and its files, one for each weight."""

    family: str
    regular: str
    bold: str = ""
    #: The repertoire of a subset; empty for a font as it is installed.
    repertoire: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        return (self.regular, self.bold) if self.bold else (self.regular,)


#: Line height in ems of a tall script.
TALL = 1.6
#: Width of the side column and of the gap beside it in millimetres: as a rule, and for tall scripts
#: and texts that are set close.
SIDES_MM = ((50, 6), (38, 4))


@dataclass(frozen=True, slots=True)
class Script:
    """How a script is set."""

    #: ISO 15924 code; `Aran` is Arabic script in the Nastaliq style.
    code: str
    face: Face
    #: The same font with the characters of daily use only, which stands before it.
    subset: Face | None
    #: Multiple of the type size.
    line_height: float
    #: The line height in its place where a text would else be too long.
    tight: float
    #: Multiple of the type size for headings, which are bold.
    heading: float
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
    #: Whether lines break at spaces and marked places alone, not where Pango sees words or letters.
    keep_all: bool
    #: Whether what no line holds breaks between any two letters.
    may_part: bool

    @property
    def side_mm(self) -> tuple[int, int]:
        """Return the width of the side column, where headings hang, and of the gap beside it.

        Where lines are high, the text needs a broader column.
        """
        return SIDES_MM[self.line_height >= TALL]


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("scripts.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def fallbacks() -> tuple[Face, ...]:
    """Return the families that stand behind those of every script, in their order."""
    return tuple(Face(**row) for row in _data()["fallback"])


@lru_cache(maxsize=128)
def read_script(code: str) -> Script:
    """Return how a script is set. Raises UsageError for one that is not supported."""
    row = _data()["script"].get(code)
    if row is None:
        known = ", ".join(sorted(_data()["script"]))
        raise UsageError("", f"the script {code} is not supported", f"supported are {known}")
    row = {**_data()["script"][row["like"]], **row} if "like" in row else row
    return Script(
        code=code,
        face=Face(row["family"], row["regular"], row["bold"]),
        subset=_subset(code, row),
        line_height=row["line_height"],
        tight=row.get("tight", round(row["line_height"] * 0.93, 3)),
        heading=row.get("heading", max(1.2, round(row["line_height"] * 0.75, 3))),
        reach=row.get("reach", 0.0),
        bold_height=row.get("bold_height"),
        least_pt=row.get("least_pt", 12.0),
        letters=tuple(row["letters"]),
        break_words=row.get("break_words", False),
        keep_all=row.get("keep_all", False),
        may_part=row.get("may_part", False),
    )


def _subset(code: str, row: Mapping[str, Any]) -> Face | None:
    if "repertoire" not in row:
        return None
    regular, bold = (f"{code}-{weight}.otf" for weight in ("Regular", "Bold"))
    return Face(f"{row['family']} Cut", regular, bold, row["repertoire"])


def is_supported(code: str) -> bool:
    return code in _data()["script"]


def script_code(locale: Locale) -> str:
    """Return the code of the script of a locale: that of its language's own style, else its own."""
    return str(_data()["language"].get(locale.code.split("-")[0], locale.script))


def script_of(locale: Locale) -> Script:
    """Return how a locale is set. Raises UsageError for a script that is not supported."""
    return read_script(script_code(locale))


def stack(script: Script) -> tuple[Face, ...]:
    """Return the families that text of a script is set in, first choice first."""
    rest = tuple(face for face in fallbacks() if face.family != script.face.family)
    return (*filter(None, (script.subset,)), script.face, *rest)


@lru_cache(maxsize=1)
def all_faces() -> tuple[Face, ...]:
    """Return every face of the pinned set, those behind every stack last."""
    rows = [row for row in _data()["script"].values() if "like" not in row]
    return (*(Face(row["family"], row["regular"], row["bold"]) for row in rows), *fallbacks())


@lru_cache(maxsize=1)
def subset_faces() -> tuple[tuple[Face, Face], ...]:
    """Return the face of each subset, with the face of the whole font."""
    scripts = (read_script(code) for code in _data()["script"])
    return tuple((script.subset, script.face) for script in scripts if script.subset)


@lru_cache(maxsize=1)
def all_files() -> tuple[str, ...]:
    """Return the name of every font file of the pinned set, sorted."""
    return tuple(sorted({file for face in all_faces() for file in face.files}))
