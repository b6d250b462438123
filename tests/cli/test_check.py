"""Looking without building: `check`, `status` and `why`."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from ..conftest import Outcome
from ..support import (
    NAME,
    Site,
    approve,
)

Run = Callable[..., Outcome]


def test_check_judges_what_is_built_and_writes_nothing(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "ar"))
    done = run("check")
    assert "2 leaflets checked: 0 failed, 0 withheld." in done.out
    assert "there is no PDF of these words: it was never built" in done.err
    assert not made.out.exists()
    run("build", "--quiet")
    before = made.outputs()
    report = json.loads(run("check", "--json").out)
    assert made.outputs() == before
    for entry in report["leaflets"]:
        assert all(one["proven"] for one in entry["disclaimers"])
        assert not [f for f in entry["findings"] if f["severity"] != "warning"]
    made.drop("ar/house", "copyright")
    done = run("check", NAME, "--locale", "ar", code=1)
    assert "the disclaimer 'copyright' has no words in this locale" in done.err


def test_numbers_to_confirm_withhold_a_leaflet(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    made.change(f"es/{NAME}", "Rest for 2 days.", text="Descanse.")
    done = run("check")
    assert "2 leaflets checked: 0 failed, 1 withheld." in done.out
    assert "2 days is missing" in done.err
    assert "numbers-confirmed" in done.err


def test_status(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    made.change("es/sore-throat", "Rest for 2 days.", fuzzy=True)
    made.change("es/sore-throat", "Sore throat", text="")
    run("build", "--quiet")
    approve(run, "en")
    data = json.loads(run("status", "--json").out)
    assert data["format"] == 1
    english, spanish = data["leaflets"]
    assert english | {
        "topic": NAME, "locale": "en", "translated": english["translated"], "fuzzy": 0,
        "missing": 0, "state": "approved", "built": ["standard draft"], "review_by": "2027-11-22",
        "overdue": False,
        "approvals": [
            {"role": "clinician", "name": "Dr clinician", "date": "2026-12-01", "valid": True}
        ],
    } == english  # fmt: skip
    assert (spanish["fuzzy"], spanish["missing"], spanish["state"]) == (1, 1, "withheld")
    assert spanish["built"] == []
    table = run("status").out
    assert NAME in table
    assert "withheld" in table
    assert "\x1b" not in table


def test_why(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    assert f"en/{NAME}.standard would be rebuilt: it was never built." in run("why", NAME, "en").out
    run("build", "--quiet")
    assert (
        "is unchanged: nothing that its pages depend on" in run("why", NAME, "en", "standard").out
    )
    made.edit("clinic.toml", '"Test Street Clinic"\nlicence', '"Another"\nlicence')
    assert "would be rebuilt: " in run("why", NAME, "es").out
    made.change("es/sore-throat", "Rest for 2 days.", text="")
    assert f"es/{NAME}.standard is withheld:" in run("why", NAME, "es").out
    made.drop("es/house", "copyright")
    assert f"es/{NAME}.standard" in run("why", NAME, "es").out
    assert "has no edition 'booklet'" in run("why", NAME, "es", "booklet", code=2).err


def test_check_judges_a_pdf_by_its_words_where_they_are_known(
    site: Callable[..., Site], run: Callable[..., Outcome]
) -> None:
    made = site(("en", "ar"))
    run("build")
    pdf = next((made.out / "ar").glob("*.pdf"))
    report = json.loads(run("check", "--json", "--deep", str(pdf)).out)
    (entry,) = report["leaflets"]
    assert (entry["locale"], entry["result"]) == ("ar", "unchanged")
    assert entry["disclaimers"]
    assert all(shown["proven"] for shown in entry["disclaimers"])
    assert not [f for f in entry["findings"] if f["severity"] != "warning"]


@pytest.mark.parametrize("damage", ["cut", "foreign", "empty"])
def test_check_says_what_is_wrong_with_a_damaged_pdf(
    site: Callable[..., Site], run: Callable[..., Outcome], damage: str
) -> None:
    made = site(("en",))
    run("build")
    pdf = next(made.out.glob("*/*.pdf"))
    whole = pdf.read_bytes()
    broken = pdf.with_name("broken.pdf")
    broken.write_bytes({"cut": whole[:2000], "foreign": b"\x89PNG no PDF", "empty": b""}[damage])
    outcome = run("check", str(broken), code=1)
    assert "the PDF cannot be read" in outcome.err
    assert "broken.pdf" in outcome.err
    assert "Traceback" not in outcome.err
