"""What a record asks, as parameters: read, or refused without a word of what they say."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from pressroom.distribution.infobutton import UnreadableError, read_question

CM = "2.16.840.1.113883.6.90"
C, CS = "mainSearchCriteria.v.c", "mainSearchCriteria.v.cs"
LANGUAGE = "informationRecipient.languageCode.c"


def test_codes_and_languages_keep_their_order_and_the_rest_is_dropped() -> None:
    pairs = [
        (f"{C}2", " J45 "), (f"{CS}2", "http://hl7.org/fhir/sid/icd-10-cm"), (LANGUAGE, "es"),
        ("mainSearchCriteria.c.c", "M45.9"), ("mainSearchCriteria.c.cs", f"urn:oid:{CM}"),
        (f"{LANGUAGE}1", "zh_TW"), ("mainSearchCriteria.v.dn", "Jane Roe"), ("age.v.v", "67"),
        ("age.v.v", "68"), ("callback", "x"), ("knowledgeResponseType", "application/json"),
    ]  # fmt: skip
    asked = read_question(urlencode(pairs))
    assert list(asked.codes.values()) == [
        (f"urn:oid:{CM}", "M45.9"), ("http://hl7.org/fhir/sid/icd-10-cm", "J45"),
    ]  # fmt: skip
    assert list(asked.languages.values()) == ["es", "zh_TW"]
    assert asked.json
    assert asked.categories == [
        (C, "M45.9"), (CS, f"urn:oid:{CM}"), (f"{C}2", "J45"),
        (f"{CS}2", "http://hl7.org/fhir/sid/icd-10-cm"), (LANGUAGE, "es"),
        (f"{LANGUAGE}1", "zh_TW"), ("informationRecipient", "PAT"),
    ]  # fmt: skip


def test_words_in_the_place_of_a_code_find_nothing() -> None:
    assert not read_question("mainSearchCriteria.v.dn=back+pain").codes
    assert not read_question("mainSearchCriteria.v.ot=back+pain&age.v.v=67").codes


def test_what_is_read_may_be_written_in_any_way_that_it_has() -> None:
    asked = read_question(
        f"{C}=M45.9&{CS}=URN:OID:{CM}&holder.n=%E4\udcff&knowledgeResponseType="
        "Application/JSON;%20charset=utf-8"
    )
    assert asked.json
    assert [system for system, _ in asked.codes.values()] == [f"URN:OID:{CM}"]
    assert not read_question(f"{C}=1&{CS}=urn:iso:std:iso:11073:10101").json


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age.v.v=7654",
        f"{CS}={CM}",
        f"{C}=7654",
        f"{C}=7654&{CS}=",
        f"{C}=7654&{CS}1={CM}",
        f"{C}=7654&{CS}=ICD10",
        f"{C}=7654<script>&{CS}={CM}",
        f"{C}=7654&{C}=7654&{CS}={CM}",
        f"{C}=7654&mainSearchCriteria.c.c=76541&{CS}={CM}",
        f"{C}=7654&{CS}={CM}&{LANGUAGE}=7654!",
        f"{C}=7654&{CS}={CM}&{LANGUAGE}=es&{LANGUAGE}=es",
        f"{C}=7654%FF&{CS}={CM}",
        f"{C}=7654\udcff&{CS}={CM}",
        f"{C}=7654&{CS}={CM}&{LANGUAGE}=e%F1",
        f"{C}=7654&{CS}={CM}&knowledgeResponseType=application/javascript",
        f"{C}={'7654' * 20}&{CS}={CM}",
    ],
)
def test_what_cannot_be_read_is_refused_without_its_value(text: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_question(text)
    assert "7654" not in str(refused.value)
