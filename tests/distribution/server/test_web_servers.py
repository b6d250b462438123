"""Behind the web servers that hospitals have, as `deploy/` sets them up, each really run."""

from __future__ import annotations

import json
import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from pressroom.distribution.server.app import Place, listen, make_app, served
from pressroom.distribution.server.desk import Desk
from pressroom.distribution.server.names import hosts_of, read_address

from ...cups import Cups, running_cups
from ...support import PATIENCE_SECONDS, TODAY, Site, prints_of
from ...web_servers import NAME, RECIPES, WebServer, free_port, make_certificate, web_server

#: nginx that passes everything on and adds nothing.
BARE = """
server {
    listen 443 ssl;
    ssl_certificate     /etc/ssl/leaflets/fullchain.pem;
    ssl_certificate_key /etc/ssl/leaflets/privkey.pem;
    location / {
        proxy_pass http://127.0.0.1:8000;
    }
}
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def made(approved_site: Path, tmp_path: Path) -> Site:
    shutil.copytree(approved_site, tmp_path / "site")
    return Site(tmp_path / "site")


@pytest.fixture
def cups(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cups]:
    with running_cups() as started:
        monkeypatch.setenv("CUPS_SERVER", str(started.folder / "socket"))
        started.add("ward")
        yield started


@pytest.fixture(params=RECIPES)
def both(
    request: pytest.FixtureRequest, made: Site, tmp_path: Path, certificate: Path
) -> Iterator[tuple[WebServer, int]]:
    """Run a web server before the server of a site. Give it, and the port of the latter."""
    port = free_port()
    behind = read_address(f"https://{NAME}:{port}")
    desk = Desk(made.handouts, lambda: TODAY, behind=True)
    place = Place(made.handouts, made.out, hosts_of("localhost", behind=behind))
    listening = listen("localhost", 0)
    to = listening.getsockname()[1]
    tmp_path.chmod(0o755)
    with (
        served(make_app({place: desk}, lambda: TODAY), listening, desk.close),
        web_server(request.param, tmp_path, certificate, to, port=port) as running,
    ):
        yield running, to


def test_a_department_reads_and_prints_behind_it(
    both: tuple[WebServer, int], made: Site, cups: Cups
) -> None:
    web, port = both
    status, headers, page = web.ask("/")
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    token = page.decode().split('name="pressroom-token" content="', 1)[1].split('"', 1)[0]

    status, headers, part = web.ask("/ar/sore-throat.standard.pdf", headers={"range": "bytes=0-3"})
    assert (status, part) == (206, b"%PDF")
    etag = headers["etag"]
    assert web.ask("/ar/sore-throat.standard.pdf", headers={"if-none-match": etag})[0] == 304

    order = {
        "topic": "sore-throat", "locale": "km", "edition": "standard", "printer": "ward",
        "copies": 2, "duplex": True,
    }  # fmt: skip
    sent = {
        "origin": web.origin, "sec-fetch-site": "same-origin", "x-pressroom-token": token,
        "content-type": "application/json",
    }  # fmt: skip
    body = json.dumps(order).encode()
    status, _, said = web.ask("/_serve/print", "POST", body, sent)
    assert (status, json.loads(said)) == (
        200,
        {"printer": "ward", "copies": 2, "job": "ward-1", "paused": False},
    )
    assert cups.arrived("ward-1")[0] == (made.out / "km/sore-throat.standard.pdf").read_bytes()
    for origin in ("https://evil.example", f"http://{NAME}:{web.port}", f"http://localhost:{port}"):
        assert web.ask("/_serve/print", "POST", body, {**sent, "origin": origin})[0] == 403
    assert len(prints_of(made)) == 1


def test_the_desk_stays_at_the_machine(both: tuple[WebServer, int]) -> None:
    web, port = both
    lie = {"x-forwarded-for": "127.0.0.1", "x-real-ip": "::1", "forwarded": "for=_x;host=localhost"}
    for path in ("/desk/", "/desk/locales", "/desk/sore-throat/ar", "/desk/sore-throat/ar/events"):
        assert web.ask(path)[0] == 403
        assert web.ask(path, headers=lie)[0] == 403
    at_the_machine = f"http://localhost:{port}/desk/sore-throat/ar/events"
    with urllib.request.urlopen(at_the_machine, timeout=PATIENCE_SECONDS) as stream:
        assert stream.readline() == b"retry: 1000\n"
        assert stream.readline() == b"\n"
        assert stream.readline().startswith(b"data: ")


@pytest.mark.skipif(os.getuid() != 0, reason="another user's programs are started by root alone")
def test_the_desk_is_not_for_a_web_server_that_says_nothing(
    made: Site, tmp_path: Path, certificate: Path
) -> None:
    """`proxy_pass` alone: to the server, it is a client of this machine that asks for localhost."""
    tmp_path.chmod(0o755)
    desk = Desk(made.handouts, lambda: TODAY)
    place = Place(made.handouts, made.out, hosts_of("localhost"))
    listening = listen("localhost", 0)
    port = listening.getsockname()[1]
    with (
        served(make_app({place: desk}, lambda: TODAY), listening, desk.close),
        web_server("nginx", tmp_path, certificate, port, site=BARE) as web,
    ):
        assert web.ask("/desk/locales")[0] == 403
        with urllib.request.urlopen(f"http://localhost:{port}/desk/locales") as answer:
            assert answer.status == 200


@pytest.mark.parametrize("kind", RECIPES)
def test_a_folder_is_shown_without_what_is_the_engine_s_own(
    kind: str, made: Site, tmp_path: Path, certificate: Path
) -> None:
    for folder in (tmp_path, made.folder):
        folder.chmod(0o755)
    (made.out / ".pressroom").chmod(0o755)
    (made.out / ".pressroom/ledger.sqlite3").chmod(0o644)
    (made.out / "ar/sore-throat.standard.fhir.json").write_text("{}", encoding="utf-8")
    with web_server(kind, tmp_path, certificate, out=made.out) as web:
        status, headers, page = web.ask("/")
        assert status == 200
        assert b"<html" in page
        assert "text/html" in headers["content-type"]
        assert web.ask("/ar/sore-throat.standard.pdf")[1]["content-type"] == "application/pdf"
        fhir = web.ask("/ar/sore-throat.standard.fhir.json")
        assert fhir[1]["content-type"].partition(";")[0] == "application/fhir+json"
        for path in ("/.pressroom/ledger.sqlite3", "/.pressroom/", "/ar/../.pressroom/lock"):
            assert web.ask(path)[0] in (403, 404), path
