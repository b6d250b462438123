"""Serve the output folder: a path -> the published file, as the last build left it."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from ...core.files import read_plain
from ...rack.fhir import SUFFIX
from .guard import POLICY, Tokens

#: Largest page in bytes; a rack of 10,000 leaflets has no tenth of it.
LARGEST_PAGE = 32 << 20
#: The page that prints: tokens are bound to it.
RACK = "/"

_WAITING = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>Patient leaflets</title></head>
<body><main><h1>Patient leaflets</h1><p>The first leaflets are being built.</p></main></body></html>
"""


class Published(StaticFiles):
    """The files of an output folder: those of the engine, and hidden ones, do not exist."""

    def __init__(self, out: Path) -> None:
        super().__init__(directory=out, check_dir=False)
        self.config_checked = True  # There may be no folder before the first build.
        self.out = out

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Return the path of a file and its status; nothing for one that is hidden or linked so."""
        found, status = super().lookup_path(path)
        if status is not None:
            inside = Path(found).relative_to(self.out.resolve())
            if any(part.startswith(".") for part in (*Path(path).parts, *inside.parts)):
                return "", None
        return found, status

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the response; 404 also for what may not be read."""
        try:
            return await super().get_response(path, scope)
        except (HTTPException, OSError) as problem:
            if isinstance(problem, HTTPException) and problem.status_code == 405:
                raise
            raise HTTPException(404) from None

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Return a file that browsers revalidate each time, with its policy where it is a page."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = "no-cache"
        if str(full_path).endswith(SUFFIX):
            response.headers["content-type"] = "application/fhir+json"
        if str(full_path).endswith(".html"):
            response.headers["content-security-policy"] = policy_of(
                str(full_path), stat_result.st_mtime_ns, stat_result.st_size
            )
        return response


class Rack:
    """The rack as `serve` shows it: with a button that prints through CUPS."""

    def __init__(self, out: Path, tokens: Tokens, counts: Callable[[], bool]) -> None:
        self.path = out / "index.html"
        self.tokens = tokens
        #: Returns whether the rack's own Print is counted.
        self.counts = counts

    def page(self, _request: Request) -> Response:
        """Return the page, with its token and the scripts that print."""
        try:
            status = self.path.lstat()
            page = read_plain(self.path, LARGEST_PAGE).decode("utf-8")
        except (OSError, ValueError):
            return HTMLResponse(_WAITING)
        policy = policy_of(str(self.path), status.st_mtime_ns, status.st_size)
        headers = {"content-security-policy": policy}
        added = (
            f'<meta name="pressroom-token" content="{escape(self.tokens.issue(RACK))}">'
            '<link rel="stylesheet" href="_serve/print.css">'
            '<script src="_serve/shared.js" defer></script>'
            '<script src="_serve/print.js" defer></script>'
        )
        if self.counts():
            added += '<script src="_serve/count.js" defer></script>'
        return HTMLResponse(page.replace("</head>", f"{added}</head>", 1), headers=headers)


class _Styles(HTMLParser):
    """Collects the styles that a page carries in itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, None] = {}
        self.inside = False
        self.attributes = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag == "style"
        for name, value in attrs:
            if name == "style" and value:
                self.found[value] = None
                self.attributes = True

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[data] = None

    def handle_endtag(self, _tag: str) -> None:
        self.inside = False


@lru_cache(maxsize=512)
def policy_of(path: str, _modified: int, _size: int) -> str:
    """Return the policy of a published page: the styles that it was built with, and no scripts.

    A page's own styles are allowed by their digests: what is added to it later is not.
    """
    reader = _Styles()
    try:
        reader.feed(read_plain(Path(path), LARGEST_PAGE).decode("utf-8"))
        reader.close()
    except (OSError, ValueError):
        return POLICY
    allowed = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in reader.found
    ]
    if reader.attributes:
        allowed.append("'unsafe-hashes'")
    return POLICY.replace("style-src 'self'", " ".join(["style-src 'self'", *allowed]))
