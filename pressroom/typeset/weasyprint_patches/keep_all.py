"""Keep words whole where styles ask for it: `word-break: keep-all` (CSS Text 3, 5.2).

WeasyPrint 70 takes it for an error. Pango breaks Korean lines between any two syllables, and Thai
ones where its own dictionary (libthai) sees words, also beside a word joiner, at which no line
breaks (LB11 of UAX #14).

Here Pango is told, letter by letter, where it may not. Thai then breaks at zero width spaces
alone. Needless once WeasyPrint knows the value, and Pango heeds word joiners in Thai.
"""

from __future__ import annotations

import re
from typing import Any

#: What no line breaks within: letters and digits that follow each other, with the vowels and tone
#: marks of Thai, which Python takes for no letters; and what stands beside a word joiner.
_WHOLE = re.compile("(?:[\\w\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]|[^\u2060]?\u2060[^\u2060]?)+")

#: What Pango has for it, and WeasyPrint does not declare.
_DECLARATIONS = """
    PangoAttribute * pango_attr_allow_breaks_new (gboolean allow_breaks);
    PangoAttrList * pango_attr_list_copy (PangoAttrList *list);
"""


def install() -> None:
    """Patch WeasyPrint."""
    from weasyprint.css.validation import properties
    from weasyprint.text import ffi, line_break

    pango, keep = ffi.pango, ffi.ffi.gc
    ffi.ffi.cdef(_DECLARATIONS)
    layout = line_break.Layout
    set_text, validate = layout.set_text, properties.PROPERTIES["word-break"]

    def set_whole_words(self: Any, text: str, justify: bool = False) -> None:
        set_text(self, text, justify)
        if self.style["word_break"] != "keep-all":
            return
        old = pango.pango_layout_get_attributes(self.layout)
        # A style shares its list among its lines.
        attributes = keep(
            pango.pango_attr_list_new() if old == ffi.ffi.NULL else pango.pango_attr_list_copy(old),
            pango.pango_attr_list_unref,
        )
        for whole in _WHOLE.finditer(self.text):
            attribute = pango.pango_attr_allow_breaks_new(False)
            # Places in bytes of UTF-8.
            attribute.start_index = len(self.text[: whole.start()].encode())
            attribute.end_index = attribute.start_index + len(whole.group().encode())
            pango.pango_attr_list_change(attributes, attribute)
        pango.pango_layout_set_attributes(self.layout, attributes)

    def is_word_break(tokens: Any) -> Any:
        kept = properties.get_single_keyword(tokens) == "keep-all"
        return "keep-all" if kept else validate(tokens)

    is_word_break.wants_base_url = validate.wants_base_url  # type: ignore[attr-defined]
    properties.PROPERTIES["word-break"] = is_word_break
    layout.set_text = set_whole_words
