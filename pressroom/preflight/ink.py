"""Read what a page paints: content streams -> runs of glyphs and other marks, in page space.

One pass over each content stream serves every check. Lengths are in points,
x to the right and y upwards, as in the PDF's default user space.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pikepdf
import uharfbuzz as hb

from .bare import is_bare, open_bare

#: a, b, c, d, e, f of ISO 32000-1, 8.3.3.
Matrix = tuple[float, float, float, float, float, float]
#: Left, bottom, right, top.
Box = tuple[float, float, float, float]
Colour = tuple[float, float, float]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
#: Forms inside forms: deeper than any page needs.
DEEPEST = 12
#: Tangent of the angle up to which letters count as upright: 30 degrees, twice an italic's.
MOST_TILT = 0.577


def times(m: Matrix, n: Matrix) -> Matrix:
    """Apply `m`, then `n`."""
    a, b, c, d, e, f = m
    p, q, r, s, t, u = n
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def at(m: Matrix, x: float, y: float) -> tuple[float, float]:
    """Map a point."""
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


def box_of(points: Sequence[tuple[float, float]]) -> Box:
    """Give the smallest box around points."""
    xs = [x for x, _ in points]
    ys = [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def mapped(m: Matrix, box: Box) -> Box:
    """Give the smallest upright box around a mapped box."""
    left, bottom, right, top = box
    return box_of([at(m, x, y) for x in (left, right) for y in (bottom, top)])


def meet(one: Box | None, other: Box | None) -> Box | None:
    """Give what two boxes share; None stands for the whole plane."""
    if one is None or other is None:
        return one or other
    left, bottom = max(one[0], other[0]), max(one[1], other[1])
    right, top = min(one[2], other[2]), min(one[3], other[3])
    return (left, bottom, max(left, right), max(bottom, top))


def union(boxes: Sequence[Box]) -> Box:
    """Give the smallest box around boxes."""
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )


class Font:
    """A font as the PDF embeds it."""

    def __init__(self, source: Any) -> None:
        self.object = source
        self.base_name = str(source.get("/BaseFont", "")).lstrip("/")
        composite = "/DescendantFonts" in source
        self.inner = source.DescendantFonts[0] if composite else source
        #: Bytes of a character code.
        self.code_bytes = 2 if composite else 1
        descriptor = self.inner.get("/FontDescriptor", pikepdf.Dictionary())
        self.descriptor = descriptor
        family = descriptor.get("/FontFamily")
        self.family = str(family) if family is not None else self.base_name.partition("+")[2]
        self.bold = "Bold" in self.base_name.partition("+")[2].replace(
            self.family.replace(" ", "-"), ""
        )
        #: Whether codes are glyph ids: Identity-H over an identity CIDToGIDMap.
        self.plain_ids = composite and str(source.get("/Encoding")) == "/Identity-H"

    @cached_property
    def widths(self) -> dict[int, float]:
        """Advance of each glyph in thousandths of the type size."""
        found: dict[int, float] = {}
        row = list(self.inner.get("/W", []))
        number = 0
        while number < len(row):
            first, second = int(row[number]), row[number + 1]
            if isinstance(second, pikepdf.Array):
                for step, width in enumerate(second):
                    found[first + step] = float(width)
                number += 2
            else:
                for gid in range(first, int(second) + 1):
                    found[gid] = float(row[number + 2])
                number += 3
        return found

    @cached_property
    def default_width(self) -> float:
        """Advance of glyphs that `widths` does not name."""
        return float(self.inner.get("/DW", 1000))

    @cached_property
    def embedded(self) -> bytes:
        """The font program; empty where none is embedded."""
        for key in ("/FontFile2", "/FontFile3", "/FontFile"):
            if key in self.descriptor:
                return bytes(self.descriptor[key].read_bytes())
        return b""

    @cached_property
    def _opened(self) -> tuple[hb.Font | None, Mapping[int, int] | None]:
        """The font program for HarfBuzz; and its glyphs by code, where those are not the same."""
        if not self.embedded:
            return None, None
        if is_bare(self.embedded):
            try:
                return open_bare(self.embedded)
            except ValueError:
                return None, None
        font = hb.Font(hb.Face(self.embedded))
        return (font if font.face.glyph_count else None), None

    @property
    def shaper(self) -> hb.Font | None:
        """The embedded font program for HarfBuzz; None where there is none that it reads."""
        return self._opened[0]

    def extents(self, code: int) -> Any:
        """Give HarfBuzz's extents of the glyph of a code, in units of the font, or None."""
        font, glyphs = self._opened
        if font is None:
            return None
        return font.get_glyph_extents(code if glyphs is None else glyphs.get(code, 0))

    @cached_property
    def _extents(self) -> dict[int, Box | None]:
        return {}

    def ink(self, gid: int) -> Box | None:
        """Give the box around a glyph's ink in ems; None for one without ink."""
        if gid not in self._extents:
            box: Box | None = None
            if self.shaper is not None:
                extents = self.extents(gid)
                if extents is not None and extents.width and extents.height:
                    em = self.shaper.face.upem
                    x, y = extents.x_bearing / em, extents.y_bearing / em
                    w, h = extents.width / em, extents.height / em
                    box = (x, y + h, x + w, y)
            self._extents[gid] = box
        return self._extents[gid]

    @cached_property
    def texts(self) -> dict[int, str]:
        """What ToUnicode says of each code."""
        source = self.object.get("/ToUnicode")
        found: dict[int, str] = {}
        if source is None:
            return found
        for block in re.findall(rb"beginbfchar(.*?)endbfchar", source.read_bytes(), re.S):
            for code, target in re.findall(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>", block):
                if len(target) % 4 == 0:
                    found[int(code, 16)] = bytes.fromhex(target.decode()).decode(
                        "utf-16-be", "replace"
                    )
        return found


@dataclass(slots=True, eq=False)
class Run:
    """Glyphs that one operator paints."""

    #: Number of the page, from 0.
    page: int
    #: Rank among all that the page paints.
    order: int
    font: Font
    gids: list[int]
    #: Origin of each glyph.
    origins: list[tuple[float, float]]
    #: Height of the line that they stand on, which raised glyphs leave.
    baseline: float
    #: What a vector of one em becomes on the page.
    em: tuple[float, float, float, float]
    #: Size on paper: the lesser of height and width of the em.
    size_pt: float
    #: Whether the letters stand upright, or near to it: not mirrored, turned or slanted away.
    upright: bool
    #: Device colour; None for one that only the raster shows (patterns, unknown spaces).
    colour: Colour | None
    alpha: float
    #: Text rendering mode (ISO 32000-1, table 106); 3 and 7 paint nothing.
    mode: int
    clip: Box | None
    mcid: int | None
    artifact: bool
    #: Which content stream, and which of its instructions, painted it.
    stream: tuple[int, int]
    instruction: int
    #: Whether a soft mask or a blend mode is at work.
    masked: bool = False
    _boxes: list[tuple[int, Box]] | None = None
    _around: Box | None = None

    def ink_boxes(self) -> list[tuple[int, Box]]:
        """Give the number and the ink box of each glyph that has ink."""
        if self._boxes is None:
            self._boxes = list(self._measured())
        return self._boxes

    def _measured(self) -> Iterator[tuple[int, Box]]:
        a, b, c, d = self.em
        upright = abs(b) < 1e-6 and abs(c) < 1e-6 and a > 0 and d > 0
        for number, (gid, (x, y)) in enumerate(zip(self.gids, self.origins, strict=True)):
            ink = self.font.ink(gid)
            if ink is None:
                continue
            if upright:
                yield number, (x + a * ink[0], y + d * ink[1], x + a * ink[2], y + d * ink[3])
            else:
                yield number, mapped((a, b, c, d, x, y), ink)

    @property
    def ink(self) -> Box | None:
        """The box around all of its ink; None where it leaves none."""
        if self._around is None:
            boxes = [box for _, box in self.ink_boxes()]
            self._around = union(boxes) if boxes else None
        return self._around

    @property
    def text(self) -> str:
        """What ToUnicode says of its glyphs: good for messages, not for proofs."""
        return "".join(self.font.texts.get(gid, "") for gid in self.gids)

    @property
    def left(self) -> float:
        """The leftmost origin."""
        return min(x for x, _ in self.origins)


@dataclass(slots=True, eq=False)
class Line:
    """Runs that follow each other in one look: the same box of text, size and colour.

    Raised glyphs are runs of their own, and Nastaliq has thousands of them.
    """

    runs: list[Run]
    #: Around all of its ink.
    ink: Box

    @property
    def first(self) -> Run:
        """The run that stands for all."""
        return self.runs[0]

    @property
    def text(self) -> str:
        """What ToUnicode says of its glyphs: good for messages, not for proofs."""
        return "".join(run.text for run in self.runs).replace("\u200b", "").strip()

    def _glyphs(self) -> Iterator[tuple[float, float, bool]]:
        """Give start and advance of its glyphs in ems, and whether they leave ink, as painted."""
        for run in self.runs:
            font, (a, b, _, _) = run.font, run.em
            em = (a * a + b * b) ** 0.5
            for gid, (x, _) in zip(run.gids, run.origins, strict=True):
                advance = font.widths.get(gid, font.default_width) / 1000
                yield x / em, advance, font.ink(gid) is not None

    @property
    def length_share(self) -> float:
        """How long it is, as a share of what its letters need; 1 for a few letters."""
        glyphs = sorted(self._glyphs())
        needed = sum(advance for _, advance, _ in glyphs)
        return (glyphs[-1][0] + glyphs[-1][1] - glyphs[0][0]) / needed if needed > 3 else 1.0

    @property
    def steps_back(self) -> bool:
        """Whether a letter begins before the one that was painted before it.

        The words of Nastaliq climb back over themselves: there, that says nothing.
        """
        if any("Nastaliq" in run.font.family for run in self.runs):
            return False
        starts = [x for x, advance, ink in self._glyphs() if ink and advance > 0]
        return any(there < here - 0.05 for here, there in itertools.pairwise(starts))

    @property
    def gap_em(self) -> float:
        """The median distance of its letters beyond what they need, in ems.

        What stands beside white space does not count, nor does East Asian text:
        there, lines are justified.
        """
        if any(unicodedata.east_asian_width(c) in "WF" for c in self.text):
            return 0.0
        gaps = [
            there - here - advance
            for (here, advance, ink), (there, _, other) in itertools.pairwise(
                sorted(self._glyphs())
            )
            if ink and other
        ]
        return sorted(gaps)[len(gaps) // 2] if len(gaps) > 3 else 0.0


def lines_of(runs: Sequence[Run]) -> list[Line]:
    """Put runs together into lines; those without ink belong to none."""
    found: list[Line] = []
    for run in runs:
        ink = run.ink
        if ink is None:
            continue
        if found:
            last = found[-1].runs[-1]
            if (
                run.mcid is not None
                and last.mcid == run.mcid
                and last.page == run.page
                and last.baseline == run.baseline
                and last.size_pt == run.size_pt
                and last.colour == run.colour
                and last.alpha == run.alpha
                and last.mode == run.mode
                and last.clip == run.clip
                and last.font.bold == run.font.bold
            ):
                found[-1].runs.append(run)
                found[-1].ink = union((found[-1].ink, ink))
                continue
        found.append(Line([run], ink))
    return found


@dataclass(slots=True, eq=False)
class Mark:
    """Anything painted that is no glyph."""

    order: int
    kind: str
    #: Around the painted path, without its clip.
    box: Box
    #: Boxes of the rectangles in the path.
    parts: tuple[Box, ...]
    #: Boxes around each closed part of the path, rectangles among them.
    outlines: tuple[Box, ...]
    clip: Box | None
    colour: Colour | None
    alpha: float
    mcid: int | None
    artifact: bool

    @property
    def shown(self) -> Box:
        """The part of the box that the clip lets through."""
        found = meet(self.box, self.clip)
        assert found is not None
        return found


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


@dataclass(slots=True)
class Sheet:
    """What one page paints, in the order of painting."""

    number: int
    #: The crop box: what a printer gets.
    box: Box
    runs: list[Run] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    #: Logical text of marked content by MCID.
    actual: dict[int, str] = field(default_factory=dict)
    #: The page's own stream among them.
    content: tuple[int, int] = (0, 0)
    #: The parsed streams by object: their instructions, and the object itself.
    streams: dict[tuple[int, int], tuple[list[Any], Any]] = field(default_factory=dict)


def _rgb(space: str, values: Sequence[float]) -> Colour | None:
    """Turn the operands of a colour operator into RGB, where the space tells how."""
    if len(values) == 1 and space in ("/DeviceGray", "/CalGray"):
        return (values[0],) * 3
    if len(values) == 3 and space in ("/DeviceRGB", "/CalRGB"):
        return values[0], values[1], values[2]
    if len(values) == 4 and space == "/DeviceCMYK":
        c, m, y, k = values
        return (1 - min(1, c + k), 1 - min(1, m + k), 1 - min(1, y + k))
    return None


def inherited(page: Any, key: str) -> Any:
    """Look up what a page may have from the pages above it."""
    here = page
    for _ in range(DEEPEST):
        if key in here:
            return here[key]
        if "/Parent" not in here:
            return None
        here = here["/Parent"]
    return None


class _Painter:
    """Follows one page's instructions and writes down what they paint."""

    def __init__(self, sheet: Sheet, fonts: dict[tuple[int, int], Font]) -> None:
        self.sheet = sheet
        self.fonts = fonts
        self.order = 0
        self.content: list[tuple[int | None, bool]] = []

    def _next(self) -> int:
        self.order += 1
        return self.order

    @property
    def mcid(self) -> int | None:
        return next((mcid for mcid, _ in reversed(self.content) if mcid is not None), None)

    @property
    def artifact(self) -> bool:
        return any(artifact for _, artifact in self.content)

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
        if key not in self.sheet.streams:
            self.sheet.streams[key] = (list(pikepdf.parse_content_stream(stream)), stream)
        stack: list[_State] = []
        points: list[tuple[float, float]] = []
        parts: list[Box] = []
        begins: list[int] = []
        clipping = False
        text = line = IDENTITY
        for number, instruction in enumerate(self.sheet.streams[key][0]):
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
                case "m" | "l":
                    x, y = _numbers(operands)
                    if operator == "m":
                        begins.append(len(points))
                    points.append(at(state.ctm, x, y))
                case "c" | "v" | "y":
                    row = _numbers(operands)
                    points += [at(state.ctm, *row[i : i + 2]) for i in range(0, len(row), 2)]
                case "re":
                    x, y, w, h = _numbers(operands)
                    part = mapped(state.ctm, (x, y, x + w, y + h))
                    parts.append(part)
                    begins.append(len(points))
                    points += [(part[0], part[1]), (part[2], part[3])]
                case "W" | "W*":
                    clipping = True
                case "f" | "F" | "f*" | "B" | "B*" | "b" | "b*" | "S" | "s" | "n":
                    if points:
                        box = box_of(points)
                        ends = [*begins[1:], len(points)]
                        self.outlines = tuple(
                            box_of(points[start:end])
                            for start, end in zip(begins, ends, strict=True)
                            if end > start
                        )
                        if operator[0] in "fFBb":
                            self.mark("fill", box, parts, state, state.fill, state.fill_alpha)
                        if operator[0] in "SsBb":
                            thick = state.line_width * _scale(state.ctm) / 2
                            wide = (
                                box[0] - thick, box[1] - thick, box[2] + thick, box[3] + thick,
                            )  # fmt: skip
                            self.mark(
                                "stroke", wide, parts, state, state.stroke, state.stroke_alpha
                            )
                        if clipping:
                            state.clip = meet(state.clip, box)
                    elif clipping:
                        state.clip = (0.0, 0.0, 0.0, 0.0)
                    points, parts, begins, clipping = [], [], [], False
                    self.outlines = ()
                case "w":
                    state.line_width = float(operands[0])
                case "rg" | "g" | "k":
                    space = {"rg": "/DeviceRGB", "g": "/DeviceGray", "k": "/DeviceCMYK"}[operator]
                    state.fill_space = space
                    state.fill = _rgb(space, _numbers(operands))
                case "RG" | "G" | "K":
                    space = {"RG": "/DeviceRGB", "G": "/DeviceGray", "K": "/DeviceCMYK"}[operator]
                    state.stroke_space = space
                    state.stroke = _rgb(space, _numbers(operands))
                case "cs":
                    state.fill_space, state.fill = str(operands[0]), None
                case "CS":
                    state.stroke_space, state.stroke = str(operands[0]), None
                case "sc" | "scn":
                    state.fill = _rgb(state.fill_space, _numbers(operands))
                case "SC" | "SCN":
                    state.stroke = _rgb(state.stroke_space, _numbers(operands))
                case "gs":
                    self.set_state(state, resources, str(operands[0]))
                case "BT":
                    text = line = IDENTITY
                case "Tf":
                    state.font = self.font(resources, str(operands[0]))
                    state.size = float(operands[1])
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
                    if self.content:
                        self.content.pop()
                case "sh":
                    box = state.clip or self.sheet.box
                    self.mark("shading", box, [], state, None, state.fill_alpha)
                case "BI" | "INLINE IMAGE":
                    box = mapped(state.ctm, (0, 0, 1, 1))
                    self.mark("image", box, [], state, None, state.fill_alpha)
                case "Do":
                    self.draw(resources, str(operands[0]), state, depth)
                case _:
                    pass

    def begin(self, operands: Any, resources: Any) -> None:
        """Open marked content; keep its logical text."""
        properties = operands[1] if len(operands) > 1 else None
        if isinstance(properties, pikepdf.Name):
            properties = resources.get("/Properties", {}).get(str(properties))
        mcid: int | None = None
        if properties is not None and "/MCID" in properties:
            mcid = int(properties["/MCID"])
            if "/ActualText" in properties:
                self.sheet.actual[mcid] = str(properties["/ActualText"])
        self.content.append((mcid, str(operands[0]) == "/Artifact"))

    def set_state(self, state: _State, resources: Any, name: str) -> None:
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

    def mark(
        self,
        kind: str,
        box: Box,
        parts: list[Box],
        state: _State,
        colour: Colour | None,
        alpha: float,
    ) -> None:
        self.sheet.marks.append(
            Mark(
                self._next(), kind, box, tuple(parts), self.outlines, state.clip, colour,
                alpha * self.group_alpha, self.mcid, self.artifact,
            )
        )  # fmt: skip

    #: Boxes around the closed parts of the path that is being painted.
    outlines: tuple[Box, ...] = ()
    #: What the groups around let through.
    group_alpha: float = 1.0

    def draw(self, resources: Any, name: str, state: _State, depth: int) -> None:
        """Paint a form or an image."""
        source = resources.get("/XObject", {}).get(name)
        if source is None:
            return
        if str(source.get("/Subtype")) != "/Form":
            box = mapped(state.ctm, (0, 0, 1, 1))
            self.mark("image", box, [], state, None, state.fill_alpha)
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

    def show(
        self, shown: Any, text: Matrix, state: _State, stream: tuple[int, int], number: int
    ) -> Matrix:
        """Paint glyphs. Give the text matrix behind them."""
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
            self.sheet.runs.append(
                Run(
                    page=self.sheet.number,
                    order=self._next(),
                    font=font,
                    gids=gids,
                    origins=origins,
                    baseline=f,
                    em=em,
                    size_pt=_size(em),
                    upright=_upright(em),
                    colour=state.stroke if state.mode in (1, 5) else state.fill,
                    alpha=(state.stroke_alpha if state.mode in (1, 5) else state.fill_alpha)
                    * self.group_alpha,
                    mode=state.mode,
                    clip=state.clip,
                    mcid=self.mcid,
                    artifact=self.artifact,
                    stream=stream,
                    instruction=number,
                    masked=state.masked,
                )
            )
        return times((1, 0, 0, 1, along, 0), text)


def _numbers(operands: Any) -> tuple[float, ...]:
    return tuple(float(o) for o in operands if not isinstance(o, pikepdf.Name))


def _size(em: tuple[float, float, float, float]) -> float:
    """Give the lesser of width and height of an em on paper."""
    a, b, c, d = em
    wide = (a * a + b * b) ** 0.5
    return min(wide, abs(a * d - b * c) / wide) if wide else 0.0


def _upright(em: tuple[float, float, float, float]) -> bool:
    """Tell whether letters are neither mirrored nor turned or slanted by more than MOST_TILT."""
    a, b, c, d = em
    return a * d > b * c and abs(b) <= MOST_TILT * a and abs(c) <= MOST_TILT * d


def _scale(m: Matrix) -> float:
    """How much longer a length becomes, at most."""
    return float(max((m[0] ** 2 + m[1] ** 2) ** 0.5, (m[2] ** 2 + m[3] ** 2) ** 0.5))


def page_box(page: Any) -> Box:
    """Give the crop box of a page, which the media box bounds."""
    media = inherited(page, "/MediaBox")
    crop = inherited(page, "/CropBox")
    left, bottom, right, top = _numbers(media)
    box: Box = (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
    if crop is not None:
        left, bottom, right, top = _numbers(crop)
        met = meet(box, (min(left, right), min(bottom, top), max(left, right), max(bottom, top)))
        assert met is not None
        box = met
    return box


def read_page(page: Any, number: int, fonts: dict[tuple[int, int], Font]) -> Sheet:
    """Read what a page paints. `fonts` is shared by the pages of a document."""
    sheet = Sheet(number, page_box(page), content=page.objgen)
    resources = inherited(page, "/Resources")
    painter = _Painter(sheet, fonts)
    state = _State(ctm=IDENTITY, clip=None)
    painter.read(page, resources if resources is not None else pikepdf.Dictionary(), state)
    return sheet
