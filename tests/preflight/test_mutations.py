"""Each check has a test that fails without it, in a right-to-left and in a complex script.

`make mutate` takes the checks away and shows it; here it is held that none is left out.
"""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from pressroom.preflight.examine import all_checks
from tests.mutate.table import Mutant, mutants

RTL, COMPLEX = {"ar", "ur"}, {"hi", "km", "my", "ur"}

#: The mutants that are without a check, by its file.
WITHOUT = {
    one.module.removeprefix("preflight/checks/").removesuffix(".py"): one
    for one in mutants()
    if one.module.startswith("preflight/checks/") and one.gone == "check"
}


def _locales(mutant: Mutant) -> set[str]:
    """Return the locales that the tests of a mutant are run in."""
    found: set[str] = set()
    for test in mutant.tests:
        file, _, name = test.partition("::")
        module = importlib.import_module(f"tests.{file.removesuffix('.py').replace('/', '.')}")
        function: Any = getattr(module, name)
        for mark in function.pytestmark:
            names, values = mark.args if mark.name == "parametrize" else ("", ())
            if names == "locale":
                found.update(values)
            elif "locale" in names:
                found |= {value[names.index("locale")] for value in values}
    return found


def test_every_check_has_a_test_that_fails_without_it() -> None:
    assert set(WITHOUT) == {check.name for check in all_checks()}


@pytest.mark.parametrize("name", WITHOUT)
def test_the_test_of_a_check_runs_in_scripts_of_all_kinds(name: str) -> None:
    locales = _locales(WITHOUT[name])
    assert locales & RTL
    assert locales & COMPLEX or name in ("accessibility", "direction_unisolated")
