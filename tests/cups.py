"""A CUPS of the test's own: one `cupsd` on a socket, with a printer that keeps what it is given."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from .support import PATIENCE_SECONDS, until

#: What cupsd's own programs need, wherever a distribution has put them.
DAEMONS = next(
    (p for p in map(Path, ("/usr/lib/cups/daemon", "/usr/libexec/cups/daemon")) if p.is_dir()),
    Path("/usr/lib/cups/daemon"),
)

CUPSD = """\
Listen {folder}/socket
WebInterface No
Browsing No
DefaultAuthType None
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""

FILES = """\
ServerRoot {folder}
ServerBin {folder}/bin
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/state
TempDir {folder}/spool
AccessLog {folder}/log/access
ErrorLog {folder}/log/error
PageLog {folder}/log/page
FileDevice Yes
SystemGroup {group}
"""

#: A backend that keeps what it is given: job, user, title, copies, options, and a file.
BACKEND = """\
#!/bin/sh
[ $# -eq 0 ] && exit 0
to=${DEVICE_URI#keep:}
if [ -n "$6" ]; then cat "$6"; else cat; fi > "$to/$1.part"
printf '%s\\n' "$3" "$4" "$5" > "$to/$1.options"
mv "$to/$1.part" "$to/$1.pdf"
"""


@dataclass(frozen=True)
class Cups:
    """A running CUPS without a printer."""

    folder: Path

    def ask(self, *arguments: str) -> str:
        """Run one of its commands."""
        done = subprocess.run(
            arguments, capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS,
            env={**os.environ, "CUPS_SERVER": str(self.folder / "socket"), "LC_ALL": "C"},
        )  # fmt: skip
        return done.stdout

    def add(self, name: str) -> None:
        """Add a printer that keeps what it is given."""
        (self.folder / "out" / name).mkdir(exist_ok=True)
        self.ask("lpadmin", "-p", name, "-E", "-v", f"keep:{self.folder}/out/{name}")

    def arrived(self, job: str) -> tuple[bytes, list[str]]:
        """Wait for a job. Give what came of it: the file; title, copies and options."""
        printer, _, number = job.rpartition("-")
        path = self.folder / "out" / printer / f"{number}.pdf"
        try:
            until(path.is_file)
        except AssertionError:
            pytest.fail((self.folder / "log/error").read_text(errors="replace")[-4000:])
        said = path.with_suffix(".options").read_text(encoding="utf-8")
        return path.read_bytes(), said.splitlines()

    def answers(self) -> bool:
        """Return whether it is there: a socket may be, before anybody listens to it."""
        return "scheduler is running" in self.ask("lpstat", "-r")


@contextmanager
def running_cups() -> Iterator[Cups]:
    """Start a CUPS, and end it."""
    program = shutil.which("cupsd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if program is None:
        pytest.fail("there is no cupsd: run 'make setup'")
    # The path of a socket has to be short, and the printer's own user has to reach it.
    folder = Path(tempfile.mkdtemp(prefix="cups-"))
    folder.chmod(0o755)
    for name in ("bin/backend", "bin/filter", "spool", "cache", "state", "log", "out"):
        (folder / name).mkdir(parents=True)
    (folder / "bin/daemon").symlink_to(DAEMONS)
    backend = folder / "bin/backend/keep"
    backend.write_text(BACKEND, encoding="utf-8")
    backend.chmod(0o700)
    import grp

    group = grp.getgrgid(os.getgid()).gr_name
    for name, text in (("cupsd.conf", CUPSD), ("cups-files.conf", FILES)):
        filled = text.format(folder=folder, group=group)
        (folder / name).write_text(filled, encoding="utf-8")
    server = subprocess.Popen(
        [program, "-f", "-c", folder / "cupsd.conf", "-s", folder / "cups-files.conf"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        started = Cups(folder)
        until((folder / "socket").exists, server)
        until(started.answers, server)
        yield started
    finally:
        server.terminate()
        server.wait(PATIENCE_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)
