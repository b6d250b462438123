"""Each command that the pages for translators show is run, in the order of the page."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from ..conftest import Outcome
from ..support import ROOT, TOPIC, Site

Run = Callable[..., Outcome]
NAME = "ankylosing-spondylitis"


def commands(page: str) -> list[list[str]]:
    """Return the words behind `handouts` of every command in a block of a page."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.S)
    lines = [line for block in blocks for line in block.strip().split("\n")]
    assert all(line.startswith(".venv/bin/handouts ") for line in lines)
    return [shlex.split(line)[1:] for line in lines]


@pytest.fixture
def made(site: Callable[..., Site]) -> Site:
    return site(("en", "es"), {NAME: TOPIC.replace("id: sore-throat", f"id: {NAME}")})


def test_the_page_for_translators(made: Site, run: Run) -> None:
    made.change(f"es/{NAME}", "Rest for 2 days.", fuzzy=True, previous="Rest for 9 days.")
    run("locale", "update", "es", "--no-memory")
    made.write("locales/es/glossary.tsv", "sore throat\tdolor de garganta\ttell\tanginas\n")
    before = {path: path.read_bytes() for path in made.path("locales/es").iterdir()}
    done = {" ".join(words): run(*words) for words in commands("translating.md")}
    assert len(done) == 10
    assert done["locale export es --output es.xlf"].out == "es.xlf\n"
    assert (
        "exchange/es/house.es.html"
        in done["locale export es --format html --output exchange/es"].out
    )
    for words, outcome in done.items():
        assert outcome.err == ""
        if words.startswith("locale import") and not words.endswith(".tbx"):
            assert all(line.endswith(": no change") for line in outcome.out.splitlines())
    # The catalogues stand as they did; of the glossary, its header was written.
    after = {path: path.read_bytes() for path in made.path("locales/es").iterdir()}
    assert {path.name for path in before if before[path] != after[path]} <= {"glossary.tsv"}


def test_the_table_of_notes_shows_notes_as_they_are(made: Site, run: Run) -> None:
    page = (ROOT / "docs" / "translating.md").read_text(encoding="utf-8")
    run("build", "--locale", "es")
    run("locale", "update", "es")
    text = made.read(f"locales/es/{NAME}.po")
    for part in (
        "; printed on page 1",
        "{phone}: the clinic's telephone number, such as ",
        "room: up to about ",
        " characters, if all texts share what is free on ",
    ):
        assert part in page
        assert part in text


def test_the_page_for_a_new_locale(made: Site, run: Run) -> None:
    done: list[str] = []
    for words in commands("adding-a-locale.md"):
        done.append(" ".join(words))
        outcome = run(*words)
        if words[:2] == ["locale", "add"]:
            assert "handouts/locales/it/house.po" in outcome.out
        if words[:3] == ["build", "--locale", "it"]:
            assert "withheld" in outcome.out
    assert done[0] == "locale add it"
    assert {words.split()[0] for words in done} >= {"locale", "status", "check", "build", "approve"}
    assert Path("it.csv").is_file()
    assert (made.out / f"es/{NAME}.standard.pdf").is_file()
    assert Path(f"build/pseudo/ar-XB/{NAME}.standard.draft.pdf").is_file()
