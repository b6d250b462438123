"""What an edit leaves behind is what a build into an empty folder makes."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from pressroom.build import run as run_module
from pressroom.build.prepare import Prepared, Preparer
from pressroom.core.limits import OutOfTimeError
from pressroom.core.model import Topic
from pressroom.leaflet import lookup
from pressroom.leaflet.compose import Translation

from ..conftest import Outcome
from ..support import COLD, NAME, PDF, TOPIC, Site, approve, report_of, results

Run = Callable[..., Outcome]


def as_if_clean(site: Site, run: Run) -> tuple[set[str], set[str]]:
    """Build into an empty folder. Give what this one lacks of it, and has besides or otherwise."""
    run("build", "--quiet", "--out", "clean")
    clean = site.folder / "clean"
    wanted = {
        path.relative_to(clean).as_posix(): path.read_bytes()
        for path in clean.rglob("*")
        if path.is_file() and ".pressroom" not in path.parts
    }
    made = site.outputs()
    odd = {name for name in wanted.keys() & made.keys() if wanted[name] != made[name]}
    return wanted.keys() - made.keys(), (made.keys() - wanted.keys()) | (odd - {"report.json"})


def test_the_web_page_stays_where_another_edition_becomes_the_first(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "ar"), clinic={'["standard"]': '["standard", "large-print"]'})
    run("build", "--quiet")
    made.edit("clinic.toml", '["standard", "large-print"]', '["large-print", "standard"]')
    run("build", "--quiet")
    assert as_if_clean(made, run) == (set(), set())


def test_a_draft_goes_where_the_text_is_again_the_approved_one(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "es"))
    approve(run, "es")
    run("build", "--quiet")
    made.change(f"es/{NAME}", "Rest for 2 days.", text="Repose 2 días.")
    run("build", "--quiet")
    assert (made.out / f"es/{PDF}").is_file()
    made.change(f"es/{NAME}", "Rest for 2 days.", text="Descanse 2 días.")
    run("build", "--quiet")
    assert as_if_clean(made, run) == (set(), set())


def test_the_rack_follows_after_a_build_that_ended_before_it(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site(("en", "es"))
    run("build", "--quiet")
    made.change(f"es/{NAME}", "Rest for 2 days.", text="Repose 2 días.")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as there:
        there.setattr(run_module, "write_rack", stopped)
        run("build", "--quiet", code=130)
    run("build", "--quiet")
    assert as_if_clean(made, run) == (set(), set())


def test_approvals_that_are_mended_mend_every_leaflet_of_the_locale(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "es"), topics={NAME: TOPIC, "cold": COLD})
    run("approve", NAME, "es", "--role", "reviewer", "--by", "Dr Reviewer")
    run("build", "--quiet")
    good = made.read("locales/es/approvals.toml")
    made.edit("locales/es/approvals.toml", 'role = "reviewer"', "role = 1")
    run("build", "--quiet", code=1)
    assert results(report_of(made))["es/cold.standard"] == "failed"
    made.write("locales/es/approvals.toml", good)
    run("build", "--quiet")
    assert set(results(report_of(made)).values()) == {"unchanged"}


def test_a_check_before_the_build_says_what_is_withdrawn_and_takes_nothing_out(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "es"))
    run("build", "--quiet")
    before = made.outputs()
    row = f'[[withdrawn]]\ntopic = "{NAME}"\nbecause = "wrong dose"\ndate = 2026-12-01\n'
    made.write("withdrawn.toml", row)
    assert "2 withheld" in run("check").out
    assert made.outputs() == before
    run("build", "--quiet")
    assert not [name for name in made.outputs() if NAME in name and not name.startswith("c/")]


def test_words_that_a_newer_rule_finds_wrong_fail_and_what_was_published_stays(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site(("ar",), clinic={'["ar"]': '["en", "ar"]'})
    run("build", "--quiet")
    before = made.outputs()
    monkeypatch.setattr(lookup, "wrong_language", lambda *_: "is in another script")
    made.edit("clinic.toml", 'name = "Test', '# The same.\nname = "Test')
    run("build", "--quiet", code=1)
    assert results(report_of(made)) == {
        f"ar/{NAME}.standard": "failed",
        f"en/{NAME}.standard": "unchanged",
    }
    assert made.outputs()[f"ar/{PDF}"] == before[f"ar/{PDF}"]
    run("build", "--quiet", code=1)


@pytest.mark.parametrize("kind", ["pipe", "folder", "broken link"])
def test_what_is_no_file_is_not_taken_for_none(
    site: Callable[..., Site], run: Run, kind: str
) -> None:
    """Where there was no file when the leaflet was built, what comes in its place is seen."""
    made = site(("en", "es"))
    run("build", "--quiet")
    path = made.path("locales/es/approvals.toml")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("nowhere.toml")
    for _ in range(2):
        assert "es/approvals.toml: " in run("build", code=1).err
    path.rmdir() if kind == "folder" else path.unlink()
    run("build", "--quiet")


def test_a_finding_on_words_is_said_once(site: Callable[..., Site], run: Run) -> None:
    topic = TOPIC.replace(
        "Questions? Call {phone}.", "See [the clinic](https://www.clínic.example)."
    )
    made = site(("en",), topics={NAME: topic})
    for _ in range(2):
        run("build", "--quiet")
        made.edit("clinic.toml", "[contact]", "# The same.\n[contact]")
        (entry,) = report_of(made)["leaflets"]
        codes = [finding["code"] for finding in entry["findings"]]
        assert codes.count("link-lookalike") == 1


@pytest.mark.parametrize("locale", ["en", "ar", "km"])
def test_what_ran_out_of_time_as_it_was_prepared_is_tried_again(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    """As `why` says: neither the ledger, the store nor a fast path keeps such a verdict."""
    made = site(("en", "ar", "km"))
    leaflet = f"{locale}/{NAME}.standard"
    take_time = Preparer._leaflet

    def slow(
        self: Preparer, topic: Topic, translation: Translation, code: str, edition: str
    ) -> Prepared:
        if code == locale:
            raise OutOfTimeError
        return take_time(self, topic, translation, code, edition)

    with monkeypatch.context() as patch:
        patch.setattr(Preparer, "_leaflet", slow)
        run("build", code=1)
    assert results(report_of(made))[leaflet] == "failed"
    assert "would be rebuilt: it was never built" in run("why", NAME, locale).out
    run("build")
    assert results(report_of(made))[leaflet] == "built"
