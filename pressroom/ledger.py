"""What the last builds read and made: an SQLite file in the output folder.

| table | a row is |
|---|---|
| `leaflet` | a leaflet that stands published |
| `issue` | an approved leaflet that is or was published: the history |
| `outlook` | a leaflet of the site as the report has it where nothing is made, and its recipe |
| `finding` | a finding of an outlook |
| `pending` | a topic in a locale that a run has set out to publish |
| `title` | the title of a topic, in the source language |
| `input` | a file or a folder that a build reads: its stamp and its digest |
| `file` | a published file: its stamp and its digest |
| `fact` | what holds for all of them |
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple, dataclass
from functools import lru_cache, partial
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal

from .errors import ConfigurationError
from .files import shown
from .lock import FOLDER, require_own
from .plan import Made
from .stamps import Stamp

#: Layout of the tables. A newer one is not read; what an older one lacks is added.
FORMAT = 5

_TABLES = """
CREATE TABLE IF NOT EXISTS leaflet (
  topic, locale, edition, state, text, parts, file, sha256, entry, card, extras DEFAULT '{}',
  web DEFAULT '', review_by DEFAULT '', out_of_date DEFAULT '[]',
  PRIMARY KEY (topic, locale, edition, state));
CREATE TABLE IF NOT EXISTS issue (
  topic, locale, edition, version, issued, review_by, text, sha256, published, ended, why);
CREATE TABLE IF NOT EXISTS outlook (
  topic, locale, edition, place, recipe, since, until, state, result, reason, head, tail, draft,
  PRIMARY KEY (topic, locale, edition)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS finding (topic, locale, edition, severity, code, message, place);
CREATE INDEX IF NOT EXISTS finding_of ON finding (topic, locale, edition);
CREATE TABLE IF NOT EXISTS input (
  path PRIMARY KEY, name, mtime_ns, size, digest, shares, ctime_ns DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file (
  name PRIMARY KEY, owner, mtime_ns, size, ctime_ns DEFAULT 0, sha256 DEFAULT '') WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (topic, locale, PRIMARY KEY (topic, locale)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS title (topic PRIMARY KEY, title) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (name PRIMARY KEY, value) WITHOUT ROWID;
"""
#: So that what tells leaflets apart is read without all that their rows say.
_INDEXES = """
CREATE INDEX IF NOT EXISTS shelf ON leaflet (
  topic, locale, edition, state, text, file, sha256, web, review_by, out_of_date);
CREATE INDEX IF NOT EXISTS outlook_of ON outlook (
  topic, locale, edition, recipe, since, until, state, result, draft);
CREATE INDEX IF NOT EXISTS input_named ON input (name);
CREATE INDEX IF NOT EXISTS finding_told ON finding (topic, locale, edition)
  WHERE code != 'approval-missing';
"""
#: What a run did, for as long as it lasts.
_RUN = """
CREATE TEMP TABLE done (topic, locale, edition, result, reason,
  PRIMARY KEY (topic, locale, edition)) WITHOUT ROWID;
CREATE TEMP TABLE gone (topic, locale, edition, place, head, tail, reason);
"""

#: Columns that the tables of an older format lack.
_ADDED = (
    ("leaflet", "extras", "'{}'"), ("input", "ctime_ns", "0"),
    ("file", "ctime_ns", "0"), ("file", "sha256", "''"),
    ("leaflet", "web", "''"), ("leaflet", "review_by", "''"), ("leaflet", "out_of_date", "'[]'"),
)  # fmt: skip

#: Errors that come from the disk, from permissions or from another process.
_NO_FAULT_OF_THE_FILE = (
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_LOCKED,
)  # fmt: skip

#: Topic, locale, edition.
Name = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A leaflet that stands published."""

    made: Made
    #: Its entry in the report, as JSON says it.
    entry: Mapping[str, Any]
    #: What the rack shows of it.
    card: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Issue:
    """An approved leaflet that is or was published: a line of the history, which only grows."""

    topic: str
    locale: str
    edition: str
    version: str
    #: Days, as ISO 8601 has them.
    issued: str
    review_by: str
    #: Digest of its words, and of its file.
    text: str
    sha256: str
    published: str
    #: Day on which it was replaced or taken out, and why; empty while it stands.
    ended: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Outlook:
    """A leaflet of the site as the report has it where nothing is made."""

    name: Name
    #: Number of its locale in the clinic's order.
    place: int
    #: Digest of all that it was prepared from; empty where it has to be prepared again.
    recipe: str
    #: First day on which dates are judged as they were, and the first on which they are not.
    since: str
    until: str
    #: State of its words; empty where no page can be made of them.
    state: str
    result: str
    reason: str
    #: Text of its entry before the result, and after the reason.
    head: str
    tail: str
    draft: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A file or a folder as it was when it was last read."""

    name: str
    stamp: Stamp
    #: Of its content; empty: a folder.
    digest: str
    #: Digests of what it says of each topic, where it can be told.
    shares: Mapping[str, str] | None = None


class Later(Mapping[str, Any]):
    """A mapping of a row of which some is known; the rest is read when it is asked for."""

    __slots__ = ("_known", "_name", "_read")

    def __init__(self, known: Mapping[str, Any], read: Callable[[], Row], name: str) -> None:
        self._known = known
        self._read = read
        #: Which of the row's mappings it is: `made.parts`, `made.extras`, `entry` or `card`.
        self._name = name

    def _all(self) -> Mapping[str, Any]:
        whole: Mapping[str, Any] = attrgetter(self._name)(self._read())
        return whole

    def __getitem__(self, name: str) -> Any:
        return self._known[name] if name in self._known else self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def _require_names(made: Made) -> None:
    """Raise ValueError for a row whose names are none of the output folder's."""
    for name in (*made.key, made.text, made.sha256, *made.files):
        if not isinstance(name, str):
            raise ValueError(f"{name!r} is no text")
    for name in made.files:
        if not is_below(name):
            raise ValueError(f"{name!r} is no file of this folder")


def is_below(name: str) -> bool:
    """Tell whether a path is one below the output folder, as it stands there."""
    return {"", ".", ".."}.isdisjoint(name.split("/"))


class Ledger:
    """The tables of an output folder. Every change is committed at once.

    With `write` false, the file is only read; `trial` works on a copy in memory.
    """

    def __init__(self, out: Path, write: bool = True, trial: bool = False) -> None:
        self.path = out / FOLDER / "ledger.sqlite3"
        try:
            self.database = self._open(write and not trial)
            try:
                self._prepare(write, trial)
            except BaseException:
                self.database.close()
                raise
        except (sqlite3.DatabaseError, OSError) as problem:
            raise self.damaged(problem) from None

    def _prepare(self, write: bool, trial: bool) -> None:
        """Look at what the file holds; give it what it lacks."""
        # What a file may bring along that answers in the place of its tables, or for ever.
        odd = "SELECT name FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE ?"
        if found := self.database.execute(odd, ("create virtual%",)).fetchone():
            raise sqlite3.DatabaseError(f"it holds {found[0]!r}, which is no table of a ledger")
        (version,) = self.database.execute("PRAGMA user_version").fetchone()
        if version > FORMAT:
            raise ConfigurationError(
                shown(self.path),
                f"was written by another release (format {version}, here {FORMAT})",
                "use that release, or delete the file to build everything anew",
            )
        if trial or (not write and version < FORMAT):
            trial = True
            with closing(self.database) as file:
                self.database = sqlite3.connect(":memory:", isolation_level=None)
                file.backup(self.database)
        if write or trial:
            # Together, so that the disk is waited for once.
            self.database.executescript(f"BEGIN; {_TABLES} {_RUN} COMMIT;")
            if version != FORMAT:
                self._extend()
            self.database.executescript(f"BEGIN; {_INDEXES} COMMIT;")

    def _open(self, write: bool) -> sqlite3.Connection:
        require_own(self.path.parent.parent)
        if self.path.is_dir():
            raise ConfigurationError(shown(self.path), "is a folder, not a ledger", "move it away")
        if not write and not self.path.is_file():
            return sqlite3.connect(":memory:", isolation_level=None)
        if write:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        address = f"{self.path.resolve().as_uri()}?mode={'rwc' if write else 'ro'}"
        return sqlite3.connect(address, uri=True, isolation_level=None)

    def _extend(self) -> None:
        """Give the tables of an older format what they lack."""
        for table, column, default in _ADDED:
            names = [row[1] for row in self.database.execute(f"PRAGMA table_info({table})")]
            if column not in names:
                self.database.execute(f"ALTER TABLE {table} ADD COLUMN {column} DEFAULT {default}")
        with self.together():
            for row in list(self.rows()):
                self.record(row)
                digests = [(sha256, name) for name, sha256 in row.made.files.items()]
                self.tell_all("UPDATE file SET sha256 = ? WHERE name = ?", digests)
        self.database.execute(f"PRAGMA user_version = {FORMAT}")

    def damaged(self, problem: Exception) -> ConfigurationError:
        """Give the error that says what is wrong with the file, or with the disk."""
        if isinstance(problem, OSError | sqlite3.OperationalError):
            code = getattr(problem, "sqlite_errorcode", None)
            if code is None or code & 0xFF in _NO_FAULT_OF_THE_FILE:
                return ConfigurationError(
                    shown(self.path),
                    f"the ledger cannot be used: {problem}",
                    "make room, or see to its permissions; what is published stays",
                )
        return ConfigurationError(
            shown(self.path),
            f"the ledger cannot be used: {problem}",
            "delete it to build everything anew; published leaflets stay",
        )

    def ask(self, query: str, *values: Any) -> Iterator[Any]:
        """Give rows. Raises ConfigurationError where the file is damaged."""
        try:
            yield from self.database.execute(query, values)
        except (sqlite3.DatabaseError, ValueError) as problem:
            raise self.damaged(problem) from None

    def tell(self, statement: str, *values: Any) -> None:
        """Change rows. Raises ConfigurationError where that cannot be done."""
        try:
            self.database.execute(statement, values)
        except sqlite3.DatabaseError as problem:
            raise self.damaged(problem) from None

    def tell_all(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Change rows with the same statement for each."""
        try:
            self.database.executemany(statement, rows)
        except sqlite3.DatabaseError as problem:
            raise self.damaged(problem) from None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make what is changed within one change: all of it, or nothing."""
        within = self.database.in_transaction
        self.tell("SAVEPOINT part" if within else "BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):
                self.database.execute("ROLLBACK TO part" if within else "ROLLBACK")
            raise
        self.tell("RELEASE part" if within else "COMMIT")

    @contextmanager
    def many_together(self) -> Iterator[Callable[[bool], None]]:
        """Make many changes one, for as long as nobody waits for them.

        What is given ends what was begun, and begins anew where that is asked for.
        An error keeps what was whole before it.
        """

        def part(go_on: bool) -> None:
            if self.database.in_transaction:
                self.tell("COMMIT")
            if go_on:
                self.tell("BEGIN IMMEDIATE")

        try:
            yield part
        except BaseException:
            with suppress(ConfigurationError, sqlite3.Error):
                part(False)
            raise
        part(False)

    # Published leaflets

    def rows(self, where: str = "", *values: Any) -> Iterator[Row]:
        """Give rows, sorted. Raises ConfigurationError for one that is damaged."""
        query = (
            "SELECT topic, locale, edition, state, parts, text, file, sha256, entry, card, "
            f"extras FROM leaflet {where} ORDER BY topic, locale, edition, state"
        )
        for row in self.ask(query, *values):
            topic, locale, edition, state, parts, text, file, sha256, entry, card, extras = row
            try:
                made = Made(
                    topic, locale, edition, state, dict(json.loads(parts)), text, file, sha256,
                    dict(json.loads(extras)),
                )  # fmt: skip
                _require_names(made)
                yield Row(made, dict(json.loads(entry)), dict(json.loads(card)))
            except (RecursionError, TypeError, ValueError) as problem:
                raise self.damaged(problem) from None

    def shelf(self) -> Iterator[Row]:
        """Give rows, sorted, with what tells them apart; all else is read when it is asked for."""
        query = (
            "SELECT topic, locale, edition, state, text, file, sha256, web, review_by, out_of_date "
            "FROM leaflet ORDER BY topic, locale, edition, state"
        )
        # Those of a locale are read one after the other, and again.
        whole = lru_cache(maxsize=4000)(self._whole)
        for topic, locale, edition, state, text, file, sha256, web, *dates in self.ask(query):
            read = partial(whole, topic, locale, edition, state)
            try:
                card = {"review_by": dates[0], "out_of_date": json.loads(dates[1])}
            except (RecursionError, TypeError, ValueError) as problem:
                raise self.damaged(problem) from None
            parts = Later({"web": web}, read, "made.parts")
            extras = Later({}, read, "made.extras")
            made = Made(topic, locale, edition, state, parts, text, file, sha256, extras)
            yield Row(made, Later({}, read, "entry"), Later(card, read, "card"))

    def _whole(self, *key: str) -> Row:
        """Give the whole row of a leaflet."""
        where = "WHERE topic = ? AND locale = ? AND edition = ? AND state = ?"
        return next(self.rows(where, *key))

    def record(self, row: Row) -> None:
        """Put a row in the place of the one with the same key."""
        made = row.made
        self.tell(
            "INSERT OR REPLACE INTO leaflet (topic, locale, edition, state, parts, text, file, "
            "sha256, entry, card, extras, web, review_by, out_of_date) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *made.key,
            json.dumps(dict(made.parts)),
            made.text,
            made.file,
            made.sha256,
            json.dumps(row.entry),
            json.dumps(row.card),
            json.dumps(dict(made.extras)),
            made.parts.get("web", ""),
            row.card.get("review_by", ""),
            json.dumps(row.card.get("out_of_date", [])),
        )

    def forget(self, made: Made) -> None:
        """Delete a row."""
        self.tell(
            "DELETE FROM leaflet WHERE topic = ? AND locale = ? AND edition = ? AND state = ?",
            *made.key,
        )

    # The history

    def issues(self) -> Iterator[Issue]:
        """Give the history, oldest first; nothing of a ledger that is older than it."""
        if not next(self.ask("SELECT 1 FROM sqlite_master WHERE name = 'issue'"), None):
            return
        query = (
            "SELECT topic, locale, edition, version, issued, review_by, text, sha256, "
            "published, ended, why FROM issue ORDER BY rowid"
        )
        yield from (Issue(*line) for line in self.ask(query))

    def issue(self, new: Issue) -> None:
        """Add what is published to the history, in the place of what stood there before it."""
        place = (new.topic, new.locale, new.edition)
        query = "SELECT sha256 FROM issue WHERE (topic, locale, edition) = (?, ?, ?) AND ended = ''"
        if list(self.ask(query, *place)) != [(new.sha256,)]:
            self.end(place, new.published, "replaced")
            self.tell(f"INSERT INTO issue VALUES ({', '.join('?' * 11)})", *astuple(new))

    def end(self, place: Name, day: str, why: str) -> None:
        """Say in the history that a leaflet stands no more."""
        self.tell(
            "UPDATE issue SET ended = ?, why = ? "
            "WHERE (topic, locale, edition) = (?, ?, ?) AND ended = ''",
            day, why, *place,
        )  # fmt: skip

    # What the report says

    def expect(self, one: Outlook, findings: Iterable[tuple[str, str, str, str]]) -> None:
        """Record how a leaflet stands; `findings` are severity, code, message and place."""
        self.overlook(one.name)
        self.tell(
            f"INSERT INTO outlook VALUES ({', '.join('?' * 13)})",
            *one.name, one.place, one.recipe, one.since, one.until, one.state, one.result,
            one.reason, one.head, one.tail, one.draft,
        )  # fmt: skip
        self.tell_all(
            "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(*one.name, *finding) for finding in findings],
        )

    def overlook(self, name: Name) -> None:
        """Delete what is said of a leaflet."""
        for table in ("outlook", "finding"):
            self.tell(f"DELETE FROM {table} WHERE topic = ? AND locale = ? AND edition = ?", *name)

    def tally(self) -> Iterator[tuple[str, int, int, int]]:
        """Give the leaflets of each locale, and its topics that have approved ones, and drafts."""
        yield from self.ask(
            "SELECT locale, count(*), count(DISTINCT CASE WHEN state = 'approved' THEN topic END), "
            "count(DISTINCT CASE WHEN state != 'approved' THEN topic END) "
            "FROM leaflet GROUP BY locale"
        )

    def titles(self) -> dict[str, str]:
        """Give the title of each topic that was ever looked at."""
        return dict(self.ask("SELECT topic, title FROM title"))

    def entitle(self, topic: str, title: str) -> None:
        """Record the title of a topic."""
        self.tell("INSERT OR REPLACE INTO title VALUES (?, ?)", topic, title)

    # Facts

    def fact(self, name: str) -> str:
        """Give a fact; empty where there is none."""
        return next((str(value) for (value,) in self.ask(
            "SELECT value FROM fact WHERE name = ?", name)), "")  # fmt: skip

    def state(self, name: str, value: str) -> None:
        """Record a fact; an empty one is deleted."""
        self.tell("DELETE FROM fact WHERE name = ?", name)
        if value:
            self.tell("INSERT INTO fact VALUES (?, ?)", name, value)

    # Inputs

    def inputs(self, where: str = "", *values: Any) -> dict[str, Seen]:
        """Give what was read, by its path."""
        query = f"SELECT path, name, size, mtime_ns, ctime_ns, digest, shares FROM input {where}"
        return {
            path: Seen(name, (size, *times), digest, json.loads(shares) if shares else None)
            for path, name, size, *times, digest, shares in self.ask(query, *values)
        }

    def inputs_of(self, topics: Iterable[str], locales: Iterable[str]) -> dict[str, Seen]:
        """Give all that leaflets of these topics and locales are prepared from, by its path.

        What belongs to one other topic or locale is left out.
        """
        found = self.inputs(
            "WHERE name NOT GLOB 'site/locales/*/*' AND name NOT GLOB 'site/topics/*/*' AND "
            # A folder with a dot in its name stands for a file.
            "(digest > '' OR name NOT GLOB 'site/topics/*' OR name GLOB 'site/topics/*.*')"
        )
        # In the order of bytes, all that is below a folder comes before its name with a 0.
        for topic in topics:
            below = f"site/topics/{topic}"
            found |= self.inputs("WHERE name = ? OR (name > ? AND name < ?)",
                                 below, f"{below}/", f"{below}0")  # fmt: skip
        for code in locales:
            below = f"site/locales/{code}"
            found |= self.inputs(
                "WHERE name >= ? AND name < ? AND "
                "(name NOT GLOB '*.po' OR name GLOB '*/house.po' OR name GLOB ?)",
                below, f"{below}0", f"{below}/*/*",
            )  # fmt: skip
            for topic in topics:
                found |= self.inputs("WHERE name = ?", f"{below}/{topic}.po")
        return found

    def stamps(self, table: Literal["input", "file"]) -> Iterator[tuple[str, Stamp]]:
        """Give the stamp of each file that was read, or published, by its path."""
        name = {"input": "path", "file": "name"}[table]
        query = f"SELECT {name}, size, mtime_ns, ctime_ns FROM {table} ORDER BY {name}"
        return ((path, (size, *times)) for path, size, *times in self.ask(query))

    def see(self, inputs: Mapping[str, Seen]) -> None:
        """Record what is read, in the place of what was."""
        old = self.inputs()
        self.tell_all(
            "DELETE FROM input WHERE path = ?", [(path,) for path in old.keys() - inputs.keys()]
        )
        self.see_anew({path: one for path, one in inputs.items() if old.get(path) != one})

    def see_anew(self, inputs: Mapping[str, Seen]) -> None:
        """Record what was read again; all else is as it was."""
        self.tell_all(
            "INSERT OR REPLACE INTO input "
            "(path, name, size, mtime_ns, ctime_ns, digest, shares) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (path, one.name, *one.stamp, one.digest,
                 None if one.shares is None else json.dumps(dict(one.shares)))
                for path, one in inputs.items()
            ],
        )  # fmt: skip

    def close(self) -> None:
        """Close the file."""
        self.database.close()
