"""XLIFF 1.2 and 2.0: Rows -> a file, and a file -> Received rows; through translate-toolkit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from ..catalogue.locales import read_locale
from ..errors import HandoutError
from .rows import Received, Row, tidy
from .safe_xml import parse_xml, require_toolkit

_NAMESPACE = {
    "1.2": "urn:oasis:names:tc:xliff:document:1.2",
    "2.0": "urn:oasis:names:tc:xliff:document:2.0",
}
#: The module of XLIFF 2 that holds lengths, and the unit that they are counted in.
_SIZE = "urn:oasis:names:tc:xliff:sizerestriction:2.0"

#: States: ours, and what a file says. Only these count as confirmed when they come back.
_STATE = {
    "1.2": {
        "missing": "new", "fuzzy": "needs-review-translation",
        "translated": "translated", "approved": "final",
    },
    "2.0": {
        "missing": "initial", "fuzzy": "initial",
        "translated": "translated", "approved": "final",
    },
}  # fmt: skip
_CONFIRMED = {"translated", "signed-off", "reviewed", "final"}


def write_xliff(rows: Iterable[Row], source_locale: str, version: str = "1.2") -> bytes:
    """Give an XLIFF file with a `<file>` for each catalogue.

    Raises UsageError where translate-toolkit is not installed.
    """
    require_toolkit()
    rows = tuple(rows)
    locale = rows[0].locale if rows else source_locale
    store = _store(version, source_locale, locale)
    root = store.document.getroot()
    for child in list(root):
        root.remove(child)
    for name, group in groupby(rows, key=lambda row: row.name):
        body = _file(root, version, name, source_locale, locale)
        for row in group:
            body.append(_unit(store, row, version))
    data: bytes = bytes(store)
    return data


def _store(version: str, source_locale: str, locale: str) -> Any:
    """Make an empty store; translate-toolkit's own one is of version 1.1."""
    from translate.storage import xliff, xliff2

    if version == "2.0":
        store = xliff2.Xliff2File()
        store.setsourcelanguage(source_locale)
        store.settargetlanguage(locale)
        return store
    skeleton = (
        f'<xliff version="1.2" xmlns="{_NAMESPACE["1.2"]}"><file original="x" '
        f'source-language="{source_locale}" datatype="plaintext"><body/></file></xliff>'
    )
    return xliff.Xliff1File.parsestring(skeleton.encode())


def _tag(version: str, name: str) -> str:
    return f"{{{_NAMESPACE[version]}}}{name}"


def _file(root: Any, version: str, name: str, source_locale: str, locale: str) -> Any:
    """Add a `<file>` for a catalogue. Give the element that takes its units."""
    from lxml import etree

    file = etree.SubElement(root, _tag(version, "file"))
    if version == "2.0":
        file.set("id", name)
        file.set("original", f"{locale}/{name}")
        if read_locale(locale).direction == "rtl":
            file.set("trgDir", "rtl")
        profiles = etree.SubElement(file, f"{{{_SIZE}}}profiles", nsmap={"slr": _SIZE})
        profiles.set("generalProfile", "xliff:codepoints")
        return file
    file.set("original", f"{locale}/{name}")
    file.set("source-language", source_locale)
    file.set("target-language", locale)
    file.set("datatype", "plaintext")
    return etree.SubElement(file, _tag(version, "body"))


def _unit(store: Any, row: Row, version: str) -> Any:
    """Make the element of a message."""
    from lxml import etree

    unit = store.UnitClass(None, empty=True)
    unit.namespace = _NAMESPACE[version]
    unit._rich_source = unit._rich_target = None
    unit.xmlelement = etree.Element(_tag(version, unit.rootNode))
    unit.source = row.source
    if row.target:
        unit.target = row.target
    if version == "2.0":
        return _unit2(unit, row)
    element = unit.xmlelement
    element.set("id", row.unit)
    element.set("resname", row.context)
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    element.set("approved", "yes" if row.state == "approved" else "no")
    target = element.find(_tag(version, "target"))
    if target is not None:
        target.set("state", _STATE[version][row.state])
    if row.limit:
        element.set("maxwidth", str(row.limit))
        element.set("size-unit", "char")
    unit.createcontextgroup(row.unit, [("x-section", row.context)], "information")
    for note in _notes(row):
        unit.addnote(note, origin="developer")
    return element


def _unit2(segment: Any, row: Row) -> Any:
    """Put a segment into its unit, notes before it, as XLIFF 2 asks."""
    from lxml import etree

    unit = etree.Element(_tag("2.0", "unit"), nsmap={None: _NAMESPACE["2.0"], "slr": _SIZE})
    unit.set("id", row.unit)
    unit.set("name", row.context)
    if row.limit:
        unit.set(f"{{{_SIZE}}}sizeRestriction", str(row.limit))
    notes = _notes(row)
    if notes:
        holder = etree.SubElement(unit, _tag("2.0", "notes"))
        for text in notes:
            note = etree.SubElement(holder, _tag("2.0", "note"))
            note.set("category", "developer")
            note.text = text
    element = segment.xmlelement
    element.attrib.clear()
    element.set("state", _STATE["2.0"][row.state])
    if row.state == "fuzzy":
        element.set("subState", "pressroom:fuzzy")
    for child in element:
        child.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    unit.append(element)
    return unit


def _notes(row: Row) -> tuple[str, ...]:
    return (*row.notes, *((f"previous source: {row.previous}",) if row.previous else ()))


def read_xliff(data: bytes, where: str) -> list[Received]:
    """Read an XLIFF file. Raises HandoutError with the line for one that cannot be read."""
    require_toolkit()
    root, data = parse_xml(data, where)
    version = root.get("version", "")
    from translate.storage import xliff, xliff2

    reader = xliff2.Xliff2File if version.startswith("2.") else xliff.Xliff1File
    try:
        store = reader.parsestring(data)
    except (ValueError, AssertionError, StopIteration, KeyError, AttributeError) as problem:
        said = str(problem) or "no <file>"
        raise HandoutError(
            f"{where}:1", f"is no XLIFF that can be read: {said}", "export it again"
        ) from None
    locale = root.get("trgLang", "") if version.startswith("2.") else ""
    return list(_received(store, where, locale))


def _received(store: Any, where: str, locale: str) -> Iterator[Received]:
    """Give the messages of a store; the segments of a unit of XLIFF 2 are one message."""
    units: dict[str, list[Any]] = {}
    for number, unit in enumerate(store.units):
        element = unit.xmlelement
        key = element.getparent() if locale or element.tag.endswith("segment") else element
        units.setdefault(f"{id(key)}" if key is not None else str(number), []).append(unit)
    for parts in units.values():
        element = parts[0].xmlelement
        holder = element.getparent() if element.tag.endswith("}segment") else element
        states = [_confirmed(part) for part in parts]
        yield Received(
            where=f"{where}:{holder.sourceline}",
            id=_id(holder, locale),
            source=tidy("".join(_text(part, "source") for part in parts)),
            target=tidy("".join(_text(part, "target") for part in parts)),
            confirmed=None if None in states else all(states),
        )


def _id(element: Any, locale: str) -> str:
    """Name a message as the site does: `es/asthma/symptoms.3f2a9c1b2d`."""
    file = next((up for up in element.iterancestors() if up.tag.endswith("}file")), None)
    original = "" if file is None else file.get("original") or f"{locale}/{file.get('id')}"
    return f"{original}/{element.get('id') or ''}"


def _text(unit: Any, kind: str) -> str:
    """Give the words of a source or target, also of those inside of elements."""
    found = [child for child in unit.xmlelement if str(child.tag).endswith(f"}}{kind}")]
    return "".join(found[0].itertext()) if found else ""


def _confirmed(unit: Any) -> bool | None:
    element = unit.xmlelement
    target = next((c for c in element if str(c.tag).endswith("}target")), None)
    stated = element if str(element.tag).endswith("}segment") else target
    state = None if stated is None else stated.get("state")
    if state is not None:
        return state in _CONFIRMED
    return True if element.get("approved") == "yes" else None
