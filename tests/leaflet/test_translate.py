"""Topic and catalogues -> Leaflet: nothing missing, fuzzy or altered is ever printed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.content.catalogue.po import read_catalogue, write_catalogue
from pressroom.content.topic.compare import markup_differences
from pressroom.core.files import unreadable_character
from pressroom.core.model import Leaflet, Span, plain
from pressroom.leaflet.compose import Translation, months_later
from pressroom.leaflet.html import mark_up
from pressroom.leaflet.notices import fill

from ..support import TODAY, TOPIC, Site

THERAPY = TOPIC.replace(
    "tags: []", "tags: [unapproved-therapy]\ntherapy: none\ncondition: none"
).replace("::: questions", "::: unapproved-therapy\nWhen can I work again?\n:::\n\n::: questions")

NAME = "sore-throat"


def translated(site: Site, locale: str = "es", today: date = TODAY) -> Translation:
    words = site.words(today)
    return words.translation(words.topics[NAME], locale, words.locale_words(locale))


def codes(translation: Translation) -> list[str]:
    return sorted(
        finding.code for finding in translation.findings if finding.code != "approval-missing"
    )


def leaflet_of(translation: Translation) -> Leaflet:
    assert translation.leaflet is not None
    return translation.leaflet


# What is whole


def test_the_source_locale_needs_no_catalogue(site: Callable[..., Site]) -> None:
    leaflet = leaflet_of(translated(site(("en",)), "en"))
    assert plain(leaflet.words["msg-care-2"]) == (
        "Drink 2 litres a day. Questions? Call 020 910 0142."
    )
    assert leaflet.state == "draft"
    assert leaflet.labels["What you can do"] == "What you can do"


@pytest.mark.parametrize("code", ["es", "ar", "hi", "km"])
def test_a_whole_translation_is_a_leaflet(site: Callable[..., Site], code: str) -> None:
    made = site(("en", code))
    translation = translated(made, code)
    assert codes(translation) == []
    leaflet = leaflet_of(translation)
    words = made.words()
    assert set(leaflet.words) == {m.anchor for m in words.topics[NAME].messages}
    assert plain(leaflet.words["msg-front-matter-1"]) != "Sore throat"
    assert plain(leaflet.source_words["msg-front-matter-1"]) == "Sore throat"
    assert leaflet.labels["What you can do"] != "What you can do"
    assert translation.missing == translation.fuzzy == 0


@pytest.mark.parametrize("code", ["en", "es", "ar"])
def test_every_required_disclaimer_has_its_notice(site: Callable[..., Site], code: str) -> None:
    made = site(("en", "es", "ar"))
    leaflet = leaflet_of(translated(made, code))
    shown = {notice.rule.id for notice in leaflet.notices}
    assert shown == {rule.id for rule in leaflet.rules}
    assert "draft" in shown
    assert ("translation-notice" in shown) is (code != "en")
    assert "out-of-date" not in shown
    for notice in leaflet.notices:
        assert "{" not in plain(notice.words, {"n": "1", "N": "2"})


def test_the_translation_notice_stands_in_both_languages(site: Callable[..., Site]) -> None:
    leaflet = leaflet_of(translated(site(("en", "ar")), "ar"))
    own = leaflet.notice("translation-notice")
    source = leaflet.notice("translation-notice.en")
    assert own is not None
    assert source is not None
    assert (own.lang, own.direction) == ("ar", "rtl")
    assert (source.lang, source.direction) == ("en", "ltr")
    assert source.anchor == "dsc-translation-notice.en"
    assert "Translated by Tara Translator; checked by no one yet." in plain(source.words)


def test_jurisdiction_never_depends_on_the_language(site: Callable[..., Site]) -> None:
    for jurisdiction, other in (("EU", "US"), ("US", "EU")):
        made = site(("en", "es"), {NAME: THERAPY}, {'"EU"': f'"{jurisdiction}"'})
        for code in ("en", "es"):
            leaflet = leaflet_of(translated(made, code))
            assert leaflet.notice(f"unapproved-therapy.{jurisdiction}") is not None
            assert leaflet.notice(f"unapproved-therapy.{other}") is None
        for path in sorted(made.folder.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()


# What is not whole is withheld


def test_a_missing_message_withholds(site: Callable[..., Site]) -> None:
    made = site()
    made.change("es/sore-throat", "Rest for 2 days.", text="")
    translation = translated(made)
    assert translation.leaflet is None
    assert codes(translation) == ["message-missing"]
    (finding,) = (f for f in translation.findings if f.code == "message-missing")
    assert finding.severity == "error"
    assert "‘Rest for 2 days.’ (care) is not translated; translate it" in finding.message
    line = made.read("locales/es/sore-throat.po").split("\n").index('msgid "Rest for 2 days."') + 1
    assert finding.where == f"handouts/locales/es/sore-throat.po:{line}"
    assert translation.missing == 1


def lack(made: Site, code: str, *labels: str) -> None:
    """Take labels out of a catalogue, as one from before them has none."""
    path = made.path(f"locales/{code}/house.po")
    old = read_catalogue(path)
    entries = {key: entry for key, entry in old.entries.items() if key[1] not in labels}
    assert len(old.entries) - len(entries) == len(labels)
    write_catalogue(path, replace(old, entries=entries))


@pytest.mark.parametrize("code", ["ar", "km"])
def test_labels_that_a_catalogue_was_never_asked_for_are_left_out(
    site: Callable[..., Site], code: str
) -> None:
    made = site(("en", code))
    lack(made, code, "Call now", "Call us today", "Questions and appointments")
    translation = translated(made, code)
    said = [f for f in translation.findings if f.code == "message-missing"]
    assert {f.severity for f in said} == {"warning"}
    assert "‘Call now’ (label) is left out" in said[0].message
    words = made.words()
    for edition in ("standard", "bilingual"):
        leaflet = replace(leaflet_of(translation), edition=edition)
        html = mark_up(leaflet, words.site.clinic, words.theme)
        assert 'class="office-label"' not in html
        assert html.count("<h2") == html.count("</h2>")
        assert "Call us today" not in html
        assert ("Call now" in html) is (edition == "bilingual")  # The source has it.


def test_a_label_without_words_withholds(site: Callable[..., Site]) -> None:
    made = site(("en", "ar"))
    made.change("ar/house", "Call now", text="")
    assert translated(made, "ar").leaflet is None


@pytest.mark.parametrize(
    ("label", "box"), [("Call us today", "same-day"), ("What you can do", "urgent")]
)
def test_a_label_that_a_page_needs_is_never_left_out(
    site: Callable[..., Site], label: str, box: str
) -> None:
    made = site(("en", "ar"), {"sore-throat": TOPIC.replace("::: urgent", f"::: {box}")})
    made.ask_same_day()
    lack(made, "ar", label)
    found = translated(made, "ar")
    assert found.leaflet is None
    assert any(f"‘{label}’ (label) is not translated" in f.message for f in found.findings)


def test_a_message_that_the_catalogue_does_not_have_withholds(site: Callable[..., Site]) -> None:
    made = site()
    made.edit("topics/sore-throat/topic.md", "::: notes 2", "Be well!\n\n::: notes 2")
    (finding,) = (f for f in translated(made).findings if f.code.startswith("message-"))
    assert finding.code == "message-missing"
    assert "run 'handouts locale update es' and translate it" in finding.message


def test_a_fuzzy_message_withholds(site: Callable[..., Site]) -> None:
    made = site()
    made.change("es/sore-throat", "Rest for 2 days.", fuzzy=True)
    translation = translated(made)
    assert translation.leaflet is None
    assert codes(translation) == ["message-fuzzy"]
    assert translation.fuzzy == 1
    (finding,) = (f for f in translation.findings if f.code == "message-fuzzy")
    assert "this message is fuzzy; ask the translator to confirm it" in finding.message


def test_a_changed_source_withholds_before_anyone_ran_update(site: Callable[..., Site]) -> None:
    made = site()
    made.edit("topics/sore-throat/topic.md", "Rest for 2 days.", "Rest for 3 days.")
    translation = translated(made)
    assert translation.leaflet is None
    assert codes(translation) == ["message-fuzzy"]
    (finding,) = (f for f in translation.findings if f.code == "message-fuzzy")
    assert "has changed since it was translated" in finding.message


def test_an_obsolete_message_is_not_printed(site: Callable[..., Site]) -> None:
    made = site()
    path = made.path("locales/es/sore-throat.po")
    live = 'msgctxt "care"\nmsgid "Rest for 2 days."\nmsgstr "Descanse 2 días."\n'
    text = path.read_text("utf-8")
    assert live in text
    path.write_text(text.replace(live, "".join(f"#~ {x}\n" for x in live.splitlines())), "utf-8")
    # The same text is asked for again, so what is obsolete may serve: it is no other text.
    assert translated(made).leaflet is not None
    made.edit("topics/sore-throat/topic.md", "- Rest for 2 days.\n", "")
    leaflet = leaflet_of(translated(made))
    assert not any("Descanse 2" in plain(words) for words in leaflet.words.values())


@pytest.mark.parametrize("code", ["es", "ar", "hi"])
@pytest.mark.parametrize("where", ["topic", "house"])
def test_without_a_catalogue_all_is_missing_and_said_once(
    site: Callable[..., Site], where: str, code: str
) -> None:
    made = site(("en", code))
    path = made.path(f"locales/{code}/{NAME if where == 'topic' else 'house'}.po")
    path.unlink()
    translation = translated(made, code)
    assert translation.leaflet is None
    assert set(codes(translation)) <= {"message-missing", "disclaimer-absent"}
    assert translation.missing > 5
    (said,) = [one for one in translation.findings if one.code == "message-missing"]
    assert said.where == f"handouts/locales/{code}/{path.name}"
    assert f"run 'handouts locale update {code}' and translate it" in said.message


def test_the_source_language_never_stands_in(site: Callable[..., Site]) -> None:
    """Whatever one message is taken away, no leaflet is made."""
    made = site()
    for source in ("Sore throat", "none", "Questions to ask", "When can I work again?"):
        before = made.read("locales/es/sore-throat.po")
        made.change("es/sore-throat", source, text="")
        assert translated(made).leaflet is None, source
        made.write("locales/es/sore-throat.po", before)
    assert translated(made).leaflet is not None


@pytest.mark.parametrize("code", ["es", "ar", "hi", "km"])
def test_removing_any_disclaimer_of_any_locale_fails_by_name(
    site: Callable[..., Site], code: str
) -> None:
    made = site(("en", code), {NAME: THERAPY})
    required = [notice.rule.id for notice in leaflet_of(translated(made, code)).notices]
    assert len(set(required)) >= 12
    for id_ in dict.fromkeys(required):
        before = made.read(f"locales/{code}/house.po")
        made.drop(f"{code}/house", id_)
        translation = translated(made, code)
        absent = [f for f in translation.findings if f.code == "disclaimer-absent"]
        assert [f"'{id_}'" in f.message for f in absent] == [True], id_
        assert absent[0].severity == "error"
        assert translation.leaflet is None
        made.write(f"locales/{code}/house.po", before)


# What a translation must share with its source


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Descanse 3 días.", "quantity-mismatch"),
        ("Descanse 2 semanas.", "quantity-mismatch"),
        ("Descanse 20 días.", "quantity-mismatch"),
        ("Descanse **2** días.", "markup-mismatch"),
        ("Descanse 2 días. Llame al {phone}.", "markup-mismatch"),
        ("Descanse 2 días [x](https://x.example).", "markup-mismatch"),
        ("Descanse 2 días [x](javascript:x).", "markup-mismatch"),
    ],
)
def test_a_translation_that_differs_is_found(
    site: Callable[..., Site], text: str, code: str
) -> None:
    made = site()
    made.change("es/sore-throat", "Rest for 2 days.", text=text)
    translation = translated(made)
    assert code in codes(translation)
    assert all(f.severity == "error" for f in translation.findings if f.code == code)
    assert translation.leaflet is not None  # for the preflight to judge with the page


@pytest.mark.parametrize(
    "text", ["Descanse ٢ días.", "Descanse ۲ días.", "Descanse २ días.", "Descanse ២ días."]
)
def test_native_digits_are_the_same_number(site: Callable[..., Site], text: str) -> None:
    made = site()
    made.change("es/sore-throat", "Rest for 2 days.", text=text)
    assert not any(code.startswith("quantity-") for code in codes(translated(made)))


def test_numbers_that_a_person_has_to_judge_withhold_the_leaflet(
    site: Callable[..., Site],
) -> None:
    made = site(("en", "ar"))
    made.change("ar/sore-throat", "Rest for 2 days.", text="استرح.")
    translation = translated(made, "ar")
    assert translation.leaflet is None
    assert (translation.unsure, translation.fuzzy, translation.missing) == (1, 0, 0)
    (finding,) = (f for f in translation.findings if f.code == "quantity-unsure")
    assert finding.severity == "error"
    assert "(care): 2 days is missing; if that is right, write '# numbers" in finding.message
    (remark,) = re.findall(r"'# (numbers-confirmed: [0-9a-f]{16})'", finding.message)
    made.change("ar/sore-throat", "Rest for 2 days.", remarks=(remark,))
    translation = translated(made, "ar")
    assert "quantity-unsure" not in codes(translation)
    assert translation.leaflet is not None
    made.change("ar/sore-throat", "Rest for 2 days.", text="استرح قليلا.")
    assert "quantity-unsure" in codes(translated(made, "ar"))


@pytest.mark.parametrize(
    ("source", "text", "problems"),
    [
        ("**a** b", "**x** y", 0),
        ("**a** b", "x y", 1),
        ("a", "**x**", 1),
        ("*a*", "**x**", 2),
        ("`a`", "x", 1),
        ("[a](https://a.example)", "[x](https://a.example)", 0),
        ("[a](https://a.example)", "[x](https://b.example)", 1),
        ("[a](https://a.example)", "x", 1),
        ("**[a](https://a.example)**", "**[x](https://a.example)**", 0),
        ("**[a](https://a.example)**", "**[x](https://b.example)**", 1),
        ("*b [a](https://a.example)*", "*ب [س](https://b.example)*", 1),
        ("[**a**](https://a.example)", "[x](https://a.example)", 1),
        ("{a} {b}", "{b} {a} {a}", 0),
        ("{a} {b}", "{a} {c}", 1),
        ("**a {b}**", "**x**", 1),
        ("a", "<b>x</b>", 0),  # text, as it stands
    ],
)
def test_markup_differences(source: str, text: str, problems: int) -> None:
    assert len(markup_differences(source, text)) == problems


@given(st.text(max_size=80), st.text(max_size=80))
def test_markup_of_any_two_texts_can_be_compared(source: str, text: str) -> None:
    assert isinstance(markup_differences(source, text), list)
    if not re.search(r"\]\(|<|&", source) and unreadable_character(source) is None:
        assert markup_differences(source, source) == []


# Filling in


def isolates(spans: tuple[Span, ...]) -> list[str]:
    return [plain(span.children) for span in spans if span.kind == "isolate"]


VALUES: dict[str, str | tuple[Span, ...]] = {
    "phone": "020 910 0142",
    "email": "a@b.example",
    "clinic": "Harbour Clinic",
    "arabic": "عيادة",
    "rich": (Span("strong", children=(Span("text", "x"),)),),
}


def test_a_telephone_number_is_isolated_in_every_direction() -> None:
    for direction in ("ltr", "rtl"):
        spans = fill((Span("text", "Call {phone}."),), VALUES, direction)
        assert isolates(spans) == ["020 910 0142"]
        assert plain(spans) == "Call 020 910 0142."


def test_latin_values_are_isolated_from_right_to_left() -> None:
    text = (Span("text", "{clinic} {email} {arabic}"),)
    assert isolates(fill(text, VALUES, "rtl")) == ["Harbour Clinic", "a@b.example"]
    assert isolates(fill(text, VALUES, "ltr")) == []


def test_values_are_filled_in_at_any_depth_and_folios_are_left() -> None:
    inner = Span("strong", children=(Span("text", "{rich} {n}/{N} {other}"),))
    (filled,) = fill((inner,), VALUES, "ltr")
    assert filled.children[0] == Span("strong", children=(Span("text", "x"),))
    assert plain((filled,), {"n": "1", "N": "2"}) == "x 1/2 {other}"


def test_a_value_is_never_read_as_markup() -> None:
    spans = fill((Span("text", "{clinic}"),), {"clinic": "**{phone}** <b>"}, "ltr")
    assert spans == (Span("text", "**{phone}** <b>"),)


# Dates


def test_months_later_ends_with_the_month() -> None:
    assert months_later(date(2026, 11, 23), 12) == date(2027, 11, 23)
    assert months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_later(date(2026, 12, 31), 2) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("today", "overdue"), [("2027-11-21", False), ("2027-11-22", False), ("2027-11-23", True)]
)
def test_a_leaflet_past_its_review_is_out_of_date(
    site: Callable[..., Site], today: str, overdue: bool
) -> None:
    translation = translated(site(), today=date.fromisoformat(today))
    assert ("review-overdue" in codes(translation)) is overdue
    leaflet = leaflet_of(translation)
    assert bool(leaflet.out_of_date) is overdue
    assert (leaflet.notice("out-of-date") is not None) is overdue


def test_a_review_may_not_be_too_far_off(site: Callable[..., Site]) -> None:
    made = site(("en",), {NAME: TOPIC.replace("2027-11-22", "2029-11-23")})
    assert codes(translated(made, "en")) == []
    made.edit("topics/sore-throat/topic.md", "2029-11-23", "2029-11-24")
    assert codes(translated(made, "en")) == ["review-interval"]


def test_an_unapproved_therapy_is_reviewed_within_a_year(site: Callable[..., Site]) -> None:
    made = site(("en",), {NAME: THERAPY.replace("2027-11-22", "2027-11-23")})
    assert codes(translated(made, "en")) == []
    made.edit("topics/sore-throat/topic.md", "2027-11-23", "2027-11-24")
    assert codes(translated(made, "en")) == ["review-interval"]


def test_a_fact_about_a_regulator_expires(site: Callable[..., Site]) -> None:
    made = site(("en", "es"), {NAME: THERAPY}, {'"EU"': '"US"'})
    rule = next(r for r in made.words().site.house.rules if r.id == "unapproved-therapy.US")
    assert rule.checked_on is not None
    last = date.fromordinal(rule.checked_on.toordinal() + 180)
    assert codes(translated(made, today=last)) == []
    late = translated(made, today=date.fromordinal(last.toordinal() + 1))
    assert codes(late) == ["fact-expired"]
    leaflet = leaflet_of(late)
    assert leaflet.notice("out-of-date") is not None
    assert "unapproved-therapy.US" in leaflet.out_of_date[0]


# Approvals


def approve(made: Site, locale: str, *roles: str) -> None:
    from pressroom.content.approvals import sign
    from pressroom.core.model import Signature

    for role in roles:
        text = translated(made, locale).text
        sign(made.handouts, Signature(NAME, role, f"Dr {role}", TODAY, text.digest), text)


def test_without_approvals_it_is_a_draft(site: Callable[..., Site]) -> None:
    made = site()
    missing = [f for f in translated(made).findings if f.code == "approval-missing"]
    assert len(missing) == 2
    assert all(f.severity == "warning" for f in missing)
    assert translated(made).state == "draft"
    approve(made, "es", "clinician")
    (finding,) = (f for f in translated(made).findings if f.code.startswith("approval-"))
    assert "no reviewer has signed this text" in finding.message
    assert finding.where == "handouts/locales/es/approvals.toml"
    assert translated(made).state == "draft"


def test_with_all_approvals_it_is_approved_and_names_who_checked(site: Callable[..., Site]) -> None:
    made = site()
    approve(made, "es", "clinician", "reviewer")
    translation = translated(made)
    assert translation.state == "approved"
    assert not [f for f in translation.findings if f.code.startswith("approval-")]
    leaflet = leaflet_of(translation)
    assert leaflet.notice("draft") is None
    authors = leaflet.notice("authors")
    notice = leaflet.notice("translation-notice.en")
    assert authors is not None
    assert notice is not None
    assert "Dr clinician" in plain(authors.words)
    assert "checked by Dr reviewer" in plain(notice.words)
    assert translated(made, "en").state == "draft"  # each locale is signed by itself


def test_the_source_locale_has_its_own_approvals(site: Callable[..., Site]) -> None:
    made = site()
    approve(made, "en", "clinician")
    assert translated(made, "en").state == "approved"
    assert translated(made, "es").state == "draft"


CHANGES: dict[str, Callable[[Site], None]] = {
    "source": lambda s: (
        s.edit("topics/sore-throat/topic.md", "Rest for 2 days.", "Rest for 2 days!"),
        s.edit("locales/es/sore-throat.po", "Rest for 2 days.", "Rest for 2 days!"),
    ),
    "translation": lambda s: s.change("es/sore-throat", "Rest for 2 days.", text="2 días."),
    "house word": lambda s: s.edit("locales/es/house.po", "Llame ahora al", "Marque ahora el"),
    "review": lambda s: s.edit("topics/sore-throat/topic.md", "2027-11-22", "2027-11-21"),
    "sources": lambda s: s.edit("topics/sore-throat/topic.md", "throat, 2025", "throat, 2024"),
    "author": lambda s: s.edit("topics/sore-throat/topic.md", "Ada Author", "Ann Author"),
    "order": lambda s: s.edit(
        "topics/sore-throat/topic.md",
        "- Rest for 2 days.\n- Take 1–2 tablets, three times a day.\n",
        "- Take 1–2 tablets, three times a day.\n- Rest for 2 days.\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", list(CHANGES))
def test_any_change_of_the_text_voids_an_approval(site: Callable[..., Site], change: str) -> None:
    made = site()
    approve(made, "es", "clinician", "reviewer")
    assert translated(made).state == "approved"
    CHANGES[change](made)
    translation = translated(made)
    assert translation.state == "draft"
    void = [f for f in translation.findings if f.code == "approval-void"]
    assert len(void) == 2
    assert "signed it as clinician on 2026-12-01; ask for a new signature" in "".join(
        f.message for f in void
    )


def test_a_change_of_style_or_budget_voids_nothing(site: Callable[..., Site]) -> None:
    made = site()
    approve(made, "es", "clinician", "reviewer")
    made.write("styles/site.css", "h1 { color: black }")
    made.edit("topics/sore-throat/topic.md", "standard: 2", "standard: 3")
    made.edit("clinic.toml", "#0b4f6c", "#000000")
    assert translated(made).state == "approved"


@pytest.mark.parametrize("code", ["es", "ar", "km"])
def test_another_version_voids_nothing_but_what_is_changed_under_it_does(
    site: Callable[..., Site], code: str
) -> None:
    made = site(("en", code))
    approve(made, code, "clinician", "reviewer")
    made.edit("topics/sore-throat/topic.md", '"1.0"', '"1.1"')
    assert translated(made, code).state == "approved"
    made.edit("topics/sore-throat/topic.md", "Ada Author", "Ann Author")
    assert translated(made, code).state == "draft"


def test_another_topic_and_locale_void_nothing(site: Callable[..., Site]) -> None:
    made = site(("en", "es", "ar"))
    approve(made, "es", "clinician", "reviewer")
    made.change("ar/sore-throat", "Rest and drink enough.", text="استرح.")
    assert translated(made).state == "approved"


def test_the_digest_is_stable(site: Callable[..., Site]) -> None:
    """A release must not void what was signed: change this digest never, the format not lightly."""
    from pressroom.content.signed_text import text_of

    topic = site(("en",)).words().topics[NAME]
    pairs = [("care", "Rest.", "Descanse."), ("label", "Your notes", "Sus notas")]
    text = text_of(topic, "es", "en", pairs)
    assert str(text) == (
        "topic: sore-throat\nlocale: es\nversion: 1.0\nissued: 2026-11-23\n"
        "review_by: 2027-11-22\nauthor: Ada Author\nsource: A guideline on sore throat, 2025\n\n"
        "[care]\nen: Rest.\nes: Descanse.\n\n[label]\nen: Your notes\nes: Sus notas\n"
    )
    assert text.digest == "sha256:" + hashlib.sha256(str(text).encode()).hexdigest()
    assert text_of(topic, "es", "en", pairs[::-1]).digest != text.digest
