"""Sum up what the leaflets of a site come to: ledger -> Report, and what the next build goes by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from .files import write_atomically
from .ledger import Ledger, Name
from .lock import FOLDER
from .model import Entry, Finding, Remark, Report, Result
from .report import remark_lines, remarks_on, result_lines, text, whole
from .stamps import stamp_at
from .standing import READY, SECONDS, Standing, keep_ready, remember


class Account:
    """What the leaflets of a site come to, as the ledger has it after a run.

    `meant` tells for the name of a leaflet whether the run was about it, where it was not
    about all of them.
    """

    def __init__(self, ledger: Ledger, meant: Callable[[Name], bool] | None = None) -> None:
        self.ledger = ledger
        self.meant = meant

    def report(
        self, leaflets: Iterable[Entry], seconds: float, engine: Mapping[str, str]
    ) -> Report:
        """Sum up; `leaflets` are the entries of those that did not stand."""
        counts: Counter[Result] = Counter()
        drafts = 0
        for result, draft, count in self._counted():
            counts[result] += count
            if draft and result in ("built", "unchanged"):
                drafts += count
        return Report(engine, tuple(leaflets), seconds, counts, drafts, self._remarks())

    def _counted(self) -> Iterator[tuple[Result, int, int]]:
        """Give results, whether the leaflets that have them are drafts, and how many these are."""
        where = "FROM outlook LEFT JOIN done USING (topic, locale, edition)"
        result = "coalesce(done.result, outlook.result)"
        if self.meant is None:
            yield from self.ledger.ask(
                f"SELECT {result}, draft, count(*) {where} GROUP BY 1, 2 "
                "UNION ALL SELECT 'removed', 0, count(*) FROM gone"
            )
            return
        query = (
            f"SELECT topic, locale, edition, {result}, draft {where} "
            "UNION ALL SELECT topic, locale, edition, 'removed', 0 FROM gone"
        )
        for topic, code, edition, result, draft in self.ledger.ask(query):
            if self.meant((topic, code, edition)):
                yield result, draft, 1

    def text(self, report: Report) -> Iterator[str]:
        """Give the text of the report in pieces."""
        leaflets = (
            whole(head, result, reason, tail)
            for name, result, reason, head, tail in self._leaflets()
            if self.meant is None or self.meant(name)
        )
        return text(report.engine, report.counts, report.seconds, leaflets)

    def texts(self, topics: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Give the text of the leaflets of these topics, each with how it begins, in order."""
        for topic in topics:
            for _, result, reason, head, tail in self._leaflets("WHERE topic = ?", topic):
                yield head, whole(head, result, reason, tail)

    def _leaflets(
        self, where: str = "", *values: str
    ) -> Iterator[tuple[Name, Result, str, str, str]]:
        """Give name, result, reason, and the text before and after them of each, in order."""
        query = (
            "SELECT topic, locale, edition, coalesce(done.result, outlook.result), "
            "coalesce(done.reason, outlook.reason), head, tail, place "
            f"FROM outlook LEFT JOIN done USING (topic, locale, edition) {where} "
            "UNION ALL SELECT topic, locale, edition, 'removed', reason, head, tail, place "
            f"FROM gone {where} ORDER BY topic, place, edition"
        )
        rows = self.ledger.ask(query, *values, *values)
        for topic, code, edition, result, reason, head, tail, _ in rows:
            yield (topic, code, edition), result, reason, head, tail

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
            if self.meant is None or self.meant((topic, locale, edition))
        )


def settle(
    ledger: Ledger, handouts: Path, out: Path, clinic: str, engine: Mapping[str, str]
) -> None:
    """Make ready what a build gives that finds nothing to do, after a run that left nothing."""
    account = settled_account(ledger)
    report = account.report((), 0.0, engine)
    pieces = (piece.encode("utf-8") for piece in account.text(report))
    write_atomically(out / READY, pieces, out, lasting=False)
    with suppress(OSError):  # Without it, the next build looks closer.
        keep_ready(out)
    since, until = next(ledger.ask("SELECT max(since), min(until) FROM outlook"))
    # Whoever writes to the ledger after this has something to do.
    name = f"{FOLDER}/{ledger.path.name}"
    own = [(name, stamp)] if (stamp := stamp_at(ledger.path)) else []
    files = [*ledger.stamps("file"), *own]
    days = (since or "", until or "~")
    remember(handouts, out, clinic, days, standing_of(report), ledger.stamps("input"), files)


def settled_account(ledger: Ledger) -> Account:
    """Give what the leaflets of a site come to after a run, where the next one makes nothing."""
    ledger.tell("DELETE FROM done")
    ledger.tell("DELETE FROM gone")
    return Account(ledger)


def standing_of(report: Report) -> Standing:
    """Say what a build comes to that finds nothing to do."""
    told, said = remark_lines(report), result_lines(report, seconds=SECONDS)
    return Standing(
        report.count("failed"),
        report.count("withheld"),
        "".join(f"{line}\n" for line in told),
        "".join(f"{line}\n" for line in said),
    )
