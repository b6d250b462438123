"""Pages that styles leave nearly empty, with the imprint alone, or with a heading at their foot."""

from __future__ import annotations

import pytest

from .support import LOCALES, sample

#: By what is said: styles that bring it about, and how bad it is.
SPOILT = {
    "of the page is filled": (".back-matter, .emergency { break-before: page }", "warning"),
    "the imprint stands alone": (".back-matter { break-before: page }", "warning"),
    "stands alone at the foot": (
        ".open { display: block; break-inside: auto }"
        " .back-matter { break-inside: auto } .back-matter .text { break-before: page }",
        "error",
    ),
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("said", SPOILT)
def test_an_unfinished_page_is_found(said: str, locale: str) -> None:
    css, severity = SPOILT[said]
    found = [f for f in sample(locale).examine(css).findings if f.code == "page-composition"]
    assert severity in {finding.severity for finding in found if said in finding.message}
    assert all(finding.where.startswith("page ") for finding in found)


@pytest.mark.parametrize("locale", LOCALES)
def test_pages_as_they_are_set_pass(locale: str) -> None:
    found = sample(locale).examine().findings
    assert not [finding for finding in found if finding.code == "page-composition"]
