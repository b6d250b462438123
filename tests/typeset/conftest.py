"""A warm typesetter, and settings for small pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pressroom.core.model import Proof
from pressroom.typeset.setting import Setting, setting_of
from pressroom.typeset.typesetter import Typesetter
from tests.support import TODAY, Site, make_site

PAGE = """<!DOCTYPE html><html lang="{lang}" dir="{dir}"><head><meta charset="utf-8">
<title>Page</title></head><body>{body}</body></html>"""


@pytest.fixture(scope="session")
def typesetter() -> Typesetter:
    return Typesetter()


@pytest.fixture(scope="session")
def settings_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Setting]:
    """Return the setting of a leaflet in a locale."""
    made: Site = make_site(tmp_path_factory.mktemp("site"), ("en", "ar", "hi", "km"))
    words = made.words(TODAY)

    def give(code: str) -> Setting:
        translation = words.translation(words.topics["sore-throat"], code, words.locale_words(code))
        assert translation.leaflet is not None
        return setting_of(translation.leaflet, words.site.clinic, words.theme)

    return give


SetPage = Callable[..., Proof]


@pytest.fixture
def set_page(typesetter: Typesetter, settings_of: Callable[[str], Setting]) -> SetPage:
    """Set a small page: its body, a locale, and what differs in its setting."""

    def give(body: str, code: str = "en", **changes: Any) -> Proof:
        direction = "rtl" if code == "ar" else "ltr"
        html = PAGE.format(lang=code, dir=direction, body=body)
        return typesetter.typeset(html, replace(settings_of(code), **changes))

    return give
