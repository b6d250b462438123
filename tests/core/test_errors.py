"""Errors name what is wrong, and what was likely meant."""

from __future__ import annotations

import pytest

from pressroom.core.errors import did_you_mean


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("astma", ["back-pain", "asthma"], "did you mean 'asthma'?"),
        ("د.-كريم", ["د.-كريمة", "ليلى"], "did you mean 'د.-كريمة'?"),
        ("आपातकल", ["दूरभाष", "आपातकाल"], "did you mean 'आपातकाल'?"),
        ("astma", ["back-pain", "ليلى"], ""),
        ("astma", [], ""),
    ],
)
def test_the_nearest_known_name_is_asked_after(name: str, known: list[str], expected: str) -> None:
    assert did_you_mean(name, known) == expected


def test_a_name_is_asked_after_as_it_is_written() -> None:
    assert did_you_mean("phon", ["phone", "email"], "{{{}}}") == "did you mean {phone}?"
