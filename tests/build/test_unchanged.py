"""A build that has nothing to do says so without reading words, and looks wherever it has to."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pressroom.build import render
from pressroom.build import run as run_module
from pressroom.build.report import report_unchanged
from pressroom.core.errors import LockedError
from pressroom.core.lock import locked

from ..conftest import Outcome
from ..killed import page
from ..support import NAME, PDF, TODAY, Site, report_of, results, until

Run = Callable[..., Outcome]
UNCHANGED = "Everything is unchanged: 2 leaflets.\n"


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish the words themselves in the place of pages."""
    monkeypatch.setattr(render, "set_and_judge", page)
    for name in ("SOURCE_DATE_EPOCH", "PRESSROOM_FONTS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def made(site: Callable[..., Site], run: Run) -> Site:
    """Make a site that is built, and that stands as it was built."""
    made = site(("en", "ar"))
    for path in made.handouts.rglob("*"):  # So old that their times tell what they hold.
        os.utime(path, (1_600_000_000, 1_600_000_000))
    finish(made, run)
    return made


def finish(made: Site, run: Run, *arguments: str, code: int = 0) -> None:
    """Build until there is nothing to do: files that are too young are read again."""
    until(lambda: bool(run("build", "--quiet", *arguments, code=code)) and stands(made))


def stands(made: Site, day: date = TODAY, clinic: str = "") -> bool:
    """Return whether a build has nothing to do."""
    return report_unchanged(made.handouts, made.out, day, clinic) is not None


def replace_in_place(path: Path, data: bytes) -> None:
    """Put another text of the same length in a file's place, under its times."""
    status = path.stat()
    assert len(data) == status.st_size
    beside = path.with_name("beside")
    beside.write_bytes(data)
    os.utime(beside, ns=(status.st_atime_ns, status.st_mtime_ns))
    beside.replace(path)
    assert path.stat().st_mtime_ns == status.st_mtime_ns


def test_no_words_are_read_where_nothing_changed(
    made: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "publish", None)
    for _ in range(2):
        assert run("build").out.startswith(UNCHANGED)
        assert run("build", "--quiet") == Outcome(0, "", "")
    assert set(results(report_of(made)).values()) == {"unchanged"}


def test_the_report_is_that_of_a_run_that_looks_at_all(made: Site, run: Run) -> None:
    def report() -> str:
        text = (made.out / "report.json").read_text(encoding="utf-8")
        return re.sub(r'"seconds": [\d. ]{9}', "", text)

    quick = report()
    os.utime(made.path("clinic.toml"))
    assert not stands(made)
    run("build", "--quiet")
    assert report() == quick


def test_the_report_says_how_long_it_took(
    made: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter((10.0, 17.25))
    monkeypatch.setattr(time, "monotonic", lambda: next(times))
    assert "unchanged" in run("build").out
    assert report_of(made)["summary"]["seconds"] == 7.25


@pytest.mark.parametrize("damage", ["altered", "gone", "a link", "a folder"])
def test_a_report_that_was_altered_is_written_again(made: Site, run: Run, damage: str) -> None:
    path = made.out / "report.json"
    if damage == "altered":
        path.write_text("{}")
    else:
        path.unlink()
    if damage == "a link":
        path.symlink_to(made.path("clinic.toml"))
    before = made.read("clinic.toml")
    if damage == "a folder":
        path.mkdir()
        assert "report.json: cannot be written" in run("build", code=2).err
        return
    run("build", "--quiet")
    assert set(results(report_of(made)).values()) == {"unchanged"}
    assert not path.is_symlink()
    assert made.read("clinic.toml") == before


@pytest.mark.parametrize(
    "name", [f"ar/{PDF}", f"ar/{NAME}.html", "rack/titles/ar.js", f"c/{NAME}.html", "index.html"]
)
def test_a_published_file_under_another_s_size_and_time_is_made_again(
    made: Site, run: Run, name: str
) -> None:
    before = made.outputs()
    replace_in_place(made.out / name, before[name][::-1])
    assert not stands(made)
    run("build", "--quiet")
    after = made.outputs()
    assert after.pop("report.json")
    assert after == {name: data for name, data in before.items() if name != "report.json"}
    finish(made, run)


def test_words_under_the_size_and_time_of_others_are_read(made: Site, run: Run) -> None:
    path = made.path(f"locales/ar/{NAME}.po")
    old = path.read_bytes()
    replace_in_place(path, old.replace("في المنزل".encode(), "في البيوت".encode()))
    assert not stands(made)
    assert f"built ar/{NAME}.standard" in run("build").out


def test_a_published_file_that_was_only_touched_stays(made: Site, run: Run) -> None:
    os.utime(made.out / "ar" / PDF)
    os.utime(made.out / "rack" / "titles" / "ar.js")
    assert not stands(made)
    assert run("build").out.startswith(UNCHANGED)
    assert stands(made)


@pytest.mark.parametrize("name", [f"locales/ar/{NAME}.po", "clinic.toml", "house/policy.toml"])
def test_words_that_were_only_touched_make_nothing(made: Site, run: Run, name: str) -> None:
    os.utime(made.path(name))
    assert not stands(made)
    assert run("build").out.startswith(UNCHANGED)


def test_what_comes_or_goes_is_noticed(made: Site, run: Run) -> None:
    added = made.write("styles/site.css", "p { color: black }")
    assert not stands(made)
    finish(made, run)
    added.unlink()
    assert not stands(made)
    finish(made, run)
    made.path(f"locales/ar/{NAME}.po").unlink()
    assert "withheld" in run("build").out


def test_a_topic_that_comes_while_a_build_begins_is_not_overlooked(
    made: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Topics are listed before the files are surveyed."""
    text = made.read(f"topics/{NAME}/topic.md").replace(f"id: {NAME}", "id: cold")
    survey = run_module.survey

    def late(*values: object) -> object:
        if not made.path("topics/cold").exists():
            made.write("topics/cold/topic.md", text)
        return survey(*values)  # type: ignore[arg-type]

    os.utime(made.path("clinic.toml"))
    monkeypatch.setattr(run_module, "survey", late)
    run("build", "--quiet")
    assert "en/cold.standard" not in results(report_of(made))
    assert "built en/cold.standard" in run("build").out


def test_a_link_that_leads_to_nothing_keeps_no_build_busy(made: Site, run: Run) -> None:
    link = made.path(f"topics/{NAME}/lost.md")
    link.symlink_to("nowhere")
    finish(made, run)
    link.with_name("nowhere").write_text("x")
    assert not stands(made)


def test_a_build_of_a_part_leaves_the_rest_to_be_looked_at(made: Site, run: Run) -> None:
    made.change(f"ar/{NAME}", "Rest for 2 days.", text="استرح 2 يوم.")
    run("build", "--quiet", "--locale", "en")
    assert not stands(made)
    assert f"built ar/{NAME}.standard" in run("build").out


def test_a_dry_run_leaves_nothing_behind(made: Site, run: Run) -> None:
    assert run("build", "--dry-run").out.startswith(UNCHANGED)
    assert stands(made)


# Circumstances


def test_another_day_or_another_place_is_looked_at(
    made: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not stands(made, date(2029, 12, 1))
    assert not stands(made, clinic="other")
    assert report_unchanged(tmp_path / "nowhere", made.out, TODAY) is None
    with monkeypatch.context() as there:
        there.setenv("PRESSROOM_FONTS", str(made.folder))
        assert not stands(made)
    with monkeypatch.context() as there:  # Findings name files from where a command is run.
        there.chdir(made.handouts)
        assert not stands(made)
    assert stands(made)


def test_a_copy_of_a_site_is_not_taken_for_the_site(
    made: Site, run: Run, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path_factory.mktemp("copy") / "site"
    shutil.copytree(made.folder, copy)
    monkeypatch.chdir(copy)
    Site(copy).change(f"ar/{NAME}", "Rest for 2 days.", text="استرح 2 يوم.")
    assert f"built ar/{NAME}.standard" in run("build").out


def test_another_build_at_work_is_told(made: Site, run: Run) -> None:
    with locked(made.out):
        with pytest.raises(LockedError):
            stands(made)
        assert "another build is at work" in run("build", "--quiet", code=2).err


@pytest.mark.parametrize("name", ["ledger.sqlite3", "lock"])
def test_links_in_the_engine_s_own_folder_are_refused(made: Site, run: Run, name: str) -> None:
    path = made.out / ".pressroom" / name
    path.rename(made.folder / name)
    path.symlink_to(made.folder / name)
    assert "is no file that Pressroom made" in run("build", "--quiet", code=2).err


def test_a_linked_folder_of_the_engine_is_refused(made: Site, run: Run) -> None:
    path = made.out / ".pressroom"
    path.rename(made.folder / "own")
    path.symlink_to(made.folder / "own")
    assert "leads out of dist/" in run("build", "--quiet", code=2).err


# What it says


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("build",), 0), (("build", "--strict"), 1), (("build", "--quiet"), 0),
        (("build", "--quiet", "--strict"), 1),
    ],
)  # fmt: skip
def test_it_says_what_a_run_says_of_what_is_withheld(
    made: Site, run: Run, arguments: tuple[str, ...], code: int
) -> None:
    made.drop(f"ar/{NAME}", "care")
    finish(made, run)
    os.utime(made.path("clinic.toml"))
    slow = run(*arguments, code=code)
    finish(made, run)
    quick = run(*arguments, code=code)
    assert (timeless(quick.out), quick.err) == (timeless(slow.out), slow.err)
    assert bool(quick.out) == (code == 1 or arguments == ("build",))


def test_it_says_what_has_failed(made: Site, run: Run) -> None:
    made.write("topics/broken/topic.md", "---\nid: broken\n---\n")
    finish(made, run, code=1)
    os.utime(made.path("clinic.toml"))
    slow = run("build", "--quiet", code=1)
    finish(made, run, code=1)
    quick = run("build", "--quiet", code=1)
    assert (timeless(quick.out), quick.err) == (timeless(slow.out), slow.err)
    assert "topics/broken/topic.md" in quick.err


def timeless(text: str) -> str:
    return re.sub(r"\d+\.\d s", "… s", text)


@pytest.mark.usefixtures("made")
def test_a_process_of_its_own_says_it_as_well(command: Run) -> None:
    command("build")  # From elsewhere: the tests run in a process that has other fonts.
    assert command("build", "--quiet") == Outcome(0, "", "")
    said = command("build")
    assert said.out.startswith(UNCHANGED)
    assert command("build") == said


# What the last build left


@pytest.mark.parametrize("damage", ["gone", "empty", "cut off", "noise"])
def test_a_ledger_that_is_damaged_is_told_or_made_anew(made: Site, run: Run, damage: str) -> None:
    path = made.out / ".pressroom" / "ledger.sqlite3"
    data = path.read_bytes()
    path.unlink()
    if damage != "gone":
        text = {"empty": b"", "cut off": data[: len(data) // 2], "noise": b"\xff\n" * 99}[damage]
        path.write_bytes(text)
    if damage in ("gone", "empty"):
        assert not stands(made)
        finish(made, run)
        assert set(results(report_of(made)).values()) == {"unchanged"}
    else:
        assert "delete it to build everything anew" in run("build", code=2).err


def set_fact(made: Site, name: str, value: str) -> None:
    with sqlite3.connect(made.out / ".pressroom" / "ledger.sqlite3") as database:
        database.execute("UPDATE fact SET value = ? WHERE name = ?", (value, name))
    database.close()


def test_other_circumstances_are_looked_at(made: Site, run: Run) -> None:
    set_fact(made, "finished", "elsewhere")
    assert not stands(made)
    assert run("build").out.startswith(UNCHANGED)
    assert stands(made)


@pytest.mark.parametrize("value", ["", "null", "7", "{", "[" * 100_000])
def test_versions_that_are_none_are_told(made: Site, run: Run, value: str) -> None:
    set_fact(made, "versions", value)
    assert "delete it to build everything anew" in run("build", code=2).err
