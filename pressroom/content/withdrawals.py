"""Read and write what is taken out and stays out: `withdrawn.toml` <-> Withdrawals.

A broken file stops every build: what was withdrawn must not come back because
of a slip in the list.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..core.errors import (
    MOST_REPORTED,
    ConfigurationError,
    HandoutError,
    UsageError,
    did_you_mean,
    raise_all,
)
from ..core.files import missing, shown, write_atomically
from ..core.locales import name_hint
from ..core.model import Withdrawal
from ..core.toml import quoted, read_model, table_lines
from .schema import WithdrawnFile

_HEAD = """\
# Leaflets that are taken out and stay out. Written by `handouts withdraw`.
# Without a locale, the topic is withdrawn in every one.
"""


def withdrawn_path(handouts: Path) -> Path:
    return handouts / "withdrawn.toml"


def read_withdrawn(handouts: Path, topics: Iterable[str]) -> tuple[Withdrawal, ...]:
    """Read the withdrawals of a site; none where there is no file.

    Raises ConfigurationError, or Problems with one for each row that is wrong: it
    names no topic of the site (`topics`), no locale, or the same as another row.
    """
    path = withdrawn_path(handouts)
    if missing(path, handouts):
        return ()
    where = shown(path)
    file, text = read_model(path, WithdrawnFile, ConfigurationError, handouts)
    known = sorted(topics)
    problems: list[HandoutError] = []
    rows: dict[tuple[str, str], Withdrawal] = {}
    for row, line in zip(file.withdrawn, table_lines(text, "withdrawn"), strict=False):
        at = f"{where}:{line}"
        made = Withdrawal(row.topic, row.locale or "", row.because, row.by or "", row.date, at)
        if row.topic not in known:
            hint = did_you_mean(row.topic, known) or "delete the entry"
            problems.append(ConfigurationError(at, f"there is no topic '{row.topic}'", hint))
        elif row.locale and (hint := name_hint(row.locale)):
            what = f"'{row.locale}' is not the name of a locale"
            problems.append(ConfigurationError(at, what, hint))
        elif same := rows.get(_key(made)):
            what = f"{_named(*_key(made))} is withdrawn in {same.where} already"
            problems.append(ConfigurationError(at, what, "keep one of them"))
        rows.setdefault(_key(made), made)
        if len(problems) == MOST_REPORTED:
            break
    raise_all(problems)
    return tuple(rows.values())


def withdraw(handouts: Path, rows: Iterable[Withdrawal], new: Withdrawal) -> Path:
    """Add a withdrawal to the list; it replaces one of the same leaflet."""
    return _write(handouts, [*(row for row in rows if _key(row) != _key(new)), new])


def put_back(handouts: Path, rows: Iterable[Withdrawal], topic: str, locale: str) -> Path:
    """Delete a withdrawal from the list; `locale` is empty for one in every locale.

    Raises UsageError where just this one does not stand: a topic that is withdrawn
    in every locale is not put back in one of them.
    """
    rows = tuple(rows)
    kept = [row for row in rows if _key(row) != (topic, locale)]
    if len(kept) == len(rows):
        others = [_named(row.topic, row.locale) for row in rows if row.topic == topic]
        hint = f"withdrawn is {', '.join(others)}" if others else "there is nothing to undo"
        raise UsageError("", f"{_named(topic, locale)} is not withdrawn", hint)
    return _write(handouts, kept)


def said(row: Withdrawal) -> str:
    """Return one line that says since when and why a leaflet is kept out."""
    by = f" by {row.by}" if row.by else ""
    return f"withdrawn on {row.date.isoformat()}{by}, because {row.because}"


def _key(row: Withdrawal) -> tuple[str, str]:
    return (row.topic, row.locale)


def _named(topic: str, locale: str) -> str:
    return f"{topic} in {locale}" if locale else f"{topic} in every locale"


def _write(handouts: Path, rows: Iterable[Withdrawal]) -> Path:
    parts = [_HEAD]
    for row in sorted(rows, key=_key):
        parts.append(f"\n[[withdrawn]]\ntopic = {quoted(row.topic)}\n")
        parts += [f"locale = {quoted(row.locale)}\n"] if row.locale else []
        parts.append(f"because = {quoted(row.because)}\n")
        parts += [f"by = {quoted(row.by)}\n"] if row.by else []
        parts.append(f"date = {row.date.isoformat()}\n")
    path = withdrawn_path(handouts)
    write_atomically(path, "".join(parts).encode("utf-8"), handouts)
    return path
