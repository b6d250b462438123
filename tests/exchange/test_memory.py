"""What was translated elsewhere is offered with its origin, and never taken silently."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.content.catalogue.po import Catalogue, Entry
from pressroom.exchange.memory import SHORTEST, Memory
from tests.conftest import Outcome
from tests.support import TOPIC, TRANSLATIONS, Site

LONG = "Take one tablet in the morning and one in the evening, with food."
OTHER = "Take two tablets in the morning and one in the evening, with food."


def catalogue(*entries: Entry) -> Catalogue:
    return Catalogue("x.po", {entry.key: entry for entry in entries})


def memory(**texts: dict[str, str]) -> Memory:
    return Memory(
        {
            name: catalogue(*(Entry("a", source, text) for source, text in pairs.items()))
            for name, pairs in texts.items()
        },
        lambda name: "approved by clinician on 2026-11-01" if name == "signed" else "not approved",
    )


@pytest.mark.parametrize("text", ["Una tableta", "خذ قرصًا", "一片药", "लें एक गोली"])
def test_the_same_text_is_offered_as_fuzzy_with_its_origin(text: str) -> None:
    (entry,) = memory(asthma={LONG: text}).fill(catalogue(Entry("b", LONG)))
    assert (entry.text, entry.fuzzy, entry.previous) == (text, True, "")
    assert entry.extracted == ("memory: the same text in asthma, not approved",)


def test_a_text_that_is_alike_is_offered_with_score_and_source() -> None:
    (entry,) = memory(signed={LONG: "Una"}).fill(catalogue(Entry("b", OTHER)))
    assert (entry.text, entry.fuzzy, entry.previous) == ("Una", True, LONG)
    assert entry.extracted == (
        "memory: 93% like a text in signed, approved by clinician on 2026-11-01",
    )


@pytest.mark.parametrize("source", ["Wash your hands before you eat.", "Best.", "Take one tablet."])
def test_a_text_that_is_not_alike_or_too_short_is_not_offered(source: str) -> None:
    known = memory(asthma={LONG: "Una", "Rest.": "Descanse."})
    assert known.offer(source) is None
    before = catalogue(Entry("b", source))
    assert known.fill(before) == before


def test_a_short_text_is_offered_for_itself_alone() -> None:
    """Of so few letters one makes it another text, also where the known one is long enough."""
    known = memory(asthma={"Take one tablet.": "Una"})
    assert known.offer("Take 1 tablet.") is None
    assert known.offer("Take one tablet.") is not None
    assert known.offer("Take one tablets.") is not None


def test_approved_text_is_offered_before_other_text_and_then_what_is_used_most() -> None:
    known = memory(a={"Rest.": "x"}, b={"Rest.": "x"}, c={"Rest.": "y"})
    assert known.offer("Rest.").text == "x"  # type: ignore[union-attr]
    known = memory(a={"Rest.": "x"}, b={"Rest.": "x"}, signed={"Rest.": "y"})
    assert known.offer("Rest.").text == "y"  # type: ignore[union-attr]


def test_what_is_translated_or_fuzzy_is_left_alone_and_fuzzy_text_is_not_remembered() -> None:
    known = Memory(
        {"a": catalogue(Entry("x", "Rest.", "Fuzzy", fuzzy=True), Entry("x", "Sleep.", "Sueñe."))}
    )
    assert known.offer("Rest.") is None
    before = catalogue(Entry("b", "Sleep.", "Duerma."), Entry("c", "Sleep.", "Hm", fuzzy=True))
    assert known.fill(before) == before


WORDS = st.text(st.sampled_from("abcé جلा "), min_size=1, max_size=40).filter(str.strip)


@st.composite
def looked_for(draw: st.DrawFn) -> tuple[dict[str, str], str, str]:
    """Return what is known, a text, and how it comes to it: the same, alike or new."""
    known = draw(st.dictionaries(WORDS, WORDS, min_size=1, max_size=6))
    kind = draw(st.sampled_from(["same", "alike", "new"]))
    one = draw(st.sampled_from(sorted(known)))
    long = one * (SHORTEST // len(one) + 1)
    known[long] = known.pop(one)
    if kind == "same":
        return known, draw(st.sampled_from(sorted(known))), kind
    if kind == "new":
        # No letter of it stands in what is known.
        return known, draw(st.text(st.sampled_from("xyzқ"), min_size=1, max_size=40)), kind
    at = draw(st.integers(0, len(long) - 1))
    return known, long[:at] + "x" + long[at + 1 :], kind


@given(looked_for())
def test_an_offer_is_never_taken_silently(case: tuple[dict[str, str], str, str]) -> None:
    known, source, kind = case
    (entry,) = memory(topic=known).fill(catalogue(Entry("b", source)))
    if kind == "new":
        assert entry == Entry("b", source)
        return
    assert entry.fuzzy
    assert entry.text == known[entry.previous or source]
    assert (entry.previous == "") is (kind == "same")
    said = "the same text" if kind == "same" else r"\d\d% like a text"
    (note,) = entry.extracted
    assert re.fullmatch(rf"memory: {said} in topic, not approved", note)


# On a site

NEW = TOPIC.replace("id: sore-throat", "id: cough").replace("Rest for 2 days.", "Rest for 4 days.")


def test_a_new_topic_is_offered_what_another_has(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "ar"), {"sore-throat": TOPIC, "cough": NEW})
    made.path("locales/ar/cough.po").unlink()
    for role in ("reviewer", "clinician"):
        run("approve", "sore-throat", "ar", "--role", role, "--by", "Ada")
    said = run("locale", "update", "ar").out
    assert "cough.po: 0 of 11 translated, 11 fuzzy (11 offered by the memory)" in said
    entries = {entry.source: entry for entry in made.catalogue("ar/cough")}
    offered = entries["When can I work again?"]
    assert offered.text == TRANSLATIONS["ar"]["When can I work again?"]
    assert offered.fuzzy
    note = "approved by clinician on 2026-12-01, reviewer on 2026-12-01"
    assert offered.extracted[-1] == f"memory: the same text in sore-throat, {note}"
    near = entries["Rest for 4 days."]
    assert near.previous == "Rest for 2 days."
    assert near.extracted[-1] == f"memory: 93% like a text in sore-throat, {note}"

    # It is withheld until each is confirmed; and then nothing tells of the memory any more.
    assert "has a text that the memory offers (fuzzy)" in run("check", "cough").err
    assert "no change" in run("locale", "update", "ar").out.split("\n")[1]
    made.change("ar/cough", "When can I work again?", fuzzy=False)
    run("locale", "update", "ar")
    confirmed = {entry.source: entry for entry in made.catalogue("ar/cough")}
    assert confirmed["When can I work again?"].extracted == (
        "list item 1 of 1 under “Questions to ask”",
    )


def test_nothing_is_offered_where_that_is_not_wanted(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "es"), {"sore-throat": TOPIC, "cough": NEW})
    made.path("locales/es/cough.po").unlink()
    assert (
        "cough.po: 0 of 11 translated, 11 missing"
        in run("locale", "update", "es", "--no-memory").out
    )
