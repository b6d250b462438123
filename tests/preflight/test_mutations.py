"""Each check has a test that fails without it, in a right-to-left and in a complex script.

`make mutate` takes the checks away and shows it; here it is held that none is left out.
"""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from pressroom.model import Finding
from pressroom.preflight import all_checks

from .mutate import CHECKS, STEPS, take_away

RTL, COMPLEX = {"ar", "ur"}, {"hi", "km", "ur"}


def _function(test: str) -> Any:
    module, _, name = test.partition("::")
    return getattr(importlib.import_module(f"tests.preflight.{module}"), name)


def _locales(function: Any) -> set[str]:
    """Give the locales that a test is run in."""
    return {
        str(value)
        for mark in function.pytestmark
        if mark.name == "parametrize" and "locale" in mark.args[0]
        for value in mark.args[1]
    }


def test_every_check_has_a_test_that_fails_without_it() -> None:
    assert set(CHECKS) == {check.name for check in all_checks()}


@pytest.mark.parametrize("name", CHECKS)
def test_the_test_of_a_check_runs_in_scripts_of_all_kinds(name: str) -> None:
    locales = _locales(_function(CHECKS[name]))
    assert locales & RTL
    assert locales & COMPLEX or name in ("accessibility", "direction_unisolated")


@pytest.mark.parametrize("target", STEPS)
def test_every_step_is_there(target: str) -> None:
    here: Any = importlib.import_module("pressroom.preflight")
    for part in target.split("."):
        if hasattr(here, "__path__"):
            importlib.import_module(f"{here.__name__}.{part}")
        here = getattr(here, part)
    assert callable(here) or isinstance(here, property)


def test_taking_away_reaches_whoever_imported_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from pressroom.preflight import crowding, legible

    monkeypatch.setattr(crowding, "crowds", crowding.crowds)
    monkeypatch.setattr(legible, "crowds", crowding.crowds)
    gone = Finding("overflow", "error", "gone")
    take_away("crowding.crowds", gone)
    assert crowding.crowds(None, 0, set()) is gone  # type: ignore[arg-type, comparison-overlap]
    assert legible.crowds is crowding.crowds
