"""Edits of a small site, one after the other, and what its output folder must come to.

A site has two short topics in three locales: English, Arabic, Khmer. Each edit
turns something over, so that the next one of the same name takes it back.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from click.testing import CliRunner

import pipeline
from pressroom.build.cluster import bundled
from pressroom.build.ledger import Ledger
from pressroom.build.render import Job, RenderResult, thumb_name
from pressroom.core.errors import HandoutError
from pressroom.core.model import Finding, Leaflet, Shown, Verdict
from pressroom.core.published import file_name, reader_name
from pressroom.typeset.setting import minified

from .support import ROOT, TODAY, TOPIC, Site, make_site, translate_topic

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">'
    '<path d="M1 1h{}" stroke="black"/></svg>'
)
FIGURE = '![When can I work again?](figures/line.svg "Rest for 2 days.")'
#: The tests' own topic with a figure; its words are translated, too.
DRAWN = TOPIC.replace("- Rest for 2 days.\n", f"{FIGURE}\n\n- Rest for 2 days.\n")
COLD = TOPIC.replace("id: sore-throat", "id: cold")

#: Words by which a page fails, and by which it crashes.
WRONG, CRASHES = "Rest for 13 days.", "Rest for 66 days."

DAYS = (TODAY, date(2026, 12, 2), date(2027, 11, 22), date(2027, 11, 23))


def page_of(job: Job) -> RenderResult:
    """Make a page of everything that a worker is given: it is as sensitive as a page can be."""
    setting = job.setting
    bundle = bundled(setting).bundle
    assert bundle is not None
    given = {
        "html": job.html,
        "css": [minified(bundle.sheets[path][0]) for path in setting.files],
        "images": {path.name: hashlib.sha256(data).hexdigest()
                   for path, data in sorted(bundle.images.items())},
        "setting": repr(replace(
            setting, stylesheets=(), tight_stylesheet=Path(), site_stylesheets=(), roots=())),
        "leaflet": _judged_by(job.leaflet),
    }  # fmt: skip
    data = b"%PDF-1.7\n" + json.dumps(given, indent=1).encode()
    said = [Finding("text-layer", "warning", hashlib.sha256(data).hexdigest()[:9], job.wanted.stem)]
    if WRONG in job.html:
        said.append(Finding("contrast", "error", "too pale", job.wanted.stem))
    if CRASHES in job.html:
        crashed = Finding("render-crash", "error", "crashed", "")
        return RenderResult(b"", Verdict(0, (), (crashed,)), None)
    shown = tuple(Shown(notice.id, 1, 12.0, True) for notice in job.leaflet.required)
    extras = {thumb_name(job.wanted): b"\x89PNG" + hashlib.sha256(data).digest()}
    if setting.halved:
        extras[reader_name(file_name(job.wanted))] = b"reader " + data
    return RenderResult(data, Verdict(1, shown, tuple(said)), 12.0, extras)


def _judged_by(leaflet: Leaflet) -> list[str]:
    """Return what the preflight looks at, beside lines of files, which move freely."""
    blocks = [(b.kind, b.name, b.message and b.message.anchor) for b in leaflet.topic.walk()]
    return [
        repr(leaflet.words), repr(leaflet.source_words), repr(sorted(leaflet.labels.items())),
        repr([(n.id, n.words, n.lang, n.direction) for n in leaflet.required]),
        repr([asdict(replace(rule, where="")) for rule in leaflet.rules]),
        repr((leaflet.locale, leaflet.source_locale, leaflet.edition, leaflet.page_budget)),
        repr((leaflet.topic.path, leaflet.topic.therapy_anchor, blocks)),
    ]  # fmt: skip


# The site, and its commands


@dataclass
class Play:
    """A site that is edited, and the day that it is built on."""

    site: Site
    day: date = TODAY
    #: Files that somebody has put into the output folder.
    foreign: dict[str, bytes] = field(default_factory=dict)
    ticks: Any = field(default_factory=itertools.count)

    def run(self, *arguments: str) -> int:
        """Run a command, however it ends; but never by an error of our own."""
        done = CliRunner().invoke(pipeline.handouts, [*arguments, "--today", self.day.isoformat()])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code

    def settle(self) -> None:
        """Date the files that were just written back, each of another time."""
        now = time.time_ns()
        for path in self.site.handouts.rglob("*"):
            if now - path.stat().st_mtime_ns < 10**9:
                then = now - 10**12 + next(self.ticks)
                os.utime(path, ns=(then, then))

    def turn(self, name: str, one: str, other: str) -> None:
        """Turn one text of a file into another, and back."""
        if self.site.path(name).is_file():
            text = self.site.read(name)
            if one in text:
                self.site.write(name, text.replace(one, other))
            else:
                self.site.write(name, text.replace(other, one))

    def put(self, name: str, *texts: str) -> None:
        """Write one text after the other into a file, then take it away."""
        path = self.site.path(name)
        old = path.read_text("utf-8") if path.is_file() else None
        following = [*texts, None][[None, *texts].index(old)]
        if following is None:
            path.unlink()
        else:
            self.site.write(name, following)

    def published(self, pattern: str) -> Path | None:
        """Find a file of ours below the output folder."""
        ours = (
            path
            for path in sorted(self.site.out.glob(pattern))
            if path.relative_to(self.site.out).as_posix() not in self.foreign
        )
        return next(ours, None)

    def spoil(self, pattern: str) -> None:
        """Alter a published file by hand; its size stays."""
        if path := self.published(pattern):
            data = path.read_bytes()
            path.write_bytes(bytes([data[0] ^ 1]) + data[1:])

    def lose(self, pattern: str) -> None:
        """Delete a published file by hand."""
        if path := self.published(pattern):
            path.unlink()

    def lose_folder(self, name: str) -> None:
        """Delete a folder below the output folder by hand, whatever lies in it."""
        shutil.rmtree(self.site.out / name, ignore_errors=True)
        self.foreign = {n: d for n, d in self.foreign.items() if not n.startswith(f"{name}/")}

    def strew(self, name: str) -> None:
        """Put a file of somebody else into the output folder."""
        path = self.site.out / name
        if path.parent.is_dir() and not path.exists():
            path.write_bytes(b"not ours")
            self.foreign[name] = b"not ours"


def _rename(play: Play, old: str, new: str) -> None:
    """Rename a topic as an author does, with its catalogues; or back."""
    if not play.site.path(f"topics/{old}").exists():
        old, new = new, old
    if not play.site.path(f"topics/{old}").exists():
        return
    play.site.path(f"topics/{old}").rename(play.site.path(f"topics/{new}"))
    play.turn(f"topics/{new}/topic.md", f"id: {old}\n", f"id: {new}\n")
    for path in play.site.handouts.glob(f"locales/*/{old}.po"):
        path.rename(path.with_name(f"{new}.po"))


def _move_away(play: Play, name: str) -> None:
    """Take a folder out of the site, or put it back."""
    here, kept = play.site.path(name), play.site.folder / "kept" / name
    kept.parent.mkdir(parents=True, exist_ok=True)
    if here.exists():
        here.rename(kept)
    elif kept.exists():
        kept.rename(here)


def _add_locale(play: Play) -> None:
    """Offer Spanish, too, or no more."""
    if not play.site.path("locales/es").exists():
        play.site.path("locales/es").mkdir()
        shutil.copy(ROOT / "handouts/locales/es/house.po", play.site.path("locales/es"))
        for topic in sorted(play.site.handouts.glob("topics/*/topic.md")):
            with suppress(HandoutError):  # A topic that is broken has no catalogue yet.
                translate_topic(play.site, topic, "es")
    play.turn("clinic.toml", '"en", "ar"', '"en", "es", "ar"')


def _fuzzy(play: Play) -> None:
    """Mark a message as fuzzy, or confirm it."""
    name = "locales/km/sore-throat.po"
    if play.site.path(name).is_file():
        text = play.site.read(name)
        marked = text.replace('#, fuzzy\nmsgctxt "questions"', 'msgctxt "questions"')
        if marked == text:
            marked = text.replace('msgctxt "questions"', '#, fuzzy\nmsgctxt "questions"')
        play.site.write(name, marked)


def _sign(play: Play, topic: str, locale: str) -> None:
    for role in ("clinician",) if locale == "en" else ("reviewer", "clinician"):
        play.run("approve", topic, locale, "--role", role, "--by", f"A {role}")


def _unsign(play: Play, locale: str) -> None:
    """Withdraw the last approval of a locale."""
    name = f"locales/{locale}/approvals.toml"
    if play.site.path(name).is_file():
        text = play.site.read(name)
        play.site.write(name, text[: max(text.rfind("[[approval]]"), 0)])


def _next_day(play: Play) -> None:
    play.day = DAYS[(DAYS.index(play.day) + 1) % len(DAYS)]


def _withdraw(play: Play) -> None:
    row = '[[withdrawn]]\ntopic = "sore-throat"\nbecause = "wrong dose"\ndate = 2026-12-01\n'
    play.put("withdrawn.toml", row.replace("wrong", 'old"\nlocale = "ar"\n#'), row)


_BLOCKS = (ROOT / "templates" / "blocks.html").read_text("utf-8")
_PAGE = (ROOT / "styles" / "page.css").read_text("utf-8")
_SORE, _COLD = "topics/sore-throat/topic.md", "topics/cold/topic.md"
_TAKE = "Take 1–2 tablets, three times a day."

_RACK = 'msgid ""\nmsgstr ""\n\nmsgctxt "title"\nmsgid "Patient leaflets"\nmsgstr "…"\n'

Edit = Callable[[Play], object]

#: All edits by name. Every one of them can be done at any time.
EDITS: dict[str, Edit] = {
    # Words
    "a sentence": lambda p: p.turn(_COLD, "Rest for 2 days.", "Rest for 3 days."),
    "a sentence that fails": lambda p: p.turn(_COLD, "Rest for 2 days.", WRONG),
    "a sentence that crashes": lambda p: p.turn(_SORE, "Rest for 2 days.", CRASHES),
    "a translation": lambda p: p.turn("locales/ar/cold.po", "استرح لمدة 2 يوم.", "استرح 2 يوم."),
    "a fuzzy mark": _fuzzy,
    "a catalogue that is broken": lambda p: p.turn("locales/km/cold.po", "msgid", "msgyd"),
    "a topic that is broken": lambda p: p.turn(_COLD, "tags: []", "tugs: []"),
    "lines that move": lambda p: p.turn(_SORE, "---\n\n::: urgent", "---\n\n\n\n::: urgent"),
    "a title": lambda p: p.turn(_COLD, "title: Sore throat", "title: Cold"),
    "a version": lambda p: p.turn(_COLD, 'version: "1.0"', 'version: "1.1"'),
    "a review": lambda p: p.turn(_COLD, "review_by: 2027-11-22", "review_by: 2026-12-01"),
    "a tag": lambda p: p.turn(_COLD, "tags: []", "tags: [throat]"),
    "a budget": lambda p: p.turn(_SORE, "standard: 2", "standard: 3"),
    "a comment": lambda p: p.turn(_SORE, "---\nid:", "---\n# A comment.\nid:"),
    "a figure": lambda p: p.turn("topics/sore-throat/figures/line.svg", "M1 1h", "M2 2h"),
    "a glossary": lambda p: p.put("locales/ar/glossary.tsv", "tablet\tحبة\n"),
    "words to avoid": lambda p: p.turn("house/words.toml", "en = [", 'en = ["drink enough", '),
    # Topics, locales, editions
    "a topic renamed": lambda p: _rename(p, "cold", "a-cold"),
    "a topic taken out": lambda p: _move_away(p, "topics/sore-throat"),
    "a locale more": _add_locale,
    "a locale less": lambda p: p.turn("clinic.toml", ', "km"]', "]"),
    "a locale without files": lambda p: _move_away(p, "locales/km"),
    "large print": lambda p: p.turn("clinic.toml", '"standard"]', '"standard", "large-print"]'),
    "large print first": lambda p: p.turn(
        "clinic.toml", 'editions = ["standard"', 'editions = ["large-print", "standard"'
    ),
    "two languages": lambda p: p.turn("clinic.toml", "editions = [", 'editions = ["bilingual", '),
    "a booklet": lambda p: p.turn("clinic.toml", '"standard"', '"booklet", "standard"'),
    # Approvals
    "approved in English": lambda p: _sign(p, "sore-throat", "en"),
    "approved in Arabic": lambda p: _sign(p, "cold", "ar"),
    "approved in Khmer": lambda p: _sign(p, "sore-throat", "km"),
    "an approval withdrawn": lambda p: _unsign(p, "ar"),
    "another approval withdrawn": lambda p: _unsign(p, "en"),
    "approvals that are broken": lambda p: p.turn(
        "locales/ar/approvals.toml", 'role = "reviewer"', "role = 1"
    ),
    "a leaflet withdrawn": _withdraw,
    "another day": _next_day,
    # The clinic and the house
    "a telephone number": lambda p: p.turn("clinic.toml", "910 0142", "910 0143"),
    "the clinic's name": lambda p: p.turn("clinic.toml", "Test Street Clinic", "Another Clinic"),
    "the limits": lambda p: p.turn(
        "clinic.toml", "[contact]", "[limits]\nseconds = 50\n\n[contact]"
    ),
    "a clinic file that is broken": lambda p: p.turn("clinic.toml", "[contact]", "[kontact]"),
    "a logo": lambda p: p.put("logo.svg", PICTURE.format(8), PICTURE.format(9)),
    "the policy": lambda p: p.turn("house/policy.toml", "least_pt = 9\n", "least_pt = 10\n"),
    "a comment on the policy": lambda p: p.turn("house/policy.toml", "Lengths are", "All are"),
    "a disclaimer": lambda p: p.turn("house/disclaimers.md", "This leaflet", "The leaflet"),
    "words of the rack": lambda p: p.put(
        "locales/ar/rack.po", *(_RACK.replace("…", words) for words in ("نشرات", "كل النشرات"))
    ),
    "the language of staff": lambda p: p.turn(
        "clinic.toml", "source_locale = ", 'rack.language = "ar"\nsource_locale  = '
    ),
    # The theme
    "a template": lambda p: p.put(
        "templates/blocks.html", _BLOCKS, "{# Ours. #}" + _BLOCKS,
        _BLOCKS.replace("<li", '<li class="x"'),
    ),
    "a stylesheet": lambda p: p.put(
        "styles/site.css", "", "/* ours */", "h1 { color: #111 }",
        "h1 { color : #111 } /* ours */", "h1 { background: url(a.svg) }",
    ),
    "a stylesheet of ours": lambda p: p.put(
        "styles/page.css", _PAGE, "/* ours */" + _PAGE, _PAGE + "p { color: #222 }"
    ),
    "a picture of the styles": lambda p: p.put(
        "styles/a.svg", PICTURE.format(8), PICTURE.format(9)
    ),
    # What changes nothing
    "a touched file": lambda p: os.utime(p.site.path("clinic.toml")),
    "another touched file": lambda p: os.utime(p.site.path("locales/ar/house.po")),
    "a file that nobody reads": lambda p: p.put("locales/ar/notes.txt", "x", "y"),
    # Builds of a part
    "a build": lambda p: p.run("build"),
    "a build of a topic": lambda p: p.run("build", "cold"),
    "a build of a locale": lambda p: p.run("build", "--locale", "ar"),
    "a build of an edition": lambda p: p.run("build", "--edition", "standard"),
    "a forced build": lambda p: p.run("build", "--force"),
    "a dry run": lambda p: p.run("build", "--dry-run"),
    "a look at the state": lambda p: p.run("status", "--html"),
    # The output folder
    "a leaflet lost": lambda p: p.lose("*/cold.*.pdf"),
    "another leaflet lost": lambda p: p.lose("km/*.standard.pdf"),
    "a leaflet altered": lambda p: p.spoil("ar/*.pdf"),
    "a web page altered": lambda p: p.spoil("en/*.html"),
    "a web page lost": lambda p: p.lose("*/sore*.html"),
    "a picture altered": lambda p: p.spoil("rack/thumbs/*/*.png"),
    "the rack lost": lambda p: p.lose("index.html"),
    "the rack altered": lambda p: p.spoil("rack/titles/*.js"),
    "a page of the rack altered": lambda p: p.spoil("c/*.html"),
    "the report lost": lambda p: p.lose("report.json"),
    "the report altered": lambda p: p.spoil("report.json"),
    "the rack's folder lost": lambda p: p.lose_folder("rack"),
    "a locale's folder lost": lambda p: p.lose_folder("ar"),
    "a foreign file": lambda p: p.strew("en/notes.txt"),
    "a foreign leaflet": lambda p: p.strew("ar/cold-old.standard.pdf"),
    "a foreign file at the top": lambda p: p.strew("robots.txt"),
    "the store lost": lambda _: shutil.rmtree(os.environ["PRESSROOM_STORE"], ignore_errors=True),
}  # fmt: skip


def make_play(folder: Path) -> Play:
    """Make the site, as it is before any edit, and go there."""
    site = make_site(folder, ("en", "ar", "km"), {"cold": COLD, "sore-throat": TOPIC})
    site.write("topics/sore-throat/figures/line.svg", PICTURE.format(7))
    drawn = site.write("topics/sore-throat/topic.md", DRAWN)
    for code in ("ar", "km"):
        translate_topic(site, drawn, code)
    return Play(site)


# What a build has to come to


def files_in(folder: Path) -> dict[str, bytes]:
    """Return every file of an output folder, without what only builds read."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".pressroom" not in path.relative_to(folder).parts
    }


def entries_in(report: bytes) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return the leaflets of a report by topic, locale and edition."""
    leaflets = json.loads(report)["leaflets"]
    found = {(one["topic"], one["locale"], one["edition"]): one for one in leaflets}
    assert len(found) == len(leaflets)
    return found


def published_in(out: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a leaflet, as the ledger has it."""
    ledger = Ledger(out, write=False)
    found = {n: digest for row in ledger.rows() for n, digest in row.made.files.items()}
    ledger.close()
    return found


def compare(play: Play, scratch: Path) -> None:
    """Compare the output folder with a build from scratch.

    These may differ, and nothing else:
    - what a leaflet that is withheld, failed, or a draft again has published before
      stays (its file, its picture, its web page), and the rack shows it;
    - `c/TOPIC.html` stays of topics that are gone;
    - files of somebody else stay, and so does the page that `handouts status` writes;
    - the report says what the last run did: `result` and `reason` of leaflets that are
      made or stand, those removed, the seconds.
    """
    wanted, found = files_in(scratch), files_in(play.site.out)
    anew = entries_in(wanted.pop("report.json"))
    here = entries_in(found.pop("report.json"))
    old: set[str] = set()
    for (topic, locale, edition), entry in anew.items():
        stands = entry["result"] == "built"
        if (stands and entry["state"] == "approved") or _withdrawn(entry):
            continue
        for state in ("", ".draft")[: 1 if stands else 2]:
            stem = f"{locale}/{topic}.{edition}{state}"
            reader = reader_name(f"{stem}.pdf")
            old |= {f"{stem}.pdf", f"rack/thumbs/{stem}.png", f"{locale}/{topic}.html", reader}
    kept = {name for name in old if name in found and found[name] != wanted.get(name)}
    published = published_in(play.site.out)
    for name, sha256 in published.items():
        assert name in found, f"{name} was published, and is gone"
        assert hashlib.sha256(found[name]).hexdigest() == sha256, f"{name} is not as published"
    assert kept <= published.keys()
    topics = {topic for topic, _, _ in anew}
    for name, data in found.items():
        if name in kept or (kept and _of_rack(name)) or name == "rack/status.html":
            continue
        if name in play.foreign:
            assert data == play.foreign[name], name
        elif re.fullmatch(r"c/[\w-]+\.html", name) and name[2:-5] not in topics:
            continue
        else:
            assert name in wanted, f"{name} is left over"
            assert data == wanted[name], f"{name} has other bytes"
    missing = {name for name in wanted.keys() - found.keys() if name not in old}
    assert not missing, f"{missing} are missing"
    for name in re.findall(r'href="([^"]*\.pdf)"', found["index.html"].decode()):
        assert name in found, f"the rack leads to {name}, which is gone"
    assert play.foreign.keys() <= found.keys()
    removed = [key for key, entry in here.items() if entry["result"] == "removed"]
    assert not anew.keys() & set(removed)
    for key in removed:
        del here[key]
    assert here.keys() == anew.keys()
    for key, entry in here.items():
        _compare_entries(entry, anew[key], found)


def _of_rack(name: str) -> bool:
    return name.startswith(("rack/", "c/")) or name == "index.html"


def _withdrawn(entry: dict[str, Any]) -> bool:
    return any(finding["code"] == "withdrawn" for finding in entry["findings"])


def _compare_entries(here: dict[str, Any], anew: dict[str, Any], files: dict[str, bytes]) -> None:
    here, anew = dict(here), dict(anew)
    if here["file"]:
        assert hashlib.sha256(files[here["file"]]).hexdigest() == here["sha256"], here["file"]
    if anew["result"] == "built":
        assert here["result"] in ("built", "unchanged"), (here, anew)
        assert bool(here["reason"]) == (here["result"] == "built")
        names: tuple[str, ...] = ("result", "reason")
    else:
        # What stands published keeps its mark.
        names = ("file", "sha256", "mark")
    for name in names:
        del here[name], anew[name]
    assert here == anew
