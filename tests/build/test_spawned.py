"""Workers that are spawned, where there is no fork, make the bytes of workers that are forked."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any

import pytest

from pressroom.build.prepare import Preparer
from pressroom.build.render import Job
from pressroom.build.workers import WorkerPool

from ..support import Site


def jobs_of(made: Site) -> list[Job]:
    words = made.words()
    prepared = list(Preparer(words)(words.names, words.site.clinic.locales))
    return [
        Job(one.wanted, one.leaflet, one.html, one.setting, "", 60, 4096)
        for one in prepared
        if one.wanted and one.leaflet and one.setting
    ]


def printed(jobs: list[Job], threads: bool) -> dict[str, Any]:
    with WorkerPool(1, threads) as pool:
        return {job.wanted.stem: result for job, result in pool.run(jobs)}


def test_spawned_workers_make_the_same_bytes(
    site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = jobs_of(site(("en", "ar", "km")))
    forked = printed(jobs, threads=False)
    assert sorted(forked) == [f"{code}/sore-throat.standard.draft" for code in ("ar", "en", "km")]
    assert not any(one.verdict.failed for one in forked.values())
    served = printed(jobs, threads=True)
    # A system that has neither fork nor what rests upon it.
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    contexts = []
    context = multiprocessing.get_context
    monkeypatch.setattr(
        multiprocessing, "get_context", lambda name: contexts.append(name) or context(name)
    )
    alone = printed(jobs, threads=False)
    assert contexts == ["spawn"]
    assert forked == served == alone
