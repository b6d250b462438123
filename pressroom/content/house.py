"""Read the house words: `disclaimers.md` and `policy.toml` -> House, and what they require."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from ..core.errors import ConfigurationError, HandoutError, raise_all
from ..core.files import missing, read_text, shown
from ..core.model import RANKS, Clinic, Message, MessageKey, Rule, Topic
from ..core.toml import read_model, toml_line
from .placeholders import PLACEHOLDERS, placeholders
from .schema import DISCLAIMER_PATTERN, PolicyFile, WordsFile
from .topic.inline import LinkError, read_inline

#: Longest time between issue and review, in months: PIF TICK; 12 for an unapproved therapy.
REVIEW_MONTHS = 36
REVIEW_MONTHS_UNAPPROVED = 12


@dataclass(frozen=True, slots=True)
class House:
    """Words that every leaflet shares, and the policy that says which it must show."""

    rules: tuple[Rule, ...]
    #: The disclaimers' words by id.
    disclaimers: Mapping[str, Message]
    #: Words that promote, by locale.
    promotional: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Kinds of messages in which a machine's words wait for a person.
    review_first: tuple[str, ...] = ()


def read_house(handouts: Path) -> House:
    """Read disclaimers and policy.

    Raises ConfigurationError, or Problems, where either is broken or one lacks the other.
    """
    folder = handouts / "house"
    disclaimers = _read_disclaimers(folder / "disclaimers.md", handouts)
    path = folder / "policy.toml"
    where = shown(path)
    policy, text = read_model(path, PolicyFile, ConfigurationError, handouts)
    problems: list[HandoutError] = []
    seen: set[str] = set()
    for number, row in enumerate(policy.disclaimer):
        at = f"{where}:{toml_line(text, ('disclaimer', number, 'id'))}"
        if row.id in seen:
            problems.append(ConfigurationError(at, f"'{row.id}' stands twice", "delete one"))
        seen.add(row.id)
        if row.id not in disclaimers:
            what = f"the disclaimer '{row.id}' has no words"
            step = f"write '## {row.id}' into {shown(folder / 'disclaimers.md')}"
            problems.append(ConfigurationError(at, what, step))
    raise_all(problems)
    rules = tuple(
        Rule(
            id=row.id,
            when=row.when,
            jurisdiction=row.id.partition(".")[2],
            placement=row.placement,
            boxed=row.boxed,
            least_pt=row.least_pt,
            number_pt=row.number_pt,
            checked_on=row.checked_on,
            expires_days=row.expires_days,
            must_say=row.must_say,
            where=f"{where}:{toml_line(text, ('disclaimer', number))}",
        )
        for number, row in enumerate(policy.disclaimer)
    )
    words = _read_words(folder / "words.toml", handouts)
    return House(rules, disclaimers, words, policy.machine.review_first)


def _read_words(path: Path, root: Path) -> Mapping[str, tuple[str, ...]]:
    """Read the words to avoid; none where there is no file."""
    if missing(path, root):
        return {}
    return read_model(path, WordsFile, ConfigurationError, root)[0].promotional


def _read_disclaimers(path: Path, root: Path) -> dict[str, Message]:
    where = shown(path)
    found: dict[str, Message] = {}
    problems: list[HandoutError] = []
    lines = read_text(path, ConfigurationError, root).split("\n")
    heads = [number for number, line in enumerate(lines) if line.startswith("## ")]
    for line, following in pairwise([*heads, len(lines)]):
        id_ = lines[line][3:].strip()
        text = " ".join(" ".join(lines[line + 1 : following]).split())
        wrong: list[tuple[str, str]] = []
        if not re.fullmatch(DISCLAIMER_PATTERN, id_):
            wrong.append((f"'{id_}' is no id of a disclaimer", "use a-z, 0-9, -"))
        elif not text:
            wrong.append((f"'{id_}' has no words", "write them"))
        elif id_ in found:
            wrong.append((f"'{id_}' stands twice", "delete one"))
        try:
            read_inline(text)
        except LinkError as problem:
            wrong.append((str(problem), "change it"))
        known = f"known are {', '.join(sorted(PLACEHOLDERS))}"
        unknown = (name for name in placeholders(text) if name not in PLACEHOLDERS)
        wrong += [(f"unknown placeholder {{{name}}} in '{id_}'", known) for name in unknown]
        problems += [ConfigurationError(f"{where}:{line + 1}", *one) for one in wrong]
        message = Message(id_, text, f"dsc-{id_}", f"disclaimer {id_}", line + 1, where)
        found.setdefault(id_, message)
    raise_all(problems)
    return found


def house_messages(house: House, labels: Iterable[Message]) -> tuple[Message, ...]:
    """Return all house words in the order of `house.po`: disclaimers, then labels."""
    return (*house.disclaimers.values(), *labels)


def reviewed_first(
    house: House, messages: Iterable[Message], topic: Topic | None
) -> set[MessageKey]:
    """Return the messages of a catalogue in which a machine's words wait for a person.

    `topic` is None for the house words.
    """
    urgent = {
        part.message.anchor
        for block in (topic.walk() if topic else ())
        if block.kind == "container" and block.name in RANKS
        for part in block.walk()
        if part.message
    }
    disclaimers = {message.anchor for message in house.disclaimers.values()}
    return {
        message.key
        for message in messages
        if ("disclaimers" in house.review_first and message.anchor in disclaimers)
        or ("urgent" in house.review_first and message.anchor in urgent)
        or ("doses" in house.review_first and any(c.isdigit() for c in message.text))
    }


def has_links(topic: Topic) -> bool:
    """Return whether a topic's words link to a website."""
    return any("](" in message.text or "<http" in message.text for message in topic.messages)


def applicable(
    house: House, topic: Topic, clinic: Clinic, *, translation: bool, draft: bool, overdue: bool
) -> tuple[Rule, ...]:
    """Return the disclaimers that the policy requires of a leaflet, in the policy's order."""
    conditions = {"always", *(f"tag:{tag}" for tag in topic.tags)}
    conditions |= {
        name
        for name, holds in {
            "translation": translation,
            "draft": draft,
            "overdue": overdue,
            "links": has_links(topic),
            **{rank: topic.has_box(rank) for rank in RANKS},
        }.items()
        if holds
    }
    # Disclaimers of a rank that the topic lacks have no place.
    without = {id_ for rank, id_ in RANKS.items() if rank not in conditions}
    # A rule of a country holds in its parts, too: `US` in `US-CA`.
    lands = ("", clinic.jurisdiction.partition("-")[0], clinic.jurisdiction)
    return tuple(
        rule
        for rule in house.rules
        if rule.jurisdiction in lands and conditions & set(rule.when) and rule.id not in without
    )


def expired(rule: Rule, today: date) -> bool:
    """Return whether the fact that a disclaimer states was checked too long ago."""
    return (
        rule.checked_on is not None
        and rule.expires_days is not None
        and today - rule.checked_on > timedelta(days=rule.expires_days)
    )
