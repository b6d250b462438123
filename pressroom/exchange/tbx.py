"""TBX, as terminology programs exchange it: Glossary <-> a file; through translate-toolkit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..content.catalogue.glossary import Glossary, Term
from ..core.errors import HandoutError
from ..core.locales import canonical_code
from .rows import tidy
from .safe_xml import parse_xml, require_toolkit

#: How TBX-Basic marks a term that must not be used.
DEPRECATED = "deprecatedTerm-admn-sts"

#: translate-toolkit's own skeleton has a DOCTYPE; a file that we write reads nothing.
_SKELETON = (
    '<martif type="TBX" xml:lang="{lang}"><martifHeader><fileDesc><sourceDesc><p>Pressroom</p>'
    "</sourceDesc></fileDesc></martifHeader><text><body></body></text></martif>"
)
#: The id that an entry leaves with: its number, and a digest of what it was.
_LEFT = re.compile(r"t\d+-([0-9a-f]{10})")
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def write_tbx(glossary: Glossary, source_locale: str, locale: str) -> bytes:
    """Return a TBX file. Raises UsageError where translate-toolkit is not installed."""
    require_toolkit()
    from lxml import etree
    from translate.storage import tbx

    store = tbx.tbxfile.parsestring(
        _SKELETON.format(lang=source_locale),
        sourcelanguage=source_locale,
        targetlanguage=locale,
    )
    for number, term in enumerate(glossary.terms, 1):
        unit = store.addsourceunit(term.term)
        unit.setid(f"t{number}-{term.digest}")
        unit.set_target_terms([*term.translations, *term.avoid], locale)
        terms = _languages(unit)[locale].findall(unit.namespaced("tig"))
        for tig in terms[len(term.translations) :]:
            status = etree.SubElement(tig, unit.namespaced("termNote"))
            status.set("type", "administrativeStatus")
            status.text = DEPRECATED
        if term.note:
            note = etree.Element(unit.namespaced("note"))
            note.text = term.note
            unit.xmlelement.insert(0, note)
    data: bytes = bytes(store)
    return data


def _languages(unit: Any) -> dict[str, Any]:
    """Return the elements of an entry's languages by their BCP 47 name."""
    found: dict[str, Any] = {}
    for node in unit.getlanguageNodes():
        code = node.get(_LANG) or node.get("lang") or ""
        found.setdefault(canonical_code(code) or code, node)
    return found


def read_tbx(
    data: bytes, where: str, source_locale: str, locales: Iterable[str]
) -> dict[str, list[tuple[str, Term]]]:
    """Read the terms of a TBX file by locale, each with its file and line.

    A language that the site has in one variety only is taken for that (`es-ES` for
    `es`). Raises HandoutError for a file that cannot be read.
    """
    require_toolkit()
    root, data = parse_xml(data, where, bare_doctype=True)
    from translate.storage import tbx

    if not str(root.tag).endswith("martif"):
        raise HandoutError(
            f"{where}:1", "is TBX of version 3", "export it as TBX-Basic of version 2 (martif)"
        )
    try:
        store = tbx.tbxfile.parsestring(data)
    except (ValueError, AssertionError, StopIteration, KeyError, AttributeError) as problem:
        said = str(problem) or "no terms"
        raise HandoutError(
            f"{where}:1", f"is no TBX that can be read: {said}", "export it again"
        ) from None
    locales = tuple(locales)
    found: dict[str, list[tuple[str, Term]]] = {}
    for unit in store.units:
        languages = {_nearest(code, (source_locale, *locales)): code for code in _languages(unit)}
        sources = _terms(unit, languages.get(source_locale))
        for locale in locales:
            note = _note(unit, languages.get(locale))
            targets = _terms(unit, languages.get(locale))
            words = tuple(text for text, deprecated in targets if not deprecated)
            avoid = tuple(text for text, deprecated in targets if deprecated)
            place = f"{where}:{unit.xmlelement.sourceline}"
            left = _LEFT.fullmatch(unit.getid() or "")
            for source in [text for text, deprecated in sources if not deprecated][:1]:
                if targets and locale != source_locale:
                    found.setdefault(locale, []).append(
                        (place, Term(source, words, note, avoid, 0, left[1] if left else ""))
                    )
    return found


def _nearest(code: str, known: tuple[str, ...]) -> str:
    """Return the locale of the site that a language means; itself where there is none."""
    if code in known:
        return code
    same = [one for one in dict.fromkeys(known) if one.split("-")[0] == code.split("-")[0]]
    return same[0] if len(same) == 1 else code


def _terms(unit: Any, code: str | None) -> list[tuple[str, bool]]:
    """Return the terms of one language, each with whether it is to be avoided."""
    if code is None:
        return []
    terms = unit._get_terms(_languages(unit)[code])
    cleaned = ((" ".join(tidy(t.text).replace("|", " ").split()), t.deprecated) for t in terms)
    return [(text, deprecated) for text, deprecated in cleaned if text]


def _note(unit: Any, code: str | None) -> str:
    """Return the notes on an entry and on its words in one language, on one line."""
    notes = unit._notes_in_scope(unit.xmlelement, "concept")
    if code is not None:
        notes += unit._notes_in_scope(_languages(unit)[code], "language")
    return " ".join("; ".join(dict.fromkeys(note.text for note in notes if note.text)).split())
