"""Many clients at once, most of them slow: the others are answered all the while."""

from __future__ import annotations

import shutil
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from pressroom.core.errors import ConfigurationError
from pressroom.distribution.server import app as app_module
from pressroom.distribution.server.app import listen, served
from pressroom.distribution.server.desk import Desk

from ...support import PATIENCE_SECONDS, TODAY, Site, until
from .support import app_of
from .test_server import token_of

#: Larger than all buffers between server and client.
LARGE = 4 << 20


@pytest.fixture
def made(approved_site: Path, tmp_path: Path) -> Site:
    shutil.copytree(approved_site, tmp_path / "site")
    site = Site(tmp_path / "site")
    (site.out / "ar/large.pdf").write_bytes(bytes(LARGE))
    return site


@pytest.fixture
def port(made: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(app_module, "PATIENCE_SECONDS", 2)
    monkeypatch.setattr(app_module, "LOOK_SECONDS", 0.1)
    listening = listen("localhost", 0)
    desk = Desk(made.handouts, lambda: TODAY)
    with served(app_of(made.folder, desk=desk), listening, desk.close):
        yield listening.getsockname()[1]


def opened(port: int, request: bytes, source: str = "127.0.0.1") -> socket.socket:
    """Send a request, or a part of one, and leave it at that."""
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    wire.settimeout(PATIENCE_SECONDS)
    wire.bind((source, 0))
    wire.connect(("127.0.0.1", port))
    wire.sendall(request)
    return wire


def get(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=60) as answer:
        found: bytes = answer.read()
        return found


def ended(wire: socket.socket) -> bool:
    """Read what comes without waiting; tell whether the server has hung up."""
    wire.settimeout(0)
    try:
        while wire.recv(1 << 20):
            pass
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
    return True


def head(request: str, port: int, *more: str) -> bytes:
    return "\r\n".join([request, f"Host: localhost:{port}", *more, "", ""]).encode()


def test_others_are_served_while_hundreds_are_slow(made: Site, port: int) -> None:
    """200 bodies that do not come, 200 clients that do not read, 80 that listen to the desk."""
    token = token_of(app_of(made.folder))
    body = head(
        "POST /_serve/print HTTP/1.1", port, f"Origin: http://localhost:{port}",
        f"X-Pressroom-Token: {token}", "Content-Length: 4000",
    ) + b"{"  # fmt: skip
    large = head("GET /ar/large.pdf HTTP/1.1", port)
    events = head("GET /desk/sore-throat/ar/events HTTP/1.1", port)
    with ExitStack() as stack:
        listeners = [stack.enter_context(opened(port, events)) for _ in range(80)]
        slow = [
            stack.enter_context(opened(port, request)) for request in [body] * 200 + [large] * 200
        ]
        for _ in range(20):
            assert get(port, "/ar/sore-throat.standard.pdf").startswith(b"%PDF")
            assert b"pressroom-token" in get(port, "/")
        until(lambda: all(map(ended, slow[:200])))
        assert get(port, "/ar/sore-throat.html")
        # Who listens says nothing, and stays: what there is comes to all of them.
        for wire in listeners:
            wire.settimeout(PATIENCE_SECONDS)
            assert wire.recv(4096).startswith(b"HTTP/1.1 200")


def test_who_reads_slowly_but_reads_gets_all_of_it(port: int) -> None:
    with opened(port, head("GET /ar/large.pdf HTTP/1.1", port, "Connection: close")) as wire:
        got, began = 0, time.monotonic()
        while part := wire.recv(1 << 18):
            got += len(part)
            # Longer in all than one may be silent.
            if got < LARGE // 2 and time.monotonic() - began < 3 * app_module.PATIENCE_SECONDS:
                time.sleep(0.05)
    assert got > LARGE


def test_who_does_not_read_is_hung_up_on(port: int) -> None:
    with opened(port, head("GET /ar/large.pdf HTTP/1.1", port)) as wire:
        time.sleep(2 * app_module.PATIENCE_SECONDS)
        got = 0
        try:
            while part := wire.recv(1 << 20):
                got += len(part)
        except ConnectionError:
            pass
    assert got < LARGE


@pytest.mark.parametrize("request_", ["POST /_serve/print HTTP/1.1", "GET /index.html HTTP/1.1"])
def test_a_body_that_trickles_is_given_up(port: int, request_: str) -> None:
    more = (f"Origin: http://localhost:{port}", "Content-Length: 1000000")
    with opened(port, head(request_, port, *more)) as wire:

        def drip() -> bool:
            try:
                wire.settimeout(PATIENCE_SECONDS)
                wire.sendall(b"x")
            except ConnectionError:
                return True
            return ended(wire)

        until(drip)


def test_a_connection_that_asks_again_and_again_stays(port: int) -> None:
    with opened(port, b"") as wire:
        end = time.monotonic() + 2 * app_module.PATIENCE_SECONDS
        while time.monotonic() < end:
            wire.sendall(head("GET /favicon.ico HTTP/1.1", port))
            assert wire.recv(4096).startswith(b"HTTP/1.1 204")
            time.sleep(0.05)


def test_where_all_places_are_taken_the_longest_wait_of_the_largest_crowd_ends(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "MOST_CONNECTIONS", 6)
    monkeypatch.setattr(app_module, "PATIENCE_SECONDS", 600)
    with ExitStack() as stack:
        other = stack.enter_context(opened(port, b"GET", "127.0.0.9"))
        time.sleep(0.3)
        crowd = [stack.enter_context(opened(port, b"GET")) for _ in range(5)]
        time.sleep(0.3)
        last = stack.enter_context(opened(port, b"GET"))
        until(lambda: ended(crowd[0]))
        assert get(port, "/favicon.ico") == b""
        until(lambda: ended(crowd[1]))
        assert not any(map(ended, [other, last, *crowd[2:]]))


def test_a_printing_system_that_hangs_keeps_no_page_waiting(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    release: list[bool] = []

    def hang() -> None:
        until(lambda: bool(release))
        raise ConfigurationError("", "CUPS has not answered", "see 'lpstat -t'")

    monkeypatch.setattr("pressroom.distribution.server.print_api.list_printers", hang)
    asked = head("GET /_serve/printers HTTP/1.1", port)
    with ExitStack() as stack:
        waiting = [stack.enter_context(opened(port, asked)) for _ in range(60)]
        for _ in range(5):
            assert get(port, "/ar/sore-throat.standard.pdf").startswith(b"%PDF")
        release.append(True)
        assert waiting[-1].recv(4096).startswith(b"HTTP/1.1 200")
