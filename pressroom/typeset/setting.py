"""How a leaflet is to be set: Leaflet and Clinic -> Setting."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..model import Clinic, Leaflet
from ..scripts import script_of, stack
from ..theme import Theme

#: Type sizes in points, by edition: the floor, below which type is never set, and the
#: ceiling, up to which it grows where there is room. 12 and 14: UKAAF G003; 18: large print.
#: The editions that stand here are those that there are.
SIZES = {"standard": (12.0, 14.0), "large-print": (18.0, 20.0)}
#: Step between type sizes, in points.
STEP = 0.25

#: CSS counter styles for CLDR's numbering systems.
COUNTERS = {
    "arab": "arabic-indic", "arabext": "persian", "beng": "bengali", "deva": "devanagari",
    "gujr": "gujarati", "guru": "gurmukhi", "khmr": "cambodian", "knda": "kannada",
    "laoo": "lao", "latn": "decimal", "mlym": "malayalam", "mymr": "myanmar",
    "orya": "oriya", "tamldec": "tamil", "telu": "telugu", "thai": "thai", "tibt": "tibetan",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything that decides how HTML becomes pages, save the HTML itself."""

    #: Stylesheets of the theme in the order of the cascade.
    stylesheets: tuple[Path, ...]
    #: The stylesheet that saves room, read last where a text would else be too long.
    tight_stylesheet: Path
    #: The site's own stylesheet, read after all others.
    site_stylesheet: Path | None
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

    @property
    def files(self) -> tuple[Path, ...]:
        """Give every stylesheet that may be read, in the order of the cascade."""
        own = (self.site_stylesheet,) if self.site_stylesheet else ()
        return (*self.stylesheets, self.tight_stylesheet, *own)


def _css(leaflet: Leaflet, clinic: Clinic) -> str:
    script = script_of(leaflet.locale)
    source_script = script_of(leaflet.source_locale)
    families = ", ".join(f'"{face.family}"' for face in stack(script))
    source_families = ", ".join(f'"{face.family}"' for face in stack(source_script))
    counter = COUNTERS[leaflet.locale.numbering]
    heading = max(1.2, script.line_height * 0.75)
    small = max(1.25, script.line_height * 0.9)
    return f"""\
@page {{ size: {clinic.paper} }}
html {{
  --accent: {clinic.accent};
  --tight-line-height: {script.tight:g};
  --heading-line-height: {heading:.3g};
  --title-line-height: {max(1.2, script.tight):.3g};
  --small-line-height: {small:.3g};
  --band-line-height: {max(1.15, script.tight * 0.87):.3g};
  --foot-line-height: {max(1.2, script.line_height * 0.8):.3g};
  --label-line-height: {max(1.15, script.line_height * 0.85):.3g};
  font-family: {families};
  line-height: {script.line_height:g};
}}
span[dir="ltr"] {{ font-family: {source_families} }}
.folio-n::before {{ content: counter(page, {counter}) }}
.folio-N::before {{ content: counter(pages, {counter}) }}
ol {{ list-style-type: {counter} }}
[lang="{leaflet.source_locale.code}"] {{
  font-family: {source_families};
  line-height: {source_script.line_height:g};
}}
"""


def setting_of(leaflet: Leaflet, clinic: Clinic, theme: Theme) -> Setting:
    """Decide how a leaflet is to be set."""
    floor, ceiling = SIZES[leaflet.edition]
    floor = max(floor, script_of(leaflet.locale).least_pt)
    return Setting(
        stylesheets=theme.stylesheets(leaflet.edition, leaflet.locale.direction),
        tight_stylesheet=theme.styles / "tight.css",
        site_stylesheet=theme.site_css,
        css=_css(leaflet, clinic),
        floor_pt=floor,
        ceiling_pt=max(floor, ceiling),
        page_budget=leaflet.page_budget,
        roots=(theme.site_css.parent,) if theme.site_css else (),
        source_words=sum(len(message.text.split()) for message in leaflet.topic.messages),
    )
