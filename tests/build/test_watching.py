"""Files that change are heard, and a build that cannot be made does not end the watch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pressroom.build import watch as watch_module
from pressroom.build.watch import Watcher, keep_up
from pressroom.core.errors import HandoutError
from pressroom.core.lock import locked
from pressroom.core.model import Report

from ..conftest import Inline, Outcome
from ..support import PATIENCE_SECONDS, TODAY, Site


def test_changes_are_heard_from_everywhere_but_the_output(tmp_path: Path) -> None:
    words, out = tmp_path / "handouts", tmp_path / "handouts" / "dist"
    (words / "locales/ar").mkdir(parents=True)
    out.mkdir()
    told: list[set[Path]] = []
    with Watcher([words, tmp_path / "none"], out, told.append) as watcher:
        name = words / "locales/ar/asthma.po"
        name.write_text("x")
        assert watcher.wait(PATIENCE_SECONDS) == {name.resolve()}
        assert told[0] == {name.resolve()}
        for other in (out / "x.pdf", words / ".asthma.po.swp", words / "locales/ar/asthma.po~"):
            other.write_text("x")
        (words / ".git").mkdir()
        (words / ".git/index").write_text("x")
        last = words / "clinic.toml"
        last.write_text("x")
        heard = set()
        while last.resolve() not in heard:
            found = watcher.wait(PATIENCE_SECONDS)
            assert found, "nothing was heard"
            heard |= found
        assert {path.name for path in heard} <= {"clinic.toml", "asthma.po", "ar", "locales"}


def test_a_system_that_lets_nothing_be_watched_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("OS file watch limit reached")

    monkeypatch.setattr(watch_module.watchfiles, "watch", refuse)
    with (
        Watcher([tmp_path], tmp_path / "dist") as watcher,
        pytest.raises(HandoutError, match="OS file watch limit reached"),
    ):
        watcher.wait(PATIENCE_SECONDS)


class EndedError(Exception):
    """Ends a watch in a test."""


class Script:
    """A watcher that changes what a test says, and ends after that."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.steps = list(steps)
        self.waited: list[float] = []

    def wait(self, seconds: float) -> set[Path]:
        self.waited.append(seconds)
        if not self.steps:
            raise EndedError
        step = self.steps.pop(0)()
        return {Path(step)} if isinstance(step, Path) else set()


@pytest.fixture
def watch(run: Callable[..., Outcome]) -> Callable[..., tuple[list[Any], list[str], Script]]:
    """Keep a site up to date while a script changes it. Give what was built, and what was wrong."""
    assert run  # Leaflets are set in this process.

    def keep(
        site: Site, *steps: Callable[[], object], day: Callable[[], date] = lambda: TODAY
    ) -> tuple[list[Any], list[str], Script]:
        built: list[tuple[Report, tuple[str, ...]]] = []
        wrong: list[str] = []
        script: Any = Script(*steps)
        with pytest.raises(EndedError):
            keep_up(
                site.handouts, {"": site.out}, day, Inline(), script,
                lambda _, report, changed: built.append((report, changed)),
                lambda problem: wrong.append(str(problem)),
            )  # fmt: skip
        return built, wrong, script

    return keep


def results(built: list[Any]) -> list[dict[str, str]]:
    """Return for each build what became of the leaflets that did not stay as they were."""
    return [
        {one.locale: one.result for one in report.leaflets if one.result != "unchanged"}
        for report, _ in built
    ]


def test_each_change_builds_what_depends_on_it(site: Callable[..., Site], watch: Any) -> None:
    made = site(("en", "ar"))

    def edit() -> Path:
        made.change("ar/sore-throat", "Rest for 2 days.", text="استرح 2 يوم.")
        return made.path("locales/ar/sore-throat.po")

    built, wrong, _ = watch(made, edit)
    assert results(built) == [{"en": "built", "ar": "built"}, {"ar": "built"}]
    assert [changed for _, changed in built] == [(), ("handouts/locales/ar/sore-throat.po",)]
    assert wrong == []


def test_broken_words_are_said_and_it_goes_on(site: Callable[..., Site], watch: Any) -> None:
    made = site(("en", "ar"))
    right = made.read("clinic.toml")
    built, wrong, _ = watch(
        made,
        lambda: made.write("clinic.toml", "nonsense"),
        lambda: made.write("clinic.toml", right),
        lambda: made.write("locales/ar/sore-throat.po", "nonsense"),
    )
    assert len(wrong) == 1
    assert wrong[0].startswith("handouts/clinic.toml:1: is not TOML")
    assert results(built)[1:] == [{}, {"ar": "failed"}]
    assert (made.out / "ar/sore-throat.standard.draft.pdf").is_file()


def test_what_cannot_begin_ends_at_once(site: Callable[..., Site]) -> None:
    made = site(("en",))
    made.write("clinic.toml", "nonsense")
    with pytest.raises(HandoutError, match="is not TOML"):
        keep_up(
            made.handouts, {"": made.out}, lambda: TODAY, Inline(), Script(),  # type: ignore[arg-type]
            lambda *_: None, lambda _: None,
        )  # fmt: skip


def test_another_build_is_waited_for_and_named_once(site: Callable[..., Site], watch: Any) -> None:
    made = site(("en",))
    other = locked(made.out)
    other.__enter__()
    built, wrong, script = watch(made, lambda: None, lambda: other.__exit__(None, None, None))
    assert len(wrong) == 1
    assert "another build is at work" in wrong[0]
    assert script.waited[:2] == [watch_module.AGAIN, watch_module.AGAIN]
    assert results(built) == [{"en": "built"}]


def test_a_new_day_builds_what_comes_due(
    site: Callable[..., Site], watch: Any, run: Callable[..., Outcome]
) -> None:
    made = site(("en",))
    run("approve", "sore-throat", "en", "--role", "clinician", "--by", "A clinician")
    days = [TODAY]

    def night() -> None:
        days[0] = date(2027, 11, 22) + timedelta(days=1)

    built, _, _ = watch(made, lambda: None, night, day=lambda: days[0])
    assert results(built) == [{"en": "built"}, {"en": "built"}]
    assert [one.reason for one in built[1][0].leaflets] != [""]
