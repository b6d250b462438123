"""Take what was withdrawn out at once: a site's words and the folders of its clinics -> Entries."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path

from ..content.catalogue.pseudo import PSEUDO
from ..core.errors import HandoutError, LockedError, Problems, raise_all
from ..core.files import shown
from ..core.lock import FOLDER
from ..core.model import Entry, Report
from ..leaflet.site import Words, read_site
from .by_name import remove, withdrawn_files
from .cluster import open_pool
from .history import History
from .report import REPORT, report_on
from .run import Scope, publish
from .tables import ledger_path
from .workers import Pool

#: How often a folder is tried again in which a build is at work, in seconds.
AGAIN_SECONDS = 0.2


def take_out(
    handouts: Path,
    today: date,
    folders: Mapping[str, Path],
    topic: str,
    locale: str,
    waits: Callable[[HandoutError], None],
    records: Path | None = None,
) -> Iterator[tuple[Path, Entry]]:
    """Bring output folders in step with what was withdrawn, after any build at work there.

    `folders` are those of clinics by their names; without `locale`, the topic is
    withdrawn in all. Gives each leaflet concerned with its folder. What is wrong with one
    clinic keeps no other one from following: it is raised at the end.
    """
    problems: list[HandoutError] = []
    with open_pool(None, 1) as pool:
        for clinic, out in folders.items():
            if not out.is_dir():
                continue  # Nothing was ever built there.
            read = partial(read_site, handouts, today, clinic, records)
            try:
                report = _follow(read, out, topic, locale, pool, waits)
                for entry in report.leaflets:
                    yield out, entry
                problems += [HandoutError(one.where, one.message) for one in report.findings]
            except HandoutError as problem:
                problems += problem.each()
    raise_all(problems)


def _follow(
    read: Callable[[], Words],
    out: Path,
    topic: str,
    locale: str,
    pool: Pool,
    waits: Callable[[HandoutError], None],
) -> Report:
    """Publish what was withdrawn as soon as the folder is free; that it is not is told once."""
    words = read()
    # At once, whoever is at work there; a build that is puts it back for a moment at most.
    left = remove(out, withdrawn_files(out, words.withdrawn))
    try:
        return _publish(read, out, topic, locale, pool, waits)
    except HandoutError as problem:
        stays = [HandoutError(one.where, one.message) for one in left]
        raise Problems([*stays, *problem.each()]) from None


def _publish(
    read: Callable[[], Words],
    out: Path,
    topic: str,
    locale: str,
    pool: Pool,
    waits: Callable[[HandoutError], None],
) -> Report:
    told = False
    while True:
        words = read()
        offered = words.site.clinic.locales
        ours = (out / FOLDER).is_dir() or (out / REPORT).is_file()
        if not ours or (locale and locale not in (*offered, *PSEUDO)):
            return _clear(words, out)
        if not ledger_path(out).is_file():
            what = "it is not known any more what was built there, and the rack lists nothing else"
            waits(HandoutError(shown(out), what, "run 'handouts build'"))
        try:
            scope = Scope((topic,), (locale,) if locale else offered)
            return publish(words, out, scope, pool)
        except LockedError as problem:
            if not told:
                waits(problem)
            told = True
            time.sleep(AGAIN_SECONDS)


def _clear(words: Words, out: Path) -> Report:
    """Delete what lies about in a folder that no build of these leaflets knows."""
    left = remove(out, withdrawn_files(out, words.withdrawn))
    history = History(words.records, words.site.clinic)
    history.end(words.site.today.isoformat(), words.why_withdrawn)
    return report_on({}, (), findings=tuple(left))
