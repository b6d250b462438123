"""Guard an app: a request from elsewhere -> refused; each response -> with its policy."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Callable, Container
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...core.errors import printable
from .names import Hosts, host_of, is_passed_on, origin_of, sayable, whom

#: What records ask for.
RECORDS = "/connect/"

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

_ELSEWHERE = "This was asked for by a page of another site."
#: Statuses by which a request is refused, and not for want of a file.
REFUSALS = frozenset({400, 403, 405, 409, 413, 414, 421, 503})

#: How long a page may print before it has to be loaded again, in seconds.
TOKEN_SECONDS = 12 * 60 * 60


class Tokens:
    """Tokens that a page of this server carries, and no other page can know.

    Format: `<issued, seconds since the epoch>.<HMAC-SHA-256 of the page and that>`.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def issue(self, page: str) -> str:
        """Return a token for a page, valid for TOKEN_SECONDS."""
        issued = str(int(time.time()))
        return f"{issued}.{self._sign(page, issued)}"

    def holds(self, token: str, page: str) -> bool:
        """Return whether a token was issued for this page, and not too long ago."""
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
    """Passes on what a page of this server asks for; adds its policy to every response."""

    def __init__(
        self, app: ASGIApp, hosts: Hosts, records: Callable[[], Container[str]] = tuple
    ) -> None:
        self.app = app
        self.hosts = hosts
        #: Returns the origins of the records that may ask what is below RECORDS.
        self.records = records

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on to the app."""
        if scope["type"] != "http":
            return  # No lifespan, and no web sockets: the server refuses them.

        record = self._record(scope)
        status = 0

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers[name] = value
                if scope["path"].startswith(RECORDS):
                    headers["vary"] = "Origin"
                if record:
                    headers["access-control-allow-origin"] = record
                    headers["cross-origin-resource-policy"] = "cross-origin"
                pdf = headers.get("content-type", "").startswith("application/pdf")
                headers.setdefault("content-security-policy", PDF_POLICY if pdf else POLICY)
                headers.setdefault("cache-control", "no-store")
            elif status in REFUSALS:
                _log.tell(scope, status, message.get("body", b""))
            await send(message)

        refusal = self._refusal(scope, record)
        # Who hangs up while a body is awaited gets no answer.
        with suppress(ClientDisconnect):
            await (refusal or self.app)(scope, receive, guarded)

    def _record(self, scope: Scope) -> str:
        """Return the origin of the record that asks; empty where none does that may."""
        origin = Headers(scope=scope).get("origin", "")
        asks = bool(origin) and scope["path"].startswith(RECORDS)
        return origin if asks and origin in self.records() else ""

    def _refusal(self, scope: Scope, record: str) -> PlainTextResponse | None:
        """Return the response that refuses a request; None where it may pass.

        `record` is the origin of the record that asks.
        """
        headers = Headers(scope=scope)
        if (name := self.hosts.unknown(headers)) is not None:
            return PlainTextResponse(self._unknown(name, headers), 421)
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("Only GET, HEAD and POST.", 405)
        if record:
            return None
        post = scope["method"] == "POST"
        elsewhere = headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
        # A page of another site may lead here, but may load nothing.
        if elsewhere and (post or headers.get("sec-fetch-mode") != "navigate"):
            return PlainTextResponse(_ELSEWHERE, 403)
        # A record's server is no browser: it names no origin.
        asks = scope["path"].startswith(RECORDS)
        origin = headers.get("origin")
        own = self.hosts.own_origins(headers)
        if (post or asks) and not (asks if origin is None else origin_of(origin) in own):
            return PlainTextResponse(self._foreign(origin, headers), 403)
        return None

    def _unknown(self, name: str, headers: Headers) -> str:
        """Return why a request under a name is refused, and how the server learns the name."""
        if not name:
            return "A request names one host."
        said, known = sayable(name), f"it answers to {self.hosts.shown()}."
        if not said:
            return f"This server does not know that name: {known}"
        step = f"--behind https://{name}" if is_passed_on(headers) else f"--name {host_of(name)}"
        return (
            f'This server does not know the name "{said}": {known} '
            f"Whoever runs it teaches it the name: 'serve {step}'."
        )

    def _foreign(self, origin: str | None, headers: Headers) -> str:
        """Return why an order of a page is refused: of another site, or at an unknown address."""
        known = origin_of(origin or "")
        if not known or headers.get("sec-fetch-site") != "same-origin":
            return _ELSEWHERE
        return (
            f"This page is at {known}, which this server does not know as its own address. "
            f"Whoever runs it teaches it the address: 'serve --behind {known}'."
        )


class _Log:
    """Tells what was refused, to whom and why; the same not twice within a minute."""

    def __init__(self) -> None:
        self.logger = logging.getLogger("pressroom.serve")
        self.told: dict[tuple[object, ...], float] = {}

    def tell(self, scope: Scope, status: int, body: bytes) -> None:
        """Log a refusal. Neither query nor body of the request is told: they may say who is ill."""
        text = body[:400].decode("utf-8", "replace").removeprefix('{"problem":"').removesuffix('"}')
        why = printable(" ".join(text.split()))
        what = (status, scope["method"], printable(scope["path"])[:100], whom(scope), why)
        now = time.monotonic()
        if now - self.told.get(what, -60) < 60:
            return
        if len(self.told) >= 1000:
            self.told.clear()
        self.told[what] = now
        self.logger.warning("refused %d %s %s from %s: %s", *what)


_log = _Log()
