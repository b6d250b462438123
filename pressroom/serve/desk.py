"""The translator's desk: changed words -> the page and the messages that a browser shows.

Galleys are set in a worker process of their own, so that a page never waits for
a build; browsers hear of a new one by server-sent events and fetch it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import BrokenExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import BaseRoute, Route

from ..model import Finding
from ..preflight.picture import picture
from ..worker import Worker
from .galley import Galley, Sheets, measure, set_galley, unset
from .guard import LOCAL, host_of
from .printer import Today

_STATIC = Path(__file__).parent / "static"

#: Galleys that are kept, whether anybody looks at them or not, and browsers that listen.
MOST_GALLEYS, MOST_LISTENERS = 24, 64
#: A line that keeps a quiet connection open, so often in seconds.
STILL_THERE_SECONDS = 15
#: Resolutions in which pages are painted; a browser's wish is rounded up to one of them.
RESOLUTIONS = (72, 96, 120, 144, 192, 240, 288)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,80}")

Key = tuple[str, str]


@dataclass(slots=True, eq=False)
class View:
    """A galley as it is on the desk."""

    galley: Galley | None = None
    #: The last pages that could be set; words that are broken leave them.
    sheets: Sheets | None = None
    proof: str = ""
    #: Counts the galleys, so that browsers tell a new one.
    version: int = 0
    #: Words have changed since.
    due: bool = True
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    listeners: int = 0
    painted: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def take(self, galley: Galley) -> None:
        """Put a new galley in the place of the old one, and tell who listens."""
        self.galley = galley
        if galley.sheets is not None:
            self.sheets, self.proof = galley.sheets, galley.proof
            self.painted = {}  # What is being painted still goes into the old one.
        self.version += 1
        self.news.set()
        self.news = asyncio.Event()


class Desk:
    """The galleys that translators look at."""

    def __init__(self, handouts: Path, today: Today, clinic: str = "") -> None:
        self.handouts = handouts
        self.today = today
        self.clinic = clinic
        self.views: dict[Key, View] = {}
        self.closed = False
        self._worker = Worker()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    # What changes

    def changed(self, paths: set[Path]) -> None:
        """Set anew what depends on changed files; called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._changed, paths)

    def _changed(self, paths: set[Path]) -> None:
        for key, view in self.views.items():
            if any(self._concerns(path, *key) for path in paths):
                view.due = True
                if view.listeners:
                    task = asyncio.ensure_future(self._refresh(key, view))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)

    def _concerns(self, path: Path, topic: str, locale: str) -> bool:
        """Tell whether a changed file may be one of those that a galley depends on."""
        try:
            parts = path.relative_to(self.handouts.resolve()).parts
        except ValueError:
            return True  # A template or a stylesheet of the engine.
        if parts[0] == "topics":
            return len(parts) < 2 or parts[1] == topic
        if parts[0] == "locales" and len(parts) > 2:
            name = Path(parts[2])
            ours = name.suffix != ".po" or name.stem in (topic, "house")
            return parts[1] == locale and ours
        return True

    async def _refresh(self, key: Key, view: View) -> None:
        async with view.lock:
            while view.due and not self.closed:
                view.due = False
                known = view.proof
                work = partial(set_galley, self.handouts, self.today(), self.clinic, *key, known)
                try:
                    view.take(await self._work(work))
                except HTTPException as problem:
                    view.take(unset([problem.detail]))

    async def _work(self, work: Callable[[], Any]) -> Any:
        """Do something in the worker; one that dies is replaced, once."""
        for again in (True, False):
            if self.closed:
                raise HTTPException(503, "The server is ending.")
            try:
                return await asyncio.wrap_future(self._worker.submit(work))
            except BrokenExecutor:
                if not again:
                    raise HTTPException(
                        500, "The typesetter crashed; see 'handouts check'."
                    ) from None
        return None

    def close(self) -> None:
        """End the worker and all connections; called from any thread."""
        self.closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._close)
        self._worker.kill()

    def _close(self) -> None:
        for view in self.views.values():
            view.news.set()

    # What is asked for

    def routes(self) -> list[BaseRoute]:
        """Give the desk's pages; they all only read."""
        page = "/desk/{topic}/{locale}"
        return [
            Route("/desk/", self.index, methods=["GET"]),
            Route("/desk/progress/{locale}", self.progress, methods=["GET"]),
            Route("/desk/locales", self.locales, methods=["GET"]),
            Route(page, self.page, methods=["GET"]),
            Route(f"{page}/state", self.state, methods=["GET"]),
            Route(f"{page}/events", self.events, methods=["GET"]),
            Route(f"{page}/{{number:int}}.png", self.picture, methods=["GET"]),
        ]

    def _enter(self, request: Request) -> Key:
        """Let this machine in, and nobody else. Give what is asked for, where that is named."""
        self._loop = asyncio.get_running_loop()
        client = request.client.host if request.client else ""
        if not _loopback(client) or host_of(request.headers.get("host", "")) not in LOCAL:
            raise HTTPException(403, "The desk is for the machine on which 'handouts serve' runs.")
        names = request.path_params
        topic, locale = str(names.get("topic", "")), str(names.get("locale", ""))
        if any(name and not _NAME.fullmatch(name) for name in (topic, locale)):
            raise HTTPException(404)
        return topic, locale

    async def _view(self, key: Key) -> View:
        """Give a view that is up to date."""
        view = self.views.pop(key, None) or View()
        self.views[key] = view  # Last, as the one that was used last.
        for old in [k for k, v in self.views.items() if not v.listeners][:-MOST_GALLEYS]:
            del self.views[old]
        if view.due:
            await self._refresh(key, view)
        return view

    async def index(self, request: Request) -> Response:
        """Give the list of topics and locales."""
        self._enter(request)
        return _static("desk-index.html")

    async def locales(self, request: Request) -> Response:
        """Say which locales there are."""
        self._enter(request)
        return JSONResponse(await self._work(partial(_locales, self.handouts, self.clinic)))

    async def progress(self, request: Request) -> Response:
        """Say how far each topic is in a locale."""
        _, locale = self._enter(request)
        if locale not in (await self._work(partial(_locales, self.handouts, self.clinic))).get(
            "locales", ()
        ):
            raise HTTPException(404)
        work = partial(measure, self.handouts, self.today(), self.clinic, locale)
        return JSONResponse(await self._work(work))

    async def page(self, request: Request) -> Response:
        """Give the page of a topic in a locale; it asks for the rest itself."""
        self._enter(request)
        return _static("desk.html")

    async def state(self, request: Request) -> Response:
        """Give the messages, and what was found about each; where they stand on the pages."""
        view = await self._view(self._enter(request))
        return JSONResponse(await run_in_threadpool(state_of, view))

    async def picture(self, request: Request) -> Response:
        """Paint a page, as sharp as the browser's screen."""
        key = self._enter(request)
        view = self.views.get(key) or await self._view(key)
        number = int(request.path_params["number"])
        wanted = request.query_params.get("dpi", "96")
        dpi = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 5 else 96
        dpi = next((one for one in RESOLUTIONS if one >= dpi), RESOLUTIONS[-1])
        if view.sheets is None or not 1 <= number <= len(view.sheets.sizes):
            raise HTTPException(404)
        pdf, painted = view.sheets.pdf, view.painted
        if (number, dpi) not in painted:
            painted[number, dpi] = await run_in_threadpool(picture, pdf, number - 1, dpi)
        return Response(painted[number, dpi], media_type="image/png")

    async def events(self, request: Request) -> Response:
        """Tell the number of each new version as it comes."""
        view = await self._view(self._enter(request))
        if sum(one.listeners for one in self.views.values()) >= MOST_LISTENERS:
            return PlainTextResponse("Too many desks are open; close some.", 503)
        return StreamingResponse(self._tell(view), media_type="text/event-stream")

    async def _tell(self, view: View) -> AsyncIterator[str]:
        told = -1
        view.listeners += 1
        try:
            yield "retry: 1000\n\n"
            while not self.closed:
                news = view.news
                if told != view.version:
                    told = view.version
                    yield f"data: {told}\n\n"
                    continue
                try:
                    await asyncio.wait_for(news.wait(), STILL_THERE_SECONDS)
                except TimeoutError:
                    yield ": still there\n\n"
        finally:
            view.listeners -= 1


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _static(name: str) -> Response:
    return FileResponse(_STATIC / name, headers={"cache-control": "no-cache"})


def _locales(handouts: Path, name: str) -> dict[str, Any]:
    """Name the locales of a site, or what keeps it from being read."""
    from ..catalogue.locales import read_locale
    from ..clinic import read_clinic
    from ..errors import HandoutError

    try:
        clinic = read_clinic(handouts, name)
    except HandoutError as problem:
        return {"locales": {}, "problems": [str(one) for one in problem.each()]}
    return {
        "clinic": clinic.name,
        "accent": clinic.accent,
        "source": clinic.source_locale,
        "locales": {code: asdict(read_locale(code)) for code in clinic.locales},
    }


def state_of(view: View) -> dict[str, Any]:
    """Give what a browser shows of a view: each finding stands at the message it concerns."""
    galley, sheets = view.galley, view.sheets
    assert galley is not None
    found = [*galley.findings, *(sheets.findings if sheets else ())]
    found = [finding for finding in found if finding.severity != "skipped"]
    lines = [*galley.lines, *galley.house]
    owners: dict[str, list[Finding]] = {line.anchor: [] for line in lines}
    general = []
    for finding in found:
        concerned = [line.anchor for line in lines if line.concerns(finding)]
        for anchor in concerned:
            owners[anchor].append(finding)
        if not concerned:
            general.append(finding)

    def shown(finding: Finding) -> dict[str, str]:
        data = asdict(finding)
        page = re.match(r"page (\d+)", finding.where)
        return {**data, "page": page.group(1) if page else ""}

    def message(line: Any) -> dict[str, Any]:
        return {**asdict(line), "findings": [shown(f) for f in owners[line.anchor]]}

    return {
        "version": view.version,
        "proof": view.proof,
        "facts": galley.facts,
        "problems": galley.problems,
        "groups": [
            {"name": "", "messages": [message(line) for line in galley.lines]},
            {"name": "Words that all leaflets share",
             "messages": [message(line) for line in galley.house]},
        ],
        "findings": [shown(finding) for finding in general],
        "pages": sheets.sizes if sheets else [],
        "boxes": sheets.boxes if sheets else {},
    }  # fmt: skip
