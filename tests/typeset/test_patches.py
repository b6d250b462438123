"""WeasyPrint is patched once, and only in the release that the patches are made for."""

from __future__ import annotations

import tomllib

import pytest

from pressroom.typeset.typesetter import Typesetter
from pressroom.typeset.weasyprint_patches import WEASYPRINT, load_weasyprint, require_release
from tests.support import ROOT


def test_the_release_is_the_one_that_is_installed_and_pinned(typesetter: Typesetter) -> None:
    assert typesetter.weasyprint.__version__ == WEASYPRINT
    assert load_weasyprint() is typesetter.weasyprint
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"weasyprint=={WEASYPRINT}" in project["dependencies"]


def test_another_release_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"made for WeasyPrint 70\.0, not 71\.0: read press"):
        require_release("71.0")
