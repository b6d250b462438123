"""What is withdrawn leaves the output folder at once, and stays out until it is put back."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pressroom.content.withdrawals import put_back, read_withdrawn, withdraw
from pressroom.core.errors import ConfigurationError, HandoutError
from pressroom.core.lock import locked
from pressroom.core.model import Withdrawal

from ..conftest import Outcome
from ..support import TODAY, TOPIC, Site

Run = Callable[..., Outcome]
NAME = "sore-throat"
COLD = TOPIC.replace("id: sore-throat", "id: cold")


@pytest.fixture
def two(site: Callable[..., Site], run: Run) -> Site:
    """Return a site of two topics in three locales, built."""
    made = site(("en", "ar", "km"), {NAME: TOPIC, "cold": COLD})
    run("build")
    return made


def rows(made: Site) -> Any:
    return tomllib.loads(made.read("withdrawn.toml"))["withdrawn"]


def test_a_leaflet_is_taken_out_in_one_locale(two: Site, run: Run) -> None:
    before = set(two.outputs())
    done = run("withdraw", NAME, "ar", "--because", "the dose is wrong", "--by", "Dr  Öz")
    assert done.out.startswith(
        "handouts/withdrawn.toml: sore-throat in ar is withdrawn on 2026-12-01 by Dr Öz, "
        "because the dose is wrong.\n"
    )
    assert rows(two) == [
        {"topic": NAME, "locale": "ar", "because": "the dose is wrong", "by": "Dr Öz",
         "date": TODAY},
    ]  # fmt: skip
    gone = before - set(two.outputs())
    assert gone == {
        f"ar/{NAME}.standard.draft.pdf", f"ar/{NAME}.html",
        f"rack/thumbs/ar/{NAME}.standard.draft.png",
    }  # fmt: skip


def test_a_topic_is_taken_out_in_every_locale_and_stays_out(two: Site, run: Run) -> None:
    run("withdraw", NAME, "--because", "recalled")
    left = {name for name in two.outputs() if re.match(rf"[a-z]{{2}}/({NAME}|.*pdf)", name)}
    assert left == {f"{code}/cold.standard.draft.pdf" for code in ("en", "ar", "km")}
    report = json.loads(run("build", "--force", "--json").out)
    said = {(e["topic"], e["locale"]): e for e in report["leaflets"]}
    for code in ("en", "ar", "km"):
        entry = said[NAME, code]
        assert (entry["result"], entry["file"]) == ("withheld", "")
        assert entry["reason"] == "withdrawn on 2026-12-01, because recalled"
        assert [f["code"] for f in entry["findings"]] == ["withdrawn"]
        assert entry["findings"][0]["where"] == "handouts/withdrawn.toml:4"
        assert said["cold", code]["result"] == "built"
    assert left == {name for name in two.outputs() if re.match(rf"[a-z]{{2}}/({NAME}|.*pdf)", name)}
    assert "withdrawn on 2026-12-01" in run("why", NAME, "km").out
    assert run("check", NAME).out.endswith("3 leaflets checked: 0 failed, 3 withheld.\n")
    run("build", "--strict", code=1)


@pytest.mark.parametrize("where", [(), ("ar",), ("km",)])
def test_a_second_withdrawal_of_a_leaflet_replaces_the_first(
    site: Callable[..., Site], run: Run, where: tuple[str, ...]
) -> None:
    made = site(("en", "ar", "km"))
    run("withdraw", NAME, "en", "--because", "the dose is wrong")
    run("withdraw", NAME, *where, "--because", "the dose is wrong")
    run("withdraw", NAME, *where, "--because", "recalled")
    found = {row.get("locale"): row["because"] for row in rows(made)}
    assert len(rows(made)) == 2
    assert found == {"en": "the dose is wrong", next(iter(where), None): "recalled"}
    gone = 2 if where else 3
    assert f"0 failed, {gone} withheld." in run("check").out


def test_it_waits_for_a_build_that_is_at_work(
    two: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = locked(two.out)
    held.__enter__()
    monkeypatch.setattr("time.sleep", lambda _: held.__exit__(None, None, None))
    done = run("withdraw", NAME, "ar", "--because", "recalled")
    assert "another build is at work (process " in done.err
    assert "withheld ar/sore-throat.standard" in done.out
    assert not list((two.out / "ar").glob(f"{NAME}.*"))


def test_it_is_put_back(two: Site, run: Run) -> None:
    before = set(two.outputs())
    run("withdraw", NAME, "ar", "--because", "recalled")
    done = run("withdraw", NAME, "ar", "--undo")
    assert "sore-throat in ar may be published again; run 'handouts build'" in done.out
    assert "withdrawn" not in tomllib.loads(two.read("withdrawn.toml"))
    run("build")
    assert set(two.outputs()) == before


def test_a_withdrawal_before_the_first_build_builds_nothing(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "ar"))
    run("withdraw", NAME, "ar", "--because", "recalled")
    assert not made.out.exists()
    run("build")
    assert not (made.out / "ar").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("sore-troat", "--because", "x"), "did you mean 'sore-throat'?"),
        ((NAME, "arr", "--because", "x"), "there is no locale 'arr'; did you mean 'ar'?"),
        ((NAME, "ar"), '--because says nothing; write --because "…" in a few words'),
        ((NAME, "ar", "--because", " "), "--because says nothing"),
        ((NAME, "ar", "--because", "a\u202eb"), "--because has the direction control U+202E"),
        ((NAME, "ar", "--because", "x" * 501), "--because is too long"),
        ((NAME, "ar", "--because", "x", "--by", "\x07"), "--by has the control character U+0007"),
        ((NAME, "ar", "--undo"), "sore-throat in ar is not withdrawn; there is nothing to undo"),
    ],
)
def test_what_cannot_be_withdrawn_is_said(
    site: Callable[..., Site], run: Run, arguments: tuple[str, ...], expected: str
) -> None:
    made = site(("en", "ar"))
    assert expected in run("withdraw", *arguments, code=2).err
    assert not made.path("withdrawn.toml").exists()


def test_a_topic_withdrawn_as_a_whole_is_not_put_back_in_one_locale(
    site: Callable[..., Site], run: Run
) -> None:
    site(("en", "ar"))
    run("withdraw", NAME, "--because", "recalled")
    done = run("withdraw", NAME, "ar", "--undo", code=2)
    assert done.err == (
        "sore-throat in ar is not withdrawn; withdrawn is sore-throat in every locale\n"
    )


ROW = '[[withdrawn]]\ntopic = "sore-throat"\nbecause = "x"\ndate = 2026-12-01\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ROW.replace("sore-", "sor-"), "withdrawn.toml:1: there is no topic 'sor-throat'; did you"),
        (ROW.replace("sore-throat", "gout"), "there is no topic 'gout'; delete the entry"),
        (ROW + 'locale = "zh_CN"\n', "withdrawn.toml:1: 'zh_CN' is not the name of a locale; "),
        (ROW + ROW, "withdrawn.toml:5: sore-throat in every locale is withdrawn in handouts/"),
        (ROW.replace("because", "becaus"), "withdrawn.toml:3: unknown key 'withdrawn.0.becaus'"),
        (ROW.replace("2026-12-01", '"soon"'), "withdrawn.toml:4: 'withdrawn.0.date': "),
        (ROW.replace("[[", "["), "withdrawn.toml:1: "),
    ],
)
def test_a_list_that_is_broken_stops_every_build(
    site: Callable[..., Site], run: Run, text: str, expected: str
) -> None:
    made = site(("en", "ar"))
    made.write("withdrawn.toml", text)
    assert expected in run("build", code=2).err
    assert not made.out.exists()


LINE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), min_size=1
).map(lambda text: " ".join(text.split()))


@given(LINE.filter(bool), LINE)
def test_any_reason_comes_back(tmp_path: Path, because: str, by: str) -> None:
    row = Withdrawal("cold", "ar", because, by, date(2026, 12, 1))
    withdraw(tmp_path, (), row)
    (read,) = read_withdrawn(tmp_path, ["cold"])
    assert (read.topic, read.locale, read.because, read.by) == ("cold", "ar", because, by)
    put_back(tmp_path, [read], "cold", "ar")
    assert read_withdrawn(tmp_path, []) == ()


def test_a_list_that_leads_out_of_the_site_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere.toml"
    outside.write_text(ROW, encoding="utf-8")
    site = tmp_path / "handouts"
    site.mkdir()
    (site / "withdrawn.toml").symlink_to(outside)
    with pytest.raises(HandoutError, match="leads out of") as caught:
        read_withdrawn(site, [NAME])
    assert isinstance(caught.value, ConfigurationError)


def test_an_older_leaflet_is_off_the_rack_past_its_own_review_date(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "ar"))
    for role in ("reviewer", "clinician"):
        run("approve", NAME, "ar", "--role", role, "--by", f"Dr {role}")
    run("build")
    # The source is changed and reviewed anew; its translation waits, and the old one stands.
    made.edit(f"topics/{NAME}/topic.md", "Rest for 2 days.", "Rest at home for 2 days.")
    made.edit(f"topics/{NAME}/topic.md", "issued: 2026-11-23", "issued: 2026-12-01")
    made.edit(f"topics/{NAME}/topic.md", "2027-11-22", "2028-11-22")

    def arabic(day: str) -> tuple[list[int], list[int]]:
        run("build", "--quiet", today=day)
        shard = (made.out / "rack/titles/ar.js").read_text("utf-8")
        data = json.loads(shard[shard.index(",") + 1 : shard.rindex(")")])
        return data["overdue"], [editions[0][3] for editions in data["editions"]]

    assert arabic("2026-12-02") == ([0], [1])
    assert arabic("2027-11-22") == ([0], [1])
    assert arabic("2027-11-23") == ([1], [1])
    assert 'data-state="out-of-date"' in (made.out / f"c/{NAME}.html").read_text("utf-8")
    assert (made.out / f"ar/{NAME}.standard.pdf").is_file()
