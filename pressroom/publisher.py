"""Keep an output folder: what stands there, what joins it, what leaves it.

Each leaflet is published atomically and recorded at once, so that a build
which ends at any point leaves only whole files behind. What is withheld or
fails never replaces what was published.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import date
from glob import escape
from pathlib import Path
from typing import Any

from .files import files_below, leaves, write_together
from .ledger import Issue, Ledger, Row, is_below
from .model import Entry, Finding, Result, Shown
from .plan import Key, Made, Wanted, file_name, not_wanted, reader_name, reasons
from .prepare import Prepared
from .press import Printed
from .report import entry_data
from .stamps import stamp_at

#: Findings on words: they are looked for anew in each build, whatever stands published.
_ON_WORDS = (
    "approval-", "review-", "fact-", "message-", "number-", "markup-", "script-", "promotional-",
    "reading-", "glossary-", "link-",
)  # fmt: skip


def page_name(topic: str, locale: str) -> str:
    """Give the path of a leaflet's web page below the output folder."""
    return f"{locale}/{topic}.html"


def first_error(findings: Iterable[Finding]) -> str:
    """Give the reason why a leaflet failed: its first error."""
    errors = (f for f in findings if f.severity == "error")
    return next((f"{finding.code}: {finding.message}" for finding in errors), "")


class Rows(Mapping[Key, Row]):
    """The rows of a ledger by their key, read when they are asked for."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def __getitem__(self, key: Key) -> Row:
        query = "WHERE topic = ? AND locale = ? AND edition = ? AND state = ?"
        row = next(self.ledger.rows(query, *key), None)
        if row is None:
            raise KeyError(key)
        return row

    def __iter__(self) -> Iterator[Key]:
        return self.ledger.ask(
            "SELECT topic, locale, edition, state FROM leaflet ORDER BY 1, 2, 3, 4"
        )

    def __len__(self) -> int:
        return int(next(self.ledger.ask("SELECT count(*) FROM leaflet"))[0])

    def values(self) -> Any:
        """Give all rows, sorted by their key."""
        return self.ledger.rows()

    def of(self, topic: str, locale: str) -> list[Row]:
        """Give the rows of a topic in a locale."""
        return list(self.ledger.rows("WHERE topic = ? AND locale = ?", topic, locale))


class Found(Mapping[str, str]):
    """Digests of the published files by their path: SHA-256, taken when it is asked for.

    A file that has the stamp with which it was published is not read again.
    """

    def __init__(self, out: Path, ledger: Ledger) -> None:
        self.out = out
        self.ledger = ledger

    def __contains__(self, name: object) -> bool:
        return (self.out / str(name)).is_file()

    def __getitem__(self, name: str) -> str:
        if name not in self:
            raise KeyError(name)
        try:
            return hashlib.sha256((self.out / name).read_bytes()).hexdigest()
        except OSError:
            raise KeyError(name) from None

    def of(self, made: Made) -> dict[str, str]:
        """Give the digests of a leaflet's files, without those that are not there."""
        found = {}
        for name, sha256 in made.files.items():
            query = "SELECT size, mtime_ns, ctime_ns FROM file WHERE name = ?"
            known = next(self.ledger.ask(query, name), None)
            with suppress(KeyError):
                same = known is not None and known == stamp_at(self.out / name)
                found[name] = sha256 if same else self[name]
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for row in self.ledger.rows() for name in row.made.files if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Publisher:
    """An output folder and its ledger.

    `write` is needed to change anything; the history then gets the `day`. In a
    `trial`, the ledger is a copy and no file is touched.
    """

    def __init__(
        self,
        out: Path,
        write: bool = False,
        day: date | None = None,
        trial: bool = False,
        kept: Callable[[Wanted], Printed | None] = lambda _: None,
    ) -> None:
        self.out = out
        #: Gives what was made of a leaflet before, where that is kept.
        self.kept = kept
        self.day = day.isoformat() if day else ""
        self.write = write and not trial
        self.ledger = Ledger(out, write, trial)
        self.rows = Rows(self.ledger)
        self.found = Found(out, self.ledger)
        #: Files that stand in their places before their leaflets are settled.
        self._ahead: dict[str, bytes] = {}

    def close(self) -> None:
        """Close the ledger."""
        self.ledger.close()

    # What stands

    def why(self, wanted: Wanted, force: bool = False) -> tuple[str, ...]:
        """Say why a leaflet has to be made; nothing where it stands as it is wanted."""
        row = self.rows.get(wanted.key)
        if row is None:
            return reasons(wanted, None, {}, force)
        return reasons(wanted, row.made, self.found.of(row.made), force)

    def row(self, wanted: Wanted) -> Row:
        """Give the row of a leaflet that stands."""
        return self.rows[wanted.key]

    def known(self, pdf: bytes) -> Row | None:
        """Find the row of a PDF by its content."""
        digest = hashlib.sha256(pdf).hexdigest()
        query = "WHERE sha256 = ? OR extras LIKE ?"
        return next(self.ledger.rows(query, digest, f"%{digest}%"), None)

    def read(self, made: Made) -> tuple[bytes, bytes]:
        """Read a published leaflet as its words are judged, and the sheets of a booklet."""
        pdf = (self.out / made.file).read_bytes()
        reader = self.out / reader_name(made.file)
        if reader_name(made.file) not in made.extras or not reader.is_file():
            return pdf, b""
        return reader.read_bytes(), pdf

    def recall(self, row: Row) -> Entry:
        """Give the entry of a row, as it was reported when it was made."""
        return self._entry(row)

    def _entry(self, row: Row) -> Entry:
        """Read the entry of a row. Raises ConfigurationError for one that is damaged."""
        try:
            return entry_of(row.entry)
        except (KeyError, TypeError) as problem:
            raise self.ledger.damaged(problem) from None

    def unchanged(self, one: Prepared) -> Entry:
        """Give the entry of a leaflet that stands as it is wanted.

        Words that were right when it was made may be wrong by a rule that is newer.
        """
        assert one.wanted is not None
        entry = self._entry(self.row(one.wanted))
        kept = tuple(f for f in entry.findings if not f.code.startswith(_ON_WORDS))
        reason = first_error(one.findings)
        result: Result = "failed" if reason else "unchanged"
        return replace(entry, result=result, reason=reason, findings=(*one.findings, *kept))

    def unprintable(self, one: Prepared) -> Entry:
        """Give the entry of a leaflet whose words are broken, missing or out of date.

        What was published of it stays, unless it is withdrawn (see `withdraw`).
        """
        first = one.findings[0].message if one.findings else ""
        entry = one.entry("failed" if one.broken else "withheld", first)
        for state in ("approved", "draft"):
            row = self.rows.get((one.topic, one.locale, one.edition, state))
            if row and row.made.file in self.found:
                return replace(entry, file=row.made.file, sha256=row.made.sha256)
        return entry

    def _owns_page(self, wanted: Wanted) -> bool:
        """Tell whether a text is that of the web page, which an approved one keeps.

        The page belongs to one edition, the clinic's first: only its jobs have one.
        """
        return wanted.state == "approved" or not any(
            row.made.state == "approved" for row in self.rows.of(wanted.topic, wanted.locale)
        )

    # What joins

    def settle(self, one: Prepared, reason: str, printed: Printed) -> Entry:
        """Publish what passed; keep what stood where it did not. Give the entry."""
        wanted = one.wanted
        assert wanted is not None
        verdict = printed.verdict
        findings = (*one.findings, *verdict.findings)
        entry = replace(
            one.entry("built", reason),
            pages=verdict.pages or None,
            type_size_pt=printed.type_size_pt,
            disclaimers=verdict.disclaimers,
            findings=findings,
        )
        if any(finding.severity == "error" for finding in findings):
            if old := self.rows.get(wanted.key):
                self.mend(old)
            old = self.rows.get(wanted.key)
            stands = old.made.file if old and old.made.file in self.found else ""
            return replace(
                entry,
                result="failed",
                reason=first_error(findings),
                file=stands,
                sha256=self.found.get(stands, "") if stands else "",
            )
        name = file_name(wanted)
        old = self.rows.get(wanted.key)
        extras = self._put(self._files_of(one, printed))
        digest = extras.pop(name)
        entry = replace(entry, file=name, sha256=digest)
        made = Made(*wanted.key, wanted.parts, wanted.text, name, digest, extras)
        row = Row(made, entry_data(entry), one.card)
        with self.ledger.together():
            self.ledger.record(row)
            if made.state == "approved":
                self.ledger.issue(self._issue(row))
            self.keep_in_mind(made.files, "leaflet")
        if old is not None:
            self._take_out(old.made.files.keys() - self._names(one.topic, one.locale))
        self.drop_draft(wanted)
        return entry

    def _files_of(self, one: Prepared, printed: Printed) -> dict[str, bytes]:
        """Give the files of a leaflet by their paths below the output folder."""
        assert one.wanted is not None
        files = {file_name(one.wanted): printed.pdf, **printed.extras}
        if one.web and self._owns_page(one.wanted):
            files[page_name(one.topic, one.locale)] = one.web.encode("utf-8")
        return files

    def put_ahead(self, made: Iterable[tuple[Prepared, Printed]]) -> None:
        """Put the files of leaflets in their places that will be settled next, all together."""
        for one, printed in made:
            if not (printed.verdict.failed or first_error(one.findings)):
                self._ahead |= self._files_of(one, printed)
        write_together(((self.out / name, data) for name, data in self._ahead.items()), self.out)

    def _issue(self, row: Row) -> Issue:
        """Give the line of the history that says what is published now."""
        made, card = row.made, row.card
        return Issue(
            *made.key[:3], card["version"], card["issued"], card["review_by"],
            made.text, made.sha256, self.day,
        )  # fmt: skip

    def announce(self, places: Iterable[tuple[str, str]]) -> None:
        """Record of which topics and locales files may come, so that none is ever foreign."""
        with self.ledger.together():
            self.ledger.tell_all("INSERT OR IGNORE INTO pending VALUES (?, ?)", places)

    def sweep(self) -> None:
        """Take out what a run that was killed has left: parts of files, and files of no row."""
        for path in files_below(self.out) if self.write else ():
            if path.name.startswith(".") and path.suffix == ".part":
                path.unlink(missing_ok=True)
        for topic, locale in list(self.ledger.ask("SELECT topic, locale FROM pending")):
            stem = escape(f"{locale}/{topic}")
            if not is_below(stem):
                continue
            known = self._names(topic, locale)
            for pattern in (f"{stem}.*", f"rack/thumbs/{stem}.*"):
                found = {path.relative_to(self.out).as_posix() for path in self.out.glob(pattern)}
                self._take_out(found - known)
        self.ledger.tell("DELETE FROM pending")

    def keep_in_mind(self, files: Mapping[str, str], owner: str) -> None:
        """Record stamps of published files, by name with their digests: they are not read again."""
        stamps = ((name, sha256, stamp_at(self.out / name)) for name, sha256 in files.items())
        rows = [(name, owner, sha256, *(stamp or (-1, 0, 0))) for name, sha256, stamp in stamps]
        with self.ledger.together():
            self.ledger.tell_all(
                "INSERT OR REPLACE INTO file (name, owner, sha256, size, mtime_ns, ctime_ns) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )

    def altered(self, owner: str) -> set[str]:
        """Name the files that are not what was published; those of the rack, or of all leaflets.

        What was only touched, or copied here with its time, is as it was: its stamp is renewed.
        """
        found, touched = set(), []
        query = "SELECT name, sha256, size, mtime_ns, ctime_ns FROM file WHERE owner = ?"
        base = str(self.out.absolute())
        for name, sha256, *known in self.ledger.ask(query, owner):
            stamp = stamp_at(f"{base}/{name}")
            if stamp == tuple(known):
                continue
            if stamp is not None and self.found.get(name) == sha256:
                touched.append((*stamp, name))
            else:
                found.add(name)
        with self.ledger.together() if touched else nullcontext():
            self.ledger.tell_all(
                "UPDATE file SET size = ?, mtime_ns = ?, ctime_ns = ? WHERE name = ?", touched
            )
        return found

    def shelve(self, files: Iterable[str]) -> None:
        """Record which files the rack has, and the stamps of those that were written anew."""
        query = "SELECT name, sha256, size, mtime_ns, ctime_ns FROM file WHERE owner = 'rack'"
        old = {name: (sha256, tuple(stamp)) for name, sha256, *stamp in self.ledger.ask(query)}
        names = set(files)
        base = str(self.out.absolute())
        new = {
            name: self.found[name]
            for name in names
            if name not in old or old[name][1] != stamp_at(f"{base}/{name}")
        }
        with self.ledger.together():
            gone = [(name,) for name in old.keys() - names]
            self.ledger.tell_all("DELETE FROM file WHERE name = ?", gone)
            self.keep_in_mind(new, "rack")

    def _put(self, files: Mapping[str, bytes]) -> dict[str, str]:
        """Put files in their places, but for those that were put there before. Digest each."""
        new = {name: data for name, data in files.items() if self._ahead.pop(name, None) != data}
        write_together(((self.out / name, data) for name, data in new.items()), self.out)
        return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}

    # What leaves

    def remove(self, wanted: Iterable[tuple[str, str, str]]) -> list[Entry]:
        """Take out what the site has no more. Give an entry for each."""
        entries = []
        for key in not_wanted(wanted, list(self.rows)):
            entries.append(
                replace(
                    self._entry(self.rows[key]),
                    result="removed",
                    reason="the site has it no more",
                    file="",
                    sha256="",
                    findings=(),
                )
            )
            self._drop(key, "taken out of the site")
        return entries

    def drop_draft(self, wanted: Wanted) -> None:
        """Take out the draft in whose place an approved leaflet stands."""
        if wanted.state == "approved":
            self._drop((*wanted.key[:3], "draft"), "")

    def withdraw(self, one: Prepared) -> None:
        """Take out all that was published of a withdrawn leaflet, whatever its edition."""
        for row in self.rows.of(one.topic, one.locale):
            self._drop(row.made.key, one.findings[0].message)

    def outlived(self, prepared: Iterable[Prepared]) -> list[Row]:
        """Give the rows of a topic in a locale that none of its prepared leaflets will replace."""
        prepared = list(prepared)
        wanted = {one.wanted.key for one in prepared if one.wanted}
        editions = {one.edition for one in prepared}
        places = {(one.topic, one.locale) for one in prepared}
        return [
            row
            for place in places
            for row in self.rows.of(*place)
            if row.made.edition in editions and row.made.key not in wanted
        ]

    def mend(self, row: Row) -> None:
        """Put right what somebody altered or deleted of a leaflet that cannot be made any more.

        It comes back as it was `kept`. If it was not, it is published no longer: what was
        altered is what nobody has judged or signed.
        """
        made = row.made
        if not (self.write and self._wrong(made)):
            return
        self._bring_back(made, self.kept(made))
        wrong = self._wrong(made)
        if made.file in wrong:
            self._drop(made.key, "its file was altered or deleted")
        elif wrong:
            extras = {name: sha256 for name, sha256 in made.extras.items() if name not in wrong}
            self._take_out(wrong)
            self.ledger.record(replace(row, made=replace(made, extras=extras)))

    def _wrong(self, made: Made) -> set[str]:
        """Give the files of a leaflet that were altered or deleted since they were published."""
        found = self.found.of(made)
        return {
            name
            for name, sha256 in made.files.items()
            if (found[name] != sha256 if name in found else not os.path.lexists(self.out / name))
        }

    def _bring_back(self, made: Made, printed: Printed | None) -> None:
        """Publish the files of a leaflet anew, as far as what was kept of it is the same."""
        files = {made.file: printed.pdf, **printed.extras} if printed else {}
        wrong = self._wrong(made)
        for name, data in files.items():
            if name in wrong and hashlib.sha256(data).hexdigest() == made.files[name]:
                self._put({name: data})
                self.keep_in_mind({name: made.files[name]}, "leaflet")

    def _names(self, topic: str, locale: str, but: Key | None = None) -> set[str]:
        """Name the files of all leaflets of a topic in a locale, or of all but one.

        The web page may have gone from one edition to another.
        """
        rows = (row for row in self.rows.of(topic, locale) if row.made.key != but)
        return {name for row in rows for name in row.made.files}

    def _drop(self, key: Key, why: str) -> None:
        row = self.rows.get(key)
        if row is not None:
            # The files go first: what a build that is killed here leaves is taken out by the next.
            self._take_out(row.made.files.keys() - self._names(*key[:2], but=key))
            with self.ledger.together():
                self.ledger.forget(row.made)
                if row.made.state == "approved":
                    self.ledger.end(key[:3], self.day, why)

    def _take_out(self, names: Iterable[str]) -> None:
        """Delete files, and folders that they leave empty; nothing outside of `out`."""
        for name in names:
            self.ledger.tell("DELETE FROM file WHERE name = ?", name)
            path = self.out / name
            if not self.write or leaves(path.parent, self.out):
                continue
            with suppress(OSError):
                path.unlink()
            with suppress(OSError):
                for folder in path.parents[: name.count("/")]:
                    folder.rmdir()


def entry_of(data: Any) -> Entry:
    """Read an entry as the ledger has it."""
    return Entry(
        **{
            **data,
            "disclaimers": tuple(Shown(**one) for one in data["disclaimers"]),
            "findings": tuple(Finding(**one) for one in data["findings"]),
        }
    )
