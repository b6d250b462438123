"""Tell which files are as they were without reading them: names and their stamps -> what differs.

A stamp is what a file's status says of its content. The time of its last change
cannot be set by hand: what takes a file's place under its size and time has another.

Loads next to nothing: a build that finds nothing to do comes no further than here.
"""

from __future__ import annotations

import os
from itertools import chain
from operator import attrgetter

from .processors import processors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    #: The absolute path of a folder, names of files below it, and their stamps end to end.
    Lot = tuple[str, Sequence[bytes], memoryview[int]]

#: Size in bytes, time of the content and time of the last change, both in nanoseconds since 1970.
Stamp = tuple[int, int, int]

#: Give the stamp of a status.
stamp_of: Callable[[os.stat_result], Stamp] = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns")

#: How many numbers a stamp has, and of how many files they are compared at a time.
_NUMBERS, _CHUNK = 3, 1000
#: Of fewer files, a process alone tells as soon as several would.
_FEW = 4 * _CHUNK


def status_of(
    path: str | bytes | os.PathLike[str], folder: int | None = None
) -> os.stat_result | None:
    """Give the status of what a path leads to, or of a link that leads to nothing."""
    for look in (os.stat, os.lstat):
        try:
            return look(path, dir_fd=folder)
        except (OSError, ValueError):
            continue
    return None


def stamp_at(path: str | os.PathLike[str]) -> Stamp | None:
    """Give the stamp of a file; None where there is none."""
    status = status_of(path)
    return None if status is None else stamp_of(status)


def packed(stamps: Iterable[Stamp]) -> bytes:
    """Lay stamps end to end, as `unpacked` gives them."""
    from array import array

    return array("q", chain.from_iterable(stamps)).tobytes()


def unpacked(stamps: bytes | bytearray) -> memoryview[int]:
    """Give the numbers of stamps that were laid end to end. Raises TypeError for a part of one."""
    return memoryview(stamps).cast("q")


def altered(lots: Sequence[Lot], alone: bool = False) -> list[tuple[int, int]]:
    """Give the files that have other stamps: number of the lot, and of the name in it.

    Of many files, all processors look at their share, unless this process is to do it
    `alone`: of ten thousand leaflets there are forty thousand. Raises OSError where a
    folder is not there.
    """
    chunks = [
        (lot, at) for lot, (_, names, _) in enumerate(lots) for at in range(0, len(names), _CHUNK)
    ]
    many = len(chunks) * _CHUNK > _FEW and hasattr(os, "fork")
    workers = processors() if many and not alone else 1
    if workers == 1:
        return [found for lot, at in chunks for found in _compare(lots[lot], lot, at)]
    hearing = [_ask(lots, chunks[number::workers]) for number in range(workers)]
    answers = [_hear(*one) for one in hearing]
    if None in answers:
        raise OSError("what looks at files was ended")
    numbers = [number for answer in answers for number in answer or ()]
    return sorted(zip(numbers[::2], numbers[1::2], strict=True))


def _ask(lots: Sequence[Lot], chunks: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Let a process of its own compare chunks. Give its number, and the pipe of its answer."""
    hears, says = os.pipe()
    process = os.fork()
    if process:
        os.close(says)
        return process, hears
    done = 1  # Whatever happens, this process does not go on as its parent does.
    try:
        os.close(hears)
        found = [one for lot, at in chunks for one in _compare(lots[lot], lot, at, os.fchdir)]
        with open(says, "wb") as pipe:
            pipe.write(" ".join(map(str, chain.from_iterable(found))).encode())
        done = 0
    finally:
        os._exit(done)


def _hear(process: int, pipe: int) -> list[int] | None:
    """Wait for the answer of a process; None where it ended without one."""
    with open(pipe, "rb") as file:
        said = file.read()
    _, status = os.waitpid(process, 0)
    return None if status else [int(number) for number in said.split()]


def _compare(
    lot: Lot, number: int, at: int, go: Callable[[int], object] | None = None
) -> list[tuple[int, int]]:
    """Compare a chunk of a lot, whose number is given, too.

    A process that may `go` to the folder is quicker: no path is looked up from elsewhere.
    """
    folder, names, stamps = lot
    names = names[at : at + _CHUNK]
    known = stamps[at * _NUMBERS : (at + _CHUNK) * _NUMBERS].tolist()
    handle = os.open(folder, os.O_RDONLY)
    try:
        if go is not None:
            go(handle)
            look: Callable[[bytes], os.stat_result] = os.stat
        else:

            def look(name: bytes) -> os.stat_result:
                return os.stat(name, dir_fd=handle)

        try:
            # No loop here is Python's own.
            if list(chain.from_iterable(map(stamp_of, map(look, names)))) == known:
                return []
        except (OSError, ValueError):
            pass  # One of them is not there, or a link that leads to nothing.
        return [
            (number, at + n)
            for n, name in enumerate(names)
            if (status := status_of(name, handle)) is None
            or [*stamp_of(status)] != known[n * _NUMBERS : (n + 1) * _NUMBERS]
        ]
    finally:
        os.close(handle)
