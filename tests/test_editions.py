"""The editions of a leaflet, each in six locales, set and judged as a build does."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import page
import pypdf
import pypdfium2
import pytest
import zxingcpp

from pressroom.build.prepare import Prepared, Preparer
from pressroom.build.render import Job, RenderResult, set_and_judge
from pressroom.core.errors import HandoutError
from pressroom.core.model import EDITIONS, Proof
from pressroom.core.published import file_name, reader_name
from pressroom.leaflet.html import draw_code
from pressroom.leaflet.site import Words, read_site
from pressroom.preflight.evidence import Evidence

from .support import SHIPPED, TODAY, Site, line_of

Make = Callable[..., Site]
Run = Callable[..., Any]

TOPIC = "exosome-therapy"
LOCALES = ("en", "ar", "ur", "hi", "km", "zh-Hans")
NEW = ("large-print", "bilingual", "booklet")
#: Each edition in three scripts, one of them from right to left.
TURNS = {
    "large-print": ("en", "ur", "hi"),
    "bilingual": ("ar", "km", "zh-Hans"),
    "booklet": ("ar", "ur", "zh-Hans"),
}
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "explore"
LEAFLETS = [
    (e, code)
    for code in LOCALES
    for e in NEW
    if (THOROUGH or code in TURNS[e]) and (e, code) != ("bilingual", "en")
]

each_leaflet = pytest.mark.parametrize(
    ("edition", "code"), LEAFLETS, ids=[f"{code}.{edition}" for edition, code in LEAFLETS]
)


def with_every_edition(words: Words, **changes: Any) -> Words:
    clinic = replace(words.site.clinic, editions=tuple(EDITIONS), **changes)
    return replace(words, site=replace(words.site, clinic=clinic))


@lru_cache(maxsize=1)
def shipped() -> Words:
    return with_every_edition(read_site(SHIPPED, TODAY))


def printed(words: Words, topic: str, code: str, edition: str) -> tuple[Prepared, RenderResult]:
    """Set a leaflet and judge it, in this process."""
    (one,) = Preparer(words)([topic], [code], [edition])
    assert one.wanted, one.findings
    assert one.leaflet
    assert one.setting
    job = Job(one.wanted, one.leaflet, one.html, one.setting, "", 600, 8192)
    return one, set_and_judge(job)


def as_read(one: Prepared, made: RenderResult) -> bytes:
    """Return the pages as they are read: of a booklet, before they were imposed."""
    assert one.wanted is not None
    return made.extras.get(reader_name(file_name(one.wanted)), made.pdf)


#: Half a page cannot hold the emergency box: lines of Nastaliq are twice as high as its letters.
#: What has no room on its page is refused by name.
NO_ROOM = {("booklet", "ur")}


@each_leaflet
def test_an_edition_passes_the_preflight(edition: str, code: str) -> None:
    one, made = printed(shipped(), TOPIC, code, edition)
    leaflet, verdict = one.leaflet, made.verdict
    assert leaflet is not None
    if (edition, code) in NO_ROOM:
        assert "disclaimer-misplaced" in {f.code for f in verdict.findings}
        return
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
        # A cell of a table has both, one above the other.
        assert (own.x > source.x) == rtl or (own.x == source.x and own.y > source.y)
        seen += 1
    assert seen >= 25
    copies = {notice.id for notice in leaflet.required if notice.is_copy}
    assert {"urgent-help.en", "general-info.en", "translation-notice.en", "draft.en"} <= copies


def proof_of(pdf: bytes) -> Proof:
    return Proof(pdf=pdf, pages=0, type_size_pt=0.0)


# The code that leads to the rack

ADDRESS = "https://leaflets.clinic.example"


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("code", ["en", "ar"])
def test_the_code_on_paper_leads_to_the_rack(site: Make, code: str, edition: str) -> None:
    if (edition, code) == ("bilingual", "en"):
        return
    made = site(("en", "ar"))
    words = with_every_edition(made.words(TODAY), rack_address=ADDRESS)
    one, result = printed(words, "sore-throat", code, edition)
    assert [f for f in result.verdict.findings if f.severity == "error"] == []
    assert one.leaflet is not None
    wanted = f"{ADDRESS}/c/sore-throat.html#{code}-1.0-{one.leaflet.mark}"
    pdf = pypdfium2.PdfDocument(as_read(one, result))
    # As a copier prints it: grey, at 150 dpi.
    page_of_code = pdf[len(pdf) - 1]
    picture = page_of_code.render(scale=150 / 72, grayscale=True).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == wanted
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    corners = found.position
    side_mm = (corners.top_right.x - corners.top_left.x) / 150 * 25.4
    assert side_mm >= 15
    # Its address stands beside it, and is what it says to who cannot see it.
    evidence = Evidence(proof_of(as_read(one, result)), one.leaflet)
    assert wanted.removeprefix("https://") in evidence.by_normal_text
    assert wanted in {element.alternative for element in evidence.tree.elements}
    assert f'href="{wanted}"' in one.html
    assert 'class="code"' not in one.web


def test_without_an_address_there_is_no_code(site: Make) -> None:
    (one,) = Preparer(site(("en",)).words(TODAY))(["sore-throat"], ["en"])
    assert "/c/sore-throat" not in one.html
    assert 'class="code"' not in one.html


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("leaflets.clinic.example", "is no address such as"),
        ("ftp://clinic.example", "is no address such as"),
        ("https://clinic.example/?x=1", "is no address such as"),
        ("https://clínica.example", "has characters that"),
        ("https://clinic.example/a b", "has characters that"),
    ],
)
def test_an_address_that_does_not_print(site: Make, address: str, expected: str) -> None:
    made = site(("en",))
    made.write("clinic.toml", made.read("clinic.toml") + f'\n[rack]\naddress = "{address}"\n')
    line = line_of(made.read("clinic.toml"), 'address = "' + address)
    with pytest.raises(HandoutError, match=expected) as caught:
        made.words(TODAY)
    assert caught.value.where == f"handouts/clinic.toml:{line}"


@pytest.mark.parametrize("text", ["https://a.example/c/x.html#zh-Hans-1.0", "x" * 200])
def test_a_code_has_white_around_it(text: str) -> None:
    drawing = draw_code(text).decode()
    size = int(drawing.split('viewBox="0 0 ')[1].split(" ")[0])
    # Lines of one module's width, each begun where the last one ends: `M4 4.5h7m4 0h1`.
    x = y = 0.0
    ends = []
    (path,) = re.findall(r'<path stroke="#000" d="([^"]+)"/>', drawing)
    for step, right, down in re.findall(r"([Mmh])(-?\d+)(?: (-?[\d.]+))?", path):
        x, y = (0.0, 0.0) if step == "M" else (x, y)
        x, y = x + int(right), y + float(down or 0)
        ends += [(x, y)]
    assert min(x for x, _ in ends) == 4
    assert min(y for _, y in ends) == 4.5
    assert max(x for x, _ in ends) == size - 4
    assert max(y for _, y in ends) == size - 4.5


# What is built, and what is not


def test_the_source_language_has_no_bilingual_edition(site: Make, run: Run) -> None:
    made = site(("en", "ar"), clinic={'["standard"]': '["bilingual", "booklet"]'})
    run("build", "--quiet")
    names = {name for name in made.outputs() if name.endswith((".pdf", ".html"))}
    assert {
        "ar/sore-throat.bilingual.draft.pdf", "ar/sore-throat.booklet.draft.pdf",
        "ar/sore-throat.booklet-reader.draft.pdf", "ar/sore-throat.html",
        "en/sore-throat.booklet.draft.pdf", "en/sore-throat.booklet-reader.draft.pdf",
        "en/sore-throat.html",
    } <= names  # fmt: skip
    assert "en/sore-throat.bilingual.draft.pdf" not in names
    # Nothing to build, which is no failure, and nothing that is never settled.
    outcome = run("build", "--locale", "en", "--edition", "bilingual")
    assert "nothing to build" in outcome.out
    assert "unchanged" in run("build").out
    outcome = run("why", "sore-throat", "en", "bilingual", code=2)
    assert outcome.err == (
        "'en' has no edition 'bilingual'; it is the source language: name a translation\n"
    )
    # The web page is the same, whatever the clinic's first edition is, save the PDF it links to.
    before = made.outputs()["ar/sore-throat.html"]
    assert b"sore-throat.bilingual." in before
    made.edit("clinic.toml", '["bilingual", "booklet"]', '["standard"]')
    run("build", "--quiet")
    after = made.outputs()["ar/sore-throat.html"]
    assert after == before.replace(b"sore-throat.bilingual.", b"sore-throat.standard.")
    assert "ar/sore-throat.booklet-reader.draft.pdf" not in made.outputs()


@pytest.mark.usefixtures("set_anew")
def test_a_booklet_is_checked_by_what_is_read(site: Make, run: Run) -> None:
    made = site(("en", "ar"), clinic={'["standard"]': '["booklet"]', '"A4"': '"Letter"'})
    run("build", "--quiet")
    assert "2 leaflets checked: 0 failed" in run("check").out
    sheets = made.out / "ar" / "sore-throat.booklet.draft.pdf"
    pages = made.out / "ar" / "sore-throat.booklet-reader.draft.pdf"
    for path in (sheets, pages):
        outcome = run("check", str(path), "--deep")
        assert "1 leaflets checked: 0 failed" in outcome.out
    # Letter: 11 by 8.5 inches, of two halves.
    size = [round(float(n)) for n in pypdf.PdfReader(sheets).pages[0].mediabox]
    assert size == [0, 0, 792, 612]
    assert [round(float(n)) for n in pypdf.PdfReader(pages).pages[0].mediabox] == [0, 0, 396, 612]
    report = json.loads((made.out / "report.json").read_text(encoding="utf-8"))
    entry = next(e for e in report["leaflets"] if e["locale"] == "ar")
    # Pages are those of the reader.
    assert entry["pages"] == len(pypdf.PdfReader(pages).pages)
    assert entry["file"] == "ar/sore-throat.booklet.draft.pdf"
    # A reader's edition that is gone is built again.
    pages.unlink()
    run("build", "--quiet")
    assert pages.is_file()
    before = made.outputs()
    run("build", "--force", "--quiet")
    assert {name: data for name, data in made.outputs().items() if name.endswith(".pdf")} == {
        name: data for name, data in before.items() if name.endswith(".pdf")
    }
