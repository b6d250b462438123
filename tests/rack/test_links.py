"""Links from a record: the right leaflet on a stick, in the patient's language, or none."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .support import row, write
from .test_search import leaflets, search


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write a rack of a few leaflets. Give its address as a file."""
    rows = [
        row("asthma", "en"), row("asthma", "es"), row("asthma", "ti", state="draft"),
        row("asthma", "zh-Hans"), row("asthma", "zh-Hant", "氣喘"), row("asthma", "tl", "Hika"),
        row("back-pain", "en"), row("back-pain", "ar", overdue=True),
    ]  # fmt: skip
    return write(tmp_path_factory.mktemp("stick"), rows).as_uri()


def follow(page: Page, stick: str, fragment: str) -> list[str]:
    """Open a link, anew or in the rack that is open. Give the leaflets that are shown."""
    if page.url.startswith(stick):
        page.evaluate(
            """(hash) => new Promise((done) => {
              addEventListener("hashchange", () => setTimeout(done), { once: true });
              location.hash = hash;
            })""",
            fragment,
        )
    else:
        page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
        page.goto(f"{stick}#{fragment}")
    expect(page.locator("#said")).not_to_have_text("Loading …")
    return leaflets(page)


def test_a_link_opens_what_it_asks_for(page: Page, stick: str) -> None:
    shown = {
        "topic=asthma&lang=es": ["es/asthma"],
        "topic=asthma&lang=zh-TW": ["zh-Hant/asthma"],
        "topic=asthma&lang=fil": ["tl/asthma"],
        "code=icd-10-cm|J45.909&lang=es": ["es/asthma"],
        "code=2.16.840.1.113883.6.90%7Cj45&lang=es-MX": ["es/asthma"],
        "code=http://snomed.info/sct|195967001": ["en/asthma"],
        "code=icd-10-cm|M54&lang=en": [],  # A leaflet on M54.5 says too little of M54.
        "code=icd-10|J45&lang=en": [],
        "code=snomed-ct|J45": [],
        "code=nobody|J45": [],
        "q=back+pain&lang=en": ["en/back-pain"],
        "topic=gout&lang=en": [],
    }
    for fragment, expected in shown.items():
        assert follow(page, stick, fragment) == expected, fragment
    expect(page.locator("#said")).to_have_text("Nothing found for “gout”.")
    # The language of one patient is not that of the next.
    page.goto("about:blank")
    page.goto(stick)
    expect(page.locator("#language-now")).to_have_text("English")
    assert follow(page, stick, "topic=asthma&lang=es") == ["es/asthma"]
    search(page, "back")
    expect(page.locator("#results .card").first).to_have_attribute("data-leaflet", "en/back-pain")


def test_what_is_not_there_is_said_and_not_printed(page: Page, stick: str) -> None:
    for fragment, card, said in (
        ("code=icd-10-cm|J45.9&lang=ti", "en/asthma", "Only a draft in Tigrinya"),
        ("topic=asthma&lang=km", "en/asthma", "Not in Khmer"),
        ("topic=back-pain&lang=ar", "ar/back-pain", "Withdrawn: out of date"),
    ):
        assert follow(page, stick, fragment) == [card]
        expect(page.locator("#results .mark")).to_have_text(said)
        kept = page.locator("#results .action.print, #results .action.copy")
        expect(kept).to_have_count(2 if card.startswith("en/") else 0)


def test_a_code_is_found_as_it_is_typed(page: Page, stick: str) -> None:
    follow(page, stick, "")
    for typed, first in {
        "J45.909": "en/asthma", "j45": "en/asthma", "J45 spanish": "es/asthma",
        "195967001": "en/asthma", "M54": "en/back-pain", "m549": "en/back-pain",
        "4548-4": "en/back-pain",
    }.items():  # fmt: skip
        search(page, typed)
        expect(page.locator("#results .card")).to_have_count(1)
        expect(page.locator("#results .card")).to_have_attribute("data-leaflet", first)


def test_a_line_for_the_record(page: Page, stick: str) -> None:
    follow(page, stick, "topic=asthma&lang=zh-Hant")
    line = (
        "氣喘; Asthma; Chinese (Traditional) (zh-Hant); Version 1.0; issued 2026-11-23; SHA-256 "
        + "ab" * 32
    )
    page.evaluate("() => { navigator.clipboard.writeText = async (text) => { copied = text; }; }")
    page.click(".action.copy")
    expect(page.locator("#said")).to_have_text("Copied: 氣喘")
    assert page.evaluate("copied") == line
    # Over plain HTTP, a page may not.
    page.evaluate("() => { navigator.clipboard.writeText = async () => { throw new Error(); }; }")
    page.click(".action.copy")
    assert page.input_value("#line") == line
    assert page.evaluate("getSelection().toString()") == line
