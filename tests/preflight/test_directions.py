"""What is read from left to right is painted so in every right-to-left locale, or is found.

The order of a line is known here because the line is put together from parts; it is read
from the page by `tests.painted`, which shares no code with the engine.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pressroom.core.model import Span, plain
from pressroom.leaflet.bidi_isolate import isolated
from pressroom.preflight.text.typed_order import stretches

from ..painted import plainly
from .lines import html_of, leaflet_in, read_page, set_page, unisolated

#: Own digits and words of each locale, two of them to stand beside each other.
LOCALES = {
    "ar": ("٠١٢٣٤٥٦٧٨٩", ("اتصل على", "كل يوم", "أو", "والحرارة", "ملغ")),
    "fa": ("۰۱۲۳۴۵۶۷۸۹", ("تماس بگیرید", "هر روز", "یا", "میلی‌گرم")),
    "ps": ("۰۱۲۳۴۵۶۷۸۹", ("زنګ ووهئ", "هره ورځ", "یا", "ملي ګرامه")),
    "ur": ("۰۱۲۳۴۵۶۷۸۹", ("فون کریں", "روزانہ", "یا", "ملی گرام")),
    "he": ("0123456789", ("התקשרו אל", "בכל יום", "או", "מ״ג")),
    "ckb": ("٠١٢٣٤٥٦٧٨٩", ("پەیوەندی بکە", "هەموو ڕۆژێک", "یان", "ملگم")),
    "sd": ("٠١٢٣٤٥٦٧٨٩", ("فون ڪريو", "روزانو", "يا", "ملي گرام")),
}

#: Lines with all that goes wrong most, as `{}` between words, in Western digits.
FIGURES = (
    "0800 111 222", "+44 (0)20 7946 0018", "(020) 7946 0018", "1-800-555-0142",
    "4–7", "20-40", "20 – 40", "10:30", "10:30–12:00", "2026/11/29", "29.11.2026",
    "2 × 500", "1:2", "1 : 2", "120/80", "38.5", "1,000", "−18", "-18", "> 38.5", ">38", "< 5",
    "500 mg", "2.5 mg/kg", "38 °C", "5%", "5 × 10⁹/L", "p < 0.05", "±2", "65+",
    "*123#", "*#06#", "#31#", "5 % – 10 %", "1-0-1",
)  # fmt: skip
LATIN = (
    "HLA-B27", "COVID-19", "H₂O", "Ca²⁺", "Fe(OH)₃", "a.b@c.example",
    "https://a.example/x?y=1", "Dr. John Smith, MD", "Johnson & Johnson", "Harbour Clinic",
    "TGF-β1", "0.9% NaCl", "O−", "5 % NaCl",
)  # fmt: skip


def own(figure: str, digits: str) -> str:
    """Return a figure in other digits; raised ones stay."""
    return figure.translate(dict(zip(map(ord, "0123456789"), digits, strict=True)))


def figures_in(code: str) -> list[str]:
    """Return figures in Western digits and in the locale's own, and names in Latin letters."""
    digits, _ = LOCALES[code]
    if "\u0660" in digits:
        # In these digits a comma is an Arabic one; it joins nothing but digits.
        assert "٬" not in digits
    return [*dict.fromkeys((*FIGURES, *(own(one, digits) for one in FIGURES), *LATIN))]


@pytest.mark.parametrize("code", sorted(LOCALES))
def test_figures_are_painted_as_they_are_typed_and_nothing_is_found(code: str) -> None:
    figures = figures_in(code)
    before, after, *_ = LOCALES[code][1]
    proof = set_page(code, html_of(code, [f"{before} {one} {after}." for one in figures]))
    assert read_page(proof) == [f".R{plainly(one)}R" for one in figures]
    assert unisolated(proof, leaflet_in(code)) == []


@pytest.mark.parametrize("text", ["ߊߡߌ ߁߂߃ ߄߅ ߊߡߌ", "𞤀𞤣 𞥑𞥒𞥓 𞥔𞥕 𞤀𞤣"])
def test_digits_that_run_to_the_left_are_no_stretch_of_their_own(text: str) -> None:
    """Those of N'Ko and Adlam are of class R, and read from the right as the letters are."""
    assert not any(one.text for one in stretches(text))
    assert isolated([Span("text", text)]) == (Span("text", text),)


@pytest.mark.parametrize("text", ["𐴀𐴁 𐴱𐴲𐴳 𐴴𐴵 𐴀𐴁"])
def test_digits_of_rohingya_run_to_the_right(text: str) -> None:
    assert [one.parts for one in stretches(text) if one.text] == [["𐴱𐴲𐴳𐴴𐴵"]]
    assert [plain((one,)) for one in isolated([Span("text", text)])] == [
        "𐴀𐴁 ", "𐴱𐴲𐴳 𐴴𐴵", " 𐴀𐴁"
    ]  # fmt: skip


@pytest.mark.parametrize("code", sorted(LOCALES))
def test_without_isolation_the_check_finds_what_is_painted_wrongly(code: str) -> None:
    """In each locale, of what a reader of the page sees in another order."""
    figures = figures_in(code)
    before, after, *_ = LOCALES[code][1]
    html = html_of(code, [f"{before} {one} {after}." for one in figures])
    proof = set_page(code, re.sub(r"</?(?:span|bdo)[^>]*>", "", html))
    seen = read_page(proof)
    wrong = [one for one, line in zip(figures, seen, strict=True) if plainly(one) not in line]
    assert {"0800 111 222", "20 – 40", "2 × 500", "> 38.5", "5 × 10⁹/L", "500 mg"} <= {*wrong}
    said = " ".join(unisolated(proof, leaflet_in(code)))
    missed = [one for one in wrong if f"‘{plainly(one)}’" not in said]
    assert not missed


@pytest.mark.parametrize("code", [code for code in sorted(LOCALES) if "٠" in LOCALES[code][0]])
def test_an_isolate_without_an_override_is_found(code: str) -> None:
    """Arabic-Indic digits draw spaces and dashes to their side within left-to-right text, too."""
    digits, (before, after, *_) = LOCALES[code]
    wrong = [own(one, digits) for one in ("0800 111 222", "4–7", "2 × 500", "10:30–12:00")]
    html = html_of(code, [f"{before} {one} {after}" for one in wrong])
    proof = set_page(code, html.replace("<bdo", "<span").replace("</bdo", "</span"))
    assert not any(plainly(one) in line for one, line in zip(wrong, read_page(proof), strict=True))
    said = unisolated(proof, leaflet_in(code))
    assert len(said) == len(wrong)
    for one, message in zip(wrong, said, strict=True):
        assert f"‘{plainly(one)}’" in message


def test_the_finding_asks_for_nothing_that_is_refused() -> None:
    html = html_of("ar", ["قل 0800 111 الآن"]).replace('<span dir="ltr"', "<span")
    (said,) = unisolated(set_page("ar", html), leaflet_in("ar"))
    from pressroom.core.files import unreadable_character

    asked = [chr(int(code, 16)) for code in re.findall(r"U\+([0-9A-F]{4})", said)]
    assert asked
    assert not any(map(unreadable_character, asked))
    # It helps where the words are odd: the full stop would end what is isolated.
    lines = ["قل C. 5 الآن", "قل C.\u200e 5 الآن"]
    assert read_page(set_page("ar", html_of("ar", lines))) == ["R5.CR", "RC.5R"]


@pytest.mark.parametrize("code", ["ar", "he", "ur"])
def test_bold_and_filled_in_parts_of_a_figure_stay_in_order(code: str) -> None:
    digits, (before, after, *_) = LOCALES[code]
    phone = own("0800 111", digits)
    lines: list[str | tuple[Span, ...]] = [
        f"{before} **5** mg {after}",
        f"{before} 5 **mg** {after}",
        f"**{before} 2** × 500 **mg {after}**",
        f"{before} *4*–**7** {after}",
        f"{before} `x = 5` {after}",
        f"{before} [HLA-B27](https://a.example) 5 {after}",
        f"{before} **{own('0800', digits)}** {own('111', digits)} {after}",
        (Span("text", f"{before} +"), Span("isolate", children=(Span("text", phone),)),
         Span("text", f" – 9 {after}")),
        (Span("text", f"{before} v"), Span("isolate", children=(Span("text", "1.0"),)),
         Span("text", f" {after}")),
    ]  # fmt: skip
    expected = ["5 mg", "5 mg", "2 × 500 mg", "4–7", "x = 5", "HLA-B27 5", phone, f"+{phone} – 9",
                "v1.0"]  # fmt: skip
    proof = set_page(code, html_of(code, lines))
    assert read_page(proof) == [f"R{plainly(one)}R" for one in expected]
    assert unisolated(proof, leaflet_in(code)) == []


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        # Read from the right: 500, milligrams, times two; then five millilitres.
        ("خذ 500 ملغ × 2 يوميا", "R2×R500R"),
        ("خذ 500 ملغ/5 مل", "R5/R500R"),
        ("من 4 إلى 7، أو (1)", "(1)R،7R4R"),
        ("הדרגה 1, 2, 3", "3,2,1R"),
        ("حرارة ٣٨٫٥°م هنا", "R°٣٨٫٥R"),
        ("خذ (حبة) 5 «مرات»", "«R»5(R)R"),
        ("العمر > 5 والوزن > 8 كغ", "R>8R>5R"),
    ],
)
def test_what_is_no_unit_goes_with_the_words(line: str, seen: str) -> None:
    code = "he" if "ה" in line else "ar"
    proof = set_page(code, html_of(code, [line]))
    assert read_page(proof) == [seen]
    assert unisolated(proof, leaflet_in(code)) == []
    # Set from left to right, the same parts are found to be swapped.
    html = html_of(code, [line]).replace("<p>", '<p style="direction: ltr">')
    assert unisolated(set_page(code, html), leaflet_in(code))


@pytest.mark.parametrize(
    ("code", "words", "seen"),
    [
        ("ar", "اليوم 1 {} اليوم 2", "2R{}1R"),
        ("fa", "روز ۱ {} روز ۲", "۲R{}۱R"),
        ("he", "5 {} 10 mg", "10mg{}5"),
        ("ur", "Settings {} General", "General{}Settings"),
    ],
)
def test_an_arrow_that_points_back_is_found(code: str, words: str, seen: str) -> None:
    source = "Day 1 → day 2"
    for arrow in "→←":
        line = words.format(arrow)
        proof = set_page(code, html_of(code, [line]))
        assert read_page(proof) == [seen.format(arrow)]
        assert bool(unisolated(proof, leaflet_in(code, source, line))) == (arrow == "→")
        assert bool(unisolated(proof, leaflet_in(code, "Back ← here", line))) == (arrow == "←")
    # Where the whole line goes to the right, so does the arrow.
    html = html_of(code, [words.format("→")])
    if not plainly(html).count("R"):
        proof = set_page(code, re.sub(r"<p>(.*)</p>", r'<p><span dir="ltr">\1</span></p>', html))
        assert not unisolated(proof, leaflet_in(code, source, words.format("→")))


@st.composite
def pages(draw: st.DrawFn) -> tuple[str, list[tuple[str, str]]]:
    """Return a locale, and lines with what is to be seen of them."""
    code = draw(st.sampled_from(sorted(LOCALES)))
    digits, words = LOCALES[code]
    number = st.integers(0, 99_999).map(str)
    small = st.integers(1, 99).map(str)
    dash = st.sampled_from(["-", "–", " – ", "\u2011"])
    unit = st.sampled_from(["mg", "ml/kg", "°C", "%", "× 10⁹/L", "IU"])
    low_high = st.lists(st.integers(1, 999), min_size=2, max_size=2, unique=True).map(sorted)
    quantity = st.one_of(
        st.lists(st.integers(100, 9999).map(str), min_size=2, max_size=4).map(" ".join),
        st.tuples(low_high, dash).map(lambda made: made[1].join(map(str, made[0]))),
        st.tuples(st.sampled_from(["", "> ", "<", "−", "±", "~"]), number).map("".join),
        st.tuples(number, st.sampled_from([".", ",", "/", ":", " × "]), small).map("".join),
        st.tuples(number, st.sampled_from([" ", "\u00a0"]), unit).map("".join),
        st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda t: f"{t[0]}:{t[1]:02}"),
    )
    figure = st.one_of(
        quantity, quantity.map(lambda text: own(text, digits)), st.sampled_from(LATIN)
    )
    lines = []
    for _ in range(25):
        typed, seen = draw(st.sampled_from(words)), "R"
        for _ in range(draw(st.integers(1, 4))):
            one, word = draw(figure), draw(st.sampled_from(words))
            opening, closing = draw(st.sampled_from([(" ", " "), (" (", ") "), (": ", "، "),
                                                     (" ", "؛ "), (", ", ". ")]))  # fmt: skip
            typed += f"{opening}{one}{closing}{word}"
            signs = {"(": ")", ")": "("}
            first, last = (
                "R" if mark == "؛" else signs.get(mark, mark)
                for mark in (opening.strip(), closing.strip())
            )
            seen = f"R{last}{plainly(one)}{first}{seen}"
        mark = draw(st.sampled_from(["", ".", "!"]))
        lines.append((typed + mark, mark + re.sub("R+", "R", seen)))
    return code, lines


@given(pages())
@settings(max_examples=14, phases=[Phase.reuse, Phase.generate])
def test_any_line_is_painted_as_it_is_read(page: tuple[str, list[tuple[str, str]]]) -> None:
    code, lines = page
    html = html_of(code, [typed for typed, _ in lines])
    proof = set_page(code, html)
    expected = [seen for _, seen in lines]
    assert read_page(proof) == expected
    assert unisolated(proof, leaflet_in(code)) == []
    # Without isolation, the check finds as many of the lines as are painted wrongly, if not each
    # figure of them.
    proof = set_page(code, re.sub(r"</?(?:span|bdo)[^>]*>", "", html))
    wrong = read_page(proof) != expected
    assert bool(unisolated(proof, leaflet_in(code))) == wrong
