"""The rack hands out nothing that is no longer true: days pass, sticks grow old, servers change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from pressroom.build.prepare import Preparer
from pressroom.content.theme import read_theme
from pressroom.core.locales import read_locale, say_date
from pressroom.leaflet.site import read_site
from pressroom.rack.site import own_file, shelve, write_rack

from ..support import SHIPPED
from .support import CLINIC, TITLES, row, withdrawal
from .test_axe import faults
from .test_search import leaflets, search

MADE = date(2026, 12, 1)
NAMES = {topic: TITLES[topic]["en"] for topic in TITLES}


def put(out: Path, rows: list, **more: object) -> Path:
    """Write a rack as of `MADE`. Give its page."""
    shelf = shelve(rows, CLINIC, read_theme(SHIPPED), NAMES, today=MADE)
    write_rack(out, replace(shelf, **more), {})  # type: ignore[arg-type]
    return out / "index.html"


def some() -> list:
    """Make up leaflets of two scripts, one of them with a second edition."""
    return [
        row("asthma", "en"), row("asthma", "ar"), row("asthma", "ar", edition="large-print"),
        row("asthma", "km"), row("back-pain", "en"), row("back-pain", "ar"),
    ]  # fmt: skip


def on(page: Page, day: str) -> None:
    """Set the browser's calendar to a day; its clocks go on."""
    page.clock.set_fixed_time(f"{day}T09:00:00")


@pytest.mark.parametrize("typed", ["asthma", "asthma arabic", "asthma khmer"])
def test_nothing_is_printed_past_its_day(page: Page, tmp_path: Path, typed: str) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    address = put(tmp_path, some()).as_uri()
    for day, prints in (("2027-11-22", True), ("2027-11-23", False), ("2029-03-01", False)):
        on(page, day)
        page.goto("about:blank")
        page.goto(address)
        search(page, typed)
        card = page.locator("#results .card")
        expect(card).to_have_count(1)
        offered = card.locator(".action.print, .action.pdf, .action.web, .action.queue")
        expect(offered).to_have_count(4 if prints else 0)
        if not prints:
            expect(card).to_contain_text("Withdrawn: out of date")
            expect(card).to_contain_text("It was to be reviewed by 22 November 2027.")
            expect(card).to_contain_text("ask for a newer one")


def test_a_day_passes_while_the_page_is_open(page: Page, tmp_path: Path) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    on(page, "2027-11-22")
    page.goto(put(tmp_path, some()).as_uri())
    search(page, "asthma arabic")
    on(page, "2027-11-23")
    page.locator(".action.print").click()
    expect(page.locator("#printing-hint")).to_contain_text("It was to be reviewed by")
    expect(page.locator("#printing-view > *")).to_have_count(0)
    expect(page.locator("#printing-pdf")).to_be_hidden()


def test_the_page_of_a_code_judges_days(page: Page, tmp_path: Path) -> None:
    put(tmp_path, some())
    address = (tmp_path / "c" / "asthma.html").as_uri()
    for day, kind, words in (
        ("2027-11-22", "good", "is current"), ("2027-11-23", "bad", "is past its review date"),
    ):  # fmt: skip
        for code in ("en", "ar", "km"):
            on(page, day)
            page.goto("about:blank")
            page.goto(f"{address}#{code}-1.0")
            expect(page.locator("#answer")).to_have_class(f"answer {kind}")
            expect(page.locator("#answer .words")).to_contain_text(words)
            link = page.locator(f"tr[data-locale={code}] a")
            expect(link).to_have_count(0 if kind == "bad" else 3 if code == "ar" else 2)


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_web_page_says_that_its_day_is_past(page: Page, tmp_path: Path, locale: str) -> None:
    words = read_site(SHIPPED, MADE)
    (one,) = Preparer(words)(["uveitis"], [locale], ["standard"])
    assert one.leaflet is not None
    last = one.leaflet.topic.review_by
    for name, text in (
        (f"{locale}/uveitis.html", one.web),
        ("rack/rack-review.js", own_file(words.theme, "rack-review.js")),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    for day, past in ((last, False), (last + timedelta(1), True), (date(2034, 1, 1), True)):
        on(page, day.isoformat())
        page.goto("about:blank")
        page.goto((tmp_path / locale / "uveitis.html").as_uri())
        line = page.locator(".overdue")
        expect(line).to_be_visible() if past else expect(line).to_be_hidden()
        expect(page.locator(".links a")).to_have_count(1 if past else 2)
    expect(line).to_contain_text(f"to be reviewed by {say_date(last, read_locale('en'))}. Do not")
    expect(line).to_contain_text(f"ask the clinic for a newer one: {CLINIC.phone}")
    assert faults(page) == []


@pytest.mark.parametrize("days", [7, 30])
def test_a_stick_says_how_old_it_is(page: Page, tmp_path: Path, days: int) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    clinic = replace(CLINIC, newer_after_days=days)
    address = put(tmp_path, some(), clinic=clinic).as_uri()
    for day, old in (("2026-12-08", False), ("2026-12-09", days == 7), ("2027-01-02", True)):
        on(page, day)
        page.goto("about:blank")
        for name in ("index.html", "c/asthma.html"):
            page.goto(address.replace("index.html", name))
            line = page.locator("#old, .old")
            expect(line).to_be_visible() if old else expect(line).to_be_hidden()
            if old:
                expect(line).to_contain_text("was made on 1 December 2026. Ask for a newer one")


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, and says nothing of it."""

    def log_message(self, *_args: object) -> None:
        """Log nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Serve the folder of a test. Give its address."""
    found = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{found.server_port}/index.html"
    found.shutdown()
    thread.join(5)
    found.server_close()


#: What happens while a page is open, and what Print says then.
HAPPENED = {
    "nothing": "",
    "changed": "it is version 1.1 now, issued 23 November 2026",
    "withdrawn": "was taken out after this page was opened",
    "older than its source": "may no longer be handed out",
    "another leaflet": "",
}


@pytest.mark.parametrize("what", HAPPENED)
def test_a_served_rack_asks_before_it_prints(
    server: str, page: Page, tmp_path: Path, what: str
) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    page.route("**/*.pdf*", lambda route: route.fulfill(status=204))
    on(page, "2026-12-02")
    put(tmp_path, some())
    page.goto(server)
    search(page, "asthma arabic")
    rest = [one for one in some() if one.made.key[:2] != ("asthma", "ar")]
    if what == "changed":
        put(tmp_path, [*rest, row("asthma", "ar", version="1.1", sha256="cd" * 32)])
    elif what == "withdrawn":
        put(tmp_path, rest, withdrawn=(withdrawal("asthma", "ar"),))
    elif what == "older than its source":
        shelf = shelve(
            some(), CLINIC, read_theme(SHIPPED), NAMES, ["ar/asthma.standard.pdf"], today=MADE
        )
        write_rack(tmp_path, shelf, {})
    elif what == "another leaflet":
        put(tmp_path, [*some(), row("sore-throat", "ar")])
    page.locator(".action.print").click()
    hint = page.locator("#printing-hint")
    if HAPPENED[what]:
        expect(hint).to_contain_text(HAPPENED[what])
        expect(page.locator("#printing-view > *")).to_have_count(0)
        # The next step: the page as it is now, with the same search.
        page.click("#printing-again")
        expect(page.locator("#query")).to_have_value("asthma arabic")
        expect(page.locator("#printing")).to_be_hidden()
    else:
        expect(page.locator("#printing-view > *")).to_have_count(1)
    expect(page.locator("#changed")).to_be_hidden()


def test_an_open_page_notices_what_changes(server: str, page: Page, tmp_path: Path) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    put(tmp_path, some())
    page.goto(server)
    page.evaluate("RackNow.look()")
    expect(page.locator("#changed")).to_be_hidden()
    for rows, withdrawn in (
        ([*some(), row("back-pain", "km")], ()),  # an approval
        ([row("asthma", "en", sha256="cd" * 32), *some()[1:]], ()),  # a change of words
        (some()[:-1], (withdrawal("back-pain", "ar"),)),
    ):
        put(tmp_path, rows, withdrawn=withdrawn)
        page.evaluate("RackNow.look()")
        expect(page.locator("#changed")).to_contain_text("changed since this page was opened")
        page.locator("#changed button").click()
        expect(page.locator("#changed")).to_be_hidden()


def test_a_server_that_does_not_answer_is_no_yes(server: str, page: Page, tmp_path: Path) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    put(tmp_path, some())
    page.goto(server)
    search(page, "asthma arabic")
    page.evaluate("() => { window.fetch = async () => { throw new TypeError(); }; }")
    page.locator(".action.print").click()
    expect(page.locator("#printing-hint")).to_contain_text("The server does not answer")
    expect(page.locator("#printing-view > *")).to_have_count(0)


def test_the_rack_says_on_which_day_it_was_made(tmp_path: Path) -> None:
    index = put(tmp_path, some()).read_text("utf-8")
    found = re.search(r'id="rack-config">(.*?)</script>', index, re.S)
    assert found
    assert json.loads(found[1])["made"] == "2026-12-01"
    assert (tmp_path / "rack" / "made.js").read_text() == (
        'const RackMade = ["2026-12-01",7,"1 December 2026"];\n'
    )


# The next patient


def test_a_shared_computer_goes_back_to_the_clinics_language(page: Page, tmp_path: Path) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    address = put(tmp_path, some()).as_uri()
    page.clock.install(time="2026-12-01T09:00:00")
    page.goto(address)
    page.click("#language")
    page.keyboard.type("arab")
    page.keyboard.press("Enter")
    search(page, "asthma")
    page.locator(".action.queue").click()
    expect(page.locator("#language-now")).to_contain_text("Arabic")
    page.clock.run_for(9 * 60_000)
    expect(page.locator("#language-now")).to_contain_text("Arabic")
    page.clock.run_for(2 * 60_000)
    expect(page.locator("#language-now")).to_have_text("English")
    expect(page.locator("#query")).to_have_value("")
    expect(page.locator("#queue-bar")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('rack.language')") is None


def test_a_clinic_may_let_no_language_be_remembered(page: Page, tmp_path: Path) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    address = put(tmp_path, some(), clinic=replace(CLINIC, language_minutes=0)).as_uri()
    page.goto(address)
    page.click("#language")
    page.keyboard.type("arab")
    page.keyboard.press("Enter")
    expect(page.locator("#language-now")).to_contain_text("Arabic")
    assert leaflets(page)[0].startswith("ar/")
    page.keyboard.press("Escape")
    expect(page.locator("#language-now")).to_have_text("English")
    assert page.evaluate("localStorage.getItem('rack.language')") is None
