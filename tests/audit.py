"""Run commands on sites while Python says which files are opened and what is started.

Run as a process of its own, since an audit hook cannot be taken back. Each argument is
a JSON list: a folder with `handouts/`, and a command with its arguments. What is opened
outside of the roots of `ROOTS` (a list of folders, joined as in PATH), written outside of
those of `WRITABLE`, or started or connected to at all, is printed, a line each. Who
watches the process from outside sees a MARK before each command, and at the end.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

#: What the interpreter and its libraries read by themselves. Of `/proc`, nothing that tells
#: what a program was started with.
SYSTEM = (
    "/dev/null", "/dev/urandom", "/dev/random", "/sys/devices/system/cpu", "/sys/fs/cgroup",
    "/proc/cpuinfo", "/proc/filesystems", "/proc/meminfo", "/proc/stat", "/proc/sys",
    *(f"/proc/self/{name}" for name in ("maps", "stat", "status", "cgroup", "mountinfo")),
    "/usr/share/zoneinfo", "/usr/share/locale", "/usr/share/fontconfig", "/etc/localtime",
    "/etc/mime.types", "/etc/httpd", "/etc/apache", "/etc/ld.so.cache", "/etc/ld.so.preload",
    "/etc/ssl/openssl.cnf", "/etc/locale.alias",
    "/usr/local/etc", "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib",
)  # fmt: skip
FORBIDDEN = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.startfile",
    "ftplib.", "smtplib.", "http.client.",
)  # fmt: skip
#: A file that there cannot be: to open it shows where in the work the process is.
MARK = "/dev/null/"
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

found: set[str] = set()
roots: tuple[str, ...] = ()
writable: tuple[str, ...] = ()
listening = False


def below(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


def hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not listening:
        return
    if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
        name = os.fsdecode(arguments[0])
        path = os.path.realpath(name).replace(f"/proc/{os.getpid()}/", "/proc/self/")
        writes = bool((arguments[2] or 0) & WRITES)
        # A link is followed to where it leads, and has to stand in a root itself.
        for one in (os.path.abspath(name), path):  # noqa: PTH100 - links as they stand
            if writes and not below(one, writable):
                found.add(f"written: {one}")
            elif not below(one, roots):
                found.add(f"opened: {one}")
    elif event.startswith(FORBIDDEN):
        found.add(f"{event}: {arguments!r}"[:200])


def mark(text: str) -> None:
    """Mark in the log what comes now."""
    with suppress(OSError):
        os.open(MARK + text, os.O_RDONLY)


def main(tasks: list[str]) -> None:
    """Do each task in this process; messages are thrown away."""
    global listening, roots, writable
    from click.testing import CliRunner

    import pipeline
    from pressroom.build import cluster, render
    from tests.conftest import Inline
    from tests.support import TODAY

    render.within_limits = lambda *_: nullcontext()  # type: ignore[assignment]
    cluster.WorkerPool = Inline  # type: ignore[assignment,misc]
    Inline.anew = True
    shared = tuple(filter(None, os.environ["WRITABLE"].split(os.pathsep)))
    sys.addaudithook(hook)
    # What is taken away is named by whole paths, not from an open folder on.
    shutil._use_fd_functions = False  # type: ignore[attr-defined]
    # Finding shared libraries starts programs; it is done before any word is read.
    render._typesetter()
    for folder, *command in map(json.loads, tasks):
        site = Path(folder)
        os.chdir(site)
        own = (str(site.resolve() / name) for name in ("dist", "dist-north"))
        writable = (*shared, *own, "/dev/null")
        roots = (
            *SYSTEM, *writable, str(site.resolve() / "handouts"),
            *filter(None, os.environ["ROOTS"].split(os.pathsep)),
        )  # fmt: skip
        mark(folder)
        listening = True
        done = CliRunner().invoke(pipeline.handouts, [*command, f"--today={TODAY.isoformat()}"])
        listening = False
        mark("")
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        print(f"done: {site.name}: {done.exit_code}")
    for line in sorted(found):
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
