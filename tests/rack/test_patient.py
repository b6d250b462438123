"""For the patient at hand: the address, a phone, several leaflets, large print, letters."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from pressroom.content.theme import read_theme
from pressroom.rack.site import shelve, write_rack

from ..support import SHIPPED
from .support import CLINIC, TITLES, row
from .test_finding import write_invented
from .test_search import leaflets, search

ADDRESS = "https://leaflets.clinic.example"


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write a rack with an address and several editions. Give where it lies."""
    out = tmp_path_factory.mktemp("patient")
    rows = [
        row(topic, code, edition=edition)
        for topic in ("asthma", "back-pain")
        for code in ("en", "ar", "km")
        for edition in ("standard", "large-print", "bilingual")
        if (topic, code, edition) != ("back-pain", "km", "large-print")
    ]
    names = {topic: TITLES[topic]["en"] for topic in TITLES}
    shelf = shelve(rows, replace(CLINIC, rack_address=ADDRESS), read_theme(SHIPPED), names)
    write_rack(out, shelf, {})
    return (out / "index.html").as_uri()


@pytest.fixture
def desk(page: Page, stick: str) -> Page:
    """Open that desk."""
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    page.goto(stick)
    expect(page.locator("#results .card")).to_have_count(2)
    return page


def test_the_search_stands_in_the_address(desk: Page, stick: str) -> None:
    for typed in ("asthma arabic", "الربو", "ឈឺខ្នង"):
        search(desk, typed)
        desk.keyboard.press("Enter")
        expect(desk.locator("#results .card").first.locator(".action.print")).to_be_focused()
        desk.locator("#query").focus()
    found = desk.url
    assert found.startswith(f"{stick}#q=")
    desk.go_back()
    expect(desk.locator("#query")).to_have_value("الربو")
    desk.go_forward()
    expect(desk.locator("#query")).to_have_value("ឈឺខ្នង")
    shown = leaflets(desk)
    # A bookmark.
    desk.goto("about:blank")
    desk.goto(found)
    expect(desk.locator("#query")).to_have_value("ឈឺខ្នង")
    expect(desk.locator("#results .card")).to_have_count(len(shown))
    assert leaflets(desk) == shown


def test_the_language_and_the_edition_stand_there_too(desk: Page) -> None:
    desk.click("#language")
    desk.keyboard.type("arab")
    desk.keyboard.press("Enter")
    search(desk, "asthma")
    desk.get_by_label("Large print").check(force=True)
    assert desk.url.endswith("#q=asthma&lang=ar&edition=large-print")
    desk.reload()
    pdf = desk.locator("#results .card").first.locator(".action.pdf")
    expect(pdf).to_have_attribute("href", "ar/asthma.large-print.pdf?v=abababab")


@pytest.mark.parametrize("code", ["en", "ar", "km"])
def test_a_phone_is_led_to_the_web_page(desk: Page, code: str) -> None:
    search(desk, {"en": "asthma", "ar": "asthma arabic", "km": "asthma khmer"}[code])
    desk.locator(".action.phone").click()
    picture = desk.locator("#phone-code").screenshot()
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture)))
    assert found.text == f"{ADDRESS}/{code}/asthma.html"
    expect(desk.locator("#phone-link")).to_have_attribute("href", found.text)


def test_codes_of_any_length_can_be_read(desk: Page) -> None:
    texts = ["a", "é" * 30, *("x" * length for length in (14, 26, 40, 60, 90, 120, 150, 181, 213))]
    for text in texts:
        made = desk.evaluate("(text) => RackQr.make(text)", text)
        size = len(made["rows"]) + 8
        picture = Image.new("L", (size, size), 255)
        for y, line in enumerate(made["rows"]):
            for x, dark in enumerate(line):
                picture.putpixel((x + 4, y + 4), 0 if dark else 255)
        picture = picture.resize((size * 4, size * 4), Image.Resampling.NEAREST)
        (found,) = zxingcpp.read_barcodes(picture)
        assert found.text == text
    assert (
        desk.evaluate("() => { try { RackQr.make('x'.repeat(214)); } catch { return 'no'; } }")
        == "no"
    )


def test_a_rack_without_an_address_offers_no_phone(opened: Page) -> None:
    search(opened, "asthma")
    expect(opened.locator(".action.queue")).to_have_count(1)
    expect(opened.locator(".action.phone")).to_have_count(0)


def test_several_leaflets_are_printed_one_after_the_other(desk: Page) -> None:
    desk.route("**/*.pdf*", lambda route: route.fulfill(status=204))
    for typed, edition in (("asthma arabic", "Large print"), ("back pain khmer", "Bilingual")):
        search(desk, typed)
        card = desk.locator("#results .card").first
        card.get_by_label(edition).check(force=True)
        card.locator(".action.queue").click()
        card.locator(".action.queue").click()  # It stands there once.
    expect(desk.locator("#queue-count")).to_have_text("Leaflets on the print list: 2")
    desk.click("#queue-open")
    items = desk.locator("#queue-items li")
    expect(items).to_have_count(2)
    expect(items.nth(0)).to_contain_text("Large print")
    expect(items.nth(1)).to_contain_text("Bilingual")
    for title in ("الربو", "ឈឺខ្នង"):
        desk.click("#queue-next")
        expect(desk.locator("#printing-title")).to_have_text(title)
        desk.locator("#printing .close").click()
    expect(desk.locator("#queue-items .printed")).to_have_count(2)
    expect(desk.locator("#queue-next")).to_be_hidden()
    items.nth(0).get_by_role("button", name="Remove").click()
    expect(items).to_have_count(1)
    desk.click("#queue-empty")
    expect(desk.locator("#queue")).to_be_hidden()
    expect(desk.locator("#queue-bar")).to_be_hidden()


def test_large_print_is_one_key_and_lasts(desk: Page) -> None:
    search(desk, "asthma arabic")
    desk.keyboard.press("Enter")
    expect(desk.locator("#results .card").first.locator(".action.print")).to_be_focused()
    desk.keyboard.press("l")
    pdf = desk.locator("#results .card").first.locator(".action.pdf")
    expect(pdf).to_have_attribute("href", "ar/asthma.large-print.pdf?v=abababab")
    expect(desk.locator("#said")).to_have_text("Large print")
    search(desk, "back pain arabic")
    expect(pdf).to_have_attribute("href", "ar/back-pain.large-print.pdf?v=abababab")
    search(desk, "back pain khmer")  # There is none.
    expect(pdf).to_have_attribute("href", "km/back-pain.standard.pdf?v=abababab")
    desk.locator("#results .card .action.print").focus()
    desk.keyboard.press("l")
    search(desk, "back pain arabic")
    expect(pdf).to_have_attribute("href", "ar/back-pain.standard.pdf?v=abababab")
    expect(desk.locator("#keys")).to_contain_text("L for large print")


# Browsing


def test_many_leaflets_are_found_by_letter(page: Page, tmp_path: Path) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    page.goto(write_invented(tmp_path).as_uri())
    letters = page.locator("#letters button")
    expect(letters.first).to_have_text("A")
    page.get_by_role("button", name="M", exact=True).click()
    expect(page.locator("#said")).to_have_text("Leaflets in English: 10")
    expect(page.locator("#results .card")).to_have_count(10)
    expect(page.locator("#more")).to_be_hidden()
    titles = page.locator("#results h2").all_inner_texts()
    assert titles == sorted(titles, key=str.casefold)
    assert {title[0] for title in titles} == {"M"}
    page.get_by_role("button", name="M", exact=True).click()
    expect(page.locator("#more")).to_be_visible()
    search(page, "gout")
    expect(page.locator("#browse")).to_be_hidden()
    # What fits on a page needs none.
    search(page, "arabic")
    expect(page.locator("#results .card")).to_have_count(8)
    expect(page.locator("#browse")).to_be_hidden()


def test_many_leaflets_are_found_by_category(page: Page, tmp_path: Path) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    rows, names = [], {}
    for number in range(30):
        one = row(f"topic-{number}", "en", f"Topic {number}")
        category = ("Eyes and ears", "Skin")[number % 2]
        rows.append(replace(one, card={**one.card, "category": category}))
        names[f"topic-{number}"] = f"Topic {number}"
    write_rack(tmp_path, shelve(rows, CLINIC, read_theme(SHIPPED), names), {})
    page.goto((tmp_path / "index.html").as_uri())
    expect(page.locator("#categories button")).to_have_text(["Eyes and ears", "Skin"])
    page.get_by_role("button", name="Skin").click()
    expect(page.locator("#results .card")).to_have_count(15)
    expect(page.get_by_role("button", name="Skin")).to_be_focused()


# Browsers as they are


@pytest.mark.parametrize(
    ("screen", "lowest"), [((320, 256), 256), ((360, 640), 640), ((1024, 700), 700)]
)
@pytest.mark.parametrize("typed", ["asthma", "asthma arabic", "asthma khmer"])
def test_print_is_within_the_first_window(
    chromium: Browser, stick: str, screen: tuple[int, int], lowest: int, typed: str
) -> None:
    context = chromium.new_context(viewport={"width": screen[0], "height": screen[1]})
    page = context.new_page()
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    page.goto(stick)
    search(page, typed)
    expect(page.locator("#results")).to_have_attribute("data-query", typed)
    box = page.locator(".action.print").bounding_box()
    assert box
    assert box["y"] + box["height"] <= lowest
    context.close()


def test_a_browser_that_prints_for_no_script_says_so_first(page: Page, stick: str) -> None:
    page.add_init_script("CSS.supports = (name) => name === '-moz-appearance';")
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    page.route("**/*.pdf*", lambda _route: None)  # It never comes.
    page.goto(stick)
    search(page, "asthma")
    page.click(".action.print")
    expect(page.locator("#printing-hint")).to_contain_text("use the printer button")


def test_a_browser_that_shows_no_pdf_opens_it(page: Page, stick: str) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'pdfViewerEnabled', {value: false});")
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    page.goto(stick)
    search(page, "asthma")
    page.click(".action.print")
    expect(page.locator("#printing-pdf")).to_be_focused()
    expect(page.locator("#printing-view > *")).to_have_count(0)


def test_a_kiosk_without_tabs_has_a_way_back(page: Page, stick: str) -> None:
    page.add_init_script(
        "const media = window.matchMedia; window.matchMedia = (query) =>"
        " query.includes('fullscreen') ? { matches: true } : media(query);"
    )
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    page.route("**/*.pdf*", lambda route: route.fulfill(status=204))
    page.goto(stick)
    search(page, "asthma arabic")
    page.click(".action.pdf")
    expect(page.locator("#printing-view embed")).to_have_count(1)
    assert len(page.context.pages) == 1
    page.locator("#printing .close").click()
    expect(page.locator("#results .card")).to_have_count(1)
