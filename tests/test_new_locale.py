"""A locale that the project does not ship takes no code, no CSS and no template change."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from pressroom.content.catalogue.confirmed_numbers import confirm
from pressroom.content.catalogue.po import read_catalogue, write_catalogue

from .conftest import Outcome
from .support import Site

#: Letters that stand for a to z, so that a page has words of the script.
LETTERS = {
    "mr": "अबकदएफगहइजकलमनओपकरसतउवशखयझ",
    "ckb": "ابجدەفگهیژکلمنۆپقرستوڤشخیز",
    "tig": "አበከደእፈገሀኢጀከለመነኦፐቀረሰተኡቨወኸየዘ",
    "sr-Cyrl": "абцдефгхијклмнопкрстувшџиз",
    "sr-Latn": "abcdefghijklmnopćrstuvšxžz",
}
KEPT = re.compile(r"\{[A-Za-z_]+\}|\]\([^)]*\)|https?://\S+|\b[A-Z][A-Z0-9]+(?:-[A-Z0-9]+)*\b")


def fill(text: str, code: str) -> str:
    """Write a text with the letters of another script; keep placeholders, links and codes."""
    table = str.maketrans("abcdefghijklmnopqrstuvwxyz", LETTERS[code])
    parts = re.split(f"({KEPT.pattern})", text)
    return "".join(p if KEPT.fullmatch(p) else p.lower().translate(table) for p in parts)


@pytest.mark.parametrize("code", sorted(LETTERS))
def test_a_new_locale_is_added_filled_and_built(
    site: Callable[..., Site], run: Callable[..., Outcome], code: str
) -> None:
    made = site(("en",))
    run("locale", "add", code)
    withheld = json.loads(run("build", "--json", "--locale", code).out)
    assert [entry["result"] for entry in withheld["leaflets"]] == ["withheld"]

    for path in sorted(made.path(f"locales/{code}").glob("*.po")):
        catalogue = read_catalogue(path)
        entries = {
            k: confirm(replace(e, text=fill(e.source, code))) for k, e in catalogue.entries.items()
        }
        write_catalogue(path, replace(catalogue, entries=entries))
    report = json.loads(run("build", "--json", "--locale", code).out)

    (entry,) = report["leaflets"]
    assert entry["result"] == "built", entry["findings"]
    assert entry["disclaimers"]
    assert all(shown["proven"] for shown in entry["disclaimers"]), entry["findings"]
    assert not [f for f in entry["findings"] if f["severity"] == "error"]
