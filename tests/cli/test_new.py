"""Starting a site, and a topic."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ..conftest import Outcome
from ..support import (
    Site,
    report_of,
    results,
)

Run = Callable[..., Outcome]


def test_a_new_site_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("new", "--site", ".")
    made = Site(tmp_path)
    assert done.out.splitlines() == [
        ".gitignore", "README.md", "schemas", "handouts/clinic.toml",
        "handouts/house/disclaimers.md", "handouts/house/policy.toml",
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


def test_a_new_site_has_what_its_files_and_git_look_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text("Ours.\n", encoding="utf-8")
    assert "README.md" not in run("new", "--site", ".").out.splitlines()
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "Ours.\n"
    named = 0
    for path in (tmp_path / "handouts").rglob("*.toml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#:schema "):
                named += 1
                assert (path.parent / line.removeprefix("#:schema ")).is_file(), path
    assert named >= 3
    run("build")
    subprocess.run(["git", "init", "-q"], check=True)
    told = subprocess.run(
        ["git", "status", "--short", "-uall"], capture_output=True, text=True, check=True
    ).stdout
    assert "handouts/clinic.toml" in told
    assert "dist" not in told


def test_a_new_site_starts_with_drafts_of_the_house_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        "'klingon' is not the name" in run("new", "--site", ".", "--locale", "klingon", code=2).err
    )
    assert not list(tmp_path.iterdir())
    assert "--locale goes with --site" in run("new", "x", "--locale", "es", code=2).err
    codes = ("es", "ar", "km", "ckb")
    done = run("new", "--site", ".", *(part for code in codes for part in ("--locale", code)))
    assert {f"handouts/locales/{code}/house.po" for code in codes} < set(done.out.splitlines())
    made = Site(tmp_path)
    assert made.words().site.clinic.locales == ("en", *codes)
    for code in codes[:3]:
        text = made.read(f"locales/{code}/house.po")
        assert text.startswith("# DRAFT translation: not yet read by a reviewer or a clinician.\n")
        assert "Harbour Street" not in text
        assert '"X-Pressroom-State: draft\\n"' in text
        assert all(entry.text and not entry.fuzzy for entry in made.catalogue(f"{code}/house"))
        path = made.path(f"locales/{code}/house.po")
        subprocess.run(["msgfmt", "--check", "-o", "/dev/null", path], check=True)
    assert not any(entry.text for entry in made.catalogue("ckb/house"))
    # A leaflet waits for its own words alone; drafts stand on a draft.
    found = {one["code"] for entry in report_of_check(run) for one in entry["findings"]
             if one.get("where", "").startswith("handouts/locales/ar/house.po")}  # fmt: skip
    assert not found
    # What somebody has written is never written over.
    made.edit("locales/es/house.po", "DRAFT translation: not yet", "Read by us, not yet")
    run("locale", "add", "es", "--drafts")
    assert "Read by us" in made.read("locales/es/house.po")
    assert "handouts/locales/fr/house.po" in run("locale", "add", "fr", "--drafts").out
    assert made.read("locales/fr/house.po").startswith("# DRAFT")
    run("locale", "add", "de")
    assert not any(entry.text for entry in made.catalogue("de/house"))


def report_of_check(run: Run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("check", "--json", "--locale", "ar").out)[
        "leaflets"
    ]
    return found


def test_a_new_topic_needs_a_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "this is not a site" in run("new", "back-pain", code=2).err
    assert list(tmp_path.iterdir()) == []
