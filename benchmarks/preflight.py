"""Measure what the preflight costs beside rendering, locale by locale, in one run.

    .venv/bin/python benchmarks/preflight.py [LOCALE…]

CPU time of this process, as a worker of a build spends it: rendering is all
that `typeset` does, the search for the type size included; a leaflet is set
once before, so that fonts are open; and garbage is left to the typesetter.
What the preflight remembers comes from the locales before. Trust the ratios.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

TOPIC = "exosome-therapy"


def main(locales: list[str]) -> None:
    """Print milliseconds of rendering and of preflight, and their ratio."""
    from pressroom.build.prepare import Preparer
    from pressroom.leaflet.site import read_site
    from pressroom.preflight.examine import all_checks, examine
    from pressroom.typeset.typesetter import Typesetter

    site = read_site(ROOT / "handouts", date(2026, 11, 23))
    typesetter = Typesetter()
    all_checks()
    gc.disable()
    rows = []
    for one in Preparer(site)([TOPIC], locales or site.site.clinic.locales):
        assert one.leaflet is not None
        assert one.setting is not None
        typesetter.typeset(one.html, one.setting)
        gc.collect()
        gc.freeze()
        start = time.process_time()
        proof = typesetter.typeset(one.html, one.setting)
        middle = time.process_time()
        examine(proof, one.leaflet)
        end = time.process_time()
        rows.append((one.locale, (middle - start) * 1000, (end - middle) * 1000))
        print(f"{one.locale:8} rendering {rows[-1][1]:6.0f} ms  preflight {rows[-1][2]:6.0f} ms")
    rendering = statistics.mean(row[1] for row in rows)
    preflight = statistics.mean(row[2] for row in rows)
    print(f"mean     rendering {rendering:6.0f} ms  preflight {preflight:6.0f} ms")
    print(f"ratio of the means: {preflight / rendering:.2f}")
    ratios = [row[2] / row[1] for row in rows]
    print(f"mean of the ratios: {statistics.mean(ratios):.2f}, the highest {max(ratios):.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
