"""The programs that translators use take our catalogues, and give them back without loss."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from translate.storage import pypo

from pressroom.content.catalogue.po import (
    Catalogue,
    dump_catalogue,
    read_catalogue,
    write_catalogue,
)
from tests.support import SHIPPED

from .test_po import catalogues, gettext

#: Where translate-toolkit's programs stand: beside the Python that runs.
PROGRAMS = Path(sys.executable).parent
LOCALES = ("ar", "ur", "hi", "km", "zh-Hans", "es")


def program(name: str, *arguments: str | Path) -> str:
    done = subprocess.run(
        [str(PROGRAMS / name), "--progress=none", *map(str, arguments)]
        if name != "pocount"
        else [str(PROGRAMS / name), *map(str, arguments)],
        capture_output=True, text=True, check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def facts(catalogue: Catalogue, notes: bool = True) -> tuple[object, ...]:
    """Return all that a catalogue says; obsolete entries in any order."""

    def said(entry: object) -> object:
        bare = replace(entry, line=0)  # type: ignore[type-var]
        return bare if notes else replace(bare, extracted=(), remarks=())

    return (
        [said(entry) for entry in catalogue],
        sorted(map(repr, map(said, catalogue.obsolete.values()))),
        dict(catalogue.header),
    )


def shipped(locale: str, folder: Path) -> Path:
    """Copy a catalogue with something of everything: fuzzy, obsolete, remarks, notes."""
    catalogue = read_catalogue(SHIPPED / "locales" / locale / "ankylosing-spondylitis.po")
    entries = dict(catalogue.entries)
    first, second, third, *_ = [key for key in entries if len(key[1]) > 100]
    long = "A previous text that is long enough to be broken into several lines. " * 2
    entries[first] = replace(entries[first], fuzzy=True, previous=long.strip())
    entries[second] = replace(
        entries[second],
        remarks=("Is this the right word?",),
        extracted=(
            "list item 1 of 2 under “A heading that is long, so that its line is, too”; "
            "printed on page 1",
            "{phone}: the clinic's telephone number, such as 020 910 0142",
        ),
    )
    gone = entries.pop(third)
    dropped = replace(gone, extracted=(), flags=frozenset(), fuzzy=True, previous="Was this.")
    path = folder / "x.po"
    write_catalogue(
        path,
        replace(catalogue, entries=entries, obsolete={third: dropped}, path="x.po"),
    )
    return path


@pytest.mark.parametrize("locale", LOCALES)
def test_gettext_gives_back_every_note(locale: str, tmp_path: Path) -> None:
    path, out = shipped(locale, tmp_path), tmp_path / "out.po"
    wanted = facts(read_catalogue(path))
    gettext("msgfmt", "--check", "-o", tmp_path / "x.mo", path)
    for tool in (
        ("msgcat", "--no-wrap"),
        ("msgcat", "--width=40"),
        ("msgattrib",),
        ("msgmerge", "--quiet", "--previous", "--no-fuzzy-matching", path),
    ):
        gettext(*tool, path, "-o", out)
        if tool[0] == "msgmerge":
            # It writes the header's fields in its own order, and UTF-8 in capitals.
            assert facts(read_catalogue(out))[:2] == wanted[:2]
        else:
            assert facts(read_catalogue(out)) == wanted, tool
    gettext("msgattrib", "--only-fuzzy", "--no-obsolete", path, "-o", out)
    (only,) = read_catalogue(out)
    assert only.fuzzy


@pytest.mark.parametrize("locale", LOCALES)
def test_translate_toolkit_gives_back_every_note(locale: str, tmp_path: Path) -> None:
    path = shipped(locale, tmp_path)
    store = pypo.pofile.parsefile(str(path))
    (tmp_path / "out.po").write_bytes(bytes(store))
    assert facts(read_catalogue(tmp_path / "out.po")) == facts(read_catalogue(path))


@settings(max_examples=30)
@given(catalogues())
def test_translate_toolkit_gives_back_any_catalogue(catalogue: Catalogue) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "x.po"
        path.write_bytes(bytes(pypo.pofile.parsestring(dump_catalogue(catalogue))))
        again = read_catalogue(path)
    assert facts(again, notes=False) == facts(catalogue, notes=False)


@pytest.mark.parametrize("locale", ["ar", "zh-Hans"])
def test_its_programs_read_our_catalogues(locale: str, tmp_path: Path) -> None:
    path = shipped(locale, tmp_path)
    catalogue = read_catalogue(path)
    assert "Translated:" in program("pocount", path)
    # A filter that finds nothing writes nothing.
    program("pofilter", "--test=variables", "--test=blank", path, tmp_path / "found.po")
    assert not (tmp_path / "found.po").exists()
    # There and back through XLIFF and CSV.
    program("po2xliff", path, tmp_path / "x.xlf")
    program("xliff2po", tmp_path / "x.xlf", tmp_path / "back.po")
    back = read_catalogue(tmp_path / "back.po")
    # po2xliff has no place for a context, nor for what is obsolete.
    assert {(e.source, e.text, e.fuzzy) for e in back} == {
        (e.source, e.text, e.fuzzy) for e in (*catalogue, *catalogue.obsolete.values())
    }
    program("po2csv", path, tmp_path / "x.csv")
    assert (tmp_path / "x.csv").stat().st_size > 1000
