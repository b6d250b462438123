"""Keep what was set and judged by what it depends on: a digest -> RenderResult, outside of `dist`.

So that a clean output folder, another branch or an edit that is taken back sets
nothing again. An entry is a file named by the digest of all that the pages depend
on: a folder of them may be copied to another machine. Beside the proofs lie
prepared leaflets: what their words came to, by the fingerprint of the inputs.

Whoever may write to the store decides what is published: guard it as the site.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..core.files import read_plain
from ..core.model import Finding, Shown, Verdict
from ..core.published import Wanted
from ..fonts.files import cache_folder
from .inputs import digest_of
from .render import RenderResult, names_beside

#: Layout of an entry; one of another layout is not read.
_MAGIC = b"pressroom 1\n"

#: Largest entry in bytes: a leaflet of many pages and pictures is a tenth of it.
LARGEST = 256 << 20

#: Largest size in megabytes, where `PRESSROOM_STORE_MB` does not say otherwise.
MOST_MB = 2000


def most_bytes() -> int:
    """Return how large the store may become, in bytes."""
    said = os.environ.get("PRESSROOM_STORE_MB", "")
    return (int(said) if said.isdigit() else MOST_MB) * 1024 * 1024


def store_folder() -> Path:
    """Return where the store lies: `PRESSROOM_STORE`, else in the user's cache."""
    own = os.environ.get("PRESSROOM_STORE")
    return Path(own) if own else cache_folder() / "store"


def proof_key(wanted: Wanted) -> str:
    """Return the digest of all that a proof and its verdict depend on."""
    parts = (f"{name} {digest}" for name, digest in sorted(wanted.parts.items()) if name != "web")
    return digest_of("proof", wanted.stem, *parts)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What pruning took out, and what is left."""

    files: int
    freed: int
    left: int


def _is_alive(process: int) -> bool:
    """Return whether a process of this machine is running."""
    try:
        os.kill(process, 0)
    except OverflowError:
        return False
    except OSError as problem:
        return isinstance(problem, PermissionError)
    return True


class Store:
    """A folder of entries. What cannot be kept is not kept; nothing fails for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        #: Prepared leaflets of a run that is not at its end: inputs may change meanwhile.
        self._waiting = folder / f"run-{os.getpid()}"
        #: How large the store may be by now, so that it is not measured after each run.
        self._size = folder / "size"
        #: Bytes that were kept since that was written.
        self.kept = 0

    # Proofs

    def proof(self, wanted: Wanted) -> RenderResult | None:
        """Return what was made of these pages before; None where nothing was, or it is damaged."""
        found = self._take(self._path(proof_key(wanted)))
        if found is None:
            return None
        with suppress(KeyError, TypeError, ValueError):
            head, body = found
            blobs = {}
            for name, size in head["files"]:
                blobs[name], body = body[:size], body[size:]
            if not blobs.keys() <= {"", *names_beside(wanted)}:
                return None  # Nothing else is published with a leaflet.
            verdict = Verdict(
                head["pages"],
                tuple(Shown(**one) for one in head["disclaimers"]),
                tuple(Finding(**one) for one in head["findings"]),
            )
            return RenderResult(blobs.pop(""), verdict, head["type_size_pt"], blobs)
        return None

    def keep_proof(self, wanted: Wanted, printed: RenderResult) -> None:
        """Keep what was made."""
        blobs = {"": printed.pdf, **printed.extras}
        verdict = printed.verdict
        head = {
            "files": [(name, len(data)) for name, data in blobs.items()],
            "pages": verdict.pages,
            "disclaimers": [asdict(one) for one in verdict.disclaimers],
            "findings": [asdict(one) for one in verdict.findings],
            "type_size_pt": printed.type_size_pt,
        }
        self._keep(self._path(proof_key(wanted)), head, b"".join(blobs.values()))

    # Prepared leaflets

    def prepared(self, fingerprint: str, edition: str, day: str) -> Mapping[str, Any] | None:
        """Return what the words of a leaflet came to on such a day, from these very inputs."""
        found = self._take(self._path(digest_of("prepared", fingerprint, edition)))
        if found is None or not found[0].get("since", "~") <= day < found[0].get("until", ""):
            return None
        return found[0]

    def keep_prepared(self, fingerprint: str, edition: str, data: Mapping[str, Any]) -> None:
        """Keep a prepared leaflet, for good once the run has ended well."""
        key = digest_of("prepared", fingerprint, edition)
        self._keep(self._waiting / key[:2] / key, data, b"")

    def begin(self) -> None:
        """Clear what runs have left that were killed."""
        for folder in self.folder.glob("run-*"):
            number = folder.name.removeprefix("run-")
            if folder == self._waiting or not (number.isdigit() and _is_alive(int(number))):
                shutil.rmtree(folder, ignore_errors=True)

    def finish(self, good: bool) -> None:
        """End a run: keep what it prepared where no input has changed meanwhile."""
        for path in self._waiting.glob("*/*") if good else ():
            with suppress(OSError):
                (self.folder / path.parent.name).mkdir(parents=True, exist_ok=True)
                path.replace(self.folder / path.parent.name / path.name)
        shutil.rmtree(self._waiting, ignore_errors=True)
        if self.kept:
            size = self._said_size() + self.kept
            self.kept = 0
            self._say_size(size)
            if size > most_bytes():
                # Somewhat further, so that the next runs have room.
                self.prune(most_bytes() * 19 // 20)

    def _said_size(self) -> int:
        """Return how large the store was at most after the last run, or is where nobody says."""
        with suppress(OSError, ValueError):
            return int(self._size.read_text(encoding="ascii"))
        return sum(size for _, size, _ in self.entries())

    def _say_size(self, size: int) -> None:
        with suppress(OSError):
            self._size.write_text(str(size), encoding="ascii")

    # Files

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def _take(self, path: Path) -> tuple[dict[str, Any], bytes] | None:
        """Read an entry: what it says of itself, and its files. None where it is damaged."""
        try:
            data = read_plain(path, LARGEST)
            os.utime(path)  # What was used last is pruned last.
        except OSError:
            return None
        magic, digest, body = (
            data[: len(_MAGIC)],
            data[len(_MAGIC) :][:64],
            data[len(_MAGIC) + 64 :],
        )
        said = hashlib.sha256(path.name.encode() + body).hexdigest().encode()
        if magic != _MAGIC or digest != said:
            with suppress(OSError):
                path.unlink()
            return None
        head, _, rest = body.partition(b"\n")
        try:
            found = json.loads(head)
        except ValueError:
            return None
        return (found, rest) if isinstance(found, dict) else None

    def _keep(self, path: Path, head: Mapping[str, Any], blob: bytes) -> None:
        body = json.dumps(head, ensure_ascii=False).encode("utf-8") + b"\n" + blob
        digest = hashlib.sha256(path.name.encode() + body).hexdigest().encode()
        beside = path.with_name(f".{path.name}.{os.getpid()}.part")
        # Not worth waiting for the disk: an entry that is cut off is noticed.
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(_MAGIC + digest + body)
            beside.replace(path)
            self.kept += len(body)
        except OSError:
            with suppress(OSError):
                beside.unlink()

    # Size

    def entries(self) -> Iterator[tuple[float, int, Path]]:
        """Yield when each entry was used last, its size in bytes, and its path."""
        for path in self.folder.glob("??/*"):
            with suppress(OSError):
                status = path.stat()
                yield status.st_mtime, status.st_size, path

    def prune(self, most: int) -> Pruned:
        """Take out what was used longest ago, until at most so many bytes are left."""
        entries = sorted(self.entries(), key=lambda entry: entry[0])
        left = sum(size for _, size, _ in entries)
        files = freed = 0
        for _, size, path in entries:
            if left <= most:
                break
            with suppress(OSError):
                path.unlink()
                files, freed, left = files + 1, freed + size, left - size
        self._say_size(left)
        return Pruned(files, freed, left)
