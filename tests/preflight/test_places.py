"""Each disclaimer of each locale: removed, it fails by name; in another place, too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pressroom.core.model import Rule
from pressroom.preflight.examine import examine

from .support import LOCALES, OTHERS, SOME, Sample, about, by_turns, errors, proven, sample

BOXED = "unapproved-therapy"


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_as_it_is_passes(locale: str) -> None:
    verdict = sample(locale).examine()
    assert not errors(verdict)
    assert not verdict.failed
    assert all(shown.proven for shown in verdict.disclaimers)
    assert {shown.id for shown in verdict.disclaimers} == {
        notice.id for notice in sample(locale).leaflet.notices
    }
    sizes = {shown.id: shown.size_pt for shown in verdict.disclaimers}
    assert sizes["general-info"] == 12
    assert sizes["dates-version"] == 9
    assert sizes["draft"] == 14


def _without(whole: Sample, ids: Sequence[str]) -> None:
    html = whole.html
    for id_ in ids:
        html = html.replace(whole.element(id_), "")
    verdict = whole.examine(html=html)
    for notice in whole.leaflet.notices:
        absent = "disclaimer-absent" in about(verdict.findings, notice.id)
        assert absent == (notice.id in ids), notice.id
        assert not (absent and proven(verdict, notice.id))


def test_any_one_disclaimer_removed_fails_by_name() -> None:
    whole = sample("ar")
    for notice in whole.leaflet.notices:
        _without(whole, [notice.id])


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("part", range(3))
def test_removed_disclaimers_fail_by_name_in_every_locale(part: int, locale: str) -> None:
    whole = sample(locale)
    _without(whole, [notice.id for notice in whole.leaflet.notices][part::3])


def test_a_rule_without_words_is_absent() -> None:
    whole = sample("en")
    rule = Rule("extra", ("always",), "", "last-page", False, 9.0)
    leaflet = replace(whole.leaflet, rules=(*whole.leaflet.rules, rule))
    verdict = examine(whole.typeset(), leaflet)
    assert about(verdict.findings, "extra") == ["disclaimer-absent"]
    assert not proven(verdict, "extra")


@pytest.mark.parametrize("locale", ["en", "ar", "km"])
def test_a_warning_after_the_therapy_is_misplaced(locale: str) -> None:
    def move(html: str) -> str:
        box = re.search(r'<div class="warning">.*?</div>\s*</div>', html, re.S)
        therapy = re.search(r'<div class="text therapy">.*?</div>', html, re.S)
        assert box
        assert therapy
        return html.replace(box.group(), "").replace(therapy.group(), therapy.group() + box.group())

    verdict = sample(locale).edited(move)
    assert about(verdict.findings, BOXED) == ["disclaimer-misplaced"]


@pytest.mark.parametrize("locale", ["en", "ur", "zh-Hans"])
@pytest.mark.parametrize(
    "css",
    [
        ".therapy { break-before: page !important } .warning { break-after: auto !important }"
        " .therapy > :first-child { break-before: auto !important }",
        ".warning { border: 0 }",
        ".warning { border-left: 0 }",
        ".warning { border-color: #eee }",
    ],
    ids=["on the page before", "no border", "three sides", "a faint border"],
)
def test_a_warning_apart_or_without_its_box_is_misplaced(css: str, locale: str) -> None:
    verdict = sample(locale).examine(css)
    assert "disclaimer-misplaced" in about(verdict.findings, BOXED)


@pytest.mark.parametrize("locale", ["en", "ar", "hi"])
@pytest.mark.parametrize(
    "css",
    [".warning { border: 2pt dashed #000 }", ".warning { border-radius: 4mm }",
     ".warning { outline: 1pt solid #000; border: 0 }"],
    ids=["dashed", "rounded", "an outline"],
)  # fmt: skip
def test_another_border_is_a_box_too(css: str, locale: str) -> None:
    assert not about(sample(locale).examine(css).findings, BOXED)


@pytest.mark.parametrize("locale", SOME)
def test_what_belongs_on_every_page_must_stand_on_every_page(locale: str) -> None:
    verdict = sample(locale).examine("@page :first { @bottom-center { content: none } }")
    assert about(verdict.findings, "dates-version") == ["disclaimer-misplaced"]
    verdict = sample(locale).examine(".band .notice { color: #ddd }")
    assert about(verdict.findings, "draft") == ["disclaimer-hidden"]
    verdict = sample(locale).examine(".folio-N::before { content: '7' }")
    assert "disclaimer-altered" in about(verdict.findings, "dates-version")


@pytest.mark.parametrize("locale", OTHERS)
def test_the_last_page_is_the_last(locale: str) -> None:
    verdict = sample(locale).examine(
        ".back-matter { break-after: page } body::after { content: 'x' }"
    )
    assert "disclaimer-misplaced" in about(verdict.findings, "copyright")


@pytest.mark.parametrize("locale", SOME)
def test_a_telephone_number_in_another_order_fails(locale: str) -> None:
    whole = sample(locale)
    element = whole.element("same-day-help")
    assert "020 910 0199" in element
    other = element.replace("020 910 0199", "0199 910 020")
    verdict = whole.edited(lambda html: html.replace(element, other))
    assert about(verdict.findings, "same-day-help") == ["disclaimer-altered"]


@pytest.mark.parametrize("locale", ["ar", "ur"])
def test_a_bare_telephone_number_in_right_to_left_text_fails(locale: str) -> None:
    whole = sample(locale)
    element = whole.element("same-day-help")
    bare = re.sub(r'<span dir="ltr"[^>]*>(020 910 0199)</span>', r"\1", element)
    assert bare != element
    verdict = whole.edited(lambda html: html.replace(element, bare))
    assert any(finding.code == "direction-unisolated" for finding in errors(verdict))


@pytest.mark.parametrize("locale", OTHERS)
def test_a_disclaimer_may_break_over_pages(locale: str) -> None:
    whole = sample(locale)
    element = whole.element("sources")
    css = (
        "#dsc-sources { display: block; width: 30mm; orphans: 1; widows: 1; break-before: page;"
        " margin-top: 150mm; line-height: 30pt }"
    )
    html = whole.html.replace(element, "").replace("</body>", f"{element}</body>")
    verdict = whole.examine(css, html)
    assert not about(verdict.findings, "sources"), verdict.findings
    (shown,) = [shown for shown in verdict.disclaimers if shown.id == "sources"]
    assert shown.proven
    assert shown.page == verdict.pages - 1


@pytest.mark.parametrize(("width_mm", "locale"), by_turns([40, 55, 70]))
def test_a_year_that_stands_twice_is_in_order_on_two_lines(width_mm: int, locale: str) -> None:
    css = f".back-matter #dsc-copyright {{ display: block; width: {width_mm}mm }}"
    assert not about(sample(locale).examine(css).findings, "copyright")
