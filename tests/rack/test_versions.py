"""“Is this copy current?”: what the page of a topic answers for the mark on a paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from pressroom.build import render

from .. import killed
from ..conftest import Outcome
from ..support import COLD, NAME, TOPIC, Site, approve

Run = Callable[..., Outcome]
TOPIC_FILE = f"topics/{NAME}/topic.md"
NO_MARK = "cannot tell"


def marks(made: Site) -> dict[tuple[str, str], str]:
    """Return the marks of the site's releases, by locale and version."""
    words = made.words()
    from pressroom.build.history import History

    issues = History(words.records, words.site.clinic).issues()
    return {(one.locale, one.version): one.mark for one in issues if one.topic == NAME}


def test_it_answers_for_each_copy(
    site: Callable[..., Site], run: Run, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "set_and_judge", killed.page)
    made = site(("en", "ar", "km"), {NAME: TOPIC, "cold": COLD})
    made.edit("clinic.toml", "[contact]", '[rack]\naddress = "https://l.example"\n\n[contact]')
    for code in ("en", "ar", "km"):
        approve(run, code)
    run("build")
    made.edit(TOPIC_FILE, "Take 1–2 tablets", "Take 1 tablet")
    made.edit(TOPIC_FILE, '"1.0"', '"1.1"\nchange: One tablet, not two.')
    approve(run, "en")
    run("build")
    run("withdraw", NAME, "km", "--because", "the dose is wrong")
    of = marks(made)
    address = (made.out / f"c/{NAME}.html").as_uri()

    def answer(fragment: str) -> str:
        page.goto("about:blank")
        page.goto(f"{address}#{fragment}")
        box = page.locator("#answer")
        expect(box).to_be_visible()
        kind = "good" if "good" in (box.get_attribute("class") or "") else "bad"
        return f"{kind}: {box.inner_text()}"

    current = answer(f"en-1.1-{of['en', '1.1']}")
    assert current.startswith("good: ")
    assert NO_MARK not in current
    replaced = answer(f"en-1.0-{of['en', '1.0']}")
    assert replaced.startswith("bad: ")
    for part in ("1.1", of["en", "1.1"], "One tablet, not two."):
        assert part in replaced
    assert "revised" in answer(f"ar-1.0-{of['ar', '1.0']}")
    withdrawn = answer(f"km-1.0-{of['km', '1.0']}")
    assert "bad: " in withdrawn
    assert "the dose is wrong" in withdrawn
    assert answer("en-1.1-zzzzzz").startswith("bad: ")
    # Paper from before there were marks: by its version, and it says what it cannot tell.
    for fragment, kind in (("en-1.1", "good: "), ("en-1.0", "bad: ")):
        said = answer(fragment)
        assert said.startswith(kind)
        assert NO_MARK in said
    run("build", today="2027-11-23")
    late = answer(f"en-1.1-{of['en', '1.1']}")
    assert late.startswith("bad: ")
    assert "review" in late
