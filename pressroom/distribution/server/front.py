"""Find whose page is asked for: a request -> the clinic that it is about, and its own path.

A site of several clinics is one server: each has a name of its own, or a path below that of
the site. What stands before a path is taken off, whether another web server did so or not.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ...core.errors import UsageError
from .guard import Guard
from .names import Hosts, names_of

#: What stands before a path as browsers ask for it, of a request that the front let in.
_BASE = "pressroom.base"
#: What stands at the top of an output folder and of the server, besides the locales.
_TAKEN = frozenset({"rack", "connect", "c", "thumbs", "desk", "healthz", "metrics"})


@dataclass(frozen=True, slots=True)
class Entrance:
    """The app of a clinic, and where it is found."""

    #: By the name of its file; empty for the site's own.
    clinic: str
    app: ASGIApp
    hosts: Hosts
    #: Returns the origins of the records that may ask it.
    records: Callable[[], Container[str]] = tuple

    @property
    def folder(self) -> str:
        """The path below which it stands among others; none for the site's own."""
        return f"/{self.clinic}" if self.clinic else ""

    @property
    def path(self) -> str:
        """What browsers have before each path where another web server stands before."""
        return self.hosts.behind.path if self.hosts.behind else ""

    def is_named(self, names: Container[str]) -> bool:
        """Return whether a request names the address at which browsers find it."""
        return self.hosts.behind is not None and self.hosts.behind.host in names


class Front:
    """Passes each request on to the app that it is about."""

    def __init__(self, entrances: Sequence[Entrance]) -> None:
        #: The site's own, or the one clinic that is served, comes first.
        self.entrances = entrances

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on without what stands before its path."""
        if scope["type"] != "http":
            return
        entrance, taken, base = self._choose(scope["path"], names_of(Headers(scope=scope)))
        path, app = scope["path"].removeprefix(taken), entrance.app
        if taken and not path:
            # By a relative address: it holds behind any other server.
            app = RedirectResponse(f"{taken.rpartition('/')[2]}/", 308)
        guard = Guard(app, entrance.hosts, entrance.records)
        await guard({**scope, "path": path, _BASE: base}, receive, send)

    def _choose(self, path: str, names: Container[str]) -> tuple[Entrance, str, str]:
        """Return the entrance, what to take off the path, and what browsers have before it."""
        named = sorted((one for one in self.entrances if one.is_named(names)), key=_depth)
        for one in sorted(named or self.entrances, key=_depth, reverse=True):
            if one.path and _is_below(path, one.path):
                return one, one.path, one.path
        # Another web server has taken it off, or none stands before this one.
        for one in named or self.entrances[1:]:
            if one.folder and _is_below(path, one.folder) and one is not self.entrances[0]:
                return one, one.folder, one.path if named else one.folder
        return (named[0], "", named[0].path) if named else (self.entrances[0], "", "")


def _depth(entrance: Entrance) -> int:
    return len(entrance.path)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def require_free(path: str, locales: Container[str]) -> None:
    """Raise UsageError where a path would stand before what an output folder has at its top."""
    first = path.strip("/").partition("/")[0]
    if first in _TAKEN or first in locales or first.startswith("_"):
        raise UsageError(
            "",
            f"leaflets have addresses of their own below '/{first}/'",
            "choose another path, or a name: 'behind' in [serve] of the clinic's file",
        )


def path_of(request: Request) -> str:
    """Return what browsers have before each path of the server: `/leaflets`, or nothing."""
    return str(request.scope.get(_BASE, ""))
