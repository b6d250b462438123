"""Build a site and be interrupted in the middle; run by `test_losing_nothing.py`.

    python -m tests.interrupted PHASE SIGNAL

It interrupts itself when it has come so far. Two workers are at work on leaflets
that take five minutes each, so that whoever waits for them is late.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import pipeline
from pressroom import files, press, site, works
from pressroom.prepare import Preparer
from pressroom.publisher import Publisher
from tests.killed import page

#: What is interrupted, by phase: where it is called from, its name, and at which call.
PHASES: dict[str, tuple[Any, str, int]] = {
    "reading": (site, "read_house", 1),
    "surveying": (works, "survey", 1),
    "preparing": (Preparer, "_leaflet", 30),
    "rendering": (Publisher, "settle", 20),
    "publishing": (files, "_write_beside", 40),
    "the rack": (works, "write_rack", 1),
    "the report": (works, "settle", 1),
}
SLOW = "slow-"


def slow_page(job: press.Job) -> press.Printed:
    """Set a page; some take five minutes."""
    if job.wanted.topic.startswith(SLOW):
        time.sleep(300)
    return page(job)


def interrupt_at(room: Any, name: str, call: int, number: int) -> None:
    """Send a signal to this process in the middle of the call of that number."""
    real: Callable[..., Any] = getattr(room, name)
    calls = 0

    def interrupted(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            os.kill(os.getpid(), number)
        return real(*arguments, **named)

    setattr(room, name, interrupted)


def main(phase: str, sign: str) -> None:
    """Build, and be interrupted."""
    press.set_and_judge = slow_page
    press.executor = lambda workers: press._pool(workers, "fork")
    interrupt_at(*PHASES[phase], getattr(signal, sign))
    pipeline.handouts(["build", "--today", "2026-12-01", "--jobs", "3"])


if __name__ == "__main__":
    main(*sys.argv[1:])
