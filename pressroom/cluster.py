"""Do jobs on the workers of a Dask cluster: an address -> an Executor; the home of distributed.

A job travels with everything that it needs, as one piece of bytes, and so does
its result: workers share no disk with the planner. See docs/cluster.md.
"""

from __future__ import annotations

import gc
import logging
import re
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Any

from . import remote
from .errors import ClusterError, UsageError
from .press import CRASHED, Job, Printed

#: `tcp://scheduler.example:8786`, or `tls://…`; an IPv6 address stands in brackets.
_ADDRESS = re.compile(r"(tcp|tls)://([^\s/:@\[\]]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")

#: Seconds in which a scheduler has to answer, and in which it has to have a worker.
ANSWER_S = 5
WORKER_S = 10
#: Seconds without any worker after which a build gives up.
ALONE_S = 60
#: Seconds between looks at how many workers there are.
LOOK_S = 2


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


@dataclass(eq=False, slots=True)
class _Task:
    """A job on its way, and what it came to."""

    packed: bytes
    answer: Future[Printed] = field(default_factory=Future)
    #: Tried again alone, after workers had died that had it.
    alone: bool = False


class Cluster(Executor):
    """The workers of a Dask cluster.

    Raises UsageError where there is no `distributed`, no scheduler or no worker.
    """

    def __init__(self, address: str) -> None:
        self.address = read_address(address)
        self._client = _connect(self.address)
        #: Leaflets that its workers set at once.
        self.threads = sum(self._client.nthreads().values())
        # Results have no name of their own: the same job is done anew in each run.
        self._pool = self._client.get_executor(pure=False)
        self._lock = Lock()
        self._open: set[_Task] = set()
        self._suspects: deque[_Task] = deque()
        self._ended = Event()
        Thread(target=self._watch, daemon=True).start()

    def submit(  # type: ignore[override]
        self, work: Callable[[Job], Printed], job: Job, /
    ) -> Future[Printed]:
        """Send a job. Its future may raise ClusterError."""
        task = _Task(remote.pack(work, job))
        self._send(task)
        return task.answer

    def _send(self, task: _Task) -> None:
        with self._lock:
            self._open.add(task)
        try:
            future = self._pool.submit(remote.do, remote.identity(), task.packed)
        except Exception:  # The client is closed; its own words for that are many.
            self._fail(task, self._lost())
        else:
            future.add_done_callback(lambda done: self._receive(task, done))

    def _receive(self, task: _Task, done: Future[bytes]) -> None:
        """Take what became of a task; runs in the client's own thread."""
        from distributed.scheduler import KilledWorker

        if done.cancelled():
            return self._fail(task, self._lost())
        problem = done.exception()
        if isinstance(problem, KilledWorker) and not task.alone:
            return self._suspect(task)
        if isinstance(problem, KilledWorker):
            self._answer(task, CRASHED)
        elif isinstance(problem, ImportError):
            self._fail(task, _no_engine(problem))
        elif problem is not None:
            self._fail(task, problem)
        else:
            result = remote.unpack(done.result())
            if isinstance(result, remote.Unlike):
                self._fail(task, _unlike(result))
            else:
                self._answer(task, result)
        if task.alone:
            self._next_suspect()

    # Jobs that had workers die

    def _suspect(self, task: _Task) -> None:
        """Try a job again after all others of its kind.

        The scheduler gives up whatever lay with workers that died, also what only waited
        there. One after the other, each has workers that die of nothing but itself.
        """
        with self._lock:
            task.alone = True
            self._suspects.append(task)
            first = len(self._suspects) == 1
        if first:
            self._send(task)

    def _next_suspect(self) -> None:
        with self._lock:
            self._suspects.popleft()
            following = self._suspects[0] if self._suspects else None
        if following:
            self._send(following)

    # What is answered

    def _answer(self, task: _Task, printed: Printed) -> None:
        with self._lock:
            self._open.discard(task)
        if not task.answer.done():
            task.answer.set_result(printed)

    def _fail(self, task: _Task, problem: BaseException) -> None:
        with self._lock:
            self._open.discard(task)
        if not task.answer.done():
            task.answer.set_exception(problem)

    def _lost(self) -> ClusterError:
        return ClusterError(
            "",
            f"the Dask scheduler at {self.address} was lost",
            "what was published stays; start it, and run the command again to go on",
        )

    # How it ends

    @property
    def ended(self) -> bool:
        """Tell whether it was left, or lost and left."""
        return self._ended.is_set()

    def _watch(self) -> None:
        """Give up where no worker is left for long."""
        alone_s = 0
        while not self._ended.wait(LOOK_S):
            with suppress(Exception):  # A scheduler that is lost fails the tasks itself.
                alone_s = 0 if self._client.nthreads() else alone_s + LOOK_S
            if alone_s >= ALONE_S:
                with self._lock:
                    left = list(self._open)
                problem = ClusterError(
                    "",
                    f"no worker is left at {self.address}",
                    "what was published stays; start one with `dask worker "
                    f"{self.address}`, and run the command again to go on",
                )
                for task in left:
                    self._fail(task, problem)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; its workers go on for others. What is under way is cancelled there,
        unless it is waited for.
        """
        if not self._ended.is_set():
            self._ended.set()
            with suppress(Exception):
                self._pool.shutdown(wait=wait and not cancel_futures)
            self._client.close(timeout=1)
            # At its end, Python would look through all that Dask loaded: half a second.
            gc.freeze()


def _connect(address: str) -> Any:
    """Give a client of a scheduler that has workers. Raises UsageError."""
    try:
        import distributed
    except ImportError:
        raise UsageError(
            "--executor", "Dask is not installed", "pip install 'pressroom[dask]'"
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
    """Tell whether Dask's settings name certificates that can be read."""
    try:
        return bool(security.get_connection_args("client").get("ssl_context"))
    except (OSError, ValueError):
        return False


def _no_engine(problem: ImportError) -> ClusterError:
    return ClusterError(
        "",
        f"a worker of the cluster cannot load Pressroom ({problem})",
        f"install {remote.identity()['Pressroom']} there, as it is here",
    )


def _unlike(found: remote.Unlike) -> ClusterError:
    """Say in what a worker differs. Nothing that it made was taken."""
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
