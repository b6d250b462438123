"""Find by their names, whoever wrote them, files of leaflets that must not lie in a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ..core.files import leaves, shown
from ..core.model import Finding, Withdrawal

#: Folders of the output folder that hold no leaflets.
_OTHERS = ("c", "connect", "fhir", "rack")


def files_of_leaflets(out: Path, concerned: Callable[[str, str, str], bool]) -> Iterator[str]:
    """Yield the paths below `out` of files of those topics, locales and editions `concerned`.

    Web pages are of no edition. Pictures of pages are among the files, and what other
    editions, other locales and other releases have left.
    """
    own = [name for name in _names(out) if name not in _OTHERS and not name.startswith(".")]
    pictures = out / "rack" / "thumbs"
    named = [] if leaves(pictures, out) else _names(pictures)
    thumbs = [f"rack/thumbs/{name}" for name in named]
    for folder in (*own, *thumbs):
        if leaves(out / folder, out):
            continue
        locale = folder.rpartition("/")[2]
        for name in _names(out / folder):
            topic, _, rest = name.partition(".")
            edition = rest.partition(".")[0].removesuffix("-reader") if "." in rest else ""
            if concerned(topic, locale, edition) and not (out / folder / name).is_dir():
                yield f"{folder}/{name}"


def withdrawn_files(out: Path, withdrawn: Iterable[Withdrawal]) -> list[str]:
    """Return the paths below `out` of files of withdrawn leaflets."""
    rows = tuple(withdrawn)

    def concerned(topic: str, locale: str, _edition: str) -> bool:
        return any(row.covers(topic, locale) for row in rows)

    return list(files_of_leaflets(out, concerned)) if rows else []


def files_of_editions(out: Path, names: Container[tuple[str, str, str]]) -> Iterator[str]:
    """Yield the paths below `out` of files of leaflets: of topics, locales and editions."""
    yield from files_of_leaflets(out, lambda *name: name in names)


def remove(out: Path, names: Iterable[str], because: str = "is withdrawn") -> list[Finding]:
    """Delete files, and folders that they leave empty.

    Return a finding for each that cannot be deleted; `because` says why it has to go.
    """
    left = []
    for name in names:
        path = out / name
        try:
            path.unlink(missing_ok=True)
        except OSError as problem:
            what = (
                f"{because}, but cannot be removed ({problem.strerror}); close it where it is "
                "open, or see to the permissions of its folder: each build tries again"
            )
            left.append(Finding("withdrawn-left", "error", what, shown(path)))
        with suppress(OSError):
            for folder in path.parents[: name.count("/")]:
                folder.rmdir()
    return left


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208
    except OSError:
        return []
