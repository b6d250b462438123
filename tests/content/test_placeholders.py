"""What may stand in braces: each name is explained to translators, and is filled in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pressroom.content.placeholders import FOLIOS, PLACEHOLDERS, TOPIC_PLACEHOLDERS, placeholders
from pressroom.core.model import plain

from ..support import TODAY, TOPIC, Site

THERAPY = TOPIC.replace("tags: []", "tags: [unapproved-therapy]\ntherapy: none\ncondition: none")

#: What a site may write, taken from its handbook: names that a leaflet fills in.
WRITTEN = [
    "authors",
    "blank",
    "checked_on",
    "clinic",
    "clinical_reviewer",
    "condition",
    "conflicts",
    "email",
    "emergency_number",
    "funder",
    "issued",
    "leaflet_id",
    "licence",
    "locale",
    "n",
    "N",
    "owner",
    "phone",
    "review_by",
    "reviewer",
    "source_version",
    "sources",
    "therapy",
    "Therapy",
    "translator",
    "urgent_number",
    "version",
    "year",
]


def test_names_are_found_once_in_their_order() -> None:
    assert placeholders("اتصل على {phone} أو {clinic}، {phone}") == ("phone", "clinic")
    assert placeholders("{a b} {} {1} }x{") == ()


def test_the_names() -> None:
    assert sorted(PLACEHOLDERS) == sorted(WRITTEN)
    assert all(one.meaning for one in PLACEHOLDERS.values())


@pytest.mark.parametrize("code", ["en", "ar", "km"])
def test_each_of_them_is_filled_in(site: Callable[..., Site], code: str) -> None:
    made = site(dict.fromkeys(("en", code)), {"sore-throat": THERAPY})
    path = "house/disclaimers.md"
    said = " ".join(f"{{{name}}}" for name in WRITTEN)
    made.write(path, f"{made.read(path)}\n## test-all\n\nAll: {said}.\n")
    made.write(
        "house/policy.toml",
        made.read("house/policy.toml") + '\n[[disclaimer]]\nid = "test-all"\n'
        'when = ["always"]\nplacement = "last-page"\nleast_pt = 9\nchecked_on = 2026-11-01\n',
    )
    if code != "en":
        house = made.path(f"locales/{code}/house.po")
        entry = f'\nmsgctxt "test-all"\nmsgid "All: {said}."\nmsgstr "{said}"\n'
        house.write_text(house.read_text("utf-8") + entry, encoding="utf-8")
    words = made.words(TODAY)
    leaflet = words.translation(words.topics["sore-throat"], code, words.locale_words(code)).leaflet
    assert leaflet is not None
    notice = leaflet.notice("test-all")
    assert notice is not None
    printed = plain(notice.words, dict.fromkeys(FOLIOS, "1"))
    assert "{" not in printed
    assert "020 910 0199" in printed


def test_topics_use_what_is_the_clinics() -> None:
    clinics = ("clinic", "phone", "email", "emergency_number", "urgent_number")
    assert (*clinics, "blank") == TOPIC_PLACEHOLDERS
