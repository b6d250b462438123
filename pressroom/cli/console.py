"""What commands print: results to stdout, messages to stderr, a bar and colours on a terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ..core.errors import HandoutError, UsageError
from ..core.signals import EXIT_INTERRUPTED, interruptible

if TYPE_CHECKING:
    from ..core.model import Entry, Report
    from ..review.diff import Difference
    from ..review.progress_tables import Table

#: Exit code where a leaflet failed a check.
EXIT_FAILED = 1


def say(text: str) -> None:
    """Print a message to stderr."""
    click.echo(text, err=True)


def say_problem(problem: HandoutError) -> None:
    """Print each of the errors that one may stand for to stderr."""
    for one in problem.each():
        say(str(one))


@contextmanager
def messages() -> Iterator[None]:
    """Turn errors into messages and exit codes: the only place that does."""
    try:
        _require_posix()
        with interruptible():
            yield
            if sys.stdout is not None:
                sys.stdout.flush()
    except HandoutError as problem:
        say_problem(problem)
        sys.exit(problem.exit_code)
    except KeyboardInterrupt:
        say("Interrupted. What was published stays; run the command again to go on.")
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as problem:
        if not _is_of_stdout():
            raise
        say(f"The output cannot be written ({problem.strerror}): make room for it.")
        sys.exit(EXIT_FAILED)


class Commands(click.Group):
    """All commands: what goes wrong outside of them, such as in help, ends in a message, too."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command line."""
        with messages():
            return super().main(*args, **extra)


def _is_of_stdout() -> bool:
    """Return whether nothing can be written to stdout; what waits for it is given up then."""
    if sys.stdout is None:
        return False
    try:
        sys.stdout.write("\n")
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return True
    return False


def _require_posix() -> None:
    """Raise UsageError on a system without the locks and limits that all the work relies on."""
    try:
        import fcntl  # noqa: F401 - only whether they are there
        import resource  # noqa: F401
    except ImportError:
        raise UsageError(
            "", "this system is not POSIX", "run Pressroom on Linux or macOS, or on Windows in WSL"
        ) from None


def log_refusals() -> None:
    """Print what a server refuses to stderr, a line each, with its time."""
    import logging

    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    logger = logging.getLogger("pressroom.serve")
    logger.handlers, logger.propagate = [handler], False


def show(text: str | bytes) -> None:
    """Print a piece of a result to stdout, without a line break."""
    click.echo(text, nl=False)


def show_json(data: object) -> None:
    """Print data as JSON to stdout."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))


def prepare_fonts(quiet: bool = False) -> None:
    """Prepare the fonts, and print that they are where it is not yet done."""
    from ..fonts.coverage import prepare_fonts

    prepare_fonts(lambda: None if quiet else say("Preparing fonts, once …"))


def show_report(report: Report, dry_run: bool = False) -> None:
    """Print what a build did: findings to stderr, results to stdout."""
    from ..build.report import remark_lines, result_lines

    for line in remark_lines(report):
        say(line)
    for line in result_lines(report, dry_run):
        click.echo(line)


@contextmanager
def progress(shown: bool) -> Iterator[Callable[[Entry, int], None]]:
    """Show a progress bar of the leaflets that are set; none where stderr is no terminal.

    The function that it yields takes the entry of each and the number of all.
    """
    if not (shown and sys.stderr.isatty()):
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Typesetting", total=None)
        yield lambda _, total: bar.update(task, total=total, advance=1)


@contextmanager
def counting(told: Callable[[Entry, int], None]) -> Iterator[Callable[[Entry, int], None]]:
    """Count what is published, and print how much it was where the run is interrupted."""
    published = 0

    def counted(entry: Entry, total: int) -> None:
        nonlocal published
        published += entry.result == "built"
        told(entry, total)

    try:
        yield counted
    except KeyboardInterrupt:
        said = "1 leaflet was" if published == 1 else f"{published} leaflets were"
        say(f"{said} published in this run.")
        raise


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def show_tables(tables: Iterable[Table]) -> None:
    """Print tables to stdout: as wide as the terminal, or 120 columns."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid

    console = Console(width=None if _is_terminal() else 120, highlight=False)
    for table in tables:
        grid = Grid(title=table.title, title_justify="left", box=box.SIMPLE)
        for name in table.columns:
            grid.add_column(
                name, justify="right" if name in ("unsure", "fuzzy", "missing") else "left"
            )
        for row in table.rows:
            grid.add_row(*row)
        console.print(grid)


def marked(difference: Difference) -> str:
    """Return a line with what was removed and added, in colour on a terminal.

    Right-to-left text is isolated (UAX #9), so that the signs around it stay where they are.
    """
    from ..core.locales import read_locale

    colour = _is_terminal() and not os.environ.get("NO_COLOR")
    parts = []
    for piece in difference.pieces:
        text = piece.text
        if piece.kind == "removed":
            text = click.style(text, "red", strikethrough=True) if colour else f"[-{text}-]"
        elif piece.kind == "added":
            text = click.style(text, "green", bold=True) if colour else f"{{+{text}+}}"
        parts.append(text)
    said = "".join(parts)
    if difference.locale and read_locale(difference.locale).direction == "rtl":
        said = f"\u2067{said}\u2069"
    where = f"{difference.where}, {difference.locale}" if difference.locale else difference.where
    return f"{where}: {said}"
