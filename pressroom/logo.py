"""Read a clinic's logo: an SVG drawing or a PNG picture -> its bytes."""

from __future__ import annotations

import re
import struct
from pathlib import Path

from .errors import ConfigurationError, HandoutError
from .figures import read_figure
from .files import leaves, read_bytes, shown

PNG = b"\x89PNG\r\n\x1a\n"
#: Fewest dots in height: 300 dpi at the 12 mm that a logo is high. Most on any side.
LEAST_DOTS = 140
MOST_DOTS = 4000


def read_logo(folder: Path, source: str, where: str) -> bytes:
    """Read a logo below a folder.

    Raises ConfigurationError at `where`, or at the file, for what is no plain
    drawing and no picture that prints sharp.
    """
    if not source.endswith(".png"):
        try:
            return read_figure(folder, source, where)[0].svg
        except HandoutError as problem:
            raise ConfigurationError(problem.where, problem.what, problem.next_step) from None
    path = folder / source
    if not re.fullmatch(r"[\w./-]+\.png", source) or leaves(path, folder):
        raise ConfigurationError(
            where, f"'{source}' is no picture of this clinic", "put the file beside this one"
        )
    data = read_bytes(path, ConfigurationError, folder)
    if not data.startswith(PNG) or len(data) < 33 or data[12:16] != b"IHDR":
        raise ConfigurationError(shown(path), "this is not a PNG", "save it as a PNG, or as an SVG")
    width, height = struct.unpack(">II", data[16:24])
    if height < LEAST_DOTS or max(width, height) > MOST_DOTS:
        raise ConfigurationError(
            shown(path),
            f"is {width} by {height} dots",
            f"save it {LEAST_DOTS} dots high or more, and {MOST_DOTS} at the most on any side",
        )
    return data
