"""`handouts due`: what passes its day, and who has to act."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .console import EXIT_FAILED, say_problem, show_json, show_tables
from .options import Options, shared

if TYPE_CHECKING:
    from ..leaflet.site import Words
    from ..review.due import Due
    from ..review.progress import Overview


@click.command()
@click.option(
    "--within", type=click.IntRange(min=0), default=90, show_default=True, metavar="DAYS",
    help="Look so many days ahead.",
)  # fmt: skip
@click.option(
    "--ics", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write them as a calendar.",
)  # fmt: skip
@click.option("--html", is_flag=True, help="Write the page rack/due.html below --out.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
@click.option("--strict", is_flag=True, help="Exit with 1 where something is overdue.")
@shared
def due(
    options: Options, within: int, ics: Path | None, html: bool, as_json: bool, strict: bool
) -> None:
    """List what is overdue or falls due: reviews, facts, translations; and who has to act."""
    from ..core.files import shown, write_atomically
    from ..review.due import calendar, due_table
    from ..review.due_page import write_page
    from ..review.progress import Known, look_over, standing_rows

    words = options.read_to_prepare(quiet=True)
    locales = words.site.clinic.locales
    known = Known(options.out, words)
    overview = look_over(words, standing_rows(options.out), words.names, locales, known)
    for problem in overview.problems:
        say_problem(problem)
    found = due_of(options, words, overview, within)
    if ics:
        write_atomically(ics, calendar(found, words.site.clinic.name, options.day))
        click.echo(f"{shown(ics)}: {len(found)} entries.", err=as_json)
    if html:
        path = write_page(options.out, words, overview, found, within)
        click.echo(f"{shown(path)}: {len(found)} entries.", err=as_json)
    if as_json:
        show_json([one.data for one in found])
    elif found:
        show_tables([due_table(found)])
    elif not (ics or html):
        click.echo(f"Nothing is overdue, and nothing falls due within {within} days.")
    if strict and any(one.overdue for one in found):
        sys.exit(EXIT_FAILED)


def due_of(options: Options, words: Words, overview: Overview, within: int) -> list[Due]:
    """Return what is overdue or falls due on a site."""
    from ..distribution.recall import open_history
    from ..review.due import find_due

    return find_due(words, overview, open_history(words, options.out).issues(), within)
