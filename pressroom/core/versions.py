"""The releases of libraries that decide how a page looks, or how it is judged."""

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
#: The system's own: Pango, which breaks and sets lines, and HarfBuzz, which it shapes words with;
#: by the names that WeasyPrint loads them by, with the function that says a release.
_SYSTEM = {
    "Pango": (
        "pango_version_string",
        ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll", "libpango-1.0-0"),
    ),
    "HarfBuzz": (
        "hb_version_string",
        ("libharfbuzz.so.0", "libharfbuzz.dylib", "libharfbuzz-0.dll", "libharfbuzz-0"),
    ),
}


@lru_cache(maxsize=1)
def releases() -> dict[str, str]:
    """Return the release of each by name, without loading WeasyPrint."""
    return {
        **{name: version(name) for name in LIBRARIES},
        **{name: _release(*how) for name, how in _SYSTEM.items()},
    }


def _release(function: str, names: tuple[str, ...]) -> str:
    for name in names:
        with suppress(OSError, AttributeError):
            said = getattr(ctypes.CDLL(name), function)
            said.restype = ctypes.c_char_p
            return bytes(said()).decode()
    return "none"


def system_files() -> dict[str, Path]:
    """Return the file of each system library that is loaded, by name: an update replaces it."""
    releases()
    files = {}
    with suppress(OSError):
        lines = Path("/proc/self/maps").read_text().splitlines()
        for name, (_, (library, *_)) in _SYSTEM.items():
            mapped = (line for line in lines if f"/{library}" in line)
            if (line := next(mapped, None)) is not None:
                files[name] = Path(line[line.index("/") :])
    return files
