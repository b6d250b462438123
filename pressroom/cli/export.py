"""`handouts export fhir`, `openemr` and `archive`: hand leaflets on to other systems."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import click

from .console import EXIT_FAILED, say, say_problem
from .options import Options, jobs_option, shared

_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@click.group()
def export() -> None:
    """Hand what may be handed out on to a patient's record or an archive."""


@export.command()
@_folder
@shared
def fhir(options: Options, folder: Path) -> None:
    """Write DIR/fhir/<locale>.json: HL7 FHIR R4 transactions for a record's server."""
    from ..build.output import Output
    from ..core.files import shown, write_changed
    from ..distribution.exports import fhir_bundles
    from ..rack.fhir import to_text

    words = options.read_to_prepare()
    with closing(Output(options.out)) as output:
        for locale, bundle in fhir_bundles(words, output):
            path = folder / "fhir" / f"{locale}.json"
            write_changed(path, to_text(bundle).encode("utf-8"))
            states = [entry["resource"]["status"] for entry in bundle["entry"][:-1]]
            current = states.count("current")
            click.echo(f"{shown(path)}: {current} current, {len(states) - current} no longer.")


@export.command()
@_folder
@shared
def openemr(options: Options, folder: Path) -> None:
    """Write PDFs into a folder of OpenEMR (sites/…/documents/education), named by their codes."""
    from ..build.output import Output
    from ..distribution.exports import export_openemr

    words = options.read_to_prepare()
    with closing(Output(options.out)) as output:
        done = export_openemr(words, output, folder)
    for warning in done.warnings:
        say(warning)
    for problem in done.problems:
        say_problem(problem)
    click.echo(f"{len(done.written)} written, {len(done.removed)} taken out.")
    if done.problems:
        sys.exit(EXIT_FAILED)


@export.command()
@_folder
@jobs_option
@shared
def archive(options: Options, folder: Path, jobs: int | None) -> None:
    """Write each version as PDF/A-2a that is PDF/UA-1, too: DIR/<locale>/…"""
    from ..build.cluster import open_pool
    from ..build.output import Output
    from ..core.files import write_changed
    from ..distribution import exports

    words = options.read_to_prepare()
    written, failed, skipped = 0, False, set[str]()
    with closing(Output(options.out)) as output, open_pool(None, jobs) as pool:
        for one in exports.archive(words, output, pool):
            for finding in one.findings:
                if finding.severity == "error":
                    say(f"{one.name}: {finding.message} [{finding.code}]")
                elif finding.severity == "skipped":
                    skipped.add(finding.message)
            failed |= one.failed
            if not one.failed:
                write_changed(folder / one.file, one.pdf)
                written += 1
    for message in sorted(skipped):
        say(message)
    click.echo(f"{written} leaflets archived.")
    if failed:
        sys.exit(EXIT_FAILED)
