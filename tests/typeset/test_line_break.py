"""A line keeps its words where only its last space does not fit."""

from __future__ import annotations

from typing import Any

import pytest

from pressroom.typeset.typesetter import Typesetter

WORDS = "you have any of the warning signs in this box. For urgent advice, call "


def _text(box: Any) -> str:
    if hasattr(box, "text"):
        return str(box.text)
    return "".join(_text(child) for child in getattr(box, "children", ()))


def _lines(box: Any) -> list[str]:
    if type(box).__name__ == "LineBox":
        return [_text(box)]
    return [line for child in getattr(box, "children", ()) for line in _lines(child)]


def _set(typesetter: Typesetter, width_px: float) -> list[str]:
    html = (
        "<html lang='en'><style>@page { size: 300mm 100mm; margin: 0 }"
        f"p {{ font: 12pt 'Noto Sans'; margin: 0; width: {width_px}px }}</style>"
        f"<p>{WORDS}<strong>020</strong> now</p>"
    )
    document = typesetter.weasyprint.HTML(string=html).render(font_config=typesetter.font_config)
    return _lines(document.pages[0]._page_box)


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


def test_no_word_stands_alone_at_any_width(typesetter: Typesetter) -> None:
    whole = 560.0
    for step in range(40):
        first = _set(typesetter, whole - 60 + step * 3)[0]
        assert len(first.split()) > 5, first


def test_words_are_kept_in_order(typesetter: Typesetter) -> None:
    for step in range(20):
        lines = _set(typesetter, 480 + step * 4)
        assert " ".join(" ".join(lines).split()) == f"{WORDS}020 now"
