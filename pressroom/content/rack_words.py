"""Read the rack's own words in the language of a clinic's staff: `rack.po` -> RackWords.

Their English stands in `rack_words.toml`. What a site has not translated is said in English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from ..core.files import missing
from ..core.locales import read_locale
from ..core.model import Clinic, Locale, Message
from .catalogue.po import Catalogue, read_catalogue
from .placeholders import placeholders

#: The name of their catalogue, in each locale that has one.
RACK = "rack"
#: The language that they are written in.
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class RackWords:
    """The rack's own words by name, and the locale that they are in."""

    locale: Locale
    texts: Mapping[str, str]


@lru_cache(maxsize=1)
def rack_messages() -> tuple[Message, ...]:
    """Return the rack's own words as messages, in the order of `rack.po`."""
    text = files(__package__).joinpath("rack_words.toml").read_text(encoding="utf-8")
    return tuple(
        Message(name, words, f"rack-{name}", f"the rack, {part}", 0)
        for part, table in tomllib.loads(text).items()
        for name, words in table.items()
    )


def english() -> RackWords:
    """Return the words as they are written."""
    return RackWords(read_locale(ENGLISH), {one.context: one.text for one in rack_messages()})


def read_rack_words(handouts: Path, clinic: Clinic) -> RackWords:
    """Return the words for a clinic's staff: those of `rack.language`, or of the source locale.

    Raises CatalogueError for a catalogue of the site that is broken.
    """
    source, code = english(), clinic.rack_language
    if code == ENGLISH or missing(path := handouts / "locales" / code / f"{RACK}.po", handouts):
        return source
    own = dict(_texts(read_catalogue(path, handouts)))
    return RackWords(read_locale(code), {**source.texts, **own}) if own else source


def _texts(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield the words that are translated and confirmed, with all that is filled in."""
    for message in rack_messages():
        entry = catalogue.entries.get(message.key)
        if entry is None or entry.fuzzy or not entry.text.strip():
            continue
        if sorted(placeholders(entry.text)) == sorted(placeholders(message.text)):
            yield message.context, entry.text
