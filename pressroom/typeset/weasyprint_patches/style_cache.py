"""Take computed values as given where nothing was set, and let go of styles at once.

Of the 200 properties of a style, the stylesheets of a leaflet set some twenty. For each of the
others, WeasyPrint 70 finds out in each style of each layout that its value is the parent's or the
initial one. And each box is asked some thirty times whether it is in the flow, in five ways.

A layout, its styles and its pictures refer to each other in circles, and hold all boxes and lines:
20,000 to 40,000 objects a leaflet, which wait for the garbage collector.

Saves 10 to 18% of the time of a leaflet by the values, 3 to 8% by letting go (paired runs, four
locales). Needless once WeasyPrint fills in initial and inherited values at once, and refers back by
weak references. `tests/typeset/test_caches.py` shows that boxes have the same values without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Properties whose value depends on more than on what is set for them.
_DEPENDENT = frozenset({"page", "position", "float", "display"})
_DEPENDENT_KINDS = ("text_decoration_", "__")


#: The contexts of layouts that may still be painted.
_contexts: list[Any] = []


def release() -> None:
    """Take apart whatever was laid out: none of it can be painted any more."""
    while _contexts:
        context = _contexts.pop()
        for style in context.style_for.get_computed_styles().values():
            while style is not None:
                anonymous = vars(style).pop("anonymous_style", None)
                vars(style).clear()
                style = anonymous
        vars(context.target_collector).clear()
        vars(context).clear()


def _plain(name: str) -> bool:
    return name not in _DEPENDENT and not name.startswith(_DEPENDENT_KINDS)


def _physical(functions: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the logical properties that may set each physical one, in either direction."""
    found: dict[str, list[str]] = {}
    for name, function in functions.items():
        for direction in ("ltr", "rtl"):
            found.setdefault(function(block="ttb", inline=direction), []).append(name)
    return found


def install() -> None:
    """Patch WeasyPrint."""
    from weasyprint import css
    from weasyprint.css import computed_values, properties
    from weasyprint.formatting_structure import boxes
    from weasyprint.layout import LayoutContext

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
    begin_layout = LayoutContext.__init__
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
        """Take over all inherited values as soon as one of them is asked for."""
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

    def note_layout(self: Any, *arguments: Any, **named: Any) -> None:
        begin_layout(self, *arguments, **named)
        _contexts.append(self)

    LayoutContext.__init__ = note_layout
    boxes.Box.is_in_normal_flow = is_in_flow
    computed.__init__ = begin_with_initial
    computed.__missing__ = inherit
    anonymous.__init__ = begin_anonymous_with_initial
    anonymous.__missing__ = inherit_anonymously
