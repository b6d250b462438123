"""The quantities of a message, as compared or as a person confirmed them: Entry -> Comparison.

Where a machine cannot tell whether a translation has the quantities of its source,
a person can: by a comment of the translator's (`#`) that holds for just these two texts.

    # numbers-confirmed: 3f2a9c1b2d4e5f60
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from ..quantities import Comparison, compare
from .po import Entry
from .pseudo import PSEUDO

CONFIRMED = "numbers-confirmed: "
#: How a note for the translator begins that says what is unsure.
NUMBERS = "numbers: "


def compare_entry(entry: Entry, locale: str, source_locale: str) -> Comparison:
    """Return whether a translation tells the quantities of its source, as far as is known."""
    if locale in PSEUDO:
        return Comparison("equal")
    found = compare(entry.source, entry.text, locale, source_locale)
    if found.verdict == "unsure" and confirmation_of(entry) in entry.remarks:
        return Comparison("equal")
    return found


def confirmation_of(entry: Entry) -> str:
    """Return the comment that confirms the quantities of a message, until a text changes."""
    texts = f"{entry.source}\0{entry.text}".encode()
    return CONFIRMED + hashlib.sha256(texts).hexdigest()[:16]


def confirm(entry: Entry) -> Entry:
    """Return an entry whose quantities are confirmed."""
    rest = tuple(remark for remark in entry.remarks if not remark.startswith(CONFIRMED))
    return replace(entry, remarks=(*rest, confirmation_of(entry)))


def unsure_note(entry: Entry, locale: str, source_locale: str) -> str:
    """Return what to tell a translator about the quantities of a message; empty for nothing."""
    if not entry.text.strip() or entry.fuzzy:
        return ""
    found = compare_entry(entry, locale, source_locale)
    if found.verdict != "unsure":
        return ""
    said = "; ".join(found.causes)
    return f"{NUMBERS}{said}. If that is right, add the comment “{confirmation_of(entry)}”"
