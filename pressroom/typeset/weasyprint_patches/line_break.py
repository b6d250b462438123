"""Keep WeasyPrint 70 from leaving one word alone on a line.

Where text is followed by another inline element (a bold word, a telephone number), and fits on
the line without its last space but not with it, Pango lets the space hang, while
`text.line_break.split_first_line` compares the width with the space, takes the line for one that
cannot be broken, and cuts it after its first word.

Asked again with room for the space, the function returns the whole line, and its callers allow a
space to hang. Needless once WeasyPrint compares the width without the space.
"""

from __future__ import annotations

from typing import Any


def install() -> None:
    """Patch WeasyPrint."""
    from weasyprint.layout import inline
    from weasyprint.text import line_break

    split = line_break.split_first_line

    def with_hanging_space(
        text: str, style: Any, context: Any, max_width: Any, *rest: Any, **options: Any
    ) -> Any:
        found = split(text, style, context, max_width, *rest, **options)
        resume_index = found[2]
        if resume_index is None or not text.endswith(" ") or style["white_space"] != "normal":
            return found
        roomy = split(text, style, context, max_width + style["font_size"], *rest, **options)
        if roomy[2] is not None:
            return found
        bare = split(text.rstrip(" "), style, context, max_width, *rest, **options)
        return roomy if bare[2] is None else found

    line_break.split_first_line = with_hanging_space
    inline.split_first_line = with_hanging_space
