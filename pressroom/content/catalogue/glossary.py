"""Read and apply terms that translations must use: `glossary.tsv` -> Glossary -> what ignores it.

One term a line, columns apart by tabs: the term of the source, its translation,
a note, and translations to avoid. Several translations stand apart by `|`.

    fatigue	cansancio|fatiga	not just tiredness	agotamiento
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ...core.errors import MOST_REPORTED, CatalogueError, HandoutError, raise_all
from ...core.files import missing, read_text, shown, write_atomically
from ...core.locales import is_unspaced

COLUMNS = ("term", "translation", "note", "avoid")
#: How a line begins that is no term.
REMARK = "#"
#: The most terms, and the longest cell in characters.
MOST_TERMS = 5000
LONGEST = 300

_HEAD = "\t".join(COLUMNS)
#: Words, with what joins them: `HLA-B27`, `l’eau`.
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
#: Share of a word that has to stay when it is inflected, and its fewest letters.
STEM, SHORTEST_STEM = 0.65, 3


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a glossary."""

    term: str
    #: Translations of which one has to be used.
    translations: tuple[str, ...]
    note: str = ""
    avoid: tuple[str, ...] = ()
    line: int = 0
    #: What the entry was as it was exported: a digest. Empty where it is not from an export.
    left: str = field(default="", compare=False)

    @property
    def digest(self) -> str:
        """Return a digest of what an import may change."""
        said = "\0".join(("|".join(self.translations), self.note, "|".join(self.avoid)))
        return hashlib.sha256(said.encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Glossary:
    """The terms of one locale."""

    path: str = ""
    terms: tuple[Term, ...] = ()
    #: Terms by their first word, the longest first.
    _first: dict[str, tuple[tuple[tuple[str, ...], Term], ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def kept(self) -> frozenset[str]:
        """The names that this locale leaves as they are, such as those of medicines."""
        return frozenset(term.term for term in self.terms if term.term in term.translations)

    def problems(self, source: str, text: str) -> Iterator[tuple[Term, str]]:
        """Return each term of a source text that its translation ignores, and what is wrong.

        A plural of the source counts as the term; of a translation, the stem of each
        word has to stand in the text, since languages inflect.
        """
        for term in dict.fromkeys(self._in_source(source)):
            said = _shown(term.translations)
            if avoided := next((one for one in term.avoid if _holds(text, one, whole=True)), ""):
                yield term, f"‘{avoided}’ is to be avoided for ‘{term.term}’; write {said}"
            elif not any(_holds(text, one) for one in term.translations):
                yield term, f"‘{term.term}’ is {said} in the glossary; use that term"

    def _in_source(self, source: str) -> Iterator[Term]:
        """Find terms in a source text in its order, the longest at each place."""
        words = _words(source)
        at = 0
        while at < len(words):
            found = (
                (wanted, term)
                for wanted, term in self._first.get(words[at], ())
                if tuple(words[at : at + len(wanted)]) == wanted
            )
            wanted, term = next(found, ((), None))
            if term is not None:
                yield term
            at += max(1, len(wanted))


def glossary_of(terms: Iterable[Term], path: str = "") -> Glossary:
    terms = tuple(terms)
    first: dict[str, list[tuple[tuple[str, ...], Term]]] = {}
    for term in terms:
        if words := tuple(_words(term.term)):
            first.setdefault(words[0], []).append((words, term))
    ranked = {
        word: tuple(sorted(found, key=lambda one: -len(one[0]))) for word, found in first.items()
    }
    return Glossary(path, terms, ranked)


def _shown(texts: tuple[str, ...]) -> str:
    return " or ".join(f"‘{text}’" for text in texts)


def _words(text: str) -> list[str]:
    """Return the words of a source text as they are compared: in lower case and singular.

    Where a script sets no spaces, each character is a word.
    """
    found: list[str] = []
    for word in _WORD.findall(unicodedata.normalize("NFC", text).casefold()):
        found += _compared(word)
    return found


@lru_cache(maxsize=10_000)  # The same words stand in all leaflets, and in each locale again.
def _compared(word: str) -> tuple[str, ...]:
    """Return a word as it is compared, or its characters."""
    return tuple(word) if _unspaced(word) else (_singular(word),)


def _singular(word: str) -> str:
    """Return a word without the ending of an English plural or possessive."""
    word = re.sub(r"['’]s?$", "", word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and re.search(r"(?:s|x|z|ch|sh)es$", word):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _unspaced(text: str) -> bool:
    return any(map(is_unspaced, text))


def _folded(text: str) -> str:
    """Return a text as it is compared: in lower case, without marks that writers leave out.

    These are the marks of Latin, Greek, Cyrillic, Hebrew and Arabic letters; in scripts
    further on they are vowels.
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c) or ord(c) >= 0x0900)


def _holds(text: str, wanted: str, whole: bool = False) -> bool:
    """Return whether a text has a term: each of its words, or the stem of it.

    With `whole`, the words have to stand as they are and side by side.
    """
    text, wanted = _folded(text), _folded(wanted)
    if _unspaced(wanted):
        return "".join(wanted.split()) in "".join(text.split())
    if whole:
        return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text) is not None
    return all(_stem(word) in text for word in wanted.split())


def _stem(word: str) -> str:
    return word[: max(SHORTEST_STEM, round(len(word) * STEM))] if len(word) > 4 else word


#: The glossary of a locale that has none.
NO_TERMS = Glossary()


# In files


def glossary_path(handouts: Path, locale: str) -> Path:
    return handouts / "locales" / locale / "glossary.tsv"


def read_glossary(handouts: Path, locale: str) -> Glossary:
    """Read a locale's glossary; an empty one where there is none.

    Raises CatalogueError, or Problems, with file and line.
    """
    path = glossary_path(handouts, locale)
    where = shown(path)
    if missing(path, handouts):
        return Glossary(where)
    return parse_glossary(read_text(path, CatalogueError, handouts), where)


def parse_glossary(text: str, where: str) -> Glossary:
    """Read the text of a glossary. Raises CatalogueError, or Problems."""
    terms: dict[str, Term] = {}
    problems: list[HandoutError] = []
    headed = False
    for number, line in enumerate(text.split("\n"), 1):
        cells = [" ".join(cell.split()) for cell in line.split("\t")]
        if not line.strip() or _is_remark(line):
            continue
        first, headed = not headed, True
        if first and cells[0] == COLUMNS[0]:
            continue
        if problem := _problem(cells, terms):
            problems.append(CatalogueError(f"{where}:{number}", *problem))
            if len(problems) == MOST_REPORTED:
                break
            continue
        cells += [""] * (4 - len(cells))
        term = Term(cells[0], _several(cells[1]), cells[2], _several(cells[3]), number)
        terms[_key(term.term)] = term
        if len(terms) > MOST_TERMS:
            problems.append(
                CatalogueError(
                    f"{where}:{number}", f"there are more than {MOST_TERMS} terms", "shorten it"
                )
            )
            break
    raise_all(problems)
    return glossary_of(terms.values(), where)


def _problem(cells: list[str], terms: dict[str, Term]) -> tuple[str, str] | None:
    """Return what is wrong with a line, and the next step; None where nothing is."""
    if len(cells) < 2 or not cells[0] or not _several(cells[1]):
        return "a term and its translation are wanted", "write both, with a tab between them"
    if len(cells) > len(COLUMNS):
        return f"has {len(cells)} columns", f"the most are {len(COLUMNS)}: {', '.join(COLUMNS)}"
    if any(len(cell) > LONGEST for cell in cells):
        return f"has a cell of more than {LONGEST} characters", "shorten it"
    if not _words(cells[0]):
        return f"‘{cells[0]}’ has no word", "write the term as the source does"
    if (same := terms.get(_key(cells[0]))) is not None:
        return f"‘{cells[0]}’ stands in line {same.line} already", "keep one of them"
    return None


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def _key(term: str) -> str:
    return " ".join(_words(term))


def dump_glossary(glossary: Glossary, text: str = "") -> str:
    """Return the text of a glossary: what stands there already, with what differs.

    Remarks stay, and lines of terms that are the same.
    """
    before = {term.line: term for term in parse_glossary(text, glossary.path).terms}
    new = {_key(term.term): term for term in glossary.terms}
    lines = text.rstrip("\n").split("\n") if text.strip() else []
    for number, term in before.items():
        if (now := new.pop(_key(term.term), None)) is not None and now.digest != term.digest:
            lines[number - 1] = _row(now)
    words = (at for at, line in enumerate(lines) if line.strip() and not _is_remark(line))
    head = next(words, len(lines))
    if not lines[head:] or " ".join(lines[head].split("\t")[0].split()) != COLUMNS[0]:
        lines.insert(head, _HEAD)
    return "\n".join([*lines, *map(_row, new.values())]) + "\n"


def _is_remark(line: str) -> bool:
    return line.strip().startswith(REMARK)


def _row(term: Term) -> str:
    cells = (term.term, "|".join(term.translations), term.note, "|".join(term.avoid))
    return "\t".join(cells).rstrip("\t")


def write_glossary(handouts: Path, locale: str, glossary: Glossary) -> None:
    """Write a locale's glossary; what does not differ stays as it is written."""
    path = glossary_path(handouts, locale)
    text = "" if missing(path, handouts) else read_text(path, CatalogueError, handouts)
    write_atomically(path, dump_glossary(glossary, text).encode("utf-8"), handouts)


def merge_terms(old: Glossary, new: Iterable[Term]) -> Glossary:
    """Return a glossary with further terms; they replace those of the same source term."""
    terms = {_key(term.term): term for term in old.terms}
    for term in new:
        terms[_key(term.term)] = term
    return glossary_of(terms.values(), old.path)
