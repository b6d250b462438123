"""What `deploy/` ships names what there is: commands, options, packages and files."""

from __future__ import annotations

import re
import subprocess
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import yaml

from .support import PATIENCE_SECONDS, ROOT
from .test_readme import test_every_command_shown_exists as check_command

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
COMMAND = re.compile(r"(?:^|[\s=`]|bin/)handouts (?=[a-z-])([^`\n\"]+)")


def commands() -> list[tuple[str, int, str]]:
    """Find the commands in the files: file, line, what stands behind `handouts`."""
    return [
        (path.relative_to(ROOT).as_posix(), number, match)
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for match in COMMAND.findall(line)
        if not line.lstrip().startswith(("name:", "entry: sh"))
    ]


def test_every_command_exists() -> None:
    found = commands()
    assert {Path(name).name for name, _, _ in found} >= {
        "leaflets.service", "leaflets-night.service", "github-actions.yml", "gitlab-ci.yml",
        "pre-commit-config.yaml", "nginx.conf", "Caddyfile", "apache.conf",
    }  # fmt: skip
    for name, line, text in found:
        check_command(name, line, text)


def test_the_container_has_the_packages_and_files_that_making_leaflets_needs() -> None:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    (installed,) = re.findall(r"--no-install-recommends (.*?) && ", text)
    listed = (ROOT / "system-packages.txt").read_text(encoding="utf-8").splitlines()
    needed = {line.split()[1] for line in listed if re.match(r"run\??\s", line)}
    assert needed <= set(installed.split())
    copied = [line.split()[1:-1] for line in text.splitlines() if line.startswith("COPY ")]
    names = [name for names in copied for name in names]
    assert {"pipeline.py", "pressroom", "templates", "styles", "requirements.lock"} <= set(names)
    assert [name for name in names if not (ROOT / name).exists()] == []
    # What a wheel brings for a new site is there, too.
    assert "handouts/house" in names
    assert re.search(r"^USER [0-9]+:[0-9]+$", text, re.MULTILINE)


def test_pages_of_yaml_can_be_read() -> None:
    pages = [path for path in FILES if path.suffix in (".yml", ".yaml")]
    assert len(pages) == 3
    for path in pages:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert isinstance(read, dict), path


def test_units_name_what_there_is(tmp_path: Path) -> None:
    units = sorted((DEPLOY / "systemd").iterdir())
    assert len(units) == 3
    for unit in units:
        text = unit.read_text(encoding="utf-8")
        assert "User=leaflets" in text or unit.suffix == ".timer"
        (tmp_path / unit.name).write_text(
            text.replace("/opt/pressroom/.venv/bin/handouts", "/bin/true"), encoding="utf-8"
        )
    done = subprocess.run(
        ["systemd-analyze", "verify", *(tmp_path / unit.name for unit in units)],
        capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_every_library_that_is_installed_stands_with_its_licence() -> None:
    """Those under the GPL are named as such, by what their own metadata says."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    text = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([\w.-]+) \| ([^|]+) \|", text, re.MULTILINE))
    names = set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
    assert names == rows.keys() - {"library", "package"}
    for name in names:
        try:
            said = metadata(name)
        except PackageNotFoundError:
            continue  # It is for another Python.
        classifiers = " ".join(said.get_all("Classifier") or ())
        own = f"{said.get('License-Expression')} {classifiers}"
        assert ("GPL" in own) == ("**GPL" in rows[name]), name
