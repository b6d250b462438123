"""Isolate what runs from left to right in right-to-left text: Spans -> Spans.

Telephone numbers, ranges, doses, temperatures, ratios, dates in figures,
formulas, codes, addresses and names in Latin letters are painted in another
order than they are read in, unless they are isolated (R17 of the leaflet
standards). What belongs together is told by Unicode's classes, so that it
holds in every script; bold and emphasis do not part it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, count, groupby

from ..core.directions import has_rtl, is_rtl
from ..core.model import Span, plain

#: One letter for each character of a text stands for its class: `a` a letter, `1` a digit, `R`
#: one that runs from right to left, `-` a hyphen, `n` a minus sign, `<` a comparison, `~` about,
#: `t` times, `s` an asterisk, `*` other operators, `?` what joins parts of an address, `%` a sign
#: behind a number, `$` a currency, `;` the Arabic comma, `x` all else, arrows among them; white
#: space, brackets and what is not named here stand for themselves.
_CLASSES = {
    **dict.fromkeys("<>≤≥≪≫≦≧⩽⩾≮≯≰≱", "<"),
    **dict.fromkeys("~±∓≈∼≃≅", "~"),
    **dict.fromkeys("×✕✖", "t"),
    **dict.fromkeys("÷=≠≡/⁄∕^&@", "*"),
    **dict.fromkeys("?!;_\\…·⋅∙•|", "?"),
    **dict.fromkeys("%‰‱٪°′″℃℉™®©", "%"),
    **dict.fromkeys("#№√", "#"),
    **dict.fromkeys("'’ʼ", "'"),
    **dict.fromkeys("([", "("),
    **dict.fromkeys(")]", ")"),
    **dict.fromkeys("⁺⁻₊₋", "1"),
    **{character: character for character in ".,:+\n"},
    "*": "s",
    "−": "n",
    "،": ";",
}

#: Blocks of right-to-left scripts: those that the bidirectional algorithm sets aside for them.
_RTL_BLOCKS = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_URL = re.compile(
    rf"(?:https?://|www\.|mailto:)[^\s<>(){_RTL_BLOCKS}]*[^\s<>().,;:!?{_RTL_BLOCKS}]"
)

#: Digits and letters that follow each other.
_CORE = "[a1]+"
#: What stands in brackets within a code or a telephone number: `(0)`, `(OH)`.
_BRACKETED = r"\([-a1n+~*s<%.,:' ]{1,30}\)"
#: A sign before a number or a word; a comparison may stand apart. A hyphen is none behind a word:
#: in `כ-12` it joins a prefix.
_SIGN = r"(?:[<+$n]|(?<![a1R)])(?:[-#~t%]|s\#?(?=1))|[<~#$]\ )"
_RUN = re.compile(
    rf"""
    {_SIGN}{{0,2}} (?: \((?:\+1{{1,4}}|1{{2,6}})\)\ ?(?=1) | {_BRACKETED}(?=[a1]) )? {_CORE}
    (?:
        (?:
            [-nt*s+~<#$%?.,:']{{1,3}} | (?<=1);(?=1)  # 1-800, a@b.c, 10:30, p<0.05
            | \ ?[-nt*s+~<]\ ?                      # 20 – 40, 2 × 500
            | \ ?%\ ?[-n]\ ?(?=1)                   # 5 % – 10 %
            | \ ?%\ (?=a)                           # 0.9% NaCl
            | (?<=1)\ :\ (?=1)                       # 1 : 2
            | (?<=a),\ (?=a)                         # Harbour Clinic, London
            | \ {{1,3}}%?                            # 020 910 0142, 38 °C
            | \ ?{_BRACKETED}\ ?(?=[a1])             # +44 (0)20
        )
        {_SIGN}{{0,2}} {_CORE}
        | {_BRACKETED}                               # mg(s)
    )*
    # 5 %, 65+, *123\#, O−; in ‘38°م’ the sign is of the unit.
    (?: \ ?[%$](?![R%$]) | \+(?![Ra1]) | (?<=1)\#(?![Ra1]) | (?<=a)[-n](?![Ra1]) )*
    """,
    re.VERBOSE,
)

#: Short for a title or a name, before the rest of the name: `Dr. Smith`, `J. Smith`.
_SHORTENED = re.compile(r"\b[A-Z][a-z]{0,3}\. (?=[A-Z])")


@lru_cache(maxsize=4096)
def _class(character: str) -> str:
    if character in _CLASSES:
        return _CLASSES[character]
    if is_rtl(character):
        return "R" if character.isalpha() else "x"
    bidi, category = unicodedata.bidirectional(character), unicodedata.category(character)
    if character.isspace():
        return " "
    if category[0] == "N" or bidi in ("EN", "AN"):
        return "1"
    if bidi == "L":
        return "a"
    if bidi in ("NSM", "BN"):
        return "m"
    if category == "Pd":
        return "-"
    return "$" if category == "Sc" else "x"


def _classes(text: str) -> str:
    """Return a letter for each character of a text; a mark has the class of what it stands on."""
    found: list[str] = []
    for character in text:
        one = _class(character)
        found.append((found[-1] if found else "x") if one == "m" else one)
    for name in _SHORTENED.finditer(text):
        found[name.end() - 2] = "a"
    for address in _URL.finditer(text):
        found[slice(*address.span())] = "a" * len(address.group())
    return "".join(found)


def _runs(text: str, classes: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each run that has to be isolated.

    A single word has not, unless only signs part it from another run: an arrow or a comma
    between Latin words would go with them, in place of with the words around.
    """
    runs = [run.span() for run in _RUN.finditer(classes)]
    ends, starts = [0, *(end for _, end in runs)], [*(start for start, _ in runs), len(text)]
    for number, (start, end) in enumerate(runs):
        word = all(_class(character) in "am" for character in text[start:end])
        around = classes[ends[number] : start], classes[end : starts[number + 1]]
        first, last = number == 0, number == len(runs) - 1
        if word and (first or "R" in around[0]) and (last or "R" in around[1]):
            continue
        yield start, end


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of inline text that stands in one element."""

    span: Span
    #: What it shows, and a class for each character.
    text: str
    classes: str
    #: The elements around it, the outermost first, each with a number of its own.
    around: tuple[tuple[int, Span], ...]

    @property
    def divisible(self) -> bool:
        return self.span.kind == "text"

    def cut(self, start: int, end: int) -> _Piece:
        text = self.text[start:end]
        return replace(self, span=Span("text", text), text=text) if self.divisible else self


def isolated(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return right-to-left inline text with an isolate around each run of the other direction.

    Text that is bold or linked in part is split where a run begins or ends in it.
    """
    pieces = list(_pieces(spans, count(), ()))
    text = "".join(piece.text for piece in pieces)
    runs = _whole(pieces, _runs(text, "".join(piece.classes for piece in pieces)))
    cut = list(_cut(pieces, runs))
    out: list[_Piece] = []
    for run, group in groupby(cut, key=lambda one: one[0]):
        parts = [piece for _, piece in group]
        out += parts if run is None else [_isolate(parts)]
    return _nested(out)


def _pieces(
    spans: Iterable[Span], numbers: Iterator[int], around: tuple[tuple[int, Span], ...]
) -> Iterator[_Piece]:
    for span in spans:
        shown = plain((span,), {"n": "1", "N": "1"})
        if span.kind == "text":
            yield _Piece(span, shown, _classes(shown), around)
        elif span.kind in ("strong", "emphasis", "raised", "lowered") or (
            span.kind == "link" and has_rtl(shown)
        ):
            yield from _pieces(span.children, numbers, (*around, (next(numbers), span)))
        elif span.kind in ("break", "note") or has_rtl(shown):
            yield _Piece(span, shown, "R" * len(shown), around)
        elif shown:
            classes = _classes(shown)
            inner = "a" * (len(shown) - 2) + classes[-1] if len(shown) > 1 else ""
            yield _Piece(span, shown, classes[0] + inner, around)
        else:
            yield _Piece(span, "", "", around)


def _whole(pieces: Iterable[_Piece], runs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return runs widened to the whole of what cannot be split, such as code."""
    edges = []
    at = 0
    for piece in pieces:
        if not piece.divisible:
            edges.append((at, at + len(piece.text)))
        at += len(piece.text)
    found: list[tuple[int, int]] = []
    for start, end in runs:
        touched = [(a, b) for a, b in edges if a < end and start < b]
        start, end = min([start, *(a for a, _ in touched)]), max([end, *(b for _, b in touched)])
        if found and start < found[-1][1]:
            start = found.pop()[0]
        found.append((start, end))
    return found


def _cut(
    pieces: Iterable[_Piece], runs: Iterable[tuple[int, int]]
) -> Iterator[tuple[int | None, _Piece]]:
    """Return the pieces cut where runs begin and end, each with the number of its run."""
    bounds = list(enumerate(runs))
    at = 0
    for piece in pieces:
        end = at + len(piece.text)
        here = at
        for number, (first, last) in bounds:
            if last <= here or first >= end:
                continue
            if first > here:
                yield None, piece.cut(here - at, first - at)
            here = min(last, end)
            yield number, piece.cut(max(first, at) - at, here - at)
        if here < end or not piece.text:
            yield None, piece.cut(here - at, end - at) if here > at else piece
        at = end


def _isolate(parts: list[_Piece]) -> _Piece:
    """Put an isolate around pieces, inside of all elements that they share."""
    if len(parts) == 1 and not parts[0].divisible:
        return parts[0]  # It runs from left to right as it is.
    depth = 0
    first = parts[0].around
    while all(len(p.around) > depth and p.around[: depth + 1] == first[: depth + 1] for p in parts):
        depth += 1
    inner = _nested([replace(part, around=part.around[depth:]) for part in parts])
    # Isolates within have no more to do, unless they are in another language.
    bare = (one.children if one.kind == "isolate" and not one.lang else (one,) for one in inner)
    return _Piece(Span("isolate", children=tuple(chain.from_iterable(bare))), "", "", first[:depth])


def _nested(pieces: Iterable[_Piece]) -> tuple[Span, ...]:
    """Put pieces back into the elements around them."""
    out: list[Span] = []
    for outer, group in groupby(pieces, key=lambda piece: piece.around[:1]):
        if not outer:
            out += [piece.span for piece in group]
            continue
        inner = _nested([replace(piece, around=piece.around[1:]) for piece in group])
        out.append(replace(outer[0][1], children=inner))
    return tuple(out)
