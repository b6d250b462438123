"""What a machine that knows nothing of the PDF reads off the paper: `make ocr`.

Not a part of `make test`: OCR decides nothing, it agrees. Tesseract reads the
paragraph of a disclaimer at 300 dpi; at least nine tenths of the letters have
to be those of the words. Locales that it cannot read well enough to say
anything stand in UNREAD, with the reason.
"""

from __future__ import annotations

import difflib
import json
import subprocess
from functools import cache
from pathlib import Path

import pypdfium2
import pytest

from pressroom.build.prepare import Preparer
from pressroom.core.model import Leaflet, Proof, plain
from pressroom.leaflet.site import read_site
from pressroom.preflight.evidence import Evidence
from pressroom.preflight.text.normalise import normalised
from tests.support import ROOT, SHIPPED, TODAY

pytestmark = pytest.mark.ocr

TOPIC = "exosome-therapy"
DPI = 300
AGREES = 0.9

#: Tesseract's name of each locale that it reads.
READ = {
    "en": "eng", "es": "spa", "fr": "fra", "pt-BR": "por", "de": "deu", "pl": "pol",
    "ru": "rus", "uk": "ukr", "ro": "ron", "tr": "tur", "vi": "vie", "el": "ell", "ar": "ara",
    "he": "heb", "hi": "hin", "bn": "ben", "pa": "pan", "gu": "guj", "ta": "tam", "te": "tel",
    "ml": "mal", "ne": "nep", "si": "sin", "th": "tha", "km": "khm", "am": "amh", "ti": "tir",
    "zh-Hans": "chi_sim", "zh-Hant": "chi_tra", "ja": "jpn", "ko": "kor", "sw": "swa", "ht": "hat",
}  # fmt: skip

#: Locales that it does not read, or too badly to decide anything.
UNREAD = {
    "fa": "the model mistakes the letters of this typeface",
    "ur": "the model knows no Nastaliq",
    "ps": "the model mistakes the letters of this typeface",
    "lo": "the model loses vowel signs",
    "my": "the model loses vowel signs",
    "tl": "there is no model of it in Debian",
    "so": "there is no model of it in Debian",
    "hmn": "there is no model of it in Debian",
}


def test_every_locale_is_read_or_says_why_not() -> None:
    assert {*READ, *UNREAD} == set(read_site(SHIPPED, TODAY).site.clinic.locales)
    assert not {*READ} & {*UNREAD}


@cache
def _leaflet(locale: str) -> Leaflet:
    (one,) = Preparer(read_site(SHIPPED, TODAY))([TOPIC], [locale])
    assert one.leaflet is not None
    return one.leaflet


#: Where `make ocr` has built the shipped site.
OUT = ROOT / "build" / "tested"


def _paragraph(evidence: Evidence, words: str) -> tuple[int, tuple[float, float, float, float]]:
    """Return the page of a paragraph and the box of its ink, in points."""
    element = min(evidence.by_normal_text[normalised(words)], key=lambda e: e.end - e.rank)
    boxes = [
        (run.page, box)
        for run in evidence.runs_in(*evidence.leaves_of(element))
        for _, box in run.ink_boxes()
    ]
    page = boxes[0][0]
    left, bottom, right, top = zip(*(box for number, box in boxes if number == page), strict=True)
    return page, (min(left), min(bottom), max(right), max(top))


@pytest.mark.parametrize("id_", ["general-info", "unapproved-therapy"])
@pytest.mark.parametrize("locale", READ)
def test_ocr_reads_the_words(locale: str, id_: str, tmp_path: Path) -> None:
    leaflet = _leaflet(locale)
    notice = leaflet.notice(id_)
    assert notice is not None
    words = plain(notice.words)
    report = json.loads((OUT / "report.json").read_text(encoding="utf-8"))
    (file,) = [
        entry["file"]
        for entry in report["leaflets"]
        if (entry["topic"], entry["locale"]) == (TOPIC, locale)
    ]
    pdf = (OUT / file).read_bytes()
    number, (left, bottom, right, top) = _paragraph(Evidence(Proof(pdf, 0, 0), leaflet), words)
    document = pypdfium2.PdfDocument(pdf)
    page = document[number]
    width, height = page.get_size()
    margin = 6
    picture = page.render(
        scale=DPI / 72,
        crop=(
            left - margin, bottom - margin, width - right - margin, height - top - margin
        ),
    ).to_pil()  # fmt: skip
    document.close()
    image = tmp_path / "paragraph.png"
    picture.save(image, dpi=(DPI, DPI))
    read = subprocess.run(
        ["tesseract", image, "-", "-l", READ[locale], "--psm", "6"],
        capture_output=True, check=True,
    ).stdout.decode("utf-8")  # fmt: skip
    alike = difflib.SequenceMatcher(
        None, normalised(words), normalised(read), autojunk=False
    ).ratio()
    assert alike >= AGREES, f"{alike:.2f}: {read}"
