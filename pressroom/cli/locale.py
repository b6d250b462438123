"""`handouts locale`: add, update, export, import and pair the catalogues of a locale."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..core.errors import UsageError
from .console import EXIT_FAILED, say, say_problem, show
from .options import Options, select, shared

if TYPE_CHECKING:
    from ..leaflet.site import Words


@click.group()
def locale() -> None:
    """Add, update, export, import and pair the catalogues of a locale."""


_MEMORY = click.option(
    "--memory/--no-memory",
    default=True,
    help="Offer texts that were translated elsewhere, as fuzzy.  [default: memory]",
)


@locale.command("add")
@click.argument("codes", metavar="L...", nargs=-1, required=True)
@_MEMORY
@click.option(
    "--drafts", is_flag=True, help="Start with the draft of the house words, where there is one."
)
@shared
def locale_add(options: Options, codes: tuple[str, ...], memory: bool, drafts: bool) -> None:
    """Make ready catalogues for every topic and the house words."""
    from ..exchange.page_facts import Built
    from ..exchange.update import add_locale

    words = options.read_to_prepare()
    for code in codes:
        for path in add_locale(words, code, Built(words, options.out, code), memory, drafts):
            click.echo(path)


@locale.command("update")
@click.argument("codes", metavar="[L]...", nargs=-1)
@_MEMORY
@shared
def locale_update(options: Options, codes: tuple[str, ...], memory: bool) -> None:
    """Merge the changed source into catalogues; changed messages become fuzzy."""
    from ..exchange.page_facts import Built
    from ..exchange.templates import has_templates, write_templates
    from ..exchange.update import update_locale

    words = options.read_to_prepare()
    clinic = words.site.clinic
    _, chosen = select(words, (), codes)
    for code in chosen:
        if code == clinic.source_locale and not words.translates_rack(code):
            if codes:
                _refuse_source(words, code)
            continue
        for line in update_locale(words, code, Built(words, options.out, code), memory):
            click.echo(line)
    if has_templates(words):
        for line in write_templates(words):
            click.echo(line)
    for problem in words.broken.values():
        say_problem(problem)


@locale.command("template")
@shared
def locale_template(options: Options) -> None:
    """Write a template (.pot) of every topic and the house words, for Weblate and msgmerge.

    `locale update` keeps them up to date from then on.
    """
    from ..exchange.templates import write_templates

    words = options.read_words()
    for line in write_templates(words):
        click.echo(line)
    for problem in words.broken.values():
        say_problem(problem)


@locale.command("export")
@click.argument("code", metavar="L")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["xliff", "xliff2", "omegat", "csv", "html", "tbx"]),
    default="xliff",
    show_default=True,
    help="XLIFF 1.2, 2.0 or for OmegaT, a spreadsheet, a table for Word, or the glossary as TBX.",
)
@click.option(
    "--topic",
    "topics",
    multiple=True,
    metavar="T",
    help="Only this topic, 'house', 'snippets' or 'rack'.",
)
@click.option("--todo", is_flag=True, help="Only what is fuzzy or missing.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to write; a folder gets a file for each topic.  [default: stdout]",
)
@shared
def locale_export(
    options: Options,
    code: str,
    kind: str,
    topics: tuple[str, ...],
    todo: bool,
    output: Path | None,
) -> None:
    """Write a locale's messages for translators without the site."""
    from ..exchange.formats import export, export_files
    from ..exchange.page_facts import Built
    from ..exchange.update import OF_NO_TOPIC

    words = options.read_to_prepare()
    select(words, tuple(name for name in topics if name not in OF_NO_TOPIC), (code,))
    _refuse_source(words, code)
    facts = Built(words, options.out, code)
    if output is None:
        show(export(words, code, kind, facts, topics, todo))
        return
    for path in export_files(words, code, kind, facts, topics, todo, output):
        click.echo(path)


def _refuse_source(words: Words, code: str) -> None:
    if code == words.site.clinic.source_locale:
        raise UsageError("", f"'{code}' is the source locale", "name a translation")
    if code not in words.site.clinic.locales:
        raise UsageError("", f"'{code}' has no catalogues", "name a translation")


#: The id of a message, alone or with locale and catalogue before it.
_MESSAGE = re.compile(r"(?:[\w-]+/[\w-]+/)?[\w.-]+\.[0-9a-f]{10}")


class _Import(click.Command):
    """A command whose `--theirs` and `--ours` may stand with the id of a message, or alone."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        told: list[str] = []
        for number, arg in enumerate(args):
            before = args[number - 1] if number else ""
            if before in ("--theirs", "--ours") and _MESSAGE.fullmatch(arg):
                told[-1] = f"{before}={arg}"
            else:
                told.append(f"{arg}=*" if arg in ("--theirs", "--ours") else arg)
        return super().parse_args(ctx, told)


@locale.command("import", cls=_Import)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--by", default="", metavar="NAME", help="Who translated; printed on the leaflet.")
@click.option(
    "--machine", default="", metavar="ENGINE", help="Which machine translated, where one did."
)
@click.option(
    "--theirs", multiple=True, metavar="[ID]",
    help="Where a text was changed here, too: take the file's, of all or of this message.",
)  # fmt: skip
@click.option(
    "--ours", multiple=True, metavar="[ID]", help="The same, and keep what is here.",
)  # fmt: skip
@shared
def locale_import(
    options: Options,
    file: Path,
    by: str,
    machine: str,
    theirs: tuple[str, ...],
    ours: tuple[str, ...],
) -> None:
    """Take a translated file back into the catalogues; refuse what does not belong, by line.

    The file is an export that was translated: XLIFF, CSV, HTML or TBX. A text that was changed
    here after the export is refused with both texts. A leaflet that exists becomes a topic with
    `new --from`; its old translation is paired with `locale pair`.
    """
    from ..exchange.formats import import_file
    from ..exchange.importer import Choices
    from ..exchange.page_facts import Built

    words = options.read_to_prepare()
    both = set(theirs) & set(ours)
    if both:
        raise UsageError("", "--theirs and --ours are of the same messages", "keep one of them")
    choices = Choices(by, machine, frozenset(theirs), frozenset(ours))
    taken = import_file(words, file, lambda code: Built(words, options.out, code), choices)
    for problem in (*taken.refused, *taken.kept):
        say(str(problem))
    for line in taken.said:
        click.echo(line)
    if taken.refused:
        sys.exit(EXIT_FAILED)


@locale.command("pair")
@click.argument("code", metavar="L")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--topic", "name", required=True, metavar="T", help="The topic that it is of.")
@shared
def locale_pair(options: Options, code: str, file: Path, name: str) -> None:
    """Pair an old translation with its topic: what is sure becomes fuzzy, never confirmed."""
    from ..exchange.page_facts import Built
    from ..exchange.pair import pair

    words = options.read_to_prepare()
    select(words, (name,), (code,))
    _refuse_source(words, code)
    if name in words.broken:
        raise words.broken[name]
    paired = pair(words, code, name, file, Built(words, options.out, code))
    kept = f", {paired.kept} had a translation, which stays" if paired.kept else ""
    click.echo(f"{paired.catalogue}: {paired.fuzzy} paired, all fuzzy{kept}")
    if paired.table:
        click.echo(
            f"{paired.table}: {paired.unpaired} without a translation, {paired.left} texts of the "
            "file beside them; complete it, and run 'handouts locale import' with it"
        )
