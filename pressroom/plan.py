"""What is out of date, and why: facts in, jobs and reasons out. Pure: no files, no clock."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

#: Topic, locale, edition, state: what finds a leaflet in the ledger.
Key = tuple[str, str, str, str]

#: What a leaflet's file depends on, with the reason that a reader understands.
REASONS = {
    "page": "its page changed",
    "web": "its web page changed",
    "styles": "the styles changed",
    "budget": "the page budget changed",
    "policy": "the disclaimer policy changed",
    "fonts": "the fonts changed",
    "engine": "the engine changed",
}


def stem_of(topic: str, locale: str, edition: str, state: str) -> str:
    """Give a leaflet's path, without a suffix: `es/asthma.standard.draft`."""
    return f"{locale}/{topic}.{edition}{'' if state == 'approved' else '.draft'}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A leaflet as the words ask for it."""

    topic: str
    locale: str
    edition: str
    state: str
    #: Digest of each thing that its file depends on; the keys of REASONS.
    parts: Mapping[str, str]
    #: Digest of its words, to tell a changed word from a changed template.
    text: str

    @property
    def key(self) -> Key:
        """What finds it in the ledger."""
        return (self.topic, self.locale, self.edition, self.state)

    @property
    def stem(self) -> str:
        """Give its path below the output folder, without a suffix."""
        return stem_of(*self.key)


def file_name(wanted: Wanted) -> str:
    """Give a leaflet's path below the output folder: `es/asthma.standard.draft.pdf`."""
    return f"{wanted.stem}.pdf"


def reader_name(file: str) -> str:
    """Give the path of a booklet's reader's edition: `es/asthma.booklet-reader.pdf`."""
    return file.replace(".booklet.", ".booklet-reader.")


@dataclass(frozen=True, slots=True)
class Made(Wanted):
    """A leaflet as the last build made it."""

    #: Path below the output folder.
    file: str
    sha256: str
    #: Its other files, such as the web page: SHA-256 by path below the output folder.
    extras: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, str]:
        """Give all its files: SHA-256 by path below the output folder."""
        return {self.file: self.sha256, **self.extras}


def reasons(
    wanted: Wanted, made: Made | None, found: Mapping[str, str], force: bool = False
) -> tuple[str, ...]:
    """Say why a leaflet has to be made; nothing where it stands as it is wanted.

    `found` has the digest of each published file by its path below the output folder.
    """
    if made is None:
        return ("it was never built",)
    said = []
    for part, reason in REASONS.items():
        if wanted.parts.get(part) != made.parts.get(part):
            if part == "page":
                reason = (
                    "its words changed"
                    if wanted.text != made.text
                    else "the template, a figure or the clinic's details changed"
                )
            said.append(reason)
    for name, sha256 in made.files.items():
        what = "its file" if name == made.file else _named(name)
        if name not in found:
            said.append(f"{what} is gone")
        elif found[name] != sha256:
            said.append(f"{what} was altered")
    if force and not said:
        said.append("it was asked for by --force")
    return tuple(said)


def _named(name: str) -> str:
    return "its web page" if name.endswith(".html") else f"its file {name}"


def not_wanted(wanted: Iterable[tuple[str, str, str]], made: Iterable[Key]) -> tuple[Key, ...]:
    """Give what was made and is wanted no more.

    `wanted` are all leaflets of the site (topic, locale, edition), also those
    that are withheld or broken: their files stay.
    """
    stay = set(wanted)
    return tuple(key for key in made if key[:3] not in stay)


def recipes(
    digests: Mapping[str, str],
    shares: Mapping[str, Mapping[str, str]],
    topics: Iterable[str],
    locales: Iterable[str],
    source: str,
) -> Iterator[tuple[tuple[str, str], str]]:
    """Give for each topic and locale the digest of all that its leaflets are prepared from.

    `digests` are those of the files by name (`site/topics/asthma/topic.md`); what
    stands neither below a topic nor below a locale is a part of every recipe. For
    a file that says something of each topic, `shares` has digests by topic. What
    is signed in the `source` locale holds for all of them.
    """
    common: list[str] = []
    of_topic: dict[str, list[str]] = defaultdict(list)
    of_locale: dict[str, list[str]] = defaultdict(list)
    of_both: dict[tuple[str, str], list[str]] = defaultdict(list)
    shared: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for name in sorted(digests):
        line = f"{name} {digests[name]}"
        room, _, rest = name.removeprefix("site/").partition("/")
        owner, _, file = rest.partition("/")
        if not name.startswith("site/") or not file or room not in ("topics", "locales"):
            shared[""].append(shares[name]) if name in shares else common.append(line)
        elif room == "topics":
            of_topic[owner].append(line)
        elif name in shares:
            shared["" if owner == source else owner].append(shares[name])
        elif file.startswith("signed/"):
            topic = file.removeprefix("signed/").partition(".")[0]
            (of_topic[topic] if owner == source else of_both[topic, owner]).append(line)
        elif file.endswith(".po") and "/" not in file and file != "house.po":
            of_both[file.removesuffix(".po"), owner].append(line)
        else:
            of_locale[owner].append(line)
    everywhere = digest_of(*common)
    locales = tuple(locales)
    in_locale = {code: digest_of(*of_locale[code]) for code in locales}
    nothing: list[str] = []
    for topic in topics:
        in_topic = digest_of(*of_topic[topic], *(share.get(topic, "") for share in shared[""]))
        for code in locales:
            parts = (share.get(topic, "") for share in shared[code])
            both = of_both.get((topic, code), nothing)
            # Where a locale has no files yet, its name tells it from others that have none.
            rooms = (everywhere, in_topic, code, in_locale[code])
            yield (topic, code), digest_of(*rooms, *both, *parts)


def digest_of(*parts: str) -> str:
    """Digest texts, each told from its neighbours."""
    total = hashlib.sha256()
    for part in parts:
        # Names of files may hold what is no text.
        total.update(f"{len(part)} {part}\n".encode("utf-8", "surrogatepass"))
    return total.hexdigest()
