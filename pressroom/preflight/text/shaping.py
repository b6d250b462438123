"""Shape words with the pinned fonts: text -> the glyphs that a page must paint for it.

The steps are those of Pango for a text box: embedding levels, then scripts, then for each
character the first font of the stack that has it (white space takes the font before it), then
HarfBuzz.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import uharfbuzz as hb
from fontTools import unicodedata as scripts

from ...fonts.faces import face_of
from ..pdf.font import Font
from ..pdf.marks import GlyphRun
from .bidi import levels, visual_runs

#: Glyph that stands for what paints nothing, such as a zero width joiner.
_NOTHING = 0xFFFFFF

#: Family and glyph id, from left to right.
Glyphs = tuple[tuple[str, int], ...]


#: Characters whose second one takes the script of the first (Pango, `paired_chars`).
_PAIRS = "()<>[]{}«»‘’“”‹›⁅⁆⁽⁾₍₎〈〉《》「」『』【】〔〕〖〗〘〙〚〛（）［］｛｝"


@lru_cache(maxsize=8192)
def _script(character: str) -> str:
    return str(scripts.script(character))


def _script_runs(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """Return runs of one script: start, end, code.

    What is common to all scripts takes the one before it, else the one behind it.
    """
    runs: list[tuple[int, int, str]] = []
    #: Of pairs that are open, the second character and the script.
    pairs: list[tuple[str, str]] = []
    for i in range(start, end):
        character = text[i]
        script = _script(character)
        if script in ("Zyyy", "Zinh"):
            script = runs[-1][2] if runs else "Zyyy"
            at = _PAIRS.find(character)
            if at >= 0 and at % 2 == 0:
                pairs.append((_PAIRS[at + 1], script))
            elif at >= 0:
                while pairs and pairs[-1][0] != character:
                    pairs.pop()
                script = pairs.pop()[1] if pairs else script
        elif pairs:
            pairs = [(close, script if of == "Zyyy" else of) for close, of in pairs]
        if runs and runs[-1][2] in (script, "Zyyy"):
            runs[-1] = (runs[-1][0], i + 1, script)
        else:
            runs.append((i, i + 1, script))
    return runs


def _blank(character: str) -> bool:
    """Return whether Pango paints a character with the font of its neighbours."""
    return unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp", "Cs") or (
        "\ufe00" <= character <= "\ufe0f"
    )


@lru_cache(maxsize=65536)
def _family(character: str, stack: tuple[str, ...], bold: bool) -> str:
    """Return the first family of a stack that has a character; empty where none has it."""
    for family in stack:
        font = _font(family, bold)
        if font is not None and font.get_nominal_glyph(ord(character)):
            return family
    return ""


@lru_cache(maxsize=128)
def _font(family: str, bold: bool) -> hb.Font | None:
    face = face_of(family, bold)
    return hb.Font(face) if face else None


def _items(
    text: str, start: int, end: int, stack: tuple[str, ...], bold: bool
) -> list[tuple[int, int, str]]:
    """Return runs of one font: start, end, family.

    White space stays with the font before it, unless the font behind it comes earlier in the
    stack.
    """
    items: list[tuple[int, int, str]] = []
    for i in range(start, end):
        family = "" if _blank(text[i]) else (_family(text[i], stack, bold) or stack[0])
        if not items:
            items.append((i, i + 1, family))
            continue
        first, last, current = items[-1]
        if not family or current in (family, ""):
            items[-1] = (first, i + 1, current or family)
            continue
        if stack.index(family) < stack.index(current):
            while last - 1 > first and _blank(text[last - 1]):
                last -= 1
        items[-1] = (first, last, current)
        items.append((last, i + 1, family))
    return [(a, b, family or stack[0]) for a, b, family in items]


# A thousand lines are those of a few leaflets, which share few of them, and take some 5 MB.
@lru_cache(maxsize=1024)
def glyphs(
    text: str,
    stack: tuple[str, ...],
    bold: bool,
    rtl: bool | None,
    language: str,
    ligatures: bool = True,
) -> Glyphs:
    """Return the glyphs of one line of text from left to right, with their families.

    Where `rtl` is None, all characters run from left to right. Glyphs without ink, such as
    spaces, are left out. Letters that are spaced have no ligatures.
    """
    out: list[tuple[str, int]] = []
    text = text.strip()
    for start, end, level in visual_runs(levels(text, rtl)):
        pieces: list[list[tuple[str, int]]] = []
        for first, last, script in _script_runs(text, start, end):
            for a, b, family in _items(text, first, last, stack, bold):
                pieces.append(
                    _shape(
                        text, a, b, family, bold, level % 2 == 1, script, language, ligatures
                    )
                )  # fmt: skip
        for piece in reversed(pieces) if level % 2 else pieces:
            out += piece
    return tuple(out)


#: Features that Pango turns off where letters are spaced.
_APART = ("liga", "clig")


def _shape(
    text: str,
    start: int,
    end: int,
    family: str,
    bold: bool,
    rtl: bool,
    script: str,
    language: str,
    ligatures: bool,
) -> list[tuple[str, int]]:
    font = _font(family, bold)
    if font is None:
        return [(family, 0)] * (end - start)
    buffer = hb.Buffer()
    buffer.add_codepoints([ord(c) for c in text], start, end - start)
    buffer.direction = "rtl" if rtl else "ltr"
    if script != "Zyyy":
        buffer.script = script
    buffer.language = _language(language, script)
    buffer.invisible_glyph = _NOTHING
    # By range, as Pango does: what HarfBuzz always wants of a script stays on otherwise.
    apart = {} if ligatures else {name: [(0, len(text), False)] for name in _APART}
    hb.shape(font, buffer, apart)
    gids = [info.codepoint for info in buffer.glyph_infos]
    return [(family, gid) for gid in gids if gid != _NOTHING and ink(family, bold, gid)]


@lru_cache(maxsize=65536)
def ink(family: str, bold: bool, gid: int) -> tuple[int, ...] | None:
    """Return bearings, width and height of a pinned glyph's ink in font units; None without ink."""
    font = _font(family, bold)
    found = font.get_glyph_extents(gid) if font else None
    if found is None or not (found.width and found.height):
        return (0, 0, 0, 0) if gid == 0 else None
    return found.x_bearing, found.y_bearing, found.width, found.height


#: Languages that Pango does not take to be written in Latin letters, too.
_WITHOUT_LATIN = ("ja", "ko")
#: What Pango shapes a script in that no language of its own speaks for.
_NO_LANGUAGE = "xx"


def _language(language: str, script: str) -> str:
    """Return the language that Pango shapes a script in.

    Latin words in Japanese are English; ideographs in Korean, and signs beside them, are in none.
    """
    head = language.partition("-")[0]
    if script == "Latn" and head in _WITHOUT_LATIN:
        return "en"
    if script == "Hani" and head == "ko":
        return _NO_LANGUAGE
    return language


def painted(runs: list[GlyphRun]) -> Glyphs:
    """Return the glyphs with ink of painted runs, with their families."""
    return tuple(
        (run.font.family, gid)
        for run in runs
        for gid in run.gids
        if ink(run.font.family, run.font.bold, gid)
        or (face_of(run.font.family, run.font.bold) is None and run.font.ink(gid))
        or gid == 0
    )


def true_to_pinned(font: Font, gids: set[int]) -> bool:
    """Return whether an embedded font draws these glyphs as the pinned file of its name does."""
    face = face_of(font.family, font.bold)
    if face is None or font.shaper is None:
        return False
    scale = font.shaper.face.upem / face.upem
    for gid in gids:
        own = font.extents(gid)
        pinned = ink(font.family, font.bold, gid)
        if pinned is None:
            if own is not None and own.width and own.height:
                return False
            continue
        if gid == 0 or own is None:
            return False
        drawn = (own.x_bearing, own.y_bearing, own.width, own.height)
        if any(abs(a - b * scale) > 1 for a, b in zip(drawn, pinned, strict=True)):
            return False
    return True
