"""Read what a page paints: content streams -> glyph runs and other marks, on the page.

One pass over each content stream serves every check. Lengths are points of default user space.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pikepdf

from .colour import Colour, rgb
from .font import Font
from .geometry import (
    IDENTITY,
    Box,
    Matrix,
    box_of,
    em_size,
    is_upright,
    largest_scale,
    mapped,
    mapped_point,
    meet,
    times,
    widened,
)  # fmt: skip
from .marks import GlyphRun, Mark, PaintedPage

#: Forms inside forms: deeper than any page needs.
DEEPEST = 12

#: Operators of ISO 32000-1, 8.5.2 and 8.5.3: those that build a path, and those that end it.
_BUILDING = frozenset(("m", "l", "c", "v", "y", "re"))
_PAINTING = frozenset(("f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "n"))

#: Colour space of the operators that set colour and space at once, and whether for strokes.
_DEVICE = {
    "rg": ("/DeviceRGB", False), "g": ("/DeviceGray", False), "k": ("/DeviceCMYK", False),
    "RG": ("/DeviceRGB", True), "G": ("/DeviceGray", True), "K": ("/DeviceCMYK", True),
}  # fmt: skip


@dataclass(slots=True)
class _State:
    """The graphics state (ISO 32000-1, 8.4)."""

    ctm: Matrix
    clip: Box | None
    fill: Colour | None = (0.0, 0.0, 0.0)
    stroke: Colour | None = (0.0, 0.0, 0.0)
    fill_space: str = "/DeviceGray"
    stroke_space: str = "/DeviceGray"
    fill_alpha: float = 1.0
    stroke_alpha: float = 1.0
    line_width: float = 1.0
    font: Font | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0
    masked: bool = False
    #: Name of the pattern that fills; empty for a colour.
    pattern: str = ""


@dataclass(slots=True)
class _Path:
    """A path under construction, on the page."""

    points: list[tuple[float, float]] = field(default_factory=list)
    rectangles: list[Box] = field(default_factory=list)
    #: Where in the points each part begins.
    begins: list[int] = field(default_factory=list)
    clips: bool = False

    def add(self, operator: str, row: tuple[float, ...], ctm: Matrix) -> None:
        """Add what an operator of `_BUILDING` appends; of a curve, its control points."""
        if operator == "re":
            x, y, width, height = row
            box = mapped(ctm, (x, y, x + width, y + height))
            self.rectangles.append(box)
            self.begins.append(len(self.points))
            self.points += [(box[0], box[1]), (box[2], box[3])]
            return
        if operator in "ml":
            x, y = row
            if operator == "m":
                self.begins.append(len(self.points))
            self.points.append(mapped_point(ctm, x, y))
            return
        self.points += [mapped_point(ctm, *row[i : i + 2]) for i in range(0, len(row), 2)]

    def outlines(self) -> tuple[Box, ...]:
        """Return the box around each part."""
        ends = [*self.begins[1:], len(self.points)]
        return tuple(
            box_of(self.points[start:end])
            for start, end in zip(self.begins, ends, strict=True)
            if end > start
        )


def inherited(page: Any, key: str) -> Any:
    """Return an entry of a page or of the page tree nodes above it; None where none has it."""
    here = page
    for _ in range(DEEPEST):
        if key in here:
            return here[key]
        if "/Parent" not in here:
            return None
        here = here["/Parent"]
    return None


def resources_of(page: Any) -> Any:
    """Return the resources of a page; empty where it has none."""
    found = inherited(page, "/Resources")
    return pikepdf.Dictionary() if found is None else found


class _Painter:
    """Follows the instructions of one page and notes what they paint."""

    def __init__(self, page: PaintedPage, fonts: dict[tuple[int, int], Font]) -> None:
        self.page = page
        self.fonts = fonts
        self.order = 0
        #: The MCID of each piece of marked content that is open; None for one without.
        self.marked: list[int | None] = []
        #: What the transparency groups around let through.
        self.group_alpha = 1.0

    def _next(self) -> int:
        self.order += 1
        return self.order

    @property
    def mcid(self) -> int | None:
        return next((mcid for mcid in reversed(self.marked) if mcid is not None), None)

    def font(self, resources: Any, name: str) -> Font | None:
        source = resources.get("/Font", {}).get(name)
        if source is None:
            return None
        key = source.objgen
        if key == (0, 0):
            return Font(source)
        if key not in self.fonts:
            self.fonts[key] = Font(source)
        return self.fonts[key]

    def read(self, stream: Any, resources: Any, state: _State, depth: int = 0) -> None:
        """Follow the instructions of a page or of a form."""
        key = stream.objgen
        if key not in self.page.streams:
            self.page.streams[key] = list(pikepdf.parse_content_stream(stream))
        stack: list[_State] = []
        path = _Path()
        text = line = IDENTITY
        for number, instruction in enumerate(self.page.streams[key]):
            operands = instruction.operands
            operator = str(instruction.operator)
            match operator:
                case "q":
                    stack.append(replace(state))
                case "Q":
                    if stack:
                        state = stack.pop()
                case "cm":
                    state.ctm = times(_numbers(operands), state.ctm)  # type: ignore[arg-type]
                case "gs":
                    self.set_state(state, resources, str(operands[0]))
                case "BT":
                    text = line = IDENTITY
                case "Tf":
                    state.font = self.font(resources, str(operands[0]))
                    state.size = float(operands[1])
                case "Tm":
                    text = line = _numbers(operands)  # type: ignore[assignment]
                case "Td" | "TD":
                    x, y = _numbers(operands)
                    if operator == "TD":
                        state.leading = -y
                    text = line = times((1, 0, 0, 1, x, y), line)
                case "T*":
                    text = line = times((1, 0, 0, 1, 0, -state.leading), line)
                case "Tj" | "TJ" | "'" | '"':
                    if operator in "'\"":
                        text = line = times((1, 0, 0, 1, 0, -state.leading), line)
                    shown = operands[0] if operator == "TJ" else [operands[-1]]
                    text = self.show(shown, text, state, key, number)
                case "BMC" | "BDC":
                    self.begin(operands, resources)
                case "EMC":
                    if self.marked:
                        self.marked.pop()
                case "W" | "W*":
                    path.clips = True
                case "sh":
                    self.mark("shading", state.clip or self.page.box, state)
                case "BI" | "INLINE IMAGE":
                    self.mark("image", mapped(state.ctm, (0, 0, 1, 1)), state)
                case "Do":
                    self.draw(resources, str(operands[0]), state, depth)
                case _ if operator in _BUILDING:
                    path.add(operator, _numbers(operands), state.ctm)
                case _ if operator in _PAINTING:
                    self.paint(path, operator, state)
                    if state.pattern and path.points and operator[0] in "fFBb":
                        self.tile(resources, state, box_of(path.points), depth)
                    path = _Path()
                case _:
                    _set_parameter(state, operator, operands)

    def begin(self, operands: Any, resources: Any) -> None:
        """Open marked content, and note its ActualText."""
        properties = operands[1] if len(operands) > 1 else None
        if isinstance(properties, pikepdf.Name):
            properties = resources.get("/Properties", {}).get(str(properties))
        mcid: int | None = None
        if properties is not None and "/MCID" in properties:
            mcid = int(properties["/MCID"])
            if "/ActualText" in properties:
                self.page.actual[mcid] = str(properties["/ActualText"])
        self.marked.append(mcid)

    def set_state(self, state: _State, resources: Any, name: str) -> None:
        """Set what a graphics state dictionary holds (ISO 32000-1, 8.4.5)."""
        source = resources.get("/ExtGState", {}).get(name)
        if source is None:
            return
        for key in source.keys():  # noqa: SIM118 - a PDF dictionary
            value = source[key]
            if key == "/ca":
                state.fill_alpha = float(value)
            elif key == "/CA":
                state.stroke_alpha = float(value)
            elif key == "/SMask":
                state.masked = not (isinstance(value, pikepdf.Name) and str(value) == "/None")
            elif key == "/BM" and str(value) not in ("/Normal", "/Compatible"):
                state.masked = True

    def paint(self, path: _Path, operator: str, state: _State) -> None:
        """Fill and stroke a path, and clip by it."""
        if not path.points:
            if path.clips:
                state.clip = (0.0, 0.0, 0.0, 0.0)
            return
        box, parts, outlines = box_of(path.points), tuple(path.rectangles), path.outlines()
        if operator[0] in "fFBb":
            self.mark("fill", box, state, parts, outlines)
        if operator[0] in "SsBb":
            wide = widened(box, state.line_width * largest_scale(state.ctm) / 2)
            self.mark("stroke", wide, state, parts, outlines)
        if path.clips:
            state.clip = meet(state.clip, box)

    def mark(
        self, kind: str, box: Box, state: _State,
        parts: tuple[Box, ...] = (), outlines: tuple[Box, ...] = (),
    ) -> None:  # fmt: skip
        alpha = state.stroke_alpha if kind == "stroke" else state.fill_alpha
        self.page.marks.append(
            Mark(
                order=self._next(),
                kind=kind,
                box=box,
                parts=parts,
                outlines=outlines,
                clip=state.clip,
                colour={"fill": state.fill, "stroke": state.stroke}.get(kind),
                alpha=alpha * self.group_alpha,
                mcid=self.mcid,
            )
        )

    def draw(self, resources: Any, name: str, state: _State, depth: int) -> None:
        """Paint a form or an image."""
        source = resources.get("/XObject", {}).get(name)
        if source is None:
            return
        if str(source.get("/Subtype")) != "/Form":
            self.mark("image", mapped(state.ctm, (0, 0, 1, 1)), state)
            return
        if depth >= DEEPEST:
            return
        inner = replace(state)
        if "/Matrix" in source:
            inner.ctm = times(_numbers(source.Matrix), inner.ctm)  # type: ignore[arg-type]
        if "/BBox" in source:
            x, y, x2, y2 = _numbers(source.BBox)
            inner.clip = meet(inner.clip, mapped(inner.ctm, (x, y, x2, y2)))
        outer = self.group_alpha
        if "/Group" in source:
            self.group_alpha = outer * state.fill_alpha
            inner.fill_alpha = inner.stroke_alpha = 1.0
        self.read(source, source.get("/Resources", resources), inner, depth + 1)
        self.group_alpha = outer

    def tile(self, resources: Any, state: _State, box: Box, depth: int) -> None:
        """Paint the first tile of a pattern: what it says, it says in all of them."""
        source = resources.get("/Pattern", {}).get(state.pattern)
        if not isinstance(source, pikepdf.Stream) or depth >= DEEPEST:
            return
        matrix = _numbers(source.get("/Matrix", IDENTITY))
        inner = _State(ctm=matrix, clip=meet(state.clip, box))  # type: ignore[arg-type]
        self.read(source, source.get("/Resources", resources), inner, depth + 1)

    def show(
        self, shown: Any, text: Matrix, state: _State, stream: tuple[int, int], number: int
    ) -> Matrix:
        """Paint glyphs. Return the text matrix behind them."""
        font, size, stretch = state.font, state.size, state.stretch
        if font is None:
            return text
        a, b, c, d, e, f = times(text, state.ctm)
        gids: list[int] = []
        origins: list[tuple[float, float]] = []
        along, rise = 0.0, state.rise
        widths, default, step = font.widths, font.default_width, font.code_bytes
        for piece in shown:
            if isinstance(piece, pikepdf.String):
                codes = bytes(piece)
                for start in range(0, len(codes) - step + 1, step):
                    gid = codes[start] if step == 1 else codes[start] << 8 | codes[start + 1]
                    gids.append(gid)
                    origins.append((a * along + c * rise + e, b * along + d * rise + f))
                    advance = widths.get(gid, default) / 1000 * size + state.spacing
                    if step == 1 and gid == 32:
                        advance += state.word_spacing
                    along += advance * stretch
            else:
                along -= float(piece) / 1000 * size * stretch
        if gids:
            em = (a * size * stretch, b * size * stretch, c * size, d * size)
            stroked = state.mode in (1, 5)
            alpha = state.stroke_alpha if stroked else state.fill_alpha
            self.page.runs.append(
                GlyphRun(
                    page=self.page.number,
                    order=self._next(),
                    font=font,
                    gids=gids,
                    origins=origins,
                    baseline=f,
                    em=em,
                    size_pt=em_size(em),
                    upright=is_upright(em),
                    colour=state.stroke if stroked else state.fill,
                    alpha=alpha * self.group_alpha,
                    mode=state.mode,
                    clip=state.clip,
                    mcid=self.mcid,
                    stream=stream,
                    instruction=number,
                    masked=state.masked,
                )
            )
        return times((1, 0, 0, 1, along, 0), text)


def _set_parameter(state: _State, operator: str, operands: Any) -> None:
    """Set a colour, a line width or a parameter of text; pass over all other operators."""
    if operator in _DEVICE:
        space, stroking = _DEVICE[operator]
        if stroking:
            state.stroke_space, state.stroke = space, rgb(space, _numbers(operands))
        else:
            state.fill_space, state.fill = space, rgb(space, _numbers(operands))
            state.pattern = ""
        return
    match operator:
        case "cs":
            state.fill_space, state.fill, state.pattern = str(operands[0]), None, ""
        case "CS":
            state.stroke_space, state.stroke = str(operands[0]), None
        case "sc" | "scn":
            state.fill = rgb(state.fill_space, _numbers(operands))
            names = [str(one) for one in operands if isinstance(one, pikepdf.Name)]
            state.pattern = names[0] if names else ""
        case "SC" | "SCN":
            state.stroke = rgb(state.stroke_space, _numbers(operands))
        case "w":
            state.line_width = float(operands[0])
        case "Tc":
            state.spacing = float(operands[0])
        case "Tw":
            state.word_spacing = float(operands[0])
        case "Tz":
            state.stretch = float(operands[0]) / 100
        case "TL":
            state.leading = float(operands[0])
        case "Ts":
            state.rise = float(operands[0])
        case "Tr":
            state.mode = int(operands[0])
        case _:
            pass


def _numbers(operands: Any) -> tuple[float, ...]:
    return tuple(float(o) for o in operands if not isinstance(o, pikepdf.Name))


def page_boxes(page: Any) -> dict[str, Box]:
    """Return the boxes of a page, by name: those that it lacks are what they stand for.

    Without a crop box, the media box; without another, the crop box (ISO 32000-1, 14.11.2).
    """
    media = _upright_box(inherited(page, "/MediaBox"))
    crop = inherited(page, "/CropBox")
    found = {"media": media, "crop": media if crop is None else _upright_box(crop)}
    for name in ("trim", "bleed"):
        box = page.get(f"/{name.capitalize()}Box")
        found[name] = found["crop"] if box is None else _upright_box(box)
    return found


def _upright_box(numbers: Any) -> Box:
    left, bottom, right, top = _numbers(numbers)
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def read_page(page: Any, number: int, fonts: dict[tuple[int, int], Font]) -> PaintedPage:
    """Return what a page paints. `fonts`, by object, is shared by the pages of a document."""
    boxes = page_boxes(page)
    box = meet(boxes["media"], boxes["crop"])
    trim = meet(box, boxes["trim"])
    assert box is not None
    assert trim is not None
    painted = PaintedPage(number, box, trim, content=page.objgen)
    _Painter(painted, fonts).read(page, resources_of(page), _State(ctm=IDENTITY, clip=None))
    return painted
