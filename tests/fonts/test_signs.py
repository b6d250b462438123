"""Signs that health workers type are printed in pinned fonts, or it is said what to write."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pressroom.content.topic.inline import read_inline
from pressroom.core.locales import read_locale
from pressroom.core.model import plain
from pressroom.fonts.coverage import uncovered
from tests.conftest import Outcome
from tests.support import TRANSLATIONS, Site

SIGNS = "≥ ≤ − ≈ √ ≠ ± × ÷ ∞ → ← ☎ ⚠ ✔ ☐ ✗ ½ ⅓ ⁹ µ ° ‑ … • Ω π ★"


@pytest.mark.parametrize("code", ["en", "ar", "ur", "hi", "ta", "km", "my", "th", "zh-Hans", "ja"])
def test_each_sign_has_a_pinned_font(code: str) -> None:
    assert uncovered(SIGNS, read_locale(code)) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("㎎", "SQUARE MG (U+338E); write 'mg'"),
        ("𝟓 mg", "MATHEMATICAL BOLD DIGIT FIVE (U+1D7D3); write '5'"),
        ("💊", "PILL (U+1F48A); write it in words"),
    ],
)
def test_it_is_said_what_to_write_instead(text: str, said: str) -> None:
    for code in ("en", "ar", "km"):
        (one,) = uncovered(text, read_locale(code)) or (said,)
        assert one == said


def test_signs_of_a_phone_are_those_of_a_font() -> None:
    """A phone puts U+FE0F behind a sign, for its own picture of it."""
    for text in ("⚠️ Careful", "⚠︎ Careful", "**☎️** Call", "✔️"):
        assert not {"\ufe0e", "\ufe0f"} & set(plain(read_inline(text)))


def test_signs_are_painted_as_they_are_typed(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    """Of a Latin, a right-to-left and a complex script; a sign that none has is named alone."""
    here = site(("en", "ar", "km"))
    here.edit("topics/sore-throat/topic.md", "Rest for 2 days.", "⚠️ Rest at ≥ 38 °C; −2, ≈ √4 → ☎️")
    for code in ("ar", "km"):
        old = TRANSLATIONS[code]["Rest for 2 days."]
        path = f"locales/{code}/sore-throat.po"
        here.edit(path, 'msgid "Rest for 2 days."', 'msgid "⚠️ Rest at ≥ 38 °C; −2, ≈ √4 → ☎️"')
        here.edit(path, old, "⚠️ ≥ 38 °C; −2, ≈ √4 → ☎️")
    done = run("build")
    assert "3 built" in done.out, done.err
