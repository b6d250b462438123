"""What tests share: a tiny topic in five locales, and a site around it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pressroom.content.catalogue.merge import merge
from pressroom.content.catalogue.po import Catalogue, read_catalogue, write_catalogue
from pressroom.content.topic.read import read_topic
from pressroom.leaflet.site import Words, read_site

ROOT = Path(__file__).resolve().parent.parent

#: The day of every test.
TODAY = date(2026, 12, 1)

#: Locales of the shipped site, as its clinic file names them.
SHIPPED = ROOT / "handouts"

#: The second rank of the emergency box: its rule and its words.
SAME_DAY_RULE = """
[[disclaimer]]
id = "same-day-help"
when = ["same-day"]
placement = "first-page"
boxed = true
least_pt = 12
"""
SAME_DAY_WORDS = """
## same-day-help

Call {urgent_number} today, at any hour, if you have any of these signs.
"""

TOPIC = """\
---
id: sore-throat
title: Sore throat
main_message: A sore throat mostly gets better by itself within 7 days.
action: Rest and drink enough.
tags: []
version: "1.0"
issued: 2026-11-23
review_by: 2027-11-22
authors: [Ada Author]
reviewers: []
funder: none
conflicts: none
sources:
  - A guideline on sore throat, 2025
pages:
  standard: 2
---

::: urgent
- You find it hard to breathe.
:::

## Care at home {#care}

Drink **2 litres** a day. Questions? Call {phone}.

- Rest for 2 days.
- Take 1–2 tablets, three times a day.

## Questions to ask {#questions}

::: questions
- When can I work again?
:::

::: notes 2
:::
"""

#: Translations of the topic's words by locale and source text.
TRANSLATIONS: dict[str, dict[str, str]] = {
    "es": {
        "Sore throat": "Dolor de garganta",
        "A sore throat mostly gets better by itself within 7 days.": (
            "El dolor de garganta suele mejorar solo en 7 días."
        ),
        "Rest and drink enough.": "Descanse y beba lo suficiente.",
        "none": "nadie",
        "You find it hard to breathe.": "Le cuesta respirar.",
        "Care at home": "Cuidados en casa",
        "Drink **2 litres** a day. Questions? Call {phone}.": (
            "Beba **2 litros** al día. ¿Preguntas? Llame al {phone}."
        ),
        "Rest for 2 days.": "Descanse 2 días.",
        "Take 1–2 tablets, three times a day.": "Tome 1–2 pastillas tres veces al día.",
        "Questions to ask": "Preguntas que puede hacer",
        "When can I work again?": "¿Cuándo puedo volver a trabajar?",
    },
    "ar": {
        "Sore throat": "التهاب الحلق",
        "A sore throat mostly gets better by itself within 7 days.": (
            "يتحسن التهاب الحلق غالبًا من تلقاء نفسه خلال 7 أيام."
        ),
        "Rest and drink enough.": "استرح واشرب ما يكفي.",
        "none": "لا أحد",
        "You find it hard to breathe.": "تجد صعوبة في التنفس.",
        "Care at home": "العناية في المنزل",
        "Drink **2 litres** a day. Questions? Call {phone}.": (
            "اشرب **2 لتر** في اليوم. هل لديك أسئلة؟ اتصل على {phone}."
        ),
        "Rest for 2 days.": "استرح لمدة 2 يوم.",
        "Take 1–2 tablets, three times a day.": "خذ 1–2 قرص، ثلاث مرات في اليوم.",
        "Questions to ask": "أسئلة تطرحها",
        "When can I work again?": "متى يمكنني العودة إلى العمل؟",
    },
    "hi": {
        "Sore throat": "गले में खराश",
        "A sore throat mostly gets better by itself within 7 days.": (
            "गले की खराश ज़्यादातर 7 दिनों में अपने आप ठीक हो जाती है।"
        ),
        "Rest and drink enough.": "आराम करें और पर्याप्त पानी पिएँ।",
        "none": "कोई नहीं",
        "You find it hard to breathe.": "आपको साँस लेने में कठिनाई होती है।",
        "Care at home": "घर पर देखभाल",
        "Drink **2 litres** a day. Questions? Call {phone}.": (
            "दिन में **2 लीटर** पानी पिएँ। कोई सवाल? {phone} पर फ़ोन करें।"
        ),
        "Rest for 2 days.": "2 दिन आराम करें।",
        "Take 1–2 tablets, three times a day.": "दिन में तीन बार 1–2 गोलियाँ लें।",
        "Questions to ask": "पूछने के लिए सवाल",
        "When can I work again?": "मैं फिर से काम कब कर सकता हूँ?",
    },
    "km": {
        "Sore throat": "ឈឺបំពង់ក",
        "A sore throat mostly gets better by itself within 7 days.": (
            "ការឈឺបំពង់កភាគច្រើនបានធូរស្រាលដោយខ្លួនឯងក្នុងរយៈពេល 7 ថ្ងៃ។"
        ),
        "Rest and drink enough.": "សម្រាក និងផឹកទឹកឱ្យគ្រប់គ្រាន់។",
        "none": "គ្មាន",
        "You find it hard to breathe.": "អ្នកពិបាកដកដង្ហើម។",
        "Care at home": "ការថែទាំនៅផ្ទះ",
        "Drink **2 litres** a day. Questions? Call {phone}.": (
            "ផឹកទឹក **2 លីត្រ** ក្នុងមួយថ្ងៃ។ មានសំណួរទេ? ទូរស័ព្ទទៅ {phone}។"
        ),
        "Rest for 2 days.": "សម្រាក 2 ថ្ងៃ។",
        "Take 1–2 tablets, three times a day.": "លេបថ្នាំ 1–2 គ្រាប់ បីដងក្នុងមួយថ្ងៃ។",
        "Questions to ask": "សំណួរដែលត្រូវសួរ",
        "When can I work again?": "តើខ្ញុំអាចធ្វើការវិញនៅពេលណា?",
    },
}

#: The topic of most tests, and the names of its leaflet's files.
NAME = "sore-throat"
PDF = f"{NAME}.standard.draft.pdf"
APPROVED = f"{NAME}.standard.pdf"

#: Another topic with the same words.
COLD = TOPIC.replace("id: sore-throat", "id: cold")

CLINIC = """\
name = "Test Street Clinic"
jurisdiction = "EU"
source_locale = "en"
locales = [{locales}]
paper = "A4"
editions = ["standard"]
accent = "#0b4f6c"

[contact]
phone = "020 910 0142"
email = "leaflets@clinic.example"
address = ["1 Test Street"]

[numbers]
emergency = "112"
urgent = "020 910 0199"

[approvals]
source = ["clinician"]
translation = ["reviewer", "clinician"]

[copyright]
owner = "Test Street Clinic"
licence = "CC BY 4.0"
"""

HEADER = {
    "Project-Id-Version": "pressroom test",
    "POT-Creation-Date": "2026-11-23 08:00+0000",
    "PO-Revision-Date": "2026-11-23 08:00+0000",
    "Last-Translator": "Tara Translator <tara@clinic.example>",
    "Language-Team": "test",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
}


@dataclass(frozen=True)
class Site:
    """A site of its own in an empty folder, which is the working directory."""

    folder: Path

    @property
    def handouts(self) -> Path:
        return self.folder / "handouts"

    @property
    def out(self) -> Path:
        return self.folder / "dist"

    def path(self, name: str) -> Path:
        """Return a path below `handouts/`."""
        return self.handouts / name

    def read(self, name: str) -> str:
        return self.path(name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> Path:
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands just once."""
        text = self.read(name)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        self.write(name, text.replace(old, new))

    def ask_same_day(self) -> None:
        """Add the second rank of the emergency box to the policy, where it is not there yet."""
        if "same-day-help" not in self.read("house/policy.toml"):
            self.write("house/policy.toml", self.read("house/policy.toml") + SAME_DAY_RULE)
            words = self.read("house/disclaimers.md") + SAME_DAY_WORDS
            self.write("house/disclaimers.md", words)

    def words(self, today: date = TODAY) -> Words:
        return read_site(self.handouts, today)

    def catalogue(self, name: str) -> Catalogue:
        return read_catalogue(self.path(f"locales/{name}.po"))

    def change(self, name: str, source: str, **changes: object) -> None:
        """Change the entries of a catalogue that have this source text."""
        path = self.path(f"locales/{name}.po")
        old = read_catalogue(path)
        keys = [key for key in old.entries if key[1] == source]
        assert keys, f"{source!r} does not stand in {name}.po"
        entries = {
            key: replace(entry, **changes) if key in keys else entry  # type: ignore[arg-type]
            for key, entry in old.entries.items()
        }
        write_catalogue(path, replace(old, entries=entries))

    def drop(self, name: str, context: str) -> None:
        """Take the words of one context out of a catalogue."""
        path = self.path(f"locales/{name}.po")
        old = read_catalogue(path)
        entries = {
            key: replace(entry, text="", fuzzy=False) if key[0] == context else entry
            for key, entry in old.entries.items()
        }
        assert entries != dict(old.entries), f"{context!r} has no words in {name}.po"
        write_catalogue(path, replace(old, entries=entries))

    def outputs(self) -> dict[str, bytes]:
        """Return every published file by its path below the output folder."""
        return {
            path.relative_to(self.out).as_posix(): path.read_bytes()
            for path in sorted(self.out.rglob("*"))
            if path.is_file() and ".pressroom" not in path.parts
        }


def make_site(
    folder: Path,
    locales: Iterable[str] = ("en", "es"),
    topics: Mapping[str, str] | None = None,
    clinic: Mapping[str, str] | None = None,
) -> Site:
    """Make a site with the real house words.

    `topics` gives the text of each topic by its id (the tiny one where nothing
    is given), `clinic` what to replace in the clinic file.
    """
    locales = tuple(locales)
    topics = {"sore-throat": TOPIC} if topics is None else topics
    site = Site(folder)
    text = CLINIC.format(locales=", ".join(f'"{code}"' for code in locales))
    for old, new in (clinic or {}).items():
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    site.write("clinic.toml", text)
    shutil.copytree(SHIPPED / "house", site.path("house"))
    site.path("locales").mkdir()
    for name, words in topics.items():
        path = site.write(f"topics/{name}/topic.md", words)
        for code in locales:
            if code == "en":
                continue
            made = site.path(f"locales/{code}/house.po")
            if not made.exists():
                made.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(SHIPPED / "locales" / code / "house.po", made)
            translate_topic(site, path, code)
    return site


def translate_topic(
    site: Site, path: Path, code: str, words: Mapping[str, str] | None = None
) -> None:
    """Write the catalogue of a topic from its words by source text, or from TRANSLATIONS."""
    words = TRANSLATIONS[code] if words is None else words
    topic = read_topic(path)
    header = {**HEADER, "Language": code.replace("-", "_")}
    empty = merge(Catalogue("", header=header, comment="A test."), topic.messages)
    entries = {
        key: replace(entry, text=words.get(entry.source, ""))
        for key, entry in empty.entries.items()
    }
    write_catalogue(site.path(f"locales/{code}/{topic.id}.po"), replace(empty, entries=entries))


def long_topic(name: str) -> str:
    """Return a topic on which a worker is busy for seconds; it fails, since it has 32 pages."""
    days = "\n".join(f"- Rest for {n} days, and drink enough water." for n in range(2, 1400))
    return TOPIC.replace("id: sore-throat", f"id: {name}").replace("- Rest for 2 days.", days)


#: Longest time to wait for what another process or a thread does, in seconds; the machine may
#: be busy.
PATIENCE_SECONDS = 120


def until(true: Callable[[], bool], process: subprocess.Popen[Any] | None = None) -> None:
    """Wait for something to come true; where a process does it, not longer than that runs."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        ended = process is not None and process.poll() is not None
        if ended and true():
            return
        assert not ended, "it ended before"
        assert time.monotonic() < end, f"it did not come true in {PATIENCE_SECONDS} seconds"
        time.sleep(0.02)


def say_half(then: int) -> None:
    """Write half of a result, as a worker, and raise a signal in the middle of it."""
    frame = sys._getframe()
    while "sink" not in frame.f_locals:
        assert frame.f_back is not None
        frame = frame.f_back
    os.write(frame.f_locals["sink"].fileno(), (100_000).to_bytes(8, "big") + b"half")
    os.kill(os.getpid(), then)
    time.sleep(300)


def unmarked(text: str) -> str:
    """Return a text without what the engine sets for its lines: U+200B, U+200E, U+2060."""
    return re.sub("[\u200b\u200e\u2060]", "", text)


def line_of(text: str, part: str) -> int:
    """Return the number of the line in which `part` stands first."""
    found = re.search(re.escape(part), text)
    assert found, f"{part!r} is not in the text"
    return text.count("\n", 0, found.start()) + 1


def heed_interrupts() -> None:
    """Have a program that is about to start interrupted, as `preexec_fn`.

    A shell's background jobs, such as a run of the tests may be, are told to ignore Ctrl-C.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def report_of(site: Site) -> Any:
    return json.loads((site.out / "report.json").read_text(encoding="utf-8"))


def prints_of(site: Site) -> list[dict[str, Any]]:
    """Return the records of print jobs."""
    path = site.path("records/history.jsonl")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [one for one in map(json.loads, lines) if one["record"] == "print"]


def results(report: Any) -> dict[str, str]:
    return {f"{e['locale']}/{e['topic']}.{e['edition']}": e["result"] for e in report["leaflets"]}


def approve(run: Callable[..., object], locale: str, name: str = NAME) -> None:
    """Sign a text in every role that `CLINIC` asks for."""
    for role in ("clinician",) if locale == "en" else ("reviewer", "clinician"):
        run("approve", name, locale, "--role", role, "--by", f"Dr {role}")


def leaflets_of(made: Site) -> list[str]:
    """Return what lies in the folders of the locales."""
    return sorted(name for name in made.outputs() if re.match(r"[a-z]{2}/", name))
