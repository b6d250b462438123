"""The exact text that is signed: front matter and messages <-> plain text, and its digest.

The text is what `sha256sum` digests, so that anybody can prove a signature, and
it is kept beside the signature, so that anybody can see what has changed since.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ..core.errors import CatalogueError
from ..core.files import missing, read_text, shown, write_atomically
from ..core.model import Block, Topic

#: What a message may hold that would end its line.
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_UNESCAPES = {escape: character for character, escape in _ESCAPES.items()}


@dataclass(frozen=True, slots=True)
class Text:
    """A leaflet's text as it is signed, without what is filled in."""

    #: What the front matter says: `topic`, `locale`, `version`, `author`, …
    head: tuple[tuple[str, str], ...]
    #: Context, source text and translation of each message; no translation in the source locale.
    messages: tuple[tuple[str, str, str], ...]
    source_locale: str
    locale: str

    @property
    def version(self) -> str:
        return dict(self.head).get("version", "")

    def of_version(self, version: str) -> Text:
        """Return the same text under another version."""
        head = ((name, version if name == "version" else value) for name, value in self.head)
        return replace(self, head=tuple(head))

    @property
    def translated(self) -> bool:
        return self.locale != self.source_locale

    def __str__(self) -> str:
        lines = [f"{name}: {_escaped(value)}" for name, value in self.head]
        section = None
        for context, source, translation in self.messages:
            lines.append("")
            if context != section:
                lines.append(f"[{context}]")
                section = context
            lines.append(f"{self.source_locale}: {_escaped(source)}")
            if self.translated:
                lines.append(f"{self.locale}: {_escaped(translation)}")
        return "\n".join(lines) + "\n"

    @property
    def digest(self) -> str:
        """Return its SHA-256 as `approvals.toml` has it: `sha256:` and 64 hexadecimal digits."""
        return digest_of(str(self))


def digest_of(text: str) -> str:
    """Return the digest of a text that is kept in a file."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


def text_of(
    topic: Topic, locale: str, source_locale: str, messages: Iterable[tuple[str, str, str]]
) -> Text:
    """Return the exact text of a leaflet: front matter, source and translation.

    `messages` gives context, source text and translation of every message of the
    topic and of the house words that the leaflet shows, without what is filled
    in. Styles and page budgets do not count.
    """
    head = [
        ("topic", topic.id),
        ("locale", locale),
        ("version", topic.version),
        ("issued", topic.issued.isoformat()),
        ("review_by", topic.review_by.isoformat()),
        *(("author", name) for name in topic.authors),
        *(("reviewer", name) for name in topic.reviewers),
        *(("source", name) for name in topic.sources),
        *(() if topic.urgent else (("urgent", "none"),)),
        *(
            ("only", f"{block.name}: {_first(block)}")
            for block in topic.walk()
            if block.kind == "only"
        ),
    ]
    return Text(tuple(head), tuple(messages), source_locale, locale)


def _first(block: Block) -> str:
    """Return the first message of a block."""
    return next((inner.message.text for inner in block.walk() if inner.message), "")


def parse(text: str, source_locale: str, locale: str) -> Text | None:
    """Read a text as it is kept; None where it is no such text."""
    head: list[tuple[str, str]] = []
    messages: list[tuple[str, str, str]] = []
    section = ""
    top, *blocks = text.removesuffix("\n").split("\n\n")
    for line in top.split("\n"):
        name, colon, value = line.partition(": ")
        if not colon:
            return None
        head.append((name, _unescaped(value)))
    for block in blocks:
        lines = block.split("\n")
        if lines[0].startswith("["):
            section = lines.pop(0)[1:-1]
        said = [line.partition(": ") for line in lines]
        codes = [source_locale] if locale == source_locale else [source_locale, locale]
        if [code for code, _, _ in said] != codes:
            return None
        texts = [_unescaped(value) for _, _, value in said]
        messages.append((section, texts[0], texts[1] if len(texts) > 1 else ""))
    made = Text(tuple(head), tuple(messages), source_locale, locale)
    return made if str(made) == text else None


def signed_path(handouts: Path, locale: str, topic: str, role: str) -> Path:
    """Return where the text is kept that somebody signed."""
    return handouts / "locales" / locale / "signed" / f"{topic}.{role}.txt"


def read_signed(
    handouts: Path, locale: str, source_locale: str, topic: str, role: str, digest: str
) -> Text:
    """Read the text that a signature was made of.

    Raises CatalogueError where it is not kept, or is not what was signed.
    """
    path = signed_path(handouts, locale, topic, role)
    where = shown(path)
    if missing(path, handouts):
        raise CatalogueError(where, "the text that was signed is not kept", "ask for a new one")
    text = read_text(path, CatalogueError, handouts)
    made = parse(text, source_locale, locale) if digest_of(text) == digest else None
    if made is None:
        raise CatalogueError(
            where,
            "this is not the text that was signed: its digest differs",
            "restore the file, or ask for a new signature",
        )
    return made


def write_signed(handouts: Path, topic: str, role: str, text: Text) -> Path:
    """Write the text that somebody signs, and return where."""
    path = signed_path(handouts, text.locale, topic, role)
    write_atomically(path, str(text).encode("utf-8"), handouts)
    return path


def _escaped(text: str) -> str:
    return re.sub(r"[\\\n\r]", lambda found: _ESCAPES[found.group()], text)


def _unescaped(text: str) -> str:
    return re.sub(r"\\[\\nr]", lambda found: _UNESCAPES[found.group()], text)
