"""Read the tables of mutants: a TOML file for each room -> Mutants, and the source of each."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import ROOT


@dataclass(frozen=True)
class Mutant:
    """A slip in one module, and the tests that should notice it."""

    #: Below `pressroom/`.
    module: str
    #: What the slip does, in words.
    slip: str
    #: Below `tests/`; a function or a case of it stands behind `::`, as pytest names it.
    tests: tuple[str, ...]
    #: A text of the module, and what stands instead; or a function and what it returns.
    was: str = ""
    becomes: str = ""
    gone: str = ""
    returns: str = ""
    #: Why no test can notice it; empty where one should.
    reason: str = ""

    @property
    def name(self) -> str:
        return f"{self.module}: {self.slip}"

    @property
    def room(self) -> str:
        return self.module.partition("/")[0]

    def source(self, root: Path = ROOT) -> str:
        """Return the module with the slip. Raises ValueError where it cannot be made."""
        text = (root / "pressroom" / self.module).read_text(encoding="utf-8")
        if self.gone:
            return _without(text, self.gone, self.returns)
        if (count := text.count(self.was)) != 1:
            raise ValueError(f"{self.name}: its text stands {count} times")
        return text.replace(self.was, self.becomes)


def _without(text: str, function: str, returns: str) -> str:
    """Return a module of which one function, `name` or `Class.name`, only returns a value."""
    tree: Any = ast.parse(text)
    here = tree
    for part in function.split("."):
        found = [node for node in here.body if getattr(node, "name", "") == part]
        if len(found) != 1:
            raise ValueError(f"there is no function {function}")
        here = found[0]
    here.body = ast.parse(f"def _():\n    return {returns}").body[0].body  # type: ignore[attr-defined]
    return ast.unparse(tree)


def mutants() -> Iterator[Mutant]:
    """Yield the mutants of all rooms, in the order of their tables."""
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for file in tomllib.loads(path.read_text(encoding="utf-8"))["file"]:
            for row in file["mutant"]:
                tests = row.pop("tests", None) or file["tests"]
                gone = f"{row.get('gone')} returns {row.get('returns')}"
                yield Mutant(file["path"], row.pop("slip", gone), tuple(tests), **row)
