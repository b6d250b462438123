"""Elements of a topic as leaflets have them: what stands in the HTML, and who fills what in."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from pressroom.content.catalogue.merge import merge
from pressroom.content.catalogue.po import Catalogue, read_catalogue, write_catalogue
from pressroom.content.catalogue.pseudo import PSEUDO
from pressroom.content.theme import packaged
from pressroom.core.locales import read_locale
from pressroom.core.model import Finding, Leaflet, plain
from pressroom.leaflet.html import mark_up
from pressroom.leaflet.notices import signs_of_notes
from pressroom.leaflet.site import read_site
from pressroom.review.review_copy import reading_copy

from ..support import HEADER, SHIPPED, TODAY, TOPIC, TRANSLATIONS, Site

Make = Callable[..., Site]
Run = Callable[..., object]

HEAD = TOPIC.split("---\n\n", 1)[0] + "---\n\n"
URGENT = "::: urgent\n- You find it hard to breathe.\n:::\n\n"
NAME = "sore-throat"


def topic(body: str) -> dict[str, str]:
    return {NAME: f"{HEAD}{URGENT}{body}\n"}


def leaflet_of(made: Site, code: str = "en", clinic: str = "") -> Leaflet:
    words = read_site(made.handouts, TODAY, clinic)
    translation = words.translation(words.topics[NAME], code, words.locale_words(code))
    assert translation.leaflet is not None, translation.findings
    return translation.leaflet


def shown(leaflet: Leaflet) -> list[str]:
    """Return what a leaflet shows of its topic below the urgent box."""
    return [
        plain(leaflet.words[m.anchor]) for m in leaflet.topic.messages
        if m.context not in ("front-matter", "lead")
    ] or [plain(leaflet.words[m.anchor]) for m in leaflet.topic.messages[6:]]  # fmt: skip


def html_of(made: Site, code: str = "en", template: str = "", css: Path | None = None) -> str:
    words = made.words()
    style = css.read_text(encoding="utf-8") if css else ""
    more = {
        "style": style,
        "pdf": "",
        "all_languages": "All languages",
        "overdue": "",
        "interface": leaflet_of(made).locale,
    }
    return mark_up(leaflet_of(made, code), words.site.clinic, words.theme, template, more)


def translated(made: Site, code: str, texts: dict[str, str], name: str = NAME) -> None:
    """Write a catalogue with these texts by their source."""
    words, known = made.words(), {**texts, **TRANSLATIONS[code]}
    messages = (
        words.snippet_messages if name == "snippets"
        else [m for m in words.topics[name].messages if not m.shared]
    )  # fmt: skip
    old = read_catalogue(made.path(f"locales/{code}/{name}.po"))
    merged = merge(replace(old, header=old.header or {**HEADER, "Language": code}), messages)
    entries = {
        key: replace(entry, text=entry.text or known.get(entry.source, ""))
        for key, entry in merged.entries.items()
    }
    path = made.path(f"locales/{code}/{name}.po")
    write_catalogue(path, Catalogue(str(path), entries, {}, merged.header))


def house(made: Site, code: str, text: str, said: str, context: str) -> None:
    path = made.path(f"locales/{code}/house.po")
    entry = f'\nmsgctxt "{context}"\nmsgid "{text}"\nmsgstr "{said}"\n'
    path.write_text(path.read_text(encoding="utf-8") + entry, encoding="utf-8")


def in_arabic(made: Site) -> Site:
    """Add Arabic to a site, without any of its topic."""
    made.edit("clinic.toml", 'locales = ["en"]', 'locales = ["en", "ar"]')
    made.path("locales/ar").mkdir()
    shutil.copyfile(SHIPPED / "locales/ar/house.po", made.path("locales/ar/house.po"))
    return made


def findings_of(made: Site, code: str = "en", clinic: str = "") -> list[Finding]:
    words = read_site(made.handouts, TODAY, clinic)
    return list(words.translation(words.topics[NAME], code, words.locale_words(code)).findings)


def test_elements_stand_in_the_page(site: Make) -> None:
    made = site(("en",), topic(
        "## A {#a}\n\n3. x^th^\n4. y[^n]\n\nINR\n: A test.\n\nName: {blank}\\\nDate:\n\n"
        "| a | b |\n|---|--:|\n| c | 2 mg |\n\n::: tip\nRest.\n:::\n\n[^n]: Of y."
    ))  # fmt: skip
    for template in ("leaflet.html", "leaflet-web.html"):
        html = re.sub(r' (?:id|lang|dir)="[^"]*"', "", html_of(made, template=template))
        html = re.sub(r">\s+<", "><", html)
        assert 'start="3" style="counter-reset:list-item 2"' in html
        assert "x<sup>th</sup>" in html
        assert 'y<a class="note" href="#msg-footnotes-1">¹</a>' in html
        assert 'Name: <img class="blank" src=\'data:image/svg+xml,' in html
        assert 'alt="line to write on"><br>Date:' in html
        assert '<thead><tr><th scope="col">' in html
        assert '<td class="align-end short">' in html
        assert '<div class="callout callout-tip">' in html
    assert "<dt><span>INR</span></dt><dd><span>A test.</span></dd>" in re.sub(
        r' id="[^"]*"', "", html_of(made)
    ).replace("\n", "")
    assert 'class="table" tabindex="0"' in html_of(made, template="leaflet-web.html")


WIDE = """| Medicine | Morning | Noon | Evening | Night | How to take it |
|:--|--:|--:|--:|--:|:--|
| Paracetamol | 500 mg | 500 mg | 500 mg | 500 mg | with a glass of water |
"""


@pytest.mark.parametrize("code", ["en", "ar"])
def test_a_wide_table_is_scrolled_on_a_phone_and_nothing_is_cut(
    site: Make, page: Page, code: str
) -> None:
    boxes = "::: warning\nCall {phone} now.\n:::\n\nName: {blank}\n\nINR\n: A test.[^a]"
    body = f"4. Rest.\n\n{boxes}\n\n::: checklist\n- A card.\n:::\n\n{WIDE}\n[^a]: Of blood."
    made = in_arabic(site(("en",), topic(body)))
    translated(made, "ar", dict.fromkeys(texts_of(made), "كلمات"))
    for source in ("Call {phone} now.", "Name: {blank}", "A test.[^a]"):
        sign = re.findall(r"\{\w+\}|\[\^a\]", source)[0]
        made.change(f"ar/{NAME}", source, text=f"كلمات {sign}")
    for source in ("Paracetamol", "500 mg"):
        made.change(f"ar/{NAME}", source, text=source)
    page.set_viewport_size({"width": 360, "height": 640})
    page.set_content(html_of(made, code, "leaflet-web.html", packaged("styles") / "web.css"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    table = page.locator(".table")
    assert table.evaluate("e => e.scrollWidth > e.clientWidth")
    assert page.locator("ol").first.evaluate("e => e.start") == 4
    cut = page.locator("td, th").evaluate_all(
        "cells => cells.filter(c => c.scrollWidth > c.clientWidth).length"
    )
    assert cut == 0
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [fault["id"] for fault in found] == []


def texts_of(made: Site) -> list[str]:
    return [message.text for message in made.words().topics[NAME].messages]


def test_footnotes_have_signs_of_the_language(site: Make) -> None:
    made = in_arabic(site(("en",), topic("A.[^a] B.[^b]\n\n[^a]: Note a.\n\n[^b]: Note b.")))
    translated(made, "ar", {"A.[^a] B.[^b]": "ألف.[^a] باء.[^b]", "Note a.": "حاشية أ.",
                            "Note b.": "حاشية ب."})  # fmt: skip
    assert shown(leaflet_of(made)) == ["Note a.", "Note b."]
    assert plain(leaflet_of(made).words["msg-lead-2"]) == "A.¹ B.²"
    arabic = leaflet_of(made, "ar")
    assert plain(arabic.words["msg-lead-2"]) == "ألف.¹ باء.²"
    assert "ol { list-style-type: decimal }" in html_of(made, "ar", "leaflet-web.html")
    # CLDR writes Arabic in western digits, Persian in its own.
    signs = signs_of_notes(arabic.topic, read_locale("fa"))
    assert [sign.text for sign in signs.values()] == ["(۱)", "(۲)"]
    made.change(f"ar/{NAME}", "A.[^a] B.[^b]", text="ألف. باء.[^b]")
    (said,) = [f.message for f in findings_of(made, "ar") if f.code == "markup-mismatch"]
    assert "the marks of notes differ ([^a])" in said


def test_a_translation_with_markup_that_nothing_reads_fails(site: Make) -> None:
    made = site(("en", "ar"), topic("Rest."))
    translated(made, "ar", {"Rest.": "استرح ~~غدا~~ اليوم."})
    (said,) = [f for f in findings_of(made, "ar") if f.code == "markup-unread"]
    assert said.severity == "error"
    assert said.where.endswith(f"ar/{NAME}.po:{_line(made, 'Rest.')}")


def _line(made: Site, source: str) -> int:
    text = made.read(f"locales/ar/{NAME}.po").split("\n")
    return text.index(f'msgid "{source}"') + 1


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Call 020 910 0142.", "phone"),
        ("Call (020) 910-0199 at night.", "urgent_number"),
        ("Call +44 20 910 0142.", "phone"),
        ("Please call 112 now.", "emergency_number"),
        ("Ring 020 910 0155.", "nurse"),
        ("Take 112 mg.", ""),
        ("Call 020 910 0143.", ""),
        ("Call {phone}.", ""),
    ],
)
def test_a_number_of_the_clinic_is_told_its_placeholder(site: Make, words: str, name: str) -> None:
    own = '[placeholders]\nnurse = "020 910 0155"\n\n[approvals]'
    made = site(("en",), topic(words), {"[approvals]": own})
    said = [f for f in findings_of(made) if f.code == "markup-unread"]
    assert [f.severity for f in said] == ["warning"] * bool(name)
    assert all(f"write {{{name}}}" in f.message for f in said)


CLINICS = {
    "north": (
        'name = "North"\n\n[placeholders]\nnurse = "the asthma nurse"\nnurse_phone = "555 123"\n'
    ),
    "south": 'name = "South"\n\n[placeholders]\nnurse = "Mrs South"\n',
}  # fmt: skip


def clinics(made: Site) -> Site:
    for name, text in CLINICS.items():
        made.write(f"clinics/{name}.toml", text)
    return made


def test_each_clinic_fills_its_own_placeholders(site: Make) -> None:
    own = '[placeholders]\nnurse = "our nurse"\nnurse_phone = "555 000"\n\n[approvals]'
    body = "Ask {nurse} at {nurse_phone}."
    made = clinics(in_arabic(site(("en",), topic(body), {"[approvals]": own})))
    translated(made, "ar", {body: "اسأل {nurse} على {nurse_phone}."})
    assert plain(leaflet_of(made).words["msg-lead-2"]) == "Ask our nurse at 555 000."
    assert plain(leaflet_of(made, clinic="north").words["msg-lead-2"]) == (
        "Ask the asthma nurse at 555 123."
    )
    # Words are translated in house.po, numbers are not.
    messages = {m.key for m in made.words().house_messages}
    asked = {("placeholder", text) for text in ("our nurse", "the asthma nurse", "Mrs South")}
    assert {key for key in messages if key[0] == "placeholder"} == asked
    house(made, "ar", "the asthma nurse", "ممرضة الربو", "placeholder")
    arabic = leaflet_of(made, "ar", "north").words["msg-lead-2"]
    assert plain(arabic) == "اسأل ممرضة الربو على 555 123."
    words = read_site(made.handouts, TODAY)
    assert words.translation(words.topics[NAME], "ar", words.locale_words("ar")).leaflet is None


def test_a_clinic_that_gives_no_value_is_named(site: Make) -> None:
    made = clinics(site(("en",), topic("Call {nurse_phone}.\n\n::: only north\n{nurse}\n:::")))
    words = read_site(made.handouts, TODAY, "south")
    assert str(words.broken[NAME]).endswith(
        "clinic 'south' gives no {nurse_phone}; add it to clinics/south.toml"
    )
    assert NAME not in read_site(made.handouts, TODAY, "north").broken


def test_a_paragraph_of_one_clinic_is_printed_there_alone(site: Make) -> None:
    body = "All.[^a]\n\n::: only north\nNorth.[^b]\n:::\n\n[^a]: Of all.\n\n[^b]: Of north."
    made = clinics(site(("en",), topic(body)))
    assert shown(leaflet_of(made)) == ["Of all."]
    assert shown(leaflet_of(made, clinic="north")) == ["Of all.", "Of north."]
    for clinic in ("", "north", "south"):
        words = read_site(made.handouts, TODAY, clinic)
        text = words.translation(words.topics[NAME], "en", words.locale_words("en")).text
        assert "only: north: North.[^b]" in str(text)


def test_a_snippet_is_translated_once(site: Make, run: Run) -> None:
    made = in_arabic(site(("en",), topic("A.\n\n::: include parking")))
    made.write("snippets/parking.md", "Park at level 2.\n")
    run("locale", "update", "ar")
    assert "Park at level 2." not in made.read(f"locales/ar/{NAME}.po")
    assert "Park at level 2." in made.read("locales/ar/snippets.po")
    translated(made, "ar", {"A.": "ألف."})
    (said,) = [f for f in findings_of(made, "ar") if f.code == "message-missing"]
    assert said.where.startswith("handouts/locales/ar/snippets.po:")
    translated(made, "ar", {"Park at level 2.": "اركن في الطابق 2."}, "snippets")
    assert shown(leaflet_of(made, "ar")) == ["اركن في الطابق 2."]
    run("locale", "export", "ar", "--topic", "snippets", "--format", "csv", "-o", "x.csv")
    assert "ar/snippets/snippet-parking." in (made.folder / "x.csv").read_text("utf-8")
    run("locale", "import", "x.csv")


@pytest.mark.parametrize("code", PSEUDO)
def test_a_pseudo_locale_keeps_marks(site: Make, code: str) -> None:
    own = '[placeholders]\nnurse_2 = "555 000"\n\n[approvals]'
    made = site(("en",), topic("Call {nurse_2}.[^a]\n\n[^a]: At night."), {"[approvals]": own})
    assert not [f for f in findings_of(made, code) if f.severity == "error"]


def test_a_reading_copy_shows_where_notes_are_called(site: Make) -> None:
    made = site(("en",), topic("A.[^a] {blank}\n\n[^a]: Of a."))
    words = made.words()
    html, _ = reading_copy(words, words.topics[NAME], "en")
    assert 'A.<code dir="ltr">[^a]</code> <code dir="ltr">{blank}</code>' in html


def test_nothing_urgent_has_no_box(site: Make) -> None:
    text = HEAD.replace("funder:", "urgent: none\nfunder:") + "Park here.\n"
    made = site(("en",), {NAME: text})
    leaflet = leaflet_of(made)
    assert leaflet.notice("urgent-help") is None
    assert not [f for f in findings_of(made) if f.severity == "error"]
    made.write(f"topics/{NAME}/topic.md", f"{HEAD}Park here.\n")
    (said,) = [f for f in findings_of(made) if f.code == "disclaimer-absent"]
    assert said.message.startswith("there is no '::: urgent' or '::: same-day'; add one, or")


SAME_DAY = "::: same-day\n- You have a fever.\n:::\n\n"


@pytest.mark.parametrize("template", ["", "leaflet-web.html"])
def test_two_ranks_are_one_emergency_box(site: Make, template: str) -> None:
    made = site(("en",), topic(f"{SAME_DAY}Words."))
    made.ask_same_day()
    html = html_of(made, template=template)
    box = html.partition('<div class="emergency">')[2].partition("Words.")[0]
    order = [
        'class="rank urgent"', "Call ", "112", 'id="dsc-urgent-help"', "hard to breathe",
        'class="rank same-day"', "Call us ", 'id="dsc-same-day-help"', "a fever",
    ]  # fmt: skip
    places = [box.index(one) for one in order]
    assert places == sorted(places)
    numbers = re.findall(r'<p class="number">(?:<[^>]+>)+([\d ]+)<', box)
    assert numbers == ["112", "020 910 0199"]
    assert html.count('class="emergency"') == 1
    assert len(re.findall(r"fever|hard to breathe", html)) == 2
    assert not [f for f in findings_of(made) if f.severity == "error"]


def test_a_second_rank_may_stand_alone(site: Make) -> None:
    made = site(("en",), {NAME: f"{HEAD}{SAME_DAY}Words.\n"})
    made.ask_same_day()
    html = html_of(made)
    assert html.count('class="rank ') == html.count('class="rank same-day"') == 1
    assert "dsc-urgent-help" not in html
    assert not [f for f in findings_of(made) if f.severity == "error"]


def test_a_rank_that_the_policy_has_no_words_for_fails(site: Make) -> None:
    made = site(("en",), topic(f"{SAME_DAY}Words."))
    made.ask_same_day()
    rules = made.read("house/policy.toml")
    made.write(
        "house/policy.toml",
        re.sub(
            r'(?s)id = "same-day-help"\n.*?\n\n?(?=\[\[|$)',
            'id = "copyright-2"\nwhen = ["draft"]\nplacement = "last-page"\nleast_pt = 9\n\n',
            rules,
        ),
    )
    made.write(
        "house/disclaimers.md", made.read("house/disclaimers.md") + "\n## copyright-2\n\nX.\n"
    )
    (said,) = [f for f in findings_of(made) if f.code == "disclaimer-absent"]
    assert said.message.startswith("the policy has no 'same-day-help' for '::: same-day'; add it")


def test_a_category_is_a_house_word(site: Make, run: Run) -> None:
    made = site(("en", "ar"), {f"the-throat/{NAME}": topic("A.")[NAME]})
    translated(made, "ar", {"A.": "ألف."})
    words = made.words()
    assert ("category", "The throat") in {m.key for m in words.house_messages}
    assert leaflet_of(made).category == "The throat"
    assert words.topics.folder(NAME) == made.path(f"topics/the-throat/{NAME}")
    taken = run("new", NAME, code=2, today=None)
    assert f"handouts/topics/the-throat/{NAME}: this topic exists already" in str(taken)
    house(made, "ar", "The throat", "الحلق", "category")
    assert leaflet_of(made, "ar").category == "الحلق"
