"""Take a site from words to published files: Words and Scope -> Report.

What `build`, `watch` and `serve` share: survey what is read, prepare the leaflets
that it touches, set and judge, publish, remove, and write the rack and the report.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from ..core.files import clear_parts
from ..core.locales import read_locale
from ..core.lock import locked
from ..core.model import Entry, Finding, Report
from ..core.published import Key, replaced
from ..fonts.scripts import script_code
from ..leaflet.site import Words
from ..rack.site import shelve, write_rack
from .by_name import remove, withdrawn_files
from .cache import Store, store_folder
from .history import History
from .inputs import (
    CLOCK_NS,
    InputFile,
    changed,
    circumstances,
    fingerprints_of,
    places_of,
    survey,
)
from .ledger import RECORDS, LeafletState, Name
from .output import Output
from .prepare import (
    Prepared,
    Preparer,
    engine_versions,
    prepared_data,
    read_prepared,
    web_words,
    weigh_version,
)  # fmt: skip
from .render import Job, RenderResult
from .report import Summary, pieces
from .workers import Pool

#: What is told of each leaflet that was looked at: its entry, and how many there are to look at.
Told = Callable[[Entry, int], None]

#: The fact that says on which day the rack was written last: its page says how old it is.
RACK_DAY = "rack written on"
#: Topics whose leaflets are prepared together: locale by locale, so that workers keep to a font.
CHUNK = 50

#: Topics in a locale that are recorded together, where none of them has to be set.
TOGETHER = 25

#: Findings of what may go well another time, on the same words.
_PASSING = ("render-timeout", "render-crash")

Place = tuple[str, str]


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
        """Return whether nothing of the site is left out."""
        return not (self.topics or self.locales or self.editions)


def publish(
    words: Words,
    out: Path,
    scope: Scope,
    pool: Pool,
    told: Told = lambda *_: None,
    json_to: Callable[[str], object] = lambda _: None,
    store: Store | None = None,
) -> Report:
    """Bring the leaflets of a scope up to date below `out`; write the rack and the report.

    A dry run writes nothing; `json_to` is handed the text of its report, piece by
    piece. Raises LockedError where another run is at work there.
    """
    started = time.monotonic()
    store = store or Store(store_folder())
    store.begin()
    with nullcontext() if scope.dry_run else locked(out):
        history = History(words.records, words.site.clinic)
        if not scope.dry_run:
            # At once, and also where the ledger or the records cannot be read.
            remove(out, withdrawn_files(out, words.withdrawn))
            history.end(words.site.today.isoformat(), words.why_withdrawn)
        output = Output(
            out, not scope.dry_run, words.site.today, scope.dry_run, store.proof, history
        )
        try:
            if not scope.dry_run:
                history.take_over(out, words.site.today)
                history.end(words.site.today.isoformat(), words.why_withdrawn)
            run = _Run(words, output, scope, told, store, history)
            if scope.dry_run:
                run.go(pool)
                report = run.report(time.monotonic() - started)
                for piece in run.summary.text(report):
                    json_to(piece)
                return report
            broken_off = _begin(output)
            looked_at = run.go(pool)
            # The rack says of each that it lies there, and then that it does no more.
            had_left = bool(output.ledger.leaving())
            run.left = output.clear(words.withdrawn)
            if looked_at or broken_off or run.left or had_left or run.rack_is_old():
                run.publish_rack()
            report = run.report(time.monotonic() - started)
            run.summary.write(out, report)
            run.finish(report.engine)
            return report
        finally:
            store.finish(good=False)
            output.close()


def _begin(output: Output) -> bool:
    """Record that a run is at work; clear up what one that was killed has left.

    Return whether there was one: its leaflets may stand published, but not on the rack.
    """
    ledger = output.ledger
    # Where the ledger is a new one, it was lost, and does not know of what was killed.
    broken_off = bool(ledger.fact("running")) or not ledger.fact("versions")
    if broken_off:
        output.sweep()
    with ledger.together():
        ledger.set_fact("running", "yes")
        ledger.set_fact("finished", "")
    return broken_off


class _Run:
    """One run through the stages."""

    def __init__(
        self, words: Words, output: Output, scope: Scope, told: Told, store: Store,
        history: History,
    ) -> None:  # fmt: skip
        self.words = words
        self.clinic = words.site.clinic
        self.scope = scope
        self.told = told
        self.output = output
        self.store = store
        self.history = history
        self.ledger = output.ledger
        self.topics = scope.topics or words.names
        self.locales = scope.locales or self.clinic.locales
        self.editions = scope.editions or self.clinic.editions
        self.places = {code: number for number, code in enumerate(self.clinic.locales)}
        self.summary = Summary(self.ledger, words.site.today, None if scope.whole else self._meant)
        #: Leaflets that did not stand as they were.
        self.entries: list[Entry] = []
        #: How many leaflets there are to look at.
        self.total = 0
        #: What is withdrawn, and lies about all the same.
        self.left: tuple[Finding, ...] = ()
        #: Whether inputs may have changed since the words of the house were read.
        self.raced = False

    def go(self, pool: Pool) -> bool:
        """Do what there is to do. Return whether something was looked at."""
        if not self.scope.dry_run:
            clear_parts(self.words.handouts)
        inputs = survey(places_of(self.words.handouts), self.ledger.inputs())
        self.fingerprints = self._fingerprints(inputs)
        todo = self._touched()
        self._make(pool, todo)
        if self.scope.whole:
            self._remove()
        self._record_inputs(inputs, todo)
        return bool(todo or self.entries)

    def finish(self, engine: Mapping[str, str]) -> None:
        """Record that the run has come to its end, and whether it has left nothing to do."""
        unknown = self.ledger.ask("SELECT 1 FROM leaflet_state WHERE fingerprint = '' LIMIT 1")
        done = self.scope.whole and not self.raced and next(unknown, None) is None
        under = circumstances(self.words.handouts, self.clinic.id) if done else ""
        with self.ledger.together():
            self.ledger.set_fact("running", "")
            self.ledger.set_fact("finished", under)
            records = self.history.path
            self.ledger.set_fact(RECORDS, str(records.absolute()) if records.is_file() else "")
            self.ledger.set_fact("versions", json.dumps(dict(engine)))
            self.ledger.tell("DELETE FROM pending")

    def _make(self, pool: Pool, todo: list[Place]) -> None:
        """Make what has to be made of some leaflets."""
        self.total = sum(len(self._offered(code)) for _, code in todo)
        self.output.announce(todo)
        doing: dict[Key, Prepared] = {}
        for job, printed in pool.run(self._jobs(todo, doing)):
            if not _is_passing(printed.verdict.findings):
                self.store.keep_proof(job.wanted, printed)
            self._publish(doing.pop(job.wanted.key), job.reason, printed)

    def _record_inputs(self, inputs: dict[str, InputFile], todo: list[Place]) -> None:
        """Record what was read. What changed meanwhile may have been read before or after."""
        now = inputs
        if todo and any(changed((path, one.stamp) for path, one in inputs.items())):
            now = survey(places_of(self.words.handouts), inputs)
        # The words of the house may have been read before they were surveyed.
        began = self.words.read_ns - CLOCK_NS
        young = {path for path, one in now.items() if one.stamp[-1] > began}
        doubtful = {
            path: replace(one, digest="?") if path in young and one.digest else one
            for path, one in now.items()
        }
        then = self.fingerprints if doubtful == inputs else self._fingerprints(doubtful)
        stale = [place for place in todo if self.fingerprints[place] != then.get(place)]
        self.raced = bool(young)
        self.store.finish(good=not stale)
        with self.ledger.together():
            self.ledger.record_inputs(now)
            self.ledger.doubt(stale)

    # What is touched

    def _fingerprints(self, inputs: Mapping[str, InputFile]) -> dict[Place, str]:
        codes = (*self.clinic.locales, *self.locales)
        return fingerprints_of(self.words, inputs, self.words.names, codes)

    def _touched(self) -> list[Place]:
        """Return the topics and locales whose leaflets may not stand as they are wanted."""
        day = self.words.site.today.isoformat()
        standing: dict[Place, set[str]] = {}
        query = (
            "SELECT topic, locale, edition, fingerprint FROM leaflet_state "
            "WHERE since <= ? AND until > ?"
        )
        for topic, code, edition, fingerprint in self.ledger.ask(query, day, day):
            if fingerprint and self.fingerprints.get((topic, code)) == fingerprint:
                standing.setdefault((topic, code), set()).add(edition)
        altered = set(self._altered())
        return [
            (topic, code)
            for chunk in _chunks(self.topics)
            for code in sorted(self.locales, key=lambda code: (self._script(code), code))
            for topic in chunk
            if self.scope.force
            or (topic, code) in altered
            or not standing.get((topic, code), set()).issuperset(self._offered(code))
        ]

    def _offered(self, code: str) -> tuple[str, ...]:
        """Return the editions that the run is about and that a locale has."""
        return tuple(name for name in self.editions if name in self.clinic.offered(code))

    def _script(self, code: str) -> str:
        return script_code(read_locale(code))

    def _altered(self) -> Iterator[Place]:
        """Yield the topics and locales of which a published file is not what was published."""
        odd = self.output.altered("leaflet")
        for row in self.ledger.rows() if odd else ():
            if not odd.isdisjoint(row.made.files):
                yield row.made.topic, row.made.locale

    # What is made

    def _jobs(self, todo: Iterable[Place], doing: dict[Key, Prepared]) -> Iterator[Job]:
        """Prepare leaflet after leaflet. Yield the job of each that has to be set.

        What is done until one has to be, or of TOGETHER places, is one change of the ledger.
        """
        prepare = Preparer(self.words)
        waiting = iter(todo)
        places = list(islice(waiting, TOGETHER))
        while places:
            jobs: list[Job] = []
            with self.ledger.together():
                made: list[tuple[Prepared, str, RenderResult]] = []
                while places and not jobs:
                    jobs += self._jobs_of(prepare, *places.pop(0), made, doing)
                self._publish_made(made)
            yield from jobs
            places = places or list(islice(waiting, TOGETHER))

    def _jobs_of(
        self,
        prepare: Preparer,
        topic: str,
        code: str,
        made: list[tuple[Prepared, str, RenderResult]],
        doing: dict[Key, Prepared],
    ) -> list[Job]:
        """Prepare the leaflets of a topic in a locale. Return jobs; add what was made before."""
        jobs = []
        found = self._prepared_before(topic, code)
        found = found or list(prepare([topic], [code], self.editions))
        for row in self.output.outlived(found):
            if not self.words.withdrawal(topic, code):
                self.output.mend(row)
        for one in found:
            if (one.leaflet is not None or one.wanted is None) and not _is_passing(one.findings):
                known = self.fingerprints[topic, code]
                self.store.keep_prepared(known, one.edition, prepared_data(one))
        for one in self._weighed(found):
            if not (why := self._why(one)):
                continue
            wanted = one.wanted
            assert wanted is not None
            printed = None
            if not self.scope.force:
                printed = self.store.proof(wanted) or self.output.standing(wanted)
            if printed is not None:
                made.append((one, why, printed))
                continue
            if not one.leaflet:
                (one,) = self._weighed(prepare([topic], [code], [one.edition]))
            doing[wanted.key] = one
            jobs.append(self._job(one, why))
        return jobs

    def _weighed(self, found: Iterable[Prepared]) -> list[Prepared]:
        """Return prepared leaflets with what the history has to say of them."""
        return [weigh_version(one, self.words, self.history) for one in found]

    def _prepared_before(self, topic: str, code: str) -> list[Prepared]:
        """Return what the words of a topic came to before, from these very inputs; or nothing."""
        found = []
        day = self.words.site.today.isoformat()
        for edition in self._offered(code) if not self.scope.force else ():
            entry = self.store.prepared(self.fingerprints[topic, code], edition, day)
            one = read_prepared(topic, code, edition, entry) if entry else None
            if one is None:
                return []
            found.append(one)
        return found

    def _why(self, one: Prepared) -> str:
        """Return why a leaflet has to be made; where it need not, record its state."""
        if one.wanted is None:
            if one.withdrawn:
                self.output.withdraw(one)
            self._record(one, self.output.unprintable(one))
            return ""
        why = "; ".join(self.output.why(one.wanted, self.scope.force))
        if not why:
            self.output.drop_draft(one.wanted)
            self._record(one, self.output.unchanged(one))
        elif self.scope.dry_run:
            self._record(one, one.entry("built", why))
            return ""
        return why

    def _publish(self, one: Prepared, reason: str, printed: RenderResult) -> None:
        """Publish a leaflet and record it, all of it together."""
        with self.ledger.together():
            self._record(one, self.output.publish(one, reason, printed))

    def _publish_made(self, made: list[tuple[Prepared, str, RenderResult]]) -> None:
        """Publish leaflets that were made before."""
        self.output.put_ahead((one, printed) for one, _, printed in made)
        for one, why, printed in made:
            self._publish(one, why, printed)

    def _job(self, one: Prepared, why: str) -> Job:
        assert one.wanted is not None and one.leaflet is not None and one.setting is not None
        return Job(
            wanted=one.wanted,
            leaflet=one.leaflet,
            html=one.html,
            setting=one.setting,
            reason=why,
            limit_seconds=self.clinic.limit_seconds,
            limit_megabytes=self.clinic.limit_megabytes,
            web=one.web,
            web_words=web_words(one.leaflet.topic.review_by, self.words.rack, self.clinic),
        )

    def _until(self, name: Name) -> str:
        """Return the first day on which what stands of a leaflet may not be handed out."""
        turns = [
            date.fromisoformat(row.card["review_by"]) + timedelta(1)
            for state in ("approved", "draft")
            if (row := self.ledger.row((*name, state)))
        ]
        today = self.words.site.today
        return min((turn for turn in turns if turn > today), default=date.max).isoformat()

    def _record(self, one: Prepared, entry: Entry) -> None:
        """Record the entry of a leaflet: as it is now, and as it is where nothing is made."""
        name = (one.topic, one.locale, one.edition)
        stands = replace(entry, result="unchanged", reason="") if entry.result == "built" else entry
        passing = _is_passing(entry.findings)
        head, tail = pieces(stands)
        state = LeafletState(
            name=name,
            place=self.places.get(one.locale, len(self.places)),
            fingerprint="" if passing else self.fingerprints.get(name[:2], ""),
            since=one.since.isoformat(),
            until=min(one.until.isoformat(), self._until(name)),
            state=one.state if one.wanted and entry.result != "failed" else "",
            result=stands.result,
            reason=stands.reason,
            head=head,
            tail=tail,
            draft=stands.state == "draft" and stands.result == "unchanged",
        )
        findings = [(f.severity, f.code, f.message, f.where) for f in entry.findings]
        with self.ledger.together():
            self.ledger.record_state(state, findings)
            if one.title:
                self.ledger.record_topic(one.topic, one.title, one.codes)
                self.ledger.record_also(one.topic, one.locale, one.also)
            if entry.result != stands.result:
                self.ledger.tell(
                    "INSERT OR REPLACE INTO done VALUES (?, ?, ?, ?, ?)",
                    *name, entry.result, entry.reason,
                )  # fmt: skip
        if entry.result != "unchanged":
            # The whole entry stands in the report; what is kept here is what is said of it.
            self.entries.append(replace(entry, disclaimers=(), findings=()))
        self.told(entry, self.total)

    # What leaves

    def _remove(self) -> None:
        """Take out what the site has no more."""
        everything = [
            (t, c, e) for t in self.topics for c in self.locales for e in self._offered(c)
        ]
        for entry in self.output.remove(everything):
            head, tail = pieces(entry)
            place = self.places.get(entry.locale, len(self.places))
            self.ledger.tell(
                "INSERT INTO gone VALUES (?, ?, ?, ?, ?, ?, ?)",
                entry.topic, entry.locale, entry.edition, place, head, tail, entry.reason,
            )  # fmt: skip
            self.entries.append(entry)
        stay = set(everything)
        query = "SELECT topic, locale, edition FROM leaflet_state"
        for name in [name for name in self.ledger.ask(query) if name not in stay]:
            self.ledger.forget_state(name)

    # What is told

    def _meant(self, name: Name) -> bool:
        """Return whether the run is about a leaflet."""
        topic, code, edition = name
        return topic in self.topics and code in self.locales and edition in self.editions

    def report(self, seconds: float) -> Report:
        """Return the report of the run."""
        last = len(self.places)
        # One may have been made, and made again.
        once = {entry.name: entry for entry in self.entries}
        entries = sorted(
            once.values(), key=lambda e: (e.topic, self.places.get(e.locale, last), e.edition)
        )
        return self.summary.report(entries, seconds, engine_versions(), self.left)

    def rack_is_old(self) -> bool:
        """Return whether the rack is not there as it was published."""
        shelved = self.ledger.ask("SELECT 1 FROM file WHERE owner = 'rack' LIMIT 1")
        old = next(shelved, None) is None or self.ledger.fact(RACK_DAY) != self._day()
        return old or bool(self.output.altered("rack"))

    def _day(self) -> str:
        return self.words.site.today.isoformat()

    def publish_rack(self) -> None:
        """Publish the pages that staff find leaflets on. What was not looked at is as it was."""
        states: dict[Name, str] = {
            (topic, code, edition): state
            for topic, code, edition, state in self.ledger.ask(
                "SELECT topic, locale, edition, state FROM leaflet_state"
            )
        }
        rows = list(self.ledger.rack_rows())
        stale = {
            row.made.file
            for row in rows
            if states.get(row.made.key[:3], row.made.state) != row.made.state
        }
        words = self.words
        titles = self.ledger.titles()
        for name in words.names:
            if name not in titles and name in words.topics:
                titles[name] = words.topics[name].title.text
        names = set(words.names)
        titles = {name: title for name, title in titles.items() if name in names}
        today = words.site.today
        issues = self.history.issues()
        # Only what has an address says what it replaces.
        before = replaced(issues) if self.clinic.rack_address else {}
        left = [finding.where for finding in self.left]
        shelf = shelve(
            rows, self.clinic, words.theme, titles, stale, words.withdrawn, today,
            self.ledger.codes(), before, issues, left, self.ledger.also(), words.rack,
        )  # fmt: skip
        output = self.output
        known, altered = output.rack(), output.altered("rack")
        output.record_rack(write_rack(output.out, shelf, known, altered))
        self.ledger.set_fact(RACK_DAY, self._day())


def _is_passing(findings: Iterable[Finding]) -> bool:
    """Return whether the next build may come to something else, from the same words."""
    return any(finding.code in _PASSING for finding in findings)


def _chunks(topics: Iterable[str]) -> Iterator[tuple[str, ...]]:
    rest = iter(topics)
    while chunk := tuple(islice(rest, CHUNK)):
        yield chunk
