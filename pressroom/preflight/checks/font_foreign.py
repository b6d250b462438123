"""Find fonts that are not of the pinned set.

A font of the machine that happened to build the leaflet would make it look
different on the next one; a font that is not embedded looks different on
every printer.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...core.model import Finding
from ...fonts.scripts import script_of, stack
from ..evidence import Evidence

CODES = ("font-foreign",)
SOURCE = "ISO 14289-1, 7.21.4.1 (embedding); pressroom/fonts/scripts.toml"
BAD = "DejaVu Sans, since the machine happened to have it"
GOOD = "the families of the locale's own stack, embedded"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Yield each font that is not embedded, or not of the leaflet's stacks, or false."""
    leaflet = evidence.leaflet
    families = {
        face.family
        for locale in (leaflet.locale, leaflet.source_locale)
        for face in stack(script_of(locale))
    }
    for font in evidence.fonts:
        pages = sorted({run.page + 1 for run in evidence.runs if run.font is font})
        where = "page " + ", ".join(str(page) for page in pages)
        if font.family not in families:
            said = (
                f"the font {font.base_name.partition('+')[2] or font.base_name} is not of the "
                f"pinned set for this locale ({', '.join(sorted(families))}); take it out of the "
                "stylesheet"
            )
            yield Finding("font-foreign", "error", said, where)
        elif not font.embedded:
            said = f"the font {font.base_name} is not embedded; build the leaflet again"
            yield Finding("font-foreign", "error", said, where)
        elif font in evidence.false_fonts:
            said = (
                f"the letters of {font.base_name.partition('+')[2]} are not those of the pinned "
                "file of that name; leave one file for each family and weight"
            )
            yield Finding("font-foreign", "error", said, where)
