"""Keep other builds out of an output folder while one is at work there.

Loads next to nothing, and errors where there are some: a build that finds nothing to do
waits for it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .errors import ConfigurationError

#: Folder of the engine's own files below the output folder.
FOLDER = ".pressroom"


def require_own(out: str | os.PathLike[str]) -> None:
    """Refuse an output folder where something else stands for a file of the engine's own.

    A link would let a build write elsewhere, and a pipe keep it waiting. Raises
    ConfigurationError.
    """
    folder = os.path.join(out, FOLDER)
    if os.path.islink(folder) and _leads_out(folder, out):
        raise _refused(folder, f"leads out of {_shown(out)}/", "delete the link")
    try:
        with os.scandir(folder) as entries:
            odd = [e for e in entries if e.is_symlink() or not (e.is_file() or e.is_dir())]
    except OSError:
        return
    if odd:
        name = min(entry.name for entry in odd)
        raise _refused(os.path.join(folder, name), "is no file that Pressroom made", "delete it")


def _leads_out(path: str, out: str | os.PathLike[str]) -> bool:
    from pathlib import Path

    from .files import leaves

    return leaves(Path(path), Path(out))


def _shown(path: str | os.PathLike[str]) -> str:
    from pathlib import Path

    from .files import shown

    return shown(Path(path))


def _refused(path: str | os.PathLike[str], what: str, step: str) -> ConfigurationError:
    from .errors import ConfigurationError

    return ConfigurationError(_shown(path), what, step)


class locked:  # noqa: N801 - as context managers are called
    """Keep other builds out of an output folder.

    Raises LockedError, naming the process, where another one is at work.
    """

    def __init__(self, out: str | os.PathLike[str]) -> None:
        self._out = out
        self._handle = -1

    def __enter__(self) -> None:
        import fcntl

        folder = os.path.join(self._out, FOLDER)
        self._make(folder)
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
            handle = os.open(os.path.join(folder, "lock"), flags, 0o644)
        except OSError as problem:
            raise self._unwritable(problem) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(handle, 100).decode(errors="replace").strip() or "unknown"
            os.close(handle)
            raise self._held(holder) from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._handle = handle

    def __exit__(self, *_: object) -> None:
        import fcntl

        try:
            # Workers that were forked meanwhile have the file open, too.
            fcntl.flock(self._handle, fcntl.LOCK_UN)
            os.close(self._handle)
        except OSError:
            pass

    def _make(self, folder: str) -> None:
        """Make the engine's own folder where there is none."""
        foreign = not os.path.exists(folder) and os.path.isdir(self._out)
        if foreign and any(name[0] != "." for name in os.listdir(self._out)):
            what = "holds files that Pressroom did not make"
            raise _refused(self._out, what, "choose another --out, or empty it")
        require_own(self._out)
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as problem:
            raise self._unwritable(problem) from None

    def _unwritable(self, problem: OSError) -> ConfigurationError:
        what = f"cannot be written ({problem.strerror})"
        return _refused(self._out, what, "choose another --out")

    def _held(self, holder: str) -> Exception:
        from .errors import LockedError

        what = f"another build is at work (process {holder})"
        return LockedError(_shown(self._out), what, "wait for it to end")
