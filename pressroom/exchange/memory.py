"""Find a text that was translated before: catalogues of one locale and a source text -> Offer.

As in translation tools, the same text counts 100, and another one by the share of letters
that stay (Levenshtein). Nothing is taken silently: an offer goes into the catalogue as
fuzzy, with where it is from, and whether that was approved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ..content.catalogue.origin import with_origin
from ..content.catalogue.po import Catalogue, Entry
from ..content.catalogue.translator_notes import MEMORY

#: Texts at least this alike (0 to 1) are offered; translation tools begin at 0.7 to 0.8.
ALIKE = 0.75
#: A shorter text is offered only where it is the same: one letter makes it another word.
SHORTEST = 16
#: Most origins of one text whose approval is looked up.
MOST_ORIGINS = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """A translation that may serve for another text."""

    text: str
    #: The source text that it was made for, and how alike that is, from 0 to 100.
    source: str
    score: int
    #: Name of the catalogue that it is from, and what its approval is.
    origin: str
    approval: str

    @property
    def note(self) -> str:
        """A comment for the translator: where the offer is from."""
        alike = "the same text" if self.score == 100 else f"{self.score}% like a text"
        return f"{MEMORY}{alike} in {self.origin}, {self.approval}"


NOT_APPROVED = "not approved"


class Memory:
    """All confirmed translations of one locale, by their source text."""

    def __init__(
        self, catalogues: Mapping[str, Catalogue], approval: Callable[[str], str] | None = None
    ) -> None:
        """Keep catalogues by their name; `approval` returns who signed the one of a name."""
        self._approval = approval or (lambda _: NOT_APPROVED)
        self._known: dict[str, list[tuple[str, str]]] = {}
        for name in sorted(catalogues):
            for entry in catalogues[name]:
                if entry.text.strip() and not entry.fuzzy:
                    self._known.setdefault(entry.source, []).append((entry.text, name))
        self._long = [source for source in self._known if len(source) >= SHORTEST]

    def offer(self, source: str) -> Offer | None:
        """Return the best translation that is known for a text or for one like it."""
        if source in self._known:
            return self._best(source, 100)
        if len(source) < SHORTEST:
            return None
        found = process.extractOne(
            source, self._long, scorer=Levenshtein.normalized_similarity, score_cutoff=ALIKE
        )
        return self._best(found[0], min(99, int(found[1] * 100))) if found else None

    def _best(self, source: str, score: int) -> Offer:
        """Return the offer of a known source: approved before others, then the one used most."""
        known = self._known[source]
        used = Counter(text for text, _ in known)
        ranked = sorted(known, key=lambda one: (-used[one[0]], one[1]))[:MOST_ORIGINS]
        judged = [(text, name, self._approval(name)) for text, name in ranked]
        text, name, approval = min(judged, key=lambda one: one[2] == NOT_APPROVED)
        return Offer(text, source, score, name, approval)

    def fill(self, catalogue: Catalogue) -> Catalogue:
        """Return a catalogue with an offer, as fuzzy, where a text has no translation."""
        entries = dict(catalogue.entries)
        for key, entry in catalogue.entries.items():
            if not entry.text.strip() and (offer := self.offer(entry.source)):
                entries[key] = _offered(entry, offer)
        return replace(catalogue, entries=entries)


def _offered(entry: Entry, offer: Offer) -> Entry:
    new = replace(
        entry,
        text=offer.text,
        fuzzy=True,
        previous=offer.source if offer.score < 100 else "",
        extracted=(*entry.extracted, offer.note),
    )
    return with_origin(new, "memory", f"{offer.origin}, {offer.score}%", "")
