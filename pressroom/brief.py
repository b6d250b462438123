"""Bring few leaflets of a site up to date all others of which stand: a Look -> what differs.

What one message costs then depends on the leaflets that it touches, not on those that
there are: nothing else is read, and what is published of all of them (the rack, the
report, what the next build goes by) is mended in place of being made anew.

Each step tells whether it could be done like this. Where it could not, the whole site is
gone through: that goes by the ledger alone, and comes to the same bytes.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

from .account import Account, settled_account, standing_of
from .catalogue.pseudo import PSEUDO
from .files import write_atomically
from .ledger import Ledger, Name, Row, Seen
from .lock import FOLDER
from .model import Report
from .publisher import Publisher
from .rack import MOST_LISTED, Known, known, load_pages, mend_rack, shelve
from .report import mended
from .site import Words
from .stamps import Stamp, stamp_at
from .standing import READY, REPORT, Look, Record, keep_ready, put_record
from .survey import CLOCK_NS, changed, look_again, names_in, recipes_of

Place = tuple[str, str]


class Brief:
    """A run that is about few leaflets."""

    def __init__(
        self,
        record: Record,
        words: Words,
        publisher: Publisher,
        renewed: Mapping[str, Seen],
        places: Iterable[Place],
    ) -> None:
        self.record = record
        self.words = words
        self.publisher = publisher
        self.ledger = publisher.ledger
        self.out = publisher.out
        #: What was read again, by its path.
        self.renewed = renewed
        #: Topics and locales that it concerns.
        self.places = sorted(places)
        self.topics = sorted({topic for topic, _ in self.places})
        self.locales = sorted({code for _, code in self.places})
        codes = {*self.locales, words.site.clinic.source_locale}
        #: All that these are prepared from, and what that comes to.
        self.seen = {**self.ledger.inputs_of(self.topics, codes), **renewed}
        self.recipes = recipes_of(words, self.seen, self.topics, self.locales)
        self._files = self._published()
        self._titles = self._entitled()
        self._all_titles: Mapping[str, str] = {}
        self._others_stand = False
        self._report = b""
        self._rack = Known()
        #: Rows of the locales, but for its own topics; and those of its own.
        self._others: list[Row] = []
        self._own: list[Row] = []
        #: Leaflets of each locale, its topics that have approved ones, and drafts.
        self._tally: dict[str, list[int]] = {}
        self._next = Report({}, ())
        #: Files of the rack that were written.
        self._shelved: tuple[str, ...] = ()

    def _published(self) -> set[str]:
        """Name the files of its topics and locales."""
        return {
            name
            for place in self.places
            for row in self.publisher.rows.of(*place)
            for name in row.made.files
        }

    def meanwhile(self) -> None:
        """Look at what is published, and read what is needed later, beside the last leaflets."""
        gc.freeze()  # What was loaded before is no garbage.
        own = {*self._files, *self._published(), _name_of(self.ledger)}
        with suppress(OSError):  # All is looked at then.
            odd = {name for _, name in self.record.altered({"out": self.out}, alone=True)}
            self._report = (self.out / READY).read_bytes()
            self._rack = known(self.out)
            names = set(self.words.names)
            titles = self.ledger.titles().items()
            self._all_titles = {name: title for name, title in titles if name in names}
            # Of their entries, the rack shows pages alone.
            self._others = [
                replace(row, entry={"pages": row.entry.get("pages")})
                for row in self._rows("locale", self.locales)
                if row.made.topic not in self.topics
            ]
            self._others_stand = odd <= own
        load_pages(self.words.theme)

    def _rows(self, column: str, values: Sequence[str]) -> Iterator[Row]:
        """Give the rows of some topics or locales."""
        marks = ", ".join("?" * len(values))
        return self.ledger.rows(f"WHERE {column} IN ({marks})", *values)

    def see(self) -> bool:
        """Record what was read. Tell whether nothing else has changed meanwhile."""
        # The words of the house may have been read before they were looked at.
        began = self.words.read_ns - CLOCK_NS
        doubtful = any(one.digest and one.stamp[-1] > began for one in self.seen.values())
        if doubtful or not self._others_stand or next(changed(self.seen), None) is not None:
            return False
        with self.ledger.together():
            self.ledger.see_anew(self.renewed)
        return True

    # What is published of all leaflets

    def publish(self, report: Report, account: Account) -> bool:
        """Mend the report, the next one, and the rack; tell whether that was to be had.

        The report is large: the disk takes it while the rack is made.
        """
        if not (self._mendable() and self._published() == self._files and self._settled()):
            return False
        now = mended(self._report, report, account.texts(self.topics))
        if now is None:
            return False
        account = settled_account(self.ledger)
        self._next = account.report((), 0.0, report.engine)
        then = mended(self._report, self._next, account.texts(self.topics))
        assert then is not None, "the report lacks a leaflet"
        with suppress(OSError):  # A file in the place of another one waits for the disk.
            (self.out / READY).unlink()
        with ThreadPoolExecutor(1) as aside:
            published = aside.submit(write_atomically, self.out / REPORT, now, self.out)
            write_atomically(self.out / READY, then, self.out, lasting=False)
            if self.places:
                self._mend_rack()
            published.result()
        return True

    def _mendable(self) -> bool:
        """Tell whether nothing that was not read is to be told otherwise.

        Of few leaflets, the page of the rack lists all; it tells which are older than their
        words, and each of its pages has all titles.
        """
        self._tally = {code: row for code, *row in self.ledger.tally() if code not in PSEUDO}
        few = sum(leaflets for leaflets, *_ in self._tally.values()) <= MOST_LISTED
        if few or self._entitled() != self._titles or self._rack.stale:
            return False
        states: dict[Name, str] = {}
        for topic in self.topics:
            query = "SELECT topic, locale, edition, state FROM outlook WHERE topic = ?"
            states |= {(t, c, e): state for t, c, e, state in self.ledger.ask(query, topic)}
        self._own = list(self._rows("topic", self.topics))
        return all(
            states.get(row.made.key[:3], row.made.state) == row.made.state for row in self._own
        )

    def _entitled(self) -> dict[str, str]:
        """Give the titles of its topics."""
        query = "SELECT topic, title FROM title WHERE topic = ?"
        return dict(row for topic in self.topics for row in self.ledger.ask(query, topic))

    def _mend_rack(self) -> None:
        clinic, theme = self.words.site.clinic, self.words.theme
        withdrawn, today = self.words.withdrawn, self.words.site.today
        titles = {**self._all_titles, **self._titles}
        here = [*self._others, *(row for row in self._own if row.made.locale in self.locales)]
        by_locale, by_topic = (
            shelve(rows, clinic, theme, titles, (), withdrawn, today) for rows in (here, self._own)
        )
        listed = {code: (approved, drafts) for code, (_, approved, drafts) in self._tally.items()}
        self._shelved = mend_rack(self.out, self._rack, by_locale, by_topic, self.topics, listed)
        digests = {name: self.publisher.found[name] for name in self._shelved}
        self.publisher.keep_in_mind(digests, "rack")

    def settle(self) -> None:
        """Record what the next build goes by, where it finds nothing to do."""
        stamps: dict[tuple[str, str], Stamp] = {}
        site = f"{self.words.handouts.absolute()}/"
        for path, one in self.renewed.items():
            stamps["site", f"{path}/"[len(site) :].rstrip("/") or "."] = one.stamp
        for name in (*self._files, *self._shelved):
            query = "SELECT size, mtime_ns, ctime_ns FROM file WHERE name = ?"
            stamps["out", name] = next(self.ledger.ask(query, name), (-1, 0, 0))
        stamps["out", _name_of(self.ledger)] = stamp_at(self.ledger.path) or (-1, 0, 0)
        if self.record.renew(stamps, standing_of(self._next)):
            keep_ready(self.out)
            put_record(self.out, self.record)

    def _settled(self) -> bool:
        """Tell whether none of its leaflets is left to be looked at."""
        clinic = self.words.site.clinic
        query = "SELECT edition, recipe FROM outlook WHERE topic = ? AND locale = ?"
        return all(
            dict(self.ledger.ask(query, *place))
            == dict.fromkeys(clinic.offered(place[1]), self.recipes[place])
            for place in self.places
        )


def brief_run(look: Look, words: Words, publisher: Publisher) -> Brief | None:
    """Give the run that is enough for what was found to be odd; None where all is to be read.

    The ledger has to be as it was when the last build had nothing left to do.
    """
    ledger, record = publisher.ledger, look.record
    own = _name_of(ledger)
    if record.stamp("out", own) != stamp_at(ledger.path):
        return None
    site = words.handouts.absolute()
    renewed: dict[str, Seen] = {}
    places: set[Place] = set()
    for name in look.odd:
        path = str(site / name)
        old = ledger.inputs("WHERE path = ?", path).get(path)
        again = look_again(path, old) if old else None
        if old is None or again is None or (not old.digest and not _same_names(ledger, path, old)):
            return None
        renewed[path] = again
        if again.digest != old.digest:
            touched = _places_of(name, words)
            if not touched:
                return None
            places |= touched
    return Brief(record, words, publisher, renewed, places)


def _name_of(ledger: Ledger) -> str:
    """Name the ledger below the output folder."""
    return f"{FOLDER}/{ledger.path.name}"


def _same_names(ledger: Ledger, path: str, old: Seen) -> bool:
    """Tell whether nothing has come to a folder, or gone from it."""
    query = "SELECT name FROM input WHERE name > ? AND name < ?"
    below = f"{old.name}/"
    inner = (name[len(below) :] for (name,) in ledger.ask(query, below, f"{old.name}0"))
    return names_in(path) == {name.partition("/")[0] for name in inner}


def _places_of(name: str, words: Words) -> set[Place]:
    """Give the topics and locales that alone depend on a file of the site; none for others."""
    locales = words.site.clinic.locales
    match name.split("/"):
        case ["locales", code, file] if file.endswith(".po") and code in locales:
            topic = file.removesuffix(".po")
            return {(topic, code)} if topic != "house" and topic in words.names else set()
        case ["topics", topic, _, *_] if topic in words.names:
            return {(topic, code) for code in locales}
    return set()
