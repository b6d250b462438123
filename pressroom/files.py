"""Read the files that people write, and say where they are broken."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from .errors import HandoutError

#: No file that a person writes is larger than this, in bytes.
LARGEST = 8 * 1024 * 1024


def shown(path: Path) -> str:
    """Name a path as messages do: below the working directory where it can be."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def read_text(path: Path, error: type[HandoutError]) -> str:
    """Read UTF-8 text with its line ends as `\\n` and without a byte order mark.

    Raises `error` where the file is missing, unreadable, too large, or not UTF-8 text.
    """
    where = shown(path)
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise error(where, f"is {size} bytes long", f"the most is {LARGEST}; split it")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise error(where, "this file does not exist", "create it") from None
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise error(where, f"cannot be read ({reason})", "check it and its permissions") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise error(f"{where}:{line}", "this is not UTF-8", "save the file as UTF-8") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    bad = re.search(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        code = ord(bad.group())
        raise error(f"{where}:{line}", f"has the control character U+{code:04X}", "delete it")
    conflict = re.search(r"^(<{7}|>{7})( |$)", text, re.MULTILINE)
    if conflict:
        line = text.count("\n", 0, conflict.start()) + 1
        raise error(f"{where}:{line}", "has an unresolved merge conflict", "resolve it")
    return text


def read_toml(path: Path, error: type[HandoutError]) -> tuple[dict[str, Any], str]:
    """Read a TOML file. Give its data and its text (for line numbers)."""
    text = read_text(path, error)
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as problem:
        found = re.search(r"\(at line (\d+)", str(problem))
        line = int(found.group(1)) if found else text.count("\n") + 1
        what = re.sub(r" \(at .*\)$", "", str(problem))
        raise error(f"{shown(path)}:{line}", f"is not TOML: {what}", "correct it") from None


def toml_line(text: str, loc: tuple[Any, ...]) -> int:
    """Find the line of a key path in TOML text: the nearest that can be told, from 1."""
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


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` at `path` so that a reader sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
