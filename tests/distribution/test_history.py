"""The records: a line is there whole or not at all, and no two copies of a site are at odds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pressroom.build import history as histories
from pressroom.build.history import OLD_LOG, History, PrintJob
from pressroom.build.ledger import Ledger
from pressroom.core import files
from pressroom.core.errors import ConfigurationError
from pressroom.core.published import Issue

from ..support import TODAY, Site

ISSUE = Issue(
    "asthma", "ar", "standard", "1.0", "2026-11-23", "2027-11-22", "sha256:" + "a" * 64, "b" * 64,
    "2026-12-01", mark="7k2mp9", change="الجرعة",
)  # fmt: skip
JOB = PrintJob("asthma", "km", "standard", "1.0", "2026-11-23", "b" * 64, 3, "2026-12-02", "ward")


@pytest.fixture
def clinic(site: Callable[..., Site]) -> Any:
    return site(("en", "ar", "km")).words().site.clinic


def test_what_is_recorded_is_read_again(clinic: Any, tmp_path: Path) -> None:
    one = History(tmp_path / "r", clinic)
    one.release([ISSUE])
    one.release([ISSUE])  # Once, whoever builds it again.
    one.print(JOB)
    one.release([replace(ISSUE, sha256="c" * 64, mark="00000z", published="2026-12-03")])
    one.end("2026-12-04", lambda name: "withdrawn" if name[1] == "ar" else "")
    for found in (one, History(tmp_path / "r", clinic)):
        first, second = found.issues()
        assert first == replace(ISSUE, ended="2026-12-03", why="replaced")
        assert (second.mark, second.ended, second.why) == ("00000z", "2026-12-04", "withdrawn")
        assert found.prints() == (JOB,)
    lines = (tmp_path / "r/history.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(x)["record"] for x in lines] == [
        "release", "print", "release", "withdrawal"
    ]  # fmt: skip
    other = History(tmp_path / "r", replace(clinic, id="north"))
    assert (other.issues(), other.prints()) == ([], ())


def _kill_at(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """End the process before or after one of its writes, fsyncs and renames."""
    calls = iter(range(1, 1000))

    def dying(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            at = 2 * next(calls)
            if at == number:
                os.kill(os.getpid(), signal.SIGKILL)
            done = call(*arguments, **named)
            if at + 1 == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        return wrapped

    monkeypatch.setattr(os, "write", dying(os.write))
    monkeypatch.setattr(os, "fsync", dying(os.fsync))
    monkeypatch.setattr(os, "ftruncate", dying(os.ftruncate))
    monkeypatch.setattr(files.Path, "replace", dying(files.Path.replace))


@pytest.mark.parametrize("before", [b"", b'{"record": "rele'])
def test_a_record_is_whole_or_absent_wherever_its_writer_is_killed(
    clinic: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bytes
) -> None:
    killed = 0
    for number in range(2, 40):
        folder = tmp_path / f"r{number}"
        folder.mkdir()
        if before:  # What an older writer left half written.
            (folder / "history.jsonl").write_bytes(before)
        child = os.fork()
        if child == 0:
            with monkeypatch.context() as patch:
                _kill_at(number, patch)
                History(folder, clinic).release([ISSUE, replace(ISSUE, locale="km")])
            os._exit(0)
        dead = os.waitpid(child, 0)[1] == signal.SIGKILL
        killed += dead
        found = History(folder, clinic)
        assert [one.locale for one in found.issues()] in ([], ["ar", "km"])
        found.release([ISSUE, replace(ISSUE, locale="km")])
        found.print(JOB)
        again = History(folder, clinic)
        assert [one.locale for one in again.issues()] == ["ar", "km"]
        assert again.prints() == (JOB,)
        if not dead:
            break
    assert killed >= 4


def test_a_disk_that_is_full_leaves_no_half_line(
    clinic: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = History(tmp_path, clinic)
    one.release([ISSUE])
    whole = (tmp_path / "history.jsonl").read_bytes()
    write = os.write

    def full(handle: int, data: Any) -> int:
        if len(data) < 100:
            raise OSError(28, "No space left on device")
        return write(handle, data[: len(data) - 50])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(ConfigurationError, match=r"cannot be written .No space left on device"):
            one.print(JOB)
    assert (tmp_path / "history.jsonl").read_bytes() == whole
    one.print(JOB)
    assert History(tmp_path, clinic).prints() == (JOB,)


@pytest.mark.parametrize(
    "line", ["{}", "[]", "x", '{"record": "sale", "date": ""}', '{"record": "release"}', "<<<<<<<"]
)
def test_a_line_that_is_no_record_is_named(clinic: Any, tmp_path: Path, line: str) -> None:
    History(tmp_path, clinic).release([ISSUE])
    with (tmp_path / "history.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(ConfigurationError, match=r"history\.jsonl:2: is no record; restore"):
        History(tmp_path, clinic).issues()


def test_two_copies_of_a_site_are_merged_by_git(clinic: Any, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()

    def git(folder: Path, *words: str) -> None:
        who = ("-c", "user.name=K", "-c", "user.email=k@clinic.example")
        subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)

    git(here, "init", "-q", "-b", "main")
    History(here / "records", clinic).release([ISSUE])
    for words in (("add", "-A"), ("commit", "-qm", "one")):
        git(here, *words)
    git(tmp_path, "clone", "-q", "here", "there")
    newer = replace(ISSUE, sha256="d" * 64, published="2026-12-09", mark="zzzzzz")
    History(here / "records", clinic).release([newer])
    History(there / "records", clinic).print(JOB)
    for folder in (here, there):
        git(folder, "commit", "-qam", "two")
    git(there, "pull", "-q", "--no-rebase", "--no-edit", "origin", "main")
    merged = History(there / "records", clinic)
    assert [one.mark for one in merged.issues()] == ["7k2mp9", "zzzzzz"]
    assert merged.prints() == (JOB,)


def test_what_was_recorded_last_stands_whatever_the_day_of_a_build(
    clinic: Any, tmp_path: Path
) -> None:
    """A build may have been told a day to come: `--today`, or a clock that was wrong."""
    days = {"b": "2026-12-01", "c": "2028-01-01", "d": "2026-12-02"}
    for digest, day in days.items():
        one = replace(ISSUE, sha256=digest * 64, published=day)
        History(tmp_path, clinic).release([one])
    found = {one.sha256[0]: one.ended for one in History(tmp_path, clinic).issues()}
    assert found == {"b": "2028-01-01", "c": "2026-12-02", "d": ""}


def test_an_older_site_is_taken_over_once(clinic: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / ".pressroom").mkdir(parents=True)
    ledger = Ledger(out)
    for ended, why, digest in (("2026-12-03", "replaced", "b"), ("2026-12-05", "withdrawn", "c")):
        ledger.tell(
            f"INSERT INTO issue VALUES ({', '.join('?' * 11)})", "asthma", "ar", "standard", "1.0",
            "2026-11-23", "2027-11-22", f"t{digest}", digest * 64, "2026-12-01", ended, why,
        )  # fmt: skip
    ledger.close()
    job = {"topic": "asthma", "locale": "ar", "edition": "standard", "version": "1.0",
           "issued": "2026-11-23", "sha256": "b" * 64, "copies": 24, "date": "2026-12-02",
           "printer": "ward", "job": "x-1"}  # fmt: skip
    (out / OLD_LOG).write_text(json.dumps(job) + "\n", encoding="utf-8")
    for _ in range(2):
        found = History(tmp_path / "records", clinic)
        found.take_over(out, TODAY)
        first, second = found.issues()
        assert (first.why, second.why, second.ended) == ("replaced", "withdrawn", "2026-12-05")
        (print_job,) = found.prints()
        assert (print_job.copies, print_job.mark) == (24, "")
    assert len((tmp_path / "records/history.jsonl").read_text("utf-8").splitlines()) == 4
    assert histories.NAME == "history.jsonl"
