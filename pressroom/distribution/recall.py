"""List what was handed out, and the copies on the ward that must not be used.

The history -> Releases, each with its state, and Copies to pull.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from textwrap import wrap
from typing import Literal

from ..build.history import History, PrintJob
from ..build.inputs import fingerprints_of, places_of, survey
from ..build.ledger import Ledger
from ..build.tables import ledger_path
from ..content.withdrawals import said
from ..core.errors import ConfigurationError, HandoutError, UsageError, did_you_mean
from ..core.published import Issue
from ..leaflet.compose import LocaleWords
from ..leaflet.site import Words
from ..review.progress_tables import Table
from .printing import counted

#: Topic, locale, edition.
LeafletKey = tuple[str, str, str]


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
    #: Its mark, empty where it was published before there were marks; and that of `now`.
    mark: str = ""
    now_mark: str = ""
    #: Number of copies that `print` made, the last day on which it did, and the printers.
    printed: int = 0
    last_printed: str = ""
    printers: tuple[str, ...] = ()
    #: How many copies each printer made.
    by_printer: Mapping[str, int] = field(default_factory=dict)


def copies_to_pull(
    words: Words, out: Path, topics: Iterable[str] = (), before: str = ""
) -> tuple[Copies, ...]:
    """Return the versions that were published or printed and are replaced, withdrawn or overdue.

    `before` is a version, or a day before which a version was published; empty for all.
    Raises UsageError where it is neither.
    """
    older = _older_than(before)
    history = open_history(words, out)
    issues = history.issues()
    found = list(weigh_copies(issues, history.prints(), words, _Revised(words, out)))
    chosen = tuple(topics)
    printed = {one.topic for one in found}
    _require_known([name for name in chosen if name not in printed], issues, words)
    found = [one for one in found if (one.topic in chosen or not chosen) and older(one)]
    return tuple(sorted(found, key=lambda one: (one.topic, one.locale, one.edition, one.issued)))


def open_history(words: Words, out: Path) -> History:
    """Return the history of a site, with what an output folder knows from before there was one."""
    history = History(words.records, words.site.clinic)
    history.take_over(out, words.site.today)
    return history


class _Revised:
    """Says of a release that stands whether its words are being revised."""

    def __init__(self, words: Words, out: Path) -> None:
        self.words = words
        self._locales: dict[str, LocaleWords] = {}
        self._known = standing_states(words, out)

    def __call__(self, issue: Issue) -> bool:
        """Return whether the words of today are not approved, or not those that were released."""
        name = (issue.topic, issue.locale)
        if known := self._known.get((*name, issue.edition)):
            return known != (issue.text, "approved")
        try:
            if issue.locale not in self._locales:
                self._locales[issue.locale] = self.words.locale_words(issue.locale)
            topic = self.words.topics[issue.topic]
            found = self.words.translation(topic, issue.locale, self._locales[issue.locale])
        except (HandoutError, KeyError):
            return True
        return found.state != "approved" or found.digest != issue.text


def standing_states(words: Words, out: Path) -> dict[LeafletKey, tuple[str, str]]:
    """Return digest and state of the words of leaflets that stand as the last build found them.

    Those whose inputs have changed since, or that no ledger knows, are left out.
    """
    found: dict[LeafletKey, tuple[str, str]] = {}
    with suppress(ConfigurationError):
        if not ledger_path(out).is_file():
            return {}
        with closing(Ledger(out, write=False)) as ledger:
            inputs = survey(places_of(words.handouts), ledger.inputs())
            codes = words.site.clinic.locales
            now = fingerprints_of(words, inputs, words.names, codes)
            day = words.site.today.isoformat()
            query = (
                "SELECT s.topic, s.locale, s.edition, s.fingerprint, s.state, l.text "
                "FROM leaflet_state s JOIN leaflet l USING (topic, locale, edition, state) "
                "WHERE s.since <= ? AND s.until > ?"
            )
            for topic, code, edition, fingerprint, state, text in ledger.ask(query, day, day):
                if fingerprint and fingerprint == now.get((topic, code)):
                    found[topic, code, edition] = (text, state)
    return found


@dataclass(frozen=True, slots=True)
class Release:
    """A text that was published as approved."""

    topic: str
    locale: str
    edition: str
    version: str
    mark: str
    issued: str
    review_by: str
    #: First day on which it was published, and the last where it is not any more.
    published: str
    ended: str
    #: Digest of the file that was published last.
    sha256: str
    state: Literal["current", "replaced", "being revised", "withdrawn", "overdue"]
    #: Why it is not current any more; empty while it is.
    why: str
    change: str


def releases_of(
    words: Words, out: Path, topic: str = "", locales: Iterable[str] = ()
) -> list[Release]:
    """Return every text that was published: by topic, locale and edition, the oldest first.

    Raises UsageError for a topic or a locale that has none and is none of the site's.
    """
    history = open_history(words, out)
    issues = history.issues()
    wanted = set(locales)
    if topic:
        _require_known([topic], issues, words)
    known = {*words.site.clinic.locales, *(one.locale for one in issues)}
    for code in wanted - known:
        hint = did_you_mean(code, known) or f"known are {', '.join(sorted(known))}"
        raise UsageError("", f"there is no locale '{code}'", hint)
    found: dict[tuple[str, ...], list[Issue]] = defaultdict(list)
    for one in issues:
        if topic in ("", one.topic) and (not wanted or one.locale in wanted):
            found[one.topic, one.locale, one.edition, *_identity(one)].append(one)
    revised = _Revised(words, out)
    listed = [_release_of(same, words, revised) for same in found.values()]
    return sorted(listed, key=lambda one: (one.topic, one.locale, one.edition, one.published))


def _require_known(topics: Iterable[str], issues: Iterable[Issue], words: Words) -> None:
    known = sorted({*words.names, *(one.topic for one in issues)})
    for name in topics:
        if name not in known:
            hint = did_you_mean(name, known) or f"known are {', '.join(known)}"
            raise UsageError("", f"there is no topic '{name}'", hint)


def _release_of(same: list[Issue], words: Words, revised: Callable[[Issue], bool]) -> Release:
    last = next((one for one in same if not one.ended), max(same, key=lambda one: one.ended))
    state, ended, why = _judge(last, words, revised)
    return Release(
        last.topic, last.locale, last.edition, last.version, last.mark, last.issued,
        last.review_by, min(one.published for one in same), ended, last.sha256, state, why,
        last.change,
    )  # fmt: skip


_State = Literal["current", "replaced", "being revised", "withdrawn", "overdue"]


def _judge(last: Issue, words: Words, revised: Callable[[Issue], bool]) -> tuple[_State, str, str]:
    """Return the state of a text by its last release, since when it ended, and why."""
    gone = words.withdrawal(last.topic, last.locale)
    if last.why == "replaced":
        return "replaced", last.ended, last.why
    if gone is not None:
        return "withdrawn", gone.date.isoformat(), said(gone)
    if last.ended:
        return "withdrawn", last.ended, last.why
    if date.fromisoformat(last.review_by) < words.site.today:
        return "overdue", "", f"past its review date, {last.review_by}"
    if revised(last):
        return "being revised", "", "being revised: other words are to replace it"
    return "current", "", ""


def _identity(one: Issue) -> tuple[str, ...]:
    """Return what tells a text from others of its leaflet: the same words set anew are no other."""
    return (one.version, one.issued, one.mark or one.text)


def weigh_copies(
    issues: Iterable[Issue],
    prints: Iterable[PrintJob],
    words: Words,
    revised: Callable[[Issue], bool],
) -> Iterator[Copies]:
    """Yield each text of the history, and of print jobs, that must not be handed out."""
    jobs: dict[tuple[LeafletKey, str], list[PrintJob]] = defaultdict(list)
    for job in prints:
        jobs[(job.topic, job.locale, job.edition), job.sha256].append(job)
    history: dict[LeafletKey, list[Issue]] = defaultdict(list)
    for issue in issues:
        history[issue.topic, issue.locale, issue.edition].append(issue)
    for leaflet, files in history.items():
        standing = next((one for one in files if not one.ended), None)
        versions: dict[tuple[str, ...], list[Issue]] = defaultdict(list)
        for one in files:
            versions[_identity(one)].append(one)
        for same in versions.values():
            mine = [job for digest in {one.sha256 for one in same}
                    for job in jobs.pop((leaflet, digest), ())]  # fmt: skip
            if copies := _weigh(same, standing, words, revised):
                yield _with_prints(copies, mine)
    unknown: dict[tuple[LeafletKey, str, str, str], list[PrintJob]] = defaultdict(list)
    for (leaflet, _), mine in jobs.items():
        for job in mine:
            unknown[leaflet, job.version, job.issued, job.mark].append(job)
    for (leaflet, version, issued, mark), mine in unknown.items():
        why = "printed, but not in the history of this site"
        yield _with_prints(Copies(*leaflet, version, issued, "", "", why, "", mark), mine)


def _weigh(
    files: list[Issue], standing: Issue | None, words: Words, revised: Callable[[Issue], bool]
) -> Copies | None:
    """Return a text with why it must not be handed out; None where it may."""
    release = _release_of(files, words, revised)
    gone = words.withdrawal(release.topic, release.locale)
    if gone is None and release.state == "current":
        return None
    ended, why = (gone.date.isoformat(), said(gone)) if gone else (release.ended, release.why)
    replaced = standing is not None and not gone and _identity(standing) != _identity(files[-1])
    now = standing if replaced else None
    return Copies(
        release.topic, release.locale, release.edition, release.version, release.issued,
        release.published, ended, why, now.version if now else "", release.mark,
        now.mark if now else "",
    )  # fmt: skip


def _with_prints(copies: Copies, jobs: list[PrintJob]) -> Copies:
    by_printer: Counter[str] = Counter()
    for job in jobs:
        by_printer[job.printer] += job.copies
    return replace(
        copies,
        printed=by_printer.total(),
        last_printed=max((job.date for job in jobs), default=""),
        printers=tuple(sorted(by_printer)),
        by_printer=dict(sorted(by_printer.items())),
    )


def _older_than(before: str) -> Callable[[Copies], bool]:
    """Return a function: whether copies are of an older version, or of an earlier day.

    Raises UsageError where `before` is neither.
    """
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
    """Return a sort key by the numbers of a version: 1.9 before 1.10, 1.0-rc before 1.0.1."""
    parts = re.findall(r"\d+|[A-Za-z]+", version)
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts]


def as_list(copies: Iterable[Copies], titles: Mapping[str, str], today: date) -> str:
    """Return the list to walk the ward with: 80 columns of plain text, with boxes to tick."""
    copies = tuple(copies)
    if not copies:
        return "Nothing to pull: no version that was published before is out of date.\n"
    number = sum(one.printed for one in copies)
    versions = "1 version" if len(copies) == 1 else f"{len(copies)} versions"
    lines = [f"To pull, as of {today.isoformat()}: {versions}, {counted(number)} printed."]
    topic = ""
    for one in copies:
        if one.topic != topic:
            topic = one.topic
            title = titles.get(topic)
            lines += ["", f"{title} ({topic})" if title else topic]
        lines.append(f"[ ] {_named(one)}")
        lines += _indented(_because(one))
        where = f" ({', '.join(one.printers)})" if one.printers else ""
        last = f", last on {one.last_printed}{where}" if one.printed else " from here"
        lines += _indented(f"{counted(one.printed)} printed{last}")
    return "\n".join(lines) + "\n" + "".join(_slips(copies, titles, today))


def _slips(copies: Iterable[Copies], titles: Mapping[str, str], today: date) -> Iterator[str]:
    """Yield a slip for each ward, by the printer there: a page with what it has to look for."""
    wards: dict[str, list[Copies]] = defaultdict(list)
    for one in copies:
        for printer in one.by_printer:
            wards[printer].append(one)
    for printer, mine in sorted(wards.items()):
        lines = [f"Slip for {printer}, {today.isoformat()}. Take these off the shelves:"]
        for one in mine:
            lines += [f"[ ] {titles.get(one.topic, one.topic)}: {_named(one)}"]
            lines += _indented(f"{_because(one)}; {counted(one.by_printer[printer])} printed here")
        lines += ["", "Done by ____________________  on ______________  copies pulled ______"]
        yield "\f\n" + "\n".join(lines) + "\n"


def _named(one: Copies) -> str:
    mark = f", mark {one.mark}" if one.mark else ""
    return f"{one.locale}, {one.edition}: version {one.version}{mark}, issued {one.issued}"


def _because(one: Copies) -> str:
    """Return why a text must not be handed out; what differs only by its mark is named by it."""
    why = one.why
    if why == "replaced" and one.now:
        same = one.now == one.version and one.now_mark
        why += f" by {'the same version with the mark ' + same if same else 'version ' + one.now}"
    return f"{why}, on {one.ended}" if one.ended and one.ended not in why else why


def _indented(text: str) -> list[str]:
    return wrap(text, 80, initial_indent="    ", subsequent_indent="    ")


def releases_table(releases: Iterable[Release]) -> Table:
    """Return the releases as a table."""
    columns = ("topic", "locale", "edition", "version", "mark", "published", "state", "sha256")
    rows = [
        (*(str(getattr(one, name)) for name in columns[:-1]), one.sha256[:12]) for one in releases
    ]
    return Table("Releases", columns, rows)
