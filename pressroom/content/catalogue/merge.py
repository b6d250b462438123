"""Bring a catalogue up to its source: Catalogue and Messages -> Catalogue.

Exact matches are kept and moved text is followed; changed text gets its old
translation as a fuzzy one, with the previous source; dropped text becomes
obsolete. Pure: what it gives is written by `locale update` and used in memory
by a build, so that both see the same state.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ...core.model import Message, MessageKey
from ..placeholders import placeholders
from .po import Catalogue, Entry
from .translator_notes import kept_notes, places

#: Source texts at least this alike (0 to 1) count as one text that was changed ...
ALIKE = 0.6
#: ... or this alike, where both stand in the same place (third item of the same list).
ALIKE_IN_PLACE = 0.25
#: A comment (`#`) at a fuzzy text that is not the one which was confirmed for the previous source.
UNCONFIRMED = "not confirmed for the previous source, either"
#: The same at one that is, with its digest: what somebody has edited since is another one.
CONFIRMED = "confirmed for the previous source: "
#: Work that is spent on likeness in one catalogue: the sum of products of the lengths of
#: texts that are compared. Beyond it a changed text is a new one.
MOST_COMPARED = 10_000_000


def merge(
    catalogue: Catalogue, messages: Iterable[Message], same: Mapping[MessageKey, str] | None = None
) -> Catalogue:
    """Return the catalogue that has exactly these messages, in their order.

    `same` gives the older source text of a message whose meaning did not change, as
    somebody has signed: its translation is kept, and is not fuzzy for that change.
    """
    wanted: dict[MessageKey, list[Message]] = {}
    for message in messages:
        wanted.setdefault(message.key, []).append(message)

    entries: dict[MessageKey, Entry] = {}
    orphans = {key: entry for key, entry in catalogue.entries.items() if key not in wanted}
    spare = {**catalogue.obsolete, **orphans}
    used: set[MessageKey] = set()
    alike = _Likeness()

    for key in wanted:
        entry, origin = _same(key, catalogue, same or {})
        if entry is None:
            entry, origin = _follow(key, spare, used)
        if origin is not None:
            used.add(origin)
        entries[key] = entry
    # Second pass, so that an exact match is never lost to a text that is only alike.
    for key, entry in entries.items():
        if not entry.text and not entry.fuzzy and key not in catalogue.entries:
            changed, origin = _changed(key, wanted, orphans, used, alike)
            if origin is not None:
                used.add(origin)
                entries[key] = changed

    described = {key: _describe(_taken_back(entries[key]), wanted[key]) for key in wanted}
    obsolete = {
        key: replace(entry, extracted=(), flags=frozenset())
        for key, entry in spare.items()
        if key not in used and key not in wanted and entry.text
    }
    return replace(catalogue, entries=described, obsolete=obsolete)


def _same(
    key: MessageKey, catalogue: Catalogue, same: Mapping[MessageKey, str]
) -> tuple[Entry | None, MessageKey | None]:
    """Return the entry of a message, or that of an older text which means the same with its key."""
    entry, origin = catalogue.entries.get(key), None
    older = key
    for _ in same:
        if (entry is not None and entry.text and not entry.fuzzy) or older not in same:
            break
        older = (key[0], same[older])
        if entry is None or not entry.text:
            was = catalogue.entries.get(older) or catalogue.obsolete.get(older)
            if was is not None and was.text:
                entry, origin = replace(was, source=key[1]), older
        elif entry.previous == older[1] and _as_confirmed(entry):
            entry = replace(entry, fuzzy=False, previous="")
    return entry, origin


def _follow(
    key: MessageKey, spare: dict[MessageKey, Entry], used: set[MessageKey]
) -> tuple[Entry, MessageKey | None]:
    """Return the entry and key of a text that was moved from another section, or dropped before."""
    context, source = key
    if key in spare and key not in used:
        return replace(spare[key], line=spare[key].line), key
    moved = [k for k in spare if k[1] == source and k not in used]
    if len({spare[k].text for k in moved}) == 1:
        return replace(spare[moved[0]], context=context), moved[0]
    return Entry(context, source), None


class _Likeness:
    """How alike two texts are, from 0 to 1, until the work for it is spent; then 0."""

    def __init__(self) -> None:
        self.left = MOST_COMPARED

    def __call__(self, one: str, other: str, least: float) -> float:
        shorter, longer = sorted((len(one), len(other)))
        if 2 * shorter < least * (shorter + longer):
            return 0.0  # So unlike in length that the rest cannot make up for it.
        self.left -= shorter * longer + 1000  # and what a comparison costs at least
        if self.left < 0:
            return 0.0
        return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def _changed(
    key: MessageKey,
    wanted: dict[MessageKey, list[Message]],
    orphans: dict[MessageKey, Entry],
    used: set[MessageKey],
    alike: _Likeness,
) -> tuple[Entry, MessageKey | None]:
    """Return a fuzzy entry with the text of the same section that this one was changed from."""
    context, source = key
    place = (wanted[key][0].place,)
    shared = sum(k[0] == context and (m[0].place,) == place for k, m in wanted.items())
    best: tuple[float, MessageKey] | None = None
    for other, entry in orphans.items():
        if other in used or other[0] != context or not entry.text:
            continue
        in_place = places(entry.extracted) == place and shared == 1
        least = ALIKE_IN_PLACE if in_place else ALIKE
        ratio = alike(other[1], source, least)
        if ratio < least:
            continue
        score = ratio + in_place
        if best is None or score > best[0]:
            best = (score, other)
    if best is None:
        return Entry(context, source), None
    entry = orphans[best[1]]
    new = replace(entry, source=source, fuzzy=True, previous=entry.previous or entry.source)
    if not entry.fuzzy:
        return _with_state(new, CONFIRMED + _digest(entry.text)), best[1]
    return (new if entry.previous else unconfirmed(new)), best[1]


def unconfirmed(entry: Entry) -> Entry:
    """Return a fuzzy entry that says of its text that nobody confirmed it for any source."""
    return _with_state(entry, UNCONFIRMED)


def is_of_state(remark: str) -> bool:
    """Return whether a comment says for which source a fuzzy text was confirmed."""
    return remark == UNCONFIRMED or remark.startswith(CONFIRMED)


def without_state(entry: Entry) -> Entry:
    """Return an entry that does not say for which source its text was confirmed."""
    return replace(entry, remarks=tuple(one for one in entry.remarks if not is_of_state(one)))


def _with_state(entry: Entry, remark: str) -> Entry:
    if remark in entry.remarks:
        return entry
    bare = without_state(entry)
    return replace(bare, remarks=(*bare.remarks, remark))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _as_confirmed(entry: Entry) -> bool:
    """Return whether a fuzzy text is, as far as comments tell, the one that was confirmed."""
    said = [remark for remark in entry.remarks if is_of_state(remark)]
    return all(remark == CONFIRMED + _digest(entry.text) for remark in said)


def _taken_back(entry: Entry) -> Entry:
    """Return an entry confirmed again whose source is the one that its text was confirmed for."""
    if not entry.fuzzy:
        return without_state(entry)
    if entry.previous == entry.source and _as_confirmed(entry) and not kept_notes(entry):
        return without_state(replace(entry, fuzzy=False, previous=""))
    return entry


def _describe(entry: Entry, messages: list[Message]) -> Entry:
    """Return an entry that notes where its message stands, and where an offered text comes from."""
    comments = [message.place for message in messages] + kept_notes(entry)
    flags = {"python-brace-format"} if placeholders(entry.source) else set()
    return replace(entry, extracted=tuple(dict.fromkeys(comments)), flags=frozenset(flags))
