"""Say which version of a topic is current, for whoever holds a copy: leaflets -> a page.

A QR code leads here, as `c/<topic>.html#<locale>-<version>`. A script answers
for that copy; without it, the table does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..catalogue.locales import read_locale, say_date
from ..markup import fill_template
from ..model import Locale
from .shards import Shelved

if TYPE_CHECKING:
    from . import Shelf


#: The template of a topic's page.
PAGE = "rack-status.html"


@lru_cache(maxsize=1024)
def _day(text: str, locale: Locale) -> str:
    """Write out a day of the ledger (ISO 8601)."""
    return say_date(date.fromisoformat(text), locale)


def _state(one: Shelved) -> str:
    if one.overdue:
        return "out-of-date"
    if one.stale:
        return "stale"
    return "draft" if one.draft else "current"


def page(shelf: Shelf, topic: str, leaflets: Iterable[Shelved]) -> str:
    """Give the page of a topic. Without leaflets, it is no longer published."""
    interface = shelf.interface
    copies: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in leaflets:
        made, card = one.row.made, one.row.card
        state = _state(one)
        copy = copies.setdefault(
            (made.locale, *one.facts, state),
            {
                "locale": read_locale(made.locale),
                "title": card["title"],
                "version": card["version"],
                "issued": _day(card["issued"], interface),
                "review_by": _day(card["review_by"], interface),
                "state": state,
                "because": "",
                "files": [],
            },
        )
        copy["files"] += one.files
    for row in shelf.withdrawn:
        for code in (row.locale,) if row.locale else shelf.clinic.locales:
            if row.topic == topic and code in shelf.clinic.locales:
                copies[code, row] = {
                    "locale": read_locale(code),
                    "title": shelf.titles.get(topic, topic),
                    "version": "",
                    "issued": say_date(row.date, interface),
                    "state": "withdrawn",
                    "because": row.because,
                }
    return fill_template(
        shelf.theme,
        PAGE,
        clinic=shelf.clinic,
        interface=interface,
        words=shelf.words,
        topic=topic,
        title=shelf.titles.get(topic, topic),
        copies=list(copies.values()),
        codes=shelf.clinic.locales,
    )
