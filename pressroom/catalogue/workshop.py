"""Make and update the catalogues in a locale's folder."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import tomlkit

from ..errors import CatalogueError, HandoutError, UsageError, raise_all
from ..files import read_text, shown, write_atomically
from ..scripts import script_of
from .locales import read_locale
from .merge import merge
from .notes import Facts, annotate, offered
from .po import Catalogue, new_header, read_catalogue, write_catalogue
from .tally import tally

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Message
    from ..site import Words
    from ..translate import LocaleWords

#: Tells what the last build shows of a catalogue's leaflet; None where there is none.
AskFacts = Callable[[str], Facts | None]


def _comment(words: Words, code: str, name: str) -> str:
    locale = read_locale(code)
    what = "house words" if name == "house" else f"topic {name}"
    return (
        f"{locale.english_name} ({locale.native_name}): {what} of {words.site.clinic.name}.\n"
        "Words in {braces} are filled in by the engine: keep them as they are.\n"
        "Keep **bold** and [links](https://…) around the same words."
    )


def sources(
    words: Words, names: Container[str] | None = None
) -> Iterator[tuple[str, Iterable[Message]]]:
    """Give the messages of each catalogue by its name: the house words, then every topic.

    With `names`, only of these; no other topic is read.
    """
    if names is None or "house" in names:
        yield "house", words.house_messages
    for name in words.names:
        # A site may have thousands of topics: each is read once here, and not kept.
        if (names is None or name in names) and name in words.topics:
            yield name, words.topics[name].messages


def _no_facts(_name: str) -> Facts | None:
    return None


def renew(
    words: Words,
    code: str,
    facts: AskFacts = _no_facts,
    memory: bool = True,
    problems: list[HandoutError] | None = None,
    names: Container[str] | None = None,
) -> Iterator[tuple[str, Catalogue, Catalogue]]:
    """Bring the catalogues of a locale, or those of some names, up to their source, in memory.

    Gives name, old and new catalogue of each. With `memory`, texts without a
    translation are offered those of the other catalogues. A catalogue that
    cannot be read goes to `problems`, or is raised.
    """
    old: dict[str, Catalogue] = {}
    messages = {name: texts for name, texts in sources(words) if names is None or name in names}
    for name in messages:
        try:
            old[name] = read_catalogue(words.catalogue_path(code, name), words.handouts)
        except CatalogueError as problem:
            if problems is None:
                raise
            problems.append(problem)
    merged = {
        name: merge(catalogue, messages[name], words.site.older_sources(name))
        for name, catalogue in old.items()
    }
    if memory and any(not entry.text for catalogue in merged.values() for entry in catalogue):
        # rapidfuzz is loaded only where something has to be looked for.
        from .memory import Memory

        known = Memory(merged, _approvals(words, code))
        merged = {name: known.fill(catalogue) for name, catalogue in merged.items()}
    for name, catalogue in merged.items():
        new = annotate(catalogue, old[name], messages[name], words.site.clinic, facts(name))
        if not old[name].header:
            new = replace(
                new,
                header=new_header(code, f"pressroom {name}"),
                comment=_comment(words, code, name),
            )
        yield name, old[name], new


def _approvals(words: Words, code: str) -> Callable[[str], str]:
    """Say of a topic, when asked, who has signed its text in this locale."""
    from .memory import NOT_APPROVED

    @lru_cache(maxsize=1)
    def locale_words() -> LocaleWords:
        return words.locale_words(code)

    @cache
    def approval(name: str) -> str:
        try:
            signatures = locale_words().signatures
            if name not in words.topics or all(one.topic != name for one in signatures):
                return NOT_APPROVED
            translation = words.translation(words.topics[name], code, locale_words())
        except HandoutError:
            return NOT_APPROVED
        if translation.state != "approved":
            return NOT_APPROVED
        signed = [
            f"{one.role} on {one.date.isoformat()}"
            for one in signatures
            if one.topic == name and one.digest in translation.digests
        ]
        return f"approved by {', '.join(signed)}"

    return approval


def add_locale(
    words: Words, code: str, facts: AskFacts = _no_facts, memory: bool = True
) -> list[str]:
    """Add a locale: its folder, its catalogues, and its name in `clinic.toml`.

    Gives the paths of what was made. Raises UsageError for a code that is no
    locale or the source locale, and for one whose script is not supported.
    """
    script_of(read_locale(code))
    clinic = words.site.clinic
    if code == clinic.source_locale:
        raise UsageError("", f"'{code}' is the source locale", "name another one")
    made = []
    for name, _, new in renew(words, code, facts, memory):
        path = words.catalogue_path(code, name)
        if write_catalogue(path, new, words.handouts):
            made.append(shown(path))
    if code not in clinic.locales:
        path = words.handouts / "clinic.toml"
        document = tomlkit.parse(read_text(path, UsageError, words.handouts))
        document["locales"].append(code)
        write_atomically(path, tomlkit.dumps(document).encode("utf-8"), words.handouts)
        made.append(shown(path))
    return made


def update_locale(
    words: Words, code: str, facts: AskFacts = _no_facts, memory: bool = True
) -> Iterator[str]:
    """Merge the source into a locale's catalogues. Gives a line for each, saying its state.

    Raises CatalogueError, or Problems, for catalogues that cannot be read, after all
    others were updated.
    """
    problems: list[HandoutError] = []
    for name, _, new in renew(words, code, facts, memory, problems):
        path = words.catalogue_path(code, name)
        changed = write_catalogue(path, new, words.handouts)
        yield _state(replace(new, path=shown(path)), changed)
    raise_all(problems)


def _state(catalogue: Catalogue, changed: bool) -> str:
    count = tally(catalogue)
    parts = [f"{count.translated} of {len(catalogue.entries)} translated"]
    if count.fuzzy:
        from_memory = sum(offered(entry) for entry in catalogue)
        said = f" ({from_memory} offered by the memory)" if from_memory else ""
        parts.append(f"{count.fuzzy} fuzzy{said}")
    if count.missing:
        parts.append(f"{count.missing} missing")
    if not changed:
        parts.append("no change")
    return f"{catalogue.path}: {', '.join(parts)}"
