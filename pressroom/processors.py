"""Count the processors that there are to work with. Loads next to nothing."""

from __future__ import annotations

import os


def processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
