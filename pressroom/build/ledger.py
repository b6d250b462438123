"""What the last builds read and made, in the output folder: leaflets, inputs, files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..core.codes import SYSTEMS, Codes
from ..core.files import leaves
from ..core.published import Issue, Key, Made, Row
from .by_name import files_of_leaflets
from .inputs import InputFile, Stamp, changed
from .tables import Tables

#: The fact that says which leaflets are withdrawn: topic and locale (empty: in all) of each.
WITHDRAWN = "withdrawn"
#: The fact that says which files are published no more, but could not be removed.
LEAVING = "leaving"
#: The fact that says where the history of what was released stands, once there is any.
RECORDS = "records"

#: Topic, locale, edition.
Name = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class LeafletState:
    """A leaflet of the site as the report has it where nothing is made."""

    name: Name
    #: Number of its locale in the clinic's order.
    place: int
    #: Digest of the inputs that it comes from; empty where it has to be prepared again.
    fingerprint: str
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


def _require_names(made: Made) -> None:
    """Raise ValueError for a row whose names are none of the output folder's."""
    for name in (*made.key, made.text, made.sha256, *made.files):
        if not isinstance(name, str):
            raise ValueError(f"{name!r} is no text")
    for name in made.files:
        if not is_below(name):
            raise ValueError(f"{name!r} is no file of this folder")


def is_below(name: str) -> bool:
    """Return whether a path is one below the output folder, as it stands there."""
    return {"", ".", ".."}.isdisjoint(name.split("/"))


class Ledger(Tables):
    """What is recorded of an output folder."""

    # What changed

    def nothing_changed(self, day: str, circumstances: str, records: Path | None = None) -> bool:
        """Return whether the last run left nothing to do, and all is as it was since.

        No input and no published file has another stamp, no date is judged otherwise on this
        `day` (ISO 8601), and the build runs under the same circumstances, with the same `records`.
        """
        history = self.fact(RECORDS)
        turned = "SELECT 1 FROM leaflet_state WHERE since > ? OR until <= ? LIMIT 1"
        return (
            self.fact("finished") == circumstances
            and not self.fact(LEAVING)
            and (not history or os.path.isfile(history))  # noqa: PTH113
            and (records is None or os.path.dirname(history) == str(records.absolute()))  # noqa: PTH120
            and not (self._withdrawn and any(files_of_leaflets(self.out, self._is_withdrawn)))
            and next(self.ask(turned, day, day), None) is None
            and not any(changed(self._stamps("input", "path")))
            and not any(changed(self._stamps("file", "name"), f"{self.out.absolute()}/"))
        )

    def leaving(self) -> set[str]:
        """Return the files that are published no more, and may lie there yet."""
        try:
            found = set(map(str, json.loads(self.fact(LEAVING) or "[]")))
        except (RecursionError, TypeError, ValueError) as problem:
            raise self.damaged(problem) from None
        return {name for name in found if is_below(name) and not leaves(self.out / name, self.out)}

    def _is_withdrawn(self, topic: str, locale: str, _edition: str) -> bool:
        return any((topic, code) in self._withdrawn for code in ("", locale))

    @cached_property
    def _withdrawn(self) -> frozenset[tuple[str, str]]:
        return frozenset((t, code) for t, code in json.loads(self.fact(WITHDRAWN) or "[]"))

    def _stamps(self, table: str, name: str) -> Iterator[tuple[str, Stamp]]:
        query = f"SELECT {name}, size, mtime_ns, ctime_ns FROM {table}"
        return ((path, (size, mtime, ctime)) for path, size, mtime, ctime in self.ask(query))

    # Published leaflets

    def rows(self, where: str = "", *values: Any) -> Iterator[Row]:
        """Yield rows, sorted. Raises ConfigurationError for one that is damaged."""
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

    def row(self, key: Key) -> Row | None:
        """Return the row of a leaflet; None where none is published."""
        where = "WHERE topic = ? AND locale = ? AND edition = ? AND state = ?"
        return next(self.rows(where, *key), None)

    def rows_of(self, topic: str, locale: str) -> list[Row]:
        """Return the rows of a topic in a locale."""
        return list(self.rows("WHERE topic = ? AND locale = ?", topic, locale))

    def keys(self) -> Iterator[Key]:
        """Yield the keys of all rows, sorted."""
        return self.ask("SELECT topic, locale, edition, state FROM leaflet ORDER BY 1, 2, 3, 4")

    def rack_rows(self) -> Iterator[Row]:
        """Yield rows, sorted, without what the rack does not show: it reads thousands.

        Of the parts, they have that of the web page; of the entry, the pages.
        """
        query = (
            "SELECT topic, locale, edition, state, text, file, sha256, web, pages, card "
            "FROM leaflet ORDER BY topic, locale, edition, state"
        )
        for topic, locale, edition, state, text, file, sha256, web, pages, card in self.ask(query):
            made = Made(topic, locale, edition, state, {"web": web}, text, file, sha256)
            try:
                yield Row(made, {"pages": pages}, dict(json.loads(card)))
            except (RecursionError, TypeError, ValueError) as problem:
                raise self.damaged(problem) from None

    def record(self, row: Row) -> None:
        """Put a row in the place of the one with the same key."""
        made = row.made
        self.tell(
            "INSERT OR REPLACE INTO leaflet (topic, locale, edition, state, parts, text, file, "
            "sha256, entry, card, extras, web, pages) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *made.key,
            json.dumps(dict(made.parts)),
            made.text,
            made.file,
            made.sha256,
            json.dumps(row.entry),
            json.dumps(row.card),
            json.dumps(dict(made.extras)),
            made.parts.get("web", ""),
            row.entry.get("pages"),
        )

    def forget(self, made: Made) -> None:
        """Delete a row."""
        self.tell(
            "DELETE FROM leaflet WHERE topic = ? AND locale = ? AND edition = ? AND state = ?",
            *made.key,
        )

    def issues(self) -> Iterator[Issue]:
        """Yield the history from before there were records, oldest first."""
        query = (
            "SELECT topic, locale, edition, version, issued, review_by, text, sha256, "
            "published, ended, why FROM issue ORDER BY rowid"
        )
        return (Issue(*line) for line in self.ask(query))

    # States of leaflets

    def record_state(
        self, state: LeafletState, findings: Iterable[tuple[str, str, str, str]]
    ) -> None:
        """Record the state of a leaflet; `findings` are severity, code, message and place."""
        self.forget_state(state.name)
        self.tell(
            f"INSERT INTO leaflet_state VALUES ({', '.join('?' * 13)})",
            *state.name, state.place, state.fingerprint, state.since, state.until, state.state,
            state.result, state.reason, state.head, state.tail, state.draft,
        )  # fmt: skip
        self.tell_all(
            "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(*state.name, *finding) for finding in findings],
        )

    def forget_state(self, name: Name) -> None:
        """Delete the state of a leaflet, and its findings."""
        for table in ("leaflet_state", "finding"):
            self.tell(f"DELETE FROM {table} WHERE topic = ? AND locale = ? AND edition = ?", *name)

    def doubt(self, places: Iterable[tuple[str, str]]) -> None:
        """Mark the leaflets of these topics and locales to be prepared again by the next build."""
        self.tell_all(
            "UPDATE leaflet_state SET fingerprint = '' WHERE topic = ? AND locale = ?", places
        )

    def titles(self) -> dict[str, str]:
        """Return the title of each topic that was ever prepared."""
        return dict(self.ask("SELECT topic, title FROM title"))

    def codes(self) -> dict[str, Codes]:
        """Return the codes of each topic that has any, whatever its leaflets' state."""
        found = list(self.ask("SELECT topic, codes FROM title WHERE codes != '{}'"))
        try:
            return {
                topic: {
                    name: tuple(own) for name, own in json.loads(codes).items() if name in SYSTEMS
                }
                for topic, codes in found
            }
        except (AttributeError, RecursionError, TypeError, ValueError) as problem:
            raise self.damaged(problem) from None

    def record_topic(self, topic: str, title: str, codes: Codes) -> None:
        """Record the title of a topic, and the codes by which records find it."""
        said = json.dumps(dict(codes))
        self.tell("INSERT OR REPLACE INTO title VALUES (?, ?, ?)", topic, title, said)

    def also(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Return what else leaflets are called, by topic and locale."""
        found = list(self.ask("SELECT topic, locale, names FROM also"))
        try:
            return {(topic, code): tuple(json.loads(names)) for topic, code, names in found}
        except (RecursionError, TypeError, ValueError) as problem:
            raise self.damaged(problem) from None

    def record_also(self, topic: str, locale: str, names: Iterable[str]) -> None:
        """Record what else a leaflet is called, in the place of what was recorded before."""
        said = json.dumps(list(names))
        self.tell("INSERT OR REPLACE INTO also VALUES (?, ?, ?)", topic, locale, said)

    def progress(self) -> dict[tuple[str, str], tuple[str, Any]]:
        """Return what `status` found of topics in locales, each with its fingerprint."""
        rows = list(self.ask("SELECT topic, locale, fingerprint, found FROM progress"))
        try:
            return {(t, code): (made_of, json.loads(found)) for t, code, made_of, found in rows}
        except (RecursionError, TypeError, ValueError) as problem:
            raise self.damaged(problem) from None

    def record_progress(self, found: Mapping[tuple[str, str], tuple[str, Any]]) -> None:
        """Record what `status` found, in the place of what it found before."""
        rows = [(*name, made_of, json.dumps(one)) for name, (made_of, one) in found.items()]
        with self.together():
            self.tell_all("INSERT OR REPLACE INTO progress VALUES (?, ?, ?, ?)", rows)

    # Facts

    def fact(self, name: str) -> str:
        """Return a fact; empty where there is none."""
        return next((str(value) for (value,) in self.ask(
            "SELECT value FROM fact WHERE name = ?", name)), "")  # fmt: skip

    def set_fact(self, name: str, value: str) -> None:
        """Record a fact; an empty one is deleted."""
        self.tell("DELETE FROM fact WHERE name = ?", name)
        if value:
            self.tell("INSERT INTO fact VALUES (?, ?)", name, value)

    # Inputs

    def inputs(self) -> dict[str, InputFile]:
        """Return what was read, by its path."""
        query = "SELECT path, name, size, mtime_ns, ctime_ns, digest, shares FROM input"
        return {
            path: InputFile(name, (size, *times), digest, json.loads(shares) if shares else None)
            for path, name, size, *times, digest, shares in self.ask(query)
        }

    def record_inputs(self, inputs: Mapping[str, InputFile]) -> None:
        """Record what is read, in the place of what was."""
        old = self.inputs()
        self.tell_all(
            "DELETE FROM input WHERE path = ?", [(path,) for path in old.keys() - inputs.keys()]
        )
        self.tell_all(
            "INSERT OR REPLACE INTO input "
            "(path, name, size, mtime_ns, ctime_ns, digest, shares) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (path, one.name, *one.stamp, one.digest,
                 None if one.shares is None else json.dumps(dict(one.shares)))
                for path, one in inputs.items()
                if old.get(path) != one
            ],
        )  # fmt: skip

    # Published files

    def stamp(self, name: str) -> Stamp | None:
        """Return the stamp that a published file had; None for one that is not recorded."""
        query = "SELECT size, mtime_ns, ctime_ns FROM file WHERE name = ?"
        return next(self.ask(query, name), None)
