"""Signing: by whom, what a change voids, what stays by a signed statement, and what is proven."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pressroom.cli.console import marked
from pressroom.content.catalogue.po import read_catalogue
from pressroom.review.diff import Difference, Piece

from ..conftest import Outcome, invoke
from ..support import TOPIC, Site, make_site

Run = Callable[..., Outcome]
NAME = "sore-throat"
ROLES = {"en": ("clinician",), "es": ("reviewer", "clinician"), "ar": ("reviewer", "clinician")}
DRINK = "Rest and drink enough."


@pytest.fixture(scope="module")
def _signed(tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = make_site(tmp_path_factory.mktemp("signed"), ("en", "es", "ar"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made.folder)
        for code, roles in ROLES.items():
            for role in roles:
                invoke("approve", NAME, code, "--role", role, "--by", f"Dr {role}")
    return made


@pytest.fixture
def signed(_signed: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a site in three locales, in which everybody has signed."""
    shutil.copytree(_signed.handouts, tmp_path / "handouts")
    monkeypatch.chdir(tmp_path)
    return Site(tmp_path)


def states(run: Run) -> dict[str, str]:
    rows = json.loads(run("status", "--json").out)["leaflets"]
    return {row["locale"]: row["state"] for row in rows}


def found(run: Run, *codes: str, code: int = 0) -> list[Any]:
    report = json.loads(run("check", "--json", code=code).out)
    entries = [f for entry in report["leaflets"] for f in entry["findings"]]
    return [f for f in (*entries, *report.get("findings", ())) if f["code"] in codes]


def test_the_text_is_kept_beside_the_signature(signed: Site) -> None:
    for code, roles in ROLES.items():
        for role in roles:
            assert signed.path(f"locales/{code}/signed/{NAME}.{role}.txt").is_file()
    text = signed.read(f"locales/ar/signed/{NAME}.clinician.txt")
    assert "\nar: استرح واشرب ما يكفي.\n" in text
    assert f"\nen: {DRINK}\n" in text


# Who may sign


@pytest.mark.parametrize("by", ["tara  translator", "TARA@clinic.example", "Tara Translator <t@x>"])
def test_a_translator_does_not_sign(site: Callable[..., Site], run: Run, by: str) -> None:
    made = site(("en", "ar"))
    done = run("approve", NAME, "ar", "--role", "reviewer", "--by", by, code=2)
    assert "is named as its translator, and a text is signed by another person" in done.err
    assert not made.path("locales/ar/approvals.toml").exists()
    made.edit("clinic.toml", "[approvals]", "[approvals]\ntranslator_may_sign = true")
    run("approve", NAME, "ar", "--role", "reviewer", "--by", by)
    run("approve", NAME, "ar", "--role", "clinician", "--by", "Dr Öz")
    assert states(run)["ar"] == "approved"
    made.edit("clinic.toml", "translator_may_sign = true", "translator_may_sign = false")
    assert states(run)["ar"] == "draft"


def test_a_name_that_no_file_may_hold_is_refused(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "ar"))
    for name in ("a\u202eb", "a\x07b", "x" * 501):
        done = run("approve", NAME, "ar", "--role", "reviewer", "--by", name, code=2)
        assert done.err.startswith("--by ")
    assert not made.path("locales/ar/approvals.toml").exists()


def test_a_pseudo_locale_is_not_signed(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "ar"))
    done = run("approve", NAME, "en-XA", "--role", "reviewer", "--by", "X", code=2)
    assert "'en-XA' is no language that anybody signs" in done.err
    assert not made.path("locales/en-XA").exists()


# What a change voids


def test_a_changed_translation_voids_just_its_own_approvals(signed: Site, run: Run) -> None:
    signed.change(f"es/{NAME}", DRINK, text="Descanse y beba mucho.")
    assert states(run) == {"en": "approved", "es": "draft", "ar": "approved"}
    out = run("why", NAME, "es").out
    assert out.count("front-matter, es: Descanse y beba [-lo suficiente-]{+mucho+}.") == 2
    assert "Since Dr reviewer signed as reviewer on 2026-12-01:\n" in out
    assert "Since" not in run("why", NAME, "ar").out


def test_a_changed_source_voids_all_and_why_shows_it_word_by_word(signed: Site, run: Run) -> None:
    signed.edit(f"topics/{NAME}/topic.md", DRINK, "Rest and drink a lot.")
    assert states(run) == {"en": "draft", "es": "withheld", "ar": "withheld"}
    english = "front-matter, en: Rest and drink [-enough-]{+a lot+}.\n"
    assert english in run("why", NAME, "en").out
    assert english in run("why", NAME, "ar").out
    signed.change(f"ar/{NAME}", "Rest for 2 days.", text="استرح لمدة 2 أيام.")
    assert "\u2067استرح لمدة 2 [-يوم-]{+أيام+}.\u2069\n" in run("why", NAME, "ar").out


def test_front_matter_is_signed_and_the_style_is_not(signed: Site, run: Run) -> None:
    signed.write("styles/site.css", "h1 { color: black }")
    assert set(states(run).values()) == {"approved"}
    signed.edit(f"topics/{NAME}/topic.md", "2027-11-22", "2027-11-21")
    assert set(states(run).values()) == {"draft"}
    assert "review_by: 2027-11-[-22-]{+21+}\n" in run("why", NAME, "ar").out


def test_colour_marks_changes_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = (Piece("same", "Rest for "), Piece("removed", "2"), Piece("added", "3"))
    change = Difference("care", "en", pieces)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert marked(change) == ("care, en: Rest for \x1b[31m\x1b[9m2\x1b[0m\x1b[32m\x1b[1m3\x1b[0m")
    monkeypatch.setenv("NO_COLOR", "1")
    assert marked(change) == "care, en: Rest for [-2-]{+3+}"


# The same meaning

COMMA = "Rest, and drink enough."
STATE = ("approve", NAME, "en", "--role", "clinician", "--by", "Dr Öz", "--meaning-unchanged")


def test_a_comma_keeps_translations_and_their_approvals(signed: Site, run: Run) -> None:
    signed.edit(f"topics/{NAME}/topic.md", DRINK, COMMA)
    signed.edit(f"topics/{NAME}/topic.md", '"1.0"', '"1.0.1"')
    assert states(run) == {"en": "draft", "es": "withheld", "ar": "withheld"}
    done = run(*STATE)
    assert "  version: 1.0{+.1+}\n  front-matter, en: Rest{+,+} and drink enough.\n" in done.out
    assert states(run) == {"en": "approved", "es": "approved", "ar": "approved"}
    (row,) = tomllib.loads(signed.read("locales/en/approvals.toml"))["same-meaning"]
    assert (row["name"], row["role"]) == ("Dr Öz", "clinician")
    assert row["change"] == [{"section": "front-matter", "was": DRINK, "now": COMMA}]
    assert row["version"] == {"was": "1.0", "now": "1.0.1"}
    assert found(run, "approval-void", "approval-stray") == []
    # And the catalogues follow, without a fuzzy message.
    run("locale", "update")
    for code in ("es", "ar"):
        catalogue = read_catalogue(signed.path(f"locales/{code}/{NAME}.po"))
        assert not any(entry.fuzzy for entry in catalogue)
        assert catalogue.entries["front-matter", COMMA].text
        assert not catalogue.obsolete
    assert set(states(run).values()) == {"approved"}


def test_a_statement_holds_for_catalogues_that_were_updated_before(signed: Site, run: Run) -> None:
    signed.edit(f"topics/{NAME}/topic.md", DRINK, COMMA)
    run("locale", "update")
    catalogue = read_catalogue(signed.path(f"locales/ar/{NAME}.po"))
    assert catalogue.entries["front-matter", COMMA].fuzzy
    run(*STATE)
    assert set(states(run).values()) == {"approved"}
    run("locale", "update")
    catalogue = read_catalogue(signed.path(f"locales/ar/{NAME}.po"))
    assert not catalogue.entries["front-matter", COMMA].fuzzy


def test_a_build_sees_what_is_signed_stated_and_proven(signed: Site, run: Run) -> None:
    def built() -> dict[str, tuple[str, str]]:
        entries = json.loads(run("build", "--json").out)["leaflets"]
        return {e["locale"]: (e["result"], e["state"]) for e in entries}

    assert built() == dict.fromkeys(ROLES, ("built", "approved"))
    assert built() == dict.fromkeys(ROLES, ("unchanged", "approved"))
    signed.edit(f"topics/{NAME}/topic.md", DRINK, COMMA)
    assert built() == {
        "en": ("built", "draft"), "es": ("withheld", "draft"), "ar": ("withheld", "draft"),
    }  # fmt: skip
    run(*STATE)
    after = built()
    assert {state for _, state in after.values()} == {"approved"}
    assert after["en"][0] == "built"
    assert built() == dict.fromkeys(ROLES, ("unchanged", "approved"))
    # The record that proves the statement is a part of what a build reads.
    name = f"locales/en/signed/{NAME}.clinician.txt"
    kept = signed.read(name)
    signed.write(name, kept.replace("Ada", "Eve"))
    assert built()["ar"] == ("withheld", "draft")
    signed.write(name, kept)
    assert built()["ar"][1] == "approved"
    # And so is who is named as the translator.
    signed.edit(f"locales/ar/{NAME}.po", "Tara Translator <tara@clinic.example>", "DR  CLINICIAN")
    assert built()["ar"] == ("built", "draft")
    signed.edit("clinic.toml", "[approvals]", "[approvals]\ntranslator_may_sign = true")
    assert built()["ar"][1] == "approved"


def test_statements_follow_each_other(signed: Site, run: Run) -> None:
    again = "Rest, and drink enough!"
    signed.edit(f"topics/{NAME}/topic.md", DRINK, COMMA)
    run(*STATE)
    signed.edit(f"topics/{NAME}/topic.md", COMMA, again)
    run(*STATE)
    assert set(states(run).values()) == {"approved"}
    assert len(tomllib.loads(signed.read("locales/en/approvals.toml"))["same-meaning"]) == 2
    assert found(run, "approval-void") == []
    # A text that is signed for its own sake begins anew: older translations are fuzzy again.
    signed.edit(f"topics/{NAME}/topic.md", again, "Sleep, and drink enough!")
    run("approve", NAME, "en", "--role", "clinician", "--by", "Dr Öz")
    assert "same-meaning" not in tomllib.loads(signed.read("locales/en/approvals.toml"))
    assert states(run) == {"en": "approved", "es": "withheld", "ar": "withheld"}


def test_another_change_beside_the_comma_voids(signed: Site, run: Run) -> None:
    signed.edit(f"topics/{NAME}/topic.md", DRINK, COMMA)
    run(*STATE)
    signed.change(f"es/{NAME}", "Rest for 2 days.", text="Repose 2 días.")
    assert states(run) == {"en": "approved", "es": "draft", "ar": "approved"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "Rest for 2 days.",
            "Rest for 3 days.",
            "has other quantities than before: 2 days is 3 days here",
        ),
        ("2 litres", "2 ml", "has other quantities than before: 2 l is 2 ml here"),
        ("Call {phone}.", "Call {clinic}.", "{phone} is missing"),
        ("**2 litres**", "2 litres", "**bold** stands 0 times"),
        ("- Rest for 2 days.\n", "", "in 'care', messages were added or taken out"),
        ("2027-11-22", "2027-11-21", "'review_by' of the front matter has changed"),
        ("authors: [Ada Author]", "authors: [A, B]", "the front matter has other lines"),
    ],
)
def test_what_changes_the_meaning_cannot_be_stated(
    signed: Site, run: Run, old: str, new: str, expected: str
) -> None:
    signed.edit(f"topics/{NAME}/topic.md", old, new)
    before = signed.read("locales/en/approvals.toml")
    done = run(*STATE, code=1)
    assert f"en/{NAME}: its meaning may have changed: " in done.err
    assert expected in done.err
    assert signed.read("locales/en/approvals.toml") == before


def test_a_statement_needs_a_text_that_was_signed_before(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "ar"))
    assert "no clinician has signed an older text" in run(*STATE, code=1).err
    run("approve", NAME, "en", "--role", "clinician", "--by", "Dr A")
    assert "nothing has changed since Dr A signed it" in run(*STATE, code=1).err
    done = run("approve", NAME, "ar", *STATE[3:], code=2)
    assert "only of the source can it be said" in done.err
    made.edit(f"topics/{NAME}/topic.md", DRINK, COMMA)
    made.path(f"locales/en/signed/{NAME}.clinician.txt").unlink()
    assert "the text that was signed is not kept" in run(*STATE, code=1).err


def test_a_statement_that_was_written_by_hand_carries_nothing(signed: Site, run: Run) -> None:
    signed.edit(f"topics/{NAME}/topic.md", DRINK, COMMA)
    run(*STATE)
    signed.edit("locales/en/approvals.toml", f'was = "{DRINK}"', 'was = "Work on."')
    assert states(run) == {"en": "approved", "es": "withheld", "ar": "withheld"}
    (finding, *_) = found(run, "approval-void", code=1)
    assert "this statement of the same meaning is not proven" in finding["message"]
    assert re.fullmatch(r"handouts/locales/en/approvals\.toml:\d+", finding["where"])


def test_a_statement_on_another_text_than_the_signed_one_carries_nothing(
    signed: Site, run: Run
) -> None:
    signed.edit(f"topics/{NAME}/topic.md", DRINK, COMMA)
    run(*STATE)
    was = re.search(r'was = "sha256:\w+"', signed.read("locales/en/approvals.toml"))
    assert was
    signed.edit("locales/en/approvals.toml", was[0], f'was = "sha256:{"0" * 64}"')
    assert states(run) == {"en": "approved", "es": "withheld", "ar": "withheld"}


def test_every_role_that_signs_the_source_has_to_state_it(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "ar"), clinic={'source = ["clinician"]': 'source = ["clinician", "editor"]'})
    for code, roles in {"en": ("clinician", "editor"), "ar": ROLES["ar"]}.items():
        for role in roles:
            run("approve", NAME, code, "--role", role, "--by", f"Dr {role}")
    made.edit(f"topics/{NAME}/topic.md", DRINK, COMMA)
    run(*STATE)
    assert states(run) == {"en": "draft", "ar": "withheld"}
    run("approve", NAME, "en", "--role", "editor", "--by", "Ed", "--meaning-unchanged")
    assert states(run) == {"en": "approved", "ar": "approved"}


# What is proven


def test_a_record_that_was_changed_is_an_error(signed: Site, run: Run) -> None:
    assert found(run, "approval-void", "approval-stray") == []
    name = f"locales/ar/signed/{NAME}.reviewer.txt"
    signed.edit(name, "استرح واشرب ما يكفي.", "استرح.")
    (finding,) = found(run, "approval-void", code=1)
    assert finding["severity"] == "error"
    assert finding["where"] == f"handouts/{name}"
    assert "this is not the text that was signed: its digest differs" in finding["message"]
    signed.path(name).unlink()
    (finding,) = found(run, "approval-void")
    assert finding["severity"] == "warning"
    assert "the text that was signed is not kept" in finding["message"]


ROW = """
[[approval]]
topic = "{topic}"
role = "{role}"
name = "Dr X"
date = {date}
digest = "sha256:{digest}"
"""


@pytest.mark.parametrize(
    ("row", "code", "expected"),
    [
        ({"topic": "sore-troat"}, "approval-stray", "is no topic; did you mean 'sore-throat'?"),
        ({"topic": "gout"}, "approval-stray", "'gout', which is no topic; delete it"),
        ({"role": "nurse"}, "approval-stray", "nobody asks a 'nurse' to sign ar"),
        ({}, "approval-stray", "reviewer signs 'sore-throat' more than once here"),
        ({"date": "2026-12-03"}, "approval-void", "signs on 2026-12-03, which is still to come"),
        ({"digest": "12"}, "source-unreadable", "String should match pattern"),
    ],
)
def test_rows_that_belong_to_no_text_are_found_with_their_line(
    signed: Site, run: Run, row: dict[str, str], code: str, expected: str
) -> None:
    text = signed.read("locales/ar/approvals.toml")
    first = {"topic": NAME, "role": "reviewer", "date": "2026-12-01", "digest": "1" * 64}
    signed.write("locales/ar/approvals.toml", text + ROW.format(**{**first, **row}))
    line = text.count("\n") + 2
    # A row of nothing hurts nobody; what a second reviewer signed is not the text that is kept.
    harmless = "topic" in row or "role" in row
    report = json.loads(run("check", "--json", code=0 if harmless else 1).out)
    rows = [f for entry in report["leaflets"] for f in entry["findings"]]
    rows += report.get("findings", [])
    hits = [f for f in rows if f["code"] == code and expected in f["message"]]
    assert hits, rows
    assert any(re.fullmatch(rf".*approvals\.toml:({line}|{line + 5})", f["where"]) for f in hits)


def test_a_topic_that_is_gone_leaves_a_warning(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "ar"), {NAME: TOPIC, "cold": TOPIC.replace("id: sore-throat", "id: cold")})
    run("approve", "cold", "ar", "--role", "reviewer", "--by", "Dr X")
    made.path("topics/cold/topic.md").unlink()
    made.path("topics/cold").rmdir()
    (finding,) = found(run, "approval-stray")
    assert finding["message"] == "this approval is of 'cold', which is no topic; delete it"
    assert "[approval-stray]\n" in run("check").err
    assert "approval-stray" not in run("check", NAME).err


@pytest.mark.parametrize("locale", ["ar", "km"])
def test_a_signature_of_a_day_to_come_counts_nowhere_before_that_day(
    site: Callable[..., Site], run: Run, locale: str
) -> None:
    made = site(("en", locale))
    run("approve", NAME, "en", "--role", "clinician", "--by", "Dr Clinician")
    for role in ("reviewer", "clinician"):
        run("approve", NAME, locale, "--role", role, "--by", f"Dr {role}")
    approvals = f"locales/{locale}/approvals.toml"
    text = made.read(approvals)
    made.write(approvals, text.replace("2026-12-01", "2026-12-24", 1))

    def state(today: str) -> Any:
        """Return what a build makes of it, what stands, what `status` says and what is valid."""
        done = json.loads(run("build", "--json", today=today).out)
        (entry,) = (one for one in done["leaflets"] if one["locale"] == locale)
        row = json.loads(run("status", "--json", "--locale", locale, today=today).out)["leaflets"]
        files = sorted(path.name for path in (made.out / locale).glob("*.pdf"))
        valid = sorted(one["valid"] for one in row[0]["approvals"])
        voided = [f["message"] for f in entry["findings"] if f["code"] == "approval-void"]
        return entry["state"], files, row[0]["state"], valid, voided

    draft, approved = f"{NAME}.standard.draft.pdf", f"{NAME}.standard.pdf"
    said = (
        "Dr clinician signs this text as clinician on 2026-12-24, which is still to come; "
        "correct the date, or ask for a new signature"
    )
    before = ("draft", [draft], "draft", [False, True], [said])
    assert state("2026-12-01") == before
    assert state("2026-12-22") == before
    assert said in run("print", NAME, locale, code=1, today="2026-12-22").err
    # It may be the next day already where it is signed.
    assert state("2026-12-23") == ("approved", [approved], "approved", [True, True], [])
    assert run("build", today="2026-12-23").out.startswith("Everything is unchanged")
    assert state("2026-12-22")[0] == "draft"


def test_a_statement_of_a_day_to_come_carries_nothing(signed: Site, run: Run) -> None:
    signed.edit(f"topics/{NAME}/topic.md", "action: Rest and drink", "action: Rest, and drink")
    run("approve", NAME, "en", "--role", "clinician", "--by", "Dr X", "--meaning-unchanged")
    assert set(states(run).values()) == {"approved"}
    text = signed.read("locales/en/approvals.toml")
    signed.write("locales/en/approvals.toml", text.replace("2026-12-01", "2026-12-24"))
    assert states(run) == {"en": "draft", "es": "withheld", "ar": "withheld"}
