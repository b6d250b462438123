"""`handouts new`: start a topic or a site of templates, or bring leaflets in that exist."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..core.errors import HandoutError, UsageError
from .console import EXIT_FAILED, say, say_problem, show_tables
from .options import Options, shared

if TYPE_CHECKING:
    from ..exchange.bringing.bring import Brought

#: The topic that a new site starts with.
FIRST_TOPIC = "first-topic"


@click.command()
@click.argument("topic", required=False)
@click.option(
    "--site", type=click.Path(path_type=Path), metavar="DIR", help="Start a site in this folder."
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Bring a Word file, a web page or Markdown in, or a folder of them.",
)
@click.option(
    "--locale", "locales", multiple=True, metavar="L",
    help="With --site: a language of it, with a draft of the house words where there is one.",
)  # fmt: skip
@shared
def new(
    options: Options,
    topic: str | None,
    site: Path | None,
    source: Path | None,
    locales: tuple[str, ...],
) -> None:
    """Start a topic, or a site; or bring leaflets in that exist."""
    if locales and site is None:
        raise UsageError("", "--locale goes with --site", "add it with 'handouts locale add'")
    if source is not None:
        if site is not None:
            raise UsageError("", "--from brings leaflets into a site", "start that first")
        bring_in(options, topic or "", source)
        return
    if (topic is None) == (site is None):
        raise UsageError("", "name a topic, or a folder with --site", "see 'handouts new --help'")
    made = (
        start_site(site, options.day, locales)
        if site is not None
        else start_topic(options.handouts, str(topic), options.day)
    )
    for path in made:
        click.echo(path)


def _refuse_name(name: str) -> None:
    from ..content.schema import is_id

    if not is_id(name):
        raise UsageError(
            "", f"'{name}' cannot name a topic", "use a-z, 0-9 and single hyphens: 'back-pain'"
        )


def start_topic(handouts: Path, name: str, today: date) -> list[str]:
    """Write a starter topic. Return the paths that were made.

    Raises UsageError for a name that is no id, or that is taken.
    """
    from ..content.theme import packaged
    from ..content.topic.read import topic_paths
    from ..core.files import shown, write_atomically
    from ..leaflet.compose import months_later
    from ..leaflet.html import environment

    _refuse_name(name)
    folder = handouts / "topics" / name
    if taken := topic_paths(handouts).get(name):  # It may stand in a category.
        folder = taken.parent
    if folder.exists() or folder.is_symlink():
        raise UsageError(shown(folder), "this topic exists already", "choose another name")
    if not (handouts / "clinic.toml").is_file():
        raise UsageError(
            shown(handouts), "this is not a site", "start one with 'handouts new --site DIR'"
        )
    text = (
        # In Markdown, `{#id}` is the id of a heading and no comment.
        environment((packaged("templates"),))
        .overlay(comment_start_string="{##", comment_end_string="##}")
        .get_template("starter-topic.md")
        .render(
            id=name,
            title=name.replace("-", " ").capitalize(),
            issued=today.isoformat(),
            review_by=months_later(today, 12).isoformat(),
        )
    )
    path = folder / "topic.md"
    write_atomically(path, (text.rstrip("\n") + "\n").encode("utf-8"), handouts)
    return [shown(path)]


def start_site(folder: Path, today: date, locales: tuple[str, ...] = ()) -> list[str]:
    """Write a starter site into `folder`/handouts. Return the paths that were made.

    Raises UsageError where there is one already, and for what is no locale.
    """
    from ..content.schema import write_schemas
    from ..content.theme import packaged, starter
    from ..core.files import make_folder, shown, write_atomically
    from ..core.locales import name_hint, undescribed_locale
    from ..exchange.update import add_locale
    from ..leaflet.site import read_site

    for code in locales:
        if (hint := name_hint(code)) and not undescribed_locale(code):
            raise UsageError("", f"'{code}' is not the name of a locale", hint)

    handouts = folder / "handouts"
    if handouts.exists() and any(handouts.iterdir()):
        raise UsageError(shown(handouts), "there is a site already", "choose another folder")
    made = []
    # A repository that is there already keeps what it has.
    for name, start in ((".gitignore", "starter-gitignore"), ("README.md", "starter-readme.md")):
        path = folder / name
        if not (path.exists() or path.is_symlink()):
            write_atomically(path, (packaged("templates") / start).read_bytes())
            made.append(shown(path))
    # Where the files of the site, which lie below, look for them.
    write_schemas(folder / "schemas")
    made.append(shown(folder / "schemas"))
    clinic = handouts / "clinic.toml"
    write_atomically(clinic, (packaged("templates") / "starter-clinic.toml").read_bytes())
    made.append(shown(clinic))
    house = handouts / "house"
    for source in sorted(starter("house").iterdir()):
        write_atomically(house / source.name, source.read_bytes())
        made.append(shown(house / source.name))
    make_folder(handouts / "locales")
    made += start_topic(handouts, FIRST_TOPIC, today)
    for code in locales:
        made += add_locale(read_site(handouts, today), code, drafts=True)
    return list(dict.fromkeys(made))


def bring_in(options: Options, name: str, source: Path) -> None:
    """Bring a file in as a topic, or each file of a folder; one that fails stops no other.

    Exits with 1 where a word was lost, or a file of a folder could not be read.
    """
    from ..core.files import shown
    from ..exchange.bringing.bring import bring, files_of, next_line, words_line
    from ..review.progress_tables import Table

    words = options.read_words()
    if not source.is_dir():
        if name:
            _refuse_name(name)
        brought = bring(words, source, name)
        for written in brought.paths:
            click.echo(written)
        click.echo(words_line(brought))
        _say_lost(brought)
        click.echo(next_line(brought))
        sys.exit(EXIT_FAILED if brought.lost else 0)
    if name:
        raise UsageError("", "a folder has several leaflets", "leave the name of the topic out")
    rows: list[tuple[str, ...]] = []
    failed = False
    for path in files_of(source):
        try:
            brought = bring(words, path)
        except HandoutError as problem:
            say_problem(problem)
            rows.append((path.name, "", "", "", "", ""))
            failed = True
            continue
        _say_lost(brought)
        failed = failed or bool(brought.lost)
        share = f"{brought.carried} of {brought.words}"
        counts = (brought.count("guess"), brought.count("TODO"), brought.count("left out"))
        rows.append((path.name, brought.topic, share, *map(str, counts)))
    if not rows:
        raise UsageError(shown(source), "has no .docx, .html or .md", "name another folder")
    heads = ("file", "topic", "words carried", "guesses", "TODO", "left out")
    show_tables([Table(f"{len(rows)} files", heads, rows)])
    click.echo("The words that were left out stand in the import-report.txt of each topic.")
    sys.exit(EXIT_FAILED if failed else 0)


def _say_lost(brought: Brought) -> None:
    if brought.lost:
        said = ", ".join(f"{word} ({count})" for word, count in brought.lost.most_common(20))
        say(f"{brought.paths[0]}: words of the source are in neither topic nor report: {said}")
