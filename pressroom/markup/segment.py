"""Put line-break opportunities into text of scripts that set no spaces between words."""

from __future__ import annotations

from icu4py.breakers import LineBreaker

#: Zero width space: a line may break here, and nothing shows.
ZWSP = "\u200b"


def segment(text: str, language: str) -> str:
    """Put a zero width space at each of ICU's line-break opportunities between letters."""
    if not text:
        return ""
    pieces = list(LineBreaker(text, language))
    if "".join(pieces) != text:  # pragma: no cover - ICU never drops text
        return text
    out = []
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        out.append(piece)
        if following and not piece[-1:].isspace() and piece[-1:] != ZWSP and piece[-1:] != "-":
            out.append(ZWSP)
    return "".join(out)
