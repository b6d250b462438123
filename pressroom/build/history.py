"""What was handed out, for good: records of releases, withdrawals and print jobs <-> lines.

The records lie with the words of a site, not with what is built from them: `history.jsonl`, one
JSON object a line, which only grows. A line is there whole or not at all, whenever the process
that writes it is killed. Two copies of a site that have both grown are merged by git, which
keeps the lines of both; their order is that of `at`, the time (UTC) at which they were written:
`date` is the day that a build was told to take for today. Lines from before there were records
have no `at`, and stand with their day.

| `record` | a line is |
|---|---|
| `release` | an approved leaflet that was published |
| `withdrawal` | one that was taken out: withdrawn, or no longer part of the site |
| `print` | a print job |
"""

from __future__ import annotations

import fcntl
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ..content.catalogue.locale_version import FIELD, next_version
from ..core.errors import ConfigurationError
from ..core.files import leaves, make_folder, read_bytes, shown, write_atomically
from ..core.lock import FOLDER, require_own
from ..core.model import Clinic, Finding
from ..core.published import Issue
from .ledger import Ledger
from .tables import ledger_path

#: The file of a site's records.
NAME = "history.jsonl"
#: How git merges them.
_ATTRIBUTES = "*.jsonl merge=union\n"
#: Where print jobs were logged before there were records, below the output folder.
OLD_LOG = f"{FOLDER}/printed.jsonl"
#: No file of records is larger than this, in bytes: some millions of lines.
LARGEST = 1 << 30

Line = Mapping[str, Any]
#: Topic, locale, edition.
Name = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One print job."""

    topic: str
    locale: str
    edition: str
    version: str
    issued: str
    sha256: str
    copies: int
    date: str
    printer: str
    job: str = ""
    #: Empty where it was printed before there were marks.
    mark: str = ""


class History:
    """The records of one clinic of a site."""

    def __init__(self, folder: Path, clinic: Clinic) -> None:
        self.path = folder / NAME
        self.clinic = clinic.id
        self._source_locale = clinic.source_locale
        self._issues: dict[Name, list[Issue]] | None = None
        #: Those of them that a topic has in a locale.
        self._names: dict[tuple[str, str], set[Name]] = defaultdict(set)
        self._prints: list[PrintJob] = []

    # What stands in it

    def issues(self) -> list[Issue]:
        """Return all releases, oldest first. Raises ConfigurationError for a broken line."""
        self._read()
        found = [one for many in (self._issues or {}).values() for one in many]
        return sorted(found, key=lambda one: one.published)

    def issues_of(self, topic: str, locale: str) -> list[Issue]:
        """Return the releases of a topic in a locale, oldest first."""
        self._read()
        names = sorted(self._names.get((topic, locale), ()))
        found = [one for name in names for one in (self._issues or {})[name]]
        return sorted(found, key=lambda one: one.published)

    def prints(self) -> tuple[PrintJob, ...]:
        """Return all print jobs. Raises ConfigurationError for a broken line."""
        self._read()
        return tuple(self._prints)

    def reuses(
        self, topic: str, locale: str, version: str, issued: str, text: str, where: str
    ) -> tuple[Finding, ...]:
        """Return the warning that other approved words have the version and day of a release.

        `text` is the digest of the words, `where` the file whose version is raised.
        """
        for one in reversed(self.issues_of(topic, locale)):
            if (one.version, one.issued) == (version, issued) and one.text != text:
                return (_unchanged(one, locale != self._source_locale, where),)
        return ()

    def _read(self) -> None:
        if self._issues is None:
            lines = [one for one in self._lines() if one.get("clinic", "") == self.clinic]
            self._issues, self._prints = {}, []
            self._names.clear()
            # Lines of another copy of the site may have been merged behind younger ones.
            for one in sorted(lines, key=lambda one: str(one.get("at") or one["date"])):
                self._apply(one)

    def _apply(self, line: Line) -> None:
        assert self._issues is not None
        if line["record"] == "print":
            self._prints.append(_job_of(line))
            return
        name = (line["topic"], line["locale"], line["edition"])
        many = self._issues.setdefault(name, [])
        self._names[name[:2]].add(name)
        standing = bool(many) and not many[-1].ended
        if line["record"] == "release":
            new = _issue_of(line)
            if standing and many[-1].sha256 == new.sha256:
                return
            if standing:
                many[-1] = replace(many[-1], ended=new.published, why="replaced")
            many.append(new)
        elif standing:
            many[-1] = replace(many[-1], ended=line["date"], why=line["because"])

    def _lines(self) -> Iterator[Line]:
        """Yield the lines of the file. One that was cut off at its end was never recorded."""
        if not self.path.exists() and not self.path.is_symlink():
            return
        data = read_bytes(self.path, ConfigurationError, self.path.parent, LARGEST)
        whole = data[: data.rfind(b"\n") + 1]
        for number, line in enumerate(whole.split(b"\n"), 1):
            if line.strip():
                yield _line_of(line, f"{shown(self.path)}:{number}")

    # What joins it

    def release(self, new: Iterable[Issue]) -> None:
        """Record what is published, unless it stands recorded."""
        lines = []
        self._read()
        assert self._issues is not None
        for one in new:
            many = self._issues.get((one.topic, one.locale, one.edition))
            if not (many and not many[-1].ended and many[-1].sha256 == one.sha256):
                lines.append(_release_line(one, self.clinic))
        self._append(lines)

    def end(self, day: str, because: Callable[[Name], str]) -> None:
        """Record what is published no more, if it was: each leaflet for which there is a reason."""
        self._read()
        assert self._issues is not None
        standing = [name for name, many in self._issues.items() if many and not many[-1].ended]
        said = [(name, why) for name in standing if (why := because(name))]
        if said:
            self._append([_withdrawal_line(name, day, why, self.clinic) for name, why in said])

    def print(self, job: PrintJob) -> None:
        """Record a print job."""
        self._append([_print_line(job, self.clinic)])

    def require_room(self) -> None:
        """Raise ConfigurationError where nothing can be recorded."""
        self._append([])

    def _append(self, lines: list[Line], stamped: bool = True) -> None:
        """Add lines to the file, all of them or none, with the time unless they are older."""
        at = {"at": datetime.now(UTC).isoformat(timespec="milliseconds")} if stamped else {}
        said = (json.dumps({**one, **at}, ensure_ascii=False) + "\n" for one in lines)
        data = "".join(said).encode("utf-8")
        try:
            if not self.path.is_file() or leaves(self.path, self.path.parent):
                make_folder(self.path.parent)
                write_atomically(self.path.with_name(".gitattributes"), _ATTRIBUTES.encode())
            _append_whole(self.path, data)
        except OSError as problem:
            raise ConfigurationError(
                shown(self.path),
                f"cannot be written ({problem.strerror})",
                "check its permissions and the room on the disk, or name another folder with "
                "--records",
            ) from None
        if self._issues is not None:
            for one in lines:
                self._apply(one)

    # What was recorded before

    def take_over(self, out: Path, today: date) -> None:
        """Record what an output folder knows, and the records do not.

        That is the history from before there were records, and what stands published where the
        records were lost: as of `today`, since nobody knows when it was released.
        """
        issues, log = list(self._of_ledger(out)), list(self._of_log(out))
        if issues or log:
            known = [{name: one[name] for name in one if name != "at"} for one in self._lines()]
            self._append([one for one in (*issues, *log) if one not in known], stamped=False)
            self._issues = None
        if issues:
            with closing(Ledger(out)) as ledger:
                ledger.tell("DELETE FROM issue")
        if log:
            (out / OLD_LOG).replace(out / f"{OLD_LOG}.taken-over")
        if lost := list(self._lost(out, today)):
            self._append(lost)

    def _of_ledger(self, out: Path) -> Iterator[Line]:
        for one in self._ask_ledger(out, lambda ledger: list(ledger.issues())):
            yield _release_line(one, self.clinic)
            if one.ended and one.why != "replaced":
                name = (one.topic, one.locale, one.edition)
                yield _withdrawal_line(name, one.ended, one.why, self.clinic)

    def _lost(self, out: Path, today: date) -> Iterator[Line]:
        """Yield lines of what stands published as approved, of files that no release knows."""
        known = {(one.topic, one.locale, one.edition, one.sha256) for one in self.issues()}
        for row in self._ask_ledger(out, lambda ledger: list(ledger.rack_rows())):
            made, card = row.made, row.card
            if made.state == "approved" and (*made.key[:3], made.sha256) not in known:
                found = Issue(
                    made.topic, made.locale, made.edition, card["version"], card["issued"],
                    card["review_by"], made.text, made.sha256, today.isoformat(),
                    mark=card.get("mark", ""), change=card.get("change", ""),
                )  # fmt: skip
                yield _release_line(found, self.clinic)

    def _ask_ledger(self, out: Path, ask: Callable[[Ledger], list[Any]]) -> list[Any]:
        """Return what the ledger answers; nothing where there is none, or it is damaged."""
        # What a build that was killed has left is for the next one to mend.
        with suppress(ConfigurationError):
            if ledger_path(out).is_file():
                with closing(Ledger(out, write=False)) as ledger:
                    return ask(ledger)
        return []

    def _of_log(self, out: Path) -> Iterator[Line]:
        require_own(out)
        path = out / OLD_LOG
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return
        except (OSError, ValueError) as problem:
            what = f"cannot be read ({problem})"
            raise ConfigurationError(shown(path), what, "mend it") from None
        for number, line in enumerate(lines, 1):
            if line:
                where = f"{shown(path)}:{number}"
                try:
                    yield _print_line(_job_of(json.loads(line)), self.clinic)
                except (ValueError, KeyError, TypeError):
                    what = "is no line of the log of prints"
                    raise ConfigurationError(where, what, "delete it") from None


def _append_whole(path: Path, data: bytes) -> None:
    """Append lines to a file. What is written is there whole, or cut off again."""
    handle = os.open(
        path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644
    )
    with os.fdopen(handle, "rb", buffering=0) as file:
        with suppress(OSError):  # Not every file system has locks.
            fcntl.flock(handle, fcntl.LOCK_EX)
        if not os.fstat(handle).st_size:
            os.fchmod(handle, 0o644)  # As all files of a site, whatever the umask.
        end = _whole_bytes(handle)
        if not data:
            return
        if end < os.fstat(handle).st_size:
            os.ftruncate(handle, end)  # A writer that was killed has left a part of a line.
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(file.fileno(), left) :]
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, end)
            raise


def _whole_bytes(handle: int) -> int:
    """Return how many bytes of a file are whole lines."""
    end = os.fstat(handle).st_size
    while end:
        begin = max(0, end - 65536)
        at = os.pread(handle, end - begin, begin).rfind(b"\n")
        if at >= 0:
            return begin + at + 1
        end = begin
    return 0


def _release_line(one: Issue, clinic: str) -> Line:
    data = asdict(replace(one, ended="", why=""))
    fields = {name: value for name, value in data.items() if name not in ("ended", "why")}
    return {"record": "release", "date": fields.pop("published"), "clinic": clinic, **fields}


def _withdrawal_line(name: Name, day: str, because: str, clinic: str) -> Line:
    topic, locale, edition = name
    return {
        "record": "withdrawal", "date": day, "clinic": clinic, "topic": topic, "locale": locale,
        "edition": edition, "because": because,
    }  # fmt: skip


def _print_line(job: PrintJob, clinic: str) -> Line:
    fields = asdict(job)
    return {"record": "print", "date": fields.pop("date"), "clinic": clinic, **fields}


def _issue_of(line: Line) -> Issue:
    names = ("topic", "locale", "edition", "version", "issued", "review_by", "text", "sha256")
    return Issue(
        **{name: str(line[name]) for name in names},
        published=str(line["date"]),
        mark=str(line.get("mark", "")),
        change=str(line.get("change", "")),
    )


def _job_of(line: Line) -> PrintJob:
    names = ("topic", "locale", "edition", "version", "issued", "sha256", "date", "printer")
    return PrintJob(
        copies=int(line["copies"]),
        job=str(line.get("job", "")),
        mark=str(line.get("mark", "")),
        **{name: str(line[name]) for name in names},
    )


def _line_of(data: bytes, where: str) -> Line:
    """Read a line. Raises ConfigurationError where it is no record."""
    try:
        line = json.loads(data)
        if line["record"] == "release":
            _issue_of(line)
        elif line["record"] == "print":
            _job_of(line)
        elif line["record"] == "withdrawal":
            for name in ("topic", "locale", "edition", "because"):
                line[name] = str(line[name])
        else:
            raise ValueError
        line["date"] = str(line["date"])
    except (KeyError, RecursionError, TypeError, ValueError):
        raise ConfigurationError(
            where, "is no record", "restore the line from a backup, or delete it"
        ) from None
    return dict(line)


def _unchanged(old: Issue, translated: bool, where: str) -> Finding:
    """Return the warning that other words were released as a version, and how to raise it."""
    own = next_version(old.version, old.locale)
    alone = f", or for {old.locale} alone '{FIELD}: {own}' in the header of its catalogue"
    what = (
        f"other words were released as version {old.version} of {old.issued} on {old.published}"
        f"{f', with the mark {old.mark}' if old.mark else ''}; raise 'version' in the topic"
        f"{alone if translated else ''}: no signature is lost by it"
    )
    return Finding("version-unchanged", "warning", what, where)
