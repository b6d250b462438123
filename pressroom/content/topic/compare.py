"""Compare a translation with its source: its language, and which links and marks it lost."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from ...core.model import Span, plain
from ..placeholders import PLACEHOLDER, placeholders
from .inline import NOTE, LinkError, read_inline

_URL = re.compile(r"(?:https?://|mailto:|tel:)[^\s)>\]]+")


#: Fewer letters than this do not tell the language of a message: names and codes.
_TELLING_LETTERS = 16


@lru_cache(maxsize=64)
def _names(kept: frozenset[str]) -> re.Pattern[str]:
    """Return what finds names; letters of a script without spaces may stand beside them."""
    longest_first = sorted(kept, key=len, reverse=True)
    either = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<![a-z])(?:{either})(?![a-z])", re.IGNORECASE)


def wrong_language(
    source: str, text: str, letters: tuple[str, ...], kept: frozenset[str] = frozenset()
) -> str:
    """Return why a translation looks untranslated or in another script; empty if it does not.

    `letters` is how Unicode's names of the locale's letters begin; `kept` are names that the
    locale leaves as they are, which do not count.
    """
    if kept:
        names = _names(kept)
        source, text = names.sub(" ", source), names.sub(" ", text)
    words = PLACEHOLDER.sub(" ", _URL.sub(" ", text))
    if " ".join(text.split()) == " ".join(source.split()):
        plain_words = [w for w in re.findall(r"[^\W\d_]+", words) if not w.isupper()]
        if len(plain_words) >= 4:
            return "is still in the source language"
    found = [c for c in words if c.isalpha()]
    if len(found) < _TELLING_LETTERS:
        return ""
    own = sum(unicodedata.name(c, "").startswith(letters) for c in found)
    # Names and links may well outnumber the letters of a short message.
    return "" if own * 4 >= len(found) else "is in another script than its locale"


def markup_differences(source: str, text: str) -> list[str]:
    """Return what emphasis, links and placeholders a translation lost, added or broke."""
    problems = []
    if set(placeholders(source)) != set(placeholders(text)):
        lost = [f"{{{n}}}" for n in placeholders(source) if n not in placeholders(text)]
        added = [f"{{{n}}}" for n in placeholders(text) if n not in placeholders(source)]
        said = " and ".join(
            part
            for part in (
                f"{', '.join(lost)} is missing" if lost else "",
                f"{', '.join(added)} is unknown" if added else "",
            )
            if part
        )
        problems.append(f"{said}; keep the placeholders of the source")
    if other := set(NOTE.findall(source)) ^ set(NOTE.findall(text)):
        said = ", ".join(f"[^{name}]" for name in sorted(other))
        problems.append(f"the marks of notes differ ({said}); keep those of the source")
    try:
        wanted, got = _shape(read_inline(source)), _shape(read_inline(text))
    except LinkError as problem:
        return [*problems, f"{problem}; change it"]
    for kind, plural in (("strong", "**bold**"), ("emphasis", "*emphasis*"), ("code", "`code`")):
        if wanted[kind] != got[kind]:
            # Marks that are left over among the words were read as none.
            unread = kind == "strong" and "**" in plain(read_inline(text))
            step = "set ** close to a letter, a sign outside of them" if unread else ""
            problems.append(
                f"{plural} stands {got[kind]} times, in the source {wanted[kind]} times; "
                f"{step or 'mark the same words'}"
            )
    links = {k: v for k, v in wanted.items() if k.startswith("link ")}
    if links != {k: v for k, v in got.items() if k.startswith("link ")}:
        problems.append("the links differ from those of the source; keep their addresses")
    return problems


def _shape(spans: tuple[Span, ...]) -> Counter[str]:
    shape: Counter[str] = Counter()
    for span in spans:
        if span.kind == "link":
            shape[f"link {span.href}"] += 1
        elif span.kind != "text":
            shape[span.kind] += 1
        shape += _shape(span.children)
    return shape
