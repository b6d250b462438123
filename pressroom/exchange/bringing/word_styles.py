"""Read how a Word file styles its paragraphs and numbers its lists: XML -> Style, Lists.

What the XML says is ECMA-376, part 1, 17.7 and 17.9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NAMES = {
    "w": W[1:-1],
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
}
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def value(parent: Any, path: str, name: str = "val") -> str | None:
    """Return an attribute of the element at a path, or None where there is no such element."""
    found = parent.find(path, NAMES) if parent is not None else None
    return None if found is None else str(found.get(W + name, ""))


def on(parent: Any, path: str) -> bool:
    return value(parent, path) not in (None, "0", "false", "off", "none")


def whole(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"\d{1,6}", text) else None


@dataclass(slots=True)
class Style:
    name: str
    based_on: str
    outline: int | None
    list_id: str | None
    bold: bool


class Styles:
    """The styles of a file by their ids."""

    def __init__(self, root: Any) -> None:
        self.styles = {
            str(one.get(W + "styleId")): Style(
                (value(one, "w:name") or "").lower(),
                value(one, "w:basedOn") or "",
                whole(value(one, "w:pPr/w:outlineLvl")),
                value(one, "w:pPr/w:numPr/w:numId"),
                on(one, "w:rPr/w:b"),
            )
            for one in (root.iterfind("w:style", NAMES) if root is not None else ())
        }

    def chain(self, style_id: str | None) -> Iterator[Style]:
        """Yield a style, and those that it is based on."""
        seen = set()
        while style_id and style_id in self.styles and style_id not in seen:
            seen.add(style_id)
            yield self.styles[style_id]
            style_id = self.styles[style_id].based_on


@dataclass(frozen=True, slots=True)
class Level:
    """How the items of a level of a list are numbered."""

    format: str = "bullet"
    start: int = 1
    #: What stands around the number, such as `Step %1:`.
    text: str = ""


class Lists:
    """Counts the items of numbered lists as Word does (17.9)."""

    def __init__(self, root: Any) -> None:
        self.lists: dict[str, tuple[str, dict[int, Level], dict[int, int]]] = {}
        self.counts: dict[str, dict[int, int]] = {}
        self.begun: set[tuple[str, int]] = set()
        if root is None:
            return
        kinds = {
            str(one.get(W + "abstractNumId")): self._levels(one)
            for one in root.iterfind("w:abstractNum", NAMES)
        }
        for one in root.iterfind("w:num", NAMES):
            kind = value(one, "w:abstractNumId") or ""
            starts, levels = {}, dict(kinds.get(kind, {}))
            for over in one.iterfind("w:lvlOverride", NAMES):
                level = whole(over.get(W + "ilvl")) or 0
                start = whole(value(over, "w:startOverride"))
                if start is not None:
                    starts[level] = start
                levels |= self._levels(over)
            self.lists[str(one.get(W + "numId"))] = (kind, levels, starts)

    @staticmethod
    def _levels(parent: Any) -> dict[int, Level]:
        return {
            whole(one.get(W + "ilvl")) or 0: Level(
                value(one, "w:numFmt") or "decimal",
                whole(value(one, "w:start")) or 0 if value(one, "w:start") else 1,
                value(one, "w:lvlText") or "",
            )
            for one in parent.iterfind("w:lvl", NAMES)
        }

    def level(self, list_id: str, level: int) -> Level:
        return self.lists.get(list_id, ("", {}, {}))[1].get(level, Level())

    def next(self, list_id: str, level: int) -> int:
        kind, _, starts = self.lists.get(list_id, (list_id, {}, {}))
        counts = self.counts.setdefault(kind, {})
        first = self.level(list_id, level).start
        if level in starts and (list_id, level) not in self.begun:
            counts[level] = starts[level]
        else:
            counts[level] = counts[level] + 1 if level in counts else first
        self.begun.add((list_id, level))
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        return counts[level]
