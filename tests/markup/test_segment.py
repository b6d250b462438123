"""Khmer, Lao and Burmese break at words, and nothing else about their text changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.catalogue.po import read_catalogue
from pressroom.markup.segment import ZWSP, segment
from tests.support import SHIPPED

SCRIPTS = {"km": "ក្រខគឃងច្ា ។", "lo": "ກຂຄງຈະາ ້", "my": "ကခဂဃငာ် ။", "th": "กขคฆงจะา ้"}


@pytest.mark.parametrize(
    ("code", "text", "pieces"),
    [
        ("km", "សម្រាកបីថ្ងៃ", ["សម្រាក", "បី", "ថ្ងៃ"]),
        ("lo", "ພັກຜ່ອນສາມມື້", ["ພັກຜ່ອນ", "ສາມ", "ມື້"]),
        ("my", "အနားယူပါ", ["အနားယူ", "ပါ"]),
    ],
)
def test_breaks_stand_between_words(code: str, text: str, pieces: list[str]) -> None:
    assert segment(text, code).split(ZWSP) == pieces


@pytest.mark.parametrize("code", ["km", "lo", "my"])
def test_the_words_of_a_shipped_catalogue_stay_the_same(code: str) -> None:
    texts = [entry.text for path in (SHIPPED / "locales" / code).glob("*.po")
             for entry in read_catalogue(path)]  # fmt: skip
    assert len(texts) > 50
    for text in texts:
        broken = segment(text, code)
        assert broken.replace(ZWSP, "") == text.replace(ZWSP, "")
        assert ZWSP * 2 not in broken
        assert f" {ZWSP}" not in broken
    assert sum(ZWSP in segment(text, code) for text in texts) > len(texts) / 2


@given(st.sampled_from(sorted(SCRIPTS)), st.data())
def test_any_text_is_only_broken(code: str, data: st.DataObject) -> None:
    text = data.draw(st.text(st.sampled_from(SCRIPTS[code] + "ab12 -(),.\n"), max_size=60))
    broken = segment(text, code)
    assert broken.replace(ZWSP, "") == text
    assert not broken.startswith(ZWSP)
    assert not broken.endswith(ZWSP)


@given(st.text(max_size=60))
def test_any_text_at_all_comes_back(text: str) -> None:
    assert segment(text, "km").replace(ZWSP, "") == text.replace(ZWSP, "")
