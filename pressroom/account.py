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
        query = (
            "SELECT topic, locale, edition, coalesce(done.result, outlook.result), draft "
            "FROM outlook LEFT JOIN done USING (topic, locale, edition) "
            "UNION ALL SELECT topic, locale, edition, 'removed', 0 FROM gone"
        )
        for *name, result, draft in self.ledger.ask(query):
            if self.meant((name[0], name[1], name[2])):
                counts[result] += 1
                drafts += draft and result in ("built", "unchanged")
        return Report(engine, tuple(leaflets), seconds, counts, drafts, self._remarks())

    def text(self, report: Report) -> Iterator[str]:
        """Give the text of the report in pieces."""
        leaflets = (
            whole(head, result, reason, tail)
            for name, result, reason, head, tail in self._leaflets()
            if self.meant(name)
        )
        return text(report.engine, report.counts, report.seconds, leaflets)

    def _leaflets(self) -> Iterator[tuple[Name, Result, str, str, str]]:
        """Give name, result, reason, and the text before and after them of each, in order."""
        query = (
            "SELECT topic, locale, edition, coalesce(done.result, outlook.result), "
            "coalesce(done.reason, outlook.reason), head, tail, place "
            "FROM outlook LEFT JOIN done USING (topic, locale, edition) "
            "UNION ALL SELECT topic, locale, edition, 'removed', reason, head, tail, place "
            "FROM gone ORDER BY topic, place, edition"
        )
        for topic, code, edition, result, reason, head, tail, _ in self.ledger.ask(query):
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
            if self.meant((topic, locale, edition))
        )


def settle(
    ledger: Ledger, handouts: Path, out: Path, clinic: str, engine: Mapping[str, str]
) -> None:
    """Make ready what a build gives that finds nothing to do, after a run that left nothing."""
    ledger.tell("DELETE FROM done")
    ledger.tell("DELETE FROM gone")
    account = Account(ledger, lambda _: True)
    report = account.report((), 0.0, engine)
    pieces = (piece.encode("utf-8") for piece in account.text(report))
    write_atomically(out / READY, pieces, out)
    with suppress(OSError):  # Without it, the next build looks closer.
        keep_ready(out)
    since, until = next(ledger.ask("SELECT max(since), min(until) FROM outlook"))
    # Whoever writes to the ledger after this has something to do.
    name = f"{FOLDER}/{ledger.path.name}"
    own = [(name, stamp)] if (stamp := stamp_at(ledger.path)) else []
    files = [*ledger.stamps("file"), *own]
    days = (since or "", until or "~")
    remember(handouts, out, clinic, days, _standing(report), ledger.stamps("input"), files)


def _standing(report: Report) -> Standing:
    """Say what a build comes to that finds nothing to do."""
    told, said = remark_lines(report), result_lines(report, seconds=SECONDS)
    return Standing(
        report.count("failed"),
        report.count("withheld"),
        "".join(f"{line}\n" for line in told),
        "".join(f"{line}\n" for line in said),
    )
