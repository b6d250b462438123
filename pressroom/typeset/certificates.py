"""Spare WeasyPrint's fetchers the system's certificates: nothing is fetched from elsewhere.

From Python 3.12, each fetcher that is told nothing else reads all of them as it is made: in 15
ms or more. WeasyPrint makes three as it is loaded, and one for each stylesheet.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache


@cache
def no_authorities() -> ssl.SSLContext:
    """Give what trusts nobody."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@contextmanager
def no_certificates() -> Iterator[None]:
    """Let fetchers that are made meanwhile trust nobody."""
    trusting = ssl._create_default_https_context
    ssl._create_default_https_context = lambda *_, **_named: no_authorities()
    try:
        yield
    finally:
        ssl._create_default_https_context = trusting
