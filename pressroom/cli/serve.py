"""`handouts watch` and `serve`: build again as words change, and show the rack meanwhile."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..core.signals import exit_on_terminate
from .console import log_refusals, prepare_fonts, say_problem, show_report
from .options import Options, executor_option, jobs_option, shared

if TYPE_CHECKING:
    from datetime import date

    from ..core.model import Report


@click.command()
@jobs_option
@executor_option
@shared
def watch(options: Options, jobs: int | None, executor: str | None) -> None:
    """Build, and again whenever words, templates or styles change, until Ctrl-C."""
    with _rebuilding(options, {options.clinic: options.out}, jobs, executor) as rebuild:
        rebuild()


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option(
    "--host",
    default="localhost",
    show_default=True,
    metavar="H",
    help="Listen on this address; on another than localhost, the whole network can read.",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="N",
    help="A name that browsers reach this server by, where it is not the host's own.",
)
@click.option(
    "--behind",
    default="",
    metavar="URL",
    help="What browsers ask for where another web server stands before this one, such as "
    "https://leaflets.clinic.example.  [default: what clinic.toml says]",
)
@jobs_option
@executor_option
@shared
def serve(
    options: Options,
    port: int,
    host: str,
    names: tuple[str, ...],
    behind: str,
    jobs: int | None,
    executor: str | None,
) -> None:
    """Show the rack on localhost, and rebuild it as words change, until Ctrl-C.

    Of several clinics, each stands below its name; with --clinic, one is served alone.
    """
    from ..build.cluster import check_executor
    from ..distribution.server.app import find_places, listen, make_app, served
    from ..distribution.server.desk import Desk

    def today() -> date:
        return options.day

    if executor:
        check_executor(executor)
    folders = {options.clinic: options.out} if options.clinic else options.folders()
    places = find_places(options.handouts, folders, host, names, behind, options.records)
    listening = listen(host, port)
    proxied = any(place.hosts.behind for place in places)
    desks = {place: Desk(options.handouts, today, place.clinic, proxied) for place in places}
    app = make_app(desks, today)

    def heard(paths: set[Path]) -> None:
        for desk in desks.values():
            desk.changed(paths)

    def close() -> None:
        for desk in desks.values():
            desk.close()

    log_refusals()
    rebuilding = _rebuilding(options, folders, jobs, executor, heard)
    with rebuilding as rebuild, served(app, listening, close):
        shown = f"[{host}]" if ":" in host else host
        own = f"http://{shown}:{listening.getsockname()[1]}"
        for number, place in enumerate(places):
            whose = f"The rack of {place.clinic}" if number else "The rack"
            below = f"/{place.clinic}/" if number else "/"
            seen = f"; browsers find it at {place.hosts.behind}/" if place.hosts.behind else ""
            end = "" if number else " (Ctrl-C ends it)"
            click.echo(f"{whose} is at {own}{below}{end}{seen}.")
        sys.stdout.flush()
        rebuild()


@contextmanager
def _rebuilding(
    options: Options,
    built: Mapping[str, Path],
    jobs: int | None,
    executor: str | None,
    heard: Callable[[set[Path]], None] = lambda _: None,
) -> Iterator[Callable[[], None]]:
    """Yield what builds now and after each change, on workers that stay warm.

    `built` has the output folders of the clinics that are built, by their names.
    `heard` is told of changed files at once, also while a build is at work.
    """
    from ..build.cluster import open_pool
    from ..build.watch import Watcher, keep_up, watched

    exit_on_terminate()
    folders = watched(options.handouts)
    warm = open_pool(executor, jobs, threads=True)
    with warm as pool, Watcher(folders, options.out, heard) as watcher:

        def rebuild() -> None:
            prepare_fonts()
            keep_up(
                options.handouts, built, lambda: options.day, pool, watcher,
                _show_change if len(built) == 1 else _show_of_one, say_problem,
                records=options.records,
            )  # fmt: skip

        yield rebuild


def _show_of_one(clinic: str, report: Report, changed: tuple[str, ...]) -> None:
    """Print what a build of one of several clinics did, below its name."""
    click.echo(f"For {clinic}:" if clinic else "For the site's own clinic:")
    _show_change(clinic, report, changed)


def _show_change(_: str, report: Report, changed: tuple[str, ...]) -> None:
    """Print what a build did after files had changed."""
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        click.echo(f"Changed: {', '.join(changed[:3])}{more}.")
    show_report(report)
    sys.stdout.flush()
