"""What a nurse does: from a search to the browser's print dialog, from a file and from a server.

In Chromium with windows, which shows its real print dialog, on a screen in memory.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pressroom.distribution.server.app import listen, served

from ..conftest import CHROMIUM, Outcome
from ..distribution.server.support import app_of
from ..support import NAME, Site, approve, make_site, until

Run = Callable[..., Outcome]

#: Chromium's PDF viewer says this of itself in pages that are files; it works all the same.
OF_THE_VIEWER = "Failed to execute 'postMessage' on 'DOMWindow': The target origin provided"


@pytest.fixture(scope="module")
def window(chromium: Browser, chromium_path: str) -> Iterator[Browser]:
    """Start a Chromium with windows."""
    args = [*CHROMIUM, "--ozone-platform=headless"]
    started = chromium.browser_type.launch(executable_path=chromium_path, headless=False, args=args)
    yield started
    started.close()


@pytest.fixture
def desk(window: Browser) -> Iterator[Page]:
    """Sit down at a ward computer. What its browser says is wrong fails the test."""
    context = window.new_context(viewport={"width": 1024, "height": 700})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert [said for said in problems if not said.startswith(OF_THE_VIEWER)] == []


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for a clinic that is built once."""
    return tmp_path_factory.mktemp("clinic")


@pytest.fixture
def made(clinic: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a clinic: approved leaflets in three languages, and a draft in a fourth."""
    if not (clinic / "dist").exists():
        monkeypatch.chdir(clinic)
        make_site(clinic, ("en", "ar", "km", "es"))
        for code in ("en", "ar", "km"):
            approve(run, code)
        run("build", "--quiet")
    shutil.copytree(clinic, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return Site(tmp_path)


def print_dialogs(window: Browser) -> int:
    """Count the print dialogs that show a PDF."""
    session = window.new_browser_cdp_session()
    targets = session.send("Target.getTargets")["targetInfos"]
    session.detach()
    dialogs = [one for one in targets if one["url"].startswith("chrome://print")]
    pages = [one for one in targets if one["url"].startswith("chrome-untrusted://print")]
    return min(len(dialogs), len(pages))


def find_and_print(desk: Page, window: Browser, address: str, typed: str, code: str) -> None:
    """Type, press Enter twice, and look at what opens."""
    desk.goto(address)
    until(lambda: print_dialogs(window) == 0)  # That of the last page has gone.
    desk.keyboard.type(typed)
    card = desk.locator("#results .card").first
    expect(card).to_have_attribute("data-leaflet", f"{code}/{NAME}")
    desk.keyboard.press("Enter")
    expect(card.locator(".action.print")).to_be_focused()
    desk.keyboard.press("Enter")
    shown = desk.locator("#printing-view embed")
    expect(shown).to_be_visible()
    expect(shown).to_have_attribute("src", re.compile(rf"^{code}/{NAME}\.standard\.pdf\?v="))
    # Chromium asks for a printer, with the pages in sight.
    until(lambda: print_dialogs(window) > 0)


def test_a_nurse_prints_a_leaflet_in_every_way(made: Site, window: Browser, tmp_path: Path) -> None:
    """In English, Arabic and Khmer; from a stick, and from the department's server."""
    ways = [("sore throat", "en"), ("sore throat arabic", "ar"), ("ឈឺបំពង់ក", "km")]
    listening = listen("localhost", 0)
    server = f"http://localhost:{listening.getsockname()[1]}/"
    with served(app_of(tmp_path), listening):
        for address in ((made.out / "index.html").as_uri(), server):
            for typed, code in ways:
                # A page that is printing takes no more orders: a new one each time.
                context = window.new_context(viewport={"width": 1024, "height": 700})
                find_and_print(context.new_page(), window, address, typed, code)
                context.close()


def test_what_is_no_leaflet_for_patients_is_not_printed(desk: Page, made: Site, run: Run) -> None:
    desk.goto((made.out / "index.html").as_uri())
    desk.fill("#query", "spanish")
    # The leaflet in English is offered in its place.
    expect(desk.locator("#hidden-count")).to_have_text("Hidden drafts: 1")
    card = desk.locator("#results .card")
    expect(card).to_contain_text("Only a draft in Spanish")
    expect(card).to_have_attribute("data-leaflet", f"en/{NAME}")
    desk.click("#show-drafts")
    expect(card).to_have_attribute("data-leaflet", f"es/{NAME}")
    expect(card).to_contain_text("Draft: not for patients")
    expect(card.locator(".action.print")).to_have_count(0)
    expect(card.locator(".action.pdf")).to_have_attribute(
        "href", re.compile(r"/sore-throat\.standard\.draft\.pdf\?v=")
    )
    # It is remembered that drafts are shown.
    desk.reload()
    desk.fill("#query", "spanish")
    expect(card).to_have_count(1)

    made.change("km/sore-throat", "Rest for 2 days.", fuzzy=True)
    run("withdraw", NAME, "ar", "--because", "the dose is wrong")
    run("build", "--quiet")
    desk.reload()
    desk.fill("#query", "khmer")
    expect(card).to_contain_text("Older than its source: do not hand out")
    expect(card.locator(".action.print")).to_have_count(0)
    desk.locator("details.withdrawn summary").click()
    expect(desk.locator("details.withdrawn li")).to_contain_text("Arabic")
    expect(desk.locator("details.withdrawn li")).to_contain_text("the dose is wrong")

    run("build", "--locale", "en", today="2027-12-01")
    desk.reload()
    desk.fill("#query", "english")
    expect(card).to_contain_text("Withdrawn: out of date")
    expect(card.locator(".action.print, .action.pdf, .action.web")).to_have_count(0)


def test_the_keyboard_alone_is_enough(desk: Page, made: Site) -> None:
    desk.goto((made.out / "index.html").as_uri())
    query = desk.locator("#query")
    expect(query).to_be_focused()
    desk.keyboard.type("throat")
    desk.keyboard.press("ArrowDown")
    expect(desk.locator(".action.print")).to_be_focused()
    desk.keyboard.press("ArrowUp")
    expect(query).to_be_focused()
    desk.keyboard.press("Tab")
    expect(desk.locator("#language")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.keyboard.type("العر")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(query).to_be_focused()
    card = desk.locator("#results .card").first
    expect(card).to_have_attribute("data-leaflet", f"ar/{NAME}")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Escape")
    expect(query).to_be_focused()
    desk.keyboard.press("Escape")
    expect(query).to_have_value("")
    desk.locator("#drafts").focus()
    desk.keyboard.press("/")
    expect(query).to_be_focused()
    expect(query).to_have_value("")


def test_a_card_shows_what_staff_need(desk: Page, made: Site) -> None:
    desk.goto((made.out / "index.html").as_uri())
    desk.fill("#query", "arabic")
    card = desk.locator("#results .card").first
    for text in ("التهاب الحلق", "Sore throat", "العربية", "Arabic", "Version 1.0",
                 "issued 23 November 2026", "review by 22 November 2027", "page"):  # fmt: skip
        expect(card).to_contain_text(text)
    assert card.locator("img").evaluate("(img) => img.decode().then(() => img.naturalWidth)") == 240
    for link in card.locator("a").all():
        path = str(link.get_attribute("href")).split("?")[0].split("#")[0]
        assert (made.out / path).is_file(), path
    expect(card.locator(".action.source")).to_have_text("English copy")
    expect(card.locator(".action.source")).to_have_attribute("href", re.compile(f"^en/{NAME}\\."))


ANSWERS = [
    ("ar-1.0", "good", "Version 1.0 in العربية · Arabic is current."),
    ("ar-0.9", "bad", "Version 0.9 in العربية · Arabic is out of date: the current one is 1.0, "
                      "of 23 November 2026. Do not use it."),
    ("es-1.0", "bad", "Version 1.0 in Español · Spanish is a draft. It is not for patients."),
    ("km-%E2%9C%93", "bad", "Version ✓ in ខ្មែរ · Khmer is out of date: the current one is 1.0, "
                            "of 23 November 2026. Do not use it."),
    ("zz-1.0", "", ""), ("ar", "", ""), ("%", "", ""), ("%ff-1", "", ""),
    ("", "", ""),
]  # fmt: skip


def test_the_code_on_paper_leads_to_an_answer(desk: Page, made: Site, run: Run) -> None:
    address = (made.out / "c" / f"{NAME}.html").as_uri()
    desk.goto(address)
    box = desk.locator("#answer")
    for fragment, kind, words in ANSWERS:
        desk.evaluate("(fragment) => { location.hash = fragment; }", fragment)
        if not kind:
            expect(box).to_be_hidden()
            continue
        expect(box.locator(".words")).to_have_text(words)
        expect(box).to_have_class(f"answer {kind}")
    run("withdraw", NAME, "ar", "--because", "the dose is wrong")
    desk.goto("about:blank")
    desk.goto(f"{address}#ar-1.0")
    expect(box.locator(".words")).to_have_text(
        "This leaflet in العربية · Arabic was withdrawn on 1 December 2026: "
        "the dose is wrong. Do not use it."
    )
