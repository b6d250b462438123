"""Read a clinic's logo: an SVG drawing or a PNG picture -> its bytes."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

from .errors import ConfigurationError, HandoutError
from .figures import read_figure
from .files import leaves, read_bytes, shown

PNG = b"\x89PNG\r\n\x1a\n"
#: Fewest dots in height: 300 dpi at the 12 mm that a logo is high. Most on any side.
LEAST_DOTS = 140
MOST_DOTS = 4000
#: Parts of a PNG that its dots need.
_OF_DOTS = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"IDAT", b"IEND")
#: Channels of a PNG by its type of colour.
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


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
    parts, damage = _parts(data)
    if damage:
        raise ConfigurationError(shown(path), f"is damaged: {damage}", "save it anew")
    return PNG + b"".join(parts)


def _parts(data: bytes) -> tuple[list[bytes], str]:
    """Give the parts of a PNG that make its dots, or say what is wrong with it.

    WeasyPrint puts dots into a PDF as they are. What else a file holds, such as who
    made it and where, goes nowhere.
    """
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", data[16:29])
    row = -(-width * _CHANNELS.get(colour, 0) * depth // 8)
    # A byte before each row; of an interlaced picture, a row is stored in as many as seven parts.
    least = row * height + height
    most = least if not interlaced else 2 * least + 8 * (width + height)
    kinds: list[bytes] = []
    parts: list[bytes] = []
    at, found, reader = len(PNG), 0, zlib.decompressobj()
    while at + 12 <= len(data) and b"IEND" not in kinds:
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        if data[at + 8 + size : at + 12 + size] != struct.pack(">I", zlib.crc32(kind + body)):
            return [], "a part of it is not what was saved"
        if kind == b"IDAT":
            try:
                found += len(reader.decompress(body, most + 1 - found))
            except zlib.error:
                return [], "its dots cannot be unpacked"
            if found > most:
                return [], "it has more dots than its size says"
        kinds.append(kind)
        parts += [data[at : at + 12 + size]] if kind in _OF_DOTS else []
        at += 12 + size
    if not row or kinds[-1:] != [b"IEND"] or found < (row * height if interlaced else least):
        return [], "it is cut short"
    return parts, "it has no palette" if colour == 3 and b"PLTE" not in kinds else ""
