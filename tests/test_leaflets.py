"""Every leaflet that is shipped, from its PDF: built once, looked at by every test."""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import page
import pypdf
import pytest
import yaml

from pressroom.content.catalogue.po import read_catalogue
from pressroom.core.locales import read_locale
from pressroom.core.model import Message, Topic
from pressroom.leaflet.site import read_site

from .conftest import USERS_STORE
from .support import ROOT, SHIPPED, TODAY

CLINIC = tomllib.loads((SHIPPED / "clinic.toml").read_text(encoding="utf-8"))
SOURCE = CLINIC["source_locale"]
TOPICS = sorted(path.parent.name for path in SHIPPED.glob("topics/*/topic.md"))
LEAFLETS = [
    (topic, locale, edition)
    for topic in TOPICS
    for locale in CLINIC["locales"]
    for edition in CLINIC["editions"]
]
#: Those that have their words; of a topic without a catalogue in a locale, there are none yet.
WHOLE = [
    (topic, locale, edition)
    for topic, locale, edition in LEAFLETS
    if locale == SOURCE or (SHIPPED / "locales" / locale / f"{topic}.po").is_file()
]
NAMES = [f"{locale}/{topic}.{edition}" for topic, locale, edition in WHOLE]

each_leaflet = pytest.mark.parametrize(("topic", "locale", "edition"), WHOLE, ids=NAMES)


@cache
def front_matter(topic: str) -> Any:
    text = (SHIPPED / "topics" / topic / "topic.md").read_text(encoding="utf-8")
    return yaml.safe_load(text.split("---\n")[1])


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[tuple[str, ...], Any]]:
    """Build the shipped site, once for all workers; give the folder and the report's entries.

    The folder stays from run to run: what has not changed is not set again. Nor is what the
    user has built: these are real pages, and the store has them by all that they are made of.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    out = ROOT / "build" / "tested"
    with (shared / "leaflets.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "leaflets.done").exists():
            done = subprocess.run(
                [sys.executable, "pipeline.py", "build", "--out", out,
                 "--store", USERS_STORE, "--today", str(TODAY)],
                cwd=ROOT, capture_output=True, text=True, check=False,
            )  # fmt: skip
            (shared / "leaflets.done").write_text(done.stdout + done.stderr, encoding="utf-8")
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return out, {(e["topic"], e["locale"], e["edition"]): e for e in report["leaflets"]}


Built = tuple[Path, dict[tuple[str, ...], Any]]


def required(topic: str, locale: str, state: str) -> set[str]:
    """Return from the policy itself which disclaimers a leaflet has to show."""
    front = front_matter(topic)
    text = (SHIPPED / "topics" / topic / "topic.md").read_text(encoding="utf-8")
    holds = {"always", *(f"tag:{tag}" for tag in front["tags"])}
    holds |= {"translation"} if locale != SOURCE else set()
    holds |= {"draft"} if state == "draft" else set()
    holds |= {"links"} if re.search(r"\]\(https?:", text) else set()
    holds |= {rank for rank in ("urgent", "same-day") if f"\n::: {rank}\n" in text}
    policy = tomllib.loads((SHIPPED / "house" / "policy.toml").read_text(encoding="utf-8"))
    return {
        row["id"]
        for row in policy["disclaimer"]
        if holds.intersection(row["when"])
        and row["id"].partition(".")[2] in ("", CLINIC["jurisdiction"])
    }


def test_every_leaflet_was_asked_for(built: Built) -> None:
    _, entries = built
    assert len(TOPICS) >= 6
    assert set(entries) == set(LEAFLETS)
    # Every locale has the leaflet on the illness itself, and what it says of unapproved therapy.
    assert {locale for topic, locale, _ in WHOLE if topic == "ankylosing-spondylitis"} == {
        locale for topic, locale, _ in WHOLE if topic == "exosome-therapy"
    } == set(CLINIC["locales"])  # fmt: skip


def test_what_has_no_words_is_withheld(built: Built) -> None:
    out, entries = built
    for name in set(LEAFLETS) - set(WHOLE):
        entry = entries[name]
        assert entry["result"] == "withheld"
        (said,) = [one for one in entry["findings"] if one["severity"] == "error"]
        assert said["code"] == "message-missing"
        assert said["where"] == f"handouts/locales/{entry['locale']}/{entry['topic']}.po"
        assert not [*out.glob(f"{entry['locale']}/{entry['topic']}.*")]


@each_leaflet
def test_it_is_built_without_an_error(built: Built, topic: str, locale: str, edition: str) -> None:
    out, entries = built
    entry = entries[topic, locale, edition]
    wrong = [f for f in entry["findings"] if f["severity"] != "warning"]
    assert not wrong, wrong
    assert entry["result"] in ("built", "unchanged")
    assert (out / entry["file"]).is_file()
    # Rendering expects no log lines.
    assert not [f for f in entry["findings"] if f["code"] in ("typesetting", "resource-blocked")]


@each_leaflet
def test_it_keeps_its_page_budget(built: Built, topic: str, locale: str, edition: str) -> None:
    out, entries = built
    entry = entries[topic, locale, edition]
    pages = front_matter(topic)["pages"]
    budget = pages if isinstance(pages, int) else pages[edition]
    if isinstance(pages, dict):
        own = pages.get("locales", {}).get(locale, {})
        assert not own or own["reason"]
        budget = own.get(edition, budget)
    count = len(pypdf.PdfReader(out / entry["file"]).pages)
    assert 1 <= count <= budget
    assert (entry["pages"], entry["page_budget"]) == (count, budget)
    assert 12 <= entry["type_size_pt"] <= 14 or edition == "large-print"


@each_leaflet
def test_every_required_disclaimer_is_proven(
    built: Built, topic: str, locale: str, edition: str
) -> None:
    out, entries = built
    entry = entries[topic, locale, edition]
    proven = {one["id"] for one in entry["disclaimers"] if one["proven"]}
    wanted = required(topic, locale, entry["state"])
    assert len(wanted) >= 11
    assert wanted <= proven
    if locale != SOURCE:
        assert f"translation-notice.{SOURCE}" in proven
    assert all(one["proven"] for one in entry["disclaimers"])
    # The places, as the file itself has them.
    reader = pypdf.PdfReader(out / entry["file"])
    at = {
        name: reader.get_destination_page_number(destination)
        for name, destination in reader.named_destinations.items()
    }
    assert at["dsc-general-info"] == at["dsc-urgent-help"] == at["dsc-same-day-help"] == 0
    for id_ in ("sources", "authors", "funding", "other-formats", "copyright"):
        assert at[f"dsc-{id_}"] == len(reader.pages) - 1


@each_leaflet
def test_it_is_a_tagged_pdf_of_its_language(
    built: Built, topic: str, locale: str, edition: str
) -> None:
    out, entries = built
    path = out / entries[topic, locale, edition]["file"]
    report = page.validate_pdf(path, profile=page.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, {(f.rule_id, f.message) for f in report.failures}
    reader = pypdf.PdfReader(path)
    assert reader.trailer["/Root"]["/Lang"] == locale
    assert reader.metadata is not None
    assert reader.metadata.title
    assert reader.metadata.author == CLINIC["name"]
    if locale != SOURCE and not locale.startswith("en"):
        source = pypdf.PdfReader(out / entries[topic, SOURCE, edition]["file"]).metadata
        assert source is not None
        assert reader.metadata.title != source.title


@pytest.mark.parametrize(("topic", "locale"), dict.fromkeys(one[:2] for one in WHOLE))
def test_it_has_a_web_page(built: Built, topic: str, locale: str) -> None:
    out, _entries = built
    html = (out / locale / f"{topic}.html").read_text(encoding="utf-8")
    assert f'<html lang="{locale}" dir="{read_locale(locale).direction}">' in html
    assert 'id="dsc-general-info"' in html
    assert "http" not in re.sub(r'href="https?://[^"]*"|xmlns="[^"]*"|>https?://[^<]*<', "", html)


def test_the_rack_lists_them(built: Built) -> None:
    out, entries = built
    html = (out / "index.html").read_text(encoding="utf-8")
    for entry in (entries[name] for name in WHOLE):
        assert f'href="{entry["file"]}"' in html
        assert f'href="{entry["locale"]}/{entry["topic"]}.html"' in html


@pytest.mark.parametrize("locale", CLINIC["locales"])
def test_catalogues_are_complete(locale: str) -> None:
    words = read_site(SHIPPED, TODAY)
    assert not words.broken
    locale_words = words.locale_words(locale)
    whole = {topic for topic, code, _ in WHOLE if code == locale}
    for topic in (words.topics[name] for name in whole):
        translation = words.translation(topic, locale, locale_words)
        assert (translation.missing, translation.fuzzy) == (0, 0)
        assert [f for f in translation.findings if f.severity == "error"] == []
    if locale != SOURCE:
        folder = SHIPPED / "locales" / locale
        names = {path.stem for path in folder.glob("*.po")}
        assert names == {"house", "rack", *whole}
        assert locale_words.house.header["X-Pressroom-State"] in ("draft", "approved")


@pytest.mark.parametrize("locale", CLINIC["locales"])
def test_a_leaflet_is_named_by_its_title(locale: str) -> None:
    topics = read_site(SHIPPED, TODAY).topics
    titles = {topic.title.text: topic for topic in topics.values()}

    def said(topic: Topic, message: Message) -> str:
        if locale == SOURCE:
            return message.text
        catalogue = read_catalogue(SHIPPED / "locales" / locale / f"{topic.id}.po")
        return catalogue.entries[message.key].text if catalogue.entries else ""

    naming = [
        (topic, message, name)
        for topic in topics.values()
        for message in topic.messages
        for name in re.findall(r"leaflets? “([^”]+)”", message.text)
    ]
    assert naming
    for topic, message, name in naming:
        assert name in titles, message
        # Empty where that leaflet has no words in this locale yet.
        title = said(titles[name], titles[name].title)
        assert title in said(topic, message)


def test_no_folder_of_a_locale_is_left_over() -> None:
    folders = {path.name for path in (SHIPPED / "locales").iterdir() if path.is_dir()}
    assert folders <= set(CLINIC["locales"])
    assert set(CLINIC["locales"]) - folders <= {SOURCE}
