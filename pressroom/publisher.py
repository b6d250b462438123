"""Keep an output folder: what stands there, what joins it, what leaves it.

Each leaflet is published atomically and recorded at once, so that a build
which ends at any point leaves only whole files behind. What is withheld or
fails never replaces what was published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from .files import leaves, write_atomically
from .ledger import FOLDER, Issue, Ledger, Row
from .model import Entry, Finding, Shown
from .plan import Made, Wanted, reasons, to_remove
from .prepare import Prepared, card_of
from .press import Job, Printed
from .report import entry_data

Key = tuple[str, str, str, str]

#: Findings on words: they are looked for anew in each build, whatever stands published.
_ON_WORDS = (
    "approval-", "review-", "fact-", "message-", "number-", "markup-", "script-", "promotional-",
    "reading-", "glossary-",
)  # fmt: skip


def file_name(wanted: Wanted) -> str:
    """Give a leaflet's path below the output folder: `es/asthma.standard.draft.pdf`."""
    return f"{wanted.stem}.pdf"


def page_name(topic: str, locale: str) -> str:
    """Give the path of a leaflet's web page below the output folder."""
    return f"{locale}/{topic}.html"


def first_error(findings: Iterable[Finding]) -> str:
    """Give the reason why a leaflet failed: its first error."""
    errors = (f for f in findings if f.severity == "error")
    return next((f"{finding.code}: {finding.message}" for finding in errors), "")


class Publisher:
    """An output folder and its ledger.

    `write` is needed to change anything; the history then gets the `day`.
    """

    def __init__(self, out: Path, write: bool = False, day: date | None = None) -> None:
        self.out = out
        self.write = write
        self.day = day.isoformat() if day else ""
        known = (out / FOLDER / "ledger.sqlite3").is_file()
        self.ledger = Ledger(out, write) if write or known else None
        self.rows: dict[Key, Row] = (
            {row.made.key: row for row in self.ledger.rows()} if self.ledger else {}
        )
        self.found = self._digests(name for row in self.rows.values() for name in row.made.files)

    def close(self) -> None:
        """Close the ledger."""
        if self.ledger:
            self.ledger.close()

    def _digests(self, names: Iterable[str]) -> dict[str, str]:
        """Digest published files: SHA-256 by path, without those that are not there."""
        found = {}
        for name in names:
            with suppress(OSError):
                found[name] = hashlib.sha256((self.out / name).read_bytes()).hexdigest()
        return found

    # What stands

    def why(self, wanted: Wanted, force: bool = False) -> tuple[str, ...]:
        """Say why a leaflet has to be made; nothing where it stands as it is wanted."""
        row = self.rows.get(wanted.key)
        return reasons(wanted, row.made if row else None, self.found, force)

    def row(self, wanted: Wanted) -> Row:
        """Give the row of a leaflet that stands."""
        return self.rows[wanted.key]

    def known(self, pdf: bytes) -> Row | None:
        """Find the row of a PDF by its content."""
        digest = hashlib.sha256(pdf).hexdigest()
        return next((row for row in self.rows.values() if row.made.sha256 == digest), None)

    def recall(self, row: Row) -> Entry:
        """Give the entry of a row, as it was reported when it was made."""
        return entry_of(row.entry)

    def unchanged(self, one: Prepared) -> Entry:
        """Give the entry of a leaflet that stands as it is wanted."""
        assert one.wanted is not None
        entry = entry_of(self.row(one.wanted).entry)
        kept = tuple(f for f in entry.findings if not f.code.startswith(_ON_WORDS))
        return replace(entry, result="unchanged", reason="", findings=(*one.findings, *kept))

    def unprintable(self, one: Prepared) -> Entry:
        """Give the entry of a leaflet whose words are broken, missing or out of date.

        What was published of it stays, unless it is withdrawn.
        """
        first = one.findings[0].message if one.findings else ""
        entry = one.entry("failed" if one.broken else "withheld", first)
        if one.withdrawn and self.write:
            self._withdraw(one.topic, one.locale, first)
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
            key[:2] == (wanted.topic, wanted.locale) and key[3] == "approved" for key in self.rows
        )

    # What joins

    def settle(self, one: Prepared, job: Job, printed: Printed) -> Entry:
        """Publish what passed; keep what stood where it did not. Give the entry."""
        verdict = printed.verdict
        findings = (*one.findings, *verdict.findings)
        entry = replace(
            one.entry("built", job.reason),
            pages=verdict.pages or None,
            type_size_pt=printed.type_size_pt,
            disclaimers=verdict.disclaimers,
            findings=findings,
        )
        wanted = job.wanted
        if any(finding.severity == "error" for finding in findings):
            old = self.rows.get(wanted.key)
            stands = old.made.file if old and old.made.file in self.found else ""
            return replace(
                entry,
                result="failed",
                reason=first_error(findings),
                file=stands,
                sha256=self.found.get(stands, ""),
            )
        assert self.ledger is not None
        name = file_name(wanted)
        files = dict(printed.extras)
        if job.web and self._owns_page(wanted):
            files[page_name(one.topic, one.locale)] = job.web.encode("utf-8")
        digest = self._put(name, printed.pdf)
        extras = {other: self._put(other, data) for other, data in files.items()}
        entry = replace(entry, file=name, sha256=digest)
        made = Made(*wanted.key, wanted.parts, wanted.text, name, digest, extras)
        row = Row(made, entry_data(entry), card_of(job.leaflet))
        old = self.rows.get(made.key)
        self.ledger.record(row)
        if made.state == "approved":
            self.ledger.issue(self._issue(row))
        self.rows[made.key] = row
        self.found.update(made.files)
        if old is not None and (gone := old.made.files.keys() - made.files.keys()):
            self._take_out(gone)
        if wanted.state == "approved":
            self._drop((*wanted.key[:3], "draft"), "")
        return entry

    def _issue(self, row: Row) -> Issue:
        """Give the line of the history that says what is published now."""
        made, card = row.made, row.card
        return Issue(
            *made.key[:3], card["version"], card["issued"], card["review_by"],
            made.text, made.sha256, self.day,
        )  # fmt: skip

    def _put(self, name: str, data: bytes) -> str:
        write_atomically(self.out / name, data, self.out)
        return hashlib.sha256(data).hexdigest()

    # What leaves

    def remove(self, wanted: Iterable[tuple[str, str, str]], write: bool) -> list[Entry]:
        """Take out what the site has no more. Give an entry for each."""
        entries = []
        for made in to_remove(wanted, [row.made for row in self.rows.values()]):
            entries.append(
                replace(
                    entry_of(self.rows[made.key].entry),
                    result="removed",
                    reason="the site has it no more",
                    file="",
                    sha256="",
                    findings=(),
                )
            )
            if write:
                self._drop(made.key, "taken out of the site")
        return entries

    def _withdraw(self, topic: str, locale: str, why: str) -> None:
        """Take out all that was published of a topic in a locale, whatever its edition."""
        for key in [key for key in self.rows if key[:2] == (topic, locale)]:
            self._drop(key, why)

    def _drop(self, key: Key, why: str) -> None:
        row = self.rows.pop(key, None)
        if row is not None and self.ledger is not None:
            self._take_out(row.made.files)
            self.ledger.forget(row.made)
            if row.made.state == "approved":
                self.ledger.end(key[:3], self.day, why)

    def _take_out(self, names: Iterable[str]) -> None:
        """Delete files that no row has any more, and folders that they leave empty.

        Nothing outside of `out` is touched.
        """
        kept = {name for row in self.rows.values() for name in row.made.files}
        for name in set(names) - kept:
            path = self.out / name
            self.found.pop(name, None)
            if leaves(path.parent, self.out):
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
