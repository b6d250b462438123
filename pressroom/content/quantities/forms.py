"""Words and signs of a language -> what finds them, declined or not, in folded text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import Generic, TypeVar

from .text import fold

_LETTERS = re.compile(r"[^\W\d_]+")
#: Scripts that part no words by spaces, and Korean, which joins particles to them.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_LATIN = re.compile("[\0-\u024f\u0300-\u036f\u1e00-\u1eff]")
#: Words up to this length stand whole; shorter ones where letters are syllables.
_WHOLE = 4
#: Indic and Ethiopic letters, each a syllable or nearly one.
_SYLLABLES = re.compile("[\u0900-\u0dff\u1200-\u137f]")
#: Canonical combining class of what kills a vowel.
_VIRAMA = 9
#: The most letters and signs of the endings that words of such scripts take.
_SUFFIXES = 7
#: How many letters may follow a stem that any ending may follow.
_ANY = 99


def entries(said: str) -> Iterator[tuple[str, list[str]]]:
    """Yield value and forms of `value form, form; value form`."""
    for entry in said.split(";"):
        value, _, forms = " ".join(entry.split()).partition(" ")
        if value:
            yield value, listed(forms)


def listed(said: str) -> list[str]:
    """Return the forms of `form, form`."""
    return [form for one in said.split(",") if (form := fold(" ".join(one.split())))]


def is_letter(text: str, place: int) -> bool:
    """Return whether a word goes on at a place of a text."""
    if not 0 <= place < len(text):
        return False
    return text[place].isalpha() or unicodedata.category(text[place])[0] == "M"


Meaning = TypeVar("Meaning")


class Forms(Generic[Meaning]):
    """Forms of words with what each means, found longest first.

    `cut` is how many of its last letters a long word may exchange for an ending,
    `endings` how many letters an ending may have beyond them. A word of `whole`
    letters or less takes none. `glued` are the particles that a word may begin with.
    """

    def __init__(
        self,
        meanings: Mapping[str, Meaning],
        *,
        cut: int | None = None,
        endings: int = _ANY,
        whole: int = 3,
        glued: Collection[str] = (),
    ) -> None:
        self._glued = glued
        #: By first letter: stem, the most letters that may follow it, meaning.
        self._first: dict[str, list[tuple[str, int, Meaning]]] = {}
        #: By last letter: form, meaning.
        self._last: dict[str, list[tuple[str, Meaning]]] = {}
        for form in sorted(meanings, key=lambda form: (-len(form), form)):
            stem, rest = _stem(form, cut, endings, whole)
            self._first.setdefault(stem[0], []).append((stem, rest, meanings[form]))
            self._last.setdefault(form[-1], []).append((form, meanings[form]))
        for stems in self._first.values():
            stems.sort(key=lambda one: -len(one[0]))

    def at(self, text: str, start: int) -> tuple[Meaning, int] | None:
        """Return what begins at a place of a text, and where its stem ends."""
        for stem, rest, meaning in self._first.get(text[start : start + 1], ()):
            if text.startswith(stem, start):
                end = start + len(stem)
                if rest == _ANY or not all(
                    _goes_on(text, end + place) for place in range(rest + 1)
                ):
                    return meaning, end
        return None

    def ending(self, text: str) -> tuple[Meaning, int] | None:
        """Return what the last word of a text means, and where it starts."""
        text = text.rstrip(" -'")
        for form, meaning in self._last.get(text[-1:], ()):
            if text.endswith(form):
                start = len(text) - len(form)
                if UNSPACED.match(form) or not is_letter(text, start - 1):
                    return meaning, start
                for particle in self._glued:
                    place = start - len(particle)
                    if text.endswith(particle, 0, start) and not is_letter(text, place - 1):
                        return meaning, start
        return None

    def find(self, text: str) -> Iterator[tuple[Meaning, int, int]]:
        """Yield each meaning that a text has, with the place of its stem."""
        done = 0
        for letters in _LETTERS.finditer(text):
            start, end = letters.span()
            if UNSPACED.match(text, start):
                places = iter(range(start, end))
            elif is_letter(text, start - 1):
                continue  # Within a word, after a vowel sign.
            else:
                places = self._starts(text, start)
            for place in places:
                if place >= done and (found := self.at(text, place)):
                    yield found[0], place, found[1]
                    done = found[1]

    def _starts(self, text: str, start: int) -> Iterator[int]:
        """Yield where a word may begin: as it is written, and after particles."""
        yield start
        for particle in self._glued:
            if text.startswith(particle, start):
                yield start + len(particle)


def _goes_on(text: str, place: int) -> bool:
    """Return whether a word goes on: not where other letters begin, as in `5mg服用`."""
    if not is_letter(text, place):
        return False
    latin = bool(_LATIN.match(text, place - 1))
    return bool(_LATIN.match(text, place)) == latin and not UNSPACED.match(text, place)


def _stem(form: str, cut: int | None, endings: int, least: int) -> tuple[str, int]:
    """Return the letters of a form that have to stand, and how many may follow them."""
    if UNSPACED.match(form) or not is_letter(form, len(form) - 1):
        return form, _ANY
    syllables = _SYLLABLES.match(form)
    whole = _WHOLE if not syllables else 2 if form[0] >= "\u1200" else least
    if cut is None or len(form) <= whole:
        return form, 0
    stem = form if " " in form else form[: max(whole, len(form) - cut)]
    endings = min(endings, _SUFFIXES) if syllables else endings
    killed = unicodedata.combining(stem[-1]) == _VIRAMA
    if syllables and (killed or (len(stem) > _WHOLE and unicodedata.category(stem[-1])[0] == "M")):
        # Another vowel takes the place of the last one in an ending.
        stem = stem[:-1]
    return stem, min(_ANY, endings + len(form) - len(stem))
