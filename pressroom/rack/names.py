"""Read what things are called besides their titles: languages, illnesses, tests and medicines.

Names of languages are CLDR's, with those of `languages.toml`. What staff call illnesses in English
stands in `names.toml`, and goes to each leaflet that is titled by one of a line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ..core.locales import languages

#: The language that `names.toml` is written in.
ENGLISH = "en"


@lru_cache(maxsize=2)
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def language_names(codes: Iterable[str]) -> list[list[str]]:
    """Return what languages are called, each after its code: of the locales `codes`, what CLDR
    does not call them; of every other language, all that it is called.
    """
    also: dict[str, list[str]] = _table("languages.toml")["also"]
    own = dict.fromkeys(codes)
    named = [[code, *also.get(code, also.get(code.split("-")[0], ()))] for code in own]
    there = {code.split("-")[0] for code in own} | ({"fil"} if "tl" in own else set())
    others = {code: names for code, names in languages().items() if code not in there}
    for code in also.keys() - own.keys() - others.keys():
        if code in languages():
            others[code] = languages()[code]
    for code, names in sorted(others.items()):
        more = [name for name in also.get(code, ()) if name not in names]
        if code.split("-")[0] not in there:
            named.append([code, *names, *more])
    return named


def _folded(name: str) -> str:
    """Return a name as it is compared with titles: without case, brackets and signs."""
    bare = re.sub(r"\([^)]*\)", " ", name.casefold().replace("’", "").replace("'", ""))
    return " ".join(re.findall(r"[^\W_]+", bare))


@lru_cache(maxsize=1)
def _groups() -> dict[str, list[tuple[str, ...]]]:
    """Return the lines of `names.toml` that a title may belong to, by that title."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in _table("names.toml")["names"]:
        names = tuple(name.strip() for name in line.split(";"))
        found.setdefault(_folded(names[0]), []).insert(0, names)
        for name in names[1:]:
            if len(_folded(name)) > 3:  # A short form stands for too many things.
                found.setdefault(_folded(name), []).append(names)
    return found


def also_called(title: str) -> tuple[str, ...]:
    """Return what else staff call what an English title names."""
    whole = _folded(title)
    for name in dict.fromkeys((whole, _folded(title.split(":")[0]))):
        if lines := _groups().get(name):
            return tuple(one for one in lines[0] if _folded(one) != whole)
    return ()


def alike(source_locale: str) -> list[str]:
    """Return words that mean the same to whoever looks for a leaflet, a string a group."""
    return list(_table("names.toml")["words"]) if source_locale.split("-")[0] == ENGLISH else []
