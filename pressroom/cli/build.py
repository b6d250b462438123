"""`handouts build`, `why` and `store`: make what is out of date, and say why it is."""

from __future__ import annotations

import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..core.errors import HandoutError
from .console import EXIT_FAILED, counting, marked, progress, show, show_report
from .options import Options, executor_option, jobs_option, select, select_editions, shared

if TYPE_CHECKING:
    from ..leaflet.site import Words


@click.command()
@click.argument("topics", metavar="[TOPIC]...", nargs=-1)
@click.option("--locale", "locales", multiple=True, metavar="L", help="Only this locale.")
@click.option("--edition", "editions", multiple=True, metavar="E", help="Only this edition.")
@jobs_option
@executor_option
@click.option("--force", is_flag=True, help="Build also what is up to date.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and why.")
@click.option(
    "--strict", is_flag=True, help="Exit with 1 also where a leaflet is withheld or overdue."
)
@click.option(
    "--store",
    "store_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    envvar="PRESSROOM_STORE",
    help="Where leaflets are kept that were set before.  [default: the user's cache]",
)
@click.option("--json", "as_json", is_flag=True, help="Write the report to stdout.")
@click.option("--quiet", is_flag=True, help="Print nothing on success.")
@shared
def build(
    options: Options,
    topics: tuple[str, ...],
    locales: tuple[str, ...],
    editions: tuple[str, ...],
    jobs: int | None,
    executor: str | None,
    force: bool,
    dry_run: bool,
    strict: bool,
    store_dir: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Plan, render, check and publish what is out of date."""
    from ..build.report import report_unchanged

    if executor:
        from ..build.cluster import check_executor

        check_executor(executor)
    whole = not (topics or locales or editions or force or dry_run)
    site = (options.handouts, options.out, options.day, options.clinic, options.records)
    report = report_unchanged(*site) if whole else None
    if report is None:
        from ..build.cache import Store, store_folder
        from ..build.cluster import open_pool
        from ..build.run import Scope, publish

        words = options.read_to_prepare(quiet or as_json)
        select(words, topics, locales)
        select_editions(words, editions)
        scope = Scope(topics, locales, editions, force, dry_run)
        show_piece = show if as_json else _show_nothing
        bar = progress(not (quiet or as_json))
        with (
            open_pool(None if dry_run else executor, jobs) as pool,
            bar as shown,
            counting(shown) as told,
        ):
            kept = Store(store_dir or store_folder())
            report = publish(words, options.out, scope, pool, told, show_piece, kept)
    failed = (
        report.findings
        or report.count("failed")
        or (strict and (report.count("withheld") or report.overdue))
    )
    if not as_json and (failed or not quiet):
        show_report(report, dry_run)
    if as_json and not dry_run:
        _show_file(options.out / "report.json")
    if failed:
        sys.exit(EXIT_FAILED)


def _show_nothing(_text: str) -> None:
    pass


def _show_file(path: Path) -> None:
    """Copy a report, which may be large, to stdout piece by piece."""
    with path.open(encoding="utf-8") as file:
        while piece := file.read(1 << 20):
            show(piece)


@click.command()
@click.argument("topic")
@click.argument("locale")
@click.argument("edition", required=False)
@shared
def why(options: Options, topic: str, locale: str, edition: str | None) -> None:
    """Print why a leaflet would be rebuilt or not, and what has changed since it was signed."""
    from ..build.history import History
    from ..build.output import Output
    from ..build.prepare import Preparer, weigh_version
    from ..build.set_again import pages_anew
    from ..content.catalogue.pseudo import PSEUDO

    words = options.read_to_prepare()
    topics, locales = select(words, (topic,), (locale,))
    editions = select_editions(words, (edition,) if edition else (), locale)
    history = History(words.records, words.site.clinic)
    with closing(Output(options.out, history=history)) as output:
        for prepared in Preparer(words)(topics, locales, editions):
            one = weigh_version(prepared, words, history)
            if one.wanted is None:
                click.echo(f"{one.name} {'cannot be built' if one.broken else 'is withheld'}:")
            elif said := output.why(one.wanted):
                click.echo(f"{one.name} would be rebuilt: {'; '.join(said)}.")
                if (published := output.stands_elsewise(one.wanted)) is not None:
                    click.echo(f"  {pages_anew(words.site.clinic, one, published)}")
            else:
                nothing = "nothing that its pages depend on has changed"
                click.echo(f"{one.name} is unchanged: {nothing}.")
            for finding in one.findings:
                click.echo(f"  {finding.where}: {finding.message}")
    if locale not in PSEUDO and topic in words.topics:
        _show_changes(words, topic, locale)


def _show_changes(words: Words, topic: str, locale: str) -> None:
    """Print word by word what has changed since each signature that no longer holds."""
    from ..review.sign import changes_since

    with suppress(HandoutError):  # Said above, as a finding.
        for signature, found, problem in changes_since(words, topic, locale):
            day = signature.date.isoformat()
            click.echo(f"Since {signature.name} signed as {signature.role} on {day}:")
            for difference in found:
                click.echo(f"  {marked(difference)}")
            if problem:
                click.echo(f"  {problem}")


@click.group(invoke_without_command=True)
@click.pass_context
def store(context: click.Context) -> None:
    """Print where leaflets are kept that were set before, and how large that is."""
    if context.invoked_subcommand is None:
        from ..build.cache import Store, most_bytes, store_folder

        sizes = [size for _, size, _ in Store(store_folder()).entries()]
        said = f"{len(sizes)} entries, {_megabytes(sum(sizes))} of {_megabytes(most_bytes())}"
        click.echo(f"{store_folder()}: {said}")


@store.command()
@click.option("--most", type=click.IntRange(min=0), metavar="MB", help="How much may be left.")
def prune(most: int | None) -> None:
    """Take out of the store what was used longest ago."""
    from ..build.cache import Store, most_bytes, store_folder

    limit = most_bytes() if most is None else most * 1024 * 1024
    done = Store(store_folder()).prune(limit)
    click.echo(f"{done.files} entries taken out, {_megabytes(done.left)} left")


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"
