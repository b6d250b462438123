"""Open a Word file: bytes -> its parts as XML, within bounds, or an error with what to do."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import Any

from ...core.errors import HandoutError
from ..safe_xml import parse_xml

#: Largest sum of the parts of a file, unpacked, and largest part that is XML, in bytes.
LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_XML = 32 * 1024 * 1024
MOST_PARTS = 2000

#: How a file of Word before 2007 begins, and one with a password.
_OLE = b"\xd0\xcf\x11\xe0"
_SAVE = "open it in Word or LibreOffice, and save it as .docx"

MAIN = "word/document.xml"


class WordArchive:
    """The parts of a Word file."""

    def __init__(self, data: bytes, where: str) -> None:
        self.where = where
        if data.startswith(_OLE):
            raise HandoutError(
                where, "is of an old Word, or has a password", f"{_SAVE}, without a password"
            )
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(data))
            parts = self.zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise HandoutError(where, "is no Word file, or is cut short", _SAVE) from None
        if any(part.flag_bits & 1 for part in parts):
            raise HandoutError(where, "has a password", f"{_SAVE}, without a password")
        unpacked = sum(part.file_size for part in parts)
        if unpacked > LARGEST_UNPACKED or len(parts) > MOST_PARTS:
            raise HandoutError(
                where,
                f"unpacks to {len(parts)} parts of {unpacked} bytes",
                f"the most are {MOST_PARTS} of {LARGEST_UNPACKED}; take large pictures out",
            )
        self.names = {part.filename for part in parts}
        if any(name.lower().endswith("vbaproject.bin") for name in self.names):
            raise HandoutError(where, "holds macros", f"{_SAVE}, which holds none")
        if MAIN not in self.names:
            raise HandoutError(where, "holds no document of Word", _SAVE)

    def read(self, name: str, most: int = LARGEST_UNPACKED) -> bytes:
        """Return a part. Raises HandoutError where it is damaged, or above `most` bytes."""
        try:
            with self.zip.open(name) as part:
                data = part.read(most + 1)
        except (KeyError, OSError, EOFError, ValueError, NotImplementedError, RuntimeError,
                zipfile.BadZipFile, zipfile.zlib.error):  # type: ignore[attr-defined]  # fmt: skip
            raise HandoutError(self.where, f"its part {name} is damaged", _SAVE) from None
        if len(data) > most:
            raise HandoutError(
                self.where, f"its part {name} is above {most} bytes", "split the document"
            )
        return data

    def xml(self, name: str) -> Any:
        """Return the root of a part that is XML, or None where there is no such part."""
        if name not in self.names:
            return None
        data = self.read(name, LARGEST_XML)
        return parse_xml(data, f"{self.where}, {name}", next_step=_SAVE)[0]

    def relations(self, name: str) -> dict[str, tuple[str, bool]]:
        """Return what the ids in a part stand for: a part's name or an address, and which it is."""
        folder, file = posixpath.split(name)
        root = self.xml(f"{folder}/_rels/{file}.rels")
        found = {}
        for one in root if root is not None else ():
            target, outside = one.get("Target", ""), one.get("TargetMode") == "External"
            if not outside:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[one.get("Id", "")] = (target, outside)
        return found
