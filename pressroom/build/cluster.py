"""Set leaflets on a Dask cluster: an address -> a Pool; the home of distributed.

A job travels as one piece of bytes with everything that it needs, and so does its result:
workers share no disk with the planner. There, it is done in a process of its own that is bounded
and may crash, so that a leaflet never ends the worker. See docs/cluster.md.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import multiprocessing
import pickle
import re
import socket
import sys
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from .. import __version__
from ..core.errors import ClusterError, ConfigurationError, HandoutError, UsageError
from ..core.files import PACKAGE, shown
from ..core.versions import releases
from ..typeset.setting import Bundle, Setting, images_below
from .render import CRASHED, Job, RenderResult, set_and_judge, timed_out
from .workers import WorkerDiedError, WorkerPool, processors

#: What `--executor` says: workers of this machine, or this before the address of a scheduler.
PROCESSES, DASK = "processes", "dask:"

#: `tcp://scheduler.example:8786`, or `tls://…`; an IPv6 address stands in brackets.
_ADDRESS = re.compile(r"(tcp|tls)://([^\s/:@\[\]]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")

#: Seconds in which a scheduler has to answer, and in which it has to have a worker.
ANSWER_S = 5
WORKER_S = 10
#: Seconds without any worker after which a build gives up.
ALONE_S = 60
#: Seconds between looks at how many workers there are.
LOOK_S = 2
#: Jobs that are sent ahead for each thread of a worker.
AHEAD = 4
#: Most bytes of images that travel with each leaflet.
MOST_IMAGES = 8 * 1024 * 1024


def read_address(text: str) -> str:
    """Read the address of a scheduler. Raises UsageError."""
    found = _ADDRESS.fullmatch(text)
    if not found or not 0 < int(found[3]) < 65536:
        raise UsageError(
            "--executor",
            f"'{text}' is no address of a Dask scheduler",
            "write dask:tcp://HOST:PORT, as `dask scheduler` says it when it starts",
        )
    return text


def check_executor(name: str) -> None:
    """Raise UsageError for what names no executor; nothing is connected."""
    if name.startswith(DASK):
        read_address(name.removeprefix(DASK))
    elif name != PROCESSES:
        raise UsageError(
            "--executor",
            f"there is no executor '{name}'",
            f"write {PROCESSES}, or {DASK}tcp://HOST:PORT for a Dask cluster",
        )


def open_pool(
    executor: str | None, jobs: int | None, threads: bool = False
) -> WorkerPool | Cluster:
    """Return what sets `jobs` leaflets at once; processes of this machine where nothing is named.

    Without `jobs`, that is as many as there are processors, or threads of the cluster's workers.
    `threads`: see WorkerPool. Raises UsageError where a cluster is not there.
    """
    name = executor or PROCESSES
    check_executor(name)
    if name == PROCESSES:
        return WorkerPool(jobs or processors(), threads)
    return Cluster(name.removeprefix(DASK), jobs)


# On the planner


@dataclass(eq=False, slots=True)
class _Task:
    """A job as it travels."""

    job: Job
    packed: bytes
    #: Tried again alone, after workers had died that had it.
    alone: bool = False


class Cluster:
    """The workers of a Dask cluster. As a context manager, it leaves them.

    Raises UsageError where there is no `distributed`, no scheduler or no worker.
    """

    def __init__(self, address: str, jobs: int | None = None) -> None:
        self.address = read_address(address)
        self._jobs = jobs
        self._client: Any = None
        self._connect()

    def _connect(self) -> None:
        self._client = _connect(self.address)
        #: How many leaflets its workers set at once.
        self._size = self._jobs or sum(self._client.nthreads().values())

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, RenderResult]]:
        """Yield jobs with their results as they end; jobs are drawn as workers come free.

        The scheduler gives up whatever lay with workers that died, also what only waited there.
        Such jobs are tried again one after the other: each has workers that die of nothing else.
        A cluster that was lost is looked for again. Raises ClusterError, and what was done there
        raises.
        """
        tasks = (_Task(job, pack(set_and_judge, job)) for job in jobs)
        doing: dict[Future[bytes], _Task] = {}
        suspects: deque[_Task] = deque()
        if self._client is None:
            self._connect()
        # Results have no name of their own: the same job is done anew in each run.
        pool = self._client.get_executor(pure=False)
        try:
            alive = time.monotonic()
            while True:
                if suspects and not any(task.alone for task in doing.values()):
                    task = suspects.popleft()
                    task.alone = True
                    doing[self._send(pool, task)] = task
                for task in islice(tasks, max(0, self._size * AHEAD - len(doing))):
                    doing[self._send(pool, task)] = task
                if not doing:
                    return
                done = wait(doing, LOOK_S, FIRST_COMPLETED).done
                if done or self._has_workers():
                    alive = time.monotonic()
                elif time.monotonic() > alive + ALONE_S:
                    raise self._deserted()
                for future in done:
                    task = doing.pop(future)
                    result = self._result(future, task)
                    if result:
                        yield task.job, result
                    else:
                        suspects.append(task)
        except BaseException:
            with suppress(Exception):
                pool.shutdown(wait=False)  # It cancels what is under way.
            self.close()
            raise

    def _send(self, pool: Any, task: _Task) -> Future[bytes]:
        try:
            found: Future[bytes] = pool.submit(do, identity(), task.packed, task.job.limit_seconds)
        except Exception:  # The client is closed; its own words for that are many.
            raise self._lost() from None
        return found

    def _result(self, future: Future[bytes], task: _Task) -> RenderResult | None:
        """Return what a task came to; nothing where workers died that had others, too."""
        from distributed.scheduler import KilledWorker

        if future.cancelled():
            raise self._lost()
        problem = future.exception()
        if isinstance(problem, KilledWorker):
            return CRASHED if task.alone else None
        if isinstance(problem, ImportError):
            raise _no_engine(problem)
        if problem is not None:
            raise problem
        result = unpack(future.result())
        if isinstance(result, Unlike):
            raise _unlike(result)
        return result

    def _has_workers(self) -> bool:
        with suppress(Exception):  # A scheduler that is lost cancels the tasks itself.
            return bool(self._client.nthreads())
        return False

    def _lost(self) -> ClusterError:
        return ClusterError(
            "",
            f"the Dask scheduler at {self.address} was lost",
            "what was published stays; start it, and run the command again to go on",
        )

    def _deserted(self) -> ClusterError:
        return ClusterError(
            "",
            f"no worker is left at {self.address}",
            f"what was published stays; start one with `dask worker {self.address}`, "
            "and run the command again to go on",
        )

    def close(self) -> None:
        """Leave the cluster, whose workers go on for others."""
        if self._client is not None:
            self._client.close(timeout=1)
            self._client = None
            # At its end, Python would look through all that Dask loaded: half a second.
            gc.freeze()


def _connect(address: str) -> Any:
    """Return a client of a scheduler that has workers. Raises UsageError."""
    try:
        import distributed
    except ImportError:
        raise UsageError(
            "--executor", "Dask is not installed", "run: pip install 'distributed>=2026.8'"
        ) from None
    # What it has to say, we say ourselves.
    for name in ("distributed", "distributed.client", "distributed.core", "distributed.comm"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if address.startswith("tls:") and not _certified(distributed.Security()):  # type: ignore[no-untyped-call]
        raise UsageError(
            "--executor",
            "there are no certificates for TLS",
            "name them in DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …__CLIENT__CERT and …__CLIENT__KEY",
        )
    try:
        client: Any = distributed.Client(  # type: ignore[no-untyped-call]
            address, timeout=ANSWER_S, set_as_default=False, name="pressroom"
        )
    except (OSError, ValueError, RuntimeError) as problem:
        raise UsageError(
            "--executor",
            f"no Dask scheduler answers at {address} ({type(problem).__name__})",
            "start one there with `dask scheduler`, or mend the address",
        ) from None
    try:
        client.wait_for_workers(1, timeout=WORKER_S)
    except TimeoutError:
        client.close(timeout=1)
        raise UsageError(
            "--executor",
            f"the Dask scheduler at {address} has no workers",
            f"start some with `dask worker {address}`",
        ) from None
    return client


def _certified(security: Any) -> bool:
    """Return whether Dask's settings name certificates that can be read."""
    try:
        return bool(security.get_connection_args("client").get("ssl_context"))
    except (OSError, ValueError):
        return False


def _no_engine(problem: ImportError) -> ClusterError:
    return ClusterError(
        "",
        f"a worker of the cluster cannot load Pressroom ({problem})",
        f"install {identity()['Pressroom']} there, as it is here",
    )


def _unlike(found: Unlike) -> ClusterError:
    """Return an error that says in what a worker differs; nothing that it made was taken."""
    said = "; ".join(
        f"{name}: here {here[:23]}, there {there[:60]}"
        for name, (here, there) in found.differs.items()
    )
    fonts = "the fonts" in found.differs
    return ClusterError(
        "",
        f"the worker on {found.machine} would make other bytes ({said})",
        "install the same release, libraries and fonts on all machines, or start all from one image"
        if fonts
        else "install the same release and libraries on all machines, or start all from one image",
    )


# What travels


def bundled(setting: Setting) -> Setting:
    """Return a setting with its stylesheets, and the images that those may use, inside.

    Raises ConfigurationError where the images are too large to go with each leaflet.
    """
    roots = tuple(root.resolve() for root in setting.roots)
    images = {path: path.stat() for path in images_below(roots)}
    if sum(status.st_size for status in images.values()) > MOST_IMAGES:
        raise ConfigurationError(
            shown(setting.roots[0]),
            f"its images are larger than {MOST_IMAGES >> 20} MB together, "
            "and travel with each leaflet",
            "keep only those there that stylesheets use",
        )
    bundle = Bundle(
        {path: setting.read(path) for path in setting.files},
        {path: _read(path, s.st_size, s.st_mtime_ns) for path, s in images.items()},
    )
    return replace(setting, roots=roots, bundle=bundle)


@lru_cache(maxsize=256)
def _read(path: Path, _size: int, _mtime_ns: int) -> bytes:
    return path.read_bytes()


def pack(work: Callable[[Job], RenderResult], job: Job) -> bytes:
    """Pack a job with everything that it needs. Raises ConfigurationError; see `bundled`."""
    return _packed((work, replace(job, setting=bundled(job.setting))))


def unpack(result: bytes) -> RenderResult | Unlike:
    """Unpack what a worker returned."""
    return pickle.loads(zlib.decompress(result))  # type: ignore[no-any-return]


def _packed(value: Any) -> bytes:
    return zlib.compress(pickle.dumps(value), 1)


@dataclass(frozen=True, slots=True)
class Unlike:
    """A machine that would make other bytes: what differs, the planner's first."""

    machine: str
    differs: Mapping[str, tuple[str, str]]


@lru_cache(maxsize=1)
def identity() -> dict[str, str]:
    """Return what decides the bytes of a leaflet on this machine, besides the leaflet."""
    from ..fonts.files import fonts_digest
    from ..typeset.typesetter import libraries

    try:
        fonts = fonts_digest()
    except HandoutError as problem:
        fonts = f"none ({problem.what})"
    return {
        "Pressroom": __version__,
        "its code": _code_digest(),
        "Python": ".".join(map(str, sys.version_info[:2])),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **releases(),
        **(libraries() if not fonts.startswith("none") else {}),
        "the fonts": fonts,
    }


def _code_digest() -> str:
    """Digest the engine's own code, without what lies beside it in a wheel alone."""
    room = PACKAGE
    total = hashlib.sha256()
    for path in sorted([*room.rglob("*.py"), *room.rglob("*.toml")]):
        name = path.relative_to(room).as_posix()
        if not name.startswith(("pipeline.py", "templates/", "styles/", "starter/")):
            total.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return f"sha256:{total.hexdigest()}"


# On a worker

#: Each of a worker's threads has a process of its own, warm after the first leaflet.
_own = threading.local()


def do(planner: Mapping[str, str], job: bytes, seconds: float) -> bytes:
    """Return the packed result of a packed job, or how this machine is unlike the planner's."""
    # Dask's nanny marks its workers as processes that may start no others, lest those be left
    # behind; ours end with their parent, however that ends.
    getattr(multiprocessing.current_process(), "_config", {})["daemon"] = False
    if not hasattr(_own, "pool"):
        _own.pool = WorkerPool(1, threads=True)
    pool: WorkerPool = _own.pool
    try:
        return pool.call(_do, planner, job, seconds=seconds)
    except WorkerDiedError:
        return _packed(CRASHED)
    except TimeoutError:
        return _packed(timed_out(seconds))


def _do(planner: Mapping[str, str], job: bytes) -> bytes:
    here = identity()
    differs = {
        name: (planner.get(name, "none"), here.get(name, "none"))
        for name in {**planner, **here}
        if planner.get(name) != here.get(name)
    }
    if differs:
        return _packed(Unlike(socket.gethostname(), differs))
    work, known = pickle.loads(zlib.decompress(job))
    return _packed(work(known))
