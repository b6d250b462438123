"""A site that records ask for leaflets, its pages replaced by stand-ins."""

from __future__ import annotations

import pytest

from pressroom.build import render
from pressroom.core.model import Verdict

from ..conftest import _inline, invoke
from ..sites.records import make
from ..support import Site


def _stand_in(job: render.Job) -> render.RenderResult:
    words = f"%PDF-1.7 {job.wanted.key} {job.wanted.text}"
    return render.RenderResult(words.encode(), Verdict(1, (), ()), 12.0)


@pytest.fixture(scope="session")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("records")
    with pytest.MonkeyPatch.context() as patch:
        _inline(patch)
        patch.setattr(render, "set_and_judge", _stand_in)
        patch.chdir(folder)
        return make(folder, invoke)


@pytest.fixture
def records(_made: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Go to the site of `tests.sites.records`, made once. Copy it before it is changed."""
    monkeypatch.chdir(_made.folder)
    return _made
