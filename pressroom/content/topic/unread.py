"""Find markup that nothing reads: the text of a message -> what would be printed as typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from html.entities import html5

from ..placeholders import PLACEHOLDER
from .inline import LinkError, read_inline

#: What Markdown takes as it is, or as an address: code, a character behind a backslash, the
#: target of a link, an address in angle brackets.
_READ = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)|\\[^\w\s]|(?<=\])\([^()\s]*\)|<\w+:[^<>\s]+>")
_RAISED = re.compile(r"\^[^\s^]+\^")

_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>|<!--|<![A-Za-z]|<\?[a-z]")
_ENTITY = re.compile(r"&[A-Za-z][A-Za-z0-9]*;")
_STRUCK = re.compile(r"~~(?=\S)[^~]+~~")
_TICK = re.compile(r"\[[ xX]?\](?=\s|$)")
_LINE = re.compile(r"_{3,}")
_HIGH = re.compile(r"\w\^(?=[\w+−-])")
_BRACES = re.compile(r"\{[^{}]*\}")
_REFERENCE = re.compile(r"\][(\[]|\] \((?=https?:|mailto:|tel:)")
_HEADING = re.compile(r"#{2,6}(?=[^\s#])")

#: Signs of lists that were pasted, and those that may also begin a line of a text.
_BULLET = re.compile(r"[•◦‣▪▫●○■□◆◇➢➤❖∙⁃\uf000-\uf0ff]\s*")
_DASH = re.compile(r"(?:[–—·✓✔☐☑✗]|o(?=\t)|[a-z][.)])\s")


def unread_markup(text: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with inline text, and what to write instead."""
    bare = _READ.sub(" ", text)
    if found := _TAG.search(bare):
        step = "write it in Markdown, or take it out"
        yield f"'{found[0][:40]}' is HTML, which is printed as typed", step
    for found in _ENTITY.finditer(bare):
        if found[0][1:] not in html5:
            yield f"'{found[0]}' names no character", "type the character itself"
    if found := _STRUCK.search(bare):
        yield f"'{found[0][:40]}' strikes nothing out", "delete these words, or the '~~'"
    if found := _TICK.search(bare):
        yield f"'{found[0]}' is not read", "use '::: checklist'"
    if found := _LINE.search(bare):
        yield f"'{found[0][:8]}' is no blank", "write {blank}"
    if found := _HIGH.search(_RAISED.sub(" ", bare)):
        yield "'^' is not closed", "write 10^9^"
    for found in _BRACES.finditer(bare):
        if not PLACEHOLDER.fullmatch(found[0]):
            yield f"'{found[0][:40]}' is no placeholder", "write a name in braces, such as {phone}"
    if found := _REFERENCE.search(bare):
        yield f"'{found[0]}' is no link", "write '[words](https://…)', without spaces"
    if "**" in bare and "**" in "".join(_texts(text)):
        yield "'**' is not closed", "write '**bold**', without spaces inside"
    if bare.endswith("\\"):
        yield "a backslash ends the text", "take it out: there is no next line to break before"


def _texts(text: str) -> Iterator[str]:
    """Yield the words of a text outside of all marks."""
    with suppress(LinkError):
        yield from (span.text for span in read_inline(text) if span.kind == "text")


def unread_lines(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """Yield what begins a line of a paragraph as if it were markup: the line's number, from 0,
    what is wrong, and what to write instead.
    """
    for number, line in enumerate(lines):
        if found := _BULLET.match(line):
            yield number, f"'{found[0].strip()}' makes no list", "begin the line with '- '"
        elif found := _HEADING.match(line):
            yield number, f"'{found[0]}' makes no heading", f"write a space: '{found[0]} '"
        elif line.startswith("|") and line.rstrip().endswith("|") and number == 0:
            yield number, "this is no table", "write '|---|---|' below its first row"
        elif re.match(r":(?:\s|$)", line):
            term = lines[number - 1].strip() if number else ""
            yield number, f"'{term}' has no meaning below it", "write the term, then ': ' below it"
        elif line.startswith(":::"):
            yield number, f"'{line.split()[0]}' is not read", "begin it at the start of its line"
    typed = [number for number, line in enumerate(lines) if _DASH.match(line)]
    if len(typed) > 1:
        sign = lines[typed[0]].split()[0]
        yield typed[0], f"'{sign}' makes no list", "begin the lines with '- ' or '1. '"
