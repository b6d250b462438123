"""Fill-ins: the lines to write on that take what is left of a page.

The notes of a topic grow from the number of lines that it asks for. Where it has none, templates
leave an empty place before the imprint (`.spare`), whose label shows once it has lines.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from .page_boxes import classes_of, marked, share_filled
from .setting import Setting

#: Share of a page up to which lines to write on fill it.
FULL = 0.97
#: Fewest lines that are worth a label.
FEWEST = 3
#: Room of a label in lines of text, and of the white around it in CSS pixels (5 mm).
_LABEL, _WHITE_PX = 2, 5 / 25.4 * 96


class FillIns:
    """The last notes of a leaflet, which can have more lines than its topic asks for."""

    def __init__(self, root: Any) -> None:
        found = [one for one in root.iter("div") if "notes" in classes_of(one)]
        self._notes = found[-1] if found else None
        self._labels = [one for one in found[-1] if "hidden" in one.attrib] if found else []
        self._added: list[Any] = []

    def add(self, lines: int) -> None:
        """Let the notes have so many more lines than the topic asks for, before they are set."""
        if self._notes is None:
            return
        for rule in self._added:
            self._notes.remove(rule)
        self._added = [Element("div", {"class": "rule"}) for _ in range(lines)]
        self._notes.extend(self._added)
        for label in self._labels:
            label.attrib.pop("hidden", None)
            label.attrib.update({} if lines else {"hidden": ""})

    def room(self, document: Any, setting: Setting) -> int:
        """Return how many lines more there is room for where the notes of a document end.

        All of them together take a page at most.
        """
        for page in reversed([page._page_box for page in document.pages]):
            if found := marked("notes", page):
                rules = [box for box in found[0].children if "rule" in classes_of(box.element)]
                left = (FULL - share_filled(page)) * page.height
                height = rules[-1].margin_height() if rules else setting.rule_mm / 25.4 * 96
                if not rules:
                    line = setting.line_height * page.style["font_size"]
                    left -= _LABEL * line + _WHITE_PX
                lines = min(int(left / height), int(page.height / height) - len(rules))
                return lines if (rules and lines > 0) or lines >= FEWEST else 0
        return 0
