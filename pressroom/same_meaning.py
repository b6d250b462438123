"""Signed statements that a changed source means the same: which texts they make equal.

A clinician who adds a comma to the English signs the new text and states that
its meaning is the old one's. Translations of the old sentence then hold for the
new one, and so do their signatures. A statement is proven by digests: undone on
the text that was signed with it, it has to give the text that was signed before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from .signed import Text

#: Lines of the front matter that may differ between two texts of the same meaning.
MAY_DIFFER = ("version", "issued")

#: Context, old source text, new source text.
Change = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class SameMeaning:
    """A statement as it stands in the `approvals.toml` of the source locale."""

    topic: str
    role: str
    name: str
    date: date
    #: Digests of the source text before and after.
    was: str
    now: str
    changes: tuple[Change, ...]
    #: Key, old and new value of the lines of the front matter that changed.
    head: tuple[Change, ...] = ()
    #: Line of the row in its file, counted from 1.
    line: int = 0

    def undo(self, text: Text) -> Text | None:
        """Give the text as it was before; None where this is not the text after it."""
        head, messages = list(text.head), list(text.messages)
        for key, old, new in self.head:
            if (key, new) not in head:
                return None
            head[head.index((key, new))] = (key, old)
        for context, old, new in self.changes:
            found = [n for n, message in enumerate(messages) if message[:2] == (context, new)]
            if not found:
                return None
            for number in found:
                messages[number] = (context, old, messages[number][2])
        return replace(text, head=tuple(head), messages=tuple(messages))


def changes_between(
    old: Text, new: Text, house: Iterable[str]
) -> tuple[tuple[Change, ...], tuple[Change, ...]] | str:
    """Give the changes of messages and of front matter, or why they cannot mean the same.

    `house` are the contexts of house words, which belong to all topics.
    """
    if [key for key, _ in old.head] != [key for key, _ in new.head]:
        return "the front matter has other lines"
    head = tuple(
        (key, was, now)
        for (key, was), (_, now) in zip(old.head, new.head, strict=True)
        if was != now
    )
    if other := [key for key, _, _ in head if key not in MAY_DIFFER]:
        return f"'{other[0]}' of the front matter has changed"
    before, after = ([context for context, _, _ in text.messages] for text in (old, new))
    if before != after:
        where = next(
            (c for c, n in (Counter(after) - Counter(before) or Counter(before) - Counter(after)
             ).items() if n), "",
        )  # fmt: skip
        return f"in '{where}', messages were added or taken out" if where else "its order changed"
    changes = tuple(
        dict.fromkeys(
            (context, was, now)
            for (context, was, _), (_, now, _) in zip(old.messages, new.messages, strict=True)
            if was != now
        )
    )
    common = set(house)
    if shared := [context for context, _, _ in changes if context in common]:
        return f"the house words '{shared[0]}' have changed, which belong to every topic"
    if not changes and not head:
        return "nothing has changed"
    return changes, head


def proven(statements: Iterable[SameMeaning], signed: Text) -> bool:
    """Tell whether one role's statements on a topic, in order, lead to the text it signed."""
    text: Text | None = signed
    for statement in reversed(list(statements)):
        if text is None or text.digest != statement.now:
            return False
        text = statement.undo(text)
        if text is None or text.digest != statement.was:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Carried:
    """What the proven statements on one topic carry over, by each role that was asked."""

    chains: tuple[tuple[SameMeaning, ...], ...] = ()

    def digests(self, text: Text) -> Iterator[str]:
        """Give the digests of the texts that mean the same as this one, itself first.

        Every role that signs the source has to have stated it.
        """
        yield text.digest
        older = [set(_older(chain, text)) for chain in self.chains]
        if older:
            yield from sorted(set.intersection(*older))

    def sources(self) -> Mapping[tuple[str, str], str]:
        """Give the source text that each new one was, by its context and new text."""
        stated = [{change for one in chain for change in one.changes} for chain in self.chains]
        common = set.intersection(*stated) if stated else set()
        return {(context, new): old for context, old, new in common}


def _older(chain: tuple[SameMeaning, ...], text: Text) -> Iterator[str]:
    for statement in reversed(chain):
        earlier = statement.undo(text)
        if earlier is None:
            return
        text = earlier
        yield text.digest
