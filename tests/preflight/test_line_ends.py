"""Lines that begin or end as their script forbids are found, by the places of the glyphs."""

from __future__ import annotations

import pytest

from pressroom.core.locales import read_locale
from pressroom.preflight.evidence import Evidence
from pressroom.preflight.text.line_ends import broken_wrongly

from .lines import leaflet_in, set_page

#: By locale: lines that stand below each other, and how bad the break between them is.
LINES = {
    "en": [
        ("Take it with food", ", then rest.", "error"),
        ("Take it with food (or", "milk) and rest.", ""),
        ("Take it with food (", "or milk) and rest.", "error"),
        ("Take half a tablet,", ".5 mg, at night.", ""),
        ("Take 500", "mg at night.", "warning"),
        ("Ask about IL-17", "hours before.", ""),
        ("See https://clinic.example/a", ",b/c for more.", ""),
    ],
    "ar": [
        ("خذ الدواء مع الطعام", "، ثم استرح.", "error"),
        ("خذ الدواء لمدة 3", "أيام ثم استرح.", "warning"),
        ("خذ الدواء لمدة", "3 أيام ثم استرح.", ""),
    ],
    "my": [
        ("ဆဲ", "လ်များကို ကြည့်ပါ", "error"),
        ("ဆေးများကို မ", "ရပ်ပါနှင့်", "error"),
        ("ဆရာမ", "ကို မေးပါ", ""),
        ("ဆေးများကို", "မရပ်ပါနှင့်", ""),
        ("၂၄", "နာရီအတွင်း", "warning"),
    ],
    "th": [
        ("อย่างช้า", "ๆ และบ่อย", "error"),
        ("เ", "จ็บหน้าอก", "error"),
        ("หน้", "าอก", "error"),
        ("ภายใน 24", "ชั่วโมง", "warning"),
        ("อย่างช้า ๆ", "และบ่อย", ""),
    ],
    "km": [("យូរ", "ៗទៅ", "error"), ("សាក្រូអ៊ីលីយ៉ា", "ក់ ដែល", "error"), ("វា", "អាចធ្វើ", "")],
    "ja": [("休んでください", "。次に水を飲みます", "error"), ("休んで", "ください。", "")],
    "ru": [("боль в", "груди", "warning"), ("если есть", "боль", ""), ("хотя б", "одна", "")],
    "hi": [("आराम करें", "। पानी पिएँ", "error"), ("आराम करें।", "पानी पिएँ", "")],
}


@pytest.mark.parametrize("locale", LINES)
def test_a_break_that_the_script_forbids_is_found(locale: str) -> None:
    body = "".join(f"<p>{above}<br>{below}</p>" for above, below, _ in LINES[locale])
    direction = read_locale(locale).direction
    html = (
        f'<html lang="{locale}" dir="{direction}"><title>{locale}</title><body>{body}</body></html>'
    )
    findings = list(broken_wrongly(Evidence(set_page(locale, html), leaflet_in(locale))))
    wrong = [one for one in LINES[locale] if one[2]]
    assert [finding.severity for finding in findings] == [severity for *_, severity in wrong]
    for (above, below, _), finding in zip(wrong, findings, strict=True):
        assert finding.code == "page-composition"
        assert finding.where == "page 1"
        said = f"a line ends with ‘{above[-12:]}’ and the next begins with ‘{below[:12]}’: "
        assert finding.message.startswith(said)
