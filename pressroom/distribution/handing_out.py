"""Judge which leaflets may be handed out: words as they stand now, and published files -> Rows.

What was built may be older than its words, withdrawn or overdue since: each is prepared anew
and compared with what stands published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..build.output import Output
from ..build.prepare import Prepared, Preparer
from ..core.errors import HandoutError
from ..core.published import Row


def confirm(one: Prepared, output: Output) -> Row:
    """Return the row of a leaflet that may be handed out.

    Raises HandoutError for what is withheld, a draft, past its review date, not yet built,
    or not the file that the last build made.
    """
    _refuse(one)
    assert one.wanted is not None
    row = output.ledger.row(one.wanted.key)
    if row is None:
        raise HandoutError(one.name, "is approved, but not built yet", "run 'handouts build' first")
    if why := output.why(one.wanted):
        raise HandoutError(
            one.name,
            f"the published PDF is not what its words are now: {'; '.join(why)}",
            "run 'handouts build' first",
        )
    return row


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


def current(
    prepare: Preparer, output: Output, topics: Iterable[str], locales: Iterable[str]
) -> Iterator[Row]:
    """Yield the rows of the leaflets that may be handed out; editions in the clinic's order.

    Raises ConfigurationError where the site cannot be read.
    """
    for one in prepare(topics, locales):
        try:
            yield confirm(one, output)
        except HandoutError as problem:
            if problem.exit_code != 1:
                raise
