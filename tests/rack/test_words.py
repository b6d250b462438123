"""The rack speaks the language of staff: `rack.po` of the locale that `rack.language` names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pressroom.content.placeholders import PLACEHOLDER, placeholders
from pressroom.content.rack_words import RackWords, english, rack_messages, read_rack_words
from pressroom.core.errors import CatalogueError
from pressroom.core.locales import read_locale
from pressroom.exchange.update import update_locale
from pressroom.leaflet.site import read_site
from pressroom.rack.site import write_rack

from ..conftest import Outcome
from ..support import SHIPPED, TODAY, Site
from .support import CLINIC, everything, row, shelf, withdrawal
from .test_axe import SCREENS, faults

Run = Callable[..., Outcome]

LOCALES = sorted(path.parent.name for path in SHIPPED.glob("locales/*/rack.po"))
#: Words that are the same in other languages: names of things.
SAME = {"PDF"}


def words_of(code: str) -> RackWords:
    """Return the words of the rack that the shipped site has in a locale."""
    return read_rack_words(SHIPPED, replace(CLINIC, rack_language=code))


def in_words_of(code: str, out: Path) -> Path:
    """Write a rack with everything that a card may show, for staff of a locale. Give its page."""
    leaflets = [
        *everything(),
        row("asthma", "ar", edition="large-print"),
        row("asthma", "ar", edition="bilingual"),
        row("back-pain", "ar", state="draft", version="1.1"),
        row("cold", "ar", "الزكام", overdue=True),
    ]  # fmt: skip
    there = shelf(leaflets, ["ar/asthma.booklet.pdf"], [withdrawal("cold", "km")], ["asthma"])
    write_rack(out, replace(there, rack=words_of(code)), {})
    return out / "index.html"


#: All that a page says, and tells readers of it: its text, and its attributes that are words.
SAID = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest("script, style, noscript")) found.push(walker.currentNode.data);
  }
  for (const element of document.body.querySelectorAll("*")) {
    for (const name of ["aria-label", "title", "placeholder", "alt"]) found.push(element.getAttribute(name) ?? "");
  }
  return found.map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""  # noqa: E501


def english_in(page: Page) -> set[str]:
    """Return what of the rack's English stands on a page."""
    said = page.evaluate(SAID)
    phrases = {
        part.strip(" .:;,()“”")
        for message in rack_messages()
        for part in PLACEHOLDER.split(message.text)[::2]
    }
    found = set()
    for phrase in phrases - SAME - {""}:
        whole = re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)")
        if any(whole.search(text) for text in said):
            found.add(phrase)
    return found


@pytest.mark.parametrize("code", LOCALES)
def test_a_draft_says_all_that_the_rack_says(code: str) -> None:
    words = words_of(code)
    assert words.locale.code == code
    for message in rack_messages():
        text = words.texts[message.context]
        assert sorted(placeholders(text)) == sorted(placeholders(message.text))
        if len(message.text) > 25:  # Short ones may be alike: PDF, Version 1.0.
            assert text != message.text, message.context


@pytest.mark.parametrize("kind", ["light", "dark", "320 px"])
@pytest.mark.parametrize("code", ["ar", "es"])
def test_the_rack_in_the_language_of_staff(
    chromium: Browser, tmp_path: Path, code: str, kind: str
) -> None:
    context = chromium.new_context(**SCREENS[kind])
    page = context.new_page()
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    texts = words_of(code).texts
    page.goto(in_words_of(code, tmp_path).as_uri())
    expect(page.locator("#results .card")).to_have_count(3)
    assert page.evaluate("[document.documentElement.lang, document.dir]") == [
        code, read_locale(code).direction,
    ]  # fmt: skip
    assert page.title().startswith(texts["title"])
    seen: list[set[str]] = []

    def look() -> None:
        assert faults(page) == []
        seen.append(english_in(page))

    look()
    page.locator("#drafts").check(force=True)
    page.fill("#query", read_locale("ar").english_name)
    expect(page.locator("#results .card")).to_have_count(5)
    page.locator("details.withdrawn summary").click()
    page.locator(".action.queue").first.click()
    look()
    page.locator(".action.print").first.click()
    expect(page.locator("#printing")).to_be_visible()
    page.locator("#printing-view embed").evaluate("(view) => view.remove()")
    look()
    page.keyboard.press("Escape")
    page.fill("#query", "qqqqq")
    expect(page.locator("#advice")).to_be_visible()
    look()
    page.click("#language")
    look()
    for fragment in ("ar-1.0", "ar-0.9", "km-7"):
        page.goto((tmp_path / "c" / "asthma.html").as_uri() + f"#{fragment}")
        expect(page.locator("#answer")).to_be_visible()
        look()
    page.goto((tmp_path / "rack" / "list.html").as_uri())
    look()
    context.close()
    assert set().union(*seen) == set()


def test_languages_are_named_as_staff_do(page: Page, tmp_path: Path) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    page.goto(in_words_of("es", tmp_path).as_uri())
    for typed in ("asma árabe", "asthma arabic", "الربو"):
        page.fill("#query", typed)
        expect(page.locator("#results .card").first).to_have_attribute("data-leaflet", "ar/asthma")
    page.click("#language")
    names = page.locator("#languages-list button").all_inner_texts()
    assert "العربية árabe" in [" ".join(name.split()) for name in names]


def test_what_is_not_translated_is_said_in_english(tmp_path: Path) -> None:
    (tmp_path / "locales" / "es").mkdir(parents=True)
    clinic = replace(CLINIC, rack_language="es")
    assert read_rack_words(tmp_path, clinic) == english()
    head = 'msgid ""\nmsgstr ""\n\n'
    title, close, pages = (
        f'msgctxt "{name}"\nmsgid "{english().texts[name]}"\nmsgstr "{text}"\n\n'
        for name, text in (("title", "Folletos"), ("close", ""), ("pages", "Páginas"))
    )
    path = tmp_path / "locales" / "es" / "rack.po"
    path.write_text(head + title + close + pages, "utf-8")
    words = read_rack_words(tmp_path, clinic)
    assert words.locale.code == "es"
    assert dict(words.texts) == {**english().texts, "title": "Folletos"}
    path.write_text(f"{head}#, fuzzy\n{title}", "utf-8")
    assert read_rack_words(tmp_path, clinic) == english()
    path.write_text("msgyd", "utf-8")
    with pytest.raises(CatalogueError):
        read_rack_words(tmp_path, clinic)


def chosen(site: Site, code: str) -> None:
    """Let the staff of a site read a language."""
    text = site.read("clinic.toml")
    site.write("clinic.toml", f'rack.language = "{code}"\n{text}')


def test_a_site_without_a_catalogue_speaks_english(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    chosen(made, "es")
    assert run("check").code == 0
    run("build", "--quiet")
    assert '<html lang="en" dir="ltr">' in (made.out / "index.html").read_text("utf-8")


def test_the_language_of_staff_is_one_of_the_site(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    chosen(made, "fr")
    refused = run("check", code=2)
    assert "the rack's language 'fr' is not among the locales" in refused.err


def test_the_words_are_translated_like_all_others(
    site: Callable[..., Site], run: Run, tmp_path: Path
) -> None:
    made = site(("en", "es", "ar"))
    run("locale", "template")
    assert not made.path("locales/rack.pot").exists()
    chosen(made, "es")
    # The draft that the engine has is taken over, and only where staff read it.
    run("locale", "update")
    assert "# DRAFT translation" in made.read("locales/es/rack.po")
    assert made.path("locales/rack.pot").is_file()
    assert not made.path("locales/ar/rack.po").exists()
    run("build", "--quiet")
    page = (made.out / "index.html").read_text("utf-8")
    assert '<html lang="es" dir="ltr">' in page
    assert "Folletos para pacientes" in page
    # One message is changed: status names it, and a translator sends it back.
    text = made.read("locales/es/rack.po")
    entry = 'msgctxt "title"\nmsgid "Patient leaflets"\n'
    assert entry in text
    made.write("locales/es/rack.po", text.replace(entry, f"#, fuzzy\n{entry}"))
    assert "locales/es/rack.po" in run("status").out
    run("build", "--quiet")
    page = (made.out / "index.html").read_text("utf-8")
    assert "Patient leaflets" in page
    exported = run("locale", "export", "es", "--topic", "rack", "--format", "csv").out
    assert "Patient leaflets" in exported
    assert "house" not in {line.split("/")[1] for line in exported.splitlines() if "es/" in line}
    sent = tmp_path / "sent.csv"
    done = exported.replace("Folletos para pacientes", "Hojas para pacientes")
    sent.write_text(done.replace('"no"', '"yes"'), "utf-8")
    assert "1 changed" in run("locale", "import", str(sent)).out
    run("build", "--quiet")
    assert "Hojas para pacientes" in (made.out / "index.html").read_text("utf-8")


def test_a_site_in_another_language_has_words_for_its_staff(site: Callable[..., Site]) -> None:
    made = site(("en", "es"))
    words = read_site(made.handouts, TODAY)
    clinic = replace(words.site.clinic, source_locale="es", rack_language="es")
    spanish = replace(words, site=replace(words.site, clinic=clinic))
    # Of the source locale, no other catalogue is there.
    (said,) = update_locale(spanish, "es")
    assert said.startswith(
        "handouts/locales/es/rack.po: {0} of {0} translated".format(len(rack_messages()))
    )
