"""Recall: what was published or printed before, and must not be handed out any more."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pressroom.build.history import History, PrintJob
from pressroom.core.published import Issue

from ..conftest import Outcome
from ..support import TOPIC, Site

Run = Callable[..., Outcome]
NAME = "sore-throat"
TOPIC_FILE = f"topics/{NAME}/topic.md"


def approve(run: Run, *codes: str, day: str = "2026-12-01") -> None:
    for code in codes:
        for role in ("clinician",) if code == "en" else ("reviewer", "clinician"):
            run("approve", NAME, code, "--role", role, "--by", f"Dr {role}", today=day)


def print_copies(made: Site, code: str, copies: int, day: str, printer: str = "ward-3") -> None:
    """Record a print job as `print` does."""
    (row,) = (row for row in history(made) if row.locale == code and not row.ended)
    job: Any = {"topic": NAME, "locale": code, "edition": "standard", "version": row.version,
           "issued": row.issued, "sha256": row.sha256, "copies": copies, "date": day,
           "printer": printer, "job": "x-1"}  # fmt: skip
    history_of(made).print(PrintJob(**job, mark=row.mark))


def history_of(made: Site) -> History:
    words = made.words()
    return History(words.records, words.site.clinic)


def history(made: Site) -> list[Issue]:
    return history_of(made).issues()


def recalled(run: Run, *arguments: str, today: str = "2026-12-20") -> list[Any]:
    return list(json.loads(run("recall", "--json", *arguments, today=today).out)["copies"])


@pytest.fixture
def two_versions(site: Callable[..., Site], run: Run) -> Site:
    """Return a site whose version 1.0 was published, printed, and replaced by 1.1."""
    made = site(("en", "ar"))
    approve(run, "en", "ar")
    run("build", today="2026-12-01")
    print_copies(made, "ar", 20, "2026-12-02")
    print_copies(made, "ar", 5, "2026-12-04", "hall")
    made.edit(TOPIC_FILE, '"1.0"', '"1.1"')
    made.edit(TOPIC_FILE, "issued: 2026-11-23", "issued: 2026-12-10")
    approve(run, "en", "ar", day="2026-12-10")
    run("build", today="2026-12-10")
    return made


def test_what_is_published_is_kept_in_the_history(two_versions: Site) -> None:
    said = [(r.locale, r.version, r.published, r.ended, r.why) for r in history(two_versions)]
    assert sorted(said) == [
        ("ar", "1.0", "2026-12-01", "2026-12-10", "replaced"),
        ("ar", "1.1", "2026-12-10", "", ""),
        ("en", "1.0", "2026-12-01", "2026-12-10", "replaced"),
        ("en", "1.1", "2026-12-10", "", ""),
    ]


def test_a_replaced_version_is_recalled_with_its_copies(two_versions: Site, run: Run) -> None:
    old, new = ({row.locale: row.mark for row in history(two_versions) if row.version == version}
                for version in ("1.0", "1.1"))  # fmt: skip
    assert len({*old.values(), *new.values()}) == 4
    arabic, english = recalled(run)
    assert arabic == {
        "topic": NAME, "locale": "ar", "edition": "standard", "version": "1.0",
        "issued": "2026-11-23", "published": "2026-12-01", "ended": "2026-12-10",
        "why": "replaced", "now": "1.1", "printed": 25, "last_printed": "2026-12-04",
        "printers": ["hall", "ward-3"], "by_printer": {"hall": 5, "ward-3": 20},
        "mark": old["ar"], "now_mark": new["ar"],
    }  # fmt: skip
    assert (english["locale"], english["printed"]) == ("en", 0)
    said, *slips = run("recall", NAME, today="2026-12-20").out.split("\f\n")
    assert said == (
        "To pull, as of 2026-12-20: 2 versions, 25 copies printed.\n\n"
        "Sore throat (sore-throat)\n"
        f"[ ] ar, standard: version 1.0, mark {old['ar']}, issued 2026-11-23\n"
        "    replaced by version 1.1, on 2026-12-10\n"
        "    25 copies printed, last on 2026-12-04 (hall, ward-3)\n"
        f"[ ] en, standard: version 1.0, mark {old['en']}, issued 2026-11-23\n"
        "    replaced by version 1.1, on 2026-12-10\n"
        "    no copies printed from here\n"
    )
    assert slips == [
        f"Slip for {ward}, 2026-12-20. Take these off the shelves:\n"
        f"[ ] Sore throat: ar, standard: version 1.0, mark {old['ar']}, issued 2026-11-23\n"
        f"    replaced by version 1.1, on 2026-12-10; {copies} copies printed here\n\n"
        "Done by ____________________  on ______________  copies pulled ______\n"
        for ward, copies in (("hall", 5), ("ward-3", 20))
    ]


@pytest.mark.usefixtures("two_versions")
@pytest.mark.parametrize(
    ("before", "number"),
    [("1.1", 2), ("1.0", 0), ("1.0.1", 2), ("10.0", 2), ("2026-12-01", 0), ("2026-12-02", 2)],
)
def test_before_chooses_by_version_or_day(run: Run, before: str, number: int) -> None:
    assert len(recalled(run, "--before", before)) == number


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--before", "2026-13-01"), "there is no day '2026-13-01'; write YYYY-MM-DD"),
        (("--before", "last week"), "'last week' is no version and no day"),
        (("sore-troat",), "there is no topic 'sore-troat'; did you mean 'sore-throat'?"),
    ],
)
def test_what_cannot_be_recalled_is_said(
    site: Callable[..., Site], run: Run, arguments: tuple[str, ...], expected: str
) -> None:
    site(("en", "ar"))
    assert expected in run("recall", *arguments, code=2).err


@pytest.mark.usefixtures("two_versions")
def test_what_stands_is_not_recalled_until_its_review_date(run: Run) -> None:
    assert {one["version"] for one in recalled(run, today="2027-11-22")} == {"1.0"}
    overdue = [one for one in recalled(run, today="2027-11-23") if one["version"] == "1.1"]
    assert [one["why"] for one in overdue] == ["past its review date, 2027-11-22"] * 2


def test_the_same_words_set_anew_are_no_other_version(two_versions: Site, run: Run) -> None:
    two_versions.write("styles/site.css", "h1 { letter-spacing: 0.02em }")
    run("build", today="2026-12-11")
    assert len(history(two_versions)) == 6
    assert {one["version"] for one in recalled(run)} == {"1.0"}


def test_a_withdrawn_leaflet_is_recalled_until_it_is_put_back(two_versions: Site, run: Run) -> None:
    print_copies(two_versions, "ar", 7, "2026-12-12")
    run("withdraw", NAME, "ar", "--because", "the dose is wrong", today="2026-12-13")
    said = [(one["version"], one["why"], one["now"], one["printed"]) for one in recalled(run)
            if one["locale"] == "ar"]  # fmt: skip
    why = "withdrawn on 2026-12-13, because the dose is wrong"
    assert said == [("1.0", why, "", 25), ("1.1", why, "", 7)]
    assert f"    {why}\n" in run("recall", today="2026-12-20").out
    run("withdraw", NAME, "ar", "--undo", today="2026-12-14")
    run("build", today="2026-12-14")
    assert [one["version"] for one in recalled(run) if one["locale"] == "ar"] == ["1.0"]


def test_a_topic_that_is_gone_is_recalled(site: Callable[..., Site], run: Run) -> None:
    made = site(("en",), {NAME: TOPIC, "cold": TOPIC.replace("id: sore-throat", "id: cold")})
    run("approve", "cold", "en", "--role", "clinician", "--by", "Dr X")
    run("build")
    made.path("topics/cold/topic.md").unlink()
    made.path("topics/cold").rmdir()
    run("build")
    (one,) = recalled(run, "cold")
    assert (one["topic"], one["why"], one["now"]) == ("cold", "taken out of the site", "")


def test_prints_that_the_history_does_not_know_are_recalled(two_versions: Site, run: Run) -> None:
    path = history_of(two_versions).path
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if '"release"' not in x or '"1.1"' in x), "utf-8")
    (one,) = recalled(run)
    assert (one["locale"], one["version"], one["printed"]) == ("ar", "1.0", 25)
    assert one["why"] == "printed, but not in the history of this site"
    path.write_text("{}\n", "utf-8")
    done = run("recall", code=2)
    assert "history.jsonl:1: is no record; restore the line from a backup" in done.err


def test_without_a_build_there_is_nothing_to_pull(site: Callable[..., Site], run: Run) -> None:
    site(("en", "ar"))
    assert run("recall", "--before", "2026-12-31").out == (
        "Nothing to pull: no version that was published before is out of date.\n"
    )
    run("build")  # Drafts are no version: nobody hands them out.
    assert recalled(run, today="2030-01-01") == []
