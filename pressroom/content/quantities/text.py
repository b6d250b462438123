"""A message -> plain text to read quantities in: western digits, no marks without a value.

`plain` and `folded` have the same length, so that a place in one is a place in the other.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

#: Stands where an address or a placeholder was, so that what is beside it does not join.
GAP = "\ufffc"

#: What ends a sentence is not part of an address, in whatever script.
_CLOSING = r".,;:!?'\"»”’…"
_NOT_IN_ADDRESS = r"\s<>()\[\]（）「」『』“”。，、；：！？।॥،؛؟។၊။\ufffc"
_ADDRESS = re.compile(
    rf"(?:https?://|mailto:|tel:|www\.)[^{_NOT_IN_ADDRESS}]*[^{_NOT_IN_ADDRESS}{_CLOSING}]"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)
#: An asterisk that multiplies, not one of emphasis.
_TIMES = re.compile(r"(?<=\d)\s?\*\s?(?=\d)")
_PLACEHOLDER = re.compile(r"\{\w+\}")

#: Characters with a meaning of their own, whatever their category.
_PLAIN = {
    "\u2010": "-", "\u2011": "-", "\t": " ", "\n": " ", "\u3000": " ", "’": "'", "ʼ": "'",
    "‘": "'", "״": '"', "׳": "'", "*": "", "`": "", "\\": "", "ـ": "", "⩾": "≥", "⩽": "≤",
    "∼": "~", "፡": ":", "〜": "~", "～": "~", "㎎": "mg", "㎏": "kg", "㎖": "ml", "㎜": "mm",
    "㎝": "cm",
    # Malayalam's letters without a vowel, as ISCII and older Unicode write them.
    "ൺ": "ണ്", "ൻ": "ന്", "ർ": "ര്", "ൽ": "ല്", "ൾ": "ള്", "ൿ": "ക്",
}  # fmt: skip
#: Marks that a writer may leave out: vowels of Arabic and Hebrew, nuktas, a Cyrillic stress.
_OPTIONAL = re.compile(
    "[\u064b-\u0655\u0670\u0591-\u05bd\u05bf-\u05c7\u093c\u09bc\u0a3c\u0abc\u0b3c\u0301]"
)

#: Letters that one word is written with as well as with another.
_ALIKE = {
    "آ": "ا", "أ": "ا", "إ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ۍ": "ي", "ئ": "ي", "ک": "ك",
    "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ة": "ه", "ı": "i", "İ": "i", "ё": "е",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ",
}  # fmt: skip
#: The seven orders of Ethiopic letters that sound the same in Amharic, by their first ones.
_ETHIOPIC = {"ሐ": "ሀ", "ኀ": "ሀ", "ሠ": "ሰ", "ዐ": "አ", "ፀ": "ጸ"}


class _Plain(dict[int, str]):
    """What each character becomes in plain text; filled as characters are met."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        digit = unicodedata.decimal(character, None)
        if character in _PLAIN:
            said = _PLAIN[character]
        elif digit is not None:
            said = str(digit)
        elif 0xFF01 <= point <= 0xFF5E:
            said = _PLAIN.get(chr(point - 0xFEE0), chr(point - 0xFEE0))
        elif unicodedata.category(character) == "Cf" or _OPTIONAL.match(character):
            said = ""
        else:
            said = character
        self[point] = said
        return said


class _Folded(dict[int, str]):
    """The letter that stands for each in comparisons; one for one."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        said = character.lower()
        if 0x0370 <= point <= 0x03FF or 0x1F00 <= point <= 0x1FFF:
            # Greek accents move as a word is declined.
            said = unicodedata.normalize("NFD", said)[0].replace("ς", "σ")
        elif 0x1200 <= point <= 0x137F:
            for letter, other in _ETHIOPIC.items():
                if ord(letter) <= point < ord(letter) + 7:
                    said = chr(ord(other) + point - ord(letter))
            said = {"ሃ": "ሀ", "ኣ": "አ"}.get(said, said)
        said = _ALIKE.get(said, said)
        self[point] = said if len(said) == 1 else character
        return self[point]


_plain, _folded = _Plain(), _Folded()


@dataclass(frozen=True, slots=True)
class Text:
    """A message without what has no quantity."""

    #: As written, with western digits.
    plain: str
    #: With letters that compare.
    folded: str
    #: Web and e-mail addresses, in their order.
    addresses: tuple[str, ...]


def read_text(message: str) -> Text:
    """Return a message without its addresses, placeholders and marks."""
    addresses: tuple[str, ...] = ()
    if "&" in message:
        message = html.unescape(message)
    if ":" in message or "@" in message or "www" in message:
        addresses = tuple(_ADDRESS.findall(message))
        message = _ADDRESS.sub(GAP, message)
    if "*" in message:
        message = _TIMES.sub("×", message)
    if "{" in message:
        message = _PLACEHOLDER.sub(GAP, message)
    # Lao and Thai: one vowel, written as one character or as two.
    plain = plain_text(message).replace("\u0e4d\u0e32", "\u0e33").replace("\u0ecd\u0eb2", "\u0eb3")
    return Text(plain, plain.translate(_folded), addresses)


def plain_text(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_plain)


def fold(text: str) -> str:
    """Return the form in which words of a language's tables are looked for."""
    return plain_text(text).translate(_folded)
