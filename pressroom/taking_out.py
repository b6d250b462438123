"""Take what was withdrawn out at once: a site's words and the folders of its clinics -> Entries."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path

from .catalogue.pseudo import PSEUDO
from .errors import HandoutError, LockedError, raise_all
from .lock import FOLDER
from .model import Entry
from .press import Press
from .site import Words, read_site
from .works import Scope, publish

#: How often a folder is tried again in which a build is at work, in seconds.
AGAIN_SECONDS = 0.2


def take_out(
    handouts: Path,
    today: date,
    folders: Mapping[str, Path],
    topic: str,
    locale: str,
    waits: Callable[[HandoutError], None],
) -> Iterator[tuple[Path, Entry]]:
    """Bring output folders in step with what was withdrawn, after any build at work there.

    `folders` are those of clinics by their names; without `locale`, the topic is
    withdrawn in all. Gives each leaflet concerned with its folder. What is wrong with one
    clinic keeps no other one from following: it is raised at the end.
    """
    problems: list[HandoutError] = []
    with Press(1) as press:
        for clinic, out in folders.items():
            if not (out / FOLDER).is_dir():
                continue  # Nothing was ever built there.
            read = partial(read_site, handouts, today, clinic)
            try:
                for entry in _follow(read, out, topic, locale, press, waits):
                    yield out, entry
            except HandoutError as problem:
                problems += problem.each()
    raise_all(problems)


def _follow(
    read: Callable[[], Words],
    out: Path,
    topic: str,
    locale: str,
    press: Press,
    waits: Callable[[HandoutError], None],
) -> tuple[Entry, ...]:
    """Publish what was withdrawn as soon as the folder is free; that it is not is told once."""
    told = False
    while True:
        words = read()
        offered = words.site.clinic.locales
        if locale and locale not in (*offered, *PSEUDO):
            return ()
        try:
            scope = Scope((topic,), (locale,) if locale else offered)
            return tuple(publish(words, out, scope, press).leaflets)
        except LockedError as problem:
            if not told:
                waits(problem)
            told = True
            time.sleep(AGAIN_SECONDS)
