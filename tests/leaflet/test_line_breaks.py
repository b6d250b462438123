"""Lines break where readers of a language expect it, and nothing else about the text changes.

What is expected here was read off by people who know the script, from pages and from the rules
that are named; in texts, `|` is where a line may break and `+` where it must not.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icu4py.breakers import LineBreaker

from pressroom.content.catalogue.po import read_catalogue
from pressroom.content.topic.inline import read_inline
from pressroom.core.locales import read_locale
from pressroom.core.model import Span, plain
from pressroom.fonts.scripts import script_of
from pressroom.leaflet.html import _Inline, inline_of
from pressroom.leaflet.line_breaks import JOINER, ZWSP, with_marks, words
from tests.support import SHIPPED, unmarked

SCRIPTS = {"km": "ក្រខគឃងច្ា ។", "lo": "ກຂຄງຈະາ ້", "my": "ကခဂဃငာ် ။", "th": "กขคฆงจะา ้"}


def marked(text: str, code: str, *, title: bool = False) -> str:
    segmented = script_of(read_locale(code)).break_words
    return plain(with_marks(read_inline(text), code, segmented=segmented, title=title))


def shown(text: str, code: str, *, title: bool = False) -> str:
    """Return a text with its marks to be seen."""
    return marked(text, code, title=title).replace(ZWSP, "|").replace(JOINER, "+")


def shipped(code: str) -> list[str]:
    """Return all texts of a shipped locale that are printed."""
    found = [entry.text for path in (SHIPPED / "locales" / code).glob("*.po")
             if path.name != "rack.po" for entry in read_catalogue(path) if entry.text]  # fmt: skip
    assert len(found) > 50
    return found


@pytest.mark.parametrize(
    ("code", "text", "pieces"),
    [
        ("km", "សម្រាកបីថ្ងៃ", ["សម្រាក", "បី", "ថ្ងៃ"]),
        ("lo", "ພັກຜ່ອນສາມມື້", ["ພັກຜ່ອນ", "ສາມ", "ມື້"]),
        ("my", "အနားယူပါ", ["အနားယူ", "ပါ"]),
        # Words that ICU parts or runs into each other.
        ("km", "មានហ្សែននេះ", ["មាន", "ហ្សែន", "នេះ"]),
        ("km", "ការព្យាបាលល្អ", ["ការព្យាបាល", "ល្អ"]),
        ("th", "ผลิตภัณฑ์ยา", ["ผลิตภัณฑ์", "ยา"]),
        ("lo", "ກະດູກເຊີງກຣານ", ["ກະດູກ", "ເຊີງ", "ກຣານ"]),
        # Letters that are stacked.
        ("my", "ကမ္ဘာ့နေရာ", ["က", "မ္ဘာ့", "နေရာ"]),
    ],
)
def test_breaks_stand_between_words(code: str, text: str, pieces: list[str]) -> None:
    assert words(text, code) == pieces


@pytest.mark.parametrize(
    ("code", "text"),
    [
        # Thai and Lao: the sign that repeats a word, with and without a space before it.
        ("th", "อย่าง|ช้า +ๆ และ|ทำ|กิจกรรม|ทุก+วัน"),
        ("lo", "ຊ້າ+ໆ ໃນ|ໄວລຸ້ນ ແລະ ຜູ້ໃຫຍ່|ໄວໜຸ່ມ"),
        ("km", "យូរ+ៗ|ទៅ វា|អាច|ធ្វើឲ្យ|ឈឺ ខ្លាំង+ណាស់"),
        # Burmese: ‘do not stop’, and a consonant that closes a syllable.
        ("my", "ဆေး|များ|ကို မ+ရပ်+ပါ+နှင့်၊ မ+ပြောင်း+ပါ+နှင့်။"),
        ("ru", "Не +выдавать и +не +менять ничего"),
        ("pl", "Nie +podawać leku"),
        ("my", "ကုသမှု|ကို+မျှ AS ဆို+တာ ကျေးဇူးပြု"),
        ("my", "ယို+က် ကျေးဇူးပြု၍"),
        # A number and its unit, in words of any language; a slash parts no unit.
        ("th", "อายุ 45 +ปี|ขึ้น|ไป ควร|พบ|แพทย์"),
        ("lo", "ພາຍໃນ 24 +ຊົ່ວໂມງ. ກະລຸນາ|ໂທ+ຫາ"),
        ("my", "၂၄ +နာရီ|အတွင်း ကျေးဇူးပြု"),
        ("km", "ក្នុងរយៈពេល 24 +ម៉ោង។ សូម|ទូរស័ព្ទ"),
        ("ko", "24 +시간 안에 오십시오"),
        ("ja", "3日間、|1日|2回を|飲んで|ください。"),
        ("zh-Hans", "每次500+毫+克，每天3+次，饭后服用的+药+片"),
        ("ru", "не +более 8 +таблеток в +сутки, 5 +мг/+кг"),
        ("vi", "trong 12 +tuần, 5 +mg mỗi ngày"),
        ("en", "Take 2 +× +500 +mg at ≥ +38 +°C or 5 +% of it, 5 +mg/+kg"),
        ("ar", "لمدة 3 +أيام أو ٥ +ملغ كل يوم"),
        ("he", "במשך 3 +ימים, או 5 +מ״ג ביום"),
        ("hi", "५ +दिन तक, 24 +घंटे में"),
        # A telephone number is whole, and has no unit; the end of a code is no number.
        ("en", "Call 020 +910 +0142 now about HLA-+B27 and B12 pills"),
        # Words of one letter stay with the next; particles with the one before.
        ("ru", "боль в +груди и +спине, и +в +ноге"),
        ("pl", "ból w +klatce i +plecach"),
        ("uk", "біль у +грудях, якщо +б так"),
        ("cs", "bolest v +noze a +zádech"),
        ("de", "Er kam a und ging"),
        # No line of one letter at the end.
        ("ko", "할 수 있는 +일"),
        # Japanese phrases stay whole: okurigana, katakana, compounds, polite prefixes, particles.
        ("ja", "痛みとこわばりを|やわらげます。"),
        ("ja", "強直性|脊椎炎|（AS）に|なると、|背骨が|痛み、|こわばります。"),
        ("ja", "アセトアミノフェンを|飲ませる|前に|ご質問|ください。"),
        ("ja", "熱|または|息苦しさが|5日以上続く|とき、|すぐ|医療|チームに|電話して|ください。"),
        ("ja", "抗TNF薬の|飲み方と、|お薬を|やめる+とき"),
        ("ja", "JAK阻害薬は|未承認です。|4か+月後に|効果を|確かめます。"),
        ("ja", "性器のまわりや|お尻の|しびれ"),
    ],
)  # fmt: skip
def test_lines_break_as_the_language_asks(code: str, text: str) -> None:
    bare = re.sub(r"[|+]", "", text)
    found = shown(bare, code)
    assert re.sub(r"[|+]", "", found) == bare
    assert found == text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "What you can do +now"),
        ("ar", "ما يمكنك أن تفعله +أنت"),
        ("th", "การ|รักษา|ด้วย|เอ็กโซโซม"),
        ("ja", "強直性|脊椎炎の|治療について"),
        # The last two words are too long for one line of a narrow column.
        ("de", "Behandlung der Spondylitis ankylosans"),
    ],
)
def test_no_title_ends_with_a_line_of_one_word(code: str, text: str) -> None:
    assert shown(re.sub(r"[|+]", "", text), code, title=True) == text


def on(medium: str, text: str, code: str) -> str:
    return str(_Inline(read_locale(code), medium)(read_inline(text)))


def test_marks_stand_between_elements_too() -> None:
    assert on("paper", "อายุ **45** ปีขึ้นไปควรพบแพทย์", "th") == (
        f"อายุ <strong>45</strong> {JOINER}ปี{ZWSP}ขึ้น{ZWSP}ไป{ZWSP}ควร{ZWSP}พบ{ZWSP}แพทย์"
    )
    # Within an element, styles keep Korean words whole.
    assert (
        on("paper", "**병원**으로 가십시오", "ko") == f"<strong>병원{JOINER}</strong>으로 가십시오"
    )
    # A Bengali word has another form behind a joiner.
    assert on("paper", "৫ দিন পরে আবার আসুন", "bn") == "৫\u00a0দিন পরে আবার আসুন"
    # An isolate is on one line; what stands behind it stays with it.
    isolate = '<span dir="ltr" class="figure">10</span>'
    assert on("paper", "لمدة 10 أيام", "ar") == f"لمدة {isolate} {JOINER}أيام"


def test_a_browser_keeps_words_together_without_joiners() -> None:
    whole = '<span class="figure">{}</span>'
    assert on("web", "Take 5 mg at 8 am.", "en") == (
        f"Take {whole.format('5 mg')} at {whole.format('8 am.')}"
    )
    assert on("web", "ก่อนอายุ 45 ปีขึ้นไปควรพบแพทย์", "th") == (
        f"ก่อน{ZWSP}อายุ {whole.format('45 ปี')}{ZWSP}ขึ้น{ZWSP}ไป{ZWSP}ควร{ZWSP}พบ{ZWSP}แพทย์"
    )
    assert (
        on("web", "应在 24 小时内，每次500毫克服用。", "zh-Hans")
        == "应在 24 小时内，每次500毫克服用。"
    )
    assert on("", "Take 5 mg.", "en") == "Take 5 mg."


@pytest.mark.parametrize("code", ["km", "lo", "my", "th"])
def test_the_words_of_a_shipped_catalogue_stay_the_same(code: str) -> None:
    texts = shipped(code)
    for text in texts:
        broken = marked(text, code)
        assert unmarked(broken) == unmarked(plain(read_inline(text)))
        assert ZWSP * 2 not in broken
        assert f" {ZWSP}" not in broken
    assert sum(ZWSP in marked(text, code) for text in texts) > len(texts) / 2


#: What Burmese syllables end with, and no line begins with: consonants with a visible virama.
KILLED = re.compile("[\u1000-\u1021]\u1037?\u103a")


def test_no_line_of_a_shipped_catalogue_can_begin_wrongly() -> None:
    for code, never in (("my", KILLED), ("th", "ๆ"), ("lo", "ໆ"), ("km", "ៗ")):
        for text in shipped(code):
            lines = re.split(f"{ZWSP}| (?!{JOINER})", marked(text, code))
            assert not [line for line in lines if re.match(never, line)], text
    # The negation, which begins a word; others end with the same letter.
    negation = re.compile(f"(?:^|[\\s{ZWSP}(])မ{ZWSP}")
    assert not any(negation.search(marked(text, "my")) for text in shipped("my"))


@given(st.sampled_from(sorted(SCRIPTS)), st.data())
def test_any_text_is_only_broken(code: str, data: st.DataObject) -> None:
    text = data.draw(st.text(st.sampled_from(SCRIPTS[code] + "ab12 -(),.\n"), max_size=60))
    (broken,) = with_marks((Span("text", text),), code, segmented=True)
    assert unmarked(broken.text) == text
    assert not broken.text.startswith((ZWSP, JOINER))
    assert not broken.text.endswith((ZWSP, JOINER))


@given(st.lists(st.text(max_size=20), max_size=4), st.sampled_from(["en", "km", "ko", "ru", "ja"]))
def test_any_text_at_all_comes_back(texts: list[str], code: str) -> None:
    spans = [Span("strong", children=(Span("text", text),)) for text in texts]
    found = with_marks(spans, code, segmented=code == "km", title=True)
    assert len(found) == len(spans)
    assert unmarked(plain(found)) == unmarked("".join(texts))


# Where consonants are joined by a virama

#: A word that ends in a virama, and one that begins with a consonant, by locale.
JOINING = {
    "hi": ("अर्थात्", "यह"),
    "ne": ("छन्", "कि"),
    "bn": ("হঠাৎ ক্", "কাজ"),
    "gu": ("અર્થાત્", "તે"),
    "te": ("మీకోసమ్", "చదవండి"),
    "ml": ("ആങ്കിലോസിങ്", "സ്പോണ്ടിലൈറ്റിസ്"),
}


def breaks(text: str, code: str) -> set[int]:
    """Return the places within a text at which Pango may break a line."""
    from weasyprint.text.line_break import get_log_attrs

    found = get_log_attrs(text, code)
    return {place for place in range(1, len(text)) if found[place].is_line_break}


def wanted(text: str, code: str) -> set[int]:
    """Return the places within a text at which ICU breaks a line."""
    ends: list[int] = []
    for piece in LineBreaker(text, code):
        ends.append(len(piece) + (ends[-1] if ends else 0))
    return set(ends[:-1])


def without_marks(text: str, places: set[int]) -> tuple[str, set[int]]:
    """Take the marks out of a text. Return it, and where the places are then."""
    moved = {len(unmarked(text[:place])) for place in places}
    return unmarked(text), moved


def joined(text: str) -> set[int]:
    """Return the places of word joiners, in the text without its marks."""
    places = {found.start() for found in re.finditer(JOINER, text)}
    return without_marks(text, places)[1]


@pytest.mark.parametrize("between", [" ", ", ", " 5 ", " (AS) ", " “", "-", " – "])
@pytest.mark.parametrize("code", JOINING)
def test_a_line_breaks_between_a_virama_and_a_consonant(code: str, between: str) -> None:
    text = between.join(JOINING[code])
    with_all = marked(text, code)
    bare, found = without_marks(with_all, breaks(with_all, code))
    assert bare == text
    assert wanted(text, code) - joined(with_all) <= found


@pytest.mark.parametrize("code", JOINING)
def test_the_lines_of_a_shipped_catalogue_break_as_in_icu(code: str) -> None:
    for text in shipped(code):
        with_all = marked(text, code)
        bare, found = without_marks(with_all, breaks(with_all, code))
        assert bare == plain(read_inline(text))
        assert wanted(bare, code) - joined(with_all) <= found, text


def test_text_that_pango_breaks_by_itself_has_no_marks() -> None:
    for code, text in (
        ("en", "A well-known word"),
        ("ar", "التهاب الحلق"),
        ("hi", "गले में खराश"),
        ("ta", "மருத்துவரிடம் காட்டுங்கள்"),
        ("kn", "ವೈದ್ಯರ್ ಕರೆ"),
    ):
        assert marked(text, code) == text


def test_a_line_breaks_at_words_that_were_filled_in() -> None:
    """They are spans of their own, and stand in one text all the same."""
    first, second = JOINING["ml"]
    html = str(inline_of(read_locale("ml"))([Span("text", first), Span("text", f" {second}")]))
    _, found = without_marks(html, breaks(html, "ml"))
    assert len(first) + 1 in found
    km = str(inline_of(read_locale("km"))([Span("text", "សម្រាក"), Span("text", "បីថ្ងៃនៅផ្ទះ")]))
    assert km.split(ZWSP) == ["សម្រាក", "បី", "ថ្ងៃ", "នៅផ្ទះ"]
