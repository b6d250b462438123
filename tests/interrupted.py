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
from types import ModuleType
from typing import Any

import pipeline
from pressroom.build import render, run
from pressroom.build.output import Output
from pressroom.build.prepare import Preparer
from pressroom.build.report import Summary
from pressroom.core import files
from pressroom.leaflet import site
from tests.killed import page

#: What is interrupted, by phase: where it is called from, its name, and at which call.
PHASES: dict[str, tuple[Any, str, int]] = {
    "reading": (site, "read_house", 1),
    "surveying": (run, "survey", 1),
    "preparing": (Preparer, "_leaflet", 30),
    "rendering": (Output, "publish", 20),
    "publishing": (files, "_write_beside", 40),
    "the rack": (run, "write_rack", 1),
    "the report": (Summary, "write", 1),
}
SLOW = "slow-"


def slow_page(job: render.Job) -> render.RenderResult:
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
    render.set_and_judge = slow_page
    # Workers need nothing of what a fork would have loaded for them.
    sys.modules["pressroom.build.preload"] = ModuleType("preload")
    interrupt_at(*PHASES[phase], getattr(signal, sign))
    pipeline.handouts(["build", "--today", "2026-12-01", "--jobs", "3"])


if __name__ == "__main__":
    main(*sys.argv[1:])
