"""tools/setup, with stand-ins for apt, sudo and Python: what it asks of them, and what it says."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from .support import ROOT

#: What tools/setup may run besides the stand-ins. There is no sudo among them.
TOOLS = (
    "sh", "awk", "cat", "chmod", "cksum", "cp", "dirname", "env", "grep", "mkdir", "rm", "sed",
    "sort", "touch", "uname",
)  # fmt: skip

#: Each writes down how it was called. `installed` and `release` list packages.
STAND_INS = {
    "id": 'echo "${FAKE_UID-1000}"',
    "apt-get": """\
echo "apt-get $* (umask $(umask))" >>"$FAKE/calls"
case " $* " in
    *" update "*) exit "${FAKE_UPDATE-0}" ;;
    *" install "*)
        for name; do
            case $name in
                -*|install|DPkg*) ;;
                *) grep -qx -e "$name" "$FAKE/release" || { echo "no $name" >&2; exit 100; }
                   echo "$name" >>"$FAKE/installed" ;;
            esac
        done ;;
esac
""",
    "apt-cache": '[ "$1" = pkgnames ] && cat "$FAKE/release"',
    "dpkg-query": """\
for name; do ! grep -qx -e "$name" "$FAKE/installed" || echo "ii  $name"; done
""",
    "python3": """\
case "$*" in
    *ensurepip*) [ "$0" != "$FAKE/bin/python3" ] || grep -q python3.11-venv "$FAKE/installed" ;;
    *version_info\\[:2*) echo 3.11 ;;
    --version) echo Python 3.11.2 ;;
    "-m venv "*)
        mkdir -p .venv/bin
        cp "$0" .venv/bin/python ;;
    "-m pip install "*)
        echo "pip install" >>"$FAKE/calls"
        [ -z "${FAKE_PIP-}" ] || { echo "ERROR: no network" >&2; exit 1; } ;;
esac
""",
}

SUDO = """\
echo "sudo $*" >>"$FAKE/calls"
[ -z "${FAKE_SUDO_REFUSES-}" ] || exit 1
[ "$1" != -n ] || exit 0
exec "$@"
"""

RUN = ["libpango-1.0-0", "fonts-noto-core"]
TEST = ["gettext", "cups-daemon"]
OPTIONAL = ["libharfbuzz-subset0", "chromium"]
VENV = "python3.11-venv"


@dataclass
class Machine:
    """A checkout on a machine of stand-ins."""

    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "bin").mkdir()
        (self.folder / "tools").mkdir()
        for name in TOOLS:
            found = shutil.which(name)
            assert found, name
            (self.folder / "bin" / name).symlink_to(found)
        for name, script in STAND_INS.items():
            self.script(name, script)
        (self.folder / "tools" / "setup").write_bytes((ROOT / "tools" / "setup").read_bytes())
        (self.folder / "tools" / "setup").chmod(0o755)
        (self.folder / "system-packages.txt").write_text(
            "run libpango-1.0-0\nrun fonts-noto-core\nrun? libharfbuzz-subset0\n"
            "python python3-venv\nvenv python{version}-venv\n"
            "test gettext\ntest cups-daemon\ntest? chromium\n"
        )
        for lock in ("requirements.lock", "requirements-dev.lock"):
            (self.folder / lock).write_text("")
        self.installs()
        self.offers(*RUN, *TEST, *OPTIONAL, VENV)

    def script(self, name: str, text: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{text}")
        path.chmod(0o755)

    def installs(self, *names: str) -> None:
        (self.folder / "installed").write_text("".join(f"{name}\n" for name in names))

    def offers(self, *names: str) -> None:
        (self.folder / "release").write_text("".join(f"{name}\n" for name in names))

    def run(self, kind: str, code: int = 0, **environment: str) -> str:
        """Run tools/setup in a session without a terminal. Return what it says."""
        (self.folder / "calls").write_text("")
        done = subprocess.run(
            [self.folder / "tools" / "setup", kind],
            env={"PATH": str(self.folder / "bin"), "FAKE": str(self.folder), **environment},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            start_new_session=True, umask=0o077, timeout=60,
        )  # fmt: skip
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        assert done.stdout == ""
        return done.stderr

    @property
    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()

    @property
    def left_out(self) -> list[str]:
        return (self.folder / ".venv" / ".left-out").read_text().split()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    folder = tmp_path / "Blätter für alle"
    folder.mkdir()
    return Machine(folder)


def test_root_gets_all_packages_in_one_transaction_and_the_second_run_asks_for_nothing(
    machine: Machine,
) -> None:
    said = machine.run("test", FAKE_UID="0")
    update, install, pip = machine.calls
    assert "update (umask 0022)" in update
    assert install.endswith(f" {' '.join((*RUN, *TEST, VENV, *sorted(OPTIONAL)))} (umask 0022)")
    assert pip == "pip install"
    assert said.count("installing system packages: ") == 1
    assert machine.left_out == []
    assert machine.run("test", FAKE_UID="0") == ""
    assert machine.run("run", FAKE_UID="0") == ""
    assert machine.calls == []


def test_root_goes_on_without_what_the_release_does_not_have(machine: Machine) -> None:
    machine.offers(*RUN, *TEST, VENV, "libharfbuzz-subset0")
    said = machine.run("test", FAKE_UID="0")
    assert "going on without what only some of the work needs: chromium" in said
    assert "libharfbuzz-subset0" in machine.calls[1]
    assert machine.left_out == ["chromium"]


def test_a_failed_refresh_of_the_lists_is_no_stop(machine: Machine) -> None:
    assert "trying with the lists as they are" in machine.run("run", FAKE_UID="0", FAKE_UPDATE="1")
    assert len(machine.calls) == 3


def test_apt_that_fails_is_told_with_the_next_step(machine: Machine) -> None:
    machine.offers("libpango-1.0-0")
    said = machine.run("run", code=1, FAKE_UID="0")
    assert "its words stand above" in said
    assert said.endswith("run the same command again.\n")
    assert not (machine.folder / ".venv").exists()


def test_sudo_is_used_where_it_is_allowed(machine: Machine) -> None:
    machine.script("sudo", SUDO)
    said = machine.run("run")
    assert machine.calls[0] == "sudo -n true"
    assert [one for one in machine.calls if "install --no" in one and "umask 0022" in one]
    assert "installing system packages: " in said


@pytest.mark.parametrize("sudo", [False, True], ids=["no-sudo", "sudo-refuses"])
@pytest.mark.parametrize("kind", ["run", "test"])
def test_without_root_one_message_has_the_whole_list_for_both_commands(
    machine: Machine, kind: str, sudo: bool
) -> None:
    if sudo:
        machine.script("sudo", SUDO)
    said = machine.run(kind, code=1, FAKE_SUDO_REFUSES="1")
    assert "installing" not in said
    assert not any("apt-get" in one for one in machine.calls)
    (command,) = [line for line in said.splitlines() if "apt-get" in line]
    assert command.strip().startswith("apt-get update && apt-get install -y ")
    assert all(command.count(name) == 1 for name in (*RUN, *TEST, VENV, *OPTIONAL))

    # The command, as root types it; it keeps to what the release has.
    machine.offers(*RUN, *TEST, VENV, "chromium")
    root = {"PATH": str(machine.folder / "bin"), "FAKE": str(machine.folder)}
    subprocess.run(["sh", "-c", command], env=root, check=True, capture_output=True)
    assert set((machine.folder / "installed").read_text().split()) == {
        *RUN, *TEST, VENV, "chromium",
    }  # fmt: skip

    for kind in ("run", "test"):
        machine.run(kind, FAKE_SUDO_REFUSES="1")
        assert [one for one in machine.calls if one != "sudo -n true"] == ["pip install"]
    assert machine.left_out == ["libharfbuzz-subset0"]


def test_optional_packages_do_not_stop_whoever_is_not_root(machine: Machine) -> None:
    machine.installs(*RUN, *TEST, VENV)
    said = machine.run("test")
    assert "going on without what only some of the work needs: libharfbuzz-subset0 chromium" in said
    assert machine.left_out == OPTIONAL
    assert machine.calls == ["pip install"]
    assert machine.run("test") == ""


def test_a_pip_that_fails_is_told_with_the_next_step_and_tried_again(machine: Machine) -> None:
    machine.installs(*RUN, *TEST, *OPTIONAL, VENV)
    said = machine.run("run", code=1, FAKE_PIP="fails")
    assert "ERROR: no network" in said
    assert "pip could not install them" in said
    assert "Python 3.11" in said
    assert said.endswith("run the same command again.\n")
    machine.run("run")
    assert machine.calls == ["pip install"]


def test_where_there_is_no_python_it_is_on_the_list(machine: Machine) -> None:
    (machine.folder / "bin" / "python3").rename(machine.folder / "python3.away")
    said = machine.run("run", code=1)
    assert " python3-venv" in said
    assert "python3.11-venv" not in said


def test_a_python_that_is_too_old_is_told_before_anything_is_installed(machine: Machine) -> None:
    said = machine.run("run", code=1, FAKE_UID="0", PYTHON="/bin/false")
    assert "older than 3.11" in said
    assert machine.calls == []
