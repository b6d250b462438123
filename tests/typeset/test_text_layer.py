"""The structure tree says what the words say."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest

from .conftest import SetPage


def structure(pdf: bytes) -> list[tuple[str, str, str]]:
    """Return type, language and text of each element with text, in reading order."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        marks: dict[tuple[int, int], str] = {}
        for number, page in enumerate(opened.pages):
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "BDC" and isinstance(operands[1], pikepdf.Dictionary):
                    mark = operands[1]
                    marks[number, int(mark.MCID)] = str(mark.get("/ActualText", ""))
        pages = {page.obj.objgen: number for number, page in enumerate(opened.pages)}
        found: list[tuple[str, str, str]] = []

        def walk(element: pikepdf.Object, lang: str, page: int) -> str:
            lang = str(element.get("/Lang", lang))
            page = pages[element.Pg.objgen] if "/Pg" in element else page
            kids = element.get("/K", [])
            kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
            own = len(found)
            found.append(("", "", ""))
            text = ""
            for kid in kids:
                if isinstance(kid, int):
                    text += marks[page, kid]
                elif "/S" in kid:
                    text += walk(kid, lang, page)
            text = str(element["/ActualText"]) if "/ActualText" in element else text
            found[own] = (str(element.S).strip("/"), lang, text)
            return text

        root = opened.Root.StructTreeRoot.K
        for top in root if isinstance(root, pikepdf.Array) else [root]:
            walk(top, str(opened.Root.Lang), 0)
        return found


WORDS = {
    "en": "Office affairs: fi, ffl – “quoted”.",
    "ar": "لا تتوقّف عن العلاج الآن، من فضلك.",
    "hi": "स्वास्थ्य की क्षमता और ज्ञान प्राप्त करें।",
    "km": "សូមសម្រាក​ឱ្យ​បាន​ច្រើន និងផឹកទឹក។",
}


@pytest.mark.parametrize("code", WORDS)
def test_the_structure_tree_has_the_words(set_page: SetPage, code: str) -> None:
    proof = set_page(f"<h1>{WORDS[code]}</h1><p>{WORDS[code]}</p>", code)
    expected = WORDS[code].replace("\u200b", "")
    texts = {kind: text for kind, _, text in structure(proof.pdf)}
    assert texts["H1"] == expected
    assert texts["P"] == expected
    assert not proof.findings


@pytest.mark.parametrize("code", ["ar", "km"])
def test_a_paragraph_of_several_lines_keeps_its_order(set_page: SetPage, code: str) -> None:
    proof = set_page(f"<p>{' '.join([WORDS[code]] * 12)}</p>", code)
    (text,) = (text for kind, _, text in structure(proof.pdf) if kind == "P")
    bare = re.sub(r"[\s\u200b]", "", WORDS[code])
    assert re.sub(r"[\s\u200b]", "", text) == bare * 12


def test_spaces_that_keep_a_line_together_are_copied_as_spaces(set_page: SetPage) -> None:
    proof = set_page("<p>5 \u2060mg</p><h1>৫\u00a0দিন</h1>")
    assert {text for kind, _, text in structure(proof.pdf) if kind in ("P", "H1")} == {
        "5 mg", "৫ দিন"
    }  # fmt: skip


def test_numbers_in_right_to_left_text_stand_in_their_place(set_page: SetPage) -> None:
    body = '<p>اتصل على <span dir="ltr">020 910 0142</span> الآن.</p>'
    (text,) = (text for kind, _, text in structure(set_page(body, "ar").pdf) if kind == "P")
    assert text == "اتصل على 020 910 0142 الآن."


def test_a_passage_in_another_language_says_so(set_page: SetPage) -> None:
    body = '<p>نص</p><p lang="en" dir="ltr">This is English.</p><p>و <span lang="fr">oui</span></p>'
    found = structure(set_page(body, "ar").pdf)
    languages = {text: lang for kind, lang, text in found if kind in ("P", "Span") and text}
    assert languages["نص"] == "ar"
    assert languages["This is English."] == "en"
    assert languages["oui"] == "fr"


@pytest.mark.parametrize("code", WORDS)
def test_no_glyph_maps_to_nothing(set_page: SetPage, code: str) -> None:
    with pikepdf.open(io.BytesIO(set_page(f"<p>{WORDS[code]}</p>", code).pdf)) as opened:
        maps = [
            bytes(font.ToUnicode.read_bytes())
            for font in opened.pages[0].Resources.Font.values()
            if "/ToUnicode" in font
        ]
    assert maps
    assert not any(re.search(rb"<[0-9a-fA-F]+>\s*<>", table) for table in maps)


def test_hidden_text_has_no_words(set_page: SetPage) -> None:
    proof = set_page('<p>Shown.</p><p style="visibility: hidden">Secret.</p>')
    assert "Secret." not in {text for _, _, text in structure(proof.pdf)}


@pytest.mark.parametrize("figure", ["٠٨٠٠ ١١١ ٢٢٢", "٤–٧", "٥ × ١٠⁹/L"])
def test_overridden_digits_stand_in_the_text_layer_without_marks(
    set_page: SetPage, figure: str
) -> None:
    proof = set_page(f'<h1>اتصل</h1><p>اتصل <bdo dir="ltr">{figure}</bdo> الآن</p>', "ar")
    assert f"اتصل {figure} الآن" in [text for _, _, text in structure(proof.pdf)]
