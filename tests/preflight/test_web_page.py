"""The published web page shows each message, once, to be read, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest
from playwright.sync_api import Page

from pressroom.build.prepare import Preparer, web_words
from pressroom.core.model import Leaflet, plain
from pressroom.preflight.web_page import examine_web_page

from .support import TOPIC, site

LOCALES = ("en", "ar", "hi", "km", "zh-Hans")


@lru_cache(maxsize=64)
def _page(locale: str) -> tuple[Leaflet, str]:
    (one,) = Preparer(site())([TOPIC], [locale], ["standard"])
    assert one.leaflet is not None
    return one.leaflet, one.web


def _said(locale: str, css: str = "", edit: Callable[[str], str] = lambda html: html) -> list[str]:
    leaflet, html = _page(locale)
    html = edit(html.replace("</style>", f"{css}</style>", 1))
    words = site()
    own = web_words(leaflet.topic.review_by, words.rack, words.site.clinic)
    found = list(examine_web_page(html, leaflet, own))
    assert all(one.code == "web-page" and one.severity == "error" for one in found)
    return [one.message for one in found]


ITEM = ".urgent li"
HIDING = {
    "[id^=dsc-], .urgent { display: none !important }": "is hidden (display: none)",
    f"{ITEM} {{ visibility: hidden }}": "is hidden",
    f"{ITEM} {{ opacity: .1 }}": "is faint",
    f"{ITEM} {{ color: #fdfdfd }}": "is faint",
    f"{ITEM} {{ color: rgb(0 0 0 / 10%) }}": "is faint",
    f"{ITEM} {{ font-size: 1px }}": "is too small",
    f"{ITEM} {{ text-decoration: line-through }}": "is struck through",
    f"{ITEM} {{ transform: scaleX(-1) }}": "is turned",
    f"{ITEM} {{ position: absolute; left: -9999px }}": "is moved away",
    f"{ITEM} {{ text-indent: -100em }}": "is moved away",
    f"{ITEM} {{ height: 1em; overflow: hidden }}": "is cut",
    f"{ITEM} {{ clip-path: inset(50%) }}": "is cut",
    f"{ITEM} {{ letter-spacing: 1em }}": "torn apart",
    f"{ITEM} {{ word-spacing: -.3em }}": "run together",
    ".urgent { & li { display: none } }": "is hidden",
    "@media (max-width: 500px) { .urgent { display: none } }": "is hidden",
    "@media print { .urgent { display: none } }": "is hidden",
    ":root { --gone: none } .urgent li { display: var(--gone) }": "is hidden",
    "main { display: flex; flex-direction: column-reverse }": "out of order",
    f'{ITEM}::before {{ content: "STOP" }}': "has words added",
    f'{ITEM} {{ list-style-type: "No " }}': "has words added",
    "@import url(other.css);": "@import",
}


@pytest.mark.parametrize("locale", LOCALES)
def test_styles_that_hide_or_add_words_are_named(locale: str) -> None:
    assert _said(locale) == []
    for css, said in HIDING.items():
        found = " ".join(_said(locale, css))
        assert said in found, (css, found)


@pytest.mark.parametrize("locale", LOCALES)
def test_honest_styles_pass(locale: str) -> None:
    css = """
    li { display: none } li { display: list-item; color: #222; letter-spacing: .02em }
    .urgent { margin-left: 2rem; transform: translateY(4px); opacity: .95 }
    h2 { text-decoration: underline; line-height: 1.2 } .x { display: none }
    """
    assert _said(locale, css) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_templates_that_change_words_are_named(locale: str) -> None:
    leaflet, html = _page(locale)
    anchor = leaflet.topic.main_message.anchor
    start = html.index(f'<p id="{anchor}"')
    element = html[start : html.index("</p>", start) + len("</p>")]
    first = next(b for b in leaflet.topic.walk() if b.message and b.kind == "item").message
    assert first is not None
    edits: dict[str, Callable[[str], str]] = {
        f"{anchor} (‘": lambda h: h.replace(element, ""),
        "stands on the web page twice": lambda h: h.replace(element, element * 2),
        "has other words": lambda h: h.replace(element, element.replace("</p>", " 7</p>")),
        "is hidden by an attribute": lambda h: h.replace("<ul>", "<ul hidden>", 1),
        "‘701’ on the web page": lambda h: h.replace("<main", "<p>701</p><main"),
        "before what it follows": lambda h: h.replace(element, "").replace(
            "</main>", f"{element}</main>"
        ),
        "has a <script>": lambda h: h.replace("</body>", "<script></script></body>"),
        "the web page has a <script>": lambda h: h.replace("rack-review.js", "other.js"),
        "which may change its words": lambda h: h.replace(
            '<script src="../rack/rack-review.js">', '<script src="../rack/rack-review.js">1'
        ),
        "a <script>, which may": lambda h: h.replace("<script src=", "<script async src="),
        "dsc-": lambda h: h.replace(' id="dsc-general-info"', ' id="dsc-other"'),
    }
    for said, edit in edits.items():
        found = " ".join(_said(locale, "", edit))
        assert (said in found) or (said == "dsc-" and "'general-info'" in found), (said, found)


@pytest.mark.parametrize("locale", LOCALES)
def test_telephone_numbers_are_links(locale: str) -> None:
    _, html = _page(locale)
    clinic = site().site.clinic
    for number in (clinic.phone, clinic.emergency_number, clinic.urgent_number):
        assert f'<a href="tel:{number.replace(" ", "")}">' in html


#: The visible text of each element with an id, by the id.
SHOWN = """() => Object.fromEntries([...document.querySelectorAll('[id]')]
  .filter(one => one.checkVisibility({opacityProperty: true, visibilityProperty: true}))
  .map(one => [one.id, one.innerText.replace(/[\\s\\u200b\\u2060]/g, '')]))"""


def test_a_browser_shows_what_was_judged(page: Page) -> None:
    for locale in LOCALES:
        leaflet, html = _page(locale)
        page.set_content(html)
        shown = page.evaluate(SHOWN)
        for message in (b.message for b in leaflet.topic.walk() if b.message):
            words = plain(leaflet.words[message.anchor]).replace("\u2060", "")
            assert shown[message.anchor] == "".join(words.split()), message.anchor
