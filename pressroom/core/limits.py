"""Bound the time and memory of a block of work, as a context manager."""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: Seconds after the limit at which a process ends that no exception reaches.
GRACE = 10


class OutOfTimeError(Exception):
    """A leaflet took longer than its limit."""


def _out_of_time(_signal: int, _frame: Any) -> None:
    raise OutOfTimeError


@contextmanager
def within_time(seconds: int) -> Iterator[None]:
    """Raise OutOfTimeError in work that takes longer; only the main thread can be bounded.

    It is raised again and again: a library may catch the first one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    old_handler = signal.signal(signal.SIGALRM, _out_of_time)
    signal.setitimer(signal.ITIMER_REAL, seconds, GRACE / 4)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old_handler)


@contextmanager
def within_limits(seconds: int, megabytes: int) -> Iterator[None]:
    """Bound time and memory of a worker; what Python cannot interrupt ends it GRACE seconds on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = megabytes * 1024 * 1024
    with open(os.devnull, "w") as nowhere, within_time(seconds):  # noqa: PTH123
        faulthandler.dump_traceback_later(seconds + GRACE, exit=True, file=nowhere)
        resource.setrlimit(
            resource.RLIMIT_AS,
            (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard),
        )
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
            faulthandler.cancel_dump_traceback_later()
