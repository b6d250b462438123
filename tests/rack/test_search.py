"""Search as staff and patients type: any script, any language, with slips."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, TimeoutError, expect

from pressroom.rack.site import write_rack

from .support import everything, row, shelf, withdrawal, write


def leaflets(page: Page) -> list[str]:
    """Return the leaflets that are shown, by locale and topic."""
    shown = page.locator("#results .card")
    return list(shown.evaluate_all("(cards) => cards.map((card) => card.dataset.leaflet)"))


def search(page: Page, text: str) -> None:
    page.fill("#query", text)


def choose(page: Page, language: str) -> None:
    """Choose a language as staff do: by typing its name."""
    page.click("#language")
    page.keyboard.type(language)
    page.keyboard.press("Enter")


#: What is typed, and the leaflet that comes first.
FOUND = [
    ("asthma", "en/asthma"),
    ("ASTHMA", "en/asthma"),
    ("asthm", "en/asthma"),
    ("astma", "en/asthma"),  # a letter left out
    ("ashtma", "en/asthma"),  # two that changed places
    ("back pain", "en/back-pain"),
    ("pain in the back", "en/back-pain"),
    ("thraot", "en/sore-throat"),
    ("whezing", "en/asthma"),  # a symptom, with a slip
    ("lungs", "en/asthma"),  # a tag
    ("inhaler", "en/asthma"),  # the main message
    ("٣٨", "en/asthma"),  # digits of another script
    # With a language
    ("asthma arabic", "ar/asthma"),
    ("arabic asthma", "ar/asthma"),
    ("asthma in arabic", "ar/asthma"),
    ("asthma العربية", "ar/asthma"),
    ("back pain urdu", "ur/back-pain"),
    ("asthma tigrinya", "ti/asthma"),
    ("asthma ትግርኛ", "ti/asthma"),
    ("asthma tigrinia", "ti/asthma"),
    ("asthma chinese", "zh-Hans/asthma"),
    ("asthma vietnam", "vi/asthma"),
    # In the reader's own script and language
    ("الربو", "ar/asthma"),
    ("ربو", "ar/asthma"),  # without the article
    ("الم الظهر", "ar/back-pain"),  # without hamza and vowel signs
    ("آلم الظهر", "ar/back-pain"),  # another alef
    ("کمردرد", "fa/back-pain"),
    ("كمردرد", "fa/back-pain"),  # an Arabic kaf
    ("दमा", "hi/asthma"),
    ("गले में ख़राश", "hi/sore-throat"),  # with a nukta
    ("ឈឺបំពង់ក", "km/sore-throat"),
    ("ឈឺបំពងក", "km/sore-throat"),  # a sign left out
    ("ហឺត", "km/asthma"),
    ("โรคหืด", "th/asthma"),
    ("เจ็บ", "th/sore-throat"),
    ("哮喘", "zh-Hans/asthma"),
    ("천식", "ko/asthma"),
    ("허리", "ko/back-pain"),
    ("ぜんそく", "ja/asthma"),
    ("ゼンソク", "ja/asthma"),  # the other kana
    ("አስም", "am/asthma"),
    ("ዓስም", "am/asthma"),  # a letter of the same sound
    ("ሐኔታ", "ti/asthma"),
    ("hen suyen", "vi/asthma"),
    ("dau lung", "vi/back-pain"),
    ("dolor de garganta", "es/sore-throat"),
    ("rueckenschmerzen", "de/back-pain"),
    ("ruckenschmerzen", "de/back-pain"),
    ("l'asthme", "fr/asthma"),
]


def test_it_is_found(opened: Page) -> None:
    wrong = {}
    for typed, first in FOUND:
        search(opened, typed)
        card = opened.locator(f"#results .card:first-child[data-leaflet='{first}']")
        try:
            card.wait_for()
        except TimeoutError:
            wrong[typed] = leaflets(opened)[:1]
    assert wrong == {}


def test_a_title_comes_before_a_main_message_and_that_before_a_symptom(opened: Page) -> None:
    scores = opened.evaluate("""() => {
        const index = new RackSearch.Index();
        index.add(0, "Fever at night", 1.5);
        index.add(1, "Call us when you have a fever.", 3);
        index.add(2, "Fever", 10);
        index.add(3, "Feverfew", 10);
        return [...index.find("fever").scores].sort((a, b) => b[1] - a[1]).map(([d]) => d);
    }""")
    assert scores == [2, 3, 1, 0]


def test_what_is_missing_in_a_language_is_offered_in_the_source_language(opened: Page) -> None:
    choose(opened, "tigr")
    search(opened, "sore throat")
    card = opened.locator("#results .card").first
    expect(card).to_have_attribute("data-leaflet", "en/sore-throat")
    expect(card).to_contain_text("Not in Tigrinya")


def test_enter_takes_no_other_language(opened: Page) -> None:
    """Somebody types in a hurry, and presses Enter before anything has come."""
    choose(opened, "arabic")
    for typed, said in (
        ("dolor de espalda", "Leaflets in other languages: 1"),
        ("asthma in bosnian", "Leaflets in other languages: 1"),
    ):
        search(opened, "")
        opened.locator("#query").type(typed)
        opened.keyboard.press("Enter")
        expect(opened.locator("#said")).to_have_text(said)
        expect(opened.locator("#query")).to_be_focused()
        expect(opened.locator("#results .card.other")).to_have_count(1)
    # The same in letters that none of the clinic's languages is written with is meant so.
    for typed, code in (("ឈឺបំពង់ក", "km"), ("asthma khmer", "km"), ("asthma", "ar")):
        search(opened, "")
        opened.locator("#query").type(typed)
        opened.keyboard.press("Enter")
        card = opened.locator(f"#results .card[data-leaflet^='{code}/']").first
        expect(card.locator(".action.print")).to_be_focused()
        opened.locator("#query").focus()


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("asthma in bosnian", "Bosnian"), ("asthma pulaar", "Fula"), ("yoruba asthma", "Yoruba"),
        ("asthma in afaan oromo", "Oromo"), ("asthma in Èdè Yorùbá", "Yoruba"),
        ("asthma ܣܘܪܝܝܐ", "Syriac"), ("asthma in русский", "Russian"),
    ],
)  # fmt: skip
def test_a_language_that_is_not_there_is_said(opened: Page, typed: str, language: str) -> None:
    search(opened, typed)
    expect(opened.locator("#absent")).to_contain_text(f"There are no leaflets in {language}.")
    card = opened.locator("#results .card")
    expect(card).to_have_attribute("data-leaflet", "en/asthma")
    expect(card).to_contain_text(f"Not in {language}")
    search(opened, language.lower())
    expect(opened.locator("#absent")).to_contain_text(f"There are no leaflets in {language}.")
    expect(card).to_have_count(0)


def test_a_leaflet_is_missing_withdrawn_or_a_draft_in_a_language(
    page: Page, tmp_path: Path
) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    rows = [
        row("asthma", "en"), row("back-pain", "en"), row("back-pain", "ti"),
        row("asthma", "hi", state="draft"), row("back-pain", "hi"),
    ]  # fmt: skip
    out = shelf(rows, (), [withdrawal("asthma", "ti"), withdrawal("gout")])
    out = replace(out, clinic=replace(out.clinic, interpreter="020 910 0150"))
    write_rack(tmp_path, replace(out, titles={**out.titles, "gout": "Gout"}), {})
    page.goto((tmp_path / "index.html").as_uri())
    for typed, mark in (
        ("asthma tigrinya", "Withdrawn in Tigrinya since 1 December 2026"),
        ("asthma in hindi", "Only a draft in Hindi"),
    ):
        search(page, typed)
        expect(page.locator("#results .card .mark")).to_have_text(mark)
        expect(page.locator("#absent")).to_contain_text("This leaflet is not there in")
        expect(page.locator("#absent")).to_contain_text("Interpreter: 020 910 0150")
    search(page, "back pain hindi")
    expect(page.locator("#results .card.other")).to_have_count(0)
    expect(page.locator("#absent")).to_be_hidden()
    search(page, "gout")
    expect(page.locator("#said")).to_contain_text("“Gout” was withdrawn on 1 December 2026")


def test_an_illness_may_be_called_like_a_language(page: Page, tmp_path: Path) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    rows = [
        row("rubella", "en", "Rubella"),
        row("rubella", "de", "Röteln"),
        row("measles", "de", "Masern"),
        row("measles", "en", "Measles"),
    ]
    page.goto(write(tmp_path, rows, titles=["rubella", "measles"]).as_uri())
    for typed, first in (
        ("german measles", "en/rubella"), ("measles in german", "de/measles"),
        ("german measles in german", "de/rubella"),
    ):  # fmt: skip
        search(page, typed)
        expect(page.locator("#results .card").first).to_have_attribute("data-leaflet", first)


def test_nothing_is_found_and_said(opened: Page) -> None:
    for nothing in ("qqqqq", "xyzzy xyzzy", "ፐፐፐፐ", "ๆๆๆๆ", "中中", "جججج"):
        search(opened, nothing)
        expect(opened.locator("#said")).to_have_text(f"Nothing found for “{nothing}”.")
        expect(opened.locator("#results .card")).to_have_count(0)


def test_marks_alone_show_everything(opened: Page) -> None:
    for marks in ("(", "\\", "<>", "*+?", "  ", "\u0301"):
        search(opened, marks)
        expect(opened.locator("#said")).to_have_text("Leaflets in English: 3")


def test_a_language_alone_shows_all_of_it(opened: Page) -> None:
    search(opened, "khmer")
    expect(opened.locator("#said")).to_have_text("Leaflets in Khmer: 3")
    expect(opened.locator("#results .card[data-leaflet^='km/']")).to_have_count(3)
    expect(opened.locator("#results .card")).to_have_count(3)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ara", "ar"),
        ("العر", "ar"),
        ("tigr", "ti"),
        ("ትግ", "ti"),
        ("espanol", "es"),
        ("viet", "vi"),
    ],
)
def test_a_language_is_chosen_by_either_name_and_remembered(
    opened: Page, typed: str, code: str
) -> None:
    choose(opened, typed)
    shown = opened.locator(f"#results .card[data-leaflet='{code}/asthma']")
    expect(shown).to_be_visible()
    opened.reload()
    expect(shown).to_be_visible()


def test_a_browser_that_remembers_nothing_will_do(page: Page, rack: Any) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }});"
    )
    page.goto(rack.as_uri())
    choose(page, "arabic")
    expect(page.locator("#results .card[data-leaflet='ar/asthma']")).to_be_visible()


def test_little_is_loaded_before_the_first_search(page: Page, rack: Any) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    shards: list[str] = []
    page.on("request", lambda request: shards.append(request.url.split("/rack/")[-1].split("?")[0]))
    page.goto(rack.as_uri())
    expect(page.locator("#results .card").first).to_be_visible()
    assert [one for one in shards if one.startswith("t") and "thumbs" not in one] == [
        "titles/en.js"
    ]
    with page.expect_request("**/texts/en.js*"):
        search(page, "asthma")
    expect(page.locator("#results .card")).to_have_count(1)
    assert sorted(one for one in shards if one.startswith("t") and "thumbs" not in one) == [
        "texts/en.js", "titles/en.js",
    ]  # fmt: skip


def test_an_edition_is_chosen_on_its_card(page: Page, tmp_path: Path) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    leaflets = [
        row("asthma", "ar"), row("asthma", "ar", edition="large-print"),
        row("asthma", "ar", edition="bilingual"),
        row("asthma", "en"), row("asthma", "en", edition="large-print"),
    ]  # fmt: skip
    page.goto(write(tmp_path, leaflets, stale=["ar/asthma.bilingual.pdf"]).as_uri())
    search(page, "asthma arabic")
    card = page.locator("#results .card")
    pdf, copy = card.locator(".action.pdf"), card.locator(".action.source")
    expect(card.locator(".editions label")).to_have_text(["Standard", "Large print", "Bilingual"])
    expect(pdf).to_have_attribute("href", "ar/asthma.standard.pdf?v=abababab")
    card.get_by_label("Large print").check(force=True)
    expect(pdf).to_have_attribute("href", "ar/asthma.large-print.pdf?v=abababab")
    expect(copy).to_have_attribute("href", "en/asthma.large-print.pdf?v=abababab")
    card.get_by_label("Bilingual").check(force=True)
    expect(card).to_contain_text("Older than its source")
    expect(card.locator(".action.print")).to_have_count(0)
    expect(copy).to_have_attribute("href", "en/asthma.standard.pdf?v=abababab")
    card.get_by_label("Standard").check(force=True)
    expect(card).not_to_contain_text("Older than its source")
    expect(card.locator(".action.print")).to_be_visible()


@pytest.mark.parametrize(("locale", "state"), [("ar", "approved"), ("km", "draft")])
def test_a_booklet_has_a_copy_to_read_on_screen(
    page: Page, tmp_path: Path, locale: str, state: str
) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    leaflets = [
        row("asthma", locale, state=state), row("asthma", locale, state=state, edition="booklet")
    ]  # fmt: skip
    page.goto(write(tmp_path, leaflets).as_uri())
    page.locator("#drafts").check(force=True)
    search(page, {"ar": "arabic", "km": "khmer"}[locale])
    card = page.locator("#results .card")
    reader = card.locator(".action.reader")
    expect(reader).to_have_count(0)
    card.get_by_label("Booklet").check(force=True)
    draft = "" if state == "approved" else ".draft"
    expect(reader).to_have_text("Booklet to read on screen")
    expect(reader).to_have_attribute(
        "href", f"{locale}/asthma.booklet-reader{draft}.pdf?v=abababab"
    )
    expect(card.locator(".action.pdf")).to_have_attribute(
        "href", f"{locale}/asthma.booklet{draft}.pdf?v=abababab"
    )
    for name in ("index.html", "c/asthma.html"):
        html = (tmp_path / name).read_text("utf-8")
        assert f'{locale}/asthma.booklet-reader{draft}.pdf">' in html


def test_a_rack_of_drafts_says_so_and_shows_them_when_asked(page: Page, tmp_path: Path) -> None:
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    page.goto(write(tmp_path, everything("draft")).as_uri())
    expect(page.locator("#hidden-count")).to_have_text("Drafts, not for patients: 37")
    expect(page.locator("#results .card")).to_have_count(0)
    page.click("#show-drafts")
    expect(page.locator("#results .card.draft")).to_have_count(3)
    expect(page.locator("#hidden")).to_be_hidden()


def test_a_site_without_leaflets_says_so(page: Page, tmp_path: Path) -> None:
    page.goto(write(tmp_path, []).as_uri())
    expect(page.locator("main")).to_contain_text("No leaflet has been built yet.")
    search(page, "asthma")
    expect(page.locator("#results .card")).to_have_count(0)


def test_a_shard_that_is_gone_is_said(chromium: Browser, tmp_path: Path) -> None:
    # Not `page`: the browser rightly says that a file is missing.
    index = write(tmp_path, [row("asthma", "en")])
    (tmp_path / "rack" / "titles" / "en.js").unlink()
    context = chromium.new_context()
    page = context.new_page()
    page.goto(index.as_uri())
    expect(page.locator("#said")).to_contain_text("could not be read")
    context.close()


# The parts, with any text

WORD = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cn", "Co")), max_size=20)


@settings(max_examples=1)
@given(st.lists(WORD, min_size=200, max_size=200))
def test_folding_is_the_same_twice_and_finds_what_it_indexed(
    opened: Page, texts: list[str]
) -> None:
    wrong = opened.evaluate(
        """(texts) => texts.filter((text) => {
            const folded = RackSearch.fold(text);
            if (RackSearch.fold(folded) !== folded) return true;
            const { words, runs } = RackSearch.split(folded);
            if (!words.length && !runs.length) return false;
            const index = new RackSearch.Index();
            index.add(0, text, 10);
            return !index.find(text).scores.has(0) || !index.find(text).whole;
        })""",
        texts,
    )
    assert wrong == []


def distance(one: str, other: str) -> int:
    """Return the edit distance in which letters that changed places are one error, the long way."""
    table = {(-1, -1): 0}
    for i in range(len(one)):
        table[i, -1] = i + 1
    for j in range(len(other)):
        table[-1, j] = j + 1
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            table[i, j] = min(
                table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a != b)
            )
            if i and j and a == other[j - 1] and one[i - 1] == b:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(one) - 1, len(other) - 1]


@settings(max_examples=1)
@given(
    st.lists(
        st.tuples(st.text("abcd", min_size=1, max_size=8), st.text("abcd", min_size=1, max_size=9)),
        min_size=300, max_size=300,
    )
)  # fmt: skip
def test_errors_are_counted_as_by_hand(opened: Page, pairs: list[tuple[str, str]]) -> None:
    got = opened.evaluate(
        "(pairs) => pairs.map(([typed, word]) => RackSearch.errors(typed, word, 2))",
        [list(pair) for pair in pairs],
    )
    for (typed, word), found in zip(pairs, got, strict=True):
        least = min(
            distance(typed, word[:end]) for end in range(len(word) + 1) if word[:end] or True
        )
        assert min(found, 3) == min(least, 3), (typed, word)
