"""Mark where a line may break and where it may not: Spans -> Spans with marks in their texts.

ICU says where lines break. Where a line may break but Pango does not see it, a zero width space
is set: in scripts that set no spaces between words, where Pango finds no break at all, and in six
that join consonants by a virama, where Pango 1.56 takes a consonant for joined to one before it
that has a virama, whatever stands between them but consonants (GB9c of UAX 29).

Where ICU breaks a line but a reader would stumble, a word joiner is set: between a number and its
unit, within a telephone number, before what no line begins with, behind words of one letter where
the language asks for it, within words that ICU's dictionaries do not know (`line_breaks.toml`),
and before the last word of a title. A word joiner holds also behind a space (LB11 of UAX 14), so
that the words stay as they were typed: marks paint nothing, and the text layer leaves them out.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from icu4py.breakers import LineBreaker

from ..core.model import Span, plain
from .phrases import phrase_breaks

#: Zero width space: a line may break after it, and nothing shows.
ZWSP = "\u200b"

#: Word joiner: no line breaks before or after it, and nothing shows.
JOINER = "\u2060"

#: Left-to-right mark: after a space, a line may break before it. The space still ends its line,
#: where it takes no room; before a zero width space it would.
LRM = "\u200e"

#: Longest telephone number, dose or range that is kept on one line, in characters.
LONGEST_FIGURE = 24

#: Longest end of a title that is kept on one line, in characters: narrow columns have to hold it.
LONGEST_END = 20

#: Fewest letters on the last line of a text: where words are not set apart by spaces, in Korean.
_LEAST_LETTERS, _LEAST_HANGUL = 3, 2

#: First code points of Devanagari, Bengali, Gujarati, Oriya, Telugu and Malayalam, whose blocks
#: are laid out alike (Unicode, Indic_Conjunct_Break).
_BLOCKS = (0x0900, 0x0980, 0x0A80, 0x0B00, 0x0C00, 0x0D00)
_VIRAMAS = frozenset(chr(block + 0x4D) for block in _BLOCKS)
_CONSONANTS = frozenset(
    chr(block + place) for block in _BLOCKS for place in (*range(0x15, 0x3B), *range(0x58, 0x5F))
)

_HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3"
_HAN, _KATAKANA = "\u3400-\u4dbf\u4e00-\u9fff", "\u30a1-\u30ff"
_KOREAN = re.compile(f"\\w[{_HANGUL}]|[{_HANGUL}]\\w")
#: Letters of scripts that set no spaces between words.
_UNSPACED = f"\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3041-\u30ff{_HAN}\uaa60-\uaa7f"

#: What sets words apart, and letters that lines break between, as a class of characters.
APART = f"\\s\u200b\u2060\u3005\u3041-\u30ff{_HAN}"

#: What no line begins with, and ICU does not know of: signs that repeat or shorten a word (Thai,
#: Lao, Khmer), particles written as one sign and consonants that close a syllable (Burmese, with
#: a visible virama; Khmer, with bantoc).
_NEVER_FIRST = re.compile(
    "[\u0e2f\u0e46\u0eaf\u0ec6\u17d7\u104c\u104d\u104f]"
    "|[\u1000-\u1021\u1025\u1029\u103f]\u1037?\u103a|[\u1780-\u17a2]\u17cb"
)
#: What ends a word without being of it.
_CLOSING = ".,:;!?)\u104a\u104b"
#: Signs that put the next letter below the one before (Unicode, Invisible_Stacker).
_STACKERS = "\u1039\u17d2"
_KHMER_CONSONANT = re.compile("[\u1780-\u17a2]")

#: A number with the marks, signs and other numbers that belong to it; not the end of a code.
_FIGURE = re.compile(
    r"""
    (?<![A-Za-z0-9]) (?<![A-Za-z]-)
    (?: [<>≤≥≈~±№§#] \s? | [-+−–] )?
    \(? \+? \d (?: [\d.,:'’٫٬/⁄]* \d )? [⁰¹²³⁴-⁹]* \)?
    (?: (?: \s? [-–—−×÷=/:~～〜] \s? | \s \(? ) \d (?: [\d.,:'’٫٬/⁄]* \d )? [⁰¹²³⁴-⁹]* \)? )*
    (?: \s? [%‰٪°℃℉′″] )?
    """,
    re.VERBOSE,
)
#: A counter of Chinese and Japanese: `日間`, `か月`.
_COUNTER = re.compile(rf"\s?(?:[{_KATAKANA}]{{1,8}}|か?[{_HAN}]{{1,2}})")
#: A unit behind a number, up to where a line may break; a slash parts none.
_UNIT = re.compile(r"\s?(?=[^\W\d_]|[°µ℃])")
#: Fewest digits of a telephone number, which has no unit.
_TELEPHONE = 7
#: A code: HLA-B27.
_CODE = re.compile(r"(?<![^\W_])(?=[A-Z0-9-]*\d)[A-Z]+(?:-[A-Z0-9]+)+")
#: The number of a page and that of all pages, which are filled in.
_FOLIOS = re.compile("\ufffc\\s?/\\s?\ufffc")
#: A word of one letter with the space behind it.
_ONE_LETTER = re.compile(r"(?<![\w'’-])[^\W\d_]\s(?=\S)")

#: Kinds of spans that wrap text in which marks may stand.
_AROUND_TEXT = ("strong", "emphasis", "link")


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    text = files(__package__).joinpath("line_breaks.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _listed(table: str, code: str) -> list[str]:
    found: list[str] = _data()[table].get(code.partition("-")[0], [])
    return found


@lru_cache(maxsize=128)
def _dictionary(code: str) -> re.Pattern[str] | None:
    words = sorted(_listed("words", code), key=len, reverse=True)
    return re.compile("|".join(words)) if words else None


def breaks(text: str, code: str) -> list[int]:
    """Return the places within a text at which ICU breaks a line, with our words beside its own.

    Those of Japanese are between phrases.
    """
    at, found = 0, set()
    if beginnings := _listed("beginnings", code):
        found = phrase_breaks(text, tuple(beginnings))
    else:
        for piece in LineBreaker(text, code):
            at += len(piece)
            found.add(at)
    dictionary = _dictionary(code)
    for word in dictionary.finditer(text) if dictionary else ():
        first, last = word.span()
        found -= set(range(first + 1, last))
        if re.match(rf"[{_UNSPACED}]", text[first - 1 : first]):
            found.add(first)
        # Not within a syllable: the word was another one.
        if re.match(r"[^\W\d_]", text[last : last + 1]):
            found.add(last)
    # Burmese and Khmer letters that are stacked stay so, where ICU does not know the word.
    found = {place for place in found if text[place - 1] not in _STACKERS}
    # Korean words stay whole (`word-break: keep-all`).
    found -= {place for place in found if _within_korean(text, place)}
    return sorted(found - {0, len(text)})


def _within_korean(text: str, place: int) -> bool:
    return _KOREAN.match(text[place - 1 : place + 1]) is not None


def words(text: str, code: str) -> list[str]:
    """Return the words of a text without spaces; together they are the text."""
    places = [0, *breaks(text, code), len(text)]
    return [text[first:last] for first, last in pairwise(places) if first < last]


def kept_together(text: str, code: str, places: list[int], *, title: bool = False) -> set[int]:
    """Return those of the places of `breaks` at which a line must not break."""
    kept = {place for place in places if _NEVER_FIRST.match(text, place)}
    kept |= _figures(text, places)
    for pattern in (_CODE, _FOLIOS):
        for found in pattern.finditer(text):
            kept.update(range(found.start() + 1, found.end()))
    with_next, with_last = _listed("with_next", code), _listed("with_last", code)
    for first, last in zip([0, *places], [*places, len(text)], strict=True):
        word = text[first:last].rstrip().lstrip("(“‘")
        if word.lower() in with_next:
            kept.add(last)
        if word.rstrip(_CLOSING) in with_last or (len(word) == 1 and _KHMER_CONSONANT.match(word)):
            kept.add(first)
    if code.partition("-")[0] in _data()["one_letter"]:
        alone = (found for found in _ONE_LETTER.finditer(text) if found[0][0] not in with_last)
        kept.update(found.end() for found in alone)
    kept = kept.intersection(places)
    return kept | _end(text, [place for place in places if place not in kept], title)


def _figures(text: str, places: list[int]) -> set[int]:
    """Return the places within numbers, and between them and their units."""
    kept: set[int] = set()
    for figure in _FIGURE.finditer(text):
        first, last = figure.span()
        if last - first > LONGEST_FIGURE:
            continue
        kept.update(range(first + 1, last))
        if text[last - 1] in ")%‰٪" or len(re.findall(r"\d", figure.group())) >= _TELEPHONE:
            continue
        if counter := _COUNTER.match(text, last):
            end = counter.end()
        elif unit := _UNIT.match(text, last):
            ends = (place for place in places[bisect_right(places, unit.end()) :])
            end = next((place for place in ends if text[place - 1] != "/"), len(text))
        else:
            continue
        if end - first <= LONGEST_FIGURE:
            kept.update(range(last, end))
    return kept


def _end(text: str, places: list[int], title: bool) -> set[int]:
    """Return the places behind which too little would stand on the last line."""
    kept = set()
    text = text.rstrip()
    for number in range(len(places) - 1, 0, -1):
        last_line = text[places[number] :]
        letters = re.findall("[\\w\ufffc]", last_line)
        if not letters:
            enough = False
        elif re.match(f"[{_UNSPACED}]", letters[-1]):
            enough = len(letters) >= _LEAST_LETTERS * (2 if title else 1)
        elif title:
            enough = len(last_line.split()) > 1
        else:
            hangul = re.match(f"[{_HANGUL}]", letters[-1])
            enough = not hangul or len(letters) >= _LEAST_HANGUL
        if enough or len(text) - places[number - 1] > LONGEST_END:
            break
        kept.add(places[number])
    return kept


def _marks(text: str, code: str, segmented: bool, title: bool, seams: set[int]) -> dict[int, str]:
    """Return the mark that belongs into each place of a text.

    `segmented` says that words are not set apart by spaces; `seams` are the places where one
    element ends and another begins.
    """
    places = breaks(text, code)
    kept = kept_together(text, code, places, title=title)
    # Within an element, styles keep Korean words whole.
    marks = {seam: JOINER for seam in seams if _within_korean(text, seam)}
    joins, at = False, 0
    for place in places:
        for character in text[at:place]:
            joins = character in _VIRAMAS or (joins and character not in _CONSONANTS)
        at = place
        before, behind = text[place - 1], text[place]
        if before == "\n":
            continue
        if place in kept:
            marks[place] = JOINER
        elif segmented and not before.isspace() and before not in (ZWSP, "-"):
            marks[place] = ZWSP
        elif joins and behind in _CONSONANTS:
            marks[place] = LRM if before == " " else ZWSP
    return marks


def _leaves(spans: Iterable[Span]) -> Iterator[tuple[str, bool]]:
    """Yield what each innermost span shows, and whether marks may stand in it."""
    for span in spans:
        if span.kind in _AROUND_TEXT:
            yield from _leaves(span.children)
        else:
            yield plain((span,), {"n": "\ufffc", "N": "\ufffc"}), span.kind == "text"


def with_marks(
    spans: Iterable[Span], code: str, *, segmented: bool = False, title: bool = False
) -> tuple[Span, ...]:
    """Return inline text of a language with marks for its lines.

    What runs in isolates, and code, is as it is: a figure there stands on one line anyway.
    """
    spans = tuple(spans)
    leaves = list(_leaves(spans))
    text = "".join(leaf for leaf, _ in leaves)
    seams, at = set(), 0
    for leaf, _ in leaves:
        at += len(leaf)
        seams.add(at)
    marks = _marks(text, code, segmented, title, seams) if text else {}
    if not marks:
        return spans
    texts, at, after_text = [], 0, False
    for leaf, is_text in leaves:
        if is_text:
            # A mark between two texts ends the first of them.
            first = "" if after_text else marks.get(at, "")
            marked = (c + marks.get(at + n, "") for n, c in enumerate(leaf, 1))
            texts.append(first + "".join(marked))
        at, after_text = at + len(leaf), is_text
    return tuple(_replaced(spans, iter(texts)))


def _replaced(spans: Iterable[Span], texts: Iterator[str]) -> Iterator[Span]:
    for span in spans:
        if span.kind in _AROUND_TEXT:
            yield replace(span, children=tuple(_replaced(span.children, texts)))
        else:
            yield replace(span, text=next(texts)) if span.kind == "text" else span
