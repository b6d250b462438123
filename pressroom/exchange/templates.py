"""Write a template (`.pot`) of each catalogue: source messages -> what Weblate and msgmerge take.

    handouts/locales/house.pot, handouts/locales/asthma.pot

A template has all messages and no translation. It changes only where its messages do, so that
no commit of it is made without need; no build reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ..content.catalogue.merge import merge
from ..content.catalogue.po import (
    Catalogue,
    dump_catalogue,
    new_header,
    read_catalogue,
    write_catalogue,
)
from ..content.catalogue.translator_notes import annotate
from ..core.files import shown
from ..leaflet.site import Words
from .update import OF_NO_TOPIC, sources

#: What the header of a template has that no language has chosen yet.
_OPEN = {
    "PO-Revision-Date": "YEAR-MO-DA HO:MI+ZONE",
    "Language": "",
    "Language-Team": "LANGUAGE <LL@li.org>",
}


def template_path(words: Words, name: str) -> Path:
    """Return where the template of a catalogue stands."""
    return words.handouts / "locales" / f"{name}.pot"


def has_templates(words: Words) -> bool:
    """Return whether a site keeps templates."""
    return template_path(words, "house").is_file()


def write_templates(words: Words) -> Iterator[str]:
    """Write the template of each catalogue where it is another one; yield a line for each.

    The template of a topic that is gone is deleted.
    """
    clinic = words.site.clinic
    for name, messages in sources(words):
        path = template_path(words, name)
        old = read_catalogue(path, words.handouts)
        messages = tuple(messages)
        merged = merge(Catalogue(old.path), messages)
        new = annotate(merged, old, messages, clinic, clinic.source_locale, None)
        header = {
            key: _OPEN.get(key, value)
            for key, value in new_header(clinic.source_locale, f"pressroom {name}").items()
            if key not in ("Plural-Forms", "X-Pressroom-State")
        }
        new = replace(new, header=old.header or header, comment=f"Template of {name}.")
        if dump_catalogue(new) != dump_catalogue(old):
            day = {"POT-Creation-Date": header["POT-Creation-Date"]}
            new = replace(new, header={**new.header, **day})
        changed = write_catalogue(path, new, words.handouts)
        count = len(new.entries)
        yield f"{shown(path)}: {count} messages{'' if changed else ', no change'}"
    known = {*words.names, *OF_NO_TOPIC}
    for path in sorted((words.handouts / "locales").glob("*.pot")):
        if path.stem not in known and path.is_file():
            path.unlink()
            yield f"{shown(path)}: deleted, since its topic is gone"
