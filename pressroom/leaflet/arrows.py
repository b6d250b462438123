"""Turn arrows to the side on which a translation goes on: texts -> texts.

An arrow from day 1 to day 2 points from the one to the other. Where the
translation runs the other way than its source, it points to the other side;
Unicode mirrors brackets and comparisons by themselves, but no arrows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Arrows that a person types, to the right and to the left.
_RIGHT = "→⇒⟶⟹⇨⇢↦↠⮕➡▶▷►▸▹⏵☞☛👉"
_LEFT = "←⇐⟵⟸⇦⇠↤↞⬅⬅◀◁◄◂◃⏴☜☚👈"
_TO_LEFT = {
    **dict(zip(_RIGHT, _LEFT, strict=True)),
    # Those that Unicode has to the right only.
    **dict.fromkeys("➔➙➛➜➝➞➟➠", "⬅"),
    **dict.fromkeys("➢➣➤", "◀"),
}
_TO_RIGHT = dict(zip(_LEFT, _RIGHT, strict=True))
_ARROW = re.compile("[" + "".join((*_TO_LEFT, *_TO_RIGHT)) + "]")


def turned(text: str, source: str) -> str:
    """Return a translation whose arrows point as those of its source, seen by its readers.

    A translator may have copied an arrow, or turned it: where all arrows of the source point to
    one side, those of the translation point to the other. Where they do not, they are turned
    if they were copied one by one.
    """
    asked = _ARROW.findall(source)
    if not asked:
        return text
    right = [arrow in _TO_LEFT for arrow in asked]
    if all(right):
        return _ARROW.sub(lambda found: _TO_LEFT.get(found.group(), found.group()), text)
    if not any(right):
        return _ARROW.sub(lambda found: _TO_RIGHT.get(found.group(), found.group()), text)
    if _ARROW.findall(text) != asked:
        return text
    other = {**_TO_LEFT, **_TO_RIGHT}
    return _ARROW.sub(lambda found: other[found.group()], text)


def all_turned(texts: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Return texts by context and source text with their arrows turned."""
    return {key: turned(text, key[1]) for key, text in texts.items()}
