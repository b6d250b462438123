"""Approvals: who may sign what, and which leaflet stands because of it."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable

import pytest

from ..conftest import Outcome
from ..support import (
    APPROVED,
    NAME,
    PDF,
    TODAY,
    Site,
    approve,
    report_of,
)

Run = Callable[..., Outcome]


def test_an_approved_leaflet_replaces_its_draft(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    run("build", "--quiet")
    approve(run, "es")
    done = run("build")
    assert f"built es/{NAME}.standard: es/{APPROVED}" in done.out
    outputs = made.outputs()
    assert f"es/{APPROVED}" in outputs
    assert f"es/{PDF}" not in outputs
    assert f"en/{PDF}" in outputs
    states = {e["locale"]: e["state"] for e in report_of(made)["leaflets"]}
    assert states == {"en": "draft", "es": "approved"}
    assert "Everything is unchanged" in run("build").out


def test_a_changed_text_is_a_draft_beside_the_approved_leaflet(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "es"))
    approve(run, "es")
    run("build", "--quiet")
    signed = made.outputs()
    made.change("es/sore-throat", "Rest for 2 days.", text="Repose 2 días.")
    done = run("build")
    assert (
        "the text has changed since Dr clinician signed it as clinician on 2026-12-01" in done.err
    )
    outputs = made.outputs()
    assert outputs[f"es/{APPROVED}"] == signed[f"es/{APPROVED}"]
    assert outputs[f"es/{NAME}.html"] == signed[f"es/{NAME}.html"]
    assert f"es/{PDF}" in outputs
    approve(run, "es")
    run("build", "--quiet")
    outputs = made.outputs()
    assert outputs[f"es/{APPROVED}"] != signed[f"es/{APPROVED}"]
    assert outputs[f"es/{NAME}.html"] != signed[f"es/{NAME}.html"]
    assert f"es/{PDF}" not in outputs


def test_a_change_of_style_rebuilds_and_keeps_the_approval(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en",))
    approve(run, "en")
    run("build", "--quiet")
    made.write("styles/site.css", "h1 { color: black }")
    done = run("build")
    assert f"built en/{NAME}.standard: en/{APPROVED}" in done.out
    assert "(the styles changed)" in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        ((NAME, "es", "--role", "boss", "--by", "X"), 2, "this clinic asks no 'boss' to sign 'es'"),
        ((NAME, "en", "--role", "reviewer", "--by", "X"), 2, "asks no 'reviewer' to sign 'en'"),
        ((NAME, "es", "--role", "clinician", "--by", " "), 2, "nobody is named"),
        ((NAME, "es", "--role", "clinican", "--by", "X"), 2, "did you mean 'clinician'?"),
        (("none", "es", "--role", "clinician", "--by", "X"), 2, "there is no topic 'none'"),
        ((NAME, "xx", "--role", "clinician", "--by", "X"), 2, "there is no locale 'xx'"),
        ((NAME, "es", "--by", "X"), 2, "Missing option '--role'"),
    ],
)
def test_approve_refuses(
    site: Callable[..., Site], run: Run, arguments: tuple[str, ...], code: int, expected: str
) -> None:
    made = site(("en", "es"))
    assert expected in run("approve", *arguments, code=code).err
    assert not list(made.handouts.rglob("approvals.toml"))


@pytest.mark.parametrize("text", ["", "Descanse 3 días."])
def test_a_text_that_is_not_whole_cannot_be_signed(
    site: Callable[..., Site], run: Run, text: str
) -> None:
    made = site(("en", "es"))
    made.change("es/sore-throat", "Rest for 2 days.", text=text)
    done = run("approve", NAME, "es", "--role", "clinician", "--by", "Dr X", code=1)
    assert "this text cannot be signed yet; mend the above first" in done.err
    assert "handouts/locales/es/sore-throat.po:" in done.err
    assert not list(made.handouts.rglob("approvals.toml"))


def test_approving_records_role_name_date_and_digest(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    done = run("approve", NAME, "es", "--role", "clinician", "--by", '  Dr  "Q" Öz ')
    assert done.out.startswith("handouts/locales/es/approvals.toml: ")
    run("approve", NAME, "es", "--role", "reviewer", "--by", "R")
    rows = tomllib.loads(made.read("locales/es/approvals.toml"))["approval"]
    assert [row["role"] for row in rows] == ["clinician", "reviewer"]
    assert rows[0]["name"] == 'Dr "Q" Öz'
    assert rows[0]["date"] == TODAY
    assert rows[0]["digest"] == rows[1]["digest"]
    run("approve", NAME, "es", "--role", "clinician", "--by", "Dr Z")
    rows = tomllib.loads(made.read("locales/es/approvals.toml"))["approval"]
    assert [row["name"] for row in rows] == ["Dr Z", "R"]


def test_approving_says_which_role_has_still_to_sign(site: Callable[..., Site], run: Run) -> None:
    site(("en", "es"))
    sign = ("approve", NAME, "es", "--role")
    first = run(*sign, "clinician", "--by", "Dr C").out
    assert "Still to sign: reviewer. It is a draft until then." in first
    assert "Still to sign" not in run(*sign, "reviewer", "--by", "R").out


def test_what_was_published_before_was_not_never_built(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    approve(run, "es")
    run("build", "--quiet")
    shutil.rmtree(made.out)
    gone = "it was published, and is not there any more"
    assert f"es/{NAME}.standard would be rebuilt: {gone}." in run("why", NAME, "es").out
    run("build", "--quiet")
    run("withdraw", NAME, "es", "--because", "a dose is wrong")
    run("withdraw", NAME, "es", "--undo")
    taken = "it was taken out before, and may be published again"
    assert f"es/{NAME}.standard ({taken})" in run("build", "--dry-run").out
    assert f"there is no PDF of these words: {taken}" in run("check", NAME, "--locale", "es").err
    run("build", "--quiet")
    assert "is unchanged" in run("why", NAME, "es").out
