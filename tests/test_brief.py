"""What one message costs depends on the leaflets that it touches; what it comes to does not."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pressroom import brief, press, rack, survey, works
from pressroom.brief import Brief
from pressroom.standing import READY

from .edits import EDITS, Play, entries_in, files_in, page_of
from .support import recall
from .test_edits import equals_a_build_from_scratch, playing

#: Edits that concern the leaflets of one topic, or fewer; and some that do not.
NEAR = (
    "a sentence", "a sentence that fails", "a sentence that crashes", "a translation",
    "a fuzzy mark", "a catalogue that is broken", "a topic that is broken", "lines that move",
    "a title", "a version", "a review", "a tag", "a budget", "a comment", "a figure",
    "another touched file", "approved in Arabic", "approved in English",
)  # fmt: skip
FAR = (
    "a leaflet altered", "another leaflet lost", "a web page altered", "the rack altered",
    "a page of the rack altered", "the report altered", "the rack lost", "a telephone number",
    "a topic taken out", "a glossary", "a build of a topic", "the store lost", "another day",
    "a look at the state",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take each site for one of many leaflets, and make pages of all that a worker is given."""
    monkeypatch.setattr(press, "set_and_judge", page_of)
    for module in (rack, brief):
        monkeypatch.setattr(module, "MOST_LISTED", 0)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the steps that were done briefly."""
    found: list[str] = []
    for name in ("see", "publish"):
        step = getattr(Brief, name)

        def tell(self: Brief, *values: object, name: str = name, step: Callable[..., bool] = step):  # type: ignore[no-untyped-def]
            if good := step(self, *values):
                found.append(name)
            return good

        monkeypatch.setattr(Brief, name, tell)
    return found


@pytest.fixture
def play(untouched: Path) -> Iterator[Play]:
    """Give a site that has nothing to do."""
    with playing(untouched) as play:
        play.settle()
        build(play)
        yield play


def build(play: Play) -> None:
    """Build until a look is enough: what is too young is read again."""
    play.run("build")
    rest(play)
    play.run("build")


def rest(play: Play) -> None:
    """Let files be old, and the clock go on, so that what is read of them is known."""
    play.settle()
    time.sleep(2 * survey.YOUNG_NS / 1e9)


def stands(play: Play) -> bool:
    return recall(play.site.handouts, play.site.out, play.day.isoformat()) is not None


def edit(play: Play, *names: str) -> None:
    for name in names:
        EDITS[name](play)
    rest(play)


@pytest.mark.parametrize(
    "name",
    ["a translation", "a version", "a tag", "a figure", "a budget"],
)
def test_an_edit_of_a_topic_is_brief(play: Play, done: list[str], name: str) -> None:
    edit(play, name)
    play.run("build")
    assert done == ["see", "publish"]
    assert stands(play)
    equals_a_build_from_scratch(play)


@pytest.mark.parametrize("name", ["a sentence", "a sentence that fails", "a title", "a fuzzy mark"])
def test_one_that_the_rack_tells_of_all_leaflets_is_partly_so(
    play: Play, done: list[str], name: str
) -> None:
    edit(play, name)
    play.run("build")
    assert done == ["see"]
    assert stands(play)
    equals_a_build_from_scratch(play)


@pytest.mark.parametrize("name", ["a comment", "another touched file"])
def test_so_is_one_that_changes_no_page(
    play: Play, done: list[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    edit(play, name)
    monkeypatch.setattr(press, "set_and_judge", None)
    before = files_in(play.site.out)
    play.run("build")
    assert done == ["see", "publish"]
    assert {**files_in(play.site.out), "report.json": b""} == {**before, "report.json": b""}
    assert stands(play)


@pytest.mark.parametrize("name", FAR)
def test_others_are_not(play: Play, done: list[str], name: str) -> None:
    edit(play, name)
    play.run("build")
    assert "publish" not in done
    equals_a_build_from_scratch(play)


def test_an_edit_beside_an_altered_file_finds_both(play: Play, done: list[str]) -> None:
    edit(play, "a translation", "a web page altered", "the rack altered")
    play.run("build")
    assert not done
    equals_a_build_from_scratch(play)


def test_what_changes_while_leaflets_are_set_is_read_again(
    play: Play, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(play, "a translation")

    def meddle(job: press.Job) -> press.Printed:
        monkeypatch.setattr(press, "set_and_judge", page_of)
        play.turn("locales/ar/cold.po", "التهاب", "نزلة")
        return page_of(job)

    monkeypatch.setattr(press, "set_and_judge", meddle)
    play.run("build")
    assert not done
    play.settle()
    equals_a_build_from_scratch(play)


def test_the_report_of_the_next_run_is_that_of_a_whole_one(play: Play) -> None:
    edit(play, "a version", "a sentence that fails")
    play.run("build")
    report = (play.site.out / "report.json").read_bytes()
    results = {entry["result"] for entry in entries_in(report).values()}
    assert {"unchanged", "failed"} <= results
    ready = (play.site.out / READY).read_bytes()
    os.utime(play.site.path("clinic.toml"))
    rest(play)
    play.run("build")
    assert (play.site.out / READY).read_bytes() == ready


@settings(max_examples=20)
@given(st.lists(st.lists(st.sampled_from(NEAR + FAR), min_size=1, max_size=2), max_size=4))
@example([["a title"], ["a translation"]])
@example([["a version"], ["a leaflet altered"]])
@example([["approved in Arabic"], ["a translation"], ["a translation"]])
def test_builds_after_any_edits_equal_one_from_scratch(
    untouched: Path, rounds: list[list[str]]
) -> None:
    with playing(untouched) as play:
        play.settle()
        build(play)
        for names in rounds:
            edit(play, *names)
            play.run("build")
        equals_a_build_from_scratch(play)


# What a leaflet depends on


def test_leaflets_depend_on_their_own_files_alone(play: Play) -> None:
    """What is read of the ledger for some leaflets comes to the recipes of all of them."""
    play.site.write("locales/ar/more/cold.po", "")
    play.site.write("locales/ar/COLD.PO", "")
    play.site.write("locales/ar0.txt", "")
    play.site.write("topics/cold0/x.txt", "")
    play.site.write("topics.txt", "")
    words = play.site.words()
    play.site.write("topics/notes.txt", "")
    play.site.write("topics/a.folder/x.txt", "")
    found = survey.survey(survey.places_of(play.site.handouts), {})
    ledger = works.Publisher(play.site.out, write=True).ledger
    ledger.see(found)
    locales = words.site.clinic.locales
    every = survey.recipes_of(words, found, words.names, locales)
    for topic in words.names:
        for code in locales:
            seen = ledger.inputs_of([topic], {code, "en"})
            own = survey.recipes_of(words, seen, [topic], [code])
            assert own == {(topic, code): every[topic, code]}
            others = {f"site/topics/{name}" for name in {*words.names, "cold0"} - {topic}}
            assert others.isdisjoint(one.name for one in seen.values())
    ledger.close()
