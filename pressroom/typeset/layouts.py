"""Lay a document out in one size after another: size in points -> Document, each once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .endless import GivenUpError, Judge, judging


class Layouts:
    """What lays a document out, and remembers what came of it; see `fitting.LayOut`."""

    def __init__(self, render: Callable[[float, bool], Any]) -> None:
        self._render = render
        self._done: dict[tuple[float, bool], Any] = {}
        self._given_up: set[tuple[float, bool, Judge | None]] = set()

    def __call__(self, size_pt: float, tight: bool = False, judge: Judge | None = None) -> Any:
        """Give the document in a size, perhaps tight; None where the judge gives it up."""
        if (size_pt, tight) in self._done:
            return self._done[size_pt, tight]
        if (size_pt, tight, judge) in self._given_up:
            return None
        try:
            with judging(judge):
                document = self._render(size_pt, tight)
        except GivenUpError:
            self._given_up.add((size_pt, tight, judge))
            return None
        return self._done.setdefault((size_pt, tight), document)
