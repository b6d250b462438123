"""The server as it runs: it prints for its own page alone, and bears with whatever it is sent."""

from __future__ import annotations

import json
import logging
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp

from pressroom.core.errors import UsageError
from pressroom.distribution.server.app import listen, served
from pressroom.distribution.server.desk import Desk

from ...cups import running_cups
from ...support import PATIENCE_SECONDS, ROOT, TODAY, Site, heed_interrupts, make_site, prints_of
from .support import HOST, Answer, app_of, ask

ORIGIN = {"origin": f"http://{HOST}", "content-type": "application/json"}
ORDER = {
    "topic": "sore-throat", "locale": "km", "edition": "standard", "printer": "ward",
    "copies": 2, "duplex": True,
}  # fmt: skip


def token_of(app: ASGIApp) -> str:
    """Return the token that the rack's page carries."""
    page = ask(app, "/").body.decode()
    return page.split('name="pressroom-token" content="', 1)[1].split('"', 1)[0]


def order(app: ASGIApp, sent: object = ORDER, **headers: str) -> Answer:
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    given = {**ORIGIN, "x-pressroom-token": token_of(app)}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(app, "/_serve/print", "POST", body, given)


@pytest.fixture
def made(approved_site: Path, tmp_path: Path) -> Site:
    """Return a copy of a built site: Khmer is approved, Spanish is not."""
    shutil.copytree(approved_site, tmp_path / "site")
    return Site(tmp_path / "site")


def test_a_page_prints_what_may_be_handed_out(made: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_of(made.folder)
    with running_cups() as cups:
        monkeypatch.setenv("CUPS_SERVER", str(cups.folder / "socket"))
        cups.add("ward")
        assert json.loads(ask(app, "/_serve/printers").body) == {
            "printers": ["ward"], "default": "", "paused": [],
        }  # fmt: skip
        answer = order(app)
        assert answer.status == 200, answer.body
        assert json.loads(answer.body) == (
            {"printer": "ward", "copies": 2, "job": "ward-1", "paused": False}
        )
        pdf, (_, copies, options) = cups.arrived("ward-1")
        assert pdf == (made.out / "km/sore-throat.standard.pdf").read_bytes()
        assert copies == "2"
        assert "sides=two-sided-long-edge" in options
        draft = order(app, {**ORDER, "locale": "es"})
        assert draft.status == 409
        assert "is a draft, which no patient may be given" in json.loads(draft.body)["problem"]
        for wrong in ({"topic": "../x"}, {"locale": "xx"}, {"edition": "pocket"}):
            assert order(app, {**ORDER, **wrong}).status == 400
        assert "no printer 'x'" in json.loads(order(app, {**ORDER, "printer": "x"}).body)["problem"]
    assert len(prints_of(made)) == 1


def test_without_a_token_of_the_page_nothing_is_printed(
    made: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pressroom.distribution.server.print_api.send", lambda *_: pytest.fail("it is printed")
    )
    app = app_of(made.folder)
    token = token_of(app)
    for wrong in ("", "1.2", token[:-1], token_of(app_of(made.folder)), f"{int(time.time())}."):
        assert order(app, x_pressroom_token=wrong).status == 403
    for origin in ("null", "http://evil.example", "https://localhost:8000", "http://localhost"):
        assert order(app, origin=origin).status == 403
    headers = {"x-pressroom-token": token}
    assert ask(app, "/_serve/print", "POST", json.dumps(ORDER).encode(), headers).status == 403
    assert order(app, sec_fetch_site="cross-site").status == 403
    assert ask(app, "/_serve/print", headers=headers).status in (404, 405)


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"{", b"[]", b"null", b"\xff", b"[" * 3000, b'"' + b"x" * 5000, {},
        {**ORDER, "more": 1}, {**ORDER, "copies": 0}, {**ORDER, "copies": 101},
        {**ORDER, "copies": True}, {**ORDER, "copies": 1.5}, {**ORDER, "copies": "1"},
        {**ORDER, "topic": ["x"]}, {**ORDER, "duplex": 1}, {**ORDER, "printer": None},
    ],
)  # fmt: skip
def test_what_is_no_order_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: object
) -> None:
    monkeypatch.setattr(
        "pressroom.distribution.server.print_api.send", lambda *_: pytest.fail("it is printed")
    )
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/index.html").write_text("<html><head></head></html>", encoding="utf-8")
    assert order(app_of(tmp_path), sent).status in (400, 413)


def test_only_what_was_published_is_counted(made: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_of(made.folder)

    def count(sent: object, **headers: str) -> int:
        given = {**ORIGIN, "x-pressroom-token": token_of(app), **headers}
        return ask(app, "/_serve/printed", "POST", json.dumps(sent).encode(), given).status

    history = made.read("records/history.jsonl").splitlines()
    (mark,) = {one["mark"] for one in map(json.loads, history) if one["locale"] == "km"}
    right = {"topic": "sore-throat", "locale": "km", "edition": "standard", "mark": mark}
    for wrong in (
        {"mark": "000000"}, {"mark": ""}, {"locale": "ar"}, {"locale": "es"}, {"topic": "../x"},
        {"edition": "booklet"}, {"patient": "A"}, {"mark": 1},
    ):  # fmt: skip
        assert count({**right, **wrong}) == 400, wrong
    assert count(right, **{"x-pressroom-token": ""}) == 403
    assert count(right, origin="https://evil.example") == 403
    assert prints_of(made) == []
    assert count(right) == 200
    assert [job["mark"] for job in prints_of(made)] == [mark]
    monkeypatch.setattr("pressroom.distribution.server.print_api.MOST_COUNTED", 2)
    assert [count(right), count(right)] == [503, 503]
    made.write("clinic.toml", made.read("clinic.toml") + "\n[serve]\ncount_prints = false\n")
    monkeypatch.setattr("pressroom.distribution.server.print_api.MOST_COUNTED", 99)
    assert count(right) == 200
    assert len(prints_of(made)) == 1


# Whatever it is sent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site that is not built, with a page of its own."""
    folder = tmp_path_factory.mktemp("fuzzed")
    make_site(folder, ("en", "ar"))
    (folder / "dist/ar").mkdir(parents=True)
    (folder / "dist/index.html").write_text("<html><head></head></html>", encoding="utf-8")
    (folder / "dist/ar/x.pdf").write_bytes(b"%PDF")
    return folder


@pytest.fixture(scope="module")
def fuzzed(folder: Path) -> Iterator[ASGIApp]:
    desk = Desk(folder / "handouts", lambda: TODAY)
    yield app_of(folder, desk=desk)
    desk.close()


PATHS = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            ["", ".", "..", "ar", "x.pdf", "desk", "sore-throat", "_serve", "print", ".pressroom",
             "index.html", "state", "1.png", "-1.png", "events", "\0", "%00", "%2e%2e", "\\", "~"]
        ) | st.text(max_size=8),
        max_size=5,
    ).map(lambda parts: "/" + "/".join(parts)),
)  # fmt: skip
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [b"host", b"origin", b"range", b"if-range", b"if-none-match", b"if-modified-since",
             b"sec-fetch-site", b"content-type", b"x-pressroom-token", b"cookie", b"accept"]
        ),
        st.binary(max_size=40) | st.sampled_from([b"bytes=0-0", b"bytes=-1", b"*", b"localhost"]),
    ),
    max_size=5,
)  # fmt: skip


@given(
    path=PATHS,
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "get", ""]),
    headers=HEADERS,
    more=st.binary(max_size=200),
)
def test_no_request_breaks_the_app(
    fuzzed: ASGIApp,
    path: str,
    method: str,
    headers: list[tuple[bytes, bytes]],
    more: bytes,
) -> None:
    path = path.encode("utf-8", "replace").decode()
    for host in ([(b"host", HOST.encode())], []):
        answer = ask(fuzzed, path, method, more, [*host, *headers], more)
        assert 200 <= answer.status < 500
        assert "content-security-policy" in answer.headers
        assert b"Test Street Clinic" not in answer.body or path.startswith("/desk")


def serving(app: ASGIApp) -> Iterator[int]:
    listening = listen("127.0.0.1", 0)
    with served(app, listening):
        yield listening.getsockname()[1]


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    yield from serving(app_of(folder))


SEEDS = [
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /ar/x.pdf HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-1\r\n\r\n",
    b"POST /_serve/print HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
    b"Content-Length: 4\r\n\r\n{}\r\n",
    b"POST /_serve/print HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"2\r\n{}\r\n0\r\n\r\n",
    b"GET /desk/ HTTP/1.0\r\n\r\n",
]  # fmt: skip


def sent(port: int, raw: bytes, listening: bool) -> bytes:
    """Send bytes. Give the answer, if one listens to it and the server has not hung up before."""
    address = ("127.0.0.1", port)
    with (
        socket.create_connection(address, timeout=PATIENCE_SECONDS) as wire,
        suppress(ConnectionError),
    ):
        wire.sendall(raw)
        if listening:
            wire.shutdown(socket.SHUT_WR)
            return wire.recv(65536)
    return b""


def test_no_bytes_on_the_wire_break_the_server(port: int, caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(6)
    for _ in range(150):
        raw = bytearray(chance.choice(SEEDS))
        for _ in range(chance.randrange(6)):
            at = chance.randrange(len(raw) + 1)
            match chance.randrange(4):
                case 0:
                    raw[at:at] = chance.randbytes(chance.randrange(1, 30))
                case 1:
                    del raw[at : at + chance.randrange(1, 20)]
                case 2:
                    raw[at:at] = raw[: chance.randrange(1, 80)]
                case _:
                    raw[at:at] = bytes([chance.choice(b"\r\n\0 :%/\xff")]) * 3
        answer = sent(port, bytes(raw), listening=chance.random() < 0.7)
        assert not answer or answer.startswith(b"HTTP/1.1 ")
        assert not answer.startswith(b"HTTP/1.1 5")
    pdf = f"http://127.0.0.1:{port}/ar/x.pdf"
    with urllib.request.urlopen(pdf, timeout=PATIENCE_SECONDS) as page:
        assert page.read() == b"%PDF"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_who_never_says_what_is_wanted_is_hung_up_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a few hundred such connections keep everybody out."""
    monkeypatch.setattr("pressroom.distribution.server.app.PATIENCE_SECONDS", 0.2)
    for port in serving(app_of(folder)):
        for raw in (b"", b"GET / HTTP/1.1\r\nHost: local"):
            address = ("127.0.0.1", port)
            with socket.create_connection(address, timeout=PATIENCE_SECONDS) as wire:
                wire.sendall(raw)
                assert wire.recv(1) == b""
        monkeypatch.setattr("pressroom.distribution.server.app.PATIENCE_SECONDS", 60)
        address = f"http://127.0.0.1:{port}/"
        with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS) as answer:
            assert answer.status == 200


def test_a_port_that_is_taken_is_named(port: int) -> None:
    with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1, port {port} .*--port"):
        listen("127.0.0.1", port)
    with pytest.raises(UsageError, match=r"cannot listen on nowhere\.invalid, port 1 "):
        listen("nowhere.invalid", 1)


# The command


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, ROOT / "pipeline.py", *arguments, "--today", TODAY.isoformat()],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=heed_interrupts,
    )  # fmt: skip


def read_until(process: subprocess.Popen[str], what: str) -> str:
    """Read what a command says, up to the line that has a text."""
    assert process.stdout is not None
    said = ""
    while what not in said:
        line = process.stdout.readline()
        assert line, f"it has ended: {said}"
        said += line
    return said


@pytest.mark.parametrize(("ended_by", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_it_serves_and_rebuilds_until_it_is_ended(
    tmp_path: Path, ended_by: signal.Signals, code: int
) -> None:
    site = make_site(tmp_path, ("en", "ar"))
    name = "leaflets.clinic.example"
    site.write("clinic.toml", f'{site.read("clinic.toml")}\n[rack]\naddress = "https://{name}"\n')
    process = started(tmp_path, "serve", "--port", "0")
    try:
        said = read_until(process, "2 are drafts")
        address = said.split("The rack is at ")[1].split(" ")[0]
        pdf = f"{address}ar/sore-throat.standard.draft.pdf"
        named = urllib.request.Request(pdf, headers={"Host": name})
        with urllib.request.urlopen(named, timeout=PATIENCE_SECONDS) as answer:
            before = answer.headers["etag"]
        site.change("ar/sore-throat", "Rest for 2 days.", text="استرح لمدة 2 يوم كل مرة.")
        said = read_until(process, "2 are drafts")
        assert said.startswith("Changed: handouts/locales/ar/sore-throat.po.\nbuilt ar/sore-throat")
        with urllib.request.urlopen(pdf, timeout=PATIENCE_SECONDS) as answer:
            assert answer.headers["etag"] != before
        site.write("locales/ar/sore-throat.po", "nonsense")
        read_until(process, "handouts/locales/ar/sore-throat.po:1: this is not a PO file")
        with urllib.request.urlopen(pdf, timeout=PATIENCE_SECONDS) as answer:
            assert answer.status == 200
        process.send_signal(ended_by)
        assert process.wait(PATIENCE_SECONDS) == code
    finally:
        process.kill()
        process.communicate()


def test_a_site_that_is_none_ends_it(tmp_path: Path) -> None:
    for command in (["watch"], ["serve", "--port", "0"]):
        process = started(tmp_path, *command)
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 2
        assert "handouts/clinic.toml: there is no clinic file" in said
        assert "Traceback" not in said
