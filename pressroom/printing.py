"""Hand an approved leaflet to CUPS: a published PDF and an order -> a job on a printer, logged."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .errors import ConfigurationError, HandoutError, UsageError
from .files import shown
from .lock import FOLDER
from .plan import Made
from .prepare import Prepared, Preparer
from .publisher import Publisher
from .site import Words

#: How long CUPS may take to answer, in seconds: a printer on the network may be slow to find.
PATIENCE_SECONDS = 30
#: What was printed, one JSON object a line, below the output folder.
LOG = f"{FOLDER}/printed.jsonl"


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
class Sheets:
    """A leaflet that may be printed: its PDF, and what identifies it on paper."""

    made: Made
    path: Path
    version: str
    issued: str
    #: The paper that it was set for.
    paper: str

    @property
    def name(self) -> str:
        """Name the leaflet as the contract's files do."""
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


# What may be printed


def find_sheets(words: Words, out: Path, topic: str, locale: str, edition: str) -> Sheets:
    """Find the published PDF of a leaflet that may be handed out.

    Raises HandoutError for what is withheld, a draft, past its review date, not
    yet built, or not the file that the last build made.
    """
    (one,) = Preparer(words)([topic], [locale], [edition])
    _refuse(one)
    assert one.wanted is not None and one.leaflet is not None
    publisher = Publisher(out)
    try:
        row = publisher.rows.get(one.wanted.key)
        if row is None:
            raise HandoutError(
                one.name, "is approved, but not built yet", "run 'handouts build', then print it"
            )
        if why := publisher.why(one.wanted):
            raise HandoutError(
                one.name,
                f"the published PDF is not what its words are now: {'; '.join(why)}",
                "run 'handouts build', then print it",
            )
    finally:
        publisher.close()
    source = one.leaflet.topic
    return Sheets(
        made=row.made,
        path=out / row.made.file,
        version=source.version,
        issued=source.issued.isoformat(),
        paper=words.site.clinic.paper,
    )


def _refuse(one: Prepared) -> None:
    """Raise HandoutError for a leaflet whose words must not be handed out as they are."""
    errors = [finding for finding in one.findings if finding.severity == "error"]
    if one.wanted is None or one.leaflet is None or errors:
        first = errors[0]
        where = f"{first.where}: " if first.where else ""
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        what = "its words are broken" if one.broken else "is withheld"
        what = "is withdrawn" if one.withdrawn else what
        raise HandoutError(
            one.name,
            f"{what}: {where}{first.message}{more}",
            f"see 'handouts check {one.topic} --locale {one.locale}'",
        )
    if one.state != "approved":
        why = "; ".join(f.message for f in one.findings if f.code.startswith("approval-"))
        raise HandoutError(
            one.name,
            f"is a draft, which no patient may be given: {why}",
            "sign it with 'handouts approve', then run 'handouts build'",
        )
    if one.leaflet.out_of_date:
        raise HandoutError(
            one.name,
            f"must not be handed out any more: {one.leaflet.out_of_date[0]}",
            "run 'handouts build' after that",
        )


# What it is printed on


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one of CUPS's commands said, and how it ended."""

    code: int
    out: str
    err: str


def _ask(*arguments: str, given: bytes = b"") -> _Answer:
    """Run one of CUPS's commands, in English; `given` is what it reads.

    Raises ConfigurationError where there is none.
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
    """Ask CUPS for its printers.

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
    """Say why CUPS did not take a job: the printer, or what `lp` said.

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
        near = difflib.get_close_matches(name, printers.names, 1, 0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"known are {known}"
        return UsageError("", f"there is no printer '{name}'", hint)
    said = re.sub(r"^lp: (Error - )?", "", said.strip()).rstrip(".") or "no answer"
    return ConfigurationError(name, f"CUPS refuses: {said}", "see 'lpstat -t'")


def _is_paused(printer: str) -> bool:
    """Tell whether a printer takes jobs but prints none at present."""
    try:
        said = _ask("lpstat", "-p", printer).out
    except HandoutError:
        return False  # The job is taken, whatever else there is to know.
    return re.search(r"^printer \S+ disabled", said, re.MULTILINE) is not None


def arguments_of(sheets: Sheets, order: Order) -> list[str]:
    """Give the command that prints a leaflet, whose PDF it reads.

    A booklet turns over its short edge. Nothing is scaled, since type would fall
    below its floor, except onto paper of another size than the leaflet's.
    """
    edge = "short" if sheets.made.edition == "booklet" else "long"
    paper = order.paper or sheets.paper
    options = (
        f"media={paper}",
        f"sides=two-sided-{edge}-edge" if order.duplex else "sides=one-sided",
        f"print-scaling={'none' if paper == sheets.paper else 'fit'}",
        "document-format=application/pdf",
    )
    return [
        "lp", *(("-d", order.printer) if order.printer else ()),
        "-n", str(order.copies), "-t", f"{sheets.name} {sheets.version}",
        *(part for option in options for part in ("-o", option)),
    ]  # fmt: skip


def send(sheets: Sheets, order: Order, out: Path, day: str) -> Sent:
    """Print a leaflet and log it; `day` is an ISO date.

    Raises HandoutError for a file that is not the one that was built, UsageError for a
    printer that there is not, ConfigurationError where CUPS cannot take the job.
    """
    pdf = _read(sheets)
    log = out / LOG
    sent: Sent | None = None
    try:
        # Opened before, so that nothing is printed that cannot be recalled.
        with log.open("a", encoding="utf-8") as file:
            done = _ask(*arguments_of(sheets, order), given=pdf)
            if done.code:
                raise _refused(order.printer, done.err)
            taken = re.search(r"request id is (\S+)", done.out)
            job = taken.group(1) if taken else ""
            printer = job.rpartition("-")[0] or order.printer
            sent = Sent(job, printer, order.copies, _is_paused(printer))
            file.write(json.dumps(_record(sheets, sent, day), ensure_ascii=False) + "\n")
    except OSError as problem:
        printed = f"; {sent.job} is printed all the same" if sent else ""
        raise ConfigurationError(
            shown(log),
            f"cannot be written ({problem.strerror}){printed}",
            "check its permissions, and the room on the disk",
        ) from None
    return sent


def _read(sheets: Sheets) -> bytes:
    """Read the PDF once, so that what is compared is what is printed.

    Raises HandoutError for a file that is not the one that was built.
    """
    try:
        pdf = sheets.path.read_bytes()
    except OSError as problem:
        raise HandoutError(
            shown(sheets.path), f"cannot be read ({problem.strerror})", "run 'handouts build'"
        ) from None
    if hashlib.sha256(pdf).hexdigest() != sheets.made.sha256:
        raise HandoutError(
            shown(sheets.path), "was altered since it was built", "run 'handouts build'"
        )
    return pdf


def _record(sheets: Sheets, sent: Sent, day: str) -> dict[str, object]:
    """Give the line of the log: what a recall has to know."""
    made = sheets.made
    return {
        "topic": made.topic,
        "locale": made.locale,
        "edition": made.edition,
        "version": sheets.version,
        "issued": sheets.issued,
        "sha256": made.sha256,
        "copies": sent.copies,
        "date": day,
        "printer": sent.printer,
        "job": sent.job,
    }
