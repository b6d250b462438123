"""Sum up what the leaflets of a site come to: ledger -> Report, as JSON and as lines of text."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ..core.files import write_atomically
from ..core.lock import locked
from ..core.model import Entry, Finding, Remark, Report, Result, Shown
from .inputs import circumstances
from .ledger import Ledger, Name
from .tables import ledger_path

#: How many days ahead a build says what falls due.
DUE_DAYS = 90

#: Where the report stands, below the output folder.
REPORT = "report.json"
FORMAT = 1

RESULTS: tuple[Result, ...] = ("built", "unchanged", "withheld", "failed", "removed")


def report_on(
    engine: Mapping[str, str],
    leaflets: Iterable[Entry],
    seconds: float = 0.0,
    findings: tuple[Finding, ...] = (),
) -> Report:
    """Return the report on entries, and findings that belong to no single leaflet."""
    leaflets = tuple(leaflets)
    drafts = sum(e.state == "draft" and e.result in ("built", "unchanged") for e in leaflets)
    remarks = remarks_on((f, e.name) for e in leaflets for f in e.findings)
    counts = Counter(entry.result for entry in leaflets)
    remarks += tuple(Remark(finding, "", 0) for finding in findings)
    return Report(engine, leaflets, seconds, counts, drafts, remarks, findings)


def entry_data(entry: Entry) -> dict[str, Any]:
    """Return an entry as the report has it."""
    data = _fields(entry)
    data["disclaimers"] = [_fields(one) for one in entry.disclaimers]
    data["findings"] = [_fields(one) for one in entry.findings]
    return data


def _fields(value: Entry | Shown | Finding) -> dict[str, Any]:
    """Return the fields of a value in their order, as they are: `asdict` copies each of them."""
    return {name: getattr(value, name) for name in value.__slots__}


def pieces(entry: Entry) -> tuple[str, str]:
    """Return the text of an entry before its result, and after its reason."""
    data = list(entry_data(entry).items())
    at = [name for name, _ in data].index("result")
    head, tail = (json.dumps(dict(part), ensure_ascii=False, indent=1)[2:-2]
                  for part in (data[:at], data[at + 2 :]))  # fmt: skip
    return head.replace("\n", "\n  "), tail.replace("\n", "\n  ")


def whole(head: str, result: str, reason: str, tail: str) -> str:
    """Return the text of an entry."""
    said = json.dumps(reason, ensure_ascii=False)
    return f'  {{\n  {head},\n   "result": "{result}",\n   "reason": {said},\n  {tail}\n  }}'


def text(
    engine: Mapping[str, str],
    counts: Mapping[Result, int],
    seconds: float,
    leaflets: Iterable[str],
    findings: tuple[Finding, ...] = (),
) -> Iterator[str]:
    """Yield the text of `report.json` in pieces: format 1 of the contract.

    `leaflets` are the texts of its entries, `findings` those that belong to no single leaflet.
    The seconds have room to grow in their place.
    """
    top = {
        "format": FORMAT,
        "engine": dict(engine),
        "summary": {**{result: counts.get(result, 0) for result in RESULTS}},
    }
    opening = json.dumps(top, ensure_ascii=False, indent=1).removesuffix("\n }\n}")
    yield f'{opening},\n  "seconds": {seconds:<9.3f}\n }},\n "leaflets": ['
    before = "\n"
    for leaflet in leaflets:
        yield before + leaflet
        before = ",\n"
    yield "]" if before == "\n" else "\n ]"
    if findings:
        listed = [_fields(one) for one in findings]
        yield f',\n "findings": {json.dumps(listed, ensure_ascii=False, indent=1)}'
    yield "\n}\n"


def as_json(report: Report) -> str:
    """Return the text of a report that has all its entries."""
    leaflets = ((pieces(entry), entry) for entry in report.leaflets)
    entries = (whole(head, e.result, e.reason, tail) for (head, tail), e in leaflets)
    return "".join(text(report.engine, report.counts, report.seconds, entries, report.findings))


#: What a dry run says instead of a result.
WOULD: dict[str, str] = {"built": "would build", "removed": "would remove"}


def summary(report: Report, dry_run: bool = False) -> str:
    """Return in one line what a build did, or would do."""
    said = WOULD if dry_run else {}
    counts = [
        f"{said[result]} {report.count(result)}"
        if result in said
        else f"{report.count(result)} {result}"
        for result in RESULTS
        if report.count(result)
    ]
    if not counts:
        return "There is nothing to build."
    if len(counts) == 1 and report.count("unchanged"):
        return f"Everything is unchanged: {report.count('unchanged')} leaflets."
    if dry_run:
        return ", ".join(counts).capitalize() + "."
    return f"{', '.join(counts)} in {report.seconds:.1f} s."


#: Where a report has more lines than this, it is cut to what fits a screen: the worst of it.
MOST_LINES = 40
_MOST_REMARKS, _MOST_RESULTS = 10, 8
#: Results, the worst first.
_WORST: tuple[Result, ...] = ("failed", "withheld", "removed", "built")


def remark_lines(report: Report) -> list[str]:
    """Return what a build found, as messages say it: the worst first."""
    # That approvals are missing is said once of all drafts.
    remarks = [one for one in report.remarks if one.finding.code != "approval-missing"]
    shown = _MOST_REMARKS if _is_long(report) else len(remarks)
    lines = [remark_line(remark) for remark in remarks[:shown]]
    if (left := len(remarks) - shown) > 0:
        lines.append(f"… and {left} more findings: see 'handouts check TOPIC', or {REPORT}")
    return lines


def _is_long(report: Report) -> bool:
    changed = sum(entry.result != "unchanged" for entry in report.leaflets)
    return changed + len(report.remarks) > MOST_LINES


def result_lines(report: Report, dry_run: bool = False) -> list[str]:
    """Return what became of each leaflet that did not stand, and of all of them."""
    lines = []
    listed = [entry for entry in report.leaflets if entry.result != "unchanged"]
    left = 0
    if _is_long(report) and len(listed) > _MOST_RESULTS:
        left = len(listed) - _MOST_RESULTS
        listed = sorted(listed, key=lambda one: _WORST.index(one.result))[:_MOST_RESULTS]
    for entry in listed:
        said = f"{WOULD.get(entry.result, entry.result) if dry_run else entry.result} {entry.name}"
        if entry.result == "built" and not dry_run:
            pages = "1 page" if entry.pages == 1 else f"{entry.pages} pages"
            said += f": {entry.file}, {pages} at {entry.type_size_pt:g} pt"
        lines.append(f"{said} ({entry.reason})" if entry.reason else said)
    if left:
        lines.append(f"… and {left} more: {REPORT} has them all")
    lines.append(summary(report, dry_run))
    if report.drafts:
        lines.append(f"{report.drafts} are drafts: not all approvals stand.")
    if report.overdue or report.falls_due:
        lines.append(_due_line(report))
    return lines


def _due_line(report: Report) -> str:
    late = f"{_topics(report.overdue)} overdue" if report.overdue else ""
    soon = f"{_topics(report.falls_due)} due within {DUE_DAYS} days" if report.falls_due else ""
    first = f", the first on {report.first_due}" if soon else ""
    return f"{', '.join(filter(None, (late, soon)))}{first}: see 'handouts due'."


def _topics(number: int) -> str:
    return "1 topic is" if number == 1 else f"{number} topics are"


def remarks_on(findings: Iterable[tuple[Finding, str]]) -> tuple[Remark, ...]:
    """Return each finding once, with the leaflets that have it: errors first, then by code.

    `findings` come with the name of their leaflet.
    """
    first: dict[Finding, str] = {}
    leaflets: Counter[Finding] = Counter()
    for finding, name in findings:
        first.setdefault(finding, name)
        leaflets[finding] += 1
    order = {"error": 0, "warning": 1, "skipped": 2}
    return tuple(
        Remark(finding, name, leaflets[finding])
        for finding, name in sorted(
            first.items(), key=lambda item: (order[item[0].severity], item[0].code, item[0].where)
        )
    )


def remark_line(remark: Remark) -> str:
    """Return a finding as a message says it: where, what, and the next step."""
    finding, many = remark.finding, remark.leaflets
    which = f" ({many} leaflets, first {remark.first})" if many > 1 else f" ({remark.first})"
    where = f"{finding.where}: " if finding.where else ""
    return f"{where}{finding.message} [{finding.code}]{which if many else ''}"


class Summary:
    """What the leaflets of a site come to, as the ledger has it after a run.

    `meant` tells for the name of a leaflet whether the run was about it, where it was not about
    all of them. Dates are judged by `day`.
    """

    def __init__(
        self, ledger: Ledger, day: date, meant: Callable[[Name], bool] | None = None
    ) -> None:
        self.ledger = ledger
        self.day = day
        self.meant = meant

    def report(
        self,
        leaflets: Iterable[Entry],
        seconds: float,
        engine: Mapping[str, str],
        findings: tuple[Finding, ...] = (),
    ) -> Report:
        """Return the report, with the entries of leaflets that did not stand unchanged.

        `findings` belong to no single leaflet of the site.
        """
        counts: Counter[Result] = Counter()
        drafts = 0
        for result, draft, count in self._counted():
            counts[result] += count
            if draft and result in ("built", "unchanged"):
                drafts += count
        remarks = (*(Remark(one, "", 0) for one in findings), *self._remarks())
        return Report(
            engine, tuple(leaflets), seconds, counts, drafts, remarks, findings, *self._due()
        )

    def _due(self) -> tuple[int, int, str]:
        """Return how many topics are overdue, how many fall due soon, and the first day of these.

        What passes is a day of review, or that of a fact.
        """
        codes = "('review-overdue', 'fact-expired')"
        late = f"SELECT DISTINCT topic FROM finding WHERE code IN {codes}"
        soon = (
            "SELECT topic, min(until) FROM leaflet_state WHERE until <= ? "
            f"AND topic NOT IN ({late}) GROUP BY topic"
        )
        ahead = self.day + timedelta(DUE_DAYS + 1)
        days = [until for _, until in self.ledger.ask(soon, ahead.isoformat())]
        # It holds for the last time on the day before.
        first = (date.fromisoformat(min(days)) - timedelta(1)).isoformat() if days else ""
        return sum(1 for _ in self.ledger.ask(late)), len(days), first

    def _counted(self) -> Iterator[tuple[Result, int, int]]:
        """Yield results, whether the leaflets that have them are drafts, and how many these are."""
        where = "FROM leaflet_state LEFT JOIN done USING (topic, locale, edition)"
        result = "coalesce(done.result, leaflet_state.result)"
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
        """Yield the text of the report in pieces."""
        leaflets = (
            whole(head, result, reason, tail)
            for name, result, reason, head, tail in self._leaflets()
            if self.meant is None or self.meant(name)
        )
        return text(report.engine, report.counts, report.seconds, leaflets, report.findings)

    def write(self, out: Path, report: Report, lasting: bool = True) -> None:
        """Publish the report."""
        pieces = (piece.encode("utf-8") for piece in self.text(report))
        write_atomically(out / REPORT, pieces, out, lasting)

    def _leaflets(self) -> Iterator[tuple[Name, Result, str, str, str]]:
        """Yield name, result, reason, and the text before and after them of each, in order."""
        query = (
            "SELECT topic, locale, edition, coalesce(done.result, leaflet_state.result), "
            "coalesce(done.reason, leaflet_state.reason), head, tail, place "
            "FROM leaflet_state LEFT JOIN done USING (topic, locale, edition) "
            "UNION ALL SELECT topic, locale, edition, 'removed', reason, head, tail, place "
            "FROM gone ORDER BY topic, place, edition"
        )
        for topic, code, edition, result, reason, head, tail, _ in self.ledger.ask(query):
            yield (topic, code, edition), result, reason, head, tail

    def _remarks(self) -> tuple[Remark, ...]:
        # That approvals are missing is said of all drafts at once.
        query = (
            "SELECT topic, locale, edition, severity, code, message, finding.place FROM finding "
            "JOIN leaflet_state USING (topic, locale, edition) "
            "WHERE code != 'approval-missing' ORDER BY topic, leaflet_state.place, edition"
        )
        return remarks_on(
            (Finding(code, severity, message, where), f"{locale}/{topic}.{edition}")
            for topic, locale, edition, severity, code, message, where in self.ledger.ask(query)
            if self.meant is None or self.meant((topic, locale, edition))
        )


def report_unchanged(
    handouts: Path, out: Path, day: date, clinic: str = "", records: Path | None = None
) -> Report | None:
    """Publish the report of a build that has nothing to do; None where there may be something.

    No words are read for it. Raises LockedError where another build is at work there, and
    ConfigurationError for an output folder in which something stands for the engine's own files.
    """
    started = time.monotonic()
    if not ledger_path(out).is_file():
        return None
    with locked(out), closing(Ledger(out)) as ledger:
        under = circumstances(handouts, clinic)
        if not ledger.nothing_changed(day.isoformat(), under, records):
            return None
        try:
            engine = dict(json.loads(ledger.fact("versions")))
        except (RecursionError, TypeError, ValueError) as problem:
            raise ledger.damaged(problem) from None
        summary = Summary(ledger, day)
        report = summary.report((), time.monotonic() - started, engine)
        summary.write(out, report, lasting=False)
        return report
