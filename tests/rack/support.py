"""Rows of a ledger that no build made, for a rack without PDFs."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date
from pathlib import Path

from pressroom.content.clinic import read_clinic
from pressroom.content.theme import read_theme
from pressroom.core.model import Withdrawal
from pressroom.core.published import Made, Row
from pressroom.rack.site import Shelf, shelve, write_rack

from ..support import SHIPPED

#: The clinic that the repository ships.
CLINIC = read_clinic(SHIPPED)

#: Titles by topic and locale.
TITLES = {
    "asthma": {
        "en": "Asthma", "es": "Asma", "fr": "L’asthme", "de": "Asthma", "ar": "الربو",
        "fa": "آسم", "ur": "دمہ", "hi": "दमा", "km": "ជំងឺហឺត", "zh-Hans": "哮喘", "ti": "ሓኔታ",
        "th": "โรคหืด", "vi": "Hen suyễn", "ko": "천식", "ja": "ぜんそく", "am": "አስም",
    },
    "back-pain": {
        "en": "Back pain", "es": "Dolor de espalda", "fr": "Le mal de dos", "de": "Rückenschmerzen",
        "ar": "ألم الظَّهر", "fa": "کمردرد", "ur": "کمر درد", "hi": "पीठ दर्द", "km": "ឈឺខ្នង",
        "zh-Hans": "背痛", "th": "ปวดหลัง", "vi": "Đau lưng", "ko": "허리 통증", "ja": "腰痛",
    },
    "sore-throat": {
        "en": "Sore throat", "es": "Dolor de garganta", "fr": "Le mal de gorge",
        "ar": "التهاب الحلق", "km": "ឈឺបំពង់ក", "th": "เจ็บคอ", "hi": "गले में खराश",
    },
}  # fmt: skip
CODES = {
    "asthma": {"icd-10-cm": ("J45",), "snomed-ct": ("195967001",)},
    "back-pain": {"icd-10-cm": ("M54.5", "M54.9"), "loinc": ("4548-4",)},
}
MAIN = {"en": "Inhalers open the airways.", "ar": "تفتح البخاخات الشعب الهوائية."}
SYMPTOMS = {"en": "Wheezing at night · Fever above 38 degrees", "ar": "حمى فوق ٣٨ درجة"}


def row(
    topic: str,
    locale: str,
    title: str = "",
    *,
    state: str = "approved",
    edition: str = "standard",
    version: str = "1.0",
    overdue: bool = False,
    sha256: str = "ab" * 32,
) -> Row:
    """Make up the row of a leaflet."""
    draft = "" if state == "approved" else ".draft"
    file = f"{locale}/{topic}.{edition}{draft}.pdf"
    made = Made(topic, locale, edition, state, {"web": sha256}, "text", file, sha256)
    card = {
        "title": title or TITLES.get(topic, {}).get(locale, topic),
        "source_title": topic,
        "main_message": MAIN.get(locale, "") if topic == "asthma" else "",
        "symptoms": SYMPTOMS.get(locale, "") if topic == "asthma" else "",
        "version": version,
        "issued": "2026-11-23",
        "review_by": "2027-11-22",
        "out_of_date": ["it is overdue"] if overdue else [],
        "tags": ["lungs"] if topic == "asthma" else [],
    }
    return Row(made, {"pages": 2}, card)


def everything(state: str = "approved") -> list[Row]:
    """Make up a leaflet for each title."""
    return [row(t, code, state=state) for t, titles in TITLES.items() for code in titles]


def shelf(
    rows: Iterable[Row],
    stale: Iterable[str] = (),
    withdrawn: Iterable[Withdrawal] = (),
    titles: Iterable[str] = TITLES,
) -> Shelf:
    """Sort rows for the shipped clinic."""
    names = {topic: TITLES.get(topic, {"en": topic})["en"] for topic in titles}
    return shelve(rows, CLINIC, read_theme(SHIPPED), names, stale, withdrawn, codes=CODES)


#: What the racks that were written are made of, by their folders.
written: dict[Path, Mapping[str, str]] = {}


def write(
    out: Path, rows: Iterable[Row], altered: Container[str] = (), **more: Iterable[str]
) -> Path:
    """Write a rack as the next build does. Give its page."""
    there = shelf(rows, **more)  # type: ignore[arg-type]
    written[out] = write_rack(out, there, written.get(out, {}), altered)
    return out / "index.html"


def withdrawal(topic: str, locale: str = "") -> Withdrawal:
    return Withdrawal(topic, locale, "the dose is <b>wrong</b>", "Dr Öz", date(2026, 12, 1))
