"""Read a web page, as a browser would build its tree: HTML -> Source.

The part of the page that is the leaflet is read; menus, banners and forms are left out,
with all of their words noted. Nothing is fetched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import tinyhtml5

from ...core.errors import HandoutError
from ..word_table import decode_page
from .source import Run, Source, SourceBlock, clean, markdown_of, one_head, without_marks

#: Parts of a page that are none of its text.
_BESIDE = frozenset(
    """nav header footer aside iframe form button noscript svg object embed video audio select
    textarea template input canvas map dialog""".split()  # noqa: SIM905
)
_BESIDE_CLASSES = re.compile(
    r"\b(feedback|cookie\w*|breadcrumbs?|share|sharing|social|skip-link|pagination|related)\b", re.I
)
_NO_WORDS = frozenset(("script", "style", "link", "meta", "head", "base"))
_BLOCKS = frozenset(
    """address article blockquote body center details dialog dd div dl dt fieldset figcaption figure
    h1 h2 h3 h4 h5 h6 hr html li main ol p pre section summary table tbody td tfoot th thead tr
    ul img caption form""".split()  # noqa: SIM905
)
_BOXED = re.compile(r"callout|alert|warning|notice|inset|panel|\btip\b|infobox", re.I)
_MARKS = {
    "b": "strong", "strong": "strong", "i": "emphasis", "em": "emphasis", "cite": "emphasis",
    "sub": "sub", "sup": "sup",
}  # fmt: skip
_STRUCK = ("s", "strike", "del")
#: Elements within elements.
_DEEPEST = 200
#: Elements that end by themselves: those without content, and those that the next one ends.
_ENDING = frozenset(
    """area base br col embed hr img input link meta param source track wbr p li dt dd td th tr
    thead tbody tfoot option optgroup html body""".split()  # noqa: SIM905
)
#: The most cells that a merged cell is taken for.
_MOST_SPAN = 60

ReadPicture = Callable[[str], bytes]


def read_page(data: bytes, where: str, picture: ReadPicture) -> Source:
    """Read a page; `picture` returns the bytes of a file beside it, or none.

    Raises HandoutError for a page in an encoding that is not known.
    """
    text = decode_page(data, where)
    if _depth(text) > _DEEPEST:  # A parser of HTML takes hours for it.
        raise HandoutError(where, "is nested too deeply", "flatten it")
    tree = tinyhtml5.parse(text, namespace_html_elements=False)
    body = tree.find("body")
    if body is None:
        raise HandoutError(where, "has no body", "look at it in a browser")
    return _Reader(tree, body, picture).read()


def _depth(text: str) -> int:
    """Return how many elements of a page are open at most, but for those that end by themselves."""
    open_now: Counter[str] = Counter()
    depth = deepest = 0
    for found in re.finditer(r"<(/?)([a-zA-Z][\w:-]*)", text):
        name = found[2].lower()
        if name in _ENDING:
            continue
        if not found[1]:
            open_now[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif open_now[name]:
            open_now[name] -= 1
            depth -= 1
    return deepest


def _words(element: Any) -> str:
    """Return all words below an element, also those that no reader sees."""
    texts = [*element.itertext()] if element.tag not in ("script", "style") else []
    texts += [one.get("alt") for one in element.iter("img") if one.get("alt")]
    return " ".join(" ".join(texts).split())


class _Reader:
    def __init__(self, tree: Any, body: Any, picture: ReadPicture) -> None:
        self.tree = tree
        self.body = body
        self.picture = picture
        self.source = Source()
        self.count = 0

    @property
    def at(self) -> str:
        return f"block {max(1, self.count)}"

    def read(self) -> Source:
        title = self.tree.find("head/title")
        if title is not None and _words(title):
            self.source.note("<title>", "left out", "the title of the page", _words(title))
        main = self._main()
        self._leave_out_around(self.body, main)
        self.source.blocks = self._flow(main)
        return self.source

    # What is the leaflet

    def _main(self) -> Any:
        """Return the element that holds the leaflet."""
        for tag in ("article", "main"):
            found = list(self.body.iter(tag))
            if len(found) == 1:
                return found[0]
        for element in self.body.iter():
            names = (element.get("class") or "").split()
            if element.get("id") in ("content", "main", "mw-content-text") or "content" in names:
                return element
        whole = len("".join(self.body.itertext()))
        cells = [one for one in self.body.iter("td") if next(one.iter("table"), None) is None]
        largest = max(cells, key=lambda one: len("".join(one.itertext())), default=None)
        if largest is not None and len("".join(largest.itertext())) > 0.6 * whole:
            said = "a table that only lays out: its largest cell is the leaflet"
            self.source.note("<table>", "guess", said)
            return largest
        return self.body

    def _leave_out_around(self, element: Any, main: Any) -> None:
        if element is main:
            return
        if element.text and element.text.strip():
            self.source.note(f"<{element.tag}>", "left out", "beside the leaflet:", element.text)
        for child in element:
            if not isinstance(child.tag, str):
                pass
            elif main in child.iter():
                self._leave_out_around(child, main)
            else:
                self._leave_out(child, f"<{child.tag}>")
            if child.tail and child.tail.strip():
                self.source.note(f"<{element.tag}>", "left out", "beside the leaflet:", child.tail)

    def _leave_out(self, element: Any, what: str) -> None:
        words = _words(element)
        if element.tag == "iframe":
            words = " ".join(filter(None, (words, element.get("title"))))
            said = f"a page within the page, '{(element.get('src') or '')[:200]}':"
            self.source.note(what, "left out", said, words)
        elif words:
            self.source.note(what, "left out", "no part of the leaflet:", words)
        if re.search(r"review|version|©|\bv\d", words, re.I):
            self.source.imprint.append(words)

    # Blocks

    def _flow(self, parent: Any) -> list[SourceBlock]:
        """Return the blocks below an element; words between them are paragraphs."""
        out: list[SourceBlock] = []
        runs: list[Run] = []

        def end() -> None:
            text = markdown_of(runs).strip()
            bold = bool(runs) and all("strong" in r.marks for r in runs if r.text.strip())
            runs.clear()
            for part in re.split(r"(?:\\\n\s*){2,}", text):
                part = re.sub(r"^(?:\\\n)+|(?:\\\n)+$", "", part.strip()).strip()
                if part:
                    self.count += 1
                    out.append(SourceBlock("paragraph", self.at, part, bold=bold))

        self._text(parent.text, runs)
        for child in parent:
            if isinstance(child.tag, str):
                if self._is_block(child):
                    end()
                    out += self._block(child)
                else:
                    runs += self._runs(child, frozenset(), "")
                    pictures = list(child.iter("img"))
                    if pictures:
                        end()
                        out += [block for one in pictures for block in self._image(one)]
            self._text(child.tail, runs)
        end()
        return out

    def _is_block(self, element: Any) -> bool:
        """Return whether an element is a block, or holds one and so is none of a line."""
        if element.tag in _BLOCKS or element.tag in _BESIDE or element.tag in _NO_WORDS:
            return True
        return any(one.tag in _BLOCKS - {"img"} for one in element.iter() if one is not element)

    def _hidden(self, element: Any) -> bool:
        style = re.sub(r"\s", "", element.get("style") or "").lower()
        return (
            "display:none" in style
            or "visibility:hidden" in style
            or (element.get("hidden") is not None)
        )

    def _block(self, element: Any) -> list[SourceBlock]:
        tag = element.tag
        if tag in _NO_WORDS:
            return []
        if self._hidden(element):
            self._leave_out(element, "hidden")
            return []
        if tag in _BESIDE or _BESIDE_CLASSES.search(element.get("class") or ""):
            self._leave_out(element, f"<{tag}>")
            return []
        if re.fullmatch("h[1-6]", tag):
            self.count += 1
            text = without_marks(self._line(element))
            level = int(tag[1])
            kind: Any = "title" if level == 1 else "heading"
            return [SourceBlock(kind, self.at, text, max(1, level - 1))] if text else []
        match tag:
            case "ul" | "ol":
                return list(self._items(element, 0))
            case "table":
                return self._table(element)
            case "dl":
                return self._terms(element)
            case "img":
                return self._image(element)
            case "figcaption" | "caption":
                self.count += 1
                return [SourceBlock("caption", self.at, self._line(element))]
            case "hr":
                return []
            case "summary":
                self.count += 1
                self.source.note(self.at, "set otherwise", "a part that folds out is always open")
                return [SourceBlock("heading", self.at, without_marks(self._line(element)), 3)]
        at_first = self.count + 1
        inner = self._flow(element)
        if (
            (tag == "div" or tag == "aside")
            and inner
            and (
                _BOXED.search(element.get("class") or "")
                or "border:" in (element.get("style") or "")
            )
        ):
            name = element.get("class") or ""
            return [SourceBlock("box", f"block {at_first}", children=inner, name=name)]
        return inner

    def _items(self, element: Any, depth: int) -> Iterator[SourceBlock]:
        ordered = element.tag == "ol"
        start = element.get("start") or "1"
        number = int(start) if re.fullmatch(r"\d{1,6}", start) else 1
        kind = element.get("type")
        if ordered and kind not in (None, "1"):
            said = f"numbering '{kind[:20]}': set as digits"
            self.source.note(f"block {self.count + 1}", "set otherwise", said)
        for child in element:
            if child.tag in ("ul", "ol"):
                yield from self._items(child, depth + 1)
            elif child.tag == "li":
                value = child.get("value") or ""
                number = int(value) if re.fullmatch(r"\d{1,6}", value) else number
                yield from self._item(child, depth, number if ordered else None)
                number += 1
            elif isinstance(child.tag, str):
                yield from self._block(child)

    def _item(self, element: Any, depth: int, number: int | None) -> Iterator[SourceBlock]:
        first = True
        for block in self._flow(element):
            if block.kind == "paragraph" and first:
                yield SourceBlock("item", block.at, block.text, depth, number, block.bold)
                first = False
            elif block.kind == "item":
                block.level += depth + 1
                yield block
            else:
                block.inside = block.kind == "paragraph"
                yield block
        if first:
            self.count += 1

    def _terms(self, element: Any) -> list[SourceBlock]:
        out = []
        for one in element.iter():
            if one.tag in ("dt", "dd"):
                self.count += 1
                kind: Any = "term" if one.tag == "dt" else "meaning"
                out.append(SourceBlock(kind, self.at, self._line(one)))
        return out

    def _table(self, element: Any) -> list[SourceBlock]:
        grid: dict[tuple[int, int], str] = {}
        heads = merged = width = 0
        lists = False
        rows = list(element.iter("tr"))
        if sum(1 for _ in element.iter("table")) > 1:
            self.source.note(
                self.at, "set otherwise", "tables within a table: they follow each other"
            )
            return [block for row in rows for cell in row for block in self._flow(cell)
                    if next(cell.iter("table"), None) is None]  # fmt: skip
        for number, row in enumerate(rows):
            column = 0
            cells = [cell for cell in row if cell.tag in ("td", "th")]
            if number == heads and cells and all(cell.tag == "th" for cell in cells):
                heads += 1
            for cell in cells:
                while (number, column) in grid:
                    column += 1
                across, down = _span(cell, "colspan"), _span(cell, "rowspan")
                lists = lists or any(one.tag in ("ul", "ol", "img") for one in cell.iter())
                text = self._line(cell)
                for i in range(min(down, len(rows) - number)):
                    for j in range(across):
                        grid[number + i, column + j] = text
                merged += across * down - 1
                column += across
                width = max(width, column)
        caption = element.find("caption")
        out = self._block(caption) if caption is not None else []
        self.count += 1
        if width < 2 or lists:
            if width > 1:
                said = "a table that only lays out: its cells follow each other"
                self.source.note(self.at, "set otherwise", said)
            return [*out, *(block for row in rows for cell in row if cell.tag in ("td", "th")
                            for block in self._flow(cell))]  # fmt: skip
        if merged:
            said = f"{merged} merged cells: their words are repeated"
            self.source.note(self.at, "set otherwise", said)
        if heads > 1:
            self.source.note(self.at, "set otherwise", f"{heads} rows of heads: set as one")
        lines = [[grid.get((r, c), "") for c in range(width)] for r in range(len(rows))]
        return [*out, SourceBlock("table", self.at, rows=one_head(lines, heads))]

    def _image(self, element: Any) -> list[SourceBlock]:
        self.count += 1
        address = element.get("src") or ""
        alt = clean(" ".join((element.get("alt") or "").split()), self.source, self.at)
        name = unquote(urlsplit(address).path).rpartition("/")[2] if address else ""
        data = self.picture(address)
        return [SourceBlock("picture", self.at, alt, picture=data, name=name or address)]

    # Words

    def _text(self, text: str | None, runs: list[Run], marks: frozenset[str] = frozenset(),
              href: str = "") -> None:  # fmt: skip
        if text:
            words = re.sub(r"[ \t\r\n\f]+", " ", clean(text, self.source, self.at))
            runs.append(Run(words, marks, href))

    def _line(self, element: Any) -> str:
        runs: list[Run] = []
        self._inner(element, runs, frozenset(), "")
        return re.sub(r"\\\n", " ", markdown_of(runs)).strip()

    def _inner(self, element: Any, runs: list[Run], marks: frozenset[str], href: str) -> None:
        self._text(element.text, runs, marks, href)
        for child in element:
            if isinstance(child.tag, str):
                if child.tag in _BLOCKS:
                    runs.append(Run(" "))
                runs += self._runs(child, marks, href)
                if child.tag in _BLOCKS:
                    runs.append(Run(" "))
            self._text(child.tail, runs, marks, href)

    def _runs(self, element: Any, marks: frozenset[str], href: str) -> list[Run]:
        tag = element.tag
        if tag in _NO_WORDS or tag == "img":
            return []
        if tag == "br":
            return [Run("\n", marks, href)]
        if tag == "wbr":
            return [Run("\u200b", marks, href)]
        if self._hidden(element) or tag in _BESIDE:
            self._leave_out(element, "hidden" if self._hidden(element) else f"<{tag}>")
            return []
        if tag in _STRUCK:
            if words := _words(element):
                said = "struck-through words; were they meant to go?"
                self.source.note(self.at, "left out", said, words)
            return []
        runs: list[Run] = []
        if tag == "a":
            href = self._address(element)
        style = re.sub(r"\s", "", element.get("style") or "").lower()
        own = _MARKS.get(tag) or (
            "strong" if re.search("font-weight:(bold|[6-9]00)", style) else ""
        )
        self._inner(element, runs, marks | ({own} if own else set()), href)
        return runs

    def _address(self, element: Any) -> str:
        address = (element.get("href") or "").strip()
        scheme = address.partition(":")[0].lower()
        if scheme in ("http", "https", "mailto", "tel"):
            return quote(address, safe=":/?#[]@!$&'*+,;=%~-._")
        if address and not address.startswith("#") and _words(element):
            said = f"the address of a link, '{address[:200]}'; its words stay"
            self.source.note(self.at, "left out", said)
        return ""


def _span(cell: Any, name: str) -> int:
    text = cell.get(name) or "1"
    return max(1, min(int(text), _MOST_SPAN)) if re.fullmatch(r"\d{1,6}", text) else 1
