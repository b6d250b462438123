"""Make and update the catalogues in a locale's folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import tomlkit

from ..errors import UsageError
from ..files import read_text, shown, write_atomically
from ..scripts import script_of
from .locales import read_locale
from .merge import merge
from .po import Catalogue, new_header, read_catalogue, write_catalogue
from .tally import tally

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ..model import Message
    from ..site import Words


def _comment(words: Words, code: str, name: str) -> str:
    locale = read_locale(code)
    what = "house words" if name == "house" else f"topic {name}"
    return (
        f"{locale.english_name} ({locale.native_name}): {what} of {words.site.clinic.name}.\n"
        "Words in {braces} are filled in by the engine: keep them as they are.\n"
        "Keep **bold** and [links](https://…) around the same words."
    )


def _catalogues(words: Words) -> Iterator[tuple[str, Iterable[Message]]]:
    yield "house", words.house_messages
    for name, topic in sorted(words.topics.items()):
        yield name, topic.messages


def _update(words: Words, code: str, name: str, messages: Iterable[Message]) -> Path | None:
    """Bring one catalogue up to its source. Give its path where that changed the file."""
    path = words.catalogue_path(code, name)
    old = read_catalogue(path, words.handouts)
    merged = merge(old, messages)
    if not old.header:
        merged = replace(
            merged,
            header=new_header(code, f"pressroom {name}"),
            comment=_comment(words, code, name),
        )
    return path if write_catalogue(path, merged, words.handouts) else None


def add_locale(words: Words, code: str) -> list[str]:
    """Add a locale: its folder, its catalogues, and its name in `clinic.toml`.

    Gives the paths of what was made. Raises UsageError for a code that is no
    locale or the source locale, and for one whose script is not supported.
    """
    script_of(read_locale(code))
    clinic = words.site.clinic
    if code == clinic.source_locale:
        raise UsageError("", f"'{code}' is the source locale", "name another one")
    made = [
        shown(path)
        for name, messages in _catalogues(words)
        if (path := _update(words, code, name, messages)) is not None
    ]
    if code not in clinic.locales:
        path = words.handouts / "clinic.toml"
        document = tomlkit.parse(read_text(path, UsageError, words.handouts))
        document["locales"].append(code)
        write_atomically(path, tomlkit.dumps(document).encode("utf-8"), words.handouts)
        made.append(shown(path))
    return made


def update_locale(words: Words, code: str) -> Iterator[str]:
    """Merge the source into a locale's catalogues. Gives a line for each, saying its state."""
    for name, messages in _catalogues(words):
        changed = _update(words, code, name, messages)
        path = words.catalogue_path(code, name)
        yield _state(read_catalogue(path), changed is not None)


def _state(catalogue: Catalogue, changed: bool) -> str:
    count = tally(catalogue)
    parts = [f"{count.translated} of {len(catalogue.entries)} translated"]
    if count.fuzzy:
        parts.append(f"{count.fuzzy} fuzzy")
    if count.missing:
        parts.append(f"{count.missing} missing")
    if not changed:
        parts.append("no change")
    return f"{catalogue.path}: {', '.join(parts)}"
