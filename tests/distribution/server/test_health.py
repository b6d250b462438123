"""What a monitor is told: whether all is well, and how much of what there is."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from pressroom.distribution.server.app import Place, make_app
from pressroom.distribution.server.desk import Desk
from pressroom.distribution.server.names import hosts_of

from ...conftest import Outcome, _inline, invoke
from ...support import TODAY, Site, make_site
from .support import app_of, ask

SAMPLE = r"""([a-z_]+\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\}) (\S+)"""


def metrics(text: str) -> dict[str, float]:
    """Read the text form of Prometheus: each line is a comment, or a name, labels and a number."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            match = re.fullmatch(
                r"([a-z_]+\{[a-z]+=\"[^\"]*\"(?:,[a-z]+=\"[^\"]*\")*\}) (\S+)", line
            )
            assert match, line
            found[match[1]] = float(match[2])
    return found


def test_before_the_first_build_it_is_not_well(tmp_path: Path) -> None:
    make_site(tmp_path, ("en",))
    app = app_of(tmp_path)
    answer = ask(app, "/healthz")
    assert (answer.status, answer.body) == (503, b"The first leaflets are being built.\n")
    assert metrics(ask(app, "/metrics").body.decode()) == {'pressroom_readable{clinic=""}': 1}


def test_a_built_site_is_well_and_counted(approved_site: Path) -> None:
    app = app_of(approved_site)
    assert (ask(app, "/healthz").status, ask(app, "/healthz").body) == (200, b"ok\n")
    answer = ask(app, "/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = metrics(answer.body.decode())
    assert found['pressroom_leaflets{clinic="",result="built"}'] == 4
    assert found['pressroom_leaflets{clinic="",result="failed"}'] == 0
    assert found['pressroom_approved{clinic=""}'] == 3
    assert found['pressroom_overdue{clinic=""}'] == 0
    stamp = (approved_site / "dist/report.json").stat().st_mtime
    assert found['pressroom_last_build_timestamp_seconds{clinic=""}'] == round(stamp)


def test_what_is_overdue_failed_or_unreadable_is_counted(
    approved_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(approved_site, tmp_path / "site")
    site = Site(tmp_path / "site")
    monkeypatch.chdir(site.folder)
    _inline(monkeypatch)
    site.write("locales/ar/sore-throat.po", "nonsense")
    ended: Outcome = invoke("build", today=date(2030, 1, 1).isoformat(), code=1)
    assert ended
    app = app_of(site.folder)
    found = metrics(ask(app, "/metrics").body.decode())
    assert found['pressroom_leaflets{clinic="",result="failed"}'] == 1
    assert found['pressroom_overdue{clinic=""}'] == 3
    site.write("clinic.toml", "nonsense")
    assert metrics(ask(app, "/metrics").body.decode())['pressroom_readable{clinic=""}'] == 0


def test_all_clinics_stand_in_one_list(tmp_path: Path) -> None:
    site = make_site(tmp_path, ("en",))
    site.write("clinics/north.toml", 'name = "North"\n')
    hosts = hosts_of("localhost")
    places = [Place(site.handouts, tmp_path / f"dist{name}", hosts, name) for name in ("", "north")]
    app = make_app({place: Desk(site.handouts, lambda: TODAY) for place in places}, lambda: TODAY)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/index.html").write_text("", encoding="utf-8")
    assert ask(app, "/healthz").body == b"The first leaflets of north are being built.\n"
    for path in ("/metrics", "/north/metrics"):
        found = metrics(ask(app, path).body.decode())
        assert found.keys() == {
            'pressroom_readable{clinic=""}', 'pressroom_readable{clinic="north"}'
        }  # fmt: skip
