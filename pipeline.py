"""From a topic's words to leaflets in print: the stages in order, and the commands.

    topic.md ─ read_topic ─▶ Topic ─ translate ─▶ Leaflet ─ mark_up ─▶ HTML
                       ─ typeset ─▶ Proof ─ examine ─▶ Verdict ─ publish ─▶ dist/

Each arrow is one function with plain values on both sides, and none leads back. Each stage
is a room: a folder of `pressroom/`, which imports only the rooms that stand above it here.

core          Nouns (Topic, Leaflet, Proof, Finding), errors, and files that are written whole.
fonts         The pinned fonts, and which of them a script is set in.
content       Reads what people write below `handouts/`: `read_topic` a topic, `read_catalogue`
              a translation; clinic, disclaimers and approvals likewise.
leaflet       `translate` puts a topic and its catalogue together: a Leaflet in one locale, or
              the findings that withhold it. `mark_up` fills the templates with it.
typeset       `Typesetter` sets that HTML, in the largest type that stays within the page budget.
preflight     `examine` reads the finished PDF back and judges what is painted: is each
              disclaimer proven, can each message be read? A check is a file in `checks/`.
rack          The static site on which staff find what is published.
build         Decides what is out of date, and why: `inputs` knows what each leaflet was made
              of, and `plan` compares that with the ledger. `publish` has workers set and judge
              just those leaflets, and puts those that pass in the place of the old ones.
review        People sign a text, compare it with what was signed, and see how far a site is.
exchange      Catalogues go out to translators, and come back; old leaflets are brought in.
distribution  Leaflets are shown, printed and called back.
cli           The commands: what they take, and what they print. No other room prints.

What may be wrong in content is a Finding, and its leaflet is withheld or fails: the published
one stays. What stops the work is a HandoutError. What is our bug is a traceback.

A new check goes into `preflight/checks/`, an edition into `EDITIONS` of `core/model.py` and
`styles/`, an export of catalogues into `exchange/` and one of leaflets into `distribution/`,
a command into its group in `cli/` and into the list below. CONTRIBUTING.md says more.
"""

from __future__ import annotations

from pathlib import Path

import click

from pressroom import __version__
from pressroom.cli.build import build, store, why
from pressroom.cli.check import check, status
from pressroom.cli.console import Commands
from pressroom.cli.due import due
from pressroom.cli.export import export
from pressroom.cli.locale import locale
from pressroom.cli.new import new
from pressroom.cli.options import Options, site_options
from pressroom.cli.printing import print_leaflet, recall, releases
from pressroom.cli.review import approve, proof, withdraw
from pressroom.cli.serve import serve, watch


@click.group(
    name="handouts", cls=Commands, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="handouts")
@site_options
@click.pass_context
def handouts(
    context: click.Context, handouts_dir: Path | None, out_dir: Path | None, clinic: str | None,
    records_dir: Path | None,
) -> None:  # fmt: skip
    """Turn a topic's words into printable patient leaflets, in every language."""
    context.obj = Options(
        handouts_dir or Path("handouts"), out_dir, None, clinic or "", records_dir
    )


handouts.add_command(build)
handouts.add_command(check)
handouts.add_command(status)
handouts.add_command(due)
handouts.add_command(why)
handouts.add_command(store)
handouts.add_command(new)
handouts.add_command(locale)
handouts.add_command(approve)
handouts.add_command(proof)
handouts.add_command(withdraw)
handouts.add_command(releases)
handouts.add_command(recall)
handouts.add_command(print_leaflet)
handouts.add_command(export)
handouts.add_command(watch)
handouts.add_command(serve)

if __name__ == "__main__":
    handouts()
