"""The wheel, installed in a clean environment, starts a site and builds it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

from .support import ROOT, SHIPPED


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command that has to succeed, without the paths of this checkout."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST", "PIP_"))}
    done = subprocess.run(
        [str(one) for one in command], cwd=cwd, env={**kept, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_builds_a_starter_site_in_an_empty_folder(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    run(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", wheels, ROOT,
        cwd=tmp_path,
    )  # fmt: skip
    (wheel,) = wheels.iterdir()
    assert wheel.name.startswith("pressroom-")
    assert wheel.name.endswith("-py3-none-any.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "pressroom/pipeline.py", "pressroom/templates/leaflet.html", "pressroom/styles/page.css",
        "pressroom/templates/rack.js", "pressroom/styles/rack.css",
        "pressroom/content/rack_words.toml",
        "pressroom/starter/house/policy.toml", "pressroom/fonts/scripts.toml",
        "pressroom/core/locales.toml",
    } <= names  # fmt: skip
    # Drafts of the house words and of the rack's come with it, and no catalogue of a topic.
    drafts = {
        f"pressroom/starter/locales/{path.parent.name}/{path.name}"
        for name in ("house.po", "rack.po")
        for path in SHIPPED.glob(f"locales/*/{name}")
    }
    assert len(drafts) >= 80
    assert {name for name in names if name.startswith("pressroom/starter/locales")} == drafts
    # A root module `pipeline` would be shadowed by another distribution's.
    assert {name.split("/")[0] for name in names} == {
        "pressroom", next(n.split("/")[0] for n in names if ".dist-info/" in n),
    }  # fmt: skip

    clean = tmp_path / "clean"
    run(sys.executable, "-m", "venv", "--without-pip", clean, cwd=tmp_path)
    paths = {"base": str(clean), "platbase": str(clean)}
    site_packages = Path(sysconfig.get_path("purelib", vars=paths))
    site_packages.mkdir(parents=True, exist_ok=True)
    python = Path(sysconfig.get_path("scripts", vars=paths)) / "python"
    run(
        sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps",
        "--no-index", "--disable-pip-version-check", wheel, cwd=tmp_path,
    )  # fmt: skip
    # The locked dependencies are those of this environment: nothing is downloaded.
    (site_packages / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n")

    empty = tmp_path / "empty"
    empty.mkdir()
    handouts = python.parent / "handouts"
    where = run(python, "-c", "import pressroom; print(pressroom.__file__)", cwd=empty)
    assert Path(where.strip()).is_relative_to(clean)
    assert "ar/house.po" in run(handouts, "new", "--site", ".", "--locale", "ar", cwd=empty)
    said = run(handouts, "build", "--today", "2026-12-01", "--jobs", "1", cwd=empty)
    assert "1 built, 1 withheld in " in said
    if not (empty / "dist" / "en" / "first-topic.standard.draft.pdf").is_file():
        raise AssertionError(sorted(empty.rglob("*")))
    again = run(python, "-m", "pressroom", "build", cwd=empty, SOURCE_DATE_EPOCH="1796083200")
    assert again.startswith("1 unchanged, 1 withheld in ")
