"""A language that CLDR does not have: the site says what it is, and the engine stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from pressroom.content.catalogue.confirmed_numbers import confirm
from pressroom.content.catalogue.po import Entry, read_catalogue, write_catalogue
from pressroom.content.quantities import compare
from pressroom.core.locales import know, read_locale, say_date

from .conftest import Outcome
from .support import Site

Run = Callable[..., Outcome]
#: Languages that clinics ask for, and what `locale add` knows of each.
UNKNOWN = {
    "kr": ("Kanuri", "ltr", "Latn"), "din": ("Dinka", "ltr", "Latn"), "fuv": ("", "ltr", "Latn"),
    "sm": ("Samoan", "ltr", "Latn"), "ksw": ("", "ltr", "Mymr"), "cnh": ("", "ltr", "Latn"),
    "mam": ("", "ltr", "Latn"), "kr-Arab": ("Kanuri", "rtl", "Arab"),
}  # fmt: skip
MONTHS = ["Ianuari", "Fepuari", "Mati", "Aperila", "Me", "Iuni", "Iulai", "Aokuso", "Setema",
          "Oketopa", "Novema", "Tesema"]  # fmt: skip


@pytest.fixture(autouse=True)
def _forget() -> None:
    know(())


def fill_in(made: Site, code: str, native: str, more: str = "") -> None:
    """Fill in what `locale add` asks for."""
    text = made.read("locales.toml")
    text = text.replace('native_name = ""', f'native_name = "{native}"')
    text = text.replace('english_name = ""', f'english_name = "Language {code}"')
    made.write("locales.toml", text.replace('date = "y-MM-dd"\n', more or 'date = "d.M.y"\n'))


@pytest.mark.parametrize("code", UNKNOWN)
def test_what_cldr_does_not_say_is_asked_for_in_a_file_of_the_site(
    site: Callable[..., Site], run: Run, code: str
) -> None:
    made = site(("en",))
    name, direction, script = UNKNOWN[code]
    said = run("locale", "add", code, code=2).err
    assert re.search(rf"handouts/locales.toml:4: CLDR does not have '{code}'; fill in", said)
    text = made.read("locales.toml")
    for line in (f"[locale.{code}]", f'english_name = "{name}"', f'direction = "{direction}"',
                 f'script = "{script}"'):  # fmt: skip
        assert f"\n{line}\n" in text
    # As long as it is not filled in, all else goes on, and the template stays as it is.
    assert run("locale", "add", code, code=2).err == said
    assert made.read("locales.toml") == text
    run("check")
    made.edit("clinic.toml", 'locales = ["en"]', f'locales = ["en", "{code}"]')
    assert f"say what it is, with 'handouts locale add {code}'" in run("check", code=2).err


@pytest.mark.parametrize(
    ("code", "native", "more", "day"),
    [
        ("sm", "Gagana Sāmoa", f"date = \"'Aso' d MMMM y\"\nmonths = {json.dumps(MONTHS)}\n",
         "Aso 23 Novema 2026"),
        ("ksw", "ကညီကျိာ်", 'date = "dd/MM/yyyy"\n', "၂၃/၁၁/၂၀၂၆"),
        ("kr-Arab", "كانوري", 'date = "y/M/d"\n', "۲۰۲۶/۱۱/۲۳"),
    ],
)  # fmt: skip
def test_such_a_language_is_translated_and_printed(
    site: Callable[..., Site], run: Run, code: str, native: str, more: str, day: str
) -> None:
    made = site(("en",))
    run("locale", "add", code, code=2)
    fill_in(made, code, native, more)
    numbering = {"ksw": "mymr", "kr-Arab": "arabext"}.get(code, "latn")
    made.edit("locales.toml", 'numbering = "latn"', f'numbering = "{numbering}"')
    assert "clinic.toml" in run("locale", "add", code).out
    letters = {"sm": "ābcdēfghījklmnōpqrstūvwxyz", "ksw": "ကခဂဃငစဆဇညဋဌဍဎဏတထဒဓနပဖဗဘမယရ",
               "kr-Arab": "ابجدەفگهیژکلمنۆپقرستوڤشخیز"}[code]  # fmt: skip
    table = str.maketrans("abcdefghijklmnopqrstuvwxyz", letters)
    for path in sorted(made.path(f"locales/{code}").glob("*.po")):
        catalogue = read_catalogue(path)
        entries = {key: _filled(entry, table) for key, entry in catalogue.entries.items()}
        write_catalogue(path, replace(catalogue, entries=entries))
    (entry,) = json.loads(run("build", "--json", "--locale", code).out)["leaflets"]
    assert entry["result"] == "built", entry["findings"]
    assert say_date(date(2026, 11, 23), read_locale(code)) == day
    assert all(shown["proven"] for shown in entry["disclaimers"])
    first = PdfReader(made.out / entry["file"]).pages[0].extract_text()
    review_by = say_date(date(2027, 11, 22), read_locale(code))
    assert "".join(review_by.split()) in re.sub(r"[\s\u200b-\u200f\u2060]", "", first)
    page = (made.out / f"{code}/sore-throat.html").read_text("utf-8")
    assert f'lang="{code}" dir="{read_locale(code).direction}"' in page
    assert native in (made.out / "index.html").read_text("utf-8")
    # Another way to write a day is a reason to build again.
    pattern = re.search(r'date = ".*"', more)[0]
    made.edit("locales.toml", pattern, 'date = "y.M.d"')
    again = json.loads(run("build", "--json", "--locale", code).out)["leaflets"]
    assert [one["result"] for one in again] == ["built"]


def _filled(entry: Entry, table: dict[int, int]) -> Entry:
    parts = re.split(r"(\{\w+\}|\]\([^)]*\)|https?://\S+|\b[A-Z]{2,}[\w-]*)", entry.source)
    text = "".join(p if n % 2 else p.lower().translate(table) for n, p in enumerate(parts))
    return confirm(replace(entry, text=text))


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('script = "Latn"', 'script = "Latin"', "script"),
        ('direction = "ltr"', 'direction = "left"', "direction"),
        ('native_name = ""', 'native_name = "كانوري"', "'direction' is ltr, and its own name runs"),
        ('date = "y-MM-dd"', 'date = "d MMMM y"', "'date' has MMMM, and there are no months"),
        ('date = "y-MM-dd"', 'date = "d de M y"', "has ‘e’, which stands for nothing"),
        ('date = "y-MM-dd"', 'date = "d.M."', "has to have one day"),
        ('date = "y-MM-dd"', 'date = "d.M.y"\nmonths = ["Me"]', "has 1 months; name 12, or none"),
        ('numbering = "latn"', 'numbering = "roman"', "numbering"),
        ('numbering = "latn"', 'digits = "latn"', "unknown key 'locale.sm.digits'"),
        ("[locale.sm]", "[locale.SM]", "locale.SM"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_it_is_told_with_its_line(
    site: Callable[..., Site], run: Run, was: str, becomes: str, said: str
) -> None:
    made = site(("en",))
    run("locale", "add", "sm", code=2)
    made.edit("locales.toml", was, becomes)
    outcome = run("check", code=2).err
    assert re.search(r"handouts/locales.toml:\d+: ", outcome)
    assert said in outcome


def test_dates_are_compared_by_the_months_that_the_site_says(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en",))
    run("locale", "add", "sm", code=2)
    fill_in(made, "sm", "Gagana Sāmoa", f'date = "d MMMM y"\nmonths = {json.dumps(MONTHS)}\n')
    run("check")
    source = "Come on 24 December."
    assert compare(source, "Sau i le 24 Tesema.", "sm", "en").verdict == "equal"
    assert compare(source, "Sau i le 24 Oketopa.", "sm", "en").verdict == "differs"


def test_a_slip_is_no_language(site: Callable[..., Site], run: Run) -> None:
    made = site(("en",))
    for code in ("xx", "klingon", "SM", "sm_WS"):
        assert "is not the name of a locale" in run("locale", "add", code, code=2).err
    assert not made.path("locales.toml").exists()
