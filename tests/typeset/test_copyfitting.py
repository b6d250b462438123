"""The best layout: boxes in place, the fewest sheets, full pages, and then the largest type."""

from __future__ import annotations

import hashlib
import io
import logging
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdf
import pypdfium2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pressroom.typeset.copyfit import fit, score_of
from pressroom.typeset.setting import STEP, Setting
from pressroom.typeset.weasyprint_patches.page_limit import Judge
from tests.support import ROOT, make_site

from .conftest import SetPage

PARAGRAPH = "<p>" + "Rest and drink enough water every day. " * 8 + "</p>"


def test_little_text_is_set_at_the_ceiling(set_page: SetPage) -> None:
    proof = set_page(PARAGRAPH)
    assert (proof.pages, proof.type_size_pt) == (1, 14.0)
    assert (proof.excess_lines, proof.excess_words) == (0, 0)


def test_type_grows_as_long_as_the_sheets_suffice(set_page: SetPage) -> None:
    sizes = [set_page(PARAGRAPH * n, page_budget=2).type_size_pt for n in (4, 12, 14, 16, 18)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 14.0
    assert all(12.0 <= size <= 14.0 and (size - 12.0) % STEP == 0 for size in sizes)


def test_a_text_beyond_its_budget_stays_at_the_floor_and_says_by_how_much(
    set_page: SetPage,
) -> None:
    proof = set_page(PARAGRAPH * 20, page_budget=1, source_words=1000)
    assert proof.type_size_pt == 12.0
    assert proof.pages > 1
    assert proof.excess_lines > 10
    assert 100 < proof.excess_words < 1000
    more = set_page(PARAGRAPH * 30, page_budget=1, source_words=1000)
    assert more.excess_lines > proof.excess_lines


def test_without_a_budget_any_number_of_sheets_will_do(set_page: SetPage) -> None:
    proof = set_page(PARAGRAPH * 30, page_budget=None)
    assert proof.pages >= 3
    assert proof.excess_lines == 0


def test_one_size_alone_needs_no_tight_setting(set_page: SetPage, tmp_path: Path) -> None:
    tight = tmp_path / "tight.css"
    tight.write_text("p { line-height: 1 }")
    for paragraphs in (4, 9, 13, 22, 30):
        one: dict[str, Any] = {"floor_pt": 12.0, "ceiling_pt": 12.0, "page_budget": None}
        loose = set_page(PARAGRAPH * paragraphs, **one)
        assert loose.pdf == set_page(PARAGRAPH * paragraphs, tight_stylesheet=tight, **one).pdf


def test_large_print_has_its_own_floor(set_page: SetPage) -> None:
    proof = set_page(PARAGRAPH * 4, floor_pt=18.0, ceiling_pt=20.0)
    assert 18.0 <= proof.type_size_pt <= 20.0


def setting(floor: float, ceiling: float, budget: int | None, booklet: bool) -> Any:
    return SimpleNamespace(
        floor_pt=floor,
        ceiling_pt=ceiling,
        page_budget=budget,
        pages_a_sheet=4 if booklet else 2,
        halved=booklet,
        first_page=("dsc-urgent-help",),
        together=(),
        wide="" if booklet else "html { --side: 38mm }",
        rungs=("hanging",) if budget is None else ("hanging", "wide", "close")[:: 1 + booklet],
    )


class LineBox(SimpleNamespace):
    """A line, as `share_filled` knows it."""


def page_filled(share: float) -> Any:
    """Return a page, and its box, with one line that ends there."""
    line = LineBox(
        position_y=0.0,
        margin_height=lambda: share * 100,
        is_in_normal_flow=lambda: True,
        element=None,
    )
    box = SimpleNamespace(
        height=100.0,
        width=100.0,
        children=[line],
        content_box_y=lambda: 0.0,
        content_box_x=lambda: 0.0,
    )
    return SimpleNamespace(anchors={}, _page_box=box)


#: Room of a text on each rung.
TAKES = {"hanging": 1.0, "wide": 0.94, "close": 0.84}


@example(room=2.05, sizes=(12.0, 12.0), budget=None, booklet=False, urgent=30, wrong=1, holes=set())
@example(room=4.1, sizes=(18.0, 20.0), budget=8, booklet=False, urgent=30, wrong=1, holes=set())
@example(
    room=3.2, sizes=(12.0, 14.0), budget=4, booklet=False, urgent=30, wrong=1, holes={13, 12.5}
)
@given(
    st.floats(0.2, 8), st.sampled_from([(12.0, 14.0), (18.0, 20.0), (12.0, 12.0)]),
    st.one_of(st.none(), st.integers(1, 8)), st.booleans(), st.floats(11, 30),
    st.sampled_from([1, 0, 0.2, 0.6, 1.1, 1.5, 9]),
    st.sets(st.sampled_from([12.0, 12.5, 13.0, 13.5, 14.0])),
)  # fmt: skip
def test_the_layout_that_is_found_has_the_best_score(
    room: float,
    sizes: tuple[float, float],
    budget: int | None,
    booklet: bool,
    urgent: float,
    wrong: float,
    holes: set[float],
) -> None:
    """A text that takes `room` pages at 12 pt, and more with the square of its size.

    From the size `urgent` on, the urgent box leaves the first page; in the sizes `holes`, that page
    is half empty. It is estimated at so many times its room: that decides nothing.
    """
    floor, ceiling = sizes
    given = setting(floor, ceiling, budget, booklet)
    layouts: list[float] = []

    def filled(size: float, rung: int = 0) -> float:
        return room * (size / 12) ** 2 * TAKES[given.rungs[rung]]

    def document(size: float, rung: int) -> Any:
        count = max(1, math.ceil(filled(size, rung)))
        made = [page_filled(min(1.0, filled(size, rung) - number)) for number in range(count)]
        if size in holes and count > 1:
            made[0] = page_filled(0.5)
        made[min(size > urgent, count - 1)].anchors["dsc-urgent-help"] = (0, 0)
        return SimpleNamespace(pages=made, made_in=(size, rung))

    done: dict[tuple[float, int], Any] = {}

    def lay_out(size: float, rung: int = 0, judge: Judge | None = None) -> Any:
        if (size, rung) in done:
            return done[size, rung]
        layouts.append(size)
        made = document(size, rung)
        boxes = [page._page_box for page in made.pages]
        if judge and not all(judge(boxes[: n + 1], n + 1 == len(boxes)) for n in range(len(boxes))):
            return None
        return done.setdefault((size, rung), made)

    fitted = fit(lay_out, given, lambda pt: wrong * filled(pt))
    assert fitted.document.made_in == (fitted.size_pt, fitted.rung)
    every = [floor + STEP * n for n in range(round((ceiling - floor) / STEP) + 1)]
    scores = [
        score_of(document(size, rung), given, size, rung)
        for rung in range(len(given.rungs))
        # In a narrow side column, words of headings are known to fit at the floor.
        for size in (every[:1] if rung and given.wide else every)
    ]
    best = max(scores)
    assert len(layouts) <= len(scores) * 2
    if best.in_place and not best.excess:
        assert fitted.score == best
    else:
        assert (fitted.size_pt, fitted.rung) == (floor, len(given.rungs) - 1)


# The same input, the same bytes

SCRIPT = """
import hashlib, sys
from pathlib import Path
from datetime import date
from pressroom.leaflet.site import read_site
from pressroom.build.prepare import Preparer
from pressroom.typeset.typesetter import Typesetter
typesetter = Typesetter()
codes = sys.argv[2].split(",")
found = {}
for one in Preparer(read_site(Path(sys.argv[1]), date(2026, 12, 1)))(["sore-throat"], codes):
    proof = typesetter.typeset(one.html, one.setting)
    assert not proof.findings, proof.findings
    found[one.locale] = hashlib.sha256(proof.pdf).hexdigest()
print(sorted(found.items()))
"""


def test_the_same_words_give_the_same_bytes(tmp_path: Path) -> None:
    """In two processes, with other hash seeds, in another order, on another day."""
    made = make_site(tmp_path, ("en", "ar", "hi", "km"))
    runs = [("0", "en,ar,hi,km", "1"), ("4711", "km,hi,en,ar", "2000000000")]
    digests = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT, made.handouts, order], cwd=ROOT, text=True, check=True,
            capture_output=True,
            env={"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), "PYTHONHASHSEED": seed,
                 "SOURCE_DATE_EPOCH": epoch, "TZ": f"Etc/GMT+{seed[0]}"},
        ).stdout
        for seed, order, epoch in runs
    ]  # fmt: skip
    assert digests[0] == digests[1]
    assert digests[0].count("'") == 16


def test_one_typesetter_gives_the_same_bytes_again(set_page: SetPage) -> None:
    first = set_page(PARAGRAPH).pdf
    set_page(PARAGRAPH * 9, "ar")
    assert hashlib.sha256(set_page(PARAGRAPH).pdf).digest() == hashlib.sha256(first).digest()


# What the typesetter says


def test_what_weasyprint_logs_is_a_finding_and_goes_nowhere_else(
    set_page: SetPage, capfd: pytest.CaptureFixture[str]
) -> None:
    proof = set_page("<style>p { colr: red }</style><p>x</p>")
    (finding,) = proof.findings
    assert (finding.code, finding.severity) == ("typesetting", "warning")
    assert "colr" in finding.message
    assert capfd.readouterr() == ("", "")
    assert not set_page("<p>x</p>").findings
    assert not [h for h in logging.getLogger("weasyprint").handlers if h.level >= logging.WARNING]


def test_a_broken_stylesheet_of_the_site_is_named(
    set_page: SetPage, tmp_path: Path, settings_of: Callable[[str], Setting]
) -> None:
    path = tmp_path / "site.css"
    path.write_text("h1 { colr: red }")
    assert settings_of("en").site_stylesheets == ()
    for _ in range(2):  # also where the sheet is known from before
        (finding,) = set_page("<p>x</p>", site_stylesheets=(path,)).findings
        assert finding.message.startswith("the typesetter says: site.css: ")


# What stays on a page


def picture(height_mm: int) -> str:
    """Return a picture that cannot be broken, with a caption."""
    return f'<div style="padding-top:{height_mm}mm;break-inside:avoid">A caption.</div>'


def test_type_gets_a_little_smaller_where_a_picture_would_leave_a_hole(set_page: SetPage) -> None:
    text = PARAGRAPH * 4 + picture(130) + PARAGRAPH * 15
    assert set_page(text, page_budget=4, floor_pt=14.0).pages == 4
    proof = set_page(text, page_budget=4)
    assert (proof.pages, proof.type_size_pt) == (3, 13.5)
    # Nothing is gained where no size closes the hole: the text stays as large as it can be.
    assert set_page(PARAGRAPH * 5 + picture(200), page_budget=2).type_size_pt == 14.0


@pytest.mark.parametrize("code", ["en", "ar"])
def test_lines_to_write_on_take_what_is_left(set_page: SetPage, code: str) -> None:
    """Notes grow; a place for some shows where there is room for three lines, and else is empty."""
    style = "<style>.rule { height: 8.5mm; border-bottom: 1pt solid }</style>"
    notes = '<div class="notes"><p>Notes</p><div class="rule"></div></div>'
    spare = '<div class="notes spare"><p hidden>Notes</p></div>'
    for text, paragraphs, shows in (
        (notes, 2, True), (notes, 5, True), (spare, 2, True), (spare, 5, True), (spare, 7, False),
    ):  # fmt: skip
        proof = set_page(style + PARAGRAPH * paragraphs + text, code, page_budget=2)
        assert proof.pages == 1
        assert ("Notes" in pypdf.PdfReader(io.BytesIO(proof.pdf)).pages[0].extract_text()) == shows
        picture = pypdfium2.PdfDocument(proof.pdf)[0].render(scale=1, grayscale=True).to_pil()
        ink = picture.point(lambda grey: 255 * (grey < 200)).getbbox()
        assert ink is not None
        # A4, with margins of 15 and 13 mm.
        filled = (ink[3] / 72 * 25.4 - 15) / (297 - 15 - 13)
        assert (0.9 if shows else 0.8) < filled < 0.98


def test_what_belongs_on_the_first_page_stays_there(set_page: SetPage) -> None:
    text = (
        f'<p id="one">A warning.</p>{PARAGRAPH * 8}<p id="two">What it warns of.</p>{PARAGRAPH * 3}'
    )
    free = set_page(text, page_budget=2)
    first = set_page(text, page_budget=2, first_page=("two",))
    together = set_page(text, page_budget=2, together=("one", "two"))
    assert free.pages == first.pages == together.pages == 2
    assert 12.0 <= first.type_size_pt == together.type_size_pt < free.type_size_pt


@pytest.mark.parametrize(("code", "word"), [("en", "pain"), ("ar", "ألم"), ("hi", "दर्द")])
def test_no_type_is_so_large_that_a_table_reaches_over_the_edge(
    set_page: SetPage, code: str, word: str
) -> None:
    def table(columns: int) -> Any:
        cells = f"<th>{word}</th>" * columns
        return set_page(f"<table><tr>{cells}</tr></table>", code=code)

    sizes = [table(columns).type_size_pt for columns in range(8, 26)]
    assert sizes == sorted(sizes, reverse=True)
    # The last are so wide that they fit in no size.
    assert (sizes[0], sizes[-1]) == (14.0, 12.0)
    assert any(12.0 < size < 14.0 for size in sizes), sizes


@pytest.mark.parametrize(("code", "direction"), [("en", "/L2R"), ("ar", "/R2L")])
def test_viewers_are_told_how_to_print(set_page: SetPage, code: str, direction: str) -> None:
    def preferences(proof: Any) -> Any:
        return pypdf.PdfReader(io.BytesIO(proof.pdf)).trailer["/Root"]

    one, two = (preferences(set_page(PARAGRAPH * n, code)) for n in (1, 20))
    for root in (one, two):
        assert root["/ViewerPreferences"]["/Direction"] == direction
        assert root["/ViewerPreferences"]["/PrintScaling"] == "/None"
    assert "/Duplex" not in one["/ViewerPreferences"]
    assert two["/ViewerPreferences"]["/Duplex"] == "/DuplexFlipLongEdge"
    half = preferences(set_page(PARAGRAPH * 20, code, halved=True, pages_a_sheet=4))
    assert half["/PageLayout"] == "/TwoPageRight"
    assert "/Duplex" not in half["/ViewerPreferences"]
