"""Codes of other systems, and the languages that records ask for."""

from __future__ import annotations

import pytest

from pressroom.core.codes import SYSTEMS, find_system, fit_of
from pressroom.core.locales import speaks

#: Each with what asks for it: nearest first, then what must not find it.
FITS = [
    ("icd-10-cm", "M45", {"M45": 1, "m45": 1, "M45.9": 0.75, "m459": 0.75, "M4": 0, "M46": 0}),
    ("icd-10-cm", "M45.9", {"M459": 1, "M45": 0, "M45.90": 0.8, "M45.8": 0}),
    ("icd-10", "J45", {"J45.1": 0.75, "J4": 0}),
    ("snomed-ct", "9631008", {"9631008": 1, "96310081": 0, "963100": 0}),
    ("loinc", "4548-4", {"4548-4": 1, "45484": 0}),
    ("rxnorm", "11289", {"11289": 1, "1128": 0, "112890": 0}),
]


@pytest.mark.parametrize(("system", "code", "asked"), FITS)
def test_a_code_covers_those_below_it_in_icd_10_alone(
    system: str, code: str, asked: dict[str, float]
) -> None:
    assert {one: fit_of({system: (code,)}, system, one) for one in asked} == asked
    others = SYSTEMS.keys() - {system}
    assert not any(fit_of({system: (code,)}, other, code) for other in others)  # No mapping.


def test_a_system_has_a_name_an_oid_and_a_uri() -> None:
    for name in ("loinc", "2.16.840.1.113883.6.1", "urn:oid:2.16.840.1.113883.6.1",
                 "URN:OID:2.16.840.1.113883.6.1", "http://loinc.org"):  # fmt: skip
        assert find_system(name) is SYSTEMS["loinc"]
    for name in ("", "LOINC", "2.16.840.1.113883.6", "http://loinc.org/x"):
        assert find_system(name) is None


#: What a site has; what is asked for, and what answers it.
SITE = (
    "en",
    "es",
    "ar",
    "fa",
    "ht",
    "zh-Hans",
    "zh-Hant",
    "pt-BR",
    "tl",
    "hmn",
    "pa",
    "sr",
    "sr-Latn",
)
ANSWERS = {
    "es": "es", "es-MX": "es", "es_US": "es", "spa": "es", "ES": "es", "es-Cyrl": "",
    "ar-EG": "ar", "fa-us": "fa", "prs": "fa", "ht-us": "ht",
    "zh": "zh-Hans zh-Hant", "zh-us": "zh-Hans zh-Hant", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant",
    "zh-CN": "zh-Hans", "zh-SG": "zh-Hans", "zh-Hant-US": "zh-Hant", "cmn-Hans": "zh-Hans",
    "yue": "", "pt": "pt-BR", "pt-PT": "pt-BR", "fil": "tl", "fil-PH": "tl", "tgl": "tl",
    "mww": "hmn", "pa": "pa", "pa-IN": "pa", "pa-PK": "", "pa-Arab": "",
    "sr": "sr sr-Latn", "sh": "sr-Latn", "sh-Cyrl": "sr", "zh-nan": "", "zh-yue-HK": "",
    "zh-cmn-Hant": "zh-Hant", "zh-x-tw": "zh-Hans zh-Hant", "zh-TW-u-ca-roc": "zh-Hant",
    "es-x-jane": "es", "ar-u-nu-latn": "ar", "zh-u-nu-hans": "zh-Hans zh-Hant", "x-es": "",
    "sr-RS": "sr", "sr-Latn-RS": "sr-Latn", "sr-ME": "sr-Latn",
    "en-Arab": "", "ti": "", "xx": "", "und": "",
}  # fmt: skip


@pytest.mark.parametrize(("asked", "answers"), ANSWERS.items())
def test_another_language_or_script_never_stands_in(asked: str, answers: str) -> None:
    assert " ".join(code for code in SITE if speaks(code, asked)) == answers
