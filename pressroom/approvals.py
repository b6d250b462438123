"""Who signed which text: `approvals.toml` -> Signatures, and what each of them is worth."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from .errors import CatalogueError
from .files import missing, quoted, read_toml, shown, toml_line, write_atomically
from .model import Finding, Signature, Topic
from .schema import ApprovalsFile, validate

_HEAD = """\
# Who signed which text of this locale. Written by `handouts approve`.
# A signature holds for exactly the text that its digest was made of; any change
# of that text voids it.
"""


def text_digest(topic: Topic, pairs: Iterable[tuple[str, str, str]]) -> str:
    """Digest the exact text of a leaflet: front matter, source and translation.

    `pairs` gives context, source text and translation of every message of the
    topic and of the house words that the leaflet shows, without what is filled
    in. Styles and page budgets do not count.
    """
    text = {
        "id": topic.id,
        "version": topic.version,
        "issued": topic.issued.isoformat(),
        "review_by": topic.review_by.isoformat(),
        "authors": topic.authors,
        "reviewers": topic.reviewers,
        "sources": topic.sources,
        "messages": list(pairs),
    }
    canonical = json.dumps(text, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def approvals_path(handouts: Path, locale: str) -> Path:
    """Say where the signatures of a locale stand."""
    return handouts / "locales" / locale / "approvals.toml"


def read_approvals(handouts: Path, locale: str) -> tuple[Signature, ...]:
    """Read the signatures of a locale; none where there is no file.

    Raises CatalogueError, or Problems, for a file that is broken.
    """
    path = approvals_path(handouts, locale)
    if missing(path, handouts):
        return ()
    data, text = read_toml(path, CatalogueError, handouts)
    rows = validate(
        ApprovalsFile, data, shown(path), lambda loc: toml_line(text, loc), CatalogueError
    ).approval
    return tuple(Signature(row.topic, row.role, row.name, row.date, row.digest) for row in rows)


def weigh(
    topic: str, digest: str, asked: tuple[str, ...], signatures: Iterable[Signature], where: str
) -> tuple[dict[str, Signature], list[Finding]]:
    """Tell which asked-for roles have signed this text, and find what is missing or void."""
    signed: dict[str, Signature] = {}
    void: dict[str, Signature] = {}
    for signature in signatures:
        if signature.topic == topic:
            (signed if signature.digest == digest else void)[signature.role] = signature
    findings = []
    for role in asked:
        if role in signed:
            continue
        if role in void:
            old = void[role]
            findings.append(
                Finding(
                    "approval-void",
                    "warning",
                    f"the text has changed since {old.name} signed it as {role} on "
                    f"{old.date.isoformat()}; ask for a new signature",
                    where,
                )
            )
        else:
            findings.append(
                Finding(
                    "approval-missing",
                    "warning",
                    f"no {role} has signed this text; it is a draft until then",
                    where,
                )
            )
    return signed, findings


def sign(handouts: Path, locale: str, signature: Signature) -> Path:
    """Record a signature; it replaces an older one of the same topic and role."""
    path = approvals_path(handouts, locale)
    kept = [
        old
        for old in read_approvals(handouts, locale)
        if (old.topic, old.role) != (signature.topic, signature.role)
    ]
    rows = sorted([*kept, signature], key=lambda row: (row.topic, row.role))
    parts = [_HEAD]
    for row in rows:
        parts.append(
            "\n[[approval]]\n"
            f"topic = {quoted(row.topic)}\n"
            f"role = {quoted(row.role)}\n"
            f"name = {quoted(row.name)}\n"
            f"date = {row.date.isoformat()}\n"
            f"digest = {quoted(row.digest)}\n"
        )
    write_atomically(path, "".join(parts).encode("utf-8"), handouts)
    return path
