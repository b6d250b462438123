"""Keep an output folder: what is published there, what joins it, what leaves it.

Each leaflet is published atomically and recorded at once, so that a build
which ends at any point leaves only whole files behind. What is withheld or
fails never replaces what was published.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from glob import escape
from pathlib import Path
from typing import Any

from ..core.files import files_below, leaves, write_together
from ..core.model import Entry, Finding, Result, Shown, Verdict, Withdrawal
from ..core.published import Issue, Key, Made, Row, Wanted, file_name, reader_name
from ..core.versions import releases
from .by_name import files_of_editions, remove, withdrawn_files
from .history import History
from .inputs import stamp_at
from .ledger import LEAVING, WITHDRAWN, Ledger, is_below
from .plan import (
    GONE,
    STATE_REASONS,
    TAKEN_OUT,
    UNRECORDED,
    by_machine,
    is_web,
    moved_releases,
    not_wanted,
    pages_differ,
    reasons,
)
from .prepare import Prepared
from .render import RenderResult
from .report import entry_data

#: Why the history of a leaflet ends that the site has no more.
_TAKEN_OUT = "taken out of the site"

#: Findings on words: they are looked for anew in each build, whatever stands published.
_ON_WORDS = (
    "approval-", "review-", "fact-", "message-", "quantity-", "markup-", "script-", "promotional-",
    "reading-", "glossary-", "link-", "version-",
)  # fmt: skip


def page_name(topic: str, locale: str) -> str:
    """Return the path of a leaflet's web page below the output folder."""
    return f"{locale}/{topic}.html"


def _engine_fact(made: Made) -> str:
    """Return the name of the fact that says by which releases a leaflet was made."""
    return f"engine {made.parts.get('engine', '')}"


def _on_pages(entry: Entry) -> tuple[Finding, ...]:
    """Return the findings that hold as long as the pages stand."""
    return tuple(f for f in entry.findings if not f.code.startswith(_ON_WORDS))


def first_error(findings: Iterable[Finding]) -> str:
    """Return the reason why a leaflet failed: its first error."""
    errors = (f for f in findings if f.severity == "error")
    return next((f"{finding.code}: {finding.message}" for finding in errors), "")


class Output:
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
        kept: Callable[[Wanted], RenderResult | None] = lambda _: None,
        history: History | None = None,
    ) -> None:
        self.out = out
        #: Returns what was made of a leaflet before, where that is kept.
        self.kept = kept
        self.day = day.isoformat() if day else ""
        self.write = write and not trial
        self.history = history if self.write else None
        #: The same, also where nothing is written.
        self._past = history
        self.ledger = Ledger(out, write, trial)
        #: Files that stand in their places before their leaflets are published.
        self._ahead: dict[str, bytes] = {}
        #: Files that are published no more, and may lie there yet.
        self._leaving: set[str] = set()

    def close(self) -> None:
        """Close the ledger."""
        self.ledger.close()

    # What is published

    def why(self, wanted: Wanted, force: bool = False) -> tuple[str, ...]:
        """Return why a leaflet has to be made; nothing where it stands as it is wanted."""
        row = self.ledger.row(wanted.key)
        if row is None:
            other = "draft" if wanted.state == "approved" else "approved"
            if self.ledger.row((*wanted.key[:3], other)) is not None:
                return (STATE_REASONS[wanted.state],)
            if os.path.lexists(self.out / file_name(wanted)):
                return (UNRECORDED,)
            if wanted.state == "approved" and (last := self._last_issue(wanted)) is not None:
                return (TAKEN_OUT if last.ended else GONE,)
            return reasons(wanted, None, {}, force)
        moved = ""
        if wanted.parts["engine"] != row.made.parts.get("engine"):
            before = json.loads(self.ledger.fact(_engine_fact(row.made)) or "{}")
            moved = moved_releases(before, releases())
        return reasons(wanted, row.made, self.digests(row.made), force, moved)

    def _last_issue(self, wanted: Wanted) -> Issue | None:
        """Return the last release of a leaflet; None where there is none, or no records are."""
        known = self._past.issues_of(wanted.topic, wanted.locale) if self._past else []
        return next((one for one in reversed(known) if one.edition == wanted.edition), None)

    def stands_elsewise(self, wanted: Wanted) -> bytes | None:
        """Return what stands published of a leaflet that only another machine would set anew.

        A booklet as it is read. None where it stands as it is wanted, or its words differ.
        """
        row = self.ledger.row(wanted.key)
        if row is None or not by_machine(wanted, row.made, self.digests(row.made)):
            return None
        return self.read(row.made)[0]

    def standing(self, wanted: Wanted) -> RenderResult | None:
        """Return what stands published of a leaflet of which only the web page is another one."""
        row = self.ledger.row(wanted.key)
        if row is None or self._wrong(row.made) or pages_differ(wanted, row.made):
            return None
        entry, made = self.entry(row), row.made
        pages = {name: (self.out / name).read_bytes() for name in made.files if not is_web(name)}
        verdict = Verdict(entry.pages or 0, entry.disclaimers, _on_pages(entry))
        return RenderResult(pages.pop(made.file), verdict, entry.type_size_pt, pages)

    def known(self, pdf: bytes) -> Row | None:
        """Return the row of a PDF by its content."""
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

    def entry(self, row: Row) -> Entry:
        """Return the entry of a row, as it was reported when it was made.

        Raises ConfigurationError for one that is damaged.
        """
        try:
            return entry_of(row.entry)
        except (KeyError, TypeError) as problem:
            raise self.ledger.damaged(problem) from None

    def digest(self, name: str) -> str | None:
        """Return the SHA-256 of a published file; None where it is not there."""
        path = self.out / name
        try:
            return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
        except OSError:
            return None

    def digests(self, made: Made) -> dict[str, str]:
        """Return the digests of a leaflet's files, without those that are not there.

        A file that has the stamp with which it was published is not read again.
        """
        found = {}
        for name, sha256 in made.files.items():
            stamp = stamp_at(str(self.out / name))
            same = stamp is not None and stamp == self.ledger.stamp(name)
            if digest := sha256 if same else self.digest(name):
                found[name] = digest
        return found

    def unchanged(self, one: Prepared) -> Entry:
        """Return the entry of a leaflet that stands as it is wanted.

        Words that were right when it was made may be wrong by a rule that is newer.
        """
        assert one.wanted is not None
        row = self.ledger.row(one.wanted.key)
        assert row is not None
        entry = self.entry(row)
        kept = _on_pages(entry)
        reason = first_error(one.findings)
        result: Result = "failed" if reason else "unchanged"
        return replace(entry, result=result, reason=reason, findings=(*one.findings, *kept))

    def unprintable(self, one: Prepared) -> Entry:
        """Return the entry of a leaflet whose words are broken, missing or out of date.

        What was published of it stays, unless it is withdrawn (see `withdraw`).
        """
        # What only warns withholds nothing.
        worst = sorted(one.findings, key=lambda finding: finding.severity != "error")
        first = worst[0].message if worst else ""
        entry = one.entry("failed" if one.broken else "withheld", first)
        for state in ("approved", "draft"):
            row = self.ledger.row((one.topic, one.locale, one.edition, state))
            if row and (self.out / row.made.file).is_file():
                mark = row.card.get("mark", "")
                return replace(entry, file=row.made.file, sha256=row.made.sha256, mark=mark)
        return entry

    def _owns_page(self, wanted: Wanted) -> bool:
        """Return whether a text is that of the web page, which an approved one keeps.

        The page belongs to one edition, the clinic's first: only its jobs have one.
        """
        return wanted.state == "approved" or not any(
            row.made.state == "approved" for row in self.ledger.rows_of(wanted.topic, wanted.locale)
        )

    # What joins

    def publish(self, one: Prepared, reason: str, printed: RenderResult) -> Entry:
        """Publish what passed; keep what stood where it did not. Return the entry."""
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
            if old := self.ledger.row(wanted.key):
                self.mend(old)
            old = self.ledger.row(wanted.key)
            sha256 = old and self.digest(old.made.file)
            return replace(
                entry,
                result="failed",
                reason=first_error(findings),
                file=old.made.file if old and sha256 else "",
                sha256=sha256 or "",
                mark=old.card.get("mark", "") if old and sha256 else "",
            )
        name = file_name(wanted)
        self._releases([(one, printed)])
        old = self.ledger.row(wanted.key)
        extras = self._put(self._files_of(one, printed))
        digest = extras.pop(name)
        entry = replace(entry, file=name, sha256=digest)
        made = Made(*wanted.key, wanted.parts, wanted.text, name, digest, extras)
        row = Row(made, entry_data(entry), one.card)
        with self.ledger.together():
            self.ledger.record(row)
            if not self.ledger.fact(_engine_fact(made)):
                self.ledger.set_fact(_engine_fact(made), json.dumps(releases()))
            self.record_files(made.files, "leaflet")
        if old is not None:
            self._take_out(old.made.files.keys() - self._names(one.topic, one.locale))
        self.drop_draft(wanted)
        return entry

    def _files_of(self, one: Prepared, printed: RenderResult) -> dict[str, bytes]:
        """Return the files of a leaflet by their paths below the output folder."""
        assert one.wanted is not None
        files = {file_name(one.wanted): printed.pdf, **printed.extras}
        if one.web and self._owns_page(one.wanted):
            files[page_name(one.topic, one.locale)] = one.web.encode("utf-8")
        return files

    def put_ahead(self, made: Iterable[tuple[Prepared, RenderResult]]) -> None:
        """Put the files of leaflets in their places that will be published next, all together."""
        good = []
        for one, printed in made:
            if not (printed.verdict.failed or first_error(one.findings)):
                good.append((one, printed))
                self._ahead |= self._files_of(one, printed)
        self._releases(good)
        write_together(((self.out / name, data) for name, data in self._ahead.items()), self.out)

    def _releases(self, made: Iterable[tuple[Prepared, RenderResult]]) -> None:
        """Record what is about to be published as approved: before it is, so that all of it is."""
        found = [
            Issue(
                *one.wanted.key[:3], one.card["version"], one.card["issued"],
                one.card["review_by"], one.wanted.text, hashlib.sha256(printed.pdf).hexdigest(),
                self.day, mark=one.mark, change=one.card["change"],
            )
            for one, printed in made
            if one.wanted is not None and one.wanted.state == "approved"
        ]  # fmt: skip
        if self.history is not None and found:
            self.history.release(found)

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

    def record_files(self, files: Mapping[str, str], owner: str) -> None:
        """Record stamps of published files, by name with their digests: they are not read again."""
        stamps = ((name, sha256, stamp_at(str(self.out / name))) for name, sha256 in files.items())
        rows = [(name, owner, sha256, *(stamp or (-1, 0, 0))) for name, sha256, stamp in stamps]
        with self.ledger.together():
            self.ledger.tell_all(
                "INSERT OR REPLACE INTO file (name, owner, sha256, size, mtime_ns, ctime_ns) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )

    def altered(self, owner: str) -> set[str]:
        """Return the files that are not what was published; those of the rack, or of all leaflets.

        What was only touched, or copied here with its time, is as it was: its stamp is renewed.
        """
        found, touched = set(), []
        query = "SELECT name, sha256, size, mtime_ns, ctime_ns FROM file WHERE owner = ?"
        base = str(self.out.absolute())
        for name, sha256, *known in self.ledger.ask(query, owner):
            stamp = stamp_at(f"{base}/{name}")
            if stamp == tuple(known):
                continue
            if stamp is not None and self.digest(name) == sha256:
                touched.append((*stamp, name))
            else:
                found.add(name)
        with self.ledger.together() if touched else nullcontext():
            self.ledger.tell_all(
                "UPDATE file SET size = ?, mtime_ns = ?, ctime_ns = ? WHERE name = ?", touched
            )
        return found

    def rack(self) -> dict[str, str]:
        """Return the files of the rack, each with a digest of what it is made of."""
        return dict(self.ledger.ask("SELECT name, made_of FROM file WHERE owner = 'rack'"))

    def record_rack(self, files: Mapping[str, str]) -> None:
        """Record the files of the rack and what they are made of; stamps of those that changed."""
        query = "SELECT name, size, mtime_ns, ctime_ns FROM file WHERE owner = 'rack'"
        old = {name: tuple(stamp) for name, *stamp in self.ledger.ask(query)}
        base = str(self.out.absolute())
        new = {
            name: self.digest(name) or ""
            for name in files
            if name not in old or old[name] != stamp_at(f"{base}/{name}")
        }
        with self.ledger.together():
            gone = [(name,) for name in old.keys() - files.keys()]
            self.ledger.tell_all("DELETE FROM file WHERE name = ?", gone)
            self.record_files(new, "rack")
            made_of = [(key, name, key) for name, key in files.items()]
            self.ledger.tell_all(
                "UPDATE file SET made_of = ? WHERE name = ? AND made_of != ?", made_of
            )

    def _put(self, files: Mapping[str, bytes]) -> dict[str, str]:
        """Put files in their places, but for those that were put there before. Return digests."""
        new = {name: data for name, data in files.items() if self._ahead.pop(name, None) != data}
        write_together(((self.out / name, data) for name, data in new.items()), self.out)
        return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}

    # What leaves

    def remove(self, wanted: Iterable[tuple[str, str, str]]) -> list[Entry]:
        """Take out what the site has no more. Return an entry for each.

        Its history ends also where the ledger does not know it any more.
        """
        entries = []
        wanted = set(wanted)
        if self.history is not None:
            self.history.end(self.day, lambda name: "" if name in wanted else _TAKEN_OUT)
            known = {(one.topic, one.locale, one.edition) for one in self.history.issues()}
            gone, places = known - wanted, {name[:2] for name in wanted}
            gone |= {(*name[:2], "") for name in gone if name[:2] not in places}
            self._leaving |= set(files_of_editions(self.out, gone))
        for key in not_wanted(wanted, list(self.ledger.keys())):
            row = self.ledger.row(key)
            assert row is not None
            entries.append(
                replace(
                    self.entry(row),
                    result="removed",
                    reason="the site has it no more",
                    file="",
                    sha256="",
                    findings=(),
                )
            )
            self._drop(key, _TAKEN_OUT)
        return entries

    def drop_draft(self, wanted: Wanted) -> None:
        """Take out the draft in whose place an approved leaflet stands."""
        if wanted.state == "approved":
            self._drop((*wanted.key[:3], "draft"), "")

    def withdraw(self, one: Prepared) -> None:
        """Take out all that was published of a withdrawn leaflet, whatever its edition."""
        for row in self.ledger.rows_of(one.topic, one.locale):
            self._drop(row.made.key, one.findings[0].message)

    def clear(self, withdrawn: Iterable[Withdrawal]) -> tuple[Finding, ...]:
        """Delete what lies about of withdrawn leaflets, whoever wrote it, and what has to leave.

        Return a finding for each file that cannot be deleted: each build tries again.
        """
        covered = tuple(withdrawn)
        listed = json.dumps([(row.topic, row.locale) for row in covered]) if covered else ""
        if listed != self.ledger.fact(WITHDRAWN):
            self.ledger.set_fact(WITHDRAWN, listed)
        if not self.write:
            return ()
        gone = withdrawn_files(self.out, covered)
        published = {name for (name,) in self.ledger.ask("SELECT name FROM file")}
        rest = sorted((self._leaving | self.ledger.leaving()) - published - set(gone))
        found = (*remove(self.out, gone), *remove(self.out, rest, "is published no more"))
        stay = [name for name in (*gone, *rest) if os.path.lexists(self.out / name)]
        leaving = json.dumps(stay) if stay else ""
        if leaving != self.ledger.fact(LEAVING):
            self.ledger.set_fact(LEAVING, leaving)
        return found

    def outlived(self, prepared: Iterable[Prepared]) -> list[Row]:
        """Return the rows of a topic in a locale that no prepared leaflet of it will replace."""
        prepared = list(prepared)
        wanted = {one.wanted.key for one in prepared if one.wanted}
        editions = {one.edition for one in prepared}
        places = {(one.topic, one.locale) for one in prepared}
        return [
            row
            for place in places
            for row in self.ledger.rows_of(*place)
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
        """Return the files of a leaflet that were altered or deleted since they were published."""
        found = self.digests(made)
        return {
            name
            for name, sha256 in made.files.items()
            if (found[name] != sha256 if name in found else not os.path.lexists(self.out / name))
        }

    def _bring_back(self, made: Made, printed: RenderResult | None) -> None:
        """Publish the files of a leaflet anew, as far as what was kept of it is the same."""
        files = {made.file: printed.pdf, **printed.extras} if printed else {}
        wrong = self._wrong(made)
        for name, data in files.items():
            if name in wrong and hashlib.sha256(data).hexdigest() == made.files[name]:
                self._put({name: data})
                self.record_files({name: made.files[name]}, "leaflet")

    def _names(self, topic: str, locale: str, but: Key | None = None) -> set[str]:
        """Return the names of the files of all leaflets of a topic in a locale, or of all but one.

        The web page may have gone from one edition to another.
        """
        rows = (row for row in self.ledger.rows_of(topic, locale) if row.made.key != but)
        return {name for row in rows for name in row.made.files}

    def _drop(self, key: Key, why: str) -> None:
        row = self.ledger.row(key)
        if row is not None:
            if row.made.state == "approved" and self.history is not None:
                self.history.end(self.day, lambda name: why if name == key[:3] else "")
            # The files go first: what a build that is killed here leaves is taken out by the next.
            self._take_out(row.made.files.keys() - self._names(*key[:2], but=key))
            with self.ledger.together():
                self.ledger.forget(row.made)

    def _take_out(self, names: Iterable[str]) -> None:
        """Delete files, and folders that they leave empty; nothing outside of `out`."""
        for name in names:
            self.ledger.tell("DELETE FROM file WHERE name = ?", name)
            path = self.out / name
            if not self.write or leaves(path.parent, self.out):
                continue
            self._leaving.add(name)
            if not remove(self.out, [name]):
                self._leaving.discard(name)


def entry_of(data: Any) -> Entry:
    """Read an entry as the ledger has it."""
    return Entry(
        **{
            **data,
            "disclaimers": tuple(Shown(**one) for one in data["disclaimers"]),
            "findings": tuple(Finding(**one) for one in data["findings"]),
        }
    )
