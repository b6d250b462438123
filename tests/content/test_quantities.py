"""Quantities of a message and of its translation: what is equal, what differs, what is unsure.

Every kind of quantity has right translations and wrong ones, in scripts of all sorts.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from babel.dates import format_skeleton, get_month_names
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from pressroom.content.quantities import compare

#: Locales of every script that a site may have, and their names in CLDR.
LOCALES = {
    "am": "am", "ar": "ar", "bn": "bn", "de": "de", "el": "el", "es": "es", "fa": "fa",
    "fr": "fr", "gu": "gu", "he": "he", "hi": "hi", "ja": "ja", "km": "km", "ko": "ko",
    "lo": "lo", "ml": "ml", "my": "my", "ne": "ne", "pa": "pa", "pl": "pl", "ps": "ps",
    "pt-BR": "pt_BR", "ro": "ro", "ru": "ru", "si": "si", "so": "so", "sw": "sw", "ta": "ta",
    "te": "te", "th": "th", "ti": "ti", "tl": "fil", "tr": "tr", "uk": "uk", "ur": "ur",
    "vi": "vi", "zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant",
}  # fmt: skip
#: Zeros of the digits that their readers may see.
ZEROS = "0٠۰०০૦੦๐໐၀០"

EQUAL = [
    # Decimal marks and groups as a locale has them.
    ("de", "Take 3.375 g.", "Nehmen Sie 3,375 g ein."),
    ("de", "1,000 mg in all", "insgesamt 1.000 mg"),
    ("fr", "4,000 cells", "4 000 cellules"),
    ("fr", "4,000 cells", "4\u202f000 cellules"),
    ("ru", "4,000 cells", "4 000 клеток"),
    ("pl", "12,500 people", "12 500 osób"),
    ("es", "Drink 1.5 L a day.", "Beba 1,5 l al día."),
    ("hi", "125,000 people", "1,25,000 लोग"),
    ("lo", "2,500 kcal", "2,500 kcal"),
    ("ar", "30,000 steps", "٣٠٬٠٠٠ خطوة"),
    ("ar", "30,000 steps", "30،000 خطوة"),
    ("fa", "below 6.8 mmol/L", "کمتر از ۶/۸ mmol/L"),
    ("fa", "Drink 2.5 litres.", "۲٫۵ لیتر بنوشید."),
    ("ur", "3.7 kg", "3۔7 کلوگرام"),
    # Digits of its own.
    ("bn", "Take 24 drops.", "২৪ ফোঁটা নিন।"),
    ("ne", "for 10 days", "१० दिनसम्म"),
    ("my", "within 48 hours", "၄၈ နာရီအတွင်း"),
    ("km", "Call 115.", "ទូរស័ព្ទ ១១៥។"),
    ("ps", "for 7 days", "د ۷ ورځو لپاره"),
    # Words for a power of ten.
    ("ar", "1.5 million", "١٫٥ مليون"),
    ("zh-Hans", "1.5 million people", "150万人"),
    ("ja", "120 million people", "1億2千万人"),
    ("ja", "120 million people", "1億2000万人"),
    ("ko", "77,000 people", "7만 7천 명"),
    ("hi", "100,000 people", "1 लाख लोग"),
    ("ur", "20 million people", "2 کروڑ لوگ"),
    ("sw", "5 million people", "watu milioni 5"),
    ("de", "3 million people", "3 Mio. Menschen"),
    ("el", "2 billion euros", "2 δισ. ευρώ"),
    ("th", "3 million people", "3 ล้านคน"),
    ("zh-Hant", "19,000 people", "一萬九千人"),
    # Units, before and after, declined, in symbols.
    ("ru", "5 mg", "5 мг"),
    ("ru", "10 mg/ml", "10 мг/мл"),
    ("ru", "every 8 hours", "каждые 8 часов"),
    ("zh-Hans", "5 mg twice a day", "每日2次，每次5毫克"),
    ("ja", "10 mg at night", "夜に10mg服用"),
    ("vi", "3 lakes", "3 hồ"),
    ("si", "2.5 mL", "මිලි ලීටර් 2.5"),
    ("sw", "for 3 days", "kwa siku 3"),
    ("tr", "within 2 hours", "2 saat içinde"),
    ("ja", "for 8 hours", "8時間"),
    ("he", "5 mg", "5 מ״ג"),
    ("ar", "5 mg", "٥ ملغم"),
    ("ta", "for 3 hours", "3 மணிநேரத்திற்கு"),
    ("te", "for 3 days", "3 రోజుల పాటు"),
    ("am", "2.5 mL", "2.5 ሚሊ ሊትር"),
    # Per cent, before and after.
    ("tr", "12% of people", "insanların %12'si"),
    ("tr", "12% of people", "insanların yüzde 12'si"),
    ("zh-Hans", "12% of people", "百分之12的人"),
    ("th", "12% of people", "ร้อยละ 12 ของคน"),
    ("ar", "12% of people", "١٢٪ من الناس"),
    ("pa", "12% of people", "12 ਫੀਸਦੀ ਲੋਕ"),
    ("so", "12% of people", "boqolkiiba 12 dadka"),
    # Signs.
    ("fr", "Store at −18 °C.", "Conserver à −18 °C."),
    ("fr", "Store at -18 °C.", "Conserver à moins 18 °C."),
    ("zh-Hans", "Store at −18 °C.", "存放于零下18摄氏度。"),
    ("fa", "Store at −18 °C.", "در ‎−۱۸ درجه سانتی‌گراد نگه دارید."),
    ("de", "≥ 65 years", "mindestens 65 Jahre"),
    ("fa", "< 5 years", "کمتر از ۵ سال"),
    ("ja", "≥ 65 years", "65歳以上"),
    ("es", "under 5 years", "< 5 años"),
    # Exponents, fractions, ratios, ranges.
    ("fr", "10⁹ cells", "10⁹ cellules"),
    ("ja", "10^9 cells", "10億個の細胞"),
    ("de", "1/2 tablet", "½ Tablette"),
    ("fr", "half a tablet", "½ comprimé"),
    ("hi", "1½ tablets", "1½ गोलियाँ"),
    ("de", "9 in 10 people", "von 10 Menschen 9"),
    ("ko", "1:10,000", "1:10,000"),
    ("fr", "5–7 days", "de 5 à 7 jours"),
    ("ar", "2–6 weeks", "٢–٦ أسابيع"),
    ("de", "between 5 and 10 mg", "zwischen 5 und 10 mg"),
    # Times of day.
    ("de", "at 5:30 pm", "um 17:30 Uhr"),
    ("fr", "at 5:30 pm", "à 17 h 30"),
    ("zh-Hant", "at 5:30 pm", "下午5:30"),
    ("de", "from 2–4 pm", "von 14–16 Uhr"),
    ("fr", "from 11 to 1 pm", "de 11 h à 13 h"),
    ("zh-Hant", "at 5:30 pm", "下午5點30分"),
    ("ko", "at 8 am", "오전 8시에"),
    ("hi", "until 10 p.m.", "रात 10 बजे तक"),
    ("bn", "at 5:30 pm", "বিকেল ৫:৩০টায়"),
    ("he", "at 9:15 am", "בשעה 9:15 בבוקר"),
    ("sw", "at 6 am", "saa 12 asubuhi"),
    ("am", "at 7 a.m.", "ጠዋት 7 ሰዓት"),
    ("de", "Come at 8.15.", "Kommen Sie um 8:15 Uhr."),
    ("de", "on Tuesday at 8 am", "am Dienstag um 8 Uhr"),
    # Dates.
    ("zh-Hans", "from 24 December to 2 January", "12月24日至1月2日"),
    ("ko", "on 24 December", "12월 24일에"),
    ("vi", "on 24 December", "vào ngày 24 tháng 12"),
    ("de", "on 24 December", "am 24.12."),
    ("vi", "in April", "vào tháng Tư"),
    ("pt-BR", "15 March 2026", "15/3/2026"),
    ("th", "in 2026", "ในปี พ.ศ. 2569"),
    ("ru", "in June 2026", "в июне 2026 г."),
    ("ar", "on 3 April", "في 3 نيسان"),
    ("ml", "in June 2026", "2026 ജൂണിൽ"),
    ("he", "on 10 March", "ב-10 במרץ"),
    ("fr", "March 3,2026", "le 3 mars 2026"),
    ("ro", "You may eat more.", "Puteți mânca mai mult."),
    # Ordinals.
    ("fr", "the 25th day", "le 25e jour"),
    ("tl", "on the 14th day", "sa ika-14 na araw"),
    ("hi", "the 3rd dose", "तीसरी खुराक"),
    # Telephone numbers, in whatever groups.
    ("ar", "Call 020 910-0142.", "اتصل 020 910-0142."),
    ("fr", "Call 020 910 0142", "Appelez le 020-910-0142"),
    ("ar", "Call 0800 111 222", "اتصل بالرقم ٠٨٠٠ ١١١ ٢٢٢"),
    ("th", "Call +44 20 7946 0018.", "โทร +44 (20) 7946-0018"),
    # Codes.
    ("ta", "SARS-CoV-2", "சார்ஸ்-கோவ்-2 (SARS-CoV-2)"),
    ("ru", "vitamin B12", "витамин B12"),
    ("te", "COVID-19 vaccine", "కోవిడ్-19 టీకా"),
    ("ar", "the HLA-B27 gene", "الجين HLA-B27"),
    # Numbers in words.
    ("fr", "Take 2 tablets.", "Prenez deux comprimés."),
    ("fr", "Take two tablets.", "Prenez 2 comprimés."),
    ("fr", "Take two tablets.", "Prenez deux comprimés."),
    ("ja", "twice a day", "1日2回"),
    ("ar", "for 2 days", "لمدة يومين"),
    ("ru", "3 tablets", "три таблетки"),
    ("en", "twenty-three days", "23 days"),
    ("de", "100 years", "hundert Jahre"),
    ("ps", "200 steps", "دوه سوه ګامونه"),
    # A half, and hours with minutes.
    ("fr", "Wait 1½ hours.", "Attendez 1 h 30."),
    ("de", "Wait 1 hour 30 minutes.", "Warten Sie 1½ Stunden."),
    ("fr", "Wait 1½ hours.", "Attendez 1 heure et demie."),
    ("ja", "Take 1½ tablets.", "1錠半を飲みます。"),
    ("zh-Hans", "Take ½ tablet.", "服用半片。"),
    ("hi", "Take 2½ tablets.", "ढाई गोली लें।"),
    # Words that take endings.
    ("de", "after 3 days", "nach 3 Tagen"),
    ("tr", "in 24 hours at most 4 doses", "24 saatte en fazla 4 doz"),
    ("el", "within 24 hours", "εντός 24 ωρών"),
    ("ml", "within 24 hours", "24 മണിക്കൂറിനുള്ളിൽ"),
    ("ta", "after 3 months", "3 மாதத்திற்குப் பிறகு"),
    ("ne", "for 3 days", "३ दिनसम्म"),
    ("my", "for 30 minutes", "မိနစ် ၃၀ ကြာ"),
    ("bn", "more than 1.2 million people", "১২ লাখের বেশি মানুষ"),
    ("gu", "more than 1.2 million people", "12 લાખથી વધુ લોકો"),
    ("ta", "more than 1.2 million people", "12 லட்சத்துக்கும் அதிகமானோர்"),
    ("tr", "more than 100,000 people", "100 binden fazla kişi"),
    ("fa", "above 38.5 °C", "بالای ۳۸٫۵ درجهٔ سانتی‌گراد"),
    ("sw", "20 mg on days 2–5", "miligramu 20 siku ya 2–5"),
    # Signs and ranges in words.
    ("he", "Keep it at 2–8 °C.", "יש לשמור ב-2–8 מעלות צלזיוס."),
    ("fr", "Store at −18 °C.", "Conserver à moins 18 °C."),
    ("hi", "Store at −18 °C.", "शून्य से 18 डिग्री सेल्सियस नीचे रखें।"),
    ("ar", "Store at −18 °C.", "احفظه عند 18 درجة مئوية تحت الصفر."),
    ("es", "about 3–5%", "entre el 3 y el 5 %"),
    ("de", "Do not take more than 4 a day.", "Höchstens 4 am Tag."),
    ("ar", "200 cells/mm³", "200 خلية/مم³"),
    ("ja", "3 times a day for 3 days", "1日3回、3日間"),
    # What is no quantity.
    ("fr", "{count} of 12 questions", "{count} questions sur 12"),
    ("zh-Hans", "See https://example.org/a1.", "请参阅 https://example.org/a1。"),
    ("de", "See [page 3](https://example.org/3).", "Siehe [Seite 3](https://example.org/3)."),
    ("es", "**5** mg", "**5** mg"),
    ("he", "Write to ab12@example.org.", "כתבו אל ab12@example.org."),
    ("de", "5&nbsp;mg", "5&#160;mg"),
    ("tl", "It has a rest.", "May pahinga ito."),
    ("fr", "20 km2 of wood", "20 km² de forêt"),
]

#: With what the causes say of it.
DIFFERS = [
    ("de", "Take 3.375 g.", "Nehmen Sie 3375 g ein.", "3.375 g is 3375 g"),
    ("zh-Hans", "1.5 million people", "15万人", "1,500,000 is 150,000"),
    ("hi", "100,000 people", "1 करोड़ लोग", "100,000 is 10,000,000"),
    ("fr", "5 mg", "5 g", "5 mg is 5 g here"),
    ("ru", "5 mg", "5 г", "5 mg is 5 g here"),
    ("he", "5 mg", "5 גרם", "5 mg is 5 g here"),
    ("ar", "5 mg", "٥ غرام", "5 mg is 5 g here"),
    ("te", "5 mL", "5 లీటర్లు", "5 ml is 5 l here"),
    ("my", "every 8 hours", "၈ ရက်တိုင်း", "8 hours is 8 days here"),
    ("zh-Hans", "5 mg", "5 克", "5 mg is 5 g here"),
    ("de", "every 8 hours", "alle 8 Tage", "8 hours is 8 days here"),
    ("de", "2 tablets every 8 hours", "8 Tabletten alle 2 Stunden", "8 hours is 2 hours here"),
    ("ja", "2 tablets every 8 hours", "2時間ごとに8錠", "8 hours is 2 hours here"),
    ("fr", "Store at −18 °C.", "Conserver à 18 °C.", "−18 is 18 here"),
    ("fr", "Store at 18 °C.", "Conserver à −18 °C.", "18 is −18 here"),
    ("fa", "Store at −18 °C.", "در ۱۸ درجه سانتی‌گراد نگه دارید.", "−18 is 18 here"),
    ("th", "Store at -18 °C.", "เก็บที่ 18 °C", "−18 is 18 here"),
    ("de", "≥ 65 years", "< 65 Jahre", "≥ 65 is < 65 here"),
    ("ar", "> 38 °C", "< ٣٨ درجة مئوية", "> 38 is < 38 here"),
    ("fr", "10⁹ cells", "10⁶ cellules", "10⁹ is 10⁶ here"),
    ("ru", "10 mg/ml", "10 мг/л", "10 mg/ml is 10 mg/l here"),
    ("th", "10 mg/ml", "10 มก./ลิตร", "10 mg/ml is 10 mg/l here"),
    ("fr", "in 7 days", "en 79 jours", "7 days is 79 days here"),
    ("de", "½ tablet", "¼ Tablette", "½ is ¼ here"),
    ("de", "5–7 days", "7–5 Tage", "the range 5–7 is 7–5 here"),
    ("hi", "Take 1.5-2 ml.", "2–1.5 मिली लें।", "the range 1.5–2 is 2–1.5 here"),
    ("km", "5–7 days", "៧–៥ ថ្ងៃ", "the range 5–7 is 7–5 here"),
    ("fr", "at 8 am", "à 8 h du soir", "the time 8 am is in the other half of the day"),
    ("ko", "at 5:30 pm", "오전 5:30에", "the time 5:30 pm is in the other half of the day"),
    ("hi", "at 8 am", "शाम 8 बजे", "the time 8 am is in the other half of the day"),
    ("de", "at 5:30 pm", "um 16:30 Uhr", "5"),
    ("zh-Hans", "from 24 December to 2 January", "12月24日至2月2日", "January is 2月 here"),
    ("ar", "on 3 March", "في 3 أبريل", "March is أبريل here"),
    ("my", "in July", "ဩဂုတ်လတွင်", "July is ဩဂုတ်လ here"),
    ("de", "on 3 March 2026", "am 3. April 2026", "March is April here"),
    (
        "fr",
        "from 31 January to 15 March",
        "du 15 janvier au 31 mars",
        "stands beside another month",
    ),
    ("fr", "Call 020 910 0142", "Appelez le 020 910 0143", "the telephone number 020 910 0142"),
    ("ur", "Call 0800 111 222", "0800 111 223 پر کال کریں", "the telephone number 0800 111 222"),
    ("de", "the HLA-B27 gene", "das Gen HLA-B72", "B27 is B72 here"),
    ("ta", "COVID-19", "கோவிட்-91", "COVID-19 is"),
    ("fr", "Take 2 tablets.", "Prenez 3 comprimés.", "2 is 3 here"),
    ("fr", "Take 250 mg.", "Prenez un comprimé.", "250 mg is missing"),
    ("fr", "Take a tablet.", "Prenez 250 mg.", "250 mg is added"),
    ("de", "See https://example.org/a.", "Siehe https://example.org/b.", "https://example.org/a"),
    ("bn", "for 24 hours", "৪২ ঘন্টা ধরে", "24 hours is 42 hours here"),
    ("ps", "15 drops", "۵۱ څاڅکي", "15 is 51 here"),
    ("am", "for 14 days", "ለ41 ቀናት", "14 days is 41 days here"),
    ("lo", "0.5 mL", "5 ມລ", "0.5 ml is 5 ml here"),
    ("pt-BR", "Store at −20 °C or colder.", "Guarde a 20 °C ou menos.", "−20 is 20 here"),
    ("fr", "Store at −20 °C or colder.", "Conserver à 20 °C ou moins.", "−20 is 20 here"),
    ("de", "in 24 hours", "in 24 Tagen", "24 hours is 24 days here"),
    ("ml", "within 24 hours", "24 ദിവസത്തിനുള്ളിൽ", "24 hours is 24 days here"),
    ("fr", "Wait 1½ hours.", "Attendez 1 h 20.", "1½ hours is missing"),
    ("ja", "Take 1½ tablets.", "1錠を飲みます。", "1½ is 1 here"),
    ("bn", "1.2 million people", "১২ কোটির বেশি মানুষ", "1,200,000 is 120,000,000 here"),
]

UNSURE = [
    ("de", "Take 3.375 g.", "Nehmen Sie 3.375 g ein.", "reads as another number"),
    ("de", "Take 1,000 mg.", "Nehmen Sie 1,000 mg ein.", "reads as another number"),
    ("pt-BR", "10,000 steps", "10,000 passos", "reads as another number"),
    ("fr", "Take 24 drops.", "Prenez des gouttes.", "24 is missing"),
    ("ar", "24 drops", "قطرات", "24 is missing"),
    ("ja", "drops", "8滴", "8 is added"),
    ("ar", "2 at noon and 2 at night", "٢ ظهرًا وليلًا", "2 is missing"),
    ("ar", "Take 1–2 tablets.", "خذ ٢-١ قرص.", "the range 1–2 is 2–1 here"),
    ("fr", "12% of people", "12 personnes", "the unit of 12 % is not found here"),
    ("gu", "12% of people", "12 લોકો", "the unit of 12 % is not found here"),
    ("de", "≥ 65 years", "65 Jahre", "the sign ≥ before 65 is missing here"),
    ("fr", "in 7 days", "en 7 jours ②", "② is added"),
    ("fr", "in 7 days", "en 7 jours Ⅷ", "Ⅷ is added"),
    ("fr", "in 7 days", "en 7 jours²", "² is added"),
    ("fr", "at 5:30 pm", "à 5 h 30", "without the part of the day"),
    ("fa", "1–14 days", "۱۴-۱ روز", "the range 1–14 is 14–1 here"),
    ("hi", "12 people and 30 cats", "30 लोग और 12 बिल्लियाँ", "12 and 30 stand in another order"),
    ("fr", "Take two tablets.", "Prenez trois comprimés.", "two may be 3 here"),
    ("th", "Take two tablets.", "รับประทานสามเม็ด", "two may be 3 here"),
    ("ur", "Take two tablets.", "تین گولیاں لیں۔", "two may be 3 here"),
    ("es", "5 mg twice a day", "5 mg 3 veces al día", "3 is added"),
    ("fr", "on Monday", "mardi", "Monday may be mardi here"),
    ("ti", "in March", "ኣብ", "the month March is not found here"),
    ("am", "at 7 am", "በ1 ሰዓት", "counted from sunrise"),
    ("sw", "at 6 am", "saa 6 asubuhi", "another hour from sunrise"),
    ("de", "for 24 hours", "24 lang", "the unit of 24 hours is not found here"),
    ("fr", "below 140/90 mmHg", "supérieure à 140/90 mmHg", "‘below 140’ may be above 140 here"),
    ("fa", "below 140/90 mmHg", "بالای ۱۴۰/۹۰ میلی‌متر جیوه", "may be above 140 here"),
    ("hi", "more than 3 days", "3 दिन से कम", "‘more than 3’ may be below 3 here"),
    ("ja", "39.4 °C or higher", "39.4℃以下", "‘39.4 °C or higher’ may be below 39.4 here"),
    ("ar", "39.4 °C or higher", "39.4 درجة مئوية أو أقل", "may be below 39.4 here"),
    ("de", "twice a day", "dreimal täglich", "twice may be 3 here"),
    ("ja", "twice a day", "2日1回", "‘twice a day’ may be once in 2 days here"),
    ("ko", "3 times a day", "3일에 1회", "‘3 times a day’ may be once in 3 days here"),
    ("fr", "on days 2–5", "les jours 5 à 2", "the range 2–5 is 5 à 2 here"),
    ("fr", "in week 4", "au mois 4", "week 4 is month 4 here"),
    ("de", "200 cells/mm³", "200 Zellen/mm²", "m³ is m² here"),
    ("zh-Hans", "1.5 million people", "1.5人", "the power of ten of 1.5 is not found here"),
]


@pytest.mark.parametrize(("locale", "source", "translation"), EQUAL)
def test_right_translations_are_equal(locale: str, source: str, translation: str) -> None:
    found = compare(source, translation, locale)
    assert found.causes == ()
    assert found.verdict == "equal"


@pytest.mark.parametrize(("locale", "source", "translation", "cause"), DIFFERS)
def test_what_changed_differs(locale: str, source: str, translation: str, cause: str) -> None:
    found = compare(source, translation, locale)
    assert found.verdict == "differs"
    assert any(cause in one for one in found.causes), found.causes


@pytest.mark.parametrize(("locale", "source", "translation", "cause"), UNSURE)
def test_what_may_be_meant_is_unsure(
    locale: str, source: str, translation: str, cause: str
) -> None:
    found = compare(source, translation, locale)
    assert found.verdict == "unsure"
    assert any(cause in one for one in found.causes), found.causes


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ("Take 5 mg.", "Take 5 mg, please.", "equal"),
        ("Take 5 mg.", "Take 5 g.", "differs"),
        ("Keep it at −18 °C.", "Keep it at 18 °C.", "differs"),
        ("Take 2 tablets every 8 hours.", "Take 8 tablets every 2 hours.", "differs"),
        ("Take 2 tablets.", "Take two tablets.", "equal"),
        ("Come at 8 am.", "Come at 8 pm.", "differs"),
        ("Come on 3 May.", "Come on 3 June.", "differs"),
        ("12 men and 30 women", "30 men and 12 women", "unsure"),
        ("Take 1,000 mg.", "Take 1000 mg.", "equal"),
        ("Call if it is above 38 °C.", "Call if it is below 38 °C.", "unsure"),
        ("people of 65 or older", "people of 65 or younger", "unsure"),
        ("Take it twice a day.", "Take it 3 times a day.", "unsure"),
    ],
)
def test_two_versions_of_a_source_compare(old: str, new: str, verdict: str) -> None:
    assert compare(old, new, "en").verdict == verdict


def test_a_source_may_be_in_another_language_than_english() -> None:
    assert compare("Prenez 2,5 ml.", "Take 2.5 mL.", "en", "fr").verdict == "equal"
    assert compare("Prenez 2,5 ml.", "Take 25 mL.", "en", "fr").verdict == "differs"


def test_a_unit_that_a_language_has_no_name_of_is_not_looked_for() -> None:
    assert compare("for 3 days", "3 ڕۆژ", "ckb").verdict == "equal"
    assert compare("Take 3 mg.", "3 ملگم", "ckb").verdict == "unsure"


def test_a_locale_that_cldr_does_not_know_is_read_as_english() -> None:
    assert compare("1,000 mg", "1,000 mg", "hmn").verdict == "equal"
    assert compare("1,000 mg", "1,000 g", "hmn").verdict == "differs"


def written(value: Decimal, locale: str, zero: str) -> str:
    """Return a number as CLDR writes it, in digits that begin with a zero."""
    said = format_decimal(
        value, "#,##0.######", locale=LOCALES[locale], numbering_system="latn",
        decimal_quantization=False,
    )  # fmt: skip
    return said.translate({ord("0") + n: ord(zero) + n for n in range(10)})


numbers = st.decimals(
    min_value=Decimal("0.01"), max_value=Decimal(999_999), places=2, allow_nan=False
).map(lambda value: Decimal(f"{value.normalize():f}"))
locales = st.sampled_from(sorted(LOCALES))
zeros = st.sampled_from(ZEROS)


@given(value=numbers, locale=locales, zero=zeros)
def test_a_number_as_its_locale_writes_it_is_equal(value: Decimal, locale: str, zero: str) -> None:
    english = format_decimal(value, "#,##0.######", locale="en", decimal_quantization=False)
    found = compare(f"{english} mg", f"{written(value, locale, zero)} mg", locale)
    assert found.verdict == "equal", found.causes


@given(value=numbers, locale=locales, zero=zeros, data=st.data())
def test_another_digit_is_never_equal(
    value: Decimal, locale: str, zero: str, data: st.DataObject
) -> None:
    english = format_decimal(value, "#,##0.######", locale="en", decimal_quantization=False)
    said = written(value, locale, zero)
    places = [place for place, character in enumerate(said) if character.isdecimal()]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([d for d in range(10) if chr(ord(zero) + d) != said[place]]))
    wrong = said[:place] + chr(ord(zero) + digit) + said[place + 1 :]
    assert compare(f"{english} mg", f"{wrong} mg", locale).verdict != "equal"


@given(value=st.integers(2, 999), locale=locales, zero=zeros)
def test_a_unit_is_never_another_one(value: int, locale: str, zero: str) -> None:
    said = written(Decimal(value), locale, zero)
    assert compare(f"{value} mg", f"{said} mg", locale).verdict == "equal"
    for other in ("g", "kg", "ml", "%", "°C"):
        assert compare(f"{value} mg", f"{said} {other}", locale).verdict == "differs"


@given(value=st.integers(2, 999), locale=locales, zero=zeros)
def test_a_sign_is_never_lost(value: int, locale: str, zero: str) -> None:
    said = written(Decimal(value), locale, zero)
    assert compare(f"−{value} °C", f"−{said} °C", locale).verdict == "equal"
    assert compare(f"−{value} °C", f"-{said} °C", locale).verdict == "equal"
    assert compare(f"−{value} °C", f"{said} °C", locale).verdict == "differs"
    assert compare(f"{value} °C", f"−{said} °C", locale).verdict == "differs"


@given(one=st.integers(2, 19), two=st.integers(2, 19), locale=locales)
def test_an_exponent_is_never_another_one(one: int, two: int, locale: str) -> None:
    raised = str.maketrans(string.digits, "⁰¹²³⁴⁵⁶⁷⁸⁹")
    wanted, got = (f"10{str(n).translate(raised)}" for n in (one, two))
    assert (compare(wanted, got, locale).verdict == "equal") == (one == two)


@given(month=st.integers(1, 12), day=st.integers(1, 28), locale=locales)
def test_a_date_as_its_locale_writes_it_is_equal(month: int, day: int, locale: str) -> None:
    english = get_month_names("wide", locale="en")[month]
    own = format_skeleton("MMMMd", date(2026, month, day), locale=LOCALES[locale])
    assert compare(f"{english} {day}", own, locale).verdict == "equal"


@given(month=st.integers(1, 12), other=st.integers(1, 12), locale=locales)
def test_a_month_is_never_another_one(month: int, other: int, locale: str) -> None:
    english = get_month_names("wide", locale="en")[month]
    names = get_month_names("wide", locale=LOCALES[locale])
    if month != other:
        assert compare(f"{english} 24", f"24 {names[other]}", locale).verdict != "equal"


@given(
    source=st.text(max_size=40), translation=st.text(max_size=40), locale=st.sampled_from(
        [*sorted(LOCALES), "en", "hmn", "ht", "xx"]
    ),
)  # fmt: skip
def test_no_text_is_too_odd_to_compare(source: str, translation: str, locale: str) -> None:
    assert compare(source, translation, locale).verdict in ("equal", "differs", "unsure")
    assert compare(source, source, "en").verdict == "equal"


def own_sentences() -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield sources with their locale, a right translation, and wrong ones."""
    source = ""
    for line in Path(__file__).with_name("quantities.txt").read_text("utf-8").splitlines():
        if line.startswith("= "):
            source = line[2:]
        elif not line.startswith("#"):
            locale, _, texts = line.partition(": ")
            right, *changes = texts.split(" | ")
            pairs = [change.split("→") for change in changes]
            assert all(old in right for old, _ in pairs), line
            yield locale, source, right, [right.replace(old, new, 1) for old, new in pairs]


#: Right translations that a person has to look at: hours from sunrise, a group's mark of another
#: convention, numbers of one kind in another order.
DOUBTED = {"am": 1, "km": 1, "si": 1, "ti": 1}


def test_sentences_that_the_tables_were_not_made_from() -> None:
    verdicts: Counter[str] = Counter()
    unsure: Counter[str] = Counter()
    for locale, source, right, wrong in own_sentences():
        found = compare(source, right, locale)
        assert found.verdict != "differs", (locale, right, found.causes)
        unsure[locale] += found.verdict == "unsure"
        verdicts.update(compare(source, text, locale).verdict for text in wrong)
        assert not [text for text in wrong if compare(source, text, locale).verdict == "equal"]
    assert +unsure == DOUBTED
    assert verdicts["differs"] > 9 * verdicts["unsure"]
    assert verdicts.total() > 400
