"""An update of a library that sets pages is noticed, also of those outside of Python."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pressroom.build import output, prepare, set_again
from pressroom.build.render import RenderResult
from pressroom.core import versions
from pressroom.core.model import Verdict
from pressroom.core.versions import releases, system_files
from pressroom.typeset.typesetter import libraries

from ..conftest import Outcome
from ..support import Site

Run = Callable[..., Outcome]


def test_the_system_s_libraries_are_those_that_the_typesetter_loads() -> None:
    major, minor, micro = map(int, releases()["Pango"].split("."))
    assert libraries()["Pango"] == str(major * 10000 + minor * 100 + micro)
    assert libraries()["HarfBuzz"] == releases()["HarfBuzz"]
    found = system_files()
    assert set(found) == {"Pango", "HarfBuzz"}
    assert all(path.is_file() for path in found.values())


def test_another_release_of_pango_makes_every_page_anew(
    site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = site(("en", "ar", "km")).words()

    def keys() -> set[str]:
        made = prepare.Preparer(words)(words.names, ("en", "ar", "km"))
        return {one.wanted.parts["engine"] for one in made if one.wanted}

    before = keys()
    monkeypatch.setattr(prepare, "releases", lambda: {**releases(), "Pango": "9.9.9"})
    assert keys().isdisjoint(before)


@pytest.mark.parametrize("locale", ["en", "ar", "km"])
def test_why_names_the_releases_that_moved_and_says_whether_pages_differ(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    site(("en", "ar", "km"), clinic={'["standard"]': '["standard", "booklet"]'})
    run("build", "--quiet")
    for module in (prepare, output, versions):
        monkeypatch.setattr(module, "releases", lambda: {**releases(), "Pango": "9.9.9"})
    moved = f"set anew: Pango {releases()['Pango']} → 9.9.9."
    said = run("why", "sore-throat", locale).out.splitlines()
    for edition in ("standard", "booklet"):
        at = said.index(f"{locale}/sore-throat.{edition} would be rebuilt: {moved}")
        assert said[at + 1] == "  Its pages would look the same."

    other = {"en": "ar", "ar": "km", "km": "en"}[locale]
    pdf = (Path("dist") / other / "sore-throat.standard.draft.pdf").read_bytes()
    elsewise = RenderResult(pdf, Verdict(1, (), ()), 12.0)
    monkeypatch.setattr(set_again, "set_and_judge", lambda _: elsewise)
    assert re.search(
        r"^  (Page 1|Pages 1 and 2) would look different\.$",
        run("why", "sore-throat", locale, "standard").out,
        re.MULTILINE,
    )

    run("build", "sore-throat", "--quiet")
    assert "is unchanged" in run("why", "sore-throat", locale).out
    entries = json.loads(Path("dist/report.json").read_text(encoding="utf-8"))["leaflets"]
    assert {entry["reason"] for entry in entries} == {moved.rstrip(".")}


def test_pages_are_not_compared_where_words_changed_too(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site(("en", "ar"))
    run("build", "--quiet")
    made.edit("topics/sore-throat/topic.md", "Rest for 2 days.", "Rest for 3 days.")
    for module in (prepare, output, versions):
        monkeypatch.setattr(module, "releases", lambda: {**releases(), "HarfBuzz": "10.2.0"})
    said = run("why", "sore-throat", "en").out
    assert "its words changed; " in said
    assert "set anew: HarfBuzz " in said
    assert "would look" not in said
