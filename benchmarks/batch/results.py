"""Write what was measured as a page: figures and targets -> Markdown."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pressroom.build.workers import processors


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio that is aimed at."""

    what: str
    wanted: str
    got: float
    met: bool

    @property
    def row(self) -> tuple[str, ...]:
        """Return its row of the table."""
        return (self.what, self.wanted, f"{self.got:.2f}", "yes" if self.met else "**no**")


def at_least(what: str, wanted: float, got: float) -> Target:
    """Aim at a ratio of at least this."""
    return Target(what, f"at least {wanted:g}", got, got >= wanted)


def at_most(what: str, wanted: float, got: float) -> Target:
    """Aim at a ratio of at most this."""
    return Target(what, f"at most {wanted:.3g}", got, got <= wanted)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; all columns but the first are figures."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> str:
    """Describe the machine, without its name."""
    cpu = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.is_file() and (found := re.search(r"model name\s*: (.+)", info.read_text())):
        cpu = found[1]
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    gigabytes = round(int(memory[1]) / 1024 / 1024) if memory else 0
    release = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    cores = processors()
    used = ", ".join(f"{name} {version(name)}" for name in ("weasyprint", "pypdf", "pikepdf"))
    return (
        f"{cpu}, {cores} cores, {gigabytes} GB; {release}, Python {platform.python_version()}; "
        f"{used}"
    )
