"""Signatures: read, written, and weighed against the text as it stands."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.content.approvals import (
    SameMeaning,
    approvals_path,
    read_approvals,
    same_person,
    sign,
    weigh,
)
from pressroom.content.signed_text import Text
from pressroom.core.errors import CatalogueError, HandoutError
from pressroom.core.model import Signature
from pressroom.core.toml import LONGEST_TOML_LINE, quoted_lines

DAY = date(2026, 12, 1)
ONE, TWO = "sha256:" + "1" * 64, "sha256:" + "2" * 64
TEXT = Text((("topic", "asthma"),), (("care", "Rest.", "استرح."),), "en", "ar")


def signature(
    role: str, digest: str = ONE, topic: str = "asthma", name: str = "Dr Öz", day: date = DAY
) -> Signature:
    return Signature(topic, role, name, day, digest)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


SITE = Path("handouts")


def test_without_a_file_nobody_signed() -> None:
    assert read_approvals(SITE, "ar").signatures == ()


def test_a_signature_takes_the_place_of_the_same_role_alone() -> None:
    for one in (signature("reviewer"), signature("clinician"), signature("clinician", TWO),
                signature("clinician", topic="cold")):  # fmt: skip
        assert sign(SITE, one, TEXT) == approvals_path(SITE, "ar")
    assert read_approvals(SITE, "ar").signatures == (
        signature("clinician", TWO), signature("reviewer"), signature("clinician", topic="cold"),
    )  # fmt: skip
    assert read_approvals(SITE, "es").signatures == ()


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1)
)
def test_any_name_comes_back(name: str) -> None:
    name = " ".join(name.split())
    if name:
        sign(SITE, signature("reviewer", name=name), TEXT)
        assert read_approvals(SITE, "ar").signatures == (signature("reviewer", name=name),)


def test_a_text_is_signed_where_every_asked_role_signed_just_it() -> None:
    asked = ("reviewer", "clinician")
    signed, findings = weigh(
        "asthma", [ONE], asked, [signature("reviewer"), signature("clinician")], "x", DAY
    )
    assert (set(signed), findings) == (set(asked), [])
    signed, findings = weigh(
        "asthma",
        [ONE],
        asked,
        [signature("reviewer", TWO), signature("clinician", topic="cold")],
        "x",
        DAY,
    )
    assert signed == {}
    assert [finding.code for finding in findings] == ["approval-void", "approval-missing"]
    assert findings[0].message == (
        "the text has changed since Dr Öz signed it as reviewer on 2026-12-01; "
        "ask for a new signature"
    )
    assert weigh("asthma", [ONE], (), [], "x", DAY) == ({}, [])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("digest", "digst", r"approvals\.toml:\d+: unknown key 'approval\.0\.digst'; did you mean"),
        (ONE, "sha256:12", r"approvals\.toml:\d+: 'approval\.0\.digest': "),
        ("2026-12-01", "'yesterday'", r"approvals\.toml:9: 'approval\.0\.date': "),
        ("[[approval]]", "[[approval]", r"approvals\.toml:5: is not TOML: "),
        ("# Who", "<<<<<<< HEAD\n# Who", r"approvals\.toml:1: has an unresolved merge conflict"),
    ],
)
def test_a_broken_file_is_named_with_its_line(old: str, new: str, expected: str) -> None:
    path = sign(SITE, signature("reviewer"), TEXT)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(HandoutError) as caught:
        read_approvals(SITE, "ar")
    assert any(re.search(expected, str(one)) for one in caught.value.each()), str(caught.value)
    assert all(isinstance(one, CatalogueError) for one in caught.value.each())
    # And it is not overwritten by the next signature.
    broken = path.read_bytes()
    with pytest.raises(HandoutError):
        sign(SITE, signature("clinician"), TEXT)
    assert path.read_bytes() == broken


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Tara Öz", "tara  ÖZ <tara@clinic.example>", True),
        ("TARA@clinic.example", "Tara Oz <tara@clinic.example>", True),
        ("Tara O\u0308z", "Tara \u00d6z", True),
        ("ليلى حداد", "ليلى  حداد <l@clinic.example>", True),
        ("Rita Reviewer", "Tara Öz <tara@clinic.example>", False),
        ("Rita <rita@clinic.example>", "Tara <tara@clinic.example>", False),
        ("FULL NAME", "FULL NAME <EMAIL@ADDRESS>", False),
        ("Tara", "", False),
    ],
)
def test_a_person_is_known_by_name_or_address(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same
    assert same_person(other, one) is same


def test_the_translator_does_not_count() -> None:
    mine = [signature("reviewer", name="Tara Öz"), signature("clinician")]
    signed, (finding,) = weigh(
        "asthma", [ONE], ("reviewer", "clinician"), mine, "x", DAY, "TARA ÖZ <t@x>"
    )
    assert set(signed) == {"clinician"}
    assert finding.code == "approval-void"
    assert finding.message == (
        "Tara Öz signed this text as reviewer and is named as its translator; "
        "ask another person to sign it"
    )


@pytest.mark.parametrize("day", [date(2026, 12, 3), date(9999, 12, 31)])
def test_a_signature_of_a_day_to_come_does_not_count(day: date) -> None:
    mine = [signature("reviewer", day=day), signature("clinician", day=date(2026, 12, 2))]
    signed, (finding,) = weigh("asthma", [ONE], ("reviewer", "clinician"), mine, "x", DAY)
    # Where the clinician is, the next day has begun.
    assert set(signed) == {"clinician"}
    assert finding.code == "approval-void"
    assert finding.message == (
        f"Dr Öz signs this text as reviewer on {day}, which is still to come; "
        "correct the date, or ask for a new signature"
    )
    long_ago = [signature("reviewer", day=date.min)]
    assert set(weigh("asthma", [ONE], ("reviewer",), long_ago, "x", DAY)[0]) == {"reviewer"}


LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")),
    min_size=1, max_size=400,
).map(lambda text: " ".join(text.split())).filter(bool)  # fmt: skip


@given(LINES)
def test_a_long_text_is_written_in_lines_and_comes_back(text: str) -> None:
    written = quoted_lines(text)
    assert tomllib.loads(f"x = {written}")["x"] == text
    assert all(len(line) < LONGEST_TOML_LINE for line in written.split("\n"))


@given(st.lists(st.tuples(LINES, LINES), min_size=1, max_size=3))
def test_a_statement_comes_back(changes: list[tuple[str, str]]) -> None:
    made = SameMeaning(
        "asthma", "clinician", "Dr Öz", DAY, ONE, TWO,
        tuple(("care", was, now) for was, now in changes), (("version", "1.0", "1.1"),),
    )  # fmt: skip
    Path("handouts/locales/ar/approvals.toml").unlink(missing_ok=True)
    sign(SITE, signature("clinician", TWO), TEXT, made)
    (read,) = read_approvals(SITE, "ar").statements
    assert replace(read, line=0) == made
    # Another signature of the same text keeps it, one of another text ends it.
    sign(SITE, signature("clinician", TWO), TEXT)
    assert len(read_approvals(SITE, "ar").statements) == 1
    sign(SITE, signature("clinician", ONE), TEXT)
    assert read_approvals(SITE, "ar").statements == ()
