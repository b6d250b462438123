"""Take a site from words to published files: Words and Scope -> Report.

What `build`, `watch` and `serve` share: plan, set and judge, publish, remove,
and write the rack and the report.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from .files import write_atomically
from .ledger import locked
from .model import Entry, Report
from .prepare import Prepared, Preparer, engine_versions
from .press import Job, Press
from .publisher import Publisher
from .rack import known_stale, shelve, write_rack
from .report import as_json
from .site import Words

#: What is told of each leaflet that was set: its entry, and how many there are to set.
Told = Callable[[Entry, int], None]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a run is about: where nothing is named, the whole site."""

    topics: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    #: Make also what is up to date.
    force: bool = False
    #: Only say what would be made.
    dry_run: bool = False

    @property
    def whole(self) -> bool:
        """Tell whether nothing of the site is left out."""
        return not (self.topics or self.locales or self.editions)


def publish(
    words: Words, out: Path, scope: Scope, press: Press, told: Told = lambda *_: None
) -> Report:
    """Bring the leaflets of a scope up to date below `out`; write the rack and the report.

    Raises LockedError where another run is at work there.
    """
    started = time.monotonic()
    with nullcontext() if scope.dry_run else locked(out):
        run = _Run(words, out, scope, press, told)
        try:
            entries = run.entries()
        finally:
            run.publisher.close()
        report = Report(engine_versions(), entries, time.monotonic() - started)
        if not scope.dry_run:
            write_atomically(out / "report.json", as_json(report).encode("utf-8"))
    return report


class _Run:
    """One run through the stages."""

    def __init__(self, words: Words, out: Path, scope: Scope, press: Press, told: Told) -> None:
        self.words = words
        self.clinic = words.site.clinic
        self.scope = scope
        self.press = press
        self.told = told
        self.publisher = Publisher(out, not scope.dry_run, words.site.today)
        self.topics = scope.topics or tuple(sorted({*words.topics, *words.broken}))
        self.locales = scope.locales or self.clinic.locales
        self.editions = scope.editions or self.clinic.editions

    def entries(self) -> tuple[Entry, ...]:
        """Do what there is to do. Give an entry for each leaflet, in order."""
        prepared = list(Preparer(self.words)(self.topics, self.locales, self.editions))
        entries: list[Entry] = []
        jobs: dict[tuple[str, str, str, str], tuple[Prepared, Job]] = {}
        for one in prepared:
            job = self._plan(one, entries)
            if job is not None:
                jobs[job.wanted.key] = (one, job)
        for job, printed in self.press.run(job for _, job in jobs.values()):
            entry = self.publisher.settle(jobs[job.wanted.key][0], job, printed)
            entries.append(entry)
            self.told(entry, len(jobs))
        if self.scope.whole:
            entries += self.publisher.remove(self._everything(), write=not self.scope.dry_run)
        if not self.scope.dry_run:
            self._publish_rack(prepared, entries)
        order = {code: number for number, code in enumerate(self.clinic.locales)}
        entries.sort(key=lambda e: (e.topic, order.get(e.locale, len(order)), e.edition))
        return tuple(entries)

    def _everything(self) -> Iterator[tuple[str, str, str]]:
        return ((t, c, e) for t in self.topics for c in self.locales for e in self.editions)

    def _plan(self, one: Prepared, entries: list[Entry]) -> Job | None:
        """Give the job of a leaflet that has to be made; an entry for any other."""
        if one.wanted is None or one.leaflet is None or one.setting is None:
            entries.append(self.publisher.unprintable(one))
            return None
        why = self.publisher.why(one.wanted, self.scope.force)
        if not why:
            entries.append(self.publisher.unchanged(one))
            return None
        if self.scope.dry_run:
            entries.append(one.entry("built", "; ".join(why)))
            return None
        return Job(
            wanted=one.wanted,
            leaflet=one.leaflet,
            html=one.html,
            web=one.web,
            setting=one.setting,
            reason="; ".join(why),
            limit_seconds=self.clinic.limit_seconds,
            limit_megabytes=self.clinic.limit_megabytes,
        )

    def _publish_rack(self, prepared: list[Prepared], entries: list[Entry]) -> None:
        """Write the rack. What this run did not look at is as current as it was."""
        states = {(p.topic, p.locale, p.edition): p.state if p.wanted else "" for p in prepared}
        for entry in entries:
            if entry.result == "failed":
                states[entry.topic, entry.locale, entry.edition] = ""
        before = known_stale(self.publisher.out)
        stale = {
            row.made.file
            for row in self.publisher.rows.values()
            if (
                states[row.made.key[:3]] != row.made.state
                if row.made.key[:3] in states
                else row.made.file in before
            )
        }
        words = self.words
        titles = {name: topic.title.text for name, topic in words.topics.items()}
        rows = self.publisher.rows.values()
        shelf = shelve(rows, self.clinic, words.theme, titles, stale, words.withdrawn)
        write_rack(self.publisher.out, shelf)
