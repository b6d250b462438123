"""Read files that people write, strictly, and write files so that none is ever half there."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from .errors import ConfigurationError, HandoutError, UsageError

#: Where the code of the engine lies, whichever module asks.
PACKAGE = Path(__file__).resolve().parents[1]

#: Folders of a site that its words, templates and styles are read from.
SITE_FOLDERS = ("topics", "snippets", "locales", "house", "clinics", "templates", "styles")
#: No file that a person writes is larger than this, in bytes.
LARGEST = 4 * 1024 * 1024

#: How many files are written together: as many are open at a time.
MOST_TOGETHER = 24

#: What no text may hold: it is no text, or it makes a reader see another text than is there.
_UNREADABLE = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]"
    "|(?P<direction>[\u202a-\u202e\u2066-\u2069])"
)


def unreadable_character(text: str) -> tuple[int, str] | None:
    """Return position and kind of the first character that a text must not hold, or None.

    Controls are none of a text's; embeddings, overrides and isolates (U+202A to
    U+202E, U+2066 to U+2069) show words in another order than they stand.
    """
    bad = _UNREADABLE.search(text)
    if bad is None:
        return None
    kind = "direction control" if bad.group("direction") else "control character"
    return bad.start(), f"has the {kind} U+{ord(bad.group()):04X}"


def shown(path: Path) -> str:
    """Return how messages name a path: below the working directory, or from its site on.

    Folders of the machine are named only where neither can be.
    """
    here = Path.cwd()
    for whole in (Path(os.path.normpath(here / path)), Path(os.path.realpath(path))):
        if whole.is_relative_to(here):
            return whole.relative_to(here).as_posix()
    sites = (folder for folder in path.parents if (folder / "clinic.toml").is_file())
    site = next(sites, None) if path.is_absolute() else None
    return (path.relative_to(site.parent) if site else path).as_posix()


def require_places(handouts: Path, out: Path) -> None:
    """Refuse folders that cannot be read or written, and an output folder among the words.

    Raises UsageError.
    """
    for path in (handouts, out):
        try:
            str(path.absolute()).encode("utf-8")
            path.stat()
        except (FileNotFoundError, NotADirectoryError):
            continue  # It may be made, or it is said what else stands there.
        except UnicodeEncodeError:
            raise UsageError(
                shown(path), "the name of this folder is not UTF-8", "rename it"
            ) from None
        except OSError as problem:
            raise UsageError(
                shown(path), f"cannot be used ({problem.strerror})", "name another folder"
            ) from None
    site, place = handouts.resolve(), out.resolve()
    if site.is_relative_to(place) or any(
        place.is_relative_to(site / folder) for folder in SITE_FOLDERS
    ):
        raise UsageError(
            shown(out), "leaflets are not published among the words", "choose another --out"
        )


def missing(path: Path, root: Path | None) -> bool:
    """Return whether there is nothing at a path: no file, and no link that leads elsewhere."""
    if path.exists() or path.is_symlink():
        return False
    return root is None or not leaves(path, root)


def leaves(path: Path, root: Path) -> bool:
    """Return whether a path lies outside of a folder once symbolic links are followed.

    Links that lead in circles lie nowhere; from Python 3.13, `resolve` does not say so.
    """
    try:
        path.stat()
    except OSError as problem:
        if problem.errno == errno.ELOOP:
            return True
    except ValueError:
        return True
    try:
        return not path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):
        return True


def read_bytes(
    path: Path, error: type[HandoutError], root: Path | None = None, most: int | None = None
) -> bytes:
    """Read a plain file of a bounded size; where `root` is given, only below that folder.

    `most` is its size in bytes, LARGEST where it is not given.

    Raises `error` for everything else.
    """
    where = shown(path)
    real = _real(path)
    if root is not None and leaves(real, root):
        raise error(where, f"leads out of {shown(root)}/", "put the file itself there, not a link")
    try:
        status = real.stat()
        if not stat.S_ISREG(status.st_mode):
            raise error(where, "cannot be read (this is no file)", "put a file in its place")
        most = LARGEST if most is None else most
        data = read_plain(real, most) if status.st_size <= most else b""
        if (size := max(status.st_size, len(data))) > most:
            raise error(where, f"is {size} bytes long", f"the most is {most}; split it")
        return data
    except FileNotFoundError:
        raise error(where, "this file does not exist", "create it") from None
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise error(where, f"cannot be read ({reason})", "check it and its permissions") from None


def _real(path: Path) -> Path:
    """Follow links; return the path as it is where they lead in circles."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path


def read_plain(path: Path, most: int) -> bytes:
    """Read a plain file, and of a larger one a byte more than `most`.

    What takes its place meanwhile is not read: a link, or a pipe, which would never
    end. Raises OSError.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError("this is no file")
        return file.read(most + 1)


def holds(path: Path, data: bytes) -> bool:
    """Return whether a plain file, and no link to one, has exactly this content."""
    with suppress(OSError):
        status = path.lstat()
        same = stat.S_ISREG(status.st_mode) and status.st_size == len(data)
        return same and read_plain(path, len(data)) == data
    return False


def files_below(folder: Path) -> Iterator[Path]:
    """Iterate over all files below a folder, in order; links are not followed."""
    waiting = [str(folder)]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                else:
                    yield Path(entry.path)


def read_text(path: Path, error: type[HandoutError], root: Path | None = None) -> str:
    """Read UTF-8 text with its line ends as `\\n` and without a byte order mark.

    Raises `error` where the file is missing, unreadable, too large, or not UTF-8
    text, or where it lies outside of `root`.
    """
    where = shown(path)
    raw = read_bytes(path, error, root)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        ends = problem.reason == "unexpected end of data"
        step = f"save the file as UTF-8{', or is it cut short?' if ends else ''}"
        raise error(f"{where}:{line}", "this is not UTF-8", step) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if bad := unreadable_character(text):
        at, what = bad
        raise error(f"{where}:{text.count(chr(10), 0, at) + 1}", what, "delete it")
    conflict = re.search(r"^(<{7}|>{7})( |$)", text, re.MULTILINE)
    if conflict:
        line = text.count("\n", 0, conflict.start()) + 1
        raise error(f"{where}:{line}", "has an unresolved merge conflict", "resolve it")
    return text


def write_atomically(
    path: Path,
    data: bytes | Iterable[bytes | memoryview],
    root: Path | None = None,
    lasting: bool = True,
) -> None:
    """Put `data` at `path` so that a reader sees the old file or the new one, never a part.

    It may come in pieces. What is not `lasting` may be lost, or cut off, where the power
    fails soon after; whoever reads it has to notice. Raises ConfigurationError where that
    cannot be done, or where the folder lies outside of `root` once symbolic links are
    followed.
    """
    _put([(path, data)], root, lasting)


def write_changed(path: Path, data: bytes, root: Path | None = None) -> bool:
    """Write a file as `write_atomically` does, unless it has this content; return whether."""
    if holds(path, data):
        return False
    write_atomically(path, data, root)
    return True


def write_together(files: Iterable[tuple[Path, bytes]], root: Path) -> None:
    """Put files at their paths as `write_atomically` does each of them.

    The disk is waited for by several at a time, not file after file.
    """
    waiting = iter(files)
    while some := list(islice(waiting, MOST_TOGETHER)):
        _put(some, root, lasting=True)


def _put(
    files: Sequence[tuple[Path, bytes | Iterable[bytes | memoryview]]],
    root: Path | None,
    lasting: bool,
) -> None:
    """Write files beside their paths, then rename them into place once all are whole."""
    for folder, path in {path.parent: path for path, _ in files}.items():
        if root is not None and leaves(folder, root):
            raise ConfigurationError(
                shown(path), f"leads out of {shown(root)}/", "put a folder there, not a link"
            )
        names = {path.name for path, _ in files if path.parent == folder}
        with suppress(OSError), os.scandir(folder) as entries:
            for part in [entry for entry in entries if entry.name.endswith(".part")]:
                if (found := _PART.fullmatch(part.name)) and found[1] in names:
                    _clear(Path(part.path))
    written: list[tuple[int, Path]] = []
    try:
        for path, data in files:
            written.append(_write_beside(path, data))
        if lasting:
            _make_last([handle for handle, _ in written])
        for (path, _), (_, beside) in zip(files, written, strict=True):
            beside.replace(path)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise ConfigurationError(
            shown(path), f"cannot be written ({reason})", "check the folder and its permissions"
        ) from None
    finally:
        for handle, beside in written:
            os.close(handle)
            beside.unlink(missing_ok=True)  # Where it did not take its place.


def _write_beside(path: Path, data: bytes | Iterable[bytes | memoryview]) -> tuple[int, Path]:
    """Write data into a new file beside a path; return its open handle and its path."""
    import fcntl
    import tempfile

    make_folder(path.parent)
    while True:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        # Held as long as it is written: `clear_parts` takes only those that nobody holds.
        with suppress(OSError):  # Not every file system has locks.
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            break
        os.close(handle)
    try:
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.writelines((data,) if isinstance(data, bytes) else data)
        os.chmod(handle, 0o644)  # noqa: PTH101 - a handle
    except BaseException:
        os.close(handle)
        Path(name).unlink(missing_ok=True)
        raise
    return handle, Path(name)


#: How a file is called while it is written.
_PART = re.compile(r"\.(.+)\.[a-z0-9_]{8}\.part")


def clear_parts(folder: Path) -> None:
    """Delete what commands that were killed have left below a folder."""
    for path in files_below(folder):
        if _PART.fullmatch(path.name):
            _clear(path)


def _clear(path: Path) -> None:
    """Delete a part of a file, unless somebody writes it."""
    import fcntl

    with suppress(OSError):
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
        finally:
            os.close(handle)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where there is none: all can read it, whatever the umask.

    What is published is for a web server, which runs as another user.
    """
    if not path.is_dir():
        if not path.parent.exists():
            make_folder(path.parent)
        path.mkdir(exist_ok=True)
        path.chmod(stat.S_IMODE(path.stat().st_mode) | 0o755)


def _make_last(handles: Sequence[int]) -> None:
    """Wait until the disk has what was written: for several files at a time."""
    if len(handles) == 1:
        os.fsync(handles[0])
        return
    from concurrent.futures import ThreadPoolExecutor

    # Each thread may reserve 64 MB of addresses, which count where workers are forked and bounded.
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(os.fsync, handles))
