"""What a page paints: runs of glyphs, lines of them, and other marks, in points on the page."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .colour import Colour
from .font import Font
from .geometry import Box, mapped, meet, union


@dataclass(slots=True, eq=False)
class GlyphRun:
    """Glyphs that one text operator paints."""

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
    #: An em on the page: a, b, c, d of a matrix.
    em: tuple[float, float, float, float]
    #: Size on paper in points: the lesser of height and width of the em.
    size_pt: float
    #: Whether the letters stand upright, or near to it: not mirrored, turned or slanted away.
    upright: bool
    #: Device colour; None for one that only the raster shows (patterns, unknown spaces).
    colour: Colour | None
    alpha: float
    #: Text rendering mode (ISO 32000-1, table 106).
    mode: int
    clip: Box | None
    mcid: int | None
    #: Object number and generation of its content stream, and the number of its instruction.
    stream: tuple[int, int]
    instruction: int
    #: Whether a soft mask or a blend mode is at work.
    masked: bool = False
    _boxes: list[tuple[int, Box]] | None = None
    _around: Box | None = None

    def ink_boxes(self) -> list[tuple[int, Box]]:
        """Return the number and the ink box of each glyph that has ink."""
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
    def invisible(self) -> bool:
        """Whether its rendering mode leaves no ink."""
        return self.mode in (3, 7)

    @property
    def ink(self) -> Box | None:
        """The box around all of its ink; None where it leaves none."""
        if self._around is None:
            boxes = [box for _, box in self.ink_boxes()]
            self._around = union(boxes) if boxes else None
        return self._around

    @property
    def text(self) -> str:
        """Text of its glyphs by ToUnicode: good for messages, not for proofs."""
        return "".join(self.font.texts.get(gid, "") for gid in self.gids)

    @property
    def left(self) -> float:
        """The leftmost origin of a glyph."""
        return min(x for x, _ in self.origins)


@dataclass(slots=True, eq=False)
class TextLine:
    """Runs that follow each other in one piece of marked content, in one size and colour.

    Raised glyphs are runs of their own, and Nastaliq has thousands of them.
    """

    runs: list[GlyphRun]
    #: Box around all of its ink.
    ink: Box

    @property
    def first(self) -> GlyphRun:
        """The run whose size, colour and clip stand for all."""
        return self.runs[0]

    @property
    def text(self) -> str:
        """Text of its glyphs by ToUnicode: good for messages, not for proofs."""
        return "".join(run.text for run in self.runs).replace("\u200b", "").strip()

    def _glyphs(self) -> Iterator[tuple[float, float, bool]]:
        """Yield start and advance in ems of each glyph, and whether it has ink, as painted."""
        for run in self.runs:
            font, (a, b, _, _) = run.font, run.em
            em = (a * a + b * b) ** 0.5
            for gid, (x, _) in zip(run.gids, run.origins, strict=True):
                advance = font.widths.get(gid, font.default_width) / 1000
                yield x / em, advance, font.ink(gid) is not None

    @property
    def length_share(self) -> float:
        """Length of the line as a share of the sum of its advances; 1 for a few letters."""
        glyphs = list(self._glyphs())
        needed = sum(advance for _, advance, _ in glyphs)
        if needed <= 3:
            return 1.0
        # A mark, which has no advance, may begin behind the letter that it stands on.
        end = max(x + advance for x, advance, _ in glyphs)
        return (end - min(x for x, _, _ in glyphs)) / needed

    @property
    def steps_back(self) -> bool:
        """Whether a letter begins before the one that was painted before it; never for Nastaliq."""
        if self.is_nastaliq:
            return False
        starts = [x for x, advance, ink in self._glyphs() if ink and advance > 0]
        return any(there < here - 0.05 for here, there in itertools.pairwise(starts))

    @property
    def overlap_em(self) -> float:
        """How far ink reaches into that of the next letter, in ems, for the median of letters.

        Less than 0 where they stand apart, or are few.
        """
        boxes = [box for run in self.runs for _, box in run.ink_boxes()]
        found = sorted(here[2] - there[0] for here, there in itertools.pairwise(boxes))
        return found[len(found) // 2] / self.first.size_pt if len(found) > 3 else -1.0

    @property
    def is_wide(self) -> bool:
        """Whether it has East Asian text, whose justified lines have gaps between all letters."""
        return any(unicodedata.east_asian_width(c) in "WF" for c in self.text)

    @property
    def is_nastaliq(self) -> bool:
        """Whether its words slope, and climb back over each other and the space between them."""
        return any("Nastaliq" in run.font.family for run in self.runs)

    @property
    def space_em(self) -> float | None:
        """Median length of the white space between words, in ems; None where there is none.

        None for Nastaliq, too.
        """
        if self.is_nastaliq:
            return None
        spaces: list[float] = []
        end: float | None = None
        apart = False
        for x, advance, ink in self._glyphs():
            if not advance:
                continue
            if not ink:
                apart = True
                continue
            if apart and end is not None:
                spaces.append(x - end)
            end, apart = x + advance, False
        return sorted(spaces)[len(spaces) // 2] if spaces else None

    @property
    def gap_em(self) -> float:
        """Distance of letters beyond their advances, in ems, that most of them do not exceed.

        White space does not count. Letters of one syllable may stand on each other, whatever is
        between syllables: so most is more than half.
        """
        gaps: list[float] = []
        end: float | None = None
        # A mark without an advance stands over the letter before it.
        for x, advance, ink in sorted(glyph for glyph in self._glyphs() if glyph[1]):
            if ink and end is not None:
                gaps.append(x - end)
            end = x + advance if ink else None
        return sorted(gaps)[int(len(gaps) * 0.7)] if len(gaps) > 3 else 0.0


def lines_of(runs: Sequence[GlyphRun]) -> list[TextLine]:
    """Return runs as lines; those without ink belong to none."""
    found: list[TextLine] = []
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
        found.append(TextLine([run], ink))
    return found


@dataclass(slots=True, eq=False)
class Mark:
    """A painted path, image or shading."""

    #: Rank among all that the page paints.
    order: int
    #: `fill`, `stroke`, `shading` or `image`.
    kind: str
    #: Box around it, without its clip.
    box: Box
    #: Boxes of the rectangles in the path.
    parts: tuple[Box, ...]
    #: Boxes around each part of the path, rectangles included.
    outlines: tuple[Box, ...]
    clip: Box | None
    colour: Colour | None
    alpha: float
    mcid: int | None

    @property
    def shown(self) -> Box:
        """The part of the box that the clip lets through."""
        found = meet(self.box, self.clip)
        assert found is not None
        return found


@dataclass(slots=True)
class PaintedPage:
    """What one page paints, in the order of painting."""

    #: Number of the page, from 0.
    number: int
    #: The crop box: what a printer gets.
    box: Box
    #: What is left of it once the paper is cut.
    trim: Box
    runs: list[GlyphRun] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    #: ActualText of marked content by MCID.
    actual: dict[int, str] = field(default_factory=dict)
    #: Object number and generation of the page itself, which its content is kept under.
    content: tuple[int, int] = (0, 0)
    #: Instructions of the page and of each form that it draws, by object.
    streams: dict[tuple[int, int], list[Any]] = field(default_factory=dict)
