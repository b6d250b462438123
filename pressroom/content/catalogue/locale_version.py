"""Read the version of a locale's own: `X-Leaflet-Version: 1.0-es.2` in a catalogue's header.

A corrected translation gets a version by it without a new one of the source. It is over as
soon as the source has another version.
"""

from __future__ import annotations

import re

from ...core.errors import CatalogueError
from .po import Catalogue

#: The fields of the header: the version, and what it changed, in one line.
FIELD = "X-Leaflet-Version"
CHANGE_FIELD = "X-Leaflet-Change"


def locale_version(version: str, locale: str, catalogue: Catalogue) -> str:
    """Return the version of a translation: its own, or that of its source.

    Raises CatalogueError where the field holds no version of this locale.
    """
    own = catalogue.header.get(FIELD, "")
    if own and not re.fullmatch(rf"[0-9A-Za-z][0-9A-Za-z.\-]*-{re.escape(locale)}\.[0-9]+", own):
        what = f"{FIELD} says '{own}', which is no version of {locale}"
        raise CatalogueError(catalogue.path, what, f"write {next_version(version, locale)}")
    return own if own.startswith(f"{version}-{locale}.") else version


def next_version(version: str, locale: str) -> str:
    """Return what follows a version of a translation: `1.0-es.2` after `1.0`."""
    source, own, number = version.rpartition(f"-{locale}.")
    return f"{source}-{locale}.{int(number) + 1}" if own else f"{version}-{locale}.2"
