"""A catalogue tells its translator what the words alone do not show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pressroom.content.catalogue.merge import merge
from pressroom.content.catalogue.po import Catalogue, Entry, read_catalogue
from pressroom.content.catalogue.translator_notes import (
    Facts,
    Room,
    annotate,
    limit_of,
    places,
)
from pressroom.core.model import Message
from pressroom.exchange.page_facts import Built
from pressroom.preflight.pdf.document import read_layout
from tests.conftest import Outcome
from tests.support import SHIPPED, TODAY, TOPIC, Site

SOME_ROOM = Room(pages=2, growth=0.4, characters=2000, own=True)
NO_ROOM = Room(pages=2, growth=-0.1, characters=2000, own=True)


def noted(site: Site, catalogue: Catalogue, old: Catalogue, facts: Facts | None) -> Catalogue:
    words = site.words()
    messages = words.topics["sore-throat"].messages
    return annotate(merge(catalogue, messages), old, messages, words.site.clinic, "ar", facts)


def by_source(catalogue: Catalogue, source: str) -> Entry:
    (entry,) = (entry for entry in catalogue if entry.source.startswith(source))
    return entry


def test_a_message_tells_place_page_placeholders_and_room(site: Callable[..., Site]) -> None:
    made = site(("en", "ar"))
    old = made.catalogue("ar/sore-throat")
    facts = Facts({"msg-care-3": 1, "msg-care-2": 1}, SOME_ROOM)
    new = noted(made, old, old, facts)
    assert by_source(new, "Rest for 2").extracted == (
        "list item 1 of 2 under “Care at home”; printed on page 1",
        "room: up to about 32 characters, if all texts share what is free on 2 pages",
    )
    assert by_source(new, "Drink").extracted[1] == (
        "{phone}: the clinic's telephone number, such as 020 910 0142"
    )
    assert limit_of(by_source(new, "Rest for 2")) == 32
    assert limit_of(by_source(old, "Rest for 2")) is None


def test_pages_and_room_stay_as_they_were_where_nothing_is_built(site: Callable[..., Site]) -> None:
    made = site(("en", "ar"))
    old = made.catalogue("ar/sore-throat")
    first = noted(made, old, old, Facts({"msg-care-3": 2}, SOME_ROOM))
    again = noted(made, first, first, None)
    assert again == first
    made.edit("topics/sore-throat/topic.md", "Rest for 2 days.", "Rest for 3 days.")
    changed = noted(made, first, first, None)
    entry = by_source(changed, "Rest for 3")
    assert (entry.fuzzy, entry.previous) == (True, "Rest for 2 days.")
    assert entry.extracted == by_source(first, "Rest for 2").extracted


def test_what_is_noted_does_not_hide_the_place() -> None:
    comments = (
        "list item 1 of 2; printed on page 3", "{phone}: a number", "room: up to about 9",
        "memory: the same text in asthma, not approved",
    )  # fmt: skip
    assert places(comments) == ("list item 1 of 2",)


@pytest.mark.parametrize(
    ("room", "text", "limit"),
    [
        (SOME_ROOM, "x" * 100, 130), (SOME_ROOM, "x" * 5, 20), (NO_ROOM, "x" * 100, 100),
        (NO_ROOM, "x" * 5, 5), (replace(SOME_ROOM, own=False), "", 55),
    ],
)  # fmt: skip
def test_a_text_may_grow_by_its_share(room: Room, text: str, limit: int) -> None:
    assert room.limit(Entry("a", "y" * 40, text)) == limit


def test_the_last_build_gives_pages_and_room(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "es", "ar"))
    run("build", "--locale", "en", "--locale", "ar")
    run("locale", "update")
    arabic, spanish = made.catalogue("ar/sore-throat"), made.catalogue("es/sore-throat")
    for entry in arabic:
        if entry.source != "none":
            assert entry.extracted[0].endswith("; printed on page 1")
        assert 5 <= (limit_of(entry) or 0) < 1000
    # The Spanish leaflet is not built: of its room the English one tells, of its pages nobody.
    assert "printed on page" not in made.read("locales/es/sore-throat.po")
    assert all(limit_of(entry) for entry in spanish)
    assert all(limit_of(entry) for entry in made.catalogue("ar/house"))

    # What a build reads of a catalogue is not what is noted in it.
    assert "unchanged ar" not in run("build", "--locale", "ar").out
    report = run("build", "--locale", "ar", "--json").out
    assert '"unchanged": 1' in report

    before = made.read("locales/ar/sore-throat.po")
    assert "no change" in run("locale", "update", "ar").out
    made.edit("topics/sore-throat/topic.md", "Rest for 2 days.", "Rest for 3 days.")
    run("locale", "update", "ar")
    after = made.read("locales/ar/sore-throat.po")
    gone = [line for line in before.split("\n") if line not in after.split("\n")]
    assert gone == ['msgid "Rest for 2 days."']


def test_a_locale_of_wider_letters_is_promised_nothing_by_the_source(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "es", "hi"))
    run("build", "--locale", "en")
    words = made.words()
    assert Built(words, made.out, "es")("sore-throat") is not None
    assert Built(words, made.out, "hi")("sore-throat") is None
    assert Built(words, made.folder / "none", "es")("sore-throat") is None
    assert Built(words, made.out, "es")("no-topic") is None
    made.edit("topics/sore-throat/topic.md", "Rest for 2 days.", "Rest for 3 days.")
    assert Built(made.words(), made.out, "es")("sore-throat") is None  # It shows older words.


def test_house_words_may_grow_as_far_as_the_leaflet_with_the_least_room(
    site: Callable[..., Site],
) -> None:
    room = {"asthma": NO_ROOM, "sore-throat": SOME_ROOM}
    made = site(("en", "es"), topics={n: TOPIC.replace("sore-throat", n) for n in room})
    built = Built(made.words(), made.out, "es")
    built._known = {name: Facts({}, most) for name, most in room.items()}
    assert built("house") == Facts({}, NO_ROOM)


def test_a_layout_is_read_from_a_pdf_only() -> None:
    assert read_layout(b"") is None
    assert read_layout(b"%PDF-1.7 nonsense") is None


def test_the_words_of_shipped_catalogues_are_not_touched_by_notes() -> None:
    """The place a text was in is still known when it stands beside other notes."""
    old = read_catalogue(SHIPPED / "locales/km/ankylosing-spondylitis.po")
    messages = [Message(*key, "", e.extracted[0], 1) for key, e in old.entries.items()]
    noted_catalogue = replace(
        old,
        entries={
            key: replace(e, extracted=(f"{e.extracted[0]}; printed on page 2", "room: none"))
            for key, e in old.entries.items()
        },
    )
    assert merge(noted_catalogue, messages) == merge(old, messages)


def test_a_locale_is_added_with_a_full_header(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en",))
    run("locale", "add", "pl")
    header = made.catalogue("pl/house").header
    assert header["Language-Team"] == "Polish"
    assert header["Language"] == "pl"
    assert header["Plural-Forms"].startswith("nplurals=")
    assert str(TODAY.year)[:2] in header["POT-Creation-Date"]
