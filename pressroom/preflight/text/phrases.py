"""Return what a text has besides known phrases: a line of furniture holds several."""

from __future__ import annotations

from collections.abc import Iterable

from .normalise import normalised

#: What may stand between pieces of furniture.
BETWEEN = frozenset(" ,.;:·•|()")


def phrases(texts: Iterable[str]) -> list[str]:
    """Return texts as `strange` takes them: normalised, the longest first."""
    return sorted({normalised(text) for text in texts} - {""}, key=len, reverse=True)


def strange(text: str, known: Iterable[str], between: frozenset[str] = BETWEEN) -> bool:
    """Return whether a normalised text has more than these phrases, each once, and `between`."""
    for phrase in known:
        text = text.replace(phrase, " ", 1)
    return not between.issuperset(text)
