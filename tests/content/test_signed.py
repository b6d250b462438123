"""The text that is signed: written, read again, and proven by its digest."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.content.signed_text import Text, parse, read_signed, signed_path, write_signed
from pressroom.core.errors import CatalogueError

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)))
ID = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)


@given(
    st.lists(st.tuples(ID, WORDS), min_size=1),
    st.lists(st.tuples(ID, WORDS, WORDS)),
    st.sampled_from(["en", "es", "ar"]),
)
def test_every_text_comes_back(
    head: list[tuple[str, str]], messages: list[tuple[str, str, str]], locale: str
) -> None:
    if locale == "en":
        messages = [(context, source, "") for context, source, _ in messages]
    text = Text(tuple(head), tuple(messages), "en", locale)
    assert parse(str(text), "en", locale) == text


@given(WORDS)
def test_what_is_no_such_text_is_none(text: str) -> None:
    made = parse(text, "en", "ar")
    assert made is None or str(made) == text


TEXT = Text((("topic", "asthma"),), (("care", "Rest.", "استرح."),), "en", "ar")


def test_the_file_is_what_sha256sum_digests(tmp_path: Path) -> None:
    path = write_signed(tmp_path, "asthma", "reviewer", TEXT)
    assert path == tmp_path / "locales/ar/signed/asthma.reviewer.txt"
    assert TEXT.digest == "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    assert read_signed(tmp_path, "ar", "en", "asthma", "reviewer", TEXT.digest) == TEXT


def test_a_text_that_was_changed_or_is_gone_is_refused(tmp_path: Path) -> None:
    path = write_signed(tmp_path, "asthma", "reviewer", TEXT)
    path.write_text(path.read_text("utf-8").replace("استرح", "نم"), "utf-8")
    with pytest.raises(CatalogueError, match="not the text that was signed: its digest differs"):
        read_signed(tmp_path, "ar", "en", "asthma", "reviewer", TEXT.digest)
    path.unlink()
    with pytest.raises(CatalogueError, match="is not kept"):
        read_signed(tmp_path, "ar", "en", "asthma", "reviewer", TEXT.digest)
    outside = tmp_path.parent / "outside.txt"
    outside.write_text(str(TEXT), "utf-8")
    signed_path(tmp_path, "ar", "asthma", "reviewer").symlink_to(outside)
    with pytest.raises(CatalogueError, match="leads out of"):
        read_signed(tmp_path, "ar", "en", "asthma", "reviewer", TEXT.digest)
