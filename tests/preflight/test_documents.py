"""docs/checks.md says what the checks say."""

from __future__ import annotations

from pressroom.preflight.__main__ import page
from pressroom.preflight.examine import all_checks
from tests.support import ROOT


def test_the_page_is_made_from_the_checks() -> None:
    written = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m pressroom.preflight > docs/checks.md"


def test_every_check_explains_itself() -> None:
    for check in all_checks():
        assert len(check.rationale.strip()) > 60, check.name
        assert check.codes, check.name
        assert check.source, check.name
        assert check.bad != check.good, check.name
