"""Do a job on another machine: a packed job -> its packed result, or what differs there.

The planner packs and unpacks; `do` runs on the worker, in a process of its own there
that is bounded and may crash, so that a leaflet never ends the worker itself.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import pickle
import socket
import sys
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from . import __version__
from .errors import HandoutError
from .press import CRASHED, Job, Printed
from .releases import releases
from .worker import Worker


@dataclass(frozen=True, slots=True)
class Unlike:
    """A machine that would make other bytes: what differs, the planner's first."""

    machine: str
    differs: Mapping[str, tuple[str, str]]


@lru_cache(maxsize=1)
def identity() -> dict[str, str]:
    """Say what decides the bytes of a leaflet on this machine, besides the leaflet."""
    from .typeset import libraries
    from .typeset.fonts import fonts_digest

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
    room = Path(__file__).parent
    total = hashlib.sha256()
    for path in sorted([*room.rglob("*.py"), *room.rglob("*.toml")]):
        name = path.relative_to(room).as_posix()
        if not name.startswith(("pipeline.py", "templates/", "styles/", "starter/")):
            total.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return f"sha256:{total.hexdigest()}"


def pack(work: Callable[[Job], Printed], job: Job) -> bytes:
    """Pack a job with everything that it needs. Raises ConfigurationError; see `packed`."""
    from .typeset.luggage import packed

    return _packed((work, replace(job, setting=packed(job.setting))))


def unpack(result: bytes) -> Printed | Unlike:
    """Unpack what a worker gave."""
    return pickle.loads(zlib.decompress(result))  # type: ignore[no-any-return]


def do(planner: Mapping[str, str], job: bytes) -> bytes:
    """Do a packed job, or say how this machine is unlike the planner's.

    A leaflet that twice ends the process it is set in is a `render-crash`. Workers of
    other releases are asked, too: what this takes and gives stays as it is.
    """
    for _ in range(2):
        try:
            with _children_allowed():
                future = _worker().submit(_do, planner, job)
            return _worker().result(future)
        except BrokenExecutor:
            continue
    return _packed(CRASHED)


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


def _packed(value: Any) -> bytes:
    return zlib.compress(pickle.dumps(value), 1)


#: Each of a worker's threads has a process of its own, warm after the first leaflet.
_own = threading.local()


def _worker() -> Worker:
    if not hasattr(_own, "worker"):
        _own.worker = Worker()
    return _own.worker  # type: ignore[no-any-return]


@contextmanager
def _children_allowed() -> Iterator[None]:
    """Let a worker start its process, also where it was started by Dask's nanny.

    The nanny marks it as one that may not, lest it leave them behind; ours end with
    their parent, however that ends.
    """
    config: dict[str, Any] = getattr(multiprocessing.current_process(), "_config", {})
    was = config.get("daemon")
    config["daemon"] = False
    try:
        yield
    finally:
        config["daemon"] = was
