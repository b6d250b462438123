"""Make and update catalogues: source messages and a locale's PO files -> PO files of the source.

`handouts locale add` and `locale update`; exports and imports renew the catalogues, too.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import tomlkit

from ..content.catalogue.merge import merge
from ..content.catalogue.message_state import Tally, tally
from ..content.catalogue.po import Catalogue, new_header, read_catalogue, write_catalogue
from ..content.catalogue.translator_notes import Facts, annotate, offered
from ..content.languages import ask_for_language
from ..content.rack_words import RACK, rack_messages
from ..content.theme import starter
from ..core.errors import CatalogueError, HandoutError, UsageError, raise_all
from ..core.files import read_text, shown, write_atomically
from ..core.locales import read_locale
from ..fonts.scripts import script_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ..core.model import Message
    from ..leaflet.compose import LocaleWords
    from ..leaflet.site import Words

#: The catalogue of the texts that several topics share, and all that are of no topic.
SNIPPETS = "snippets"
OF_NO_TOPIC = ("house", SNIPPETS, RACK)

#: Returns what the last build shows of a catalogue's leaflet; None where there is none.
AskFacts = Callable[[str], Facts | None]


def _comment(words: Words, code: str, name: str) -> str:
    locale = read_locale(code)
    named = {
        "house": "house words",
        SNIPPETS: "texts that topics share",
        RACK: "words of the rack, for staff",
    }
    what = named.get(name, f"topic {name}")
    return (
        f"{locale.english_name} ({locale.native_name}): {what} of {words.site.clinic.name}.\n"
        "Words in {braces} are filled in by the engine: keep them as they are.\n"
        "Keep **bold** and [links](https://…) around the same words."
    )


def sources(
    words: Words, names: Container[str] | None = None, code: str = ""
) -> Iterator[tuple[str, Iterable[Message]]]:
    """Yield the messages of each catalogue with its name: house words, snippets, every topic.

    With `names`, only of these; no other topic is read. Without, the words of the rack are among
    them where the locale `code` has them, or any locale where none is named. The source locale has
    no other catalogue.
    """
    codes = (code,) if code else words.site.clinic.locales
    if code == words.site.clinic.source_locale:
        names = (RACK,)
    if names is None or "house" in names:
        yield "house", words.house_messages
    if (names is None or SNIPPETS in names) and (shared := words.snippet_messages):
        yield SNIPPETS, shared
    if any(map(words.translates_rack, codes)) if names is None else RACK in names:
        yield RACK, rack_messages()
    for name in words.names:
        # A site may have thousands of topics: each is read once here, and not kept.
        if (names is None or name in names) and name in words.topics:
            topic = words.topics[name]
            own = tuple(one for one in topic.messages if not one.shared)
            yield name, (*own, topic.also) if topic.also else own


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
    """Merge the source into the catalogues of a locale, or those of some names; write nothing.

    Yield name, old and new catalogue of each. With `memory`, texts without a translation
    are offered those of the other catalogues. The error of a catalogue that cannot be read
    goes to `problems`, or is raised where that is None.
    """
    old: dict[str, Catalogue] = {}
    messages = dict(sources(words, names, code))
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
        # No page of paper has the words of the rack.
        asked = _no_facts if name == RACK else facts
        new = annotate(catalogue, old[name], messages[name], words.site.clinic, code, asked(name))
        if not old[name].header:
            new = replace(
                new,
                header=new_header(code, f"pressroom {name}"),
                comment=_comment(words, code, name),
            )
        yield name, old[name], new


def _approvals(words: Words, code: str) -> Callable[[str], str]:
    """Return a function of a topic: who has signed its text in this locale."""
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
    words: Words,
    code: str,
    facts: AskFacts = _no_facts,
    memory: bool = True,
    drafts: bool = False,
) -> list[str]:
    """Add a locale: its folder, its catalogues, and its name in `clinic.toml`.

    With `drafts`, the house words are those that come with the engine, where it has them.
    Return the paths of what was made. Raises UsageError for a code that is no locale or the
    source locale, and for one whose script is not supported.
    """
    ask_for_language(words.handouts, code)
    script_of(read_locale(code))
    clinic = words.site.clinic
    if code == clinic.source_locale:
        raise UsageError("", f"'{code}' is the source locale", "name another one")
    made = _bring_draft(words, code, "house") if drafts else []
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
    return list(dict.fromkeys(made))


#: How the header of a draft that comes with the engine begins.
_DRAFT = "DRAFT translation: not yet read by a reviewer or a clinician."


def _bring_draft(words: Words, code: str, name: str) -> list[str]:
    """Write the draft of a catalogue of the engine, marked as one, where a locale has none yet."""
    path, draft = words.catalogue_path(code, name), starter("locales") / code / f"{name}.po"
    if path.exists() or not draft.is_file():
        return []
    comment = f"{_DRAFT}\n{_comment(words, code, name)}"
    write_catalogue(path, replace(read_catalogue(draft), comment=comment), words.handouts)
    return [shown(path)]


def add_placeholders(handouts: Path, numbers: Mapping[str, str]) -> None:
    """Add telephone numbers to `clinic.toml` by the placeholder of each, but for known ones."""
    path = handouts / "clinic.toml"
    document = tomlkit.parse(read_text(path, UsageError, handouts))
    table = document.setdefault("placeholders", tomlkit.table())
    for name, number in numbers.items():
        table.setdefault(name, number)
    write_atomically(path, tomlkit.dumps(document).encode("utf-8"), handouts)


def update_locale(
    words: Words, code: str, facts: AskFacts = _no_facts, memory: bool = True
) -> Iterator[str]:
    """Merge the source into a locale's catalogues; yield a line for each with its state.

    Raises CatalogueError, or Problems, for catalogues that cannot be read, after all others
    were updated.
    """
    problems: list[HandoutError] = []
    if words.translates_rack(code):
        _bring_draft(words, code, RACK)
    for name, _, new in renew(words, code, facts, memory, problems):
        path = words.catalogue_path(code, name)
        changed = write_catalogue(path, new, words.handouts)
        count = tally(new, code, words.site.clinic.source_locale)
        yield _state(replace(new, path=shown(path)), count, changed)
    raise_all(problems)


def _state(catalogue: Catalogue, count: Tally, changed: bool) -> str:
    parts = [f"{count.translated} of {len(catalogue.entries)} translated"]
    if count.unsure:
        parts.append(f"{count.unsure} with numbers to confirm")
    if count.fuzzy:
        from_memory = sum(offered(entry) for entry in catalogue)
        said = f" ({from_memory} offered by the memory)" if from_memory else ""
        parts.append(f"{count.fuzzy} fuzzy{said}")
    if count.missing:
        parts.append(f"{count.missing} missing")
    if not changed:
        parts.append("no change")
    return f"{catalogue.path}: {', '.join(parts)}"
