"""What CLDR says of locales, the shipped ones and others."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.core.errors import UsageError
from pressroom.core.locales import ZEROES, canonical_code, capitalise, digits, read_locale, say_date
from pressroom.fonts.files import require_files
from pressroom.fonts.scripts import script_of
from pressroom.typeset.setting import COUNTERS
from tests.support import SHIPPED

LOCALES = tomllib.loads((SHIPPED / "clinic.toml").read_text(encoding="utf-8"))["locales"]
FOREIGN = ["mr", "ckb", "tig", "sr-Cyrl", "sr-Latn", "sd", "kk", "ca", "yi", "fil", "pa-Arab"]

RTL = {"ar", "fa", "ur", "ps", "he", "ckb", "sd", "yi", "pa-Arab"}


@pytest.mark.parametrize("code", [*LOCALES, *FOREIGN])
def test_every_locale_can_be_set(code: str) -> None:
    locale = read_locale(code)
    assert locale.code == canonical_code(code) == code
    assert locale.direction == ("rtl" if code in RTL else "ltr")
    assert locale.native_name
    assert locale.english_name[0].isupper()
    assert locale.numbering in COUNTERS
    require_files(script_of(locale).face.files)


@pytest.mark.parametrize(
    ("code", "script", "native", "english", "numbering"),
    [
        ("en", "Latn", "English", "English", "latn"),
        ("ar", "Arab", "العربية", "Arabic", "latn"),
        ("fa", "Arab", "فارسی", "Persian", "arabext"),
        ("he", "Hebr", "עברית", "Hebrew", "latn"),
        ("hi", "Deva", "हिन्दी", "Hindi", "latn"),
        ("mr", "Deva", "मराठी", "Marathi", "deva"),
        ("bn", "Beng", "বাংলা", "Bangla", "beng"),
        ("my", "Mymr", "မြန်မာ", "Burmese", "mymr"),
        ("km", "Khmr", "ខ្មែរ", "Khmer", "latn"),
        ("ckb", "Arab", "کوردیی ناوەندی", "Central Kurdish", "arab"),
        ("tig", "Ethi", "ትግረ", "Tigre", "latn"),
        ("sr-Cyrl", "Cyrl", "Српски (ћирилица)", "Serbian (Cyrillic)", "latn"),
        ("sr-Latn", "Latn", "Srpski (latinica)", "Serbian (Latin)", "latn"),
        ("zh-Hans", "Hans", "中文 (简体)", "Chinese (Simplified)", "latn"),
        ("zh-Hant", "Hant", "中文 (繁體)", "Chinese (Traditional)", "latn"),
        ("hmn", "Latn", "Hmoob", "Hmong", "latn"),
        ("tl", "Latn", "Tagalog", "Tagalog", "latn"),
    ],
)
def test_facts(code: str, script: str, native: str, english: str, numbering: str) -> None:
    locale = read_locale(code)
    assert locale.script == script
    assert locale.english_name == english
    assert locale.native_name == native
    assert locale.numbering == numbering


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("zh", "zh-Hans"), ("zh_CN", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh-TW", "zh-Hant"),
        ("zh_hant", "zh-Hant"), ("zh-Hant-HK", "zh-Hant-HK"), ("zh-HK", "zh-Hant-HK"),
        ("iw", "he"), ("in", "id"), ("ji", "yi"), ("mo", "ro"),
        ("no", "nb"), ("no-nb", "nb"), ("pt-br", "pt-BR"), ("PT_BR", "pt-BR"),
        ("sr_latn", "sr-Latn"), ("es-419", "es-419"), ("EN", "en"), ("hmn", "hmn"), ("tl", "tl"),
        ("xx", ""), ("", ""), ("english", ""), ("-", ""), ("en-", "en"), ("1", ""),
    ],
)  # fmt: skip
def test_canonical_codes(code: str, right: str) -> None:
    assert canonical_code(code) == right


@pytest.mark.parametrize(("code", "hint"), [("zh_CN", "write 'zh-Hans'"), ("xx", "use a BCP 47")])
def test_a_wrong_code_is_told_its_right_name(code: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        read_locale(code)


@given(st.one_of(st.text(max_size=12), st.from_regex(r"[a-zA-Z]{2,3}([-_][a-zA-Z0-9]{2,4}){0,2}")))
def test_any_code_has_one_right_name(code: str) -> None:
    right = canonical_code(code)
    assert right == "" or canonical_code(right) == right
    if right:
        assert read_locale(right).code == right


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "3 November 2026"),
        ("es", "3 de noviembre de 2026"),
        ("ar", "3 نوفمبر 2026"),
        ("fa", "۳ نوامبر ۲۰۲۶"),
        ("hi", "3 नवंबर 2026"),
        ("mr", "३ नोव्हेंबर, २०२६"),
        ("my", "၂၀၂၆ နိုဝင်ဘာ ၃"),
        ("zh-Hans", "2026年11月3日"),
        ("de", "3. November 2026"),
        ("hmn", "2026-11-03"),
    ],
)
def test_dates(code: str, said: str) -> None:
    assert say_date(date(2026, 11, 3), read_locale(code)) == said


@pytest.mark.parametrize("code", LOCALES)
def test_dates_hold_no_letters_of_another_script(code: str) -> None:
    """A date that fell back to English would say November."""
    said = say_date(date(2026, 11, 3), read_locale(code))
    if code not in ("en", "de", "tl"):
        assert "November" not in said


def test_digits_of_every_numbering_system() -> None:
    for numbering, zero in ZEROES.items():
        locale = next(
            (read_locale(c) for c in [*LOCALES, *FOREIGN] if read_locale(c).numbering == numbering),
            None,
        )
        if locale is not None:
            said = digits("10:59 x", locale)
            assert [int(c) for c in said if c.isdecimal()] == [1, 0, 5, 9]
            assert said[1] == zero
            assert said.endswith(" x")


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        ("en", "insulin", "Insulin"), ("tr", "insülin", "İnsülin"), ("de", "öl", "Öl"),
        ("ar", "علاج", "علاج"), ("el", "άσκηση", "Άσκηση"), ("en", "", ""), ("en", "5 mg", "5 mg"),
    ],
)  # fmt: skip
def test_capitals(code: str, text: str, said: str) -> None:
    assert capitalise(text, read_locale(code)) == said


def test_a_georgian_name_begins_with_no_capital_of_a_title() -> None:
    """Letters of Mtavruli (U+1C90 to U+1CBF) stand in words that are large throughout."""
    assert read_locale("ka").native_name == "ქართული"
    assert read_locale("es").native_name == "Español"
    assert read_locale("el").native_name == "Ελληνικά"
    georgian, turkish = read_locale("ka"), read_locale("tr")
    assert capitalise("შეამოწმა", georgian) == "შეამოწმა"
    assert capitalise("isim", turkish) == "İsim"
