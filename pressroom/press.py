"""Run jobs on any concurrent.futures.Executor: Job -> Printed."""

from __future__ import annotations

import multiprocessing
import signal
import sysconfig
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .limits import OutOfTimeError
from .limits import within_limits as _limits
from .model import Finding, Leaflet, Verdict
from .plan import Wanted
from .typeset.setting import Setting

#: Where the engine's own code lies.
_ENGINE = str(Path(__file__).parent)


@dataclass(frozen=True, slots=True)
class Job:
    """One leaflet to set and to judge, with all that a worker needs for it."""

    wanted: Wanted
    leaflet: Leaflet
    html: str
    #: The same words as a web page; published with the leaflet.
    web: str
    setting: Setting
    reason: str
    limit_seconds: int
    limit_megabytes: int


@dataclass(frozen=True, slots=True)
class Printed:
    """What came of a job: a PDF and its verdict, or findings alone."""

    pdf: bytes
    verdict: Verdict
    type_size_pt: float | None


@lru_cache(maxsize=1)
def _typesetter() -> Any:
    """Give this worker's typesetter, warm after the first leaflet."""
    from .typeset import Typesetter

    return Typesetter()


def set_and_judge(job: Job) -> Printed:
    """Typeset a leaflet and judge it. What goes wrong with it is a finding, never an error."""
    from .preflight import examine

    typesetter = _typesetter()
    try:
        with _limits(job.limit_seconds, job.limit_megabytes):
            proof = typesetter.typeset(job.html, job.setting)
            return Printed(proof.pdf, examine(proof, job.leaflet), proof.type_size_pt)
    except OutOfTimeError:
        return _unprinted(
            "render-timeout",
            f"typesetting took longer than {job.limit_seconds} seconds; simplify the topic, "
            "or raise limits.seconds in clinic.toml",
        )
    except MemoryError:
        return _unprinted(
            "render-crash",
            f"typesetting took more than {job.limit_megabytes} MB; simplify the topic, "
            "or raise limits.megabytes in clinic.toml",
        )
    except RecursionError:
        return _unprinted("render-crash", "blocks are nested too deeply; flatten them")
    except Exception as problem:
        if not (said := _stumbled(problem)):
            raise
        return _unprinted("render-crash", f"{said}; simplify the topic, or the site's own styles")


def _stumbled(problem: Exception) -> str:
    """Say over what a library stumbled, without the folders of this machine.

    A page may be such that it does; nothing where the bug is our own.
    """
    frames = traceback.extract_tb(problem.__traceback__)
    own = max(
        (n for n, frame in enumerate(frames) if frame.filename.startswith(_ENGINE)),
        default=-1,
    )
    places = tuple(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    if not any(frame.filename.startswith(places) for frame in frames[own + 1 :]):
        return ""
    at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    return f"typesetting ended with {type(problem).__name__} in {at}"


def _unprinted(code: str, message: str) -> Printed:
    return Printed(b"", Verdict(0, (), (Finding(code, "error", message),)), None)


_CRASHED = _unprinted("render-crash", "the typesetter crashed on this leaflet; simplify the topic")


def _worker() -> None:
    """Prepare a worker: the terminal's Ctrl-C is for the parent alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def executor(workers: int) -> ProcessPoolExecutor:
    """Give a pool of worker processes: forked where that is to be had, else spawned."""
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    return ProcessPoolExecutor(max_workers=workers, mp_context=context, initializer=_worker)


def run(
    jobs: Iterable[Job], workers: int, make_executor: Callable[[int], Executor] = executor
) -> Iterator[tuple[Job, Printed]]:
    """Do jobs, in the order in which they end.

    Where a worker dies, each job that was lost is done again alone, so that the
    one which kills its worker is named and all others are done.
    """
    todo = list(jobs)
    if not todo:
        return
    pool = make_executor(max(1, min(workers, len(todo))))
    lost: list[Job] = []
    try:
        futures: dict[Future[Printed], Job] = {pool.submit(set_and_judge, job): job for job in todo}
        for future in as_completed(futures):
            try:
                yield futures[future], future.result()
            except BrokenProcessPool:
                lost.append(futures[future])
    except BaseException:
        _kill(pool)
        raise
    pool.shutdown()
    for job in lost:
        alone = make_executor(1)
        try:
            yield job, alone.submit(set_and_judge, job).result()
        except BrokenProcessPool:
            yield job, _CRASHED
        finally:
            alone.shutdown()


def _kill(pool: Executor) -> None:
    """End a pool at once, whatever its workers are doing."""
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        with suppress(OSError):
            process.kill()
    pool.shutdown(wait=False, cancel_futures=True)
