"""A reader's pages -> the sides of sheets: every page once, in the place where it is folded to."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.preflight.booklet import examine_sheets
from pressroom.typeset.imposition import Side, impose, order

#: A5, in points.
WIDTH, HEIGHT = 420.94, 595.28

directions = pytest.mark.parametrize("rtl", [False, True], ids=["ltr", "rtl"])


def fold(sides: Iterable[Side], rtl: bool) -> list[int | None]:
    """Read a booklet from cover to cover: stacked, folded, stapled, leafed through.

    Each sheet is two leaves. The first one has its front on the half of the
    front side that is the cover of the outer sheet, the right one; behind it
    stands the left half of the back side, since the sheet was flipped on its
    short edge. Where the binding is at the right, it is the other way round.
    """
    sides = list(sides)
    cover_front, cover_back = (0, 1) if rtl else (1, 0)
    before: list[int | None] = []
    behind: list[int | None] = []
    for front, back in zip(sides[::2], sides[1::2], strict=True):
        before += [front[cover_front], back[cover_back]]
        behind = [back[1 - cover_back], front[1 - cover_front], *behind]
    return before + behind


@given(st.integers(1, 64), st.booleans())
def test_the_folded_sheets_read_in_order(pages: int, rtl: bool) -> None:
    sides = order(pages, rtl)
    assert len(sides) == 2 * -(-pages // 4)
    read = fold(sides, rtl)
    assert [page for page in read if page is not None] == list(range(pages))
    assert read[0] == 0
    if pages > 1:
        # The back cover is the last page; blank ones stand before it.
        assert read[-1] == pages - 1
        assert read[: pages - 1] == list(range(pages - 1))
    assert read.count(None) == -pages % 4


@given(st.integers(1, 64))
def test_right_to_left_is_the_mirror_image(pages: int) -> None:
    assert order(pages, rtl=True) == tuple((b, a) for a, b in order(pages, rtl=False))


def test_the_order_of_eight_pages() -> None:
    assert order(8, rtl=False) == ((7, 0), (1, 6), (5, 2), (3, 4))
    assert order(8, rtl=True) == ((0, 7), (6, 1), (2, 5), (4, 3))
    assert order(1, rtl=False) == ((None, 0), (None, None))


def reader(pages: int) -> bytes:
    """Make a PDF in which page n has n black squares in a row, and a mark at its left edge."""
    pdf = pikepdf.new()
    for page in range(pages):
        made = pdf.add_blank_page(page_size=(WIDTH, HEIGHT))
        squares = "".join(f"{20 + 24 * n} 300 18 200 re " for n in range(page + 1))
        made.obj.Contents = pdf.make_stream(f"0 100 8 90 re {squares}f".encode())
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def codes(sheets: bytes, pages: bytes, rtl: bool) -> list[str]:
    return [f.code for f in examine_sheets(sheets, pages, rtl) if f.severity == "error"]


@directions
@pytest.mark.parametrize("pages", [1, 2, 3, 4, 5, 7, 8, 13])
def test_imposed_sheets_pass(pages: int, rtl: bool) -> None:
    made = reader(pages)
    sheets = impose(made, rtl)
    findings = list(examine_sheets(sheets, made, rtl))
    assert [(f.code, f.severity) for f in findings] == [("accessibility", "skipped")]
    with pikepdf.open(io.BytesIO(sheets)) as pdf:
        assert len(pdf.pages) == len(order(pages, rtl))
        for side in pdf.pages:
            assert [float(n) for n in side.mediabox] == pytest.approx([0, 0, 2 * WIDTH, HEIGHT])
        assert pdf.Root.ViewerPreferences.Duplex == "/DuplexFlipShortEdge"
        assert pdf.Root.ViewerPreferences.Direction == ("/R2L" if rtl else "/L2R")


def test_the_same_pages_give_the_same_bytes() -> None:
    assert impose(reader(6), rtl=True) == impose(reader(6), rtl=True)


@directions
def test_sheets_folded_the_wrong_way_fail(rtl: bool) -> None:
    made = reader(4)
    assert "imposition" in codes(impose(made, not rtl), made, rtl)


def spoilt(sheets: bytes, side: int, content: bytes) -> bytes:
    """Add to what a side paints."""
    with pikepdf.open(io.BytesIO(sheets)) as pdf:
        page = pdf.pages[side]
        page.obj.Contents = pdf.make_stream(page.obj.Contents.read_bytes() + content)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


@directions
def test_what_does_not_belong_on_a_side_fails(rtl: bool) -> None:
    made = reader(7)
    sheets = impose(made, rtl)
    assert codes(sheets, made, rtl) == []
    # A page again on another one, ink on a blank page, a page missing, a side too many.
    over_the_cover = f"q 1 0 0 1 {0 if rtl else WIDTH} 0 cm /Page7 Do Q ".encode()
    assert set(codes(spoilt(sheets, 0, over_the_cover), made, rtl)) == {"imposition"}
    blank = order(7, rtl)[1].index(None)
    ink = f"{WIDTH * (blank + 0.5)} 200 80 80 re f".encode()
    assert set(codes(spoilt(sheets, 1, ink), made, rtl)) == {"imposition"}
    assert set(codes(impose(reader(6), rtl), made, rtl)) == {"imposition"}
    assert set(codes(impose(reader(9), rtl), made, rtl)) == {"imposition"}


def test_a_side_of_another_size_fails() -> None:
    made = reader(4)
    with pikepdf.open(io.BytesIO(impose(made, rtl=False))) as pdf:
        pdf.pages[1].mediabox = [0, 0, 900, 700]
        out = io.BytesIO()
        pdf.save(out)
    assert codes(out.getvalue(), made, rtl=False) == ["imposition"]


@pytest.mark.parametrize("box", [None, pikepdf.Name.X, pikepdf.Array([0, 0])])
def test_a_side_whose_size_cannot_be_read_fails(box: object) -> None:
    made = reader(4)
    with pikepdf.open(io.BytesIO(impose(made, rtl=True))) as pdf:
        del pdf.pages[0].obj["/MediaBox"]
        if box is not None:
            pdf.pages[0].obj["/MediaBox"] = box
        out = io.BytesIO()
        pdf.save(out)
    assert codes(out.getvalue(), made, rtl=True) == ["imposition"]
