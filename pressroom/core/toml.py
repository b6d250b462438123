"""Read TOML that people write (with the line of each key), and write strings of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import HandoutError
from .files import read_text, shown

if TYPE_CHECKING:
    from .validation import Model

#: No TOML file is larger, and no line of one longer: dotted keys cost the square of their parts.
LARGEST_TOML = 1024 * 1024
LONGEST_TOML_LINE = 2000


def read_toml(
    path: Path, error: type[HandoutError], root: Path | None = None
) -> tuple[dict[str, Any], str]:
    """Read a TOML file: its data, and its text for `toml_line`.

    Raises `error` as `read_text` does, and for what is no TOML, with its line.
    """
    import tomllib

    text = read_text(path, error, root)
    where = shown(path)
    if len(text) > LARGEST_TOML:
        raise error(where, f"is {len(text)} characters long", f"the most is {LARGEST_TOML}")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_TOML_LINE:
            raise error(
                f"{where}:{number}",
                f"this line is {len(line)} characters long",
                f"break it: the most is {LONGEST_TOML_LINE}",
            )
    try:
        return tomllib.loads(text), text
    except RecursionError:
        raise error(where, "is nested too deeply", "flatten it") from None
    except ValueError as problem:  # TOMLDecodeError, or a number of thousands of digits.
        found = re.search(r"\(at line (\d+)", str(problem))
        at = int(found.group(1)) if found else text.count("\n") + 1
        what = re.sub(r" \(at .*\)$", "", str(problem))
        raise error(f"{where}:{at}", f"is not TOML: {what}", "correct it") from None


def read_model(
    path: Path, model: type[Model], error: type[HandoutError], root: Path | None = None
) -> tuple[Model, str]:
    """Read a TOML file into a model: it, and the file's text for `toml_line`.

    Raises `error`, or Problems with one of them for each thing that is wrong.
    """
    from .validation import validate  # A build with nothing to do loads no pydantic.

    data, text = read_toml(path, error, root)
    where = shown(path)
    checked = validate(model, data, where, lambda loc: f"{where}:{toml_line(text, loc)}", error)
    return checked, text


def toml_line(text: str, loc: tuple[Any, ...]) -> int:
    """Return the line, from 1, of a key path in TOML text, or of the nearest key above it."""
    lines = text.split("\n")
    at = 0
    name = ""
    for part in loc:
        if isinstance(part, int):
            # The n-th table of an array; an item of a value stands in the value's line.
            table = re.compile(rf"^\s*\[\[\s*{name}\s*\]\]")
            heads = [i for i, line in enumerate(lines) if table.match(line)]
            at = heads[part] if part < len(heads) else at
            continue
        name = re.escape(str(part))
        pattern = re.compile(rf"""^\s*(\[+\s*)?(["']?){name}\2\s*(=|\]|\.)""")
        at = next((i for i in range(at, len(lines)) if pattern.match(lines[i])), at)
    return at + 1


def table_lines(text: str, name: str) -> Iterator[int]:
    """Return the line of each table `[[name]]`, then 1 without end, for rows of an inline array."""
    head = re.compile(rf"\s*\[\[\s*{name}\s*\]\]")
    yield from (n for n, line in enumerate(text.split("\n"), 1) if head.match(line))
    yield from repeat(1)


def quoted(text: str) -> str:
    """Return a text as a TOML basic string; JSON's escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False)


def quoted_lines(text: str) -> str:
    """Return a text without double spaces as a TOML string, a long one in lines of 80."""
    if len(text) <= 80:
        return quoted(text)
    pieces = re.findall(r"\S.{0,78} |\S{1,80} ?", text)
    lines = [f"  {quoted(piece)[1:-1]}" for piece in pieces]
    return '"""\\\n' + "\\\n".join(lines) + '"""'
