"""WCAG 2.2 AA by axe-core: the rack, its answers, and the web pages in both directions.

In light, dark and forced colours, at 200% zoom (half the CSS pixels of a ward computer), and at
320 CSS pixels, where nothing may stick out either (1.4.10).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pressroom.rack.site import write_rack

from ..conftest import Outcome
from ..support import Site
from .support import everything, row, shelf, withdrawal

Run = Callable[..., Outcome]

#: All of axe's rules, also those that it leaves to be asked for.
OPTIONS = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}

SCREENS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1024, "height": 768}},
    "dark": {"viewport": {"width": 1024, "height": 768}, "color_scheme": "dark"},
    "forced colours": {"viewport": {"width": 1024, "height": 768}, "forced_colors": "active"},
    "200%": {"viewport": {"width": 512, "height": 384}, "device_scale_factor": 2},
    "320 px": {"viewport": {"width": 320, "height": 640}},
    "320 px dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}


@pytest.fixture
def screen(chromium: Browser) -> Iterator[Callable[[str], Page]]:
    """Open an empty page on a kind of screen."""
    contexts = []

    def open_page(kind: str) -> Page:
        contexts.append(chromium.new_context(**SCREENS[kind]))
        page = contexts[-1].new_page()
        page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
        return page

    yield open_page
    for context in contexts:
        context.close()


def faults(page: Page) -> list[str]:
    """Return what axe finds, and whether the page is wider than its screen."""
    found = [
        f"{fault['id']}: {node['html'][:200]}"
        for fault in Axe().run(page, options=OPTIONS).response["violations"]
        for node in fault["nodes"]
    ]
    root = "document.documentElement"
    wider = page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")
    return [*found, *([f"sticks out by {wider} px"] if wider > 0 else [])]


def test_axe_sees_what_is_wrong(screen: Callable[[str], Page]) -> None:
    page = screen("320 px")
    page.set_content(
        "<body><p style='color:#aaa;background:#fff;width:400px'>Faint<img src='data:,'></p>"
    )
    found = " ".join(faults(page))
    for fault in ("color-contrast", "image-alt", "html-has-lang", "sticks out"):
        assert fault in found


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a rack with everything that a card may show."""
    leaflets = [
        *everything(),
        row("asthma", "ar", edition="large-print"), row("asthma", "ar", edition="booklet"),
        row("back-pain", "ar", state="draft", version="1.1"),
        row("cold", "ar", "الزكام", overdue=True),
    ]  # fmt: skip
    out = tmp_path_factory.mktemp("full")
    old = ["ar/asthma.booklet.pdf"]
    write_rack(out, shelf(leaflets, old, [withdrawal("cold", "km")], ["asthma"]), {})
    return out


@pytest.mark.parametrize("kind", SCREENS)
def test_the_rack_is_accessible(screen: Callable[[str], Page], full: Path, kind: str) -> None:
    page = screen(kind)
    page.goto((full / "index.html").as_uri())
    expect(page.locator("#results .card")).to_have_count(3)
    assert faults(page) == []
    page.locator("#drafts").check(force=True)
    page.fill("#query", "arabic")
    expect(page.locator("#results .card")).to_have_count(5)
    page.locator("details.withdrawn summary").click()
    assert faults(page) == []
    page.fill("#query", "qqqqq")
    expect(page.locator("#advice")).to_be_visible()
    assert faults(page) == []
    page.click("#language")
    assert faults(page) == []


@pytest.mark.parametrize("kind", SCREENS)
def test_the_answers_are_accessible(screen: Callable[[str], Page], full: Path, kind: str) -> None:
    page = screen(kind)
    for fragment in ("ar-1.0", "ar-0.9", "km-7"):
        page.goto((full / "c" / "asthma.html").as_uri() + f"#{fragment}")
        expect(page.locator("#answer")).to_be_visible()
        assert faults(page) == []


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mark up the web pages of the shipped topics in locales of both directions."""
    from datetime import date

    from pressroom.build.prepare import Preparer
    from pressroom.leaflet.site import read_site

    from ..support import SHIPPED

    words = read_site(SHIPPED, date(2026, 12, 1))
    out = tmp_path_factory.mktemp("pages")
    for one in Preparer(words)(sorted(words.topics), ["en", "ar"]):
        (out / f"{one.topic}.{one.locale}.html").write_text(one.web, "utf-8")
    return out


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("kind", SCREENS)
def test_the_web_pages_are_accessible(
    screen: Callable[[str], Page], pages: Path, kind: str, locale: str
) -> None:
    page = screen(kind)
    for path in sorted(pages.glob(f"*.{locale}.html")):
        page.goto(path.as_uri())
        assert faults(page) == []
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_web_page_is_a_page_of_its_own_on_paper(
    screen: Callable[[str], Page], pages: Path, tmp_path: Path
) -> None:
    import pypdf

    page = screen("dark")
    page.goto((pages / "exosome-therapy.ar.html").as_uri())
    path = tmp_path / "page.pdf"
    page.pdf(path=path, format="A4")
    text = pypdf.PdfReader(path).pages[0].extract_text()
    assert "Harbour Street Clinic" in text
    assert "All languages" not in "".join(p.extract_text() for p in pypdf.PdfReader(path).pages)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).color") == "rgb(0, 0, 0)"
    expect(page.locator(".notes").first).to_be_visible()


def test_every_part_of_a_web_page_stands_in_a_landmark(
    site: Callable[..., Site], run: Run, page: Page
) -> None:
    made = site(("en",))
    run("build", "--quiet")
    page.goto((made.out / "en" / "sore-throat.html").as_uri())
    outside = page.evaluate(
        "[...document.body.children].filter((e) => !e.matches('header, main, footer, .skip'))"
        ".map((e) => e.outerHTML)"
    )
    assert outside == []
    for link in page.locator("footer .links a").all():
        path = str(link.get_attribute("href")).split("#")[0]
        assert (made.out / "en" / path).resolve().is_file()
