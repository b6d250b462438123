"""What records ask the server: `/connect/service` -> a feed, `/connect/application` -> the rack.

Nothing that is asked for is kept: there is no log of requests, and no response but its feed and
its address on the rack repeats what was asked.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from ...content.clinic import read_clinic
from ...core.codes import find_system
from ...core.errors import HandoutError
from ...leaflet.site import Words, read_site
from ..infobutton import Answer, Question, UnreadableError, find_answers, read_question
from .feed import feed_of, to_atom
from .front import path_of
from .names import Address, names_of
from .print_api import Today

#: Longest query, and longest body, in bytes.
LONGEST = 8192

_FORM = "application/x-www-form-urlencoded"
_BROKEN = "The leaflets cannot be read at present; whoever keeps them sees why at the server."


class Connect:
    """The responder of a site, or of one of its clinics."""

    def __init__(
        self, handouts: Path, out: Path, today: Today, clinic: str = "",
        behind: Address | None = None,
    ) -> None:  # fmt: skip
        self.handouts = handouts
        self.out = out
        self.today = today
        self.clinic = clinic
        self.behind = behind

    def origins(self) -> tuple[str, ...]:
        """Return the origins of the records whose pages may ask from a browser."""
        try:
            return read_clinic(self.handouts, self.clinic).record_origins
        except HandoutError:
            return ()

    async def service(self, request: Request) -> Response:
        """Return the feed of what may be handed out."""
        found = await self._asked(request)
        if isinstance(found, Response):
            return found
        question, words, answers = found
        clinic = words.site.clinic
        base = clinic.rack_address or self._base(request)
        feed = feed_of(question, answers, clinic, words.rack, base)
        if question.json:
            return JSONResponse({"feed": feed})
        return Response(to_atom(feed), media_type="application/atom+xml")

    async def application(self, request: Request) -> Response:
        """Lead to the one topic that there is on the rack, else to what it has on the code."""
        found = await self._asked(request)
        if isinstance(found, Response):
            return found
        question, words, answers = found
        return RedirectResponse(f"{path_of(request)}{_place(question, words, answers)}", 303)

    def _base(self, request: Request) -> str:
        """Return the address at which this server was asked."""
        if self.behind and self.behind.host in names_of(request.headers):
            return str(self.behind)
        return f"http://{request.headers['host']}{path_of(request)}"

    async def _asked(self, request: Request) -> tuple[Question, Words, list[Answer]] | Response:
        """Return a question with its answers, or the response that refuses it."""
        query: bytes = request.scope["query_string"]
        if len(query) > LONGEST:
            return PlainTextResponse(f"The address is longer than {LONGEST} bytes.", 414)
        body = b""
        if request.method == "POST":
            async for chunk in request.stream():
                body += chunk
                if len(body) > LONGEST:
                    return PlainTextResponse(f"The body is longer than {LONGEST} bytes.", 413)
            kind = request.headers.get("content-type", "").partition(";")[0].strip()
            if body and kind.lower() != _FORM:
                return PlainTextResponse(f"Send parameters as {_FORM}.", 400)
        try:
            text = b"&".join(part for part in (query, body) if part)
            question = read_question(text.decode("utf-8", "surrogateescape"))
        except UnreadableError as problem:
            return PlainTextResponse(f"This cannot be answered: {problem}.", 400)
        try:
            return question, *await run_in_threadpool(self._find, question)
        except HandoutError:
            return PlainTextResponse(_BROKEN, 503)

    def _find(self, question: Question) -> tuple[Words, list[Answer]]:
        words = read_site(self.handouts, self.today(), self.clinic)
        return words, find_answers(words, self.out, question)


def _place(question: Question, words: Words, answers: list[Answer]) -> str:
    """Return the address on the rack where the answers stand."""
    asked = next(iter(question.languages.values()), words.site.clinic.source_locale)
    if len({answer.topic for answer in answers}) == 1:
        return f"/#topic={answers[0].topic}&lang={answers[0].locale}"
    for system, code in question.codes.values():
        known = find_system(system)
        token = quote(f"{known.name if known else system}|{code}", safe="")
        return f"/#code={token}&lang={quote(asked, safe='')}"
    return "/"
