"""A backup of the words and their records, restored elsewhere: all answers are as before."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ..conftest import Outcome
from ..support import Site
from .server.support import app_of, ask

Run = Callable[..., Outcome]


def answers(run: Run) -> list[str]:
    """Return what is said of the site: released, to be pulled, and why a leaflet is as it is."""
    asked = (("releases", "--json"), ("recall", "--json"), ("why", "sore-throat", "ar"))
    return [run(*arguments).out for arguments in asked]


@pytest.mark.parametrize("locale", ["ar", "km"])
def test_what_is_restored_answers_as_before(
    approved_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, locale: str
) -> None:
    first = Site(tmp_path / "first")
    shutil.copytree(approved_site, first.folder)
    monkeypatch.chdir(first.folder)
    row = f'[[withdrawn]]\ntopic = "sore-throat"\nlocale = "{locale}"\n'
    first.write("withdrawn.toml", f'{row}date = 2026-11-01\nbecause = "wrong"\n')
    run("build")
    before, rack = answers(run), ask(app_of(first.folder), "/").body.partition(b"<body>")[2]
    assert '"why": "withdrawn' in before[1]

    other = Site(tmp_path / "elsewhere" / "other")
    shutil.copytree(first.folder, other.folder, ignore=shutil.ignore_patterns("dist*"))
    monkeypatch.chdir(other.folder)
    run("build")
    assert answers(run) == before
    assert ask(app_of(other.folder), "/").body.partition(b"<body>")[2] == rack
    files = {path.relative_to(first.out) for path in first.out.rglob("*.pdf")}
    assert files == {path.relative_to(other.out) for path in other.out.rglob("*.pdf")}
    assert all((first.out / name).read_bytes() == (other.out / name).read_bytes() for name in files)
