"""The page for whoever keeps the site: what is overdue, who has to act, and what waits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pressroom.build import render
from pressroom.review.due import Due, due_table
from pressroom.review.progress import LeafletProgress, Overview
from pressroom.review.progress_tables import tables

from .. import killed
from ..conftest import Outcome
from ..support import COLD, NAME, TOPIC, Site, approve

Run = Callable[..., Outcome]


def test_it_says_what_waits_and_is_filtered_by_a_name(
    site: Callable[..., Site], run: Run, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "set_and_judge", killed.page)
    cold = COLD.replace("tags: []", "tags: []\nowner: Ola Owner").replace(
        "2027-11-22", "2026-11-30"
    )
    made = site(("en", "ar", "km"), {NAME: TOPIC, "cold": cold})
    made.edit("clinic.toml", "[contact]", 'owner = "Kim Keeper"\n\n[contact]')
    approve(run, "en")
    run("approve", NAME, "ar", "--role", "reviewer", "--by", "Dr X")
    run("build")
    assert run("due", "--html", "--within", "400").out.startswith("dist/rack/due.html: 2 entries.")
    page.goto((made.out / "rack/due.html").as_uri())
    overdue = page.locator("#overdue .found")
    expect(overdue).to_have_count(1)
    expect(overdue).to_contain_text("overdue for 1 day")
    expect(overdue).to_contain_text("Ola Owner")
    expect(page.locator("#soon .found")).to_contain_text("Kim Keeper")
    drafts = page.locator("#drafts .found")
    said = [" | ".join(row.locator("th, td").all_text_contents()) for row in drafts.all()]
    assert said == [
        "cold | en | clinician",
        "cold | ar, km | reviewer, clinician",
        f"{NAME} | ar | clinician",
        f"{NAME} | km | reviewer, clinician",
    ]
    page.get_by_label("Show only what has these words:").fill("ola")
    expect(overdue).to_be_visible()
    expect(page.locator("#soon")).to_be_hidden()
    found = Axe().run(page, options={"preload": False}).response["violations"]
    assert found == [], [one["id"] for one in found]


@pytest.mark.parametrize("state", ["withheld", "unreadable", "draft"])
def test_a_large_site_is_summed_up_with_the_worst_first(state: str) -> None:
    codes = ("en", "ar", "km", "ur", "zh-Hans", "es", "hi", "fa")
    lines = [
        LeafletProgress(f"topic-{n}", code, "approved", review_by="2027-11-22")
        for n in range(300)
        for code in codes
    ]
    lines[8 * 250 + 1] = LeafletProgress("topic-250", "ar", state)  # type: ignore[arg-type]
    lines[8 * 251 + 2] = LeafletProgress("topic-251", "km", "approved", overdue=True)
    worst, locales = tables(Overview(tuple(lines), ()))
    assert worst.rows[0] == ("topic-251", "1 overdue, 8 approved")
    assert worst.rows[1] == ("topic-250", f"1 {state}, 7 approved")
    assert len(worst.rows) + len(locales.rows) <= 24


def test_what_falls_due_fits_a_screen_in_a_summary() -> None:
    days = [f"2026-12-{n:02}" for n in range(1, 25)]
    due = [Due("review", f"t{day}", "T", ("ar",), day, 1, False, "") for day in days]
    older = [Due("translation", "t", "T", (code,), "", None, True, "") for code in ("ar", "km")]
    table = due_table([*older, *due], 10)
    assert len(table.rows) == 10
    assert table.title == "Falls due: the first 10 of 25; 'handouts due' has them all"
    assert table.rows[0][4] == "ar, km"
