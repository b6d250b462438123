"""Order text as a page paints it: the Unicode bidirectional algorithm (UAX #9) for one line.

Explicit formatting characters are not handled: the text of a leaflet is isolated by elements, and
each text box is a paragraph of its own.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_STRONG = ("L", "R", "AL")
#: Paired brackets (BD14 to BD16), those that leaflets use.
_PAIRS = {"(": ")", "[": "]", "{": "}", "（": "）", "「": "」", "『": "』", "【": "】", "〈": "〉"}
_CLOSING = {close: open_ for open_, close in _PAIRS.items()}


@lru_cache(maxsize=4096)
def _class(character: str) -> str:
    found = unicodedata.bidirectional(character) or "L"
    return (
        "BN" if found in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI") else found
    )


def levels(text: str, rtl: bool | None) -> list[int]:
    """Return the embedding level of each character of a line of this base direction.

    Without one, all characters are overridden, and run from left to right.
    """
    if rtl is None:
        return [0] * len(text)
    base = int(rtl)
    kinds = [_class(c) for c in text]
    if not rtl and not any(kind in ("R", "AL", "AN") for kind in kinds):
        return [0] * len(text)
    edge = "R" if rtl else "L"
    types = list(kinds)
    previous = edge
    # W1 to W3
    last_strong = edge
    for i, kind in enumerate(types):
        if kind in ("NSM", "BN"):
            types[i] = previous
        elif kind == "EN" and last_strong == "AL":
            types[i] = "AN"
        if kind in _STRONG:
            last_strong = kind
        previous = types[i]
    types = ["R" if kind == "AL" else kind for kind in types]
    # W4
    for i in range(1, len(types) - 1):
        before, after = types[i - 1], types[i + 1]
        if before == after and (
            (types[i] == "ES" and before == "EN") or (types[i] == "CS" and before in ("EN", "AN"))
        ):
            types[i] = before
    # W5 and W6
    i = 0
    while i < len(types):
        if types[i] == "ET":
            end = i
            while end < len(types) and types[end] == "ET":
                end += 1
            number = (i and types[i - 1] == "EN") or (end < len(types) and types[end] == "EN")
            types[i:end] = ["EN" if number else "ON"] * (end - i)
            i = end
        else:
            i += 1
    types = ["ON" if kind in ("ES", "CS", "ET") else kind for kind in types]
    # W7
    last_strong = edge
    for i, kind in enumerate(types):
        if kind in ("L", "R"):
            last_strong = kind
        elif kind == "EN" and last_strong == "L":
            types[i] = "L"
    _resolve_brackets(text, types, kinds, edge)
    # N1 and N2
    i = 0
    while i < len(types):
        if types[i] in ("L", "R", "EN", "AN"):
            i += 1
            continue
        end = i
        while end < len(types) and types[end] not in ("L", "R", "EN", "AN"):
            end += 1
        before = _strength(types[i - 1]) if i else edge
        after = _strength(types[end]) if end < len(types) else edge
        types[i:end] = [before if before == after else edge] * (end - i)
        i = end
    # I1 and I2
    found = []
    for kind in types:
        if base == 0:
            found.append({"L": 0, "R": 1}.get(kind, 2))
        else:
            found.append(1 if kind == "R" else 2)
    # L1: white space at the end of the line
    for i in range(len(text) - 1, -1, -1):
        if kinds[i] not in ("WS", "B", "S", "BN"):
            break
        found[i] = base
    return found


def _strength(kind: str) -> str:
    return "L" if kind == "L" else "R"


def _resolve_brackets(text: str, types: list[str], kinds: list[str], edge: str) -> None:
    """Set the direction of each pair of brackets to that of the text in it (rule N0)."""
    stack: list[tuple[str, int]] = []
    pairs = []
    for i, character in enumerate(text):
        if types[i] != "ON":
            continue
        if character in _PAIRS:
            stack.append((character, i))
        elif character in _CLOSING:
            for depth in range(len(stack) - 1, -1, -1):
                if stack[depth][0] == _CLOSING[character]:
                    pairs.append((stack[depth][1], i))
                    del stack[depth:]
                    break
    for start, end in sorted(pairs):
        inside = {_strength(t) for t in types[start + 1 : end] if t in ("L", "R", "EN", "AN")}
        if edge in inside:
            direction = edge
        elif inside:
            before = next(
                (_strength(t) for t in reversed(types[:start]) if t in ("L", "R", "EN", "AN")), edge
            )
            direction = before if before in inside else edge
        else:
            continue
        for bracket in (start, end):
            types[bracket] = direction
            for i in range(bracket + 1, len(text)):
                if kinds[i] != "NSM":
                    break
                types[i] = direction


def visual_runs(found: list[int]) -> list[tuple[int, int, int]]:
    """Return the level runs from left to right: start, end, level (rule L2)."""
    runs: list[tuple[int, int, int]] = []
    for i, level in enumerate(found):
        if runs and runs[-1][2] == level:
            runs[-1] = (runs[-1][0], i + 1, level)
        else:
            runs.append((i, i + 1, level))
    if not runs:
        return []
    for level in range(max(found), 0, -1):
        i = 0
        while i < len(runs):
            if runs[i][2] < level:
                i += 1
                continue
            end = i
            while end < len(runs) and runs[end][2] >= level:
                end += 1
            runs[i:end] = reversed(runs[i:end])
            i = end
    return runs
