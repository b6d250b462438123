"""What the rack's files say, and which of them a build writes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pressroom.content.rack_words import RackWords, english
from pressroom.content.theme import read_theme
from pressroom.core.locales import read_locale
from pressroom.rack.site import write_rack

from ..support import SHIPPED, Site
from .support import everything, row, shelf, withdrawal, write, written


def shard(out: Path, name: str) -> list[dict[str, Any]]:
    """Read a shard as a table."""
    text = (out / "rack" / f"{name}.js").read_text("utf-8")
    found = re.fullmatch(r'Rack\.shelve\("([^"]+)",(.*)\);\n', text)
    assert found
    assert found[1] == name
    columns = json.loads(found[2])
    rows = zip(*columns.values(), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def times(out: Path) -> dict[str, tuple[int, int]]:
    """Mark each file with which one it is: when it was written, and its number.

    A file that is written twice within a tick of the system's clock has another number.
    """
    found = {}
    for path in (path for path in out.rglob("*") if path.is_file()):
        status = path.stat()
        found[path.relative_to(out).as_posix()] = (status.st_mtime_ns, status.st_ino)
    return found


def changed(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> set[str]:
    return {name for name in before | after if before.get(name) != after.get(name)}


def test_a_shard_of_titles_says_all_that_a_card_shows(tmp_path: Path) -> None:
    leaflets = [
        row("asthma", "ar", edition="large-print"),
        row("asthma", "ar"),
        row("asthma", "ar", state="draft", version="1.1"),
        row("back-pain", "ar", overdue=True),
    ]
    write(tmp_path, leaflets, stale=["ar/asthma.large-print.pdf"])
    assert shard(tmp_path, "titles/ar") == [
        {"topic": "asthma", "title": "الربو", "draft": 0, "version": "1.0", "issued": "2026-11-23",
         "review": "2027-11-22", "overdue": 0, "mark": "",
         "editions": [["standard", 2, "ab" * 32, 0], ["large-print", 2, "ab" * 32, 1]]},
        {"topic": "asthma", "title": "الربو", "draft": 1, "version": "1.1", "issued": "2026-11-23",
         "review": "2027-11-22", "overdue": 0, "mark": "",
         "editions": [["standard", 2, "ab" * 32, 0]]},
        {"topic": "back-pain", "title": "ألم الظَّهر", "draft": 0, "version": "1.0",
         "issued": "2026-11-23", "review": "2027-11-22", "overdue": 1, "mark": "",
         "editions": [["standard", 2, "ab" * 32, 0]]},
    ]  # fmt: skip
    assert shard(tmp_path, "texts/ar")[0] == {
        "topic": "asthma", "also": "", "main": "تفتح البخاخات الشعب الهوائية.",
        "symptoms": "حمى فوق ٣٨ درجة", "tags": "lungs",
        "codes": "icd-10-cm|J45 snomed-ct|195967001",
    }  # fmt: skip


def test_editions_of_two_versions_stand_on_two_cards(tmp_path: Path) -> None:
    write(tmp_path, [row("asthma", "en"), row("asthma", "en", edition="booklet", version="0.9")])
    assert [(c["version"], c["editions"][0][0]) for c in shard(tmp_path, "titles/en")] == [
        ("1.0", "standard"), ("0.9", "booklet"),
    ]  # fmt: skip


def test_no_word_ends_the_script_it_stands_in(tmp_path: Path) -> None:
    wicked = "</script><script>alert(1)</script> \u2028 <!-- & \"quoted\" 'too'"
    index = write(tmp_path, [row("asthma", "en", wicked), row("asthma", "ar", wicked)])
    assert shard(tmp_path, "titles/ar")[0]["title"] == wicked
    for path in (index, tmp_path / "c" / "asthma.html", tmp_path / "rack" / "titles" / "ar.js"):
        assert "<script>alert" not in path.read_text("utf-8")
        assert "</script><script>" not in path.read_text("utf-8")


def test_a_pseudo_locale_is_never_offered(tmp_path: Path) -> None:
    write(tmp_path, [row("asthma", "en"), row("asthma", "ar-XB")])
    assert not (tmp_path / "rack" / "titles" / "ar-XB.js").exists()
    assert "ar-XB" not in (tmp_path / "c" / "asthma.html").read_text("utf-8")


def test_without_javascript_there_is_a_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaflets = [
        row("asthma", "km"),
        row("asthma", "en", state="draft"),
        row("cold", "ar", overdue=True),
    ]
    index = write(tmp_path, leaflets, stale=["km/asthma.standard.pdf"]).read_text("utf-8")
    listed = re.search(r"<noscript>(.*)</noscript>", index, re.S)
    assert listed
    assert '<a href="km/asthma.standard.pdf">' in listed[1]
    assert "Older than its source" in listed[1]
    assert "Draft: not for patients" in listed[1]
    assert "Withdrawn: out of date" in listed[1]
    assert "cold.standard.pdf" not in listed[1]

    monkeypatch.setattr("pressroom.rack.site.MOST_LISTED", 2)
    index = write(tmp_path, leaflets).read_text("utf-8")
    assert "asthma.standard.pdf" not in index
    assert 'href="rack/list.html"' in index
    assert '<a href="../c/asthma.html">Asthma</a>' in (tmp_path / "rack/list.html").read_text(
        "utf-8"
    )


# What is written


def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    write(tmp_path, everything())
    before = times(tmp_path)
    write(tmp_path, reversed(everything()))
    assert times(tmp_path) == before


def test_an_edit_of_a_leaflet_touches_only_its_shards(tmp_path: Path) -> None:
    leaflets = everything()
    write(tmp_path, leaflets)
    before = times(tmp_path)
    at = next(n for n, one in enumerate(leaflets) if one.made.key[:2] == ("asthma", "km"))
    leaflets[at] = row("asthma", "km", "ហឺត", sha256="cd" * 32)
    write(tmp_path, leaflets)
    # Its main message stays as it is, so the shard of texts does.
    assert changed(before, times(tmp_path)) == {"rack/titles/km.js", "c/asthma.html", "index.html"}


def test_what_is_gone_is_written_again_and_what_is_left_over_goes(tmp_path: Path) -> None:
    write(tmp_path, everything())
    kept = (tmp_path / "rack" / "titles" / "km.js").read_bytes()
    (tmp_path / "rack" / "titles" / "km.js").unlink()
    (tmp_path / "rack" / "ours.txt").write_text("ours")
    rest = [one for one in everything() if one.made.locale != "ti"]
    write(tmp_path, rest, altered=["rack/titles/km.js"])
    assert (tmp_path / "rack" / "titles" / "km.js").read_bytes() == kept
    assert not (tmp_path / "rack" / "titles" / "ti.js").exists()
    assert (tmp_path / "rack" / "ours.txt").exists()


def test_files_that_lie_elsewhere_are_not_taken_out(tmp_path: Path) -> None:
    out = tmp_path / "dist"
    write(out, everything())
    (tmp_path / "ours.html").write_text("ours")
    (out / "en").mkdir()
    (out / "en" / "asthma.html").write_text("ours")
    names = ("rack/../../ours.html", "c/../../ours.html", "en/asthma.html", "../ours.html")
    written[out] = {**written[out], **dict.fromkeys(names, "0")}
    write(out, everything())
    assert (tmp_path / "ours.html").read_text() == "ours"
    assert (out / "en" / "asthma.html").read_text() == "ours"


def test_a_change_of_the_clinic_or_the_theme_is_seen(tmp_path: Path) -> None:
    whole = shelf([row("asthma", "en")])
    keys = write_rack(tmp_path, whole, {})
    before = times(tmp_path)
    other = replace(whole, clinic=replace(whole.clinic, accent="#7a0000"))
    keys = write_rack(tmp_path, other, keys)
    assert changed(before, times(tmp_path)) == {"rack/rack.css", "index.html"}
    own = tmp_path / "own"
    own.mkdir()
    (own / "rack-status.html").write_text("{{ title }}")
    theme = read_theme(SHIPPED)
    changed_theme = replace(theme, templates=(own, *theme.templates))
    write_rack(tmp_path, replace(whole, theme=changed_theme), keys)
    assert (tmp_path / "c" / "asthma.html").read_text("utf-8") == "Asthma"


def older(out: Path) -> set[str]:
    """Return the locales whose leaflet is older than its source, as the rack has it."""
    locales = ("en", "es", "ar")
    return {code for code in locales if shard(out, f"titles/{code}")[0]["editions"][0][3]}


def test_what_a_build_did_not_look_at_is_as_old_as_it_was(
    site: Callable[..., Site], run: Callable[..., Any]
) -> None:
    made = site(("en", "es", "ar"))
    run("build", "--quiet")
    assert older(made.out) == set()
    made.change("es/sore-throat", "Rest for 2 days.", fuzzy=True)
    run("build", "--quiet")
    old = {"es"}
    assert older(made.out) == old
    run("build", "--locale", "ar", "--quiet")
    assert older(made.out) == old
    made.change("es/sore-throat", "Rest for 2 days.", fuzzy=False)
    run("build", "--locale", "es", "--quiet")
    assert older(made.out) == set()
    # One that fails is older than its source too.
    made.change("ar/sore-throat", "Rest for 2 days.", text="استرح لمدة 3 يوم.")
    run("build", "--quiet", code=1)
    assert older(made.out) == {"ar"}


# Is this copy current?


def rows_of(out: Path, topic: str) -> dict[str, str]:
    """Return the state of each copy that a page lists, by locale and version."""
    text = (out / "c" / f"{topic}.html").read_text("utf-8")
    found = re.findall(
        r'data-locale="([^"]+)" data-version="([^"]*)" .*?data-state="([^"]+)"', text
    )
    return {f"{locale}-{version}": state for locale, version, state in found}


def test_the_page_of_a_topic_says_the_state_of_each_copy(tmp_path: Path) -> None:
    leaflets = [
        row("asthma", "en"), row("asthma", "ar", overdue=True), row("asthma", "km"),
        row("asthma", "hi"), row("asthma", "hi", state="draft", version="1.1"),
    ]  # fmt: skip
    out = withdrawal("asthma", "fr")
    write_rack(tmp_path, shelf(leaflets, ["km/asthma.standard.pdf"], [out]), {})
    assert rows_of(tmp_path, "asthma") == {
        "en-1.0": "current", "ar-1.0": "out-of-date", "km-1.0": "stale", "hi-1.0": "current",
        "hi-1.1": "draft", "fr-": "withdrawn",
    }  # fmt: skip
    text = (tmp_path / "c" / "asthma.html").read_text("utf-8")
    assert "../en/asthma.standard.pdf" in text
    assert "../ar/asthma" not in text
    assert "../km/asthma" not in text
    assert "1 December 2026: the dose is &lt;b&gt;wrong&lt;/b&gt;" in text


def test_a_topic_that_is_withdrawn_everywhere_says_so_in_every_locale(tmp_path: Path) -> None:
    write_rack(tmp_path, shelf([], withdrawn=[withdrawal("asthma")]), {})
    states = rows_of(tmp_path, "asthma")
    assert set(states.values()) == {"withdrawn"}
    assert {"en-", "ar-", "zh-Hant-"} < states.keys()
    assert "All languages, 1 December 2026" in (tmp_path / "index.html").read_text("utf-8")


def test_the_page_of_a_topic_that_is_gone_stays(tmp_path: Path) -> None:
    write(tmp_path, [row("cold", "en")], titles=["cold"])
    write(tmp_path, [], titles=[])
    for _ in range(2):
        assert "no longer published" in (tmp_path / "c" / "cold.html").read_text("utf-8")
        write(tmp_path, [], titles=[])


# Words


def test_the_rack_speaks_the_language_of_staff(tmp_path: Path) -> None:
    whole = shelf([row("asthma", "ar")])
    keys = write_rack(tmp_path, whole, {})
    for name in ("index.html", "c/asthma.html", "rack/list.html"):
        assert '<html lang="en" dir="ltr">' in (tmp_path / name).read_text("utf-8")
    arabic = RackWords(read_locale("ar"), {**whole.words, "title": "نشرات المرضى"})
    write_rack(tmp_path, replace(whole, rack=arabic), keys)
    for name in ("index.html", "c/asthma.html", "rack/list.html"):
        assert '<html lang="ar" dir="rtl">' in (tmp_path / name).read_text("utf-8")
    assert "<h1>نشرات المرضى</h1>" in (tmp_path / "index.html").read_text("utf-8")


def test_every_word_that_is_used_is_there() -> None:
    theme = read_theme(SHIPPED).templates[-1]
    text = "".join((theme / name).read_text("utf-8") for name in (
        "rack.html", "rack-status.html", "rack-list.html", "rack.js", "rack-tools.js",
        "rack-cards.js", "rack-status.js",
    ))  # fmt: skip
    words = english().texts
    used = set(re.findall(r'(?:words\["|[^\w]say\("|words\[`)([a-z-]+)', text)) - {
        "edition-",
        "state-",
    }
    assert len(used) > 30
    for name in used:
        assert name in words, name
