"""What is out of date, and why: facts in, jobs and reasons out. Pure: no files, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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
    def key(self) -> tuple[str, str, str, str]:
        """What finds it in the ledger."""
        return (self.topic, self.locale, self.edition, self.state)

    @property
    def stem(self) -> str:
        """Give its path below the output folder, without a suffix: `es/asthma.standard.draft`."""
        draft = "" if self.state == "approved" else ".draft"
        return f"{self.locale}/{self.topic}.{self.edition}{draft}"


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


def to_remove(wanted: Iterable[tuple[str, str, str]], made: Iterable[Made]) -> tuple[Made, ...]:
    """Give what was made and is wanted no more.

    `wanted` are all leaflets of the site (topic, locale, edition), also those
    that are withheld or broken: their files stay.
    """
    stay = set(wanted)
    return tuple(one for one in made if (one.topic, one.locale, one.edition) not in stay)
