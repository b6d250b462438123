"""Texts are compared word by word, in every script."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.content.signed_text import Text
from pressroom.review.diff import Piece, compare, differences, words_of


def marked(pieces: Iterable[Piece]) -> str:
    marks = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
    return "".join(f"{marks[p.kind][0]}{p.text}{marks[p.kind][1]}" for p in pieces)


@pytest.mark.parametrize(
    ("locale", "old", "new", "expected"),
    [
        ("en", "Rest for 2 days.", "Rest for 3 days.", "Rest for [-2-]{+3+} days."),
        ("en", "Rest now", "Rest, now", "Rest{+,+} now"),
        ("en", "a b c d", "a x y d", "a [-b c-]{+x y+} d"),
        ("en", "Take it.", "", "[-Take it.-]"),
        ("en", "don't", "don’t", "don[-'-]{+’+}t"),
        ("ar", "استرح لمدة 2 يوم.", "استرح لمدة 3 يوم.", "استرح لمدة [-2-]{+3+} يوم."),
        ("hi", "2 दिन आराम करें।", "2 दिन विश्राम करें।", "2 दिन [-आराम-]{+विश्राम+} करें।"),
        ("km", "សម្រាក និងផឹកទឹក", "សម្រាក និងផឹកទឹកច្រើន", "សម្រាក និងផឹកទឹក{+ច្រើន+}"),
        ("th", "ดื่มน้ำมากๆ", "ดื่มนมมากๆ", "ดื่ม[-น้ำ-]{+นม+}มากๆ"),
        ("zh-Hans", "休息2天。", "休息3天。", "休息[-2-]{+3+}天。"),
        ("ja", "よく休む", "よく眠る", "よく[-休む-]{+眠る+}"),
    ],
)
def test_words_are_marked(locale: str, old: str, new: str, expected: str) -> None:
    assert marked(compare(old, new, locale)) == expected


@given(st.text(), st.text(), st.sampled_from(["en", "ar", "km", "ja"]))
def test_both_texts_can_be_read_from_the_pieces(old: str, new: str, locale: str) -> None:
    pieces = compare(old, new, locale)
    assert "".join(p.text for p in pieces if p.kind != "added") == old
    assert "".join(p.text for p in pieces if p.kind != "removed") == new
    assert "".join(words_of(old, locale)) == old


def text(*messages: tuple[str, str, str], version: str = "1.0") -> Text:
    return Text((("version", version),), messages, "en", "es")


def test_the_messages_of_two_texts_are_paired() -> None:
    old = text(
        ("care", "Rest for 2 days.", "Descanse 2 días."),
        ("care", "Drink water.", "Beba agua."),
        ("more", "See a doctor.", "Vaya al médico."),
    )
    new = text(
        ("care", "Drink water.", "Beba mucha agua."),
        ("care", "Rest for 3 days.", "Descanse 2 días."),
        ("more", "Call us.", ""),
        version="1.1",
    )
    said = [f"{d.where} {d.locale}: {marked(d.pieces)}" for d in differences(old, new)]
    assert said == [
        "version : 1.[-0-]{+1+}",
        "care es: Beba{+ mucha+} agua.",
        "care en: Rest for [-2-]{+3+} days.",
        "more en: {+Call us.+}",
        "more en: [-See a doctor.-]",
        "more es: [-Vaya al médico.-]",
    ]
    assert list(differences(old, old)) == []


def test_texts_too_long_to_compare_are_two_texts() -> None:
    old, new = "a " * 2000, "b " * 2000
    assert compare(old, new, "en") == (Piece("removed", old), Piece("added", new))


def test_very_many_messages_are_told_as_gone_and_new() -> None:
    old = text(*(("care", f"old words {n}", "x") for n in range(300)))
    new = text(*(("care", f"new words {n}", "x") for n in range(300)))
    assert len(list(differences(old, new))) > 300
