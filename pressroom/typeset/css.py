"""Take out of a stylesheet what changes no page: CSS -> CSS without comments and white space."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=64)
def essence(text: str) -> str:
    """Give a stylesheet as its rules read, whatever is written between them.

    White space between tokens is one space, since it may part selectors; comments
    stand for nothing (CSS Syntax 3, 4.3.2). What cannot be read stays, as an error, and
    what is nested so deeply that no typesetter can walk through it stays whole.
    """
    import tinycss2

    try:
        tokens = tinycss2.parse_component_value_list(text, skip_comments=True)
        _narrow(tokens)
        return str(tinycss2.serialize(tokens)).strip()
    except RecursionError:
        return text


def _narrow(tokens: list[Any]) -> None:
    """Make every run of white space between tokens a single space; strings keep theirs."""
    for token in tokens:
        if token.type == "whitespace":
            token.value = " "
        for inner in ("content", "arguments"):
            _narrow(getattr(token, inner, None) or [])
