"""Print from the rack: a request with a token and an order -> a print job, or why there is none."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from ...content.clinic import read_clinic
from ...core.errors import HandoutError, UsageError
from ...leaflet.site import read_site
from ..printing import Order, Sent, find_printable, list_printers, record_print, send
from .files import RACK
from .guard import Tokens

#: Returns the day that leaflets are judged by.
Today = Callable[[], date]

#: Longest order in bytes, and most copies that one press of a button prints.
LONGEST_ORDER, MOST_COPIES = 4096, 100
#: How many ask CUPS at the same time.
MOST_ASKING = 4
#: How often a minute the rack's own Print is counted.
MOST_COUNTED = 60

_PRINTED: Mapping[str, type] = {"topic": str, "locale": str, "edition": str, "mark": str}
_ORDER: Mapping[str, type] = {
    "topic": str, "locale": str, "edition": str, "printer": str, "copies": int, "duplex": bool,
}  # fmt: skip


class PrintApi:
    """What the rack's print button talks to."""

    def __init__(
        self,
        handouts: Path,
        out: Path,
        today: Today,
        tokens: Tokens,
        clinic: str = "",
        records: Path | None = None,
    ) -> None:
        self.handouts = handouts
        self.clinic = clinic
        self.records = records
        self.out = out
        self.today = today
        self.tokens = tokens
        #: A CUPS that does not answer keeps so many threads waiting, and none that read files.
        self.places = asyncio.Semaphore(MOST_ASKING)
        #: When prints were counted, within the last minute.
        self.counted: deque[float] = deque()

    async def printers(self, _request: Request) -> JSONResponse:
        """Return the printers of CUPS, or why there are none."""
        try:
            async with self.places:
                found = await run_in_threadpool(list_printers)
        except HandoutError as problem:
            return JSONResponse({"printers": [], "default": "", "problem": str(problem)})
        return JSONResponse(
            {"printers": found.names, "default": found.default, "paused": sorted(found.paused)}
        )

    async def print(self, request: Request) -> JSONResponse:
        """Print a leaflet for a page that has a token."""
        body = await self._read(request)
        if isinstance(body, JSONResponse):
            return body
        try:
            order = _order(body)
            async with self.places:
                sent = await run_in_threadpool(self._print, order)
        except HandoutError as problem:
            return JSONResponse({"problem": str(problem)}, 409 if problem.exit_code == 1 else 400)
        return JSONResponse(
            {"printer": sent.printer, "copies": sent.copies, "job": sent.job, "paused": sent.paused}
        )

    def _print(self, order: dict[str, Any]) -> Sent:
        words = read_site(self.handouts, self.today(), self.clinic, self.records)
        topic, locale, edition = order["topic"], order["locale"], order["edition"]
        clinic = words.site.clinic
        if (
            topic not in {*words.topics, *words.broken}
            or locale not in clinic.locales
            or edition not in clinic.offered(locale)
        ):
            raise UsageError("", "there is no such leaflet", "load the page again")
        printable = find_printable(words, self.out, topic, locale, edition)
        wanted = Order(order["copies"], order["printer"], order["duplex"])
        return send(printable, wanted, words, self.today().isoformat())

    def counts(self) -> bool:
        """Return whether the rack's own Print is counted, as the clinic file says."""
        try:
            return read_clinic(self.handouts, self.clinic).count_prints
        except HandoutError:
            return False

    async def printed(self, request: Request) -> JSONResponse:
        """Record that the rack's own Print was pressed, for a page that has a token."""
        body = await self._read(request)
        if isinstance(body, JSONResponse):
            return body
        now = time.monotonic()
        while self.counted and now - self.counted[0] > 60:
            self.counted.popleft()
        if len(self.counted) >= MOST_COUNTED:
            return JSONResponse({"problem": "So much is not printed in a minute."}, 503)
        self.counted.append(now)
        try:
            await run_in_threadpool(self._count, _fields(body, _PRINTED))
        except HandoutError as problem:
            return JSONResponse({"problem": str(problem)}, 400)
        return JSONResponse({})

    def _count(self, printed: dict[str, Any]) -> None:
        words = read_site(self.handouts, self.today(), self.clinic, self.records)
        if words.site.clinic.count_prints:
            record_print(words, **printed, day=self.today().isoformat())

    async def _read(self, request: Request) -> bytes | JSONResponse:
        """Return the body of a page's request, or why it is refused."""
        if not self.tokens.holds(request.headers.get("x-pressroom-token", ""), RACK):
            said = "This page has been open for too long; load it again, then print."
            return JSONResponse({"problem": said}, 403)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_ORDER:
                return JSONResponse({"problem": "This order is too long."}, 413)
        return body


def _order(body: bytes) -> dict[str, Any]:
    """Read an order. Raises UsageError for anything else."""
    order = _fields(body, _ORDER)
    if not 1 <= order["copies"] <= MOST_COPIES:
        raise UsageError("", f"{order['copies']} copies are too many", f"at most {MOST_COPIES}")
    return order


def _fields(body: bytes, kinds: Mapping[str, type]) -> dict[str, Any]:
    """Read an object of just these fields. Raises UsageError for anything else."""
    wrong = UsageError("", "this is no order", "load the page again")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise wrong from None
    if not isinstance(found, dict) or found.keys() != kinds.keys():
        raise wrong
    if any(type(found[name]) is not kind for name, kind in kinds.items()):
        raise wrong
    return found
