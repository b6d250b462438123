"""Let a setting travel to a machine that has none of its files: Setting -> Setting."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ..errors import ConfigurationError
from ..files import shown
from .setting import Luggage, Setting

#: Images by the ends of their names.
KINDS = {
    ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
}  # fmt: skip

#: Most bytes of images that travel with each leaflet.
MOST = 8 * 1024 * 1024


def packed(setting: Setting) -> Setting:
    """Give a setting with its stylesheets, and the images that those may use, inside.

    Raises ConfigurationError where the images are too large to go with each leaflet.
    """
    roots = tuple(root.resolve() for root in setting.roots)
    images = {path: path.stat() for path in images_below(roots)}
    if sum(status.st_size for status in images.values()) > MOST:
        raise ConfigurationError(
            shown(setting.roots[0]),
            f"its images are larger than {MOST >> 20} MB together, and travel with each leaflet",
            "keep only those there that stylesheets use",
        )
    luggage = Luggage(
        {path: setting.read(path) for path in setting.files},
        {path: _read(path, s.st_size, s.st_mtime_ns) for path, s in images.items()},
    )
    return replace(setting, roots=roots, luggage=luggage)


def images_below(roots: Iterable[Path]) -> Iterator[Path]:
    """Give every image below folders, but none that a link leads to outside of them.

    The folders are absolute, and lead through no links.
    """
    for root in roots:
        for folder, _, names in os.walk(root):
            for path in (Path(folder, name) for name in sorted(names)):
                known = path.suffix.lower() in KINDS and path.is_file()
                if known and path.resolve().is_relative_to(root):
                    yield path


@lru_cache(maxsize=256)
def _read(path: Path, _size: int, _mtime_ns: int) -> bytes:
    return path.read_bytes()
