"""What is out of date, and why: without a single file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.build.inputs import fingerprints
from pressroom.build.plan import REASONS, not_wanted, reasons
from pressroom.core.published import Made, Wanted

PARTS = dict.fromkeys(REASONS, "1")
WANTED = Wanted("asthma", "ar", "standard", "draft", PARTS, "text")
MADE = Made("asthma", "ar", "standard", "draft", PARTS, "text", "ar/asthma.pdf", "abc")
FOUND = {"ar/asthma.pdf": "abc"}


def test_what_stands_is_unchanged() -> None:
    assert reasons(WANTED, MADE, FOUND) == ()


def test_what_was_never_built() -> None:
    assert reasons(WANTED, None, FOUND) == ("it was never built",)
    assert reasons(WANTED, None, FOUND, force=True) == ("it was never built",)


@pytest.mark.parametrize("part", [part for part in REASONS if part != "page"])
def test_each_part_has_its_reason(part: str) -> None:
    changed = replace(WANTED, parts={**PARTS, part: "2"})
    assert reasons(changed, MADE, FOUND) == (REASONS[part],)


def test_a_changed_word_is_told_from_a_changed_template() -> None:
    changed = replace(WANTED, parts={**PARTS, "page": "2"})
    assert reasons(replace(changed, text="new"), MADE, FOUND) == ("its words changed",)
    assert reasons(changed, MADE, FOUND) == (
        "the template, a figure or the clinic's details changed",
    )


def test_all_reasons_are_given() -> None:
    changed = replace(WANTED, parts={**PARTS, "fonts": "2", "engine": "2"})
    assert reasons(changed, MADE, {}) == (
        "the fonts changed", "the engine changed", "its file is gone",
    )  # fmt: skip


def test_a_file_that_is_gone_or_altered() -> None:
    assert reasons(WANTED, MADE, {}) == ("its file is gone",)
    assert reasons(WANTED, MADE, {"ar/asthma.pdf": "xyz"}) == ("its file was altered",)


def test_each_of_its_files_has_to_stand() -> None:
    made = replace(MADE, extras={"ar/asthma.html": "def", "rack/ar.png": "ghi"})
    found = {**FOUND, "ar/asthma.html": "def", "rack/ar.png": "ghi"}
    assert reasons(WANTED, made, found) == ()
    assert reasons(WANTED, made, {**found, "ar/asthma.html": "x"}) == ("its web page was altered",)
    assert reasons(WANTED, made, FOUND) == (
        "its web page is gone", "its file rack/ar.png is gone",
    )  # fmt: skip


def test_force_is_a_reason_of_its_own_only_where_there_is_no_other() -> None:
    assert reasons(WANTED, MADE, FOUND, force=True) == ("it was asked for by --force",)
    assert reasons(WANTED, MADE, {}, force=True) == ("its file is gone",)


def test_a_part_that_an_older_build_did_not_know_is_a_change() -> None:
    older = replace(MADE, parts={k: v for k, v in PARTS.items() if k != "fonts"})
    assert reasons(WANTED, older, FOUND) == ("the fonts changed",)


DIGESTS = st.sampled_from("ab")
ANY_PARTS = st.fixed_dictionaries(dict.fromkeys(REASONS, DIGESTS))


@given(ANY_PARTS, ANY_PARTS, DIGESTS, DIGESTS, st.booleans())
def test_a_leaflet_is_made_just_where_something_differs(
    wanted: dict[str, str], made: dict[str, str], text: str, old_text: str, force: bool
) -> None:
    one = replace(WANTED, parts=wanted, text=text)
    other = replace(MADE, parts=made, text=old_text)
    said = reasons(one, other, FOUND, force)
    assert bool(said) is (wanted != made or force)
    assert len(said) == max(sum(wanted[k] != made[k] for k in REASONS), force)


KEYS = st.tuples(st.sampled_from("ab"), st.sampled_from(["en", "ar"]), st.sampled_from("xy"))


@given(st.lists(KEYS), st.lists(st.tuples(KEYS, st.sampled_from(["draft", "approved"]))))
def test_just_what_is_wanted_no_more_is_removed(
    wanted: list[tuple[str, str, str]], made: list[tuple[tuple[str, str, str], str]]
) -> None:
    keys = [(*key, state) for key, state in made]
    assert not_wanted(wanted, keys) == tuple(key for key in keys if key[:3] not in wanted)


def test_places_without_words_of_their_own_are_told_from_each_other() -> None:
    digests = {"site/clinic.toml": "1", "site/topics/asthma/topic.md": "2", "site/house/x.md": "3"}
    found = dict(fingerprints(digests, {}, ["asthma"], ["en", "ar", "km"], "en"))
    assert found.keys() == {("asthma", code) for code in ("en", "ar", "km")}
    assert len(set(found.values())) == 3


def test_keys_find_each_other() -> None:
    assert WANTED.key == MADE.key == ("asthma", "ar", "standard", "draft")
