"""The mark: the same words have the same one, and no others do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from pressroom.content.catalogue.locale_version import next_version
from pressroom.core.errors import CatalogueError
from pressroom.core.model import Leaflet, plain
from pressroom.leaflet.mark import digest_mark, marked

from ..support import Site

TOPIC_FILE = "topics/sore-throat/topic.md"
CODES = ("en", "ar", "km")


def leaflet(made: Site, code: str) -> Leaflet:
    words = made.words()
    found = words.translation(words.topics["sore-throat"], code, words.locale_words(code)).leaflet
    assert found is not None
    return found


def test_a_mark_is_six_characters_of_a_digest() -> None:
    # `printf '1 a\n1 b\n' | sha256sum` begins with 92f32350:
    # 10010 01011 11001 10010 00110 10100 are 18, 11, 25, 18, 6 and 20.
    assert digest_mark(["a", "b"]) == "jbsj6m"
    assert digest_mark(["ab"]) != digest_mark(["a", "b"])


@pytest.mark.parametrize("code", CODES)
def test_it_stands_beside_the_version_and_in_the_address(
    site: Callable[..., Site], code: str
) -> None:
    found = leaflet(site(CODES), code)
    assert re.fullmatch(r"[0-9a-hjkmnp-tv-z]{6}", found.mark)
    foot = found.notice("dates-version")
    assert foot is not None
    assert f"1.0 · {found.mark} · " in plain(foot.words)
    wanted = f"https://r.example/c/sore-throat.html#{code}-1.0-{found.mark}"
    assert found.status_address("https://r.example") == wanted


#: Edits of what the pages show, and the locales that they concern.
EDITS: dict[str, tuple[str, str, str]] = {
    "a clinic's number": ("clinic.toml", "020 910 0142", "020 910 0143"),
    "a clinic's name": ("clinic.toml", 'name = "Test Street', 'name = "Toast Street'),
    "an address": ("clinic.toml", '"1 Test Street"', '"2 Test Street"'),
    "a version": (TOPIC_FILE, '"1.0"', '"1.1"'),
    "a review date": (TOPIC_FILE, "2027-11-22", "2027-11-21"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_other_words_have_another_mark(site: Callable[..., Site], edit: str) -> None:
    made = site(CODES)
    before = {code: leaflet(made, code).mark for code in CODES}
    assert len(set(before.values())) == len(CODES)
    made.edit(*EDITS[edit])
    assert all(leaflet(made, code).mark != before[code] for code in CODES)


@pytest.mark.parametrize(("code", "source"), [("ar", "Rest and drink enough."), ("km", "none")])
def test_a_corrected_word_changes_the_mark_of_its_locale_alone(
    site: Callable[..., Site], code: str, source: str
) -> None:
    made = site(CODES)
    before = {one: leaflet(made, one).mark for one in CODES}
    made.change(f"{code}/sore-throat", source, text="X.")
    assert {one for one in CODES if leaflet(made, one).mark != before[one]} == {code}


def test_looks_do_not_count(site: Callable[..., Site]) -> None:
    made = site(CODES)
    before = {code: leaflet(made, code).mark for code in CODES}
    made.edit("clinic.toml", "#0b4f6c", "#000000")
    made.edit("clinic.toml", 'paper = "A4"', 'paper = "Letter"')
    assert {code: leaflet(made, code).mark for code in CODES} == before
    made.edit(TOPIC_FILE, "## Care at home {#care}", "## Care at home {#home}")
    assert leaflet(made, "en").mark == before["en"]


def test_what_is_read_in_two_languages_counts_in_that_edition(site: Callable[..., Site]) -> None:
    made = site(CODES)
    clinic = made.words().site.clinic
    one = leaflet(made, "ar")
    of = {e: marked(replace(one, edition=e), clinic).mark
          for e in ("standard", "large-print", "booklet", "bilingual")}  # fmt: skip
    assert of["standard"] == of["large-print"] == of["booklet"] == one.mark != of["bilingual"]


@pytest.mark.parametrize("code", ["ar", "km"])
def test_a_translation_may_have_a_version_of_its_own(site: Callable[..., Site], code: str) -> None:
    made = site(CODES)
    assert next_version("1.0", code) == f"1.0-{code}.2"
    assert next_version(f"1.0-{code}.2", code) == f"1.0-{code}.3"
    path = f"locales/{code}/sore-throat.po"
    field = f'"X-Leaflet-Version: 1.0-{code}.2\\n"\n"MIME-Version'
    made.edit(path, '"MIME-Version', field)
    assert leaflet(made, code).version == f"1.0-{code}.2"
    assert leaflet(made, "en").version == "1.0"
    made.edit(TOPIC_FILE, '"1.0"', '"1.1"')
    assert leaflet(made, code).version == "1.1"
    made.edit(path, f"1.0-{code}.2", "2")
    with pytest.raises(CatalogueError, match=rf"no version of {code}; write 1.1-{code}.2"):
        leaflet(made, code)
