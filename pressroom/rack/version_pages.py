"""Write the page of a topic's versions, for whoever holds a copy: leaflets -> `c/<topic>.html`.

A QR code leads here, as `c/<topic>.html#<locale>-<version>-<mark>`. A script answers for that
copy; without scripts, the table does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..core.locales import read_locale, say_date
from ..core.model import Locale
from ..leaflet.html import fill_template
from .search_data import Shelved

if TYPE_CHECKING:
    from .site import Shelf


#: The template of a topic's page.
PAGE = "rack-status.html"


@lru_cache(maxsize=1024)
def _day(text: str, locale: Locale) -> str:
    """Return a day of the ledger (ISO 8601) in words."""
    return say_date(date.fromisoformat(text), locale)


def _state(one: Shelved) -> str:
    if one.overdue:
        return "out-of-date"
    if one.stale:
        return "stale"
    return "draft" if one.draft else "current"


def page(shelf: Shelf, topic: str, leaflets: Iterable[Shelved]) -> str:
    """Return the page of a topic. Without leaflets, it is no longer published."""
    interface = shelf.interface
    copies: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in leaflets:
        made, card = one.row.made, one.row.card
        state = _state(one)
        mark = card.get("mark", "")
        copy = copies.setdefault(
            (made.locale, *one.facts, state),
            {
                "id": f"{made.locale}-{card['version']}{'-draft' if state == 'draft' else ''}",
                "marks": [],
                "change": card.get("change", ""),
                "locale": read_locale(made.locale),
                "language": shelf.language(read_locale(made.locale)),
                "title": card["title"],
                "version": card["version"],
                "issued": _day(card["issued"], interface),
                "review_by": _day(card["review_by"], interface),
                "review_day": card["review_by"],
                "state": state,
                "because": "",
                "files": [],
            },
        )
        copy["files"] += one.files
        copy["marks"] += [mark] if mark and mark not in copy["marks"] else []
    copies |= _past(shelf, topic, {mark for copy in copies.values() for mark in copy["marks"]})
    for row in shelf.withdrawn:
        for code in (row.locale,) if row.locale else shelf.clinic.locales:
            if row.topic == topic and code in shelf.clinic.locales:
                copies[code, row] = {
                    "id": f"{code}-withdrawn",
                    "marks": [],
                    "change": "",
                    "locale": read_locale(code),
                    "language": shelf.language(read_locale(code)),
                    "title": shelf.titles.get(topic, topic),
                    "version": "",
                    "issued": say_date(row.date, interface),
                    "review_day": "",
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


def _past(shelf: Shelf, topic: str, standing: set[str]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return the texts that were published and do not stand published now, youngest first."""
    past = {}
    for one in reversed(shelf.issues.get(topic, ())):
        key = (one.locale, one.mark)
        if not one.mark or one.mark in standing or key in past:
            continue
        past[key] = {
            "id": f"{one.locale}-{one.version}-{one.mark}",
            "marks": [one.mark],
            "change": one.change,
            "locale": read_locale(one.locale),
            "language": shelf.language(read_locale(one.locale)),
            "title": shelf.titles.get(topic, topic),
            "version": one.version,
            "issued": _day(one.issued, shelf.interface),
            "review_by": _day(one.review_by, shelf.interface),
            "review_day": one.review_by,
            "state": "replaced" if one.ended else "stale",
            "because": "",
            "files": [],
        }
    return past
