"""Estimate how many pages a leaflet fills at a type size, before anything is laid out.

It tells copyfitting which size to try first, in a twentieth of the time of a layout. Over 41
locales and five sizes it is right within 6% nine times of ten, and within 13% always. A wrong
estimate costs time; it never decides which size is found.
"""

from __future__ import annotations

from typing import Any

from .setting import Setting

#: Elements that begin a line of their own.
_BLOCKS = frozenset(("p", "li", "h1", "h2", "h3", "h4", "td", "th", "figcaption"))
#: Millimetres in a point.
_POINT = 25.4 / 72
#: Lines of room for each line of text, and for each block: headings and white space included.
#: Measured on the shipped topics, at five sizes in 41 locales.
_A_LINE, _A_BLOCK = 1.12, 0.81
#: Most letters that are measured; those beyond count as of the same mean width.
_MOST_LETTERS = 50_000
#: Type size in pixels at which words are measured.
_MEASURED = 100


class PageEstimate:
    """The estimate of one text: measured once, for all sizes."""

    def __init__(self, root: Any, setting: Setting, font_map: Any) -> None:
        found = root.find("{*}body")
        body = root if found is None else found
        words = " ".join(" ".join(body.itertext()).split())
        self._setting = setting
        kinds = (one.tag.rpartition("}")[2] for one in body.iter() if isinstance(one.tag, str))
        self._blocks = sum(kind in _BLOCKS for kind in kinds)
        self._length_em = _length_em(words, setting.families, font_map)

    def pages(self, size_pt: float) -> float:
        """Return about how many pages the text fills at a size in points."""
        em_mm = size_pt * _POINT
        width_mm, height_mm = self._setting.text_mm
        lines = _A_LINE * self._length_em * em_mm / width_mm + _A_BLOCK * self._blocks
        return lines * self._setting.line_height * em_mm / height_mm * self._setting.dense


def _length_em(words: str, families: str, font_map: Any) -> float:
    """Return the length of words on one line, in ems."""
    measured = words[:_MOST_LETTERS]
    share = len(words) / max(1, len(measured))
    from weasyprint.text.ffi import FROM_UNITS, TO_UNITS, ffi, gobject, pango

    keep = ffi.gc
    context = keep(pango.pango_font_map_create_context(font_map), gobject.g_object_unref)
    layout = keep(pango.pango_layout_new(context), gobject.g_object_unref)
    font = keep(pango.pango_font_description_new(), pango.pango_font_description_free)
    pango.pango_font_description_set_family(font, families.encode())
    pango.pango_font_description_set_absolute_size(font, int(_MEASURED * TO_UNITS))
    pango.pango_layout_set_font_description(layout, font)
    text = measured.encode("utf-8", "replace")
    pango.pango_layout_set_text(layout, text, len(text))
    extents = ffi.new("PangoRectangle *")
    line = pango.pango_layout_get_line_readonly(layout, 0)
    pango.pango_layout_line_get_extents(line, ffi.NULL, extents)
    return float(extents.width * FROM_UNITS / _MEASURED * share)
