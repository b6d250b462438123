"""Measure what extractors read out of our PDFs, beside plain WeasyPrint's: -> docs/text-layer.md.

    .venv/bin/python benchmarks/text_layer.py

For each locale the shipped topic `exosome-therapy` is set twice from the same
HTML: with the mended text layer, and by WeasyPrint as it comes. A message
counts as read where the extractor's text holds all of it in one piece, after
NFKC and without white space, bidi controls and zero-width characters.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

TOPIC = "exosome-therapy"
EXTRACTORS = ("structure tree", "pdftotext", "pdfium", "pypdf")

_HEAD = """\
# The text layer, locale by extractor

How much of a leaflet's words an extractor gives back exactly: messages of
`{topic}` that stand in its text in one piece, of all messages. Compared after
NFKC, without white space, bidi controls and zero-width characters. In each cell:
our PDF, and in brackets the same HTML set by WeasyPrint as it comes.

- *structure tree*: what a screen reader or an exporter of tagged PDF is given.
- *pdftotext*: Poppler; *pdfium*: what Chromium searches and copies; *pypdf*: `extract_text`.

In right-to-left lines pdfium puts the characters in an order of its own, which turns numbers of
several parts around (`0800 111` as `111 0800`), whatever the PDF says; a web page copies them
rightly. Marks that keep digits in order on the page (U+200E) stand in no text layer.

Made by `python benchmarks/text_layer.py`.

| locale | {columns} |
|---|{rule}|
"""


def _plain_setting() -> None:
    """Leave WeasyPrint as it comes."""
    from pressroom.typeset.weasyprint_patches import text_layer

    text_layer.install = lambda: None


def _set(one: Any) -> tuple[str, bytes]:
    from pressroom.typeset.typesetter import Typesetter

    return one.locale, Typesetter().typeset(one.html, one.setting).pdf


def _structure(pdf: bytes, leaflet: Any) -> str:
    from pressroom.core.model import Proof
    from pressroom.preflight.evidence import Evidence

    evidence = Evidence(Proof(pdf, 0, 12.0), leaflet)
    tops = [element for element in evidence.tree.elements if element.parent is None]
    return "".join(evidence.text(top) for top in tops)


def _read(pdf: bytes, leaflet: Any) -> dict[str, str]:
    import pypdf
    import pypdfium2

    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        poppler = subprocess.run(
            ["pdftotext", "-enc", "UTF-8", file.name, "-"], capture_output=True, check=True
        ).stdout.decode("utf-8")
        pages = pypdf.PdfReader(file.name).pages
        by_pypdf = "\n".join(page.extract_text() for page in pages)
        document = pypdfium2.PdfDocument(file.name)
        by_pdfium = "\n".join(page.get_textpage().get_text_range() for page in document)
        document.close()
    return dict(
        zip(EXTRACTORS, (_structure(pdf, leaflet), poppler, by_pdfium, by_pypdf), strict=True)
    )


def _share(texts: dict[str, str], words: list[str]) -> dict[str, int]:
    from pressroom.preflight.text.normalise import normalised

    return {name: sum(word in normalised(text) for word in words) for name, text in texts.items()}


def main() -> None:
    """Measure every locale of the example clinic and write the table."""
    from pressroom.build.prepare import Preparer
    from pressroom.core.model import plain
    from pressroom.leaflet.site import read_site
    from pressroom.preflight.text.normalise import normalised

    site = read_site(ROOT / "handouts", date(2026, 11, 23))
    leaflets = list(Preparer(site)([TOPIC], site.site.clinic.locales))
    with ProcessPoolExecutor(2) as pool:
        ours = dict(pool.map(_set, leaflets))
    with ProcessPoolExecutor(2, initializer=_plain_setting) as pool:
        theirs = dict(pool.map(_set, leaflets))
    rows = []
    exact = {name: [0, 0] for name in EXTRACTORS}
    for one in leaflets:
        assert one.leaflet is not None
        shown = [
            normalised(plain(one.leaflet.words[message.anchor]))
            for message in one.leaflet.topic.messages
            if message.place
            not in (
                "name of the therapy, inside a sentence",
                "name of the condition, inside a sentence",
            )
        ]
        mine = _share(_read(ours[one.locale], one.leaflet), shown)
        plainly = _share(_read(theirs[one.locale], one.leaflet), shown)
        for name in EXTRACTORS:
            exact[name][0] += mine[name] == len(shown)
            exact[name][1] += plainly[name] == len(shown)
        cells = [f"{mine[name]} ({plainly[name]})" for name in EXTRACTORS]
        rows.append(f"| {one.locale} | {' | '.join(cells)} |")
    total = len(leaflets)
    rows.append(
        f"| **all of it, of {total} locales** | "
        + " | ".join(f"**{exact[n][0]}** ({exact[n][1]})" for n in EXTRACTORS)
        + " |"
    )
    columns = " | ".join(f"{name}, of {len(shown)}" for name in EXTRACTORS)
    text = _HEAD.format(topic=TOPIC, columns=columns, rule="---|" * (len(EXTRACTORS) - 1) + "---")
    (ROOT / "docs" / "text-layer.md").write_text(text + "\n".join(rows) + "\n", encoding="utf-8")
    print(rows[-1])


if __name__ == "__main__":
    main()
