"""Tell whether all stands as the last build left it, without reading a single word.

Where no file that a build reads or made has another stamp, and no date is judged
otherwise than then, there is nothing to do, and the report is at hand. So it is with
most builds of a large site: they load next to nothing, and open no ledger.

| file below `.pressroom/` | holds |
|---|---|
| `standing.stamps` | what a run that left nothing to do has seen |
| `standing.json` | the report of the next such run, which it publishes by a link |
| `standing.stamp` | the stamp of that report: whoever alters the published one alters it |
"""

from __future__ import annotations

import os
import sys
import time

from . import __version__
from .lock import FOLDER, locked, require_own
from .place import below_here
from .stamps import altered, packed, stamp_at, unpacked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from .stamps import Lot, Stamp

    #: A path as it was named.
    Named = str | os.PathLike[str]

REPORT = "report.json"
#: The report of a run that finds nothing to do, made beforehand.
READY = f"{FOLDER}/standing.json"
_STAMP = f"{FOLDER}/standing.stamp"
_SEEN = f"{FOLDER}/standing.stamps"

#: Stands for the seconds of a run.
SECONDS = "\x01"
#: What reading a file raises that is not what was written.
_DAMAGED = (IndexError, OverflowError, TypeError, ValueError)
#: Where names begin: at the site, at the root of the machine, at the output folder.
_ROOMS = ("site", "", "out")


def place_of(handouts: Named, clinic: str) -> str:
    """Say from where a site is named in findings, and which of its clinics it is built for."""
    name = below_here(handouts)
    if name is None:
        from pathlib import Path

        from .files import shown

        name = shown(Path(handouts))
    return f"{name} {clinic}"


def _circumstances(handouts: Named, clinic: str) -> list[str]:
    """Say under which circumstances a build ran, as far as no file of it tells them."""
    fonts = os.environ.get("PRESSROOM_FONTS", "")
    return [__version__, sys.prefix, __file__, place_of(handouts, clinic), fonts]


class Standing:
    """What a build comes to that finds nothing to do."""

    __slots__ = ("_said", "failed", "seconds", "told", "withheld")

    def __init__(self, failed: int, withheld: int, told: str, said: str) -> None:
        #: Leaflets that have failed, and that are withheld.
        self.failed = failed
        self.withheld = withheld
        #: What it tells on stderr.
        self.told = told
        self._said = said
        #: How long it took.
        self.seconds = 0.0

    @property
    def said(self) -> str:
        """Give what it says on stdout."""
        return self._said.replace(SECONDS, f"{self.seconds:.1f}")

    @property
    def parts(self) -> tuple[str, ...]:
        """Give what it is made of, as text."""
        return (str(self.failed), str(self.withheld), self.told, self._said)

    def code(self, strict: bool) -> int:
        """Give the exit code."""
        return 1 if self.failed or (strict and self.withheld) else 0


class Record:
    """What a run that left nothing to do has seen."""

    __slots__ = ("days", "names", "own", "rooms", "stamps", "standing")

    def __init__(
        self,
        own: list[str],
        days: tuple[str, str],
        standing: Standing,
        rooms: Sequence[int],
        names: list[bytes],
        stamps: bytes,
    ) -> None:
        #: Its circumstances.
        self.own = own
        #: The first day on which dates are judged as they were, and the first on which they are
        #: not (ISO 8601).
        self.days = days
        self.standing = standing
        #: How many files there are below each of `_ROOMS`, in that order.
        self.rooms = rooms
        self.names = names
        self.stamps = stamps

    def span(self, room: str) -> range:
        """Give the numbers of the files below a place."""
        number = _ROOMS.index(room)
        start = sum(self.rooms[:number])
        return range(start, start + self.rooms[number])

    def altered(self, folders: dict[str, Named], alone: bool = False) -> list[tuple[str, str]]:
        """Give the files that do not stand as they were seen: `site`, `out` or nothing, and name.

        `folders` are those to look at, by these names. Raises OSError.
        """
        stamps = unpacked(self.stamps)
        lots: list[Lot] = []
        for room, folder in folders.items():
            at = self.span(room)
            some = stamps[at.start * 3 : at.stop * 3]
            lots.append((os.path.abspath(folder), self.names[at.start : at.stop], some))
        rooms = list(folders)
        return [(rooms[lot], os.fsdecode(lots[lot][1][n])) for lot, n in altered(lots, alone)]

    def _place(self, room: str, name: str) -> int:
        """Give the number of a file. Raises ValueError for one that it does not have."""
        at = self.span(room)
        return self.names.index(os.fsencode(name), at.start, at.stop)

    def stamp(self, room: str, name: str) -> Stamp | None:
        """Give the stamp that a file had; None for one that was not seen."""
        try:
            at = self._place(room, name) * 3
        except ValueError:
            return None
        size, mtime_ns, ctime_ns = unpacked(self.stamps)[at : at + 3]
        return size, mtime_ns, ctime_ns

    def renew(self, stamps: dict[tuple[str, str], Stamp], standing: Standing) -> bool:
        """Take other stamps in, and what a build comes to now; not for files that are not there."""
        numbers = unpacked(bytearray(self.stamps))
        try:
            for place, stamp in stamps.items():
                at = self._place(*place) * 3
                numbers[at : at + 3] = unpacked(packed([stamp]))
        except ValueError:
            return False
        self.stamps, self.standing = numbers.tobytes(), standing
        return True

    def data(self) -> tuple[bytes, ...]:
        """Give what stands in its file."""
        parts = (*self.own, *self.days, *self.standing.parts, *map(str, self.rooms))
        head = "\0".join(part.replace("\0", "?") for part in parts).encode("utf-8", "replace")
        names = b"\0".join(self.names)
        return f"{len(head)} {len(names)}\n".encode(), head, names, self.stamps


def read_record(handouts: Named, out: Named, clinic: str) -> Record | None:
    """Read what the last build has seen; None where it ran under other circumstances.

    Raises OSError, or what a damaged file raises.
    """
    with open(os.path.join(out, _SEEN), "rb") as file:
        sizes = [int(size) for size in file.readline(100).split()]
        head, names = file.read(sizes[0]).decode().split("\0"), file.read(sizes[1])
        stamps = file.read()
    own = _circumstances(handouts, clinic)
    if head[: len(own)] != own:
        return None
    since, until, failed, withheld, told, said, *rooms = head[len(own) :]
    standing = Standing(int(failed), int(withheld), told, said)
    counts = [int(n) for n in rooms]
    return Record(own, (since, until), standing, counts, names.split(b"\0"), stamps)


class Look:
    """What a site was found to be, beside what the last build has seen of it."""

    __slots__ = ("odd", "record")

    def __init__(self, record: Record, odd: list[str]) -> None:
        self.record = record
        #: Files and folders of the site that are not as they were: names below it.
        self.odd = odd


#: What was looked at before the commands were loaded, by site, output folder, day and clinic.
_looked: dict[tuple[str, str, str, str], Look | None] = {}


def look(handouts: Named, out: Named, day: str, clinic: str = "") -> Standing | Look | None:
    """Give the build that has nothing to do; or else what is odd, where that can be told.

    `day` is the one by which dates are judged (ISO 8601). What was made is looked at only
    where nothing is odd of what is read. Raises ConfigurationError for an output folder in
    which something stands for the engine's own files.
    """
    started = time.monotonic()
    key = (os.fspath(handouts), os.fspath(out), day, clinic)
    if key in _looked:
        return _looked.pop(key)
    require_own(out)
    try:
        record = read_record(handouts, out, clinic)
        if record is None or not record.days[0] <= day < record.days[1] or not _is_untouched(out):
            return None
        if odd := record.altered({"site": handouts, "": "/"}):
            inside = [name for room, name in odd if room == "site"]
            return Look(record, inside) if len(inside) == len(odd) else None
        if record.altered({"out": out}):
            return None
        with locked(out):
            record.standing.seconds = time.monotonic() - started
            _put_report(out, record.standing.seconds)
    except (OSError, *_DAMAGED):
        return None  # Whatever is wrong there, a build that looks at everything says it.
    return record.standing


def look_ahead(handouts: Named, out: Named, day: str, clinic: str) -> Standing | None:
    """Look before the commands are loaded; what is found to be odd is kept for these."""
    _looked.clear()
    found = look(handouts, out, day, clinic)
    if isinstance(found, Standing):
        return found
    _looked[os.fspath(handouts), os.fspath(out), day, clinic] = found
    return None


def _put_report(out: Named, seconds: float) -> None:
    """Publish the report that was made beforehand, with the seconds that this run took."""
    ready, report = os.path.join(out, READY), os.path.join(out, REPORT)
    with open(ready, "r+b") as file:
        mark = b'"seconds": '
        file.seek(file.read(2048).index(mark) + len(mark))
        # In the room that is kept for it, so that this is one small write.
        file.write(f"{seconds:<9.3f}".encode())
    if not _is_linked(ready, report):
        publish_by_link(ready, report, out)
    keep_ready(out)


def publish_by_link(ready: str, report: str, out: Named) -> None:
    """Let a report stand published that was made beforehand."""
    beside = os.path.join(out, FOLDER, f".{REPORT}.part")
    if os.path.lexists(beside):
        os.unlink(beside)
    try:
        os.link(ready, beside)
    except OSError:  # A file system without links.
        with open(ready, "rb") as source, open(beside, "wb") as target:
            target.write(source.read())
    os.replace(beside, report)


def _is_linked(ready: str, report: str) -> bool:
    """Tell whether the published report is the one that was made beforehand."""
    try:
        return os.path.samefile(ready, report) and not os.path.islink(report)
    except OSError:
        return False


def keep_ready(out: Named) -> None:
    """Record the stamp of the report that was made beforehand."""
    with open(os.path.join(out, _STAMP), "w", encoding="ascii") as file:
        file.write(str(stamp_at(os.path.join(out, READY))))


def _is_untouched(out: Named) -> bool:
    """Tell whether nobody has written into the report that was made beforehand."""
    with open(os.path.join(out, _STAMP), encoding="ascii") as file:
        return file.read(200) == str(stamp_at(os.path.join(out, READY)))


def remember(
    handouts: Path,
    out: Path,
    clinic: str,
    days: tuple[str, str],
    standing: Standing,
    inputs: Iterable[tuple[str, Stamp]],
    files: Iterable[tuple[str, Stamp]],
) -> None:
    """Record what a run that left nothing to do has seen, for `look`.

    `days` are those between which its dates hold. `inputs` come by their absolute paths,
    the files that were published by their paths below `out`, each with its stamp.
    """
    site = f"{handouts.absolute()}/"
    below: dict[str, list[tuple[str, Stamp]]] = {"site": [], "": [], "out": list(files)}
    for path, stamp in inputs:
        inside = f"{path}/".startswith(site)
        name = path[len(site) :] or "." if inside else path[1:]
        below["site" if inside else ""].append((name, stamp))
    found = [one for room in _ROOMS for one in below[room]]
    record = Record(
        _circumstances(handouts, clinic),
        days,
        standing,
        [len(below[room]) for room in _ROOMS],
        [os.fsencode(name) for name, _ in found],
        packed(stamp for _, stamp in found),
    )
    put_record(out, record)


def put_record(out: Path, record: Record) -> None:
    """Record what was seen."""
    from .files import write_atomically

    write_atomically(out / _SEEN, record.data(), out, lasting=False)
