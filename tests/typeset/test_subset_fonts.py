"""What a cut font sets is what the whole one sets; what it lacks comes from the whole one."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2
import pytest

from pressroom.fonts.scripts import read_script

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
    """Return the text of the first page, line by line."""
    document = pypdfium2.PdfDocument(pdf)
    text = str(document[0].get_textpage().get_text_range())
    document.close()
    return text


def css(code: str, cut: bool) -> str:
    script = read_script(code)
    assert script.subset is not None
    families = [script.subset.family] if cut else []
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
    assert len(cut) < len(whole) * 1.01


@pytest.mark.parametrize("code", TEXTS)
def test_a_rarer_character_comes_from_the_whole_font(set_page: SetPage, code: str) -> None:
    html = page(code, TEXTS[code] + RARE[code])
    proofs = [set_page(html, css=css(code, cut)) for cut in (True, False)]
    cut, whole = (words(proof.pdf) for proof in proofs)
    assert cut == whole
    assert RARE[code] in cut
    assert all(not proof.findings for proof in proofs)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        # Syllables that KS X 1001 does not have, and what they are taken apart into.
        ("Kore", "똠 펲 뷁 갃 힣"),
        ("Kore", "\u1104\u1169\u11b7 \u1111\u1166\u11c1"),
        # Forms of ideographs that are told from the usual one by their code alone, and one
        # each that no repertoire has: U+FA19 神, U+FA1B 福, U+F92C 郎, U+FA27 鍊.
        *((code, "\ufa19 \ufa1b \uf92c \ufa27 \U0002f8a6") for code in TEXTS),
    ],
)  # fmt: skip
def test_a_rarer_character_is_not_made_up_of_parts_that_are_cut(
    set_page: SetPage, code: str, text: str
) -> None:
    # Each on a line of its own: where a font ends, letters may move by a part of a pixel.
    html = page(code, text.replace(" ", "<br>"))
    cut, whole = (set_page(html, css=css(code, cut)).pdf for cut in (True, False))
    assert list(pictures(cut)) == list(pictures(whole))
