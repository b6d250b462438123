"""XLIFF 1.2 and 2.0: ExchangeRows -> a file -> Received rows; translate-toolkit writes it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from ..core.errors import HandoutError
from ..core.locales import read_locale
from .rows import ExchangeRow, Received, tidy
from .safe_xml import parse_xml, require_toolkit

_NAMESPACE = {
    "1.2": "urn:oasis:names:tc:xliff:document:1.2",
    "2.0": "urn:oasis:names:tc:xliff:document:2.0",
}
#: The module of XLIFF 2 that holds lengths, and the unit that they are counted in.
_SIZE = "urn:oasis:names:tc:xliff:sizerestriction:2.0"
#: The module of XLIFF 2 that holds facts of one's own.
_METADATA = "urn:oasis:names:tc:xliff:metadata:2.0"
_PREFIXES = {None: _NAMESPACE["2.0"], "slr": _SIZE, "mda": _METADATA}
#: What `ExchangeRow.left` is called in a file.
_LEFT = "x-as-exported"

#: States: ours, and what a file says. Only these count as confirmed when they come back.
_STATE = {
    "1.2": {
        "missing": "needs-translation", "fuzzy": "needs-review-translation",
        "unsure": "translated", "translated": "translated", "approved": "final",
    },
    "2.0": {
        "missing": "initial", "fuzzy": "initial",
        "unsure": "translated", "translated": "translated", "approved": "final",
    },
}  # fmt: skip
#: What XLIFF 1.2 calls a machine's words.
_MACHINE = ("mt-suggestion", "leveraged-mt")
_CONFIRMED = {"translated", "signed-off", "reviewed", "final"}


def write_xliff(
    rows: Iterable[ExchangeRow], source_locale: str, version: str = "1.2", copied: bool = False
) -> bytes:
    """Return an XLIFF file with a `<file>` for each catalogue.

    Where it is `copied`, what waits has its source in the place of its translation: OmegaT shows
    no other source. Raises UsageError where translate-toolkit is not installed.
    """
    require_toolkit()
    rows = tuple(_copied(row) if copied else row for row in rows)
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


def _copied(row: ExchangeRow) -> ExchangeRow:
    """Return a fuzzy message without its translation, which is told in a note."""
    if row.state != "fuzzy":
        return row
    note = f"translation of the previous source: {row.target}"
    return replace(row, target="", state="missing", notes=(*row.notes, note))


def _store(version: str, source_locale: str, locale: str) -> Any:
    """Return an empty store; translate-toolkit's own one is of version 1.1."""
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
    """Add a `<file>` for a catalogue, and return the element that takes its units."""
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
    file.set("date", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    return etree.SubElement(file, _tag(version, "body"))


def _unit(store: Any, row: ExchangeRow, version: str) -> Any:
    """Return the element of a message."""
    from lxml import etree

    unit = store.UnitClass(None, empty=True)
    unit.namespace = _NAMESPACE[version]
    unit._rich_source = unit._rich_target = None
    unit.xmlelement = etree.Element(_tag(version, unit.rootNode))
    unit.source = row.source
    if row.target:
        unit.target = row.target
    elif version == "1.2":
        # OmegaT and others show a unit by its target, and take the source in it for none.
        unit.target = row.source
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
        if row.state == "unsure":
            target.set("state-qualifier", "x-numbers-unsure")
    if row.limit:
        element.set("maxwidth", str(row.limit))
        element.set("size-unit", "char")
    contexts = [("x-section", row.context), (_LEFT, row.left)]
    unit.createcontextgroup(row.unit, contexts, "information")
    for note in _notes(row):
        unit.addnote(note, origin="developer")
    return element


def _unit2(segment: Any, row: ExchangeRow) -> Any:
    """Return the `<unit>` of a segment, with the notes before it, as XLIFF 2 requires."""
    from lxml import etree

    unit = etree.Element(_tag("2.0", "unit"), nsmap=_PREFIXES)
    unit.set("id", row.unit)
    unit.set("name", row.context)
    if row.limit:
        unit.set(f"{{{_SIZE}}}sizeRestriction", str(row.limit))
    metadata = etree.SubElement(unit, f"{{{_METADATA}}}metadata")
    group = etree.SubElement(metadata, f"{{{_METADATA}}}metaGroup")
    meta = etree.SubElement(group, f"{{{_METADATA}}}meta")
    meta.set("type", _LEFT)
    meta.text = row.left
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
    if row.state in ("fuzzy", "unsure"):
        element.set("subState", f"pressroom:{row.state}")
    for child in element:
        child.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    unit.append(element)
    return unit


def _notes(row: ExchangeRow) -> tuple[str, ...]:
    origin = (f"origin: {row.origin}",) if row.origin else ()
    previous = (f"previous source: {row.previous}",) if row.previous else ()
    return (*row.notes, *origin, *previous)


def read_xliff(data: bytes, where: str) -> list[Received]:
    """Read an XLIFF file. Raises HandoutError with the line for one that cannot be read."""
    require_toolkit()
    root, _ = parse_xml(data, where)
    second = root.get("version", "").startswith("2.")
    files = [child for child in root if _name(child) == "file"]
    if not files:
        raise HandoutError(
            f"{where}:1", "is no XLIFF that can be read: no <file>", "export it again"
        )
    locale = root.get("trgLang", "") if second else ""
    return [
        _received(unit, second, file, locale, where)
        for file in files
        for unit in file.iter("{*}unit" if second else "{*}trans-unit", "unit", "trans-unit")
    ]


def _received(unit: Any, second: bool, file: Any, locale: str, where: str) -> Received:
    """Return the message of a unit, whatever the parts that a program made of it."""
    original = file.get("original") or f"{locale}/{file.get('id')}"
    told = (
        element
        for element in unit.iter("{*}context", "context", f"{{{_METADATA}}}meta")
        if _LEFT in (element.get("context-type"), element.get("type"))
    )
    if second:
        source, target, confirmed = _parts(unit)
    else:
        source, target, confirmed = _segments(unit)
    return Received(
        where=f"{where}:{unit.sourceline}",
        id=f"{original}/{unit.get('id') or ''}",
        source=tidy(source),
        target=tidy(target),
        confirmed=confirmed,
        left=" ".join(next((element.text or "" for element in told), "").split()),
        at=_time(file.get("date", "")),
        machine=not second and _is_machine(unit),
    )


def _is_machine(unit: Any) -> bool:
    """Return whether a unit of XLIFF 1.2 says that a machine wrote its target."""
    target = _child(unit, "target")
    return target is not None and target.get("state-qualifier") in _MACHINE


def _time(written: str) -> datetime | None:
    """Return the time that a `<file>` says it was made at; None where it says none."""
    with suppress(ValueError):
        at = datetime.fromisoformat(written)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None


def _segments(unit: Any) -> tuple[str, str, bool | None]:
    """Return source, target and state of a unit of XLIFF 1.2.

    Between the segments (`<mrk mtype="seg">`) of a target that has lost it stands what stands
    there in `<seg-source>`. A target that lacks a segment is not confirmed.
    """
    target = _child(unit, "target")
    segmented = _child(unit, "seg-source")
    source = _child(unit, "source")
    if target is None:
        return _words(source), "", None
    state = target.get("state")
    confirmed: bool | None = True if unit.get("approved") == "yes" else None
    if state is not None:
        confirmed = state in _CONFIRMED
    known = list(_pieces(segmented if segmented is not None else source))
    pieces = list(_pieces(target))
    if all(mid is None for mid, _ in pieces):
        return _words(source), _words(target), confirmed
    text = gap = ""
    for mid, words in pieces:
        if mid is None:
            gap += words
            continue
        if text and not gap.strip():
            gap = _joint(text, gap or _space_before(mid, known), words)
        text, gap = text + gap + words, ""
    text += gap
    filled = {mid for mid, words in pieces if words.strip()}
    whole = filled >= {mid for mid, words in known if mid is not None and words.strip()}
    return _words(source), text, confirmed if whole else False


#: The number of a segment (`mid`), None for what stands between two, and its words.
_Piece = tuple[str | None, str]


def _pieces(element: Any) -> Iterator[_Piece]:
    """Yield the segments of an element, also of those within others, and what is between them."""
    if element is None:
        return
    if _is_segment(element):
        yield element.get("mid", ""), _words(element)
        return
    yield None, element.text or ""
    if not any(map(_is_segment, element.iter("{*}mrk", "mrk"))):
        yield None, _words(element)[len(element.text or "") :]
        return
    for child in element:
        yield from _pieces(child) if _name(child) else ()
        yield None, child.tail or ""


def _is_segment(element: Any) -> bool:
    return _name(element) == "mrk" and element.get("mtype") == "seg"


def _space_before(mid: str, known: list[_Piece]) -> str:
    """Return the white space before a segment of a source; one where that does not tell.

    It does not where it is not in segments, or this one is its first.
    """
    at = next((number for number, (one, _) in enumerate(known) if one == mid), 0)
    before, own = "".join(words for _, words in known[:at]), known[at][1] if known else ""
    if not before.strip():
        return " "
    return before[len(before.rstrip()) :] + own[: len(own) - len(own.lstrip())]


def _joint(before: str, space: str, after: str) -> str:
    """Return the space between two sentences; none between two of a script that sets none."""
    return "" if _is_wide(before[-1:]) and _is_wide(after[:1]) else space


def _is_wide(character: str) -> bool:
    """Return whether a character is one of Chinese or Japanese; Korean sets spaces."""
    return unicodedata.east_asian_width(character or "a") in "WF" and not unicodedata.name(
        character, ""
    ).startswith("HANGUL")


def _parts(unit: Any) -> tuple[str, str, bool | None]:
    """Return source, target and state of a unit of XLIFF 2: of its segments, and what is between.

    `order` says which place a target takes. What is ignorable and has no words of a target keeps
    its source, and so does white space at the ends of segments. A unit is as confirmed as the
    segment that is least.
    """
    parts = [part for part in unit if _name(part) in ("segment", "ignorable")]
    source = "".join(_words(_child(part, "source")) for part in parts)
    texts: dict[int, str] = {}
    states: list[bool | None] = []
    for number, part in enumerate(parts, 1):
        target, own = _child(part, "target"), _words(_child(part, "source"))
        order = "" if target is None else target.get("order", "")
        text = _words(target)
        if _name(part) == "segment":
            state = part.get("state")
            empty = not text.strip() and bool(own.strip())
            states.append(None if state is None else state in _CONFIRMED and not empty)
            if text.strip():
                ends = own[: len(own) - len(own.lstrip())], own[len(own.rstrip()) :]
                text = (ends[0] if text == text.lstrip() else "") + text
                text += ends[1] if text == text.rstrip() else ""
        elif not text.strip():
            text = text or own
        texts[int(order) if order.isdigit() else number] = text
    target_text, space = "", ""
    for number in sorted(texts):
        words = texts[number].strip()
        space += texts[number][: len(texts[number]) - len(texts[number].lstrip())]
        if words:
            target_text += (_joint(target_text, space, words) if target_text else "") + words
            space = texts[number][len(texts[number].rstrip()) :]
    if not "".join(_words(_child(part, "target")) for part in parts).strip():
        target_text = ""
    return source, target_text, None if None in states else all(states)


def _name(element: Any) -> str:
    """Return the name of an element without its namespace; empty for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _child(element: Any, name: str) -> Any:
    return next((child for child in element if _name(child) == name), None)


def _words(element: Any) -> str:
    """Return the text of an element, also inside of others, without comments.

    A program may have put codes in the place of words in braces: `<x equiv-text="{phone}"/>` and
    `<ph dataRef="d1"/>`.
    """
    if element is None:
        return ""
    parts = [_code(element, "", "Start"), element.text or ""]
    for child in element:
        parts += [_words(child) if _name(child) else "", child.tail or ""]
    return "".join((*parts, _code(element, "End")))


#: Elements that stand for codes: of XLIFF 1.2 with their text in an attribute, of 2 elsewhere.
_CODES = {"x", "bx", "ex", "ph", "pc", "sc", "ec"}


def _code(element: Any, *ends: str) -> str:
    """Return the code that an element stands for at one of its ends; empty for none."""
    name = _name(element)
    if name == "cp" and "" in ends:
        with suppress(ValueError, OverflowError):
            return chr(int(element.get("hex", ""), 16))
    if name not in _CODES or (name != "pc" and (element.text or "").strip()):
        return ""
    for end in ends:
        if (key := element.get(f"dataRef{end}")) is not None:
            unit = next(element.iterancestors("{*}unit"), element)
            found = (data for data in unit.iter("{*}data") if data.get("id") == key)
            return next((data.text or "" for data in found), "")
    equal = element.get("equiv-text") or element.get("equiv") or ""
    return equal if "" in ends and name != "pc" else ""
