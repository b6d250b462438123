"""Read where a PDF paints its glyphs: content streams -> characters from left to right.

Shares no code with the engine. A glyph is told by the character map of the font
file, so that a mirrored sign is what it looks like; one that has no character, such
as a joined letter, by ToUnicode. Letters that run from right to left are all `R`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont

Matrix = tuple[float, ...]


def _times(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2], m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2], m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4], m[4] * n[1] + m[5] * n[3] + n[5],
    )  # fmt: skip


@lru_cache(maxsize=64)
def _characters(folder: Path, name: str) -> dict[int, str]:
    """Return the character of each glyph of a font: `Noto-Sans-Arabic-Bold`."""
    weight = "Bold" if "Bold" in name else "Regular"
    family = name.replace("-", "").replace("Bold", "").replace("Regular", "")
    path = folder / f"{family}-{weight}.ttf"
    if not path.is_file():
        return {}
    font = TTFont(path)
    glyphs = font.getReverseGlyphMap()
    cmap = font.getBestCmap()
    return {glyphs[cmap[code]]: chr(code) for code in sorted(cmap, reverse=True)}


class _Font:
    def __init__(self, source: Any, folder: Path) -> None:
        self.known = _characters(folder, str(source.BaseFont).partition("+")[2])
        self.said: dict[int, str] = {}
        for block in re.findall(rb"beginbfchar(.*?)endbfchar", source.ToUnicode.read_bytes(), re.S):
            for code, text in re.findall(rb"<(\w+)>\s*<(\w*)>", block):
                self.said[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
        self.widths: dict[int, float] = {}
        row = list(source.DescendantFonts[0].W)
        for first, widths in zip(row[::2], row[1::2], strict=True):
            assert isinstance(widths, pikepdf.Array)
            self.widths |= {int(first) + n: float(width) for n, width in enumerate(widths)}

    def character(self, gid: int) -> str:
        return self.known.get(gid) or self.said.get(gid, "")


def _glyphs(page: Any, folder: Path) -> Iterator[tuple[float, float, str]]:
    """Yield x and y in points and the character of each glyph on a page."""
    fonts = {name: _Font(font, folder) for name, font in page.Resources.Font.items()}
    ctm = text = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    stack: list[Matrix] = []
    font, size = None, 0.0
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "q":
                stack.append(ctm)
            case "Q":
                ctm = stack.pop()
            case "cm":
                ctm = _times(tuple(map(float, operands)), ctm)
            case "Tf":
                font, size = fonts[str(operands[0])], float(operands[1])
            case "Tm":
                text = tuple(map(float, operands))
            case "TJ":
                assert font is not None
                along = 0.0
                for part in operands[0]:
                    if not isinstance(part, pikepdf.String):
                        along -= float(part) / 1000 * size
                        continue
                    codes = bytes(part)
                    for gid in (a << 8 | b for a, b in zip(codes[::2], codes[1::2], strict=True)):
                        place = _times((1, 0, 0, 1, along, 0), _times(text, ctm))
                        yield place[4], place[5], font.character(gid)
                        along += font.widths[gid] / 1000 * size
                text = _times((1, 0, 0, 1, along, 0), text)
            case "Tj" | "Do" | "'" | '"':
                raise AssertionError(f"not read here: {operator}")


def plainly(text: str) -> str:
    """Return what is seen of a text: base characters without spaces, `R` for what runs left."""
    shown = (
        "R" if unicodedata.bidirectional(c) in ("R", "AL") else c
        for c in unicodedata.normalize("NFKD", text)
        if unicodedata.category(c)[0] not in "MCZ"
    )
    return re.sub("R+", "R", "".join(shown))


def painted_lines(pdf: bytes, folder: Path) -> list[str]:
    """Return the lines of a PDF from top to bottom, each from left to right, seen `plainly`.

    `folder` has the font files. Lines stand at least 20 points apart.
    """
    lines = []
    with pikepdf.open(BytesIO(pdf)) as document:
        for page in document.pages:
            rows: dict[int, list[tuple[float, str]]] = defaultdict(list)
            for x, y, character in _glyphs(page, folder):
                near = next((row for row in rows if abs(row - y) < 10), round(y))
                rows[near].append((x, character))
            for row in sorted(rows, reverse=True):
                glyphs = sorted(rows[row], key=lambda glyph: glyph[0])
                lines.append(plainly("".join(character for _, character in glyphs)))
    return lines
