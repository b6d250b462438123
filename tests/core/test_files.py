"""What is wrong with a file that somebody wrote, before its words are looked at."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pressroom.build.inputs import survey
from pressroom.core import files
from pressroom.core.errors import (
    CatalogueError,
    ConfigurationError,
    HandoutError,
    Problems,
    UsageError,
)
from pressroom.core.files import (
    clear_parts,
    files_below,
    holds,
    read_plain,
    read_text,
    require_places,
    shown,
    write_atomically,
)
from pressroom.core.toml import read_toml, toml_line

from ..support import ROOT


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def said(data: bytes) -> str:
    path = Path("words.txt")
    path.write_bytes(data)
    with pytest.raises(CatalogueError) as caught:
        read_text(path, CatalogueError)
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa\nb", "a\nb"),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        ("ខ្មែរ\tالعربية".encode(), "ខ្មែរ\tالعربية"),
        (b"", ""),
        (b"=======\n<<<<<< six\n a <<<<<<< b\n", "=======\n<<<<<< six\n a <<<<<<< b\n"),
    ],
)
def test_reads_text(data: bytes, text: str) -> None:
    Path("words.txt").write_bytes(data)
    assert read_text(Path("words.txt"), CatalogueError) == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a\nb\n\xff", "words.txt:3: this is not UTF-8; save the file as UTF-8"),
        ("a\nb".encode("utf-16"), "words.txt:1: this is not UTF-8; save the file as UTF-8"),
        (b"a\n\xe9t\xe9", "words.txt:2: this is not UTF-8; save the file as UTF-8"),
        (b"a\r\nb\0", "words.txt:2: has the control character U+0000; delete it"),
        (b"\x1b[31m", "words.txt:1: has the control character U+001B; delete it"),
        (b"a\n<<<<<<< HEAD\nb", "words.txt:2: has an unresolved merge conflict; resolve it"),
        (b"a\n>>>>>>> theirs\n", "words.txt:2: has an unresolved merge conflict; resolve it"),
    ],
)
def test_refuses_what_is_not_text(data: bytes, message: str) -> None:
    assert said(data) == message


def test_refuses_what_is_missing_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.md: this file does not exist; create it"):
        read_text(tmp_path / "none.md", ConfigurationError)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_text(tmp_path, ConfigurationError)


def test_refuses_what_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 10)
    assert said(b"x" * 11) == "words.txt: is 11 bytes long; the most is 10; split it"


def test_refuses_what_grows_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path("words.txt")
    path.write_bytes(b"x" * 11)
    monkeypatch.setattr(files, "LARGEST", 10)
    small = os.stat_result((stat.S_IFREG, 0, 0, 1, 0, 0, 5, 0, 0, 0))
    monkeypatch.setattr(Path, "stat", lambda *_, **__: small)
    with pytest.raises(CatalogueError, match="is 11 bytes long; the most is 10"):
        read_text(path, CatalogueError)


def test_what_takes_the_place_of_a_file_is_not_read(tmp_path: Path) -> None:
    """A link is not followed once it was looked where it leads, and a pipe not waited for."""
    path, other = tmp_path / "link", tmp_path / "other"
    other.write_bytes(b"mine")
    path.symlink_to(other)
    with pytest.raises(OSError, match="symbolic links"):
        read_plain(path, 10)
    assert not holds(path, b"mine")
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(OSError, match="this is no file"):
        read_plain(path, 10)
    assert not holds(path, b"")
    assert read_plain(other, 2) == b"min"
    assert holds(other, b"mine")
    assert not holds(other, b"many")


def test_folders_may_be_deeper_than_python_counts(tmp_path: Path) -> None:
    folder = tmp_path / "deep"
    folder.mkdir()
    (tmp_path / "z").write_bytes(b"")
    (tmp_path / "loop").symlink_to(tmp_path)
    try:
        with contextlib.chdir(folder):
            for _ in range(sys.getrecursionlimit() + 100):
                Path("d").mkdir()
                os.chdir("d")
            Path("file").write_bytes(b"")
        found = list(files_below(tmp_path))
        assert [path.name for path in found] == ["loop", "z", "file"]
        assert {one.name.count("/") for one in survey({"site": folder}, {}).values()} == {
            *range(sys.getrecursionlimit() + 102)
        }
    finally:  # Python's own way to delete them does not reach that deep everywhere.
        subprocess.run(["rm", "-rf", str(folder)], check=True)


@pytest.mark.parametrize("out", ["handouts", ".", "handouts/topics/x", "link", "handouts/styles"])
def test_nothing_is_published_among_the_words(tmp_path: Path, out: str) -> None:
    (tmp_path / "handouts" / "styles").mkdir(parents=True)
    (tmp_path / "link").symlink_to("handouts/styles")
    with pytest.raises(UsageError, match="leaflets are not published among the words"):
        require_places(Path("handouts"), Path(out))
    require_places(Path("handouts"), Path("dist"))
    require_places(Path("handouts"), Path("handouts/dist"))


def test_places_that_cannot_be_are_named(tmp_path: Path) -> None:
    for name, said in (("x" * 300, "File name too long"), ("loop", "Too many levels"),
                       ("caf\udce9", "is not UTF-8")):  # fmt: skip
        (tmp_path / "loop").unlink(missing_ok=True)
        (tmp_path / "loop").symlink_to("loop")
        with pytest.raises(UsageError, match=said):
            require_places(Path("handouts"), Path(name))
        with pytest.raises(UsageError, match=said):
            require_places(Path(name), Path("dist"))


def test_toml_errors_name_the_line() -> None:
    path = Path("a.toml")
    path.write_text("a = 1\nb = \n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"^a\.toml:2: is not TOML: "):
        read_toml(path, ConfigurationError)
    path.write_text("a = [1,\n\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"^a\.toml:\d: is not TOML: "):
        read_toml(path, ConfigurationError)


def test_toml_line_follows_keys_tables_and_arrays() -> None:
    text = 'a = 1\n[b]\nc = 1\n"d" = 2\n[[e]]\nx = 1\n[[e]]\nx = 2\ny = [3, 4]\n'
    assert toml_line(text, ("a",)) == 1
    assert toml_line(text, ("b", "c")) == 3
    assert toml_line(text, ("b", "d")) == 4
    assert toml_line(text, ("e", 1, "x")) == 8
    assert toml_line(text, ("e", 1, "y", 1)) == 9
    assert toml_line(text, ("none",)) == 1


def test_paths_are_shown_below_the_working_directory(tmp_path: Path) -> None:
    assert shown(tmp_path / "a" / "b.md") == "a/b.md"
    assert shown(Path("a/../c.md")) == "c.md"
    assert shown(Path("/elsewhere/x")) == "/elsewhere/x"


def test_writes_whole_files_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deep" / "file.txt"
    write_atomically(path, b"old")
    assert path.read_bytes() == b"old"
    assert path.stat().st_mode & 0o777 == 0o644

    def fails(_handle: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(ConfigurationError, match="disk full"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in path.parent.iterdir()] == ["file.txt"]


def test_writes_many_files_together(tmp_path: Path) -> None:
    wanted = {f"{'ab'[n % 2]}/{n}.txt": f"{n}\n".encode() * n for n in range(60)}
    files.write_together(((tmp_path / name, data) for name, data in wanted.items()), tmp_path)
    found = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert found == wanted
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in wanted} == {0o644}


@pytest.mark.parametrize("count", [1, 2, files.MOST_TOGETHER + 1])
def test_the_disk_has_each_file_before_it_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    wanted = {f"{n}.txt": b"words" * n for n in range(count)}
    synced: dict[int, int] = {}
    early: list[str] = []

    def sync(handle: int) -> None:
        status = os.fstat(handle)
        synced[status.st_ino] = status.st_size
        early.extend(
            path.name for path in tmp_path.glob("*.txt") if path.stat().st_ino == status.st_ino
        )

    monkeypatch.setattr("os.fsync", sync)
    files.write_together(((tmp_path / name, data) for name, data in wanted.items()), tmp_path)
    assert synced == {(tmp_path / name).stat().st_ino: len(data) for name, data in wanted.items()}
    assert not early


def test_of_files_that_belong_together_all_are_written_or_none(tmp_path: Path) -> None:
    (tmp_path / "out" / "b").mkdir(parents=True)
    (tmp_path / "out" / "c").symlink_to(tmp_path)
    first = tmp_path / "out" / "a.txt"
    for other, said in ((f"b/{'x' * 300}", "cannot be written"), ("c/x.txt", "leads out of")):
        both = [(first, b"1"), (tmp_path / "out" / other, b"2")]
        with pytest.raises(ConfigurationError, match=said):
            files.write_together(both, tmp_path / "out")
        assert not list(tmp_path.rglob("*.part"))
        assert not first.exists()


def test_errors_say_where_what_and_the_next_step() -> None:
    one = HandoutError("a.md:3", "is wrong", "mend it")
    two = ConfigurationError("", "is worse")
    assert str(one) == "a.md:3: is wrong; mend it"
    assert str(two) == "is worse"
    assert one.each() == [one]
    both = Problems([one, two])
    assert both.each() == [one, two]
    assert both.exit_code == 2
    assert str(both) == "a.md:3: is wrong; mend it\nis worse"


def test_what_python_leaves_behind_is_not_looked_at(tmp_path: Path) -> None:
    """A module that is compiled meanwhile changes the time of its folder of such files."""
    (tmp_path / "rooms" / "__pycache__").mkdir(parents=True)
    (tmp_path / "rooms" / "press.py").write_text("")
    (tmp_path / "rooms" / "__pycache__" / "press.pyc").write_text("")
    (tmp_path / "rooms" / "press.py~").write_text("")
    seen = {one.name for one in survey({"engine": tmp_path}, {}).values()}
    assert seen == {"engine", "engine/rooms", "engine/rooms/press.py"}


def test_what_a_killed_writer_left_goes_and_what_is_being_written_stays(tmp_path: Path) -> None:
    killed = (
        "import os, signal; from pathlib import Path; from pressroom.core import files\n"
        "files._make_last = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "files.write_atomically(Path('deep/a.po'), b'new')\n"
    )
    subprocess.run(
        [sys.executable, "-c", killed], check=False, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    (part,) = (tmp_path / "deep").iterdir()
    foreign = tmp_path / "deep" / ".download.part"
    foreign.write_bytes(b"ours")
    write_atomically(tmp_path / "deep/b.po", b"another")
    assert part.exists()
    handle, writing = files._write_beside(tmp_path / "deep/a.po", b"theirs")
    write_atomically(tmp_path / "deep/a.po", b"new")
    assert not part.exists()
    assert writing.exists()
    clear_parts(tmp_path)
    assert writing.exists()
    os.close(handle)
    clear_parts(tmp_path)
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == [
        foreign.name, "a.po", "b.po",
    ]  # fmt: skip
