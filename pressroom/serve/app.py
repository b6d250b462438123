"""Put the server together: its pages, behind the guard, on a socket that is ours."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from ..errors import UsageError
from .guard import Guard, Hosts, Tokens
from .printer import Printer, Today
from .published import Published, Rack

_STATIC = Path(__file__).parent / "static"

#: More requests at once than a department makes; the others are told to wait.
MOST_REQUESTS = 200


async def _not_found(_request: Request, _problem: Exception) -> PlainTextResponse:
    return PlainTextResponse("There is no such page.", 404)


async def _not_allowed(_request: Request, _problem: Exception) -> PlainTextResponse:
    return PlainTextResponse("That cannot be done here.", 405)


def make_app(
    handouts: Path, out: Path, today: Today, hosts: Hosts, more: tuple[BaseRoute, ...] = ()
) -> ASGIApp:
    """Give the app of a site; `more` are the routes of the desk."""
    tokens = Tokens()
    rack = Rack(out, tokens)
    printer = Printer(handouts, out, today, tokens)
    routes: list[BaseRoute] = [
        Route("/", rack.page, methods=["GET"]),
        Route("/index.html", rack.page, methods=["GET"]),
        Route("/_serve/printers", printer.printers, methods=["GET"]),
        Route("/_serve/print", printer.print, methods=["POST"]),
        Mount("/_serve", StaticFiles(directory=_STATIC)),
        *more,
        Mount("/", Published(out)),
    ]
    handlers = {404: _not_found, 405: _not_allowed}
    app = Starlette(routes=routes, exception_handlers=handlers)
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
def served(app: ASGIApp, listening: socket.socket) -> Iterator[None]:
    """Answer requests in a thread of its own, until the block ends."""
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_REQUESTS,
        timeout_graceful_shutdown=0,
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([listening],), daemon=True, name="server")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = server.force_exit = True
        thread.join(2)
        listening.close()
