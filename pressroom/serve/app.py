"""Put the server together: its pages, behind the guard, on a socket that is ours."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from ..errors import UsageError
from .desk import Desk
from .guard import Guard, Hosts, Tokens
from .printer import Printer, Today
from .published import Published, Rack

_STATIC = Path(__file__).parent / "static"

#: More requests at once than a department makes; the others are told to wait.
MOST_REQUESTS = 200


_SAID = {"Not Found": "There is no such page.", "Method Not Allowed": "That cannot be done here."}


#: Seconds in which a connection has to say what it asks for: those that never do are hung up on,
#: so that they don't keep out others.
PATIENCE_SECONDS = 20


class _Patient(H11Protocol):
    """A connection that is hung up on where it waits without having asked for anything."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self.loop.call_later(PATIENCE_SECONDS, self._look)

    def _look(self) -> None:
        if self.transport.is_closing():
            return
        answer: Any = self.cycle
        waits = str(self.conn.their_state) == "IDLE"
        if waits and (answer is None or answer.response_complete):
            self.transport.close()
        else:
            self.loop.call_later(PATIENCE_SECONDS, self._look)


async def _refused(_request: Request, problem: Exception) -> PlainTextResponse:
    assert isinstance(problem, HTTPException)
    return PlainTextResponse(_SAID.get(problem.detail, problem.detail), problem.status_code)


def _no_icon(_request: Request) -> Response:
    """Browsers ask for an icon by themselves, and log an error where there is none."""
    return Response(status_code=204)


def make_app(
    handouts: Path, out: Path, today: Today, hosts: Hosts, desk: Desk, clinic: str = ""
) -> ASGIApp:
    """Give the app of a site, or of one of its clinics."""
    tokens = Tokens()
    rack = Rack(out, tokens)
    printer = Printer(handouts, out, today, tokens, clinic)
    routes: list[BaseRoute] = [
        Route("/", rack.page, methods=["GET"]),
        Route("/index.html", rack.page, methods=["GET"]),
        Route("/_serve/printers", printer.printers, methods=["GET"]),
        Route("/_serve/print", printer.print, methods=["POST"]),
        Route("/favicon.ico", _no_icon, methods=["GET"]),
        Mount("/_serve", StaticFiles(directory=_STATIC)),
        *desk.routes(),
        Mount("/", Published(out)),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _refused})
    app.router.redirect_slashes = False
    return Guard(app, hosts)


def listen(host: str, port: int) -> socket.socket:
    """Give a socket that listens. Raises UsageError where it cannot be had."""
    try:
        # Some machines resolve localhost to ::1 first; browsers try both, scripts may not.
        address = "127.0.0.1" if host == "localhost" else host
        family = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((address, port), family=family)
    except (OSError, UnicodeError) as problem:
        why = getattr(problem, "strerror", None) or problem
        raise UsageError(
            "",
            f"cannot listen on {host}, port {port} ({why})",
            "name another with --port, or end what uses it",
        ) from None


@contextmanager
def served(
    app: ASGIApp, listening: socket.socket, close: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Answer requests in a thread of its own, until the block ends; `close` ends what goes on."""
    config = uvicorn.Config(
        app,
        http=_Patient,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_REQUESTS,
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
