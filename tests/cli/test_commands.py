"""What holds for all commands: usage, configuration, exit codes, the day, and how they start."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import pipeline
from pressroom import __version__
from pressroom.core.lock import locked

from ..conftest import Outcome
from ..support import (
    NAME,
    PDF,
    ROOT,
    Site,
)

Run = Callable[..., Outcome]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("locale", "add", "zh_CN"), "'zh_CN' is not the name of a locale; write 'zh-Hans'"),
        (("locale", "add", "xx"), "'xx' is not the name of a locale; use a BCP 47 name"),
        (("locale", "add", "en"), "'en' is the source locale"),
        (("locale", "update", "en"), "'en' is the source locale"),
        (("locale", "update", "fr"), "there is no locale 'fr'"),
        (("locale", "add"), "Missing argument"),
        (("build", "sore-throt"), "there is no topic 'sore-throt'; did you mean 'sore-throat'?"),
        (("build", "--locale", "ES"), "there is no locale 'ES'; write 'es'"),
        (("build", "--edition", "poster"), "this clinic has no edition 'poster'"),
        (("build", "--jobs", "0"), "Invalid value for '--jobs'"),
        (("why", NAME), "Missing argument"),
        (("check", "none"), "there is no topic 'none'"),
        (("bild",), "No such command 'bild'"),
        (("--nonsense",), "No such option"),
        (("build", "--handouts", "elsewhere"), "there is no clinic file; start a site with"),
    ],
)
def test_wrong_usage(
    site: Callable[..., Site], run: Run, arguments: tuple[str, ...], expected: str
) -> None:
    made = site(("en", "es"))
    done = run(*arguments, code=2, today=None)
    assert expected in done.err
    assert done.out == ""
    assert not made.out.exists() or not made.outputs()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("clinic.toml", "paper =", "papier ="),
        ("house/policy.toml", "least_pt = 14", "least_pt = 'big'"),
        ("house/disclaimers.md", "{licence}", "{license}"),
        ("templates/leaflet.html", "", "{% if %}"),
    ],
)
def test_configuration_that_cannot_be_read(
    site: Callable[..., Site], run: Run, name: str, old: str, new: str
) -> None:
    made = site(("en",))
    text = made.read(name) if made.path(name).exists() else ""
    made.write(name, text.replace(old, new, 1) if old else new)
    for command in ("build", "check", "status"):
        done = run(command, code=2)
        assert done.out == ""
        assert ":" in done.err
    assert not made.outputs() if made.out.exists() else True


def test_folders_may_be_named_before_and_after_the_command(
    site: Callable[..., Site], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site(("en",))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    run("--handouts", str(made.handouts), "--out", "a", "build")
    run("build", "--handouts", str(made.handouts), "--out", "b")
    run("--out", "x", "build", "--handouts", "../handouts", "--out", "c")
    for name in "abc":
        assert (elsewhere / name / "en" / PDF).is_file()
    assert not (elsewhere / "x").exists()


def test_another_build_at_work_is_named(site: Callable[..., Site], run: Run) -> None:
    made = site(("en",))
    with locked(made.out):
        done = run("build", code=2)
        assert f"another build is at work (process {os.getpid()}); wait for it to end" in done.err
        run("build", "--dry-run")
    run("build")


def test_a_program_error_is_a_traceback(
    site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own bugs are not turned into messages."""
    site(("en",))
    monkeypatch.setattr("pressroom.leaflet.site.read_clinic", lambda *_: 1 / 0)
    result = CliRunner().invoke(pipeline.handouts, ["build"])
    assert isinstance(result.exception, ZeroDivisionError)


def test_both_ways_to_start_are_the_same() -> None:
    outputs = [
        subprocess.run(
            [sys.executable, *arguments, "--version"], capture_output=True, text=True, check=True,
            cwd=ROOT,
        ).stdout
        for arguments in (("pipeline.py",), ("-m", "pressroom"))
    ]  # fmt: skip
    assert outputs == [f"handouts, version {__version__}\n"] * 2


@pytest.mark.parametrize("arguments", [("--help",), ("store",), ("releases",)])
def test_output_that_cannot_be_written_ends_in_one_line(
    site: Callable[..., Site], arguments: tuple[str, ...]
) -> None:
    made = site(("en",))
    command = [sys.executable, ROOT / "pipeline.py", *arguments]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=made.folder, check=False
        )
    assert done.stderr == (
        "The output cannot be written (No space left on device): make room for it.\n"
    )
    assert done.returncode == 1
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command], cwd=made.folder, check=False,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert (closed.returncode, closed.stderr) == (0, "")


#: The contract's commands that this release has; `docs` and README name no other.
COMMANDS = {
    "build",
    "check",
    "status",
    "why",
    "new",
    "locale",
    "approve",
    "withdraw",
    "recall",
    "proof",
    "releases",
    "due",
    "print",
    "export",
    "watch",
    "serve",
    "store",
}


def test_every_command_of_the_contract_is_there() -> None:
    assert set(pipeline.handouts.commands) >= COMMANDS
    options = {p.name for p in pipeline.handouts.commands["build"].params}
    assert options >= {"topics", "locales", "editions", "jobs", "force", "dry_run", "strict",
                       "as_json", "quiet", "handouts_dir", "out_dir"}  # fmt: skip
    for name, command in pipeline.handouts.commands.items():
        assert command.help, f"{name} has no help"


@pytest.mark.parametrize("epoch", ["9" * 30, "-1e9", "now", "²", "99999999999999"])
def test_a_day_that_is_none_is_refused(
    epoch: str,
    site: Callable[..., Site],
    run: Callable[..., Outcome],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site(("en",))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    said = run("status", code=2, today=None).err
    assert f"SOURCE_DATE_EPOCH is ‘{epoch}’" in said
    assert "give --today" in said


@pytest.mark.parametrize("missing", ["fcntl", "resource"])
def test_a_system_that_is_not_posix_is_told(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    site(("en",))
    monkeypatch.setitem(sys.modules, missing, None)
    assert run("build", code=2).err == (
        "this system is not POSIX; run Pressroom on Linux or macOS, or on Windows in WSL\n"
    )


def test_the_day_comes_from_the_option_or_the_environment(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    site(("en",))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1827000000")  # 2027-11-23
    assert "[review-overdue]" in run("check", today=None).err
    assert "[review-overdue]" not in run("check").err
    assert run("check", today="2027-13-01", code=2).err.startswith("Usage: ")
