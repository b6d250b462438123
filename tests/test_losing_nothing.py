"""Pulling the plug, a full disk, an interrupt: nothing that was published is lost or cut off."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pressroom.build import render
from pressroom.build.ledger import Ledger
from pressroom.core import files

from .conftest import Outcome
from .interrupted import PHASES, SLOW
from .killed import page
from .support import NAME, PDF, ROOT, TOPIC, Site, heed_interrupts, make_site, report_of, results

Run = Callable[..., Outcome]

COLD = TOPIC.replace("id: sore-throat", "id: cold")


def test_builds_that_are_killed_end_in_the_same_bytes(tmp_path: Path) -> None:
    """Fifty builds, each killed at a random moment of its time; then one that is left alone."""
    make_site(tmp_path, ("en", "es", "ar"), {NAME: TOPIC, "cold": COLD})
    done = subprocess.run(
        [sys.executable, "-m", "tests.killed", tmp_path, "50"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = re.fullmatch(r"killed (\d+) of 50\n", done.stdout)
    assert found
    assert int(found[1]) > 15


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a site of a hundred leaflets, of which four take five minutes each."""
    names = [f"topic-{n:02}" for n in range(48)] + [f"{SLOW}1", f"{SLOW}2"]
    folder = tmp_path_factory.mktemp("many")
    make_site(
        folder, ("en", "ar"), {n: TOPIC.replace("id: sore-throat", f"id: {n}") for n in names}
    )
    return folder


@pytest.mark.parametrize("phase", PHASES)
def test_an_interrupt_ends_a_build_says_what_was_done_and_leaves_only_whole_files(
    many: Path, tmp_path: Path, phase: str
) -> None:
    shutil.copytree(many, tmp_path, dirs_exist_ok=True)
    if phase in ("the rack", "the report"):
        for path in tmp_path.glob(f"handouts/**/{SLOW}*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    made = Site(tmp_path)
    number = "SIGTERM" if phase == "rendering" else "SIGINT"
    done = subprocess.run(
        [sys.executable, "-m", "tests.interrupted", phase, number],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False, timeout=200,
        preexec_fn=heed_interrupts,
    )  # fmt: skip
    assert done.returncode == 130, done.stderr
    assert "Traceback" not in done.stderr
    assert "Interrupted. What was published stays; run the command again to go on." in done.stderr
    published = [path for path in made.outputs() if path.endswith(".pdf")]
    said = re.search(r"(\d+) leaflets? w\w+ published in this run", done.stderr)
    assert int(said[1] if said else 0) in (len(published), len(published) - 1)
    assert [path for path in made.outputs() if path.endswith(".part")] == []
    least = {"rendering": 19, "publishing": 9, "the rack": 96, "the report": 96}
    assert len(published) >= least.get(phase, 0)


def test_a_full_disk_leaves_what_stands(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site(("en", "es"))
    run("build", "--quiet")
    before = made.outputs()
    made.edit("clinic.toml", "020 910 0142", "020 910 0143")
    real = files._write_beside
    written = []

    def write(path: Path, data: Any) -> tuple[int, Path]:
        if made.out in path.parents or not path.is_absolute():
            written.append(path)
            if len(written) > 1:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(path, data)

    monkeypatch.setattr(files, "_write_beside", write)
    done = run("build", code=2)
    assert "cannot be written (No space left on device)" in done.err
    assert "Traceback" not in done.err
    after = made.outputs()
    assert after.keys() == before.keys()
    assert sum(after[name] != before[name] for name in before) <= 1
    monkeypatch.setattr(files, "_write_beside", real)
    run("build", "--quiet")
    run("build", "--out", "scratch", "--force", "--quiet")
    assert made.outputs()[f"en/{PDF}"] == (made.folder / "scratch" / "en" / PDF).read_bytes()


def test_a_ledger_that_cannot_grow_is_not_called_damaged(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.database.execute("PRAGMA max_page_count = 1")
    with pytest.raises(Exception, match="make room, or see to its permissions") as caught:
        ledger.set_fact("x", "y" * 200_000)
    assert "delete it" not in str(caught.value)
    ledger.close()


def test_what_a_killed_build_leaves_is_cleared_up(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "es"))
    run("build", "--quiet", "--locale", "en")
    ledger = Ledger(made.out)
    ledger.set_fact("running", "yes")
    ledger.tell("INSERT INTO pending VALUES ('sore-throat', 'es')")
    ledger.close()
    (made.out / "es").mkdir()
    (made.out / "es" / f"{NAME}.large-print.draft.pdf").write_bytes(b"%PDF")
    (made.out / "es" / f".{PDF}.abc.part").write_bytes(b"%P")
    foreign = made.out / "es" / "notes.txt"
    foreign.write_text("ours", "utf-8")
    run("build", "--quiet")
    assert sorted(path.name for path in (made.out / "es").iterdir()) == [
        "notes.txt", f"{NAME}.html", PDF,
    ]  # fmt: skip


def test_parts_go_also_where_the_ledger_is_lost_and_among_the_words(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en",))
    run("build", "--quiet")
    parts = (made.out / "en" / f".{PDF}.abcd_123.part", made.path("locales/.x.po.abcdefgh.part"))
    for part in parts:
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(b"%P")
    (made.out / ".pressroom/ledger.sqlite3").unlink()
    assert "(what lies there is not recorded)" in run("build", "--dry-run").out
    assert all(part.exists() for part in parts)
    run("build", "--quiet")
    assert not any(part.exists() for part in parts)


# After any edits, a build is one from scratch


def test_edits_end_in_the_bytes_of_a_build_from_scratch(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "set_and_judge", page)
    made = site(("en", "es"), {NAME: TOPIC, "cold": COLD})
    run("build", "--quiet")
    steps: list[Callable[[], object]] = [
        lambda: made.change("es/sore-throat", "Rest for 2 days.", text="Repose 2 días."),
        lambda: run("build", "cold", "--quiet"),
        lambda: made.edit("clinic.toml", '"1 Test Street"', '"2 Test Street"'),
        lambda: run("build", "--locale", "es", "--quiet"),
        lambda: os.utime(made.path("clinic.toml")),
        lambda: (made.out / "en" / PDF).unlink(),
        lambda: made.edit("clinic.toml", '"2 Test Street"', '"1 Test Street"'),
        lambda: made.write("styles/site.css", "/* nothing */"),
        lambda: made.path("topics/cold").rename(made.folder / "kept"),
        lambda: (made.folder / "kept").rename(made.path("topics/cold")),
    ]
    for step in steps:
        step()
        run("build", "--quiet")
        shutil.rmtree(made.folder / "scratch", ignore_errors=True)
        run("build", "--out", "scratch", "--quiet", "--store", str(made.folder / "none"), "--force")
        scratch = made.folder / "scratch"
        there = {path.relative_to(scratch).as_posix() for path in scratch.glob("e[ns]/*")}
        here = {path.relative_to(made.out).as_posix() for path in made.out.glob("e[ns]/*")}
        assert here == there
        for name in here:
            assert (made.out / name).read_bytes() == (scratch / name).read_bytes(), name
    run("build", "--quiet")
    assert set(results(report_of(made)).values()) == {"unchanged"}
