"""`handouts check` and `status`: how good a site is, and how far; both build nothing."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from .console import EXIT_FAILED, say, say_problem, show, show_json, show_tables
from .due import due_of
from .options import Options, select, shared

#: How many rows of what falls due `status` shows: `due` shows them all.
_MOST_DUE = 10


@click.command()
@click.argument("names", metavar="[TOPIC|FILE.pdf]...", nargs=-1)
@click.option("--locale", "locales", multiple=True, metavar="L", help="Only this locale.")
@click.option("--deep", is_flag=True, help="Judge PDFs by a PDF/UA-1 validator, too.")
@click.option("--json", "as_json", is_flag=True, help="Write a report to stdout.")
@shared
def check(
    options: Options, names: tuple[str, ...], locales: tuple[str, ...], deep: bool, as_json: bool
) -> None:
    """Check words, catalogues and the built PDFs, or PDF files; build nothing."""
    from ..build import report as reports
    from ..build.prepare import engine_versions
    from ..review import check as checking

    started = time.monotonic()
    words = options.read_to_prepare()
    files = [Path(name) for name in names if name.lower().endswith(".pdf")]
    topics = tuple(name for name in names if not name.lower().endswith(".pdf"))
    # Without a name, all leaflets are checked; files alone are checked alone.
    chosen = select(words, topics, locales) if topics or not files else ((), ())
    for problem in checking.strange_folders(words):
        say_problem(problem)
    entries, stray = checking.check(words, options.out, files, *chosen, deep)
    seconds = time.monotonic() - started
    report = reports.report_on(engine_versions(), entries, seconds, () if topics else stray)
    if as_json:
        show(reports.as_json(report))
    else:
        for remark in report.remarks:
            say(reports.remark_line(remark))
        click.echo(
            f"{len(entries)} leaflets checked: {report.count('failed')} failed, "
            f"{report.count('withheld')} withheld."
        )
    if report.count("failed"):
        sys.exit(EXIT_FAILED)


@click.command()
@click.argument("topics", metavar="[TOPIC]...", nargs=-1)
@click.option("--locale", "locales", multiple=True, metavar="L", help="Only this locale.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
@click.option("--html", is_flag=True, help="Write the page rack/status.html below --out.")
@shared
def status(
    options: Options, topics: tuple[str, ...], locales: tuple[str, ...], as_json: bool, html: bool
) -> None:
    """Topics × locales: translated, fuzzy, approved, built, review due; what to translate next."""
    from ..core.files import shown
    from ..review import progress_tables
    from ..review.check import strange_folders
    from ..review.due import WITHIN, due_table
    from ..review.progress import Known, look_over, standing_rows
    from ..review.progress_page import write_page

    words = options.read_to_prepare()
    chosen = select(words, topics, locales)
    known = Known(options.out, words)
    overview = look_over(words, standing_rows(options.out), *chosen, known)
    for problem in (*strange_folders(words), *overview.problems):
        say_problem(problem)
    if html:
        click.echo(shown(write_page(options.out, words, overview)))
    elif as_json:
        show_json(overview.data)
    else:
        show_tables(progress_tables.tables(overview))
        if not (topics or locales) and (found := due_of(options, words, overview, WITHIN)):
            show_tables([due_table(found, _MOST_DUE)])
        for line in progress_tables.next_lines(overview, with_messages=bool(locales)):
            click.echo(line)
