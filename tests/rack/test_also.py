"""`also:`: what else staff call a leaflet is found, and is nowhere to be read or signed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pressroom.content.catalogue.po import read_catalogue, write_catalogue
from pressroom.content.topic.read import also_called, guideline_codes
from pressroom.rack.names import also_called as called_by_staff
from pressroom.rack.names import language_names

from ..conftest import Outcome
from ..support import NAME, Site, approve

Run = Callable[..., Outcome]


def others(out: Path, code: str) -> str:
    """Return what else the first leaflet of a locale is called, as the rack has it."""
    text = (out / "rack" / "texts" / f"{code}.js").read_text("utf-8")
    found = re.fullmatch(r"Rack\.shelve\(\"[^\"]+\",(.*)\);\n", text)
    assert found
    return str(json.loads(found[1])["also"][0])


def test_other_names_change_no_page_no_mark_and_no_signature(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "ar", "km"))
    for code in ("en", "ar", "km"):
        approve(run, code)
    run("build", "--quiet")
    before = {p: p.read_bytes() for p in made.out.rglob("*.*") if p.suffix in (".pdf", ".html")}
    assert others(made.out, "en").endswith("throat infection")  # what staff say anyway
    assert others(made.out, "ar") == ""
    topic = made.path(f"topics/{NAME}/topic.md")
    text = topic.read_text("utf-8")
    topic.write_text(
        text.replace("tags: []", "tags: []\nalso: [Angina tonsillaris, ST 1]"), "utf-8"
    )
    for code in ("ar", "km"):
        run("locale", "update", code)
    # It is shown to translators, and nothing waits for it.
    for code, name in (("ar", "وجع الزور؛ بلعوم"), ("km", "")):
        path = made.path(f"locales/{code}/{NAME}.po")
        catalogue = read_catalogue(path)
        key = ("also", "Angina tonsillaris; ST 1")
        assert "for the search alone" in catalogue.entries[key].extracted[0]
        entries = {**catalogue.entries, key: replace(catalogue.entries[key], text=name)}
        write_catalogue(path, replace(catalogue, entries=entries))
    run("build", "--strict", "--quiet")
    after = {p: p.read_bytes() for p in made.out.rglob("*.*") if p.suffix in (".pdf", ".html")}
    assert after == {**before, made.out / "index.html": after[made.out / "index.html"]}
    assert others(made.out, "en").startswith("Angina tonsillaris;ST 1;")
    assert others(made.out, "ar") == "وجع الزور;بلعوم"
    assert others(made.out, "km") == ""
    report = json.loads((made.out / "report.json").read_text("utf-8"))
    assert {one["state"] for one in report["leaflets"]} == {"approved"}
    waiting = json.loads(run("status", "--json").out)
    assert all(not line["missing"] for line in waiting["leaflets"])


def test_a_translation_that_is_not_confirmed_finds_nothing(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "ar"))
    topic = made.path(f"topics/{NAME}/topic.md")
    topic.write_text(
        topic.read_text("utf-8").replace("tags: []", "tags: []\nalso: [Quinsy]"), "utf-8"
    )
    run("locale", "update", "ar")
    made.change(f"ar/{NAME}", "Quinsy", text="خراج", fuzzy=True)
    run("build", "--quiet")
    assert others(made.out, "ar") == ""


@pytest.mark.parametrize(
    ("also", "said"),
    [
        ("[T2DM; sugar]", "has a ';'"),
        ("[T2DM, T2DM]", "T2DM stands there twice"),
        ("['']", "is empty"),
        ("[{a: b}]", "also"),
    ],
)
def test_what_is_no_list_of_names_is_refused_with_its_line(
    site: Callable[..., Site], run: Run, also: str, said: str
) -> None:
    made = site(("en",))
    topic = made.path(f"topics/{NAME}/topic.md")
    topic.write_text(
        topic.read_text("utf-8").replace("tags: []", f"tags: []\nalso: {also}"), "utf-8"
    )
    done = run("check", code=1)
    said_all = done.out + done.err
    assert said in said_all
    assert f"topics/{NAME}/topic.md:7" in said_all


def test_names_are_read_in_any_script() -> None:
    assert also_called(" T2DM; sugar ;; T2DM") == ("T2DM", "sugar")
    assert also_called("糖尿；消渴") == ("糖尿", "消渴")
    assert also_called("سكري؛ السكر") == ("سكري", "السكر")
    sources = [
        "NICE guideline NG65, 2017",
        "SIGN 158",
        "NHS, 2025",
        "ACR/SAA recommendations, 2019",
    ]
    assert guideline_codes(sources) == ("NG65", "SIGN 158")


def test_staff_have_more_names_for_english_titles() -> None:
    assert "hypertension" in called_by_staff("High blood pressure")
    assert "High blood pressure" not in called_by_staff("High blood pressure")
    assert "DVT" in called_by_staff("Deep vein thrombosis (DVT)")
    assert "warfarin" in called_by_staff("Taking warfarin")
    assert called_by_staff("The history of our house") == ()
    # A short form names too much to tell a leaflet by.
    assert called_by_staff("PE") == ()


def test_languages_have_the_names_that_people_use() -> None:
    codes = ("en", "fa", "tl", "zh-Hant", "pt-BR", "ht")
    found = {code: names for code, *names in language_names(codes)}
    assert {"Farsi", "Dari"} <= set(found["fa"])
    assert "Cantonese" in found["zh-Hant"]
    assert "Brazilian" in found["pt-BR"]
    assert "Creole" in found["ht"]
    # What is not there goes by all its names; what is there in another form is not missing.
    assert {"Tigrinya", "ትግርኛ", "Eritrean"} <= set(found["ti"])
    assert not {"fil", "zh", "pt"} & set(found)
    assert sorted(set(found)) == sorted(found)
    assert len(found) > 250
