"""What may be handed out is printed through a real CUPS as it was built; nothing else is."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from pressroom.core.errors import ConfigurationError, HandoutError
from pressroom.distribution import printing
from pressroom.leaflet import lookup

from ..conftest import Outcome
from ..cups import Cups, running_cups
from ..support import TODAY, Site, prints_of


@pytest.fixture(scope="module")
def cups() -> Iterator[Cups]:
    with running_cups() as started:
        yield started


@pytest.fixture
def site(approved_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a copy of the built site, and go there."""
    folder = tmp_path / "site"
    shutil.copytree(approved_site, folder)
    monkeypatch.chdir(folder)
    return Site(folder)


@pytest.fixture
def printer(cups: Cups, monkeypatch: pytest.MonkeyPatch) -> Cups:
    """Point the command at the test's CUPS, with two printers and no default."""
    monkeypatch.setenv("CUPS_SERVER", str(cups.folder / "socket"))
    for name in ("PRINTER", "LPDEST"):
        monkeypatch.delenv(name, raising=False)
    if not (cups.folder / "out" / "front-desk").is_dir():
        cups.add("front-desk")
        cups.add("ward_3")
    return cups


@pytest.mark.parametrize("locale", ["en", "ar", "km"])
def test_what_arrives_is_what_was_built(
    site: Site, printer: Cups, run: Callable[..., Outcome], locale: str
) -> None:
    said = run("print", "sore-throat", locale, "--copies", "3", "--printer", "front-desk")
    job = said.out.rstrip(".\n").rpartition(" ")[2]
    pdf = (site.out / locale / "sore-throat.standard.pdf").read_bytes()
    arrived, (title, copies, options) = printer.arrived(job)
    assert arrived == pdf
    assert arrived.startswith(b"%PDF-")
    assert (title, copies) == (f"{locale}/sore-throat.standard 1.0", "3")
    assert {"media=A4", "sides=two-sided-long-edge", "print-scaling=none"} <= set(options.split())
    assert said.out == (
        f"{locale}/sore-throat.standard: 3 copies sent to front-desk as job {job}.\n"
    )
    (row,) = prints_of(site)
    assert row.pop("mark") in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*", row.pop("at"))
    assert row == {
        "record": "print", "clinic": "", "topic": "sore-throat", "locale": locale,
        "edition": "standard", "version": "1.0", "issued": "2026-11-23",
        "sha256": hashlib.sha256(pdf).hexdigest(), "copies": 3, "date": TODAY.isoformat(),
        "printer": "front-desk", "job": job,
    }  # fmt: skip


def test_sides_and_paper_are_handed_on(
    site: Site, printer: Cups, run: Callable[..., Outcome]
) -> None:
    said = run(
        "print", "sore-throat", "en", "--printer", "ward_3", "--one-sided", "--paper", "Letter"
    )
    assert said.out.startswith("en/sore-throat.standard: 1 copy sent to ward_3 as job ward_3-")
    _, (_, copies, options) = printer.arrived(prints_of(site)[0]["job"])
    assert copies == "1"
    assert {"media=Letter", "sides=one-sided", "print-scaling=fit"} <= set(options.split())


def test_a_booklet_turns_over_its_short_edge(site: Site) -> None:
    printable = printing.find_printable(site.words(), site.out, "sore-throat", "en", "standard")
    made = replace(printable.made, edition="booklet")
    said = printing.arguments_of(replace(printable, made=made), printing.Order())
    assert "sides=two-sided-short-edge" in said


def test_printers_are_listed(printer: Cups, run: Callable[..., Outcome]) -> None:
    assert run("print", "--list-printers").out == "front-desk\nward_3\n"
    printer.ask("lpadmin", "-d", "ward_3")
    printer.ask("cupsdisable", "front-desk")
    try:
        assert run("print", "--list-printers").out == "front-desk (paused)\nward_3 (default)\n"
    finally:
        printer.ask("cupsenable", "front-desk")
        printer.ask("lpadmin", "-x", "ward_3")
        printer.add("ward_3")
    assert run("print", "--list-printers").out == "front-desk\nward_3\n"


@pytest.mark.usefixtures("printer")
def test_the_default_printer_is_taken(
    site: Site, run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRINTER", "ward_3")
    run("print", "sore-throat", "en")
    run("print", "sore-throat", "ar")
    assert [(row["locale"], row["printer"]) for row in prints_of(site)] == [
        ("en", "ward_3"), ("ar", "ward_3"),
    ]  # fmt: skip


def test_a_paused_printer_takes_the_job_and_is_named(
    site: Site, printer: Cups, run: Callable[..., Outcome]
) -> None:
    printer.ask("cupsdisable", "ward_3")
    try:
        said = run("print", "sore-throat", "en", "--printer", "ward_3")
    finally:
        printer.ask("cupsenable", "ward_3")
    assert "ward_3 is paused" in said.err
    assert len(prints_of(site)) == 1


def test_a_printer_that_refuses_is_quoted(
    site: Site, printer: Cups, run: Callable[..., Outcome]
) -> None:
    printer.ask("cupsreject", "ward_3")
    try:
        said = run("print", "sore-throat", "en", "--printer", "ward_3", code=2)
    finally:
        printer.ask("cupsaccept", "ward_3")
    assert said.err == (
        "ward_3: CUPS refuses: Destination \"ward_3\" is not accepting jobs; see 'lpstat -t'\n"
    )
    assert prints_of(site) == []


# What is refused


def alter(site: Site) -> None:
    path = site.out / "ar/sore-throat.standard.pdf"
    path.write_bytes(path.read_bytes() + b"\n")


REFUSED: dict[str, tuple[str, Callable[[Site], object], str, str]] = {
    "a draft": (
        "es", lambda _: None,
        "is a draft, which no patient may be given: no reviewer has signed", "handouts approve",
    ),
    "withheld": (
        "ar", lambda s: s.change("ar/sore-throat", "Rest for 2 days.", fuzzy=True),
        "is withheld: handouts/locales/ar/sore-throat.po:", "fuzzy",
    ),
    "broken": (
        "km", lambda s: s.write("locales/km/sore-throat.po", "nonsense"),
        "its words are broken: handouts/locales/km/sore-throat.po:1", "handouts check",
    ),
    "changed since it was signed": (
        "ar", lambda s: s.change("ar/sore-throat", "Rest for 2 days.", text="استرح 2 يوم."),
        "is a draft, which no patient may be given: the text has changed since", "approve",
    ),
    "older than a template": (
        "km", lambda s: s.write("styles/site.css", "p { margin: 1pt }"),
        "the published PDF is not what its words are now: the styles changed", "handouts build",
    ),
    "gone": (
        "ar", lambda s: (s.out / "ar/sore-throat.standard.pdf").unlink(),
        "the published PDF is not what its words are now: its file is gone", "handouts build",
    ),
    "altered": (
        "ar", alter,
        "the published PDF is not what its words are now: its file was altered", "handouts build",
    ),
    "not built": (
        "ar", lambda s: shutil.rmtree(s.out), "is approved, but not built yet", "handouts build",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.usefixtures("printer")
def test_what_must_not_be_handed_out_is_refused(
    site: Site, run: Callable[..., Outcome], case: str
) -> None:
    locale, spoil, what, step = REFUSED[case]
    spoil(site)
    said = run("print", "sore-throat", locale, "--printer", "front-desk", code=1)
    assert f"{locale}/sore-throat.standard: {what}" in said.err
    assert step in said.err
    assert said.out == ""
    assert prints_of(site) == []


@pytest.mark.parametrize("locale", ["ar", "km"])
@pytest.mark.usefixtures("printer")
def test_words_that_a_newer_rule_finds_wrong_are_refused(
    site: Site, run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    monkeypatch.setattr(lookup, "wrong_language", lambda *_: "is in another script")
    said = run("print", "sore-throat", locale, "--printer", "front-desk", code=1)
    assert f"its words are broken: handouts/locales/{locale}/sore-throat.po:" in said.err
    assert prints_of(site) == []


@pytest.mark.parametrize("locale", ["en", "km"])
@pytest.mark.usefixtures("site", "printer")
def test_what_is_past_its_review_is_refused(run: Callable[..., Outcome], locale: str) -> None:
    said = run("print", "sore-throat", locale, "--printer", "ward_3", code=1, today="2027-11-23")
    assert "must not be handed out any more: this leaflet was to be reviewed by 2027-11-22" in (
        said.err
    )
    assert run("print", "sore-throat", locale, "--printer", "ward_3", today="2027-11-22").out


@pytest.mark.usefixtures("printer")
def test_a_file_that_changes_at_the_last_moment_is_not_printed(
    site: Site,
) -> None:
    printable = printing.find_printable(site.words(), site.out, "sore-throat", "ar", "standard")
    alter(site)
    with pytest.raises(HandoutError, match="altered since it was built"):
        printing.send(printable, printing.Order(printer="ward_3"), site.words(), "2026-12-01")
    assert prints_of(site) == []


@pytest.mark.parametrize("locale", ["ar", "km"])
def test_what_was_compared_is_printed_whatever_becomes_of_its_file(
    site: Site, printer: Cups, monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    printable = printing.find_printable(site.words(), site.out, "sore-throat", locale, "standard")
    built = printable.path.read_bytes()
    ask = printing._ask

    def replaced(*arguments: str, **given: bytes) -> object:
        printable.path.write_bytes(b"%PDF-1.7 another")
        return ask(*arguments, **given)

    monkeypatch.setattr(printing, "_ask", replaced)
    sent = printing.send(printable, printing.Order(printer="ward_3"), site.words(), "2026-12-01")
    assert printer.arrived(sent.job)[0] == built
    assert prints_of(site)[0]["sha256"] == hashlib.sha256(built).hexdigest()


# What is missing


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a topic and a locale; such as 'handouts print asthma es'"),
        (("sore-throat",), "name a topic and a locale; such as 'handouts print asthma es'"),
        (("sore-throat", "en"), "there is no default printer; name one with --printer"),
        (("sore-throat", "en", "--printer", "frontdesk"), "did you mean 'front-desk'?"),
        (("sore-throat", "en", "--printer", "-x"), "there is no printer '-x'; known are front"),
        (("sore-throat", "en", "--edition", "pocket"), "this clinic has no edition 'pocket'"),
        (("sore-throat", "xx"), "there is no locale 'xx'"),
        (("sore-throat", "en", "--copies", "0"), "0 is not in the range"),
    ],
)
@pytest.mark.usefixtures("printer")
def test_wrong_usage_is_named(
    site: Site, run: Callable[..., Outcome], arguments: tuple[str, ...], said: str
) -> None:
    assert said in run("print", *arguments, code=2).err
    assert prints_of(site) == []


def test_without_cups_the_next_step_is_said(
    site: Site, run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUPS_SERVER", str(site.folder / "none"))
    said = run("print", "sore-throat", "en", code=2)
    assert (
        said.err == "CUPS is not running; start it ('systemctl start cups'), or set CUPS_SERVER\n"
    )
    monkeypatch.setenv("PATH", str(site.folder))
    said = run("print", "sore-throat", "en", code=2)
    assert said.err.startswith("CUPS is not installed: there is no 'lp'; install it")
    assert prints_of(site) == []


@pytest.mark.usefixtures("site")
def test_a_cups_without_printers_is_named(
    run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_cups() as empty:
        monkeypatch.setenv("CUPS_SERVER", str(empty.folder / "socket"))
        assert run("print", "sore-throat", "en", code=2).err.startswith("CUPS has no printer; add")


@pytest.mark.usefixtures("printer")
def test_nothing_is_printed_that_cannot_be_logged(site: Site, run: Callable[..., Outcome]) -> None:
    path = site.path("records/history.jsonl")
    records = path.read_bytes()
    path.unlink()
    path.mkdir()
    said = run("print", "sore-throat", "en", "--printer", "ward_3", code=2)
    assert "handouts/records/history.jsonl: cannot be " in said.err
    path.rmdir()
    path.write_bytes(records)


def test_a_cups_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "PATIENCE_SECONDS", 0.1)
    with pytest.raises(ConfigurationError, match="has not answered"):
        printing._ask("sleep", "5")
