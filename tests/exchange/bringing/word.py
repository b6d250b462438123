"""Word files as tests need them: XML of paragraphs -> the bytes of a .docx."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping

NAMESPACES = " ".join(
    f'xmlns:{name}="{address}"'
    for name, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "v": "urn:schemas-microsoft-com:vml",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    }.items()
)

STYLES = """
<w:style w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:styleId="H1"><w:name w:val="heading 1"/>
<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:styleId="H2"><w:name w:val="heading 2"/>
<w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:styleId="Ours"><w:name w:val="Ours"/><w:basedOn w:val="H1"/></w:style>
<w:style w:styleId="C"><w:name w:val="caption"/></w:style>
<w:style w:styleId="Toc"><w:name w:val="toc 1"/></w:style>
<w:style w:styleId="On"><w:name w:val="List Continue"/></w:style>
"""

#: List 1 is of numbers, with letters below; 2 of bullets; 3 begins the numbers of 1 again.
NUMBERING = """
<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>
<w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/>
<w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0">
<w:startOverride w:val="1"/></w:lvlOverride></w:num>
"""


def run(text: str, look: str = "") -> str:
    """Return a run; `look` is the XML of its properties."""
    look = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r>'


def bold(text: str) -> str:
    return run(text, "<w:b/>")


def paragraph(*inner: str, style: str = "", item: tuple[int, int] | None = None) -> str:
    """Return a paragraph of runs, or of plain texts; an `item` is of a list and a level."""
    props = f'<w:pStyle w:val="{style}"/>' if style else ""
    if item:
        props += f'<w:numPr><w:ilvl w:val="{item[1]}"/><w:numId w:val="{item[0]}"/></w:numPr>'
    runs = "".join(one if one.startswith("<") else run(one) for one in inner)
    return f"<w:p><w:pPr>{props}</w:pPr>{runs}</w:p>"


def table(*rows: Iterable[str]) -> str:
    """Return a table; a cell that begins with `<` is its XML."""

    def cell(text: str) -> str:
        return f"<w:tc>{text if text.startswith('<') else paragraph(text)}</w:tc>"

    lines = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows)
    return f"<w:tbl>{lines}</w:tbl>"


def picture(relation: str, described: str = "") -> str:
    """Return a run with a picture."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="P" descr="{described}"/>'
        f'<a:graphic><a:blip r:embed="{relation}"/></a:graphic></wp:inline></w:drawing></w:r>'
    )


def text_box(*blocks: str) -> str:
    """Return a run with a text box, which Word writes twice."""
    content = f"<w:txbxContent>{''.join(blocks)}</w:txbxContent>"
    return (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{content}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{content}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def word_file(
    *blocks: str,
    parts: Mapping[str, str] | None = None,
    relations: str = "",
    media: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a Word file of blocks, with other parts by their name and pictures in `media/`."""
    xml = {
        "document": f"<w:body>{''.join(blocks)}</w:body>", "styles": STYLES,
        "numbering": NUMBERING, **(parts or {}),
    }  # fmt: skip
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name, text in xml.items():
            whole = text if text.startswith("<?xml") else f"<w:x {NAMESPACES}>{text}</w:x>"
            file.writestr(f"word/{name}.xml", whole)
        file.writestr("word/_rels/document.xml.rels", f"<Relationships>{relations}</Relationships>")
        for name, picture_data in (media or {}).items():
            file.writestr(f"word/media/{name}", picture_data)
    return data.getvalue()
