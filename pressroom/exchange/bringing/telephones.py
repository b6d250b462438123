"""Turn telephone numbers into placeholders: SourceBlocks and a Clinic -> numbers by placeholder.

So that a number which changes is changed in one place, and in every language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...content.quantities.phones import PHONE
from .source import BLANK, Source, SourceBlock, walk
from .tidy import words_for

#: Digits of the shortest and the longest number (ITU-T E.164).
_DIGITS = range(7, 16)
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?|\d\d?([./-])\d\d?\1(?:\d{4}|\d\d)")
_LINK = re.compile(r"\[([^\[\]]*)\]\(tel:[^()\s]*\)")
_ADDRESS = re.compile(r"\]\([^()\s]*\)|https?://\S+")
#: Emergency numbers of countries; each is that of a part of the world.
_EMERGENCY = re.compile(r"(?<![\d.,:/{+\ue001-])(?:112|911|999)(?![\d/-]|[.,:]\d|\ue002)")
#: What makes digits an amount.
_AMOUNT = re.compile(
    r"\s*(?:[%°]|(?:mg|ml|g|kg|µg|mcg|mmol|cm|mm|m|l|iu|years?|days?|people|patients|children|of|in)\b)",
    re.I,
)


class Telephones:
    """Finds telephone numbers in a source, one after another."""

    def __init__(self, source: Source, known: Mapping[str, str]) -> None:
        """Take the numbers of a clinic by the placeholder of each."""
        self.source = source
        self.known = {_national(value): name for name, value in known.items() if _national(value)}
        self.emergency = re.sub(r"\D", "", known.get("emergency_number", ""))
        #: Numbers that no placeholder has yet, by the one that stands for them now.
        self.new: dict[str, str] = {}

    def replace(self, blocks: list[SourceBlock]) -> None:
        """Put placeholders into blocks, and into footnotes."""
        for block in walk(blocks):
            if block.kind != "picture":
                block.text = self._text(block.text, block.at)
            block.rows = [[self._text(cell, block.at) for cell in row] for row in block.rows]
        for mark, text in self.source.footnotes.items():
            self.source.footnotes[mark] = self._text(text, "footnote")

    def _text(self, text: str, at: str) -> str:
        text = _LINK.sub(_linked, text)
        # In an address, digits are no number to call.
        kept = _ADDRESS.findall(text)
        numbers = iter(range(len(kept)))
        text = _ADDRESS.sub(lambda _: f"\ue001{next(numbers)}\ue002", text)
        text = PHONE.sub(lambda found: self._number(found, at), text)
        text = _EMERGENCY.sub(lambda found: self._emergency(found, at), text)
        if BLANK in text:
            self.source.note(at, "carried", "a line to fill in: {blank}")
        return re.sub("\ue001(\\d+)\ue002", lambda found: kept[int(found[1])], text)

    def _number(self, found: re.Match[str], at: str) -> str:
        written, digits = found[0], re.sub(r"\D", "", found[0])
        single = sum(len(group) == 1 for group in re.findall(r"\d+", written))
        if len(digits) not in _DIGITS or single > 2 or _DATE.search(written):
            return written
        before = found.string[max(0, found.start() - 12) : found.start()]
        if words_for("fax").search(before):
            self.source.note(
                at, "TODO", f"the fax number {written} stays in the words: is it right?"
            )
            return written
        name = self.known.get(_national(written)) or self._longer(digits)
        if name:
            self.source.note(at, "carried", f"a number is {{{name}}} of clinic.toml:", written)
        else:
            name = f"phone_{digits}"
            if name in self.new:
                self.source.note(at, "carried", f"a number is {{{name}}}, as above:", written)
            else:
                said = f"is this number right? It is {{{name}}}, new under [placeholders]:"
                self.source.note(at, "TODO", said, written)
            self.new.setdefault(name, written)
        return f"{{{name}}}"

    def _longer(self, digits: str) -> str:
        """Return the placeholder of a number that is written with or without its country."""
        own = digits.lstrip("0")
        return next(
            (name for known, name in self.known.items()
             if min(len(known), len(own)) >= _DIGITS.start
             and (own.endswith(known) or known.endswith(own))),
            "",
        )  # fmt: skip

    def _emergency(self, found: re.Match[str], at: str) -> str:
        if _AMOUNT.match(found.string[found.end() :]):
            return found[0]
        if found[0] == self.emergency:
            self.source.note(
                at, "carried", "a number is {emergency_number} of clinic.toml:", found[0]
            )
            return "{emergency_number}"
        said = f"{found[0]} is an emergency number, and clinic.toml has {self.emergency}"
        self.source.note(at, "TODO", f"{said}: write {{emergency_number}}, or say whose it is")
        return found[0]


def calls_for_help(text: str) -> bool:
    """Return whether a text has an emergency number, of this clinic's country or another."""
    found = (text[one.end() :] for one in _EMERGENCY.finditer(text))
    return "{emergency_number}" in text or any(not _AMOUNT.match(rest) for rest in found)


def _linked(found: re.Match[str]) -> str:
    """Return a link to a number as its words; where these show no number, it stays."""
    digits = re.sub(r"\D", "", found[1])
    return found[1] if len(digits) >= 3 else found[0]


def _national(number: str) -> str:
    """Return the digits of a number without what stands before it within its country."""
    digits = re.sub(r"\D", "", number)
    return digits.lstrip("0") if len(digits) in _DIGITS else ""
