"""Say where leaflets are set: what --executor names -> a Press."""

from __future__ import annotations

from collections.abc import Iterator
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
def pressing(name: str, jobs: int | None, processors: int) -> Iterator[Press]:
    """Give a press that sets `jobs` leaflets at once, or as many as there are processors.

    On a cluster, as many as its workers have threads. Raises UsageError where a
    cluster is not there.
    """
    from .press import Press

    check_executor(name)
    if name == PROCESSES:
        with Press(jobs or processors) as press:
            yield press
        return
    from .cluster import Cluster

    with (
        Cluster(name.removeprefix(DASK)) as cluster,
        Press(jobs or cluster.threads, lambda _: cluster) as press,
    ):
        yield press
