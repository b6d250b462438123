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

#: The rooms, in their order: each imports only those before it.
ROOMS = (
    "core", "fonts", "content", "leaflet", "typeset", "preflight",
    "rack", "build", "review", "exchange", "distribution", "cli",
)  # fmt: skip

#: Where each library may be imported: a module, or a folder of them.
HOMES = {
    "markdown_it": [
        "content.topic.inline",
        "content.topic.blocks",
        "exchange.bringing.markdown_file",
    ],
    "mdit_py_plugins": ["content.topic.inline", "content.topic.blocks"],
    "yaml": ["content.topic.front_matter"],
    "pydantic": ["content.schema", "core.validation"],
    "babel": ["core.locales", "content.catalogue", "content.quantities"],
    "tomlkit": ["exchange.update"],
    "rapidfuzz": ["exchange.memory"],
    "translate": ["exchange"],
    "lxml": ["exchange"],
    "tinyhtml5": ["exchange.bringing.web_page", "preflight.web_page"],
    "jinja2": ["leaflet.html"],
    "markupsafe": ["leaflet.html"],
    "icu4py": ["leaflet.line_breaks", "leaflet.phrases"],
    "segno": ["leaflet.html"],
    "weasyprint": ["typeset"],
    "pydyf": ["typeset"],
    "tinycss2": ["typeset", "preflight.web_styles"],
    "cssselect2": ["preflight", "typeset.typesetter"],
    "platformdirs": ["fonts.files"],
    "pypdf": ["preflight", "typeset.imposition"],
    "pikepdf": ["preflight", "typeset.imposition"],
    "fontTools": ["preflight", "fonts", "typeset.weasyprint_patches.cid_fonts"],
    "uharfbuzz": ["preflight", "fonts", "typeset.weasyprint_patches.cid_fonts"],
    "pypdfium2": ["preflight"],
    "pypdfium2_raw": ["preflight"],
    "PIL": ["preflight", "content.photos"],
    "page": ["preflight.pdfua"],
    "click": ["cli", "pipeline"],
    "rich": ["cli"],
    "watchfiles": ["build.watch"],
    "starlette": ["distribution.server"],
    "uvicorn": ["distribution.server.app"],
    "distributed": ["build.cluster"],
}

#: Distributions of pyproject.toml by what they are imported as, where that differs.
DISTRIBUTIONS = {
    "markdown_it": "markdown-it-py",
    "mdit_py_plugins": "mdit-py-plugins",
    "yaml": "pyyaml",
    "fontTools": "fonttools",
    "pypdfium2_raw": "pypdfium2",
    "translate": "translate-toolkit",
    # WeasyPrint's, Jinja2's and pikepdf's own.
    "lxml": "pikepdf",
    "tinyhtml5": "weasyprint",
    "pydyf": "weasyprint",
    "tinycss2": "weasyprint",
    "cssselect2": "weasyprint",
    "PIL": "weasyprint",
    "page": "page-validation",
    "markupsafe": "jinja2",
}

PURE = ("core.model", "core.codes", "core.errors", "core.published", "build.plan")
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
    """Return all nodes; those under `if TYPE_CHECKING` only where `typed`."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING" and not typed:
            continue
        yield child
        yield from _nodes(child, typed)


def imports(module: str, typed: bool = True) -> set[str]:
    """Return the full names of what a module imports, also inside functions."""
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
    """Return the modules of the engine that a module imports."""
    found = set()
    for name in imports(module, typed):
        short = name.removeprefix("pressroom.")
        if name.startswith("pressroom.") and short in MODULES:
            found.add(short)
        elif name == "pressroom":
            found.add("__init__")
    return found & MODULES.keys()


def calls(module: str) -> set[str]:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_there_are_modules() -> None:
    assert {
        "content.topic.read",
        "content.catalogue.po",
        "preflight.examine",
    } <= MODULES.keys()
    assert "babel" in imports("content.catalogue.po")
    assert "rich.console" in imports("cli.console")  # inside a function
    assert "weasyprint" in imports("typeset.weasyprint_patches")  # inside a function
    assert "content.catalogue.po" in rooms("content.catalogue.merge")


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
    called = calls(module)
    assert called.isdisjoint({"open", "exec", "eval", "__import__"})
    assert not any(call.endswith((".today", ".now", ".time")) for call in called), "no clock"


def test_nobody_imports_the_commands_but_main() -> None:
    importers = {
        module
        for module, path in MODULES.items()
        if any(name.split(".")[-1] == "pipeline" for name in imports(module))
        or re.search(r"""["'](pressroom\.)?pipeline["']""", path.read_text(encoding="utf-8"))
    }
    assert importers == {"__main__"}


def test_nothing_stands_beside_the_rooms() -> None:
    beside = {path.name for path in (ROOT / "pressroom").iterdir()} - {"__pycache__"}
    assert beside == {*ROOMS, "__init__.py", "__main__.py", "py.typed"}


@pytest.mark.parametrize("module", [name for name in MODULES if name.split(".")[0] in ROOMS])
def test_a_room_imports_only_rooms_that_stand_before_it(module: str) -> None:
    """Those inside functions count, and those for types alone."""
    place = ROOMS.index(module.split(".")[0])
    later = {name for name in rooms(module, typed=True) if name.split(".")[0] in ROOMS[place + 1 :]}
    assert not later, f"{module} imports {', '.join(sorted(later))}"


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module: rooms(module) - {module, "__init__", "__main__"} for module in MODULES}
    done: set[str] = set()
    while graph:
        free = [module for module, needs in graph.items() if needs <= done]
        assert free, f"these import each other in a circle: {sorted(graph)}"
        done.update(free, ("__init__", "__main__"))
        for module in free:
            del graph[module]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_opens_with_its_sentence_and_a_map_of_its_files(room: str) -> None:
    said = ast.get_docstring(ast.parse((ROOT / f"pressroom/{room}/__init__.py").read_text("utf-8")))
    assert said
    assert said.splitlines()[0].endswith(".")
    lies = {path.stem for path in (ROOT / "pressroom" / room).glob("*.py")}
    lies |= {path.parent.name for path in (ROOT / "pressroom" / room).glob("*/__init__.py")}
    for name in sorted(lies - {"__init__", "__main__"}):
        assert re.search(rf"\b{name}\b", said), f"the map of {room} lacks {name}"


#: What writes to a terminal, by the calls that do.
PRINTS = {"print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write"}
#: The one exception: it makes docs/checks.md, and is no command of anybody who makes leaflets.
PRINTERS = {"preflight.__main__"}


def test_what_prints_is_found() -> None:
    assert "click.echo" in calls("cli.console")
    assert "print" in calls("preflight.__main__")


@pytest.mark.parametrize("module", [name for name in MODULES if name.split(".")[0] != "cli"])
def test_only_the_room_of_the_commands_prints(module: str) -> None:
    assert module in PRINTERS or calls(module).isdisjoint(PRINTS)


def test_the_engines_digest_covers_what_sets_and_judges() -> None:
    """Every module that a worker may load to set and judge a leaflet is in the fingerprint."""
    from pressroom.build.prepare import SETTING_ROOMS

    needed, waiting = set(), ["build.render"]
    while waiting:
        module = waiting.pop()
        if module not in needed:
            needed.add(module)
            waiting += rooms(module) & MODULES.keys()
    outside = {name for name in needed if name.split(".")[0] not in SETTING_ROOMS}
    assert outside <= {"build.render", "__init__"}, outside


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
    more = ("babel", "jinja2", "markdown_it", "pydantic", "yaml", "rich")
    assert loaded(tmp_path, *arguments, heavy=(*HEAVY, *more)) == []
    assert loaded(tmp_path, "status", "--today", "2026-12-01", heavy=heavy) == []
    assert loaded(tmp_path, *arguments, "--dry-run", heavy=heavy) == []
