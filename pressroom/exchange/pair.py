"""Pair an old translation with its topic: a file -> fuzzy messages, and a table of the rest.

Nothing is confirmed and nothing that stands in the catalogue is touched. What is not sure
goes side by side into a CSV file, which a person completes and imports.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..content.catalogue.po import Entry, write_catalogue
from ..content.catalogue.translator_notes import IMPORTED
from ..content.placeholders import clinic_values
from ..content.quantities import compare
from ..content.topic.compare import wrong_language
from ..core.errors import HandoutError
from ..core.files import shown, write_atomically
from ..core.limits import OutOfTimeError, within_time
from ..core.locales import read_locale
from ..core.model import Message, Topic
from ..fonts.scripts import script_of
from ..leaflet.site import Words
from .alignment import Piece, align
from .bringing.bring import read_source
from .bringing.source import BLANK, SourceBlock
from .bringing.telephones import Telephones
from .bringing.tidy import tidy
from .rows import unit_of
from .spreadsheet import write_beside
from .update import AskFacts, renew

#: As sure as this, a pair becomes a fuzzy message.
SURE = 0.8
#: The least share of a text's messages that a translation of it has.
LEAST_SHARE = 0.5


@dataclass(slots=True)
class Paired:
    """The result of pairing."""

    catalogue: str
    #: The table of what a person has to pair; empty where there is nothing.
    table: str
    fuzzy: int
    #: Messages that had a translation, which stays.
    kept: int
    #: Messages without a translation, and blocks of the file that are of no message.
    unpaired: int
    left: int


def pair(words: Words, code: str, name: str, path: Path, facts: AskFacts) -> Paired:
    """Pair a file with a topic, and write the catalogue of a locale.

    Raises HandoutError for a file that is not a translation of the topic, or not into this
    language; UsageError for a topic that the site does not have.
    """
    topic = words.topics[name]
    clinic = words.site.clinic
    where = shown(path)
    messages = list(_messages(topic))
    try:
        with within_time(clinic.limit_seconds):
            source, _ = read_source(path)
            blocks = tidy(source)
            Telephones(source, clinic_values(clinic)).replace(blocks)
            targets = list(_pieces(blocks))
            links = align([piece for _, piece in messages], [piece for _, piece in targets])
    except OutOfTimeError:
        raise HandoutError(
            where, f"reading took longer than {clinic.limit_seconds} seconds", "split it"
        ) from None
    letters = script_of(read_locale(code)).letters
    if problem := wrong_language("", " ".join(piece.text for _, piece in targets), letters):
        raise HandoutError(where, problem, f"is it a translation into '{code}'?")
    sure = [one for one in links if len(one.sources) == len(one.targets) == 1 and one.sure >= SURE]
    if len(sure) < LEAST_SHARE * len(messages):
        raise HandoutError(
            where,
            f"{len(sure)} of {len(messages)} texts of '{name}' were found in it: this looks like "
            "another leaflet's translation",
            "name the topic that it was made of with --topic",
        )
    ((_, _, catalogue),) = renew(words, code, facts, memory=False, names=(name,))
    entries = dict(catalogue.entries)
    taken, kept = set(), 0
    for link in sure:
        message, _ = messages[link.sources[0]]
        at, target = targets[link.targets[0]]
        entry = entries[message.key]
        if entry.text.strip():
            kept += entry.key not in taken
        else:
            note = f"{IMPORTED}{at} of {path.name}, {link.sure * 100:.0f}%"
            entries[entry.key] = _taken(entry, target.text, note, code, clinic.source_locale)
            taken.add(entry.key)
    done = {link.targets[0] for link in sure}
    rows = []
    for link in links:
        says = "\n".join(targets[j][1].text for j in link.targets if j not in done)
        rest = [
            messages[i][0] for i in link.sources if not entries[messages[i][0].key].text.strip()
        ]
        rows += [(entries[message.key] if message else None, says if not n else "")
                 for n, message in enumerate(rest or ([None] if says else []))]  # fmt: skip
    new = replace(catalogue, entries=entries)
    write_catalogue(words.catalogue_path(code, name), new, words.handouts)
    table = words.topics.folder(name) / f"import-{code}.csv"
    if rows:
        cells = [
            ((f"{code}/{name}/{unit_of(entry)}", "; ".join(entry.extracted), entry.source)
             if entry else ("", "", ""), says) for entry, says in rows
        ]  # fmt: skip
        write_atomically(table, write_beside(cells, f"what {path.name} says"), words.handouts)
    return Paired(
        shown(words.catalogue_path(code, name)), shown(table) if rows else "", len(taken), kept,
        sum(entry is not None for entry, _ in rows), sum(bool(says) for _, says in rows),
    )  # fmt: skip


def _taken(entry: Entry, text: str, note: str, code: str, source_locale: str) -> Entry:
    """Return an entry with a text of the file, fuzzy, and where its quantities differ."""
    found = compare(entry.source, text, code, source_locale)
    note = "; ".join((note, *found.causes)) if found.verdict != "equal" else note
    return replace(entry, text=text, fuzzy=True, previous="", extracted=(*entry.extracted, note))


def _messages(topic: Topic) -> Iterator[tuple[Message, Piece]]:
    """Yield the messages that a leaflet's file has, in its order, as pieces; the title first."""
    yield topic.title, Piece("heading", topic.title.text)
    for block in topic.walk():
        for message, kind in ((block.alternative, "picture"), (block.message, block.kind)):
            if message is not None and block.kind != "label":
                yield message, Piece(kind, message.text)


def _pieces(blocks: list[SourceBlock]) -> Iterator[tuple[str, Piece]]:
    """Yield the texts of a file with where each stands."""
    for block in blocks:
        kind = {"title": "heading", "check": "item", "caption": "figure"}.get(
            block.kind, block.kind
        )
        for text, of in (
            (block.text, kind),
            *((cell, "cell") for row in block.rows for cell in row),
        ):
            text = " ".join(text.replace(BLANK, "{blank}").split())
            if text:
                yield block.at, Piece(of, text)
        yield from _pieces(block.children)
