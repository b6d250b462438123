"""Measure the rack of a large clinic: 1,000 topics in 40 locales, without their PDFs.

What a build spends on it, what a browser loads before and during the first search, and the
time from a keystroke to the first result in Chromium. Run from the root of the checkout:

    .venv/bin/python benchmarks/rack.py [TOPICS]
"""

from __future__ import annotations

import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Page, sync_playwright

from pressroom.content.catalogue.po import read_catalogue
from pressroom.core.published import Made, Row
from pressroom.leaflet.site import read_site
from pressroom.rack.site import Shelf, shelve, write_rack

ROOT = Path(__file__).resolve().parent.parent
SITE = read_site(ROOT / "handouts", date(2026, 12, 1))
LOCALES = SITE.site.clinic.locales[:40]

#: What is typed, and in which language: whole words, with an error, in another script, in none.
QUERIES = [
    ("en", "pain in the back"), ("en", "spondilytis"), ("ar", "التهاب"), ("ar", "pain"),
    ("km", "ឆ្អឹងខ្នង"), ("zh-Hans", "脊柱"), ("en", "rückenschmerzen"), ("en", "qqqqq"),
]  # fmt: skip


def vocabulary(locale: str) -> list[str]:
    """Return pieces of text as a locale writes them, from the shipped catalogues."""
    if locale == "en":
        texts = [message.text for topic in SITE.topics.values() for message in topic.messages]
    else:
        folder = ROOT / "handouts" / "locales" / locale
        texts = [
            entry.text
            for topic in SITE.topics
            for entry in read_catalogue(folder / f"{topic}.po").entries.values()
        ]
    words = re.findall(r"\w[\w\u0300-\u0e7f\u1000-\u17ff]*", " ".join(texts))
    pieces = [word[at : at + 12] for word in words for at in range(0, len(word), 12)]
    # A large site has more words than two topics: beginnings and ends of these make them.
    return pieces + [a[:4] + b[-4:] for a, b in zip(pieces, reversed(pieces), strict=True)]


def rows(topics: int) -> Iterator[Row]:
    """Make up the ledger of a large site."""
    chance = random.Random(1)
    for locale in LOCALES:
        words = vocabulary(locale)

        def text(count: int, words: list[str] = words) -> str:
            return " ".join(chance.choices(words, k=count))

        for number in range(topics):
            topic = f"topic-{number:04}"
            digest = f"{chance.getrandbits(256):064x}"
            made = Made(
                topic, locale, "standard", "approved", {"page": digest, "web": digest}, digest,
                f"{locale}/{topic}.standard.pdf", digest,
            )  # fmt: skip
            card = {
                "title": text(4), "source_title": "", "main_message": text(20),
                "version": "1.0", "issued": "2026-11-23", "review_by": "2027-11-22",
                "out_of_date": [], "tags": text(3).split(), "symptoms": text(120),
            }  # fmt: skip
            yield Row(made, {"pages": 2}, card)


def shelf_of(made: list[Row]) -> Shelf:
    titles = {row.made.topic: row.card["title"] for row in made if row.made.locale == "en"}
    return shelve(made, SITE.site.clinic, SITE.theme, titles)


#: What the racks that were written are made of, by their folders.
WRITTEN: dict[Path, Mapping[str, str]] = {}


def timed(what: str, out: Path, made: list[Row]) -> None:
    """Write the rack, and say what it took and which files changed."""
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    started = time.perf_counter()
    files = write_rack(out, shelf_of(made), WRITTEN.get(out, {}))
    seconds = time.perf_counter() - started
    WRITTEN[out] = files
    after = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    changed = [path for path in after if before.get(path) != after[path]]
    shown = ", ".join(sorted(path.relative_to(out).as_posix() for path in changed)[:6])
    print(
        f"{what:28} {seconds:6.2f} s  {len(changed):5} files  {shown if len(changed) < 7 else ''}"
    )


def kilobytes(*paths: Path) -> str:
    return f"{sum(path.stat().st_size for path in paths) / 1000:.0f} kB"


#: Types one letter, and gives the time until the cards stand, in milliseconds.
KEYSTROKE = """([text]) => {
  const field = document.getElementById("query");
  field.value = text;
  const started = performance.now();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  document.getElementById("results").getBoundingClientRect();
  return performance.now() - started;
}"""


def keystrokes(page: Page, text: str) -> list[float]:
    """Type a text letter by letter. Give milliseconds a keystroke, layout included."""
    return [page.evaluate(KEYSTROKE, [text[: at + 1]]) for at in range(len(text))]


def browse(out: Path) -> None:
    rack = out / "rack"
    page_files = [out / "index.html", *rack.glob("*.js"), rack / "rack.css"]
    print(f"{'page, style, scripts':28} {kilobytes(*page_files)}")
    for locale in ("en", "ar", "km"):
        titles, texts = rack / "titles" / f"{locale}.js", rack / "texts" / f"{locale}.js"
        print(f"{'shards of ' + locale:28} titles {kilobytes(titles)}, texts {kilobytes(texts)}")
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for locale, query in QUERIES:
            page = browser.new_context().new_page()
            page.add_init_script(f"localStorage.setItem('rack.language', '{locale}')")
            loaded: list[str] = []
            page.on("request", lambda request, loaded=loaded: loaded.append(request.url))
            page.goto((out / "index.html").as_uri())
            page.wait_for_function("document.querySelectorAll('.card').length > 0")
            early = page.evaluate("performance.now()")
            first = keystrokes(page, query[:1])[0]
            page.wait_for_timeout(3000)
            spent = keystrokes(page, query)
            shards = sum("/titles/" in url or "/texts/" in url for url in loaded)
            print(
                f"{locale + ': ' + query:28} open {early:4.0f} ms, first key {first:4.0f} ms; then "
                f"median {statistics.median(spent):4.0f}, worst {max(spent):4.0f} ms; "
                f"{shards} shards"
            )
            page.close()
        browser.close()


def main() -> None:
    topics = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    made = list(rows(topics))
    print(f"{len(made)} leaflets: {topics} topics in {len(LOCALES)} locales")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        timed("written anew", out, made)
        timed("nothing changed", out, made)
        at = next(n for n, row in enumerate(made) if row.made.locale == "ar")
        card = {**made[at].card, "title": "عنوان"}
        made[at] = replace(made[at], made=replace(made[at].made, sha256="f" * 64), card=card)
        timed("one leaflet changed", out, made)
        browse(out)


if __name__ == "__main__":
    main()
