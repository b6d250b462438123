"""What the documentation says to type exists, and CI types it too."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import click
import pytest

import pipeline

from .support import ROOT
from .test_imports import DISTRIBUTIONS, HOMES, MODULES, ROOMS, imports

PAGES = sorted(
    path
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("**/*.md")]
    if path.is_file()
)
#: Of the contract, still to come: the documentation may not show these.
COMMAND = re.compile(
    r"(?:^|[`(\s])(?:\.venv/bin/)?(?:handouts|python pipeline\.py|python -m pressroom) ([^`\n|]+)"
)


def examples() -> list[tuple[str, int, str]]:
    """Find the commands shown in code: page, line, what stands behind `handouts`."""
    found = []
    for path in PAGES:
        fenced = False
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if line.startswith("```"):
                fenced = not fenced
                continue
            code = [line] if fenced or line.startswith("    ") else re.findall(r"`([^`]+)`", line)
            for part in code:
                for match in COMMAND.finditer(part):
                    found.append((path.relative_to(ROOT).as_posix(), number, match.group(1)))
    return found


EXAMPLES = examples()


def targets(path: Path) -> set[str]:
    return set(re.findall(r"^([a-z-]+):", path.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_two_commands_of_the_readme_are_those_that_ci_runs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    shown = set(re.findall(r"^\s*(make [a-z]+)", readme, re.MULTILINE))
    shown |= set(re.findall(r"`(make [a-z]+)`", readme))
    assert {"make leaflets", "make test"} <= shown
    run = {line.strip() for line in ci.split("\n") if line.startswith("make ")}
    assert {"make leaflets", "make test", "make lint"} <= run
    assert {command.split()[1] for command in shown | run} <= targets(ROOT / "Makefile")


def test_examples_were_found() -> None:
    assert {page for page, _, _ in EXAMPLES} >= {"CONTRIBUTING.md"}
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize(
    ("page", "line", "text"), EXAMPLES, ids=[f"{p}:{n} {t[:30]}" for p, n, t in EXAMPLES]
)
def test_every_command_shown_exists(page: str, line: int, text: str) -> None:
    text = text.split(" #")[0].replace("…", " ").rstrip(".,;:)")
    words = [word for word in shlex.split(text, posix=True) if word not in ("|", "&&")]
    command: click.Command = pipeline.handouts
    for word in words:
        if word.startswith("-"):
            name = word.split("=")[0]
            known = {option for p in command.params for option in p.opts} | {"--help", "-h"}
            known |= {option for p in pipeline.handouts.params for option in p.opts}
            assert name in known, f"{page}:{line}: '{name}' is no option of '{command.name}'"
        elif isinstance(command, click.Group) and re.fullmatch(r"[a-z]+", word):
            assert word in command.commands, f"{page}:{line}: there is no command '{word}'"
            command = command.commands[word]


def test_links_inside_the_repository_lead_somewhere() -> None:
    for path in PAGES:
        for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)\s]+)\)", path.read_text("utf-8")):
            assert (path.parent / link.split("#")[0]).exists(), f"{path.name}: {link}"


def test_paths_that_are_named_exist() -> None:
    """Documentation and the story in pipeline.py name files by where they lie now."""
    named = re.compile(r"`((?:pressroom|tests|styles|templates|schemas|tools|docs)/[\w./-]*)`")
    found = {
        (path.name, name)
        for path in [*PAGES, ROOT / "pipeline.py"]
        for name in named.findall(path.read_text(encoding="utf-8"))
    }
    assert len(found) > 10
    assert {one for one in found if not (ROOT / one[1]).exists()} == set()


def test_the_rooms_stand_in_the_documentation_in_their_order() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = re.findall(r"^\| `(\w+)/` \| ", text, re.MULTILINE)
    assert tuple(rooms) == ROOMS
    story = ast.get_docstring(ast.parse((ROOT / "pipeline.py").read_text(encoding="utf-8"))) or ""
    assert tuple(re.findall(r"^([a-z]+)  +[A-Z`]", story, re.MULTILINE)) == ROOMS


#: How the documentation spells what is imported under another name.
SPELT = {
    **DISTRIBUTIONS,
    "PIL": "Pillow",
    **{name: name for name in ("lxml", "markupsafe", "pydyf", "tinycss2", "tinyhtml5")},
}


@pytest.mark.parametrize("room", ROOMS)
def test_the_libraries_of_a_room_stand_in_its_row(room: str) -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| `{room}/` \|.*\| ?(.*?) ?\|$", text, re.MULTILINE)
    used = {
        name.split(".")[0]
        for module in MODULES
        if module.split(".")[0] == room
        for name in imports(module)
    }
    wanted = {SPELT.get(name, name).lower() for name in used & HOMES.keys()}
    assert set(re.findall(r"[\w-]+", row.lower())) - {"with", "and"} == wanted
