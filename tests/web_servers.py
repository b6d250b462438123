"""Web servers of the test's own, with what `deploy/` ships for them, on ports of this machine."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from .support import PATIENCE_SECONDS, ROOT, until

NAME = "leaflets.clinic.example"

#: What Debian's own configuration has around a file of `deploy/`, and a test may not use.
NGINX = """\
{user}
pid {folder}/nginx.pid;
error_log {folder}/log;
daemon off;
events {{ }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    {site}
}}
"""
CADDY = "{{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}}\n{site}"
APACHE = """\
ServerRoot {folder}
ServerName localhost
PidFile {folder}/apache.pid
ErrorLog {folder}/log
Mutex file:{folder} default
DefaultRuntimeDir {folder}
TypesConfig /etc/mime.types
{modules}
Listen 127.0.0.1:{port}
Listen 127.0.0.1:{plain}
{site}
"""
_MODULES = (
    "mpm_event", "ssl", "proxy", "proxy_http", "headers", "authz_core", "alias", "dir", "mime",
    "socache_shmcb",
)  # fmt: skip
_COMMANDS = {
    "nginx": ("nginx", "-c"), "caddy": ("caddy", "run", "--adapter", "caddyfile", "--config"),
    "apache": ("apache2", "-D", "FOREGROUND", "-f"),
}  # fmt: skip
#: The packages that bring them.
_PACKAGES = {"nginx": "nginx", "caddy": "caddy", "apache": "apache2-bin", "openssl": "openssl"}
#: The file of `deploy/` for each: before the server, and for the folder alone.
RECIPES = {
    "nginx": ("nginx.conf", "nginx-folder.conf"), "caddy": ("Caddyfile", "Caddyfile-folder"),
    "apache": ("apache.conf", "apache-folder.conf"),
}  # fmt: skip


def program(name: str) -> str:
    """Find a program; skip only where this release has no package of it."""
    command = _COMMANDS.get(name, (name,))[0]
    found = shutil.which(command, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        left_out = ROOT / ".venv" / ".left-out"
        if left_out.is_file() and _PACKAGES[name] in left_out.read_text(encoding="utf-8").split():
            pytest.skip(f"this release has no package of {name}")
        pytest.fail(f"there is no {name}: run 'make setup'")
    return found


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def make_certificate(folder: Path) -> Path:
    """Make a certificate of one's own, and give its file; its key lies beside it."""
    certificate = folder / "fullchain.pem"
    subprocess.run(
        [
            program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
            "-addext", f"subjectAltName=DNS:{NAME},DNS:*.{NAME}",
            "-keyout", folder / "privkey.pem", "-out", certificate,
        ],
        check=True, capture_output=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    return certificate


@dataclass(frozen=True)
class WebServer:
    """A web server that runs, and whose certificate is known."""

    port: int
    certificate: Path

    @property
    def origin(self) -> str:
        return f"https://{NAME}:{self.port}"

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None,
        headers: Mapping[str, str] | None = None, name: str = NAME,
    ) -> tuple[int, http.client.HTTPMessage, bytes]:  # fmt: skip
        """Ask as a browser does, by name. Give status, headers and body."""
        context = ssl.create_default_context(cafile=self.certificate)
        address = ("127.0.0.1", self.port)
        with (
            socket.create_connection(address, timeout=PATIENCE_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=name) as wire,
        ):
            client = http.client.HTTPConnection(name, self.port)
            client.sock = wire
            client.request(method, path, body, dict(headers or {}))
            answer = client.getresponse()
            return answer.status, answer.headers, answer.read()


@contextmanager
def web_server(
    kind: str, folder: Path, certificate: Path, to: int = 0, out: Path = Path(), port: int = 0,
    site: str = "",
) -> Iterator[WebServer]:  # fmt: skip
    """Run a web server before the port `to`, or showing the folder `out`.

    It is set up as `deploy/` has it, or as `site` says.
    """
    command = program(kind)
    port, plain = port or free_port(), free_port()
    recipe = RECIPES[kind][0 if to else 1]
    site = site or (ROOT / "deploy" / recipe).read_text(encoding="utf-8")
    for was, becomes in {
        "/etc/ssl/leaflets": str(certificate.parent), "127.0.0.1:8000": f"127.0.0.1:{to}",
        "/srv/leaflets/dist": str(out), "[::]:443": f"[::1]:{port}", "[::]:80": f"[::1]:{plain}",
        "listen 443": f"listen 127.0.0.1:{port}", "listen 80": f"listen 127.0.0.1:{plain}",
        "*:443": f"*:{port}", "*:80": f"*:{plain}", f"\n{NAME} {{": f"\n{NAME}:{port} {{",
    }.items():  # fmt: skip
        site = site.replace(was, becomes)
    modules = "".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in _MODULES
    )
    # As in Debian, its workers are not the user who serves; a folder of root's they could not read.
    user = f"user {'www-data' if to else 'root'};" if os.getuid() == 0 else ""
    around = {"nginx": NGINX, "caddy": CADDY, "apache": APACHE}[kind]
    config = folder / f"{kind}.conf"
    config.write_text(
        around.format(site=site, folder=folder, user=user, port=port, plain=plain, modules=modules),
        encoding="utf-8",
    )
    log = (folder / "said").open("wb")
    process = subprocess.Popen(
        [command, *_COMMANDS[kind][1:], config], stdout=log, stderr=log, cwd=folder,
        env={**os.environ, "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
    )  # fmt: skip

    def answers() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True

    try:
        until(answers, process)
        yield WebServer(port, certificate)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
        log.close()
