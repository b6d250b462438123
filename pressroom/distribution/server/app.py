"""Assemble the server and run it: routes -> an app behind the guard, on a socket of its own."""

from __future__ import annotations

import asyncio
import resource
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from ...content.clinic import read_clinic
from ...core.errors import UsageError
from .connect import Connect
from .desk import Desk
from .files import Published, Rack
from .front import Entrance, Front, require_free
from .guard import Tokens
from .health import Health
from .names import Hosts, hosts_of, read_address
from .print_api import PrintApi, Today

_STATIC = Path(__file__).parent / "static"

_SAID = {"Not Found": "There is no such page.", "Method Not Allowed": "That cannot be done here."}


#: Seconds in which a connection has to say all that it asks for, or to take what it is given:
#: those that never do are hung up on, so that they don't keep out others.
PATIENCE_SECONDS = 10
#: How often connections are looked at, in seconds.
LOOK_SECONDS = 0.5
#: More connections at once than a department makes, or a web server that stands before.
MOST_CONNECTIONS = 600
#: Bytes on their way to a client, for each connection.
SEND_BUFFER = 1 << 16
#: Files that may be open at once: each connection may be sent one.
MOST_FILES = 4096


class _Patient(H11Protocol):
    """A connection that is closed where the client keeps it waiting, and that takes its place.

    There is always a place for a new one: where all are taken, the address that holds most of
    them gives the one up that has kept the server waiting longest.
    """

    _numbers = count()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock of a connection, and make room for it."""
        super().connection_made(transport)
        self.number = next(self._numbers)
        self.address, self.gone = self.client[0] if self.client else "", False
        #: How often in a row it was seen to wait for the client, after the same answer.
        self.waited = 0
        self.seen: Any = None
        self.loop.call_later(LOOK_SECONDS, self._look)
        others = [one for one in self.connections if isinstance(one, _Patient) and one is not self]
        if len(others) >= MOST_CONNECTIONS:
            ((most, _),) = Counter(one.address for one in others).most_common(1)
            crowd = [one for one in others if one.address == most]
            max(crowd, key=lambda one: (one.waited, -one.number)).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        super().connection_lost(exc)
        self.gone = True

    def resume_writing(self) -> None:
        """Note that the client has taken a part of what it is given."""
        super().resume_writing()
        self.waited = 0

    def _look(self) -> None:
        if self.gone:
            return
        waits = self._waits() and self.cycle is self.seen
        self.waited, self.seen = self.waited + 1 if waits else 0, self.cycle
        if self.waited * LOOK_SECONDS >= PATIENCE_SECONDS:
            self.transport.abort()
        else:
            self.loop.call_later(LOOK_SECONDS, self._look)

    def _waits(self) -> bool:
        """Return whether the client has not said all, or does not take what it is given."""
        answer: Any = self.cycle
        if answer is None or answer.response_complete:
            return True
        return bool(answer.more_body or self.flow.write_paused)


async def _refused(_request: Request, problem: Exception) -> PlainTextResponse:
    assert isinstance(problem, HTTPException)
    return PlainTextResponse(_SAID.get(problem.detail, problem.detail), problem.status_code)


def _no_icon(_request: Request) -> Response:
    # Browsers ask for an icon by themselves, and log an error where there is none.
    return Response(status_code=204)


@dataclass(frozen=True, slots=True)
class Place:
    """A clinic of a site: its words, where it is published, and how it is found."""

    handouts: Path
    out: Path
    hosts: Hosts
    #: By the name of its file; empty for the site's own.
    clinic: str = ""
    records: Path | None = None


def find_places(
    handouts: Path,
    folders: Mapping[str, Path],
    host: str,
    names: Iterable[str] = (),
    behind: str = "",
    records: Path | None = None,
) -> list[Place]:
    """Return the places of clinics by their output folders: the site's own, or the only one, first.

    `behind` is where browsers find the first, whatever its file says; others stand below it
    unless their files name another address. Raises ConfigurationError for a file that cannot
    be read, UsageError for an address or a name under which one cannot be found.
    """
    places: list[Place] = []
    written, names = "", tuple(names)
    for clinic, out in folders.items():
        own = read_clinic(handouts, clinic)
        first = places[0] if places else None
        address = read_address(own.behind) if own.behind else None
        if first is None:
            written, address = own.behind, read_address(behind) if behind else address
        elif own.behind == written:
            address = first.hosts.behind and first.hosts.behind.below(clinic)
        for path in filter(None, (clinic if first else "", address.path if address else "")):
            require_free(path, own.locales)
        known = (*names, *filter(None, [urlsplit(own.rack_address).hostname]))
        places.append(Place(handouts, out, hosts_of(host, known, address), clinic, records))
    return places


def make_app(places: Mapping[Place, Desk], today: Today) -> ASGIApp:
    """Return the app of clinics, each with its desk: the site's own, or the only one, first."""
    health = Health(next(iter(places)).handouts, {one.clinic: one.out for one in places})
    return Front([_entrance(place, desk, today, health) for place, desk in places.items()])


def _entrance(place: Place, desk: Desk, today: Today, health: Health) -> Entrance:
    handouts, out, clinic = place.handouts, place.out, place.clinic
    tokens = Tokens()
    printer = PrintApi(handouts, out, today, tokens, clinic, place.records)
    rack = Rack(out, tokens, printer.counts)
    connect = Connect(handouts, out, today, clinic, place.hosts.behind)
    routes: list[BaseRoute] = [
        Route("/", rack.page, methods=["GET"]),
        Route("/index.html", rack.page, methods=["GET"]),
        Route("/_serve/printers", printer.printers, methods=["GET"]),
        Route("/_serve/print", printer.print, methods=["POST"]),
        Route("/_serve/printed", printer.printed, methods=["POST"]),
        Route("/connect/service", connect.service, methods=["GET", "POST"]),
        Route("/connect/application", connect.application, methods=["GET"]),
        Route("/favicon.ico", _no_icon, methods=["GET"]),
        Route("/healthz", health.healthz, methods=["GET"]),
        Route("/metrics", health.metrics, methods=["GET"]),
        Mount("/_serve", StaticFiles(directory=_STATIC)),
        *desk.routes(),
        Mount("/", Published(out)),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _refused})
    app.router.redirect_slashes = False
    return Entrance(clinic, app, place.hosts, connect.origins)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises UsageError where there can be none."""
    try:
        # Some machines resolve localhost to ::1 first; browsers try both, scripts may not.
        address = "127.0.0.1" if host == "localhost" else host
        family = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((address, port), family=family)
    except (OSError, UnicodeError) as problem:
        why = getattr(problem, "strerror", None) or problem
        raise UsageError(
            "",
            f"cannot listen on {host}, port {port} ({why})",
            "name another with --port, or end what uses it",
        ) from None
    # What the system holds back for a client counts as taken: with little of it, one that reads
    # slowly is told from one that does not read.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    return listening


@contextmanager
def served(
    app: ASGIApp, listening: socket.socket, close: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Answer requests in a thread while the block runs; `close` is called before it ends."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = MOST_FILES if most == resource.RLIM_INFINITY else min(MOST_FILES, most)
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))
    config = uvicorn.Config(
        app,
        http=_Patient,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([listening],), daemon=True, name="server")
    thread.start()
    try:
        yield
    finally:
        close()
        server.should_exit = server.force_exit = True
        thread.join(2)
        listening.close()
