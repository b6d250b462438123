"""Take a site from words to published files: Words and Scope -> Report.

What `build`, `watch` and `serve` share: survey what is read, prepare the leaflets
that it touches, set and judge, publish, remove, and write the rack and the report.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, islice
from pathlib import Path

from .account import Account, settle
from .brief import Brief, brief_run
from .catalogue.locales import read_locale
from .files import write_atomically
from .ledger import Ledger, Name, Outlook, Seen
from .lock import locked
from .model import Entry, Report
from .plan import Key
from .prepare import Prepared, Preparer, as_slip, engine_versions, read_slip
from .press import Job, Press, Printed
from .publisher import Publisher
from .rack import known, shelve, write_rack
from .report import pieces
from .scripts import script_code
from .site import Words
from .standing import REPORT, Look
from .store import Store, store_folder
from .survey import CLOCK_NS, changed, places_of, recipes_of, survey

#: What is told of each leaflet that was looked at: its entry, and how many there are to look at.
Told = Callable[[Entry, int], None]

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
        """Tell whether nothing of the site is left out."""
        return not (self.topics or self.locales or self.editions)

    @property
    def plain(self) -> bool:
        """Tell whether all is to be brought up to date, and no more."""
        return self.whole and not (self.force or self.dry_run)


def publish(
    words: Words,
    out: Path,
    scope: Scope,
    press: Press,
    told: Told = lambda *_: None,
    json_to: Callable[[str], object] = lambda _: None,
    store: Store | None = None,
    look: Look | None = None,
) -> Report:
    """Bring the leaflets of a scope up to date below `out`; write the rack and the report.

    A dry run writes nothing; `json_to` is handed the text of its report, piece by
    piece. A `look` at the whole site, from before its words were read, spares a run about
    all of it most of its way. Raises LockedError where another run is at work there.
    """
    started = time.monotonic()
    store = store or Store(store_folder())
    store.settle(good=False)  # What a run that was killed has left, under the same number.
    with nullcontext() if scope.dry_run else locked(out):
        publisher = Publisher(
            out, not scope.dry_run, words.site.today, trial=scope.dry_run, kept=store.proof
        )
        ledger = publisher.ledger
        try:
            run = _Run(words, publisher, scope, told, store)
            brief = brief_run(look, words, publisher) if look and scope.plain else None
            broken_off = not scope.dry_run and _begin(publisher)
            if brief and run.go_briefly(press, brief):
                report = run.report(time.monotonic() - started)
                if brief.publish(report, run.account):
                    _end(ledger)
                    brief.settle()
                    return report
                run.publish_rack()
            elif (run.go(press) or broken_off or run.rack_is_old()) and not scope.dry_run:
                run.publish_rack()
            report = run.report(time.monotonic() - started)
            if scope.dry_run:
                for piece in run.account.text(report):
                    json_to(piece)
                return report
            pieces = (piece.encode("utf-8") for piece in run.account.text(report))
            write_atomically(out / REPORT, pieces, out)
            _end(ledger)
            if run.settled:
                settle(ledger, words.handouts, out, words.site.clinic.id, report.engine)
            return report
        finally:
            store.settle(good=False)
            publisher.close()


def _begin(publisher: Publisher) -> bool:
    """Record that a run is at work; clear up what one that was killed has left.

    Tell whether there was one: its leaflets may stand published, but not on the rack.
    """
    ledger = publisher.ledger
    broken_off = bool(ledger.fact("running"))
    if broken_off:
        publisher.sweep()
    ledger.state("running", "yes")
    return broken_off


def _end(ledger: Ledger) -> None:
    """Record that a run has come to its end."""
    with ledger.together():
        ledger.state("running", "")
        ledger.tell("DELETE FROM pending")


class _Run:
    """One run through the stages."""

    def __init__(
        self, words: Words, publisher: Publisher, scope: Scope, told: Told, store: Store
    ) -> None:
        self.words = words
        self.clinic = words.site.clinic
        self.scope = scope
        self.told = told
        self.publisher = publisher
        self.store = store
        self.ledger = publisher.ledger
        self.topics = scope.topics or words.names
        self.locales = scope.locales or self.clinic.locales
        self.editions = scope.editions or self.clinic.editions
        self.places = {code: number for number, code in enumerate(self.clinic.locales)}
        self.account = Account(self.ledger, None if scope.whole else self._meant)
        #: Leaflets that did not stand as they were.
        self.entries: list[Entry] = []

    def go(self, press: Press) -> bool:
        """Do what there is to do. Tell whether something was looked at."""
        seen = survey(places_of(self.words.handouts), self.ledger.inputs())
        self.recipes = self._recipes(seen)
        todo = self._touched()
        self.make(press, todo)
        if self.scope.whole:
            self._remove()
        self._see(seen, todo)
        return bool(todo or self.entries)

    def go_briefly(self, press: Press, brief: Brief) -> bool:
        """Do what there is to do where it is known; tell whether nothing else has to be done."""
        self.recipes = brief.recipes
        self.make(press, brief.places, brief.meanwhile)
        good = brief.see()
        self.store.settle(good)
        if not good:
            self._doubt(brief.places)
        return good

    def make(
        self, press: Press, todo: list[Place], meanwhile: Callable[[], None] | None = None
    ) -> None:
        """Make what has to be made of some leaflets; `meanwhile` is done beside the last ones."""
        self.total = sum(len(self._offered(code)) for _, code in todo)
        self.publisher.announce(todo)
        doing: dict[Key, Prepared] = {}
        jobs = self._jobs(todo, doing)
        for job, printed in press.run(chain(jobs, _after(meanwhile))):
            if not any(finding.code in _PASSING for finding in printed.verdict.findings):
                self.store.keep_proof(job.wanted, printed)
            self._settle(doing.pop(job.wanted.key), job.reason, printed)

    def _see(self, seen: dict[str, Seen], todo: list[Place]) -> None:
        """Record what was read. What changed meanwhile may have been read before or after."""
        now = seen
        if todo and next(changed(seen), None) is not None:
            now = survey(places_of(self.words.handouts), seen)
        # The words of the house may have been read before they were surveyed.
        began = self.words.read_ns - CLOCK_NS
        doubtful = {
            path: replace(one, digest="?") if one.digest and one.stamp[-1] > began else one
            for path, one in now.items()
        }
        then = self.recipes if doubtful == seen else self._recipes(doubtful)
        stale = [place for place in todo if self.recipes[place] != then.get(place)]
        self.store.settle(good=not stale)
        with self.ledger.together():
            self.ledger.see(now)
            self._doubt(stale)

    def _doubt(self, places: Iterable[Place]) -> None:
        """Let these leaflets be looked at again: they may come from other words."""
        self.ledger.tell_all(
            "UPDATE outlook SET recipe = '' WHERE topic = ? AND locale = ?", places
        )

    # What is touched

    def _recipes(self, seen: Mapping[str, Seen]) -> dict[Place, str]:
        codes = (*self.clinic.locales, *self.locales)
        return recipes_of(self.words, seen, self.words.names, codes)

    def _touched(self) -> list[Place]:
        """Give the topics and locales whose leaflets may not stand as they are wanted."""
        day = self.words.site.today.isoformat()
        standing: dict[Place, set[str]] = {}
        query = "SELECT topic, locale, edition, recipe FROM outlook WHERE since <= ? AND until > ?"
        for topic, code, edition, recipe in self.ledger.ask(query, day, day):
            if recipe and self.recipes.get((topic, code)) == recipe:
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
        """Give the editions that the run is about and that a locale has."""
        return tuple(name for name in self.editions if name in self.clinic.offered(code))

    def _script(self, code: str) -> str:
        return script_code(read_locale(code))

    def _altered(self) -> Iterator[Place]:
        """Give the topics and locales of which a published file is not what was published."""
        odd = self.publisher.altered("leaflet")
        for row in self.ledger.rows() if odd else ():
            if not odd.isdisjoint(row.made.files):
                yield row.made.topic, row.made.locale

    # What is made

    def _jobs(self, todo: Iterable[Place], doing: dict[Key, Prepared]) -> Iterator[Job]:
        """Prepare leaflet after leaflet. Give the job of each that has to be set."""
        prepare = Preparer(self.words)
        with self.ledger.many_together() as part:
            kept: list[tuple[Prepared, str, Printed]] = []
            for number, (topic, code) in enumerate(todo):
                if number % TOGETHER == 0:
                    self._settle_kept(kept)
                    part(True)
                found = self._remembered(topic, code)
                found = found or list(prepare([topic], [code], self.editions))
                for row in self.publisher.outlived(found):
                    self.publisher.mend(row)
                for one in found:
                    if why := self._why(one):
                        wanted = one.wanted
                        assert wanted is not None
                        made = None if self.scope.force else self.store.proof(wanted)
                        if made is not None:
                            kept.append((one, why, made))
                            continue
                        if not one.leaflet:
                            one = next(prepare([topic], [code], [one.edition]))
                        doing[wanted.key] = one
                        part(False)
                        yield self._job(one, why)
                        part(True)
            self._settle_kept(kept)

    def _remembered(self, topic: str, code: str) -> list[Prepared]:
        """Give what the words of a topic came to before, from these very files; or nothing."""
        found = []
        day = self.words.site.today.isoformat()
        for edition in self._offered(code) if not self.scope.force else ():
            slip = self.store.slip(self.recipes[topic, code], edition, day)
            one = read_slip(topic, code, edition, slip) if slip else None
            if one is None:
                return []
            found.append(one)
        return found

    def _why(self, one: Prepared) -> str:
        """Say why a leaflet has to be made; where it need not, record how it stands."""
        name = (one.topic, one.locale)
        if one.leaflet is not None or one.wanted is None:
            self.store.keep_slip(self.recipes[name], one.edition, as_slip(one))
        if one.wanted is None:
            if one.withdrawn:
                self.publisher.withdraw(one)
            self._note(one, self.publisher.unprintable(one))
            return ""
        why = "; ".join(self.publisher.why(one.wanted, self.scope.force))
        if not why:
            self.publisher.drop_draft(one.wanted)
            self._note(one, self.publisher.unchanged(one))
        elif self.scope.dry_run:
            self._note(one, one.entry("built", why))
            return ""
        return why

    def _settle(self, one: Prepared, reason: str, printed: Printed) -> None:
        """Publish a leaflet and record it, all of it together."""
        with self.ledger.together():
            self._note(one, self.publisher.settle(one, reason, printed))

    def _settle_kept(self, kept: list[tuple[Prepared, str, Printed]]) -> None:
        """Publish leaflets that were made before."""
        self.publisher.put_ahead((one, printed) for one, _, printed in kept)
        for one, why, printed in kept:
            self._settle(one, why, printed)
        kept.clear()

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
        )

    def _until(self, name: Name) -> str:
        """Give the first day on which what stands of a leaflet may not be handed out."""
        turns = [
            date.fromisoformat(row.card["review_by"]) + timedelta(1)
            for state in ("approved", "draft")
            if (row := self.publisher.rows.get((*name, state)))
        ]
        today = self.words.site.today
        return min((turn for turn in turns if turn > today), default=date.max).isoformat()

    def _note(self, one: Prepared, entry: Entry) -> None:
        """Record the entry of a leaflet: as it is now, and as it is where nothing is made."""
        name = (one.topic, one.locale, one.edition)
        stands = replace(entry, result="unchanged", reason="") if entry.result == "built" else entry
        passing = any(finding.code in _PASSING for finding in entry.findings)
        head, tail = pieces(stands)
        outlook = Outlook(
            name=name,
            place=self.places.get(one.locale, len(self.places)),
            recipe="" if passing else self.recipes.get(name[:2], ""),
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
            self.ledger.expect(outlook, findings)
            if one.title:
                self.ledger.entitle(one.topic, one.title)
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
        for entry in self.publisher.remove(everything):
            head, tail = pieces(entry)
            place = self.places.get(entry.locale, len(self.places))
            self.ledger.tell(
                "INSERT INTO gone VALUES (?, ?, ?, ?, ?, ?, ?)",
                entry.topic, entry.locale, entry.edition, place, head, tail, entry.reason,
            )  # fmt: skip
            self.entries.append(entry)
        stay = set(everything)
        query = "SELECT topic, locale, edition FROM outlook"
        for name in [name for name in self.ledger.ask(query) if name not in stay]:
            self.ledger.overlook(name)

    # What is told

    def _meant(self, name: Name) -> bool:
        """Tell whether the run is about a leaflet."""
        topic, code, edition = name
        return topic in self.topics and code in self.locales and edition in self.editions

    def report(self, seconds: float) -> Report:
        """Sum up the run."""
        last = len(self.places)
        # One may have been made, and made again.
        once = {entry.name: entry for entry in self.entries}
        entries = sorted(
            once.values(), key=lambda e: (e.topic, self.places.get(e.locale, last), e.edition)
        )
        return self.account.report(entries, seconds, engine_versions())

    @property
    def settled(self) -> bool:
        """Tell whether no leaflet of the whole site is left to be looked at."""
        if len(self.recipes) < len(self.words.names) * len(self.clinic.locales):
            self.recipes = self._recipes(self.ledger.inputs())
        wanted = {
            (topic, code, edition)
            for topic in self.words.names
            for code in self.clinic.locales
            for edition in self.clinic.offered(code)
        }
        found = set()
        for *name, recipe in self.ledger.ask("SELECT topic, locale, edition, recipe FROM outlook"):
            if not recipe or self.recipes.get((name[0], name[1])) != recipe:
                return False
            found.add(tuple(name))
        return found == wanted

    def rack_is_old(self) -> bool:
        """Tell whether the rack is not there as it was published."""
        shelved = self.ledger.ask("SELECT 1 FROM file WHERE owner = 'rack' LIMIT 1")
        return next(shelved, None) is None or bool(self.publisher.altered("rack"))

    def publish_rack(self) -> None:
        """Publish the pages that staff find leaflets on. What was not looked at is as it was."""
        states: dict[Name, str] = {
            (topic, code, edition): state
            for topic, code, edition, state in self.ledger.ask(
                "SELECT topic, locale, edition, state FROM outlook"
            )
        }
        before = known(self.publisher.out).stale
        rows = list(self.ledger.shelf())
        stale = {
            row.made.file
            for row in rows
            if (
                states[row.made.key[:3]] != row.made.state
                if row.made.key[:3] in states
                else row.made.file in before
            )
        }
        words = self.words
        titles = self.ledger.titles()
        for name in words.names:
            if name not in titles and name in words.topics:
                titles[name] = words.topics[name].title.text
        names = set(words.names)
        titles = {name: title for name, title in titles.items() if name in names}
        today = words.site.today
        shelf = shelve(rows, self.clinic, words.theme, titles, stale, words.withdrawn, today)
        altered = self.publisher.altered("rack")
        self.publisher.shelve(write_rack(self.publisher.out, shelf, altered))


def _after(work: Callable[[], None] | None) -> Iterator[Job]:
    """Do something once all jobs are handed out; give none."""
    if work is not None:
        work()
    yield from ()


def _chunks(topics: Iterable[str]) -> Iterator[tuple[str, ...]]:
    rest = iter(topics)
    while chunk := tuple(islice(rest, CHUNK)):
        yield chunk
