"""Style a pseudo-element when it is asked for, not before: a patch on WeasyPrint 70.

WeasyPrint's own stylesheet has a rule for the marker of every element, and for five kinds
of footnotes and notes. So each element of a page gets six styles besides its own, of which
only those of list items are ever used: two of three styles of a layout, and a
twenty-fifth of its time.

`tests/typeset/test_thrift.py` shows that markers and footnotes are styled as without it.
"""

from __future__ import annotations

from functools import cache
from math import inf
from typing import Any

#: Pseudo-elements for which WeasyPrint has a rule that fits any element.
_KINDS = frozenset(
    {"marker", "footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback"}
)


def _taken_out(sheet: Any, precedence: Any) -> dict[str, dict[str, Any]]:
    """Take the rules for any element out of a stylesheet. Give what each declares, as cascaded."""
    rules = [rule for rule in sheet.matcher.other_selectors if rule[3] in _KINDS]
    sheet.matcher.other_selectors = [
        rule for rule in sheet.matcher.other_selectors if rule not in rules
    ]
    found: dict[str, dict[str, Any]] = {}
    for _, specificity, _, kind, (declarations, _) in rules:
        for name, values, importance in declarations:
            weight = (precedence("user agent", importance), inf, specificity)
            found.setdefault(kind, {})[name] = values, weight
    return found


@cache
def install() -> None:
    """Patch WeasyPrint, once a process."""
    from weasyprint import css, html

    styles = css.StyleFor
    begin, give, work_out = styles.__init__, styles.__call__, styles.set_computed_styles
    own = _taken_out(html.UA_STYLESHEET, css.declaration_precedence)

    def begin_with_source(
        self: Any, source: Any, sheets: Any, hints: Any, font_config: Any, collector: Any
    ) -> None:
        self._source = source.etree_element, source.base_url, collector
        begin(self, source, sheets, hints, font_config, collector)

    def work_out_with_own(
        self: Any, element: Any, parent: Any, root: Any = None, pseudo_type: Any = None, **rest: Any
    ) -> None:
        if pseudo_type in own:
            cascaded, key = self.get_cascaded_styles(), (element, pseudo_type)
            # Whatever else is declared has precedence over WeasyPrint's own.
            cascaded[key] = {**own[pseudo_type], **cascaded.get(key, {})}
        work_out(self, element, parent, root=root, pseudo_type=pseudo_type, **rest)

    def give_when_asked(self: Any, element: Any, pseudo_type: Any = None) -> Any:
        key = (element, pseudo_type)
        if pseudo_type in own and key not in self.get_computed_styles():
            root, base_url, collector = self._source
            self.set_computed_styles(
                element, parent=element, root=root, pseudo_type=pseudo_type, base_url=base_url,
                target_collector=collector,
            )  # fmt: skip
            del self.get_cascaded_styles()[key]
        return give(self, element, pseudo_type)

    styles.__init__ = begin_with_source
    styles.set_computed_styles = work_out_with_own
    styles.__call__ = give_when_asked
