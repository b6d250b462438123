"""Keep other builds out of an output folder while one is at work there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import ConfigurationError, LockedError
from .files import leaves, shown

#: Folder of the engine's own files below the output folder.
FOLDER = ".pressroom"


def require_own(out: Path) -> None:
    """Refuse an output folder where something else stands for a file of the engine's own.

    A link would let a build write elsewhere, and a pipe keep it waiting. Raises
    ConfigurationError.
    """
    folder = out / FOLDER
    if leaves(folder, out):
        raise ConfigurationError(shown(folder), f"leads out of {shown(out)}/", "delete the link")
    try:
        with os.scandir(folder) as entries:
            odd = [e for e in entries if e.is_symlink() or not (e.is_file() or e.is_dir())]
    except OSError:
        return
    if odd:
        raise ConfigurationError(
            shown(folder / min(entry.name for entry in odd)),
            "is no file that Pressroom made",
            "delete it",
        )


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Keep other builds out of an output folder.

    Raises LockedError, naming the process, where another one is at work.
    """
    import fcntl

    folder = out / FOLDER
    if not folder.exists() and out.is_dir() and any(e.name[0] != "." for e in out.iterdir()):
        raise ConfigurationError(
            shown(out),
            "holds files that Pressroom did not make",
            "choose another --out, or empty it",
        )
    require_own(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    except OSError as problem:
        raise ConfigurationError(
            shown(out), f"cannot be written ({problem.strerror})", "choose another --out"
        ) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(handle, 100).decode(errors="replace").strip() or "unknown"
            raise LockedError(
                shown(out), f"another build is at work (process {holder})", "wait for it to end"
            ) from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        with suppress(OSError):
            # Workers that were forked meanwhile have the file open, too.
            fcntl.flock(handle, fcntl.LOCK_UN)
            os.close(handle)
