"""Read inline Markdown: the text of a message -> Spans."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from mdit_py_plugins.subscript import sub_plugin
from mdit_py_plugins.superscript import superscript_plugin

from ...core.files import unreadable_character
from ...core.model import Span, plain
from .links import link_problem

#: Longest message in characters: some times that of the longest paragraph of a leaflet.
LONGEST_MESSAGE = 4000
#: What msgcat and git leave between two versions that nobody has chosen from.
MERGE_MARKER = re.compile(r"#-#-#-#-#|<{7}|>{7}|={7}|\|{7}")
#: Blocks, or marks of a line, within each other; what is deeper is dropped without a word.
MOST_NESTED = 80


#: What a raised or lowered text becomes where Unicode has a sign for each of its characters: fonts
#: draw these for the size of the text, and they are read, copied and compared as what they are.
_RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")

#: What calls a footnote: `[^a]`.
NOTE = re.compile(r"\[\^([^\s\[\]]+)\]")


def markdown() -> MarkdownIt:
    """Return a reader of CommonMark without raw HTML; links of every scheme stay links.

    `10^9^` and `H~2~O` are raised and lowered, `[^a]` calls a footnote, and a backslash before
    white space breaks the line, so that a message with a break stands on one line.
    """
    reader = MarkdownIt("commonmark", {"html": False, "maxNesting": MOST_NESTED})
    reader.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    reader.use(sub_plugin).use(superscript_plugin)
    reader.inline.ruler.at("emphasis", _stars)
    reader.inline.ruler.before("escape", "break", _break)
    reader.inline.ruler.before("link", "note", _note)
    return reader


def _stars(state: StateInline, silent: bool) -> bool:
    """Read `*` and `**`, which open before and close behind whatever is no space.

    CommonMark asks for a space or a sign on the other side of a star that stands beside a sign:
    scripts without spaces have none in `**停药。**如`.
    """
    if silent or state.src[state.pos] not in "*_":
        return False
    marker, start = state.src[state.pos], state.pos
    scanned = state.scanDelims(start, marker == "*")
    can_open, can_close = scanned.can_open, scanned.can_close
    if marker == "*":
        before, after = state.src[:start][-1:], state.src[start + scanned.length :][:1]
        can_open, can_close = bool(after.strip()), bool(before.strip())
    for _ in range(scanned.length):
        state.push("text", "", 0).content = marker
        at = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord(marker), scanned.length, at, -1, can_open, can_close))
    state.pos += scanned.length
    return True


def _break(state: StateInline, silent: bool) -> bool:
    """Read a backslash before white space as a line break."""
    found = re.compile(r"\\[ \t\n]+").match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = found.end()
    return True


def _note(state: StateInline, silent: bool) -> bool:
    """Read `[^a]`, which calls a footnote."""
    found = NOTE.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        state.push("note", "", 0).content = found[1]
    state.pos = found.end()
    return True


#: Variation selectors by which phones ask for a sign as text or as a picture (UTS #51, 2.8): a
#: leaflet has it as text, and its fonts have no picture.
_STYLES = re.compile("[\ufe0e\ufe0f]")

_READER = markdown()


class LinkError(ValueError):
    """Inline text holds what a leaflet must not hold, mostly a link that leads elsewhere."""


@lru_cache(maxsize=4096)
def read_inline(text: str) -> tuple[Span, ...]:
    """Read inline Markdown into spans.

    Raises LinkError for a link whose scheme is not allowed or that shows another
    address than it leads to, for an image, for characters that no text may hold, and for
    markers that a merge left.
    """
    if marker := MERGE_MARKER.search(text):
        raise LinkError(f"this text has ‘{marker[0]}’: a merge left two versions of it here")
    if len(text) > LONGEST_MESSAGE:
        raise LinkError(f"this text is {len(text)} characters long, {LONGEST_MESSAGE} at most")
    tokens = _READER.parseInline(text)[0].children or []
    root: list[Span] = []
    stack: list[tuple[Span, list[Span]]] = [(Span("text"), root)]
    for token in tokens:
        here = stack[-1][1]
        match token.type:
            case "text" | "text_special":
                here.append(Span("text", _STYLES.sub("", token.content)))
            case "softbreak":
                here.append(Span("text", " "))
            case "hardbreak":
                here.append(Span("break"))
            case "code_inline":
                here.append(Span("code", token.content))
            case "note":
                here.append(Span("note", token.content))
            case "sup_open" | "sub_open":
                stack.append((Span("raised" if token.tag == "sup" else "lowered"), []))
            case "sup_close" | "sub_close":
                span, children = stack.pop()
                stack[-1][1].append(_shifted(replace(span, children=tuple(children))))
            case "strong_open":
                stack.append((Span("strong"), []))
            case "em_open":
                stack.append((Span("emphasis"), []))
            case "link_open":
                stack.append((Span("link", href=str(token.attrs.get("href", ""))), []))
            case "strong_close" | "em_close" | "link_close":
                span, children = stack.pop()
                span = replace(span, children=tuple(_joined(children)))
                if span.kind == "link" and (problem := link_problem(span.href, span.children)):
                    raise LinkError(problem)
                stack[-1][1].append(span)
            case "image":
                raise LinkError("a picture stands in a paragraph of its own")
            case other:
                raise LinkError(f"'{other}' is not supported inside a line")
    spans = tuple(_joined(root))
    if bad := unreadable_character(plain(spans)):
        raise LinkError(bad[1])
    return spans


def _shifted(span: Span) -> Span:
    """Return raised or lowered text, in Unicode's own characters where there are such."""
    text = plain(span.children)
    signs = text.translate(_RAISED if span.kind == "raised" else _LOWERED)
    return Span("text", signs) if text and not set(text) & set(signs) else span


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Join neighbouring text spans."""
    joined: list[Span] = []
    for span in spans:
        if span.kind == "text" and joined and joined[-1].kind == "text":
            joined[-1] = Span("text", joined[-1].text + span.text)
        elif span.kind != "text" or span.text:
            joined.append(span)
    return joined
