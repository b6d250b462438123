"""How far a message is, wherever it is counted, and what still has to be translated."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pressroom.content.catalogue.message_state import Tally, count_words, message_state, tally
from pressroom.content.catalogue.po import Catalogue, Entry
from pressroom.exchange.rows import row_of
from pressroom.review.review_copy import reading_copy

from ...conftest import Outcome
from ...support import TODAY, Site

REST = "Rest for 2 days."


@pytest.mark.parametrize(
    ("text", "fuzzy", "state"),
    [
        ("Descanse 2 días.", False, "translated"), ("استرح لمدة 2 يوم.", True, "fuzzy"),
        ("", False, "missing"), ("", True, "missing"), (" \n", True, "missing"),
    ],
)  # fmt: skip
def test_the_state_of_a_message(text: str, fuzzy: bool, state: str) -> None:
    assert message_state(Entry("care", REST, text, fuzzy), "es", "en") == state


@pytest.mark.parametrize("code", ["es", "ar", "km"])
def test_a_fuzzy_message_without_words_is_missing_everywhere(
    site: Callable[..., Site], run: Callable[..., Outcome], code: str
) -> None:
    made = site(("en", code))
    made.change(f"{code}/sore-throat", REST, text="", fuzzy=True)
    words = made.words(TODAY)
    locale_words = words.locale_words(code)
    translation = words.translation(words.topics["sore-throat"], code, locale_words)
    assert (translation.fuzzy, translation.missing) == (0, 1)
    (finding,) = (one for one in translation.findings if one.code.startswith("message-"))
    assert finding.code == "message-missing"
    assert f"‘{REST}’ (care) is not translated; translate it" in finding.message
    (said,) = (
        one for one in json.loads(run("status", "--json").out)["leaflets"] if one["locale"] == code
    )
    assert (said["fuzzy"], said["missing"]) == (0, 1)
    (entry,) = (one for one in made.catalogue(f"{code}/sore-throat") if one.source == REST)
    assert row_of(code, "sore-throat", entry, "en").state == "missing"
    copy, _ = reading_copy(words, words.topics["sore-throat"], code)
    assert copy.count('<p class="state">missing</p>') == 1
    assert "1 missing" in run("locale", "update", code, "--no-memory").out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0), ("Rest.", 1), ("Rest for 2 days.", 4), ("Call {phone} now", 3),
        ("HLA-B27 isn’t **proof**.", 3), ("1.5 mg", 2), ("استرح لمدة 2 يوم.", 4),
        ("आराम करें।", 2), ("多喝水。", 2), ("休息两天", 2), ("**bold** – {x}", 2),
    ],
)  # fmt: skip
def test_words_are_counted(text: str, words: int) -> None:
    assert count_words(text) == words


def test_a_catalogue_is_tallied() -> None:
    entries = (
        Entry("a", "Rest for 2 days.", "Descanse 2 días."),
        Entry("a", "Drink water.", "Beba", fuzzy=True),
        Entry("a", "Call {phone} now.", " "),
        Entry("b", "Sleep."),
    )
    catalogue = Catalogue("x.po", {entry.key: entry for entry in entries})
    assert tally(catalogue, "es", "en") == Tally(1, unsure=0, fuzzy=1, missing=2, words=6)
    assert tally(Catalogue("y.po"), "es", "en") == Tally(0, 0, 0, 0, words=0)
