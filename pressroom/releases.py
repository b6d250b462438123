"""Say which releases of libraries decide how a page looks, or how it is judged."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

#: Python's own: their distributions.
LIBRARIES = (
    "weasyprint", "pydyf", "tinycss2", "cssselect2", "pypdf", "pikepdf", "uharfbuzz",
    "pypdfium2", "fonttools",
)  # fmt: skip
#: The system's Pango, which sets each line, by the names that WeasyPrint loads it by.
_PANGO = ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll", "libpango-1.0-0")


@lru_cache(maxsize=1)
def releases() -> dict[str, str]:
    """Give the release of each, by name. WeasyPrint itself is not loaded for it."""
    return {**{name: version(name) for name in LIBRARIES}, "Pango": _pango()}


def _pango() -> str:
    for name in _PANGO:
        with suppress(OSError, AttributeError):
            said = ctypes.CDLL(name).pango_version_string
            said.restype = ctypes.c_char_p
            return bytes(said()).decode()
    return "none"


def pango_file() -> Path | None:
    """Find the file of the Pango that is loaded, which an update replaces; None if it cannot be."""
    _pango()
    with suppress(OSError):
        for line in Path("/proc/self/maps").read_text().splitlines():
            if "/libpango-1.0" in line:
                return Path(line[line.index("/") :])
    return None
