"""Take computed values as given where nothing was set: a patch on WeasyPrint 70.

Of the 200 properties of a style, a leaflet's stylesheets set some twenty. For each of
the others, each style of each layout finds out by itself that its value is the
parent's or the initial one, as it always is: an eighth of a layout. And each box is asked
some thirty times whether it is in the flow, in five ways.

`tests/typeset/test_thrift.py` shows that the values are those without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

#: Properties whose value depends on more than on what is set for them.
_DEPENDENT = frozenset({"page", "position", "float", "display"})
_DEPENDENT_KINDS = ("text_decoration_", "__")


def _plain(name: str) -> bool:
    return name not in _DEPENDENT and not name.startswith(_DEPENDENT_KINDS)


def _physical(functions: Mapping[str, Any]) -> dict[str, list[str]]:
    """Say which properties a logical one may set, in one direction or the other."""
    found: dict[str, list[str]] = {}
    for name, function in functions.items():
        for direction in ("ltr", "rtl"):
            found.setdefault(function(block="ttb", inline=direction), []).append(name)
    return found


@cache
def install() -> None:
    """Patch WeasyPrint, once a process."""
    from weasyprint import css
    from weasyprint.css import computed_values, properties
    from weasyprint.formatting_structure import boxes

    initial = {
        name: value
        for name, value in properties.INITIAL_VALUES.items()
        if _plain(name)
        and name not in properties.INHERITED
        and name not in properties.INITIAL_NOT_COMPUTED
    }
    #: Values of what stands in the flow, which most elements and all anonymous boxes do.
    flowing = {name: properties.INITIAL_VALUES[name] for name in ("position", "float")}
    inline = {"display": properties.INITIAL_VALUES["display"]}
    #: Of a border without a style, the width computes to nothing.
    unframed = dict.fromkeys(
        (*(f"border_{side}_width" for side in ("top", "right", "bottom", "left")), "outline_width"),
        0,
    )
    frames = frozenset(
        n for n in properties.INITIAL_VALUES if n.startswith(("border_", "outline_"))
    )
    inherited = frozenset(filter(_plain, properties.INHERITED))
    physical = _physical(computed_values.PHYSICAL_FUNCTIONS)
    # Logical properties whose physical ones are inherited: none in WeasyPrint 70.
    inherited -= {name for names in physical.values() for name in names}
    # Handed down as well, where an element declares none of its own.
    decorations = {n for n in properties.INITIAL_VALUES if n.startswith("text_decoration_")}
    inherited |= {"page"} | decorations
    computed, anonymous = css.ComputedStyle, css.AnonymousStyle
    begin, work_out = computed.__init__, computed.__missing__
    look_for_flow = boxes.Box.is_in_normal_flow
    begin_anonymous, work_out_anonymous = anonymous.__init__, anonymous.__missing__

    def begin_with_initial(self: Any, parent_style: Any, cascaded: Any, *rest: Any) -> None:
        begin(self, parent_style, cascaded, *rest)
        self.update(initial)
        for name in cascaded:
            self.pop(name, None)
            for set_by_it in physical.get(name, ()):
                self.pop(set_by_it, None)
        if cascaded.keys().isdisjoint(flowing):
            self.update(flowing)
            self.specified.update(flowing)
            if parent_style is not None and "display" not in cascaded:
                self.update(inline)
                self.specified.update(inline)
        if cascaded.keys().isdisjoint(frames):
            self.update(unframed)

    def begin_anonymous_with_initial(self: Any, parent_style: Any) -> None:
        self.update(initial)
        self.update(flowing)
        begin_anonymous(self, parent_style)

    def inherit(self: Any, key: str) -> Any:
        """Take over all that is inherited, as soon as one of it is asked for."""
        parent, cascaded = self.parent_style, self.cascaded
        if key not in inherited or key in cascaded or parent is None:
            return work_out(self, key)
        for name in inherited:
            if name not in self and name not in cascaded:
                self[name] = parent[name]
        return self[key]

    def inherit_anonymously(self: Any, key: str) -> Any:
        if key not in inherited:
            return work_out_anonymous(self, key)
        parent = self.parent_style
        for name in inherited:
            if name not in self:
                self[name] = parent[name]
        return self[key]

    def is_in_flow(self: Any) -> bool:
        style = self.style
        plainly = style["float"] == "none" and style["position"] == "static"
        return plainly or bool(look_for_flow(self))

    boxes.Box.is_in_normal_flow = is_in_flow
    computed.__init__ = begin_with_initial
    computed.__missing__ = inherit
    anonymous.__init__ = begin_anonymous_with_initial
    anonymous.__missing__ = inherit_anonymously
