"""What harmed somebody once, by the number of its case, and others of its kind.

1 A withdrawn leaflet stayed in the folder. 2 A limit of time that was hit was remembered.
3 A style covered, struck or mirrored the signs of an emergency. 5 A page was set on other paper.
7 Lines stood on each other. 10 The web page lost its disclaimers. 11 The band said "approved".
12 Without HOME and an entry of the user, nothing ran. 13 A disk without locks was taken for
another build. 14, 15 A slow client held all places, and a web server before ours was refused: see
`tests/distribution/server/`.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import pwd
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pressroom.build import prepare, render
from pressroom.build.cache import store_folder
from pressroom.build.render import RenderResult
from pressroom.content.house import read_house
from pressroom.core.errors import ConfigurationError, LockedError
from pressroom.core.limits import OutOfTimeError
from pressroom.core.lock import locked
from pressroom.core.model import Finding, Verdict
from pressroom.fonts.files import font_folders

from .conftest import Outcome
from .killed import page
from .support import COLD, NAME, SHIPPED, TOPIC, Site, approve, leaflets_of, report_of, results

Run = Callable[..., Outcome]
BECAUSE = ("--because", "the dose is wrong")
EDITIONS = {'["standard"]': '["standard", "bilingual"]'}


@pytest.fixture
def made(site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a site of two topics and two clinics, in two editions, approved in Arabic."""
    monkeypatch.setattr(render, "set_and_judge", page)
    made = site(("en", "ar", "km"), {NAME: TOPIC, "cold": COLD}, EDITIONS)
    made.write("clinics/north.toml", 'name = "North Street"\n')
    approve(run, "ar")
    run("build")
    run("build", "--clinic", "north")
    return made


def lying(made: Site) -> list[str]:
    """Return the files of the topic in Arabic, of all clinics."""
    found = [
        *made.folder.glob(f"dist*/ar/{NAME}.*"),
        *made.folder.glob(f"dist*/**/ar/{NAME}.*.png"),
    ]
    return sorted(path.relative_to(made.folder).as_posix() for path in found)


@contextmanager
def refusing(monkeypatch: pytest.MonkeyPatch, number: int, part: str) -> Iterator[None]:
    """Refuse to delete files whose path has this part, as a share or a folder refuses it."""
    real = Path.unlink

    def unlink(path: Path, missing_ok: bool = False) -> None:
        if part in path.as_posix() and path.exists():
            raise OSError(number, os.strerror(number))
        real(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", unlink)
        yield


def spoil(path: Path) -> None:
    path.write_bytes(b"no ledger" * 1000)


#: What became of the engine's own folder before a leaflet is withdrawn.
LOST: dict[str, Callable[[Path], object]] = {
    "nothing": lambda _: None,
    "the ledger is deleted": lambda own: (own / "ledger.sqlite3").unlink(),
    "the folder is deleted": shutil.rmtree,
    "the ledger is damaged": lambda own: spoil(own / "ledger.sqlite3"),
}


@pytest.mark.parametrize("lost", list(LOST))
def test_case_1_what_is_withdrawn_leaves_whatever_became_of_the_ledger(
    made: Site, run: Run, lost: str
) -> None:
    assert len([name for name in lying(made) if name.endswith(".pdf")]) == 4
    LOST[lost](made.out / ".pressroom")
    run("withdraw", NAME, "ar", *BECAUSE, code=2 if "damaged" in lost else 0)
    assert lying(made) == []
    said = run("recall", NAME, code=0).out
    assert "ar, standard: version 1.0" in said
    assert "ar, bilingual: version 1.0" in said


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EACCES, errno.EROFS])
def test_case_1_what_cannot_be_removed_is_said_marked_and_tried_again(
    made: Site, run: Run, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    pdf = f"dist/ar/{NAME}.standard.pdf"
    with refusing(monkeypatch, number, f"/ar/{NAME}.standard.pdf"):
        done = run("withdraw", NAME, "ar", *BECAUSE, code=1)
        for path in (pdf, pdf.replace("dist/", "dist-north/")):
            assert (
                f"{path}: is withdrawn, but cannot be removed ({os.strerror(number)})" in done.err
            )
        assert "withdrawn-left" in run("build", "--quiet", code=1).err
        assert f"cannot be removed:</strong> {pdf}" in (made.out / "index.html").read_text("utf-8")
        (made.out / ".pressroom/ledger.sqlite3").unlink()
        assert f"{pdf}: is withdrawn" in run("build", "--quiet", code=1).err
    run("build")
    run("build", "--clinic", "north")
    assert lying(made) == []
    assert pdf not in (made.out / "index.html").read_text("utf-8")


def test_case_1_what_somebody_copies_back_leaves_with_the_next_build(made: Site, run: Run) -> None:
    kept = (made.out / f"ar/{NAME}.standard.pdf").read_bytes()
    run("withdraw", NAME, "ar", *BECAUSE)
    run("build")
    (made.out / "ar").mkdir(exist_ok=True)
    for name in (f"{NAME}.standard.pdf", f"{NAME}.booklet-reader.pdf", f"{NAME}.html"):
        (made.out / "ar" / name).write_bytes(kept)
    (made.out / "ar" / "ours.pdf").write_bytes(b"ours")
    run("build")
    assert lying(made) == []
    assert (made.out / "ar" / "ours.pdf").is_file()


def test_case_1_what_cannot_be_recorded_leaves_all_the_same(made: Site, run: Run) -> None:
    records = made.path("records/history.jsonl")
    records.write_text(records.read_text("utf-8") + "{}\n", "utf-8")
    assert "is no record" in run("withdraw", NAME, "ar", *BECAUSE, code=2).err
    assert lying(made) == []


def test_case_1_what_the_site_has_no_more_leaves_in_time(
    made: Site, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (made.out / ".pressroom/ledger.sqlite3").unlink()
    made.edit("clinic.toml", '["standard", "bilingual"]', '["standard"]')
    pdf = f"ar/{NAME}.bilingual.pdf"
    with refusing(monkeypatch, errno.EBUSY, pdf):
        said = run("build", code=1).err
        assert f"dist/{pdf}: is published no more, but cannot be removed" in said
        run("build", "--quiet", code=1)
    run("build")
    assert not (made.out / pdf).exists()
    assert f"ar/{NAME}.standard.pdf" in leaflets_of(made)


def _out_of_time(*_: object) -> None:
    raise OutOfTimeError


def test_case_2_a_limit_hit_in_translating_is_tried_again(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "set_and_judge", page)
    made = site(("en", "ar"))
    with monkeypatch.context() as patch:
        patch.setattr(prepare, "marked", _out_of_time)
        run("build", code=1)
    assert set(results(report_of(made)).values()) == {"failed"}
    run("build")
    assert set(results(report_of(made)).values()) == {"built"}


def test_case_2_a_limit_hit_in_setting_is_tried_again(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site(("en", "km"))
    slow = Finding("render-timeout", "error", "it took longer than 60 seconds; simplify it", "")
    late = RenderResult(b"", Verdict(0, (), (slow,)), None)
    monkeypatch.setattr(render, "set_and_judge", lambda _: late)
    run("build", code=1)
    monkeypatch.setattr(render, "set_and_judge", page)
    run("build")
    assert set(results(report_of(made)).values()) == {"built"}


def test_case_2_fonts_are_measured_before_the_clock_of_a_leaflet_runs(
    site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = site(("en", "ar")).words()
    called: list[str] = []
    monkeypatch.setattr(prepare, "prepare_fonts", lambda _: called.append("fonts"))
    real = prepare.within_time
    monkeypatch.setattr(
        prepare, "within_time", lambda seconds: called.append("clock") or real(seconds)
    )
    list(prepare.Preparer(words)(words.names, ("en", "ar")))
    assert called == ["fonts", "clock", "clock"]


@pytest.mark.parametrize("cache", ["", "cache"])
def test_case_12_without_a_home_and_an_entry_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: str
) -> None:
    for name in ("HOME", "PRESSROOM_STORE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)

    def nobody(uid: int) -> Any:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    if cache:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / cache))
    assert store_folder().is_absolute()
    assert store_folder().is_relative_to(tmp_path / cache) is bool(cache)
    assert all(folder.is_absolute() for folder in font_folders())


#: What file systems answer that have no locks: NFS without its daemon, FUSE, some shares.
LOCKLESS = [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL]


@pytest.mark.parametrize("number", LOCKLESS)
def test_case_13_a_disk_without_locks_is_said_as_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int
) -> None:
    real = fcntl.flock

    def flock(file: Any, operation: int) -> None:
        if operation & fcntl.LOCK_EX:
            raise OSError(number, os.strerror(number))
        real(file, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(ConfigurationError) as told, locked(tmp_path / "out"):
        pass
    assert not isinstance(told.value, LockedError)
    assert f"its file system locks no files ({os.strerror(number)})" in str(told.value)


@pytest.mark.parametrize("number", [errno.EWOULDBLOCK, errno.EACCES])
def test_case_13_another_build_is_said_as_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int
) -> None:
    def flock(_file: Any, _operation: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(LockedError, match="another build is at work"), locked(tmp_path / "out"):
        pass


#: What a site's own style did, by the case and its variant; the code, and what the message names.
STYLES = {
    "3 covered": (
        ".urgent li { position: relative } .urgent li::after { content: ''; position: absolute; "
        "left: -2em; right: 0; top: 0; bottom: 0; background: #fff }",
        "message-hidden", "the message msg-lead-1",
    ),
    "3 mirrored": (
        ".urgent li { transform: scaleX(-1) }", "message-hidden", "the message msg-lead-1"
    ),
    "3 struck": (
        ".urgent li { text-decoration: line-through }", "message-hidden", "the message msg-lead-1"
    ),
    "5 paper": ("@page { size: 1000mm 1414mm }", "page-size", "page 1"),
    "7 lines": (
        "#dsc-general-info { width: 40mm; line-height: .72 }", "disclaimer-hidden", "general-info"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STYLES)
def test_cases_3_5_7_no_style_of_a_site_spoils_what_was_signed(
    site: Callable[..., Site], run: Run, case: str
) -> None:
    css, code, name = STYLES[case]
    made = site(("en",))
    made.write("styles/site.css", css)
    approve(run, "en")
    said = run("build", code=1).err
    assert code in said
    assert name in said
    assert leaflets_of(made) == []
    # What the finding asks for helps.
    made.path("styles/site.css").unlink()
    run("build")
    assert f"en/{NAME}.standard.pdf" in leaflets_of(made)


@pytest.mark.parametrize("how", ["styles", "template"])
def test_case_10_no_web_page_is_published_without_its_disclaimers(
    site: Callable[..., Site], run: Run, how: str
) -> None:
    made = site(("en",))
    if how == "styles":
        shipped = (SHIPPED.parent / "styles/web.css").read_text("utf-8")
        made.write("styles/web.css", f"{shipped}[id^=dsc-], .urgent {{ display: none !important }}")
    else:
        shipped = (SHIPPED.parent / "templates/leaflet-web.html").read_text("utf-8")
        without = re.sub(r"\{\{ parts\.(?:back|notice)[^}]*\}\}", "", shipped)
        assert without != shipped
        made.write("templates/leaflet-web.html", without)
    approve(run, "en")
    said = run("build", code=1).err
    assert "web-page" in said
    assert "general-info" in said or "keep-treatment" in said
    assert leaflets_of(made) == []


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("es", "APROBADO. Revisado por un médico."),
        ("es", "APROBADO. Revisado por un profesional clínico. Puede entregarse a pacientes."),
        ("es", "x"),
        ("ar", "معتمد. راجعه طبيب. يمكن إعطاؤه للمرضى."),
        ("hi", "स्वीकृत। डॉक्टर ने जाँचा। रोगियों को दें।"),
        ("km", "បានអនុម័ត។ ពិនិត្យដោយគ្រូពេទ្យ។ ប្រគល់ឲ្យអ្នកជំងឺបាន។"),
    ],
)
def test_case_11_no_band_says_that_a_draft_is_approved(
    site: Callable[..., Site], run: Run, locale: str, words: str
) -> None:
    made = site(("en", locale))
    must_say = next(rule for rule in read_house(SHIPPED).rules if rule.id == "draft").must_say
    wanted = json.dumps(list(must_say[locale]), ensure_ascii=False)
    rule = f'id = "draft"\nmust_say = {{ {locale} = {wanted} }}'
    policy = made.read("house/policy.toml")
    if "must_say" not in policy:
        made.edit("house/policy.toml", 'id = "draft"', rule)
    catalogue = made.read(f"locales/{locale}/house.po")
    entry = re.search(r'msgctxt "draft"\nmsgid [^\n]*\n(msgstr (?:"[^\n]*"\n)+)', catalogue)
    assert entry is not None
    made.edit(f"locales/{locale}/house.po", entry[1], f'msgstr "{words}"\n')
    said = run("build", "--locale", locale, code=1).err
    assert "disclaimer-altered" in said
    assert leaflets_of(made) == []
