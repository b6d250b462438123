"""Bring a file in as a topic: Word, HTML or Markdown -> `topic.md`, pictures and a report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ...content.photos import read_photo
from ...content.placeholders import clinic_values
from ...content.schema import is_id
from ...content.topic.blocks import slug
from ...core.errors import HandoutError, UsageError
from ...core.files import leaves, read_bytes, read_plain, shown, write_atomically
from ...core.limits import OutOfTimeError, within_time
from ...leaflet.compose import months_later
from ...leaflet.site import Words
from ..update import add_placeholders
from .conserved import (
    words_carried,
    words_noted,
    words_of_markdown,
    words_of_page,
    words_of_word,
)
from .markdown_file import read_markdown
from .source import NoteKind, Source, SourceBlock, quoted, walk
from .telephones import Telephones
from .tidy import tidy
from .topic_file import Written, joined_notes, write_topic
from .web_page import read_page
from .word_file import read_word

#: Largest file that is read, and largest picture, in bytes.
LARGEST = 20 * 1024 * 1024
LARGEST_PICTURE = 10 * 1024 * 1024

#: Endings of files that are read.
ENDINGS = (".docx", ".html", ".htm", ".md")

#: An alternative text that is the name of a file.
_FILE_NAME = re.compile(r"[\w .,()%-]+\.(?:png|jpe?g|gif|svg|bmp|tiff?|[ew]mf|webp)", re.I)

REPORT = "import-report.txt"


@dataclass(slots=True)
class Brought:
    """A topic that was brought in."""

    topic: str
    #: The files that were written, the topic first.
    paths: list[str]
    source: Source
    #: Words of the source, and how many of them the topic has, the rest being in the report.
    words: int
    carried: int
    #: Words of the source that stand neither in the topic nor in the report.
    lost: Counter[str] = field(default_factory=Counter)
    #: The first place that is still to do, and what it is.
    next: str = ""

    def count(self, kind: NoteKind) -> int:
        """Return how many notes of a kind the report has."""
        return sum(note.kind == kind for note in self.source.notes)


def read_source(path: Path) -> tuple[Source, Counter[str]]:
    """Read a file of any kind that is brought in: what it holds, and all of its words.

    Raises HandoutError for one that cannot be read, or that is above the limits.
    """
    where = shown(path)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(
            where, f"is none of {', '.join(ENDINGS)}",
            "open it in Word or LibreOffice, and save it as .docx",
        )  # fmt: skip
    data = read_bytes(path, UsageError, most=LARGEST)
    try:
        if ending == ".docx":
            return read_word(data, where), words_of_word(data, where)
        if ending == ".md":
            text = _text(data, where)
            return read_markdown(text, _beside(path)), words_of_markdown(text)
        return read_page(data, where, _beside(path)), words_of_page(data, where)
    except RecursionError:
        raise HandoutError(where, "is nested too deeply", "flatten it") from None


def _text(data: bytes, where: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise HandoutError(f"{where}:{line}", "this is not UTF-8", "save it as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _beside(path: Path) -> Callable[[str], bytes]:
    """Return a function of an address: the picture below the folder of a file, or nothing."""
    folder = path.parent

    def read(address: str) -> bytes:
        parts = urlsplit(address) if "\\" not in address else None
        if parts is None or parts.scheme or parts.netloc or not parts.path:
            return b""
        found = folder / unquote(parts.path).lstrip("/")
        try:
            if "\0" in str(found) or leaves(found, folder) or not found.is_file():
                return b""
            data = read_plain(found.resolve(), LARGEST_PICTURE)
        except (OSError, ValueError):
            return b""
        return data if len(data) <= LARGEST_PICTURE else b""

    return read


def bring(words: Words, path: Path, name: str = "") -> Brought:
    """Write a topic of a file; without a name, it has that of its title, or of the file.

    Raises HandoutError for a file that cannot be read, UsageError for a topic that exists.
    """
    seconds = words.site.clinic.limit_seconds
    try:
        with within_time(seconds):
            source, counted = read_source(path)
    except OutOfTimeError:
        raise HandoutError(
            shown(path), f"reading took longer than {seconds} seconds", "split it"
        ) from None
    blocks = tidy(source)
    name = name or _name(blocks, path)
    folder = words.handouts / "topics" / name
    if name in words.names or folder.exists() or folder.is_symlink():
        raise UsageError(shown(folder), "this topic exists already", "choose another name")
    telephones = Telephones(source, clinic_values(words.site.clinic))
    telephones.replace(blocks)
    files = _pictures(source, blocks)
    today = words.site.today
    written = write_topic(source, blocks, name, [file for file, _ in files], today,
                          months_later(today, 12))  # fmt: skip
    had = words_carried(written.body, written.title) + words_noted(source.notes)
    brought = Brought(
        name, [], source, counted.total(),
        (counted & words_carried(written.body, written.title)).total(), counted - had,
    )  # fmt: skip
    brought.next = _next(written)
    if telephones.new:
        add_placeholders(words.handouts, telephones.new)
    _write(words.handouts, folder, written, files, brought)
    return brought


def _name(blocks: list[SourceBlock], path: Path) -> str:
    titles = (one.text for kind in ("title", "heading") for one in blocks if one.kind == kind)
    for text in (next(titles, ""), path.stem):
        if is_id(name := slug(text)[:60].strip("-")):
            return name
    raise UsageError(shown(path), "neither its title nor its name can name a topic",
                     "name one: 'handouts new TOPIC --from FILE'")  # fmt: skip


def _pictures(source: Source, blocks: list[SourceBlock]) -> list[tuple[str, bytes]]:
    """Return a file for each picture, in order; one that cannot be used has no name and a TODO."""
    files: list[tuple[str, bytes]] = []
    for number, block in enumerate((one for one in walk(blocks) if one.kind == "picture"), 1):
        ending = _kind(block.picture)
        name = quoted(block.name or "a picture", 60)
        why = _unusable(block.picture, ending)
        if why:
            described = f" ({block.text})" if block.text else ""
            block.text = f"the picture ‘{name}’ {why}, and put it here{described}"
            source.note(block.at, "TODO", f"the picture ‘{name}’ {why}")
            files.append(("", b""))
            continue
        files.append((f"figures/picture-{number}.{ending}", block.picture))
        file_name = block.text if _FILE_NAME.fullmatch(block.text.strip()) else ""
        if file_name or not block.text.strip():
            said = f"say what is to see on figures/picture-{number}.{ending}"
            said += ", which had the name of a file:" if file_name else ""
            source.note(block.at, "TODO", said, file_name)
            block.text = ""
    return files


def _unusable(data: bytes, ending: str) -> str:
    """Return why no topic may have a picture, and what to do about it; empty where it may."""
    if not data:
        return "is not beside the file: save the page with its pictures"
    if not ending:
        return "is no JPEG, PNG or SVG: save it as one"
    if ending != "svg":
        try:
            read_photo(data, "")
        except HandoutError as problem:
            return f"{problem.what}: {problem.next_step}"
    return ""


def _kind(data: bytes) -> str:
    """Return how a file of a picture ends, by its content; empty for what no topic may have."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "svg" if b"<svg" in data[:1000] else ""


def _next(written: Written) -> str:
    for number, line in enumerate(written.text.split("\n"), 1):
        if "TODO" in line:
            return f"{number}, {line.partition(':')[0].strip('# -')}"
    return ""


def _write(
    handouts: Path, folder: Path, written: Written, files: list[tuple[str, bytes]], brought: Brought
) -> None:
    # The order of the source, and not of the readers that noted something.
    report = [f"{at}: {kind}: {said}" + (f" “{' '.join(words.split())}”" if words.strip() else "")
              for at, kind, said, words in joined_notes(brought.source)]  # fmt: skip
    report.append(words_line(brought))
    todo = [("topic.md", written.text.encode("utf-8")), *files,
            (REPORT, "".join(f"{line}\n" for line in report).encode("utf-8"))]  # fmt: skip
    for name, data in todo:
        if name:
            write_atomically(folder / name, data, handouts)
            brought.paths.append(shown(folder / name))


def words_line(brought: Brought) -> str:
    """Return how many words the source has, and where they are."""
    noted = brought.words - brought.carried - brought.lost.total()
    line = f"{brought.words} words: {brought.carried} in the topic, {noted} in the report"
    return f"{line}, {brought.lost.total()} lost" if brought.lost else line


def next_line(brought: Brought) -> str:
    """Return what is still to decide, and where to begin."""
    todo, guesses, left = (brought.count("TODO"), brought.count("guess"), brought.count("left out"))
    counts = f"{todo} TODO, {guesses} guesses, {left} left out"
    return f"{counts}. Next: {brought.paths[0]}:{brought.next}."


def files_of(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that can be brought in, in the order of their names."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in ENDINGS and path.name[0] not in "~.":
            yield path
