"""Write the words of the page into its text layer.

WeasyPrint 70 maps each glyph to the text of its first use, keeps right-to-left text in visual
order, and writes no ActualText: a copy, a search and a screen reader get wrong text in most
scripts. Mended at three seams:

- `pdf.stream.Stream.marked` opens the marked content of each text box: here its logical text
  becomes `/ActualText` (ISO 32000-1, 14.9.4). That of right-to-left text goes to the structure
  element instead, by `pdf.tags.add_tags`, which does less harm in extractors that reorder text.
- `pdf.tags._build_box_tree` makes the structure elements: here the `lang` of an HTML element
  becomes `/Lang` (14.9.2), and a box that `scale(0)` left unpainted is passed over, at which
  WeasyPrint raises KeyError.
- `pdf.fonts.Font.clean` runs before fonts are written: here an empty target of ToUnicode, which
  validators refuse, becomes U+200B.

Each half is needless once WeasyPrint writes it: `docs/upstream.md` has four reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...core.directions import has_own_digits, has_rtl

_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]")
#: A no-break space that stands for a space with a word joiner: see `leaflet.html`.
_SPACE = re.compile("\u00a0(?=[\u0980-\u09ff])")

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _logical_text(box: Any) -> str:
    """Return the words that a text box paints; empty for a box that paints nothing."""
    text = getattr(box, "text", None)
    if not text or box.style["visibility"] != "visible" or box.style["font_size"] < 1e-6:
        return ""
    # Where a line was broken at a soft hyphen, that stands for what is painted (14.8.2.2.3).
    hyphen = box.style["hyphenate_character"]
    if text.endswith(f"\u00ad{hyphen}"):
        text = text.removesuffix(hyphen)
    return _INVISIBLE.sub("", _SPACE.sub(" ", text))


def install() -> None:
    """Patch WeasyPrint."""
    import pydyf
    from weasyprint import pdf as pdf_package
    from weasyprint.pdf import fonts, stream, tags

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
            if has_rtl(text) or has_own_digits(text):
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
    tags.add_tags = pdf_package.add_tags = with_text
    fonts.Font.clean = without_empty_targets


def _resolve(pdf: Any, reference: Any) -> Any:
    """Return the object that a reference such as `12 0 R` names."""
    text = reference.decode() if isinstance(reference, bytes) else str(reference)
    return pdf.objects[int(text.split()[0])]
