"""The order in which right-to-left lines are painted, from left to right: a golden a locale.

Each line holds what goes wrong most: telephone numbers, ranges, doses, Latin
names, brackets and punctuation beside them, and list markers. A golden has the
words as they are written, and below them the letters as the page paints them
from left to right. Letters of ligatures stand in logical order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import pytest

from pressroom.content.topic.inline import read_inline
from pressroom.core.locales import read_locale
from pressroom.core.model import Proof
from pressroom.fonts.scripts import script_of, stack
from pressroom.leaflet.html import _Inline
from pressroom.preflight.evidence import Evidence
from pressroom.typeset.setting import Setting
from pressroom.typeset.typesetter import Typesetter
from tests.support import ROOT

LINES = {
    "ar": [
        "اتصل على الرقم 020 910 0142 أو 112 الآن.",
        "من عمر 20-40 سنة (انظر الصفحة 1).",
        "خذ 2.5 mg/kg كل 8 ساعات، ولا تتجاوز 38.5 °C!",
        "أدوية anti-TNF أو IL-17 (HLA-B27): هل تناسبك؟",
        "اكتب إلى leaflets@clinic.example أو زر https://clinic.example/ar.",
    ],
    "fa": [
        "همین حالا با 020 910 0142 یا ۱۱۲ تماس بگیرید.",
        "از ۲۰-۴۰ سالگی (صفحهٔ ۱ را ببینید).",
        "هر ۸ ساعت 2.5 mg/kg؛ تب بالای ۳۸٫۵ درجه!",
        "داروهای anti-TNF یا IL-17 (HLA-B27): برای من خوب است؟",
        "بنویسید: leaflets@clinic.example.",
    ],
    "ps": [
        "همدا اوس 020 910 0142 یا ۱۱۲ ته زنګ ووهئ.",
        "له ۲۰-۴۰ کلونو پورې (۱ مخ وګورئ).",
        "هر ۸ ساعته 2.5 mg/kg؛ له 38.5 °C پورته!",
        "د anti-TNF یا IL-17 درمل (HLA-B27): ایا ما ته ښه دي؟",
        "ولیکئ: leaflets@clinic.example.",
    ],
    "ur": [
        "ابھی 020 910 0142 یا 112 پر کال کریں۔",
        "عمر 20-40 سال (صفحہ 1 دیکھیں)۔",
        "ہر 8 گھنٹے بعد 2.5 mg/kg، بخار 38.5 °C سے زیادہ!",
        "anti-TNF یا IL-17 (HLA-B27): کیا یہ میرے لیے ہے؟",
        "لکھیں: leaflets@clinic.example۔",
    ],
    "he": [
        "התקשרו עכשיו אל 020 910 0142 או 112.",
        "בגיל 20-40 (ראו עמוד 1).",
        "קחו 2.5 mg/kg כל 8 שעות, לא מעל 38.5 °C!",
        "תרופות anti-TNF או IL-17 (HLA-B27): האם זה מתאים?",
        "כתבו אל leaflets@clinic.example.",
    ],
}


def _painted(pdf: bytes) -> list[str]:
    """Return the lines of a one-page PDF as they are painted, from left to right."""
    evidence = Evidence(Proof(pdf, 1, 12.0), None)  # type: ignore[arg-type]
    lines: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for run in evidence.runs:
        for gid, (x, y) in zip(run.gids, run.origins, strict=True):
            text = run.font.texts.get(gid, "�").replace("\u200b", "")
            lines[round(y / 60)].append((x, text))
    return ["".join(text for _, text in sorted(lines[y])) for y in sorted(lines, reverse=True)]


@pytest.mark.parametrize("code", sorted(LINES))
def test_lines_are_painted_as_they_are_read(code: str, golden: Callable[[str, str], None]) -> None:
    locale = read_locale(code)
    inline = _Inline(locale)
    items = "".join(f"<li>{inline(read_inline(line))}</li>" for line in LINES[code])
    families = ", ".join(f'"{face.family}"' for face in stack(script_of(locale)))
    setting = Setting(
        stylesheets=(ROOT / "styles" / "type.css",),
        tight_stylesheet=ROOT / "styles" / "tight.css",
        site_stylesheets=(),
        css=f"@page {{ size: 250mm 150mm; margin: 10mm }} html {{ font-family: {families} }}"
        'span[dir="ltr"] { font-family: "Noto Sans" }'
        # One line every 60 pt, so that a line is known by its height.
        "ul { padding: 0 10mm } li { height: 60pt; line-height: 60pt; margin: 0 }",
        floor_pt=12,
        ceiling_pt=12,
        page_budget=1,
        roots=(),
        source_words=1,
    )
    html = f'<html lang="{code}" dir="rtl"><title>{code}</title><body><ul>{items}</ul></body>'
    proof = Typesetter().typeset(html, setting)
    assert proof.findings == ()
    painted = _painted(proof.pdf)
    assert len(painted) == len(LINES[code])
    for figure in ("020 910 0142", "2.5 mg/kg", "leaflets@clinic.example"):
        assert any(figure in line for line in painted), figure
    text = "".join(
        f"written  {written}\npainted  {line}\n\n"
        for written, line in zip(LINES[code], painted, strict=True)
    )
    golden(f"visual-order.{code}.txt", text)
