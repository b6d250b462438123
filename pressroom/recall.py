"""What lies on the ward and should not: the history and the log of prints -> copies to pull."""

from __future__ import annotations

import difflib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from textwrap import wrap
from typing import Any

from .errors import ConfigurationError, UsageError
from .files import shown
from .ledger import Issue
from .printing import LOG
from .publisher import Publisher
from .site import Words
from .withdrawn import said

#: Topic, locale, edition.
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Printed:
    """One print job of the log."""

    topic: str
    locale: str
    edition: str
    version: str
    issued: str
    sha256: str
    copies: int
    date: str
    printer: str

    @property
    def place(self) -> Place:
        """What leaflet it is of."""
        return (self.topic, self.locale, self.edition)


@dataclass(frozen=True, slots=True)
class Copies:
    """A version of a leaflet that must not be handed out any more."""

    topic: str
    locale: str
    edition: str
    version: str
    issued: str
    #: First and last day on which it stood published; empty where the history does not know.
    published: str
    ended: str
    why: str
    #: The version that stands in its place; empty where none does.
    now: str
    #: Copies that `print` made, the last day on which it did, and where to.
    printed: int = 0
    last_printed: str = ""
    printers: tuple[str, ...] = ()


def read_prints(out: Path) -> tuple[Printed, ...]:
    """Read the log of prints; none where nothing was printed.

    Raises ConfigurationError for a line that is no print job.
    """
    path = out / LOG
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as problem:
        raise ConfigurationError(shown(path), f"cannot be read ({problem})", "mend it") from None
    return tuple(_print_of(line, f"{shown(path)}:{n}") for n, line in enumerate(lines, 1) if line)


def _print_of(line: str, where: str) -> Printed:
    try:
        data: dict[str, Any] = json.loads(line)
        names = ("topic", "locale", "edition", "version", "issued", "sha256", "date", "printer")
        return Printed(copies=int(data["copies"]), **{name: str(data[name]) for name in names})
    except (ValueError, KeyError, TypeError):
        raise ConfigurationError(where, "is no line of the log of prints", "delete it") from None


def copies_to_pull(
    words: Words, out: Path, topics: Iterable[str] = (), before: str = ""
) -> tuple[Copies, ...]:
    """Give the versions that were published or printed and are replaced, withdrawn or overdue.

    `before` is a version, or a day before which a version was published; empty for all.
    Raises UsageError where it is neither.
    """
    older = _older_than(before)
    publisher = Publisher(out)
    try:
        issues = tuple(publisher.ledger.issues())
    finally:
        publisher.close()
    found = list(weigh_copies(issues, read_prints(out), words))
    past = {*(one.topic for one in issues), *(one.topic for one in found)}
    known = sorted({*words.names, *past})
    chosen = tuple(topics)
    for name in chosen:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known)}"
            raise UsageError("", f"there is no topic '{name}'", hint)
    found = [one for one in found if (one.topic in chosen or not chosen) and older(one)]
    return tuple(sorted(found, key=lambda one: (one.topic, one.locale, one.edition, one.issued)))


def weigh_copies(
    issues: Iterable[Issue], prints: Iterable[Printed], words: Words
) -> Iterator[Copies]:
    """Give each version of the history, and of the log, that must not be handed out."""
    jobs: dict[tuple[Place, str], list[Printed]] = defaultdict(list)
    for job in prints:
        jobs[job.place, job.sha256].append(job)
    history: dict[Place, list[Issue]] = defaultdict(list)
    for issue in issues:
        history[issue.topic, issue.locale, issue.edition].append(issue)
    for place, files in history.items():
        standing = next((one for one in files if not one.ended), None)
        # The same words, set anew, are no other version.
        versions: dict[tuple[str, ...], list[Issue]] = defaultdict(list)
        for one in files:
            versions[one.version, one.issued, one.text].append(one)
        for same in versions.values():
            mine = [job for digest in {one.sha256 for one in same}
                    for job in jobs.pop((place, digest), ())]  # fmt: skip
            if copies := _weigh(same, standing, words):
                yield _with_prints(copies, mine)
    unknown: dict[tuple[Place, str, str], list[Printed]] = defaultdict(list)
    for mine in jobs.values():
        for job in mine:
            unknown[job.place, job.version, job.issued].append(job)
    for (place, version, issued), mine in unknown.items():
        why = "printed, but not in the history of this folder"
        yield _with_prints(Copies(*place, version, issued, "", "", why, ""), mine)


def _weigh(files: list[Issue], standing: Issue | None, words: Words) -> Copies | None:
    """Say why a version must not be handed out; None where it may."""
    last = next((one for one in files if not one.ended), max(files, key=lambda one: one.ended))
    today = words.site.today
    gone = words.withdrawal(last.topic, last.locale)
    if gone is not None:
        ended, why = gone.date.isoformat(), said(gone)
    elif last.ended:
        ended, why = last.ended, last.why
    elif date.fromisoformat(last.review_by) < today:
        ended, why = "", f"past its review date, {last.review_by}"
    else:
        return None
    now = standing if standing is not None and standing.text != last.text and not gone else None
    first = min(one.published for one in files)
    return Copies(
        last.topic, last.locale, last.edition, last.version, last.issued,
        first, ended, why, now.version if now else "",
    )  # fmt: skip


def _with_prints(copies: Copies, jobs: list[Printed]) -> Copies:
    return replace(
        copies,
        printed=sum(job.copies for job in jobs),
        last_printed=max((job.date for job in jobs), default=""),
        printers=tuple(sorted({job.printer for job in jobs})),
    )


def _older_than(before: str) -> Callable[[Copies], bool]:
    """Give what tells whether copies are of an older version, or of an earlier day."""
    if not before:
        return lambda _: True
    if re.fullmatch(r"\d{4}-\d\d-\d\d", before):
        try:
            date.fromisoformat(before)
        except ValueError:
            raise UsageError("", f"there is no day '{before}'", "write YYYY-MM-DD") from None
        return lambda copies: (copies.published or copies.last_printed) < before
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,19}", before):
        raise UsageError("", f"'{before}' is no version and no day", "write 1.2 or 2026-12-01")
    return lambda copies: _natural(copies.version) < _natural(before)


def _natural(version: str) -> list[tuple[int, int, str]]:
    """Sort versions by their numbers: 1.9 before 1.10, and 1.0-rc before 1.0.1."""
    parts = re.findall(r"\d+|[A-Za-z]+", version)
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts]


def as_list(copies: Iterable[Copies], titles: Mapping[str, str], today: date) -> str:
    """Give the list to walk the ward with: 80 columns of plain text, with boxes to tick."""
    copies = tuple(copies)
    if not copies:
        return "Nothing to pull: no version that was published before is out of date.\n"
    number = sum(one.printed for one in copies)
    versions = "1 version" if len(copies) == 1 else f"{len(copies)} versions"
    lines = [f"To pull, as of {today.isoformat()}: {versions}, {_counted(number)} printed."]
    topic = ""
    for one in copies:
        if one.topic != topic:
            topic = one.topic
            title = titles.get(topic)
            lines += ["", f"{title} ({topic})" if title else topic]
        until = f"{one.why} by version {one.now}" if one.why == "replaced" and one.now else one.why
        until += f", on {one.ended}" if one.ended and one.ended not in until else ""
        lines.append(f"[ ] {one.locale}, {one.edition}: version {one.version}, issued {one.issued}")
        lines += wrap(until, 80, initial_indent="    ", subsequent_indent="    ")
        where = f" ({', '.join(one.printers)})" if one.printers else ""
        last = f", last on {one.last_printed}{where}" if one.printed else " from here"
        lines += wrap(f"{_counted(one.printed)} printed{last}", 80, initial_indent="    ",
                      subsequent_indent="    ")  # fmt: skip
    return "\n".join(lines) + "\n"


def _counted(number: int) -> str:
    return "1 copy" if number == 1 else f"{number} copies" if number else "no copies"
