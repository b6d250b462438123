"""What an overview says: how far each leaflet is, and what waits for a translator."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import HandoutError

FORMAT = 1

State = Literal["approved", "draft", "withheld", "withdrawn", "unreadable"]
#: States of a message.
KINDS = ("translated", "fuzzy", "missing")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits for its translator."""

    #: File and line; the file alone where the message does not stand in it yet.
    where: str
    context: str
    source: str
    words: int
    state: Literal["fuzzy", "missing"]


@dataclass(frozen=True, slots=True)
class Line:
    """How far one topic is in one locale."""

    topic: str
    locale: str
    state: State
    #: Messages, and words of their source, by `translated`, `fuzzy` and `missing`.
    messages: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, int] = field(default_factory=dict)
    #: Each signature as JSON has it: role, name, date, valid.
    approvals: Sequence[Mapping[str, Any]] = ()
    review_by: str = ""
    #: Editions that stand published, each with its state and its pages.
    built: tuple[tuple[str, str, int | None], ...] = ()
    overdue: bool = False
    #: Since when and why it is taken out; empty where it is not.
    withdrawn: str = ""
    waiting: tuple[Waiting, ...] = ()

    @property
    def data(self) -> dict[str, Any]:
        """Give what `status --json` says of it."""
        return {
            "topic": self.topic,
            "locale": self.locale,
            **{kind: self.messages.get(kind, 0) for kind in KINDS},
            "state": self.state,
            "approvals": [dict(one) for one in self.approvals],
            "built": [f"{edition} {state}" for edition, state, _ in self.built],
            "review_by": self.review_by,
            "overdue": self.overdue,
            "words": {kind: self.words.get(kind, 0) for kind in KINDS},
            "pages": {edition: pages for edition, _, pages in self.built},
            "withdrawn": self.withdrawn,
        }


@dataclass(frozen=True, slots=True)
class Next:
    """A catalogue that waits for its translator."""

    locale: str
    #: Topic, or `house`.
    name: str
    path: str
    words: int
    #: How many leaflets cannot be printed without it.
    leaflets: int
    #: Its source text has all its signatures, so that it will not change soon.
    source_approved: bool
    messages: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """How far a site is."""

    lines: tuple[Line, ...]
    next: tuple[Next, ...]
    #: What could not be read.
    problems: tuple[HandoutError, ...] = ()

    @property
    def totals(self) -> list[dict[str, Any]]:
        """Sum up by locale: leaflets by state, and words."""
        sums: dict[str, Counter[str]] = defaultdict(Counter)
        for line in self.lines:
            total = sums[line.locale]
            total.update({"leaflets": 1, line.state: 1, "built": bool(line.built)})
            total.update({f"words {kind}": line.words.get(kind, 0) for kind in KINDS})
        return [
            {
                "locale": code,
                "leaflets": total["leaflets"],
                **{state: total[state] for state in
                   ("approved", "draft", "withheld", "withdrawn", "unreadable")},
                "built": total["built"],
                "words": {kind: total[f"words {kind}"] for kind in KINDS},
            }
            for code, total in sums.items()
        ]  # fmt: skip

    @property
    def data(self) -> dict[str, Any]:
        """Give what `status --json` says."""
        return {
            "format": FORMAT,
            "leaflets": [line.data for line in self.lines],
            "locales": self.totals,
            "next": [
                {
                    "locale": one.locale,
                    "catalogue": one.path,
                    "words": one.words,
                    "leaflets": one.leaflets,
                    "source_approved": one.source_approved,
                    "messages": [
                        {name: getattr(message, name) for name in Waiting.__slots__}
                        for message in one.messages
                    ],
                }
                for one in self.next
            ],
        }
