"""Translations of disclaimers that say something else are errors; those of the site are none."""

from __future__ import annotations

import re

import pytest

from pressroom.content.catalogue.disclaimer_words import disclaimer_problems
from pressroom.content.catalogue.po import read_catalogue
from pressroom.content.house import read_house
from pressroom.core.locales import read_locale
from pressroom.fonts.scripts import script_of

from ...support import SHIPPED

CODES = ("es", "ar", "hi", "km", "zh-Hans")
HOUSE = read_house(SHIPPED)


def _text(code: str, name: str) -> str:
    entries = read_catalogue(SHIPPED / "locales" / code / "house.po").entries
    return next(entry.text for key, entry in entries.items() if key[0] == name)


def _problems(code: str, name: str, text: str) -> list[str]:
    locale = read_locale(code)
    rule = next(rule for rule in HOUSE.rules if rule.id == name)
    return [
        found
        for found, _ in disclaimer_problems(
            HOUSE.disclaimers[name].text,
            text,
            locale,
            script_of(locale).letters,
            rule.must_say.get(code, ()),
        )
    ]


@pytest.mark.parametrize("code", sorted(path.name for path in (SHIPPED / "locales").iterdir()))
def test_the_shipped_translations_have_no_problems(code: str) -> None:
    assert [(r.id, p) for r in HOUSE.rules if (p := _problems(code, r.id, _text(code, r.id)))] == []


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", ["general-info", "draft", "urgent-help", "out-of-date"])
def test_what_says_less_or_adds_figures_is_an_error(name: str, code: str) -> None:
    text = _text(code, name)
    for short in (".", "x", text[:1], "{emergency_number}{urgent_number}"):
        assert "disclaimer-altered" in _problems(code, name, short)
    for figure in ("¹", "①", "Ⅻ", "½", "１"):
        assert "quantity-mismatch" in _problems(code, name, text + figure)


@pytest.mark.parametrize("code", CODES)
def test_placeholders_stand_as_often_as_in_the_source(code: str) -> None:
    text = _text(code, "urgent-help")
    assert _problems(code, "urgent-help", text + " {emergency_number}") == ["markup-mismatch"]


@pytest.mark.parametrize("code", CODES)
def test_letters_of_another_script_are_an_error(code: str) -> None:
    text = _text(code, "general-info")
    for other in ("ar", "hi", "ru"):
        if other != code:
            assert "script-mismatch" in _problems(
                code, "general-info", _text(other, "general-info")
            )
    assert _problems(code, "general-info", f"{text} p\u0430y") == ["script-mismatch"]
    assert _problems(code, "general-info", f"{text} 𝐒𝐓𝐎𝐏") == ["script-mismatch"]


@pytest.mark.parametrize(
    ("code", "other"),
    [("es", "fr"), ("fr", "de"), ("sw", "tr"), ("uk", "ru"), ("ar", "fa"), ("hi", "ne")],
)
def test_another_language_in_the_same_letters_is_an_error(code: str, other: str) -> None:
    assert _problems(code, "urgent-help", _text(other, "urgent-help")) == ["script-mismatch"]


@pytest.mark.parametrize("code", CODES)
def test_a_band_says_what_the_policy_wants(code: str) -> None:
    first, last = next(r for r in HOUSE.rules if r.id == "draft").must_say[code]
    text = _text(code, "draft")
    for words in (first, last):
        assert _problems(code, "draft", text.replace(words, "")) == ["disclaimer-altered"]
    if code == "es":
        turned = "APROBADO. Revisado por un médico. Puede entregarse a los pacientes."
        assert _problems(code, "draft", turned) == ["disclaimer-altered"] * 2
    assert not re.search("[0-9]", text)
