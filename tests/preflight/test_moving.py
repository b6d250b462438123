"""Disclaimers turned, set apart, moved piece by piece, and printed over: each must fail."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pytest

from pressroom.preflight.disclaimers.prove import exhibits
from pressroom.preflight.evidence import Evidence
from pressroom.preflight.examine import examine

from .support import LOCALES, OTHERS, PAIRS, Sample, about, by_turns, errors, proven
from .support import broad as sample

G = "#dsc-general-info"

#: What CSS may do to `general-info`, with the codes that may be given.
CSS: dict[str, tuple[str, str]] = {
    "scaled to nothing": ("{ transform: scale(0) }", "hidden"),
    "scaled to no width": ("{ transform: scaleX(0) }", "hidden"),
    "mirrored": ("{ transform: scaleX(-1) }", "hidden"),
    "upside down": ("{ transform: rotate(180deg) }", "hidden"),
    "slanted away": ("{ transform: skewX(60deg) }", "hidden"),
    "see-through by eight digits": ("{ color: #00000020 }", "hidden"),
    "lines on each other": ("{ line-height: 0 }", "hidden"),
    "lines too near": ("{ line-height: .3; max-width: 60mm }", "hidden"),
    "words on each other": ("{ word-spacing: -1em }", "hidden"),
    "letters on each other": ("{ letter-spacing: -.3em }", "hidden"),
    "letters closing up": ("{ letter-spacing: -.15em }", "hidden"),
    "letters far apart": ("{ letter-spacing: 5em }", "hidden"),
    "letters no longer words": ("{ letter-spacing: .8em }", "hidden"),
    "a small first letter": ("::first-letter { font-size: 3pt }", "too-small"),
    "a white first letter": ("::first-letter { color: #fff }", "hidden"),
    "a veil behind it in the source": (
        "{ position: relative } #dsc-general-info::after { content: ''; position: absolute;"
        " top: 0; left: 0; right: 0; bottom: 0; background: #fffd }",
        "hidden",
    ),
    "an outline over it": ("{ outline: 12mm solid #fff; outline-offset: -12mm }", "hidden"),
    "a black picture behind": ("{ background: linear-gradient(90deg, #000, #fff) }", "hidden"),
    "words before it": ("::before { content: '7 XX ' }", "altered"),
    "kept for a bookmark": ("{ display: none; bookmark-label: content(text) }", "absent"),
    "kept for a margin": (
        "{ string-set: kept content(text); display: none }"
        " @page { @left-middle { content: string(kept) } }",
        "absent misplaced",
    ),
}  # fmt: skip
#: What may be done to a few words of it.
PIECE = {
    "mirrored": ("display: inline-block; transform: scaleX(-1)", "hidden"),
    "scaled to nothing": ("display: inline-block; transform: scale(0)", "altered"),
    "in tiny type": ("font-size: 4pt", "too-small"),
    "white": ("color: #fff", "hidden"),
    "struck through": ("text-decoration: line-through", "hidden"),
    "moved down": ("position: relative; top: 40mm", "altered"),
    "moved up": ("position: relative; top: -14mm", "altered"),
    "moved back": ("position: relative; {back}: 30mm", "altered hidden"),
    "floating to the other side": ("float: {end}", "altered hidden"),
    "cut low": ("display: inline-block; height: .4em; overflow: hidden", "hidden altered"),
}


@pytest.mark.parametrize(("case", "locale"), by_turns(CSS, PAIRS))
def test_css_that_keeps_a_disclaimer_from_being_read_fails_it(case: str, locale: str) -> None:
    css, codes = CSS[case]
    _fails(sample(locale), codes, css=G + css)


def _piece(whole: Sample, style: str) -> str:
    """Return some words of `general-info` an element of their own."""
    rtl = whole.leaflet.locale.direction == "rtl"
    style = style.replace("{end}", "left" if rtl else "right")
    style = style.replace("{back}", "left" if rtl else "right")
    words = whole.inner("general-info")
    spaces = [at for at, character in enumerate(words) if character == " "]
    start, end = (spaces[2] + 1, spaces[3]) if len(spaces) > 3 else (8, 13)
    piece = f'<span style="{style}">{words[start:end]}</span>'
    return whole.html.replace(words, words[:start] + piece + words[end:])


@pytest.mark.parametrize(("case", "locale"), by_turns(PIECE, PAIRS))
def test_a_piece_of_a_disclaimer_that_cannot_be_read_fails_it(case: str, locale: str) -> None:
    whole = sample(locale)
    style, codes = PIECE[case]
    _fails(whole, codes, html=_piece(whole, style))


@pytest.mark.parametrize("locale", OTHERS)
@pytest.mark.parametrize("style", ["font-weight: bold", "display: inline-block", "color: #800"])
def test_a_piece_that_is_set_off_passes(style: str, locale: str) -> None:
    whole = sample(locale)
    verdict = whole.examine(html=_piece(whole, style))
    assert not about(verdict.findings, "general-info")
    assert proven(verdict, "general-info")


def _fails(whole: Sample, codes: str, css: str = "", html: str = "") -> None:
    verdict = whole.examine(css, html)
    found = about(verdict.findings, "general-info")
    assert set(found) & {f"disclaimer-{code}" for code in codes.split()}, (found, errors(verdict))
    assert not proven(verdict, "general-info")


@pytest.mark.parametrize("locale", LOCALES)
def test_disclaimers_printed_on_each_other_fail_both(locale: str) -> None:
    whole = sample(locale)
    one, other = whole.element("general-info"), whole.element("other-formats")
    html = whole.html.replace(other, "").replace(
        one,
        f'<div style="position:relative">{one}'
        f'<div style="position:absolute;top:0;left:0;right:0">{other}</div></div>',
    )
    verdict = whole.examine(html=html)
    assert "disclaimer-hidden" in about(verdict.findings, "general-info")
    assert "disclaimer-hidden" in about(verdict.findings, "other-formats")


@pytest.mark.parametrize("locale", OTHERS)
def test_what_stands_on_every_page_is_upright(locale: str) -> None:
    css = ".band { transform: rotate(180deg) } .foot .notice { transform: scaleX(-1) }"
    verdict = sample(locale).examine(css)
    assert "disclaimer-hidden" in about(verdict.findings, "draft")
    assert "disclaimer-hidden" in about(verdict.findings, "dates-version")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_lost_dot_hides(locale: str) -> None:
    """A white box over the top of one letter, as small as the dot of an i."""
    whole = sample(locale)
    proof = whole.typeset()
    evidence = Evidence(proof, whole.leaflet)
    (exhibit,) = (found for found in exhibits(evidence) if found.id == "general-info")
    boxes = [box for run in exhibit.runs(evidence) for _, box in run.ink_boxes()]
    left, bottom, right, top = boxes[3]
    over = top - 0.3 * (top - bottom)
    pdf = pikepdf.open(io.BytesIO(proof.pdf))
    page = pdf.pages[0]
    page.contents_add(pdf.make_stream(b"q "), prepend=True)
    paint = f" Q q 1 g {left:.3f} {over:.3f} {right - left:.3f} {top + 1 - over:.3f} re f Q"
    page.contents_add(pdf.make_stream(paint.encode()))
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    verdict = examine(replace(proof, pdf=out.getvalue()), whole.leaflet)
    assert about(verdict.findings, "general-info") == ["disclaimer-hidden"]


def _generated(pseudo: str) -> Callable[[Sample], tuple[str, str]]:
    def edit(whole: Sample) -> tuple[str, str]:
        element = whole.element("general-info")
        words = re.sub(r"<[^>]+>", "", whole.inner("general-info"))
        css = f"{G}::{pseudo} {{ content: attr(data-words) }}"
        empty = f'<p id="dsc-general-info" class="notice" data-words="{words}"></p>'
        return css, whole.html.replace(element, empty)

    return edit


def _css(css: str) -> Callable[[Sample], tuple[str, str]]:
    return lambda whole: (G + css, whole.html)


#: What a page may honestly do.
HONEST = {
    "generated before": _generated("before"),
    "generated behind": _generated("after"),
    "letters a little apart": _css("{ letter-spacing: .05em }"),
    "no ligatures": _css("{ font-variant-ligatures: none }"),
    "words apart": _css("{ word-spacing: 1em }"),
    "lines far apart": _css("{ line-height: 3 }"),
    "a deep first line": _css("{ text-indent: 3em }"),
    "three columns": _css("{ columns: 3 }"),
    "a large first letter": _css("::first-letter { font-size: 150% }"),
    "a bold first line": _css("::first-line { font-weight: bold }"),
    "a little askew": _css("{ transform: rotate(.5deg) }"),
    "italic": _css("{ font-style: italic }"),
    "spread to the end of its last line": _css("{ text-align: justify; text-align-last: justify }"),
    "a flex box of its own": _css("{ display: flex }"),
    "what this typesetter ignores": _css(
        "{ clip-path: inset(50%); filter: opacity(0); content: none }"
    ),
}


@pytest.mark.parametrize(("case", "locale"), by_turns(HONEST, PAIRS))
def test_an_honest_page_passes(case: str, locale: str) -> None:
    css, html = HONEST[case](sample(locale))
    verdict = sample(locale).examine(css, html)
    assert not about(verdict.findings, "general-info"), verdict.findings
    assert proven(verdict, "general-info")


@pytest.mark.parametrize(("locale", "much"), [("zh-Hans", 0.15), ("zh-Hant", 0.15), ("ja", 0.2)])
def test_letters_that_fill_their_squares_may_close_up_until_they_touch(
    locale: str, much: float
) -> None:
    whole = sample(locale)
    for closer, found in ((0.03, []), (much, ["disclaimer-hidden"])):
        verdict = whole.examine(f"{G} {{ letter-spacing: -{closer}em }}")
        assert about(verdict.findings, "general-info") == found
