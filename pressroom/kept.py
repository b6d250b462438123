"""Keep what a look at the words has found, as long as nothing changes that it came from.

Leaflets by the recipe that a build knows them by: the digest of all files that
they are prepared from. Without a build there is nothing to go by, and nothing is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from .errors import HandoutError
from .files import write_atomically
from .ledger import Ledger
from .lock import FOLDER
from .site import Words
from .survey import places_of, recipes_of, survey

#: Where it is kept, below the output folder.
FILE = f"{FOLDER}/overview.json"


class Kept:
    """Facts on leaflets, by topic and locale; JSON values."""

    def __init__(self, out: Path, words: Words) -> None:
        self._out = out
        self._path = out / FILE
        self._recipes: Mapping[tuple[str, str], str] = {}
        self._known: dict[str, Any] = {}
        self._found: dict[str, Any] = {}
        if not (out / FOLDER / "ledger.sqlite3").is_file():
            return
        ledger = Ledger(out, write=False)
        try:
            seen = survey(places_of(words.handouts), ledger.inputs())
        finally:
            ledger.close()
        self._recipes = recipes_of(words, seen, words.names, words.site.clinic.locales)
        with suppress(OSError, ValueError):
            self._known = dict(json.loads(self._path.read_text(encoding="utf-8")))

    def get(self, topic: str, locale: str) -> Any:
        """Give what was kept of a leaflet; None where there is nothing that still holds."""
        recipe = self._recipes.get((topic, locale))
        return self._found.get(recipe, self._known.get(recipe)) if recipe else None

    def put(self, topic: str, locale: str, fact: Any) -> None:
        """Keep what was found of a leaflet."""
        if recipe := self._recipes.get((topic, locale)):
            self._found[recipe] = fact

    def save(self) -> None:
        """Write what was found beside what still holds; an output folder may be read-only."""
        if not self._found:
            return
        holds = set(self._recipes.values())
        known = {recipe: fact for recipe, fact in self._known.items() if recipe in holds}
        text = json.dumps({**known, **self._found}, ensure_ascii=False, separators=(",", ":"))
        with suppress(HandoutError):
            write_atomically(self._path, text.encode("utf-8"), self._out)
