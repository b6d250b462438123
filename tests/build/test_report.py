"""A report as text and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

from pressroom.build.output import entry_of
from pressroom.build.report import as_json, entry_data, remark_line, report_on, summary
from pressroom.core.model import Entry, Finding, Remark, Report, Shown

WARNING = Finding("approval-missing", "warning", "nobody signed; sign it", "a.toml")
ERROR = Finding("page-count", "error", "too long; cut it", "")
SKIPPED = Finding("contrast", "skipped", "no picture", "a.md:3")
ENTRY = Entry(
    "asthma", "ar", "standard", "draft", "built", "‘x’", "ar/a.pdf", "abc", 2, 4, 12.5, "7k2mp9",
    (Shown("general-info", 1, 12.5, True), Shown("draft", None, None, False)), (WARNING, ERROR),
)  # fmt: skip


def report(*results: str) -> Report:
    entries = [replace(ENTRY, result=r) for r in results]  # type: ignore[arg-type]
    return report_on({"pressroom": "1"}, entries, 1.25)


def test_an_entry_comes_back_from_its_data() -> None:
    assert entry_of(json.loads(json.dumps(entry_data(ENTRY)))) == ENTRY


def test_json_is_the_contract_in_readable_letters() -> None:
    text = as_json(report("built", "failed", "failed"))
    data = json.loads(text)
    assert data["summary"] == {
        "built": 1, "unchanged": 0, "withheld": 0, "failed": 2, "removed": 0, "seconds": 1.25,
    }  # fmt: skip
    laid_out = json.dumps(data, ensure_ascii=False, indent=1).replace("1.25\n", "1.250    \n")
    assert text == laid_out + "\n"
    assert "‘x’" in text
    assert json.loads(as_json(report()))["leaflets"] == []
    assert text.endswith("}\n")
    assert data["leaflets"][0]["disclaimers"][1] == {
        "id": "draft", "page": None, "size_pt": None, "proven": False,
    }  # fmt: skip


def test_the_sum_in_one_line() -> None:
    assert summary(report()) == "There is nothing to build."
    assert summary(report("unchanged", "unchanged")) == "Everything is unchanged: 2 leaflets."
    assert summary(report("built", "failed")) == "1 built, 1 failed in 1.2 s."
    assert summary(report("built", "removed", "unchanged"), dry_run=True) == (
        "Would build 1, 1 unchanged, would remove 1."
    )


def test_a_finding_of_many_leaflets_is_said_once_and_errors_first() -> None:
    other = replace(ENTRY, locale="fa", findings=(SKIPPED, WARNING))
    remarks = report_on({}, [ENTRY, other]).remarks
    assert remarks == (
        Remark(ERROR, "ar/asthma.standard"),
        Remark(WARNING, "ar/asthma.standard", 2),
        Remark(SKIPPED, "fa/asthma.standard"),
    )
    assert [remark_line(remark) for remark in remarks] == [
        "too long; cut it [page-count] (ar/asthma.standard)",
        "a.toml: nobody signed; sign it [approval-missing] (2 leaflets, first ar/asthma.standard)",
        "a.md:3: no picture [contrast] (fa/asthma.standard)",
    ]
