"""Guard an app: a request from elsewhere -> refused; each response -> with its policy."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Names of this machine for itself.
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

#: What a page may load: its own server's files, nothing written into it, nothing from elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; object-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
#: A PDF viewer is a page of the browser's own, which a policy on what it loads would break.
PDF_POLICY = "frame-ancestors 'self'"

_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

#: How long a page may print before it has to be loaded again, in seconds.
TOKEN_SECONDS = 12 * 60 * 60


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names under which this server answers: any other one is DNS rebinding."""

    names: frozenset[str]
    #: Whether any IP address will do, as where a machine listens on all of its own.
    addresses: bool

    def holds(self, header: str) -> bool:
        """Tell whether a `Host` header names this server."""
        name = host_of(header)
        return name in self.names or (self.addresses and _address(name))


def hosts_of(host: str, named: Iterable[str] = ()) -> Hosts:
    """Give the names of a server that listens on `host`, and others that were asked for."""
    given = {name.strip().rstrip(".").lower() for name in named}
    if host in LOCAL:
        return Hosts(LOCAL | given, addresses=False)
    own = socket.gethostname().lower()
    return Hosts(LOCAL | given | {host.lower(), own, f"{own}.local"}, addresses=True)


def host_of(header: str) -> str:
    """Give the name in a `Host` header, without brackets and port; empty where there is none."""
    name, bracket, rest = header.strip().lower().partition("]")
    if bracket:
        return name[1:] if name.startswith("[") and (not rest or rest[0] == ":") else ""
    name, _, port = name.partition(":")
    return name.rstrip(".") if not port or port.isdecimal() else ""


def _address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Tokens:
    """Tokens that a page of this server carries, and no other page can know.

    Format: `<issued, seconds since the epoch>.<HMAC-SHA-256 of the page and that>`.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def issue(self, page: str) -> str:
        """Give a token for a page."""
        issued = str(int(time.time()))
        return f"{issued}.{self._sign(page, issued)}"

    def holds(self, token: str, page: str) -> bool:
        """Tell whether a token was issued for this page, and not too long ago."""
        issued, _, signed = token.partition(".")
        if not (issued.isascii() and issued.isdecimal() and signed.isascii()):
            return False
        wanted = self._sign(page, issued)
        return (
            hmac.compare_digest(signed, wanted)
            and 0 <= time.time() - int(issued[:12]) <= TOKEN_SECONDS
        )

    def _sign(self, page: str, issued: str) -> str:
        return hmac.new(self._key, f"{page}\n{issued}".encode(), hashlib.sha256).hexdigest()


class Guard:
    """Lets through what a page of this server asks for; gives every response its policy."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            return  # No lifespan, and no web sockets: the server refuses them.

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers[name] = value
                pdf = headers.get("content-type", "").startswith("application/pdf")
                headers.setdefault("content-security-policy", PDF_POLICY if pdf else POLICY)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, guarded)
        else:
            await self.app(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        """Say why a request is refused; None where it is not."""
        headers = Headers(scope=scope)
        given = headers.getlist("host")
        if len(given) != 1 or not self.hosts.holds(given[0]):
            said = "This server does not answer to that name. See 'handouts serve --help': --name."
            return PlainTextResponse(said, 421)
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("Only GET, HEAD and POST.", 405)
        post = scope["method"] == "POST"
        elsewhere = headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
        # A page of another site may lead here, but may load nothing.
        if elsewhere and (post or headers.get("sec-fetch-mode") != "navigate"):
            return PlainTextResponse("This was asked for by a page of another site.", 403)
        if post and headers.get("origin") != f"http://{given[0]}":
            return PlainTextResponse("This was asked for by a page of another site.", 403)
        return None
