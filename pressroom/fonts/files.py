"""Find the files of the pinned set, and write a fontconfig that lists them alone.

fontconfig reads FONTCONFIG_FILE once, so `isolate_fonts` runs before WeasyPrint is imported. A
file missing from the configuration would bring back the system's fonts without a word, so every
file of the set is looked up first.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from platformdirs import user_cache_path

from ..core.errors import ConfigurationError
from ..core.files import write_atomically
from .scripts import Face, all_files, subset_faces
from .subset import FORMAT, subset_font

#: Folders of fonts on Linux, macOS and Windows; those of `PRESSROOM_FONTS` come before them.
_FOLDERS = (
    "~/.local/share/fonts",
    "~/.fonts",
    "/usr/local/share/fonts",
    "/usr/share/fonts",
    "~/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)

# Noto Nastaliq Urdu Bold of 2020 has the weight 400 in its OS/2 table, like the regular face;
# the name of its style is right.
#
# A family that is not of the set, such as `sans-serif`, stands for Noto Sans: else fontconfig
# would choose any font, perhaps a Chinese subset.
_RULES = """\
  <match target="scan">
    <test name="style" compare="eq"><string>Bold</string></test>
    <edit name="weight" mode="assign"><const>bold</const></edit>
  </match>
  <match target="pattern">
    <edit name="family" mode="append_last" binding="strong"><string>Noto Sans</string></edit>
  </match>
"""


@lru_cache(maxsize=1)
def _homeless_cache() -> Path:
    """Return the cache of a user without a home: nobody else can have put anything there."""
    return Path(tempfile.mkdtemp(prefix="pressroom-"))


def cache_folder() -> Path:
    """Return the folder for what can be made again: `PRESSROOM_CACHE`, else the user's cache.

    A user without a home has one among the temporary files, for this process.
    """
    if own := os.environ.get("PRESSROOM_CACHE"):
        return Path(own)
    try:
        return user_cache_path("pressroom", appauthor=False)
    except RuntimeError:
        return _homeless_cache()


def _folders() -> Iterable[Path]:
    own = os.environ.get("PRESSROOM_FONTS", "")
    for folder in (*filter(None, own.split(os.pathsep)), *_FOLDERS):
        path = Path(folder)
        with suppress(RuntimeError):  # A user may have no home.
            path = path.expanduser()
        if path.is_dir():
            yield path


@lru_cache(maxsize=1)
def font_files() -> dict[str, Path]:
    """Return the path of each file of the pinned set by its name; the first folder wins.

    Raises ConfigurationError where not even Noto Sans is found.
    """
    wanted = set(all_files())
    found: dict[str, Path] = {}
    for top in _folders():
        for folder, _, names in sorted(os.walk(top)):
            for name in wanted.intersection(names):
                found.setdefault(name, Path(folder) / name)
    if "NotoSans-Regular.ttf" not in found:
        raise ConfigurationError(
            "",
            "the Noto fonts are not installed",
            "install fonts-noto-core and fonts-noto-cjk, or name their folder in PRESSROOM_FONTS",
        )
    return dict(sorted(found.items()))


def font_folders() -> Iterable[Path]:
    """Yield every folder in which fonts are looked for, those below others included."""
    for top in _folders():
        for folder, _, _ in os.walk(top):
            yield Path(folder)


def require_files(names: Iterable[str]) -> None:
    """Raise ConfigurationError unless these files of the pinned set are installed."""
    missing = [name for name in names if name not in font_files()]
    if missing:
        raise ConfigurationError(
            "",
            f"the font file {missing[0]} is not installed",
            "install fonts-noto-core and fonts-noto-cjk, or name their folder in PRESSROOM_FONTS",
        )


@lru_cache(maxsize=1)
def font_digests() -> dict[str, str]:
    """Return the SHA-256 of each file of the pinned set by its name.

    The cache folder keeps digests by path, size and time of modification.
    """
    kept = cache_folder() / "font-digests.json"
    try:
        known = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    found = {}
    fresh = {}
    for name, path in font_files().items():
        status = path.stat()
        key = f"{path}:{status.st_size}:{status.st_mtime_ns}"
        found[name] = known.get(key) or hashlib.sha256(path.read_bytes()).hexdigest()
        fresh[key] = found[name]
    if fresh != known:
        write_atomically(kept, json.dumps(fresh, indent=1).encode())
    return found


@lru_cache(maxsize=1)
def fonts_digest() -> str:
    """Return the digest of the names and contents of the pinned set: `sha256:…`."""
    lines = "".join(f"{name} {digest}\n" for name, digest in font_digests().items())
    return "sha256:" + hashlib.sha256(lines.encode()).hexdigest()


def _subsets() -> Iterator[tuple[Face, Face, str, str, Path]]:
    """Yield each subset: its face and the whole one, the file names of both, and its path.

    The path changes with the digest of the whole font, the repertoire and `FORMAT`.
    """
    for subset, whole in subset_faces():
        for name, source in zip(subset.files, whole.files, strict=True):
            if source in font_files():
                digest = font_digests()[source][:16]
                folder = f"{digest}-{FORMAT}-{subset.repertoire}"
                yield subset, whole, name, source, cache_folder() / "cut" / folder / name


def subsets_exist() -> bool:
    """Return whether the cache has the subset of each large font that is installed."""
    return all(path.is_file() for *_, path in _subsets())


def subset_files() -> dict[str, Path]:
    """Make the subsets that the cache lacks. Return the path of each by its file name."""
    found = {}
    for subset, whole, name, source, path in _subsets():
        if not path.is_file():
            made = subset_font(font_files()[source], whole.family, subset.repertoire)
            write_atomically(path, made)
        found[name] = path
    return found


@lru_cache(maxsize=1)
def face_files() -> dict[str, Path]:
    """Return the path of each file that pages are set in: installed ones and subsets."""
    return {**font_files(), **subset_files()}


def isolate_fonts() -> Path:
    """Point fontconfig at the pinned set alone. Return the path of its configuration."""
    digest = fonts_digest().removeprefix("sha256:")[:16]
    rules = hashlib.sha256(f"{_RULES}{FORMAT}".encode()).hexdigest()[:8]
    folder = cache_folder() / f"fonts-{digest}-{rules}"
    linked = folder / "files"
    linked.mkdir(parents=True, exist_ok=True)
    for name, path in face_files().items():
        link = linked / name
        if not link.exists():
            beside = linked / f".{name}.{os.getpid()}"
            beside.symlink_to(path.resolve())
            beside.replace(link)
    configuration = folder / "fonts.conf"
    text = (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"  <dir>{escape(str(linked))}</dir>\n"
        f"  <cachedir>{escape(str(folder / 'cache'))}</cachedir>\n"
        f"{_RULES}"
        "</fontconfig>\n"
    )
    if not configuration.exists() or configuration.read_text(encoding="utf-8") != text:
        write_atomically(configuration, text.encode("utf-8"))
    os.environ["FONTCONFIG_FILE"] = str(configuration)
    os.environ.pop("FONTCONFIG_PATH", None)
    return configuration
