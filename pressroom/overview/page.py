"""Write an overview as a page of the rack: Overview -> `rack/status.html`."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from ..catalogue.locales import read_locale
from ..files import write_atomically
from ..lock import locked
from ..markup import fill_template
from ..rack import PROGRESS, lead_to_progress
from ..site import Words
from .facts import Line, Overview

#: How the rack's stylesheet marks each state.
_MARKS = {"approved": "current", "draft": "draft", "withheld": "stale", "withdrawn": "withdrawn",
          "unreadable": "out-of-date"}  # fmt: skip
#: Catalogues that the page names.
_MOST_NEXT = 50


def write_page(out: Path, words: Words, overview: Overview) -> Path:
    """Write the overview as a page of the rack: `rack/status.html`.

    Raises LockedError where a build is at work there, ConfigurationError where the output
    folder is not ours.
    """
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
    path = out / PROGRESS
    with locked(out):
        write_atomically(path, page.encode("utf-8"), out)
        lead_to_progress(out)
    return path
