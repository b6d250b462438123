"""Decide how a leaflet is set: Leaflet, Clinic and Theme -> Setting."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..content.theme import Theme
from ..core.locales import COUNTERS
from ..core.model import EDITIONS, Clinic, Leaflet
from ..fonts.scripts import SIDES_MM, Script, script_of, stack

#: Step between type sizes, in points.
STEP = 0.5

#: Headings hang in a side column; it is narrow, and the text wide; leading and white are close.
RUNGS = ("hanging", "wide", "close")

#: CSS page size by the clinic's paper, whole and halved.
PAGES = {
    ("A4", False): "A4", ("A4", True): "148.5mm 210mm",
    ("Letter", False): "Letter", ("Letter", True): "5.5in 8.5in",
}  # fmt: skip

#: Width and height of the text on these pages in millimetres, roughly: stylesheets set margins.
_TEXT_MM = {
    ("A4", False): (178, 261), ("A4", True): (126, 180),
    ("Letter", False): (184, 243), ("Letter", True): (118, 186),
}  # fmt: skip

#: Room that a text takes, as a share of its room in the standard edition: large print has smaller
#: headings for its size; in two languages, half the lines stand beside the others.
_DENSE = {"large-print": 0.87, "bilingual": 0.75}

#: Height of a line to write on: who needs large print writes large.
_RULE_MM = {"large-print": 13.0}

#: How the first page is arranged where it has too little room, by edition: `flow` sets short signs
#: of the emergency box on one line, `beside` its ranks beside each other, `box-first` the main
#: message behind it; `crowded` saves what can be.
_SHORT = (
    "", "flow", "beside", "flow box-first", "beside flow box-first",
    "flow box-first crowded", "beside flow box-first crowded",
)  # fmt: skip
_ARRANGEMENTS = {
    "large-print": _SHORT,
    "booklet": _SHORT,
    "bilingual": ("", "box-first", "box-first crowded"),
}

#: Line height of headings that their margins are made for.
HEADING = 1.2

#: Margins above and below headings in ems, by level; those of level 2 where a text is set close.
_MARGINS = {
    "1": (0.4, 0.22), "2": (0.6, 0.15), "3": (0.55, 0.15), "4": (0.6, 0.2), "close": (0.35, 0.08),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a setting reads from files, for a machine that does not have them."""

    #: Text and address of each stylesheet, by path.
    sheets: Mapping[Path, tuple[str, str]]
    #: Bytes of the images that the site's stylesheets may use, by path.
    images: Mapping[Path, bytes]


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything that decides how HTML becomes pages, save the HTML itself."""

    #: Stylesheets of the theme in the order of the cascade.
    stylesheets: tuple[Path, ...]
    #: The stylesheet that saves room, read after them where a text would else be too long.
    tight_stylesheet: Path
    #: The site's own stylesheets, read after all others.
    site_stylesheets: tuple[Path, ...]
    #: CSS of this leaflet before all others: paper, colours, fonts of its script.
    css: str
    #: Type sizes in points.
    floor_pt: float
    ceiling_pt: float
    #: The most pages; None where the topic sets no budget.
    page_budget: int | None
    #: Folders whose images the stylesheets may use.
    roots: tuple[Path, ...]
    #: Number of words of the source text, to tell by how many words a text is too long.
    source_words: int
    #: Pages on one sheet of paper: two, or four where a page is half a side.
    pages_a_sheet: int = 2
    halved: bool = False
    #: `ltr` or `rtl`.
    direction: str = "ltr"
    #: For an archive: PDF/A-2a that is PDF/UA-1, too.
    archival: bool = False
    #: Ids of elements that have to stand on the first page, and of those that have to stand
    #: together on one page, whichever.
    first_page: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    #: Classes of the body in which the first page has more room, in the order in which they are
    #: tried (`first_page`).
    arrangements: tuple[str, ...] = ()
    #: For the estimate of the number of pages: the families of the script in order, the line
    #: height in ems, width and height of a page's text in millimetres, and `_DENSE` of the edition.
    families: str = "Noto Sans"
    line_height: float = 1.4
    text_mm: tuple[float, float] = _TEXT_MM["A4", False]
    dense: float = 1.0
    #: CSS of a narrow side column; empty where there is none, or where it is narrow in any case.
    wide: str = ""
    #: Height of a line to write on in millimetres, as a rule: stylesheets set it.
    rule_mm: float = 8.5
    #: Set only where another machine typesets.
    bundle: Bundle | None = None

    def read(self, path: Path) -> tuple[str, str]:
        """Return the text of one of its stylesheets, and the base URL of its images."""
        if self.bundle is not None:
            return self.bundle.sheets[path]
        return path.read_text(encoding="utf-8"), path.resolve().as_uri()

    @property
    def rungs(self) -> tuple[str, ...]:
        """Ways to set the leaflet, each closer than the one before it.

        Without a page budget, there is no need for any but the first.
        """
        if self.page_budget is None:
            return RUNGS[:1]
        return RUNGS if self.wide else (RUNGS[0], RUNGS[-1])

    @property
    def images(self) -> Mapping[Path, bytes] | None:
        """Images of another machine; None where files are read."""
        return self.bundle.images if self.bundle else None

    @property
    def files(self) -> tuple[Path, ...]:
        """Every stylesheet that may be read, in the order of the cascade."""
        return (*self.stylesheets, self.tight_stylesheet, *self.site_stylesheets)


def _side(side_mm: tuple[int, int]) -> str:
    """Return how wide the side column and the gap beside it are, as custom properties."""
    side, gap = side_mm
    return f"--side: {side}mm; --gap: {gap}mm; --indent: {side + gap}mm;"


def _css(leaflet: Leaflet, clinic: Clinic) -> str:
    script = script_of(leaflet.locale)
    source_script = script_of(leaflet.source_locale)
    families = ", ".join(f'"{face.family}"' for face in stack(script))
    source_families = ", ".join(f'"{face.family}"' for face in stack(source_script))
    counter = COUNTERS[leaflet.locale.numbering]
    small = max(1.25, script.line_height * 0.9)
    steep = ""
    if script.bold_height is not None:
        steep = f"h1 {{ padding: {script.reach * 0.8:g}em 0 }}\n"
        steep += f".main-message > p:first-child {{ line-height: {script.bold_height:g} }}\n"
    return f"""\
@page {{ size: {PAGES[clinic.paper, EDITIONS[leaflet.edition].halved]} }}
html {{
  --accent: {clinic.accent};
  --tight-line-height: {script.tight:g};
  --tight-source-line-height: {source_script.tight:g};
  --heading-line-height: {script.heading:g};
  {_side(script.side_mm)}
{_heading_margins(script)}
  --title-line-height: {max(1.2, script.tight):.3g};
  --small-line-height: {small:.3g};
  --band-line-height: {max(1.15, script.tight * 0.87):.3g};
  --reach: {script.reach:g}em;
  --foot-line-height: {max(1.2, script.line_height * 0.8):.3g};
  --label-line-height: {max(1.15, script.line_height * 0.85):.3g};
  font-family: {families};
  line-height: {script.line_height:g};
{_wrapping(script)}
}}
span[dir="ltr"] {{ font-family: {source_families} }}
.folio-n::before {{ content: counter(page, {counter}) }}
.folio-N::before {{ content: counter(pages, {counter}) }}
ol {{ list-style-type: {counter} }}
.source ol {{ list-style-type: {COUNTERS[leaflet.source_locale.numbering]} }}
[lang="{leaflet.source_locale.code}"] {{
  font-family: {source_families};
  line-height: {source_script.line_height:g};
{_wrapping(source_script)}
}}
{steep}"""


def _heading_margins(script: Script) -> str:
    """Return margins of headings in ems, by their level, as custom properties.

    Lines of tall scripts need room between them; above the first and below the last, it is a part
    of the margin. Worked out here, since WeasyPrint keeps every error that it meets in `calc()` of
    relative lengths, with all that led there.
    """
    over = (script.heading - HEADING) / 2
    return "\n".join(
        f"  --above-{level}: {above - over:.3g}em; --below-{level}: {below - over:.3g}em;"
        for level, (above, below) in _MARGINS.items()
    )


def _wrapping(script: Script) -> str:
    """Return where lines of a script break, as declarations."""
    word, wrap = (
        "keep-all" if script.keep_all else "normal",
        "break-word" if script.may_part else "normal",
    )
    return f"  word-break: {word};\n  overflow-wrap: {wrap};"


def _anchors(leaflet: Leaflet, placement: str) -> tuple[str, ...]:
    return tuple(n.anchor for n in leaflet.required if n.rule.placement == placement)


def _signs(leaflet: Leaflet) -> tuple[str, ...]:
    """Return the anchors of what stands in the emergency box."""
    blocks = (block for rank in leaflet.topic.emergency for block in rank.walk())
    return tuple(block.message.anchor for block in blocks if block.message)


def setting_of(leaflet: Leaflet, clinic: Clinic, theme: Theme) -> Setting:
    edition, script = EDITIONS[leaflet.edition], script_of(leaflet.locale)
    floor = max(edition.floor_pt, script.least_pt)
    narrow = min(SIDES_MM)
    widens = leaflet.edition == "standard" and script.side_mm != narrow
    return Setting(
        stylesheets=theme.stylesheets(leaflet.edition, leaflet.locale.direction),
        tight_stylesheet=theme.style("tight.css"),
        site_stylesheets=theme.site_css,
        css=_css(leaflet, clinic),
        floor_pt=floor,
        ceiling_pt=max(floor, edition.ceiling_pt),
        page_budget=leaflet.page_budget,
        pages_a_sheet=edition.pages_a_sheet,
        halved=edition.halved,
        direction=leaflet.locale.direction,
        first_page=(*_anchors(leaflet, "first-page"), *_signs(leaflet)),
        together=(*_anchors(leaflet, "before-therapy"), leaflet.topic.therapy_anchor),
        arrangements=_ARRANGEMENTS.get(leaflet.edition, ()),
        families=", ".join(face.family for face in stack(script)),
        line_height=script.line_height,
        text_mm=_TEXT_MM[clinic.paper, edition.halved],
        dense=_DENSE.get(leaflet.edition, 1.0),
        wide=f"html {{ {_side(narrow)} }}" if widens else "",
        rule_mm=_RULE_MM.get(leaflet.edition, 8.5),
        roots=theme.own_styles,
        source_words=sum(len(message.text.split()) for message in leaflet.topic.messages),
    )


#: Media types of images by the ends of their names.
KINDS = {
    ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
}  # fmt: skip


def images_below(roots: Iterable[Path]) -> Iterator[Path]:
    """Yield every image below folders, but none that a symbolic link leads to outside of them.

    The folders are resolved paths.
    """
    for root in roots:
        for folder, _, names in os.walk(root):
            for path in (Path(folder, name) for name in sorted(names)):
                known = path.suffix.lower() in KINDS and path.is_file()
                if known and path.resolve().is_relative_to(root):
                    yield path


@lru_cache(maxsize=64)
def minified(text: str) -> str:
    """Return a stylesheet without comments, and with a single space for all white space.

    One space stays, since it may part selectors; comments stand for nothing (CSS Syntax 3, 4.3.2).
    Two texts with the same result set the same pages. What cannot be parsed stays as an error
    token, and what is nested too deeply to walk through stays as it is.
    """
    import tinycss2

    try:
        tokens = tinycss2.parse_component_value_list(text, skip_comments=True)
        _narrow(tokens)
        return str(tinycss2.serialize(tokens)).strip()
    except RecursionError:
        return text


def _narrow(tokens: list[Any]) -> None:
    """Make each white space token a single space; strings keep theirs."""
    for token in tokens:
        if token.type == "whitespace":
            token.value = " "
        for inner in ("content", "arguments"):
            _narrow(getattr(token, inner, None) or [])
