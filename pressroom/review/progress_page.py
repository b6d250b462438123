"""Write an overview as a page of the rack: Overview -> `rack/status.html`."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from ..core.files import write_atomically
from ..core.locales import read_locale
from ..core.lock import locked
from ..leaflet.html import fill_template
from ..leaflet.site import Words
from ..rack.site import PROGRESS, lead_to_progress, own_file
from .progress import LeafletProgress, Overview
from .progress_tables import badness, counted

#: How the rack's stylesheet marks each state.
_MARKS = {"approved": "current", "draft": "draft", "withheld": "stale", "withdrawn": "withdrawn",
          "unreadable": "out-of-date"}  # fmt: skip
#: Catalogues that the page names.
_MOST_NEXT = 50
#: Where there are more topics, or rows, than this, they are folded: a screen shows the heads.
MOST_OPEN = 12


def write_page(out: Path, words: Words, overview: Overview) -> Path:
    """Write the overview as a page of the rack: `rack/status.html`.

    Raises LockedError where a build is at work there, ConfigurationError where the output
    folder is not ours.
    """
    topics: dict[str, list[LeafletProgress]] = defaultdict(list)
    for line in overview.lines:
        topics[line.topic].append(line)
    path = write_overview(
        out,
        PROGRESS,
        words,
        "rack-overview.html",
        overview=overview,
        topics=dict(sorted(topics.items(), key=lambda item: badness(item[1]), reverse=True)),
        titles={name: words.topics[name].title.text for name in topics if name in words.topics},
        locales={line.locale: read_locale(line.locale) for line in overview.lines},
        marks=_MARKS,
        most_next=_MOST_NEXT,
        counted=counted,
    )
    lead_to_progress(out)
    return path


def write_overview(out: Path, name: str, words: Words, template: str, **values: Any) -> Path:
    """Write a page of the rack for those who keep the site, and what it looks and filters by.

    Raises LockedError where a build is at work there, ConfigurationError where the output
    folder is not ours.
    """
    page = fill_template(
        words.theme,
        template,
        clinic=words.site.clinic,
        today=words.site.today.isoformat(),
        most=MOST_OPEN,
        **values,
    )
    texts = {name: page}
    for asset in ("overview.css", "overview.js"):
        texts[f"rack/{asset}"] = own_file(words.theme, asset)
    with locked(out):
        for path, text in texts.items():
            write_atomically(out / path, text.encode("utf-8"), out)
    return out / name
