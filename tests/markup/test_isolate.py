"""Whatever runs from left to right inside right-to-left text is isolated, whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.markup.isolate import split_ltr

#: Words of each right-to-left locale to stand around.
AROUND = {
    "ar": ("اتصل على", "كل يوم", "، أو"),
    "fa": ("تماس بگیرید با", "هر روز", "، یا"),
    "ur": ("اس نمبر پر فون کریں", "روزانہ", "، یا"),
    "ps": ("زنګ ووهئ", "هره ورځ", "، یا"),
    "he": ("התקשרו אל", "בכל יום", ", או"),
}


def pieces(text: str) -> list[str]:
    """Give what is isolated."""
    return [piece for piece, ltr in split_ltr(text) if ltr]


WESTERN = "0123456789"
NATIVE = {"ar": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹", "ur": WESTERN, "ps": "۰۱۲۳۴۵۶۷۸۹", "he": WESTERN}


def number(figures: str, least: int = 1, most: int = 4) -> st.SearchStrategy[str]:
    return st.text(figures, min_size=least, max_size=most)


def joined(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(p) if isinstance(p, str) else p for p in parts)).map("".join)


def figures(digits: str) -> dict[str, st.SearchStrategy[str]]:
    """Give strategies for what prints wrongly unless it is isolated."""
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
    split = list(split_ltr(text))
    assert "".join(piece for piece, _ in split) == text
    isolated = [piece for piece, ltr in split if ltr]
    for one in whole:
        assert any(one in piece for piece in isolated), (one, isolated)
    # Nothing that runs from right to left is caught in one.
    assert not any("\u05d0" <= c <= "\u05ea" or "\u0620" <= c <= "\u064a"
                   for piece in isolated for c in piece)  # fmt: skip


@given(st.text())
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(piece for piece, _ in split_ltr(text)) == text


@given(st.text(st.sampled_from("اب ،.؟ \u200f")))
def test_text_without_figures_is_left_alone(text: str) -> None:
    assert not any(ltr for _, ltr in split_ltr(text))


@pytest.mark.parametrize(
    ("text", "isolated"),
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
        ("½ قرص، 25 µg أو 30 kg/m²", ["½", "25 µg", "30 kg/m²"]),
        ("لا شيء هنا", []),
        ("", []),
    ],
)
def test_examples(text: str, isolated: list[str]) -> None:
    assert pieces(text) == isolated
