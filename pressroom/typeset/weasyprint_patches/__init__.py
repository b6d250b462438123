"""Import WeasyPrint behind the pinned fonts, check its release, and patch it.

Each module here mends one fault of WeasyPrint or saves one cost of it, says which in its first
lines, and goes as soon as a release of WeasyPrint makes it needless: `docs/upstream.md` has each
of them as a report. All of them reach into WeasyPrint's inside, so they are made for one release.
"""

from __future__ import annotations

import ctypes.util
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from ...fonts.files import isolate_fonts

if TYPE_CHECKING:
    import ssl

#: The release that the patches are made for.
WEASYPRINT = "70.0"


@cache
def load_weasyprint() -> Any:
    """Return WeasyPrint with the pinned fonts, patched, once a process.

    Raises RuntimeError for another release than the patches are made for.
    """
    isolate_fonts()
    with _no_search_for_libraries(), _no_certificates():
        import weasyprint

    require_release(weasyprint.__version__)
    from . import (
        block_tags,
        cid_fonts,
        keep_all,
        line_break,
        page_limit,
        pango_cache,
        style_cache,
        text_layer,
    )

    for patch in (
        text_layer, block_tags, keep_all, line_break, page_limit, style_cache, pango_cache,
        cid_fonts,
    ):  # fmt: skip
        patch.install()
    logger = logging.getLogger("weasyprint")
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    return weasyprint


def require_release(release: str) -> None:
    """Raise RuntimeError unless the patches are made for this release of WeasyPrint."""
    if release != WEASYPRINT:
        raise RuntimeError(
            f"the patches are made for WeasyPrint {WEASYPRINT}, not {release}: read "
            "pressroom/typeset/weasyprint_patches/ and docs/upstream.md, try each patch again, "
            "then set WEASYPRINT there and the pin in pyproject.toml"
        )


@contextmanager
def _no_search_for_libraries() -> Iterator[None]:
    """Have WeasyPrint open shared libraries by name while it is imported: enough on Linux.

    Its search for them starts 87 programs: a third of a second.
    """
    if sys.platform != "linux":
        yield
        return
    find = ctypes.util.find_library

    def find_none(name: str) -> str | None:
        return None if name else find(name)

    ctypes.util.find_library = find_none
    try:
        yield
    finally:
        ctypes.util.find_library = find


@cache
def trusting_nobody() -> ssl.SSLContext:
    """Return a context without certificates: nothing is fetched from elsewhere.

    From Python 3.12, a fetcher without one reads those of the system: in 15 ms or more.
    """
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@contextmanager
def _no_certificates() -> Iterator[None]:
    """Keep the three fetchers that WeasyPrint makes on import from reading certificates."""
    import ssl

    trusting = ssl._create_default_https_context
    ssl._create_default_https_context = lambda *_, **_named: trusting_nobody()
    try:
        yield
    finally:
        ssl._create_default_https_context = trusting
