"""Which pages of two PDFs look the same."""

from __future__ import annotations

from pressroom.preflight.pdf.raster import different_pages

from .conftest import SetPage


def test_pages_that_differ_are_named(set_page: SetPage) -> None:
    def pages(*texts: str) -> bytes:
        body = "".join(f"<p>{text}</p>" for text in texts)
        css = "@page { size: A5 } p { font: 12pt 'Noto Sans'; break-after: page }"
        return set_page(body, css=css).pdf

    one = pages("one", "التهاب")
    assert different_pages(one, one) == []
    assert different_pages(one, pages("one", "الحلق")) == [2]
    longer = pages("one", "التهاب", "ឈឺបំពង់ក")
    assert different_pages(one, longer) == different_pages(longer, one) == [3]
