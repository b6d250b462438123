"""Read a figure (`figures/*.svg` -> Figure and the texts of its labels).

Labels are `<text>` elements of the drawing. They are taken out of it and set
as page text in their place, so that they are translated, shaped, tagged and
sized like all other words.
"""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from pathlib import Path

from .errors import ManuscriptError
from .files import leaves, read_text, shown
from .model import Figure

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


def read_figure(folder: Path, source: str, where: str) -> tuple[Figure, list[str]]:
    """Read a drawing below a topic's folder, and the texts of its labels in order.

    Raises ManuscriptError at `where` for a path that leaves the folder, and at
    the file for XML that is broken or holds more than shapes.
    """
    path = folder / source
    if not re.fullmatch(r"[\w./-]+\.svg", source) or leaves(path, folder):
        raise ManuscriptError(
            where,
            f"'{source}' is not a drawing of this topic",
            "put an SVG into figures/, named with letters, digits and hyphens",
        )
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
    """Read plain numbers; give none at all where one of them is not."""
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return []
    return numbers if all(map(math.isfinite, numbers)) else []


def _refuse_deep(root: ElementTree.Element, name: str) -> None:
    """Refuse what would overflow the stack of whoever walks through it."""
    level = [root]
    for _ in range(DEEPEST):
        level = [child for element in level for child in element]
    if level:
        raise ManuscriptError(name, "the drawing is nested too deeply", "ungroup it")


_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?|\b(?:nan|inf(?:inity)?)\b", re.IGNORECASE)


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
