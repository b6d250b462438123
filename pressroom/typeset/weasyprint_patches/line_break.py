"""Mend two faults of how WeasyPrint 70 breaks lines, in `text.line_break.split_first_line`.

One word alone on a line: where text is followed by another inline element (a bold word, a telephone
number), and fits on the line without its last space but not with it, Pango lets the space hang,
while the function compares the width with the space, takes the line for one that cannot be broken,
and cuts it after its first word. Asked again with room for the space, it returns the whole line,
and its callers allow a space to hang. Needless once WeasyPrint compares the width without it.

All words up to a soft hyphen as one: where the first word does not fit, and a later one has a soft
hyphen, the function breaks at that alone. So does it where the least width of a cell is measured,
in a line of no width: a soft hyphen made a table wider. Asked for the words before the word with
the soft hyphen, it parts them. Needless once WeasyPrint looks for soft hyphens in one word.
"""

from __future__ import annotations

from typing import Any

SOFT_HYPHEN = "\u00ad"


def install() -> None:
    """Patch WeasyPrint."""
    from weasyprint.layout import inline, preferred
    from weasyprint.text import line_break

    split = line_break.split_first_line

    def word_by_word(
        text: str, style: Any, context: Any, max_width: Any, *rest: Any, **options: Any
    ) -> Any:
        found = split(text, style, context, max_width, *rest, **options)
        space = text.rfind(" ", 0, max(0, text.find(SOFT_HYPHEN)))
        fits = max_width is None or found[3] <= max_width
        if fits or space <= 0 or style["white_space"] != "normal":
            return found
        words = text[:space]
        layout, length, resume_index, *sizes = split(
            words, style, context, max_width, *rest, **options
        )
        if resume_index is None:
            resume_index = len(words.encode()) + 1
        return layout, length, resume_index, *sizes

    def with_hanging_space(
        text: str, style: Any, context: Any, max_width: Any, *rest: Any, **options: Any
    ) -> Any:
        found = word_by_word(text, style, context, max_width, *rest, **options)
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
    preferred.split_first_line = word_by_word
