"""Measure a command as a whole: its arguments -> wall time, CPU time, memory of its processes."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

#: How often memory is looked at, in seconds.
INTERVAL = 0.1


class BenchmarkError(Exception):
    """A command that was to be measured did not end well."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a command took."""

    wall_s: float
    #: Of the process and of all that it waited for.
    cpu_s: float
    #: Most memory of all its processes at a time, shared pages counted once (PSS).
    peak_mb: float


def measure(
    arguments: Iterable[str | Path],
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    only: str = "",
) -> Run:
    """Run a command to its end.

    `only` names the programs whose memory counts, by a part of their command line.
    Raises BenchmarkError, with what was said, where it fails.
    """
    words = [str(word) for word in arguments]
    with tempfile.TemporaryFile() as said:
        before = time.monotonic()
        process = subprocess.Popen(
            words, cwd=cwd, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
        over, peak = Event(), [0.0]
        watcher = Thread(target=_watch, args=(process.pid, only, over, peak), daemon=True)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - before
        process.returncode = os.waitstatus_to_exitcode(status)
        over.set()
        watcher.join()
        if process.returncode:
            said.seek(0)
            end = said.read().decode(errors="replace")[-2000:]
            raise BenchmarkError(f"{words[0]} ended with {process.returncode}:\n{end}")
    return Run(wall, usage.ru_utime + usage.ru_stime, peak[0])


def _watch(pid: int, only: str, over: Event, peak: list[float]) -> None:
    while not over.wait(INTERVAL):
        peak[0] = max(peak[0], sum(_pss_mb(one, only) for one in _tree(pid)))


def _tree(pid: int) -> list[int]:
    """Return a process and all that descend from it, as far as they are still there."""
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            try:
                parent = Path(entry.path, "stat").read_text().rpartition(")")[2].split()[1]
            except (OSError, IndexError):
                continue
            children.setdefault(int(parent), []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def _pss_mb(pid: int, only: str) -> float:
    """Return the memory of a process in megabytes: what it shares counts by its share."""
    try:
        if only and only not in Path(f"/proc/{pid}/cmdline").read_text(errors="replace"):
            return 0.0
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().split("\n"):
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except (OSError, ValueError):
        pass
    return 0.0


def medians(runs: Iterable[Run]) -> Run:
    """Return the median of each figure."""
    runs = list(runs)
    return Run(
        statistics.median(run.wall_s for run in runs),
        statistics.median(run.cpu_s for run in runs),
        statistics.median(run.peak_mb for run in runs),
    )
