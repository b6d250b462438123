"""Read a Word file, element by element: .docx -> Source.

What the file's XML says is ECMA-376, part 1, 17; whatever is not known here is noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from ...core.errors import HandoutError
from .source import (
    BORDER,
    Run,
    Source,
    SourceBlock,
    clean,
    markdown_of,
    one_head,
    quoted,
    without_marks,
)
from .word_archive import MAIN, WordArchive
from .word_styles import NAMES, Lists, R, Style, Styles, W, local, on, value, whole

#: Characters of fonts that are pictures, which have no place in Unicode by themselves.
_SYMBOLS = {
    ("Symbol", "F0B7"): "•", ("Symbol", "F0B3"): "≥", ("Symbol", "F0A3"): "≤",
    ("Symbol", "F0B1"): "±", ("Symbol", "F0B0"): "°", ("Symbol", "F06D"): "µ",
    ("Wingdings", "F0FC"): "✓", ("Wingdings", "F0FB"): "✗", ("Wingdings", "F0A8"): "☐",
    ("Wingdings", "F06F"): "☐", ("Wingdings", "F071"): "☐", ("Wingdings", "F0FE"): "☒",
    ("Wingdings", "F028"): "☎", ("Wingdings", "F0E0"): "→", ("Wingdings", "F0A7"): "•",
}  # fmt: skip

#: What holds no words and has no look that a leaflet keeps.
_SILENT = frozenset(
    """pPr rPr tblPr tblGrid tblPrEx trPr tcPr sectPr sdtPr sdtEndPr proofErr bookmarkStart
    bookmarkEnd commentRangeStart commentRangeEnd commentReference permStart permEnd annotationRef
    footnoteRef endnoteRef lastRenderedPageBreak fldChar instrText delInstrText moveFromRangeStart
    moveFromRangeEnd moveToRangeStart moveToRangeEnd customXmlInsRangeStart customXmlInsRangeEnd
    customXmlDelRangeStart customXmlDelRangeEnd separator continuationSeparator softHyphen
    ptab customXmlPr smartTagPr""".split()  # noqa: SIM905
)
#: What stands around words that are read as if it were not there.
_AROUND = frozenset(("smartTag", "customXml", "dir", "bdo", "fldSimple", "sdt", "sdtContent"))


def read_word(data: bytes, where: str) -> Source:
    """Read a Word file. Raises HandoutError for one that is none, or is above the limits."""
    return _Reader(WordArchive(data, where)).read()


class _Reader:
    def __init__(self, archive: WordArchive) -> None:
        self.archive = archive
        self.source = Source()
        self.at = "p. 0"
        self.paragraphs = 0
        #: What is set apart from its paragraph: pictures and text boxes, behind it.
        self.apart: list[SourceBlock] = []
        self.relations = archive.relations(MAIN)
        self.styles = Styles(archive.xml("word/styles.xml"))
        self.lists = Lists(archive.xml("word/numbering.xml"))
        self.notes = self._footnotes()
        self.told: set[str] = set()

    def read(self) -> Source:
        body = self.archive.xml(MAIN).find("w:body", NAMES)
        if body is None:
            raise HandoutError(self.archive.where, "has no words", "look at it in Word")
        self.source.blocks = self._blocks(body)
        if any((whole(one.get(W + "num")) or 1) > 1 for one in body.iter(W + "cols")):
            self._note("set otherwise", "columns: their blocks follow each other")
        for mark, (kind, words) in self.notes.items():
            if mark not in self.source.footnotes:
                self.source.note(kind, "left out", "a note that no word names", words)
        self._other_parts()
        return self.source

    def _note(self, kind: Any, said: str, words: str = "") -> None:
        self.source.note(self.at, kind, said, words)

    # Styles, notes and the other parts

    def _footnotes(self) -> dict[str, tuple[str, str]]:
        """Return kind and text of footnotes and endnotes by their mark."""
        found = {}
        for kind in ("footnote", "endnote"):
            root = self.archive.xml(f"word/{kind}s.xml")
            for one in root.iterfind(f"w:{kind}", NAMES) if root is not None else ():
                if one.get(W + "type") in (None, "normal"):
                    self.at = kind
                    texts = [self._markdown(p).strip() for p in one.iter(W + "p")]
                    mark = f"{kind[0]}{one.get(W + 'id')}"
                    found[mark] = (kind, " ".join(text for text in texts if text))
        return found

    def _other_parts(self) -> None:
        """Note the words of parts that are printed beside the text, or not at all."""
        for name in sorted(self.archive.names):
            found = re.fullmatch(
                r"word/(header|footer|comments|diagrams/data|charts/chart)\d*\.xml", name
            )
            if not found:
                continue
            kind = found[1].rpartition("/")[2]
            root = self.archive.xml(name)
            if kind == "comments":
                for one in root.iterfind("w:comment", NAMES):
                    author = clean(str(one.get(W + "author", "")), self.source, "comment")
                    words = " ".join(_plain(p) for p in one.iter(W + "p"))
                    self.source.note("comment", "left out", f"a comment of {author}", words)
                continue
            words = " ".join(filter(None, (_plain(p).strip() for p in _paragraphs(root))))
            if not words:
                continue
            if kind in ("header", "footer"):
                said = f"a leaflet has a {kind} of its own"
                self.source.imprint.append(words)
            else:
                said = f"the words of a {'drawing' if kind == 'data' else 'chart'}"
            self.source.note(kind, "left out", said, words)

    # Blocks

    def _blocks(self, parent: Any) -> list[SourceBlock]:
        out: list[SourceBlock] = []
        for element in parent:
            match local(element):
                case "p":
                    out += self._paragraph(element)
                case "tbl":
                    out += self._table(element)
                case "sdt" if value(element, "w:sdtPr/w:docPartObj/w:docPartGallery") == (
                    "Table of Contents"
                ):
                    words = " ".join(_plain(p) for p in element.iter(W + "p"))
                    self._note("left out", "a table of contents", words)
                case "sdt" | "sdtContent" | "ins" | "moveTo" | "smartTag" | "customXml":
                    out += self._blocks(element)
                case "del" | "moveFrom":
                    words = " ".join(_plain(p) for p in element.iter(W + "p"))
                    self._note("left out", "tracked deletion", words)
                case "oMathPara" | "oMath":
                    out.append(SourceBlock("paragraph", self.at, self._equation(element)))
                case "AlternateContent":
                    self._drawing(element)
                    out += self._taken()
                case "":
                    pass
                case name if name not in _SILENT:
                    self._note("left out", f"<{name}> is not known", _plain(element))
        return out

    def _taken(self) -> list[SourceBlock]:
        taken, self.apart = self.apart, []
        return taken

    def _paragraph(self, element: Any) -> list[SourceBlock]:
        self.paragraphs += 1
        at = self.at = f"p. {self.paragraphs}"
        outer, self.apart = self.apart, []
        properties = element.find("w:pPr", NAMES)
        styles = list(self.styles.chain(value(properties, "w:pStyle")))
        runs = list(self._runs(element))
        text = markdown_of(runs).strip(" \t")
        text = re.sub(r"^(?:\\\n)+|(?:\\\n)+$", "", text).strip(" \t")
        apart, self.apart = self.apart, outer
        self.at = at
        if not text:
            return apart
        worded = [run for run in runs if run.text.strip()]
        bold = bool(worded) and all("strong" in run.marks for run in worded)
        bold = bold or any(style.bold for style in styles)
        block = self._as(properties, styles, text, bold)
        if block is not None and on(properties, "w:pBdr/w:left"):
            block = SourceBlock("box", at, children=[block], name=BORDER)
        return [*([block] if block else ()), *apart]

    def _as(
        self, properties: Any, styles: list[Style], text: str, bold: bool
    ) -> SourceBlock | None:
        """Return a paragraph as what its style, its level or its list makes of it."""
        at, name = self.at, styles[0].name if styles else ""
        if re.match(r"toc \d|table of figures", name):
            self._note("left out", "a line of a table of contents", text)
            return None
        outline = whole(value(properties, "w:outlineLvl"))
        if outline is None:
            outline = next((one.outline for one in styles if one.outline is not None), None)
        named = re.fullmatch(r"heading (\d)", name)
        if name == "title":
            return SourceBlock("title", at, without_marks(text))
        if named or (outline is not None and outline < 9):
            level = int(named[1]) if named else (outline or 0) + 1
            return SourceBlock("heading", at, without_marks(text), level)
        if name == "caption":
            return SourceBlock("caption", at, text)
        list_id = value(properties, "w:numPr/w:numId")
        if list_id is None:
            list_id = next((one.list_id for one in styles if one.list_id), None)
        level = whole(value(properties, "w:numPr/w:ilvl")) or 0
        if list_id and list_id != "0":
            return self._item(list_id, level, text, bold)
        if name.startswith(("list bullet", "list number")) and list_id != "0":
            return SourceBlock("item", at, text, bold=bold)
        inside = name.startswith("list continue")
        return SourceBlock("paragraph", at, text, bold=bold, inside=inside)

    def _item(self, list_id: str, level: int, text: str, bold: bool) -> SourceBlock:
        how = self.lists.level(list_id, level)
        number = None
        if how.format not in ("bullet", "none"):
            number = self.lists.next(list_id, level)
            around = re.sub(r"%\d|[\s.():\-–]", "", how.text)
            if how.format != "decimal":
                self._tell(f"list {list_id} {level}", f"numbering '{how.format}': set as digits")
            if around:
                said = f"the numbers of these steps read '{how.text}': set as digits"
                self._tell(f"text {list_id} {level}", said)
        return SourceBlock("item", self.at, text, level, number, bold)

    def _tell(self, what: str, said: str) -> None:
        """Note once what is set otherwise."""
        if what not in self.told:
            self.told.add(what)
            self._note("set otherwise", said)

    def _table(self, element: Any) -> list[SourceBlock]:
        rows: list[list[str]] = []
        cells: list[list[SourceBlock]] = []
        merged, heads = 0, 1
        above: list[str] = []
        for row in element.iter(W + "tr"):
            if next(row.iterancestors(W + "tbl")) is not element:
                continue  # A row of a table within this one.
            line: list[str] = []
            for cell in self._cells(row):
                found = self._blocks(cell)
                cells.append(found)
                span = whole(value(cell, "w:tcPr/w:gridSpan")) or 1
                kept = value(cell, "w:tcPr/w:vMerge")
                text = " ".join(block.text for block in walk_texts(found)).strip()
                if kept in ("", "continue") and not text and len(line) < len(above):
                    text, merged = above[len(line)], merged + 1
                    heads = 2 if len(rows) == 1 else heads
                merged += span - 1
                line += [text] * min(span, 60)
            above = line
            rows.append(line)
        plain = all(
            len(found) <= 1 and all(block.kind in ("paragraph", "heading") for block in found)
            for found in cells
        )
        blocks = [block for found in cells for block in found]
        if len(cells) == 1:
            return [SourceBlock("box", self.at, children=blocks)] if blocks else []
        if max(map(len, rows), default=0) < 2 or (not plain and not _is_grid(cells)):
            self._note("set otherwise", "a table that only lays out: its cells follow each other")
            return blocks
        if merged:
            self._note("set otherwise", f"{merged} merged cells: their words are repeated")
        pictures = [block for block in blocks if block.kind == "picture"]
        if heads > 1:
            self._note("set otherwise", "two rows of heads: set as one")
        return [SourceBlock("table", self.at, rows=one_head(rows, heads)), *pictures]

    @staticmethod
    def _cells(row: Any) -> Iterator[Any]:
        for element in row:
            if local(element) == "tc":
                yield element
            elif local(element) in ("sdt", "customXml"):
                yield from element.iter(W + "tc")

    # Words

    def _markdown(self, element: Any) -> str:
        return markdown_of(self._runs(element))

    def _runs(self, parent: Any, href: str = "") -> Iterator[Run]:
        for element in parent:
            name = local(element)
            if name == "r":
                yield from self._run(element, href)
            elif name == "hyperlink":
                yield from self._link(element)
            elif name in ("ins", "moveTo"):
                words = _plain(element)
                if words.strip():
                    self._note("carried", f"tracked insertion, as accepted: “{quoted(words)}”")
                yield from self._runs(element, href)
            elif name in ("del", "moveFrom"):
                self._note("left out", "tracked deletion", _plain(element))
            elif name == "sdt" and element.find("w:sdtPr/w14:checkbox", NAMES) is not None:
                yield Run("☐")
            elif name == "sdt" and element.find("w:sdtPr/w:showingPlcHdr", NAMES) is not None:
                self._note("left out", "a field that was not filled in", _plain(element))
            elif name in _AROUND:
                yield from self._runs(element, href)
            elif name in ("oMath", "oMathPara"):
                yield Run(self._equation(element), raw=True)
            elif name == "AlternateContent":
                self._drawing(element)
            elif name == "ruby":
                yield from self._runs(element.find("w:rubyBase", NAMES), href)
                self._note(
                    "left out", "the reading above a word", _plain(element.find("w:rt", NAMES))
                )
            elif name and name not in _SILENT:
                self._note("left out", f"<{name}> is not known", _plain(element))

    def _link(self, element: Any) -> Iterator[Run]:
        target, outside = self.relations.get(element.get(f"{R}id", ""), ("", False))
        scheme = target.partition(":")[0].lower()
        runs = list(self._runs(element))
        words = "".join(run.text for run in runs).strip()
        if outside and words and scheme in ("https", "http", "mailto", "tel"):
            href = quote(target, safe=":/?#[]@!$&'*+,;=%~-._")
            yield from (Run(run.text, run.marks, href, run.raw) for run in runs)
            return
        if target:
            said = f"the address of a link, '{target[:200]}'; its words stay"
            self._note("left out", said)
        yield from runs

    def _equation(self, element: Any) -> str:
        words = " ".join("".join(element.itertext()).split())
        self._note("TODO", f"an equation, set as the words “{quoted(words)}”: write it out")
        return clean(words, self.source, self.at)

    def _run(self, run: Any, href: str) -> Iterator[Run]:
        look = run.find("w:rPr", NAMES)
        style = next(iter(self.styles.chain(value(look, "w:rStyle"))), None)
        marks = set()
        if on(look, "w:b") or (
            style is not None and style.bold and look.find("w:b", NAMES) is None
        ):
            marks.add("strong")
        if on(look, "w:i"):
            marks.add("emphasis")
        marks |= {
            {"subscript": "sub", "superscript": "sup"}.get(value(look, "w:vertAlign") or "", "")
        } - {""}
        text = ""
        pieces: list[Run] = []
        for element in run:
            name = local(element)
            if name == "t":
                text += clean(element.text or "", self.source, self.at)
            elif name == "tab":
                text += "\t"
            elif name in ("br", "cr"):
                text += " " if element.get(W + "type") in ("page", "column") else "\n"
            elif name == "noBreakHyphen":
                text += "\u2011"
            elif name == "softHyphen":
                text += "\u00ad"
            elif name == "sym":
                text += self._symbol(element)
            elif name in ("footnoteReference", "endnoteReference"):
                pieces += [Run(text, frozenset(marks), href), self._mark(element, name)]
                text = ""
            elif name in ("drawing", "pict", "object", "AlternateContent"):
                self._drawing(element)
            elif name == "ruby":
                yield from self._runs([element], href)
            elif name == "delText":
                self._note("left out", "tracked deletion", element.text or "")
            elif name and name not in _SILENT:
                self._note("left out", f"<{name}> is not known", _plain(element))
        pieces.append(Run(text, frozenset(marks), href))
        for path, said in (
            ("w:strike", "struck-through words; were they meant to go?"),
            ("w:dstrike", "struck-through words; were they meant to go?"),
            ("w:vanish", "hidden words"),
        ):
            if on(look, path):
                if words := "".join(piece.text for piece in pieces if not piece.raw).strip():
                    self._note("left out", said, words)
                return
        if on(look, "w:u") and not href and text.strip():
            self._tell("underlined", "underlined words are set plain: an underline is a link's")
        yield from (piece for piece in pieces if piece.text)

    def _symbol(self, element: Any) -> str:
        font, code = element.get(W + "font", ""), element.get(W + "char", "").upper()
        if known := _SYMBOLS.get((font, code)):
            return known
        self._note("TODO", f"the character {code} of the font {font[:40]}: write what it shows")
        return ""

    def _mark(self, element: Any, name: str) -> Run:
        key = f"{name[0]}{element.get(W + 'id')}"
        if key not in self.notes:
            self._note("left out", "the mark of a note that is not there")
            return Run("")
        self.source.footnotes[key] = self.notes[key][1]
        return Run(f"[^{key}]", raw=True)

    # Drawings

    def _drawing(self, element: Any) -> None:
        """Set apart what a drawing holds: a text box, a picture, or a note that it is left out."""
        chosen = element.find("mc:Choice", NAMES) if local(element) == "AlternateContent" else None
        drawing = element if chosen is None else chosen
        boxes = [one for one in drawing.iter(W + "txbxContent") if not _is_within(one, drawing)]
        described = _description(drawing)
        pictures = list(self._pictures(drawing))
        for box in boxes:
            at, outer, self.apart = self.at, self.apart, []
            children = self._blocks(box)
            self.apart = outer
            if children:
                self.source.note(at, "guess", "a text box became a callout: does it belong here?")
                self.apart.append(SourceBlock("box", at, children=children))
            self.at = at
        for number, (picture, name) in enumerate(pictures):
            text = described if number == 0 else ""
            self.apart.append(SourceBlock("picture", self.at, text, picture=picture, name=name))
        if pictures:
            return
        if not boxes:
            self._note("TODO", "a drawing, chart or linked picture is left out: save it as a "
                       "picture, and put it here", described)  # fmt: skip
        elif described:
            self._note("left out", "the description of a text box", described)

    def _pictures(self, drawing: Any) -> Iterator[tuple[bytes, str]]:
        marked = [
            *drawing.iter(f"{{{NAMES['a']}}}blip"),
            *drawing.iter(f"{{{NAMES['v']}}}imagedata"),
        ]
        for one in marked:
            if _is_within(one, drawing):
                continue  # It is read with its paragraph.
            target, outside = self.relations.get(
                one.get(f"{R}embed") or one.get(f"{R}id") or "", ("", True)
            )
            if not outside and target in self.archive.names:
                yield self.archive.read(target), target.rpartition("/")[2]


def walk_texts(blocks: list[SourceBlock]) -> Iterator[SourceBlock]:
    """Iterate over blocks that have words, in order; pictures are none of these."""
    for block in blocks:
        if block.text and block.kind != "picture":
            yield block
        for row in block.rows:
            yield SourceBlock("paragraph", block.at, " ".join(row))
        yield from walk_texts(block.children)


def _is_grid(cells: list[list[SourceBlock]]) -> bool:
    """Return whether cells are short enough for a table, though some have several paragraphs."""
    return all(
        all(block.kind == "paragraph" for block in found)
        and sum(len(block.text) for block in found) < 200
        for found in cells
    )


def _is_within(element: Any, drawing: Any) -> bool:
    """Return whether an element is of a text box in a drawing, or there for older programs."""
    for ancestor in element.iterancestors():
        if ancestor is drawing:
            return False
        if local(ancestor) in ("txbxContent", "Fallback"):
            return True
    return False


def _description(drawing: Any) -> str:
    """Return the alternative text of a drawing."""
    for one in drawing.iter(f"{{{NAMES['wp']}}}docPr"):
        return " ".join(filter(None, (one.get("title"), one.get("descr"))))
    return next((one.get("alt") or "" for one in drawing.iter() if one.get("alt")), "")


def _paragraphs(root: Any) -> Iterator[Any]:
    for element in root.iter():
        if local(element) in ("p", "v"):
            yield element


def _plain(element: Any) -> str:
    """Return the words below an element, deleted ones too."""
    if element is None:
        return ""
    words = ""
    for one in element.iter():
        match local(one):
            case "t" | "delText" | "v":
                words += one.text or ""
            case "tab" | "br" | "cr" | "p" | "noBreakHyphen":
                words += " "
    return " ".join(words.split())
