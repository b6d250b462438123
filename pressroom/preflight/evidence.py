"""Everything that the checks look at: a Proof and its Leaflet -> Evidence, read once, lazily."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import pikepdf

from ..core.directions import has_own_digits, has_rtl
from ..core.errors import HandoutError
from ..core.model import EDITIONS, Leaflet, Proof, plain
from ..fonts.scripts import script_of, stack
from .pdf.font import Font
from .pdf.interpreter import read_page
from .pdf.marks import GlyphRun, PaintedPage, TextLine, lines_of
from .pdf.structure import Element, Leaf, Tree, read_tree
from .text.normalise import normalised
from .text.shaping import glyphs, painted, true_to_pinned

#: A hyphen between letters, with two characters on each side.
_HYPHEN = re.compile(r"(?=(.[^\W\d_][-\u2010][^\W\d_].))")
#: Controls that the words may hold but that no glyph shows. A soft hyphen shows at the end of a
#: line that was broken at it.
_SHAPED = re.compile("\u00ad(?!$)|[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


#: Width and height of papers in points (ISO 216; ANSI/ASME Y14.1).
PAPER_PT = {"A4": (210 / 25.4 * 72, 297 / 25.4 * 72), "Letter": (612.0, 792.0)}


class UnreadableError(HandoutError):
    """The PDF is damaged, encrypted or none at all."""


#: Errors that a PDF of unknown origin may cause, whose objects are not what its names promise.
MALFORMED = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError,
    ValueError, pikepdf.PdfError,
)  # fmt: skip


class UnjudgedError(Exception):
    """A check cannot be made, for this reason: it ends as a finding `skipped`."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an element of the HTML came to stand."""

    #: Number of the page, from 0.
    page: int
    #: Points from the left and from the bottom.
    x: float
    y: float


_P = ParamSpec("_P")
_T = TypeVar("_T")


def found_once(
    find: Callable[Concatenate[Evidence, _P], _T],
) -> Callable[Concatenate[Evidence, _P], _T]:
    """Keep what a function finds on an Evidence, by its other arguments: several checks ask."""

    @wraps(find)
    def kept(evidence: Evidence, /, *args: _P.args, **named: _P.kwargs) -> _T:
        key = (find, args, *named.items())
        if key not in evidence.found:
            evidence.found[key] = find(evidence, *args, **named)
        result: _T = evidence.found[key]
        return result

    return kept


class Evidence:
    """A typeset leaflet under examination."""

    def __init__(self, proof: Proof, leaflet: Leaflet | None) -> None:
        self.proof = proof
        self._leaflet = leaflet
        #: See `found_once`.
        self.found: dict[Any, Any] = {}
        self._fonts: dict[tuple[int, int], Font] = {}

    @property
    def leaflet(self) -> Leaflet:
        """The words that the pages must show. Raises UnjudgedError where nobody knows them."""
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
    def pages(self) -> tuple[PaintedPage, ...]:
        """What each page paints. Raises UnreadableError."""
        pages = []
        for number, page in enumerate(self.pdf.pages):
            try:
                pages.append(read_page(page.obj, number, self._fonts))
            except (TypeError, ValueError, OverflowError):
                # `inf` and `nan`, which styles can bring about, are no numbers of a PDF.
                said = "the page cannot be read: its instructions lack numbers"
                step = "look for huge lengths in the styles"
                raise UnreadableError(f"page {number + 1}", said, step) from None
        if not pages:
            raise UnreadableError("", "the PDF has no pages", "build it again")
        return tuple(pages)

    @cached_property
    def fonts(self) -> tuple[Font, ...]:
        """The fonts that paint at least one glyph, by name."""
        used = {id(run.font): run.font for run in self.runs}
        return tuple(sorted(used.values(), key=lambda font: font.base_name))

    @cached_property
    def runs(self) -> tuple[GlyphRun, ...]:
        """All glyph runs, page by page."""
        return tuple(run for page in self.pages for run in page.runs)

    @property
    def paper(self) -> tuple[float, float]:
        """Width and height of a page of the leaflet's paper and edition, in points."""
        width, height = PAPER_PT[self.leaflet.clinic.paper]
        return (height / 2, width) if EDITIONS[self.leaflet.edition].halved else (width, height)

    @cached_property
    def reduction(self) -> float:
        """How many times smaller pages become at most, so that they go on their paper."""
        width, height = self.paper
        trims = [page.trim for page in self.pages]
        return min(
            1.0,
            *(width / (t[2] - t[0]) for t in trims if t[2] > t[0]),
            *(height / (t[3] - t[1]) for t in trims if t[3] > t[1]),
        )

    @cached_property
    def lines(self) -> tuple[tuple[TextLine, ...], ...]:
        """The lines of each page, as painted."""
        return tuple(tuple(lines_of(page.runs)) for page in self.pages)

    @cached_property
    def _lines_of(self) -> dict[tuple[int, int], list[TextLine]]:
        """Lines by page and MCID."""
        found: dict[tuple[int, int], list[TextLine]] = {}
        for line in (line for lines in self.lines for line in lines):
            if line.first.mcid is not None:
                found.setdefault((line.first.page, line.first.mcid), []).append(line)
        return found

    def lines_in(self, *leaves: Leaf) -> list[TextLine]:
        """Return the lines of marked content, each piece as painted."""
        return [line for leaf in leaves for line in self._lines_of.get((leaf.page, leaf.mcid), ())]

    @cached_property
    def tree(self) -> Tree:
        """The structure. Raises UnreadableError where the PDF has none."""
        found = read_tree(self.pdf)
        if found is None:
            raise UnreadableError("", "the PDF is not tagged", "build it again")
        return found

    @cached_property
    def _runs_of(self) -> dict[tuple[int, int], list[GlyphRun]]:
        """Glyph runs by page and MCID."""
        found: dict[tuple[int, int], list[GlyphRun]] = {}
        for run in self.runs:
            if run.mcid is not None:
                found.setdefault((run.page, run.mcid), []).append(run)
        return found

    def runs_in(self, *leaves: Leaf) -> list[GlyphRun]:
        """Return the glyph runs of marked content, each piece as painted."""
        return [run for leaf in leaves for run in self._runs_of.get((leaf.page, leaf.mcid), ())]

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """All marked content that an element owns, in the order of the structure."""
        return tuple(Leaf(page, mcid, owner) for (page, mcid), owner in self.tree.owners.items())

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

    @cached_property
    def title(self) -> str:
        """The title in the document's information or its metadata."""
        information: Any = self.pdf.trailer.get("/Info", {})
        if str(information.get("/Title", "")).strip():
            return str(information["/Title"])
        with self.pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            return str(metadata.get("dc:title", "")).strip()

    def text_of_leaf(self, leaf: Leaf) -> str:
        """Return the logical text of marked content: its ActualText, else by ToUnicode."""
        element = leaf.element
        if element.actual is not None and len(element.kids) == 1:
            return element.actual
        actual = self.pages[leaf.page].actual.get(leaf.mcid)
        if actual is not None:
            return actual
        return "".join(run.text for run in self.runs_in(leaf))

    def quote(self, line: TextLine, letters: int = 40) -> str:
        """Return the first letters of a line as they are read, for a message."""
        page, mcid = line.first.page, line.first.mcid
        owner = None if mcid is None else self.tree.owners.get((page, mcid))
        if mcid is None or owner is None:
            return line.text[:letters]
        return _SHAPED.sub("", self.text_of_leaf(Leaf(page, mcid, owner))).strip()[:letters]

    def leaves_of(self, element: Element) -> Iterator[Leaf]:
        """Yield an element's marked content without list and footnote labels."""
        for kid in element.kids:
            if isinstance(kid, Leaf):
                yield kid
            elif kid.kind != "Lbl":
                yield from self.leaves_of(kid)

    def text(self, element: Element) -> str:
        """Return the logical text of an element."""
        return "".join(self.text_of_leaf(leaf) for leaf in self.leaves_of(element))

    @cached_property
    def _hyphenated(self) -> frozenset[str]:
        """What stands around the hyphens in the words of the leaflet, two letters on each side."""
        leaflet = self._leaflet
        if leaflet is None:
            return frozenset()
        spans = (*leaflet.words.values(), *leaflet.source_words.values())
        notices = (notice.words for notice in leaflet.required)
        texts = (*map(plain, (*spans, *notices)), *leaflet.labels, *leaflet.labels.values())
        return frozenset(part for text in texts for part in _HYPHEN.findall(normalised(text)))

    def divides(self, before: str, after: str) -> bool:
        """Return whether a hyphen at the end of a line only divides a word there."""
        around = _HYPHEN.match(before[-3:] + after[:2])
        known = self._leaflet is not None
        return known and around is not None and around[1] not in self._hyphenated

    @cached_property
    def normal_text(self) -> dict[Element, str]:
        """The normalised text of each element."""
        parts: dict[Element, str] = {}
        # Kids come after their element in reading order.
        for element in reversed(self.tree.elements):
            found = ""
            for kid in element.kids:
                if isinstance(kid, Leaf):
                    more = normalised(self.text_of_leaf(kid))
                else:
                    more = "" if kid.kind == "Lbl" else parts[kid]
                found = (found[:-1] if self.divides(found, more) else found) + more
            parts[element] = found
        return parts

    @cached_property
    def by_normal_text(self) -> dict[str, list[Element]]:
        """Elements in reading order by their normalised text."""
        found: dict[str, list[Element]] = {}
        for element in self.tree.elements:
            found.setdefault(self.normal_text[element], []).append(element)
        return found

    @cached_property
    def blocks(self) -> tuple[Element, ...]:
        """Elements with text that stand in no other line of text, in reading order."""
        return tuple(e for e in self.tree.elements if self.normal_text[e] and e.block is e)

    @cached_property
    def _stacks(self) -> tuple[tuple[str, ...], ...]:
        """The families of the leaflet's own stack, and of the source language's."""
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
        """Return the language of an element by the PDF, else that of the leaflet."""
        here: Element | None = element
        while here is not None:
            if here.lang:
                return here.lang
            here = here.parent
        return self.leaflet.locale.code

    def true_glyphs(self, leaf: Leaf) -> bool:
        """Return whether the painted glyphs of marked content are those of its text."""
        key = ("true_glyphs", leaf.page, leaf.mcid)
        if key not in self.found:
            self.found[key] = self._true_glyphs(leaf)
        return bool(self.found[key])

    def _true_glyphs(self, leaf: Leaf) -> bool:
        runs = self.runs_in(leaf)
        text = _SHAPED.sub("", self.text_of_leaf(leaf)).replace("\u00ad", "-")
        found = painted(runs)
        if not text.strip():
            return not found
        bold = any(run.font.bold for run in runs)
        own = self.leaflet.locale.direction == "rtl"
        overridden = has_own_digits(text) and not has_rtl(text)
        language = self.language(leaf.element)
        return any(
            found == glyphs(text, families, bold, rtl, language, ligatures)
            for ligatures in (True, False)
            for families in self._stacks
            for rtl in (own, not own, *((None,) if overridden else ()))
        )
