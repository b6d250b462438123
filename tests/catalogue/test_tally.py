"""What still has to be translated is counted by messages and by words."""

from __future__ import annotations

import pytest

from pressroom.catalogue.po import Catalogue, Entry
from pressroom.catalogue.tally import Tally, count_words, tally, words_to_translate


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
    assert tally(catalogue) == Tally(translated=1, fuzzy=1, missing=2, words=6)
    assert words_to_translate(catalogue) == 6
    assert words_to_translate(Catalogue("y.po")) == 0
