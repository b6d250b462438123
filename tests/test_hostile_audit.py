"""A build reads and writes in its own places alone, and leaves nothing of the machine behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from pressroom.typeset.fonts import _places, cache_folder

from .conftest import Outcome
from .support import ROOT, make_site
from .test_hostile import CASES, NAMES, base, lay_out

__all__ = ["base"]

#: Cases that reach the typesetter, and try to read or to fetch something.
RENDERED = [
    name for name in NAMES
    if name.startswith(("render-css-", "render-template-", "render-svg-", "svg-cdata"))
    and "limits = true" not in (CASES / name / "expected.toml").read_text(encoding="utf-8")
]  # fmt: skip


def read_only() -> list[Path]:
    """Name the folders that a build may read: the engine, Python and the fonts."""
    return [
        ROOT / "pressroom", ROOT / "templates", ROOT / "styles", ROOT / "tests",
        ROOT / "pipeline.py", ROOT / "pyproject.toml", Path(sys.prefix), Path(sys.base_prefix),
        Path(sysconfig.get_path("purelib")), *_places(),
    ]  # fmt: skip


def test_nothing_is_read_or_written_elsewhere(base: Path, tmp_path: Path) -> None:
    assert len(RENDERED) >= 40
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    sites = []
    for name in RENDERED:
        site, _ = lay_out(name, base, tmp_path / "sites" / name)
        sites.append(str(site.folder))
    done = subprocess.run(
        [sys.executable, "-m", "tests.audit", *sites],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "TMPDIR": str(temporary),
            "ROOTS": os.pathsep.join(str(path.resolve()) for path in read_only()),
            "WRITABLE": os.pathsep.join(
                [str(temporary), str(cache_folder().resolve()), os.environ["PRESSROOM_STORE"]]
            ),
        },
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert sum(line.startswith("built: ") for line in lines) == len(sites)
    assert "\n".join(line for line in lines if not line.startswith("built: ")) == ""


def test_the_audit_hears_what_is_opened_and_started(tmp_path: Path) -> None:
    """The proof above is worth nothing if the hook is deaf."""
    make_site(tmp_path, ("en",))
    program = (
        "import os, socket, subprocess, sys, tests.audit as audit\n"
        "audit.roots, audit.writable, audit.listening = ('/proc',), ('/proc',), True\n"
        "sys.addaudithook(audit.hook)\n"
        f"open({str(tmp_path / 'handouts' / 'clinic.toml')!r}).close()\n"
        f"open({str(tmp_path / 'new')!r}, 'w').close()\n"
        "socket.socket().close()\n"
        "subprocess.run(['true'])\n"
        "print('\\n'.join(audit.found))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for part in ("opened: ", "written: ", "socket.__new__", "subprocess.Popen"):
        assert part in done.stdout


def contents(path: Path) -> bytes:
    """Give a file's bytes; of a PDF every object, with its streams unpacked."""
    if path.suffix != ".pdf":
        return path.read_bytes()
    parts = []
    with pikepdf.open(path) as pdf:
        for thing in [pdf.trailer, *pdf.objects]:
            if isinstance(thing, pikepdf.Stream):
                parts.append(bytes(thing.read_bytes()))
                thing = pikepdf.Dictionary(thing.stream_dict)
            if isinstance(thing, pikepdf.Object):
                parts.append(thing.unparse(resolved=False))
    return b"\n".join(parts)


def test_nothing_of_the_machine_is_left_in_what_is_published(
    tmp_path: Path, command: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_site(tmp_path / "secret-folder", ("en", "es"))
    made.write("styles/site.css", "h1 { background: url(none.png) }\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    # A failure names files, too.
    where = ("--handouts", str(made.handouts), "--out", str(made.out))
    command(
        "build",
        "--locale",
        "es",
        "--quiet",
        *where,
        code=1,
        USER="secret-user",
        LOGNAME="secret-user",
    )
    failed = (made.out / "report.json").read_text(encoding="utf-8")
    made.path("styles/site.css").unlink()
    command("build", "--quiet", *where, USER="secret-user", LOGNAME="secret-user")

    outputs = {path: contents(made.out / path) for path in made.outputs()}
    kinds = {Path(path).suffix for path in outputs}
    assert kinds == {".pdf", ".html", ".json", ".js", ".css", ".png"}
    assert not any(mark in data for data in outputs.values() for mark in (b"tEXt", b"tIME"))
    outputs["report.json of the failure"] = failed.encode()
    secrets = ("secret-folder", "secret-user", str(ROOT), str(Path.home()), os.uname().nodename,
               tempfile.gettempdir() + "/")  # fmt: skip
    for name, data in outputs.items():
        for secret in secrets:
            if len(secret) > 3:
                assert secret.encode() not in data, f"{name} holds {secret}"
                assert secret.encode("utf-16-be") not in data, f"{name} holds {secret}"
        assert not re.search(rb"CreationDate|ModDate|CreateDate|ModifyDate|MetadataDate", data), (
            name
        )
        assert not re.search(rb"D:20\d{6}|20\d\d-\d\d-\d\dT\d\d:", data), name


def test_two_builds_of_the_same_words_are_the_same_bytes(
    tmp_path: Path, command: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the folder, the user and the hour."""
    seen: list[dict[str, bytes]] = []
    for name, zone in (("one", "UTC"), ("another", "Asia/Tokyo")):
        made = make_site(tmp_path / name, ("en",))
        monkeypatch.chdir(made.folder)
        command("build", "--quiet", TZ=zone, USER=name)
        report = json.loads((made.out / "report.json").read_text(encoding="utf-8"))
        assert all(not finding["where"].startswith("/") for one in report["leaflets"]
                   for finding in one["findings"])  # fmt: skip
        outputs = made.outputs()
        del outputs["report.json"]  # It says how many seconds the build took.
        seen.append(outputs)
    assert seen[0] == seen[1]
