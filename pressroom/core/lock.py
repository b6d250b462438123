"""Keep other builds out of an output folder while one is at work there."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import ConfigurationError, LockedError
from .files import leaves, make_folder, shown

#: Folder of the engine's own files below the output folder.
FOLDER = ".pressroom"


def require_own(out: Path) -> None:
    """Raise ConfigurationError where something else stands for a file of the engine's own.

    A link would let a build write elsewhere, and a pipe keep it waiting.
    """
    folder = out / FOLDER
    if folder.is_symlink() and leaves(folder, out):
        raise ConfigurationError(shown(folder), f"leads out of {shown(out)}/", "delete the link")
    try:
        with os.scandir(folder) as entries:
            odd = [e.name for e in entries if e.is_symlink() or not (e.is_file() or e.is_dir())]
    except OSError:
        return
    if odd:
        raise ConfigurationError(
            shown(folder / min(odd)), "is no file that Pressroom made", "delete it"
        )


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Keep other builds out of an output folder, which is made where there is none.

    Raises LockedError, naming the process, where another one is at work; ConfigurationError
    where the folder cannot be written, or holds what Pressroom did not make.
    """
    folder = out / FOLDER
    try:
        _make(folder)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    except OSError as problem:
        what = f"cannot be written ({problem.strerror})"
        raise ConfigurationError(shown(out), what, "choose another --out") from None
    with os.fdopen(handle, "r+b", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            if problem.errno not in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES):
                what = f"its file system locks no files ({problem.strerror})"
                step = "choose another --out on a disk of this machine, and copy it from there"
                raise ConfigurationError(shown(out), what, step) from None
            holder = file.read(100).decode(errors="replace").strip() or "unknown"
            what = f"another build is at work (process {holder})"
            raise LockedError(shown(out), what, "wait for it to end") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n".encode())
        try:
            yield
        finally:
            # Workers that were forked meanwhile have the file open, too.
            fcntl.flock(file, fcntl.LOCK_UN)


def _make(folder: Path) -> None:
    """Make the engine's own folder where there is none, in a folder that holds nothing else.

    One with a report was built into, and has lost the engine's own folder.
    """
    out = folder.parent
    foreign = not folder.exists() and out.is_dir() and not (out / "report.json").is_file()
    if foreign and any(not path.name.startswith(".") for path in out.iterdir()):
        what = "holds files that Pressroom did not make"
        raise ConfigurationError(shown(out), what, "choose another --out, or empty it")
    require_own(out)
    make_folder(folder)
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o007:
        # What is published is for everybody, such as a web server; the engine's own is not.
        with suppress(PermissionError):
            folder.chmod(mode & ~0o007)
