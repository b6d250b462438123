"""Take a layout apart once it is over: a patch on WeasyPrint 70.

What lays a page out, its styles and its pictures refer to each other in circles, and hold all
of its boxes and lines. Without this, thousands of objects wait for the collector of garbage,
which takes twice as long to find them as it takes to let them go.

`tests/typeset/test_circles.py` shows that nothing of a layout is left.
"""

from __future__ import annotations

from functools import cache
from typing import Any

#: What laid the pages out that may still be painted.
_contexts: list[Any] = []


def cut() -> None:
    """Take apart whatever was laid out; none of it can be painted any more."""
    while _contexts:
        context = _contexts.pop()
        for style in context.style_for.get_computed_styles().values():
            while style is not None:
                within = vars(style).pop("anonymous_style", None)
                vars(style).clear()
                style = within
        vars(context.target_collector).clear()
        vars(context).clear()


@cache
def install() -> None:
    """Patch WeasyPrint, once a process."""
    from weasyprint.layout import LayoutContext

    begin = LayoutContext.__init__

    def noted(self: Any, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        _contexts.append(self)

    LayoutContext.__init__ = noted
