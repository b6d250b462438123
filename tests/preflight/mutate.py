"""Take the preflight's functions away, one by one; tests have to notice: `make mutate`.

A check that returns nothing, or a step of the proof that finds nothing wrong,
is what a slip would make of it. For each, the tests that concern it are run in
a process of its own, until one fails. A function that nobody misses is named,
and the run ends with 1. `python -m tests.preflight.mutate NAME…` tries only those
whose name has one of the words.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import time
from typing import Any

#: For each check the function of `test_*.py` here that fails without it.
CHECKS = {
    "accessibility": "test_page::test_what_a_screen_reader_needs",
    "contrast": "test_page::test_small_and_faint_type_is_found",
    "direction_unisolated": "test_places::test_a_bare_telephone_number_in_right_to_left_text_fails",
    "disclaimer_absent": "test_places::test_removed_disclaimers_fail_by_name_in_every_locale",
    "disclaimer_altered": "test_places::test_a_telephone_number_in_another_order_fails",
    "disclaimer_hidden": "test_moving::test_disclaimers_printed_on_each_other_fail_both",
    "disclaimer_misplaced": "test_places::test_the_last_page_is_the_last",
    "disclaimer_too_small": "test_hiding::test_css_that_hides_a_disclaimer_fails_it_by_name",
    "font_foreign": "test_page::test_a_font_of_another_locale_is_foreign",
    "missing_glyph": "test_page::test_a_character_without_a_glyph_is_found",
    "overflow": "test_page::test_a_dropped_message_overflows",
    "page_count": "test_page::test_a_page_too_many_says_by_how_much",
    "text_layer": "test_page::test_a_changed_message_differs_from_its_words",
    "type_too_small": "test_page::test_small_and_faint_type_is_found",
}

HIDING, MOVING = "test_hiding", "test_moving"
PLACES, PAGE = "test_places", "test_page"

#: Steps of the proof, and what they lean on: what finds nothing wrong gives this.
STEPS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "disclaimers._find": (None, (PLACES,)),
    "disclaimers._find_on_every_page": (None, (PLACES,)),
    "disclaimers._judge_place": (None, (PLACES, HIDING)),
    "disclaimers._judge_before_therapy": (None, (PLACES,)),
    "disclaimers._compare_glyphs": (None, (PAGE, HIDING)),
    "disclaimers._weigh_size": (None, (PLACES,)),
    "disclaimers._judge_order": (None, (MOVING,)),
    "disclaimers._judge_sight": (None, (PLACES, HIDING)),
    "disclaimers._judge_box": (None, (PLACES,)),
    "legible.what_hides": (None, (HIDING,)),
    "legible._hides": ("", (MOVING,)),
    "legible._faint": ("", (MOVING, HIDING)),
    "legible.colour_contrast": (None, (f"{HIDING}::test_css_that_hides",)),
    "legible.outside": (False, (PAGE,)),
    "legible.struck": (False, (HIDING,)),
    "legible.framed": (True, (PLACES,)),
    "legible.all_there": (True, (HIDING, MOVING)),
    "legible.painted": (1.0, (MOVING,)),
    "legible.shown": (1.0, (HIDING,)),
    "crowding.crowded": ((), (f"{PAGE}::test_text_on_text",)),
    "flow.out_of_order": ((), (f"{PAGE}::test_blocks_stand_in_the_order",)),
    "reading.Path.goes_on": (True, (f"{MOVING}::test_a_piece_of",)),
    "ink._upright": (True, (f"{MOVING}::test_css_that_keeps",)),
    "ink.Line.length_share": (1.0, (f"{MOVING}::test_css_that_keeps",)),
    "ink.Line.gap_em": (0.0, (f"{MOVING}::test_css_that_keeps",)),
    "evidence.true_to_pinned": (True, (f"{PAGE}::test_wrong_glyphs_under",)),
    "evidence.Evidence.true_glyphs": (True, (f"{PAGE}::test_other_glyphs_than",)),
    "checks.type_too_small._tight_lines": ((), (f"{PAGE}::test_small_and_faint",)),
    "checks.overflow._beyond": ((), (f"{PAGE}::test_a_word_that_leaves",)),
    "checks.overflow._collisions": ((), (f"{PAGE}::test_text_on_text",)),
}

#: Locales in which tests are run here: one failure is enough.
LOCALES = {"en", "ar"}


def _files(tests: tuple[str, ...]) -> list[str]:
    """Give pytest's arguments for files, or for functions of them whose names begin so."""
    files = [f"tests/preflight/{name.partition('::')[0]}.py" for name in tests]
    functions = [name.partition("::")[2] for name in tests if "::" in name]
    return [*files, *(["-k", " or ".join(functions)] if functions else [])]


def plan() -> dict[str, tuple[Any, list[str]]]:
    """Give for each function what it is to return, and the tests that concern it."""
    found: dict[str, tuple[Any, list[str]]] = {}
    for check, test in CHECKS.items():
        found[f"checks.{check}.check"] = (), _files((test,))
    for step, (value, tests) in STEPS.items():
        found[step] = value, _files(tests)
    return found


def take_away(target: str, value: Any) -> None:
    """Replace a function, a method or a property of the preflight."""
    parts = target.split(".")
    depth = (
        next(n for n, part in enumerate(parts) if part[0].isupper())
        if any(part[0].isupper() for part in parts)
        else len(parts) - 1
    )
    holder = importlib.import_module(".".join(("pressroom.preflight", *parts[:depth])))
    for part in parts[depth:-1]:
        holder = getattr(holder, part)
    old = getattr(holder, parts[-1])
    new = property(lambda _: value) if isinstance(old, property) else lambda *_, **__: value
    setattr(holder, parts[-1], new)
    for module in [m for n, m in sys.modules.items() if n.startswith("pressroom.preflight")]:
        for name in [n for n, found in vars(module).items() if found is old]:
            setattr(module, name, new)


class _FewLocales:
    """Keeps the tests of a few locales."""

    @staticmethod
    def pytest_collection_modifyitems(items: list[Any]) -> None:
        items[:] = [
            item
            for item in items
            if getattr(getattr(item, "callspec", None), "params", {}).get("locale", "en") in LOCALES
        ]


def _try(target: str) -> int:
    """Run the tests without one function, in this process."""
    import pytest

    value, tests = plan()[target]
    from pressroom.preflight import all_checks

    all_checks()
    for module in ("disclaimers", "messages", "sheets"):
        importlib.import_module(f"pressroom.preflight.{module}")
    take_away(target, value)
    all_checks.cache_clear()
    return int(pytest.main([*tests, "-x", "-q", "-n", "0"], plugins=[_FewLocales()]))


def main(words: list[str]) -> int:
    """Try them all. Give 1 where nobody missed one."""
    survivors = []
    for target in plan():
        if words and not any(word in target for word in words):
            continue
        started = time.monotonic()
        command = [sys.executable, "-m", "tests.preflight.mutate", "--try", target]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        noticed = done.returncode == 1
        if not noticed:
            survivors.append(target)
        failed = (
            next((line for line in done.stdout.splitlines() if line.startswith("FAILED")), "")
            .partition("::")[2]
            .partition(" - ")[0]
        )
        said = f"missed by {failed}" if noticed else f"NOT MISSED (exit {done.returncode})"
        print(f"{target}: {said} ({time.monotonic() - started:.0f} s)", flush=True)
    print(f"{len(survivors)} not missed: {', '.join(survivors) or 'none'}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(_try(sys.argv[2]) if sys.argv[1:2] == ["--try"] else main(sys.argv[1:]))
