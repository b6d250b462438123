"""Fetch images for WeasyPrint, and nothing else: URL -> bytes, or ValueError.

Stylesheets are handed over parsed, fonts come from fontconfig, drawings and logos stand in the
HTML as `data:` images. So a page may fetch no file, save images below the folders that the site's
own stylesheets stand in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from weasyprint.urls import URLFetcher, URLFetcherResponse

from .setting import KINDS
from .weasyprint_patches import trusting_nobody

#: Most bytes of an image.
LARGEST = 5 * 1024 * 1024

_DATA = ("data:image/svg+xml", "data:image/png", "data:image/jpeg")
#: First bytes of an SVG, PNG and JPEG. Pillow would open many more kinds, whatever they are called,
#: and run Ghostscript for one of them.
_BEGINNINGS = (b"<", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


class SiteFetcher(URLFetcher):  # type: ignore[misc]
    """Fetches `data:` images, and images below given folders; refuses all else.

    `refused` lists what was refused, which WeasyPrint does not always log. `images`, by path,
    stand for the files of another machine.
    """

    def __init__(
        self, roots: Iterable[Path] = (), images: Mapping[Path, bytes] | None = None
    ) -> None:
        super().__init__(
            allowed_protocols=("file", "data"), allow_redirects=False, ssl_context=trusting_nobody()
        )
        self.images = images
        self.roots = tuple(self._resolved(root) for root in roots)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Return the response for an image. Raises ValueError for all that is not allowed."""
        problem = self._refuse(url)
        if not problem:
            response = self._bundled(url) or super().fetch(url, headers)
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
        """Return the path behind links; on another machine there are none to follow."""
        return path.resolve() if self.images is None else Path(os.path.normpath(path))

    def _bundled(self, url: str) -> Any:
        """Return the response for an image of another machine; None for all others."""
        if self.images is None or not url.lower().startswith("file:"):
            return None
        path = self._resolved(_path(url))
        return URLFetcherResponse(
            url, self.images[path], {"Content-Type": KINDS[path.suffix.lower()]}
        )

    def _refuse(self, url: str) -> str:
        """Return why an address is not fetched; empty where it may be."""
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
    """Return an address for a message: without folders of this machine, and cut short."""
    if url.lower().startswith("data:"):
        return url[:30] + "…"
    if url.lower().startswith("file:"):
        return "…/" + unquote(urlsplit(url).path).rsplit("/", 1)[-1]
    return url[:80]
