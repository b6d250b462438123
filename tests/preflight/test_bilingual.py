"""Two languages on a page: each message of both is looked for, in its own language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from .support import Sample, about, errors, proven, sample

LOCALES = ("ar", "ur", "hi", "km")


def bilingual(code: str) -> Sample:
    return sample(code, edition="bilingual")


def first_source(html: str) -> str:
    """Return the first paragraph of the source's column that is one message."""
    found = re.search(r'<p id="src-msg-[^"]*">.*?</p>', html)
    assert found is not None
    return found.group()


@pytest.mark.parametrize("code", LOCALES)
def test_an_honest_page_passes(code: str) -> None:
    verdict = bilingual(code).examine()
    assert errors(verdict) == []
    copies = [shown for shown in verdict.disclaimers if shown.id.endswith(".en")]
    assert len(copies) >= 8
    assert all(shown.proven for shown in verdict.disclaimers)


@pytest.mark.parametrize(
    ("edit", "code", "said"),
    [
        (lambda html: html.replace(first_source(html), ""), "overflow", "is not on the page"),
        (
            lambda html: html.replace(
                first_source(html), first_source(html).replace("spondylitis", "arthritis")
            ),
            "text-layer",
            "the message src-msg-front-matter-2 reads ‘",
        ),
        (lambda html: html.replace('lang="en"', 'lang="fr"'), "accessibility", "language is ‘fr’"),
        (
            lambda html: html.replace('<div class="own" lang="', '<div class="own" lang="x-'),
            "accessibility",
            "language is ‘x-",
        ),
    ],
    ids=["left out", "altered", "other language", "other language of the patient's"],
)
@pytest.mark.parametrize("locale", ["ar", "hi"])
def test_a_spoilt_column_fails(
    locale: str, edit: Callable[[str], str], code: str, said: str
) -> None:
    verdict = bilingual(locale).edited(edit)
    assert any(f.code == code and said in f.message for f in errors(verdict)), errors(verdict)


@pytest.mark.parametrize("locale", ["ar", "km"])
@pytest.mark.parametrize(
    ("css", "code"),
    [
        ("color: #fff", "disclaimer-hidden"),
        ("display: none", "disclaimer-absent"),
        ("font-size: 7pt !important", "disclaimer-too-small"),
    ],
)
def test_the_copy_of_a_disclaimer_is_proven_like_the_disclaimer(
    locale: str, css: str, code: str
) -> None:
    verdict = bilingual(locale).examine(f"#dsc-general-info\\.en {{ {css} }}")
    assert code in about(verdict.findings, "general-info.en")
    assert not proven(verdict, "general-info.en")
    assert proven(verdict, "general-info")


def test_the_same_words_in_both_languages_are_told_apart() -> None:
    """A line may be the same in Arabic as in English: both have to be there."""
    page = bilingual("ar")
    (own, copy) = (notice for notice in page.leaflet.required if notice.rule.id == "copyright")
    assert own.lang != copy.lang
    same = replace(own, words=copy.words)
    notices = tuple(same if one is own else one for one in page.leaflet.notices)
    html = page.html.replace(page.inner("copyright"), page.inner("copyright.en"), 1)
    page = replace(page, leaflet=replace(page.leaflet, notices=notices), html=html)
    verdict = page.edited(lambda html: html.replace(page.element("copyright.en"), ""))
    assert "disclaimer-misplaced" in about(verdict.findings, "copyright.en")
