"""A build reads and writes in its own places alone, and leaves nothing of the machine behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest

from pressroom.fonts.files import _folders, cache_folder

from .audit import MARK, SYSTEM, below
from .conftest import Outcome
from .strace import CHANGING, OPENING, Call, calls, require_strace, unheard, watched
from .support import ROOT, TODAY, Site, make_site
from .test_hostile import CASES, NAMES, base, lay_out

__all__ = ["base"]

#: Cases that reach the typesetter, and try to read or to fetch something.
RENDERED = [
    name for name in NAMES
    if name.startswith(("render-css-", "render-template-", "render-svg-", "svg-cdata"))
    and "limits = true" not in (CASES / name / "expected.toml").read_text(encoding="utf-8")
]  # fmt: skip
#: Cases that try it before that, and imports.
READ = [
    name for name in NAMES
    if name.endswith(("link-out", "path", "external-entity", "image-file", "image-http", "device"))
    or name.startswith(("import-", "link-image-", "out-"))
]  # fmt: skip
BUILD = ["build", "sore-throat", "--locale=en"]


def read_only() -> list[str]:
    """Name the folders that a build may read: the engine, Python and the fonts."""
    own = [ROOT / name for name in (".venv", "pressroom", "templates", "styles", "tests")]
    own += [ROOT / "pipeline.py", ROOT / "pyproject.toml", Path(sys.prefix), Path(sys.base_prefix)]
    own += [Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("platlib")), *_folders()]
    # Both as they are called and where they lie.
    return [*map(str, own), *(str(path.resolve()) for path in own)]


def writable(temporary: Path) -> list[str]:
    """Name the folders beside the output that a build may write into."""
    temporary.mkdir()
    return [str(temporary), str(cache_folder().resolve()), os.environ["PRESSROOM_STORE"]]


def test_nothing_is_read_or_written_elsewhere(base: Path, tmp_path: Path) -> None:
    """Asked of Python and, where a program may be watched, of the kernel."""
    assert len(RENDERED) >= 40
    assert len(READ) >= 40
    others = writable(tmp_path / "temporary")
    tasks, log = [], tmp_path / "log"
    for name in sorted({*RENDERED, *READ}):
        site, expected = lay_out(name, base, tmp_path / "sites" / name)
        command = BUILD if name in RENDERED else expected.get("command", ["check"])
        tasks.append(json.dumps([str(site.folder), *command]))
    heard = not unheard()
    done = subprocess.run(
        [*(watched(log) if heard else ()), sys.executable, "-m", "tests.audit", *tasks],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": others[0],
            "ROOTS": os.pathsep.join(read_only()),
            "WRITABLE": os.pathsep.join(others),
        },
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert sum(line.startswith("done: ") for line in lines) == len(tasks)
    assert "\n".join(line for line in lines if not line.startswith("done: ")) == ""
    if heard:
        sites, odd = by_site(log, read_only(), others)
        assert sites == len(tasks)
        assert "\n".join(sorted(odd)) == ""


def by_site(log: Path, roots: list[str], others: list[str]) -> tuple[int, set[str]]:
    """Count the sites of a trace. Give what was done outside of each, between its marks."""
    sites, odd, here = 0, set[str](), ""
    for call in calls(log, ROOT):
        if call.text.startswith("openat(AT_FDCWD<") and f'"{MARK}' in call.text:
            here = call.paths[0].removeprefix(MARK.rstrip("/"))
            sites += bool(here)
        elif here:
            own = [*others, f"{here}/dist", f"{here}/dist-north"]
            odd.update(outside(call, [*roots, f"{here}/handouts"], own))
    # An import lists this folder anew, once a test beside this one has put something there.
    return sites, odd - {f"openat reads {ROOT}"}


def outside(call: Call, roots: list[str], writable: list[str]) -> Iterator[str]:
    """Yield what a call does outside of the folders that it may read, and may write into."""
    if call.name not in (*OPENING, *CHANGING):
        yield call.text[:300]
    for path in call.paths:
        real = path if path.startswith("/proc/") else os.path.realpath(path)
        for one in (path, real):
            if call.writes:
                if not below(one, (*writable, "/dev/null")):
                    yield f"{call.name} writes {one}"
            elif not below(one, (*SYSTEM, *writable, *roots)):
                yield f"{call.name} reads {one}"


def test_a_build_as_people_run_it_starts_and_reaches_nothing(base: Path, tmp_path: Path) -> None:
    """With its workers, and from its first moment: the kernel alone can tell that."""
    require_strace()
    site = Site(tmp_path / "site")
    shutil.copytree(base, site.handouts)
    site.write(
        "styles/site.css",
        "h1 { background: url(file:///etc/passwd) } h2 { background: url(http://a.example/b.png) }",
    )
    others = writable(tmp_path / "temporary")
    log = tmp_path / "log"
    done = subprocess.run(
        [*watched(log), sys.executable, str(ROOT / "pipeline.py"), "build", "--jobs=2",
         f"--today={TODAY.isoformat()}"],
        cwd=site.folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": others[0]},
    )  # fmt: skip
    assert done.returncode == 1
    assert "…/passwd: this file lies outside of the site's styles" in done.stderr
    start, *rest = calls(log, site.folder)
    assert start.name == "execve"
    assert len({call.pid for call in rest}) > 2, "there were no workers"
    # Semaphores of the pool of workers; where the interpreter looks for its own settings.
    own = [*others, str(site.out), "/dev/shm"]
    roots = [*read_only(), str(site.folder), str(ROOT), *interpreter()]
    odd = {what for call in rest for what in outside(call, roots, own)}
    # From 3.13, Python lists the folders above a package of data files (those of Pyphen).
    odd -= {f"openat reads {folder}" for folder in Path(sysconfig.get_path("purelib")).parents}
    assert "\n".join(odd) == ""


def interpreter() -> list[str]:
    """Name the file that tells a virtual environment, wherever its Python looks for it."""
    return [str(Path(sys.executable).parent), "/etc/python3", str(Path(sys.prefix) / "pyvenv.cfg")]


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


def test_the_kernel_hears_what_is_opened_changed_and_started(tmp_path: Path) -> None:
    """The trace is worth nothing if it is deaf, or read wrongly."""
    require_strace()
    program = """if True:
        import os, socket, sqlite3, subprocess, threading
        here = os.open(".", os.O_RDONLY)
        os.mkdir("a b")
        os.chdir("a b")
        open('q"\\n\\u0631', "w").close()
        os.rename('q"\\n\\u0631', "new")
        os.close(os.open("seen", os.O_CREAT | os.O_RDWR, dir_fd=here))
        sqlite3.connect("by-sqlite").execute("create table t (a)")
        threading.Thread(target=lambda: open("/etc/passwd").close()).start()
        socket.socket().close()
        subprocess.run(["true"])
    """
    log = tmp_path / "log"
    words = [*watched(log), sys.executable, "-c", program]
    subprocess.run(words, cwd=tmp_path, check=True, timeout=60)
    heard = list(calls(log, tmp_path))
    folder = tmp_path / "a b"
    for name, path in (
        ("mkdir", folder), ("openat", folder / 'q"\nر'), ("rename", folder / "new"),
        ("openat", tmp_path / "seen"), ("openat", folder / "by-sqlite"),
    ):  # fmt: skip
        found = [call for call in heard if call.name == name and str(path) in call.paths]
        assert found, (name, path)
        assert all(call.writes for call in found)
        assert all(list(outside(call, [str(tmp_path)], [])) for call in found)
        assert not any(list(outside(call, [], [str(tmp_path)])) for call in found)
    assert any("/etc/passwd" in call.paths and not call.writes for call in heard)
    said = [what for call in heard for what in outside(call, ["/"], [str(tmp_path)])]
    assert any(what.startswith("socket(AF_INET") for what in said)
    assert sum(what.startswith("execve(") for what in said) >= 2


def contents(path: Path) -> bytes:
    """Return a file's bytes; of a PDF every object, with its streams unpacked."""
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
