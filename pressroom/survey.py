"""Survey what a build reads: files -> their sizes and times, digests where these differ."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, repeat
from pathlib import Path
from stat import S_ISDIR
from typing import TYPE_CHECKING

from .errors import ConfigurationError, HandoutError
from .files import read_plain, read_toml
from .ledger import Seen
from .plan import digest_of, recipes
from .stamps import Stamp, stamp_at, stamp_of, status_of
from .standing import place_of

if TYPE_CHECKING:
    from .site import Words

#: How long the clock that times files may stand still, in nanoseconds.
CLOCK_NS = 10_000_000
#: A file younger than this, in nanoseconds, may be written again without a change of its time.
YOUNG_NS = 50_000_000
#: The same, on a file system that knows whole seconds only.
COARSE_YOUNG_NS = 2_100_000_000

#: Largest file of the site, and of others such as fonts, whose content tells it from another, in
#: bytes: no build reads a larger one.
LARGEST_WORDS, LARGEST = 8 << 20, 1 << 28

#: How the name of a folder begins that is looked at, but not what lies in it.
FOLDER_ONLY = "folder "

#: How names end of what editors and Python leave behind, and no build reads.
_PASSING = ("~", ".pyc", "__pycache__")

#: Files that say something of each topic in a table of its own.
_SHARED = ("approvals.toml", "withdrawn.toml")


#: Libraries that prepare the words for the page; those that set and judge it are `releases`.
_PREPARING = ("babel", "jinja2", "markdown-it-py", "icu4py")
#: What distributions are imported as, where that differs.
_MODULES = {"fonttools": "fontTools", "markdown-it-py": "markdown_it"}


def places_of(handouts: Path) -> dict[str, Path]:
    """Say where all lies that a build reads: the site, the theme, the engine, and the fonts."""
    # A build with nothing to do needs none of these.
    from importlib.metadata import version
    from importlib.util import find_spec

    from .releases import LIBRARIES, pango_file, releases
    from .theme import packaged
    from .typeset.fonts import font_files, font_folders

    places = {"site": handouts, "templates": packaged("templates"), "styles": packaged("styles")}
    places["engine"] = Path(__file__).parent
    for library in (*LIBRARIES, *_PREPARING):
        found = find_spec(_MODULES.get(library, library))
        if found and found.origin:
            places[f"library/{library} {version(library)}"] = Path(found.origin)
    if pango := pango_file():
        places[f"library/Pango {releases()['Pango']}"] = pango
    places |= {f"font/{name}": path for name, path in font_files().items()}
    # Only whether something has come or gone there: fonts that are not pinned are not read.
    places |= {f"{FOLDER_ONLY}{n}": path for n, path in enumerate(font_folders())}
    return places


def survey(places: Mapping[str, Path], known: Mapping[str, Seen]) -> dict[str, Seen]:
    """Look at all files and folders below `places`. Give what was seen, by path.

    `places` are folders or files by the name that they go by (`site`). What is
    `known` by size and time is not read again. Hidden files are left out.
    """
    found: dict[str, Seen] = {}
    for name, place in sorted(places.items()):
        root = os.path.realpath(place)
        for path, title, status in _walk(str(place.absolute()), name):
            real = os.path.realpath(path) if os.path.islink(path) else root  # noqa: PTH114
            if real != root and not real.startswith(root + os.sep):
                # Nothing outside of a place is read: no build does either.
                found[path] = Seen(title, stamp_of(status), digest_of(real))
                continue
            found[path] = _look(path, title, status, known.get(path))
    return found


def _walk(path: str, name: str) -> Iterator[tuple[str, str, os.stat_result]]:
    """Give path, name and status of a file, or of a folder and all that lies below it.

    However deep that is. Names that are not UTF-8 are left out: nothing that a build
    reads is called so.
    """
    top = path
    waiting: list[tuple[str, str, frozenset[tuple[int, int]]]] = [(path, name, frozenset())]
    while waiting:
        path, name, above = waiting.pop()
        status = status_of(path)
        if status is None:
            continue
        if (status.st_dev, status.st_ino) not in above:
            yield path, name, status
        if not S_ISDIR(status.st_mode) or (status.st_dev, status.st_ino) in above:
            continue
        # What a linked folder holds is seen where it lies, or lies outside and is not read.
        if name.startswith(FOLDER_ONLY) or (path != top and os.path.islink(path)):  # noqa: PTH114
            continue
        here = above | {(status.st_dev, status.st_ino)}
        try:
            names = sorted(os.listdir(path), reverse=True)  # noqa: PTH208
        except OSError:
            continue
        waiting += [
            (f"{path}/{inner}", f"{name}/{inner}", here) for inner in names if _is_looked_at(inner)
        ]


def _is_text(name: str) -> bool:
    """Tell whether a name is UTF-8."""
    return name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name)


def _look(path: str, name: str, status: os.stat_result, old: Seen | None) -> Seen:
    if S_ISDIR(status.st_mode):
        return Seen(name, _settled(status), "")
    if old and (old.name, old.stamp) == (name, stamp_of(status)):
        return old
    digest = _font_digest(name) or _digest(path, name, status)
    shares = _shares(path) if path.endswith(_SHARED) else None
    return Seen(name, _settled(status), digest, shares)


def _font_digest(name: str) -> str:
    """Give the digest of a font that is pinned, which is remembered; nothing for other files."""
    if not name.startswith("font/"):
        return ""
    from .typeset.fonts import font_digests

    return font_digests().get(name.removeprefix("font/"), "")


def _digest(path: str, name: str, status: os.stat_result) -> str:
    """Digest a file; one that cannot be read, or is too large, by what it is."""
    most = LARGEST_WORDS if name.startswith("site/") else LARGEST
    real = os.path.realpath(path) if os.path.islink(path) else path  # noqa: PTH114
    try:
        data = read_plain(Path(real), most)
        data = data if len(data) <= most else f"{status.st_size} bytes".encode()
    except OSError:
        data = b"unreadable"
    return hashlib.sha256(data).hexdigest()


def _settled(status: os.stat_result) -> Stamp:
    """Give the stamp of a file, without its times where these do not tell one text from another.

    It is too young for that; the next build reads it again.
    """
    size, mtime_ns, ctime_ns = stamp_of(status)
    coarse = ctime_ns % 1_000_000_000 == 0
    young = 0 <= time.time_ns() - ctime_ns < (COARSE_YOUNG_NS if coarse else YOUNG_NS)
    return (size, 0, 0) if young else (size, mtime_ns, ctime_ns)


def _shares(path: str) -> Mapping[str, str] | None:
    """Digest what a file of tables says of each topic.

    None where that cannot be told: what is broken in it concerns all of them.
    """
    from .schema import ApprovalsFile, WithdrawnFile, validate

    model = ApprovalsFile if path.endswith("approvals.toml") else WithdrawnFile
    by_topic: dict[str, list[str]] = {}
    try:
        data, text = read_toml(Path(path), ConfigurationError)
        validate(model, data, "", lambda _: 0, ConfigurationError)
    except HandoutError:
        return None
    for table, rows in data.items():
        # Findings on withdrawals name their line.
        heads = (n for n, line in enumerate(text.split("\n")) if line.startswith("[[withdrawn"))
        lines = heads if table == "withdrawn" else ()
        for row, line in zip(rows, chain(lines, repeat(0)), strict=False):
            by_topic.setdefault(row["topic"], []).append(f"{table} {line} {row!r}")
    return {topic: digest_of(*said) for topic, said in by_topic.items()}


def digests(seen: Iterable[Seen]) -> tuple[dict[str, str], dict[str, Mapping[str, str]]]:
    """Give digests by name, and the shares of those that have them."""
    # A folder that stands for a file is not read as none is.
    files = [one for one in seen if one.digest or "." in one.name.rpartition("/")[2]]
    shares = {one.name: one.shares for one in files if one.shares is not None}
    return {one.name: one.digest for one in files}, shares


def changed(inputs: Mapping[str, Seen]) -> Iterator[str]:
    """Give the paths that have another stamp than was seen."""
    return (path for path, one in inputs.items() if stamp_at(path) != one.stamp)


def recipes_of(
    words: Words,
    seen: Mapping[str, Seen],
    topics: Iterable[str],
    locales: Iterable[str],
) -> dict[tuple[str, str], str]:
    """Digest what the leaflets of these topics and locales are prepared from, of what was seen."""
    clinic = words.site.clinic
    found, shares = digests(seen.values())
    found["place"] = place_of(words.handouts, clinic.id)
    codes = dict.fromkeys(locales)
    return dict(recipes(found, shares, topics, codes, clinic.source_locale))


def look_again(path: str, old: Seen) -> Seen | None:
    """Look at a file or a folder that is not as it was.

    None where something has come or gone there, or become another thing: all is to be
    looked at then.
    """
    status = status_of(path)
    if status is None or S_ISDIR(status.st_mode) != (not old.digest):
        return None
    if os.path.islink(path):  # noqa: PTH114 - a name of many
        return None
    return _look(path, old.name, status, old)


def names_in(path: str) -> set[str] | None:
    """Name what a build looks at in a folder; None where it cannot be read."""
    try:
        return {name for name in os.listdir(path) if _is_looked_at(name)}  # noqa: PTH208
    except OSError:
        return None


def _is_looked_at(name: str) -> bool:
    """Tell whether a build looks at a file or a folder of this name."""
    return not name.startswith(".") and not name.endswith(_PASSING) and _is_text(name)
