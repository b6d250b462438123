"""Count the words of a file, and those that were brought in: what is lost shows.

The words of the source are counted in the bytes of the file, by nothing that has read it:
whatever the readers skip without a note is missing in the count.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterable
from html.parser import HTMLParser

from ..word_table import decode_page
from .source import Note
from .word_archive import LARGEST_XML, WordArchive

_WORD = re.compile(r"[^\W_]+")

#: Parts of a Word file that hold words of its author.
_PARTS = re.compile(
    r"word/(document|footnotes|endnotes|comments|header\d*|footer\d*|diagrams/data\d*|charts/chart\d*)\.xml"
)
#: Elements of Word that hold words, and those at which a word ends.
_TEXTS = ("t", "delText", "v")
_ENDS = (
    "p", "tab", "br", "cr", "ins", "del", "moveFrom", "moveTo", "footnoteReference", "sym", "pt",
    "endnoteReference", "tc", "txbxContent", "noBreakHyphen", "drawing", "pict", "oMath", "ruby",
    "rt", "rubyBase", "softHyphen", "v",
)  # fmt: skip
#: Looks of a run that set its words apart from those beside it.
_APART = ("vertAlign", "strike", "dstrike", "vanish")


def word_counts(text: str) -> Counter[str]:
    """Return how often each word stands in a text; words are letters and digits."""
    return Counter(_WORD.findall(text.casefold()))


def words_of_word(data: bytes, where: str) -> Counter[str]:
    """Return the words of a Word file."""
    archive = WordArchive(data, where)
    count: Counter[str] = Counter()
    for name in sorted(filter(_PARTS.fullmatch, archive.names)):
        archive.xml(name)  # It is refused where it is not safe.
        pieces: list[str] = []
        _collect(ElementTree.fromstring(archive.read(name, LARGEST_XML)), pieces)
        count += word_counts("".join(pieces))
    return count


def _collect(root: ElementTree.Element, pieces: list[str]) -> None:
    """Collect the texts below an element; those for older programs stand there twice."""
    waiting: list[ElementTree.Element | str] = [root]
    while waiting:
        element = waiting.pop()
        if isinstance(element, str):
            pieces.append(element)
            continue
        name = element.tag.rpartition("}")[2]
        if name == "Fallback":
            continue
        for key in ("descr", "title", "alt") if name in ("docPr", "shape", "imagedata") else ():
            pieces.append(f" {element.get(key, '')} ")
        if name in _TEXTS:
            pieces.append(element.text or "")
        look = element.find("./{*}rPr") if name == "r" else None
        apart = look is not None and any(one.tag.rpartition("}")[2] in _APART for one in look)
        end = " " if apart or name in _ENDS else ""
        pieces.append(end)
        waiting.append(end)
        waiting += reversed(list(element))


class _Page(HTMLParser):
    """Collects the texts of a page."""

    _INLINE = frozenset(
        """a abbr acronym b bdi bdo big cite code dfn em font i ins kbd mark q samp small span
        strong tt u var o:p st1:place""".split()  # noqa: SIM905
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self.silent += 1
        if tag not in self._INLINE:
            self.pieces.append(" ")
        if tag == "img":
            self.pieces.append(f" {dict(attrs).get('alt') or ''} ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in ("script", "style"):
            self.silent -= 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.silent = max(0, self.silent - 1)
        if tag not in self._INLINE:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(data)


def words_of_page(data: bytes, where: str) -> Counter[str]:
    """Return the words of a web page."""
    page = _Page()
    page.feed(decode_page(data, where))
    page.close()
    return word_counts("".join(page.pieces))


def words_of_markdown(text: str) -> Counter[str]:
    """Return the words of Markdown: no addresses, files, and attributes in braces."""
    text = re.sub(r"\{[^{}\n]*[=.#][^{}\n]*\}", " ", text)
    text = re.sub(r"^\[(?!\^)[^\]\n]+\]:[ \t]*\S+.*$", " ", text, flags=re.M)
    text = re.sub(r"\]\(\s*<?[^\s)>]*>?|(?<=\])\[[^\]\n]*\]", " ", text)
    text = re.sub(r"\[\^[\w-]+\]:?|^:{3,}.*$|</?[a-zA-Z][^<>\n]*>", " ", text, flags=re.M)
    return word_counts(re.sub(r"\*+|`", "", text))


def words_carried(body: str, title: str) -> Counter[str]:
    """Return the words of a topic that came from its source: those of its body, and its title."""
    text = re.sub(r"\{#[\w-]*\}", " ", body)
    text = re.sub(r"^:{3,}.*$", " ", text, flags=re.M)
    text = re.sub(r"(?<!\\)\]\([^()\s]*", " ", text)
    text = re.sub(r"\[\^[\w-]+\]:?", " ", text)
    text = re.sub(r"\\\n|(?<!\\)[\^~]|\{[a-z_0-9]+\}", " ", f"{title}\n{text}")
    return word_counts(re.sub(r"\\(?=\W)|(?<!\\)[*`]", "", text))


def words_noted(notes: Iterable[Note]) -> Counter[str]:
    """Return the words that stand in a report, and nowhere else."""
    return sum((word_counts(note.words) for note in notes), Counter())
