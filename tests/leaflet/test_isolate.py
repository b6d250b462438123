"""Whatever runs from left to right inside right-to-left text is isolated, whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.core.model import Span, plain
from pressroom.leaflet.bidi_isolate import isolated

#: Words of each right-to-left locale to stand around.
AROUND = {
    "ar": ("اتصل على", "كل يوم", "، أو"),
    "fa": ("تماس بگیرید با", "هر روز", "، یا"),
    "ur": ("اس نمبر پر فون کریں", "روزانہ", "، یا"),
    "ps": ("زنګ ووهئ", "هره ورځ", "، یا"),
    "he": ("התקשרו אל", "בכל יום", ", או"),
}


def pieces(text: str) -> list[str]:
    """Return what is isolated in a text."""
    spans = isolated([Span("text", text)])
    assert plain(spans) == text
    return [plain(span.children) for span in spans if span.kind == "isolate"]


WESTERN = "0123456789"
NATIVE = {"ar": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹", "ur": WESTERN, "ps": "۰۱۲۳۴۵۶۷۸۹", "he": WESTERN}


def number(figures: str, least: int = 1, most: int = 4) -> st.SearchStrategy[str]:
    return st.text(figures, min_size=least, max_size=most)


def joined(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(p) if isinstance(p, str) else p for p in parts)).map("".join)


def figures(digits: str) -> dict[str, st.SearchStrategy[str]]:
    """Return strategies for what prints wrongly unless it is isolated."""
    n = number(digits)
    dash = st.sampled_from(["-", "–", "\u2011"])
    space = st.sampled_from(["", " ", "\u00a0"])
    return {
        "phone": joined(
            st.sampled_from(["", "+"]), number(digits, 1, 3), st.sampled_from([" ", "-"]),
            number(digits, 3, 3), st.sampled_from([" ", "-"]), number(digits, 4, 4),
        ),
        "area code": joined("(", number(digits, 2, 4), ") ", number(digits, 3, 3), "-",
                            number(digits, 4, 4)),
        "range": joined(n, space, dash, space, n),
        "dose": joined(n, st.sampled_from([" ", "\u00a0", ""]),
                       st.sampled_from(["mg", "ml", "mg/kg", "IU", "µg"])),
        "dose range": joined(n, dash, n, " ", "mg"),
        "temperature": joined(n, st.sampled_from(["", ".5"]), space,
                              st.sampled_from(["°C", "°F", "°"])),
        "fraction": joined(n, "/", n),
        "date": joined(number(digits, 4, 4), "-", number(digits, 2, 2), "-", number(digits, 2, 2)),
        "date with slashes": joined(number(digits, 1, 2), "/", number(digits, 1, 2), "/",
                                    number(digits, 4, 4)),
        "time": joined(number(digits, 1, 2), ":", number(digits, 2, 2)),
        "percentage": joined(n, space, "%"),
        "code": joined(st.sampled_from(["HLA-B", "IL-", "COVID-", "B"]), n),
    }  # fmt: skip


NAMES = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
ADDRESSES = st.one_of(
    joined(st.sampled_from(["https://", "http://", "www."]), NAMES,
           ".example", st.sampled_from(["", "/a", "/a-b/c.html", "/?q=1&r=2", "/~x#y"])),
    joined(NAMES, st.sampled_from(["", ".b"]), "@", NAMES, ".example"),
)  # fmt: skip


@st.composite
def sentences(draw: st.DrawFn) -> tuple[str, list[str]]:
    locale = draw(st.sampled_from(sorted(AROUND)))
    digits = draw(st.sampled_from([WESTERN, NATIVE[locale]]))
    kinds = figures(digits)
    whole = st.one_of(ADDRESSES, *(kinds[name] for name in sorted(kinds)))
    before, after, between = AROUND[locale]
    first, second = draw(whole), draw(whole)
    text = draw(
        st.sampled_from(
            [
                f"{before} {first}{between} {second} {after}.",
                f"{first} {before} {second}{between} {after}",
                f"{before} ({first}) {after}: {second}.",
                f"{before}: {first}; {after}، {second}؟",
            ]
        )
    )
    return text, [first, second]


@given(sentences())
def test_every_figure_and_address_is_wholly_inside_one_isolate(
    sentence: tuple[str, list[str]],
) -> None:
    text, whole = sentence
    found = pieces(text)
    for one in whole:
        assert any(one in piece for piece in found), (one, found)
    # Nothing that runs from right to left is caught in one.
    assert not any("\u05d0" <= c <= "\u05ea" or "\u0620" <= c <= "\u064a"
                   for piece in found for c in piece)  # fmt: skip


@given(st.text())
def test_the_pieces_are_the_text(text: str) -> None:
    pieces(text)


@given(st.text(st.sampled_from("اب ،.؟ \u200f")))
def test_text_without_figures_is_left_alone(text: str) -> None:
    assert not pieces(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("اتصل على 020 910 0142 الآن.", ["020 910 0142"]),
        ("اتصل على +44 20 7946 0958.", ["+44 20 7946 0958"]),
        ("من 20–40 سنة", ["20–40"]),
        ("من 20 – 40 سنة", ["20 – 40"]),
        ("38.5 °C أو أكثر", ["38.5 °C"]),
        ("50 mg مرتين", ["50 mg"]),
        ("1 من كل 4", ["1", "4"]),
        ("جين HLA-B27 شائع", ["HLA-B27"]),
        ("مرض AS مزمن", []),
        ("أدوية anti-TNF أو IL-17.", ["anti-TNF", "IL-17"]),
        ("انظر https://nass.co.uk.", ["https://nass.co.uk"]),
        ("انظر (https://a.example/x).", ["https://a.example/x"]),
        ("اكتب إلى a.b@c.example، من فضلك", ["a.b@c.example"]),
        ("بنسبة 5٪ فقط", ["5٪"]),
        ("من ٢٠–٤٠ سنة", ["٢٠–٤٠"]),
        ("الساعة 10:30.", ["10:30"]),
        ("في 2019. 3 أشخاص", ["2019", "3"]),
        ("بحلول 1/2 قرص", ["1/2"]),
        ("מגיל 6, מ-12 קג עד 14", ["6", "12", "14"]),
        ("כ-12 ימים", ["12"]),
        ("בטמפרטורה של -5 °C", ["-5 °C"]),
        ("عند -5 °C أو −٣", ["-5 °C", "−٣"]),
        ("½ قرص، 25 µg أو 30 kg/m²", ["½", "25 µg", "30 kg/m²"]),
        # Signs: a comparison and a minus belong to their number, operators between words do not.
        ("الحمى > 38.5 °C أو >39 °C", ["> 38.5 °C", ">39 °C"]),
        ("החום ≥ 38, או ≤36", ["≥ 38", "≤36"]),
        ("تب > ۳۸٫۵ یا < ۳۶", ["> ۳۸٫۵", "< ۳۶"]),
        ("p < 0.05 و 5 × 10⁹/L و ۵ × ۱۰⁹/L", ["p < 0.05", "5 × 10⁹/L", "۵ × ۱۰⁹/L"]),
        ("عند −18 °C إلى −۲۰", ["−18 °C", "−۲۰"]),
        ("٥٠٠ ملغ × ٢ و٢ × ٥٠٠ ملغ", ["٥٠٠", "٢", "٢ × ٥٠٠"]),
        ("500 ملغ/5 مل", ["500", "5"]),
        ("38°م أو 38 °م أو 38°", ["38", "38", "38°"]),
        ("النسبة 1:2 أو 1 : 2", ["1:2", "1 : 2"]),
        ("لعمر 65+ و 5٪ و 5 %", ["65+", "5٪", "5 %"]),
        ("۶،۸ لیتر، ۱۰", ["۶،۸", "۱۰"]),
        # Formulas, codes, names and addresses.
        ("حديد Fe(OH)₃ وكالسيوم Ca²⁺ أو H₂O", ["Fe(OH)₃", "Ca²⁺", "H₂O"]),
        ("ویتامین 25(OH)D یا TGF-β1", ["25(OH)D", "TGF-β1"]),
        ("עם Dr. John Smith, MD מחר", ["Dr. John Smith, MD"]),
        ("جین Johnson & Johnson نے", ["Johnson & Johnson"]),
        ("نشانی Harbour Clinic, London ہے", ["Harbour Clinic, London"]),
        ("אלפא α ובטא β", []),
        ("طبيب Иван Петров هنا", ["Иван Петров"]),
        ("التقى +44 (0)20 7946 0018 و(020) 7946 0018", ["+44 (0)20 7946 0018", "(020) 7946 0018"]),
        # What only stands beside it does not belong to it.
        ("مرض COVID-19. HLA-B27 شائع", ["COVID-19", "HLA-B27"]),
        ("الأرقام 1, 2, 3 و(1) أو [2]", ["1", "2", "3", "1", "2"]),
        ("اليوم 1 → اليوم 2", ["1", "2"]),
        ("AS → TNF أو AS، TNF ومرض AS", ["AS", "TNF", "AS", "TNF"]),
        ("10 mg → 20 mg", ["10 mg", "20 mg"]),
        ("sore-throat · ar · 1.0", ["sore-throat", "ar", "1.0"]),
        # A left-to-right mark joins what no rule joins.
        ("قل C.‎ 5 الآن", ["C.‎ 5"]),
        ("لا شيء هنا", []),
        ("", []),
    ],
)
def test_examples(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@pytest.mark.parametrize("letters", ["קרא", "اقرأ", "ߒߞߏ", "𞤀𞤣𞤤", "𞠀𞠁", "ﷺ"])
def test_an_address_ends_where_right_to_left_letters_begin(letters: str) -> None:
    assert pieces(f"{letters} https://a.example/b{letters}") == ["https://a.example/b"]
