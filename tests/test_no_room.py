"""Where nothing can be written, the kernel says so, and a message says what to do.

What was published stays as it was, and nothing is half written. Tests may run as
root, whom permissions do not stop: the commands run without that privilege.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pressroom.build import render

from .conftest import Outcome
from .killed import page
from .support import COLD, NAME, ROOT, TOPIC, Site

Run = Callable[..., Outcome]

#: Root without the right to pass by permissions.
_UNPRIVILEGED = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner")


def under(made: Site, *arguments: str, most: int = 0, code: int = 2) -> str:
    """Run a command without privileges, and without room beyond so many bytes a file.

    Give what it says on stderr.
    """
    done = subprocess.run(
        [*(_UNPRIVILEGED if os.geteuid() == 0 else ()),
         sys.executable, "-m", "tests.no_room", str(most), *arguments],
        cwd=made.folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
def made(site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Build a site, and change a telephone number that stands on every page."""
    monkeypatch.setattr(render, "set_and_judge", page)
    made = site(("en", "ar"), {NAME: TOPIC, "cold": COLD})
    run("build", "--quiet")
    made.edit("clinic.toml", "020 910 0142", "020 910 0143")
    yield made
    make_writable(made.out)


def make_writable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)


def make_read_only(*paths: Path) -> None:
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)


def test_an_output_folder_that_is_read_only(made: Site) -> None:
    before = made.outputs()
    make_read_only(*made.out.rglob("*"), made.out)
    said = under(made, "build")
    assert said.startswith("dist: cannot be written (Permission denied); choose another --out")
    assert made.outputs() == before
    # What only reads goes on, and so does a build elsewhere.
    under(made, "check", code=0)
    under(made, "status", code=0)
    under(made, "why", NAME, "ar", code=0)
    under(made, "build", "--dry-run", code=0)
    assert made.outputs() == before
    under(made, "build", "--quiet", "--out", "elsewhere", code=0)


def test_nothing_to_do_in_an_output_folder_that_is_read_only(made: Site, run: Run) -> None:
    run("build", "--quiet")
    before = made.outputs()
    make_read_only(*made.out.rglob("*"), made.out)
    assert "cannot be written (Permission denied)" in under(made, "build")
    assert made.outputs() == before


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        (".pressroom", "dist: cannot be written (Permission denied); choose another --out"),
        ("ar", ".pdf: cannot be written (Permission denied); check the folder and its perm"),
        ("rack", "cannot be written (Permission denied); check the folder and its permissions"),
    ],
)
def test_a_folder_of_it_that_is_read_only(made: Site, run: Run, folder: str, said: str) -> None:
    before = made.outputs()
    inside = made.out / folder
    make_read_only(*inside.rglob("*"), inside)
    assert said in under(made, "build")
    after = made.outputs()
    assert after.keys() == before.keys()
    for name in before:
        if name.startswith(folder):
            assert after[name] == before[name]
    make_writable(made.out)
    as_from_scratch(made, run)


@pytest.mark.parametrize("most", [1, 5_000, 40_000])
def test_a_disk_that_is_full_sooner_or_later(made: Site, run: Run, most: int) -> None:
    before = made.outputs()
    said = under(made, "build", most=most)
    assert "cannot be" in said
    assert "check the folder and its permissions" in said or "make room" in said
    found = made.outputs()
    whole = as_from_scratch(made, run)
    for name, data in found.items():
        assert data in (before.get(name), whole.get(name)), f"{name} is not whole"


def as_from_scratch(made: Site, run: Run) -> dict[str, bytes]:
    """Build with room again, and into an empty folder. Give its files."""
    run("build", "--quiet")
    there = made.outputs()
    run("build", "--quiet", "--out", "again")
    made.out.rename(made.folder / "before")
    (made.folder / "again").rename(made.out)
    again = made.outputs()
    assert {**there, "report.json": b""} == {**again, "report.json": b""}
    return again


# A ledger that cannot be used


def newer(path: Path) -> None:
    import sqlite3

    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()


def garbage(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"x" * 4000)


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (newer, "was written by another release (format 99"),
        (garbage, "delete it to build everything anew; published leaflets stay"),
        (half, "delete it to build everything anew; published leaflets stay"),
        (folder, "is a folder, not a ledger; move it away"),
    ],
)
def test_a_ledger_that_cannot_be_used_stops_a_build_and_touches_nothing(
    site: Callable[..., Site],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[Path], None],
    said: str,
) -> None:
    monkeypatch.setattr(render, "set_and_judge", page)
    made = site(("en", "ar"))
    run("build", "--quiet")
    before = made.outputs()
    path = made.out / ".pressroom" / "ledger.sqlite3"
    damage(path)
    made.edit("clinic.toml", "020 910 0142", "020 910 0143")
    for command in (["build"], ["build", "--force"], ["build", "--dry-run"]):
        err = run(*command, code=2).err
        assert err.startswith("dist/.pressroom/ledger.sqlite3: "), err
        assert said in err
    assert made.outputs() == before
    path.rmdir() if path.is_dir() else path.unlink()
    run("build", "--quiet")
    assert made.outputs().keys() == before.keys()
