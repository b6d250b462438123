"""Give WeasyPrint the pinned fonts and no others: a private fontconfig.

Must run before WeasyPrint is imported: fontconfig reads FONTCONFIG_FILE once.
A wrong file there would silently bring back the system's fonts, so every
file of the set is looked up first.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from platformdirs import user_cache_path

from ..errors import ConfigurationError
from ..files import write_atomically
from ..scripts import all_files, cut_faces
from .cut import EDITION
from .cut import cut as cut_font

#: Where fonts lie on the systems that we know; `PRESSROOM_FONTS` names more, before these.
_PLACES = (
    "~/.local/share/fonts",
    "~/.fonts",
    "/usr/local/share/fonts",
    "/usr/share/fonts",
    "~/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)

# Noto Nastaliq Urdu Bold of 2020 says in its OS/2 table that its weight is 400, so that
# nothing tells it from the regular face; its style's name is right.
#
# A family that is not of the set, such as `sans-serif`, stands for Noto Sans: else it would be
# any font, a cut one of Chinese among them.
_RULES = """\
  <match target="scan">
    <test name="style" compare="eq"><string>Bold</string></test>
    <edit name="weight" mode="assign"><const>bold</const></edit>
  </match>
  <match target="pattern">
    <edit name="family" mode="append_last" binding="strong"><string>Noto Sans</string></edit>
  </match>
"""


def cache_folder() -> Path:
    """Say where Pressroom keeps what it can make again: `PRESSROOM_CACHE`, else the user's."""
    own = os.environ.get("PRESSROOM_CACHE")
    return Path(own) if own else user_cache_path("pressroom", appauthor=False)


def _places() -> Iterable[Path]:
    own = os.environ.get("PRESSROOM_FONTS", "")
    for place in (*filter(None, own.split(os.pathsep)), *_PLACES):
        path = Path(place).expanduser()
        if path.is_dir():
            yield path


@lru_cache(maxsize=1)
def font_files() -> dict[str, Path]:
    """Find the files of the pinned set: path by file name. The first place wins.

    Raises ConfigurationError where none is found.
    """
    wanted = set(all_files())
    found: dict[str, Path] = {}
    for place in _places():
        for folder, _, names in sorted(os.walk(place)):
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
    """Give every folder in which fonts are looked for."""
    for place in _places():
        for folder, _, _ in os.walk(place):
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
    """Digest the files of the pinned set: SHA-256 by file name.

    Digests are remembered by path, size and time in the cache folder.
    """
    memory = cache_folder() / "font-digests.json"
    try:
        known = json.loads(memory.read_text(encoding="utf-8"))
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
        write_atomically(memory, json.dumps(fresh, indent=1).encode())
    return found


@lru_cache(maxsize=1)
def fonts_digest() -> str:
    """Digest the contents of the pinned set: `sha256…`."""
    lines = "".join(f"{name} {digest}\n" for name, digest in font_digests().items())
    return "sha256:" + hashlib.sha256(lines.encode()).hexdigest()


def cut_files() -> dict[str, Path]:
    """Cut the large fonts, each once for its digest. Give the cut ones: path by file name."""
    found = {}
    for cut, whole in cut_faces():
        for name, source in zip(cut.files, whole.files, strict=True):
            if source not in font_files():
                continue
            digest = font_digests()[source][:16]
            path = cache_folder() / "cut" / f"{digest}-{EDITION}-{cut.repertoire}" / name
            if not path.is_file():
                made = cut_font(font_files()[source], whole.family, cut.repertoire)
                write_atomically(path, made)
            found[name] = path
    return found


@lru_cache(maxsize=1)
def face_files() -> dict[str, Path]:
    """Give all files that a page is set in: those that are installed, and those that are cut."""
    return {**font_files(), **cut_files()}


def isolate() -> Path:
    """Point fontconfig at the pinned set alone. Give the path of its configuration."""
    digest = fonts_digest().removeprefix("sha256:")[:16]
    rules = hashlib.sha256(f"{_RULES}{EDITION}".encode()).hexdigest()[:8]
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
