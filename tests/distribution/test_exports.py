"""What is handed on to records, to OpenEMR and to archives: what may be handed out, no more."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from pressroom.build import render
from pressroom.core.model import Verdict
from pressroom.distribution.exports import MANIFEST
from pressroom.preflight.pdfua import pdf_a, pdf_ua

from ..sites.records import ADDRESS, AS
from ..support import Site


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def ni(pdf: bytes) -> str:
    """Name a file by its digest (RFC 6920)."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(pdf).digest()).decode()
    return "ni:///sha-256;" + digest.rstrip("=")


def test_a_resource_lies_beside_each_approved_pdf(records: Site) -> None:
    pdf = (records.out / f"ar/{AS}.standard.pdf").read_bytes()
    found = read(records.out / f"ar/{AS}.standard.fhir.json")
    (replaced,) = found.pop("relatesTo")
    assert replaced["code"] == "replaces"
    assert replaced["target"]["identifier"]["value"] not in (ni(pdf), "")
    title = "التهاب الفقار اللاصق"
    whose = {"display": "Harbour Street Clinic"}
    about = {"language": "ar", "title": title}
    assert found == {
        "resourceType": "DocumentReference", "language": "ar",
        "extension": [{"url": f"{ADDRESS}/fhir/review-by", "valueDate": "2027-11-22"}],
        "masterIdentifier": {"system": "urn:ietf:rfc:3986", "value": ni(pdf)},
        "identifier": [{"system": f"{ADDRESS}/leaflet", "value": f"{AS}/ar/standard"}],
        "status": "current", "docStatus": "final",
        "type": {"coding": [{"system": "http://loinc.org", "code": "34895-3",
                             "display": "Education note"}], "text": "Patient leaflet"},
        "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "311401005",
                                  "display": "Patient education (procedure)"}]}],
        "date": "2026-11-23T00:00:00Z", "author": [whose], "custodian": whose,
        "description": f"{title} · version 1.1 · review by 2027-11-22",
        "content": [
            {"attachment": {
                "contentType": "application/pdf", **about, "creation": "2026-11-23",
                "url": f"{ADDRESS}/ar/{AS}.standard.pdf", "size": len(pdf),
                "hash": base64.b64encode(hashlib.sha1(pdf).digest()).decode(),
            }},
            {"attachment": {
                "contentType": "text/html", **about, "url": f"{ADDRESS}/ar/{AS}.html",
            }},
        ],
        "context": {"event": [{"coding": [
            {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M45"},
            {"system": "http://snomed.info/sct", "code": "9631008"},
        ], "text": "Ankylosing spondylitis"}]},
    }  # fmt: skip
    # None of a draft or of what is withdrawn; no address of what is overdue or stale.
    others = {path.parent.name for path in records.out.glob("*/*.fhir.json")}
    assert others == {"en", "es", "ar", "zh-Hans", "zh-Hant", "pt-BR", "tl"}
    assert not list(records.out.glob("en/gout*"))
    for name in ("asthma", "warfarin"):
        text = (records.out / f"en/{name}.standard.fhir.json").read_text()
        assert '"status":"superseded"' in text
        assert f"{ADDRESS}/en/" not in text


def test_files_say_what_may_be_handed_out(records: Site) -> None:
    codes = read(records.out / "connect/codes.json")
    assert codes["topics"] == {
        AS: {"icd-10-cm": ["M45"], "snomed-ct": ["9631008"]},
        "as-and-the-eye": {"icd-10-cm": ["M45.9"]},
    }
    assert codes["systems"]["snomed-ct"]["url"] == "http://snomed.info/sct"
    assert read(records.out / "connect/ti.json")["leaflets"] == []
    topics = [one["topic"] for one in read(records.out / "connect/en.json")["leaflets"]]
    assert topics == [AS, "as-and-the-eye"]
    (one,) = read(records.out / "connect/ar.json")["leaflets"]
    pdf = (records.out / one["files"][0]["pdf"]).read_bytes()
    digest = hashlib.sha256(pdf).hexdigest()
    assert one == {
        "topic": AS, "title": "التهاب الفقار اللاصق", "version": "1.1", "issued": "2026-11-23",
        "review_by": "2027-11-22", "web": f"ar/{AS}.html", "fhir": f"ar/{AS}.standard.fhir.json",
        "files": [{"edition": "standard", "pdf": f"ar/{AS}.standard.pdf", "bytes": len(pdf),
                   "sha256": digest}],
    }  # fmt: skip


def test_web_pages_say_to_search_engines_what_they_are_on(records: Site) -> None:
    page = (records.out / f"ar/{AS}.html").read_text(encoding="utf-8")
    text = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    said = json.loads(text)
    assert (said["@type"], said["inLanguage"]) == ("MedicalWebPage", "ar")
    assert said["audience"]["audienceType"] == "Patient"
    assert said["lastReviewed"] == "2026-11-23"
    assert [one["codeValue"] for one in said["about"]["code"]] == ["M45", "9631008"]
    for name in (f"ti/{AS}", "en/asthma"):
        page = (records.out / f"{name}.html").read_text(encoding="utf-8")
        assert '<meta name="robots" content="noindex">' in page
        assert "ld+json" not in page


def test_a_transaction_has_all_that_was_handed_out(
    records: Site, run: Callable[..., Any], tmp_path: Path
) -> None:
    run("export", "fhir", str(tmp_path))
    bundle = read(tmp_path / "fhir/en.json")
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "transaction")
    *documents, shelf = [entry["resource"] for entry in bundle["entry"]]
    states = {one["identifier"][0]["value"]: one["status"] for one in documents}
    assert states == {
        f"{AS}/en/standard": "current", "as-and-the-eye/en/standard": "current",
        "asthma/en/standard": "superseded", "gout/en/standard": "entered-in-error",
        "warfarin/en/standard": "superseded",
    }  # fmt: skip
    current = [e["fullUrl"] for e in bundle["entry"] if e["resource"]["status"] == "current"]
    assert [item["item"]["reference"] for item in shelf["entry"]] == current[:-1]
    assert (shelf["resourceType"], shelf["mode"]) == ("List", "working")
    for document, entry in zip(documents, bundle["entry"], strict=False):
        system, value = document["identifier"][0].values()
        assert entry["request"]["method"] == "PUT"
        assert unquote(entry["request"]["url"]) == f"DocumentReference?identifier={system}|{value}"
        urls = ["url" in one["attachment"] for one in document["content"]]
        assert urls == ([True, True] if document["status"] == "current" else [False])
        assert "subject" not in document
    beside = read(records.out / f"ar/{AS}.standard.fhir.json")
    assert read(tmp_path / "fhir/ar.json")["entry"][0]["resource"] == beside


def test_openemr_finds_exact_names_and_what_is_withdrawn_goes(
    records: Site, run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(records.folder, tmp_path / "site")
    monkeypatch.chdir(tmp_path / "site")
    folder = tmp_path / "education"
    folder.mkdir()
    (folder / "icd10_m45.9_en.pdf").write_text("ours")
    (folder / "icd10_j45_en.pdf").write_text("ours")
    outcome = run("export", "openemr", str(folder), code=1)
    assert "icd10_m45.9_en.pdf: is not from Pressroom" in outcome.err
    assert "ar, pt-BR, tl, zh-Hans, zh-Hant are left out" in outcome.err
    assert "what has M45 is not found by a code below" in outcome.err
    (folder / "icd10_m45.9_en.pdf").unlink()
    run("export", "openemr", str(folder))
    there = {path.name for path in folder.iterdir()}
    assert there == {
        "icd10_m45.9_en.pdf", "icd10_m45_en.pdf", "icd10_m45_es.pdf", "icd10_j45_en.pdf", MANIFEST,
        "snomed_9631008_en.pdf", "snomed_9631008_es.pdf",
        "snomed-ct_9631008_en.pdf", "snomed-ct_9631008_es.pdf",
    }  # fmt: skip
    pdf = (folder / "icd10_m45_es.pdf").read_bytes()
    assert pdf == (records.out / f"es/{AS}.standard.pdf").read_bytes()

    (folder / "snomed_9631008_es.pdf").write_text("altered")
    run("withdraw", AS, "--because", "the dose is wrong", "--by", "Dr Öz")
    outcome = run("export", "openemr", str(folder), code=1)
    assert "snomed_9631008_es.pdf: must not be handed out" in outcome.err
    (folder / "snomed_9631008_es.pdf").unlink()
    run("export", "openemr", str(folder))
    there = {path.name for path in folder.iterdir()}
    assert there == {"icd10_m45.9_en.pdf", "icd10_j45_en.pdf", MANIFEST}
    assert (folder / "icd10_j45_en.pdf").read_text() == "ours"


def test_an_archive_gets_pdf_a_that_is_accessible(
    approved_site: Path, run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(approved_site)
    outcome = run("export", "archive", str(tmp_path))
    assert (outcome.out, outcome.err) == ("3 leaflets archived.\n", "")
    names = [f"{code}/sore-throat.standard.1.0.pdf" for code in ("ar", "en", "km")]
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.pdf"))
    assert found == names
    for name in names:
        pdf = (tmp_path / name).read_bytes()
        assert pdf.count(b'pdfuaid:part="1"') == 1
        assert list(pdf_a(pdf)) == list(pdf_ua(pdf)) == []
        # What a patient gets is no PDF/A; without its declaration, a PDF/A is not accessible.
        printed = (approved_site / "dist" / name.replace(".1.0", "")).read_bytes()
        assert "archival" in {finding.code for finding in pdf_a(printed)}
        silent = pdf.replace(b'pdfuaid:part="1"', b'pdfuaid:part="9"')
        assert {finding.severity for finding in pdf_ua(silent)} == {"error"}


def test_a_leaflet_that_is_no_pdf_a_is_not_archived(
    approved_site: Path, run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(approved_site)
    broken = render.RenderResult(b"%PDF-1.7", Verdict(1, (), ()), 12.0)
    monkeypatch.setattr(render, "set_and_judge", lambda _job: broken)
    outcome = run("export", "archive", str(tmp_path), code=1)
    assert outcome.out == "0 leaflets archived.\n"
    assert "km/sore-throat.standard: the PDF cannot be validated" in outcome.err
    assert not list(tmp_path.iterdir())


def test_codes_change_no_page_and_void_no_signature(
    records: Site, run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(records.folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    own = Site(tmp_path)
    run("build", "--quiet")
    before = own.outputs()
    own.edit(f"topics/{AS}/topic.md", "[M45]", "[M45, M08.1]")
    monkeypatch.setattr(render, "set_and_judge", None)  # No page is set.
    run("build", "--quiet")
    after = own.outputs()
    kept = [name for name in before if name.endswith(".pdf")]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert b'["M45","M08.1"]' in after["connect/codes.json"]
    assert b'"M08.1"' in after[f"ar/{AS}.standard.fhir.json"]
    assert b"icd-10-cm|M08.1" in after["rack/texts/ar.js"]
