"""Run work in processes of this machine: jobs -> results, as they end.

Each worker has two pipes of its own, and shares nothing with others: what happens to it, at any
moment, concerns what it is at and nothing else. In the pools of libraries (Python's own, Pebble)
workers share a pipe and its lock: one that is killed or stopped in the middle of a result, or as
it waits, holds up all others.
"""

from __future__ import annotations

import gc
import math
import multiprocessing
import os
import pickle
import selectors
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any, Literal, Protocol, TypeVar
from weakref import WeakSet

from ..core.limits import GRACE
from . import render
from .render import CRASHED, Job, RenderResult, timed_out

T = TypeVar("T")
Method = Literal["fork", "forkserver", "spawn"]

#: Jobs after which a worker is replaced, whatever libraries below Python may keep of each.
RENEW_AFTER = 500

#: Seconds after a job's limit at which its worker is given up: by then it should have ended the
#: job, or itself.
LATE = 2 * GRACE

#: Jobs for each worker that are drawn before it is free.
AHEAD = 3

#: Seconds between looks for workers that are late.
LOOKS_EVERY = 1.0

#: Bytes before each message that say how long it is.
_HEADER = 8


class Pool(Protocol):
    """What sets leaflets: processes of this machine, or a cluster."""

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, RenderResult]]:
        """Yield jobs with their results as they end; jobs are drawn as workers come free."""


class WorkerDiedError(Exception):
    """The worker ended before it had done what it was sent, and so did the next one."""


class WorkError(Exception):
    """What was done in a worker raised an exception; this is its traceback."""


@dataclass(eq=False, slots=True)
class _Task:
    """Something to do in a worker."""

    about: Any
    message: bytes
    #: Seconds that it may take.
    seconds: float
    value: Any = None
    #: How many workers have died of it, and whether one was late with it.
    died: int = 0
    late: bool = False
    #: Whether it is done or given up.
    over: bool = False


def _task(about: Any, seconds: float, work: Callable[..., object], *arguments: object) -> _Task:
    return _Task(about, pickle.dumps((work, arguments)), seconds)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class WorkerPool:
    """Workers that stay warm from run to run; they start as there is something to do.

    They are forked from this process, which has loaded all that they need. A fork would take
    the locks of other `threads` along: where there are some, workers are forked from a server
    that has none. A system that knows neither lets each load all by itself.

    As a context manager, it ends its workers.
    """

    def __init__(self, size: int, threads: bool = False) -> None:
        wanted: Method = "forkserver" if threads else "fork"
        known = multiprocessing.get_all_start_methods()
        self._method: Method = wanted if wanted in known else "spawn"
        self.size = size
        self.workers: list[_Worker] = []
        self._ended = False

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, jobs: Iterable[Job]) -> Iterator[tuple[Job, RenderResult]]:
        """Yield jobs with their results as they end; jobs are drawn as workers come free.

        A leaflet whose workers die is a `render-crash`; one whose worker ends neither it nor
        itself, be it that it was stopped, is a `render-timeout`.
        """
        tasks = (_task(job, job.limit_seconds, render.set_and_judge, job) for job in jobs)
        for task in self._run(tasks):
            job: Job = task.about
            if task.late:
                yield job, timed_out(job.limit_seconds)
            else:
                yield job, CRASHED if task.died > 1 else task.value

    def call(self, work: Callable[..., T], *arguments: object, seconds: float = math.inf) -> T:
        """Have something else done, and wait for it.

        Raises WorkError, and WorkerDiedError or TimeoutError where it is given up.
        """
        (task,) = self._run(iter([_task(None, seconds, work, *arguments)]))
        if task.late:
            raise TimeoutError
        if task.died > 1:
            raise WorkerDiedError
        return task.value  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the workers at once."""
        for worker in self.workers:
            worker.process.kill()
        while self.workers:
            self.workers.pop().close()

    def end(self) -> None:
        """End the workers at once and for good, from any thread: what runs raises."""
        self._ended = True
        for worker in list(self.workers):
            worker.process.kill()

    def _run(self, tasks: Iterator[_Task]) -> Iterator[_Task]:
        """Yield tasks as they are done or given up.

        Some are drawn ahead, so that no worker waits while the last result is looked at. One
        whose worker died is tried once more: the system may have ended it for what others took.
        """
        ready: deque[_Task] = deque()
        done: list[_Task] = []
        try:
            while True:
                while ready and (worker := self._idle()):
                    worker.send(ready.popleft())
                yield from done
                drawn = list(islice(tasks, 1 if len(ready) < self.size * AHEAD else 0))
                ready += drawn
                busy = [worker for worker in self.workers if worker.task]
                if not busy and not ready:
                    return
                _exchange(busy, 0 if drawn else LOOKS_EVERY)
                ended = [task for worker in busy if (task := worker.ended())]
                done = [task for task in ended if task.over]
                ready += [task for task in ended if not task.over]
        except BaseException:
            self.close()
            raise

    def _idle(self) -> _Worker | None:
        """Return a worker that has nothing to do, a new one if need be."""
        for worker in [worker for worker in self.workers if not worker.task]:
            if worker.given < RENEW_AFTER and worker.process.is_alive():
                return worker
            self.workers.remove(worker)
            worker.close()
        if len(self.workers) == self.size:
            return None
        worker = _Worker(self._method)
        self.workers.append(worker)
        if self._ended:
            raise WorkerDiedError
        return worker


# A worker, seen from here and from inside

#: The workers of this process.
_workers: WeakSet[_Worker] = WeakSet()


class _Worker:
    """A process that does one task after the other. Nothing here waits for it."""

    def __init__(self, method: Method) -> None:
        if method == "fork":
            from . import preload  # noqa: F401 - it loads as it is imported
        elif method == "forkserver":
            multiprocessing.set_forkserver_preload(["pressroom.build.preload"])
        context: Any = multiprocessing.get_context(method)
        messages, self._messages = context.Pipe(duplex=False)
        self._answers, answers = context.Pipe(duplex=False)
        for end in (self._messages, self._answers):
            os.set_blocking(end.fileno(), False)
        self._unsent, self._received = bytearray(), bytearray()
        #: What it is doing.
        self.task: _Task | None = None
        #: How much it was given.
        self.given = 0
        #: When something last passed to it or from it, on the monotonic clock.
        self._moved = 0.0
        self._gone = False
        _workers.add(self)
        self.process = context.Process(target=_serve, args=(messages, answers), daemon=True)
        self.process.start()
        messages.close()
        answers.close()

    def send(self, task: _Task) -> None:
        """Have a task done."""
        self.task = task
        self.given += 1
        self._moved = time.monotonic()
        self._unsent += _framed(task.message)
        self.exchange()

    def watch(self, selector: selectors.BaseSelector) -> None:
        """Have a selector wait for what can be exchanged."""
        selector.register(self._answers, selectors.EVENT_READ)
        if self._unsent:
            selector.register(self._messages, selectors.EVENT_WRITE)

    def exchange(self) -> None:
        """Send what the pipe can hold, and receive what has come."""
        with suppress(BlockingIOError, BrokenPipeError):
            while self._unsent:
                del self._unsent[: os.write(self._messages.fileno(), self._unsent)]
                self._moved = time.monotonic()
        with suppress(BlockingIOError):
            while data := os.read(self._answers.fileno(), 1 << 20):
                self._received += data
                self._moved = time.monotonic()
            self._gone = True

    def ended(self) -> _Task | None:
        """Return the task where it is done, or the worker died or is late. Raises WorkError."""
        task, data = self.task, self._received
        assert task is not None
        if len(data) > _HEADER and len(data) == _HEADER + int.from_bytes(data[:_HEADER], "big"):
            task.value, raised = pickle.loads(data[_HEADER:])
            data.clear()
            if raised:
                raise WorkError(raised)
            task.over = True
        elif self._gone:
            task.died += 1
            task.over = task.died > 1
            self.close()
        elif time.monotonic() > self._moved + task.seconds + LATE:
            task.late = task.over = True
            self.close()
        else:
            return None
        self.task = None
        return task

    def close(self) -> None:
        """End the process at once, whatever it is doing, also where it is stopped."""
        self.process.kill()
        self.process.join()
        self.close_pipes()

    def close_pipes(self) -> None:
        """Close this side's ends of the pipes."""
        self._messages.close()
        self._answers.close()


def _exchange(workers: Iterable[_Worker], seconds: float) -> None:
    """Exchange what can be exchanged with workers; wait so long at most until something can."""
    with selectors.DefaultSelector() as selector:
        for worker in workers:
            worker.watch(selector)
        selector.select(seconds)
    for worker in workers:
        worker.exchange()


def _serve(messages: Connection, answers: Connection) -> None:
    """Do what comes, one after the other, until nobody is left to send: the life of a worker.

    Signals are for the parent alone, with which it ends. A fork has the pipes of all workers
    before it, and keeps none. What was loaded before it began is never looked through for
    garbage; `tidy` collects what leaflets leave behind.
    """
    for worker in list(_workers):
        worker.close_pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.freeze()
    gc.disable()
    source = os.fdopen(messages.fileno(), "rb", closefd=False)
    sink = os.fdopen(answers.fileno(), "wb", closefd=False)
    while header := source.read(_HEADER):
        sink.write(_framed(_answer(source.read(int.from_bytes(header, "big")))))
        sink.flush()


def _end_with_parent() -> None:
    """Wait for the parent to end; a worker that outlived it would hold its locks for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _answer(message: bytes) -> bytes:
    """Do what a message says. Return the value, or the traceback of what was raised."""
    try:
        work, arguments = pickle.loads(message)
        return pickle.dumps((work(*arguments), ""))
    except Exception:
        return pickle.dumps((None, traceback.format_exc()))


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(_HEADER, "big") + data
