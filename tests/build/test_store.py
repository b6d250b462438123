"""What was set before is set no more, and what is damaged is never published."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pressroom.build import render
from pressroom.build.cache import Store, proof_key, store_folder
from pressroom.build.render import Job, RenderResult
from pressroom.core.model import Finding, Shown, Verdict
from pressroom.core.published import Wanted
from pressroom.fonts.files import cache_folder

from ..conftest import Outcome, set_once
from ..support import Site, report_of, results

Run = Callable[..., Outcome]

WANTED = Wanted("asthma", "ur", "standard", "draft", {"page": "1", "web": "2"}, "text")
PRINTED = RenderResult(
    b"%PDF\n\0\xff",
    Verdict(2, (Shown("draft", 1, 14.0, True), Shown("sources", None, None, False)),
            (Finding("contrast", "warning", "‘دمہ’", "a"),)),
    12.25,
    {"rack/thumbs/ur/asthma.standard.draft.png": b"\x89PNG"},
)  # fmt: skip


@pytest.fixture(scope="module")
def store_of_many_tests() -> Path:
    return store_folder()


def test_stand_ins_of_tests_never_reach_the_users_store(store_of_many_tests: Path) -> None:
    for folder in (store_of_many_tests, store_folder()):
        assert not folder.is_relative_to(cache_folder())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def set_pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note which leaflets are set."""
    names: list[str] = []

    def noted(job: Job) -> RenderResult:
        names.append(job.wanted.locale)
        return set_once(job)

    monkeypatch.setattr(render, "set_and_judge", noted)
    return names


def test_a_proof_comes_back(store: Store) -> None:
    assert store.proof(WANTED) is None
    store.keep_proof(WANTED, PRINTED)
    assert store.proof(WANTED) == PRINTED
    assert store.proof(replace(WANTED, parts={"page": "1", "web": "other"})) == PRINTED
    assert store.proof(replace(WANTED, parts={"page": "2", "web": "2"})) is None
    assert store.proof(replace(WANTED, state="approved")) is None


def test_nothing_else_comes_out_of_it(store: Store) -> None:
    for name in ("index.html", "../../x", ".pressroom/ledger.sqlite3", "rack/thumbs/ur/x.png"):
        store.keep_proof(WANTED, replace(PRINTED, extras={name: b"mine"}))
        assert store.proof(WANTED) is None
    path = store.folder / proof_key(WANTED)[:2] / proof_key(WANTED)
    path.unlink()
    os.mkfifo(path)  # Nobody waits for what comes out of it.
    assert store.proof(WANTED) is None
    path.unlink()
    path.symlink_to("/dev/zero")
    assert store.proof(WANTED) is None


@pytest.mark.parametrize("at", [0, 20, 100, -1])
def test_a_damaged_entry_is_noticed(store: Store, at: int) -> None:
    store.keep_proof(WANTED, PRINTED)
    path = store.folder / proof_key(WANTED)[:2] / proof_key(WANTED)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))
    assert store.proof(WANTED) is None
    assert not path.exists()


def test_an_entry_in_the_place_of_another_is_noticed(store: Store) -> None:
    store.keep_proof(WANTED, PRINTED)
    other = replace(WANTED, parts={"page": "3"})
    path = store.folder / proof_key(other)[:2] / proof_key(other)
    path.parent.mkdir(exist_ok=True)
    shutil.copy(store.folder / proof_key(WANTED)[:2] / proof_key(WANTED), path)
    assert store.proof(other) is None


def test_an_entry_that_was_cut_off_is_noticed(store: Store) -> None:
    store.keep_proof(WANTED, PRINTED)
    ((_, _, path),) = store.entries()
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert store.proof(WANTED) is None, size
        assert not path.exists()
    path.write_bytes(whole)
    assert store.proof(WANTED) == PRINTED


def test_what_was_prepared_holds_for_its_days_and_after_a_run_that_ended_well(store: Store) -> None:
    said = {"since": "2026-01-01", "until": "2027-01-01", "web": "<p>"}
    store.keep_prepared("fingerprint", "standard", said)
    assert store.prepared("fingerprint", "standard", "2026-05-01") is None
    store.finish(good=False)
    assert store.prepared("fingerprint", "standard", "2026-05-01") is None
    store.keep_prepared("fingerprint", "standard", said)
    store.finish(good=True)
    assert store.prepared("fingerprint", "standard", "2026-05-01") == said
    assert store.prepared("fingerprint", "standard", "2027-01-01") is None
    assert store.prepared("fingerprint", "standard", "2025-12-31") is None
    assert store.prepared("fingerprint", "booklet", "2026-05-01") is None


def test_what_killed_runs_prepared_is_cleared_and_no_more(store: Store) -> None:
    other = subprocess.Popen(["sleep", "100"])
    ended = subprocess.Popen(["true"])
    ended.wait()
    folders = {
        number: store.folder / f"run-{number}" / "ab"
        for number in (other.pid, ended.pid, os.getpid(), 1 << 80)
    }
    for folder in folders.values():
        folder.mkdir(parents=True)
        (folder / "entry").write_bytes(b"")
    store.begin()
    assert [number for number, folder in folders.items() if folder.exists()] == [other.pid]
    other.kill()
    other.wait()


def test_what_was_used_longest_ago_is_pruned_first(store: Store) -> None:
    for number in range(4):
        wanted = replace(WANTED, topic=f"t{number}")
        store.keep_proof(wanted, replace(PRINTED, extras={}))
        key = proof_key(wanted)
        os.utime(store.folder / key[:2] / key, (number, number))
    store.proof(replace(WANTED, topic="t0"))
    size = next(store.entries())[1]
    done = store.prune(2 * size)
    assert (done.files, done.freed, done.left) == (2, 2 * size, 2 * size)
    left = [n for n in range(4) if store.proof(replace(WANTED, topic=f"t{n}")) is not None]
    assert left == [0, 3]


def test_a_store_is_measured_where_it_may_have_become_too_large(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[int] = []
    prune = store.prune
    monkeypatch.setattr(store, "prune", lambda most: measured.append(most) or prune(most))
    for number in range(6):
        store.keep_proof(replace(WANTED, topic=f"t{number}"), PRINTED)
        store.finish(good=True)
    assert measured == []
    kept = sum(size for _, size, _ in store.entries())
    monkeypatch.setattr("pressroom.build.cache.most_bytes", lambda: kept - 1)
    store.keep_proof(replace(WANTED, topic="t6"), PRINTED)
    store.finish(good=True)
    assert len(measured) == 1
    assert sum(size for _, size, _ in store.entries()) <= measured[0] < kept


def test_a_store_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    store = Store(tmp_path / "file" / "store")
    store.keep_proof(WANTED, PRINTED)
    store.finish(good=True)
    assert store.proof(WANTED) is None


# In builds


def test_a_clean_folder_is_filled_without_setting_a_page(
    site: Callable[..., Site], run: Run, set_pages: list[str]
) -> None:
    made = site(("en", "ar"))
    run("build", "--quiet")
    before = made.outputs()
    assert set_pages == ["ar", "en"] or set_pages == ["en", "ar"]
    shutil.rmtree(made.out)
    run("build", "--quiet")
    after = made.outputs()
    assert len(set_pages) == 2
    assert {name for name in before if before[name] != after[name]} == {"report.json"}
    assert set(results(report_of(made)).values()) == {"built"}
    run("build", "--force", "--quiet")
    assert len(set_pages) == 4


def test_an_edit_that_is_taken_back_sets_nothing(
    site: Callable[..., Site], run: Run, set_pages: list[str]
) -> None:
    made = site(("en", "es"))
    run("build", "--quiet")
    before = made.outputs()
    made.change("es/sore-throat", "Rest for 2 days.", text="Repose 2 días.")
    run("build", "--quiet")
    assert len(set_pages) == 3
    made.change("es/sore-throat", "Rest for 2 days.", text="Descanse 2 días.")
    done = run("build")
    assert "(its words changed" in done.out
    assert len(set_pages) == 3
    after = made.outputs()
    assert {name for name in before if before[name] != after[name]} == {"report.json"}


def test_what_a_run_that_was_killed_was_not_sure_of_is_not_kept(
    site: Callable[..., Site], run: Run
) -> None:
    site(("en",))
    store = Path(os.environ["PRESSROOM_STORE"])
    left = store / f"run-{os.getpid()}" / "ab" / "ab12"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"of words that changed meanwhile")
    run("build", "--quiet")
    assert not left.exists()
    assert not (store / "ab" / "ab12").exists()


def test_a_store_serves_another_site_of_the_same_words(
    tmp_path: Path, site: Callable[..., Site], run: Run, set_pages: list[str]
) -> None:
    made = site(("en", "ar"))
    run("build", "--quiet", "--store", str(tmp_path / "served"))
    run("build", "--out", "elsewhere", "--quiet", "--store", str(tmp_path / "served"))
    assert len(set_pages) == 2
    theirs = made.folder / "elsewhere"
    copies = [path for code in ("en", "ar") for path in theirs.glob(f"{code}/*")]
    assert len(copies) == 4
    for path in copies:
        assert (made.out / path.relative_to(theirs)).read_bytes() == path.read_bytes()


def test_what_failed_is_not_published_elsewhere_from_the_store(
    site: Callable[..., Site], run: Run, set_pages: list[str]
) -> None:
    made = site(("en", "ar", "km"))
    made.write("styles/site.css", ":lang(ar) #dsc-general-info { font-size: 11pt }")
    made.change("km/sore-throat", "Rest for 2 days.", text="សម្រាក 3 ថ្ងៃ។")
    for out in ("dist", "elsewhere", "elsewhere"):
        failed = run("build", "--out", out, code=1).err
        assert "'general-info' is set in 11 pt but needs 12 pt" in failed
        there = made.folder / out
        assert (there / "en/sore-throat.standard.draft.pdf").is_file()
        for code in ("ar", "km"):
            assert not list(there.rglob(f"{code}/sore-throat*"))
    assert sorted(set_pages) == ["ar", "en", "km"]


def test_a_damaged_store_is_set_anew(
    site: Callable[..., Site], run: Run, set_pages: list[str]
) -> None:
    made = site(("en",))
    run("build", "--quiet")
    before = made.outputs()
    store = Path(os.environ["PRESSROOM_STORE"])
    for path in store.glob("??/*"):
        path.write_bytes(path.read_bytes()[:-1] + b"X")
    shutil.rmtree(made.out)
    run("build", "--quiet")
    assert len(set_pages) == 2
    assert {n for n, data in made.outputs().items() if before[n] != data} == {"report.json"}


def test_the_store_says_where_it_lies_and_is_pruned(site: Callable[..., Site], run: Run) -> None:
    site(("en",))
    run("build", "--quiet")
    said = run("store", today=None).out
    found = re.fullmatch(r"(.*): (\d) entries, 0\.\d MB of 2000\.0 MB\n", said)
    assert found
    assert found[1] == os.environ["PRESSROOM_STORE"]
    assert run("store", "prune", today=None).out.startswith("0 entries taken out")
    assert run("store", "prune", "--most", "1", today=None).out.startswith("0 entries taken out")
    done = run("store", "prune", "--most", "0", today=None)
    assert done.out == f"{found[2]} entries taken out, 0.0 MB left\n"
