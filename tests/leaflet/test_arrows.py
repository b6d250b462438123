"""An arrow points from what is read before it to what is read after it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pressroom.core.model import plain
from pressroom.leaflet.arrows import turned

from ..support import TOPIC, TRANSLATIONS, Site
from .test_markup import html_of, leaflet_of


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("Day 1 → day 2", "اليوم 1 → اليوم 2", "اليوم 1 ← اليوم 2"),
        ("Day 1 → day 2", "יום 1 ← יום 2", "יום 1 ← יום 2"),
        ("Day 1 → 2 → 3", "روز 1 → 2 ← 3", "روز 1 ← 2 ← 3"),
        ("Back ← to the start", "شروع ته ← بېرته", "شروع ته → بېرته"),
        ("Go ➔ on ⇒ and ▶", "آگے ➔ پھر ⇒ اور ▶", "آگے ⬅ پھر ⇐ اور ◀"),
        # To both sides: turned only where all were copied.
        ("A → B ← C", "أ → ب ← ج", "أ ← ب → ج"),
        ("A → B ← C", "أ ← ب → ج", "أ ← ب → ج"),
        ("Up ↑ and ↔", "فوق ↑ و↔", "فوق ↑ و↔"),
        ("No arrow", "→", "→"),
    ],
)
def test_arrows_are_turned_as_the_source_has_them(source: str, text: str, expected: str) -> None:
    assert turned(text, source) == expected


@pytest.mark.parametrize("typed", ["→", "←"])
def test_a_leaflet_and_its_web_page_show_the_arrow_turned(
    site: Callable[..., Site], typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = "Rest for 2 days.", "Day 1 → day 2."
    monkeypatch.setitem(
        TRANSLATIONS, "ar", {**TRANSLATIONS["ar"], new: f"اليوم 1 {typed} اليوم 2."}
    )
    monkeypatch.setitem(TRANSLATIONS, "es", {**TRANSLATIONS["es"], new: "Día 1 → día 2."})
    made = site(("en", "es", "ar"), {"sore-throat": TOPIC.replace(old, new)})
    for code, arrow in (("ar", "←"), ("es", "→"), ("en", "→")):
        shown = [plain(spans) for spans in leaflet_of(made, code).words.values()]
        assert [one for one in shown if "1" in one and arrow in one]
        for template in ("leaflet.html", "leaflet-web.html"):
            assert {c for c in html_of(made, code, template) if c in "→←"} == {arrow}
