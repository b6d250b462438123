"""What is exchanged in every format: catalogues -> Rows, and what a file gives back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ..catalogue.notes import limit_of
from ..catalogue.po import Catalogue, Entry
from ..catalogue.tally import waits
from ..catalogue.workshop import AskFacts, renew
from ..site import Words

State = Literal["missing", "fuzzy", "translated", "approved"]

#: A translator's comment that holds the translation, translated back word by word.
BACK = "back-translation: "


@dataclass(frozen=True, slots=True)
class Row:
    """One message as it leaves the site."""

    locale: str
    #: Name of the catalogue: a topic or `house`.
    name: str
    unit: str
    context: str
    source: str
    target: str
    state: State
    #: Where it stands, what its placeholders hold, how long it may be.
    notes: tuple[str, ...]
    #: The source that a fuzzy translation was made for.
    previous: str = ""
    #: The most characters, where a build has told; and the translation, translated back.
    limit: int | None = None
    back: str = ""

    @property
    def id(self) -> str:
        """Name the message by itself: `es/asthma/symptoms.3f2a9c1b2d`."""
        return f"{self.locale}/{self.name}/{self.unit}"


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it comes back."""

    #: File and line.
    where: str
    id: str
    source: str
    target: str
    #: Whether the file says that a person stands behind it; None where it says nothing.
    confirmed: bool | None = None
    #: The back-translation; None where the file has no place for it.
    back: str | None = None
    #: Whether a program may have put other spaces into the text.
    loose: bool = False


def unit_of(entry: Entry) -> str:
    """Name a message by its section and a digest of its source: another source, another name."""
    digest = hashlib.sha256(f"{entry.context}\0{entry.source}".encode())
    return f"{entry.context or 'words'}.{digest.hexdigest()[:10]}"


def back_of(entry: Entry) -> str:
    """Give the back-translation that stands in a message's comments."""
    return next((r.removeprefix(BACK) for r in entry.remarks if r.startswith(BACK)), "")


def rows_of(
    words: Words,
    code: str,
    facts: AskFacts,
    names: Iterable[str] = (),
    todo: bool = False,
) -> Iterator[Row]:
    """Give the messages of a locale, merged with their source, as they would be exported.

    `names` are topics or `house`, all where none is named; with `todo` only what is
    fuzzy or missing. Raises CatalogueError.
    """
    approved = _approved(words, code)
    chosen = set(names) or None
    for name, _, catalogue in renew(words, code, facts, memory=False, names=chosen):
        for entry in catalogue:
            if not todo or waits(entry):
                yield row_of(code, name, entry, approved(name))


def row_of(code: str, name: str, entry: Entry, approved: bool = False) -> Row:
    """Give a message as it leaves the site; `approved`: all have signed its leaflet's text."""
    state: State = "approved" if approved else "translated"
    if waits(entry):
        state = "fuzzy" if entry.text.strip() else "missing"
    return Row(
        locale=code,
        name=name,
        unit=unit_of(entry),
        context=entry.context,
        source=entry.source,
        target=entry.text,
        state=state,
        notes=(*entry.extracted, *(r for r in entry.remarks if not r.startswith(BACK))),
        previous=entry.previous if entry.fuzzy else "",
        limit=limit_of(entry),
        back=back_of(entry),
    )


def _approved(words: Words, code: str) -> Callable[[str], bool]:
    """Tell of a topic whether all have signed its text in this locale."""
    locale_words = words.locale_words(code)
    signed = {signature.topic for signature in locale_words.signatures}
    states: dict[str, bool] = {}

    def approved(name: str) -> bool:
        if name not in states:
            states[name] = name in signed and (
                words.translation(words.topics[name], code, locale_words).state == "approved"
            )
        return states[name]

    return approved


def units_of(catalogue: Catalogue) -> dict[str, Entry]:
    """Give the messages of a catalogue by their name."""
    return {unit_of(entry): entry for entry in catalogue}


#: What programs put into words without asking: soft hyphens, marks of the byte order.
_DROPPED = re.compile("[\u00ad\ufeff]")
#: Quotation marks, dashes and spaces that word processors put in the place of plain ones.
_QUOTES = str.maketrans("“”„‟«»‘’‚‛′″–—‑‐\u00a0\u202f", '""""""\'\'\'\'\'"----  ')


def tidy(text: str) -> str:
    """Give a text as it was typed: on one line, without what a program put into it."""
    return re.sub(r"[ \t\r\n\x0b\x0c]+", " ", _DROPPED.sub("", text)).strip(" \u00a0")


def same_text(row: Received, text: str) -> bool:
    """Tell whether a row says a text, but for the spaces that programs change."""
    if row.loose:
        return tidy(row.target).split() == tidy(text).split()
    return tidy(row.target) == tidy(text)


def same_source(one: str, other: str) -> bool:
    """Tell whether two source texts are one, but for what word processors change.

    Quotation marks, dashes, spaces and the dots of an ellipsis are these.
    """
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return " ".join(_DROPPED.sub("", text).translate(_QUOTES).replace("…", "...").split())
