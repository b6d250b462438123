"""How a leaflet is to be set: Leaflet and Clinic -> Setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..model import EDITIONS, Clinic, Leaflet
from ..scripts import script_of, stack
from ..theme import Theme

#: Step between type sizes, in points.
STEP = 0.5

#: The clinic's paper, and half of it: sizes for CSS.
PAGES = {
    ("A4", False): "A4", ("A4", True): "148.5mm 210mm",
    ("Letter", False): "Letter", ("Letter", True): "5.5in 8.5in",
}  # fmt: skip

#: Width and height of the text on them, in millimetres, about: margins are the stylesheets' own.
_TEXT_MM = {
    ("A4", False): (178, 261), ("A4", True): (126, 180),
    ("Letter", False): (184, 243), ("Letter", True): (118, 186),
}  # fmt: skip

#: Large print has smaller headings for its size; of two languages, half the lines stand beside
#: the others.
_DENSE = {"large-print": 0.88, "bilingual": 0.79}

#: CSS counter styles for CLDR's numbering systems.
COUNTERS = {
    "arab": "arabic-indic", "arabext": "persian", "beng": "bengali", "deva": "devanagari",
    "gujr": "gujarati", "guru": "gurmukhi", "khmr": "cambodian", "knda": "kannada",
    "laoo": "lao", "latn": "decimal", "mlym": "malayalam", "mymr": "myanmar",
    "orya": "oriya", "tamldec": "tamil", "telu": "telugu", "thai": "thai", "tibt": "tibetan",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Luggage:
    """What a setting reads from files, for a machine that does not have them."""

    #: Text and address of each stylesheet, by path.
    sheets: Mapping[Path, tuple[str, str]]
    #: Images that the site's stylesheets may use, by path.
    images: Mapping[Path, bytes]


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything that decides how HTML becomes pages, save the HTML itself."""

    #: Stylesheets of the theme in the order of the cascade.
    stylesheets: tuple[Path, ...]
    #: The stylesheet that saves room, read last where a text would else be too long.
    tight_stylesheet: Path
    #: The site's own stylesheets, read after all others.
    site_stylesheets: tuple[Path, ...]
    #: What this leaflet adds before them: paper, colours, fonts of its script.
    css: str
    #: Type sizes in points.
    floor_pt: float
    ceiling_pt: float
    #: The most pages; None where nobody set one.
    page_budget: int | None
    #: Folders whose images the stylesheets may use.
    roots: tuple[Path, ...]
    #: Words of the source text, to say by how much a text is too long.
    source_words: int
    #: Pages on one sheet of paper, which are halves of its sides or whole ones.
    pages_a_sheet: int = 2
    halved: bool = False
    #: `ltr` or `rtl`.
    direction: str = "ltr"
    #: Ids of what has to stand on the first page, and of what has to stand on one page, whichever.
    first_page: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    #: What a text is cast off by: the fonts of its script in order, the height of its lines in
    #: ems, about how wide and how high the text of a page is, in millimetres, and how much of the
    #: room it takes that the same text takes in the standard edition, as a share.
    families: str = "Noto Sans"
    line_height: float = 1.4
    text_mm: tuple[float, float] = _TEXT_MM["A4", False]
    dense: float = 1.0
    #: Only where it is set on another machine: see `luggage.packed`.
    luggage: Luggage | None = None

    def read(self, path: Path) -> tuple[str, str]:
        """Give the text of one of its stylesheets, and the address that its images start from."""
        if self.luggage is not None:
            return self.luggage.sheets[path]
        return path.read_text(encoding="utf-8"), path.resolve().as_uri()

    @property
    def images(self) -> Mapping[Path, bytes] | None:
        """Give the images of another machine; None where files are read."""
        return self.luggage.images if self.luggage else None

    @property
    def files(self) -> tuple[Path, ...]:
        """Give every stylesheet that may be read, in the order of the cascade."""
        return (*self.stylesheets, self.tight_stylesheet, *self.site_stylesheets)


def _css(leaflet: Leaflet, clinic: Clinic) -> str:
    script = script_of(leaflet.locale)
    source_script = script_of(leaflet.source_locale)
    families = ", ".join(f'"{face.family}"' for face in stack(script))
    source_families = ", ".join(f'"{face.family}"' for face in stack(source_script))
    counter = COUNTERS[leaflet.locale.numbering]
    heading = max(1.2, script.line_height * 0.75)
    small = max(1.25, script.line_height * 0.9)
    steep = ""
    if script.bold_height is not None:
        steep = f"h1 {{ padding: {script.reach:g}em 0 }}\n"
        steep += f".main-message > p:first-child {{ line-height: {script.bold_height:g} }}\n"
    return f"""\
@page {{ size: {PAGES[clinic.paper, EDITIONS[leaflet.edition].halved]} }}
html {{
  --accent: {clinic.accent};
  --tight-line-height: {script.tight:g};
  --heading-line-height: {heading:.3g};
  --title-line-height: {max(1.2, script.tight):.3g};
  --small-line-height: {small:.3g};
  --band-line-height: {max(1.15, script.tight * 0.87):.3g};
  --reach: {script.reach:g}em;
  --foot-line-height: {max(1.2, script.line_height * 0.8):.3g};
  --label-line-height: {max(1.15, script.line_height * 0.85):.3g};
  font-family: {families};
  line-height: {script.line_height:g};
}}
span[dir="ltr"] {{ font-family: {source_families} }}
.folio-n::before {{ content: counter(page, {counter}) }}
.folio-N::before {{ content: counter(pages, {counter}) }}
ol {{ list-style-type: {counter} }}
.source ol {{ list-style-type: {COUNTERS[leaflet.source_locale.numbering]} }}
[lang="{leaflet.source_locale.code}"] {{
  font-family: {source_families};
  line-height: {source_script.line_height:g};
}}
{steep}"""


def _anchors(leaflet: Leaflet, placement: str) -> tuple[str, ...]:
    return tuple(n.anchor for n in leaflet.required if n.rule.placement == placement)


def setting_of(leaflet: Leaflet, clinic: Clinic, theme: Theme) -> Setting:
    """Decide how a leaflet is to be set."""
    edition, script = EDITIONS[leaflet.edition], script_of(leaflet.locale)
    floor = max(edition.floor_pt, script.least_pt)
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
        first_page=_anchors(leaflet, "first-page"),
        together=(*_anchors(leaflet, "before-therapy"), leaflet.topic.therapy_anchor),
        families=", ".join(face.family for face in stack(script)),
        line_height=script.line_height,
        text_mm=_TEXT_MM[clinic.paper, edition.halved],
        dense=_DENSE.get(leaflet.edition, 1.0),
        roots=theme.own_styles,
        source_words=sum(len(message.text.split()) for message in leaflet.topic.messages),
    )
