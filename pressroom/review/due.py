"""Find what falls due, and who has to act: Words, Overview and history -> Due, and a calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from ..content.house import applicable
from ..core.model import Rule, Topic
from ..core.published import Issue
from ..leaflet.site import Words
from .progress import Overview
from .progress_tables import Table

#: How many days ahead are looked at, where nobody says otherwise.
WITHIN = 90


@dataclass(frozen=True, slots=True)
class Due:
    """Something that a person has to see to."""

    #: A leaflet's review, a fact of a disclaimer, or a translation older than its source.
    kind: Literal["review", "fact", "translation"]
    #: Topic, or id of the disclaimer.
    topic: str
    title: str
    locales: tuple[str, ...]
    #: The last day on which it holds (ISO 8601); of a translation, since when it is older, or
    #: empty where that is not recorded.
    day: str
    #: How many days are left; below 0 where it is overdue, None where no day is known.
    days: int | None
    overdue: bool
    #: Who has to act; empty where nobody is named.
    owner: str

    @property
    def data(self) -> dict[str, Any]:
        """Return it as `due --json` has it."""
        return {**asdict(self), "locales": list(self.locales)}


def find_due(
    words: Words, overview: Overview, issues: Iterable[Issue], within: int = WITHIN
) -> list[Due]:
    """Return what is overdue or falls due within so many days: the longest overdue first."""
    found = [*_reviews(words), *_facts(words), *_translations(words, overview, list(issues))]
    kept = [one for one in found if one.days is None or one.days <= within]
    return sorted(kept, key=lambda one: (not one.overdue, one.day or "~", one.kind, one.topic))


def _reviews(words: Words) -> Iterator[Due]:
    clinic = words.site.clinic
    for topic in words.topics.values():
        locales = tuple(c for c in clinic.locales if words.withdrawal(topic.id, c) is None)
        if locales:
            owner = topic.owner or clinic.keeper
            yield _of("review", topic.id, topic.title.text, locales, topic.review_by, words, owner)


def _facts(words: Words) -> Iterator[Due]:
    site = words.site
    needed: dict[str, Rule] = {}
    for topic in words.topics.values():
        rules = applicable(
            site.house, topic, site.clinic, translation=True, draft=True, overdue=True
        )
        needed |= {rule.id: rule for rule in rules}
    for rule in needed.values():
        if rule.checked_on is not None and rule.expires_days is not None:
            last = rule.checked_on + timedelta(rule.expires_days)
            what = f"checked on {rule.checked_on.isoformat()}: {rule.where}"
            yield _of("fact", rule.id, what, (), last, words, site.clinic.keeper)


def _of(
    kind: Literal["review", "fact"],
    topic: str,
    title: str,
    locales: tuple[str, ...],
    last: date,
    words: Words,
    owner: str,
) -> Due:
    days = (last - words.site.today).days
    return Due(kind, topic, title, locales, last.isoformat(), days, days < 0, owner)


def _translations(words: Words, overview: Overview, issues: list[Issue]) -> Iterator[Due]:
    """Yield translations with messages that are older than their source, or lack some of it."""
    standing: dict[tuple[str, str], Issue] = {}
    of_source: dict[str, list[Issue]] = defaultdict(list)
    source = words.site.clinic.source_locale
    for one in issues:
        if one.locale == source:
            of_source[one.topic].append(one)
        elif not one.ended:
            standing[one.topic, one.locale] = one
    for line in overview.lines:
        released = standing.get((line.topic, line.locale))
        old = line.messages.get("fuzzy") or (released and line.messages.get("missing"))
        if line.state != "withheld" or not old or line.topic not in words.topics:
            continue
        topic = words.topics[line.topic]
        since = _older_since(topic, released, of_source[line.topic])
        days = (date.fromisoformat(since) - words.site.today).days if since else None
        yield Due(
            "translation", line.topic, topic.title.text, (line.locale,), since, days, True,
            topic.owner or words.site.clinic.keeper,
        )  # fmt: skip


def _older_since(topic: Topic, released: Issue | None, of_source: Iterable[Issue]) -> str:
    """Return the day since which a translation is older than its source; empty if not known."""
    if released is None:
        return ""
    later = [one.published for one in of_source if one.published > released.published]
    issued = topic.issued.isoformat()
    return min(later, default=issued if issued > released.issued else "")


def together(found: Iterable[Due]) -> list[Due]:
    """Return what falls due, with the translations of a topic together that are as much older."""
    kept: dict[tuple[object, ...], Due] = {}
    for number, one in enumerate(found):
        key = (one.topic, one.day, one.owner) if one.kind == "translation" else (number,)
        old = kept.get(key)
        kept[key] = replace(old, locales=(*old.locales, *one.locales)) if old else one
    return list(kept.values())


def due_table(found: Iterable[Due], most: int | None = None) -> Table:
    """Return what falls due as a table, of so many rows at most."""
    found = together(found)
    title = (
        "Falls due"
        if most is None or len(found) <= most
        else (f"Falls due: the first {most} of {len(found)}; 'handouts due' has them all")
    )
    rows: list[tuple[str, ...]] = [
        (one.kind, one.topic, _said(one), one.day, ", ".join(one.locales), one.owner or "nobody")
        for one in found[:most]
    ]
    columns = ("what", "topic", "when", "day", "locales", "who has to act")
    return Table(title, columns, rows)


def _said(one: Due) -> str:
    if one.kind == "translation":
        return "older than its source" + (f" for {-one.days} days" if one.days else "")
    days = one.days or 0
    number = "1 day" if abs(days) == 1 else f"{abs(days)} days"
    return f"overdue for {number}" if days < 0 else f"in {number}" if days else "today"


def calendar(found: Iterable[Due], clinic: str, today: date) -> bytes:
    """Return what falls due as a calendar (RFC 5545), an event of a whole day each."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Pressroom//due//EN"]
    for one in found:
        if not one.day:
            continue
        day = date.fromisoformat(one.day)
        name = {"review": "Review", "fact": "Check", "translation": "Translate"}[one.kind]
        about = f"{one.title} ({one.topic}{', ' + ', '.join(one.locales) if one.locales else ''})"
        lines += [
            "BEGIN:VEVENT",
            f"UID:{one.kind}-{one.topic}-{'-'.join(one.locales) or 'all'}@pressroom",
            f"DTSTAMP:{today:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(1):%Y%m%d}",
            f"SUMMARY:{_ics(f'{name}: {about}')}",
            f"DESCRIPTION:{_ics(f'{clinic}. Who has to act: ' + (one.owner or 'nobody is named'))}",
            "END:VEVENT",
        ]
    return b"".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


_ESCAPES: Mapping[int, str] = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def _ics(text: str) -> str:
    return text.translate(dict(_ESCAPES))


def _folded(line: str) -> bytes:
    """Return a line of at most 75 bytes, and what does not fit on more, without cutting letters."""
    parts, size = [""], 0
    for letter in line:
        more = len(letter.encode("utf-8"))
        if size + more > 75:
            parts.append(" ")
            size = 1
        parts[-1] += letter
        size += more
    return "".join(f"{part}\r\n" for part in parts).encode("utf-8")
