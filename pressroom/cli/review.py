"""`handouts approve`, `proof` and `withdraw`: what reviewers sign, read, and take out."""

from __future__ import annotations

from pathlib import Path

import click

from ..core.errors import UsageError
from .console import marked, say, say_problem
from .options import Options, nearest, one_line, select, shared


@click.command()
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
@shared
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
    from ..core.files import shown
    from ..review.sign import sign_leaflet, standing

    words = options.read_to_prepare()
    select(words, (topic,), (locale_code,))
    asked = words.site.clinic.asked_approvals(locale_code)
    if role not in asked:
        raise UsageError(
            "", f"this clinic asks no '{role}' to sign '{locale_code}'", nearest(role, list(asked))
        )
    if not by.strip():
        raise UsageError("", "nobody is named", "say who signs with --by NAME")
    name = one_line("--by", by)
    path, stated = sign_leaflet(words, topic, locale_code, role, name, read, meaning_unchanged)
    click.echo(f"{shown(path)}: {name} signed {topic} in {locale_code} as {role}.")
    lacking, reused = standing(words, topic, locale_code)
    if lacking:
        click.echo(f"Still to sign: {', '.join(lacking)}. It is a draft until then.")
    for finding in reused:
        say(f"{finding.where}: {finding.message} [{finding.code}]")
    if stated:
        click.echo("Stated to mean the same, so that translations and their approvals stay:")
    for difference in stated:
        click.echo(f"  {marked(difference)}")


@click.command()
@click.argument("topic")
@click.argument("locale_code", metavar="LOCALE")
@click.option(
    "--out-file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write it.  [default: TOPIC.LOCALE.proof.pdf, here]",
)
@shared
def proof(options: Options, topic: str, locale_code: str, out_file: Path | None) -> None:
    """Set a bilingual reading copy, message by message, for those who check and sign."""
    from ..core.files import shown, write_atomically
    from ..review.review_copy import set_reading_copy

    words = options.read_to_prepare()
    select(words, (topic,), (locale_code,))
    made = set_reading_copy(words, topic, locale_code)
    for finding in made.findings:
        say(f"{finding.where}: {finding.message}" if finding.where else finding.message)
    path = out_file or Path(f"{topic}.{locale_code}.proof.pdf")
    write_atomically(path, made.pdf)
    click.echo(f"{shown(path)}: {made.pages} pages to read and sign.")


@click.command()
@click.argument("topic")
@click.argument("locale_code", metavar="[LOCALE]", required=False)
@click.option("--because", metavar="TEXT", help="Why it must not be handed out.")
@click.option("--by", default="", metavar="NAME", help="Who withdraws it.")
@click.option("--undo", is_flag=True, help="Let it be published again.")
@shared
def withdraw(
    options: Options, topic: str, locale_code: str | None, because: str | None, by: str, undo: bool
) -> None:
    """Take a leaflet out at once, in one locale or in all, and keep it out."""
    from ..build.withdraw import take_out
    from ..content import withdrawals
    from ..core.files import shown
    from ..core.model import Withdrawal

    words = options.read_words()
    select(words, (topic,), (locale_code,) if locale_code else ())
    name = f"{topic} in {locale_code}" if locale_code else f"{topic} in every locale"
    if undo:
        path = withdrawals.put_back(options.handouts, words.withdrawn, topic, locale_code or "")
        builds = [
            f"'handouts build{f' --clinic {one}' if one else ''}'" for one in options.folders()
        ]
        click.echo(f"{shown(path)}: {name} may be published again; run {' and '.join(builds)}.")
        return
    row = Withdrawal(
        topic,
        locale_code or "",
        one_line("--because", because or ""),
        one_line("--by", by) if by else "",
        options.day,
    )
    path = withdrawals.withdraw(options.handouts, words.withdrawn, row)
    click.echo(f"{shown(path)}: {name} is {withdrawals.said(row)}.")
    for out, entry in take_out(
        options.handouts, options.day, options.folders(), topic, locale_code or "", say_problem,
        options.records,
    ):  # fmt: skip
        where = "" if out == options.out else f" in {shown(out)}"
        click.echo(f"{entry.result} {entry.name}{where}")
