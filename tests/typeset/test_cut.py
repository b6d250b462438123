"""What a cut font sets is what the whole one sets; what it lacks comes from the whole one."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2
import pytest

from pressroom.scripts import cut_faces, read_script
from pressroom.typeset.cut import repertoire
from pressroom.typeset.fonts import cut_files, font_files

from .conftest import SetPage

TEXTS = {
    "Hans": "请在饭后服药，每天2次。“头痛”时请联系我们：020 910 0142。",
    "Hant": "請在飯後服藥，每天2次。「頭痛」時請聯絡我們：020 910 0142。",
    "Jpan": "食後に薬を飲んでください。1日2回。「頭痛」のときは電話を：020 910 0142。",
    "Kore": "식사 후에 약을 드십시오. 하루 2번. “두통”이 있으면 전화: 020 910 0142.",
}
#: A character that no standard of daily use has.
RARE = {"Hans": "龘", "Hant": "龘", "Jpan": "龘", "Kore": "똠"}


def pictures(pdf: bytes) -> Iterator[bytes]:
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        yield bytes(page.render(scale=2).buffer)
    document.close()


def words(pdf: bytes) -> str:
    """Give the text of the first page, line by line."""
    document = pypdfium2.PdfDocument(pdf)
    text = str(document[0].get_textpage().get_text_range())
    document.close()
    return text


def css(code: str, cut: bool) -> str:
    script = read_script(code)
    assert script.cut is not None
    families = [script.cut.family] if cut else []
    named = ", ".join(f'"{family}"' for family in [*families, script.face.family])
    return f"@page {{ size: A4 }} html {{ font-family: {named}; line-height: 1.5 }}"


def page(code: str, text: str) -> str:
    lang = {"Hans": "zh-Hans", "Hant": "zh-Hant", "Jpan": "ja", "Kore": "ko"}[code]
    return f'<html lang="{lang}"><p>{text}</p><p><strong>{text}</strong></p>'


@pytest.mark.parametrize("code", TEXTS)
def test_the_same_pixels(set_page: SetPage, code: str) -> None:
    html = page(code, TEXTS[code])
    cut, whole = (set_page(html, css=css(code, cut)).pdf for cut in (True, False))
    assert list(pictures(cut)) == list(pictures(whole))
    assert len(cut) <= len(whole)


@pytest.mark.parametrize("code", TEXTS)
def test_a_rarer_character_comes_from_the_whole_font(set_page: SetPage, code: str) -> None:
    html = page(code, TEXTS[code] + RARE[code])
    proofs = [set_page(html, css=css(code, cut)) for cut in (True, False)]
    cut, whole = (words(proof.pdf) for proof in proofs)
    assert cut == whole
    assert RARE[code] in cut
    assert all(not proof.findings for proof in proofs)


@pytest.mark.parametrize(
    ("name", "least", "common", "rare"),
    [
        ("gb2312", 6763, "的药", "龘"), ("big5", 5401, "的藥", "龘"),
        ("jisx0208", 6355, "の薬", "龘"), ("ksx1001", 2350, "의약", "똠"),
    ],
)  # fmt: skip
def test_a_repertoire_is_that_of_its_standard(
    name: str, least: int, common: str, rare: str
) -> None:
    found = repertoire(name)
    assert len(found) >= least
    assert {ord(c) for c in common} <= found
    assert ord(rare) not in found


def test_each_large_font_is_cut_once() -> None:
    files = cut_files()
    assert len(files) == 8
    times = {name: path.stat().st_mtime_ns for name, path in files.items()}
    assert {name: path.stat().st_mtime_ns for name, path in cut_files().items()} == times
    for cut, whole in cut_faces():
        for name, source in zip(cut.files, whole.files, strict=True):
            assert files[name].stat().st_size < font_files()[source].stat().st_size / 3
