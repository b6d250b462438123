"""A year in the life of a site: what was handed out stays known, whatever happens to it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pressroom.build import render

from .conftest import Outcome
from .killed import page
from .support import NAME, Site, report_of

Run = Callable[..., Outcome]
TOPIC_FILE = f"topics/{NAME}/topic.md"
LOCALES = ("en", "ar", "km")


class Year:
    """The site, and what its people do."""

    def __init__(self, site: Site, run: Run) -> None:
        self.site, self.run = site, run
        self.day = ""

    def approve(self, *codes: str) -> str:
        """Sign in all roles. Return what is said."""
        said = ""
        for code in codes:
            for role in ("clinician",) if code == "en" else ("reviewer", "clinician"):
                done = self.run(
                    "approve", NAME, code, "--role", role, "--by", f"Dr {role}", today=self.day
                )
                said += done.out + done.err
        return said

    def build(self) -> str:
        """Build. Return what is said."""
        done = self.run("build", today=self.day)
        return done.out + done.err

    def releases(self, code: str) -> list[Any]:
        said = self.run("releases", NAME, "--locale", code, "--json", today=self.day)
        return list(json.loads(said.out))

    def states(self, code: str) -> list[tuple[str, str]]:
        return [(one["version"], one["state"]) for one in self.releases(code)]

    def recalled(self) -> list[tuple[str, str, str]]:
        copies = json.loads(self.run("recall", "--json", today=self.day).out)["copies"]
        return [(one["locale"], one["version"], one["why"]) for one in copies]


@pytest.fixture
def year(site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch) -> Year:
    monkeypatch.setattr(render, "set_and_judge", page)
    return Year(site(LOCALES), run)


def test_a_year_in_the_life_of_a_site(year: Year, tmp_path: Path) -> None:
    made = year.site

    # In December, the leaflet is signed and released in English, then in its translations.
    year.day = "2026-12-01"
    year.approve("en")
    year.build()
    assert year.states("en") == [("1.0", "current")]
    assert year.states("ar") == []
    year.day = "2026-12-08"
    year.approve("ar", "km")
    year.build()
    first = {code: year.releases(code)[0]["mark"] for code in LOCALES}
    assert {e["locale"]: e["mark"] for e in report_of(made)["leaflets"]} == first
    assert year.recalled() == []

    # In January, a word of the Arabic one is corrected. Its translator raises its version alone.
    year.day = "2027-01-10"
    made.change(f"ar/{NAME}", "Rest and drink enough.", text="استرح واشرب كثيرا.")
    assert year.states("ar") == [("1.0", "being revised")]
    assert "[version-unchanged]" in year.approve("ar")
    header = '"X-Leaflet-Version: 1.0-ar.2\\n"\n"MIME-Version'
    made.edit(f"locales/ar/{NAME}.po", '"MIME-Version', header)
    assert "version-unchanged" not in year.build()
    assert year.states("ar") == [("1.0", "replaced"), ("1.0-ar.2", "current")]
    assert year.states("en") == [("1.0", "current")]
    assert year.recalled() == [("ar", "1.0", "replaced")]

    # In March, a dose changes; first nobody thinks of the version.
    year.day = "2027-03-01"
    made.edit(TOPIC_FILE, "Take 1–2 tablets", "Take 1 tablet")
    made.edit(TOPIC_FILE, "three times a day", "two times a day")
    year.approve("en")
    said = year.build()
    assert "other words were released as version 1.0 of 2026-11-23 on 2026-12-01" in said
    old, new = year.releases("en")
    assert (old["version"], old["state"]) == ("1.0", "replaced")
    assert (new["version"], new["state"]) == ("1.0", "current")
    assert old["mark"] != new["mark"]
    assert ("en", "1.0", "replaced") in year.recalled()
    listed = year.run("recall", NAME, today=year.day).out
    assert f"replaced by the same version with the mark {new['mark']}" in " ".join(listed.split())
    # Then the version is raised: no signature is lost, and the page says what changed.
    made.edit(TOPIC_FILE, '"1.0"', '"1.1"\nchange: One tablet, not two.')
    year.build()
    assert year.states("en")[-1] == ("1.1", "current")
    answers = (made.out / f"c/{NAME}.html").read_text("utf-8")
    for mark, state in ((old["mark"], "replaced"), (year.releases("en")[-1]["mark"], "current")):
        assert f'data-marks="{mark}"' in answers
        row = answers.partition(f'data-marks="{mark}"')[2].partition(">")[0]
        assert f'data-state="{state}"' in row
    assert 'data-change="One tablet, not two."' in answers

    # The translations are older than their source now, and somebody has to act.
    year.run("locale", "update", today=year.day)
    year.build()
    assert year.states("km") == [("1.0", "being revised")]
    made.edit("clinic.toml", "[contact]", 'owner = "Kim Keeper"\n\n[contact]')
    year.day = "2027-03-11"
    due = json.loads(year.run("due", "--json", today=year.day).out)
    assert [(one["kind"], one["locales"], one["day"], one["owner"]) for one in due] == [
        ("translation", [code], "2027-03-01", "Kim Keeper") for code in ("ar", "km")
    ]

    # In May, the Khmer one turns out to be dangerous.
    year.day = "2027-05-02"
    year.run("withdraw", NAME, "km", "--because", "the dose is wrong", today=year.day)
    assert not list((made.out / "km").glob("*"))
    why = "withdrawn on 2027-05-02, because the dose is wrong"
    assert ("km", "1.0", why) in year.recalled()

    # Somebody deletes all that was built, which the documentation allows.
    before = {code: year.releases(code) for code in LOCALES}, year.recalled()
    shutil.rmtree(made.out)
    assert ({code: year.releases(code) for code in LOCALES}, year.recalled()) == before
    year.build()
    assert ({code: year.releases(code) for code in LOCALES}, year.recalled()) == before

    # The site moves to another machine, as a clone.
    for words in ("init -q", "add -A handouts", "commit -qm site"):
        _git(tmp_path, *words.split())
    clone = tmp_path / "clone"
    _git(tmp_path, "clone", "-q", ".", str(clone))
    there = ("--handouts", str(clone / "handouts"), "--out", str(clone / "dist"))
    said = year.run("releases", *there, "--json", today=year.day).out
    found = sorted(json.loads(said), key=lambda one: LOCALES.index(one["locale"]))
    assert found == [one for code in LOCALES for one in before[0][code]]

    # And in November, what is left falls due.
    year.day = "2027-10-01"
    due = json.loads(year.run("due", "--json", today=year.day).out)
    review = next(one for one in due if one["kind"] == "review")
    assert (review["day"], review["days"], review["overdue"]) == ("2027-11-22", 52, False)
    assert review["locales"] == ["en", "ar"]
    assert "1 topic is due within 90 days, the first on 2027-11-22" in year.build()
    year.day = "2027-11-23"
    assert year.states("en")[-1] == ("1.1", "overdue")
    assert ("en", "1.1", "past its review date, 2027-11-22") in year.recalled()
    assert "1 topic is overdue" in year.build()
    year.run("due", "--strict", today=year.day, code=1)
    # The paper is the same as in March: its mark is, too.
    assert [one["mark"] for one in year.releases("en")] == [one["mark"] for one in before[0]["en"]]


def _git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=Kim", "-c", "user.email=kim@clinic.example")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)
