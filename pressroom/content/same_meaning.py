"""Signed statements that a changed source means the same: which texts they make equal.

A clinician who adds a comma to the English signs the new text and states that
its meaning is the old one's. Translations of the old sentence then hold for the
new one, and so do their signatures. A statement is proven by digests: undone on
the text that was signed with it, it has to give the text that was signed before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..core.errors import HandoutError
from ..core.model import Clinic, MessageKey, message_name
from .approvals import Approvals, Change, SameMeaning, read_approvals
from .quantities import compare
from .signed_text import Text, read_signed
from .topic.compare import markup_differences

#: Lines of the front matter that may differ between two texts of the same meaning.
MAY_DIFFER = ("version", "issued")

#: The most statements in a row: after so many small changes, somebody reads the whole again.
MOST_STATEMENTS = 50


def changes_between(
    old: Text, new: Text, house: Iterable[str]
) -> tuple[tuple[Change, ...], tuple[Change, ...]] | str:
    """Return the changes of messages and of front matter, or why they cannot mean the same.

    `house` has the contexts of house words, which belong to all topics.
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
    """Return whether one role's statements on a topic, in order, lead to the text it signed."""
    text: Text | None = signed
    for statement in reversed(list(statements)):
        if text is None or text.digest != statement.now:
            return False
        text = statement.undo(text)
        if text is None or text.digest != statement.was:
            return False
    return True


@dataclass(frozen=True, slots=True)
class SameMeanings:
    """What the proven statements on one topic make equal."""

    #: Statements in their order, for each role that signs the source; empty where one has none.
    chains: tuple[tuple[SameMeaning, ...], ...] = ()

    def digests(self, text: Text) -> Iterator[str]:
        """Return the digests of the texts that mean the same as this one, its own first.

        Every role that signs the source has to have stated it.
        """
        yield text.digest
        older = [set(_older(chain, text)) for chain in self.chains]
        if older:
            yield from sorted(set.intersection(*older))

    def sources(self) -> Mapping[MessageKey, str]:
        """Return the older source text of each changed message, by context and new text."""
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


def read_same_meanings(handouts: Path, clinic: Clinic, today: date) -> Mapping[str, SameMeanings]:
    """Read what proven statements make equal, by topic.

    What is broken or not proven makes nothing equal, nor what is signed on a day to come;
    `check` reports it.
    """
    try:
        approvals = read_approvals(handouts, clinic.source_locale).by(today)
    except HandoutError:
        return {}
    return {
        topic: SameMeanings(
            tuple(
                tuple(statements) if not why else ()
                for role in clinic.source_approvals
                for statements, why in [weigh_statements(handouts, clinic, approvals, topic, role)]
            )
        )
        for topic in {statement.topic for statement in approvals.statements}
    }


def weigh_statements(
    handouts: Path, clinic: Clinic, approvals: Approvals, topic: str, role: str
) -> tuple[list[SameMeaning], str]:
    """Return one role's statements on a topic, in order, and why they are not proven."""
    mine = (topic, role)
    chain = [row for row in approvals.statements if (row.topic, row.role) == mine]
    last = [row for row in approvals.signatures if (row.topic, row.role) == mine][-1:]
    if not chain:
        return [], ""
    if len(chain) > MOST_STATEMENTS:
        return chain, f"there are more than {MOST_STATEMENTS} on one text"
    if not last:
        return chain, f"no {role} has signed the text that it leads to"
    for statement in chain:
        if problem := next(unlike(statement.changes, clinic.source_locale), ""):
            return chain, problem
    code = clinic.source_locale
    try:
        text = read_signed(handouts, code, code, topic, role, last[0].digest)
    except HandoutError as problem:
        return chain, problem.what
    return chain, "" if proven(chain, text) else "it does not lead from one signed text to the next"


def unlike(changes: Iterable[Change], locale: str) -> Iterator[str]:
    """Report changes that cannot leave the meaning as it is, whatever somebody signs.

    Among them those of quantities that may be others: who signs cannot see them all.
    """
    for context, was, now in changes:
        name = message_name(now, context)
        found = compare(was, now, locale, locale)
        if found.verdict != "equal":
            yield f"{name} has other quantities than before: {'; '.join(found.causes)}"
        for problem in markup_differences(was, now):
            yield f"{name}: {problem.partition(';')[0]}"
