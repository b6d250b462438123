"""A Report as JSON and as lines of text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from .model import Entry, Finding, Remark, Report, Result, Shown

FORMAT = 1

RESULTS: tuple[Result, ...] = ("built", "unchanged", "withheld", "failed", "removed")


def report_on(
    engine: Mapping[str, str],
    leaflets: Iterable[Entry],
    seconds: float = 0.0,
    findings: tuple[Finding, ...] = (),
) -> Report:
    """Sum up entries, and findings that belong to no single leaflet."""
    leaflets = tuple(leaflets)
    drafts = sum(e.state == "draft" and e.result in ("built", "unchanged") for e in leaflets)
    remarks = remarks_on((f, e.name) for e in leaflets for f in e.findings)
    counts = Counter(entry.result for entry in leaflets)
    remarks += tuple(Remark(finding, "", 0) for finding in findings)
    return Report(engine, leaflets, seconds, counts, drafts, remarks, findings)


def entry_data(entry: Entry) -> dict[str, Any]:
    """Give an entry as the report has it."""
    data = _fields(entry)
    data["disclaimers"] = [_fields(one) for one in entry.disclaimers]
    data["findings"] = [_fields(one) for one in entry.findings]
    return data


def _fields(value: Entry | Shown | Finding) -> dict[str, Any]:
    """Give the fields of a value in their order, as they are: `asdict` copies each of them."""
    return {name: getattr(value, name) for name in value.__slots__}


def pieces(entry: Entry) -> tuple[str, str]:
    """Give the text of an entry before its result, and after its reason."""
    data = list(entry_data(entry).items())
    at = [name for name, _ in data].index("result")
    head, tail = (json.dumps(dict(part), ensure_ascii=False, indent=1)[2:-2]
                  for part in (data[:at], data[at + 2 :]))  # fmt: skip
    return head.replace("\n", "\n  "), tail.replace("\n", "\n  ")


def whole(head: str, result: str, reason: str, tail: str) -> str:
    """Put the text of an entry together."""
    said = json.dumps(reason, ensure_ascii=False)
    return f'  {{\n  {head},\n   "result": "{result}",\n   "reason": {said},\n  {tail}\n  }}'


def text(
    engine: Mapping[str, str], counts: Mapping[Result, int], seconds: float, leaflets: Iterable[str]
) -> Iterator[str]:
    """Give the text of `report.json` in pieces: format 1 of the contract.

    `leaflets` are the texts of its entries. The seconds have room to grow in their place.
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
    yield "]\n}\n" if before == "\n" else "\n ]\n}\n"


#: Where the entries of a report begin, and where each of them ends.
_LEAFLETS, _END = b'"leaflets": [', b"\n  }"


def _entry_at(report: bytes, head: str, at: int) -> int:
    """Say where an entry begins in the text of a report, by what stands before its result.

    It is looked for from a place on; 0 where it is not there.
    """
    # Topic, locale and edition come first.
    named = ",\n".join(head.split(",\n")[:3])
    return report.find(f"\n  {{\n  {named},\n".encode(), at) + 1


def mended(
    old: bytes, report: Report, leaflets: Iterable[tuple[str, str]]
) -> list[bytes | memoryview] | None:
    """Give the text of a report in pieces: an older one, with other sums and some other entries.

    `leaflets` are the texts of these, each with what stands before its result. None
    where the older one lacks one of them.
    """
    opening = next(text(report.engine, report.counts, report.seconds, ()))
    pieces: list[bytes | memoryview] = [opening.encode()]
    uncopied = memoryview(old)
    at = old.find(_LEAFLETS) + len(_LEAFLETS)
    for head, entry in leaflets:
        start = _entry_at(old, head, at)
        if not start:
            return None
        pieces += (uncopied[at:start], entry.encode())
        at = old.index(_END, start) + len(_END)
    return [*pieces, uncopied[at:]]


def as_json(report: Report) -> str:
    """Give the text of a report that has all its entries."""
    leaflets = ((pieces(entry), entry) for entry in report.leaflets)
    entries = (whole(head, e.result, e.reason, tail) for (head, tail), e in leaflets)
    said = "".join(text(report.engine, report.counts, report.seconds, entries))
    if not report.findings:
        return said
    findings = json.dumps([asdict(one) for one in report.findings], ensure_ascii=False, indent=1)
    return said.removesuffix("\n}\n") + f',\n "findings": {findings}\n}}\n'


#: What a dry run says instead of a result.
WOULD: dict[str, str] = {"built": "would build", "removed": "would remove"}


def summary(report: Report, dry_run: bool = False, seconds: str = "") -> str:
    """Say in one line what a build did, or would do.

    `seconds` may stand for how long it took.
    """
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
    return f"{', '.join(counts)} in {seconds or f'{report.seconds:.1f}'} s."


def remark_lines(report: Report) -> list[str]:
    """Say what a build found, as messages do."""
    # That approvals are missing is said once of all drafts.
    remarks = (one for one in report.remarks if one.finding.code != "approval-missing")
    return [remark_line(remark) for remark in remarks]


def result_lines(report: Report, dry_run: bool = False, seconds: str = "") -> list[str]:
    """Say what became of each leaflet that did not stand, and of all of them."""
    lines = []
    for entry in report.leaflets:
        if entry.result == "unchanged":
            continue
        said = f"{WOULD.get(entry.result, entry.result) if dry_run else entry.result} {entry.name}"
        if entry.result == "built" and not dry_run:
            pages = "1 page" if entry.pages == 1 else f"{entry.pages} pages"
            said += f": {entry.file}, {pages} at {entry.type_size_pt:g} pt"
        lines.append(f"{said} ({entry.reason})" if entry.reason else said)
    lines.append(summary(report, dry_run, seconds))
    if report.drafts:
        lines.append(f"{report.drafts} are drafts: not all approvals stand.")
    return lines


def remarks_on(findings: Iterable[tuple[Finding, str]]) -> tuple[Remark, ...]:
    """Give each finding once, with the leaflets that have it: errors first, then by code.

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
    """Say a finding as a message does: where, what, and the next step."""
    finding, many = remark.finding, remark.leaflets
    which = f" ({many} leaflets, first {remark.first})" if many > 1 else f" ({remark.first})"
    where = f"{finding.where}: " if finding.where else ""
    return f"{where}{finding.message} [{finding.code}]{which if many else ''}"
