"""The desk in a browser: a message and its place find each other, and edits come by themselves."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from pressroom.build.watch import Watcher
from pressroom.build.workers import WorkerPool
from pressroom.distribution.server.app import Place, listen, make_app, served
from pressroom.distribution.server.desk import Desk
from pressroom.distribution.server.names import hosts_of

from ...support import TODAY, Site
from .support import app_of, ask

TOPIC = "sore-throat"
REST = "Rest for 2 days."
WORK = "When can I work again?"
#: Another way to say that one should rest, by locale.
EDITED = {"en": "Rest for 2 whole days.", "ar": "استرح 2 يوم كاملين.", "km": "សូមសម្រាក 2 ថ្ងៃ។"}


class Warm(WorkerPool):
    """A worker that outlives the desks of several tests."""

    def end(self) -> None:
        """Stay: another desk is next."""


@pytest.fixture(scope="module")
def worker() -> Iterator[Warm]:
    with Warm(1, threads=True) as warm:
        yield warm


@pytest.fixture(autouse=True)
def _warm(worker: Warm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pressroom.distribution.server.desk.WorkerPool", lambda *_, **__: worker)


@contextmanager
def desk_of(site: Site, page: Page) -> Iterator[str]:
    """Serve the desk of a site to a page. Give its address."""
    desk = Desk(site.handouts, lambda: TODAY)
    place = Place(site.handouts, site.out, hosts_of("localhost"))
    app = make_app({place: desk}, lambda: TODAY)
    listening = listen("127.0.0.1", 0)
    watcher = Watcher([site.handouts], site.out, desk.changed)
    with watcher, served(app, listening, desk.close):
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/desk/"
        page.goto("about:blank")  # or it would go on listening to a server that has ended


@pytest.fixture
def made(site: Callable[..., Site]) -> Site:
    return site(("en", "ar", "km"))


def open_desk(page: Page, address: str, locale: str) -> None:
    """Open the desk of the topic in a locale. Wait for its last page: they come in any order."""
    page.set_viewport_size({"width": 1400, "height": 900})
    page.emulate_media(reduced_motion="reduce")  # What scrolls by itself cannot be clicked.
    page.goto(f"{address}{TOPIC}/{locale}")
    expect(page.locator("body")).to_have_attribute("data-version", re.compile(r"\d+"))
    expect(page.locator(".page:not([data-proof])")).to_have_count(0)
    expect(page.locator(".box").first).to_be_attached()


def message(page: Page, source: str) -> Locator:
    return page.locator(".message", has=page.locator(".source", has_text=source))


def expect_chosen(page: Page, wanted: Locator) -> None:
    """Wait until a message is the chosen one, and its boxes are the only ones that are marked."""
    expect(wanted).to_have_attribute("aria-current", "true")
    anchor = wanted.get_attribute("data-anchor")
    expect(page.locator(f'.box.chosen[data-anchor="{anchor}"]').first).to_be_attached()
    expect(page.locator(f'.box.chosen:not([data-anchor="{anchor}"])')).to_have_count(0)
    expect(page.locator(f'.box[data-anchor="{anchor}"]:not(.chosen)')).to_have_count(0)


@pytest.mark.parametrize("locale", ["en", "ar", "km"])
def test_a_message_and_its_place_find_each_other_and_edits_arrive(
    page: Page, made: Site, locale: str
) -> None:
    with desk_of(made, page) as address:
        open_desk(page, address, locale)
        # A click on a message marks its place.
        rest = message(page, REST)
        rest.click()
        expect_chosen(page, rest)
        expect(page.locator(".box.chosen").first).to_be_in_viewport()
        # A click on the page finds the message.
        urgent = message(page, "You find it hard to breathe.")
        target = page.locator(f'.box[data-anchor="{urgent.get_attribute("data-anchor")}"]').first
        target.scroll_into_view_if_needed()
        at = target.bounding_box()
        assert at is not None
        page.mouse.click(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
        expect(urgent).to_have_attribute("aria-current", "true")
        expect(urgent).to_be_focused()
        # An edit is on the page without a reload.
        page.evaluate("window.stillHere = true")
        proof = page.locator(".page").first.get_attribute("data-proof")
        address_before = page.locator(".page img").first.get_attribute("src")
        if locale == "en":
            made.edit(f"topics/{TOPIC}/topic.md", REST, EDITED["en"])
        else:
            made.change(f"{locale}/{TOPIC}", REST, text=EDITED[locale])
        expect(page.locator(".message .text", has_text=EDITED[locale])).to_be_visible()
        expect(page.locator(".page").first).not_to_have_attribute("data-proof", proof or "")
        expect(page.locator(".page img").first).not_to_have_attribute("src", address_before or "")
        assert page.evaluate("window.stillHere") is True
        expect(urgent).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("locale", ["ar", "km"])
def test_findings_stand_at_their_message_and_go_with_what_was_wrong(
    page: Page, made: Site, locale: str
) -> None:
    made.change(f"{locale}/{TOPIC}", WORK, text="")
    made.change(f"{locale}/{TOPIC}", REST, fuzzy=True, previous="Rest for 3 days.")
    right = made.read(f"locales/{locale}/{TOPIC}.po")
    made.change(f"{locale}/{TOPIC}", REST, text=EDITED[locale].replace("2", "5"), fuzzy=False)
    with desk_of(made, page) as address:
        open_desk(page, address, locale)
        wrong = message(page, REST)
        expect(wrong.locator(".findings .error")).to_contain_text("write the quantities of")
        missing = message(page, WORK)
        expect(missing.locator(".tag")).to_have_text("missing")
        expect(missing.locator(".none")).to_have_text("Not translated yet")
        expect(page.locator(".box.missing").first).to_be_attached()
        expect(page.locator("#language")).to_contain_text("withheld")
        page.locator("#next").click()
        expect(wrong).to_have_attribute("aria-current", "true")
        page.keyboard.press("n")
        expect(missing).to_have_attribute("aria-current", "true")
        made.write(f"locales/{locale}/{TOPIC}.po", right)
        expect(wrong.locator(".tag")).to_have_text("fuzzy: check again")
        expect(wrong.locator(".previous")).to_contain_text("Rest for 3 days.")
        expect(wrong.locator(".findings")).to_have_count(0)
        expect(page.locator(".box.fuzzy").first).to_be_attached()


def test_the_keyboard_is_enough(page: Page, made: Site) -> None:
    with desk_of(made, page) as address:
        open_desk(page, address, "ar")
        messages = page.locator(".message")
        page.keyboard.press("j")
        page.keyboard.press("ArrowDown")
        expect(messages.nth(2)).to_be_focused()
        page.keyboard.press("k")
        expect(messages.nth(1)).to_be_focused()
        expect_chosen(page, messages.nth(1))
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        expect(messages.nth(0)).to_be_focused()


@pytest.mark.parametrize("locale", ["ar", "km"])
def test_pages_come_in_any_order_and_each_with_its_mark(
    page: Page, made: Site, locale: str
) -> None:
    made.write("styles/site.css", ".back-matter { break-before: page }")
    held: dict[str, list[Route]] = {"1": [], "2": []}
    freed: set[str] = set()

    def hold(route: Route) -> None:
        number = route.request.url.split(".png")[0][-1]
        route.continue_() if number in freed else held[number].append(route)

    def release(number: str) -> None:
        freed.add(number)
        for route in held[number]:
            route.continue_()

    page.route("**/*.png*", hold)
    with desk_of(made, page) as address:
        page.goto(f"{address}{TOPIC}/{locale}")
        chosen = page.locator(".message").nth(1)
        expect(chosen).to_be_visible()
        page.keyboard.press("j")
        expect(chosen).to_be_focused()
        release("1")
        expect(page.locator(".page").first).to_have_attribute("data-proof", re.compile("."))
        expect_chosen(page, chosen)
        expect(page.locator(".page").nth(1)).not_to_have_attribute("data-proof", re.compile("."))
        release("2")
        expect(page.locator(".page").nth(1)).to_have_attribute("data-proof", re.compile("."))
        expect_chosen(page, chosen)


def test_words_that_break_are_said_and_the_last_page_stays(page: Page, made: Site) -> None:
    right = made.read(f"locales/ar/{TOPIC}.po")
    with desk_of(made, page) as address:
        open_desk(page, address, "ar")
        proof = page.locator(".page").first.get_attribute("data-proof") or ""
        made.write(f"locales/ar/{TOPIC}.po", "nonsense")
        expect(page.locator("#problems")).to_contain_text("sore-throat.po:1: this is not a PO file")
        expect(page.locator(".page").first).to_have_attribute("data-proof", proof)
        expect(message(page, REST)).to_be_visible()
        made.write(f"locales/ar/{TOPIC}.po", right)
        expect(page.locator("#problems")).to_be_hidden()


def test_the_list_leads_to_each_desk(page: Page, made: Site) -> None:
    made.change(f"ar/{TOPIC}", WORK, text="")
    with desk_of(made, page) as address:
        page.goto(address)
        page.get_by_label("Language").fill("arab")
        row = page.locator("details[open] li")
        expect(row).to_contain_text("1 missing")
        expect(page.locator("details:visible")).to_have_count(1)
        assert violations(page) == []
        row.get_by_role("link", name="Sore throat").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sore throat")
        expect(page.locator(".page[data-proof]").first).to_be_attached()


def violations(page: Page) -> list[str]:
    """Return what axe finds."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


@pytest.mark.parametrize(("locale", "scheme"), [("ar", "light"), ("km", "dark")])
def test_axe_finds_nothing(page: Page, made: Site, locale: str, scheme: str) -> None:
    made.change(f"{locale}/{TOPIC}", WORK, text="")
    made.change(f"{locale}/{TOPIC}", REST, fuzzy=True, previous="Rest for 3 days.")
    made.change(f"{locale}/{TOPIC}", "Rest and drink enough.", text=EDITED[locale])
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    with desk_of(made, page) as address:
        open_desk(page, address, locale)
        page.keyboard.press("j")
        assert violations(page) == []


# Who may look


@pytest.fixture
def app(made: Site) -> ASGIApp:
    return app_of(made.folder, hosts_of("0.0.0.0"))


@pytest.mark.parametrize("path", ["", "locales", "progress/ar", f"{TOPIC}/ar", f"{TOPIC}/ar/state"])
def test_the_desk_is_for_this_machine_alone(app: ASGIApp, path: str) -> None:
    assert ask(app, f"/desk/{path}", headers={"host": "10.0.0.7:8000"}).status == 403
    there = ask(app, f"/desk/{path}", client="10.0.0.9")
    assert there.status == 403
    assert b"sore" not in there.body


@pytest.mark.parametrize(
    "path",
    [f"{TOPIC}/../ar", "../x/ar/state", f"{TOPIC}/ar/1.pdf", f"{TOPIC}/a r/state", "progress/xx",
     f"{TOPIC}/ar/0.png", f"{TOPIC}/ar/99.png", f"{TOPIC}/ar/-1.png"],
)  # fmt: skip
def test_there_is_nothing_else_on_the_desk(made: Site, path: str) -> None:
    desk = Desk(made.handouts, lambda: TODAY)
    try:
        assert ask(app_of(made.folder, desk=desk), f"/desk/{path}").status == 404
    finally:
        desk.close()


def test_a_worker_that_dies_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # A worker of its own.
    desk = Desk(tmp_path, lambda: TODAY)

    async def work() -> None:
        with pytest.raises(HTTPException, match="The typesetter crashed"):
            await desk._work(partial(os._exit, 3))
        assert await desk._work(partial(int, "7")) == 7

    try:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, work()).result()
    finally:
        desk.close()


def test_a_change_concerns_only_what_depends_on_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, lambda: TODAY)
    root = tmp_path.resolve()
    concerned = {
        "locales/ar/asthma.po": True, "locales/ar/house.po": True, "locales/ar/cold.po": False,
        "locales/km/asthma.po": False, "locales/ar/glossary.tsv": True, "clinic.toml": True,
        "topics/asthma/topic.md": True, "topics/asthma/figures/a.svg": True, "styles/x.css": True,
        "topics/cold/topic.md": False, "house/disclaimers.md": True, "locales/ar": True,
    }  # fmt: skip
    assert {name: desk._concerns(root / name, "asthma", "ar") for name in concerned} == concerned
    assert desk._concerns(Path("/elsewhere/templates/leaflet.html"), "asthma", "ar")
