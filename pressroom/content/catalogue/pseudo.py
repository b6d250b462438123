"""Make catalogues of pseudo-locales, which show what breaks before a translator begins.

`en-XA` is longer, accented and bracketed; `ar-XB` runs from right to left in
Arabic letters. Text that stays plain English on such a page escaped
translation; a bracket that is missing was cut off. Both are built only where
they are named (`--locale en-XA`), and no rack offers them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...core.model import Message
from .po import Catalogue, Entry

#: Codes of the pseudo-locales, as CLDR has them.
PSEUDO = ("en-XA", "ar-XB")

#: Share by which a pseudo-translation is longer than its source.
LONGER = 0.35

_ACCENTED = str.maketrans(
    "ABCDEFGHIKLNORSTUYZabcdeghiklnorstuyz",
    "ÅßÇÐÉƑĜĤÎĶĻÑÖŔŠŢÛÝŽåƀçđéĝĥîķļñöŕšţûýž",
)
_ARABIC = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابجدعفغهيجكلمنوپقرستوڤوخيز")

#: What stays as it is: placeholders, targets of links, addresses, figures, codes, markup.
_KEPT = re.compile(
    r"\{\w+\}|\[\^[^\]]+\]|\]\([^)]*\)|https?://\S+|\b[\w.]+\.(?:uk|example|org|com)\b"
    r"|\b[A-Z][A-Z0-9]+(?:-[A-Z0-9]+)*\b|\d+"
)


def pseudo_translate(text: str, code: str) -> str:
    if code == "en-XA":
        table = _ACCENTED
    else:
        text = "".join(
            part if _KEPT.fullmatch(part) else part.lower()
            for part in re.split(f"({_KEPT.pattern})", text)
        )
        table = _ARABIC
    out = []
    at = 0
    for kept in _KEPT.finditer(text):
        out += [text[at : kept.start()].translate(table), kept.group()]
        at = kept.end()
    out.append(text[at:].translate(table))
    words = re.findall(r"[^\W\d_]+", _KEPT.sub(" ", text)) or ["x"]
    padding: list[str] = []
    while len(" ".join(padding)) < len(text) * LONGER:
        padding.append(words[len(padding) % len(words)].translate(table))
    return f"«{''.join(out)} {' '.join(padding)}»"


def pseudo_catalogue(messages: Iterable[Message], code: str) -> Catalogue:
    """Return a complete catalogue of a pseudo-locale."""
    return Catalogue(
        path=f"({code})",
        entries={
            message.key: Entry(*message.key, text=pseudo_translate(message.text, code))
            for message in messages
        },
        header={"Last-Translator": "Pressroom (pseudo-locale)"},
    )
