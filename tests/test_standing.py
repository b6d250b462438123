"""A build that has nothing to do says so without looking, and looks wherever it has to."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pressroom import press, works

from .conftest import Outcome
from .killed import page
from .support import TODAY, Site, recall, until
from .test_pipeline import NAME, PDF, report_of, results

Run = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish the words themselves in the place of pages."""
    monkeypatch.setattr(press, "set_and_judge", page)


@pytest.fixture
def made(site: Callable[..., Site], run: Run) -> Site:
    """Make a site that is built, and that stands as it was built."""
    made = site(("en", "ar"))
    for path in made.handouts.rglob("*"):  # So old that their times tell what they hold.
        os.utime(path, (1_600_000_000, 1_600_000_000))
    settle(made, run)
    return made


def settle(made: Site, run: Run) -> None:
    """Build until there is nothing to do: files that are too young are read again."""
    until(lambda: bool(run("build", "--quiet")) and stands(made))


def stands(made: Site) -> bool:
    return recall(made.handouts, made.out, TODAY.isoformat()) is not None


def replace_in_place(path: Path, data: bytes) -> None:
    """Put another text of the same length in a file's place, under its times."""
    status = path.stat()
    assert len(data) == status.st_size
    beside = path.with_name("beside")
    beside.write_bytes(data)
    os.utime(beside, ns=(status.st_atime_ns, status.st_mtime_ns))
    beside.replace(path)
    assert path.stat().st_mtime_ns == status.st_mtime_ns


def test_what_stands_is_not_looked_at(
    made: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(works, "publish", None)
    for _ in range(2):
        assert run("build").out.startswith("Everything is unchanged: 2 leaflets.\n")
        assert run("build", "--quiet") == Outcome(0, "", "")
    assert set(results(report_of(made)).values()) == {"unchanged"}


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
    settle(made, run)


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
    assert run("build").out.startswith("Everything is unchanged: 2 leaflets.\n")
    assert stands(made)


@pytest.mark.parametrize("name", [f"locales/ar/{NAME}.po", "clinic.toml", "house/policy.toml"])
def test_words_that_were_only_touched_make_nothing(made: Site, run: Run, name: str) -> None:
    os.utime(made.path(name))
    assert not stands(made)
    assert run("build").out.startswith("Everything is unchanged: 2 leaflets.\n")


def test_what_comes_or_goes_is_noticed(made: Site, run: Run) -> None:
    added = made.write("styles/site.css", "p { color: black }")
    assert not stands(made)
    settle(made, run)
    added.unlink()
    assert not stands(made)
    settle(made, run)
    made.path(f"locales/ar/{NAME}.po").unlink()
    assert "withheld" in run("build").out


def test_a_link_that_leads_to_nothing_keeps_no_build_busy(made: Site, run: Run) -> None:
    link = made.path(f"topics/{NAME}/lost.md")
    link.symlink_to("nowhere")
    settle(made, run)
    link.with_name("nowhere").write_text("x")
    assert not stands(made)


@pytest.mark.parametrize("line", [0, 1])
@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b'{"counts": 7}',
        b"[" * 100_000,
        b'{"counts": {}, "remarks": [1]}',
    ],
)
def test_what_the_last_build_left_may_say_anything(
    made: Site, run: Run, line: int, text: bytes
) -> None:
    path = made.out / ".pressroom" / "standing.stamps"
    lines = path.read_bytes().split(b"\n")
    lines[line] = text
    path.write_bytes(b"\n".join(lines))
    assert run("build").out.startswith("Everything is unchanged: 2 leaflets.\n")


def test_another_day_or_another_place_is_looked_at(made: Site, tmp_path: Path) -> None:
    assert recall(made.handouts, made.out, "2029-12-01") is None
    assert recall(made.handouts, made.out, TODAY.isoformat(), "other") is None
    assert recall(tmp_path / "nowhere", made.out, TODAY.isoformat()) is None


@pytest.mark.parametrize("name", ["standing.stamps", "standing.json", "ledger.sqlite3"])
@pytest.mark.parametrize("damage", ["gone", "empty", "cut off", "noise"])
def test_what_the_last_build_left_may_be_damaged(
    made: Site, run: Run, name: str, damage: str
) -> None:
    path = made.out / ".pressroom" / name
    data = path.read_bytes()
    path.unlink()
    if damage != "gone":
        text = {"empty": b"", "cut off": data[: len(data) // 2], "noise": b"\xff\n" * 99}[damage]
        path.write_bytes(text)
    if name == "ledger.sqlite3":
        assert not stands(made)
        return
    if (name, damage) == ("standing.json", "cut off"):
        return
    assert not stands(made)
    settle(made, run)
    assert set(results(report_of(made)).values()) == {"unchanged"}
