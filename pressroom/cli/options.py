"""Options that commands share, and what they name: folders, the day, topics, locales, editions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..core.day import judged_day
from ..core.errors import UsageError, did_you_mean
from .console import messages, prepare_fonts

if TYPE_CHECKING:
    from ..leaflet.site import Words


@dataclass(slots=True)
class Options:
    """What holds for all commands."""

    handouts: Path = Path("handouts")
    #: As it was named; see `out`.
    out_dir: Path | None = None
    today: date | None = None
    #: One of several clinics, by the name of its file.
    clinic: str = ""
    #: Folder of the records, where it is not the one that the clinic file names.
    records: Path | None = None

    @property
    def out(self) -> Path:
        """The output folder: `dist`, or `dist-NAME` for one of several clinics."""
        return self.out_dir or _folder(self.clinic)

    @property
    def day(self) -> date:
        """The day that dates are judged by. Raises UsageError where the environment names none."""
        return judged_day(self.today)

    def read_words(self) -> Words:
        """Read the site. Raises ConfigurationError."""
        from ..leaflet.site import read_site

        return read_site(self.handouts, self.day, self.clinic, self.records)

    def read_to_prepare(self, quiet: bool = False) -> Words:
        """Read a site whose leaflets are prepared: the fonts are, first, which takes long once."""
        words = self.read_words()
        prepare_fonts(quiet)
        return words

    def folders(self) -> dict[str, Path]:
        """Return the output folder of each clinic by its name, the one that was asked for first."""
        from ..content.clinic import clinic_names

        others = {name: _folder(name) for name in ("", *clinic_names(self.handouts))}
        return {self.clinic: self.out, **{n: o for n, o in others.items() if n != self.clinic}}


def _folder(clinic: str) -> Path:
    return Path(f"dist-{clinic}" if clinic else "dist")


def site_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which site a command is about."""
    folder = click.Path(path_type=Path)
    for option in (
        click.option(
            "--clinic", metavar="NAME", help="One of several clinics: a file in clinics/."
        ),
        click.option(
            "--out", "out_dir", type=folder, metavar="DIR",
            help="Where leaflets are published.  [default: dist, or dist-NAME]",
        ),
        click.option(
            "--records", "records_dir", type=folder, metavar="DIR",
            help="Where it is recorded what was handed out.  [default: records/ in the site]",
        ),
        click.option(
            "--handouts", "handouts_dir", type=folder, metavar="DIR",
            help="The words of the site.  [default: handouts]",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def shared(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that hold for all commands, and messages for errors.

    The command takes Options first. Those that stand before its name hold, too.
    """

    @click.option(
        "--today",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="DATE",
        help="Judge dates as of this day (YYYY-MM-DD).",
    )
    @site_options
    @wraps(command)
    def wrapped(
        handouts_dir: Path | None,
        out_dir: Path | None,
        clinic: str | None,
        records_dir: Path | None,
        today: datetime | None,
        **arguments: Any,
    ) -> None:
        options: Options = click.get_current_context().obj or Options()
        options = Options(
            handouts_dir or options.handouts,
            out_dir or options.out_dir,
            today.date() if today else options.today,
            clinic or options.clinic,
            records_dir or options.records,
        )
        with messages():
            from ..core.files import require_places

            require_places(options.handouts, options.out)
            command(options, **arguments)

    return wrapped


jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many leaflets to set at once.  [default: one a processor]",
)
executor_option = click.option(
    "--executor",
    metavar="E",
    help="Where leaflets are set: `processes` of this machine, or dask:tcp://HOST:PORT.",
)


def nearest(name: str, known: list[str]) -> str:
    """Return the hint for a name that is not known: the nearest one that is, or all of them."""
    return did_you_mean(name, known) or f"known are {', '.join(known) or 'none'}"


def select(
    words: Words, topics: tuple[str, ...], locales: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the topics and locales that a command is about: all, where none is named.

    Raises UsageError for one that the site does not have.
    """
    from ..content.catalogue.pseudo import PSEUDO
    from ..core.locales import canonical_code

    known_topics = list(words.names)
    for name in topics:
        if name not in known_topics:
            raise UsageError("", f"there is no topic '{name}'", nearest(name, known_topics))
    known_locales = list(words.site.clinic.locales)
    for code in locales:
        if code not in known_locales and code not in PSEUDO:
            right = canonical_code(code)
            hint = f"write '{right}'" if right in known_locales else nearest(code, known_locales)
            if right and right != code and right not in known_locales:
                hint = f"its name is '{right}': add it with 'handouts locale add {right}'"
            raise UsageError("", f"there is no locale '{code}'", hint)
    return topics or tuple(known_topics), locales or tuple(known_locales)


def select_editions(words: Words, editions: tuple[str, ...], locale: str = "") -> tuple[str, ...]:
    """Return the editions that a command is about: all, where none is named.

    Raises UsageError for one that the clinic, or the locale where one is named, does not have.
    """
    clinic = words.site.clinic
    known = list(clinic.editions)
    for edition in editions:
        if edition in known and locale and edition not in clinic.offered(locale):
            raise UsageError(
                "",
                f"'{locale}' has no edition '{edition}'",
                "it is the source language: name a translation",
            )
        if edition not in known:
            raise UsageError(
                "",
                f"this clinic has no edition '{edition}'",
                f"{nearest(edition, known)}; editions stand in clinic.toml",
            )
    return editions or tuple(known)


def one_line(option: str, text: str) -> str:
    """Return the text of an option as one line that a file may hold. Raises UsageError."""
    from ..core.files import unreadable_character

    line = " ".join(text.split())
    bad = unreadable_character(line)
    what = bad[1] if bad else "" if line else "says nothing"
    if what or len(line) > 500:
        raise UsageError(
            "", f"{option} {what or 'is too long'}", f'write {option} "…" in a few words'
        )
    return line
