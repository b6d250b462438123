"""The commands of Pressroom, each a run through its stages, in order.

topic.md -> read_topic -> translate -> mark_up -> typeset -> examine -> publish
"""

from __future__ import annotations

import sys

if __name__ == "__main__":  # A build with nothing to do is over before Click is loaded.
    from pressroom.quick import answer

    if (code := answer(sys.argv[1:])) is not None:
        sys.exit(code)

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pressroom import __version__
from pressroom.errors import HandoutError, UsageError
from pressroom.processors import processors
from pressroom.quick import EXIT_INTERRUPTED, INTERRUPTED

if TYPE_CHECKING:
    from pressroom.compare import Difference
    from pressroom.model import Clinic, Entry, Finding, Report, Result
    from pressroom.overview.facts import Line, Overview
    from pressroom.prepare import Prepared, Preparer
    from pressroom.publisher import Publisher
    from pressroom.site import Words
    from pressroom.standing import Look, Standing

EXIT_FAILED = 1


@dataclass(slots=True)
class Options:
    """What holds for all commands."""

    handouts: Path = Path("handouts")
    #: As it was named; see `out`.
    out_dir: Path | None = None
    today: date | None = None
    #: One of several clinics, by the name of its file.
    clinic: str = ""

    @property
    def out(self) -> Path:
        """Give the output folder: `dist`, or `dist-NAME` for one of several clinics."""
        return self.out_dir or _folder(self.clinic)

    def require_places(self) -> None:
        """Raise UsageError where the site or the output folder cannot stand where it is said to."""
        from pressroom.files import require_places

        require_places(self.handouts, self.out)

    @property
    def day(self) -> date:
        """Give the day that dates are judged by: --today, SOURCE_DATE_EPOCH, or the clock."""
        if self.today is not None:
            return self.today
        epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
        if not epoch:
            return datetime.now().astimezone().date()
        try:
            return datetime.fromtimestamp(int(epoch), UTC).date()
        except (ValueError, OverflowError, OSError):
            said = f"SOURCE_DATE_EPOCH is ‘{epoch[:40]}’, which names no day"
            step = "set it to seconds since 1970, unset it, or give --today"
            raise UsageError("", said, step) from None


def _folder(clinic: str) -> Path:
    return Path(f"dist-{clinic}" if clinic else "dist")


def _say(text: str) -> None:
    click.echo(text, err=True)


def _say_problem(problem: HandoutError) -> None:
    for one in problem.each():
        _say(str(one))


def _give_up(*_: object) -> None:
    """End at once: whoever interrupts twice does not want to wait. Nothing is half done."""
    os._exit(EXIT_INTERRUPTED)


def _interrupt(*_: object) -> None:
    """Interrupt what is going on, as Ctrl-C does; a second time, end at once."""
    signal.signal(signal.SIGINT, _give_up)
    signal.signal(signal.SIGTERM, _give_up)
    raise KeyboardInterrupt


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let a service manager's signal interrupt a command as Ctrl-C does.

    What is ignored stays so: a shell's background jobs are told to ignore Ctrl-C.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    heard = {number: how for number, how in before.items() if how is not signal.SIG_IGN}
    for number in heard:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, how in heard.items():
            signal.signal(number, how)


def _require_posix() -> None:
    """Raise UsageError on a system without the locks and limits that all the work relies on."""
    try:
        import fcntl  # noqa: F401 - only whether they are there
        import resource  # noqa: F401
    except ImportError:
        raise UsageError(
            "", "this system is not POSIX", "run Pressroom on Linux or macOS, or on Windows in WSL"
        ) from None


@contextmanager
def _messages() -> Iterator[None]:
    """Turn errors into messages and exit codes: the only place that does."""
    try:
        _require_posix()
        with _interruptible():
            yield
    except HandoutError as problem:
        _say_problem(problem)
        sys.exit(problem.exit_code)
    except KeyboardInterrupt:
        _say(INTERRUPTED)
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


def _site_options(command: Callable[..., None]) -> Callable[..., None]:
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
            "--handouts", "handouts_dir", type=folder, metavar="DIR",
            help="The words of the site.  [default: handouts]",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def _shared(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that hold for all commands, and messages for errors."""

    @click.option(
        "--today",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="DATE",
        help="Judge dates as of this day (YYYY-MM-DD).",
    )
    @_site_options
    @wraps(command)
    def wrapped(
        handouts_dir: Path | None,
        out_dir: Path | None,
        clinic: str | None,
        today: datetime | None,
        **arguments: Any,
    ) -> None:
        options: Options = click.get_current_context().obj or Options()
        options = Options(
            handouts_dir or options.handouts,
            out_dir or options.out_dir,
            today.date() if today else options.today,
            clinic or options.clinic,
        )
        with _messages():
            options.require_places()
            command(options, **arguments)

    return wrapped


@click.group(name="handouts", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="handouts")
@_site_options
@click.pass_context
def handouts(
    context: click.Context, handouts_dir: Path | None, out_dir: Path | None, clinic: str | None
) -> None:
    """Turn a topic's words into printable patient leaflets, in every language."""
    context.obj = Options(handouts_dir or Path("handouts"), out_dir, clinic=clinic or "")


def _read(options: Options) -> Words:
    from pressroom.site import read_site

    return read_site(options.handouts, options.day, options.clinic)


def _nearest(name: str, known: list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, known, 1, 0.5)
    return f"did you mean '{near[0]}'?" if near else f"known are {', '.join(known) or 'none'}"


def _select(
    words: Words, topics: tuple[str, ...], locales: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the topics and locales that a command is about."""
    known_topics = list(words.names)
    for name in topics:
        if name not in known_topics:
            raise UsageError("", f"there is no topic '{name}'", _nearest(name, known_topics))
    from pressroom.catalogue.locales import canonical_code
    from pressroom.catalogue.pseudo import PSEUDO

    known_locales = list(words.site.clinic.locales)
    for code in locales:
        if code not in known_locales and code not in PSEUDO:
            right = canonical_code(code)
            hint = f"write '{right}'" if right in known_locales else _nearest(code, known_locales)
            raise UsageError("", f"there is no locale '{code}'", hint)
    return topics or tuple(known_topics), locales or tuple(known_locales)


_jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many leaflets to set at once.  [default: one a processor]",
)
_executor_option = click.option(
    "--executor",
    metavar="E",
    default="processes",
    help="Where leaflets are set: `processes` of this machine, or dask:tcp://HOST:PORT.",
)


@handouts.command()
@click.argument("topics", metavar="[TOPIC]...", nargs=-1)
@click.option("--locale", "locales", multiple=True, metavar="L", help="Only this locale.")
@click.option("--edition", "editions", multiple=True, metavar="E", help="Only this edition.")
@_jobs_option
@_executor_option
@click.option("--force", is_flag=True, help="Build also what is up to date.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and why.")
@click.option("--strict", is_flag=True, help="Exit with 1 also where a leaflet is withheld.")
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
@_shared
def build(
    options: Options,
    topics: tuple[str, ...],
    locales: tuple[str, ...],
    editions: tuple[str, ...],
    jobs: int | None,
    executor: str,
    force: bool,
    dry_run: bool,
    strict: bool,
    store_dir: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Plan, render, check and publish what is out of date."""
    from pressroom.executors import PROCESSES, check_executor, pressing

    check_executor(executor)
    whole = not (topics or locales or editions or force or dry_run)
    stood, look = _look(options) if whole else (None, None)
    if stood:
        failed = stood.code(strict)
        if not as_json and (failed or not quiet):
            click.echo(stood.told, nl=False, err=True)
            click.echo(stood.said, nl=False)
    else:
        from pressroom.store import Store, store_folder
        from pressroom.works import Scope, publish

        words = _read(options)
        _select(words, topics, locales)
        _editions(words, editions)
        scope = Scope(topics, locales, editions, force, dry_run)
        show = _show if as_json else _say_nothing
        press_on = pressing(PROCESSES if dry_run else executor, jobs, processors())
        bar = _progress(not (quiet or as_json))
        with press_on as press, bar as shown, _tally(shown) as told:
            kept = Store(store_dir or store_folder())
            report = publish(words, options.out, scope, press, told, show, kept, look)
        failed = report.count("failed") or (strict and report.count("withheld"))
        if not as_json and (failed or not quiet):
            _tell(report, dry_run)
    if as_json and not dry_run:
        _show_report(options.out)
    if whole and not as_json and executor == PROCESSES:
        _note(options, quiet, strict)
    if failed:
        sys.exit(EXIT_FAILED)


def _look(options: Options) -> tuple[Standing | None, Look | None]:
    """Give the build that has nothing to do; or else what is odd, where that can be told."""
    from pressroom.standing import Look, look

    found = look(options.handouts, options.out, options.day.isoformat(), options.clinic)
    return (None, found) if isinstance(found, Look) else (found, None)


def _note(options: Options, quiet: bool, strict: bool) -> None:
    """Note what was asked for: the next time, it is understood without Click."""
    from pressroom.quick import Asked, note

    today = options.today.isoformat() if options.today else ""
    note(Asked(str(options.handouts), str(options.out), options.clinic, today, quiet, strict))


def _show(text: str) -> None:
    """Write a piece of a report to stdout."""
    click.echo(text, nl=False)


def _say_nothing(_text: str) -> None:
    """Do nothing with a piece of a report."""


def _show_report(out: Path) -> None:
    """Copy the report to stdout, piece by piece."""
    with (out / "report.json").open(encoding="utf-8") as file:
        while piece := file.read(1 << 20):
            _show(piece)


def _editions(words: Words, editions: tuple[str, ...], locale: str = "") -> tuple[str, ...]:
    """Give the editions that a command is about; those of one locale, where it is named."""
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
                f"{_nearest(edition, known)}; editions stand in clinic.toml",
            )
    return editions or tuple(known)


@contextmanager
def _progress(shown: bool) -> Iterator[Callable[[Entry, int], None]]:
    """Show a progress bar of the leaflets that are set."""
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
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Typesetting", total=None)
        yield lambda _, total: progress.update(task, total=total, advance=1)


@contextmanager
def _tally(told: Callable[[Entry, int], None]) -> Iterator[Callable[[Entry, int], None]]:
    """Count what is published, and say how much it was where the run is interrupted."""
    published = 0

    def counted(entry: Entry, total: int) -> None:
        nonlocal published
        published += entry.result == "built"
        told(entry, total)

    try:
        yield counted
    except KeyboardInterrupt:
        said = "1 leaflet was" if published == 1 else f"{published} leaflets were"
        _say(f"{said} published in this run.")
        raise


def _tell(report: Report, dry_run: bool) -> None:
    """Say what a build did: findings to stderr, results to stdout."""
    from pressroom.report import remark_lines, result_lines

    for line in remark_lines(report):
        _say(line)
    for line in result_lines(report, dry_run):
        click.echo(line)


@handouts.command()
@click.argument("names", metavar="[TOPIC|FILE.pdf]...", nargs=-1)
@click.option("--locale", "locales", multiple=True, metavar="L", help="Only this locale.")
@click.option("--deep", is_flag=True, help="Judge PDFs by a PDF/UA-1 validator, too.")
@click.option("--json", "as_json", is_flag=True, help="Write a report to stdout.")
@_shared
def check(
    options: Options, names: tuple[str, ...], locales: tuple[str, ...], deep: bool, as_json: bool
) -> None:
    """Check words, catalogues and the built PDFs, or PDF files; build nothing."""
    from pressroom import report as reports
    from pressroom.prepare import Preparer, engine_versions
    from pressroom.publisher import Publisher
    from pressroom.signing import with_proofs

    started = time.monotonic()
    words = _read(options)
    stray: tuple[Finding, ...] = ()
    files = [Path(name) for name in names if name.lower().endswith(".pdf")]
    topics = tuple(name for name in names if not name.lower().endswith(".pdf"))
    with closing(Publisher(options.out)) as publisher:
        entries = [_checked_file(publisher, Preparer(words), path, deep) for path in files]
        if topics or not files:
            chosen = _select(words, topics, locales)
            prepared = Preparer(words)(*chosen)
            entries += [_checked(publisher, one, words.site.clinic, deep) for one in prepared]
            entries, stray = with_proofs(words, entries, chosen[1])
    seconds = time.monotonic() - started
    report = reports.report_on(engine_versions(), entries, seconds, () if topics else stray)
    if as_json:
        click.echo(reports.as_json(report), nl=False)
    else:
        for remark in report.remarks:
            _say(reports.remark_line(remark))
        click.echo(
            f"{len(entries)} leaflets checked: {report.count('failed')} failed, "
            f"{report.count('withheld')} withheld."
        )
    if report.count("failed"):
        sys.exit(EXIT_FAILED)


def _checked_file(publisher: Publisher, prepare: Preparer, path: Path, deep: bool) -> Entry:
    """Judge a PDF file: by its words where the ledger knows it, else by what it is."""
    from pressroom.files import shown
    from pressroom.model import Entry
    from pressroom.preflight.deep import pdf_ua
    from pressroom.press import judge
    from pressroom.publisher import first_error

    try:
        pdf = path.read_bytes()
    except OSError as problem:
        raise UsageError(
            shown(path), f"cannot be read ({problem.strerror})", "name a PDF file"
        ) from None
    entry = Entry(path.name, "", "", "draft", "unchanged", file=shown(path))
    leaflet, sheets = None, b""
    if row := publisher.known(pdf):
        pdf, sheets = publisher.read(row.made)
        entry = replace(publisher.recall(row), result="unchanged", reason="", file=shown(path))
        for one in prepare([row.made.topic], [row.made.locale]):
            if one.wanted and one.wanted.key == row.made.key and not publisher.why(one.wanted):
                leaflet = one.leaflet
    clinic = prepare.clinic
    verdict = judge(pdf, leaflet, sheets, clinic.limit_seconds, clinic.limit_megabytes)
    findings = (*verdict.findings, *(pdf_ua(pdf) if deep else ()))
    failed = any(finding.severity == "error" for finding in findings)
    return replace(
        entry,
        result="failed" if failed else "unchanged",
        reason=first_error(findings),
        pages=verdict.pages or None,
        disclaimers=verdict.disclaimers,
        findings=findings,
    )


def _checked(publisher: Publisher, one: Prepared, clinic: Clinic, deep: bool) -> Entry:
    """Judge a leaflet's words, and its PDF where one of these words stands."""
    from pressroom.model import Finding
    from pressroom.preflight.deep import pdf_ua
    from pressroom.press import judge
    from pressroom.publisher import first_error

    if one.wanted is None or one.leaflet is None:
        return publisher.unprintable(one)
    why = publisher.why(one.wanted)
    if why:
        said = f"there is no PDF of these words: {'; '.join(why)}; run 'handouts build'"
        entry = one.entry("unchanged", "")
        findings = (*one.findings, Finding("page-count", "skipped", said, one.where))
    else:
        row = publisher.row(one.wanted)
        pdf, sheets = publisher.read(row.made)
        limits = clinic.limit_seconds, clinic.limit_megabytes
        verdict = judge(pdf, one.leaflet, sheets, *limits)
        findings = (*one.findings, *verdict.findings, *(pdf_ua(pdf) if deep else ()))
        entry = replace(
            publisher.unchanged(one), pages=verdict.pages, disclaimers=verdict.disclaimers
        )
    failed = any(finding.severity == "error" for finding in findings)
    result: Result = "failed" if failed else "unchanged"
    return replace(entry, result=result, findings=findings, reason=first_error(findings))


@handouts.command()
@click.argument("topics", metavar="[TOPIC]...", nargs=-1)
@click.option("--locale", "locales", multiple=True, metavar="L", help="Only this locale.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
@click.option("--html", is_flag=True, help="Write the page rack/status.html below --out.")
@_shared
def status(
    options: Options, topics: tuple[str, ...], locales: tuple[str, ...], as_json: bool, html: bool
) -> None:
    """Topics × locales: translated, fuzzy, approved, built, review due; what to translate next."""
    from pressroom.files import shown
    from pressroom.kept import Kept
    from pressroom.overview import look_over, standing_rows
    from pressroom.overview.page import write_page

    words = _read(options)
    chosen = _select(words, topics, locales)
    kept = Kept(options.out, words)
    overview = look_over(words, standing_rows(options.out), *chosen, kept)
    for problem in overview.problems:
        for one in problem.each():
            _say(str(one))
    if html:
        click.echo(shown(write_page(options.out, words, overview)))
    elif as_json:
        click.echo(json.dumps(overview.data, ensure_ascii=False, indent=1))
    else:
        _show_overview(overview, bool(locales))


#: The most leaflets that `status` lists one by one.
MOST_LISTED = 400


def _show_overview(overview: Overview, with_messages: bool) -> None:
    """Show an overview: a table for each topic, one of the locales, and what comes next."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    many = len(overview.lines) > MOST_LISTED
    for topic in () if many else dict.fromkeys(line.topic for line in overview.lines):
        rows = [_cells(line) for line in overview.lines if line.topic == topic]
        _table(console, topic, "locale words fuzzy missing state signed published review", rows)
    if len({line.topic for line in overview.lines}) > 1:
        rows = [
            (one["locale"], _share(one["words"]), *(str(one[name] or "") for name in
             ("approved", "draft", "withheld", "withdrawn", "built")))
            for one in overview.totals
        ]  # fmt: skip
        names = "locale words approved draft withheld withdrawn published"
        _table(console, f"{len(overview.lines)} leaflets", names, rows)
    if overview.next:
        click.echo("To translate next, the most wanted first:")
    for one in overview.next[:10]:
        for_ = f"{one.leaflets} leaflets wait for it" if one.leaflets > 1 else "1 leaflet waits"
        click.echo(f"  {one.path}: {one.words} words in {len(one.messages)} messages; {for_}")
        for message in one.messages if with_messages else ():
            click.echo(f"    {message.where}: {message.state}, {message.words} words")
    if many:
        click.echo("Name a topic, or a --locale, to see its leaflets one by one.")


def _table(console: Any, title: str, names: str, rows: list[tuple[str, ...]]) -> None:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    for name in names.split():
        table.add_column(name, justify="right" if name in ("fuzzy", "missing") else "left")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _share(words: Mapping[str, int]) -> str:
    total = sum(words.values())
    return f"{words.get('translated', 0)} of {total}" if total else ""


def _cells(line: Line) -> tuple[str, ...]:
    """Give the cells of a leaflet's row."""
    signed = [f"{one['role']}: {one['name']}, {one['date']}" for one in line.approvals
              if one["valid"]]  # fmt: skip
    built = [f"{edition}{' draft' if state == 'draft' else ''}, {pages} p."
             for edition, state, pages in line.built]  # fmt: skip
    return (
        line.locale, _share(line.words),
        str(line.words.get("fuzzy") or ""), str(line.words.get("missing") or ""),
        line.state, "\n".join(signed), "\n".join(built) or "no",
        f"{line.review_by}{' overdue' if line.overdue else ''}",
    )  # fmt: skip


@handouts.command()
@click.argument("topic")
@click.argument("locale")
@click.argument("edition", required=False)
@_shared
def why(options: Options, topic: str, locale: str, edition: str | None) -> None:
    """Say why a leaflet would or would not be rebuilt, and what has changed since it was signed."""
    from pressroom.catalogue.pseudo import PSEUDO
    from pressroom.prepare import Preparer
    from pressroom.publisher import Publisher

    words = _read(options)
    topics, locales = _select(words, (topic,), (locale,))
    editions = _editions(words, (edition,) if edition else (), locale)
    with closing(Publisher(options.out)) as publisher:
        for one in Preparer(words)(topics, locales, editions):
            if one.wanted is None:
                click.echo(f"{one.name} {'cannot be built' if one.broken else 'is withheld'}:")
            elif said := publisher.why(one.wanted):
                click.echo(f"{one.name} would be rebuilt: {'; '.join(said)}.")
            else:
                nothing = "nothing that its pages depend on has changed"
                click.echo(f"{one.name} is unchanged: {nothing}.")
            for finding in one.findings:
                click.echo(f"  {finding.where}: {finding.message}")
    if locale not in PSEUDO and topic in words.topics:
        _tell_changes(words, topic, locale)


def _tell_changes(words: Words, topic: str, locale: str) -> None:
    """Show word by word what has changed since each signature that no longer holds."""
    from pressroom.signing import changes_since

    with suppress(HandoutError):  # Said above, as a finding.
        for signature, found, problem in changes_since(words, topic, locale):
            day = signature.date.isoformat()
            click.echo(f"Since {signature.name} signed as {signature.role} on {day}:")
            for difference in found:
                click.echo(f"  {_marked(difference)}")
            if problem:
                click.echo(f"  {problem}")


@handouts.group(invoke_without_command=True)
@click.pass_context
def store(context: click.Context) -> None:
    """Say where leaflets are kept that were set before, and how large that is."""
    if context.invoked_subcommand is None:
        from pressroom.store import Store, most_bytes, store_folder

        sizes = [size for _, size, _ in Store(store_folder()).entries()]
        said = f"{len(sizes)} entries, {_megabytes(sum(sizes))} of {_megabytes(most_bytes())}"
        click.echo(f"{store_folder()}: {said}")


@store.command()
@click.option("--most", type=click.IntRange(min=0), metavar="MB", help="How much may be left.")
def prune(most: int | None) -> None:
    """Take out of the store what was used longest ago."""
    from pressroom.store import Store, most_bytes, store_folder

    limit = most_bytes() if most is None else most * 1024 * 1024
    done = Store(store_folder()).prune(limit)
    click.echo(f"{done.files} entries taken out, {_megabytes(done.left)} left")


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"


@handouts.command()
@click.argument("topic", required=False)
@click.option(
    "--site", type=click.Path(path_type=Path), metavar="DIR", help="Start a site in this folder."
)
@_shared
def new(options: Options, topic: str | None, site: Path | None) -> None:
    """Start a topic, or a site."""
    from pressroom.starter import start_site, start_topic

    if (topic is None) == (site is None):
        raise UsageError("", "name a topic, or a folder with --site", "see 'handouts new --help'")
    made = (
        start_site(site, options.day)
        if site is not None
        else start_topic(options.handouts, str(topic), options.day)
    )
    for path in made:
        click.echo(path)


@handouts.group()
def locale() -> None:
    """Add, update, export and import the catalogues of a locale."""


_MEMORY = click.option(
    "--memory/--no-memory",
    default=True,
    help="Offer texts that were translated elsewhere, as fuzzy.  [default: memory]",
)


@locale.command("add")
@click.argument("codes", metavar="L...", nargs=-1, required=True)
@_MEMORY
@_shared
def locale_add(options: Options, codes: tuple[str, ...], memory: bool) -> None:
    """Make ready catalogues for every topic and the house words."""
    from pressroom.catalogue.workshop import add_locale
    from pressroom.exchange.built import Built

    words = _read(options)
    for code in codes:
        for path in add_locale(words, code, Built(words, options.out, code), memory):
            click.echo(path)


@locale.command("update")
@click.argument("codes", metavar="[L]...", nargs=-1)
@_MEMORY
@_shared
def locale_update(options: Options, codes: tuple[str, ...], memory: bool) -> None:
    """Merge the changed source into catalogues; changed messages become fuzzy."""
    from pressroom.catalogue.workshop import update_locale
    from pressroom.exchange.built import Built

    words = _read(options)
    clinic = words.site.clinic
    _, chosen = _select(words, (), codes)
    for code in chosen:
        if code == clinic.source_locale:
            if codes:
                _refuse_source(words, code)
            continue
        for line in update_locale(words, code, Built(words, options.out, code), memory):
            click.echo(line)
    for problem in words.broken.values():
        for one in problem.each():
            _say(str(one))


@locale.command("export")
@click.argument("code", metavar="L")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["xliff", "xliff2", "csv", "html", "tbx"]),
    default="xliff",
    show_default=True,
    help="XLIFF 1.2 or 2.0, a spreadsheet, a table for Word, or the glossary as TBX.",
)
@click.option("--topic", "topics", multiple=True, metavar="T", help="Only this topic, or 'house'.")
@click.option("--todo", is_flag=True, help="Only what is fuzzy or missing.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to write; a folder gets a file for each topic.  [default: stdout]",
)
@_shared
def locale_export(
    options: Options,
    code: str,
    kind: str,
    topics: tuple[str, ...],
    todo: bool,
    output: Path | None,
) -> None:
    """Write a locale's messages for translators without the site."""
    from pressroom.exchange.built import Built
    from pressroom.exchange.formats import export, export_files

    words = _read(options)
    _select(words, tuple(name for name in topics if name != "house"), (code,))
    _refuse_source(words, code)
    facts = Built(words, options.out, code)
    if output is None:
        click.echo(export(words, code, kind, facts, topics, todo), nl=False)
        return
    for path in export_files(words, code, kind, facts, topics, todo, output):
        click.echo(path)


def _refuse_source(words: Words, code: str) -> None:
    if code == words.site.clinic.source_locale:
        raise UsageError("", f"'{code}' is the source locale", "name a translation")
    if code not in words.site.clinic.locales:
        raise UsageError("", f"'{code}' has no catalogues", "name a translation")


@locale.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--by", default="", metavar="NAME", help="Who translated; printed on the leaflet.")
@_shared
def locale_import(options: Options, file: Path, by: str) -> None:
    """Take a translated file back into the catalogues; refuse what does not belong, by line."""
    from pressroom.exchange.built import Built
    from pressroom.exchange.formats import bring_in

    words = _read(options)
    taken = bring_in(words, file, lambda code: Built(words, options.out, code), by)
    for problem in taken.refused:
        _say(str(problem))
    for line in taken.said:
        click.echo(line)
    if taken.refused:
        sys.exit(EXIT_FAILED)


@handouts.command()
@click.argument("topic")
@click.argument("locale_code", metavar="LOCALE")
@click.option("--role", required=True, metavar="R", help="As which role, such as clinician.")
@click.option("--by", required=True, metavar="NAME", help="Who signs.")
@click.option("--text", "read", default="", metavar="DIGEST", help="Only if this text was read.")
@click.option(
    "--meaning-unchanged",
    is_flag=True,
    help="State that the source means what it meant: translations and their approvals stay.",
)
@_shared
def approve(
    options: Options,
    topic: str,
    locale_code: str,
    role: str,
    by: str,
    read: str,
    meaning_unchanged: bool,
) -> None:
    """Sign the text of a leaflet as it stands."""
    from pressroom.files import shown
    from pressroom.signing import sign_leaflet

    words = _read(options)
    _select(words, (topic,), (locale_code,))
    asked = words.site.clinic.asked_approvals(locale_code)
    if role not in asked:
        raise UsageError(
            "", f"this clinic asks no '{role}' to sign '{locale_code}'", _nearest(role, list(asked))
        )
    if not by.strip():
        raise UsageError("", "nobody is named", "say who signs with --by NAME")
    name = _one_line("--by", by)
    path, stated = sign_leaflet(words, topic, locale_code, role, name, read, meaning_unchanged)
    click.echo(f"{shown(path)}: {name} signed {topic} in {locale_code} as {role}.")
    if stated:
        click.echo("Stated to mean the same, so that translations and their approvals stay:")
    for difference in stated:
        click.echo(f"  {_marked(difference)}")


def _marked(difference: Difference) -> str:
    """Mark what was removed and added, in colour on a terminal; right to left is isolated."""
    from pressroom.catalogue.locales import read_locale

    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
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


@handouts.command()
@click.argument("topic")
@click.argument("locale_code", metavar="LOCALE")
@click.option(
    "--out-file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write it.  [default: TOPIC.LOCALE.proof.pdf, here]",
)
@_shared
def proof(options: Options, topic: str, locale_code: str, out_file: Path | None) -> None:
    """Set a bilingual reading copy, message by message, for those who check and sign."""
    from pressroom.files import shown, write_atomically
    from pressroom.reading_copy import set_reading_copy

    words = _read(options)
    _select(words, (topic,), (locale_code,))
    made = set_reading_copy(words, topic, locale_code)
    for finding in made.findings:
        _say(f"{finding.where}: {finding.message}" if finding.where else finding.message)
    path = out_file or Path(f"{topic}.{locale_code}.proof.pdf")
    write_atomically(path, made.pdf)
    click.echo(f"{shown(path)}: {made.pages} pages to read and sign.")


@handouts.command()
@click.argument("topic")
@click.argument("locale_code", metavar="[LOCALE]", required=False)
@click.option("--because", metavar="TEXT", help="Why it must not be handed out.")
@click.option("--by", default="", metavar="NAME", help="Who withdraws it.")
@click.option("--undo", is_flag=True, help="Let it be published again.")
@_shared
def withdraw(
    options: Options, topic: str, locale_code: str | None, because: str | None, by: str, undo: bool
) -> None:
    """Take a leaflet out at once, in one locale or in all, and keep it out."""
    from pressroom import withdrawn
    from pressroom.files import shown
    from pressroom.model import Withdrawal
    from pressroom.taking_out import take_out

    words = _read(options)
    _select(words, (topic,), (locale_code,) if locale_code else ())
    name = f"{topic} in {locale_code}" if locale_code else f"{topic} in every locale"
    if undo:
        path = withdrawn.put_back(options.handouts, words.withdrawn, topic, locale_code or "")
        builds = [
            f"'handouts build{f' --clinic {one}' if one else ''}'" for one in _folders(options)
        ]
        click.echo(f"{shown(path)}: {name} may be published again; run {' and '.join(builds)}.")
        return
    row = Withdrawal(
        topic,
        locale_code or "",
        _one_line("--because", because or ""),
        _one_line("--by", by) if by else "",
        options.day,
    )
    path = withdrawn.withdraw(options.handouts, words.withdrawn, row)
    click.echo(f"{shown(path)}: {name} is {withdrawn.said(row)}.")
    for out, entry in take_out(
        options.handouts, options.day, _folders(options), topic, locale_code or "", _say_problem
    ):
        where = "" if out == options.out else f" in {shown(out)}"
        click.echo(f"{entry.result} {entry.name}{where}")


def _one_line(option: str, text: str) -> str:
    """Give what an option says, as a file may hold it. Raises UsageError."""
    from pressroom.files import unreadable_character

    line = " ".join(text.split())
    bad = unreadable_character(line)
    what = bad[1] if bad else "" if line else "says nothing"
    if what or len(line) > 500:
        raise UsageError(
            "", f"{option} {what or 'is too long'}", f'write {option} "…" in a few words'
        )
    return line


def _folders(options: Options) -> dict[str, Path]:
    """Give the output folder of each clinic by its name: first of the one that was asked for."""
    from pressroom.clinic import clinic_names

    others = {name: _folder(name) for name in ("", *clinic_names(options.handouts))}
    return {options.clinic: options.out, **{n: o for n, o in others.items() if n != options.clinic}}


@handouts.command()
@click.argument("topics", metavar="[TOPIC]...", nargs=-1)
@click.option(
    "--before", default="", metavar="VERSION|DATE", help="Only older versions, or earlier days."
)
@click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
@_shared
def recall(options: Options, topics: tuple[str, ...], before: str, as_json: bool) -> None:
    """List printed versions that are out of date, to walk the ward with."""
    from dataclasses import asdict

    from pressroom.recall import as_list, copies_to_pull

    words = _read(options)
    copies = copies_to_pull(words, options.out, topics, before)
    if as_json:
        data = {"format": 1, "copies": [asdict(one) for one in copies]}
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
        return
    titles = {
        name: words.topics[name].title.text
        for name in {one.topic for one in copies}
        if name in words.topics
    }
    click.echo(as_list(copies, titles, options.day), nl=False)


@handouts.command("print")
@click.argument("topic", metavar="TOPIC", required=False)
@click.argument("locale_code", metavar="LOCALE", required=False)
@click.option("--edition", default="standard", show_default=True, metavar="E")
@click.option("--copies", type=click.IntRange(1, 999), default=1, show_default=True, metavar="N")
@click.option("--printer", default="", metavar="P", help="Where to.  [default: CUPS's own]")
@click.option("--duplex/--one-sided", default=True, show_default=True, help="Use both sides.")
@click.option("--paper", type=click.Choice(["A4", "Letter"]), help="What is in the printer.")
@click.option("--list-printers", is_flag=True, help="Say which printers there are.")
@_shared
def print_leaflet(
    options: Options, topic: str | None, locale_code: str | None, edition: str, copies: int,
    printer: str, duplex: bool, paper: str | None, list_printers: bool,
) -> None:  # fmt: skip
    """Hand an approved leaflet to CUPS; refuse drafts, withheld and overdue ones."""
    from pressroom import printing

    if list_printers:
        found = printing.list_printers()
        for name in found.names:
            notes = [note for note, holds in (("default", name == found.default),
                     ("paused", name in found.paused)) if holds]  # fmt: skip
            click.echo(f"{name} ({', '.join(notes)})" if notes else name)
        return
    if topic is None or locale_code is None:
        raise UsageError("", "name a topic and a locale", "such as 'handouts print asthma es'")
    words = _read(options)
    _select(words, (topic,), (locale_code,))
    (edition,) = _editions(words, (edition,), locale_code)
    sheets = printing.find_sheets(words, options.out, topic, locale_code, edition)
    order = printing.Order(copies, printer, duplex, paper or "")
    sent = printing.send(sheets, order, options.out, options.day.isoformat())
    number = "1 copy" if copies == 1 else f"{copies} copies"
    click.echo(f"{sheets.name}: {number} sent to {sent.printer} as job {sent.job}.")
    if sent.paused:
        _say(f"{sent.printer} is paused: nothing comes out until it is resumed (cupsenable).")


@handouts.command()
@_jobs_option
@_executor_option
@_shared
def watch(options: Options, jobs: int | None, executor: str) -> None:
    """Build, and again whenever words, templates or styles change, until Ctrl-C."""
    with _rebuilding(options, jobs, executor) as rebuild:
        rebuild()


@handouts.command()
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
@_jobs_option
@_executor_option
@_shared
def serve(
    options: Options, port: int, host: str, names: tuple[str, ...], jobs: int | None, executor: str
) -> None:
    """Show the rack on localhost, and rebuild it as words change, until Ctrl-C."""
    from pressroom.executors import check_executor
    from pressroom.serve.app import listen, make_app, served
    from pressroom.serve.desk import Desk
    from pressroom.serve.guard import hosts_of

    def today() -> date:
        return options.day

    check_executor(executor)
    listening = listen(host, port)
    desk = Desk(options.handouts, today, options.clinic)
    app = make_app(
        options.handouts, options.out, today, hosts_of(host, names), desk, options.clinic
    )
    rebuilding = _rebuilding(options, jobs, executor, desk.changed)
    with rebuilding as rebuild, served(app, listening, desk.close):
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"The rack is at http://{shown}:{listening.getsockname()[1]}/ (Ctrl-C ends it).")
        sys.stdout.flush()
        rebuild()


@contextmanager
def _rebuilding(
    options: Options,
    jobs: int | None,
    executor: str,
    heard: Callable[[set[Path]], None] = lambda _: None,
) -> Iterator[Callable[[], None]]:
    """Give what builds now and after each change, on a press that stays warm.

    `heard` is told of changed files at once, also while a build is at work.
    """
    from pressroom.executors import pressing
    from pressroom.press import spawned
    from pressroom.watching import Watcher, keep_up, watched

    # What a service manager sends ends the workers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folders = watched(options.handouts)
    press_on = pressing(executor, jobs, processors(), spawned)
    with press_on as press, Watcher(folders, options.out, heard) as watcher:
        yield lambda: keep_up(
            options.handouts, options.out, lambda: options.day, press, watcher,
            _tell_change, _say_problem, clinic=options.clinic,
        )  # fmt: skip


def _tell_change(report: Report, changed: tuple[str, ...]) -> None:
    """Say what a build did after files had changed."""
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        click.echo(f"Changed: {', '.join(changed[:3])}{more}.")
    _tell(report, dry_run=False)
    sys.stdout.flush()


if __name__ == "__main__":
    handouts()
