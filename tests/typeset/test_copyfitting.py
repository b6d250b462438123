"""As few sheets as the text needs at the floor; then the largest type that stays on them."""

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
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pressroom.typeset.copyfit import fit
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
    )


class LineBox(SimpleNamespace):
    """A line, as `share_filled` knows it."""


def page_filled(share: float) -> Any:
    """Return a page, and its box, with one line that ends there."""
    line = LineBox(position_y=0.0, height=share * 100)
    box = SimpleNamespace(height=100.0, children=[line], content_box_y=lambda: 0.0)
    return SimpleNamespace(anchors={}, _page_box=box)


@example(room=2.05, sizes=(12.0, 12.0), budget=None, booklet=False, urgent=30, wrong=1)
@example(room=4.1, sizes=(18.0, 20.0), budget=8, booklet=False, urgent=30, wrong=1)
@given(
    st.floats(0.2, 8), st.sampled_from([(12.0, 14.0), (18.0, 20.0), (12.0, 12.0)]),
    st.one_of(st.none(), st.integers(1, 8)), st.booleans(), st.floats(11, 30),
    st.sampled_from([1, 0, 0.2, 0.6, 1.1, 1.5, 9]),
)  # fmt: skip
def test_the_size_that_is_found_is_the_largest(
    room: float,
    sizes: tuple[float, float],
    budget: int | None,
    booklet: bool,
    urgent: float,
    wrong: float,
) -> None:
    """A text that takes `room` pages at 12 pt, and more with the square of its size.

    Set tight it takes a tenth less. From the size `urgent` on, the urgent box leaves the
    first page. It is cast off at so many times its room: that decides nothing.
    """
    floor, ceiling = sizes
    layouts: list[float] = []

    def filled(size: float, tight: bool = False) -> float:
        return room * (size / 12) ** 2 * (0.9 if tight else 1)

    def pages(size: float, tight: bool = False) -> int:
        return max(1, math.ceil(filled(size, tight)))

    done: dict[tuple[float, bool], Any] = {}

    def lay_out(size: float, tight: bool = False, judge: Judge | None = None) -> Any:
        if (size, tight) in done:
            return done[size, tight]
        layouts.append(size)
        count = pages(size, tight)
        made = [page_filled(min(1.0, filled(size, tight) - number)) for number in range(count)]
        made[min(size > urgent, count - 1)].anchors["dsc-urgent-help"] = (0, 0)
        if judge and not all(judge(made[: n + 1], n + 1 == count) for n in range(count)):
            return None
        return done.setdefault((size, tight), SimpleNamespace(pages=made, size=size, tight=tight))

    fitted = fit(lay_out, setting(floor, ceiling, budget, booklet), lambda pt: wrong * filled(pt))
    size, document, tight = fitted.size_pt, fitted.document, fitted.tight
    assert (document.size, document.tight) == (size, tight)
    assert len(layouts) <= 10
    needed = pages(floor)
    if (budget is not None and needed > budget) or (floor > urgent and needed > 1):
        assert size == floor
        assert tight
        return
    step = 4 if booklet else 2
    saves = math.ceil(pages(floor, tight=True) / step) < math.ceil(needed / step)
    assert tight == (booklet and saves)
    most = math.ceil(pages(floor, tight) / step) * step
    most = most if budget is None else min(most, budget)
    every = [floor + STEP * n for n in range(round((ceiling - floor) / STEP) + 1)]
    kept = [one for one in every if one <= urgent or pages(one, tight) == 1]
    assert size == max(one for one in kept if pages(one, tight) <= most)


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
    text = PARAGRAPH * 5 + picture(95) + PARAGRAPH * 4
    proof = set_page(text, page_budget=2)
    assert proof.pages == 2
    assert 13.0 <= proof.type_size_pt < 14.0
    # Nothing is gained where no size closes the hole: the text stays as large as it can be.
    assert set_page(PARAGRAPH * 5 + picture(200), page_budget=2).type_size_pt == 14.0


def test_what_belongs_on_the_first_page_stays_there(set_page: SetPage) -> None:
    text = (
        f'<p id="one">A warning.</p>{PARAGRAPH * 8}<p id="two">What it warns of.</p>{PARAGRAPH * 3}'
    )
    free = set_page(text, page_budget=2)
    first = set_page(text, page_budget=2, first_page=("two",))
    together = set_page(text, page_budget=2, together=("one", "two"))
    assert free.pages == first.pages == together.pages == 2
    assert 12.0 <= first.type_size_pt == together.type_size_pt < free.type_size_pt


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
