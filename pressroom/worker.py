"""Keep one worker process warm: work -> its Future. One that died or has done much is replaced.

For whoever has threads of its own: see `press.spawned`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from typing import TypeVar

from .press import RENEW_AFTER, ended, kill, spawned

T = TypeVar("T")


class Worker:
    """A process that does one thing after the other; it starts with the first."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        #: Things that the present process was given.
        self._given = 0

    def submit(self, work: Callable[..., T], *arguments: object) -> Future[T]:
        """Have something done. Its future raises BrokenExecutor where the process dies of it."""
        if self._pool is not None and self._given < RENEW_AFTER:
            try:
                self._given += 1
                return self._pool.submit(work, *arguments)
            except BrokenExecutor:
                self.kill()
        self.leave()
        self._pool, self._given = spawned(1), 1
        return self._pool.submit(work, *arguments)

    def result(self, future: Future[T]) -> T:
        """Wait for what was submitted last. Raises BrokenExecutor where the process died of it."""
        ended([future], [self._pool] if self._pool else [])
        return future.result()

    def leave(self) -> None:
        """Let the process end when it has done what it was given."""
        if self._pool is not None:
            self._pool.shutdown(wait=False)
            self._pool = None

    def kill(self) -> None:
        """End the process at once."""
        if self._pool is not None:
            kill(self._pool)
            self._pool = None
