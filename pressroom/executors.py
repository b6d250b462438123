"""Say where leaflets are set: what --executor names -> a Press."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .errors import UsageError

if TYPE_CHECKING:
    from .press import Press

#: Workers on this machine.
PROCESSES = "processes"
#: What the address of a cluster's scheduler begins with.
DASK = "dask:"


def check_executor(name: str) -> None:
    """Raise UsageError for what names no executor; nothing is connected."""
    if name.startswith(DASK):
        from .cluster import read_address

        read_address(name.removeprefix(DASK))
    elif name != PROCESSES:
        raise UsageError(
            "--executor",
            f"there is no executor '{name}'",
            f"write {PROCESSES}, or {DASK}tcp://HOST:PORT for a Dask cluster",
        )


@contextmanager
def pressing(
    name: str,
    jobs: int | None,
    processors: int,
    make_pool: Callable[[int], Executor] | None = None,
) -> Iterator[Press]:
    """Give a press that sets `jobs` leaflets at once, or as many as there are processors.

    On a cluster, as many as its workers have threads; one that was lost is looked for
    again when there is more to do. `make_pool` is how workers of this machine begin, where
    that matters. Raises UsageError where a cluster is not there.
    """
    from .press import Press

    check_executor(name)
    if name == PROCESSES:
        with Press(jobs or processors, make_pool) as press:
            yield press
        return
    from .cluster import Cluster

    address = name.removeprefix(DASK)
    cluster = Cluster(address)

    def connected(_workers: int) -> Executor:
        nonlocal cluster
        if cluster.ended:
            cluster = Cluster(address)
        return cluster

    try:
        with Press(jobs or cluster.threads, connected, renew=False) as press:
            yield press
    finally:
        cluster.shutdown()
