"""The file of the ledger: its tables and their format, and changes that are made together.

| table | a row is |
|---|---|
| `leaflet` | a leaflet that stands published |
| `issue` | an approved leaflet that was published before there were records |
| `leaflet_state` | a leaflet of the site as the report has it where nothing is made, and the |
| | fingerprint of the inputs that it comes from |
| `finding` | a finding of a leaflet's state |
| `pending` | a topic in a locale that a run has set out to publish |
| `title` | the title of a topic, in the source language, and its codes |
| `also` | what else a topic is called in a locale |
| `progress` | what `status` found of a topic in a locale, and the fingerprint of its inputs |
| `input` | a file or a folder that a build reads: its stamp and its digest |
| `file` | a published file: its stamp and its digest, and of what a file of the rack is made |
| `fact` | what holds for all of them |
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from ..core.errors import ConfigurationError
from ..core.files import shown
from ..core.lock import FOLDER, require_own

#: Layout of the tables. A newer one is not read; what an older one lacks is added.
FORMAT = 8

_TABLES = """
CREATE TABLE IF NOT EXISTS leaflet (
  topic, locale, edition, state, text, parts, file, sha256, entry, card, extras DEFAULT '{}',
  web DEFAULT '', pages, PRIMARY KEY (topic, locale, edition, state));
CREATE TABLE IF NOT EXISTS issue (
  topic, locale, edition, version, issued, review_by, text, sha256, published, ended, why);
CREATE TABLE IF NOT EXISTS leaflet_state (
  topic, locale, edition, place, fingerprint, since, until, state, result, reason, head, tail,
  draft, PRIMARY KEY (topic, locale, edition)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS finding (topic, locale, edition, severity, code, message, place);
CREATE TABLE IF NOT EXISTS input (
  path PRIMARY KEY, name, mtime_ns, size, digest, shares, ctime_ns DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file (
  name PRIMARY KEY, owner, mtime_ns, size, ctime_ns DEFAULT 0, sha256 DEFAULT '',
  made_of DEFAULT '') WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending (topic, locale, PRIMARY KEY (topic, locale)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS title (topic PRIMARY KEY, title, codes DEFAULT '{}') WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS also (topic, locale, names, PRIMARY KEY (topic, locale)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS progress (
  topic, locale, fingerprint, found, PRIMARY KEY (topic, locale)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (name PRIMARY KEY, value) WITHOUT ROWID;
"""
#: So that what tells leaflets apart is read without all that their rows say.
_INDEXES = """
CREATE INDEX IF NOT EXISTS state_of ON leaflet_state (
  topic, locale, edition, fingerprint, since, until, state, result, draft);
CREATE INDEX IF NOT EXISTS finding_of ON finding (topic, locale, edition);
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
    ("leaflet", "extras", "'{}'"), ("leaflet", "web", "''"), ("leaflet", "pages", "NULL"),
    ("input", "ctime_ns", "0"), ("file", "ctime_ns", "0"), ("file", "sha256", "''"),
    ("file", "made_of", "''"), ("title", "codes", "'{}'"),
)  # fmt: skip

#: What an older format has besides. The states of its leaflets stay, to be looked at anew.
_OLD_STATES = """
INSERT OR IGNORE INTO leaflet_state SELECT topic, locale, edition, place, '', since, until, state,
  result, reason, head, tail, draft FROM outlook;
DROP TABLE outlook;
"""

#: Errors that come from the disk, from permissions or from another process.
_NO_FAULT_OF_THE_FILE = (
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_LOCKED,
)  # fmt: skip


def ledger_path(out: Path) -> Path:
    """Return the path of the ledger of an output folder."""
    return out / FOLDER / "ledger.sqlite3"


class Tables:
    """The tables of an output folder. Every change is committed at once.

    With `write` false, the file is only read; `trial` works on a copy in memory.
    """

    def __init__(self, out: Path, write: bool = True, trial: bool = False) -> None:
        self.out = out
        self.path = ledger_path(out)
        try:
            self.database = self._open(write and not trial)
            try:
                self._prepare(write, trial)
            except BaseException:
                self.database.close()
                raise
        except (sqlite3.DatabaseError, OSError) as problem:
            raise self.damaged(problem) from None

    def _open(self, write: bool) -> sqlite3.Connection:
        require_own(self.out)
        if self.path.is_dir():
            raise ConfigurationError(shown(self.path), "is a folder, not a ledger", "move it away")
        if not write and not self.path.is_file():
            return sqlite3.connect(":memory:", isolation_level=None)
        if write:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        address = f"{self.path.resolve().as_uri()}?mode={'rwc' if write else 'ro'}"
        return sqlite3.connect(address, uri=True, isolation_level=None)

    def _prepare(self, write: bool, trial: bool) -> None:
        """Check what the file holds, and add what it lacks."""
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
            if version != FORMAT:
                self._bring_up_to_date()
            self.database.executescript(_RUN)

    def _bring_up_to_date(self) -> None:
        """Make the tables of an empty file, or turn those of an older format into these.

        All of it or nothing: what a process that is killed leaves is as it was.
        """
        with self.together():
            self._run(_TABLES)
            for table, column, default in _ADDED:
                names = [row[1] for row in self.ask(f"PRAGMA table_info({table})")]
                if column not in names:
                    self.tell(f"ALTER TABLE {table} ADD COLUMN {column} DEFAULT {default}")
            query = "SELECT rowid, parts, entry, file, sha256, extras FROM leaflet"
            for key, parts, entry, file, sha256, extras in list(self.ask(query)):
                with suppress(TypeError, ValueError, AttributeError):  # Whoever reads it says so.
                    web, pages = json.loads(parts).get("web", ""), json.loads(entry).get("pages")
                    self.tell(
                        "UPDATE leaflet SET web = ?, pages = ? WHERE rowid = ?", web, pages, key
                    )
                    digests = {file: sha256, **json.loads(extras)}
                    rows = [(digest, name) for name, digest in digests.items()]
                    self.tell_all("UPDATE file SET sha256 = ? WHERE name = ?", rows)
            if next(self.ask("SELECT 1 FROM sqlite_master WHERE name = 'outlook'"), None):
                self._run(_OLD_STATES)
            self.tell("DROP INDEX IF EXISTS shelf")
            self._run(_INDEXES)
            self.tell(f"PRAGMA user_version = {FORMAT}")

    def _run(self, script: str) -> None:
        """Execute statements; `executescript` would commit what was begun."""
        for statement in filter(str.strip, script.split(";")):
            self.tell(statement)

    def damaged(self, problem: Exception) -> ConfigurationError:
        """Return the error that says what is wrong with the file, or with the disk."""
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
        """Yield rows. Raises ConfigurationError where the file is damaged."""
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

    def close(self) -> None:
        """Close the file."""
        self.database.close()
