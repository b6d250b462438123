"""Weigh the ink of letters: the views of a page -> which share of a letter can be seen."""

from __future__ import annotations

from functools import lru_cache

from .colour import luminance
from .geometry import Box
from .marks import TextLine
from .raster import Views

#: A glyph whose ink covers fewer dots than this, in 255ths, is too little to weigh.
LEAST_INK = 100
#: How far rounding leads a painted dot from what it should be, in 255ths.
ROUNDED = 3
#: Contrast with its ground, and share of a line's length, above which a row of dots is a stroke.
STROKE_CONTRAST, STROKE_SHARE = 1.5, 0.6

#: Luminance of each grey.
_LUMINANCE = tuple(luminance((dot / 255,) * 3) for dot in range(256))


def _grey_contrast(one: float, other: float) -> float:
    """Return the contrast ratio of two greys, each 0 to 255."""
    low, high = sorted(_LUMINANCE[min(255, max(0, round(dot)))] for dot in (one, other))
    return (high + 0.05) / (low + 0.05)


def all_there(view: Views, box: Box, letter: float, least: float) -> bool:
    """Return whether letters of this grey, 0 to 255, show whole and unmixed on one ground.

    The ground is the most frequent grey of the box, and has at least this contrast with them. Where
    each dot that they touch has the grey that they make of it there, none has to be weighed alone.
    """
    from PIL import Image, ImageChops

    left, top, right, bottom = area = view.alone.area(box)
    if left >= right or top >= bottom:
        return False
    covers, page = (
        Image.frombytes("L", (right - left, bottom - top), raster.crop(area))
        for raster in (view.alone, view.whole)
    )
    dots = page.histogram()
    ground = dots.index(max(dots))
    if sum(covers.tobytes()) < LEAST_INK or _grey_contrast(letter, ground) < least:
        return False
    wanted = covers.point(_mixed(ground, letter))
    return not any(ImageChops.difference(wanted, page).histogram(covers)[ROUNDED + 1 :])


@lru_cache(maxsize=256)
def _mixed(ground: int, letter: float) -> list[int]:
    """Return the grey of a dot for each share of it that a letter covers, in 255ths."""
    return [round(ground + cover * (letter - ground) / 255) for cover in range(256)]


def painted(view: Views, box: Box, letter: float) -> float | None:
    """Return the share of a letter's ink that is on the page, whatever its contrast.

    `letter` is its grey, 0 to 255. A dot that it covers by the share c goes from the ground to
    ground + c * (letter - ground): so what the page loses with the letter is known to a hundredth.
    None where the letter is as grey as its ground, or has too little ink.
    """
    covers, grounds, wholes = view.crop(box)
    ink = sum(covers)
    if ink < LEAST_INK:
        return None
    first = grounds[0]
    if not grounds.strip(grounds[:1]):
        wanted = ink * (first - letter)
        lost = first * len(wholes) - sum(wholes)
    else:
        wanted = sum(c * (g - letter) for c, g in zip(covers, grounds, strict=True) if c)
        lost = sum(grounds) - sum(wholes)
    wanted /= 255
    return lost / wanted if abs(wanted) > LEAST_INK else None


def shown(view: Views, box: Box, least: float) -> float | None:
    """Return the share of a letter's ink that stands out by at least this contrast.

    The ink is what the page loses with the letter. Anti-aliased dots count by their share: a dot
    that it covers by the share c goes from the ground to ground + c * (letter - ground). None where
    there is too little ink to tell.
    """
    letters, grounds, wholes = view.crop(box)
    ink = sum(letters)
    if ink < LEAST_INK:
        return None
    first = grounds[0]
    if not grounds.strip(grounds[:1]):
        letter = first - 255 * (first * len(wholes) - sum(wholes)) / ink
        return 1.0 if _grey_contrast(letter, first) >= least else 0.0
    seen = total = 0
    for cover, ground, dot in zip(letters, grounds, wholes, strict=True):
        if cover >= 64:
            total += cover
            if _grey_contrast(ground - 255 * (ground - dot) / cover, ground) >= least:
                seen += cover
    return seen / total if total else None


def crossed(view: Views, line: TextLine, zone: tuple[float, float]) -> bool:
    """Return whether what is behind a line has a stroke along it, in a zone of its height in ems.

    A stroke is a row of dots of which most stand out from the most frequent grey behind the line.
    """
    run, (left, _, right, _) = line.first, line.ink
    low, high = (run.baseline + share * run.size_pt for share in zone)
    ground = view.without.crop(view.without.area(line.ink))
    area = view.without.area((left, low, right, high))
    width = area[2] - area[0]
    if not ground or width < 1:
        return False
    usual = max(set(ground), key=ground.count)
    dots = view.without.crop(area)
    seen = dots.translate(_standing_out(usual))
    return any(
        seen.count(1, start, start + width) > STROKE_SHARE * width
        for start in range(0, len(seen), width)
    )


@lru_cache(maxsize=256)
def _standing_out(usual: int) -> bytes:
    """Return, for each grey, 1 where it stands out from the usual one as a stroke does, else 0."""
    return bytes(_grey_contrast(dot, usual) >= STROKE_CONTRAST for dot in range(256))
