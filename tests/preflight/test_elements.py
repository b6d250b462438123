"""Elements of leaflets on finished pages, in twelve locales: numbers, rows, tags, boxes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from pressroom.core.model import Finding, Leaflet, Proof
from pressroom.leaflet.html import mark_up
from pressroom.leaflet.site import Words, read_site
from pressroom.preflight.evidence import Evidence
from pressroom.preflight.examine import examine
from pressroom.preflight.pdf.structure import Element, Leaf
from pressroom.preflight.pdfua import pdf_ua
from pressroom.typeset.setting import setting_of

from ..support import ROOT, SHIPPED, TODAY
from .support import errors, typesetter

SITE = ROOT / "tests/sites/elements"
TOPIC = "blood-test"
LOCALES = ("en", "am", "ar", "de", "hi", "ja", "km", "my", "ta", "th", "ur", "zh-Hans")

#: What stands before the items of the topic, as it is written in its source. Burmese has digits
#: of its own; the other locales write western ones.
MARKS = ["•", "1.", "2.", "◦", "3.", "☐", "☐", "1."]
BURMESE = str.maketrans("0123", "၀၁၂၃")


def lay_out(folder: Path) -> Path:
    """Lay out the site of elements with the shipped house words."""
    shutil.copytree(SITE, folder, dirs_exist_ok=True)
    shutil.copytree(SHIPPED / "house", folder / "house")
    for own in folder.glob("locales/*/house-own.po"):
        house = (SHIPPED / "locales" / own.parent.name / "house.po").read_text(encoding="utf-8")
        entries = own.read_text(encoding="utf-8").partition("\n\n")[2]
        (own.parent / "house.po").write_text(f"{house}\n{entries}", encoding="utf-8")
        own.unlink()
    return folder


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Words:
    return read_site(lay_out(tmp_path_factory.mktemp("elements") / "handouts"), TODAY)


@pytest.fixture(scope="module")
def typeset(words: Words) -> Callable[..., tuple[Leaflet, Proof]]:
    """Set the topic of elements at the floor of its type, once for each locale and edition."""

    @lru_cache
    def do(code: str, edition: str = "standard", css: str = "") -> tuple[Leaflet, Proof]:
        topic = words.topics[TOPIC]
        made = words.translation(topic, code, words.locale_words(code))
        assert made.leaflet is not None, made.findings
        assert not [f for f in made.findings if f.severity == "error"], made.findings
        leaflet = replace(made.leaflet, edition=edition, page_budget=8)
        html = mark_up(leaflet, words.site.clinic, words.theme)
        html = html.replace("</head>", f"<style>{css}</style></head>")
        setting = setting_of(leaflet, words.site.clinic, words.theme)
        return leaflet, typesetter().typeset(html, replace(setting, ceiling_pt=setting.floor_pt))

    return do


def marks(evidence: Evidence) -> list[str]:
    """Return the labels of items as their tags have them, but for those of definitions."""
    found = []
    for element in evidence.tree.elements:
        if element.kind == "Lbl":
            text = "".join(evidence.text_of_leaf(leaf) for leaf in element.leaves())
            if "INR" not in text:
                found.append(text.strip())
    return found


def parents(evidence: Evidence, kind: str) -> set[str]:
    return {e.parent.kind for e in evidence.tree.elements if e.kind == kind and e.parent}


@pytest.mark.parametrize("code", LOCALES)
def test_each_element_is_on_the_page(
    typeset: Callable[..., tuple[Leaflet, Proof]], code: str
) -> None:
    leaflet, proof = typeset(code)
    verdict = examine(proof, leaflet)
    assert not errors(verdict)
    evidence = Evidence(proof, leaflet)
    wanted = [mark.translate(BURMESE) if code == "my" else mark for mark in MARKS]
    assert marks(evidence) == wanted
    assert parents(evidence, "LBody") == parents(evidence, "Lbl") == {"LI"}
    assert parents(evidence, "LI") == {"L"}
    assert parents(evidence, "L") <= {"Div", "Document", "LBody", "Sect", "Part"}
    kinds = [element.kind for element in evidence.tree.elements]
    assert kinds.count("THead") == kinds.count("Table")
    assert [e.alternative for e in evidence.tree.elements if e.kind == "Figure"] == [
        *alternatives(leaflet)
    ]


def alternatives(leaflet: Leaflet) -> list[str]:
    picture = next(b.alternative for b in leaflet.topic.walk() if b.alternative)
    words = "".join(span.text for span in leaflet.words[picture.anchor])
    return [words, leaflet.labels["line to write on"]]


@pytest.mark.parametrize(
    ("code", "edition"),
    [("ar", "bilingual"), ("my", "large-print"), ("ur", "booklet"), ("zh-Hans", "bilingual")],
)
def test_each_edition_has_its_numbers(
    typeset: Callable[..., tuple[Leaflet, Proof]], code: str, edition: str
) -> None:
    leaflet, proof = typeset(code, edition)
    assert not errors(examine(proof, leaflet))


def test_the_tags_are_pdf_ua(typeset: Callable[..., tuple[Leaflet, Proof]]) -> None:
    _, proof = typeset("ar")
    assert not list(pdf_ua(proof.pdf))


SPOILT = {
    "ol { list-style-type: disc }": {"1.", "2.", "3."},
    "ol { counter-reset: list-item 0 !important }": {"3."},
    "ol { list-style-type: upper-roman }": {"1.", "2.", "3."},
    ".checklist ul { list-style-type: disc }": {"☐"},
    "li { list-style: none }": {"•", "1.", "2.", "3.", "☐"},
    "li::marker { color: transparent; font-size: 0 }": {"•", "1.", "2.", "3.", "☐"},
}


@pytest.mark.parametrize(
    ("locale", "css"),
    [
        *zip(("en", "ar", "my") * 2, SPOILT, strict=True),
        *((c, next(iter(SPOILT))) for c in ("ar", "my")),
    ],
)
def test_another_marker_than_the_source_has_is_found(
    typeset: Callable[..., tuple[Leaflet, Proof]], locale: str, css: str
) -> None:
    leaflet, proof = typeset(locale, css=css)
    said = [f.message for f in errors(examine(proof, leaflet)) if f.code == "list-marker"]
    wanted = {mark.translate(BURMESE) if locale == "my" else mark for mark in SPOILT[css]}
    assert {text.split("where ‘")[1].split("’")[0] for text in said} == wanted


@pytest.mark.parametrize("code", ["en", "ur"])
def test_a_marker_away_from_its_words_is_none(
    typeset: Callable[..., tuple[Leaflet, Proof]], code: str
) -> None:
    css = "ol { list-style-position: inside } ol span { display: block }"
    leaflet, proof = typeset(code, css=css)
    said = [f.message for f in errors(examine(proof, leaflet)) if f.code == "list-marker"]
    assert any("shows nothing where ‘1.’ belongs" in text for text in said)


def rows(evidence: Evidence) -> list[tuple[str, set[int]]]:
    """Return the text of each row of tables with the pages that it stands on."""
    return [
        (evidence.text(e), {leaf.page for leaf in e.leaves()})
        for e in evidence.tree.elements
        if e.kind == "TR"
    ]


def test_a_row_stays_whole_and_the_head_stands_on_each_page(
    typeset: Callable[..., tuple[Leaflet, Proof]],
) -> None:
    """Rows are as high as a third of a page: each would be torn apart by the foot of one."""
    for code in ("en", "ar", "km"):
        leaflet, proof = typeset(
            code, css="td { padding-bottom: 110mm } thead { break-after: avoid }"
        )
        evidence = Evidence(proof, leaflet)
        found = rows(evidence)
        assert all(len(pages) == 1 for _, pages in found)
        heads = [page for text, pages in found if text == found[0][0] for page in pages]
        cells = {page for text, pages in found if text != found[0][0] for page in pages}
        assert len(heads) > 1
        assert set(heads) == cells


def test_a_table_that_does_not_fit_names_its_column(
    typeset: Callable[..., tuple[Leaflet, Proof]],
) -> None:
    for code in ("en", "ar", "hi"):
        leaflet, proof = typeset(code, css="td:last-child { padding-inline-end: 200mm }")
        found = [f for f in errors(examine(proof, leaflet)) if f.code == "overflow"]
        said: list[Finding] = [f for f in found if "its column" in f.message]
        assert said, found


def test_columns_are_aligned_as_they_are_written(
    typeset: Callable[..., tuple[Leaflet, Proof]],
) -> None:
    for code in ("en", "ar"):
        leaflet, proof = typeset(code)
        evidence = Evidence(proof, leaflet)
        cells = [e for e in evidence.tree.elements if e.kind in ("TH", "TD")][1::2]
        edges = [ends(evidence, cell)[0 if code == "ar" else 1] for cell in cells]
        assert max(edges) - min(edges) < 2


def ends(evidence: Evidence, cell: Element) -> tuple[float, float]:
    leaves: list[Leaf] = list(cell.leaves())
    boxes = [run.ink for run in evidence.runs_in(*leaves) if run.ink]
    return min(box[0] for box in boxes), max(box[2] for box in boxes)
