"""Look for input over which a reader stumbles, led by coverage: `make fuzz`.

Each input begins with a byte that says which reader gets the rest. A find is
left in `build/fuzz/` and becomes a case of `tests/hostile/`; what libFuzzer
learns is kept in `build/fuzz/corpus/`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["pressroom", "markdown_it", "yaml", "tomllib"]):
    from pressroom.content.catalogue.glossary import dump_glossary, parse_glossary
    from pressroom.content.catalogue.po import dump_catalogue, read_catalogue
    from pressroom.content.topic.inline import LinkError, read_inline
    from pressroom.content.topic.read import read_topic
    from pressroom.core.errors import HandoutError
    from pressroom.core.model import plain
    from pressroom.exchange.spreadsheet import read_csv
    from pressroom.exchange.word_table import read_html

_HANDOUTS = Path(tempfile.mkdtemp(prefix="pressroom-fuzz-")) / "handouts"
_TOPIC = _HANDOUTS / "topics" / "sore-throat" / "topic.md"
_CATALOGUE = _HANDOUTS / "locales" / "es" / "sore-throat.po"
_AGAIN = _CATALOGUE.with_name("again.po")
_FRONT = b"""---
id: sore-throat
title: Sore throat
main_message: It gets better.
action: Rest.
version: "1.0"
issued: 2026-11-23
review_by: 2027-11-22
authors: [Ada]
funder: none
conflicts: none
sources: [A guideline]
pages: 2
---

"""


def _topic(data: bytes) -> None:
    _TOPIC.write_bytes(data)
    with suppress(HandoutError):
        for message in read_topic(_TOPIC, _HANDOUTS).messages:
            plain(read_inline(message.text)).encode("utf-8")


def _body(data: bytes) -> None:
    _topic(_FRONT + data)


def _line(data: bytes) -> None:
    with suppress(LinkError):
        plain(read_inline(data.decode("utf-8", "replace"))).encode("utf-8")


def _catalogue(data: bytes) -> None:
    _CATALOGUE.write_bytes(data)
    with suppress(HandoutError):
        read = read_catalogue(_CATALOGUE, _HANDOUTS)
        _AGAIN.write_bytes(dump_catalogue(read))
        again = read_catalogue(_AGAIN, _HANDOUTS)
        assert [entry.text for entry in again] == [entry.text for entry in read]


def _glossary(data: bytes) -> None:
    with suppress(HandoutError):
        written = dump_glossary(parse_glossary(data.decode("utf-8", "replace"), "x"))
        assert dump_glossary(parse_glossary(written, "x")) == written


def _import(data: bytes) -> None:
    for reader in (read_csv, read_html):
        with suppress(HandoutError):
            reader(data, "x")


READERS: tuple[Callable[[bytes], None], ...] = (
    _topic, _body, _line, _catalogue, _glossary, _import,
)  # fmt: skip


def test_one_input(data: bytes) -> None:
    """Pass an input to the reader that its first byte names."""
    if data:
        READERS[data[0] % len(READERS)](data[1:])


def seed(folder: Path) -> None:
    """Start with what is right: the topics and catalogues of this repository."""
    folder.mkdir(parents=True, exist_ok=True)
    site = Path(__file__).resolve().parent.parent / "handouts"
    for path in site.glob("topics/*/topic.md"):
        (folder / path.parent.name).write_bytes(b"\0" + path.read_bytes())
    for path in sorted(site.glob("locales/*/*.po"))[:8]:
        (folder / f"{path.parent.name}-{path.name}").write_bytes(b"\3" + path.read_bytes())
    for path in sorted(site.glob("locales/*/glossary.tsv")):
        (folder / f"{path.parent.name}-{path.name}").write_bytes(b"\4" + path.read_bytes())
    (folder / "import.csv").write_bytes(b"\5id,source,translation\r\nes/a/b.1,Rest,'=x\r\n")
    (folder / "import.html").write_bytes(b"\5<table><tr><td>es/a/b.1<td><td>Rest<td>x</table>")


if __name__ == "__main__":
    for path in (_TOPIC, _CATALOGUE):
        path.parent.mkdir(parents=True)
    build = Path("build/fuzz")
    seed(build / "corpus")
    atheris.Setup(
        [
            sys.argv[0],
            "-artifact_prefix=build/fuzz/",
            "-timeout=20",
            *sys.argv[1:],
            str(build / "corpus"),
        ],
        test_one_input,
    )
    atheris.Fuzz()
