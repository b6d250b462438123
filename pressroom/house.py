"""Read the house words: `disclaimers.md` and `policy.toml` -> House, and what they require."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from .errors import ConfigurationError, HandoutError, raise_all
from .files import read_text, read_toml, shown, toml_line
from .manuscript import LinkError, placeholders, read_inline
from .model import Clinic, Message, Rule, Topic
from .schema import PolicyFile, WordsFile, validate

#: What may stand in braces in a disclaimer.
PLACEHOLDERS = frozenset(
    """clinic phone email emergency_number urgent_number therapy Therapy condition checked_on
    leaflet_id locale version source_version issued review_by n N translator reviewer sources
    authors clinical_reviewer funder conflicts owner year licence""".split()  # noqa: SIM905
)

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


def read_house(handouts: Path) -> House:
    """Read disclaimers and policy.

    Raises ConfigurationError, or Problems, where either is broken or one lacks the other.
    """
    folder = handouts / "house"
    disclaimers = _read_disclaimers(folder / "disclaimers.md", handouts)
    path = folder / "policy.toml"
    where = shown(path)
    data, text = read_toml(path, ConfigurationError, handouts)
    policy = validate(PolicyFile, data, where, lambda loc: toml_line(text, loc), ConfigurationError)
    problems: list[HandoutError] = []
    seen: set[str] = set()
    for number, row in enumerate(policy.disclaimer):
        line = toml_line(text, ("disclaimer", number, "id"))
        if row.id in seen:
            problems.append(
                ConfigurationError(f"{where}:{line}", f"'{row.id}' stands twice", "delete one")
            )
        seen.add(row.id)
        if row.id not in disclaimers:
            problems.append(
                ConfigurationError(
                    f"{where}:{line}",
                    f"the disclaimer '{row.id}' has no words",
                    f"write '## {row.id}' into {shown(folder / 'disclaimers.md')}",
                )
            )
    raise_all(problems)
    rules = tuple(
        Rule(
            id=row.id,
            when=row.when,
            jurisdiction=row.id.partition(".")[2],
            placement=row.placement,
            boxed=row.boxed,
            least_pt=row.least_pt,
            checked_on=row.checked_on,
            expires_days=row.expires_days,
            where=f"{where}:{toml_line(text, ('disclaimer', number))}",
        )
        for number, row in enumerate(policy.disclaimer)
    )
    return House(rules, disclaimers, _read_words(folder / "words.toml"))


def _read_words(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Read the words to avoid; none where there is no file."""
    if not path.exists():
        return {}
    data, text = read_toml(path, ConfigurationError)
    return validate(
        WordsFile, data, shown(path), lambda loc: toml_line(text, loc), ConfigurationError
    ).promotional


def _read_disclaimers(path: Path, root: Path) -> dict[str, Message]:
    where = shown(path)
    found: dict[str, Message] = {}
    problems: list[HandoutError] = []
    lines = read_text(path, ConfigurationError, root).split("\n")
    heads = [i for i, line in enumerate(lines) if line.startswith("## ")]
    for head, following in pairwise([*heads, len(lines)]):
        id_ = lines[head][3:].strip()
        text = " ".join(" ".join(lines[head + 1 : following]).split())
        if not re.fullmatch(r"[a-z0-9-]+(\.[A-Z]{2}(-[A-Z0-9]{1,3})?)?", id_):
            problems.append(
                ConfigurationError(
                    f"{where}:{head + 1}", f"'{id_}' is no id of a disclaimer", "use a-z, 0-9, -"
                )
            )
        elif not text:
            problems.append(
                ConfigurationError(f"{where}:{head + 1}", f"'{id_}' has no words", "write them")
            )
        elif id_ in found:
            problems.append(
                ConfigurationError(f"{where}:{head + 1}", f"'{id_}' stands twice", "delete one")
            )
        try:
            read_inline(text)
        except LinkError as problem:
            problems.append(ConfigurationError(f"{where}:{head + 1}", str(problem), "change it"))
        for name in placeholders(text):
            if name not in PLACEHOLDERS:
                problems.append(
                    ConfigurationError(
                        f"{where}:{head + 1}",
                        f"unknown placeholder {{{name}}} in '{id_}'",
                        f"known are {', '.join(sorted(PLACEHOLDERS))}",
                    )
                )
        found.setdefault(
            id_, Message(id_, text, f"dsc-{id_}", f"disclaimer {id_}", head + 1, where)
        )
    raise_all(problems)
    return found


def house_messages(house: House, labels: Iterable[Message]) -> tuple[Message, ...]:
    """Give all house words in the order of `house.po`: disclaimers, then labels."""
    return (*house.disclaimers.values(), *labels)


def has_links(topic: Topic) -> bool:
    """Tell whether a topic's words link to a website."""
    return any("](" in message.text or "<http" in message.text for message in topic.messages)


def applicable(
    house: House, topic: Topic, clinic: Clinic, *, translation: bool, draft: bool, overdue: bool
) -> tuple[Rule, ...]:
    """Give the disclaimers that the policy requires of a leaflet, in the policy's order."""
    conditions = {"always", *(f"tag:{tag}" for tag in topic.tags)}
    conditions |= {
        name
        for name, holds in {
            "translation": translation,
            "draft": draft,
            "overdue": overdue,
            "links": has_links(topic),
        }.items()
        if holds
    }
    # A rule of a country holds in its parts, too: `US` in `US-CA`.
    lands = ("", clinic.jurisdiction.partition("-")[0], clinic.jurisdiction)
    return tuple(
        rule for rule in house.rules if rule.jurisdiction in lands and conditions & set(rule.when)
    )


def expired(rule: Rule, today: date) -> bool:
    """Tell whether the fact that a disclaimer states was checked too long ago."""
    return (
        rule.checked_on is not None
        and rule.expires_days is not None
        and today - rule.checked_on > timedelta(days=rule.expires_days)
    )
