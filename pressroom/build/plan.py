"""What is out of date, and why: facts in, jobs and reasons out. Pure: no files, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..core.published import Key, Made, Wanted

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


#: Why a leaflet is made that so far stands in the other state only.
STATE_REASONS = {
    "approved": "it is approved now, and stands as a draft so far",
    "draft": "its words are a draft; the approved leaflet of older words stays",
}

#: Why a leaflet is made that the ledger does not know, where it was lost or deleted: its file
#: lies there, it was taken out before, or its file went with the ledger.
UNRECORDED = "what lies there is not recorded"
TAKEN_OUT = "it was taken out before, and may be published again"
GONE = "it was published, and is not there any more"

#: What a machine brings along: where nothing else differs, so do no words.
MACHINE = ("fonts", "engine")


def reasons(
    wanted: Wanted,
    made: Made | None,
    found: Mapping[str, str],
    force: bool = False,
    moved: str = "",
) -> tuple[str, ...]:
    """Return why a leaflet has to be made; nothing where it stands as it is wanted.

    `found` has the digest of each published file by its path below the output folder. `moved`
    says which libraries have another release than those that it was made with.
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
            if part == "engine" and moved:
                reason = f"set anew: {moved}"
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


def by_machine(wanted: Wanted, made: Made, found: Mapping[str, str]) -> bool:
    """Return whether a leaflet is to be made, and all that differs is what makes it."""
    differing = {part for part in REASONS if wanted.parts.get(part) != made.parts.get(part)}
    stands = all(found.get(name) == sha256 for name, sha256 in made.files.items())
    return stands and bool(differing) and differing.issubset(MACHINE)


def pages_differ(wanted: Wanted, made: Made) -> bool:
    """Return whether a leaflet's pages depend on something else than when it was made."""
    return any(wanted.parts.get(part) != made.parts.get(part) for part in REASONS if part != "web")


def is_web(name: str) -> bool:
    """Return whether a file is a web page."""
    return name.endswith(".html")


def moved_releases(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Return which releases differ: `Pango 1.50.12 → 1.56.3`."""
    return ", ".join(
        f"{name} {before.get(name, 'none')} → {release}"
        for name, release in now.items()
        if before and before.get(name) != release
    )


def _named(name: str) -> str:
    return "its web page" if is_web(name) else f"its file {name}"


def not_wanted(wanted: Iterable[tuple[str, str, str]], made: Iterable[Key]) -> tuple[Key, ...]:
    """Return what was made and is wanted no more.

    `wanted` are all leaflets of the site (topic, locale, edition), also those
    that are withheld or broken: their files stay.
    """
    stay = set(wanted)
    return tuple(key for key in made if key[:3] not in stay)
