"""Measure batches against Pressroom's peers, in one run, in turns; write RESULTS.md.

make bench                  some 12 minutes on two cores; they should have nothing else to do
make bench ARGS=--quick     small, to see that it works; writes nothing
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pressroom.fonts.files import font_files
from tests.support import ROOT, Site

from . import results, sites, typst_words
from .measure import BenchmarkError, Run, measure, medians
from .sites import TODAY

PYTHON = sys.executable
#: Where `make bench` installs the peers that are not among our own dependencies.
PEERS = ROOT / "build" / "bench" / "bin"
RESULTS = Path(__file__).resolve().parent.parent / "RESULTS.md"
IMPORTS = {"PYTHONPATH": str(ROOT)}
EDITED = "Pressroom, one message edited"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    topics: int
    #: Pages that WeasyPrint's command sets, one process each.
    one_by_one: int
    rounds: int
    small: int
    looks: int
    renders: int


WHOLE = Size(topics=25, one_by_one=12, rounds=3, small=10_000, looks=7, renders=2000)
QUICK = Size(topics=2, one_by_one=4, rounds=1, small=100, looks=3, renders=40)


@dataclass(slots=True)
class Bench:
    """A run of everything, and what came of it."""

    size: Size
    folder: Path
    runs: dict[str, list[Run]] = field(default_factory=lambda: defaultdict(list))
    missing: dict[str, str] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)
    targets: list[results.Target] = field(default_factory=list)

    def say(self, what: str) -> None:
        """Show how far it is."""
        print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)

    def in_turns(self, rounds: int, works: Mapping[str, Callable[[], Run]]) -> None:
        """Do all works, then all again; what fails is missing, and says why."""
        for number in range(rounds):
            for name, work in works.items():
                if name in self.missing:
                    continue
                self.say(f"{name}, {number + 1} of {rounds}")
                try:
                    self.runs[name].append(work())
                except (BenchmarkError, OSError) as problem:
                    self.missing[name] = str(problem).strip().split("\n")[-1]

    def wall(self, name: str) -> float:
        """Return the median wall time of a work, in seconds; not a number where it is missing."""
        return medians(self.runs[name]).wall_s if self.runs.get(name) else float("nan")


def handouts(site: Site, *arguments: str) -> list[str | Path]:
    """Return the command that builds a site."""
    return [PYTHON, ROOT / "pipeline.py", "build", "--quiet", "--today", TODAY,
            "--store", site.folder / "store", *arguments]  # fmt: skip


def aside(site: Site, how: str) -> list[str | Path]:
    """Return the command that builds a site without its preflight, or without its pages."""
    _, _, *rest = handouts(site)
    return [PYTHON, "-m", "benchmarks.batch.ours", how, *rest]


def clear(site: Site, store: bool = True) -> None:
    """Forget what was built, and what was kept."""
    shutil.rmtree(site.out, ignore_errors=True)
    if store:
        shutil.rmtree(site.folder / "store", ignore_errors=True)


# Cold batches


def cold(bench: Bench) -> None:
    """Measure whole batches from nothing, and one from the store."""
    site = sites.large_site(bench.folder / "large", bench.size.topics)
    pages = bench.folder / "pages"
    leaflets = sites.write_pages(site, pages)
    count = len(leaflets)
    (pages / "fonts").mkdir()
    for leaflet in leaflets:
        name = f"{leaflet.topic.id}.{leaflet.locale.code}.typ"
        (pages / name).write_text(typst_words.write(leaflet), encoding="utf-8")
    for name, path in font_files().items():
        (pages / "fonts" / name).symlink_to(path)
    one_by_one = sites.sample(pages, bench.size.one_by_one)

    def ours(command: list[str | Path], store: bool = True) -> Run:
        clear(site, store)
        return measure(command, site.folder, IMPORTS)

    def peer(name: str, python: Path | str = PYTHON, only: str = "") -> Run:
        out = bench.folder / f"out-{name}"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        command = [python, "-m", "benchmarks.batch.peers", name, pages, out]
        return measure(command, ROOT, IMPORTS, only)

    def command() -> Run:
        out = bench.folder / "out-command"
        out.mkdir(exist_ok=True)
        program = Path(PYTHON).with_name("weasyprint")
        each = [
            measure([program, "--quiet", "--pdf-variant", "pdf/ua-1", page, out / "page.pdf"], ROOT)
            for page in one_by_one
        ]
        scale = count / len(each)
        return Run(
            sum(run.wall_s for run in each) * scale,
            sum(run.cpu_s for run in each) * scale,
            max(run.peak_mb for run in each),
        )

    works: dict[str, Callable[[], Run]] = {
        "Pressroom": lambda: ours(handouts(site)),
        "Pressroom, from its store": lambda: ours(handouts(site), store=False),
        "Pressroom, without preflight": lambda: ours(aside(site, "unjudged")),
        "WeasyPrint's command, once a file": command,
        "WeasyPrint, a plain loop": lambda: peer("loop"),
        "Chromium kept warm, 2 pages": lambda: peer("chromium", only="chromium"),
        "typst, 2 workers": lambda: peer("typst", PEERS / "python"),
    }
    bench.in_turns(bench.size.rounds, works)
    _tell_cold(bench, site, count)


def _tell_cold(bench: Bench, site: Site, count: int) -> None:
    ours = bench.wall("Pressroom")
    alone = bench.wall("Pressroom, without preflight")
    rows = []
    for name, runs in bench.runs.items():
        run = medians(runs)
        rows.append((
            name, f"{run.wall_s * 1000 / count:.0f}", f"{run.cpu_s * 1000 / count:.0f}",
            f"{run.peak_mb:.0f}", f"{run.wall_s / ours:.2f}", f"{run.wall_s / alone:.2f}",
        ))  # fmt: skip
    head = ("tool", "wall ms a leaflet", "CPU ms a leaflet", "peak MB", "against Pressroom",
            "against it without preflight")  # fmt: skip
    bench.parts.append(
        f"## A batch of {count} leaflets\n\n"
        f"{len(sites.LOCALES)} locales ({', '.join(sites.LOCALES)}), the shipped topics under "
        f"{bench.size.topics} names. Pressroom fits the type size to the pages (2.5 layouts a "
        "leaflet on the mean), makes pictures and web pages, judges and publishes; all others set "
        "the same words once at 12 pt, and judge nothing. typst gets the same words with a plain "
        f"layout, and its own line breaking. The command's time is that of {bench.size.one_by_one} "
        f"files, scaled. Medians of {bench.size.rounds} rounds.\n\n{results.table(head, rows)}"
    )

    def against(name: str) -> tuple[float, float]:
        return bench.wall(name) / ours, bench.wall(name) / alone

    command = against("WeasyPrint's command, once a file")
    chrome = against("Chromium kept warm, 2 pages")
    typst = bench.wall("typst, 2 workers")
    bench.targets += [
        results.at_least("times faster than WeasyPrint's command, once a file", 9, command[0]),
        results.at_least("the same, without preflight", 13, command[1]),
        results.at_least("times faster than Chromium kept warm", 1.7, chrome[0]),
        results.at_least("the same, without preflight", 2.4, chrome[1]),
        results.at_most("times as long as typst", 8, ours / typst),
        results.at_most("the same, without preflight", 5, alone / typst),
        results.at_least(
            "times faster from the store than cold", 30,
            ours / bench.wall("Pressroom, from its store"),
        ),
    ]  # fmt: skip
    if runs := bench.runs.get("Chromium kept warm, 2 pages"):
        share = medians(bench.runs["Pressroom"]).peak_mb / medians(runs).peak_mb
        bench.targets.append(results.at_most("share of Chromium's memory", 0.2, share))
    mine = [path.stat().st_size for path in site.out.glob("zh-Hans/*.standard*.pdf")]
    theirs = [path.stat().st_size for path in (bench.folder / "out-loop").glob("*.zh-Hans.pdf")]
    if mine and theirs:
        share = (sum(mine) / len(mine)) / (sum(theirs) / len(theirs))
        bench.targets.append(
            results.at_most("size of a Chinese leaflet against plain WeasyPrint", 1 / 3, share)
        )
        bench.parts.append(
            f"A Chinese leaflet has {sum(mine) / len(mine) / 1024:.0f} kB on the mean; plain "
            f"WeasyPrint makes it {sum(theirs) / len(theirs) / 1024:.0f} kB."
        )


# Nothing to do


def idle(bench: Bench) -> None:
    """Measure builds with nothing, or next to nothing, to do."""
    count = bench.size.small
    site = sites.small_site(bench.folder / "small", count)
    bench.say(f"{count} small leaflets, without their pages")
    first = measure(aside(site, "unset"), site.folder, IMPORTS)
    others = bench.folder / "others"
    _write_others(others, count)
    looks = {
        "Pressroom, nothing to do": lambda: measure(handouts(site), site.folder),
        "ninja, nothing to do": lambda: measure([PEERS / "ninja", "--quiet"], others),
        "doit, nothing to do": lambda: measure([PEERS / "doit", "--verbosity", "0"], others),
    }
    for name, look in looks.items():
        try:
            look()  # Once to make all, or to see that all is made.
        except (BenchmarkError, OSError) as problem:
            bench.missing[name] = str(problem)
    states = json.loads((site.out / "report.json").read_text(encoding="utf-8"))["summary"]
    assert states["unchanged"] == count, states
    alone = sites.small_site(bench.folder / "alone", len(sites.SMALL_LOCALES))
    measure(handouts(alone), alone.folder)
    edits = {
        EDITED: lambda: _edited(site),
        f"the same, of {len(sites.SMALL_LOCALES)} leaflets": lambda: _edited(alone),
    }
    for edit in edits.values():
        edit()  # The first one sets the leaflets of its topic in the place of their stand-ins.
    bench.in_turns(bench.size.looks, {**looks, **edits})
    rows = [
        (name, f"{run.wall_s * 1000:.0f}", f"{run.cpu_s * 1000:.0f}", f"{run.peak_mb:.0f}")
        for name in (*looks, *edits)
        if bench.runs.get(name)
        for run in [medians(bench.runs[name])]
    ]
    bench.parts.append(
        f"## {count} leaflets, nothing or little to do\n\n"
        "As many sources and outputs for ninja and doit. The edited message is one of one "
        "leaflet, to words that were never set: a process that has to load the typesetter sets "
        "and judges it. "
        f"Medians of {bench.size.looks} rounds. The first build, with stand-ins for the pages, "
        f"took {first.wall_s:.0f} s and {first.peak_mb:.0f} MB.\n\n"
        f"{results.table(('tool', 'wall ms', 'CPU ms', 'peak MB'), rows)}"
    )
    idle_s = bench.wall("Pressroom, nothing to do")
    bench.targets += [
        results.at_most("seconds with nothing to do", 0.3, idle_s),
        results.at_most("times ninja's time", 6, idle_s / bench.wall("ninja, nothing to do")),
        results.at_least("times faster than doit", 1, bench.wall("doit, nothing to do") / idle_s),
        results.at_most(
            "one message edited: times as long as the same edit among 5 leaflets", 1.6,
            bench.wall(EDITED) / bench.wall(list(edits)[-1]),
        ),
    ]  # fmt: skip


def _edited(site: Site) -> Run:
    """Build a site in which a message of one leaflet says what it never said before."""
    catalogue = site.path("locales/es/topic-00000.po")
    words = catalogue.read_text(encoding="utf-8")
    fresh = "".join("abcdefghij"[int(digit)] for digit in str(time.time_ns()))
    pattern = r'msgstr "Descanse y beba [^"]*"'
    words, changed = re.subn(pattern, f'msgstr "Descanse y beba {fresh}."', words)
    assert changed == 1, words
    catalogue.write_text(words, encoding="utf-8")
    return measure(handouts(site), site.folder)


def _write_others(folder: Path, count: int) -> None:
    """Write as many sources, and what tells ninja and doit to copy each."""
    (folder / "sources").mkdir(parents=True)
    rules = ["rule copy", "  command = cp $in $out"]
    for number in range(count):
        (folder / "sources" / f"{number}.txt").write_text(f"{number}\n")
        rules.append(f"build outputs/{number}.txt: copy sources/{number}.txt")
    (folder / "build.ninja").write_text("\n".join(rules) + "\n")
    (folder / "dodo.py").write_text(
        "import shutil\nfrom pathlib import Path\n\nPath('made').mkdir(exist_ok=True)\n\n\n"
        "def task_copy():\n"
        f"    for number in range({count}):\n"
        "        source, target = f'sources/{number}.txt', f'made/{number}.txt'\n"
        "        yield {'name': str(number), 'file_dep': [source], 'targets': [target],\n"
        "               'actions': [(shutil.copyfile, [source, target])]}\n"
    )


# Memory


def memory(bench: Bench) -> None:
    """Watch one worker over many renders."""
    bench.say(f"{bench.size.renders} renders in one worker")
    said = bench.folder / "renders.txt"
    command = f'exec "{PYTHON}" -m benchmarks.batch.ours renders {bench.size.renders} > "{said}"'
    measure(["sh", "-c", command], ROOT, IMPORTS)
    seen = [line.split() for line in said.read_text().splitlines()]
    held = [float(megabytes) for _, megabytes in seen]
    late = held[len(held) // 4 :]
    bench.parts.append(
        f"## One worker over {bench.size.renders} renders\n\n"
        f"Memory after {', '.join(f'{n}: {mb} MB' for n, mb in seen[:: max(1, len(seen) // 5)])}."
    )
    bench.targets.append(
        results.at_most(
            "growth of memory after a quarter of the renders", 1.05, max(late) / late[0]
        )
    )


def main() -> None:
    """Measure all, and write the page."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small, and without RESULTS.md")
    parser.add_argument("--only", choices=["cold", "idle", "memory"], help="one part alone")
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="pressroom-bench-") as folder:
        bench = Bench(QUICK if chosen.quick else WHOLE, Path(folder))
        for name, part in {"cold": cold, "idle": idle, "memory": memory}.items():
            if chosen.only in (None, name):
                try:
                    part(bench)
                except BenchmarkError as problem:
                    bench.missing[name] = str(problem).strip().split("\n")[-1]
    text = _page(bench)
    print(text)
    if not (chosen.quick or chosen.only):
        RESULTS.write_text(text, encoding="utf-8")


def _page(bench: Bench) -> str:
    targets = results.table(
        ("target", "wanted", "measured", "met"), [target.row for target in bench.targets]
    )
    missing = "".join(f"\n- {name}: {why}" for name, why in bench.missing.items())
    parts = [
        "# Results of `make bench`",
        f"{results.machine()}. All in one run, in turns. Machines drift: trust the ratios.",
        f"## Targets\n\n{targets}",
        *bench.parts,
        *([f"## What could not be measured\n{missing}"] if missing else []),
    ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
