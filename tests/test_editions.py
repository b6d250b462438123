"""The editions of a leaflet, each in six locales, set and judged as a build does."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import page
import pypdf
import pytest

from pressroom.model import EDITIONS, Proof
from pressroom.plan import file_name, reader_name
from pressroom.preflight.evidence import Evidence
from pressroom.prepare import Prepared, Preparer
from pressroom.press import Job, Printed, set_and_judge
from pressroom.site import Words, read_site

from .support import SHIPPED, TODAY, Site

Make = Callable[..., Site]
Run = Callable[..., Any]

TOPIC = "exosome-therapy"
LOCALES = ("en", "ar", "ur", "hi", "km", "zh-Hans")
NEW = ("large-print", "bilingual", "booklet")
LEAFLETS = [(e, code) for code in LOCALES for e in NEW if (e, code) != ("bilingual", "en")]

each_leaflet = pytest.mark.parametrize(
    ("edition", "code"), LEAFLETS, ids=[f"{code}.{edition}" for edition, code in LEAFLETS]
)


def with_every_edition(words: Words, **changes: Any) -> Words:
    clinic = replace(words.site.clinic, editions=tuple(EDITIONS), **changes)
    return replace(words, site=replace(words.site, clinic=clinic))


@lru_cache(maxsize=1)
def shipped() -> Words:
    return with_every_edition(read_site(SHIPPED, TODAY))


def printed(words: Words, topic: str, code: str, edition: str) -> tuple[Prepared, Printed]:
    """Set a leaflet and judge it, in this process."""
    (one,) = Preparer(words)([topic], [code], [edition])
    assert one.wanted, one.findings
    assert one.leaflet
    assert one.setting
    job = Job(one.wanted, one.leaflet, one.html, one.web, one.setting, "", 600, 8192)
    return one, set_and_judge(job)


def as_read(one: Prepared, made: Printed) -> bytes:
    """Give the pages as they are read: of a booklet, before they were imposed."""
    assert one.wanted is not None
    return made.extras.get(reader_name(file_name(one.wanted)), made.pdf)


@each_leaflet
def test_an_edition_passes_the_preflight(edition: str, code: str) -> None:
    one, made = printed(shipped(), TOPIC, code, edition)
    leaflet, verdict = one.leaflet, made.verdict
    assert leaflet is not None
    wrong = [f for f in verdict.findings if f.severity != "warning"]
    if edition == "booklet":
        assert [(f.code, f.severity) for f in wrong] == [("accessibility", "skipped")]
    else:
        assert wrong == []
    assert verdict.disclaimers
    assert all(shown.proven for shown in verdict.disclaimers)
    least, most = EDITIONS[edition].floor_pt, EDITIONS[edition].ceiling_pt
    assert made.type_size_pt is not None
    assert least <= made.type_size_pt <= most
    assert one.page_budget is not None
    assert verdict.pages <= one.page_budget

    pdf = as_read(one, made)
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, {(f.rule_id, f.message) for f in report.failures}
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == code
    assert len(reader.pages) == verdict.pages
    preferences = root["/ViewerPreferences"]
    assert preferences["/DisplayDocTitle"] == True  # noqa: E712 - pypdf's own boolean
    assert preferences["/PrintScaling"] == "/None"
    assert preferences["/Direction"] == ("/R2L" if leaflet.locale.direction == "rtl" else "/L2R")
    assert preferences.get("/Duplex") == (None if edition == "booklet" else "/DuplexFlipLongEdge")
    places = {
        name: reader.get_destination_page_number(target)
        for name, target in reader.named_destinations.items()
    }
    assert places["dsc-general-info"] == places["dsc-urgent-help"] == 0
    assert places["dsc-sources"] == len(reader.pages) - 1
    if edition == "bilingual":
        _check_both_languages(pdf, one)


def _check_both_languages(pdf: bytes, one: Prepared) -> None:
    """Each message stands beside its source, and both begin at one height."""
    leaflet = one.leaflet
    assert leaflet is not None
    evidence = Evidence(proof_of(pdf), leaflet)
    places = evidence.destinations
    rtl = leaflet.locale.direction == "rtl"
    seen = 0
    for message in leaflet.topic.messages:
        own, source = places.get(message.anchor), places.get(f"src-{message.anchor}")
        if own is None or source is None:
            # Front matter that stands in disclaimers; the one description of a picture.
            assert own is None or message.anchor not in leaflet.words or source is None
            continue
        assert own.page == source.page
        assert (own.x > source.x) == rtl
        seen += 1
    assert seen >= 25
    copies = {notice.id for notice in leaflet.required if notice.is_copy}
    assert {"urgent-help.en", "general-info.en", "translation-notice.en", "draft.en"} <= copies


def proof_of(pdf: bytes) -> Proof:
    return Proof(pdf=pdf, pages=0, type_size_pt=0.0)
