"""Write an overview as a page of the rack: Overview -> `rack/status.html`."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from ..catalogue.locales import read_locale
from ..files import write_atomically
from ..markup import fill_template
from ..site import Words
from .facts import Line, Overview

#: How the rack's stylesheet marks each state.
_MARKS = {"approved": "current", "draft": "draft", "withheld": "stale", "withdrawn": "withdrawn",
          "unreadable": "out-of-date"}  # fmt: skip
#: Catalogues that the page names.
_MOST_NEXT = 50


def write_page(out: Path, words: Words, overview: Overview) -> Path:
    """Write the overview as a page of the rack: `rack/status.html`."""
    topics: dict[str, list[Line]] = defaultdict(list)
    for line in overview.lines:
        topics[line.topic].append(line)
    page = fill_template(
        words.theme,
        "rack-overview.html",
        clinic=words.site.clinic,
        overview=overview,
        topics=topics,
        titles={name: words.topics[name].title.text for name in topics if name in words.topics},
        locales={line.locale: read_locale(line.locale) for line in overview.lines},
        marks=_MARKS,
        most=_MOST_NEXT,
        today=words.site.today.isoformat(),
    )
    path = out / "rack" / "status.html"
    write_atomically(path, page.encode("utf-8"), out)
    return path
