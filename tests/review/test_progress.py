"""How far a site is: in words, signed by whom, published on how many pages, and what next."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pressroom.build.ledger import Ledger
from pressroom.content.catalogue.message_state import count_words
from pressroom.content.catalogue.origin import with_origin
from pressroom.core.errors import ConfigurationError, HandoutError
from pressroom.distribution.server.preview import set_preview
from pressroom.leaflet.site import Words
from pressroom.review.progress import look_over
from pressroom.review.review_copy import reading_copy

from ..conftest import Outcome
from ..support import TODAY, TOPIC, Site

Run = Callable[..., Outcome]
NAME = "sore-throat"
COLD = TOPIC.replace("id: sore-throat", "id: cold")
DRINK = "Drink **2 litres** a day. Questions? Call {phone}."


def overview(run: Run, *arguments: str) -> Any:
    return json.loads(run("status", "--json", *arguments).out)


def line(data: Any, topic: str, locale: str) -> Any:
    (found,) = (e for e in data["leaflets"] if (e["topic"], e["locale"]) == (topic, locale))
    return found


def test_words_are_counted_by_state(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "ar"))
    whole = line(overview(run), NAME, "ar")
    assert whole["words"]["fuzzy"] == whole["words"]["missing"] == 0
    made.change(f"ar/{NAME}", DRINK, fuzzy=True)
    made.change(f"ar/{NAME}", "Rest for 2 days.", text="")
    changed = line(overview(run), NAME, "ar")
    assert changed["words"]["fuzzy"] == count_words(DRINK) == 8
    assert changed["words"]["missing"] == 4
    assert sum(changed["words"].values()) == sum(whole["words"].values())
    assert (changed["fuzzy"], changed["missing"], changed["state"]) == (1, 1, "withheld")


def test_what_stands_is_told_with_its_pages(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "ar"))
    assert line(overview(run), NAME, "ar")["pages"] == {}
    run("build")
    built = line(overview(run), NAME, "ar")
    assert built["built"] == ["standard draft"]
    assert built["pages"] == {"standard": 1}
    (made.out / f"ar/{NAME}.standard.draft.pdf").unlink()
    assert line(overview(run), NAME, "ar")["built"] == []


def test_what_is_withdrawn_is_told(site: Callable[..., Site], run: Run) -> None:
    site(("en", "ar"))
    run("withdraw", NAME, "ar", "--because", "recalled")
    data = overview(run)
    assert line(data, NAME, "ar")["state"] == "withdrawn"
    assert line(data, NAME, "ar")["withdrawn"] == "withdrawn on 2026-12-01, because recalled"
    assert line(data, NAME, "en")["withdrawn"] == ""
    assert [total["withdrawn"] for total in data["locales"]] == [0, 1]


def test_the_most_wanted_is_said_first(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "ar"), {NAME: TOPIC, "cold": COLD})
    run("approve", "cold", "en", "--role", "clinician", "--by", "Dr X")
    made.change(f"ar/{NAME}", "Rest for 2 days.", text="")
    made.change("ar/cold", DRINK, fuzzy=True)
    made.drop("ar/house", "copyright")
    data = overview(run)
    said = [(one["catalogue"], one["leaflets"], one["source_approved"]) for one in data["next"]]
    assert said == [
        ("handouts/locales/ar/house.po", 2, True),
        ("handouts/locales/ar/cold.po", 1, True),
        (f"handouts/locales/ar/{NAME}.po", 1, False),
    ]
    (message,) = data["next"][1]["messages"]
    at = made.read("locales/ar/cold.po").split("\n")
    path, number = message["where"].rsplit(":", 1)
    assert path == "handouts/locales/ar/cold.po"
    assert at[int(number) - 1].startswith("msgid")
    assert message == {
        "where": message["where"], "context": "care", "source": DRINK, "words": 8, "state": "fuzzy",
        "why": "",
    }  # fmt: skip
    out = run("status", "--locale", "ar").out
    first = out.index("handouts/locales/ar/house.po: ")
    assert first < out.index("ar/cold.po: 8 words in 1 messages; 1 leaflet waits")
    assert f"    {message['where']}: fuzzy, 8 words" in out
    assert data["next"][2]["catalogue"] not in run("status", "cold").out


@pytest.mark.parametrize("code", ["es", "ar", "km"])
def test_a_topic_without_a_catalogue_is_one_line(
    site: Callable[..., Site], run: Run, code: str
) -> None:
    made = site(("en", code))
    made.path(f"locales/{code}/{NAME}.po").unlink()
    (waits,) = overview(run)["next"]
    out = run("status", "--locale", code).out
    count = len(waits["messages"])
    assert f"    not in it yet: {count}; run 'handouts locale update {code}'\n" in out
    assert "missing, " not in out


#: Changes of a site in which all is signed.
CHANGES: dict[str, Callable[[Site], object]] = {
    "nothing": lambda _: None,
    "fuzzy": lambda s: s.change(f"ar/{NAME}", DRINK, fuzzy=True),
    "missing": lambda s: s.drop("ar/house", "copyright"),
    "text": lambda s: s.change(f"ar/{NAME}", "Rest for 2 days.", text="استرح 2 يوم."),
    "source": lambda s: s.edit(f"topics/{NAME}/topic.md", "Rest for", "Sleep for"),
    "version": lambda s: s.edit(f"topics/{NAME}/topic.md", '"1.0"', '"1.1"'),
    "translator": lambda s: s.edit(
        f"locales/ar/{NAME}.po", "Tara Translator <tara@clinic.example>", "Dr clinician"
    ),
}


#: What they make of the source and of a translation: its state, and its fuzzy and missing messages.
COME_TO = {
    "nothing": ("approved", "approved", 0, 0),
    "fuzzy": ("approved", "withheld", 1, 0),
    "missing": ("approved", "withheld", 0, 1),
    "text": ("approved", "draft", 0, 0),
    "source": ("draft", "withheld", 1, 0),
    "version": ("approved", "approved", 0, 0),
    "translator": ("approved", "draft", 0, 0),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_it_says_of_each_leaflet_what_a_build_would(
    site: Callable[..., Site], run: Run, change: str
) -> None:
    made = site(("en", "ar"))
    for code, role in (("en", "clinician"), ("ar", "reviewer"), ("ar", "clinician")):
        run("approve", NAME, code, "--role", role, "--by", f"Dr {role}")
    CHANGES[change](made)
    words = made.words()
    english, arabic = look_over(words, (), [NAME], ["en", "ar"]).lines
    source, translation, fuzzy, missing = COME_TO[change]
    assert (english.locale, english.state) == ("en", source)
    assert (arabic.locale, arabic.state) == ("ar", translation)
    assert (arabic.messages["fuzzy"], arabic.messages["missing"]) == (fuzzy, missing)
    assert english.messages["fuzzy"] == english.messages["missing"] == 0
    for row in (english, arabic):
        built = words.translation(words.topics[NAME], row.locale, words.locale_words(row.locale))
        assert row.state == ("withheld" if built.withheld else built.state)
        counts = {"translated": built.translated, "fuzzy": built.fuzzy, "missing": built.missing}
        assert {kind: row.messages.get(kind, 0) for kind in counts} == counts


def test_what_cannot_be_read_is_said_and_the_rest_is_shown(
    site: Callable[..., Site], run: Run
) -> None:
    made = site(("en", "ar", "km"), {NAME: TOPIC, "cold": COLD})
    made.write(f"locales/ar/{NAME}.po", "what")
    made.write("topics/cold/topic.md", "what")
    done = run("status", "--json")
    states = {(e["topic"], e["locale"]): e["state"] for e in json.loads(done.out)["leaflets"]}
    assert states == {
        ("cold", "en"): "unreadable", ("cold", "ar"): "unreadable", ("cold", "km"): "unreadable",
        (NAME, "en"): "draft", (NAME, "ar"): "unreadable", (NAME, "km"): "draft",
    }  # fmt: skip
    assert done.err.count("handouts/topics/cold/topic.md:1: ") == 1
    assert f"handouts/locales/ar/{NAME}.po:1: " in done.err
    assert issubclass(type(made.words().broken["cold"]), HandoutError)


def test_a_large_site_is_summed_up(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pressroom.review.progress_tables.MOST_LISTED", 3)
    site(("en", "ar"), {NAME: TOPIC, "cold": COLD})
    out = run("status").out
    assert "4 leaflets" in out
    assert "2 of 2 topics, the worst first" in " ".join(out.split())
    assert "clinician" not in out
    assert "Name a topic, or a --locale, to see its leaflets one by one." in out
    assert NAME in run("status", NAME).out


def test_what_has_not_changed_is_not_read_again(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = site(("en", "ar", "km"), {NAME: TOPIC, "cold": COLD})
    made.change("km/cold", DRINK, fuzzy=True)
    run("approve", NAME, "ar", "--role", "reviewer", "--by", "Dr X")
    run("build")
    first = overview(run)
    read: list[str] = []
    real = Words.catalogue
    monkeypatch.setattr(
        Words, "catalogue",
        lambda self, topic, code: read.append(f"{code}/{topic.id}") or real(self, topic, code),
    )  # fmt: skip
    assert overview(run) == first
    assert read == ["km/cold"]  # What waits is looked at each time.

    made.change(f"ar/{NAME}", "Rest for 2 days.", text="استرح 2 يوم.")
    read.clear()
    changed = overview(run)
    assert sorted(read) == [f"ar/{NAME}", "km/cold"]
    assert [one["valid"] for one in line(changed, NAME, "ar")["approvals"]] == [False]
    run("withdraw", "cold", "--because", "recalled")
    assert line(overview(run), "cold", "ar")["state"] == "withdrawn"
    late = json.loads(run("status", "--json", today="2027-11-23").out)
    assert line(late, NAME, "ar")["overdue"] is True
    ledger = Ledger(made.out)
    ledger.tell("UPDATE progress SET found = '{'")
    ledger.close()
    assert "delete it to build everything anew" in run("status", code=2).err


def test_an_output_folder_that_cannot_be_written_is_looked_at(
    site: Callable[..., Site], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    site(("en", "ar"))
    run("build")

    def refuse(*_: object) -> None:
        raise ConfigurationError("ledger.sqlite3", "the ledger cannot be used", "make room")

    monkeypatch.setattr(Ledger, "record_progress", refuse)
    assert line(overview(run), NAME, "ar")["state"] == "draft"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_says_the_same_and_can_be_read_by_all(
    site: Callable[..., Site], run: Run, page: Page, scheme: Any
) -> None:
    made = site(("en", "ar", "km"), {NAME: TOPIC, "cold": COLD})
    made.change(f"ar/{NAME}", "Rest for 2 days.", text="")
    run("approve", "cold", "ar", "--role", "reviewer", "--by", "Dr <b>X</b>")
    run("withdraw", "cold", "km", "--because", "recalled")
    run("build")
    assert run("status", "--html").out == "dist/rack/status.html\n"
    page.emulate_media(color_scheme=scheme)
    page.goto((made.out / "rack" / "status.html").as_uri())
    # The worst topic is the first.
    rows = page.locator("details.topic").first.locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("withheld")
    for text in (
        "reviewer: Dr <b>X</b>, 2026-12-01", "withdrawn on 2026-12-01, because recalled",
        f"handouts/locales/ar/{NAME}.po",
    ):  # fmt: skip
        expect(page.locator("main")).to_contain_text(text)
    found = Axe().run(page, options={"preload": False}).response["violations"]
    assert found == [], [one["id"] for one in found]
    page.get_by_text("To the rack").click()
    page.wait_for_url("**/dist/index.html")
    page.get_by_role("link", name="For staff: how far the translations are").click()
    page.wait_for_url("**/dist/rack/status.html")


def test_the_rack_leads_to_it_where_it_is_wanted(site: Callable[..., Site], run: Run) -> None:
    made = site(("en", "ar"))
    assert run("status", "--html").out == "dist/rack/status.html\n"  # No rack is there yet.
    run("build", "--locale", "en")
    assert '<p class="staff"><a href="rack/status.html">' in (made.out / "index.html").read_text()
    (made.out / "rack" / "status.html").unlink()
    run("build")
    covered = (made.out / "index.html").read_text("utf-8")
    assert '<p class="staff" hidden><a href="rack/status.html">' in covered
    run("status", "--html")
    page = (made.out / "index.html").read_text("utf-8")
    assert page == covered.replace('"staff" hidden', '"staff"')
    made.change(f"ar/{NAME}", "Rest for 2 days.", text="استرح 2 يوم.")
    run("build")
    assert '<p class="staff"><a href="rack/status.html">' in (made.out / "index.html").read_text()
    foreign = made.folder / "foreign"
    foreign.mkdir()
    (foreign / "ours.txt").write_text("ours")
    said = run("status", "--html", "--out", "foreign", code=2).err
    assert "holds files that Pressroom did not make" in said


@pytest.mark.parametrize("code", ["ar", "km", "es"])
def test_words_are_counted_by_where_they_come_from(
    site: Callable[..., Site], run: Run, code: str
) -> None:
    made = site(("en", code))
    rest, care = "Rest for 2 days.", "Care at home"
    for kind, name, source, fuzzy in (
        ("machine", "DeepL", rest, True), ("machine", "DeepL", "Sore throat", False),
        ("person", "Tara Translator", care, False),
    ):  # fmt: skip
        entry = next(e for e in made.catalogue(f"{code}/{NAME}") if e.source == source)
        told = with_origin(entry, kind, name, "2026-11-30")
        made.change(f"{code}/{NAME}", source, remarks=told.remarks, fuzzy=fuzzy)
    data = overview(run)
    counts = line(data, NAME, code)["origins"]
    messages = len(made.catalogue(f"{code}/{NAME}").entries)
    assert counts["unknown"] > messages - 3
    del counts["unknown"]
    assert counts == {"person": 1, "machine": 2, "memory": 0, "machine_waiting": 1}
    (total,) = (one for one in data["locales"] if one["locale"] == code)
    assert (total["origins"]["machine"], total["origins"]["machine_waiting"]) == (2, 1)
    (waits,) = data["next"][0]["messages"]
    assert (waits["source"], waits["why"]) == (rest, "origin: machine; DeepL; 2026-11-30")
    assert "2, 1 to review" in run("status").out
    run("status", "--html")
    assert "<td>2, 1 to review</td>" in (made.out / "rack/status.html").read_text("utf-8")
    # What stands beside each message for those who read it: on paper, and at the desk.
    words = made.words()
    html, _ = reading_copy(words, words.topics[NAME], code)
    assert html.count("machine; DeepL; 2026-11-30") == 2
    assert html.count("person; Tara Translator; 2026-11-30") == 1
    desk = set_preview(made.handouts, TODAY, "", NAME, code, "")
    lines = {one.source: one.origin for one in desk.lines}
    assert lines[rest] == "machine; DeepL; 2026-11-30"
    assert lines["Rest and drink enough."] == ""
    # Other words are another origin, which nobody has told yet.
    made.change(f"{code}/{NAME}", "Sore throat", text="2")
    assert line(overview(run), NAME, code)["origins"]["machine"] == 1
    assert line(overview(run), NAME, "en")["origins"]["unknown"] == 0
