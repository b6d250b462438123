"""Tell what stands as the last build left it: ledger -> Report, without reading a single word.

Where no file that a build reads or made has another size or time, and no date is
judged otherwise than then, there is nothing to do, and the report is at hand.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__
from .files import shown, write_atomically
from .ledger import FOLDER, Ledger, Name, Seen, locked, require_own
from .model import Entry, Finding, Remark, Report, Result
from .plan import recipes
from .report import remarks_on, text, whole
from .survey import changed, digests

if TYPE_CHECKING:
    from .site import Words

REPORT = "report.json"
#: The report of a run that finds nothing to do, made beforehand.
_READY = f"{FOLDER}/standing.json"
#: Its time, when it was last written.
_STAMP = f"{FOLDER}/standing.time"


def place_of(handouts: Path, clinic: str) -> str:
    """Say from where a site is named in findings, and which of its clinics it is built for."""
    return f"{shown(handouts)} {clinic}"


def recipes_of(
    words: Words, seen: Mapping[str, Seen], locales: Iterable[str] = ()
) -> dict[tuple[str, str], str]:
    """Digest what the leaflets of each topic and locale are prepared from, of what was seen.

    `locales` are those beside the clinic's own.
    """
    clinic = words.site.clinic
    found, shares = digests(seen.values())
    found["place"] = place_of(words.handouts, clinic.id)
    codes = dict.fromkeys((*clinic.locales, *locales))
    return dict(recipes(found, shares, words.names, codes, clinic.source_locale))


def circumstances(handouts: Path, clinic: str) -> str:
    """Say under which circumstances a build ran, as far as no file of it tells them."""
    fonts = os.environ.get("PRESSROOM_FONTS", "")
    here = Path(__file__).parent
    return json.dumps([__version__, sys.prefix, str(here), place_of(handouts, clinic), fonts])


# Whether all stands


def recall(handouts: Path, out: Path, day: date, clinic: str = "") -> Report | None:
    """Give the report of a build that has nothing to do; None where there may be something."""
    started = time.monotonic()
    require_own(out)
    if not (out / FOLDER / "ledger.sqlite3").is_file() or not _untouched(out):
        return None
    ledger = Ledger(out, write=False)
    try:
        if not _stands(ledger, circumstances(handouts, clinic), out, day):
            return None
        kept = ledger.fact("report")
    finally:
        ledger.close()
    try:
        facts = json.loads(kept)
        report = Report(
            engine=facts["engine"],
            leaflets=(),
            seconds=0.0,
            counts=facts["counts"],
            drafts=facts["drafts"],
            remarks=tuple(Remark(Finding(*one), *rest) for one, *rest in facts["remarks"]),
        )
        with locked(out):
            report = replace(report, seconds=time.monotonic() - started)
            _put_report(out, report.seconds)
    except (KeyError, TypeError, ValueError):
        return None  # What was made ready is damaged.
    return report


def _stands(ledger: Ledger, now: str, out: Path, day: date) -> bool:
    """Tell whether nothing has changed."""
    if ledger.fact("settled") != now:
        return False
    since, until = next(ledger.ask("SELECT max(since), min(until) FROM outlook"))
    if since is not None and not since <= day.isoformat() < until:
        return False
    stat = os.stat
    base = out.absolute()
    try:
        for name, mtime_ns, size in ledger.ask("SELECT name, mtime_ns, size FROM file"):
            status = stat(f"{base}/{name}")
            if status.st_mtime_ns != mtime_ns or status.st_size != size:
                return False
    except OSError:
        return False
    return next(changed(ledger.inputs()), None) is None


def _put_report(out: Path, seconds: float) -> None:
    """Publish the report that was made beforehand, with the seconds that this run took."""
    ready = out / _READY
    with ready.open("r+b") as file:
        mark = b'"seconds": '
        file.seek(file.read(2048).index(mark) + len(mark))
        # In the room that is kept for it, so that this is one small write.
        file.write(f"{seconds:<9.3f}".encode())
    beside = out / FOLDER / f".{REPORT}.part"
    beside.unlink(missing_ok=True)
    try:
        beside.hardlink_to(ready)
    except OSError:  # A file system without links.
        beside.write_bytes(ready.read_bytes())
    _stamp(out)
    beside.replace(out / REPORT)


def _stamp(out: Path) -> None:
    """Record the time of the report that was made beforehand.

    It is the published one, by a link: whoever writes into that changes what is kept.
    """
    now = time.time_ns()
    os.utime(out / _READY, ns=(now, now))
    (out / _STAMP).write_text(str((out / _READY).stat().st_mtime_ns), encoding="ascii")


def _untouched(out: Path) -> bool:
    """Tell whether nobody has written into the report that was made beforehand."""
    try:
        stamp = (out / _STAMP).read_text(encoding="ascii")
        return stamp == str((out / _READY).stat().st_mtime_ns)
    except (OSError, ValueError):
        return False


# What is told


class Account:
    """What the leaflets of a site come to, as the ledger has it after a run.

    `meant` tells for the name of a leaflet whether the run was about it.
    """

    def __init__(self, ledger: Ledger, meant: Callable[[Name], bool]) -> None:
        self.ledger = ledger
        self.meant = meant

    def report(
        self, leaflets: Iterable[Entry], seconds: float, engine: Mapping[str, str]
    ) -> Report:
        """Sum up; `leaflets` are the entries of those that did not stand."""
        counts: Counter[Result] = Counter()
        drafts = 0
        for name, result, _, _, _, draft in self._leaflets():
            if self.meant(name):
                counts[result] += 1
                drafts += draft and result in ("built", "unchanged")
        return Report(engine, tuple(leaflets), seconds, counts, drafts, self._remarks())

    def text(self, report: Report) -> Iterator[str]:
        """Give the text of the report in pieces."""
        leaflets = (
            whole(head, result, reason, tail)
            for name, result, reason, head, tail, _ in self._leaflets()
            if self.meant(name)
        )
        return text(report.engine, report.counts, report.seconds, leaflets)

    def _leaflets(self) -> Iterator[tuple[Name, Result, str, str, str, bool]]:
        """Give name, result, reason, text before and after, and draft of each, in order."""
        query = (
            "SELECT topic, locale, edition, coalesce(done.result, outlook.result), "
            "coalesce(done.reason, outlook.reason), head, tail, draft, place "
            "FROM outlook LEFT JOIN done USING (topic, locale, edition) "
            "UNION ALL SELECT topic, locale, edition, 'removed', reason, head, tail, 0, place "
            "FROM gone ORDER BY topic, place, edition"
        )
        for topic, code, edition, result, reason, head, tail, draft, _ in self.ledger.ask(query):
            yield (topic, code, edition), result, reason, head, tail, bool(draft)

    def _remarks(self) -> tuple[Remark, ...]:
        # That approvals are missing is said of all drafts at once.
        query = (
            "SELECT topic, locale, edition, severity, code, message, finding.place FROM finding "
            "JOIN outlook USING (topic, locale, edition) "
            "WHERE code != 'approval-missing' ORDER BY topic, outlook.place, edition"
        )
        return remarks_on(
            (Finding(code, severity, message, where), f"{locale}/{topic}.{edition}")
            for topic, locale, edition, severity, code, message, where in self.ledger.ask(query)
            if self.meant((topic, locale, edition))
        )


def remember(ledger: Ledger, out: Path, now: str, engine: Mapping[str, str]) -> None:
    """Make ready what `recall` gives, after a run that left nothing to do.

    `now` is its circumstances.
    """
    ledger.tell("DELETE FROM done")
    ledger.tell("DELETE FROM gone")
    account = Account(ledger, lambda _: True)
    report = account.report((), 0.0, engine)
    pieces = (piece.encode("utf-8") for piece in account.text(report))
    write_atomically(out / _READY, pieces, out)
    with suppress(OSError):  # Without it, the next build looks closer.
        _stamp(out)
    remarks = [[*_fields(one.finding), one.first, one.leaflets] for one in report.remarks]
    facts = {"engine": engine, "counts": report.counts, "drafts": report.drafts}
    with ledger.together():
        ledger.state("report", json.dumps({**facts, "remarks": remarks}))
        ledger.state("settled", now)


def _fields(finding: Finding) -> list[list[str]]:
    return [[finding.code, finding.severity, finding.message, finding.where]]
