"""Read, weigh and write signatures: `approvals.toml` <-> Approvals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from ..core.errors import CatalogueError
from ..core.files import missing, write_atomically
from ..core.model import Finding, Signature
from ..core.toml import quoted, quoted_lines, read_model, table_lines
from .schema import ApprovalsFile
from .signed_text import Text, write_signed

#: A signature may be dated a day ahead: where it is signed, the day may have begun.
AHEAD = timedelta(days=1)

_HEAD = """\
# Who signed which text of this locale. Written by `handouts approve`.
# A signature holds for exactly the text that its digest was made of; any change
# of that text voids it. The text itself is kept in signed/: its SHA-256 is the digest.
"""


@dataclass(frozen=True, slots=True)
class Approvals:
    """The content of an `approvals.toml`."""

    signatures: tuple[Signature, ...] = ()
    statements: tuple[SameMeaning, ...] = ()

    def by(self, day: date) -> Approvals:
        """Return what was signed by a day: a signature of a day to come does not count yet."""
        return replace(
            self, signatures=tuple(row for row in self.signatures if counts_from(row.date) <= day)
        )


def approvals_path(handouts: Path, locale: str) -> Path:
    return handouts / "locales" / locale / "approvals.toml"


def read_approvals(handouts: Path, locale: str) -> Approvals:
    """Read the signatures and statements of a locale; none where there is no file.

    Raises CatalogueError, or Problems, for a file that is broken.
    """
    path = approvals_path(handouts, locale)
    if missing(path, handouts):
        return Approvals()
    file, text = read_model(path, ApprovalsFile, CatalogueError, handouts)
    signatures = tuple(
        Signature(row.topic, row.role, row.name, row.date, row.digest, line)
        for row, line in zip(file.approval, table_lines(text, "approval"), strict=False)
    )
    statements = tuple(
        SameMeaning(
            row.topic, row.role, row.name, row.date, row.was, row.now,
            tuple((one.section, one.was, one.now) for one in row.change),
            tuple((key, pair.was, pair.now) for key in ("version", "issued")
                  if (pair := getattr(row, key))),
            line,
        )
        for row, line in zip(file.same_meaning, table_lines(text, "same-meaning"), strict=False)
    )  # fmt: skip
    return Approvals(signatures, statements)


def same_person(one: str, other: str) -> bool:
    """Return whether two names, each with or without an address, are one person's.

    Either the names or the addresses are equal, whatever their case and spaces.
    """
    return bool(_identities(one) & _identities(other))


def _identities(person: str) -> set[str]:
    folded = " ".join(unicodedata.normalize("NFC", person).casefold().split())
    addresses = re.findall(r"[^\s<>()]+@[^\s<>()]+", folded)
    name = " ".join(re.sub(r"[<(]?\s*[^\s<>()]+@[^\s<>()]+\s*[>)]?", " ", folded).split())
    return {*addresses, *([name] if name else [])} - {"full name", "email@address"}


def counts_from(signed_on: date) -> date:
    """Return the first day on which a signature counts: none of a day to come does."""
    return signed_on - AHEAD if signed_on > date.min else signed_on


def weigh(
    topic: str,
    digests: Iterable[str],
    asked: tuple[str, ...],
    signatures: Iterable[Signature],
    where: str,
    today: date,
    translator: str = "",
) -> tuple[dict[str, Signature], list[Finding]]:
    """Return the signatures of a text that hold, by role, and findings on what is missing or void.

    `digests` are those of the text and of the texts that mean the same. A signature
    of the `translator` does not count, nor one of a day to come.
    """
    signed: dict[str, Signature] = {}
    void: dict[str, Signature] = {}
    same = set(digests)
    for signature in signatures:
        if signature.topic == topic:
            holds = signature.digest in same and counts_from(signature.date) <= today
            counts = holds and not same_person(signature.name, translator)
            (signed if counts else void)[signature.role] = signature
    findings = []
    for role in asked:
        if role in signed:
            continue
        if role not in void:
            said = f"no {role} has signed this text; it is a draft until then"
            findings.append(Finding("approval-missing", "warning", said, where))
            continue
        old = void[role]
        if old.digest in same and counts_from(old.date) > today:
            said = (
                f"{old.name} signs this text as {role} on {old.date.isoformat()}, which is still "
                "to come; correct the date, or ask for a new signature"
            )
        elif old.digest in same:
            said = (
                f"{old.name} signed this text as {role} and is named as its translator; "
                "ask another person to sign it"
            )
        else:
            said = (
                f"the text has changed since {old.name} signed it as {role} on "
                f"{old.date.isoformat()}; ask for a new signature"
            )
        findings.append(Finding("approval-void", "warning", said, where))
    return signed, findings


def sign(
    handouts: Path, signature: Signature, text: Text, statement: SameMeaning | None = None
) -> Path:
    """Write a signature and its text; it replaces an older one of the same topic and role.

    `statement` says that the text means what the one signed before it meant. Without
    one, what was stated on another text in this role is over.
    """
    path = approvals_path(handouts, text.locale)
    old = read_approvals(handouts, text.locale)
    mine = (signature.topic, signature.role)
    signatures = [row for row in old.signatures if (row.topic, row.role) != mine]
    statements = [
        row
        for row in old.statements
        if (row.topic, row.role) != mine or statement or _leads_to(old, mine, signature.digest)
    ]
    write_signed(handouts, signature.topic, signature.role, text)
    rows = sorted([*signatures, signature], key=lambda row: (row.topic, row.role))
    parts = [_HEAD, *map(_approval, rows)]
    parts += [_statement(row) for row in (*statements, *([statement] if statement else []))]
    write_atomically(path, "".join(parts).encode("utf-8"), handouts)
    return path


def _leads_to(old: Approvals, mine: tuple[str, str], digest: str) -> bool:
    last = [row for row in old.statements if (row.topic, row.role) == mine][-1:]
    return bool(last) and last[0].now == digest


def _approval(row: Signature) -> str:
    return f"\n[[approval]]\n{_signer(row)}digest = {quoted(row.digest)}\n"


def _signer(row: Signature | SameMeaning) -> str:
    return (
        f"topic = {quoted(row.topic)}\n"
        f"role = {quoted(row.role)}\n"
        f"name = {quoted(row.name)}\n"
        f"date = {row.date.isoformat()}\n"
    )


def _statement(row: SameMeaning) -> str:
    parts = [
        f"\n[[same-meaning]]\n{_signer(row)}was = {quoted(row.was)}\nnow = {quoted(row.now)}\n"
    ]
    parts += [f"{key} = {{ was = {quoted(a)}, now = {quoted(b)} }}\n" for key, a, b in row.head]
    for section, was, now in row.changes:
        parts.append(
            f"[[same-meaning.change]]\nsection = {quoted(section)}\n"
            f"was = {quoted_lines(was)}\nnow = {quoted_lines(now)}\n"
        )
    return "".join(parts)


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
        """Return the text as it was before; None where this is not the text after it."""
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
