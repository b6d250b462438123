"""Write what falls due as a page of the rack: Due and Overview -> `rack/due.html`.

It is for whoever keeps the site. Nothing that the public finds leads there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..leaflet.site import Words
from .due import Due, due_table, together
from .progress import Overview
from .progress_page import write_overview

#: The page, below the output folder.
PAGE = "rack/due.html"


def write_page(
    out: Path, words: Words, overview: Overview, found: Iterable[Due], within: int
) -> Path:
    """Write what falls due within so many days as a page of the rack.

    Raises LockedError where a build is at work there, ConfigurationError where the output
    folder is not ours.
    """
    found = together(found)
    late = [one for one in found if one.overdue and one.kind != "translation"]
    soon = [one for one in found if not one.overdue]
    older = [one for one in found if one.kind == "translation"]
    parts = [
        _part("overdue", "Overdue", late),
        _part("soon", f"Due within {within} days", soon),
        _part("older", "Translations older than their source", older),
        {
            "id": "drafts",
            "title": "Drafts that wait for signatures",
            "columns": ("topic", "locales", "who has to sign"),
            "rows": list(_drafts(words, overview)),
        },
    ]
    return write_overview(out, PAGE, words, "rack-due.html", parts=parts)


def _part(name: str, title: str, found: list[Due]) -> dict[str, Any]:
    table = due_table(found)
    return {"id": name, "title": title, "columns": table.columns, "rows": table.rows}


def _drafts(words: Words, overview: Overview) -> Iterator[tuple[str, str, str]]:
    """Yield topics with the locales in which the same roles have still to sign."""
    waiting: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in overview.lines:
        if line.state == "draft":
            signed = {one["role"] for one in line.approvals if one["valid"]}
            asked = words.site.clinic.asked_approvals(line.locale)
            lacking = ", ".join(role for role in asked if role not in signed)
            waiting[line.topic, lacking].append(line.locale)
    for (topic, lacking), codes in waiting.items():
        yield topic, ", ".join(codes), lacking
