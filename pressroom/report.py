"""A Report as JSON and as lines of text."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from .model import Entry, Finding, Report, Result

FORMAT = 1

_RESULTS: tuple[Result, ...] = ("built", "unchanged", "withheld", "failed", "removed")


def entry_data(entry: Entry) -> dict[str, Any]:
    """Give an entry as the report has it."""
    data = asdict(entry)
    data["disclaimers"] = [asdict(one) for one in entry.disclaimers]
    data["findings"] = [asdict(one) for one in entry.findings]
    return data


def as_data(report: Report) -> dict[str, Any]:
    """Give a report as JSON has it: format 1 of the contract."""
    return {
        "format": FORMAT,
        "engine": dict(report.engine),
        "summary": {
            **{result: report.count(result) for result in _RESULTS},
            "seconds": round(report.seconds, 3),
        },
        "leaflets": [entry_data(entry) for entry in report.leaflets],
        **({"findings": [asdict(one) for one in report.findings]} if report.findings else {}),
    }


def as_json(report: Report) -> str:
    """Give the text of `report.json`."""
    return json.dumps(as_data(report), ensure_ascii=False, indent=1) + "\n"


#: What a dry run says instead of a result.
WOULD: dict[str, str] = {"built": "would build", "removed": "would remove"}


def summary(report: Report, dry_run: bool = False) -> str:
    """Say in one line what a build did, or would do."""
    said = WOULD if dry_run else {}
    counts = [
        f"{said[result]} {report.count(result)}"
        if result in said
        else f"{report.count(result)} {result}"
        for result in _RESULTS
        if report.count(result)
    ]
    if not counts:
        return "There is nothing to build."
    if len(counts) == 1 and report.count("unchanged"):
        return f"Everything is unchanged: {len(report.leaflets)} leaflets."
    if dry_run:
        return ", ".join(counts).capitalize() + "."
    return f"{', '.join(counts)} in {report.seconds:.1f} s."


def grouped(entries: Iterable[Entry]) -> Iterator[tuple[Finding, list[str]]]:
    """Give each finding once, with the leaflets that have it: errors first, then by code."""
    leaflets: dict[Finding, list[str]] = defaultdict(list)
    for entry in entries:
        for finding in entry.findings:
            leaflets[finding].append(entry.name)
    order = {"error": 0, "warning": 1, "skipped": 2}
    yield from sorted(
        leaflets.items(), key=lambda item: (order[item[0].severity], item[0].code, item[0].where)
    )


def finding_line(finding: Finding, names: list[str]) -> str:
    """Say a finding as a message does: where, what, and the next step."""
    which = f" ({len(names)} leaflets, first {names[0]})" if len(names) > 1 else ""
    which = f" ({names[0]})" if len(names) == 1 else which
    where = f"{finding.where}: " if finding.where else ""
    return f"{where}{finding.message} [{finding.code}]{which}"
