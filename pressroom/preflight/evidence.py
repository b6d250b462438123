"""Everything that the checks look at: a Proof and its Leaflet -> Evidence, parsed once, lazily."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pikepdf

from ..errors import HandoutError
from ..model import Leaflet, Proof
from ..scripts import script_of, stack
from .ink import Box, Colour, Font, Line, Mark, Run, Sheet, inherited, lines_of, read_page
from .shaping import Glyphs, glyphs, painted, true_to_pinned
from .tree import Element, Leaf, Tree, read_tree
from .words import essence

#: Controls that the words may hold but that no glyph shows.
_SHAPED = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


class UnreadableError(HandoutError):
    """The PDF is damaged, encrypted or none at all."""


#: What a PDF of unknown origin may cause that has other objects than its names promise.
MALFORMED = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError,
    ValueError, pikepdf.PdfError,
)  # fmt: skip


class UnjudgedError(Exception):
    """A check cannot be made here; says why. Ends as a finding `skipped`."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an element of the HTML came to stand."""

    #: Number of the page, from 0.
    page: int
    #: Points from the left and from the bottom.
    x: float
    y: float


class Evidence:
    """A typeset leaflet under examination."""

    def __init__(self, proof: Proof, leaflet: Leaflet | None) -> None:
        self.proof = proof
        self._leaflet = leaflet
        #: Results that several checks share, by name.
        self.shared: dict[str, Any] = {}

    @property
    def leaflet(self) -> Leaflet:
        """What the pages ought to show. Raises UnjudgedError where nobody knows."""
        if self._leaflet is None:
            raise UnjudgedError("the words of this PDF are not known; build it here to compare")
        return self._leaflet

    @cached_property
    def pdf(self) -> pikepdf.Pdf:
        """The parsed PDF. Raises UnreadableError."""
        try:
            return pikepdf.open(io.BytesIO(self.proof.pdf))
        except pikepdf.PasswordError:
            raise UnreadableError("", "the PDF is encrypted", "build it again") from None
        except pikepdf.PdfError as problem:
            said = f"the PDF cannot be read ({str(problem).rpartition(': ')[2]})"
            raise UnreadableError("", said, "build it again") from None

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """What each page paints. Raises UnreadableError."""
        fonts = self._fonts
        sheets = []
        for number, page in enumerate(self.pdf.pages):
            try:
                sheets.append(read_page(page.obj, number, fonts))
            except (TypeError, ValueError, OverflowError):
                # `inf` and `nan`, which styles can bring about, are no numbers of a PDF.
                said = "the page cannot be read: its instructions lack numbers"
                step = "look for huge lengths in the styles"
                raise UnreadableError(f"page {number + 1}", said, step) from None
        if not sheets:
            raise UnreadableError("", "the PDF has no pages", "build it again")
        return tuple(sheets)

    @cached_property
    def _fonts(self) -> dict[tuple[int, int], Font]:
        return {}

    @cached_property
    def fonts(self) -> tuple[Font, ...]:
        """The fonts that paint at least one glyph, by name."""
        used = {id(run.font): run.font for run in self.runs}
        return tuple(sorted(used.values(), key=lambda font: font.base_name))

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """All painted glyphs, page by page."""
        return tuple(run for sheet in self.sheets for run in sheet.runs)

    @cached_property
    def lines(self) -> tuple[tuple[Line, ...], ...]:
        """Painted text in lines, page by page."""
        return tuple(tuple(lines_of(sheet.runs)) for sheet in self.sheets)

    @cached_property
    def tree(self) -> Tree:
        """The structure. Raises UnreadableError where the PDF has none."""
        found = read_tree(self.pdf)
        if found is None:
            raise UnreadableError("", "the PDF is not tagged", "build it again")
        return found

    @staticmethod
    def resources(page: Any) -> Any:
        """Give the resources of a page."""
        found = inherited(page, "/Resources")
        return pikepdf.Dictionary() if found is None else found

    @cached_property
    def runs_of(self) -> dict[tuple[int, int], list[Run]]:
        """Painted glyphs by page and MCID."""
        found: dict[tuple[int, int], list[Run]] = {}
        for run in self.runs:
            if run.mcid is not None:
                found.setdefault((run.page, run.mcid), []).append(run)
        return found

    @cached_property
    def destinations(self) -> dict[str, Destination]:
        """Where the elements with an id came to stand, by id."""
        pages = {page.obj.objgen: number for number, page in enumerate(self.pdf.pages)}
        trees: Any = self.pdf.Root.get("/Names", {})
        names = trees.get("/Dests")
        found: dict[str, Destination] = {}
        todo = [names] if names is not None else []
        while todo:
            node = todo.pop()
            todo += list(node.get("/Kids", []))
            row = list(node.get("/Names", []))
            for name, target in zip(row[::2], row[1::2], strict=False):
                if isinstance(target, pikepdf.Dictionary):
                    target = target.get("/D", [])
                page = pages.get(target[0].objgen) if len(target) >= 4 else None
                if page is not None and str(target[1]) == "/XYZ":
                    found[str(name)] = Destination(page, float(target[2]), float(target[3]))
        return found

    def text_of_leaf(self, leaf: Leaf) -> str:
        """Give the logical text of marked content: what it says of itself, else ToUnicode."""
        element = leaf.element
        if element.actual is not None and len(element.kids) == 1:
            return element.actual
        said = self.sheets[leaf.page].actual.get(leaf.mcid)
        if said is not None:
            return said
        runs = self.runs_of.get((leaf.page, leaf.mcid), [])
        return "".join(run.font.texts.get(gid, "") for run in runs for gid in run.gids)

    def quote(self, line: Line, letters: int = 40) -> str:
        """Give the first letters of a line as they are read, for a message."""
        page, mcid = line.first.page, line.first.mcid
        owner = None if mcid is None else self.tree.owners.get((page, mcid))
        if mcid is None or owner is None:
            return line.text[:letters]
        return _SHAPED.sub("", self.text_of_leaf(Leaf(page, mcid, owner))).strip()[:letters]

    def leaves(self, element: Element) -> Iterator[Leaf]:
        """Give an element's marked content without list and footnote labels."""
        for kid in element.kids:
            if isinstance(kid, Leaf):
                yield kid
            elif kid.kind != "Lbl":
                yield from self.leaves(kid)

    def text(self, element: Element) -> str:
        """Give the logical text of an element."""
        return "".join(self.text_of_leaf(leaf) for leaf in self.leaves(element))

    @cached_property
    def essences(self) -> dict[Element, str]:
        """The essential text of each element."""
        parts: dict[Element, str] = {}
        # What stands in an element comes after it in reading order.
        for element in reversed(self.tree.elements):
            parts[element] = "".join(
                essence(self.text_of_leaf(kid)) if isinstance(kid, Leaf) else parts[kid]
                for kid in element.kids
                if isinstance(kid, Leaf) or kid.kind != "Lbl"
            )
        return parts

    @cached_property
    def by_essence(self) -> dict[str, list[Element]]:
        """Elements in reading order by their essential text."""
        found: dict[str, list[Element]] = {}
        for element in self.tree.elements:
            found.setdefault(self.essences[element], []).append(element)
        return found

    def in_order(self, piece: str, shown: Glyphs, bold: bool, leaf: Leaf) -> bool:
        """Tell whether a figure's glyphs stand among painted ones from left to right."""
        language = self.language(leaf.element)
        for families in self._stacks:
            wanted = glyphs(_SHAPED.sub("", piece), families, bold, False, language)
            size = len(wanted)
            if any(shown[i : i + size] == wanted for i in range(len(shown) - size + 1)):
                return True
        return False

    @cached_property
    def title(self) -> str:
        """The title in the document's information or its metadata."""
        information: Any = self.pdf.trailer.get("/Info", {})
        if str(information.get("/Title", "")).strip():
            return str(information["/Title"])
        with self.pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            return str(metadata.get("dc:title", "")).strip()

    @cached_property
    def _stacks(self) -> tuple[tuple[str, ...], ...]:
        """The families of the leaflet's stacks: its own first, then the source language's."""
        locales = (self.leaflet.locale, self.leaflet.source_locale)
        found = (tuple(face.family for face in stack(script_of(locale))) for locale in locales)
        return tuple(dict.fromkeys(found))

    @cached_property
    def false_fonts(self) -> tuple[Font, ...]:
        """Embedded fonts that draw other letters than the pinned files of their names."""
        used: dict[Font, set[int]] = {}
        for run in self.runs:
            used.setdefault(run.font, set()).update(run.gids)
        return tuple(font for font, gids in used.items() if not true_to_pinned(font, gids))

    def language(self, element: Element) -> str:
        """Give the language of an element, as its PDF says."""
        here: Element | None = element
        while here is not None:
            if here.lang:
                return here.lang
            here = here.parent
        return self.leaflet.locale.code

    def true_glyphs(self, leaf: Leaf) -> bool:
        """Tell whether the painted glyphs of marked content are those of its text."""
        memory: dict[tuple[int, int], bool] = self.shared.setdefault("true_glyphs", {})
        key = (leaf.page, leaf.mcid)
        if key not in memory:
            memory[key] = self._true_glyphs(leaf)
        return memory[key]

    def _true_glyphs(self, leaf: Leaf) -> bool:
        runs = self.runs_of.get((leaf.page, leaf.mcid), [])
        text = _SHAPED.sub("", self.text_of_leaf(leaf))
        found = painted(runs)
        if not text.strip():
            return not found
        bold = any(run.font.bold for run in runs)
        own = self.leaflet.locale.direction == "rtl"
        language = self.language(leaf.element)
        return any(
            found == glyphs(text, families, bold, rtl, language, ligatures)
            for ligatures in (True, False)
            for families in self._stacks
            for rtl in (own, not own)
        )

    def ground(self, run: Run, ink: Box) -> Colour | None:
        """Give the colour behind the middle of a run's letters."""
        x, y = (ink[0] + ink[2]) / 2, (ink[1] + ink[3]) / 2
        found: Colour = (1.0, 1.0, 1.0)
        for mark in self.sheets[run.page].marks:
            if mark.order > run.order:
                break
            left, bottom, right, top = mark.shown
            if not (left <= x <= right and bottom <= y <= top) or _hollow(mark, x, y):
                continue
            if mark.kind != "fill" or mark.colour is None or mark.alpha < 1 or not mark.parts:
                return self._dot(run.page, x, y)
            found = mark.colour
        return found

    def _dot(self, page: int, x: float, y: float) -> Colour | None:
        """Look up a colour on the page painted without its text."""
        from .raster import backgrounds

        rasters: dict[int, Any] = self.shared.setdefault("backgrounds", {})
        if page not in rasters:
            rasters.update(backgrounds(self, [page]))
        raster = rasters[page]
        dots = raster.cut(raster.area((x, y, x, y)))
        if not dots:
            return None
        count = len(dots) // 3
        blue, green, red = (sum(dots[i::3]) / count / 255 for i in range(3))
        return red, green, blue


def _hollow(mark: Mark, x: float, y: float) -> bool:
    """Tell whether a point stands inside a border, not on it."""
    if mark.kind == "stroke":
        return bool(mark.parts) or mark.box[2] - mark.box[0] > 12
    within = sum(p[0] < x < p[2] and p[1] < y < p[3] for p in mark.parts)
    return len(mark.parts) >= 2 and within % 2 == 0
