"""A build with nothing to do is answered before the commands are loaded; all else is theirs."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pressroom import press, quick, stamps, standing
from pressroom.lock import locked

from .conftest import Outcome
from .killed import page
from .support import TODAY, Site, until
from .test_pipeline import NAME, PDF, report_of, results

Run = Callable[..., Outcome]
#: What the fixture `run` adds to a command.
DATED = ("--today", TODAY.isoformat())
BUILD = ("build", "--quiet", *DATED)
BROKEN = "---\nid: broken\n---\n"


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish the words themselves in the place of pages; forget how this process was asked."""
    monkeypatch.setattr(press, "set_and_judge", page)
    monkeypatch.setattr(quick, "_arguments", None)
    monkeypatch.setattr(standing, "_looked", {})
    for name in ("SOURCE_DATE_EPOCH", "PRESSROOM_FONTS"):
        monkeypatch.delenv(name, raising=False)


def settle(run: Run, *arguments: str, code: int = 0, today: str | None = TODAY.isoformat()) -> None:
    """Build as from the command line until it is answered at once."""
    dated = ("--today", today) if today else ()

    def answered() -> bool:
        if quick.answer([*arguments, *dated]) is not None:
            return True
        run(*arguments, code=code, today=today)
        return False

    until(answered)


@pytest.fixture
def made(site: Callable[..., Site], run: Run) -> Site:
    """Make a site that is built, and that stands as it was built."""
    made = site(("en", "ar"))
    for path in made.handouts.rglob("*"):  # So old that their times tell what they hold.
        os.utime(path, (1_600_000_000, 1_600_000_000))
    settle(run, "build", "--quiet")
    return made


def test_the_same_build_is_answered_and_says_nothing(
    made: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    assert quick.answer(BUILD) == 0
    assert capfd.readouterr() == ("", "")
    assert set(results(report_of(made)).values()) == {"unchanged"}


def test_the_report_says_how_long_it_took(made: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter((10.0, 17.25))
    monkeypatch.setattr(time, "monotonic", lambda: next(times))
    assert quick.answer(BUILD) == 0
    assert report_of(made)["summary"]["seconds"] == 7.25


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    "arguments",
    [
        (), ("-h",), ("build",), ("build", "-h"), ("build", "--quiet"), (*BUILD, "--force"),
        (*BUILD, "--out", "dist"), (*BUILD, "--out"), (*BUILD, "--out=other"),
        (*BUILD, "--clinic", "x"), (*BUILD, NAME), ("build", *DATED, "--quiet"),
        ("status", *DATED), ("build", "--quiet", "--today", "2026-12-02"),
    ],
)  # fmt: skip
def test_other_arguments_are_left_to_the_commands(arguments: tuple[str, ...]) -> None:
    assert quick.answer(arguments) is None


def test_other_circumstances_are_left_to_the_commands(
    made: Site, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with monkeypatch.context() as there:
        there.setenv("PRESSROOM_FONTS", str(made.folder))
        assert quick.answer(BUILD) is None
    with monkeypatch.context() as there:
        there.chdir(made.handouts)
        assert quick.answer(BUILD) is None
    # The same arguments, in the place of another site that was built by them.
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "handouts").symlink_to(made.handouts)
    (elsewhere / "dist").symlink_to(made.out)
    monkeypatch.chdir(elsewhere)
    assert quick.answer(BUILD) is None


@pytest.mark.usefixtures("made")
def test_without_a_day_the_clock_s_counts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(run, "build", "--quiet", today=None)
    asked = ("build", "--quiet")
    assert quick.answer(asked) == 0
    with monkeypatch.context() as there:
        there.setattr(time, "strftime", lambda _: "2035-01-01")
        assert quick.answer(asked) is None
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796083200")
    assert quick.answer(asked) is None


def test_what_was_changed_is_left_to_the_commands(made: Site, run: Run) -> None:
    for path in (
        made.out / "report.json", made.out / "ar" / PDF, made.out / f"ar/{NAME}.html",
        made.out / "index.html", made.path("clinic.toml"), made.path(f"locales/ar/{NAME}.po"),
    ):  # fmt: skip
        before = path.read_bytes()
        path.write_bytes(before + b"\n")
        assert quick.answer(BUILD) is None, path
        path.write_bytes(before)
        settle(run, "build", "--quiet")
    made.write("styles/site.css", "")
    assert quick.answer(BUILD) is None


def test_another_build_at_work_is_left_to_the_commands(made: Site, run: Run) -> None:
    with locked(made.out):
        assert quick.answer(BUILD) is None
        assert "another build is at work" in run("build", "--quiet", code=2).err


@pytest.mark.parametrize("name", ["asked", "standing.stamps", "standing.json", "lock"])
def test_links_in_the_engine_s_own_folder_are_left_to_the_commands(
    made: Site, run: Run, name: str
) -> None:
    path = made.out / ".pressroom" / name
    path.rename(made.folder / name)
    path.symlink_to(made.folder / name)
    assert quick.answer(BUILD) is None
    assert "is no file that Pressroom made" in run("build", "--quiet", code=2).err


def test_a_linked_folder_of_the_engine_is_left_to_the_commands(made: Site, run: Run) -> None:
    path = made.out / ".pressroom"
    path.rename(made.folder / "own")
    path.symlink_to(made.folder / "own")
    assert quick.answer(BUILD) is None
    assert "leads out of dist/" in run("build", "--quiet", code=2).err


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"\0" * 40, b"\xff\0" * 9, b"dist\0" * 20, b"x" * 100_000]
)
def test_what_was_asked_may_be_damaged(made: Site, run: Run, data: bytes) -> None:
    path = made.out / ".pressroom" / "asked"
    known = path.read_bytes()
    for text in (data, known[:-1] + data, known + data, known[: len(known) // 2]):
        path.write_bytes(text)
        assert text == known or quick.answer(BUILD) is None
    settle(run, "build", "--quiet")


def _timeless(text: str) -> str:
    return re.sub(r"\d+\.\d s", "… s", text)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("build",), 0), (("build", "--strict"), 1), (("build", "--quiet"), 0),
        (("build", "--quiet", "--strict"), 1),
    ],
)  # fmt: skip
def test_it_says_what_the_command_says_of_what_is_withheld(
    made: Site, run: Run, capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int
) -> None:
    made.drop(f"ar/{NAME}", "care")
    settle(run, *arguments, code=code)
    capfd.readouterr()
    assert quick.answer((*arguments, *DATED)) == code
    found = capfd.readouterr()
    slow = run(*arguments, code=code)
    assert (_timeless(found.out), found.err) == (_timeless(slow.out), slow.err)
    assert bool(found.out) == (code == 1 or arguments == ("build",))


def test_it_says_what_has_failed(made: Site, run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    made.write("topics/broken/topic.md", BROKEN)
    settle(run, "build", "--quiet", code=1)
    capfd.readouterr()
    assert quick.answer(BUILD) == 1
    found = capfd.readouterr()
    slow = run("build", "--quiet", code=1)
    assert (_timeless(found.out), found.err) == (_timeless(slow.out), slow.err)
    assert "topics/broken/topic.md" in found.err


@pytest.mark.usefixtures("made")
def test_whoever_stops_it_is_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(quick, "look_ahead", stopped)
    assert quick.answer(BUILD) == 130
    assert capfd.readouterr().err.startswith("Interrupted.")


@pytest.mark.usefixtures("made")
def test_a_process_of_its_own_answers_as_well(command: Run) -> None:
    assert command("build", "--quiet") == Outcome(0, "", "")
    said = command("build")
    assert said.out.startswith("Everything is unchanged: 2 leaflets.\n")
    assert command("build") == said


# Many files, several processes


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[bytes], bytes]]:
    """Make folders of more files than a process looks at alone; give names and stamps."""
    monkeypatch.setattr(stamps, "_CHUNK", 7)
    monkeypatch.setattr(stamps, "_FEW", 7)
    monkeypatch.setattr(stamps, "processors", lambda: 3)
    lots = []
    for folder, count in (("a", 20), ("b", 1), ("c", 40)):
        names = [f"{number}.txt".encode() for number in range(count)]
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / os.fsdecode(name)).write_bytes(name)
        found = [stamps.stamp_at(tmp_path / folder / os.fsdecode(name)) for name in names]
        known = stamps.packed(stamp for stamp in found if stamp)
        lots.append((str(tmp_path / folder), names, known))
    return lots


Lots = list[tuple[str, list[bytes], bytes]]


def altered(lots: Lots) -> list[tuple[int, int]]:
    here = Path.cwd()
    found = stamps.altered(
        [(folder, names, stamps.unpacked(known)) for folder, names, known in lots]
    )
    assert Path.cwd() == here
    return found


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_processes_find_what_was_altered(
    many: Lots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    monkeypatch.setattr(stamps, "processors", lambda: processes)
    assert altered(many) == []
    (tmp_path / "a" / "6.txt").write_text("longer than it was")
    (tmp_path / "c" / "7.txt").unlink()
    (tmp_path / "c" / "39.txt").unlink()
    (tmp_path / "c" / "39.txt").symlink_to("nowhere")
    assert altered(many) == [(0, 6), (2, 7), (2, 39)]
    (tmp_path / "b" / "0.txt").unlink()
    (tmp_path / "b").rmdir()
    with pytest.raises(OSError, match=r"was ended|No such file"):
        altered(many)


def test_a_process_that_is_killed_leaves_it_open(
    many: Lots, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fchdir", lambda _: os._exit(9))
    with pytest.raises(OSError, match="was ended"):
        altered(many)
