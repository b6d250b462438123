"""Make WeasyPrint's text layer say what the words say: a patch on WeasyPrint 70.

WeasyPrint maps each glyph to the text of its first use, keeps right-to-left
text in visual order, and writes no ActualText: whoever copies, searches or
listens gets wrong text in most scripts. Three seams are patched:

- `pdf.stream.Stream.marked` opens the marked content of each text box; the
  box's logical text is added to it as `/ActualText` (ISO 32000-1, 14.9.4).
  For right-to-left text it goes to the structure element instead, which does
  less harm in extractors that reorder what they read.
- `pdf.tags._build_box_tree` makes the structure elements; the `lang` of an
  HTML element is carried over as `/Lang` (14.9.2), and a box that a transform
  to nothing (`scale(0)`) left unpainted has none: WeasyPrint stumbles over it.
- `pdf.fonts.Font.clean` runs before fonts are written; an empty ToUnicode
  target, which validators refuse, becomes U+200B.

`tests/typeset/test_text_layer.py` fails with a clear message where a new
WeasyPrint has moved one of these seams.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

#: The release whose insides are known.
WEASYPRINT = "70.0"

_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _logical_text(box: Any) -> str:
    """Give the words that a text box paints; empty for a box that paints nothing."""
    text = getattr(box, "text", None)
    if not text or box.style["visibility"] != "visible" or box.style["font_size"] < 1e-6:
        return ""
    return _INVISIBLE.sub("", text)


@cache
def install() -> None:
    """Patch WeasyPrint, once a process.

    Raises RuntimeError for another release than the one that is known.
    """
    import pydyf
    import weasyprint
    from weasyprint.pdf import fonts, stream, tags

    if weasyprint.__version__ != WEASYPRINT:
        raise RuntimeError(
            f"the text layer is known for WeasyPrint {WEASYPRINT}, not {weasyprint.__version__}: "
            "read pressroom/typeset/text_layer.py and try its seams again"
        )

    base = pydyf.Stream

    @contextmanager
    def marked(self: Any, box: Any, tag: str) -> Iterator[None]:
        if self._tags is None:
            yield
            return
        mcid = len(self._tags)
        properties = {"MCID": mcid}
        text = _logical_text(box)
        self._tags[box] = {"tag": tag, "mcid": mcid}
        if text:
            if _RTL.search(text):
                self._tags[box]["text"] = text
            else:
                properties["ActualText"] = pydyf.String(text)
        base.begin_marked_content(self, tag, pydyf.Dictionary(properties))
        try:
            yield
        finally:
            base.end_marked_content(self)

    build_box_tree = tags._build_box_tree

    def with_language(
        box: Any, parent: Any, pdf: Any, page_number: int, nums: Any, annotations: Any, marks: Any
    ) -> Iterator[Any]:
        inner = getattr(box, "_box", box)
        if inner.transformation_matrix and not inner.transformation_matrix.determinant:
            return
        for element in build_box_tree(box, parent, pdf, page_number, nums, annotations, marks):
            attributes = inner.element.attrib if inner.element is not None else {}
            language = attributes.get("lang") or attributes.get(_LANG)
            if language and "Lang" not in element:
                element["Lang"] = pydyf.String(language)
            yield element

    add_tags = tags.add_tags

    def with_text(pdf: Any, document: Any, pdf_version: Any, page_streams: Any) -> None:
        texts = [
            {mark["mcid"]: mark["text"] for mark in page._tags.values() if "text" in mark}
            for page in page_streams
        ]
        add_tags(pdf, document, pdf_version, page_streams)
        root = _resolve(pdf, pdf.catalog["StructTreeRoot"])
        parents = _resolve(pdf, root["ParentTree"])["Nums"]
        for page_number, page_texts in enumerate(texts):
            references = parents[page_number * 2 + 1]
            for mcid, text in page_texts.items():
                element = _resolve(pdf, references[mcid])
                # A link holds a reference to its annotation besides its one text.
                if sum(isinstance(kid, int) for kid in element["K"]) == 1:
                    element["ActualText"] = pydyf.String(text)

    clean = fonts.Font.clean

    def without_empty_targets(self: Any, to_unicode: Any, hinting: Any) -> None:
        for glyph, text in self.to_unicode.items():
            if not text:
                self.to_unicode[glyph] = "\u200b"
        clean(self, to_unicode, hinting)

    stream.Stream.marked = marked
    tags._build_box_tree = with_language
    tags.add_tags = with_text
    import weasyprint.pdf as pdf_module

    pdf_module.add_tags = with_text
    fonts.Font.clean = without_empty_targets


def _resolve(pdf: Any, reference: Any) -> Any:
    """Give the object that a reference such as `12 0 R` names."""
    text = reference.decode() if isinstance(reference, bytes) else str(reference)
    return pdf.objects[int(text.split()[0])]
