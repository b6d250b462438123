"""Paint pages as a printer does: with and without their text, as pictures, as thumbnails."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from threading import Lock
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from .geometry import Box
from .interpreter import inherited, resources_of
from .marks import PaintedPage

#: Dots per inch of the rasters in which letters are weighed.
DPI = 100
#: Dots per inch of the raster in which backgrounds are looked up.
BACKGROUND_DPI = 50
#: Width of a thumbnail in dots: twice that of its place on the rack, for fine screens.
THUMBNAIL_WIDTH = 240
#: Colours of a thumbnail: text, paper, the accent, and the greys between.
THUMBNAIL_COLOURS = 16
#: pdfium works for one thread at a time; pictures are painted by the threads of a server.
_LOCK = Lock()


@dataclass(slots=True)
class Raster:
    """The dots of a page, row by row from the top."""

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
        """Return the dots that a box in points touches: left, top, right, bottom."""
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

    def crop(self, area: tuple[int, int, int, int]) -> bytes:
        """Return the dots of an area, row after row."""
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


#: Operators that show text, and those that set it, its rendering mode aside.
_SHOWING = frozenset(("Tj", "TJ", "'", '"'))
_TEXT_OPERATORS = frozenset("q Q cm BT ET Tf Td TD Tm T* TL Tc Tw Tz Ts Tj TJ ' \" Do".split())  # noqa: SIM905


def _rewritten(page: PaintedPage, alone: bool) -> dict[tuple[int, int], bytes]:
    """Return the streams of a page, by object, without their text, or with nothing but it."""
    return {
        key: pikepdf.unparse_content_stream(
            [
                instruction
                for instruction in parsed
                if (
                    str(instruction.operator) in _TEXT_OPERATORS
                    if alone
                    else str(instruction.operator) not in _SHOWING
                )
            ]
        )
        for key, parsed in page.streams.items()
    }


def _replaced(
    pdf: pikepdf.Pdf,
    resources: Any,
    streams: Mapping[tuple[int, int], bytes],
    alone: bool = False,
    depth: int = 0,
) -> Any:
    """Return a copy of resources whose forms have these contents, by object.

    `alone` leaves out images and transparency groups.
    """
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
        box = inherited(like, key)
        if box is not None:
            page[key] = box
    page.Contents = pdf.make_stream(content)
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def _strip(pdf: pikepdf.Pdf) -> None:
    """Remove what no raster needs."""
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
def _repainted(pdf: bytes, pages: Sequence[PaintedPage], number: int, alone: bool) -> Iterator[Any]:
    """Open a copy of a page, by its number: without its text, or with nothing but its text."""
    source = pikepdf.open(io.BytesIO(pdf))
    _strip(source)
    painted, page = pages[number], source.pages[number].obj
    streams = _rewritten(painted, alone)
    resources = _replaced(source, resources_of(page), streams, alone)
    _add_page(source, page, streams[painted.content], resources)
    document = _open(source)
    try:
        yield document[len(document) - 1]
    finally:
        document.close()


class Views:
    """One page, painted whole, without its text, and with its text alone."""

    def __init__(self, whole: Raster, alone: Raster, behind: Callable[[], Raster]) -> None:
        self.whole = whole
        #: The text alone: how much of each dot it covers, in 255ths.
        self.alone = alone
        self._behind = behind
        self._last: tuple[Box, tuple[bytes, bytes, bytes]] | None = None

    @cached_property
    def without(self) -> Raster:
        """The page without its text, painted on first use."""
        return self._behind()

    def crop(self, box: Box) -> tuple[bytes, bytes, bytes]:
        """Return the dots of a box in points: the text alone, the page without, the whole page.

        The last box is kept: a letter is weighed in more than one way.
        """
        if self._last is None or self._last[0] != box:
            area = self.alone.area(box)
            views = (self.alone, self.without, self.whole)
            alone, without, whole = (raster.crop(area) for raster in views)
            self._last = box, (alone, without, whole)
        return self._last[1]


def views(pdf: bytes, pages: Sequence[PaintedPage]) -> dict[int, Views]:
    """Return the views of each page that has text, by its number: with it, without it, it alone."""
    with pdfium.PdfDocument(pdf) as document:
        return {page.number: _views(pdf, document, pages, page) for page in pages if page.runs}


def _views(pdf: bytes, document: Any, pages: Sequence[PaintedPage], page: PaintedPage) -> Views:
    source = document[page.number]
    whole = _render(source, page.box, DPI, True)
    # pdfium switches off whole objects of a page, but nothing in its forms, and no clip.
    simple = all(
        run.clip is None and not run.masked and run.stream == page.content for run in page.runs
    )
    if not simple:
        alone = _rewritten_view(pdf, pages, page, alone=True)
        behind = partial(_rewritten_view, pdf, pages, page, alone=False)
        return Views(whole, _negative(alone), behind)
    for text in _switched(source, text=True):
        pdfium_c.FPDFPageObj_SetFillColor(text, 0, 0, 0, 255)
        pdfium_c.FPDFTextObj_SetTextRenderMode(text, 0)
    alone = _render(source, page.box, DPI, True)

    def render_behind() -> Raster:
        with pdfium.PdfDocument(pdf) as again:
            ground = again[page.number]
            _switched(ground, text=False)
            return _render(ground, page.box, DPI, True)

    return Views(whole, _negative(alone), render_behind)


def _switched(page: Any, *, text: bool) -> list[Any]:
    """Show the text of a page alone, or all but its text. Return the objects of its text."""
    raw = page.raw
    objects = [
        pdfium_c.FPDFPage_GetObject(raw, number)
        for number in range(pdfium_c.FPDFPage_CountObjects(raw))
    ]
    found = []
    for one in objects:
        is_text = pdfium_c.FPDFPageObj_GetType(one) == pdfium_c.FPDF_PAGEOBJ_TEXT
        if is_text != text:
            pdfium_c.FPDFPageObj_SetIsActive(one, False)
        if is_text:
            found.append(one)
    return found


def _rewritten_view(
    pdf: bytes, pages: Sequence[PaintedPage], page: PaintedPage, alone: bool
) -> Raster:
    """Return a page with its text alone, or with all but its text."""
    with _repainted(pdf, pages, page.number, alone) as painted:
        return _render(painted, page.box, DPI, True)


def background(pdf: bytes, pages: Sequence[PaintedPage], number: int) -> Raster:
    """Return a page in colour, without any text."""
    with _repainted(pdf, pages, number, alone=False) as page:
        return _render(page, pages[number].box, BACKGROUND_DPI, False)


def picture(pdf: bytes, page: int, dpi: float) -> bytes:
    """Return a page, counted from 0, in colour as PNG. Raises IndexError where there is none."""
    with _LOCK:
        document = pdfium.PdfDocument(pdf)
        try:
            if not 0 <= page < len(document):
                raise IndexError(page)
            bitmap = document[page].render(scale=dpi / 72, may_draw_forms=False)
            image = bitmap.to_pil()
        finally:
            document.close()
    out = io.BytesIO()
    # A page is mostly white: the quickest setting is nearly as small as the best.
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


def different_pages(one: bytes, other: bytes) -> list[int]:
    """Return the pages, counted from 1, that do not look the same in two PDFs of a leaflet."""
    with _LOCK, pdfium.PdfDocument(one) as before, pdfium.PdfDocument(other) as after:
        both = min(len(before), len(after))
        differing = [
            number + 1
            for number in range(both)
            if bytes(before[number].render().buffer) != bytes(after[number].render().buffer)
        ]
        return [*differing, *range(both + 1, max(len(before), len(after)) + 1)]


def thumbnail(pdf: bytes) -> bytes:
    """Return the first page of a PDF as PNG, the same bytes for the same page."""
    from PIL import Image

    with pdfium.PdfDocument(pdf) as document:
        page = document[0]
        painted = page.render(scale=THUMBNAIL_WIDTH / page.get_width(), rev_byteorder=True).to_pil()
        colours = painted.convert("RGB").quantize(
            THUMBNAIL_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        )
    out = io.BytesIO()
    colours.save(out, "PNG")
    return out.getvalue()
