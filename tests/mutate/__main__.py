"""Make each slip in a copy of the checkout, and run the tests that should notice: `make mutate`.

`python -m tests.mutate [-j JOBS] [WORD]…` tries only mutants whose name has one of the words.
First the tests run without any slip, since one that fails anyway notices nothing. The run ends
with 1 where nobody notices a mutant that gives no reason, or somebody one that does.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support import ROOT

from .table import Mutant, mutants

#: Seconds after which tests that still run have noticed: the slip lets them hang.
PATIENCE_SECONDS = 600
#: What of the checkout no test reads.
_LEFT_OUT = {".git", ".venv", "build", "dist", ".hypothesis", ".mypy_cache", ".ruff_cache"}


class Bench:
    """A copy of the checkout, in which one mutant after another is tried."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "checkout"
        shutil.copytree(
            ROOT,
            self.root,
            symlinks=True,
            ignore=lambda here, names: _LEFT_OUT & set(names) if Path(here) == ROOT else (),
        )
        (self.root / ".venv").symlink_to(ROOT / ".venv")

    def make(self, mutant: Mutant) -> None:
        """Put the slip of a mutant into its module."""
        module = self.root / "pressroom" / mutant.module
        source = mutant.source(self.root)
        shutil.copy2(module, self.folder / "whole")
        module.write_text(source, encoding="utf-8")

    def mend(self, mutant: Mutant) -> None:
        """Put the module of a mutant back, with its time: Python keeps what it compiled by that."""
        shutil.copy2(self.folder / "whole", self.root / "pressroom" / mutant.module)

    def begin(self, tests: Iterable[str], jobs: int = 0) -> subprocess.Popen[bytes]:
        """Run tests in the copy, in a process group of their own, until one fails."""
        with (self.folder / "said").open("wb") as said:
            return subprocess.Popen(
                [
                    sys.executable, "-m", "pytest", "-x", "-q", "-n", str(jobs),
                    "-p", "no:cacheprovider", f"--basetemp={self.folder / 'tmp'}",
                    *(f"tests/{test}" for test in tests),
                ],
                cwd=self.root, stdout=said, stderr=subprocess.STDOUT, process_group=0,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return (self.folder / "said").read_text(encoding="utf-8", errors="replace")


@dataclass
class Trial:
    """A mutant that is being tried."""

    mutant: Mutant
    bench: Bench
    running: subprocess.Popen[bytes]
    started: float

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def verdict(self) -> str:
        """Return who noticed; `NOBODY`, or `BROKEN` where the tests did not run."""
        if self.running.returncode == 0:
            return "NOBODY"
        if self.running.returncode != 1:
            return f"BROKEN: pytest ended with {self.running.returncode}"
        found = re.search(r"^(?:FAILED|ERROR) \S*?::(.*?)(?: - |$)", self.bench.said, re.MULTILINE)
        return found[1] if found else "BROKEN: no test failed"


def _end(running: subprocess.Popen[bytes]) -> None:
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def attempt(chosen: Sequence[Mutant], benches: list[Bench]) -> Iterator[tuple[Mutant, str, float]]:
    """Try mutants, one on each bench at a time; yield each, who noticed, and the seconds."""
    waiting = list(reversed(chosen))
    trials: list[Trial] = []
    free = list(benches)
    try:
        while waiting or trials:
            while waiting and free:
                mutant, bench = waiting.pop(), free.pop()
                bench.make(mutant)
                trials.append(Trial(mutant, bench, bench.begin(mutant.tests), time.monotonic()))
            time.sleep(0.1)
            for trial in list(trials):
                hangs = trial.seconds > PATIENCE_SECONDS
                if trial.running.poll() is None and not hangs:
                    continue
                _end(trial.running)
                trials.remove(trial)
                said = f"nothing ends after {PATIENCE_SECONDS} s" if hangs else trial.verdict()
                trial.bench.mend(trial.mutant)
                free.append(trial.bench)
                yield trial.mutant, said, trial.seconds
    finally:
        for trial in trials:
            _end(trial.running)


def tests_of(chosen: Iterable[Mutant]) -> list[str]:
    """Return the tests of mutants, each once: no function of a file that runs as a whole."""
    every = dict.fromkeys(test for mutant in chosen for test in mutant.tests)
    return [test for test in every if "::" not in test or test.partition("::")[0] not in every]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutate")
    parser.add_argument("words", nargs="*", help="Only mutants whose name has one of these.")
    parser.add_argument("-j", "--jobs", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # So that nothing goes on running.
    words = options.words or [""]
    chosen = [one for one in mutants() if any(word in one.name for word in words)]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pressroom-mutate-") as folder:
        benches = [Bench(Path(folder) / str(number)) for number in range(options.jobs)]
        plain = benches[0].begin(tests_of(chosen), options.jobs)
        try:
            plain.wait()
        finally:
            _end(plain)
        if plain.returncode:
            print(benches[0].said, "These tests fail without any slip.", sep="\n")
            return 1
        print(f"All tests pass without a slip ({time.monotonic() - started:.0f} s).", flush=True)
        tried: Counter[str] = Counter()
        noticed: Counter[str] = Counter()
        wrong, left = [], []
        for mutant, said, seconds in attempt(chosen, benches):
            print(f"{mutant.name} -> {said} ({seconds:.0f} s)", flush=True)
            nobody = said == "NOBODY"
            tried[mutant.room] += 1
            noticed[mutant.room] += not nobody and not said.startswith("BROKEN")
            if nobody and mutant.reason:
                left.append(f"{mutant.name}: {mutant.reason}")
            elif nobody or said.startswith("BROKEN") or mutant.reason:
                wrong.append(f"{mutant.name} -> {said}")
    print()
    for room, count in tried.items():
        print(f"{room}: {noticed[room]} of {count}")
    print(f"{noticed.total()} of {tried.total()} noticed, {time.monotonic() - started:.0f} s")
    for title, lines in (("Nobody can notice:", left), ("Not as they should be:", wrong)):
        print("\n".join([title, *lines]) if lines else "", end="\n" if lines else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
