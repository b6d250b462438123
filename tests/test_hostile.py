"""Every case of `tests/hostile/`: what is laid over a small site, and what is said of it.

A case is a folder. `expected.toml` has the reason in a line; what is done to the
site, with files of `site/` laid over it first; and what must come of it:

    [[edit]]   file, old, new: replace a text that stands once
    insert     what a template of the site adds to the packaged one, at the end of the body
    [[make]]   file, and text, or hex, times a number; or link to a path, folder, or pipe;
               called: the bytes of a last part of its path, which may be no text
    command    which command is run (check); a build is in this process and without limits;
               `locale import` and `new` must leave all words as they are
    limits     true for a build as people run it: in workers, and with limits
    code       how it must end (1)
    says       parts of what is said: findings as `where: message`, and stderr
    silent     parts that are said nowhere
    failed     leaflets that must fail; all others that are not named must not
    withheld   leaflets that must be withheld
    quotes     a text that must stand in the page, and not be more than text
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import pipeline
from pressroom.build import cluster, render
from pressroom.build.prepare import Preparer
from pressroom.content.theme import packaged
from pressroom.leaflet.html import environment

from .conftest import Inline
from .support import TODAY, TOPIC, Site, make_site

CASES = Path(__file__).parent / "hostile"
NAMES = sorted(path.parent.name for path in CASES.glob("*/expected.toml"))
KEYS = {
    "reason", "edit", "insert", "make", "command", "limits",
    "code", "says", "silent", "failed", "withheld", "quotes",
}  # fmt: skip

#: What no message may hold, whatever it quotes.
UNPRINTABLE = re.compile("[\0-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the site that cases are laid over: two topics, of which they break one."""
    folder = tmp_path_factory.mktemp("base")
    other = TOPIC.replace("id: sore-throat", "id: back-pain")
    make_site(folder, ("en", "es"), {"sore-throat": TOPIC, "back-pain": other})
    return folder / "handouts"


def lay_out(name: str, base: Path, folder: Path) -> tuple[Site, dict[str, Any]]:
    """Make the site of a case. Give it with what is expected."""
    case = CASES / name
    expected = tomllib.loads((case / "expected.toml").read_text(encoding="utf-8"))
    assert expected.keys() <= KEYS
    assert expected["reason"].strip()
    site = Site(folder)
    shutil.copytree(base, site.handouts)
    if (case / "site").is_dir():
        shutil.copytree(case / "site", site.handouts, dirs_exist_ok=True)
    for edit in expected.get("edit", ()):
        site.edit(edit["file"], edit["old"], edit["new"] * edit.get("times", 1))
    if added := expected.get("insert"):
        template = (packaged("templates") / "leaflet.html").read_text(encoding="utf-8")
        site.write("templates/leaflet.html", template.replace("</body>", f"{added}\n</body>"))
    for thing in expected.get("make", ()):
        _make(site.handouts / thing.pop("file"), **thing)
    return site, expected


def _make(
    path: Path,
    text: str = "",
    hex: str = "",
    times: int = 1,
    link: str = "",
    folder: bool = False,
    pipe: bool = False,
    called: str = "",
) -> None:
    if called:
        path /= os.fsdecode(bytes.fromhex(called))
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)
    if link:
        path.symlink_to(link)
    elif folder:
        path.mkdir()
    elif pipe:
        os.mkfifo(path)
    else:
        path.write_bytes((bytes.fromhex(hex) or text.encode("utf-8", "surrogatepass")) * times)


def invoke(*arguments: str) -> tuple[int, str, str]:
    """Run a command as it is. An exception other than its exit is a failure of the case."""
    done = CliRunner().invoke(pipeline.handouts, [*arguments, "--today", TODAY.isoformat()])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def entries(stdout: str) -> list[dict[str, Any]]:
    """Return the leaflets of a report; none where there is no report."""
    return list(json.loads(stdout)["leaflets"]) if stdout.startswith("{") else []


def lines(leaflets: list[dict[str, Any]], stderr: str) -> Iterator[str]:
    """Return everything that was said, a line each."""
    yield from stderr.splitlines()
    for leaflet in leaflets:
        for finding in leaflet["findings"]:
            yield f"{finding['where']}: {finding['message']} [{finding['code']}]"


@pytest.mark.parametrize("name", NAMES)
def test_hostile(
    name: str,
    base: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    site, expected = lay_out(name, base, tmp_path / "place")
    monkeypatch.chdir(site.folder)
    if (site.handouts / "templates").exists():
        request.addfinalizer(environment.cache_clear)  # It knows templates by their path.
        environment.cache_clear()
    outside = sorted(path.name for path in tmp_path.iterdir())

    if not expected.get("limits"):
        monkeypatch.setattr(render, "within_limits", lambda *_: nullcontext())
        monkeypatch.setattr(cluster, "WorkerPool", Inline)
    command = expected.get("command", ["check"])
    words = _words(site)
    code, stdout, stderr = invoke(
        *command, *(("--json",) if command[0] in ("build", "check") else ())
    )
    leaflets = entries(stdout)
    said = list(lines(leaflets, stderr))

    assert code == expected.get("code", 1), "\n".join(said)
    for part in expected.get("says", ()):
        assert any(part in line for line in said), "\n".join(said)
    for part in expected.get("silent", ()):
        assert not any(part in line for line in said), "\n".join(said)
    if stdout.startswith("{"):
        for result in ("failed", "withheld"):
            found = {
                f"{one['locale']}/{one['topic']}" for one in leaflets if one["result"] == result
            }
            assert found == set(expected.get(result, ())), "\n".join(said)
    else:
        assert code == 2 or command[0] in ("locale", "new")
    assert _words(site) == words
    for line in said:
        assert not UNPRINTABLE.search(line), repr(line)
        assert "Traceback" not in line
        assert str(tmp_path) not in line
    for text in expected.get("quotes", ()):
        assert_is_text(site, text)
    assert sorted(path.name for path in tmp_path.iterdir()) == outside


def _words(site: Site) -> dict[str, bytes]:
    """Return every catalogue and glossary, which no build, check or hostile import changes."""
    return {
        path.relative_to(site.folder).as_posix(): path.read_bytes()
        for path in sorted(site.handouts.glob("locales/**/*"))
        if path.is_file() and not path.is_symlink()
    }


def assert_is_text(site: Site, text: str) -> None:
    """Look for a text in the page and in the web page: there, and escaped."""
    (one,) = (
        one for one in Preparer(site.words())(("sore-throat",), ("en",)) if one.leaflet is not None
    )
    for page in (one.html, one.web):
        assert html.escape(text) in page
        if html.escape(text) != text:
            assert text not in page


def test_there_are_many_cases() -> None:
    assert len(NAMES) >= 150
    folders = {path.name for path in CASES.iterdir() if path.is_dir()}
    assert folders == set(NAMES), "a case without expected.toml"


if sys.platform == "win32":  # pragma: no cover
    pytest.skip("links and limits are those of POSIX", allow_module_level=True)
