"""Where the words of a message come from: Entry <-> a comment that gettext's tools keep.

    # origin: person; Tara Translator; 2026-11-30; 3f2a9c1b2d
    # origin: machine; DeepL; 2026-11-30; 3f2a9c1b2d
    # origin: memory; asthma, 93%; 2026-11-30; 3f2a9c1b2d

The last part is a digest of the words. Where they are other ones by now, somebody has
changed them in an editor, and the comment says nothing of them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from .po import Entry

ORIGIN = "origin: "
Kind = Literal["person", "machine", "memory"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Who or what wrote the words of a message, and when."""

    kind: Kind
    #: The person's name, the engine, or the catalogue; empty where it is not known.
    name: str
    #: YYYY-MM-DD.
    day: str

    def __str__(self) -> str:
        return "; ".join(part for part in (self.kind, self.name, self.day) if part)


def origin_of(entry: Entry) -> Origin | None:
    """Return where the words come from; None where no comment tells, or of other words."""
    for remark in entry.remarks:
        parts = [part.strip() for part in remark.removeprefix(ORIGIN).split(";")]
        if remark.startswith(ORIGIN) and len(parts) == 4 and parts[3] == _digest(entry.text):
            kind = next((one for one in get_args(Kind) if one == parts[0]), None)
            return Origin(kind, parts[1], parts[2]) if kind else None
    return None


def is_machine(entry: Entry) -> bool:
    """Return whether the words of a message are a machine's, as they came from it."""
    origin = origin_of(entry)
    return origin is not None and origin.kind == "machine"


#: What is counted: where words come from, and those of a machine that wait for a person.
COUNTED = (*get_args(Kind), "unknown", "machine_waiting")


def count_origins(entries: Iterable[Entry]) -> Counter[str]:
    """Count messages that have words by where these come from."""
    counts: Counter[str] = Counter()
    for entry in entries:
        if entry.text.strip():
            origin = origin_of(entry)
            counts[origin.kind if origin else "unknown"] += 1
            counts["machine_waiting"] += entry.fuzzy and is_machine(entry)
    return counts


def with_origin(entry: Entry, kind: Kind, name: str, day: str) -> Entry:
    """Return an entry that says where its words come from."""
    kept = tuple(remark for remark in entry.remarks if not remark.startswith(ORIGIN))
    said = f"{ORIGIN}{kind}; {' '.join(name.replace(';', ',').split())}; {day}; "
    return replace(entry, remarks=(*kept, said + _digest(entry.text)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
