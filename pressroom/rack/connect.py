"""Write what patients' records read without a server: a Shelf -> `connect/*.json`.

Only what may be handed out when it is written stands there; `review_by` says until when.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.codes import SYSTEMS
from .fhir import fhir_name
from .search_data import Shelved

if TYPE_CHECKING:
    from .site import Shelf

#: The folder of these files, below the output folder.
FOLDER = "connect"


def codes(shelf: Shelf) -> str:
    """Return `codes.json`: the codes of each topic that has a leaflet to hand out."""
    current = {
        one.row.made.topic
        for leaflets in shelf.leaflets.values()
        for one in leaflets
        if one.current
    }
    topics = {topic: own for topic, own in sorted(shelf.codes.items()) if topic in current}
    return _json({"format": 1, "systems": systems(), "topics": topics})


def systems() -> dict[str, dict[str, Any]]:
    """Return what each system is called elsewhere, and whether a code covers those below it."""
    return {
        one.name: {"oid": one.oid, "url": one.url, "below": one.hierarchical}
        for one in SYSTEMS.values()
    }


def leaflets(shelf: Shelf, out: Path, locale: str) -> str:
    """Return the file of a locale: its leaflets, with paths below the output folder."""
    current = [one for one in shelf.leaflets.get(locale, ()) if one.current]
    found = []
    for topic, group in groupby(current, key=lambda one: one.row.made.topic):
        editions = list(group)
        card, made = editions[0].row.card, editions[0].row.made
        if files := list(_files(editions, out)):
            leaflet = {
                "topic": topic,
                "title": card["title"],
                "version": card["version"],
                "issued": card["issued"],
                "review_by": card["review_by"],
                "web": f"{locale}/{topic}.html",
                "fhir": fhir_name(made.file) if shelf.clinic.rack_address else None,
                "files": files,
            }
            found.append(leaflet)
    return _json({"format": 1, "locale": locale, "leaflets": found})


def _files(editions: Iterable[Shelved], out: Path) -> Iterable[dict[str, Any]]:
    for one in editions:
        made = one.row.made
        path = out / made.file
        if path.is_file():
            size = path.stat().st_size
            yield {
                "edition": made.edition, "pdf": made.file, "bytes": size, "sha256": made.sha256,
            }  # fmt: skip


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"
