"""SIGINT and SIGTERM -> KeyboardInterrupt, or the end of a server."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Exit code of what was interrupted.
EXIT_INTERRUPTED = 130


def _give_up(*_: object) -> None:
    # Whoever interrupts twice does not want to wait; files are replaced whole or not at all.
    os._exit(EXIT_INTERRUPTED)


def _interrupt(*_: object) -> None:
    signal.signal(signal.SIGINT, _give_up)
    signal.signal(signal.SIGTERM, _give_up)
    raise KeyboardInterrupt


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt in the block on a service manager's signal, as on Ctrl-C.

    A second signal ends the process at once. What is ignored stays so: a shell's background
    jobs are told to ignore Ctrl-C.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    heard = {number: how for number, how in before.items() if how is not signal.SIG_IGN}
    for number in heard:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, how in heard.items():
            signal.signal(number, how)


def exit_on_terminate() -> None:
    """Exit with 0 on SIGTERM, which ends a server as it should: workers end with it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
