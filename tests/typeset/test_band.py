"""The band of drafts and of what is out of date has room, however many lines it has."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest

from pressroom.core.model import Proof

from .conftest import SetPage

WORDS = {
    "en": "OUT OF DATE. This leaflet is past its review date. Do not give to patients.",
    "ar": "منتهية الصلاحية. تجاوزت هذه النشرة تاريخ مراجعتها. لا تُعطَ للمرضى.",
    "km": "ហួសកាលកំណត់។ ខិត្តប័ណ្ណនេះហួសកាលបរិច្ឆេទពិនិត្យឡើងវិញហើយ។ កុំប្រគល់ឲ្យអ្នកជំងឺ។",
}


def body(code: str, bands: int) -> str:
    notice = f'<p class="notice" style="font-size: 14pt">{WORDS[code]}</p>'
    return f'<div class="band">{notice * bands}</div><p>x</p>'


def highest_mm(proof: Proof) -> tuple[float, float]:
    """Return how far the band, and the text below it, stand from the upper edge of the paper."""
    page = pypdfium2.PdfDocument(io.BytesIO(proof.pdf))[0]
    text = page.get_textpage()
    boxes = [text.get_charbox(n) for n in range(text.count_chars())]
    tops = [page.get_height() - top for _, bottom, _, top in boxes if top > bottom]
    letter = text.get_text_range().index("x")
    below = page.get_height() - text.get_charbox(letter)[3]
    return min(tops) / 72 * 25.4, below / 72 * 25.4


@pytest.mark.parametrize("code", WORDS)
def test_a_band_of_many_lines_pushes_the_text_down(code: str, set_page: SetPage) -> None:
    band, text = highest_mm(set_page(body(code, 1), code))
    assert band > 2.5  # Arabic marks reach above their line.
    assert 18 < text < 26
    many_band, many_text = highest_mm(set_page(body(code, 6), code))
    assert many_band > 4, "few printers reach nearer to the edge"
    assert many_text > text + 20


def test_a_margin_of_the_site_itself_wins(set_page: SetPage, tmp_path: Path) -> None:
    own = tmp_path / "site.css"
    own.write_text("@page { margin-top: 12mm }", encoding="utf-8")
    band, _ = highest_mm(set_page(body("en", 6), site_stylesheets=(own,)))
    assert band < 0
