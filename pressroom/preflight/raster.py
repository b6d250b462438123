"""Look at the pages as a printer paints them: rasters with and without given glyphs."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import Any

import pikepdf
import pypdfium2 as pdfium

from .evidence import Evidence
from .ink import Box, Colour, Run, Sheet

#: Dots per inch of the rasters in which letters are weighed.
DPI = 100
#: Dots per inch of the raster in which backgrounds are looked up.
BACKGROUND_DPI = 50
#: A glyph whose ink covers fewer dots than this, in 255ths, is too little to weigh.
LEAST_INK = 100
#: How far rounding leads a painted dot from what it should be, in 255ths.
ROUNDED = 3


@dataclass(slots=True)
class Raster:
    """A painted page."""

    box: Box
    #: Dots per point.
    scale: float
    width: int
    height: int
    stride: int
    #: Bytes of a dot: 1 for grey, 3 for blue, green, red.
    channels: int
    dots: bytes

    def area(self, box: Box) -> tuple[int, int, int, int]:
        """Give the dots that a box in points touches: left, top, right, bottom."""
        left = int((box[0] - self.box[0]) * self.scale) - 1
        right = int((box[2] - self.box[0]) * self.scale) + 2
        top = int((self.box[3] - box[3]) * self.scale) - 1
        bottom = int((self.box[3] - box[1]) * self.scale) + 2
        return (
            min(max(left, 0), self.width),
            min(max(top, 0), self.height),
            min(max(right, 0), self.width),
            min(max(bottom, 0), self.height),
        )

    def cut(self, area: tuple[int, int, int, int]) -> bytes:
        """Give the dots of an area, row after row."""
        left, top, right, bottom = area
        first, last = left * self.channels, right * self.channels
        starts = range(top * self.stride, bottom * self.stride, self.stride)
        dots = self.dots
        return b"".join([dots[start + first : start + last] for start in starts])


def _render(page: Any, box: Box, dpi: int, grey: bool) -> Raster:
    scale = dpi / 72
    bitmap = page.render(scale=scale, grayscale=grey, may_draw_forms=False)
    return Raster(
        box, scale, bitmap.width, bitmap.height, bitmap.stride, 1 if grey else 3,
        bytes(bitmap.buffer),
    )  # fmt: skip


def _negative(raster: Raster) -> Raster:
    return replace(raster, dots=raster.dots.translate(bytes(range(255, -1, -1))))


def luminance(colour: Colour) -> float:
    """Give the relative luminance of an sRGB colour, 0 to 1 (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    """Give the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def grey(colour: Colour) -> float:
    """Give the grey that a black-and-white printer makes of a colour."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


#: What sets text; all else is left out where letters are painted alone.
_TEXT_OPERATORS = frozenset("q Q cm BT ET Tf Td TD Tm T* TL Tc Tw Tz Ts Tj TJ ' \" Do".split())  # noqa: SIM905


def _rewritten(
    sheet: Sheet, runs: Iterable[Run], alone: bool = False
) -> dict[tuple[int, int], bytes]:
    """Write the streams of a page anew, without these runs, or with nothing but them.

    What is not to be painted is set in rendering mode 3: so every letter that
    stays stands exactly where it stood.
    """
    chosen: dict[tuple[int, int], dict[int, int]] = {}
    for run in runs:
        chosen.setdefault(run.stream, {})[run.instruction] = run.mode
    mode = pikepdf.Operator("Tr")
    found = {}
    for key, (parsed, _) in sheet.streams.items():
        modes = chosen.get(key, {})
        instructions: list[Any] = [([], pikepdf.Operator("q")), ([3], mode)] if alone else []
        for number, instruction in enumerate(parsed):
            if alone and str(instruction.operator) not in _TEXT_OPERATORS:
                continue
            if number not in modes:
                instructions.append(instruction)
            elif alone:
                instructions += [([0], mode), instruction, ([3], mode)]
            else:
                instructions += [([3], mode), instruction, ([modes[number]], mode)]
        if alone or modes:
            found[key] = pikepdf.unparse_content_stream(instructions)
    return found


def _replaced(
    pdf: pikepdf.Pdf,
    resources: Any,
    streams: Mapping[tuple[int, int], bytes],
    alone: bool = False,
    depth: int = 0,
) -> Any:
    """Copy resources so that their forms have other contents; alone, without images and groups."""
    forms = resources.get("/XObject") if resources is not None else None
    if not forms or depth > 12:
        return resources
    copied = pikepdf.Dictionary(resources)
    copied.XObject = pikepdf.Dictionary(forms)
    for name, form in forms.items():
        if str(form.get("/Subtype")) != "/Form":
            if alone:
                del copied.XObject[name]
            continue
        content = streams.get(form.objgen, b"" if alone else None)
        inner = _replaced(pdf, form.get("/Resources"), streams, alone, depth + 1)
        other = pikepdf.Stream(pdf, form.read_bytes() if content is None else content)
        for key in form.keys():  # noqa: SIM118 - a PDF dictionary
            if key not in ("/Length", "/Filter", "/DecodeParms", "/Resources"):
                other[key] = form[key]
        if alone:
            other.BBox = pikepdf.Array([-30000, -30000, 30000, 30000])
            if "/Group" in other:
                del other["/Group"]
        if inner is not None:
            other.Resources = inner
        copied.XObject[name] = pdf.make_indirect(other)
    return copied


def _add_page(pdf: pikepdf.Pdf, like: Any, content: bytes, resources: Any) -> None:
    page = pikepdf.Dictionary(Type=pikepdf.Name.Page, Resources=resources)
    for key in ("/MediaBox", "/CropBox"):
        here = like
        while here is not None and key not in here:
            here = here.get("/Parent")
        if here is not None:
            page[key] = here[key]
    page.Contents = pdf.make_stream(content)
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def _strip(pdf: pikepdf.Pdf) -> None:
    """Take out what no raster needs."""
    for key in ("/StructTreeRoot", "/Names", "/Outlines", "/Metadata", "/MarkInfo"):
        if key in pdf.Root:
            del pdf.Root[key]


def _open(pdf: pikepdf.Pdf) -> Any:
    out = io.BytesIO()
    pdf.save(
        out,
        compress_streams=False,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
    )
    return pdfium.PdfDocument(out.getvalue())


@contextmanager
def _repainted(
    evidence: Evidence, wanted: Iterable[tuple[int, Iterable[Run], bool]]
) -> Iterator[tuple[Any, list[Any]]]:
    """Open the PDF with more pages behind its own. Give it, and these pages in order.

    Each is one of its pages, by number, without some runs; or with nothing but them.
    """
    pdf = pikepdf.open(io.BytesIO(evidence.proof.pdf))
    _strip(pdf)
    originals = [page.obj for page in pdf.pages]
    for number, runs, alone in wanted:
        sheet, page = evidence.sheets[number], originals[number]
        streams = _rewritten(sheet, runs, alone)
        content = streams.get(sheet.content)
        if content is None:
            content = pikepdf.unparse_content_stream(sheet.streams[sheet.content][0])
        resources = _replaced(pdf, evidence.resources(page), streams, alone)
        _add_page(pdf, page, content, resources)
    document = _open(pdf)
    try:
        yield document, [document[rank] for rank in range(len(originals), len(document))]
    finally:
        document.close()


class Views:
    """One page, painted in three ways."""

    def __init__(self, whole: Raster, alone: Raster, behind: Callable[[], Raster]) -> None:
        self.whole = whole
        #: The glyphs in question alone: how much of each dot they cover, in 255ths.
        self.alone = alone
        self._behind = behind
        self._last: tuple[Box, tuple[bytes, bytes, bytes]] | None = None

    @cached_property
    def without(self) -> Raster:
        """The page without these glyphs: painted when it is asked for."""
        return self._behind()

    def cut(self, box: Box) -> tuple[bytes, bytes, bytes]:
        """Give the dots of a box: what the glyphs cover, what is behind them, and the page.

        Remembers the last one: a letter is weighed in more than one way.
        """
        if self._last is None or self._last[0] != box:
            area = self.alone.area(box)
            views = (self.alone, self.without, self.whole)
            alone, without, whole = (raster.cut(area) for raster in views)
            self._last = box, (alone, without, whole)
        return self._last[1]


def views(evidence: Evidence, runs: Iterable[Run]) -> dict[int, Views]:
    """Paint the pages of these runs with them, without them, and them alone."""
    by_page: dict[int, list[Run]] = {}
    for run in runs:
        by_page.setdefault(run.page, []).append(run)

    def paint(page: Any, number: int) -> Raster:
        return _render(page, evidence.sheets[number].box, DPI, True)

    def behind(number: int) -> Raster:
        with _repainted(evidence, [(number, by_page[number], False)]) as (_, (page,)):
            return paint(page, number)

    wanted = [(number, by_page[number], True) for number in sorted(by_page)]
    with _repainted(evidence, wanted) as (document, pages):
        return {
            number: Views(
                paint(document[number], number),
                _negative(paint(page, number)),
                partial(behind, number),
            )
            for (number, *_), page in zip(wanted, pages, strict=True)
        }


def backgrounds(evidence: Evidence, pages: Iterable[int]) -> dict[int, Raster]:
    """Paint pages in colour, without any text."""
    wanted = [(number, evidence.sheets[number].runs, False) for number in sorted(pages)]
    with _repainted(evidence, wanted) as (_, painted_pages):
        return {
            number: _render(page, evidence.sheets[number].box, BACKGROUND_DPI, False)
            for (number, *_), page in zip(wanted, painted_pages, strict=True)
        }


#: Luminance of each grey.
_LUMINANCE = tuple(luminance((dot / 255,) * 3) for dot in range(256))


def _grey_contrast(one: float, other: float) -> float:
    """Give the contrast ratio of two greys, 0 to 255."""
    low, high = sorted(_LUMINANCE[min(255, max(0, round(dot)))] for dot in (one, other))
    return (high + 0.05) / (low + 0.05)


def all_there(view: Views, box: Box, letter: float, least: float) -> bool:
    """Tell whether letters of this grey, 0 to 255, stand in a box as they are, on one ground.

    A ground from which they stand out by at least this contrast. Where each dot that they touch
    is what they make of it, they can be read, whatever may be behind them: none of them has to
    be weighed.
    """
    from PIL import Image, ImageChops

    left, top, right, bottom = area = view.alone.area(box)
    if left >= right or top >= bottom:
        return False
    covers, page = (
        Image.frombytes("L", (right - left, bottom - top), raster.cut(area))
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
    """Give the grey of a dot by the share of it that a letter covers, in 255ths."""
    return [round(ground + cover * (letter - ground) / 255) for cover in range(256)]


def painted(view: Views, box: Box, letter: float) -> float | None:
    """Give the share of a letter's ink that is on the page, whatever its contrast.

    `letter` is its grey, 0 to 255. A dot that it covers by the share c goes from the
    ground to ground + c * (letter - ground): what the page loses with the letter is known
    to a hundredth. None where it is as grey as its ground, or has too little ink.
    """
    covers, grounds, wholes = view.cut(box)
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
    """Give the share of a letter's ink that stands out by at least this contrast.

    That is what the page loses when the letter is taken away. None where it
    has too little ink to tell. Anti-aliased dots count by their share: where
    a letter covers the share c of a dot, the dot goes from the ground behind
    it to ground + c * (letter - ground).
    """
    letters, grounds, wholes = view.cut(box)
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
