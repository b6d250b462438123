"""Read drawings and logos: SVG -> Figure and the texts of its labels, SVG or PNG -> a logo.

Labels are `<text>` elements of a drawing. They are taken out of it and set as
page text in their place, so that they are translated, shaped, tagged and sized
like all other words.

A PNG is cut down to its dots as they are. Saved anew by a library, its bytes, and so
those of each PDF, would depend on the release of that library; and Pillow takes a
picture whose dots are more than its size says.
"""

from __future__ import annotations

import math
import re
import struct
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Iterable
from pathlib import Path

from ..core.errors import ConfigurationError, HandoutError, ManuscriptError
from ..core.files import leaves, read_bytes, read_text, shown
from ..core.model import Figure
from .photos import LARGEST as MOST_OF_A_PHOTO
from .photos import read_photo

SVG = "http://www.w3.org/2000/svg"

#: Elements that a drawing may hold: shapes and their paint. Nothing that loads or runs.
ELEMENTS = frozenset(
    """svg g path rect circle ellipse line polyline polygon defs linearGradient radialGradient
    stop pattern clipPath title desc text tspan""".split()  # noqa: SIM905
)
#: More elements than this is no drawing for a leaflet.
MOST_ELEMENTS = 2000
#: Groups within groups.
DEEPEST = 40
#: Largest drawing, in characters.
LARGEST = 1024 * 1024
#: Largest number in an attribute of a drawing: PDF has none that is not finite.
LARGEST_NUMBER = 1e9
#: Largest extent of a drawing in its own units; the smallest is its inverse.
LARGEST_EXTENT = 1e6

#: Fewest dots of a logo in height: 300 dpi at the 12 mm that a logo is high. Most on any side.
LEAST_DOTS = 140
MOST_DOTS = 4000

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?|\b(?:nan|inf(?:inity)?)\b", re.IGNORECASE)

_PNG = b"\x89PNG\r\n\x1a\n"
#: Parts of a PNG that its dots need.
_OF_DOTS = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"IDAT", b"IEND")
#: Channels of a PNG by its type of colour.
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def read_figure(folder: Path, source: str, where: str) -> tuple[Figure, list[str]]:
    """Read a picture below a topic's folder: it, and the texts of its labels in order.

    Raises ManuscriptError at `where` for a path that leaves the folder, and at
    the file for XML that is broken or holds more than shapes.
    """
    path = folder / source
    if not re.fullmatch(r"[\w./-]+\.(?:svg|png|jpe?g)", source) or leaves(path, folder):
        raise ManuscriptError(
            where,
            f"'{source}' is not a picture of this topic",
            "put an SVG, JPEG or PNG into figures/, named with letters, digits and hyphens",
        )
    if not source.endswith(".svg"):
        data = read_bytes(path, ManuscriptError, folder, most=MOST_OF_A_PHOTO)
        return read_photo(data, shown(path)), []
    text = read_text(path, ManuscriptError, folder)
    name = shown(path)
    if len(text) > LARGEST:
        raise ManuscriptError(
            name, f"is {len(text)} characters long", f"the most is {LARGEST}; simplify it"
        )
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise ManuscriptError(name, "a drawing declares no DOCTYPE or entities", "delete them")
    try:
        root = ElementTree.fromstring(text)  # no DTD, so no entities to expand
    except ElementTree.ParseError as problem:
        line = problem.position[0]
        raise ManuscriptError(f"{name}:{line}", f"this is not XML: {problem}", "mend it") from None
    _refuse_foreign(root, name)
    _refuse_deep(root, name)

    box = _numbers(root.get("viewBox", "").replace(",", " ").split())
    extents = [side for side in box[2:] if 1 / LARGEST_EXTENT <= side <= LARGEST_EXTENT]
    if root.tag != f"{{{SVG}}}svg" or len(box) != 4 or len(extents) != 2:
        raise ManuscriptError(name, "the drawing has no viewBox", "add viewBox='0 0 width height'")
    labels: list[tuple[float, float, str]] = []
    texts: list[str] = []
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{{{SVG}}}text":
                words = " ".join("".join(child.itertext()).split())
                anchor = child.get("text-anchor", "start")
                at = _numbers((child.get("x", "0"), child.get("y", "0")))
                if not at:
                    raise ManuscriptError(
                        name, f"the label '{words}' has no plain x and y", "give it numbers"
                    )
                if words:
                    labels.append((at[0] - box[0], at[1] - box[1], anchor))
                    texts.append(words)
                parent.remove(child)
    _refuse_overflow(root, name)
    ElementTree.register_namespace("", SVG)
    svg = ElementTree.tostring(root, encoding="utf-8")
    return Figure(svg, box[2], box[3], tuple(labels)), texts


def _numbers(words: Iterable[str]) -> list[float]:
    """Return plain numbers; none at all where one of them is not finite, or no number."""
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return []
    return numbers if all(map(math.isfinite, numbers)) else []


def _refuse_deep(root: ElementTree.Element, name: str) -> None:
    """Refuse what would overflow the stack of a recursive reader."""
    level = [root]
    for _ in range(DEEPEST):
        level = [child for element in level for child in element]
    if level:
        raise ManuscriptError(name, "the drawing is nested too deeply", "ungroup it")


def _refuse_overflow(root: ElementTree.Element, name: str) -> None:
    """Refuse numbers that no page has room for, and that a PDF cannot hold."""
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "id" or value.startswith(("#", "url(")):
                continue
            if not all(float(word) <= LARGEST_NUMBER for word in _NUMBER.findall(value)):
                raise ManuscriptError(
                    name, f"the number in {key}='{value[:40]}' is too large", "redraw it smaller"
                )


def _refuse_foreign(root: ElementTree.Element, name: str) -> None:
    """Refuse elements and attributes that load, link, style or run something."""
    for count, element in enumerate(root.iter(), 1):
        tag = str(element.tag).removeprefix(f"{{{SVG}}}")
        if tag not in ELEMENTS:
            raise ManuscriptError(name, f"a drawing does not hold <{tag}>", "draw it with paths")
        if count > MOST_ELEMENTS:
            raise ManuscriptError(
                name, f"the drawing has more than {MOST_ELEMENTS} elements", "simplify it"
            )
        for key, value in element.attrib.items():
            bare = key.rsplit("}", 1)[-1].lower()
            outside = "url(" in value.lower() and not re.fullmatch(r"url\(#[\w-]+\)", value.strip())
            if bare == "spreadmethod" and value != "pad":
                # A short one is repeated until memory runs out.
                raise ManuscriptError(name, "a gradient is not repeated", "give it more stops")
            if bare in ("href", "style", "src") or bare.startswith("on") or outside:
                raise ManuscriptError(
                    name, f"a drawing has no attribute {bare}='{value[:40]}'", "use plain shapes"
                )


def read_logo(folder: Path, source: str, where: str) -> bytes:
    """Return the bytes of a logo below a folder.

    Raises ConfigurationError at `where`, or at the file, for what is no plain
    drawing and no picture that prints sharp.
    """
    path = folder / source
    if not re.fullmatch(r"[\w./-]+\.(?:svg|png)", source) or leaves(path, folder):
        raise ConfigurationError(
            where, f"'{source}' is no picture of this clinic", "put an SVG or PNG beside this file"
        )
    if source.endswith(".svg"):
        try:
            return read_figure(folder, source, where)[0].image
        except HandoutError as problem:
            raise ConfigurationError(problem.where, problem.what, problem.next_step) from None
    data = read_bytes(path, ConfigurationError, folder)
    if not data.startswith(_PNG) or len(data) < 33 or data[12:16] != b"IHDR":
        raise ConfigurationError(shown(path), "this is not a PNG", "save it as a PNG, or as an SVG")
    width, height = struct.unpack(">II", data[16:24])
    if height < LEAST_DOTS or max(width, height) > MOST_DOTS:
        raise ConfigurationError(
            shown(path),
            f"is {width} by {height} dots",
            f"save it {LEAST_DOTS} dots high or more, and {MOST_DOTS} at the most on any side",
        )
    parts, damage = _parts(data)
    if damage:
        raise ConfigurationError(shown(path), f"is damaged: {damage}", "save it anew")
    return _PNG + b"".join(parts)


def _parts(data: bytes) -> tuple[list[bytes], str]:
    """Return the parts of a PNG that make its dots, and what is wrong with them, if anything.

    WeasyPrint puts dots into a PDF as they are, so they are checked here. What else a
    file holds, such as who made it and where, is left out (PNG, third edition, 11).
    """
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", data[16:29])
    row = -(-width * _CHANNELS.get(colour, 0) * depth // 8)
    # A byte before each row; of an interlaced picture, a row is stored in as many as seven parts.
    least = row * height + height
    most = least if not interlaced else 2 * least + 8 * (width + height)
    kinds: list[bytes] = []
    parts: list[bytes] = []
    at, found, reader = len(_PNG), 0, zlib.decompressobj()
    while at + 12 <= len(data) and b"IEND" not in kinds:
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        if data[at + 8 + size : at + 12 + size] != struct.pack(">I", zlib.crc32(kind + body)):
            return [], "a part of it is not what was saved"
        if kind == b"IDAT":
            try:
                found += len(reader.decompress(body, most + 1 - found))
            except zlib.error:
                return [], "its dots cannot be unpacked"
            if found > most:
                return [], "it has more dots than its size says"
        kinds.append(kind)
        parts += [data[at : at + 12 + size]] if kind in _OF_DOTS else []
        at += 12 + size
    if not row or kinds[-1:] != [b"IEND"] or found < (row * height if interlaced else least):
        return [], "it is cut short"
    return parts, "it has no palette" if colour == 3 and b"PLTE" not in kinds else ""
