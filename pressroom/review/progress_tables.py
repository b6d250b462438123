"""Lay an overview out for a terminal: Overview -> tables, and what to translate next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .progress import LeafletProgress, Overview

#: The most leaflets that are listed one by one.
MOST_LISTED = 100
#: Where there are more, so many topics are named, the worst first.
_MOST_TOPICS = 12
#: The most catalogues that are named as waiting for their translators.
_MOST_NEXT = 10

_LEAFLET = (
    "locale", "words", "unsure", "fuzzy", "missing", "machine", "state", "signed", "published",
    "review",
)  # fmt: skip
_LOCALE = (
    "locale", "words", "machine", "approved", "draft", "withheld", "withdrawn", "published"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """A title, the heads of columns, and rows of as many cells."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


def tables(overview: Overview) -> Iterator[Table]:
    """Yield a table for each topic, or one of the worst where there are many; one of locales."""
    topics: dict[str, list[LeafletProgress]] = {}
    for line in overview.lines:
        topics.setdefault(line.topic, []).append(line)
    if len(overview.lines) <= MOST_LISTED:
        for topic, lines in topics.items():
            yield Table(topic, _LEAFLET, [_cells(line) for line in lines])
    else:
        worst = sorted(topics.items(), key=lambda item: badness(item[1]), reverse=True)
        rows: list[tuple[str, ...]] = [
            (name, counted(lines)) for name, lines in worst[:_MOST_TOPICS]
        ]
        yield Table(f"{len(rows)} of {len(topics)} topics, the worst first", ("topic", ""), rows)
    if len(topics) > 1:
        states = ("approved", "draft", "withheld", "withdrawn", "built")
        totals = [
            (
                one["locale"],
                _share(one["words"]),
                _machine(one["origins"]),
                *(str(one[name] or "") for name in states),
            )
            for one in overview.totals
        ]
        yield Table(f"{len(overview.lines)} leaflets", _LOCALE, totals)


def badness(lines: Iterable[LeafletProgress]) -> tuple[int, ...]:
    """Return a key that sorts topics by how much is amiss: what is overdue weighs most."""
    lines = tuple(lines)
    return (
        sum(line.overdue and line.state != "withdrawn" for line in lines),
        *(sum(line.state == state for line in lines) for state in ("unreadable", "withheld")),
        sum(line.state == "draft" for line in lines),
    )


def counted(lines: Iterable[LeafletProgress]) -> str:
    """Return in words how many leaflets of a topic are in which state, the worst first."""
    lines = tuple(lines)
    counts: Counter[str] = Counter(line.state for line in lines)
    counts["overdue"] = sum(line.overdue and line.state != "withdrawn" for line in lines)
    order = ("overdue", "unreadable", "withheld", "draft", "withdrawn", "approved")
    return ", ".join(f"{counts[name]} {name}" for name in order if counts[name])


def _cells(line: LeafletProgress) -> tuple[str, ...]:
    signed = [f"{one['role']}: {one['name']}, {one['date']}" for one in line.approvals
              if one["valid"]]  # fmt: skip
    built = [f"{edition}{' draft' if state == 'draft' else ''}, {pages} p."
             for edition, state, pages in line.built]  # fmt: skip
    return (
        line.locale, _share(line.words),
        *(str(line.words.get(kind) or "") for kind in ("unsure", "fuzzy", "missing")),
        _machine(line.origins), line.state, "\n".join(signed), "\n".join(built) or "no",
        f"{line.review_by}{' overdue' if line.overdue else ''}",
    )  # fmt: skip


def _share(words: Mapping[str, int]) -> str:
    total = sum(words.values())
    return f"{words.get('translated', 0)} of {total}" if total else ""


def _machine(origins: Mapping[str, int]) -> str:
    """Return how many messages are a machine's, and how many of them wait for a person."""
    waiting = origins.get("machine_waiting", 0)
    count = str(origins.get("machine", 0) or "")
    return f"{count}, {waiting} to review" if waiting else count


def next_lines(overview: Overview, with_messages: bool) -> Iterator[str]:
    """Yield what to translate next, the most wanted first; each message where that is asked for."""
    if overview.next:
        yield "To translate next, the most wanted first:"
    for one in overview.next[:_MOST_NEXT]:
        for_ = f"{one.leaflets} leaflets wait for it" if one.leaflets > 1 else "1 leaflet waits"
        yield f"  {one.path}: {one.words} words in {len(one.messages)} messages; {for_}"
        if not with_messages:
            continue
        there = [message for message in one.messages if message.where != one.path]
        if absent := len(one.messages) - len(there):
            yield f"    not in it yet: {absent}; run 'handouts locale update {one.locale}'"
        for message in there:
            why = f": {message.why}" if message.why else ""
            yield f"    {message.where}: {message.state}, {message.words} words{why}"
    if len(overview.lines) > MOST_LISTED:
        yield "Name a topic, or a --locale, to see its leaflets one by one."
