"""Run jobs on any concurrent.futures.Executor: Job -> Printed."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sysconfig
import traceback
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import count, islice
from multiprocessing.connection import wait as wait_for
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from .limits import OutOfTimeError
from .limits import within_limits as _limits
from .model import EDITIONS, Finding, Leaflet, Verdict
from .plan import Wanted, file_name, reader_name
from .typeset.endless import EndlessError
from .typeset.setting import Setting

T = TypeVar("T")

#: Where the engine's own code lies.
_ENGINE = str(Path(__file__).parent)


@dataclass(frozen=True, slots=True)
class Job:
    """One leaflet to set and to judge, with all that a worker needs for it."""

    wanted: Wanted
    leaflet: Leaflet
    html: str
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
    #: More files that are published with it, by path below the output folder.
    extras: Mapping[str, bytes] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _typesetter() -> Any:
    """Give this worker's typesetter, warm after the first leaflet."""
    from .typeset import Typesetter

    return Typesetter()


def thumb_name(wanted: Wanted) -> str:
    """Give the path of a leaflet's picture on the rack, below the output folder."""
    return f"rack/thumbs/{wanted.stem}.png"


def names_beside(wanted: Wanted) -> tuple[str, str]:
    """Give the paths of what may be published with a leaflet, below the output folder."""
    return thumb_name(wanted), reader_name(file_name(wanted))


def set_and_judge(job: Job) -> Printed:
    """Typeset a leaflet and judge it. What goes wrong with it is a finding, never an error."""
    from .preflight import examine
    from .preflight.thumbnail import thumbnail

    typesetter = _typesetter()

    def work() -> Printed:
        proof = typesetter.typeset(job.html, job.setting)
        verdict = examine(proof, job.leaflet)
        thumbs = {} if verdict.failed else {thumb_name(job.wanted): thumbnail(proof.pdf)}
        printed = Printed(proof.pdf, verdict, proof.type_size_pt, thumbs)
        return _bound(printed, job) if EDITIONS[job.wanted.edition].halved else printed

    try:
        return _within(work, job.limit_seconds, job.limit_megabytes)
    finally:
        tidy()


def tidy() -> None:
    """Collect what a leaflet leaves behind: a tree or two whose parts refer to each other.

    Only where nothing else does; see `_worker`. What is still there then is kept for ever: styles,
    fonts, modules. It is not looked through again.
    """
    if not gc.isenabled():
        gc.collect()
        gc.freeze()


def judge(
    pdf: bytes, leaflet: Leaflet | None, sheets: bytes, seconds: int, megabytes: int
) -> Verdict:
    """Judge a PDF from disk, whoever made it, within these limits."""
    from .preflight import examine_pdf

    def work() -> Printed:
        return Printed(b"", examine_pdf(pdf, leaflet, sheets), None)

    return _within(work, seconds, megabytes, "judging").verdict


def _within(
    work: Callable[[], Printed], seconds: int, megabytes: int, doing: str = "typesetting"
) -> Printed:
    """Do work within limits. What ends it is a finding."""
    try:
        with _limits(seconds, megabytes):
            return work()
    except OutOfTimeError:
        return _unprinted(
            "render-timeout",
            f"{doing} took longer than {seconds} seconds; simplify the topic, "
            "or raise limits.seconds in clinic.toml",
        )
    except (MemoryError, SystemError):
        # A library in C that runs out of memory may fail without a word: a SystemError.
        return _unprinted(
            "render-crash",
            f"{doing} took more than {megabytes} MB; simplify the topic, "
            "or raise limits.megabytes in clinic.toml",
        )
    except RecursionError:
        return _unprinted("render-crash", "blocks are nested too deeply; flatten them")
    except EndlessError as problem:
        return _unprinted("page-count", str(problem))
    except Exception as problem:
        if not (said := _stumbled(problem, doing)):
            raise
        return _unprinted("render-crash", f"{said}; simplify the topic, or the site's own styles")


def _bound(reader: Printed, job: Job) -> Printed:
    """Impose a reader's edition that passed as a booklet. The reader's stays beside it."""
    from .imposition import impose
    from .preflight.sheets import examine_sheets

    if reader.verdict.failed:
        return reader
    rtl = job.leaflet.locale.direction == "rtl"
    sheets = impose(reader.pdf, rtl)
    findings = (*reader.verdict.findings, *examine_sheets(sheets, reader.pdf, rtl))
    return replace(
        reader,
        pdf=sheets,
        verdict=replace(reader.verdict, findings=findings),
        extras={**reader.extras, reader_name(file_name(job.wanted)): reader.pdf},
    )


def _stumbled(problem: Exception, doing: str) -> str:
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
    return f"{doing} ended with {type(problem).__name__} in {at}"


def _unprinted(code: str, message: str) -> Printed:
    return Printed(b"", Verdict(0, (), (Finding(code, "error", message),)), None)


CRASHED = _unprinted("render-crash", "the typesetter crashed on this leaflet; simplify the topic")


#: The pools of this process, by their numbers.
_pools: WeakValueDictionary[int, ProcessPoolExecutor] = WeakValueDictionary()
_numbers = count()


def _worker(own: int) -> None:
    """Prepare a worker of a pool: signals are for the parent alone, and it ends where that is
    killed.

    A fork has the pipes of all pools: those of others would wait for it; see `_let_go`. What
    was loaded before it began is never looked through for garbage; `tidy` collects what
    leaflets leave behind.
    """
    for number, pool in _pools.items():
        if number != own:
            _let_go(pool)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()
    gc.freeze()
    gc.disable()


def _end_with_parent() -> None:
    """Wait for the parent to end; a worker that outlived it would hold its locks for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def executor(workers: int) -> ProcessPoolExecutor:
    """Give a pool of worker processes: forked once all is loaded, where that is to be had."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return spawned(workers)
    from .preflight import all_checks
    from .typeset import warm

    warm()
    all_checks()
    return _pool(workers, "fork")


def spawned(workers: int) -> ProcessPoolExecutor:
    """Give a pool of a process that has other threads: a fork would take their locks along.

    Workers are forked from a server without threads, or else load all by themselves.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return _pool(workers, "spawn")
    multiprocessing.set_forkserver_preload(["pressroom.preloaded"])
    return _pool(workers, "forkserver")


def _pool(workers: int, method: str) -> ProcessPoolExecutor:
    context = multiprocessing.get_context(method)
    number = next(_numbers)
    pool = ProcessPoolExecutor(workers, context, initializer=_worker, initargs=(number,))
    _pools[number] = pool
    return pool


#: Jobs that are handed to each worker ahead: it never waits, and few are lost with it.
AHEAD = 4


#: Leaflets after which a worker is replaced, whatever libraries below Python may keep of each.
RENEW_AFTER = 500


class Press:
    """Workers that stay warm from run to run; they start with the first job.

    As a context manager, it ends its workers; where an error ends it, at once.
    """

    def __init__(
        self,
        workers: int,
        make_executor: Callable[[int], Executor] | None = None,
        renew: bool = True,
    ) -> None:
        self.workers = workers
        self._make = make_executor or executor
        #: Whether workers are replaced here, before they grow.
        self._renew = renew
        self._pool: Executor | None = None
        #: A single worker for jobs one of which has killed another one; it is kept, too.
        self._cell: Executor | None = None
        #: Jobs that the present workers were given.
        self._given = 0

    def __enter__(self) -> Press:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close(at_once=kind is not None)

    def close(self, at_once: bool = False) -> None:
        """End the workers: after what they are doing, or at once."""
        self._end_pool(at_once)
        self._end_cell(at_once)

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, Printed]]:
        """Do jobs, in the order in which they end; they are asked for as workers come free.

        Where a worker dies, the jobs that were lost with it are done again one after the
        other, beside all others, so that the one which kills its worker is named.
        """
        coming = iter(jobs)
        doing: dict[Future[Printed], tuple[Job, Executor]] = {}
        suspects: deque[Job] = deque()
        try:
            while True:
                if self._tired and self._pool not in _at_work(doing):
                    self._end_pool()
                if suspects and self._cell not in _at_work(doing):
                    self._lock_up(suspects.popleft(), doing)
                room = 0 if self._tired else self.workers * AHEAD - len(doing)
                for job in islice(coming, room):
                    self._submit(job, doing)
                if not doing:
                    break
                for future in ended(doing, _at_work(doing)):
                    job, pool = doing.pop(future)
                    try:
                        printed = future.result()
                    except BrokenExecutor:
                        if pool is not self._cell:
                            suspects.append(job)
                            if pool is self._pool:
                                self._end_pool(at_once=True)
                            continue
                        self._end_cell(at_once=True)
                        printed = CRASHED
                    yield job, printed
        except BaseException:
            self.close(at_once=True)
            raise

    @property
    def _tired(self) -> bool:
        """Tell whether the workers have to be replaced, once they are at an end."""
        return self._renew and self._given >= self.workers * RENEW_AFTER

    def _submit(self, job: Job, doing: dict[Future[Printed], tuple[Job, Executor]]) -> None:
        self._pool, future = self._begin(self._pool, self.workers, job)
        self._given += 1
        doing[future] = job, self._pool

    def _lock_up(self, job: Job, doing: dict[Future[Printed], tuple[Job, Executor]]) -> None:
        """Give a job to the single worker, which has no other."""
        self._cell, future = self._begin(self._cell, 1, job)
        doing[future] = job, self._cell

    def _begin(
        self, pool: Executor | None, workers: int, job: Job
    ) -> tuple[Executor, Future[Printed]]:
        """Submit a job to a pool, or to a new one where there is none. Give that, too."""
        if pool is not None:
            try:
                return pool, pool.submit(set_and_judge, job)
            except BrokenExecutor:  # A worker was killed while there was nothing to do.
                kill(pool)
        pool = self._make(workers)
        return pool, pool.submit(set_and_judge, job)

    def _end_pool(self, at_once: bool = False) -> None:
        if self._pool is not None:
            kill(self._pool) if at_once else self._pool.shutdown()
            self._pool = None
            self._given = 0

    def _end_cell(self, at_once: bool = False) -> None:
        if self._cell is not None:
            kill(self._cell) if at_once else self._cell.shutdown()
            self._cell = None


def _at_work(doing: Mapping[Future[Printed], tuple[Job, Executor]]) -> set[Executor]:
    """Give the pools that are doing something."""
    return {pool for _, pool in doing.values()}


#: How often pools are looked at that have not ended a job for so long, in seconds.
LOOKS_EVERY = 1.0


def ended(futures: Collection[Future[T]], pools: Collection[Executor]) -> set[Future[T]]:
    """Wait until some of what these pools do has ended, and give that.

    A pool knows at once when a worker has died, but for one that was killed as it said what
    came of its job: the pool would wait for the rest of that, and all others for their turn.
    """
    suspects: set[Executor] = set()
    while not (found := wait(futures, LOOKS_EVERY, FIRST_COMPLETED).done):
        lost = set(filter(_has_lost_one, pools))
        for pool in lost & suspects:
            kill(pool)
        suspects = lost
    return found


def _has_lost_one(pool: Executor) -> bool:
    """Tell whether a worker of a pool on this machine has ended."""
    return bool(wait_for([process.sentinel for process in _processes(pool)], 0))


def _processes(pool: Executor) -> list[BaseProcess]:
    """Give the workers of a pool on this machine."""
    return list((getattr(pool, "_processes", None) or {}).values())


#: How long a pool without workers may take to notice, in seconds: it takes some milliseconds.
NOTICES_WITHIN = 0.2
#: How long one may take that waited for them, once it is told.
ENDS_WITHIN = 1.0


def kill(pool: Executor) -> None:
    """End a pool at once, whatever its workers are doing.

    Its own thread is waited for: Python wakes it when it ends itself; were it about to end by
    then, that would fail, with a traceback.
    """
    keeper = getattr(pool, "_executor_manager_thread", None)
    for process in _processes(pool):
        with suppress(OSError):
            process.kill()
    if keeper is not None:
        keeper.join(NOTICES_WITHIN)
        if keeper.is_alive():
            _let_go(pool)
    pool.shutdown(wait=False, cancel_futures=True)
    if keeper is not None:
        keeper.join(ENDS_WITHIN)


def _let_go(pool: Executor) -> None:
    """Close the ends of a pool's pipes that are its workers', of a process that is none of them.

    Its thread would wait for ever where they are open anywhere, and its workers are no more: for
    one to take a job that is larger than a pipe (CPython issue 94777; Debian 12's Python keeps
    that end open itself), or to say the rest of a result.
    """
    for queue, end in (("_call_queue", "_reader"), ("_result_queue", "_writer")):
        with suppress(OSError):
            if pipes := getattr(pool, queue, None):
                getattr(pipes, end).close()
