"""Let WeasyPrint read nothing but images that are part of the page itself.

Stylesheets are handed over parsed, fonts come from fontconfig, drawings and
logos stand in the HTML as `data:` images; so there is no file that a page
may fetch, save below the folders that a site's own stylesheet stands in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from weasyprint.urls import URLFetcher, URLFetcherResponse

from .certificates import no_authorities
from .luggage import KINDS

#: Largest image in bytes.
LARGEST = 5 * 1024 * 1024

_DATA = ("data:image/svg+xml", "data:image/png", "data:image/jpeg")
#: How the content of an image begins. Pillow would open many more kinds, whatever they are
#: called, and run Ghostscript for one of them.
_BEGINNINGS = (b"<", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


class SiteFetcher(URLFetcher):  # type: ignore[misc]
    """Fetches `data:` images, and images below given folders; refuses all else.

    What is refused is kept in `refused`, since WeasyPrint only logs some of it. Where
    `images` are given, by path, they stand for the files of another machine.
    """

    def __init__(
        self, roots: Iterable[Path] = (), images: Mapping[Path, bytes] | None = None
    ) -> None:
        super().__init__(
            allowed_protocols=("file", "data"), allow_redirects=False, ssl_context=no_authorities()
        )
        self.images = images
        self.roots = tuple(self._resolved(root) for root in roots)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Fetch an image. Raises ValueError for everything that is not allowed."""
        problem = self._refuse(url)
        if not problem:
            response = self._carried(url) or super().fetch(url, headers)
            body = response.read(LARGEST + 1)
            response.close()
            if len(body) > LARGEST:
                problem = "the image is too large"
            elif not body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_BEGINNINGS):
                problem = "this is not an image"
            else:
                return URLFetcherResponse(url, body, response.headers)
        self.refused.append(f"{named(url)}: {problem}")
        raise ValueError(problem)

    def _resolved(self, path: Path) -> Path:
        """Find a file; on another machine there is nothing to look up."""
        return path.resolve() if self.images is None else Path(os.path.normpath(path))

    def _carried(self, url: str) -> Any:
        """Give an image of another machine; nothing for all others."""
        if self.images is None or not url.lower().startswith("file:"):
            return None
        path = self._resolved(_path(url))
        return URLFetcherResponse(
            url, self.images[path], {"Content-Type": KINDS[path.suffix.lower()]}
        )

    def _refuse(self, url: str) -> str:
        scheme = url.partition(":")[0].lower()
        if scheme == "data":
            if not url.lower().startswith(_DATA):
                return "only images may stand in the page itself"
            return "the image is too large" if len(url) > LARGEST * 4 // 3 else ""
        if scheme != "file":
            return f"nothing is fetched by {scheme or 'this address'}"
        parts = urlsplit(url)
        if parts.netloc not in ("", "localhost"):
            return "nothing is fetched from another machine"
        try:
            path = self._resolved(_path(url))
        except (OSError, RuntimeError, ValueError):
            return "there is no such file"
        if not any(path.is_relative_to(root) for root in self.roots):
            return "this file lies outside of the site's styles"
        if path.suffix.lower() not in KINDS:
            return "this is not an image"
        there = path.is_file() if self.images is None else path in self.images
        return "" if there else "there is no such file"


def _path(url: str) -> Path:
    return Path(url2pathname(unquote(urlsplit(url).path)))


def named(url: str) -> str:
    """Name an address without the folders of this machine."""
    if url.lower().startswith("data:"):
        return url[:30] + "…"
    if url.lower().startswith("file:"):
        return "…/" + unquote(urlsplit(url).path).rsplit("/", 1)[-1]
    return url[:80]
