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
from concurrent.futures import Executor, Future
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pressroom import press
from pressroom.model import Leaflet, Proof, Shown, Verdict


def _all_proven(leaflet: Leaflet, pages: int) -> Verdict:
    shown = tuple(Shown(notice.id, 1, 12.0, True) for notice in leaflet.notices)
    return Verdict(pages, shown, ())


def unjudged() -> None:
    """Take every proof as it comes."""
    import pressroom.preflight

    def examine(proof: Proof, leaflet: Leaflet) -> Verdict:
        return _all_proven(leaflet, proof.pages)

    pressroom.preflight.examine = examine  # type: ignore[assignment]
    _command()


class _Inline(Executor):
    def submit(self, work: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(work(*arguments, **named))
        return future


def unset() -> None:
    """Publish something in the place of each PDF."""

    def stand_in(job: press.Job) -> press.Printed:
        pdf = b"%PDF-1.7\n" + job.html.encode()
        return press.Printed(pdf, _all_proven(job.leaflet, 2), 12.0)

    press.set_and_judge = stand_in
    press.executor = lambda _: _Inline()  # type: ignore[assignment]
    _command()


def _command() -> None:
    import pipeline

    pipeline.handouts(sys.argv[2:])


def renders(count: int) -> None:
    """Set small leaflets over and over, as a worker; print what it holds, in megabytes."""
    from pressroom.prepare import Preparer
    from pressroom.typeset import Typesetter
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
            press.tidy()
            if number % max(1, count // 20) == 0:
                resident = int(Path("/proc/self/statm").read_text().split()[1]) * 4096
                print(number, round(resident / 1024 / 1024, 1), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "renders":
        renders(int(sys.argv[2]))
    else:
        {"unjudged": unjudged, "unset": unset}[sys.argv[1]]()
