"""Hear from the kernel what a program opens, changes, starts and connects to: strace -> Calls.

Python's audit hook hears Python alone; Pango, Fontconfig, libxml2 and SQLite open files
by themselves.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

#: What opens a file, by path; then what changes the file system, what starts a program, and
#: what makes files or connections that other calls would not show.
OPENING = ("open", "openat", "openat2", "creat")
CHANGING = (
    "unlink", "unlinkat", "rmdir", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "mknod",
    "mknodat", "link", "linkat", "symlink", "symlinkat", "truncate", "chmod", "fchmodat", "chown",
    "lchown", "fchownat", "utime", "utimes", "utimensat", "futimesat", "setxattr", "lsetxattr",
    "mount", "chroot",
)  # fmt: skip
STARTING = ("execve", "execveat", "io_uring_setup", "ptrace", "memfd_create")

_CALL = re.compile(r"(?P<pid>\d+) +(?P<name>\w+)\((?P<rest>.*)")
_RESUMED = re.compile(r"\d+ +<\.\.\. \w+ resumed>")
#: A path, with the folder that it begins at where it is relative: `5</folder>, "name"`.
_PATH = re.compile(
    r'(?:(?:AT_FDCWD|\d+)<(?P<folder>[^>]*)>, )?"(?P<name>(?:[^"\\]|\\.)*)"(?P<cut>\.\.\.)?'
)


@dataclass(frozen=True)
class Call:
    """A call of a program to its kernel."""

    pid: str
    name: str
    #: The paths that it names, made absolute, but with links as they are.
    paths: tuple[str, ...]
    text: str

    @property
    def writes(self) -> bool:
        """Return whether it opens a file to write into it, or changes files."""
        return self.name in (*CHANGING, "creat") or bool(
            re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)", self.text)
        )


def unheard() -> str:
    """Return why no program can be watched on this machine; nothing where it can."""
    if sys.platform != "linux":
        return "strace is for Linux"
    assert shutil.which("strace"), "strace is not installed: run 'tools/setup test'"
    done = subprocess.run(
        ["strace", "-o", os.devnull, "true"], capture_output=True, text=True, check=False
    )
    if done.returncode and re.search(r"ptrace|PTRACE|not permitted", done.stderr):
        return f"this kernel lets no program be watched: {done.stderr.strip()}"
    assert done.returncode == 0, done.stderr
    return ""


def require_strace() -> None:
    """Skip where the kernel lets no program be watched; fail where strace is not installed."""
    if why := unheard():
        pytest.skip(why)


def watched(log: Path) -> list[str]:
    """Return the words to put before a command, so that its calls are written into a log."""
    names = (*OPENING, *CHANGING, *STARTING)
    traced = ",".join((*(f"?{name}" for name in (*names, "chdir")), "%network"))
    options = f"-f --seccomp-bpf -qq -yy -s 4096 -e signal=none -e trace={traced}"
    return ["strace", *options.split(), "-o", str(log)]


def calls(log: Path, here: Path) -> Iterator[Call]:
    """Read the log of a program that began `here`; no other of its processes goes elsewhere.

    A call that another thread interrupts stands where it began.
    """
    for line in log.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        found = _CALL.fullmatch(line)
        if found is None:
            assert _RESUMED.match(line) or "+++ exited" in line, line
            continue
        paths = tuple(
            os.path.normpath(Path(one["folder"] or here, _unescaped(one["name"])))
            for one in _PATH.finditer(found["rest"])
        )
        if found["name"] == "chdir":
            here = Path(paths[0])
            continue
        yield Call(found["pid"], found["name"], paths, f"{found['name']}({found['rest']}")


def _unescaped(text: str) -> str:
    """Read the escapes of C, which stand for bytes."""
    raw = text.encode("utf-8", "surrogateescape").decode("unicode_escape")
    return os.fsdecode(raw.encode("latin-1"))
