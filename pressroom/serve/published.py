"""Serve the output folder: a path -> the published file, as the last build left it."""

from __future__ import annotations

import base64
import hashlib
import os
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from ..files import read_plain
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
        """Find a file; nothing that is hidden, also behind a link."""
        found, status = super().lookup_path(path)
        if status is not None:
            inside = Path(found).relative_to(self.out.resolve())
            if any(part.startswith(".") for part in (*Path(path).parts, *inside.parts)):
                return "", None
        return found, status

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer; what may not be read does not exist either."""
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
        """Give a file that browsers ask after each time, and take from their cache if it stands."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = "no-cache"
        if str(full_path).endswith(".html"):
            response.headers["content-security-policy"] = policy_of(
                str(full_path), stat_result.st_mtime_ns, stat_result.st_size
            )
        return response


class Rack:
    """The rack as `serve` shows it: with a button that prints through CUPS."""

    def __init__(self, out: Path, tokens: Tokens) -> None:
        self.path = out / "index.html"
        self.tokens = tokens

    def page(self, _request: Request) -> Response:
        """Give the page with its token."""
        try:
            status = self.path.lstat()
            page = read_plain(self.path, LARGEST_PAGE).decode("utf-8")
        except (OSError, ValueError):
            return HTMLResponse(_WAITING)
        policy = policy_of(str(self.path), status.st_mtime_ns, status.st_size)
        headers = {"content-security-policy": policy}
        added = (
            f'<meta name="pressroom-token" content="{escape(self.tokens.issue(RACK))}">'
            '<link rel="stylesheet" href="/_serve/print.css">'
            '<script src="/_serve/shared.js" defer></script>'
            '<script src="/_serve/print.js" defer></script></head>'
        )
        return HTMLResponse(page.replace("</head>", added, 1), headers=headers)


class _Styles(HTMLParser):
    """Collects what styles a page carries in itself."""

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
    """Give the policy of a published page: the styles that it was built with, and no scripts.

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
