"""The page where clinic staff find and print leaflets: ledger rows -> `index.html`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .catalogue.pseudo import PSEUDO
from .ledger import Row
from .markup import environment
from .model import Clinic
from .publisher import page_name
from .theme import Theme


def _leaflet(row: Row, stale: bool) -> dict[str, Any]:
    return {
        **row.card,
        "topic": row.made.topic,
        "locale": row.made.locale,
        "edition": row.made.edition,
        "state": row.made.state,
        "file": row.made.file,
        "page": page_name(row.made.topic, row.made.locale),
        "pages": row.entry.get("pages"),
        "stale": stale,
    }


def rack(rows: Iterable[Row], clinic: Clinic, theme: Theme, current: Mapping[Any, str]) -> str:
    """Give the rack's HTML.

    `current` says by topic, locale and edition which state the words have now;
    a published leaflet whose words have another state, or none, is older than
    its source.
    """
    topics: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.made.locale in PSEUDO:
            continue
        stale = current.get((row.made.topic, row.made.locale, row.made.edition)) != row.made.state
        topic = topics.setdefault(
            row.made.topic,
            {"id": row.made.topic, "title": row.card["source_title"], "leaflets": []},
        )
        topic["leaflets"].append(_leaflet(row, stale))
    for topic in topics.values():
        topic["leaflets"].sort(
            key=lambda leaflet: (
                leaflet["locale"] != clinic.source_locale,
                leaflet["english_name"],
                leaflet["edition"],
            )
        )
    css = (theme.styles / "rack.css").read_text(encoding="utf-8")
    return (
        environment(theme.templates)
        .get_template("rack.html")
        .render(
            clinic=clinic,
            topics=sorted(topics.values(), key=lambda topic: str(topic["title"])),
            style=css,
        )
    )
