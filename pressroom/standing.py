"""Tell whether all stands as the last build left it, without reading a single word.

Where no file that a build reads or made has another stamp, and no date is judged
otherwise than then, there is nothing to do, and the report is at hand. So it is with
most builds of a large site: they load next to nothing, and open no ledger.
"""

from __future__ import annotations

import json
import os
import sys
import time
from array import array
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import __version__
from .files import shown, write_atomically
from .lock import FOLDER, locked, require_own
from .stamps import Stamp, packed, stamp_at, unaltered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .model import Report

REPORT = "report.json"
#: The report of a run that finds nothing to do, made beforehand.
READY = f"{FOLDER}/standing.json"
#: Its stamp, when it was last written.
_STAMP = f"{FOLDER}/standing.stamp"
#: What reading a file raises that is not what was written.
_DAMAGED = (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError)
#: What a run that left nothing to do has seen: a line of JSON, then names, then their stamps.
_SEEN = f"{FOLDER}/standing.stamps"


def place_of(handouts: Path, clinic: str) -> str:
    """Say from where a site is named in findings, and which of its clinics it is built for."""
    return f"{shown(handouts)} {clinic}"


def circumstances(handouts: Path, clinic: str) -> list[str]:
    """Say under which circumstances a build ran, as far as no file of it tells them."""
    fonts = os.environ.get("PRESSROOM_FONTS", "")
    return [__version__, sys.prefix, __file__, place_of(handouts, clinic), fonts]


class Standing:
    """A build that found nothing to do."""

    def __init__(self, counts: Mapping[str, int], said: bytes, seconds: float) -> None:
        self._counts = counts
        #: What it says, as JSON: read when it is asked for.
        self._said = said
        self._seconds = seconds

    def count(self, result: str) -> int:
        """Count the leaflets with this result."""
        return self._counts.get(result, 0)

    def report(self) -> Report | None:
        """Give its report; None where what was made ready is damaged."""
        from .model import Finding, Remark, Report

        try:
            said = json.loads(self._said)
            return Report(
                engine=said["engine"],
                leaflets=(),
                seconds=self._seconds,
                counts=dict(said["counts"]),
                drafts=int(said["drafts"]),
                remarks=tuple(Remark(Finding(*one), *rest) for one, *rest in said["remarks"]),
            )
        except _DAMAGED:
            return None


def recall(handouts: Path, out: Path, day: date, clinic: str = "") -> Standing | None:
    """Give the build that has nothing to do; None where there may be something."""
    started = time.monotonic()
    require_own(out)
    try:
        with (out / _SEEN).open("rb") as file:
            facts = json.loads(file.readline())
            if facts["circumstances"] != circumstances(handouts, clinic):
                return None
            if not facts["since"] <= day.isoformat() < facts["until"]:
                return None
            counts = {str(result): int(count) for result, count in facts["counts"].items()}
            said = file.readline()
            names = file.read(facts["names"]).split(b"\0")
            stamps = array("q", file.read())
        if not _is_untouched(out) or not _unaltered(handouts, out, facts["folders"], names, stamps):
            return None
        with locked(out):
            seconds = time.monotonic() - started
            _put_report(out, seconds)
    except (OSError, *_DAMAGED):
        return None  # Whatever is wrong there, a build that looks at everything says it.
    return Standing(counts, said, seconds)


def _unaltered(
    handouts: Path, out: Path, folders: list[Any], names: list[bytes], stamps: array[int]
) -> bool:
    """Tell whether all files stand as they were seen."""
    places = {"site": str(handouts), "out": str(out)}
    at = 0
    for place, count in folders:
        end = at + count
        if not unaltered(places.get(place, "/"), names[at:end], stamps[at * 3 : end * 3]):
            return False
        at = end
    return True


def _put_report(out: Path, seconds: float) -> None:
    """Publish the report that was made beforehand, with the seconds that this run took."""
    ready = out / READY
    with ready.open("r+b") as file:
        mark = b'"seconds": '
        file.seek(file.read(2048).index(mark) + len(mark))
        # In the room that is kept for it, so that this is one small write.
        file.write(f"{seconds:<9.3f}".encode())
    if not _is_linked(ready, out / REPORT):
        beside = out / FOLDER / f".{REPORT}.part"
        beside.unlink(missing_ok=True)
        try:
            beside.hardlink_to(ready)
        except OSError:  # A file system without links.
            beside.write_bytes(ready.read_bytes())
        beside.replace(out / REPORT)
    keep_ready(out)


def _is_linked(ready: Path, report: Path) -> bool:
    """Tell whether the published report is the one that was made beforehand."""
    try:
        return ready.samefile(report) and not report.is_symlink()
    except OSError:
        return False


def keep_ready(out: Path) -> None:
    """Record the stamp of the report that was made beforehand.

    It is the published one, by a link: whoever writes into that changes what is kept.
    """
    (out / _STAMP).write_text(str(stamp_at(out / READY)), encoding="ascii")


def _is_untouched(out: Path) -> bool:
    """Tell whether nobody has written into the report that was made beforehand."""
    return (out / _STAMP).read_text(encoding="ascii") == str(stamp_at(out / READY))


def remember(
    handouts: Path,
    out: Path,
    facts: Mapping[str, Any],
    said: Mapping[str, Any],
    inputs: Iterable[tuple[str, Stamp]],
    files: Iterable[tuple[str, Stamp]],
) -> None:
    """Record what a run that left nothing to do has seen, for `recall`.

    `facts` are its circumstances, the days between which its dates hold, and its counts;
    `said` is what it says of the site. `inputs` come by their absolute paths, the files
    that were published by their paths below `out`, each with its stamp.
    """
    site = f"{handouts.absolute()}/"
    below: dict[str, list[tuple[str, Stamp]]] = {"site": [], "": [], "out": list(files)}
    for path, stamp in inputs:
        inside = f"{path}/".startswith(site)
        name = path[len(site) :] or "." if inside else path[1:]
        below["site" if inside else ""].append((name, stamp))
    found = [one for place in below.values() for one in place]
    names = b"\0".join(os.fsencode(name) for name, _ in found)
    folders = [(place, len(some)) for place, some in below.items()]
    head = json.dumps({**facts, "folders": folders, "names": len(names)})
    lines = f"{head}\n{json.dumps(said)}\n".encode()
    stamps = packed(stamp for _, stamp in found).tobytes()
    write_atomically(out / _SEEN, (lines, names, stamps), out)
