"""What every format exchanges: catalogues -> ExchangeRows out, and Received rows back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from ..content.catalogue.merge import is_of_state
from ..content.catalogue.message_state import MessageState, message_state, waits
from ..content.catalogue.origin import ORIGIN, origin_of
from ..content.catalogue.po import Catalogue, Entry
from ..content.catalogue.translator_notes import limit_of
from ..leaflet.site import Words
from .update import AskFacts, renew

State = MessageState | Literal["approved"]

#: A translator's comment that holds the translation, translated back word by word.
BACK = "back-translation: "
#: How an export writes its time, in UTC.
LEFT_AT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class ExchangeRow:
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
    #: The most characters; None where nothing is built of it.
    limit: int | None = None
    #: The translation, translated back into the source language.
    back: str = ""
    #: Who or what wrote the translation; empty where nothing tells.
    origin: str = ""
    #: What the message was as it left: a digest, and the day and minute (UTC).
    left: str = ""

    @property
    def id(self) -> str:
        """Locale, catalogue and message: `es/asthma/symptoms.3f2a9c1b2d`."""
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
    #: What the message was as it left (`ExchangeRow.left`); empty where the file has lost it.
    left: str = ""
    #: When the file was exported, or was changed last, as far as anything tells.
    at: datetime | None = None
    #: Whether the file says that a machine wrote the text.
    machine: bool = False

    @property
    def is_copy(self) -> bool:
        """Return whether the translation is a copy of the source, as programs put it there."""
        return self.target == tidy(self.source) and self.confirmed is not True


def unit_of(entry: Entry) -> str:
    """Return the id of a message in its catalogue: its section and a digest of its source."""
    digest = hashlib.sha256(f"{entry.context}\0{entry.source}".encode())
    return f"{entry.context or 'words'}.{digest.hexdigest()[:10]}"


def back_of(entry: Entry) -> str:
    """Return the back-translation that stands in a message's comments; empty for none."""
    return next((r.removeprefix(BACK) for r in entry.remarks if r.startswith(BACK)), "")


def digest_of(entry: Entry) -> str:
    """Return a digest of what an import may change: words, their state, the back-translation.

    That of the back-translation stands by itself, since not every format has a place for one.
    """
    back = back_of(entry)
    return _digest(entry.text, entry.fuzzy) + (f"-{_digest(back)}" if back else "")


def _digest(text: str, fuzzy: bool = False) -> str:
    return hashlib.sha256(f"{text}\0{fuzzy and bool(text)}".encode()).hexdigest()[:10]


def as_left(row: Received) -> bool:
    """Return whether a row comes back as it left, so that nobody has written into it.

    A copy of the source is what a program has put there.
    """
    words, _, back = row.left.partition(" ")[0].partition("-")
    states = (True, False) if row.confirmed is None else (not row.confirmed,)
    same_words = row.is_copy or words in {_digest(row.target, fuzzy) for fuzzy in states}
    same_back = row.back is None or back == (_digest(row.back) if row.back else "")
    return bool(row.left) and same_words and same_back


def time_of(left: str) -> datetime | None:
    """Return when a message left, as `ExchangeRow.left` says."""
    with suppress(ValueError):
        return datetime.strptime(left.partition(" ")[2].strip(), LEFT_AT).replace(tzinfo=UTC)
    return None


def rows_of(
    words: Words,
    code: str,
    facts: AskFacts,
    names: Iterable[str] = (),
    todo: bool = False,
) -> Iterator[ExchangeRow]:
    """Yield the messages of a locale, merged with their source, as they are exported.

    `names` are topics, `house`, `snippets` or `rack`, all where none is named; with `todo` only
    what is unsure, fuzzy or missing. Raises CatalogueError.
    """
    approved = _approved(words, code)
    source = words.site.clinic.source_locale
    chosen = set(names) or None
    for name, _, catalogue in renew(words, code, facts, memory=False, names=chosen):
        for entry in catalogue:
            if not todo or waits(entry, code, source):
                yield row_of(code, name, entry, source, approved(name))


def row_of(
    code: str, name: str, entry: Entry, source_locale: str, approved: bool = False
) -> ExchangeRow:
    """Return a message as it leaves the site; `approved`: all have signed its leaflet's text."""
    state: State = message_state(entry, code, source_locale)
    if state == "translated" and approved:
        state = "approved"
    return ExchangeRow(
        locale=code,
        name=name,
        unit=unit_of(entry),
        context=entry.context,
        source=entry.source,
        target=entry.text,
        state=state,
        notes=(*entry.extracted, *_notes(entry)),
        previous=entry.previous if entry.fuzzy else "",
        limit=limit_of(entry),
        back=back_of(entry),
        origin=str(origin_of(entry) or ""),
        left=f"{digest_of(entry)} {datetime.now(UTC).strftime(LEFT_AT)}",
    )


def _notes(entry: Entry) -> Iterator[str]:
    """Yield the comments of people."""
    for remark in entry.remarks:
        if not (remark.startswith((BACK, ORIGIN)) or is_of_state(remark)):
            yield remark


def _approved(words: Words, code: str) -> Callable[[str], bool]:
    """Return a function of a topic: whether all have signed its text in this locale."""
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
    """Return the messages of a catalogue by their id (see `unit_of`)."""
    return {unit_of(entry): entry for entry in catalogue}


#: What programs put into words without asking: marks of the byte order. A soft hyphen is typed.
_DROPPED = re.compile("\ufeff")
#: Quotation marks, dashes and spaces that word processors put in the place of plain ones.
_QUOTES = str.maketrans("“”„‟«»‘’‚‛′″–—‑‐\u00a0\u202f", '""""""\'\'\'\'\'"----  ')


def tidy(text: str) -> str:
    """Return a text as it was typed: on one line, without what a program put into it."""
    return re.sub(r"[ \t\r\n\x0b\x0c]+", " ", _DROPPED.sub("", text)).strip(" \u00a0")


def same_text(row: Received, text: str) -> bool:
    """Return whether a row has this text, but for the spaces that programs change."""
    if row.loose:
        return tidy(row.target).split() == tidy(text).split()
    return tidy(row.target) == tidy(text)


def same_source(one: str, other: str) -> bool:
    """Return whether two source texts are the same, but for what word processors change.

    These are quotation marks, dashes, spaces and the dots of an ellipsis.
    """
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return " ".join(_DROPPED.sub("", text).translate(_QUOTES).replace("…", "...").split())
