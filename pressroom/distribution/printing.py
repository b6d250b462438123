"""Print an approved leaflet through CUPS: a published PDF and an order -> a recorded print job."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ..build.history import History, PrintJob
from ..build.output import Output
from ..build.prepare import Preparer
from ..core.errors import ConfigurationError, HandoutError, UsageError, did_you_mean
from ..core.files import shown
from ..core.published import Made
from ..leaflet.site import Words
from .handing_out import confirm

#: How long CUPS may take to answer, in seconds: a printer on the network may be slow to find.
PATIENCE_SECONDS = 30
#: Where the rack's own Print went. No printer of CUPS has such a name: it has blanks.
OWN_PRINTER = "a printer of a PC's own"


@dataclass(frozen=True, slots=True)
class Order:
    """How a leaflet is to be printed."""

    copies: int = 1
    #: Name of a printer; empty for the default one.
    printer: str = ""
    duplex: bool = True
    #: Paper that is in the printer, A4 or Letter; empty for that of the leaflet.
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Printable:
    """A leaflet that may be printed: its PDF, and what identifies it on paper."""

    made: Made
    path: Path
    version: str
    mark: str
    issued: str
    #: The paper that it was set for.
    paper: str

    @property
    def name(self) -> str:
        """Locale, topic and edition, as in the names of published files."""
        return f"{self.made.locale}/{self.made.topic}.{self.made.edition}"


@dataclass(frozen=True, slots=True)
class Printers:
    """The printers that CUPS knows."""

    names: tuple[str, ...]
    #: The one that is used where none is named; empty where there is none.
    default: str
    #: Those that take jobs but print none at present.
    paused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sent:
    """A job that CUPS has taken."""

    job: str
    printer: str
    copies: int
    paused: bool


def counted(copies: int) -> str:
    """Return a number of copies in words: `1 copy`, `3 copies`, `no copies`."""
    return "1 copy" if copies == 1 else f"{copies or 'no'} copies"


# What may be printed


def find_printable(words: Words, out: Path, topic: str, locale: str, edition: str) -> Printable:
    """Return the published PDF of a leaflet that may be handed out.

    Raises HandoutError for what is withheld, a draft, past its review date, not yet built,
    or not the file that the last build made.
    """
    (one,) = Preparer(words)([topic], [locale], [edition])
    history = History(words.records, words.site.clinic)
    with closing(Output(out, history=history)) as output:
        row = confirm(one, output)
    assert one.leaflet is not None
    source = one.leaflet.topic
    return Printable(
        made=row.made,
        path=out / row.made.file,
        version=one.leaflet.version,
        mark=one.leaflet.mark,
        issued=source.issued.isoformat(),
        paper=words.site.clinic.paper,
    )


# What it is printed on


@dataclass(frozen=True, slots=True)
class _Answer:
    """Exit code and output of one of CUPS's commands."""

    code: int
    out: str
    err: str


def _ask(*arguments: str, given: bytes = b"") -> _Answer:
    """Run one of CUPS's commands, in English; `given` is its input.

    Raises ConfigurationError where CUPS is not installed or does not answer.
    """
    try:
        done = subprocess.run(
            arguments,
            input=given,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise ConfigurationError(
            "",
            f"CUPS is not installed: there is no '{arguments[0]}'",
            "install it (on Debian the package cups-client), or print the PDF from a viewer",
        ) from None
    except subprocess.TimeoutExpired:
        raise ConfigurationError(
            "",
            f"CUPS has not answered for {PATIENCE_SECONDS} seconds",
            "see 'lpstat -t', or print the PDF from a viewer",
        ) from None
    said = (stream.decode("utf-8", "replace") for stream in (done.stdout, done.stderr))
    return _Answer(done.returncode, *said)


def list_printers() -> Printers:
    """Return the printers that CUPS has.

    Raises ConfigurationError where CUPS is not installed, does not answer, or has none.
    """
    names = tuple(_ask("lpstat", "-e").out.split())
    if not names:
        if "not running" in _ask("lpstat", "-r").out:
            raise ConfigurationError(
                "", "CUPS is not running", "start it ('systemctl start cups'), or set CUPS_SERVER"
            )
        raise ConfigurationError(
            "", "CUPS has no printer", "add one with 'lpadmin' or in the system's settings"
        )
    default = re.search(r"destination: (\S+)", _ask("lpstat", "-d").out)
    paused = re.findall(r"^printer (\S+) disabled", _ask("lpstat", "-p").out, re.MULTILINE)
    return Printers(names, default.group(1) if default else "", frozenset(paused))


def _refused(wanted: str, said: str) -> HandoutError:
    """Return the error for a job that CUPS did not take: by its printer, or by what `lp` said.

    Raises ConfigurationError where CUPS is not there at all.
    """
    printers = list_printers()
    known = ", ".join(printers.names)
    if not wanted and not printers.default:
        return UsageError(
            "", "there is no default printer", f"name one with --printer; known are {known}"
        )
    name = wanted or printers.default
    if name not in printers.names:
        hint = did_you_mean(name, printers.names) or f"known are {known}"
        return UsageError("", f"there is no printer '{name}'", hint)
    said = re.sub(r"^lp: (Error - )?", "", said.strip()).rstrip(".") or "no answer"
    return ConfigurationError(name, f"CUPS refuses: {said}", "see 'lpstat -t'")


def _is_paused(printer: str) -> bool:
    """Return whether a printer takes jobs but prints none at present."""
    try:
        said = _ask("lpstat", "-p", printer).out
    except HandoutError:
        return False  # The job is taken, whatever else there is to know.
    return re.search(r"^printer \S+ disabled", said, re.MULTILINE) is not None


def arguments_of(printable: Printable, order: Order) -> list[str]:
    """Return the command that prints a leaflet, with the PDF as its input.

    A booklet turns over its short edge. Nothing is scaled, since type would fall
    below its floor, except onto paper of another size than the leaflet's.
    """
    edge = "short" if printable.made.edition == "booklet" else "long"
    paper = order.paper or printable.paper
    options = (
        f"media={paper}",
        f"sides=two-sided-{edge}-edge" if order.duplex else "sides=one-sided",
        f"print-scaling={'none' if paper == printable.paper else 'fit'}",
        "document-format=application/pdf",
    )
    return [
        "lp", *(("-d", order.printer) if order.printer else ()),
        "-n", str(order.copies), "-t", f"{printable.name} {printable.version}",
        *(part for option in options for part in ("-o", option)),
    ]  # fmt: skip


def send(printable: Printable, order: Order, words: Words, day: str) -> Sent:
    """Print a leaflet and record it; `day` is an ISO date.

    Raises HandoutError for a file that is not the one that was built, UsageError for an
    unknown printer, ConfigurationError where CUPS cannot take the job.
    """
    pdf = _read(printable)
    history = History(words.records, words.site.clinic)
    # Before, so that nothing is printed that cannot be recalled.
    history.require_room()
    done = _ask(*arguments_of(printable, order), given=pdf)
    if done.code:
        raise _refused(order.printer, done.err)
    taken = re.search(r"request id is (\S+)", done.out)
    job = taken.group(1) if taken else ""
    printer = job.rpartition("-")[0] or order.printer
    sent = Sent(job, printer, order.copies, _is_paused(printer))
    try:
        history.print(_record(printable, sent, day))
    except ConfigurationError as problem:
        what = f"{problem.what}; {job} is printed all the same"
        raise ConfigurationError(problem.where, what, problem.next_step) from None
    return sent


def record_print(words: Words, topic: str, locale: str, edition: str, mark: str, day: str) -> None:
    """Record that somebody printed a published leaflet by themselves: one copy, at least.

    It is named by the mark that the rack shows, which is that of its first edition. Raises
    UsageError for what was never published.
    """
    history = History(words.records, words.site.clinic)
    known = history.issues_of(topic, locale)
    shown = {(one.version, one.issued) for one in known if one.mark == mark}
    of_edition = [one for one in known if one.edition == edition]
    found = [one for one in of_edition if one.mark == mark] or [
        one for one in of_edition if (one.version, one.issued) in shown
    ]
    if not found:
        raise UsageError("", "no such leaflet was published", "load the page again")
    last = found[-1]
    history.print(
        PrintJob(
            topic, locale, edition, last.version, last.issued, last.sha256, 1, day, OWN_PRINTER,
            mark=last.mark,
        )
    )  # fmt: skip


def _read(printable: Printable) -> bytes:
    """Return the PDF, read once, so that what is compared is what is printed.

    Raises HandoutError for a file that is not the one that was built.
    """
    try:
        pdf = printable.path.read_bytes()
    except OSError as problem:
        raise HandoutError(
            shown(printable.path), f"cannot be read ({problem.strerror})", "run 'handouts build'"
        ) from None
    if hashlib.sha256(pdf).hexdigest() != printable.made.sha256:
        raise HandoutError(
            shown(printable.path), "was altered since it was built", "run 'handouts build'"
        )
    return pdf


def _record(printable: Printable, sent: Sent, day: str) -> PrintJob:
    """Return the record of a job: what a recall has to know."""
    made = printable.made
    return PrintJob(
        made.topic, made.locale, made.edition, printable.version, printable.issued, made.sha256,
        sent.copies, day, sent.printer, sent.job, printable.mark,
    )  # fmt: skip
