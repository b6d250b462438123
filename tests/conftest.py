"""Fixtures: a site of one's own, its commands, and goldens."""

from __future__ import annotations

import gc
import hashlib
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import ClassVar

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

import pipeline
from pressroom.build import cluster, render
from pressroom.build.cache import store_folder
from pressroom.fonts.coverage import prepare_fonts

from .support import ROOT, TODAY, Site, make_site

# The same examples in every run; HYPOTHESIS_PROFILE=explore looks for new ones.
settings.register_profile(
    "same",
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile(
    "explore", parent=settings.get_profile("same"), derandomize=False, max_examples=2000
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

#: How long a browser may take to show what it should, in milliseconds: the machine may be busy.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)

GOLDENS = Path(__file__).parent / "goldens"

#: Where the user's own builds keep what they have made; see `_stores`.
USERS_STORE = store_folder()


_numbers = count()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Prepare the fonts before any test, and any clock of one, begins; once for all workers."""
    if not hasattr(session.config, "workerinput"):
        prepare_fonts(lambda: print("Preparing fonts, once …"))


def pytest_collection_finish() -> None:
    """Keep what was loaded out of what is looked through for garbage.

    Python looks for all of it when a quarter as much has come: of so much, too late for the
    layouts of leaflets that are set in this process.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Take down typesetters while the modules are there that their fonts are taken down by."""
    render._typesetter.cache_clear()
    gc.unfreeze()
    gc.collect()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="Rewrite the goldens.")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare text with the golden of that name; `--update-goldens` rewrites it."""

    def compare(name: str, text: str) -> None:
        path = GOLDENS / name
        if request.config.getoption("--update-goldens"):
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"there is no golden {name}: run with --update-goldens, and read it"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session", autouse=True)
def _stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what sites of many tests are made of, stand-ins too, out of the user's store."""
    base = tmp_path_factory.getbasetemp()
    Inline.folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "set"
    Inline.folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRESSROOM_STORE", str(base / "store"))
        yield


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what the user has set away from the tests, and what they make from each other."""
    store = tmp_path_factory.getbasetemp() / f"store-{next(_numbers)}"
    monkeypatch.setenv("PRESSROOM_STORE", str(store))
    for name in ("SOURCE_DATE_EPOCH", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Site]:
    """Make a site in an empty folder, and go there. See `make_site`."""

    def make(
        locales: Iterable[str] = ("en", "es"),
        topics: Mapping[str, str] | None = None,
        clinic: Mapping[str, str] | None = None,
    ) -> Site:
        monkeypatch.chdir(tmp_path)
        return make_site(tmp_path, locales, topics, clinic)

    return make


@dataclass(frozen=True)
class Outcome:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


#: What sets and judges where no test has put something in its place.
_set_and_judge = render.set_and_judge


def set_once(job: render.Job) -> render.RenderResult:
    """Set and judge a leaflet; the very same one, once a run of the tests.

    Tests by the hundred build the same small leaflets, to see what becomes of them afterwards.
    """
    if job.setting.roots:  # Styles of a site's own, and their images, are read as a page is set.
        return _set_and_judge(job)
    said = repr(replace(job, reason="")).encode("utf-8", "surrogatepass")
    kept = Inline.folder / hashlib.sha256(said).hexdigest()
    if kept.is_file():
        return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]
    result = _set_and_judge(job)
    beside = kept.with_name(f"{kept.name}-{os.getpid()}")
    beside.write_bytes(pickle.dumps(result))
    beside.replace(kept)
    return result


class Inline:
    """A pool that does each job at once, in this process."""

    #: Where `set_once` keeps results, for all workers; see `_stores`.
    folder: ClassVar[Path]
    #: See `set_anew`.
    anew: ClassVar[bool] = False

    def __init__(self, *_: object) -> None: ...

    def __enter__(self) -> Inline:
        return self

    def __exit__(self, *_: object) -> None: ...

    def run(self, jobs: Iterable[render.Job]) -> Iterator[tuple[render.Job, render.RenderResult]]:
        for job in jobs:
            work = render.set_and_judge
            yield job, set_once(job) if work is _set_and_judge and not self.anew else work(job)


def invoke(*arguments: str, code: int = 0, today: str | None = TODAY.isoformat()) -> Outcome:
    """Run a command in this process. The exit code has to be `code`."""
    dated = ("--today", today) if today else ()
    result = CliRunner().invoke(pipeline.handouts, [*arguments, *dated])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    outcome = Outcome(result.exit_code, result.stdout, result.stderr)
    assert outcome.code == code, outcome
    return outcome


def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set leaflets in this process, with a warm typesetter and without limits."""
    monkeypatch.setattr(render, "within_limits", lambda *_: nullcontext())
    monkeypatch.setattr(cluster, "WorkerPool", Inline)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Run a command in this process, with a warm typesetter and without limits.

    The exit code has to be `code`. Dates are judged by `today`.
    """
    _inline(monkeypatch)
    return invoke


@pytest.fixture
def set_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the very same page again and again, to see that it comes to the same bytes."""
    monkeypatch.setattr(Inline, "anew", True)


@pytest.fixture
def command() -> Callable[..., Outcome]:
    """Run a command in a process of its own, as people do."""

    def invoke(
        *arguments: str, code: int = 0, today: str | None = TODAY.isoformat(), **environment: str
    ) -> Outcome:
        dated = ("--today", today) if today else ()
        result = subprocess.run(
            [sys.executable, str(ROOT / "pipeline.py"), *arguments, *dated],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        )
        outcome = Outcome(result.returncode, result.stdout, result.stderr)
        assert outcome.code == code, outcome
        return outcome

    return invoke


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the site that edits are done to, once; each example has a copy of it."""
    from .edits import make_play

    folder = tmp_path_factory.mktemp("untouched")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        make_play(folder)
    return folder


@pytest.fixture(scope="session")
def approved_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a site once: approved in English, Arabic and Khmer, a draft in Spanish. Copy it."""
    folder = tmp_path_factory.mktemp("approved")
    make_site(folder, ("en", "es", "ar", "km"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        _inline(monkeypatch)
        monkeypatch.chdir(folder)
        for code in ("en", "ar", "km"):
            for role in ("clinician",) if code == "en" else ("reviewer", "clinician"):
                invoke("approve", "sore-throat", code, "--role", role, "--by", f"A {role}")
        invoke("build")
    return folder


# What a browser shows

#: No sandbox, since tests may run as root; nothing that looks for the network by itself.
CHROMIUM = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Find Debian's Chromium."""
    names = (os.environ.get("PRESSROOM_CHROMIUM", ""), "chromium", "chromium-browser")
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        left_out = ROOT / ".venv" / ".left-out"
        if left_out.is_file() and "chromium" in left_out.read_text(encoding="utf-8").split():
            pytest.skip("this release has no package of Chromium: name one in PRESSROOM_CHROMIUM")
        pytest.fail("there is no Chromium: run 'make setup', or name one in PRESSROOM_CHROMIUM")
    return path


@pytest.fixture(scope="session")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """Start Chromium without windows, once a test process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(CHROMIUM))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open an empty page. Whatever it logs as an error or fetches from outside fails the test."""
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE_MS)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    opened.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("file:", "data:", "blob:", "about:", "http://127.0.0.1:"))
            else problems.append(f"fetches {request.url}")
        ),
    )
    yield opened
    context.close()
    assert problems == []
