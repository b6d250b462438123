"""An update of a library that sets pages is noticed, also of those outside of Python."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pressroom import prepare
from pressroom.releases import pango_file, releases
from pressroom.typeset import libraries

from .support import Site


def test_pango_is_the_one_that_the_typesetter_loads() -> None:
    major, minor, micro = map(int, releases()["Pango"].split("."))
    assert libraries()["Pango"] == str(major * 10000 + minor * 100 + micro)
    found = pango_file()
    assert found is not None
    assert found.is_file()


def test_another_release_of_pango_makes_every_page_anew(
    site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = site(("en", "ar", "km")).words()

    def keys() -> set[str]:
        made = prepare.Preparer(words)(words.names, ("en", "ar", "km"))
        return {one.wanted.parts["engine"] for one in made if one.wanted}

    before = keys()
    monkeypatch.setattr(prepare, "releases", lambda: {**releases(), "Pango": "9.9.9"})
    assert keys().isdisjoint(before)
