"""What a build publishes, withholds and fails, what it says, and how it ends."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pressroom import __version__
from pressroom.content.catalogue.po import write_catalogue

from ..conftest import Outcome
from ..support import (
    APPROVED,
    COLD,
    NAME,
    PATIENCE_SECONDS,
    PDF,
    ROOT,
    TOPIC,
    Site,
    approve,
    heed_interrupts,
    leaflets_of,
    long_topic,
    report_of,
    results,
    until,
)

Run = Callable[..., Outcome]


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
            "page_budget", "type_size_pt", "mark", "disclaimers", "findings",
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
        f"c/{NAME}.html",  # Another mark.
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


def test_a_leaflet_is_withheld_for_what_withholds_it(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    house = made.catalogue("es/house")
    kept = {key: one for key, one in house.entries.items() if one.source != "Call now"}
    write_catalogue(made.path("locales/es/house.po"), replace(house, entries=kept))
    made.change(f"es/{NAME}", "Rest for 2 days.", fuzzy=True)
    out = run("build", "--locale", "es", "--dry-run")
    assert "‘Call now’ (label) is left out" in out.err
    assert f"withheld es/{NAME}.standard (‘Rest for 2 days.’" in out.out


def test_a_failure_never_replaces_what_is_published(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    run("build", "--quiet")
    before = made.outputs()
    made.change("es/sore-throat", "Rest for 2 days.", text="Descanse 3 días.")
    done = run("build", code=1)
    assert f"failed es/{NAME}.standard (quantity-mismatch: " in done.out
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


@pytest.mark.usefixtures("set_anew")
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
    assert "quantity-mismatch" in done.err


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


def test_the_first_day_past_a_review_date_is_not_missed(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "ar"))
    run("build", "--quiet", today="2027-11-22")
    for today, overdue in (("2027-11-22", False), ("2027-11-23", True), ("2027-11-22", False)):
        done = run("build", today=today)
        assert ("[review-overdue]" in done.err) is overdue
        for entry in report_of(made)["leaflets"]:
            proven = {one["id"] for one in entry["disclaimers"] if one["proven"]}
            assert ("out-of-date" in proven) is overdue


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
    stay = [f"en/{NAME}.html", f"en/{PDF}", f"es/{NAME}.html", f"es/{PDF}"]
    assert leaflets_of(made) == stay
    assert {name: made.outputs()[name] for name in stay} == {name: before[name] for name in stay}


def test_locales_without_files_are_not_taken_for_the_source_in_a_second_folder(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "ar", "es"))
    shutil.rmtree(made.path("locales/ar"))
    shutil.rmtree(made.path("locales/es"))
    for out in ("dist", "elsewhere"):
        report = json.loads(run("build", "--json", "--out", out).out)
        assert results(report) == {
            f"en/{NAME}.standard": "built",
            f"ar/{NAME}.standard": "withheld",
            f"es/{NAME}.standard": "withheld",
        }
        there = made.folder / out
        found = {path.relative_to(there).as_posix() for path in there.glob(f"??/{NAME}*")}
        assert found == {f"en/{NAME}.html", f"en/{PDF}"}


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


def test_others_can_read_what_is_published_whatever_the_umask(
    site: Callable[..., Site], command: Run
) -> None:
    """A web server runs as another user."""
    made = site(("en", "ar"), clinic={'["standard"]': '["standard", "booklet"]'})
    before = os.umask(0o077)
    try:
        command("build", "--quiet")
        command("status", "--html")
    finally:
        os.umask(before)
    hidden = made.out / ".pressroom"
    assert hidden.stat().st_mode & 0o007 == 0
    published = [
        path for path in (made.out, *made.out.rglob("*")) if hidden not in (path, *path.parents)
    ]
    assert len(published) > 20
    for path in published:
        wanted = 0o755 if path.is_dir() else 0o644
        assert path.stat().st_mode & wanted == wanted, path
