"""Glyphs are worked out from words as Pango shapes them where scripts meet."""

from __future__ import annotations

import pytest

from pressroom.preflight.evidence import Evidence

from .lines import leaflet_in, set_page


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("ko", ["이해 상충: 無.", "척추(脊椎)를 봅니다.", "AS는 5 mg, 없음."]),
        ("ko", ["“AS와 함께”를 봅니다."]),
        ("ja", ["AS（脊椎）。5 mg, NSAIDs.", "無し。"]),
        ("zh-Hans", ["AS（脊柱）。5 mg, NSAIDs.", "无。"]),
    ],
)
def test_what_is_painted_is_what_its_words_are_shaped_to(code: str, lines: list[str]) -> None:
    body = "".join(f"<p>{line}</p>" for line in lines)
    html = f'<html lang="{code}"><title>{code}</title><body>{body}</body></html>'
    evidence = Evidence(set_page(code, html), leaflet_in(code))
    assert [evidence.text_of_leaf(leaf) for leaf in evidence.leaves] == lines
    assert all(evidence.true_glyphs(leaf) for leaf in evidence.leaves)
