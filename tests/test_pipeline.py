"""The commands: exit codes, what goes to which stream, and what is built when."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import pipeline
from pressroom import __version__
from pressroom.lock import locked

from .conftest import Outcome
from .support import (
    PATIENCE_SECONDS,
    ROOT,
    TODAY,
    TOPIC,
    Site,
    heed_interrupts,
    long_topic,
    until,
)

Run = Callable[..., Outcome]
NAME = "sore-throat"
PDF = f"{NAME}.standard.draft.pdf"
APPROVED = f"{NAME}.standard.pdf"


#: Another topic with the same words.
COLD = TOPIC.replace("id: sore-throat", "id: cold")


def report_of(site: Site) -> Any:
    return json.loads((site.out / "report.json").read_text(encoding="utf-8"))


def results(report: Any) -> dict[str, str]:
    return {f"{e['locale']}/{e['topic']}.{e['edition']}": e["result"] for e in report["leaflets"]}


def approve(run: Run, locale: str, name: str = NAME) -> None:
    for role in ("clinician",) if locale == "en" else ("reviewer", "clinician"):
        run("approve", name, locale, "--role", role, "--by", f"Dr {role}")


def leaflets_of(made: Site) -> list[str]:
    """Give what lies in the folders of the locales."""
    return sorted(name for name in made.outputs() if re.match(r"[a-z]{2}/", name))


# Building


def test_a_first_build_publishes_all_and_a_second_changes_nothing(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "es"))
    first = run("build")
    assert leaflets_of(made) == [f"en/{NAME}.html", f"en/{PDF}", f"es/{NAME}.html", f"es/{PDF}"]
    assert {
        "index.html", "report.json", f"c/{NAME}.html", "rack/rack.js", "rack/titles/es.js",
        "rack/texts/es.js", f"rack/thumbs/es/{NAME}.standard.draft.png",
    } < made.outputs().keys()  # fmt: skip
    assert re.search(rf"^built en/{NAME}.standard: en/{PDF}, \d pages? at 1\d", first.out, re.M)
    assert "(it was never built)" in first.out
    assert "2 built in " in first.out
    assert "2 are drafts: not all approvals stand." in first.out
    before = {name: data for name, data in made.outputs().items() if name != "report.json"}
    times = {path: path.stat().st_mtime_ns for path in made.out.glob("e?/*")}

    second = run("build")
    assert second.out.startswith("Everything is unchanged: 2 leaflets.\n")
    assert second.err == ""
    after = {name: data for name, data in made.outputs().items() if name != "report.json"}
    assert after == before
    assert len(times) == 4
    assert {path: path.stat().st_mtime_ns for path in made.out.glob("e?/*")} == times
    assert results(report_of(made)) == {
        f"en/{NAME}.standard": "unchanged", f"es/{NAME}.standard": "unchanged",
    }  # fmt: skip


def test_the_report_has_the_shape_of_the_contract(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "ar"))
    printed = run("build", "--json")
    report = json.loads(printed.out)
    assert printed.err == ""
    assert report == report_of(made)
    assert list(report) == ["format", "engine", "summary", "leaflets"]
    assert report["format"] == 1
    assert list(report["engine"]) == ["pressroom", "weasyprint", "pypdf", "fonts"]
    assert report["engine"]["pressroom"] == __version__
    assert report["engine"]["fonts"].startswith("sha256")
    seconds = report["summary"].pop("seconds")
    assert isinstance(seconds, float)
    assert list(report["summary"].items()) == [
        ("built", 2), ("unchanged", 0), ("withheld", 0), ("failed", 0), ("removed", 0),
    ]  # fmt: skip
    for entry in report["leaflets"]:
        assert list(entry) == [
            "topic", "locale", "edition", "state", "result", "reason", "file", "sha256", "pages",
            "page_budget", "type_size_pt", "disclaimers", "findings",
        ]  # fmt: skip
        assert (entry["state"], entry["result"]) == ("draft", "built")
        assert entry["page_budget"] == 2
        assert 1 <= entry["pages"] <= 2
        assert 12.0 <= entry["type_size_pt"] <= 14.0
        data = (made.out / entry["file"]).read_bytes()
        assert data.startswith(b"%PDF-1.7")
        assert entry["sha256"].removeprefix("sha256:") == hashlib.sha256(data).hexdigest()
        assert entry["disclaimers"]
        for one in entry["disclaimers"]:
            assert list(one) == ["id", "page", "size_pt", "proven"]
            assert one["proven"] is True
        for finding in entry["findings"]:
            assert list(finding) == ["code", "severity", "message", "where"]
            assert finding["severity"] == "warning"
    assert {entry["locale"] for entry in report["leaflets"]} == {"en", "ar"}


def test_editing_one_message_of_a_locale_rebuilds_just_that(
    site: Callable[..., Site], run: Run
) -> None:
    other = TOPIC.replace("id: sore-throat", "id: cold").replace(
        "title: Sore throat", "title: none"
    )
    made = site(("en", "es", "ar"), {NAME: TOPIC, "cold": other})
    run("build", "--quiet")
    before = made.outputs()
    made.change("es/sore-throat", "Rest for 2 days.", text="Repose 2 días.")
    done = run("build")
    assert done.out.count("built ") == 1
    assert f"built es/{NAME}.standard" in done.out
    assert "(its words changed" in done.out
    after = made.outputs()
    assert {name for name in after if after[name] != before[name]} == {
        f"es/{PDF}", f"es/{NAME}.html", f"rack/thumbs/es/{NAME}.standard.draft.png",
        "rack/titles/es.js", "rack/texts/es.js", "index.html", "report.json",
    }  # fmt: skip
    assert sum(result == "built" for result in results(report_of(made)).values()) == 1


def test_a_source_that_changed_rebuilds_the_source_and_withholds_the_rest(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "es"))
    run("build", "--quiet")
    before = made.outputs()
    made.edit(f"topics/{NAME}/topic.md", "Rest for 2 days.", "Rest for 3 days.")
    done = run("build")
    assert results(report_of(made)) == {
        f"en/{NAME}.standard": "built", f"es/{NAME}.standard": "withheld",
    }  # fmt: skip
    assert f"withheld es/{NAME}.standard" in done.out
    assert "has changed since it was translated; ask the translator to confirm it" in done.err
    after = made.outputs()
    assert after[f"es/{PDF}"] == before[f"es/{PDF}"]
    assert after[f"en/{PDF}"] != before[f"en/{PDF}"]
    assert b"Older than its source" in after["index.html"]
    assert b"Older than its source" not in before["index.html"]
    run("build", "--strict", code=1)


def test_a_failure_never_replaces_what_is_published(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    run("build", "--quiet")
    before = made.outputs()
    made.change("es/sore-throat", "Rest for 2 days.", text="Descanse 3 días.")
    done = run("build", code=1)
    assert f"failed es/{NAME}.standard (number-mismatch: " in done.out
    assert made.outputs()[f"es/{PDF}"] == before[f"es/{PDF}"]
    entry = next(e for e in report_of(made)["leaflets"] if e["locale"] == "es")
    assert (entry["result"], entry["file"]) == ("failed", f"es/{PDF}")
    # It is tried again until it passes.
    run("build", code=1)
    made.change("es/sore-throat", "Rest for 2 days.", text="Descanse 2 días.")
    assert "Everything is unchanged" in run("build").out


@pytest.mark.parametrize("code", ["es", "ar", "hi", "km"])
def test_a_disclaimer_without_words_fails_by_name(
    site: Callable[..., Site], run: Run, code: str
) -> None:
    made = site(("en", code))
    made.drop(f"{code}/house", "general-info")
    done = run("build", code=1)
    assert results(report_of(made))[f"{code}/{NAME}.standard"] == "failed"
    assert results(report_of(made))[f"en/{NAME}.standard"] == "built"
    assert "the disclaimer 'general-info' has no words in this locale" in done.err
    assert "[disclaimer-absent]" in done.err
    assert not (made.out / code).exists()


def test_a_broken_topic_fails_alone(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    made.write("topics/cold/topic.md", "no front matter")
    done = run("build", code=1)
    assert "handouts/topics/cold/topic.md:1: a topic starts with front matter" in done.err
    assert results(report_of(made)) == {
        "en/cold.standard": "failed", "es/cold.standard": "failed",
        f"en/{NAME}.standard": "built", f"es/{NAME}.standard": "built",
    }  # fmt: skip


def test_a_broken_catalogue_fails_its_locale_alone(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es", "ar"))
    path = made.path("locales/es/house.po")
    path.write_text(path.read_text("utf-8") + "\nnonsense\n", "utf-8")
    done = run("build", code=1)
    line = path.read_text("utf-8").count("\n")
    assert f"handouts/locales/es/house.po:{line}: this is not a PO file" in done.err
    assert results(report_of(made)) == {
        f"ar/{NAME}.standard": "built", f"en/{NAME}.standard": "built",
        f"es/{NAME}.standard": "failed",
    }  # fmt: skip


def test_force_builds_what_is_up_to_date_to_the_same_bytes(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "ar"))
    run("build", "--quiet")
    before = made.outputs()
    done = run("build", "--force")
    assert done.out.count("(it was asked for by --force)") == 2
    after = made.outputs()
    assert {n for n in after if after[n] != before[n]} <= {"report.json"}


def test_only_what_is_named_is_built(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es", "ar"), {NAME: TOPIC, "cold": COLD})
    run("build", "cold", "--locale", "es", "--locale", "ar", "--edition", "standard")
    assert sorted(results(report_of(made))) == ["ar/cold.standard", "es/cold.standard"]
    run("build", "cold")
    assert results(report_of(made)) == {
        "ar/cold.standard": "unchanged", "en/cold.standard": "built",
        "es/cold.standard": "unchanged",
    }  # fmt: skip
    assert f"en/{NAME}.html" not in made.outputs()


def test_a_dry_run_writes_nothing_and_says_why(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    done = run("build", "--dry-run")
    assert not made.out.exists()
    assert f"would build en/{NAME}.standard (it was never built)" in done.out
    assert "Would build 2." in done.out

    run("build", "--quiet")
    path = made.out / ".pressroom" / "ledger.sqlite3"
    before, ledger = made.outputs(), path.read_bytes()
    made.change("es/sore-throat", "Rest for 2 days.", text="Repose 2 días.")
    done = run("build", "--dry-run")
    assert f"would build es/{NAME}.standard (its words changed" in done.out
    assert made.outputs() == before
    assert path.read_bytes() == ledger
    report = json.loads(run("build", "--dry-run", "--json").out)
    assert report["summary"]["built"] == 1
    assert made.outputs() == before


def test_quiet_prints_nothing_on_success(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    for _ in range(2):
        done = run("build", "--quiet")
        assert (done.out, done.err) == ("", "")
    made.change("es/sore-throat", "Rest for 2 days.", text="Descanse 3 días.")
    done = run("build", "--quiet", code=1)
    assert "number-mismatch" in done.err


# Approvals


def test_an_approved_leaflet_replaces_its_draft(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    run("build", "--quiet")
    approve(run, "es")
    done = run("build")
    assert f"built es/{NAME}.standard: es/{APPROVED}" in done.out
    outputs = made.outputs()
    assert f"es/{APPROVED}" in outputs
    assert f"es/{PDF}" not in outputs
    assert f"en/{PDF}" in outputs
    states = {e["locale"]: e["state"] for e in report_of(made)["leaflets"]}
    assert states == {"en": "draft", "es": "approved"}
    assert "Everything is unchanged" in run("build").out


def test_a_changed_text_is_a_draft_beside_the_approved_leaflet(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "es"))
    approve(run, "es")
    run("build", "--quiet")
    signed = made.outputs()
    made.change("es/sore-throat", "Rest for 2 days.", text="Repose 2 días.")
    done = run("build")
    assert (
        "the text has changed since Dr clinician signed it as clinician on 2026-12-01" in done.err
    )
    outputs = made.outputs()
    assert outputs[f"es/{APPROVED}"] == signed[f"es/{APPROVED}"]
    assert outputs[f"es/{NAME}.html"] == signed[f"es/{NAME}.html"]
    assert f"es/{PDF}" in outputs
    approve(run, "es")
    run("build", "--quiet")
    outputs = made.outputs()
    assert outputs[f"es/{APPROVED}"] != signed[f"es/{APPROVED}"]
    assert outputs[f"es/{NAME}.html"] != signed[f"es/{NAME}.html"]
    assert f"es/{PDF}" not in outputs


def test_a_change_of_style_rebuilds_and_keeps_the_approval(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en",))
    approve(run, "en")
    run("build", "--quiet")
    made.write("styles/site.css", "h1 { color: black }")
    done = run("build")
    assert f"built en/{NAME}.standard: en/{APPROVED}" in done.out
    assert "(the styles changed)" in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        ((NAME, "es", "--role", "boss", "--by", "X"), 2, "this clinic asks no 'boss' to sign 'es'"),
        ((NAME, "en", "--role", "reviewer", "--by", "X"), 2, "asks no 'reviewer' to sign 'en'"),
        ((NAME, "es", "--role", "clinician", "--by", " "), 2, "nobody is named"),
        ((NAME, "es", "--role", "clinican", "--by", "X"), 2, "did you mean 'clinician'?"),
        (("none", "es", "--role", "clinician", "--by", "X"), 2, "there is no topic 'none'"),
        ((NAME, "xx", "--role", "clinician", "--by", "X"), 2, "there is no locale 'xx'"),
        ((NAME, "es", "--by", "X"), 2, "Missing option '--role'"),
    ],
)
def test_approve_refuses(
    site: Callable[..., Site], run: Run, arguments: tuple[str, ...], code: int, expected: str
) -> None:
    made = site(("en", "es"))
    assert expected in run("approve", *arguments, code=code).err
    assert not list(made.handouts.rglob("approvals.toml"))


@pytest.mark.parametrize("text", ["", "Descanse 3 días."])
def test_a_text_that_is_not_whole_cannot_be_signed(
    site: Callable[..., Site], run: Run, text: str
) -> None:
    made = site(("en", "es"))
    made.change("es/sore-throat", "Rest for 2 days.", text=text)
    done = run("approve", NAME, "es", "--role", "clinician", "--by", "Dr X", code=1)
    assert "this text cannot be signed yet; mend the above first" in done.err
    assert "handouts/locales/es/sore-throat.po:" in done.err
    assert not list(made.handouts.rglob("approvals.toml"))


def test_approving_records_role_name_date_and_digest(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    done = run("approve", NAME, "es", "--role", "clinician", "--by", '  Dr  "Q" Öz ')
    assert done.out.startswith("handouts/locales/es/approvals.toml: ")
    run("approve", NAME, "es", "--role", "reviewer", "--by", "R")
    rows = tomllib.loads(made.read("locales/es/approvals.toml"))["approval"]
    assert [row["role"] for row in rows] == ["clinician", "reviewer"]
    assert rows[0]["name"] == 'Dr "Q" Öz'
    assert rows[0]["date"] == TODAY
    assert rows[0]["digest"] == rows[1]["digest"]
    run("approve", NAME, "es", "--role", "clinician", "--by", "Dr Z")
    rows = tomllib.loads(made.read("locales/es/approvals.toml"))["approval"]
    assert [row["name"] for row in rows] == ["Dr Z", "R"]


# What leaves


def test_what_the_site_has_no_more_is_removed_and_said(site: Callable[..., Site], run: Run) -> None:
    made = site(
        ("en", "es"), {NAME: TOPIC, "cold": COLD}, {'["standard"]': '["standard", "large-print"]'}
    )
    made.edit(f"topics/{NAME}/topic.md", "  standard: 2", "  standard: 2\n  large-print: 6")
    made.edit("topics/cold/topic.md", "  standard: 2", "  standard: 2\n  large-print: 6")
    run("build", "--quiet")
    foreign = made.out / "es" / "notes.txt"
    foreign.write_text("ours", "utf-8")
    (made.out / "README.txt").write_text("ours", "utf-8")

    made.edit("clinic.toml", '["standard", "large-print"]', '["standard"]')
    assert run("build").out.count("(the site has it no more)") == 4
    assert "large-print" not in " ".join(made.outputs())

    (made.path("topics/cold/topic.md")).unlink()
    made.path("topics/cold").rmdir()
    assert "would remove en/cold.standard" in run("build", "--dry-run").out
    assert "en/cold.standard.draft.pdf" in made.outputs()
    done = run("build")
    assert "removed en/cold.standard (the site has it no more)" in done.out
    # A code on paper may still lead here.
    assert [name for name in made.outputs() if "cold" in name] == ["c/cold.html"]
    assert "no longer published" in (made.out / "c" / "cold.html").read_text("utf-8")
    assert b"cold" not in (made.out / "index.html").read_bytes()

    made.edit("clinic.toml", '"en", "es"', '"en"')
    done = run("build")
    assert f"removed es/{NAME}.standard (the site has it no more)" in done.out
    assert leaflets_of(made) == [f"en/{NAME}.html", f"en/{PDF}", "es/notes.txt"]
    assert "rack/titles/es.js" not in made.outputs()
    assert "Everything is unchanged" in run("build").out


def test_a_build_of_a_part_removes_nothing(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    run("build", "--quiet")
    made.edit("clinic.toml", '"en", "es"', '"en"')
    run("build", "--locale", "en")
    assert f"es/{PDF}" in made.outputs()


@pytest.mark.parametrize(("damage", "reason"), [("gone", "its file is gone"),
                                                ("altered", "its file was altered")])  # fmt: skip
def test_a_published_file_that_was_touched_is_made_again(
    site: Callable[..., Site], run: Run, damage: str, reason: str
) -> None:
    made = site(("en",))
    run("build", "--quiet")
    path = made.out / "en" / PDF
    before = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(before + b"%")
    assert f"({reason})" in run("build").out
    assert path.read_bytes() == before


def test_a_web_page_that_is_gone_is_made_again(site: Callable[..., Site], run: Run) -> None:
    made = site(("en",))
    run("build", "--quiet")
    (made.out / "en" / f"{NAME}.html").unlink()
    assert "(its web page is gone)" in run("build").out
    assert f"en/{NAME}.html" in made.outputs()


def test_the_web_page_belongs_to_the_first_edition(site: Callable[..., Site], run: Run) -> None:
    both = TOPIC.replace("  standard: 2", "  standard: 2\n  large-print: 4")
    made = site(
        ("en",), {NAME: both}, {'editions = ["standard"]': 'editions = ["standard", "large-print"]'}
    )
    run("build", "--quiet")
    page = made.out / "en" / f"{NAME}.html"
    before = page.read_bytes()
    page.unlink()
    run("build", "--edition", "large-print", "--quiet")
    assert not page.exists()
    assert "(its web page is gone)" in run("build").out
    assert page.read_bytes() == before
    made.edit("clinic.toml", '"standard", "large-print"', '"standard"')
    assert f"removed en/{NAME}.large-print (the site has it no more)" in run("build").out
    assert page.read_bytes() == before


# Out of date


def test_an_overdue_leaflet_is_built_with_its_band_and_leaves_the_rack(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en",))
    approve(run, "en")
    run("build", "--quiet")
    assert f'href="en/{APPROVED}"' in (made.out / "index.html").read_text("utf-8")
    done = run("build", today="2027-11-23")
    assert "[review-overdue]" in done.err
    entry = report_of(made)["leaflets"][0]
    assert (entry["result"], entry["state"]) == ("built", "approved")
    assert "out-of-date" in {one["id"] for one in entry["disclaimers"] if one["proven"]}
    index = (made.out / "index.html").read_text("utf-8")
    assert f'href="en/{APPROVED}"' not in index
    assert "Withdrawn: out of date" in index


@pytest.mark.parametrize("code", ["en", "es", "ar", "km"])
def test_an_overdue_draft_has_both_bands(site: Callable[..., Site], run: Run, code: str) -> None:
    made = site(("en", code) if code != "en" else ("en",))
    run("build", "--locale", code, today="2027-11-23")
    (entry,) = report_of(made)["leaflets"]
    assert (entry["result"], entry["state"]) == ("built", "draft")
    proven = {one["id"] for one in entry["disclaimers"] if one["proven"]}
    assert {"draft", "out-of-date"} <= proven


def test_a_style_of_the_site_may_set_a_disclaimer_smaller_but_not_unnoticed(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "ar"))
    made.write("styles/site.css", "#dsc-general-info { font-size: 11pt }")
    said = run("build", code=1).err
    assert "'general-info' is set in 11 pt but needs 12 pt" in said
    assert results(report_of(made)) == dict.fromkeys(
        (f"en/{NAME}.standard", f"ar/{NAME}.standard"), "failed"
    )


def test_a_locale_without_files_is_withheld_and_never_taken_for_another(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "es"))
    run("build")
    shutil.rmtree(made.path("locales/es"))
    before = made.outputs()
    run("build")
    assert results(report_of(made)) == {
        f"en/{NAME}.standard": "unchanged",
        f"es/{NAME}.standard": "withheld",
    }
    assert {name: made.outputs()[name] for name in leaflets_of(made)} == {
        name: data for name, data in before.items() if re.match(r"e[ns]/", name)
    }


def test_the_day_comes_from_the_option_or_the_environment(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    site(("en",))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1827000000")  # 2027-11-23
    assert "[review-overdue]" in run("check", today=None).err
    assert "[review-overdue]" not in run("check").err
    assert run("check", today="2027-13-01", code=2).err.startswith("Usage: ")


# Looking


def test_check_judges_what_is_built_and_writes_nothing(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "ar"))
    done = run("check")
    assert "2 leaflets checked: 0 failed, 0 withheld." in done.out
    assert "there is no PDF of these words: it was never built" in done.err
    assert not made.out.exists()
    run("build", "--quiet")
    before = made.outputs()
    report = json.loads(run("check", "--json").out)
    assert made.outputs() == before
    for entry in report["leaflets"]:
        assert all(one["proven"] for one in entry["disclaimers"])
        assert not [f for f in entry["findings"] if f["severity"] != "warning"]
    made.drop("ar/house", "copyright")
    done = run("check", NAME, "--locale", "ar", code=1)
    assert "the disclaimer 'copyright' has no words in this locale" in done.err


def test_status(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    made.change("es/sore-throat", "Rest for 2 days.", fuzzy=True)
    made.change("es/sore-throat", "Sore throat", text="")
    run("build", "--quiet")
    approve(run, "en")
    data = json.loads(run("status", "--json").out)
    assert data["format"] == 1
    english, spanish = data["leaflets"]
    assert english | {
        "topic": NAME, "locale": "en", "translated": english["translated"], "fuzzy": 0,
        "missing": 0, "state": "approved", "built": ["standard draft"], "review_by": "2027-11-22",
        "overdue": False,
        "approvals": [
            {"role": "clinician", "name": "Dr clinician", "date": "2026-12-01", "valid": True}
        ],
    } == english  # fmt: skip
    assert (spanish["fuzzy"], spanish["missing"], spanish["state"]) == (1, 1, "withheld")
    assert spanish["built"] == []
    table = run("status").out
    assert NAME in table
    assert "withheld" in table
    assert "\x1b" not in table


def test_why(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    assert f"en/{NAME}.standard would be rebuilt: it was never built." in run("why", NAME, "en").out
    run("build", "--quiet")
    assert (
        "is unchanged: nothing that its pages depend on" in run("why", NAME, "en", "standard").out
    )
    made.edit("clinic.toml", '"Test Street Clinic"\nlicence', '"Another"\nlicence')
    assert "would be rebuilt: " in run("why", NAME, "es").out
    made.change("es/sore-throat", "Rest for 2 days.", text="")
    assert f"es/{NAME}.standard is withheld:" in run("why", NAME, "es").out
    made.drop("es/house", "copyright")
    assert f"es/{NAME}.standard" in run("why", NAME, "es").out
    assert "has no edition 'booklet'" in run("why", NAME, "es", "booklet", code=2).err


# Starting


def test_a_new_site_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("new", "--site", ".")
    made = Site(tmp_path)
    assert done.out.splitlines() == [
        "handouts/clinic.toml", "handouts/house/disclaimers.md", "handouts/house/policy.toml",
        "handouts/house/words.toml", "handouts/topics/first-topic/topic.md",
    ]  # fmt: skip
    run("build")
    assert results(report_of(made)) == {"en/first-topic.standard": "built"}
    assert "there is a site already" in run("new", "--site", ".", code=2).err
    run("new", "back-pain")
    run("build")
    assert results(report_of(made)) == {
        "en/back-pain.standard": "built", "en/first-topic.standard": "unchanged",
    }  # fmt: skip
    assert "this topic exists already" in run("new", "back-pain", code=2).err
    assert "'Back Pain' cannot name a topic" in run("new", "Back Pain", code=2).err
    assert "'../x' cannot name a topic" in run("new", "../x", code=2).err
    assert "name a topic, or a folder with --site" in run("new", code=2).err


def test_a_new_topic_needs_a_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "this is not a site" in run("new", "back-pain", code=2).err
    assert list(tmp_path.iterdir()) == []


def test_adding_translating_and_updating_a_locale(site: Callable[..., Site], run: Run) -> None:
    made = site(("en",))
    run("build", "--quiet")
    done = run("locale", "add", "mr", "sr-Latn")
    assert done.out.splitlines() == [
        "handouts/locales/mr/house.po", f"handouts/locales/mr/{NAME}.po", "handouts/clinic.toml",
        "handouts/locales/sr-Latn/house.po", f"handouts/locales/sr-Latn/{NAME}.po",
        "handouts/clinic.toml",
    ]  # fmt: skip
    assert made.words().site.clinic.locales == ("en", "mr", "sr-Latn")
    run("build")
    assert results(report_of(made)) == {
        f"en/{NAME}.standard": "unchanged", f"mr/{NAME}.standard": "withheld",
        f"sr-Latn/{NAME}.standard": "withheld",
    }  # fmt: skip
    assert "no change" in run("locale", "update", "mr").out
    made.edit(f"topics/{NAME}/topic.md", "Rest for 2 days.", "Sleep.")
    done = run("locale", "update")
    assert f"handouts/locales/mr/{NAME}.po: 0 of 11 translated, 11 missing" in done.out
    assert f"handouts/locales/sr-Latn/{NAME}.po: 0 of" in done.out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("locale", "add", "zh_CN"), "'zh_CN' is not the name of a locale; write 'zh-Hans'"),
        (("locale", "add", "xx"), "'xx' is not the name of a locale; use a BCP 47 name"),
        (("locale", "add", "en"), "'en' is the source locale"),
        (("locale", "update", "en"), "'en' is the source locale"),
        (("locale", "update", "fr"), "there is no locale 'fr'"),
        (("locale", "add"), "Missing argument"),
        (("build", "sore-throt"), "there is no topic 'sore-throt'; did you mean 'sore-throat'?"),
        (("build", "--locale", "ES"), "there is no locale 'ES'; write 'es'"),
        (("build", "--edition", "poster"), "this clinic has no edition 'poster'"),
        (("build", "--jobs", "0"), "Invalid value for '--jobs'"),
        (("why", NAME), "Missing argument"),
        (("check", "none"), "there is no topic 'none'"),
        (("bild",), "No such command 'bild'"),
        (("--nonsense",), "No such option"),
        (("build", "--handouts", "elsewhere"), "there is no clinic file; start a site with"),
    ],
)
def test_wrong_usage(
    site: Callable[..., Site], run: Run, arguments: tuple[str, ...], expected: str
) -> None:
    made = site(("en", "es"))
    done = run(*arguments, code=2, today=None)
    assert expected in done.err
    assert done.out == ""
    assert not made.out.exists() or not made.outputs()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("clinic.toml", "paper =", "papier ="),
        ("house/policy.toml", "least_pt = 14", "least_pt = 'big'"),
        ("house/disclaimers.md", "{licence}", "{license}"),
        ("templates/leaflet.html", "", "{% if %}"),
    ],
)
def test_configuration_that_cannot_be_read(
    site: Callable[..., Site], run: Run, name: str, old: str, new: str
) -> None:
    made = site(("en",))
    text = made.read(name) if made.path(name).exists() else ""
    made.write(name, text.replace(old, new, 1) if old else new)
    for command in ("build", "check", "status"):
        done = run(command, code=2)
        assert done.out == ""
        assert ":" in done.err
    assert not made.outputs() if made.out.exists() else True


def test_folders_may_be_named_before_and_after_the_command(
    site: Callable[..., Site], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site(("en",))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    run("--handouts", str(made.handouts), "--out", "a", "build")
    run("build", "--handouts", str(made.handouts), "--out", "b")
    run("--out", "x", "build", "--handouts", "../handouts", "--out", "c")
    for name in "abc":
        assert (elsewhere / name / "en" / PDF).is_file()
    assert not (elsewhere / "x").exists()


def test_another_build_at_work_is_named(site: Callable[..., Site], run: Run) -> None:
    made = site(("en",))
    with locked(made.out):
        done = run("build", code=2)
        assert f"another build is at work (process {os.getpid()}); wait for it to end" in done.err
        run("build", "--dry-run")
    run("build")


def test_a_program_error_is_a_traceback(
    site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own bugs are not turned into messages."""
    site(("en",))
    monkeypatch.setattr("pressroom.site.read_clinic", lambda *_: 1 / 0)
    result = CliRunner().invoke(pipeline.handouts, ["build"])
    assert isinstance(result.exception, ZeroDivisionError)


# In a process of its own


def test_a_build_as_people_run_it(site: Callable[..., Site], command: Run) -> None:
    made = site(("en", "es", "ar"))
    done = command("build", "--jobs", "2")
    assert "3 built in " in done.out
    assert "\x1b" not in done.out + done.err
    assert "Traceback" not in done.err
    assert set(results(report_of(made)).values()) == {"built"}
    again = command("build", "--json")
    assert json.loads(again.out)["summary"]["unchanged"] == 3
    assert again.err == ""
    assert command("build", "none", code=2).out == ""


def test_an_interrupted_build_says_so_and_keeps_what_it_published(
    site: Callable[..., Site], tmp_path: Path
) -> None:
    long = {name: long_topic(name) for name in ("z-1", "z-2", "z-3")}
    made = site(("en",), {NAME: TOPIC, **long})
    process = subprocess.Popen(
        [sys.executable, ROOT / "pipeline.py", "build", "--jobs", "1", "--today", "2026-12-01"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        preexec_fn=heed_interrupts,
    )  # fmt: skip
    until(lambda: any(made.out.glob("*/*.pdf")), process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130, (out, err)
    assert re.search(r"^(1 leaflet was|\d leaflets were) published in this run\.$", err, re.M)
    assert err.endswith("Interrupted. What was published stays; run the command again to go on.\n")
    assert "Traceback" not in err
    standing = list(made.out.glob("*/*.pdf"))
    assert standing
    assert all(path.read_bytes().rstrip().endswith(b"%%EOF") for path in standing)
    assert not list(made.out.rglob("*.part"))


def test_both_ways_to_start_are_the_same() -> None:
    outputs = [
        subprocess.run(
            [sys.executable, *arguments, "--version"], capture_output=True, text=True, check=True,
            cwd=ROOT,
        ).stdout
        for arguments in (("pipeline.py",), ("-m", "pressroom"))
    ]  # fmt: skip
    assert outputs == [f"handouts, version {__version__}\n"] * 2


#: The contract's commands that this release has; `docs` and README name no other.
COMMANDS = {
    "build",
    "check",
    "status",
    "why",
    "new",
    "locale",
    "approve",
    "withdraw",
    "recall",
    "proof",
}


def test_every_command_of_the_contract_is_there() -> None:
    assert set(pipeline.handouts.commands) >= COMMANDS
    options = {p.name for p in pipeline.handouts.commands["build"].params}
    assert options >= {"topics", "locales", "editions", "jobs", "force", "dry_run", "strict",
                       "as_json", "quiet", "handouts_dir", "out_dir"}  # fmt: skip
    for name, command in pipeline.handouts.commands.items():
        assert command.help, f"{name} has no help"


def test_check_judges_a_pdf_by_its_words_where_they_are_known(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "ar"))
    run("build")
    pdf = next((made.out / "ar").glob("*.pdf"))
    report = json.loads(run("check", "--json", "--deep", str(pdf)).out)
    (entry,) = report["leaflets"]
    assert (entry["locale"], entry["result"]) == ("ar", "unchanged")
    assert entry["disclaimers"]
    assert all(shown["proven"] for shown in entry["disclaimers"])
    assert not [f for f in entry["findings"] if f["severity"] != "warning"]


@pytest.mark.parametrize("damage", ["cut", "foreign", "empty"])
def test_check_says_what_is_wrong_with_a_damaged_pdf(
    site: Callable[..., Site], run: Callable[..., Outcome], damage: str
) -> None:
    made = site(("en",))
    run("build")
    pdf = next(made.out.glob("*/*.pdf"))
    whole = pdf.read_bytes()
    broken = pdf.with_name("broken.pdf")
    broken.write_bytes({"cut": whole[:2000], "foreign": b"\x89PNG no PDF", "empty": b""}[damage])
    outcome = run("check", str(broken), code=1)
    assert "the PDF cannot be read" in outcome.err
    assert "broken.pdf" in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("epoch", ["9" * 30, "-1e9", "now", "²", "99999999999999"])
def test_a_day_that_is_none_is_refused(
    epoch: str,
    site: Callable[..., Site],
    run: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site(("en",))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    said = run("status", code=2, today=None).err
    assert f"SOURCE_DATE_EPOCH is ‘{epoch}’" in said
    assert "give --today" in said


@pytest.mark.parametrize("missing", ["fcntl", "resource"])
def test_a_system_that_is_not_posix_is_told(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    site(("en",))
    monkeypatch.setitem(sys.modules, missing, None)
    assert run("build", code=2).err == (
        "this system is not POSIX; run Pressroom on Linux or macOS, or on Windows in WSL\n"
    )
