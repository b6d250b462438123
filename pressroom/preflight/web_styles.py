"""Read what stylesheets do to the words of a web page: CSS -> rules that hide, tear or add them.

Every medium and every condition counts as one that some reader has: a rule that hides words on
paper alone hides them. Custom properties stand for each value that they are given anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cssselect2
import tinycss2
from tinycss2.color4 import parse_color

from .pdf.colour import contrast

#: Rules with rules in them that hold for some readers.
_CONDITIONS = ("media", "supports", "layer", "container")
#: Pixels of a length unit; one that depends on the page is as long as a small screen is wide.
_PIXELS = {
    "px": 1.0, "pt": 4 / 3, "mm": 3.78, "cm": 37.8, "in": 96.0, "pc": 16.0, "q": 0.945,
    "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "lh": 20.0, "rlh": 20.0,
    "vw": 3.6, "vh": 6.4, "vmin": 3.6, "vmax": 6.4, "dvh": 6.4, "svh": 6.4, "lvh": 6.4,
    "%": 3.6,
}  # fmt: skip
#: Least opacity and contrast with white paper, least size, and furthest move of words in pixels.
_LEAST_OPACITY, _LEAST_CONTRAST, _LEAST_SIZE, _FURTHEST = 0.6, 3.0, 9.0, 64.0
#: Most and least space between letters, and least between words, in pixels of 16 an em.
_MOST_APART, _LEAST_APART, _LEAST_BETWEEN = 4.0, -1.5, -2.0
_OFFSETS = re.compile(
    r"(?:top|left|right|bottom|inset.*|margin.*|text-indent|translate)$"
)  # fmt: skip
_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+))(%|[a-z]*)", re.I)


#: What cuts words only together: a box that shows nothing beyond it, and one of a fixed size.
CLIPS, SIZED = "shows nothing beyond its box", "has a fixed size"


@dataclass(frozen=True, slots=True)
class Rule:
    """A declaration that keeps words from being read, and what it applies to."""

    #: cssselect2's selector.
    selector: Any
    #: `before`, `after`, …; empty for the element itself.
    pseudo: str
    #: What it does: `is hidden (display: none)`; empty for one that undoes it.
    said: str
    property: str
    #: What wins: important ones, then the more specific, then the later.
    weight: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Styles:
    """What the stylesheets of a page do to its words."""

    rules: tuple[Rule, ...]
    #: What cannot be read, and may hide words.
    unread: tuple[str, ...]


@lru_cache(maxsize=16)
def read_styles(text: str) -> Styles:
    """Return the rules of stylesheets that may keep words from being read."""
    parsed = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    found: list[Rule] = []
    unread: list[str] = []
    variables = _variables(text)
    for selector, declaration in _declarations(parsed, unread):
        said = what_it_does(declaration, variables)
        undoes = declaration.lower_name in _SWITCHES
        if not (said or undoes):
            continue
        try:
            compiled = cssselect2.compile_selector_list(selector)
        except cssselect2.SelectorError:
            if said:
                unread.append(f"‘{selector.strip()[:60]}’ cannot be read, and {said}")
            continue
        for one in compiled:
            weight = (declaration.important, one.specificity, len(found))
            name = declaration.lower_name
            found.append(Rule(one, one.pseudo_element or "", said, name, weight))
    harmful = {(rule.pseudo, rule.property) for rule in found if rule.said}
    kept = (rule for rule in found if (rule.pseudo, rule.property) in harmful)
    return Styles(tuple(kept), tuple(unread))


@lru_cache(maxsize=256)
def read_attribute(style: str) -> tuple[str, ...]:
    """Return what the declarations of a `style` attribute do to the words of its element."""
    declarations = tinycss2.parse_blocks_contents(style)
    said = (what_it_does(one, {}) for one in declarations if one.type == "declaration")
    return tuple(filter(None, said))


def _declarations(rules: Iterable[Any], unread: list[str], around: str = "") -> Iterator[Any]:
    """Yield selectors and declarations, those of conditions and of nested rules included."""
    for rule in rules:
        if rule.type == "qualified-rule":
            selector = tinycss2.serialize(rule.prelude)
            if around:
                nested = selector if "&" in selector else f"& {selector}"
                selector = nested.replace("&", f":is({around})")
            inner = tinycss2.parse_blocks_contents(rule.content, True, True)
            yield from ((selector, one) for one in inner if one.type == "declaration")
            yield from _declarations(inner, unread, selector)
        elif rule.type == "at-rule":
            name = rule.lower_at_keyword
            if name == "import":
                unread.append("@import reads a stylesheet that is not published with it")
            elif name in _CONDITIONS and rule.content is not None:
                inner = tinycss2.parse_blocks_contents(rule.content, True, True)
                if around:
                    yield from ((around, one) for one in inner if one.type == "declaration")
                yield from _declarations(inner, unread, around)
            elif name.endswith("keyframes") and rule.content is not None:
                frames = tinycss2.parse_blocks_contents(rule.content, True, True)
                for _, one in _declarations(frames, unread):
                    if said := what_it_does(one, {}):
                        unread.append(f"an animation {said.removeprefix('is ')}")


def _variables(text: str) -> Mapping[str, tuple[str, ...]]:
    """Return each value that a custom property is given anywhere."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"(--[\w-]+)\s*:\s*([^;{}]*)", text):
        found.setdefault(name, []).append(value.strip())
    return {name: tuple(values) for name, values in found.items()}


def what_it_does(declaration: Any, variables: Mapping[str, tuple[str, ...]]) -> str:
    """Return what a declaration does to words; empty where they can still be read."""
    name = declaration.lower_name
    value = tinycss2.serialize(declaration.value).strip()
    values = [value]
    for used in re.findall(r"var\(\s*--[\w-]+[^()]*\)", value):
        variable = re.findall(r"--[\w-]+", used)[0]
        values = [
            each.replace(used, one) for each in values for one in variables.get(variable, ("",))
        ]
    for each in values:
        if said := _does(name, each.lower()):
            return said if said in (CLIPS, SIZED) else f"{said} ({name}: {value[:40]})"
    return ""


#: Properties of which a later value may undo what an earlier one does.
_SWITCHES = frozenset((
    "display", "visibility", "opacity", "content-visibility", "font-size", "color", "transform",
    "clip-path", "clip", "filter", "text-decoration", "text-decoration-line", "letter-spacing",
    "word-spacing", "line-height", "text-indent", "position", "content", "list-style",
    "list-style-type", "top", "left", "right", "bottom", "inset", "inset-inline-start", "order",
    "flex-direction", "max-height", "height", "width", "max-width", "overflow",
))  # fmt: skip


def _does(name: str, value: str) -> str:
    match name:
        case "display" if value == "none":
            return "is hidden"
        case "visibility" if value in ("hidden", "collapse"):
            return "is hidden"
        case "content-visibility" if value == "hidden":
            return "is hidden"
        case "opacity" if any(n < _LEAST_OPACITY for n in _opacities(value)):
            return "is faint"
        case "filter" | "-webkit-filter" | "mask" | "mask-image" | "-webkit-mask-image":
            return "" if value == "none" else "may be hidden"
        case "clip" | "clip-path":
            return "" if value in ("auto", "none") else "is cut"
        case "transform" | "scale" | "rotate" | "zoom":
            # Percentages are of the element itself.
            moves = re.fullmatch(r"translate[xy]?\(([^()]*)\)", value)
            near = moves and not _far(re.sub(r"\b\d\d?%|100%", "", moves[1]))
            return "" if near or value in ("none", "1", "100%") else "is turned, scaled or moved"
        case "text-decoration" | "text-decoration-line" if "line-through" in value:
            return "is struck through"
        case "color" | "-webkit-text-fill-color" if _faint(value):
            return "is faint"
        case "font-size" if any(0 <= n < _LEAST_SIZE for n in _lengths(value)) and "(" not in value:
            return "is too small"
        case "letter-spacing" if any(not _LEAST_APART <= n <= _MOST_APART for n in _lengths(value)):
            return "has letters torn apart or on each other"
        case "word-spacing" if any(n < _LEAST_BETWEEN for n in _lengths(value)):
            return "has words that run together"
        case "line-height" if re.fullmatch(r"0?\.\d+|0|[0-9]\d?%", value):
            return "has lines on each other"
        case "order" if value != "0":
            return "stands out of order"
        case "flex-direction" | "flex-flow" if "reverse" in value:
            return "stands out of order"
        case "unicode-bidi" if "override" in value:
            return "is turned round"
        case "-webkit-line-clamp" | "line-clamp" if value != "none":
            return "is cut"
        case "content" | "list-style" | "list-style-type" if _adds(value):
            return "has words added"
        case "background" | "background-image" if "text" in value and "url(" in value:
            return "has words added in a picture"
        case "overflow" | "overflow-x" | "overflow-y" if value.split()[0] in ("hidden", "clip"):
            return CLIPS
        case "height" | "max-height" | "width" | "max-width" if (
            _lengths(value) and "%" not in value
        ):
            return SIZED
        case _ if _OFFSETS.match(name) and _far(value):
            return "is moved away"
    return ""


def _lengths(value: str) -> list[float]:
    """Return the lengths of a value in pixels, for a type of 16 pixels."""
    found = []
    for number, unit in _NUMBER.findall(value):
        if unit in _PIXELS and unit != "%":
            found.append(float(number) * _PIXELS[unit])
        elif unit == "%":
            found.append(float(number) / 100 * 16)
        elif not unit and float(number) == 0:
            found.append(0.0)
    return found


def _far(value: str) -> bool:
    """Return whether a value moves words off a screen, or far from where they belong."""
    moves = (float(n) * _PIXELS.get(unit, 0.0) for n, unit in _NUMBER.findall(value))
    return any(move < -_FURTHEST for move in moves) or any(
        float(n) * _PIXELS.get(unit, 0.0) > 10 * _FURTHEST for n, unit in _NUMBER.findall(value)
    )


def _opacities(value: str) -> Iterator[float]:
    for number, unit in _NUMBER.findall(value):
        yield float(number) / 100 if unit == "%" else float(number)


def _faint(value: str) -> bool:
    """Return whether a colour cannot be seen on white paper."""
    colour = parse_color(value)
    if colour is None or isinstance(colour, str):
        return False
    if colour.alpha < _LEAST_OPACITY:
        return True
    red, green, blue = (float(c or 0) for c in colour.to("srgb").coordinates)
    return contrast((red, green, blue), (1.0, 1.0, 1.0)) < _LEAST_CONTRAST


def _adds(value: str) -> bool:
    """Return whether content or a marker is a picture, or has letters, figures or signs."""
    if re.search(r"url\(|image|attr\(|element\(", value):
        return True
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', value)
    text = "".join(one or other for one, other in strings)
    return bool(re.search(r"[^\s,.;:·•|()☐☑✓–—«»“”‘’\"']", text))
