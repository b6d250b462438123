"""The translator's desk: changed words -> the page and the messages that a browser shows.

Previews are set in a worker process of their own, so that a page never waits for a build;
browsers learn of a new one by server-sent events, and fetch it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
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

from ...build.workers import WorkerDiedError, WorkerPool
from ...core.model import Finding
from ...preflight.pdf.raster import picture
from .names import is_local
from .preview import Preview, PreviewPages, failed_preview, measure, set_preview
from .print_api import Today

_STATIC = Path(__file__).parent / "static"

#: Previews that are kept, whether anybody looks at them or not, and browsers that listen.
MOST_PREVIEWS, MOST_LISTENERS = 24, 128
#: A line that keeps a quiet connection open, so often in seconds.
STILL_THERE_SECONDS = 15
#: Resolutions in which pages are painted; a browser's wish is rounded up to one of them.
RESOLUTIONS = (72, 96, 120, 144, 192, 240, 288)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,80}")

Key = tuple[str, str]


@dataclass(slots=True, eq=False)
class View:
    """A preview as it is on the desk."""

    preview: Preview | None = None
    #: The last pages that could be set; words that are broken leave them.
    pages: PreviewPages | None = None
    proof: str = ""
    #: Counts the previews, so that browsers tell a new one.
    version: int = 0
    #: Words have changed since.
    due: bool = True
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    listeners: int = 0
    painted: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def take(self, preview: Preview) -> None:
        """Replace the preview, and wake the browsers that listen."""
        self.preview = preview
        if preview.pages is not None:
            self.pages, self.proof = preview.pages, preview.proof
            self.painted = {}  # What is being painted still goes into the old one.
        self.version += 1
        self.news.set()
        self.news = asyncio.Event()


class Desk:
    """The previews that translators look at."""

    def __init__(
        self, handouts: Path, today: Today, clinic: str = "", behind: bool = False
    ) -> None:
        self.handouts = handouts
        self.today = today
        self.clinic = clinic
        #: Whether another web server at this machine passes requests on.
        self.behind = behind
        self.views: dict[Key, View] = {}
        self.closed = False
        self._worker = WorkerPool(1, threads=True)
        #: Waits for the worker, which does one thing after the other.
        self._thread = ThreadPoolExecutor(1)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    # What changes

    def changed(self, paths: set[Path]) -> None:
        """Set what depends on changed files again; called from any thread."""
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
        """Return whether a changed file may be one of those that a preview depends on."""
        try:
            parts = path.relative_to(self.handouts.resolve()).parts
        except ValueError:
            return True  # A template or a stylesheet of the engine.
        if parts[0] == "topics":
            return len(parts) < 3 or topic in parts[1:3]
        if parts[0] == "locales" and len(parts) > 2:
            name = Path(parts[2])
            ours = name.suffix != ".po" or name.stem in (topic, "house", "snippets")
            return parts[1] == locale and ours
        return True

    async def _refresh(self, key: Key, view: View) -> None:
        async with view.lock:
            while view.due and not self.closed:
                view.due = False
                known = view.proof
                work = partial(set_preview, self.handouts, self.today(), self.clinic, *key, known)
                try:
                    view.take(await self._work(work))
                except HTTPException as problem:
                    view.take(failed_preview([problem.detail]))

    async def _work(self, work: Callable[[], Any]) -> Any:
        """Return the result of work in the worker."""
        if self.closed:
            raise HTTPException(503, "The server is ending.")
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._worker.call, work)
        except WorkerDiedError:
            raise HTTPException(500, "The typesetter crashed; see 'handouts check'.") from None

    def close(self) -> None:
        """End the worker and all connections; called from any thread."""
        self.closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._close)
        self._worker.end()

    def _close(self) -> None:
        for view in self.views.values():
            view.news.set()

    # What is asked for

    def routes(self) -> list[BaseRoute]:
        """Return the desk's routes; all of them only read."""
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
        """Return the topic and locale of a request; empty where its path names none.

        Raises HTTPException for a request from another machine, and for odd names.
        """
        self._loop = asyncio.get_running_loop()
        if not is_local(request.scope, self.behind):
            raise HTTPException(403, "The desk is for the machine on which 'handouts serve' runs.")
        names = request.path_params
        topic, locale = str(names.get("topic", "")), str(names.get("locale", ""))
        if any(name and not _NAME.fullmatch(name) for name in (topic, locale)):
            raise HTTPException(404)
        return topic, locale

    async def _view(self, key: Key) -> View:
        """Return the view of a topic in a locale, up to date."""
        view = self.views.pop(key, None) or View()
        self.views[key] = view  # Last, as the one that was used last.
        for old in [k for k, v in self.views.items() if not v.listeners][:-MOST_PREVIEWS]:
            del self.views[old]
        if view.due:
            await self._refresh(key, view)
        return view

    async def index(self, request: Request) -> Response:
        """Return the page that lists topics and locales."""
        self._enter(request)
        return _static("desk-index.html")

    async def locales(self, request: Request) -> Response:
        """Return the locales of the site."""
        self._enter(request)
        return JSONResponse(await self._work(partial(_locales, self.handouts, self.clinic)))

    async def progress(self, request: Request) -> Response:
        """Return how far each topic is in a locale."""
        _, locale = self._enter(request)
        if locale not in (await self._work(partial(_locales, self.handouts, self.clinic))).get(
            "locales", ()
        ):
            raise HTTPException(404)
        work = partial(measure, self.handouts, self.today(), self.clinic, locale)
        return JSONResponse(await self._work(work))

    async def page(self, request: Request) -> Response:
        """Return the page of a topic in a locale; it asks for the rest itself."""
        self._enter(request)
        return _static("desk.html")

    async def state(self, request: Request) -> Response:
        """Return the messages, the findings of each, and where they stand on the pages."""
        view = await self._view(self._enter(request))
        return JSONResponse(await run_in_threadpool(state_of, view))

    async def picture(self, request: Request) -> Response:
        """Return a page as PNG, in the resolution of the browser's screen."""
        key = self._enter(request)
        view = self.views.get(key) or await self._view(key)
        number = int(request.path_params["number"])
        wanted = request.query_params.get("dpi", "96")
        dpi = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 5 else 96
        dpi = next((one for one in RESOLUTIONS if one >= dpi), RESOLUTIONS[-1])
        if view.pages is None or not 1 <= number <= len(view.pages.sizes):
            raise HTTPException(404)
        pdf, painted = view.pages.pdf, view.painted
        if (number, dpi) not in painted:
            painted[number, dpi] = await run_in_threadpool(picture, pdf, number - 1, dpi)
        return Response(painted[number, dpi], media_type="image/png")

    async def events(self, request: Request) -> Response:
        """Return a stream of the number of each new version as it comes."""
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


def _static(name: str) -> Response:
    return FileResponse(_STATIC / name, headers={"cache-control": "no-cache"})


def _locales(handouts: Path, name: str) -> dict[str, Any]:
    """Return the locales of a site, or the problems that keep it from being read."""
    from ...content.clinic import read_clinic
    from ...core.errors import HandoutError
    from ...core.locales import read_locale

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
    """Return what a browser shows of a view: each finding stands at the message it concerns."""
    preview, pages = view.preview, view.pages
    assert preview is not None
    found = [*preview.findings, *(pages.findings if pages else ())]
    found = [finding for finding in found if finding.severity != "skipped"]
    lines = [*preview.lines, *preview.house]
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
        "facts": preview.facts,
        "problems": preview.problems,
        "groups": [
            {"name": "", "messages": [message(line) for line in preview.lines]},
            {"name": "Words that all leaflets share",
             "messages": [message(line) for line in preview.house]},
        ],
        "findings": [shown(finding) for finding in general],
        "pages": pages.sizes if pages else [],
        "boxes": pages.boxes if pages else {},
    }  # fmt: skip
