"""Judge the translation of a disclaimer by what a machine can prove: texts -> what is wrong.

A disclaimer is the last word that may be wrong: what elsewhere is a matter of taste or a warning is
an error here. Whether a negation was turned round no machine can tell: for that, the policy names
words that a locale must say.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files

from ...core.locales import is_unspaced
from ...core.model import Locale
from ..placeholders import PLACEHOLDER

#: A translation has at least this share of the letters of its source: the shortest, in Chinese,
#: have 0.138.
LEAST_SHARE = 0.1
#: Words of a source from which one word is no translation.
MANY_WORDS = 5
#: Share of the letters, names of the source aside, that are those of the locale's own script. The
#: least of the shipped translations is 0.85.
LEAST_OWN = 0.8
#: Commonest words of another language beyond those of the locale's own, and how many times as
#: many, from which a text is in that language.
MORE_COMMON, TIMES_COMMON = 2, 1.5
#: Scripts whose letters pass for each other's, as Unicode's names of letters begin.
_ALIKE = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC")
_WORD = re.compile(r"[^\W\d_](?:\w|[\u0300-\u036f\u0900-\u0dff\u200c\u200d])*")


def disclaimer_problems(
    source: str, text: str, locale: Locale, letters: tuple[str, ...], must_say: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield the finding code and what is wrong, with a next step, of a disclaimer's translation.

    `letters` is how Unicode's names of the locale's letters begin.
    """
    of_source, own = _words(source), _words(text)
    spaced = not any(map(is_unspaced, text))
    if _count(own) < LEAST_SHARE * _count(of_source) or (
        spaced and len(of_source) >= MANY_WORDS and len(own) < 2
    ):
        yield "disclaimer-altered", "says much less than its source; translate all of it"
    folded = _folded(text)
    for words in must_say:
        if _folded(words) not in folded:
            yield (
                "disclaimer-altered",
                f"does not say ‘{words}’; say it, or change must_say in house/policy.toml",
            )
    wanted, got = Counter(PLACEHOLDER.findall(source)), Counter(PLACEHOLDER.findall(text))
    if set(wanted) == set(got) and wanted != got:
        name = next(name for name in wanted if wanted[name] != got[name])
        yield (
            "markup-mismatch",
            f"has {{{name}}} {got[name]} times, its source {wanted[name]} times; keep each "
            "placeholder as often as it stands in the source",
        )
    if added := _figures(text) - _figures(source):
        shown = "".join(added)
        yield (
            "quantity-mismatch",
            f"has figures that its source does not have: ‘{shown}’; take them out",
        )
    if problem := _other_script(of_source, own, letters) or _other_language(own, locale.code):
        yield "script-mismatch", problem


def _words(text: str) -> list[str]:
    """Return the words of a text without its placeholders, in lower case."""
    text = unicodedata.normalize("NFC", PLACEHOLDER.sub(" ", text))
    return [word.casefold() for word in _WORD.findall(text)]


def _count(words: Iterable[str]) -> int:
    return sum(character.isalpha() for word in words for character in word)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _figures(text: str) -> Counter[str]:
    """Return the figures of a text in any form that is no plain digit: `¹`, `①`, `Ⅻ`, `½`, `１`."""
    return Counter(
        character
        for character in PLACEHOLDER.sub("", text)
        if unicodedata.category(character) in ("No", "Nl")
        or (character.isdecimal() and unicodedata.normalize("NFKC", character) != character)
    )


def _other_script(source: Iterable[str], words: Iterable[str], letters: tuple[str, ...]) -> str:
    """Return what is wrong with the letters of a translation; empty where nothing is."""
    names = set(source)
    own = others = 0
    for word in words:
        kinds = [_kind(character) for character in word if character.isalpha()]
        alike = {kind for kind in kinds if kind in _ALIKE}
        if len(alike) > 1:
            return f"mixes letters of two scripts in ‘{word}’; type it in one"
        if any(_kind(c) == "OTHER" and _kind(_plain(c)) != "OTHER" for c in word if c not in "ªº"):
            return f"has letters in ‘{word}’ that pass for others; type plain ones"
        if any(name in names for name in re.findall("[a-z]+", word)) or word in names:
            continue
        is_own = [unicodedata.name(c, "").startswith(letters) for c in word if c.isalpha()]
        if alike and not any(is_own) and any(kind in letters for kind in _ALIKE):
            return f"has the word ‘{word}’ in another script than its locale; type it in its own"
        own, others = own + sum(is_own), others + len(is_own) - sum(is_own)
    if own < LEAST_OWN * (own + others):
        return "is in another script than its locale; translate it"
    return ""


def _plain(character: str) -> str:
    """Return the letter that a wide or mathematical one stands for; itself for any other."""
    return unicodedata.normalize("NFKC", character)[:1]


def _kind(character: str) -> str:
    """Return the script of a letter, of those that pass for each other's; `OTHER` for others."""
    first = unicodedata.name(character, "").partition(" ")[0]
    return first if first in _ALIKE else "OTHER"


@lru_cache(maxsize=1)
def _common_words() -> Mapping[str, frozenset[str]]:
    data = files(__package__).joinpath("common_words.toml").read_text(encoding="utf-8")
    return {code: frozenset(words.split()) for code, words in tomllib.loads(data).items()}


def _other_language(words: list[str], code: str) -> str:
    """Return why a translation looks as if in another language; empty where it does not."""
    own = _common_words().get(code.partition("-")[0])
    if own is None:
        return ""
    hits = sum(word in own for word in words)
    most, other = max(
        (sum(word in common for word in words), name) for name, common in _common_words().items()
    )
    if most >= hits + MORE_COMMON and most >= TIMES_COMMON * hits:
        return f"looks as if it were in another language ({other}); translate it"
    return ""
