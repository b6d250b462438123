"""Quantities that a person has to judge: shown everywhere, confirmed for just two texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from pressroom.content.catalogue.confirmed_numbers import (
    CONFIRMED,
    compare_entry,
    confirm,
    confirmation_of,
    unsure_note,
)
from pressroom.content.catalogue.message_state import message_state
from pressroom.content.catalogue.po import Entry
from pressroom.content.catalogue.pseudo import PSEUDO, pseudo_translate
from pressroom.review.review_copy import reading_copy

from ...conftest import Outcome
from ...support import TODAY, Site

REST = "Rest for 2 days."
#: Without the number, which a word that no table knows may tell.
UNSURE = {"es": "Descanse un par de días.", "ar": "استرح.", "km": "សម្រាក។"}


@pytest.mark.parametrize("code", UNSURE)
def test_a_confirmation_holds_until_a_text_changes(code: str) -> None:
    entry = Entry("care", REST, UNSURE[code], remarks=("back-translation: rest",))
    assert message_state(entry, code, "en") == "unsure"
    confirmed = confirm(entry)
    assert confirmed.remarks == ("back-translation: rest", confirmation_of(entry))
    assert message_state(confirmed, code, "en") == "translated"
    assert unsure_note(confirmed, code, "en") == ""
    for other in (
        replace(confirmed, text=f"{UNSURE[code]} "),
        replace(confirmed, source="Rest for 2 weeks."),
        replace(confirmed, remarks=(f"{CONFIRMED}{'0' * 16}",)),
    ):
        assert message_state(other, code, "en") == "unsure"
    assert len(confirm(replace(confirmed, text="x")).remarks) == 2


def test_a_confirmation_does_not_make_what_differs_right() -> None:
    entry = confirm(Entry("care", "Take 5 mg.", "Tome 5 g."))
    assert compare_entry(entry, "es", "en").verdict == "differs"


def test_a_fuzzy_message_is_fuzzy_first() -> None:
    entry = Entry("care", REST, "Descanse.", fuzzy=True)
    assert message_state(entry, "es", "en") == "fuzzy"
    assert unsure_note(entry, "es", "en") == ""


@pytest.mark.parametrize("code", PSEUDO)
def test_pseudo_locales_have_the_quantities_of_their_source(code: str) -> None:
    source = "Take 5 mg twice a day from 3 March, at 8 am."
    assert message_state(Entry("", source, pseudo_translate(source, code)), code, "en") == (
        "translated"
    )


@pytest.mark.parametrize("code", UNSURE)
def test_what_is_unsure_is_shown_wherever_messages_are_counted(
    site: Callable[..., Site], run: Callable[..., Outcome], code: str
) -> None:
    made = site(("en", code))
    made.change(f"{code}/sore-throat", REST, text=UNSURE[code])
    said = run("locale", "update", code, "--no-memory").out
    assert "1 with numbers to confirm" in said
    (entry,) = (one for one in made.catalogue(f"{code}/sore-throat") if one.source == REST)
    note = (
        f"numbers: 2 days is missing. If that is right, add the comment “{confirmation_of(entry)}”"
    )
    assert note in entry.extracted
    data = json.loads(run("status", "--json").out)
    (line,) = (one for one in data["leaflets"] if one["locale"] == code)
    assert (line["unsure"], line["state"], line["words"]["unsure"]) == (1, "withheld", 4)
    (waiting,) = data["next"][0]["messages"]
    assert waiting["state"] == "unsure"
    assert waiting["why"].startswith("2 days is missing")
    assert "unsure, 4 words: 2 days is missing" in run("status", "--locale", code).out
    words = made.words(TODAY)
    copy, _ = reading_copy(words, words.topics["sore-throat"], code)
    assert "<strong>Not complete:</strong> 1 unsure." in copy
    assert "unsure: its numbers are to be confirmed" in copy
    assert "2 days is missing" in copy
    for format in ("xliff", "xliff2", "csv", "html"):
        todo = run("locale", "export", code, "--format", format, "--todo", "-o", f"x.{format}")
        assert todo.err == ""
        text = (made.folder / f"x.{format}").read_text(encoding="utf-8")
        assert "numbers: 2 days is missing" in text
        assert {"xliff": "x-numbers-unsure", "xliff2": "pressroom:unsure"}.get(
            format, "numbers?"
        ) in text
        before = made.read(f"locales/{code}/sore-throat.po")
        assert run("locale", "import", f"x.{format}").code == 0
        assert made.read(f"locales/{code}/sore-throat.po") == before
    made.change(f"{code}/sore-throat", REST, remarks=(confirmation_of(entry),))
    assert "to confirm" not in run("locale", "update", code, "--no-memory").out
    (entry,) = (one for one in made.catalogue(f"{code}/sore-throat") if one.source == REST)
    assert not any(note.startswith("numbers") for note in entry.extracted)
    (line,) = (
        one for one in json.loads(run("status", "--json").out)["leaflets"] if one["locale"] == code
    )
    assert (line["unsure"], line["state"]) == (0, "draft")


def test_an_import_takes_what_is_unsure_and_says_so(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "ar"))
    run("locale", "export", "ar", "--format", "csv", "-o", "x.csv")
    path = made.folder / "x.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("استرح لمدة 2 يوم.", "استرح."), encoding="utf-8")
    said = run("locale", "import", "x.csv").out
    assert "1 changed, 1 with numbers to confirm" in said
    (entry,) = (one for one in made.catalogue("ar/sore-throat") if one.source == REST)
    assert (entry.text, message_state(entry, "ar", "en")) == ("استرح.", "unsure")
