"""Run `handouts` as it is, without its preflight, or without setting anything.

    python -m benchmarks.batch.ours unjudged|unset ARGUMENTS…
    python -m benchmarks.batch.ours renders COUNT

`unjudged` shows what setting alone costs; `unset` makes the ledger of a large
site without its pages; `renders` prints the memory of a worker as it goes on.
Neither is an option of the command: a leaflet is never published unjudged.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from pressroom.build import cluster, render
from pressroom.build.workers import WorkerPool
from pressroom.core.model import Leaflet, Proof, Shown, Verdict


def _all_proven(leaflet: Leaflet, pages: int) -> Verdict:
    shown = tuple(Shown(notice.id, 1, 12.0, True) for notice in leaflet.notices)
    return Verdict(pages, shown, ())


def unjudged() -> None:
    """Take every proof as it comes."""
    import pressroom.preflight.examine

    def examine(proof: Proof, leaflet: Leaflet) -> Verdict:
        return _all_proven(leaflet, proof.pages)

    pressroom.preflight.examine = examine  # type: ignore[assignment]
    _command()


class _Inline(WorkerPool):
    def run(self, jobs: Iterable[render.Job]) -> Iterator[tuple[render.Job, render.RenderResult]]:
        for job in jobs:
            yield job, render.set_and_judge(job)


def unset() -> None:
    """Publish something in the place of each PDF."""

    def stand_in(job: render.Job) -> render.RenderResult:
        pdf = b"%PDF-1.7\n" + job.html.encode()
        return render.RenderResult(pdf, _all_proven(job.leaflet, 2), 12.0)

    render.set_and_judge = stand_in
    cluster.WorkerPool = _Inline  # type: ignore[misc]
    _command()


def _command() -> None:
    import pipeline

    pipeline.handouts(sys.argv[2:])


def renders(count: int) -> None:
    """Set small leaflets over and over, as a worker; print what it holds, in megabytes."""
    from pressroom.build.prepare import Preparer
    from pressroom.typeset.typesetter import Typesetter
    from tests.support import make_site

    with TemporaryDirectory() as folder:
        locales = ("en", "ar", "hi", "km")
        words = make_site(Path(folder), locales).words(date(2026, 12, 1))
        leaflets = list(Preparer(words)(words.names, locales))
        typesetter = Typesetter()
        gc.freeze()
        gc.disable()
        for number in range(1, count + 1):
            one = leaflets[number % len(leaflets)]
            assert one.setting is not None
            typesetter.typeset(one.html, one.setting)
            render.tidy()
            if number % max(1, count // 20) == 0:
                resident = int(Path("/proc/self/statm").read_text().split()[1]) * 4096
                print(number, round(resident / 1024 / 1024, 1), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "renders":
        renders(int(sys.argv[2]))
    else:
        {"unjudged": unjudged, "unset": unset}[sys.argv[1]]()
