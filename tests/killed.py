"""Kill builds of a site at random moments; run by `test_losing_nothing.py` in a process of its own.

    python -m tests.killed FOLDER TIMES

Each build is a fork of this process, so that none has to load anything. Pages are
their HTML, so that a build takes a moment.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from pressroom.build import render
from pressroom.build.cache import Store
from pressroom.build.run import Scope, publish
from pressroom.core.model import Shown, Verdict
from tests.conftest import Inline
from tests.support import TODAY, Site

NAME = "sore-throat"


def page(job: render.Job) -> render.RenderResult:
    """Set a page that is nothing but its HTML."""
    shown = tuple(Shown(notice.id, 1, 12.0, True) for notice in job.leaflet.notices)
    data = b"%PDF-1.7\n" + job.html.encode("utf-8")
    thumb = {f"rack/thumbs/{job.wanted.stem}.png": data[:900]}
    return render.RenderResult(data, Verdict(1, shown, ()), 12.0, thumb)


def build(site: Site, out: str) -> None:
    """Build the site in this process, without its store."""
    words = site.words(TODAY)
    store = Store(site.folder / out / "s")
    publish(words, site.folder / out, Scope(force=False), Inline(), store=store)


def standing(site: Site, out: str) -> dict[str, bytes]:
    """Return every file that was published."""
    folder = site.folder / out
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not {".pressroom", "s"} & set(path.relative_to(folder).parts)
        and path.name != "report.json"
    }  # fmt: skip


def main(folder: str, times: int) -> None:
    """Kill that many builds. Fail where a file is ever less than whole."""
    render.set_and_judge = page
    site = Site(Path(folder))
    os.chdir(folder)
    chance = random.Random(5)
    whole: dict[str, set[bytes]] = {}
    for number in (2, 3):
        _edit(site, number)
        build(site, f"whole-{number}")
        for name, data in standing(site, f"whole-{number}").items():
            whole.setdefault(name, set()).add(data)
    started = time.monotonic()
    build(site, "timed")
    takes = time.monotonic() - started
    killed = 0
    for round_ in range(times):
        _edit(site, 2 + round_ % 2)
        child = os.fork()
        if child == 0:
            build(site, "dist")
            os._exit(0)
        time.sleep(chance.uniform(0, 0.7 * takes))
        os.kill(child, signal.SIGKILL)
        if os.waitpid(child, 0)[1] == signal.SIGKILL:
            killed += 1
        else:
            takes *= 0.8  # The machine is less busy than when the time was taken.
        for name, data in standing(site, "dist").items():
            if not name.endswith(".part") and name.endswith((".pdf", ".png")):
                assert data in whole[name], f"{name} is not whole"
    _edit(site, 2)
    build(site, "dist")
    found: Any = standing(site, "dist")
    assert found == standing(site, "whole-2"), {
        name for name in found.keys() | whole.keys() if found.get(name) not in whole.get(name, ())
    }
    print(f"killed {killed} of {times}")


def _edit(site: Site, days: int) -> None:
    """Write another number of days into the source."""
    name = f"topics/{NAME}/topic.md"
    text = site.read(name)
    site.write(name, text.replace("Rest for 2 days.", f"Rest for {days} days.")
               .replace("Rest for 3 days.", f"Rest for {days} days."))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
