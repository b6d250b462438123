"""Do staff find what they mean? Queries of each kind, in a rack of invented leaflets.

`finding/` has the leaflets and the queries. What the rack says is compared with what a person
expected.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pressroom.content.theme import read_theme
from pressroom.rack.site import shelve, write_rack

from ..support import SHIPPED
from .support import CLINIC, row

HERE = Path(__file__).parent / "finding"

#: First hit right, and right among three, in 100 of each kind.
LEAST = {"first": 85, "three": 95}

#: Types all queries, one after another, and gives the leaflets that are shown for each.
TYPE = """async (queries) => {
  const field = document.getElementById("query");
  const list = document.getElementById("results");
  const found = [];
  const later = (query) => list.dataset.query !== query || RackFind.looking();
  for (const query of queries) {
    field.value = query;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    RackFind.hurry();
    for (let turn = 0; turn < 2000 && later(query); turn++) {
      await new Promise((done) => setTimeout(done, 2));
    }
    found.push([...list.querySelectorAll(".card")].slice(0, 3).map((card) => card.dataset.leaflet));
  }
  return found;
}"""


def lines(name: str) -> Iterator[str]:
    text = (HERE / name).read_text("utf-8")
    yield from (line for line in text.splitlines() if line and not line.startswith("#"))


def name_of(title: str) -> str:
    """Return the id of a topic from its title."""
    plain = re.sub(r"\([^)]*\)|:.*", "", title.lower()).replace("’", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def queries() -> list[tuple[str, str, str]]:
    """Read the queries: kind, words, and the leaflet that should come first."""
    found, kind = [], ""
    for line in lines("queries.txt"):
        if line.startswith("["):
            kind = line.strip("[]")
        else:
            typed, expected = line.rsplit(" > ", 1)
            found.append((kind, typed, expected))
    return found


def write_invented(out: Path) -> Path:
    """Write the rack of the invented leaflets. Give its page."""
    rows, titles, also, codes = [], {}, {}, {}
    for line in lines("topics.txt"):
        title, main, signs, tags, names, system, *own = line.split("|")
        topic = name_of(title)
        titles[topic] = title
        one = row(topic, "en", title)
        card = {**one.card, "main_message": main, "symptoms": signs, "tags": tags.split()}
        rows.append(replace(one, card=card))
        also[topic, "en"] = tuple(filter(None, names.split("; ")))
        if system:
            codes[topic] = {system: tuple(own)}
    named = tomllib.loads((HERE / "titles.toml").read_text("utf-8"))
    for code, own_titles in named["titles"].items():
        rows += [row(t, code, title) for t, title in zip(named["topics"], own_titles, strict=True)]
    locales = ("en", *named["titles"])
    clinic = replace(CLINIC, locales=locales)
    shelf = shelve(rows, clinic, read_theme(SHIPPED), titles, codes=codes, also=also)
    write_rack(out, shelf, {})
    return out / "index.html"


def is_right(expected: str, got: str) -> bool:
    return got == expected or (expected.endswith("/*") and got.startswith(expected[:-1]))


@pytest.fixture(scope="module")
def found(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Type each query, once. Give what was typed, expected and found, by kind."""
    context = chromium.new_context()
    page: Page = context.new_page()
    page.route("**/thumbs/**", lambda route: route.fulfill(status=204))
    page.goto(write_invented(tmp_path_factory.mktemp("finding")).as_uri())
    page.locator("#results .card").first.wait_for()
    asked = queries()
    got = page.evaluate(TYPE, [typed for _, typed, _ in asked])
    context.close()
    by_kind = defaultdict(list)
    for (kind, typed, expected), hits in zip(asked, got, strict=True):
        by_kind[kind].append((typed, expected, hits))
    return by_kind


KINDS = list(dict.fromkeys(kind for kind, _, _ in queries()))


@pytest.mark.parametrize("kind", KINDS)
def test_what_staff_mean_comes_first(found: dict[str, Any], kind: str) -> None:
    asked = found[kind]
    assert len(asked) >= 40
    first = [one for one in asked if one[2] and is_right(one[1], one[2][0])]
    three = [one for one in asked if any(is_right(one[1], hit) for hit in one[2])]
    wrong = [one for one in asked if one not in first]
    assert len(first) * 100 >= LEAST["first"] * len(asked), wrong
    assert len(three) * 100 >= LEAST["three"] * len(asked), wrong
