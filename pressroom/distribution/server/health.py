"""Report to monitors: the last builds -> `/healthz` and `/metrics`, as plain text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse

from ...content.clinic import read_clinic
from ...core.errors import HandoutError
from ...core.files import read_plain
from .files import LARGEST_PAGE

#: What Prometheus calls this form.
_TEXT = "text/plain; version=0.0.4; charset=utf-8"
#: Findings by which a leaflet, or a fact that it rests on, is past its day.
_OVERDUE = frozenset({"review-overdue", "fact-expired"})
_HELP = {
    "pressroom_leaflets": "Leaflets of the site by what the last build did with them.",
    "pressroom_approved": "Leaflets that stand approved.",
    "pressroom_overdue": "Leaflets past their review date, or that rest on a fact that is.",
    "pressroom_last_build_timestamp_seconds": "When the last build ended.",
    "pressroom_last_build_seconds": "How long it took.",
    "pressroom_readable": "Whether the clinic file can be read: where not, nothing is built.",
}


class Health:
    """The state of clinics, each by its name, its words and its output folder."""

    def __init__(self, handouts: Path, folders: Mapping[str, Path]) -> None:
        self.handouts = handouts
        self.folders = folders

    def healthz(self, _request: Request) -> PlainTextResponse:
        """Return that there is a rack for each clinic, or which ones wait for their first build."""
        waiting = [name for name, out in self.folders.items() if not (out / "index.html").is_file()]
        if waiting:
            named = ", ".join(filter(None, waiting))
            of = f" of {named}" if named else ""
            return PlainTextResponse(f"The first leaflets{of} are being built.\n", 503)
        return PlainTextResponse("ok\n")

    def metrics(self, _request: Request) -> PlainTextResponse:
        """Return counts in the text form of Prometheus."""
        found: dict[str, list[str]] = {name: [] for name in _HELP}
        for clinic, out in self.folders.items():
            for name, labels, value in self._measure(clinic, out):
                pairs = ",".join(f'{key}="{text}"' for key, text in labels.items())
                found[name].append(f"{name}{{{pairs}}} {value}")
        lines: list[str] = []
        for name, samples in found.items():
            lines += [f"# HELP {name} {_HELP[name]}", f"# TYPE {name} gauge", *samples]
        return PlainTextResponse("\n".join([*lines, ""]), headers={"content-type": _TEXT})

    def _measure(self, clinic: str, out: Path) -> Iterator[tuple[str, dict[str, str], float]]:
        own = {"clinic": clinic}
        try:
            read_clinic(self.handouts, clinic)
            yield "pressroom_readable", own, 1
        except HandoutError:
            yield "pressroom_readable", own, 0
        path = out / "report.json"
        try:
            status = path.stat()
            report = _read(path, status.st_mtime_ns)
        except (OSError, ValueError):
            return  # There is none before the first build.
        for result in ("built", "unchanged", "withheld", "failed", "removed"):
            yield "pressroom_leaflets", {**own, "result": result}, report["summary"][result]
        counts = _count(report["leaflets"])
        for name in ("approved", "overdue"):
            yield f"pressroom_{name}", own, counts[name]
        yield "pressroom_last_build_timestamp_seconds", own, round(status.st_mtime)
        yield "pressroom_last_build_seconds", own, report["summary"]["seconds"]


def _count(leaflets: Iterable[Mapping[str, Any]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for one in leaflets:
        counts["approved"] += one["state"] == "approved" and one["result"] in ("built", "unchanged")
        counts["overdue"] += any(finding["code"] in _OVERDUE for finding in one["findings"])
    return counts


@lru_cache(maxsize=16)
def _read(path: Path, _modified: int) -> Any:
    return json.loads(read_plain(path, LARGEST_PAGE))
