"""Print from the rack: a token and an order -> a job of CUPS, or why there is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from ..errors import HandoutError, UsageError
from ..printing import Order, find_sheets, list_printers, send
from ..site import read_site
from .guard import Tokens
from .published import RACK

#: Gives the day that leaflets are judged by.
Today = Callable[[], date]

#: Longest order in bytes, and most copies that one press of a button prints.
LONGEST_ORDER, MOST_COPIES = 4096, 100


class Printer:
    """What the rack's print button talks to."""

    def __init__(
        self, handouts: Path, out: Path, today: Today, tokens: Tokens, clinic: str = ""
    ) -> None:
        self.handouts = handouts
        self.clinic = clinic
        self.out = out
        self.today = today
        self.tokens = tokens

    def printers(self, _request: Request) -> JSONResponse:
        """Say which printers there are; why there are none, where that is so."""
        try:
            found = list_printers()
        except HandoutError as problem:
            return JSONResponse({"printers": [], "default": "", "problem": str(problem)})
        return JSONResponse(
            {"printers": found.names, "default": found.default, "paused": sorted(found.paused)}
        )

    async def print(self, request: Request) -> JSONResponse:
        """Print a leaflet for a page that has a token."""
        if not self.tokens.holds(request.headers.get("x-pressroom-token", ""), RACK):
            said = "This page has been open for too long; load it again, then print."
            return JSONResponse({"problem": said}, 403)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_ORDER:
                return JSONResponse({"problem": "This order is too long."}, 413)
        try:
            said = await run_in_threadpool(self._print, _order(body))
        except HandoutError as problem:
            return JSONResponse({"problem": str(problem)}, 409 if problem.exit_code == 1 else 400)
        return JSONResponse({"said": said})

    def _print(self, order: dict[str, Any]) -> str:
        words = read_site(self.handouts, self.today(), self.clinic)
        topic, locale, edition = order["topic"], order["locale"], order["edition"]
        clinic = words.site.clinic
        if (
            topic not in {*words.topics, *words.broken}
            or locale not in clinic.locales
            or edition not in clinic.offered(locale)
        ):
            raise UsageError("", "there is no such leaflet", "load the page again")
        sheets = find_sheets(words, self.out, topic, locale, edition)
        wanted = Order(order["copies"], order["printer"], order["duplex"])
        sent = send(sheets, wanted, self.out, self.today().isoformat())
        copies = "1 copy" if sent.copies == 1 else f"{sent.copies} copies"
        paused = "; the printer is paused, so they wait there" if sent.paused else ""
        return f"{copies} sent to {sent.printer} (job {sent.job}){paused}."


def _order(body: bytes) -> dict[str, Any]:
    """Read an order. Raises UsageError for anything else."""
    wrong = UsageError("", "this is no order", "load the page again")
    try:
        order = json.loads(body)
    except (ValueError, RecursionError):
        raise wrong from None
    kinds = {
        "topic": str, "locale": str, "edition": str, "printer": str, "copies": int, "duplex": bool,
    }  # fmt: skip
    if not isinstance(order, dict) or order.keys() != kinds.keys():
        raise wrong
    if any(type(order[name]) is not kind for name, kind in kinds.items()):
        raise wrong
    if not 1 <= order["copies"] <= MOST_COPIES:
        raise UsageError("", f"{order['copies']} copies are too many", f"at most {MOST_COPIES}")
    return order
