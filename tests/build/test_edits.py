"""After any sequence of edits, a build equals a build from scratch, byte for byte.

HYPOTHESIS_PROFILE=explore looks for sequences that nobody has tried.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pressroom.build import cluster, render

from ..conftest import Inline
from ..edits import CRASHES, EDITS, Play, compare, files_in, page_of
from ..support import Site

#: An edit, and whether the files that it wrote have come to rest before what follows.
Steps = list[tuple[str, bool]]
STEPS = st.lists(st.tuples(st.sampled_from(list(EDITS)), st.booleans()), min_size=1, max_size=9)


def at_rest(*names: str) -> Steps:
    return [(name, True) for name in names]


@contextmanager
def playing(untouched: Path) -> Iterator[Play]:
    """Return a site of one's own that was built once, in a process that sets by itself."""
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        shutil.copytree(untouched, folder, dirs_exist_ok=True)
        patch.chdir(folder)
        patch.setenv("PRESSROOM_STORE", str(folder / "store"))
        patch.setattr(render, "within_limits", lambda *_: nullcontext())
        patch.setattr(cluster, "WorkerPool", Inline)
        patch.setattr(Inline, "anew", True)
        yield Play(Site(folder))


def edit(play: Play, steps: Steps) -> None:
    """Build, and do one edit after the other."""
    play.run("build")
    for name, rests in steps:
        EDITS[name](play)
        if rests:
            play.settle()


def equals_a_build_from_scratch(play: Play) -> None:
    """Build once more, and into an empty folder with an empty store; compare."""
    before = files_in(play.site.out)
    code = play.run("build")
    scratch, empty = play.site.folder / "scratch", play.site.folder / "empty"
    for folder in (scratch, empty):
        shutil.rmtree(folder, ignore_errors=True)
    assert play.run("build", "--out", scratch.name, "--store", empty.name) == code
    if code == 2:  # A file that holds for all leaflets is broken: nothing is touched.
        assert files_in(play.site.out) == before
        return
    if (play.site.out / "rack/status.html").is_file():  # The rack leads there, where it is.
        play.run("status", "--html", "--out", scratch.name)
        play.run("build", "--out", scratch.name, "--store", empty.name, "--force")
    compare(play, scratch)


@settings(max_examples=15)
@given(STEPS)
@example(at_rest("a stylesheet", "a picture of the styles", "a build", "a picture of the styles"))
@example(at_rest("the rack altered", "a page of the rack altered"))
@example(at_rest("the report altered", "a build", "the report altered"))
@example(at_rest("a title", "a leaflet altered"))
@example(at_rest("a title", "the store lost", "a leaflet altered"))
@example(at_rest("approved in Khmer", "a build", "a fuzzy mark", "another leaflet lost"))
@example(
    at_rest(
        "approved in Khmer",
        "a build",
        "a sentence that crashes",
        "the store lost",
        "another leaflet lost",
    )
)
@example(at_rest("a sentence that fails", "a web page altered"))
@example(at_rest("words of the rack", "the language of staff", "a build", "words of the rack"))
def test_a_build_after_any_edits_equals_one_from_scratch(untouched: Path, steps: Steps) -> None:
    """Pages are made of all that a worker is given, so that none is kept which should not be."""
    with playing(untouched) as play, pytest.MonkeyPatch.context() as patch:
        patch.setattr(render, "set_and_judge", page_of)
        edit(play, steps)
        equals_a_build_from_scratch(play)
        patch.setattr(render, "set_and_judge", only_what_crashed)
        stands = files_in(play.site.out)
        play.run("build")
        assert {**files_in(play.site.out), "report.json": b""} == {**stands, "report.json": b""}


def only_what_crashed(job: render.Job) -> render.RenderResult:
    """Refuse to set again what was set: only what crashed may go well another time."""
    assert CRASHES in job.html, f"{job.wanted.stem} is set though nothing has changed"
    return page_of(job)


@pytest.mark.parametrize(
    "steps",
    [
        at_rest("a translation", "a stylesheet", "a build", "a stylesheet", "a stylesheet",
                "a picture of the styles", "a leaflet altered"),
        at_rest("approved in Arabic", "a build", "a telephone number", "a template",
                "a build of a locale", "a template", "a sentence", "a build", "a sentence"),
    ],
)  # fmt: skip
def test_so_it_is_with_real_pages(untouched: Path, steps: Steps) -> None:
    with playing(untouched) as play:
        EDITS["a topic taken out"](play)
        edit(play, steps)
        equals_a_build_from_scratch(play)
