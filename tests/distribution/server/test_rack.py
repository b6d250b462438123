"""The rack as a nurse has it from the server: found, shown, and on a printer of the clinic."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pressroom.distribution.server.app import listen, served

from ...conftest import invoke
from ...cups import Cups, running_cups
from ...rack.support import row, write
from ...support import Site, prints_of
from .support import app_of
from .test_desk import violations


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def made(approved_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    shutil.copytree(approved_site, tmp_path / "site")
    monkeypatch.chdir(tmp_path / "site")
    return Site(tmp_path / "site")


@pytest.fixture
def cups(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cups]:
    with running_cups() as started:
        monkeypatch.setenv("CUPS_SERVER", str(started.folder / "socket"))
        yield started


@pytest.fixture
def rack(made: Site, page: Page) -> Iterator[str]:
    page.set_viewport_size({"width": 1024, "height": 768})
    listening = listen("127.0.0.1", 0)
    with served(app_of(made.folder), listening):
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        page.goto("about:blank")


@pytest.mark.parametrize(("locale", "query"), [("en", "throat"), ("ar", "الحلق"), ("km", "បំពង់ក")])
def test_a_leaflet_is_found_and_printed_on_a_printer_of_the_clinic(
    page: Page, made: Site, rack: str, cups: Cups, locale: str, query: str
) -> None:
    cups.add("front-desk")
    cups.add("ward_3")
    page.goto(rack)
    page.locator("#query").fill(query)
    card = page.locator(f'.card[data-leaflet="{locale}/sore-throat"]')
    card.get_by_role("button", name="Clinic printer").click()
    dialog = page.locator("#print-dialog")
    expect(dialog.get_by_role("button", name="Print")).to_be_enabled()
    dialog.get_by_label("Printer").select_option("ward_3")
    dialog.get_by_label("Copies").fill("2")
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("status")).to_have_text("Sent to ward_3 as job ward_3-1. Copies: 2.")
    pdf, (_, copies, options) = cups.arrived("ward_3-1")
    assert pdf == (made.out / f"{locale}/sore-throat.standard.pdf").read_bytes()
    assert copies == "2"
    assert "sides=two-sided-long-edge" in options
    # The printer and the copies are remembered.
    page.reload()
    page.locator("#query").fill(query)
    card.get_by_role("button", name="Clinic printer").click()
    expect(dialog.get_by_label("Printer")).to_have_value("ward_3")
    expect(dialog.get_by_label("Copies")).to_have_value("2")


@pytest.mark.parametrize("locale", ["en", "ar", "km"])
def test_the_rack_s_own_print_is_counted_and_recalled(
    page: Page, made: Site, rack: str, locale: str
) -> None:
    page.route("**/*.pdf*", lambda route: route.fulfill(status=204))
    page.goto(rack)
    page.locator("#query").fill({"en": "throat", "ar": "الحلق", "km": "បំពង់ក"}[locale])
    with page.expect_response("**/_serve/printed") as answered:
        page.locator(f'.card[data-leaflet="{locale}/sore-throat"] .action.print').click()
    assert answered.value.status == 200
    sent = json.loads(answered.value.request.post_data or "")
    assert sent.keys() == {"topic", "locale", "edition", "mark"}
    (job,) = prints_of(made)
    assert {name: job[name] for name in sent} == sent
    assert (job["copies"], job["printer"]) == (1, "a printer of a PC's own")
    assert job["sha256"] == sha256((made.out / f"{locale}/sore-throat.standard.pdf").read_bytes())
    made.write("withdrawn.toml", f'[[withdrawn]]\ntopic = "sore-throat"\nlocale = "{locale}"\n'
               'date = 2026-11-01\nbecause = "wrong"\n')  # fmt: skip
    assert "1 copy printed here" in invoke("recall", "sore-throat").out


def test_prints_are_not_counted_where_the_clinic_says_so(page: Page, made: Site, rack: str) -> None:
    made.write("clinic.toml", made.read("clinic.toml") + "\n[serve]\ncount_prints = false\n")
    page.route("**/*.pdf*", lambda route: route.fulfill(status=204))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(rack)
    page.locator('.card[data-leaflet="en/sore-throat"] .action.print').click()
    page.locator("#printing .close").click()
    assert not [url for url in asked if "printed" in url or "count.js" in url]
    assert prints_of(made) == []


def test_the_policy_lets_the_browser_show_and_print_a_pdf(page: Page, rack: str) -> None:
    """The viewer itself is Chromium's: what a policy forbids is never asked for."""
    page.route("**/*.pdf*", lambda route: route.fulfill(status=204))
    page.goto(rack)
    with page.expect_request("**/en/sore-throat.standard.pdf*"):
        page.locator('.card[data-leaflet="en/sore-throat"] .action.print').click()


def test_without_printers_the_nurse_is_told_why(
    page: Page, made: Site, rack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUPS_SERVER", str(made.folder / "none"))
    page.goto(rack)
    page.get_by_role("button", name="Clinic printer").first.click()
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("CUPS is not running")
    expect(page.locator(".print-go")).to_be_disabled()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#print-dialog")).to_be_hidden()


def test_a_nurse_reads_why_the_server_refuses(page: Page, rack: str) -> None:
    why = 'This server does not know the name "ward3".'
    page.route(
        "**/_serve/printers", lambda route: route.fulfill(body=why, content_type="text/plain")
    )
    page.goto(rack)
    page.get_by_role("button", name="Clinic printer").first.click()
    said = page.get_by_role("dialog").get_by_role("status")
    expect(said).to_have_text(why)
    page.get_by_role("button", name="Close").click()
    page.route(
        "**/_serve/printers", lambda route: route.fulfill(body="<p>", content_type="text/html")
    )
    page.get_by_role("button", name="Clinic printer").first.click()
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text(
        "The web server before"
    )


def test_a_draft_has_no_button_that_prints(page: Page, rack: str) -> None:
    page.goto(rack)
    page.locator("#drafts").check(force=True)
    page.locator("#query").fill("garganta")
    card = page.locator('.card[data-leaflet="es/sore-throat"]')
    expect(card).to_be_visible()
    expect(card.locator(".cups")).to_have_count(0)


@pytest.mark.parametrize("locale", ["ar", "km"])
def test_only_the_sheets_of_a_booklet_go_to_a_printer(
    page: Page, made: Site, rack: str, locale: str
) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    write(made.out, [row("asthma", locale, edition="booklet")])
    page.goto(rack)
    page.locator("#query").fill({"ar": "arabic", "km": "khmer"}[locale])
    card = page.locator(f'.card[data-leaflet="{locale}/asthma"]')
    expect(card.locator(".action.reader")).to_be_visible()
    expect(card.locator(".cups")).to_have_count(1)


@pytest.mark.parametrize("locale", ["en", "ar", "km"])
def test_web_pages_keep_their_style_behind_the_policy(page: Page, rack: str, locale: str) -> None:
    page.goto(f"{rack}{locale}/sore-throat.html")
    size = page.locator(".notice").first.evaluate("one => getComputedStyle(one).fontSize")
    assert float(size.removesuffix("px")) >= 12
    accent = page.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--accent')"
    )
    assert accent.strip() == "#0b4f6c"
