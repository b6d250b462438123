"""Compare two texts word by word: old and new -> what is the same, removed, added."""

from __future__ import annotations

import difflib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from ..content.signed_text import Text
from ..leaflet.line_breaks import words

#: The most pairs of words that are compared; beyond it a text counts as another one.
MOST_COMPARED = 2_000_000
#: The most messages that are looked at for what they were before; beyond it they are new.
MOST_PAIRED = 5_000
#: Two texts of one section are one that was changed if they are at least this alike, 0 to 1.
ALIKE = 0.4
#: Scripts without spaces between words, as Unicode names their letters: words are ICU's.
_UNSPACED = ("THAI", "LAO", "KHMER", "MYANMAR")
#: Scripts in which each character is taken for a word.
_SINGLE = ("CJK", "HIRAGANA", "KATAKANA")

Kind = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What has changed in one message, or in one line of the front matter."""

    #: The section, or the key of the front matter.
    where: str
    #: BCP 47 tag of the words; empty for front matter.
    locale: str
    pieces: tuple[Piece, ...]


def words_of(text: str, locale: str) -> list[str]:
    """Split a text into words, spaces and signs; together they are the text."""
    found: list[str] = []
    for kind, characters in groupby(text, _kind):
        run = "".join(characters)
        if kind == "unspaced":
            found += words(run, locale)
        elif kind in ("word", "space"):
            found.append(run)
        else:
            found += run
    return found


def _kind(character: str) -> str:
    if character.isspace():
        return "space"
    if unicodedata.category(character)[0] not in "LMN" and character not in "\u200c\u200d":
        return "sign"
    name = unicodedata.name(character, "")
    if name.startswith(_UNSPACED):
        return "unspaced"
    return "single" if name.startswith(_SINGLE) else "word"


def compare(old: str, new: str, locale: str) -> tuple[Piece, ...]:
    """Return the pieces that lead from one text to the other, word by word."""
    before, after = words_of(old, locale), words_of(new, locale)
    if len(before) * len(after) > MOST_COMPARED:
        return _joined([Piece("removed", old), Piece("added", new)])
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    pieces: list[Piece] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(before[i:j])))
        else:
            pieces += [
                Piece("removed", "".join(before[i:j])), Piece("added", "".join(after[k:m]))
            ]  # fmt: skip
    return _joined(pieces)


def _joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Join neighbours: a space alone between two changes belongs to both."""
    out: list[Piece] = []
    removed = added = ""
    for number, piece in enumerate(pieces):
        inside = 0 < number < len(pieces) - 1 and piece.text.isspace()
        if piece.kind == "same" and not inside:
            out += [Piece("removed", removed), Piece("added", added), piece]
            removed = added = ""
        else:
            removed += piece.text if piece.kind != "added" else ""
            added += piece.text if piece.kind != "removed" else ""
    out += [Piece("removed", removed), Piece("added", added)]
    return tuple(piece for piece in out if piece.text)


def differences(old: Text, new: Text) -> Iterator[Difference]:
    """Yield what has changed from one text to the other: front matter first, then messages."""
    for name in dict.fromkeys(name for name, _ in (*old.head, *new.head)):
        before, after = (
            "; ".join(value for key, value in text.head if key == name) for text in (old, new)
        )
        if before != after:
            yield Difference(name, "", compare(before, after, new.source_locale))
    for was, now in _pairs(old.messages, new.messages):
        for number, locale in ((1, new.source_locale), (2, new.locale)):
            if was[number] != now[number]:
                pieces = compare(was[number], now[number], locale)
                yield Difference(now[0] or was[0], locale, pieces)


_Message = tuple[str, str, str]
_NONE = ("", "", "")


def _pairs(old: Iterable[_Message], new: Iterable[_Message]) -> Iterator[tuple[_Message, _Message]]:
    """Yield pairs of messages of two texts; an empty one stands where there is none."""
    before = {message[:2]: message for message in old}
    after = {message[:2]: message for message in new}
    gone: dict[str, list[_Message]] = defaultdict(list)
    for key, message in before.items():
        if key not in after:
            gone[message[0]].append(message)
    left = MOST_PAIRED
    for key, message in after.items():
        if key in before:
            yield before[key], message
            continue
        others = gone[message[0]]
        left -= len(others)
        alike = [(_alike(other[1], message[1]), other) for other in others if left >= 0]
        ratio, was = max(alike, key=lambda pair: pair[0], default=(0.0, _NONE))
        if ratio >= ALIKE:
            others.remove(was)
            yield was, message
        else:
            yield _NONE, message
    for messages in gone.values():
        for message in messages:
            yield message, _NONE


def _alike(one: str, other: str) -> float:
    if len(one) * len(other) > MOST_COMPARED:
        return 0.0
    matcher = difflib.SequenceMatcher(None, one.split(), other.split(), autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE else 0.0
