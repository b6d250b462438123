"""Break each line once, and prepare Pango once a style.

Boxes that went overleaf, parts of tables and figures, and what stands on every page are laid out
again and again: nearly half of all lines are broken that were broken before, to the same width.
Here a style keeps its lines. For each line, WeasyPrint 70 makes a Pango context, a font
description and a list of OpenType features, which depend on the style alone. Here a style keeps
them, too.

WeasyPrint never gives a list of features back: 0.2 MB a leaflet, for as long as a worker lives.
Here a style has one list, and gives it back.

Saves 8 to 14% of the time of a leaflet (paired runs, four locales), and mends the leak. Needless
once WeasyPrint gives lists back and keeps lines. `tests/typeset/test_caches.py` shows that boxes
have the same values without it.
"""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import Any


def install() -> None:
    """Patch WeasyPrint."""
    from weasyprint.css import computed_values, units
    from weasyprint.layout import inline, preferred
    from weasyprint.text import constants, ffi, fonts, line_break

    layout = line_break.Layout
    pango, gobject, keep = ffi.pango, ffi.gobject, ffi.ffi.gc
    set_up = layout.setup

    def features_of(style: Any) -> Any:
        """Return the Pango list of a style's OpenType features; None where it has none."""
        found = fonts.font_features(
            style["font_kerning"], style["font_variant_ligatures"],
            style["font_variant_position"], style["font_variant_caps"],
            style["font_variant_numeric"], style["font_variant_alternates"],
            style["font_variant_east_asian"], style["font_feature_settings"],
        )  # fmt: skip
        if not found:
            return None
        text = ",".join(f"{key} {value}" for key, value in found.items()).encode()
        features = keep(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
        # The list owns what is put into it, and keeps a copy of the text.
        pango.pango_attr_list_insert(features, pango.pango_attr_font_features_new(text))
        return features

    def language_of(style: Any) -> Any:
        code = style["font_language_override"]
        code = style["lang"] if code == "normal" else constants.LST_TO_ISO.get(code.lower(), code)
        if not code:
            return None
        text, _ = ffi.unicode_to_char_p(code)
        return pango.pango_language_from_string(text)

    def prepared(style: Any) -> tuple[Any, Any, Any, Any]:
        """Return the Pango context, language, font description and features of a style."""
        context = keep(
            pango.pango_font_map_create_context(style.font_config.font_map),
            gobject.g_object_unref,
        )
        pango.pango_context_set_round_glyph_positions(context, False)
        direction = constants.PANGO_DIRECTION[style["direction"]]
        pango.pango_context_set_base_dir(context, direction)
        language = language_of(style)
        if language is None:
            language = pango.pango_language_get_default()
        else:
            pango.pango_context_set_language(context, language)
        return context, language, fonts.get_font_description(style), features_of(style)

    def spaced(style: Any) -> bool:
        """Return whether `set_text` adds to the list of attributes, which is then its own."""
        return (
            style["letter_spacing"] != "normal"
            or style["word_spacing"] != 0
            or style["overflow_wrap"] in ("anywhere", "break-word")
        )

    def set_up_once(self: Any, style: Any) -> None:
        known = style.__dict__
        kept = known.get("_pango")
        if kept is None:
            simple = style["text_decoration_line"] == "none" and not spaced(style)
            kept = known["_pango"] = prepared(style) if simple else ()
        if not kept or self.justification_spacing:
            set_up(self, style)
            return
        context, self.language, font, features = kept
        self.style = style
        self.first_line_direction = 0
        self.ascent = self.underline_position = self.strikethrough_position = None
        self.layout = keep(pango.pango_layout_new(context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(self.layout, False)
        pango.pango_layout_set_font_description(self.layout, font)
        if features is not None:
            pango.pango_layout_set_attributes(self.layout, features)

    work_out_strut = line_break.strut

    def strut_once(style: Any) -> tuple[float, float]:
        known = style.__dict__
        found: tuple[float, float] | None = known.get("_strut")
        if found is None:
            found = known["_strut"] = work_out_strut(style)
        return found

    def broken_once(split: Any) -> Any:
        """Return a function that keeps lines by all that they depend on.

        It returns copies, since drawing a line may change it.
        """
        name = f"_lines_{split.__module__}"

        def split_first_line(
            text: str, style: Any, context: Any, max_width: Any, spacing: Any,
            is_line_start: bool = True, minimum: bool = False,
        ) -> Any:  # fmt: skip
            lines = style.__dict__.setdefault(name, {})
            key = (text, max_width, spacing, is_line_start, minimum)
            if key in lines:
                line, *measures = lines[key]
                return copy.copy(line), *measures
            found = lines[key] = split(
                text, style, context, max_width, spacing, is_line_start, minimum
            )
            return found

        return split_first_line

    for module in (inline, preferred):
        module.split_first_line = broken_once(module.split_first_line)
    preferred.can_break_text = inline.can_break_text = lru_cache(4096)(line_break.can_break_text)
    layout.setup = set_up_once
    for module in (line_break, inline, computed_values, units):
        module.strut = strut_once
