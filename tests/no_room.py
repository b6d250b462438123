"""Run a command whose pages are their HTML, under a limit of the kernel; see `test_no_room.py`.

    python -m tests.no_room BYTES COMMAND…

No file may become larger than so many bytes, where they are not 0: what is written
beyond that fails as it does on a full disk.
"""

from __future__ import annotations

import resource
import sys

import pipeline
from pressroom.build import cluster, render
from tests.conftest import Inline
from tests.killed import page


def main(most: int, *arguments: str) -> None:
    """Run the command."""
    render.set_and_judge = page
    cluster.WorkerPool = Inline  # type: ignore[assignment,misc]
    if most:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    pipeline.handouts([*arguments, "--today", "2026-12-01"])


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
