"""What the last builds made: an SQLite file in the output folder, one row a leaflet."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from .errors import ConfigurationError, LockedError
from .files import leaves, shown
from .plan import Made

#: Folder of the engine's own files below the output folder.
FOLDER = ".pressroom"
#: Layout of the table. A newer one is not read; what an older one lacks is added.
FORMAT = 2


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


class Ledger:
    """The rows of an output folder. Every change is committed at once; reading changes nothing."""

    def __init__(self, out: Path, write: bool = True) -> None:
        self.path = out / FOLDER / "ledger.sqlite3"
        try:
            if write:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            address = f"{self.path.resolve().as_uri()}?mode={'rwc' if write else 'ro'}"
            self.database = sqlite3.connect(address, uri=True, isolation_level=None)
            (version,) = self.database.execute("PRAGMA user_version").fetchone()
            if version > FORMAT:
                raise ConfigurationError(
                    shown(self.path),
                    f"was written by another release (format {version}, here {FORMAT})",
                    "use that release, or delete the file to build everything anew",
                )
            if not write:
                return
            self.database.execute(
                "CREATE TABLE IF NOT EXISTS leaflet (topic, locale, edition, state, text, parts, "
                "file, sha256, entry, card, extras DEFAULT '{}', "
                "PRIMARY KEY (topic, locale, edition, state))"
            )
            self.database.execute(
                "CREATE TABLE IF NOT EXISTS issue (topic, locale, edition, version, issued, "
                "review_by, text, sha256, published, ended, why)"
            )
            if version == 1:
                self.database.execute("ALTER TABLE leaflet ADD COLUMN extras DEFAULT '{}'")
            self.database.execute(f"PRAGMA user_version = {FORMAT}")
        except (sqlite3.DatabaseError, OSError) as problem:
            raise self._damaged(problem) from None

    def _damaged(self, problem: Exception) -> ConfigurationError:
        return ConfigurationError(
            shown(self.path),
            f"the ledger cannot be used: {problem}",
            "delete it to build everything anew; published leaflets stay",
        )

    def rows(self) -> Iterator[Row]:
        """Give all rows, sorted. Raises ConfigurationError for one that is damaged."""
        try:
            for row in self.database.execute(
                "SELECT topic, locale, edition, state, parts, text, file, sha256, entry, card, "
                "extras FROM leaflet ORDER BY topic, locale, edition, state"
            ):
                topic, locale, edition, state, parts, text, file, sha256, entry, card, extras = row
                made = Made(
                    topic, locale, edition, state, json.loads(parts), text, file, sha256,
                    json.loads(extras),
                )  # fmt: skip
                yield Row(made, json.loads(entry), json.loads(card))
        except (sqlite3.DatabaseError, ValueError) as problem:
            raise self._damaged(problem) from None

    def record(self, row: Row) -> None:
        """Put a row in the place of the one with the same key."""
        made = row.made
        self.database.execute(
            "INSERT OR REPLACE INTO leaflet "
            "(topic, locale, edition, state, parts, text, file, sha256, entry, card, extras) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *made.key,
                json.dumps(dict(made.parts)),
                made.text,
                made.file,
                made.sha256,
                json.dumps(row.entry),
                json.dumps(row.card),
                json.dumps(dict(made.extras)),
            ),
        )

    def forget(self, made: Made) -> None:
        """Delete a row."""
        self.database.execute(
            "DELETE FROM leaflet WHERE topic = ? AND locale = ? AND edition = ? AND state = ?",
            made.key,
        )

    def issues(self) -> Iterator[Issue]:
        """Give the history, oldest first; nothing of a ledger that is older than it."""
        has = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'issue'"
        try:
            if self.database.execute(has).fetchone():
                yield from (
                    Issue(*line)
                    for line in self.database.execute(
                        "SELECT topic, locale, edition, version, issued, review_by, text, sha256, "
                        "published, ended, why FROM issue ORDER BY rowid"
                    )
                )
        except (sqlite3.DatabaseError, TypeError) as problem:
            raise self._damaged(problem) from None

    def issue(self, new: Issue) -> None:
        """Add what is published to the history, in the place of what stood there before it."""
        place = (new.topic, new.locale, new.edition)
        standing = self.database.execute(
            "SELECT sha256 FROM issue WHERE (topic, locale, edition) = (?, ?, ?) AND ended = ''",
            place,
        ).fetchall()
        if standing != [(new.sha256,)]:
            self.end(place, new.published, "replaced")
            self.database.execute(f"INSERT INTO issue VALUES ({', '.join('?' * 11)})", astuple(new))

    def end(self, place: tuple[str, str, str], day: str, why: str) -> None:
        """Say in the history that a leaflet (topic, locale, edition) stands no more."""
        self.database.execute(
            "UPDATE issue SET ended = ?, why = ? "
            "WHERE (topic, locale, edition) = (?, ?, ?) AND ended = ''",
            (day, why, *place),
        )

    def close(self) -> None:
        """Close the file."""
        self.database.close()


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Keep other builds out of an output folder.

    Raises LockedError, naming the process, where another one is at work.
    """
    folder = out / FOLDER
    if not folder.exists() and out.is_dir() and any(e.name[0] != "." for e in out.iterdir()):
        raise ConfigurationError(
            shown(out),
            "holds files that Pressroom did not make",
            "choose another --out, or empty it",
        )
    if leaves(folder, out):
        raise ConfigurationError(shown(folder), f"leads out of {shown(out)}/", "delete the link")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as problem:
        raise ConfigurationError(
            shown(out), f"cannot be written ({problem.strerror})", "choose another --out"
        ) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(handle, 100).decode(errors="replace").strip() or "unknown"
            raise LockedError(
                shown(out), f"another build is at work (process {holder})", "wait for it to end"
            ) from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        with suppress(OSError):
            # Workers that were forked meanwhile have the file open, too.
            fcntl.flock(handle, fcntl.LOCK_UN)
            os.close(handle)
