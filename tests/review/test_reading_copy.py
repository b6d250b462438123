"""The reading copy: every message, numbered, in both languages, with room for a pen."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from pypdf import PdfReader

from pressroom.review.review_copy import reading_copy

from ..conftest import Outcome
from ..support import TOPIC, TRANSLATIONS, Site, unmarked

Run = Callable[..., Outcome]
NAME = "sore-throat"


def copy_of(made: Site, code: str) -> str:
    words = made.words()
    return reading_copy(words, words.topics[NAME], code)[0]


def rows(html: str) -> list[str]:
    """Return what each numbered row says, without tags."""
    found = re.findall(r'<tr>\s*<td class="number">(.*?)</tr>', html, re.S)
    return [
        " ".join(unmarked(unescape(re.sub(r"<[^>]+>", "", row.replace("</p>", " ")))).split())
        for row in found
    ]


@pytest.mark.parametrize("code", ["ar", "hi", "km", "es"])
def test_every_message_is_numbered_in_both_languages(site: Callable[..., Site], code: str) -> None:
    made = site(("en", code))
    html = copy_of(made, code)
    said = rows(html)
    assert [int(row.split()[0]) for row in said] == list(range(1, len(said) + 1))
    for source, text in TRANSLATIONS[code].items():
        plain = [part.replace("**", "") for part in (source, text)]
        assert any(all(part in row for part in plain) for row in said), (source, said)
    # The disclaimers and labels that it prints are a part of what is signed.
    house = {e.source: e.text for e in made.catalogue(f"{code}/house")}
    assert any(house["Your notes"] in row for row in said)
    assert any("This leaflet gives general information." in row for row in said)
    assert not any("FDA" in row for row in said)
    direction = "rtl" if code == "ar" else "ltr"
    assert html.count(f'lang="{code}" dir="{direction}"') == len(said)


def test_words_in_braces_and_figures_keep_their_direction(site: Callable[..., Site]) -> None:
    html = copy_of(site(("en", "ar")), "ar")
    assert '<code dir="ltr">{phone}</code>' in html
    assert '<span dir="ltr" class="figure">1–2</span>' in html
    assert "<strong>2 litres</strong>" in html


def test_a_half_translated_text_is_shown_as_it_is(site: Callable[..., Site]) -> None:
    made = site(("en", "ar"))
    made.change(f"ar/{NAME}", "Sore throat", text="")
    made.edit(f"topics/{NAME}/topic.md", "Rest for 2 days.", "Rest at home for 2 days.")
    made.change(f"ar/{NAME}", "Take 1–2 tablets, three times a day.", text="خذ 1–3 قرص ثلاث مرات.")
    html = copy_of(made, "ar")
    assert "<strong>Not complete:</strong> 1 missing and 1 fuzzy. It cannot be signed yet." in html
    said = rows(html)
    assert said[0] == "1 Sore throat title missing"
    (fuzzy,) = (row for row in said if "fuzzy" in row)
    assert "Changed: Rest at home for 2 days." in fuzzy
    assert "Rest<ins> at home</ins> for 2 days." in html
    assert "استرح لمدة 2 يوم." in fuzzy
    (wrong,) = (row for row in said if "error" in row)
    assert "2 is 3 here; write the quantities of the source" in wrong


def test_the_source_has_a_copy_of_its_own(site: Callable[..., Site]) -> None:
    made = site(("en", "ar"))
    html = copy_of(made, "en")
    assert ">Arabic<" not in html
    assert "against its source" not in html
    assert rows(html)[0] == "1 Sore throat title"
    assert "This is a translation of version" not in html
    assert "This is a translation of version" in copy_of(made, "ar")


def test_words_of_others_are_data(site: Callable[..., Site]) -> None:
    evil = "<script>alert(1)</script> {{ 7*7 }}"
    made = site(("en", "ar"), {NAME: TOPIC.replace("[Ada Author]", f'["{evil}"]')})
    made.change(f"ar/{NAME}", "Rest and drink enough.", text=evil)
    html = copy_of(made, "ar")
    assert "<script>" not in html
    assert "{{ 7*7 }}" in html


def test_there_is_a_line_for_each_signature(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "ar"))
    words = made.words()
    digest = words.translation(words.topics[NAME], "ar", words.locale_words("ar")).digest[7:19]
    html = copy_of(made, "ar")
    assert f"text {digest}" in html
    lines = re.findall(r'<tr><th scope="row">(reviewer|clinician)</th>(.*?)</tr>', html)
    assert [role for role, _ in lines] == ["reviewer", "clinician"]
    assert all(cells == "<td></td><td></td><td></td>" for _, cells in lines)
    run("approve", NAME, "ar", "--role", "reviewer", "--by", "Rita", "--text", digest)
    assert "<td>Rita</td><td>2026-12-01</td><td>has signed this text</td>" in copy_of(made, "ar")


def test_what_was_not_read_is_not_signed(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "ar"))
    found = re.search(r"--text ([0-9a-f]{12})</code>", copy_of(made, "ar"))
    assert found
    made.change(f"ar/{NAME}", "Rest and drink enough.", text="استرح.")
    sign = ("approve", NAME, "ar", "--role", "reviewer", "--by", "Rita", "--text", found[1])
    done = run(*sign, code=1)
    assert f"ar/{NAME}: the text has changed since {found[1]} was read" in done.err
    assert f"'handouts proof {NAME} ar'" in done.err
    assert not made.path("locales/ar/approvals.toml").exists()


@pytest.mark.parametrize("code", ["en", "ar", "km"])
def test_it_is_a_pdf_that_is_no_leaflet(site: Callable[..., Site], run: Run, code: str) -> None:
    made = site(("en", "ar", "km"))
    done = run("proof", NAME, code)
    path = made.folder / f"{NAME}.{code}.proof.pdf"
    reader = PdfReader(path)
    assert done.out == f"{path.name}: {len(reader.pages)} pages to read and sign.\n"
    assert done.err == ""
    for page in reader.pages:
        assert page.mediabox.width > page.mediabox.height
        text = page.extract_text()
        assert "READING COPY for those who check and sign. Not for patients." in text
        assert f"{NAME} · {code} · version 1.0 · text " in text
    assert not made.out.exists()


def test_it_is_written_where_it_is_asked_for(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "ar"))
    run("proof", NAME, "ar", "--out-file", "to-sign/ar.pdf")
    assert (made.folder / "to-sign" / "ar.pdf").read_bytes().startswith(b"%PDF")
    assert "did you mean 'sore-throat'?" in run("proof", "sore-troat", "ar", code=2).err
    made.write(f"locales/ar/{NAME}.po", "what")
    assert f"handouts/locales/ar/{NAME}.po:1: " in run("proof", NAME, "ar", code=1).err
    assert not list(Path.cwd().glob("*.proof.pdf"))
