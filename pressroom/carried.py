"""What signed statements carry over from older sources: a site's approvals -> Carried, by topic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from .approvals import Approvals, read_approvals
from .errors import HandoutError
from .model import Clinic
from .same_meaning import Carried, Change, SameMeaning, proven
from .signed import read_signed
from .translate import markup_differences, numbers

#: The most statements in a row: after so many small changes, somebody reads the whole again.
MOST_STATEMENTS = 50


def read_carried(handouts: Path, clinic: Clinic, today: date) -> Mapping[str, Carried]:
    """Give what proven statements of the same meaning carry over.

    What is broken or not proven carries nothing, nor what is signed on a day to come;
    `check` says so.
    """
    try:
        approvals = read_approvals(handouts, clinic.source_locale).by(today)
    except HandoutError:
        return {}
    return {
        topic: Carried(
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
    """Give one role's statements on a topic, in order, and why they are not proven."""
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
        if problem := next(unlike(statement.changes), ""):
            return chain, problem
    code = clinic.source_locale
    try:
        text = read_signed(handouts, code, code, topic, role, last[0].digest)
    except HandoutError as problem:
        return chain, problem.what
    return chain, "" if proven(chain, text) else "it does not lead from one signed text to the next"


def unlike(changes: Iterable[Change]) -> Iterator[str]:
    """Say which changes cannot leave the meaning as it is, whatever somebody signs."""
    for context, was, now in changes:
        name = f"‘{now if len(now) <= 60 else now[:59].rstrip() + '…'}’ ({context})"
        if sorted(numbers(was)) != sorted(numbers(now)):
            yield f"{name} has other numbers than before"
        for problem in markup_differences(was, now):
            yield f"{name}: {problem.partition(';')[0]}"
