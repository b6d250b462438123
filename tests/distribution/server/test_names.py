"""Behind another web server: by which name a page was asked for, and who is at the machine."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from pressroom.core.errors import UsageError
from pressroom.distribution.server import guard, names
from pressroom.distribution.server.app import Place, find_places, make_app
from pressroom.distribution.server.desk import Desk
from pressroom.distribution.server.names import host_of, hosts_of, origin_of, read_address

from ...support import TODAY, make_site
from .support import Answer, ask

URL = "https://leaflets.clinic.example"
#: What nginx adds, and what browsers send with an order.
NGINX = {"x-forwarded-for": "10.1.2.3", "x-forwarded-proto": "https"}
ORDER = {"sec-fetch-site": "same-origin", "origin": URL}


def app_behind(folder: Path, url: str = URL, host: str = "localhost") -> ASGIApp:
    out = folder / "dist"
    (out / "ar").mkdir(parents=True, exist_ok=True)
    (out / "index.html").write_text("<html><head></head>Rack</html>", encoding="utf-8")
    (out / "ar/x.pdf").write_bytes(b"%PDF")
    behind = read_address(url) if url else None
    desk = Desk(folder / "handouts", lambda: TODAY, behind=bool(url))
    place = Place(folder / "handouts", out, hosts_of(host, behind=behind))
    return make_app({place: desk}, lambda: TODAY)


def printed(app: ASGIApp, headers: dict[str, str], path: str = "/_serve/print") -> Answer:
    """Send an order with the page's token, but of no leaflet: 400 where it is let in."""
    page = ask(app, path.replace("_serve/print", ""), headers={"host": headers["host"]})
    token = page.body.decode().split('content="', 1)[1].split('"', 1)[0]
    return ask(app, path, "POST", b"{}", {**headers, "x-pressroom-token": token})


@pytest.mark.parametrize(
    "asked",
    [
        {"host": "leaflets.clinic.example", **NGINX},
        {"host": "Leaflets.Clinic.example.:443", **NGINX},
        {"host": "leaflets.clinic.example"},
        {"host": "localhost:8000", **NGINX},
        {"host": "localhost:8000", **NGINX, "x-forwarded-host": "leaflets.clinic.example"},
        {"host": "127.0.0.1:8000", **NGINX, "x-forwarded-host": "LEAFLETS.clinic.example:443"},
        {"host": "[::1]:8000", "forwarded": 'for="[2001:db8::1]";host=leaflets.clinic.example'},
        {"host": "localhost:8000"},
    ],
)  # fmt: skip
def test_a_page_prints_from_its_own_address(tmp_path: Path, asked: dict[str, str]) -> None:
    app = app_behind(tmp_path)
    assert printed(app, {**asked, **ORDER}).status == 400
    for origin in (
        "https://evil.example", "http://leaflets.clinic.example", f"{URL}:8443", "null",
        "https://leaflets.clinic.example.evil.example", "https://بيت.example", "https://[::1]",
    ):  # fmt: skip
        assert printed(app, {**asked, **ORDER, "origin": origin}).status == 403


def test_an_address_is_one_however_it_is_written(tmp_path: Path) -> None:
    app = app_behind(tmp_path, "HTTPS://Leaflets.Clinic.Example.:443/")
    for origin in (URL, "https://leaflets.clinic.example.", "https://LEAFLETS.clinic.example:443"):
        asked = {"host": "leaflets.clinic.example", **NGINX, "origin": origin}
        assert printed(app, asked).status == 400


@pytest.mark.parametrize(
    ("url", "host", "origin"),
    [
        ("https://[2001:db8:0:0::7]:8443", "[2001:db8::7]:8443", "https://[2001:db8::7]:8443"),
        ("http://10.0.0.7:8080", "10.0.0.7:8080", "http://10.0.0.7:8080"),
        ("https://xn--mgb8b.example", "xn--mgb8b.example", "https://xn--mgb8b.example"),
    ],
)
def test_an_address_may_have_a_port_and_be_of_digits(
    tmp_path: Path, url: str, host: str, origin: str
) -> None:
    app = app_behind(tmp_path, url)
    assert printed(app, {"host": host, **NGINX, "origin": origin}).status == 400
    assert printed(app, {"host": host, **NGINX, "origin": f"{origin}1"}).status == 403


def test_the_machine_itself_still_prints_and_nobody_in_its_name(tmp_path: Path) -> None:
    app = app_behind(tmp_path)
    own = {"host": "localhost:8000", "origin": "http://localhost:8000"}
    assert printed(app, own).status == 400
    assert printed(app, {**own, **NGINX}).status == 403


@pytest.mark.parametrize(
    "asked",
    [
        {"host": "evil.example"},
        {"host": "evil.example", "x-forwarded-host": "leaflets.clinic.example"},
        {"host": "localhost", "x-forwarded-host": "evil.example"},
        {"host": "leaflets.clinic.example", "x-forwarded-host": "evil.example, localhost"},
        {"host": "localhost", "forwarded": "for=1.2.3.4;Host=evil.example;proto=https"},
        {"host": "localhost", "forwarded": 'for=1.2.3.4, host="بيت.example"'},
        {"host": "leaflets.clinic.example.evil.example"},
        {"host": "10.0.0.7"},
    ],
)  # fmt: skip
def test_each_name_of_a_request_is_one_of_its_own(tmp_path: Path, asked: dict[str, str]) -> None:
    headers = [(name.encode(), value.encode()) for name, value in asked.items()]
    answer = ask(app_behind(tmp_path), "/", headers=headers)
    assert answer.status == 421
    assert b"does not know" in answer.body
    assert b"Rack" not in answer.body


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"host": "ward3"}, 'does not know the name "ward3": it answers to localhost. Whoever runs '
         "it teaches it the name: 'serve --name ward3'."),
        ({"host": "localhost", "x-forwarded-host": "ward3.example"}, "--behind https://ward3.exam"),
        ({"host": "a b\u202e\r\n"}, "does not know that name: it answers to localhost."),
    ],
)  # fmt: skip
def test_who_is_refused_learns_the_name_and_the_way(
    tmp_path: Path, asked: dict[str, str], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    headers = [(name.encode(), value.encode()) for name, value in asked.items()]
    guard._log.told.clear()
    app = app_behind(tmp_path, "")
    assert said in ask(app, "/ar/x.pdf", headers=headers, query=b"of=a-patient").body.decode()
    (line,) = caplog.messages
    assert line.startswith("refused 421 GET /ar/x.pdf from 127.0.0.1: This server does not know ")
    assert said in line
    assert "patient" not in line
    ask(app, "/ar/x.pdf", headers=headers)  # Said once a minute.
    assert len(caplog.messages) == 1


def test_a_page_at_an_unknown_address_learns_which(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    guard._log.told.clear()
    answer = printed(app_behind(tmp_path, ""), {"host": "localhost:8000", **NGINX, **ORDER})
    assert answer.status == 403
    assert answer.headers["content-type"].startswith("text/plain")
    assert f"'serve --behind {URL}'" in answer.body.decode()
    assert caplog.messages[0].startswith("refused 403 POST /_serve/print from 10.1.2.3 by 127.0.0")


# Who is at the machine


@pytest.mark.parametrize(
    "said",
    [
        NGINX, {"x-forwarded-for": "127.0.0.1"}, {"x-forwarded-for": "::1"}, {"x-real-ip": "::1"},
        {"forwarded": "for=127.0.0.1"}, {"via": "1.1 web"}, {"x-forwarded-host": "localhost"},
        {"x-forwarded-proto": "http"}, {"x-forwarded-server": "web"}, {"true-client-ip": "::1"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("url", ["", URL])
def test_what_is_passed_on_is_from_elsewhere(
    tmp_path: Path, said: dict[str, str], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "_users", lambda _: [os.getuid()])
    app = app_behind(tmp_path, url)
    assert ask(app, "/desk/").status == 200
    assert ask(app, "/desk/", headers=said).status == 403


def test_other_machines_and_names_are_elsewhere(tmp_path: Path) -> None:
    app = app_behind(tmp_path, "", "0.0.0.0")
    assert ask(app, "/desk/").status == 200
    assert ask(app, "/desk/", client="::ffff:127.0.0.1").status == 200
    for client in ("10.0.0.7", "::ffff:10.0.0.7", "", "unix"):
        assert ask(app, "/desk/", client=client).status == 403
    behind = app_behind(tmp_path)
    for host in ("leaflets.clinic.example", "10.0.0.7:8000"):
        assert ask(behind, "/desk/", headers={"host": host}).status in (403, 421)


ROW = "  {n}: {here}:{port:04X} {there}:{to:04X} 01 0:0 00:0 0 {user} 0 {n} 1 0 0"


@pytest.mark.parametrize(
    ("users", "status"),
    [([os.getuid()], 200), ([1000], 200), ([200_000_017], 200), ([33], 403), ([65534], 403),
     ([1000, 33], 403), ([61_184], 403)],
)  # fmt: skip
@pytest.mark.parametrize("url", ["", URL])
def test_a_service_at_the_machine_is_nobody(
    tmp_path: Path, users: list[int], status: int, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's own table says who holds the other end; headers say nothing here."""
    table = tmp_path / "tcp"
    here = "0100007F"
    rows = [ROW.format(n=n, here=here, port=40000, there=here, to=8000, user=user)
            for n, user in enumerate(users)]  # fmt: skip
    rows.append(ROW.format(n=9, here=here, port=8000, there=here, to=40000, user=33))
    rows.append(ROW.format(n=8, here=here, port=40001, there=here, to=8000, user=33))
    table.write_text("\n".join(["head", *rows, ""]), encoding="ascii")
    monkeypatch.setattr(names, "_TABLES", (table, tmp_path / "none"))
    assert ask(app_behind(tmp_path, url), "/desk/").status == status


def test_where_the_system_says_nothing_nobody_is_local_behind_a_web_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "_TABLES", ())
    assert ask(app_behind(tmp_path), "/desk/").status == 403
    assert ask(app_behind(tmp_path, ""), "/desk/").status == 200


# Below a path


@pytest.mark.parametrize("taken", ["", "/clinic/leaflets"])
def test_a_rack_may_stand_below_a_path_that_is_taken_off_or_not(tmp_path: Path, taken: str) -> None:
    app = app_behind(tmp_path, f"{URL}/clinic/leaflets/")
    asked = {"host": "leaflets.clinic.example", **NGINX}
    page = ask(app, f"{taken}/", headers=asked)
    assert (page.status, b'src="_serve/print.js"' in page.body) == (200, True)
    assert ask(app, f"{taken}/ar/x.pdf", headers=asked).body == b"%PDF"
    assert printed(app, {**asked, **ORDER}, f"{taken}/_serve/print").status == 400
    assert ask(app, f"{taken}/desk/", headers=asked).status == 403
    for path in (
        "/clinic/leafletsar/x.pdf",
        "/clinic/ar/x.pdf",
        f"{taken}/../handouts/clinic.toml",
    ):
        assert ask(app, path, headers=asked).status == 404


def test_a_path_without_its_stroke_leads_on(tmp_path: Path) -> None:
    app = app_behind(tmp_path, f"{URL}/leaflets")
    asked = {"host": "leaflets.clinic.example", **NGINX}
    answer = ask(app, "/leaflets", headers=asked)
    assert (answer.status, answer.headers["location"]) == (308, "leaflets/")
    assert ask(app, "/leaflets", headers={"host": "evil.example"}).status == 421


@pytest.mark.parametrize(
    "text",
    [
        "", "leaflets.clinic.example", "ftp://x.example", "https://", "https://x.example?q",
        "https://user@x.example", "https://x.example/a b", "https://x.example/../a", "https://x/#a",
        "https://x.example:0x1f", "https://x.example:123456", "https://بيت.example", "https://x/%61",
        "https://x.example//a",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no address that browsers ask for"):
        read_address(text)


def test_an_origin_has_one_form() -> None:
    assert origin_of("HTTP://A.example.:80") == "http://a.example"
    assert origin_of("https://[2001:DB8::0:1]:0443") == "https://[2001:db8::1]"
    for text in (
        "",
        "null",
        "https://",
        "https://a.example/",
        "file://a",
        f"http://a:{'9' * 5000}",
    ):
        assert origin_of(text) == ""
    assert host_of("[::ffff:127.0.0.1]:80") == "127.0.0.1"


# Several clinics


@pytest.fixture
def clinics(tmp_path: Path) -> ASGIApp:
    """Return the app of a site with a clinic below its path and one with a name of its own."""
    site = make_site(tmp_path, ("en", "ar"))
    site.write("clinics/north.toml", 'name = "North"\n')
    own = "https://south.clinic.example/info"
    site.write("clinics/south.toml", f'name = "South"\n[serve]\nbehind = "{own}"\n')
    folders = {}
    for name in ("", "north", "south"):
        folders[name] = tmp_path / f"dist{name}"
        folders[name].mkdir()
        (folders[name] / "index.html").write_text(f"<head></head>Rack of {name}.", encoding="utf-8")
    places = find_places(site.handouts, folders, "localhost", (), f"{URL}/leaflets")
    assert [str(place.hosts.behind) for place in places] == [
        f"{URL}/leaflets", f"{URL}/leaflets/north", own
    ]  # fmt: skip
    return make_app({place: Desk(site.handouts, lambda: TODAY) for place in places}, lambda: TODAY)


@pytest.mark.parametrize(
    ("host", "path", "whose"),
    [
        ("localhost:8000", "/", ""), ("localhost:8000", "/north/", "north"),
        ("localhost:8000", "/south/", "south"), ("leaflets.clinic.example", "/leaflets/", ""),
        ("leaflets.clinic.example", "/leaflets/north/index.html", "north"),
        ("leaflets.clinic.example", "/north/", "north"), ("leaflets.clinic.example", "/", ""),
        ("south.clinic.example", "/info/", "south"), ("south.clinic.example", "/", "south"),
        ("south.clinic.example:443", "/index.html", "south"),
    ],
)  # fmt: skip
def test_each_clinic_has_its_own_rack(clinics: ASGIApp, host: str, path: str, whose: str) -> None:
    answer = ask(clinics, path, headers={"host": host})
    assert f"Rack of {whose}." in answer.body.decode()


def test_a_token_of_one_clinic_prints_for_no_other(clinics: ASGIApp) -> None:
    own = {"host": "localhost:8000", "origin": "http://localhost:8000"}
    assert printed(clinics, own, "/north/_serve/print").status == 400
    page = ask(clinics, "/north/").body.decode()
    token = page.split('content="', 1)[1].split('"', 1)[0]
    headers = {**own, "x-pressroom-token": token}
    assert ask(clinics, "/_serve/print", "POST", json.dumps({}).encode(), headers).status == 403


def test_a_clinic_may_not_stand_before_a_language(tmp_path: Path) -> None:
    site = make_site(tmp_path, ("en", "ar"))
    site.write("clinics/ar.toml", 'name = "Arrow Road"\n')
    folders = {"": tmp_path / "dist", "ar": tmp_path / "dist-ar"}
    with pytest.raises(UsageError, match="addresses of their own below '/ar/'"):
        find_places(site.handouts, folders, "localhost")
    with pytest.raises(UsageError, match="addresses of their own below '/connect/'"):
        find_places(site.handouts, {"": tmp_path}, "localhost", (), f"{URL}/connect")
