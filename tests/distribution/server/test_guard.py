"""What comes from elsewhere is refused; what goes out carries its policy."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.types import ASGIApp

from pressroom.distribution.server import guard
from pressroom.distribution.server.guard import Tokens
from pressroom.distribution.server.names import host_of, hosts_of

from .support import HOST, app_of, ask

PAGE = """<!DOCTYPE html>
<html lang="ar" dir="rtl"><head><title>x</title><style>p { color: red }</style></head>
<body><p style="font-size:12pt">السلام &amp; عليكم</p><p style="color:&quot;">x</p></body></html>
"""


@pytest.fixture
def app(tmp_path: Path) -> ASGIApp:
    """Return the app of a site of which only the output folder is there."""
    out = tmp_path / "dist"
    for name, text in {
        "index.html": "<html><head><title>Rack</title></head><body></body></html>",
        "ar/asthma.html": PAGE,
        "ar/asthma.standard.pdf": "%PDF-1.7 0123456789",
        ".pressroom/ledger.sqlite3": "secret",
        "ar/.asthma.part": "secret",
    }.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
    (tmp_path / "handouts").mkdir()
    (tmp_path / "handouts/clinic.toml").write_text("secret", encoding="utf-8")
    return app_of(tmp_path)


# Who asks


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8000", "LOCALHOST:80", "localhost.", "127.0.0.1:8000", "[::1]:8000"],
)
def test_this_machine_is_answered(app: ASGIApp, host: str) -> None:
    assert ask(app, "/", headers={"host": host}).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8000", "localhost.evil.example", "evil@localhost", "",
        "localhost:8000@evil.example", "127.0.0.2", "192.168.0.7:8000", "[::2]:8000", "[::1",
        "localhost:80:80", "localhost/", "[::1]evil", "::1", "بيت.example",
    ],
)  # fmt: skip
def test_another_name_is_refused(app: ASGIApp, host: str) -> None:
    answer = ask(app, "/", headers={"host": host})
    assert answer.status == 421
    assert b"Rack" not in answer.body


@pytest.mark.parametrize(
    "headers", [[], [(b"host", b"localhost"), (b"host", b"evil.example")], [(b"host", b"\xff")]]
)
def test_a_request_names_one_host(app: ASGIApp, headers: list[tuple[bytes, bytes]]) -> None:
    assert ask(app, "/", headers=headers).status == 421


def test_names_that_were_asked_for_are_answered(tmp_path: Path) -> None:
    hosts = hosts_of("ward3.clinic.example", ["Leaflets.clinic.example."])
    app = app_of(tmp_path, hosts)
    for host in (
        "ward3.clinic.example:80",
        "leaflets.clinic.example",
        "10.0.0.7:8000",
        "localhost",
    ):
        assert ask(app, "/", headers={"host": host}).status == 200
    assert ask(app, "/", headers={"host": "evil.example"}).status == 421
    named = hosts_of("localhost", ["leaflets.clinic.example"])
    assert named.holds("leaflets.clinic.example:8000")
    assert not named.holds("10.0.0.7:8000")


NAMES = st.sampled_from(["localhost", "LocalHost", "127.0.0.1", "evil.example", "بيت.example"])
PORTS = st.sampled_from(["", ":", ":80", ":65535"])


@given(NAMES, st.sampled_from(["", "."]), PORTS, st.sampled_from(["", " ", "\t"]))
def test_a_host_header_has_a_name_and_perhaps_a_port(
    name: str, dot: str, port: str, blank: str
) -> None:
    header = f"{blank}{name}{dot}{port}{blank}"
    assert host_of(header) == name.lower()
    assert hosts_of("localhost").holds(header) is (name.lower() in ("localhost", "127.0.0.1"))
    assert host_of(f"[::1]{port}") == "::1"
    assert host_of(f"{header.strip()}x") != name.lower()


#: All that names this machine, as a server that listens on it alone is asked.
OWN = re.compile(
    r"\s*((localhost|127\.0\.0\.1)\.*(:\d*)?|\[(localhost|127\.0\.0\.1|::1)\](:.*)?)\s*", re.DOTALL
)
HEADERS = st.lists(
    st.sampled_from(
        ["localhost", "LOCALHOST", "127.0.0.1", "::1", "[", "]", ":", "80", "٨", ".", " ", "@",
         "evil", "\u202e"]
    ),
    max_size=5,
).map("".join)  # fmt: skip


@given(st.one_of(HEADERS, st.text()))
@example("[::1]evil")
@example("localhost:evil")
def test_no_other_header_names_this_machine(header: str) -> None:
    own = OWN.fullmatch(header.lower()) is not None
    assert hosts_of("localhost").holds(header) is own


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "X"])
def test_other_methods_are_refused(app: ASGIApp, method: str) -> None:
    assert ask(app, "/", method).status == 405


def test_a_page_of_another_site_loads_nothing_but_may_lead_here(app: ASGIApp) -> None:
    for site in ("cross-site", "same-site"):
        there = {"sec-fetch-site": site}
        assert (
            ask(
                app, "/ar/asthma.standard.pdf", headers={**there, "sec-fetch-mode": "no-cors"}
            ).status
            == 403
        )
        assert (
            ask(app, "/_serve/printers", headers={**there, "sec-fetch-mode": "cors"}).status == 403
        )
        assert ask(app, "/", headers={**there, "sec-fetch-mode": "navigate"}).status == 200
        form = {**there, "sec-fetch-mode": "navigate", "origin": f"http://{HOST}"}
        assert ask(app, "/_serve/print", "POST", headers=form).status == 403


# Tokens


def test_a_token_holds_for_its_page_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens()
    token = tokens.issue("/")
    assert tokens.holds(token, "/")
    assert not tokens.holds(token, "/desk/")
    assert not Tokens().holds(token, "/")
    later = time.time() + guard.TOKEN_SECONDS + 5
    monkeypatch.setattr(guard.time, "time", lambda: later)
    assert not tokens.holds(token, "/")


@given(st.text() | st.from_regex(r"[0-9]{1,30}\.[0-9a-f]{64}"))
def test_no_other_token_holds(token: str) -> None:
    assert not Tokens().holds(token, "/")


# What goes out


def test_every_answer_has_its_headers(app: ASGIApp) -> None:
    for path in ("/", "/none", "/ar/asthma.html", "/ar/asthma.standard.pdf", "/_serve/print.js"):
        headers = ask(app, path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert headers["cache-control"] in ("no-store", "no-cache")
        assert not {"server", "access-control-allow-origin"} & headers.keys()


def test_a_page_may_use_the_styles_that_it_was_built_with_and_no_others(app: ASGIApp) -> None:
    policy = ask(app, "/ar/asthma.html").headers["content-security-policy"]

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    for style in ("p { color: red }", "font-size:12pt", 'color:"'):
        assert f"'sha256-{digest(style)}'" in policy
    assert policy.count("sha256-") == 3
    assert "'unsafe-inline'" not in policy
    assert "'unsafe-eval'" not in policy
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy
    plain = ask(app, "/").headers["content-security-policy"]
    assert "style-src 'self';" in plain


def test_only_the_rack_has_a_token(app: ASGIApp) -> None:
    assert ask(app, "/").body.count(b'<meta name="pressroom-token"') == 1
    assert ask(app, "/index.html").body.count(b'<meta name="pressroom-token"') == 1
    assert b"pressroom-token" not in ask(app, "/ar/asthma.html").body


# Files


def test_a_file_is_served_with_its_type(app: ASGIApp) -> None:
    answer = ask(app, "/ar/asthma.standard.pdf")
    assert (answer.status, answer.body) == (200, b"%PDF-1.7 0123456789")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["accept-ranges"] == "bytes"
    head = ask(app, "/ar/asthma.standard.pdf", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == "19"


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-3", 206, b"%PDF"), ("bytes=-4", 206, b"6789"), ("bytes=9-", 206, b"0123456789"),
        ("bytes=99-", 416, b""), ("lines=1-2", 400, None), ("bytes=", 400, None),
    ],
)  # fmt: skip
def test_ranges_are_given(app: ASGIApp, asked: str, status: int, body: bytes | None) -> None:
    answer = ask(app, "/ar/asthma.standard.pdf", headers={"range": asked})
    assert answer.status == status
    assert body is None or answer.body == body


def test_what_stands_is_not_sent_again(app: ASGIApp, tmp_path: Path) -> None:
    first = ask(app, "/ar/asthma.standard.pdf").headers
    for name, value in (
        ("if-none-match", first["etag"]),
        ("if-modified-since", first["last-modified"]),
    ):
        again = ask(app, "/ar/asthma.standard.pdf", headers={name: value})
        assert (again.status, again.body) == (304, b"")
    (tmp_path / "dist/ar/asthma.standard.pdf").write_bytes(b"%PDF-1.7 changed")
    again = ask(app, "/ar/asthma.standard.pdf", headers={"if-none-match": first["etag"]})
    assert (again.status, again.body) == (200, b"%PDF-1.7 changed")


@pytest.mark.parametrize(
    "path",
    [
        "/.pressroom/ledger.sqlite3", "/.pressroom", "/ar/.asthma.part", "/ar/", "/ar", "/none.pdf",
        "/../handouts/clinic.toml", "/ar/../../handouts/clinic.toml", "//etc/passwd", "/ar/..",
        "/ar/../.pressroom/ledger.sqlite3", "/..\\handouts\\clinic.toml", "/\0", "/ar/asthma.pdf\0",
        "/_serve/../app.py", "/_serve/", "/_serve/../../app.py", "/" + "a" * 5000, "/%2e%2e/x", "",
        "/link/clinic.toml", "/linked.toml", "/ledger",
    ],
)  # fmt: skip
def test_nothing_else_is_served(app: ASGIApp, tmp_path: Path, path: str) -> None:
    out = tmp_path / "dist"
    (out / "link").symlink_to(tmp_path / "handouts")
    (out / "linked.toml").symlink_to(tmp_path / "handouts/clinic.toml")
    (out / "ledger").symlink_to(out / ".pressroom/ledger.sqlite3")
    answer = ask(app, path)
    assert answer.status == 404
    assert b"secret" not in answer.body


def test_before_the_first_build_the_rack_says_so(tmp_path: Path) -> None:
    answer = ask(app_of(tmp_path), "/")
    assert answer.status == 200
    assert b"The first leaflets are being built." in answer.body


@pytest.mark.parametrize("path", ["/", "/index.html"])
def test_a_rack_that_leads_elsewhere_is_not_served(app: ASGIApp, tmp_path: Path, path: str) -> None:
    page = tmp_path / "dist" / "index.html"
    page.unlink()
    page.symlink_to(tmp_path / "handouts" / "clinic.toml")
    answer = ask(app, path)
    assert b"The first leaflets are being built." in answer.body
    assert b"secret" not in answer.body
    page.unlink()
    os.mkfifo(page)  # Nobody waits for what comes out of it.
    assert b"The first leaflets are being built." in ask(app, path).body
