"""Keep an output folder up to date with its words: changed files -> a Report each time.

The home of watchfiles. A build begins when files have been at rest for a
moment, and at midnight, when leaflets come due; workers stay warm between builds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import NoReturn

import watchfiles

from ..content.theme import packaged
from ..core.errors import ConfigurationError, HandoutError, LockedError
from ..core.files import shown
from ..core.model import Entry, Report
from ..leaflet.site import read_site
from .run import Scope, publish
from .workers import Pool

#: Files are at rest when nothing has changed for so long; several editors write twice.
REST_MILLISECONDS = 30
#: Changes that never end are taken together after so long.
LONGEST_MILLISECONDS = 400
#: How often the day is looked at, and a locked folder is tried again, in seconds.
MINUTE, AGAIN = 60.0, 1.0


class _Stop(Event):
    """Ends a watch. It is asked for as soon as the system tells of changes, not before."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = Event()

    def is_set(self) -> bool:
        self.asked.set()
        return super().is_set()


class Watcher:
    """Hears of changed files from the moment it is entered, whatever else is going on."""

    def __init__(
        self,
        folders: Sequence[Path],
        but: Path,
        told: Callable[[set[Path]], None] = lambda _: None,
    ) -> None:
        self.folders = [folder.resolve() for folder in folders if folder.is_dir()]
        self.but = but.resolve()
        self.stop = _Stop()
        self.heard: SimpleQueue[set[Path] | OSError] = SimpleQueue()
        #: Called at once with the paths of each change, in the watcher's own thread.
        self.told = told
        self.thread = Thread(target=self._listen, daemon=True, name="watcher")

    def __enter__(self) -> Watcher:
        self.thread.start()
        self.stop.asked.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()

    def wait(self, seconds: float) -> set[Path]:
        """Return the files that have changed since the last time; none after so long.

        Raises ConfigurationError where the system does not let them be watched.
        """
        changed: set[Path] = set()
        with suppress(Empty):
            heard = self.heard.get(timeout=seconds)
            while True:
                if isinstance(heard, OSError):
                    raise ConfigurationError(
                        "",
                        f"the files cannot be watched ({heard.strerror or heard})",
                        "raise fs.inotify.max_user_watches, or run 'handouts build' instead",
                    )
                changed |= heard
                heard = self.heard.get_nowait()
        return changed

    def _listen(self) -> None:
        try:
            self._hear()
        except OSError as problem:
            self.heard.put(problem)
        finally:
            self.stop.asked.set()

    def _hear(self) -> None:
        for changes in watchfiles.watch(
            *self.folders,
            watch_filter=lambda _, path: self._matters(Path(path)),
            step=REST_MILLISECONDS,
            debounce=LONGEST_MILLISECONDS,
            rust_timeout=500,
            stop_event=self.stop,
            raise_interrupt=False,
        ):
            paths = {Path(path) for _, path in changes}
            self.told(paths)
            self.heard.put(paths)

    def _matters(self, path: Path) -> bool:
        """Return whether a file may be one of the words: no hidden one, no editor's copy."""
        if path.is_relative_to(self.but) or path.name.endswith(("~", ".jsonl")):
            return False
        return not any(
            part.startswith(".")
            for folder in self.folders
            if path.is_relative_to(folder)
            for part in path.relative_to(folder).parts
        )


def watched(handouts: Path) -> list[Path]:
    """Return the folders on which leaflets depend."""
    return [handouts, packaged("templates"), packaged("styles")]


def keep_up(
    handouts: Path,
    folders: Mapping[str, Path],
    day: Callable[[], date],
    pool: Pool,
    watcher: Watcher,
    built: Callable[[str, Report, tuple[str, ...]], None],
    wrong: Callable[[HandoutError], None],
    told: Callable[[Entry, int], None] = lambda *_: None,
    records: Path | None = None,
) -> NoReturn:
    """Build now, and again after each change; it ends by an interrupt alone.

    `folders` has the output folder of each clinic that is built, by its name, the most important
    first. `built` is told the clinic, the report and the names of the files that had changed,
    `wrong` what kept a build from being made. Raises HandoutError where the very first one
    cannot be made.
    """
    changed: tuple[str, ...] = ()
    first, locked, todo = True, set[str](), tuple(folders)
    while True:
        today = day()
        for clinic in todo:
            try:
                words = read_site(handouts, today, clinic, records)
                built(clinic, publish(words, folders[clinic], Scope(), pool, told), changed)
                locked.discard(clinic)
            except HandoutError as problem:
                again = isinstance(problem, LockedError)
                if first and clinic == todo[0] and not again:
                    raise
                if clinic not in locked:
                    wrong(problem)
                (locked.add if again else locked.discard)(clinic)
        first = False
        paths = watcher.wait(AGAIN if locked else MINUTE)
        while not paths and not locked and day() == today:
            paths = watcher.wait(MINUTE)
        changed = tuple(sorted(shown(path) for path in paths))
        todo = tuple(locked) if locked and not paths else tuple(folders)
