"""Generate what is measured: the shipped topics under many names, and many small ones."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from pressroom.build.prepare import Preparer
from pressroom.core.model import Leaflet
from pressroom.leaflet.site import read_site
from tests.support import SHIPPED, TOPIC, TRANSLATIONS, Site, make_site

#: The day of all measurements: no leaflet is past its review.
TODAY = "2026-12-01"
#: A script each: Latin, Arabic, Devanagari, Han.
LOCALES = ("en", "ar", "hi", "zh-Hans")
#: The locales that the tests' own topic has.
SMALL_LOCALES = ("en", *TRANSLATIONS)


def large_site(folder: Path, topics: int) -> Site:
    """Make a site of the shipped topics, each as often as needed under another name."""
    site = Site(folder)
    shutil.copytree(SHIPPED / "house", site.path("house"))
    shutil.copyfile(SHIPPED / "logo.svg", site.path("logo.svg"))
    clinic = (SHIPPED / "clinic.toml").read_text(encoding="utf-8")
    codes = ", ".join(f'"{code}"' for code in LOCALES)
    clinic = re.sub(r"(?ms)^locales = \[.*?^\]", f"locales = [{codes}]", clinic)
    site.write("clinic.toml", re.sub(r"(?m)^editions = .*", 'editions = ["standard"]', clinic))
    for code in LOCALES[1:]:
        house = site.path(f"locales/{code}/house.po")
        house.parent.mkdir(parents=True)
        shutil.copyfile(SHIPPED / "locales" / code / "house.po", house)
    shipped = sorted(path.parent for path in SHIPPED.glob("topics/*/topic.md"))
    for number in range(topics):
        origin, name = shipped[number % len(shipped)], f"topic-{number:03}"
        shutil.copytree(origin, site.path(f"topics/{name}"))
        site.edit(f"topics/{name}/topic.md", f"\nid: {origin.name}\n", f"\nid: {name}\n")
        for code in LOCALES[1:]:
            catalogue = SHIPPED / "locales" / code / f"{origin.name}.po"
            shutil.copyfile(catalogue, site.path(f"locales/{code}/{name}.po"))
    return site


def small_site(folder: Path, leaflets: int) -> Site:
    """Make a site of many small topics, in the locales that the tests' own topic has."""
    count = leaflets // len(SMALL_LOCALES)
    first, *rest = (f"topic-{number:05}" for number in range(count))
    site = make_site(
        folder, SMALL_LOCALES, {first: TOPIC.replace("id: sore-throat", f"id: {first}")}
    )
    text = site.read(f"topics/{first}/topic.md")
    catalogues = {code: site.read(f"locales/{code}/{first}.po") for code in TRANSLATIONS}
    for name in rest:
        site.write(f"topics/{name}/topic.md", text.replace(f"id: {first}", f"id: {name}"))
        for code, catalogue in catalogues.items():
            site.write(f"locales/{code}/{name}.po", catalogue)
    return site


def pages(site: Site) -> Iterator[tuple[str, Leaflet, str]]:
    """Return name, leaflet and HTML of each leaflet, with its styles in it, as peers take it.

    At the floor of the type size: peers set each leaflet once, and fit nothing.
    """
    words = read_site(site.handouts, date.fromisoformat(TODAY))
    for one in Preparer(words)(words.names, LOCALES):
        assert one.leaflet is not None
        assert one.setting is not None
        sheets = [path.read_text(encoding="utf-8") for path in one.setting.stylesheets]
        size = f"html {{ font-size: {one.setting.floor_pt:g}pt }}"
        style = "\n".join([one.setting.css, *sheets, size])
        html = one.html.replace("</head>", f"<style>{style}</style></head>", 1)
        yield f"{one.topic}.{one.locale}", one.leaflet, html


def write_pages(site: Site, folder: Path) -> list[Leaflet]:
    """Write the HTML of each leaflet into a folder."""
    folder.mkdir(parents=True)
    leaflets = []
    for name, leaflet, html in pages(site):
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
        leaflets.append(leaflet)
    return leaflets


def sample(folder: Path, count: int) -> list[Path]:
    """Choose files so that each locale has as many."""
    names: dict[str, list[Path]] = {code: [] for code in LOCALES}
    for path in sorted(folder.glob("*.html")):
        names[path.suffixes[-2].removeprefix(".")].append(path)
    each: Iterable[list[Path]] = (
        found[: max(1, count // len(LOCALES))] for found in names.values()
    )
    return [path for found in each for path in found]
