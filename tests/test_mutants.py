"""The mutants of `make mutate` can be made, and name tests that there are."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache

import pytest

from .mutate.table import Mutant, mutants
from .support import ROOT

ALL = list(mutants())
ROOMS = sorted(path.parent.name for path in (ROOT / "pressroom").glob("*/__init__.py"))


@cache
def _functions(file: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("room", ROOMS)
def test_a_mutant_is_another_module_that_compiles(room: str) -> None:
    mine = [mutant for mutant in ALL if mutant.room == room]
    assert mine
    for mutant in mine:
        source = mutant.source()
        assert source != (ROOT / "pressroom" / mutant.module).read_text(encoding="utf-8")
        compile(source, mutant.name, "exec")


def test_the_tests_of_a_mutant_are_there() -> None:
    for mutant in ALL:
        assert mutant.tests, mutant.name
        for test in mutant.tests:
            file, _, function = test.partition("::")
            assert not function or function.partition("[")[0] in _functions(file), mutant.name


def test_each_mutant_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(one.name for one in ALL).items() if count > 1] == []


def test_of_a_hundred_mutants_tests_notice_95() -> None:
    assert sum(bool(one.reason) for one in ALL) <= len(ALL) * 5 // 100


def test_what_stands_twice_is_no_mutant() -> None:
    twice = Mutant("core/errors.py", "two", ("test_mutants.py",), was="\n", becomes="")
    with pytest.raises(ValueError, match="stands"):
        twice.source()
    nowhere = Mutant("core/errors.py", "gone", ("test_mutants.py",), gone="nothing", returns="1")
    with pytest.raises(ValueError, match="no function"):
        nowhere.source()
