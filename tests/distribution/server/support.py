"""Ask an app without a server: a request of any shape -> its answer."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from pressroom.distribution.server.app import Place, make_app
from pressroom.distribution.server.desk import Desk
from pressroom.distribution.server.names import Hosts, hosts_of

from ...support import TODAY

HOST = "localhost:8000"


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def ask(
    app: ASGIApp,
    path: str,
    method: str = "GET",
    body: bytes = b"",
    headers: dict[str, str] | list[tuple[bytes, bytes]] | None = None,
    query: bytes = b"",
    client: str = "127.0.0.1",
) -> Answer:
    """Send a request to an app. Headers as a dict get a `Host`, a list is sent as it is."""
    if not isinstance(headers, list):
        pairs = {"host": HOST, **(headers or {})}
        headers = [(name.encode(), value.encode()) for name, value in pairs.items()]
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1",
        "method": method, "scheme": "http", "path": path, "raw_path": path.encode(),
        "query_string": query, "root_path": "", "headers": headers,
        "client": (client, 40000), "server": ("127.0.0.1", 8000),
    }  # fmt: skip
    answer = Answer()
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {k.decode(): v.decode("latin-1") for k, v in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    # In a thread of its own: a browser's driver has a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, app(scope, receive, send)).result()  # type: ignore[arg-type]
    return answer


def app_of(folder: Path, hosts: Hosts | None = None, desk: Desk | None = None) -> ASGIApp:
    """Return the app of the site in a folder."""
    handouts, out = folder / "handouts", folder / "dist"
    desk = desk or Desk(handouts, lambda: TODAY)
    place = Place(handouts, out, hosts or hosts_of("localhost"))
    return make_app({place: desk}, lambda: TODAY)
