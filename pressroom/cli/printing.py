"""`handouts print`, `releases` and `recall`: what is and was handed out, and what to pull."""

from __future__ import annotations

import click

from ..core.errors import UsageError
from .console import say, show, show_json, show_tables
from .options import Options, select, select_editions, shared


@click.command("print")
@click.argument("topic", metavar="TOPIC", required=False)
@click.argument("locale_code", metavar="LOCALE", required=False)
@click.option("--edition", default="standard", show_default=True, metavar="E")
@click.option("--copies", type=click.IntRange(1, 999), default=1, show_default=True, metavar="N")
@click.option("--printer", default="", metavar="P", help="Where to.  [default: CUPS's own]")
@click.option("--duplex/--one-sided", default=True, show_default=True, help="Use both sides.")
@click.option("--paper", type=click.Choice(["A4", "Letter"]), help="What is in the printer.")
@click.option("--list-printers", is_flag=True, help="Say which printers there are.")
@shared
def print_leaflet(
    options: Options, topic: str | None, locale_code: str | None, edition: str, copies: int,
    printer: str, duplex: bool, paper: str | None, list_printers: bool,
) -> None:  # fmt: skip
    """Hand an approved leaflet to CUPS; refuse drafts, withheld and overdue ones."""
    from ..distribution import printing

    if list_printers:
        _list_printers()
        return
    if topic is None or locale_code is None:
        raise UsageError("", "name a topic and a locale", "such as 'handouts print asthma es'")
    words = options.read_to_prepare()
    select(words, (topic,), (locale_code,))
    (edition,) = select_editions(words, (edition,), locale_code)
    printable = printing.find_printable(words, options.out, topic, locale_code, edition)
    order = printing.Order(copies, printer, duplex, paper or "")
    sent = printing.send(printable, order, words, options.day.isoformat())
    number = printing.counted(copies)
    click.echo(f"{printable.name}: {number} sent to {sent.printer} as job {sent.job}.")
    if sent.paused:
        say(f"{sent.printer} is paused: nothing comes out until it is resumed (cupsenable).")


def _list_printers() -> None:
    from ..distribution import printing

    found = printing.list_printers()
    for name in found.names:
        notes = ["default"] if name == found.default else []
        notes += ["paused"] if name in found.paused else []
        click.echo(f"{name} ({', '.join(notes)})" if notes else name)


@click.command()
@click.argument("topic", metavar="[TOPIC]", default="")
@click.option("--locale", "locales", multiple=True, metavar="L", help="Only this locale.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
@shared
def releases(options: Options, topic: str, locales: tuple[str, ...], as_json: bool) -> None:
    """List every text that was ever published: its mark, its days, and what became of it."""
    from dataclasses import asdict

    from ..distribution.recall import releases_of, releases_table

    found = releases_of(options.read_words(), options.out, topic, locales)
    if as_json:
        show_json([asdict(one) for one in found])
    elif found:
        show_tables([releases_table(found)])
    else:
        click.echo("Nothing has been published as approved.")


@click.command()
@click.argument("topics", metavar="[TOPIC]...", nargs=-1)
@click.option(
    "--before", default="", metavar="VERSION|DATE", help="Only older versions, or earlier days."
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
@shared
def recall(options: Options, topics: tuple[str, ...], before: str, as_json: bool) -> None:
    """List printed versions that are out of date, to walk the ward with."""
    from dataclasses import asdict

    from ..distribution.recall import as_list, copies_to_pull

    words = options.read_words()
    copies = copies_to_pull(words, options.out, topics, before)
    if as_json:
        show_json({"format": 1, "copies": [asdict(one) for one in copies]})
        return
    titles = {
        name: words.topics[name].title.text
        for name in {one.topic for one in copies}
        if name in words.topics
    }
    show(as_list(copies, titles, options.day))
