"""The rooms import what the table of the design allows, and nothing else."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from .support import ROOT, make_site

#: Where each library may be imported: a module, or a folder of them.
HOMES = {
    "markdown_it": ["manuscript"],
    "mdit_py_plugins": ["manuscript"],
    "yaml": ["manuscript"],
    "pydantic": ["schema"],
    "babel": ["catalogue"],
    "tomlkit": ["catalogue.workshop"],
    "rapidfuzz": ["catalogue.memory"],
    "translate": ["exchange"],
    "lxml": ["exchange"],
    "jinja2": ["markup"],
    "markupsafe": ["markup"],
    "icu4py": ["markup.segment"],
    "segno": ["qr"],
    "weasyprint": ["typeset"],
    "pydyf": ["typeset"],
    "tinycss2": ["typeset"],
    "platformdirs": ["typeset.fonts"],
    "pypdf": ["preflight", "imposition"],
    "pikepdf": ["preflight", "imposition"],
    "fontTools": ["preflight", "imposition", "typeset.cut", "typeset.dense"],
    "uharfbuzz": ["preflight", "imposition", "typeset.cut", "typeset.dense"],
    "pypdfium2": ["preflight", "imposition"],
    "pypdfium2_raw": ["preflight", "imposition"],
    "PIL": ["preflight", "imposition"],
    "page": ["preflight.deep"],
    "click": ["pipeline"],
    "rich": ["pipeline"],
    "watchfiles": ["watching"],
    "starlette": ["serve"],
    "uvicorn": ["serve.app"],
    "distributed": ["cluster"],
}

#: Distributions of pyproject.toml by what they are imported as, where that differs.
DISTRIBUTIONS = {
    "markdown_it": "markdown-it-py",
    "mdit_py_plugins": "mdit-py-plugins",
    "yaml": "pyyaml",
    "fontTools": "fonttools",
    "pypdfium2_raw": "pypdfium2",
    "translate": "translate-toolkit",
    # WeasyPrint's, Jinja2's and translate-toolkit's own.
    "lxml": "translate-toolkit",
    "pydyf": "weasyprint",
    "tinycss2": "weasyprint",
    "PIL": "weasyprint",
    "page": "page-validation",
    "markupsafe": "jinja2",
}

PURE = ("model", "errors", "plan")
#: What could read a file.
FILES = {"os", "io", "pathlib", "shutil", "tempfile", "glob", "sqlite3", "subprocess", "socket",
         "importlib", "urllib", "mmap", "fileinput", "linecache"}  # fmt: skip

MODULES = {
    "pipeline": ROOT / "pipeline.py",
    **{
        path.relative_to(ROOT / "pressroom").with_suffix("").as_posix().replace("/", ".")
        .removesuffix(".__init__"): path
        for path in sorted((ROOT / "pressroom").rglob("*.py"))
    },
}  # fmt: skip


def _nodes(tree: ast.AST, typed: bool) -> Iterator[ast.AST]:
    """Give all nodes; those under `if TYPE_CHECKING` only where `typed`."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING" and not typed:
            continue
        yield child
        yield from _nodes(child, typed)


def imports(module: str, typed: bool = True) -> set[str]:
    """Give the full names of what a module imports, also inside functions."""
    path = MODULES[module]
    found: set[str] = set()
    for node in _nodes(ast.parse(path.read_text(encoding="utf-8")), typed):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = path.relative_to(ROOT).parent.parts
                package = package[: len(package) - node.level + 1]
                base = ".".join([*package, *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{base}.{alias.name}".removeprefix("pressroom.")
                found.add(f"pressroom.{inner}" if inner in MODULES else base)
    return found


def rooms(module: str, typed: bool = False) -> set[str]:
    """Give the modules of the engine that a module imports."""
    found = set()
    for name in imports(module, typed):
        short = name.removeprefix("pressroom.")
        if name.startswith("pressroom.") and short in MODULES:
            found.add(short)
        elif name == "pressroom":
            found.add("__init__")
    return found & MODULES.keys()


def test_there_are_modules() -> None:
    assert {"manuscript", "catalogue", "catalogue.po", "typeset", "preflight"} <= MODULES.keys()
    assert "babel" in imports("catalogue.po")
    assert "weasyprint" in imports("typeset")  # inside a function
    assert "catalogue.po" in rooms("catalogue.merge")


@pytest.mark.parametrize("module", MODULES)
def test_each_library_has_one_home(module: str) -> None:
    for name in imports(module):
        library = name.split(".")[0]
        if library in sys.stdlib_module_names or library in ("pressroom", "pipeline"):
            continue
        assert library in HOMES, f"{module} imports {library}, which has no home"
        homes = HOMES[library]
        assert any(module == home or module.startswith(f"{home}.") for home in homes), (
            f"{module} imports {library}, whose home is {' or '.join(homes)}"
        )


def test_every_library_is_a_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = (line for lines in project["optional-dependencies"].values() for line in lines)
    asked = (*project["dependencies"], *extras)
    named = {re.split(r"[<>=~ \[]", line)[0].lower() for line in asked}
    used = {name.split(".")[0] for module in MODULES for name in imports(module)}
    used = {name for name in used if name in HOMES}
    assert {DISTRIBUTIONS.get(name, name) for name in used} <= named


@pytest.mark.parametrize("module", PURE)
def test_the_pure_rooms_import_each_other_and_read_no_file(module: str) -> None:
    for name in imports(module):
        inner = name.removeprefix("pressroom.")
        assert (
            name in sys.stdlib_module_names
            or name.split(".")[0] in sys.stdlib_module_names
            or (inner in PURE)
        ), f"{module} imports {name}"
        assert name.split(".")[0] not in FILES, f"{module} could read a file through {name}"
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert calls.isdisjoint({"open", "exec", "eval", "__import__"})
    assert not any(call.endswith((".today", ".now", ".time")) for call in calls), "no clock"


def test_nobody_imports_the_commands_but_main() -> None:
    importers = {
        module
        for module, path in MODULES.items()
        if any(name.split(".")[-1] == "pipeline" for name in imports(module))
        or re.search(r"""["'](pressroom\.)?pipeline["']""", path.read_text(encoding="utf-8"))
    }
    assert importers == {"__main__"}


def test_the_rooms_import_in_one_direction() -> None:
    """No circle of imports, also not inside functions."""
    # A package and its modules are one room: `preflight` imports its checks, and they it.
    graph: dict[str, set[str]] = {}
    for module in MODULES:
        room = module.split(".")[0]
        needs = {needed.split(".")[0] for needed in rooms(module)}
        graph.setdefault(room, set()).update(needs - {room})
    del graph["__main__"]
    done: set[str] = set()
    while graph:
        free = [module for module, needs in graph.items() if needs <= done]
        assert free, f"these import each other in a circle: {sorted(graph)}"
        done.update(free)
        for module in free:
            del graph[module]


@pytest.mark.parametrize(
    ("early", "late"),
    [
        ("manuscript", ["catalogue", "translate", "markup", "typeset", "preflight", "publisher"]),
        ("catalogue", ["translate", "markup", "typeset", "preflight", "publisher"]),
        ("translate", ["markup", "typeset", "preflight", "publisher", "press"]),
        ("markup", ["typeset", "preflight", "publisher", "press", "translate"]),
        ("typeset", ["preflight", "publisher", "press", "markup", "translate"]),
        ("preflight", ["publisher", "press", "translate"]),
    ],
)
def test_no_stage_knows_a_later_one(early: str, late: list[str]) -> None:
    for module in MODULES:
        if module == early or module.startswith(f"{early}."):
            for needed in rooms(module):
                assert needed.split(".")[0] not in late, f"{module} imports {needed}"


# What a command loads

HEAVY = ("weasyprint", "pikepdf", "pypdf", "pypdfium2", "uharfbuzz", "fontTools", "tomlkit")
LOADED = """
import sys, runpy
sys.argv = ["handouts", *{arguments!r}]
sys.path.insert(0, {root!r})
try:
    runpy.run_path({path!r}, run_name="__main__")
except SystemExit as end:
    assert not end.code, end.code
heavy = {heavy!r}
print("LOADED", *sorted(name for name in heavy if name in sys.modules))
"""


def loaded(folder: Path, *arguments: str, heavy: tuple[str, ...] = HEAVY) -> list[str]:
    script = LOADED.format(
        arguments=arguments, root=str(ROOT), path=str(ROOT / "pipeline.py"), heavy=heavy
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("LOADED", 1)[1].split()


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("build", "--help")])
def test_help_loads_nothing_heavy(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    more = ("babel", "jinja2", "markdown_it", "pydantic", "yaml", "icu4py", "rich", "sqlite3")
    assert loaded(tmp_path, *arguments, heavy=(*HEAVY, *more)) == []


def test_a_build_with_nothing_to_do_loads_no_typesetter(tmp_path: Path) -> None:
    make_site(tmp_path, ("en", "ar"))
    arguments = ("build", "--today", "2026-12-01", "--jobs", "1")
    loaded(tmp_path, *arguments)
    # HarfBuzz reads which characters the fonts have, before anything is set.
    heavy = tuple(name for name in HEAVY if name not in ("tomlkit", "uharfbuzz"))
    assert loaded(tmp_path, *arguments, heavy=heavy) == []
    more = ("babel", "jinja2", "markdown_it", "pydantic", "yaml", "rich", "sqlite3", "hashlib")
    assert loaded(tmp_path, *arguments, heavy=(*HEAVY, *more)) == []
    # The same arguments as before are understood without Click.
    assert loaded(tmp_path, *arguments, heavy=("click", "json", "pydantic")) == []
    assert loaded(tmp_path, "status", "--today", "2026-12-01", heavy=heavy) == []
    assert loaded(tmp_path, *arguments, "--dry-run", heavy=heavy) == []
