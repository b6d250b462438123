"""A changed source touches just the messages that changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pressroom.content.catalogue.merge import UNCONFIRMED, merge
from pressroom.content.catalogue.po import Catalogue, Entry
from pressroom.core.model import Message
from pressroom.exchange.update import add_locale, update_locale
from tests.support import TODAY, Site


def message(text: str, context: str = "care", place: str = "paragraph") -> Message:
    return Message(context, text, "", place, 1)


def entry(source: str, text: str, context: str = "care", place: str = "paragraph") -> Entry:
    return Entry(context, source, text, extracted=(place,), line=7)


def catalogue(*entries: Entry, obsolete: tuple[Entry, ...] = ()) -> Catalogue:
    return Catalogue("x.po", {e.key: e for e in entries}, {e.key: e for e in obsolete})


LONG = "Take one tablet in the morning and one in the evening, with food."
LONGER = "Take one tablet in the morning and two in the evening, with food."


def test_exact_text_is_kept_with_line_and_remarks() -> None:
    old = Entry(
        "care", "Rest.", "Descanse.", extracted=("old place",), remarks=("by hand",), line=9
    )
    (new,) = merge(catalogue(old), [message("Rest.", place="list item 1 of 2")])
    assert (new.text, new.fuzzy, new.line) == ("Descanse.", False, 9)
    assert new.remarks == ("by hand",)
    assert new.extracted == ("list item 1 of 2",)


def test_text_that_moved_within_a_section_keeps_its_translation() -> None:
    old = catalogue(entry("A.", "A!"), entry("B.", "B!"))
    new = merge(old, [message("B."), message("New."), message("A.")])
    assert [(e.source, e.text) for e in new] == [("B.", "B!"), ("New.", ""), ("A.", "A!")]
    assert not new.obsolete


def test_text_that_moved_to_another_section_is_followed() -> None:
    old = catalogue(entry("Rest well.", "Descanse.", context="care"))
    new = merge(old, [message("Rest well.", context="questions")])
    (moved,) = new
    assert (moved.context, moved.text, moved.fuzzy) == ("questions", "Descanse.", False)
    assert not new.obsolete


def test_text_with_two_translations_elsewhere_is_not_guessed() -> None:
    old = catalogue(entry("Yes.", "Sí.", context="a"), entry("Yes.", "Claro.", context="b"))
    (new,) = merge(old, [message("Yes.", context="c")])
    assert new.text == ""


def test_changed_text_is_fuzzy_and_keeps_its_previous_source() -> None:
    (new,) = merge(catalogue(entry(LONG, "Una")), [message(LONGER)])
    assert (new.source, new.text, new.fuzzy, new.previous) == (LONGER, "Una", True, LONG)


def test_text_that_changed_twice_keeps_what_was_translated() -> None:
    once = merge(catalogue(entry(LONG, "Una")), [message(LONGER)])
    (twice,) = merge(once, [message(LONGER.replace("food", "water"))])
    assert (twice.fuzzy, twice.previous) == (True, LONG)


def test_a_text_of_the_same_meaning_loses_only_the_mark_for_that_change() -> None:
    same = {("care", LONGER): LONG}
    for text in ("Una", "خذ قرصًا", "លេបថ្នាំ"):
        for previous, fuzzy in ((LONG, False), ("Rest.", True), ("", True)):
            old = Entry("care", LONGER, text, fuzzy=True, previous=previous)
            (new,) = merge(catalogue(old), [message(LONGER)], same)
            kept = previous if fuzzy else ""
            assert (new.text, new.fuzzy, new.previous) == (text, fuzzy, kept)


def test_text_in_the_same_place_may_change_more() -> None:
    where = "list item 3 of 5"
    old = catalogue(entry("Rest for two days.", "Dos días.", place=where))
    (new,) = merge(old, [message("Sleep for three nights.", place=where)])
    assert (new.fuzzy, new.previous) == (True, "Rest for two days.")


def test_text_that_is_not_alike_is_new() -> None:
    old = catalogue(entry("Rest for two days.", "Dos días.", place="list item 1 of 2"))
    new = merge(old, [message("Wash your hands!", place="paragraph")])
    (fresh,) = new
    assert (fresh.text, fresh.fuzzy) == ("", False)
    assert [e.text for e in new.obsolete.values()] == ["Dos días."]


def test_changed_text_is_looked_for_in_its_own_section_only() -> None:
    (new,) = merge(catalogue(entry(LONG, "Una", context="a")), [message(LONGER, context="b")])
    assert new.text == ""


def test_only_the_changed_message_is_touched() -> None:
    texts = [f"{LONG} ({n})" for n in range(1, 9)]
    old = merge(
        catalogue(*(entry(text, text.upper()) for text in texts)), [message(t) for t in texts]
    )
    changed = [*texts[:3], LONGER + " (4)", *texts[4:]]
    new = merge(old, [message(text) for text in changed])
    before, after = list(old), list(new)
    assert [a for i, a in enumerate(after) if i != 3] == [b for i, b in enumerate(before) if i != 3]
    assert after[3].fuzzy
    assert after[3].previous == texts[3]


def test_dropped_text_is_kept_and_used_again() -> None:
    old = catalogue(entry("A.", "A!"), entry("B.", "B!"))
    dropped = merge(old, [message("A.")])
    assert [e.source for e in dropped] == ["A."]
    assert [(e.source, e.text) for e in dropped.obsolete.values()] == [("B.", "B!")]
    again = merge(dropped, [message("A."), message("B.")])
    assert [(e.source, e.text, e.fuzzy) for e in again] == [
        ("A.", "A!", False),
        ("B.", "B!", False),
    ]
    assert not again.obsolete


def test_dropped_text_without_translation_is_forgotten() -> None:
    assert not merge(catalogue(entry("A.", "")), []).obsolete


def test_an_exact_match_is_never_lost_to_one_that_is_alike() -> None:
    old = catalogue(entry(LONG, "Una"), entry(LONGER, "Dos"))
    new = merge(old, [message(LONGER), message(LONGER + " Now.")])
    first, second = new
    assert (first.text, first.fuzzy) == ("Dos", False)
    assert (second.text, second.fuzzy, second.previous) == ("Una", True, LONG)


def test_placeholders_are_flagged() -> None:
    first, second = merge(catalogue(), [message("Call {phone}."), message("Rest {2}.")])
    assert first.flags == {"python-brace-format"}
    assert second.flags == frozenset()


def test_the_same_words_twice_name_both_places() -> None:
    (both,) = merge(catalogue(), [message("none", place="funder"), message("none", place="rest")])
    assert both.extracted == ("funder", "rest")


TEXTS = st.text(st.sampled_from("ab. "), min_size=1, max_size=12).map(str.strip).filter(bool)
MESSAGES = st.lists(
    st.builds(
        message, TEXTS, st.sampled_from(["a", "b"]), st.sampled_from(["paragraph", "list item 1"])
    ),
    max_size=8,
)
ENTRIES = st.lists(st.builds(entry, TEXTS, TEXTS, st.sampled_from(["a", "b"])), max_size=8)


@given(ENTRIES, ENTRIES, MESSAGES)
def test_merging_is_sound(live: list[Entry], dead: list[Entry], messages: list[Message]) -> None:
    old = catalogue(*live, obsolete=tuple(e for e in dead if e.key not in {x.key for x in live}))
    new = merge(old, messages)
    assert list(new.entries) == list(dict.fromkeys(m.key for m in messages))
    assert all(key == e.key for key, e in new.entries.items())
    assert merge(new, messages) == new
    translations = [e.text for e in (*new.entries.values(), *new.obsolete.values()) if e.text]
    known = {e.text for e in (*live, *dead)}
    assert set(translations) <= known
    for e in new:
        kept = old.entries.get(e.key)
        if kept is not None:
            assert (e.text, e.fuzzy) == (kept.text, kept.fuzzy)
        # What is not fuzzy was a translation of just this text.
        elif e.text and not e.fuzzy:
            assert any(e.text == x.text and e.source == x.source for x in (*live, *dead))
        else:
            assert not e.text or e.previous


# In files


def test_updating_twice_changes_nothing_the_second_time(site: Callable[..., Site]) -> None:
    made = site(("en", "es"))
    list(update_locale(made.words(), "es"))
    made.edit("topics/sore-throat/topic.md", "Rest for 2 days.", "Rest for 3 days or more.")
    (house, topic) = update_locale(made.words(), "es")
    assert "no change" in house
    assert "1 fuzzy" in topic
    first = made.path("locales/es/sore-throat.po").read_bytes()
    assert b'#| msgid "Rest for 2 days."' in first
    assert b"#, fuzzy" in first
    assert all("no change" in line for line in update_locale(made.words(), "es"))
    assert made.path("locales/es/sore-throat.po").read_bytes() == first


def test_an_update_changes_the_lines_of_one_message(site: Callable[..., Site]) -> None:
    made = site(("en", "es"))
    list(update_locale(made.words(), "es"))
    before = made.read("locales/es/sore-throat.po").split("\n")
    made.edit("topics/sore-throat/topic.md", "Rest for 2 days.", "Rest for 3 days.")
    list(update_locale(made.words(), "es"))
    after = made.read("locales/es/sore-throat.po").split("\n")
    gone = [line for line in before if line not in after]
    come = [line for line in after if line not in before]
    assert gone == ['msgid "Rest for 2 days."']
    assert sorted(come) == [
        "# confirmed for the previous source: 8d684b77ba",
        "#, fuzzy",
        '#| msgid "Rest for 2 days."',
        'msgid "Rest for 3 days."',
    ]


def test_a_new_locale_has_every_message_and_no_translation(site: Callable[..., Site]) -> None:
    made = site(("en",))
    paths = add_locale(made.words(TODAY), "ckb")
    assert paths == [
        "handouts/locales/ckb/house.po",
        "handouts/locales/ckb/sore-throat.po",
        "handouts/clinic.toml",
    ]
    words = made.words()
    assert words.site.clinic.locales == ("en", "ckb")
    topic = made.catalogue("ckb/sore-throat")
    assert list(topic.entries) == list(
        dict.fromkeys(m.key for m in words.topics["sore-throat"].messages)
    )
    assert not any(entry.text or entry.fuzzy for entry in topic)
    assert topic.header["Language"] == "ckb"
    house = made.catalogue("ckb/house")
    assert list(house.entries) == [m.key for m in words.house_messages]
    assert "# Name" not in made.read("clinic.toml")
    assert add_locale(made.words(), "ckb") == []


def test_adding_a_locale_keeps_the_comments_of_the_clinic_file(site: Callable[..., Site]) -> None:
    made = site(("en",))
    made.write("clinic.toml", "# About us.\n" + made.read("clinic.toml"))
    before = made.read("clinic.toml")
    add_locale(made.words(), "fr")
    assert made.read("clinic.toml") == before.replace('["en"]', '["en", "fr"]')


def test_a_source_that_is_taken_back_is_confirmed_again() -> None:
    for text in ("Una", "خذ قرصًا", "លេបថ្នាំ"):
        changed = merge(catalogue(entry(LONG, text)), [message(LONGER)])
        twice = merge(changed, [message(LONGER.replace("food", "water"))])
        for there in (changed, twice):
            (back,) = merge(there, [message(LONG)])
            assert (back.source, back.text, back.fuzzy, back.previous) == (LONG, text, False, "")
            assert back.remarks == ()


def test_a_fuzzy_text_that_was_edited_is_not_confirmed_by_taking_its_source_back() -> None:
    changed = merge(catalogue(entry(LONG, "Una con agua")), [message(LONGER)])
    (old,) = changed
    for text in ("Una con agua y", "una con agua"):
        edited = replace(changed, entries={old.key: replace(old, text=text)})
        for there in (edited, merge(edited, [message(LONGER.replace("food", "water"))])):
            (back,) = merge(there, [message(LONG)])
            assert (back.text, back.fuzzy, back.previous) == (text, True, LONG)
        # Nor where somebody signs that the changed source means the same.
        (same,) = merge(edited, [message(LONGER)], {(old.context, LONGER): LONG})
        assert same.fuzzy
    # What gettext's own tools have merged says nothing of it.
    (back,) = merge(catalogue(replace(old, source=LONG, remarks=())), [message(LONG)])
    assert not back.fuzzy


def test_what_nobody_had_confirmed_is_not_confirmed_by_taking_its_source_back() -> None:
    for text in ("Una", "خذ قرصًا", "លេបថ្នាំ"):
        old = replace(entry(LONG, text), fuzzy=True)
        changed = merge(catalogue(old), [message(LONGER)])
        (back,) = merge(changed, [message(LONG)])
        assert (back.fuzzy, back.previous) == (True, LONG)
        offer = replace(old, previous=LONG, extracted=("memory: 93% like a text in asthma",))
        (back,) = merge(catalogue(offer), [message(LONG)])
        assert back.fuzzy
        # The mark goes with the first translation that is confirmed.
        done = replace(back, fuzzy=False, remarks=(UNCONFIRMED, "mine"), extracted=())
        (new,) = merge(catalogue(done), [message(LONG)])
        assert new.remarks == ("mine",)
