"""`locale add` and `locale update`."""

from __future__ import annotations

from collections.abc import Callable

from ..conftest import Outcome
from ..support import (
    NAME,
    Site,
    report_of,
    results,
)

Run = Callable[..., Outcome]


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


def test_a_catalogue_that_cannot_be_read_fails_the_update_after_all_others(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "es", "ar"))
    made.write(f"locales/es/{NAME}.po", "nonsense\n")
    made.edit(f"topics/{NAME}/topic.md", "Rest for 2 days.", "Sleep.")
    done = run("locale", "update", "es", code=1)
    assert f"handouts/locales/es/{NAME}.po:1: " in done.err
    assert "handouts/locales/es/house.po: " in done.out
    assert made.read(f"locales/es/{NAME}.po") == "nonsense\n"
