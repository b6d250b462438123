"""Survey what a build reads: files -> stamps, digests where these differ, fingerprints.

A stamp is what a file's status says of its content. The time of its last change cannot be set
by hand: what takes a file's place under its size and time has another. The fingerprint of a
topic in a locale is the digest of all inputs that its leaflets come from.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from stat import S_ISDIR
from typing import TYPE_CHECKING

from .. import __version__
from ..core.errors import ConfigurationError, HandoutError
from ..core.files import PACKAGE, read_plain, shown
from ..core.toml import read_toml

if TYPE_CHECKING:
    from ..leaflet.site import Words

#: Size in bytes, time of the content and time of the last change, both in nanoseconds since 1970.
Stamp = tuple[int, int, int]

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

#: How names end of what editors and Python leave behind, of records and of templates of catalogues:
#: they are no words.
_PASSING = ("~", ".pyc", "__pycache__", ".jsonl", ".pot")

#: Catalogues that are of no topic.
_OF_NO_TOPIC = ("house.po", "snippets.po")

#: Words of the rack in a locale: web pages of every locale lead there in the words of staff.
_OF_THE_RACK = "rack.po"

#: Files that say something of each topic in a table of its own.
_SHARED = ("approvals.toml", "withdrawn.toml")


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file or a folder as it was when it was last read."""

    name: str
    stamp: Stamp
    #: Of its content; empty: a folder.
    digest: str
    #: Digests of what it says of each topic, where it can be told.
    shares: Mapping[str, str] | None = None


#: Libraries that prepare the words for the page; those that set and judge it are `releases`.
_PREPARING = ("babel", "jinja2", "markdown-it-py", "icu4py")
#: What distributions are imported as, where that differs.
_MODULES = {"fonttools": "fontTools", "markdown-it-py": "markdown_it"}


def stamp_of(status: os.stat_result) -> Stamp:
    """Return the stamp of a status."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def status_of(path: str) -> os.stat_result | None:
    """Return the status of what a path leads to, or of a link that leads to nothing."""
    for look in (os.stat, os.lstat):
        try:
            return look(path)
        except (OSError, ValueError):
            continue
    return None


def stamp_at(path: str) -> Stamp | None:
    """Return the stamp of a file; None where there is none."""
    status = status_of(path)
    return None if status is None else stamp_of(status)


def changed(stamps: Iterable[tuple[str, Stamp]], folder: str = "") -> Iterator[str]:
    """Yield the names that have another stamp; `folder` stands before each of them."""
    return (name for name, stamp in stamps if stamp_at(folder + name) != stamp)


def circumstances(handouts: Path, clinic: str) -> str:
    """Return under which circumstances a build runs, as far as no input tells them."""
    fonts = os.environ.get("PRESSROOM_FONTS", "")
    site = (str(handouts.absolute()), _site_name(handouts, clinic))
    return "\n".join((__version__, sys.prefix, str(PACKAGE), *site, fonts))


def _site_name(handouts: Path, clinic: str) -> str:
    """Return how a site is named in findings, and which of its clinics it is built for."""
    return f"{shown(handouts)} {clinic}"


def places_of(handouts: Path) -> dict[str, Path]:
    """Return the path of all that a build reads: the site, the theme, the engine, and the fonts."""
    # A build with nothing to do needs none of these.
    from importlib.metadata import version
    from importlib.util import find_spec

    from ..content.theme import packaged
    from ..core.versions import LIBRARIES, releases, system_files
    from ..fonts.files import font_files, font_folders

    places = {"site": handouts, "templates": packaged("templates"), "styles": packaged("styles")}
    places["engine"] = PACKAGE
    for library in (*LIBRARIES, *_PREPARING):
        found = find_spec(_MODULES.get(library, library))
        if found and found.origin:
            places[f"library/{library} {version(library)}"] = Path(found.origin)
    for library, file in system_files().items():
        places[f"library/{library} {releases()[library]}"] = file
    places |= {f"font/{name}": path for name, path in font_files().items()}
    # Only whether something has come or gone there: fonts that are not pinned are not read.
    places |= {f"{FOLDER_ONLY}{n}": path for n, path in enumerate(font_folders())}
    return places


def survey(places: Mapping[str, Path], known: Mapping[str, InputFile]) -> dict[str, InputFile]:
    """Return all files and folders below `places`, by path.

    `places` are folders or files by the name that they go by (`site`). What is `known` under the
    same stamp is not read again. Hidden files are left out.
    """
    found: dict[str, InputFile] = {}
    for name, place in sorted(places.items()):
        root = os.path.realpath(place)
        for path, title, status in _walk(str(place.absolute()), name):
            real = os.path.realpath(path) if os.path.islink(path) else root  # noqa: PTH114
            if real != root and not real.startswith(root + os.sep):
                # Nothing outside of a place is read: no build does either.
                found[path] = InputFile(title, stamp_of(status), digest_of(real))
                continue
            found[path] = _read_input(path, title, status, known.get(path))
    return found


def _walk(path: str, name: str) -> Iterator[tuple[str, str, os.stat_result]]:
    """Yield path, name and status of a file, or of a folder and all below it, however deep.

    Names that are not UTF-8 are left out: nothing that a build reads is called so.
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
    """Return whether a name is UTF-8."""
    return name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name)


def _read_input(path: str, name: str, status: os.stat_result, old: InputFile | None) -> InputFile:
    if S_ISDIR(status.st_mode):
        return InputFile(name, _trusted_stamp(status), "")
    if old and (old.name, old.stamp) == (name, stamp_of(status)):
        return old
    digest = _font_digest(name) or _digest(path, name, status)
    shares = _shares(path) if path.endswith(_SHARED) else None
    return InputFile(name, _trusted_stamp(status), digest, shares)


def _font_digest(name: str) -> str:
    """Return the digest of a pinned font, which is cached; empty for other files."""
    if not name.startswith("font/"):
        return ""
    from ..fonts.files import font_digests

    return font_digests().get(name.removeprefix("font/"), "")


def _digest(path: str, name: str, status: os.stat_result) -> str:
    """Return the digest of a file; for one that cannot be read, or is too large, of what it is."""
    most = LARGEST_WORDS if name.startswith("site/") else LARGEST
    real = os.path.realpath(path) if os.path.islink(path) else path  # noqa: PTH114
    try:
        data = read_plain(Path(real), most)
        data = data if len(data) <= most else f"{status.st_size} bytes".encode()
    except OSError:
        data = b"unreadable"
    return hashlib.sha256(data).hexdigest()


def _trusted_stamp(status: os.stat_result) -> Stamp:
    """Return the stamp of a file; of one that was just written, without its times.

    It may be written again within the same tick of the clock: the next build reads it again.
    """
    size, mtime_ns, ctime_ns = stamp_of(status)
    coarse = ctime_ns % 1_000_000_000 == 0
    young = 0 <= time.time_ns() - ctime_ns < (COARSE_YOUNG_NS if coarse else YOUNG_NS)
    return (size, 0, 0) if young else (size, mtime_ns, ctime_ns)


def _shares(path: str) -> Mapping[str, str] | None:
    """Return the digest of what a file of tables says of each topic.

    None where that cannot be told: what is broken in it concerns all of them.
    """
    from ..content.schema import ApprovalsFile, WithdrawnFile
    from ..core.validation import validate

    model = ApprovalsFile if path.endswith("approvals.toml") else WithdrawnFile
    by_topic: dict[str, list[str]] = {}
    try:
        data, text = read_toml(Path(path), ConfigurationError)
        validate(model, data, "", str, ConfigurationError)
    except HandoutError:
        return None
    for table, rows in data.items():
        # Findings on withdrawals name their line.
        heads = (n for n, line in enumerate(text.split("\n")) if line.startswith("[[withdrawn"))
        lines = heads if table == "withdrawn" else ()
        for row, line in zip(rows, chain(lines, repeat(0)), strict=False):
            by_topic.setdefault(row["topic"], []).append(f"{table} {line} {row!r}")
    return {topic: digest_of(*said) for topic, said in by_topic.items()}


def digests(inputs: Iterable[InputFile]) -> tuple[dict[str, str], dict[str, Mapping[str, str]]]:
    """Return digests by name, and the shares of those that have them."""
    # A folder that stands for a file is not read as none is.
    files = [one for one in inputs if one.digest or "." in one.name.rpartition("/")[2]]
    shares = {one.name: one.shares for one in files if one.shares is not None}
    return {one.name: one.digest for one in files}, shares


def fingerprints_of(
    words: Words,
    inputs: Mapping[str, InputFile],
    topics: Iterable[str],
    locales: Iterable[str],
) -> dict[tuple[str, str], str]:
    """Return the fingerprint of each of these topics in each of these locales."""
    clinic = words.site.clinic
    found, shares = digests(inputs.values())
    found["place"] = _site_name(words.handouts, clinic.id)
    codes = dict.fromkeys(locales)
    return dict(fingerprints(found, shares, topics, codes, clinic.source_locale))


def _is_looked_at(name: str) -> bool:
    """Return whether a build looks at a file or a folder of this name."""
    return not name.startswith(".") and not name.endswith(_PASSING) and _is_text(name)


def fingerprints(
    digests: Mapping[str, str],
    shares: Mapping[str, Mapping[str, str]],
    topics: Iterable[str],
    locales: Iterable[str],
    source: str,
) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the fingerprint of each topic in each locale: the digest of what it depends on.

    `digests` are those of the files by name (`site/topics/asthma/topic.md`); what lies neither
    below a topic nor below a locale is a part of every fingerprint. For a file that says something
    of each topic, `shares` has digests by topic. What is signed in the `source` locale holds for
    all of them.
    """
    common: list[str] = []
    of_topic: dict[str, list[str]] = defaultdict(list)
    of_locale: dict[str, list[str]] = defaultdict(list)
    of_both: dict[tuple[str, str], list[str]] = defaultdict(list)
    shared: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for name in sorted(digests):
        line = f"{name} {digests[name]}"
        kind, _, rest = name.removeprefix("site/").partition("/")
        owner, _, file = rest.partition("/")
        if not name.startswith("site/") or not file or kind not in ("topics", "locales"):
            shared[""].append(shares[name]) if name in shares else common.append(line)
        elif kind == "topics":
            in_category = f"site/topics/{owner}/topic.md" not in digests
            topic = file.partition("/")[0]
            if in_category and f"site/topics/{owner}/{topic}/topic.md" in digests:
                owner = topic
            of_topic[owner].append(line)
        elif name in shares:
            shared["" if owner == source else owner].append(shares[name])
        elif file.startswith("signed/"):
            topic = file.removeprefix("signed/").partition(".")[0]
            (of_topic[topic] if owner == source else of_both[topic, owner]).append(line)
        elif file == _OF_THE_RACK:
            common.append(line)
        elif file.endswith(".po") and "/" not in file and file not in _OF_NO_TOPIC:
            of_both[file.removesuffix(".po"), owner].append(line)
        else:
            of_locale[owner].append(line)
    everywhere = digest_of(*common)
    locales = tuple(locales)
    in_locale = {code: digest_of(*of_locale[code]) for code in locales}
    nothing: list[str] = []
    for topic in topics:
        in_topic = digest_of(*of_topic[topic], *(share.get(topic, "") for share in shared[""]))
        for code in locales:
            said = (share.get(topic, "") for share in shared[code])
            both = of_both.get((topic, code), nothing)
            # Where a locale has no files yet, its name tells it from others that have none.
            parts = (everywhere, in_topic, code, in_locale[code], *both, *said)
            yield (topic, code), digest_of(*parts)


def digest_of(*parts: str) -> str:
    """Return the digest of texts, each told from its neighbours."""
    total = hashlib.sha256()
    for part in parts:
        # Names of files may hold what is no text.
        total.update(f"{len(part)} {part}\n".encode("utf-8", "surrogatepass"))
    return total.hexdigest()
