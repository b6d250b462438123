"""All words of a page hidden, torn, added to and moved, several ways a page; honest pages pass.

Each message is spoilt in one way, and has to be found by its name; one page shows five ways.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace

import pikepdf
import pytest

from pressroom.content.topic.inline import read_inline
from pressroom.core.model import Span
from pressroom.leaflet.html import mark_up
from pressroom.leaflet.notices import ASKED_LABELS
from pressroom.preflight.examine import examine

from .support import Sample, errors, site
from .support import sample as in_edition
from .support import signs as sample

LOCALES = ("en", "ar", "hi", "km", "zh-Hans")

HIDDEN, SMALL, GONE = "message-hidden", "type-too-small", "overflow"
STRIPES = (
    "repeating-linear-gradient(transparent, transparent .5em, #000 .5em, #000 .6em, "
    "transparent .6em, transparent 1em)"
)
COVER = "content: ''; position: absolute; top: 0; bottom: 0; background: #fff;"

#: What is done to each of five items: declarations, those of its `::after` behind `|`, and the
#: code of what is found.
PAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "covered, turned, struck, torn": (
        (f"position: relative | {COVER} left: -2em; right: 0", HIDDEN),
        ("transform: scaleX(-1)", HIDDEN),
        ("text-decoration: line-through", HIDDEN),
        ("transform: rotate(180deg)", HIDDEN),
        ("letter-spacing: .6em", HIDDEN),
    ),
    "run together, faint, narrow, cut": (
        ("word-spacing: -.25em", HIDDEN),
        ("color: #ddd", HIDDEN),
        ("opacity: .2", HIDDEN),
        ("width: 2.2em; word-break: break-all; overflow-wrap: anywhere", HIDDEN),
        ("height: .6em; overflow: hidden", HIDDEN),
    ),
    "struck otherwise, set tight, gone": (
        (f"background: {STRIPES}", HIDDEN),
        ("text-decoration: underline; text-underline-offset: -.4em", HIDDEN),
        ("line-height: .72; width: 40mm", HIDDEN),
        ("display: none", GONE),
        ("visibility: hidden", GONE),
    ),
    "half covered, upside down, small, away": (
        (f"position: relative | {COVER} left: 0; width: 40%", HIDDEN),
        ("transform: scaleY(-1)", HIDDEN),
        ("color: rgba(0, 0, 0, .25)", HIDDEN),
        ("font-size: 5pt", SMALL),
        ("position: relative; left: -300mm", HIDDEN),
    ),
    "indented away, white, black, squeezed": (
        ("text-indent: -400mm", HIDDEN),
        ("color: #fff", HIDDEN),
        ("background: #111", HIDDEN),
        ("letter-spacing: -.3em", HIDDEN),
        ("transform: translateX(190mm)", HIDDEN),
    ),
    "upright, on others, under stripes, scaled": (
        ("transform: scaleX(-.9)", HIDDEN),
        ("transform: scale(.3)", SMALL),
        ("text-decoration: line-through #888", HIDDEN),
        ("margin-top: -1.2em", HIDDEN),
        ("background: repeating-linear-gradient(#000, #000 2px, #fff 2px, #fff 4px)", HIDDEN),
    ),
}

#: Text has no spaces in it.
UNSPACED = ("word-spacing: -.25em", {"zh-Hans"})


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("page", PAGES)
def test_each_spoilt_message_is_named(page: str, locale: str) -> None:
    _each_is_named(sample(locale), PAGES[page], ".urgent li:nth-child({})")


def _each_is_named(whole: Sample, ways: Sequence[tuple[str, str]], item: str) -> None:
    """Spoil the first message the first way, and so on; `item` has the place of its number."""
    css = ""
    for number, (way, _) in enumerate(ways, 1):
        own, _, after = way.partition("|")
        one = item.format(number)
        css += f"{one} {{ {own} }} {one}::after {{ {after} }}"
    said = [(one.code, one.message) for one in errors(whole.examine(css))]
    for number, (way, code) in enumerate(ways, 1):
        if way == UNSPACED[0] and whole.leaflet.locale.code in UNSPACED[1]:
            continue
        name = f"the message msg-lead-{number} "
        assert any(one == code and name in message for one, message in said), (way, said)


#: One way of each kind, in other editions.
OTHERS = (
    (f"position: relative | {COVER} left: -2em; right: 0", HIDDEN),
    ("transform: scaleX(-1)", HIDDEN),
    ("text-decoration: line-through", HIDDEN),
    ("font-size: 5pt", SMALL),
    ("position: relative; left: -300mm", HIDDEN),
)


@pytest.mark.parametrize(
    ("edition", "locale"), [("large-print", "ar"), ("booklet", "km"), ("bilingual", "hi")]
)
def test_each_spoilt_message_is_named_in_other_editions(edition: str, locale: str) -> None:
    whole = in_edition(locale, edition=edition, topic_id="ankylosing-spondylitis")
    ways = [(f"display: block; {way}", code) for way, code in OTHERS]
    _each_is_named(whole, ways, "#msg-lead-{}")


ADDED = """
.main-message::before { content: "101" }
h1::after { content: "102" }
.urgent li:nth-child(2) span::before { content: "103" }
.masthead::after { content: "104" }
.urgent li:nth-child(3)::after { content: "?" }
.same-day::after { content: "105" }
.back-matter::before { content: "106" }
.main-message { background: url('data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 \
width=%22200%22 height=%2230%22%3E%3Ctext x=%220%22 y=%2220%22%3E107%3C/text%3E%3C/svg%3E') }
"""


@pytest.mark.parametrize("locale", LOCALES)
def test_words_of_styles_are_named(locale: str) -> None:
    found = errors(sample(locale).examine(ADDED))
    said = " ".join(one.message for one in found if one.code == "words-added")
    assert [text for text in ("101", "102", "103", "104", "?", "105", "106", "107")
            if f"‘{text}’" not in said] == []  # fmt: skip


@pytest.mark.parametrize("locale", LOCALES)
def test_words_of_templates_are_named(locale: str) -> None:
    whole = sample(locale)
    topic, words = whole.leaflet.topic, whole.inner("general-info")
    first = whole.html.index(f'id="{topic.action.anchor}"')
    start, end = whole.html.index(">", first) + 1, whole.html.index("</span>", first)
    spaceless = whole.html[start:end].replace(" ", "")
    html = whole.html[:start] + spaceless + whole.html[end:]
    added = f"<p>{words}</p><p>108</p>"
    html = html.replace(
        whole.element("urgent-help"), whole.element("urgent-help").replace("112", "¹¹²")
    )
    found = errors(whole.examine(html=html.replace("</body>", f"{added}</body>")))
    said = [(one.code, one.message) for one in found]
    assert any(c == "words-added" and "'general-info'" in m and "again" in m for c, m in said)
    assert any(c == "words-added" and "‘108’" in m for c, m in said)
    assert any(c == "disclaimer-altered" and "'urgent-help'" in m for c, m in said)
    if locale != "zh-Hans":
        assert any(c == HIDDEN and topic.action.anchor in m and "together" in m for c, m in said)


#: What pages may honestly do, on two pages.
HONEST = (
    """
    .urgent ul { width: 45mm; hyphens: auto } li { letter-spacing: .02em; line-height: 1.5 }
    a, strong { text-decoration: underline } .main-message { background: #eef; padding: 3mm }
    h1 { font-size: 2.2rem; color: #333; text-align: center } .notice { font-style: italic }
    """,
    """
    p, li { text-align: justify } .urgent ul { columns: 2 } h2 { border-bottom: 1pt solid #000 }
    .emergency { border-radius: 3mm; border: 2pt solid #000 } .masthead { background: #ddd }
    .main-message p:first-child { outline: 1pt dotted #555; text-align: center }
    """,
)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("css", HONEST, ids=("narrow", "justified"))
def test_honest_styles_pass(css: str, locale: str) -> None:
    assert errors(sample(locale).examine(css)) == []


@pytest.mark.parametrize(
    ("locale", "text"),
    [("en", "A chest X-ray."), ("ar", "أشعة X-ray للصدر."), ("hi", "छाती का X-ray करें।")],
)
def test_a_line_may_end_at_the_hyphen_behind_one_letter(locale: str, text: str) -> None:
    whole, anchor = sample(locale), "msg-lead-1"
    words = {**whole.leaflet.words, anchor: (Span("text", text),)}
    html = re.sub(
        f'(<span id="{anchor}">).*?(</span></li>)',
        lambda found: found[1] + text.replace("X-ray", "X-<br>ray") + found[2],
        whole.html,
        flags=re.DOTALL,
    )
    changed = replace(whole, leaflet=replace(whole.leaflet, words=words), html=html)
    assert [one for one in errors(changed.examine()) if anchor in one.message] == []


def test_a_mark_below_the_last_letter_does_not_end_a_line_before_it() -> None:
    whole = sample("th")
    words = {**whole.leaflet.words, "msg-lead-1": (Span("text", "ของคุณ"),)}
    html = re.sub(r'(<span id="msg-lead-1">).*?(</span></li>)', r"\1ของคุณ\2", whole.html)
    changed = replace(whole, leaflet=replace(whole.leaflet, words=words), html=html)
    assert [one for one in errors(changed.examine()) if "msg-lead-1" in one.message] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_message_may_be_but_a_line_to_write_on(locale: str) -> None:
    whole, words = sample(locale), site()
    labels = {**whole.leaflet.labels, ASKED_LABELS["blank"]: "____"}
    blank = {**whole.leaflet.words, "msg-lead-1": (Span("blank"),)}
    leaflet = replace(whole.leaflet, words=blank, labels=labels)
    html = mark_up(leaflet, words.site.clinic, words.theme)
    assert errors(replace(whole, leaflet=leaflet, html=html).examine()) == []


#: What may be done to the boxes of a page, and what is said.
BOXES: dict[str, tuple[dict[str, object], str]] = {
    "A1": ({"/MediaBox": [0, 0, 1684, 2384]}, "media box is 594 by 841 mm"),
    "Letter": ({"/MediaBox": [0, 0, 612, 792]}, "media box is 216 by 279 mm"),
    "cropped": ({"/CropBox": [100, 100, 500, 700]}, "crop box"),
    "trimmed": ({"/TrimBox": [0, 200, 595.28, 841.89]}, "trim box"),
    "bled": ({"/BleedBox": [-50, -50, 645, 892]}, "bleed box"),
    "turned": ({"/Rotate": 90}, "it is turned"),
    "scaled": ({"/UserUnit": 4}, "its units are scaled"),
}


@pytest.mark.parametrize(("locale", "case"), [("km", "A1"), *(("ar", case) for case in BOXES)])
def test_pages_are_the_clinics_paper(locale: str, case: str) -> None:
    whole = sample(locale)
    changes, said = BOXES[case]
    proof = whole.typeset()
    with pikepdf.open(io.BytesIO(proof.pdf)) as pdf:
        for key, value in changes.items():
            pdf.pages[0].obj[key] = pikepdf.Array(value) if isinstance(value, list) else value
        out = io.BytesIO()
        pdf.save(out)
    verdict = examine(replace(proof, pdf=out.getvalue()), whole.leaflet)
    (found,) = [one for one in verdict.findings if one.code == "page-size"]
    assert said in found.message
    assert found.where == "page 1"


def test_sizes_are_those_on_the_clinics_paper() -> None:
    verdict = sample("km").examine("@page { size: 1000mm 1414mm }")
    found = {one.code for one in errors(verdict)}
    assert {"page-size", SMALL, "disclaimer-too-small"} <= found


@pytest.mark.parametrize("locale", LOCALES)
def test_a_disclaimer_outside_of_the_trim_is_hidden(locale: str) -> None:
    css = "@page { bleed: 30mm } #dsc-general-info { position: absolute; top: -42mm; left: 0 }"
    found = errors(sample(locale).examine(css))
    assert any(o.code == "disclaimer-hidden" and "'general-info'" in o.message for o in found)
    assert any(o.code == "page-size" for o in found)


@pytest.mark.parametrize("locale", ["ar", "hi"])
def test_messages_that_begin_alike_are_told_apart_where_lines_part_them(locale: str) -> None:
    whole = sample(locale).leaflet
    first, second = whole.topic.main_message.anchor, whole.topic.action.anchor
    begins = {"ar": "اتصل الآن بفريق رعايتك على الرقم", "hi": "अपनी देखभाल टीम को अभी फ़ोन करें"}[
        locale
    ]
    said = {first: f"{begins} 020 910 0142.", second: f"{begins} +44 20 7946 0018."}
    words = {**whole.words, **{anchor: read_inline(text) for anchor, text in said.items()}}
    leaflet = replace(whole, words=words)
    alike = Sample(leaflet, mark_up(leaflet, site().site.clinic, site().theme))
    for width in (50, 70):
        found = errors(alike.examine(f"p {{ max-width: {width}mm }}"))
        assert [one for one in found if one.code == "words-added"] == []
