"""What is taken out and stays out: `withdrawn.toml` -> Withdrawals, and rows put in and out.

A broken file stops every build: what was withdrawn must not come back because
of a slip in the list.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from .catalogue.locales import name_hint
from .errors import ConfigurationError, HandoutError, UsageError, raise_all
from .files import missing, quoted, read_toml, shown, table_lines, toml_line, write_atomically
from .model import Withdrawal
from .schema import MOST_SAID, WithdrawnFile, validate

_HEAD = """\
# Leaflets that are taken out and stay out. Written by `handouts withdraw`.
# Without a locale, the topic is withdrawn in every one.
"""


def withdrawn_path(handouts: Path) -> Path:
    """Say where the withdrawals of a site stand."""
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
    data, text = read_toml(path, ConfigurationError, handouts)
    file = validate(
        WithdrawnFile, data, where, lambda loc: toml_line(text, loc), ConfigurationError
    )
    known = sorted(topics)
    problems: list[HandoutError] = []
    rows: dict[tuple[str, str], Withdrawal] = {}
    for row, line in zip(file.withdrawn, table_lines(text, "withdrawn"), strict=False):
        at = f"{where}:{line}"
        made = Withdrawal(row.topic, row.locale or "", row.because, row.by or "", row.date, at)
        if row.topic not in known:
            near = difflib.get_close_matches(row.topic, known, 1, 0.5)
            hint = f"did you mean '{near[0]}'?" if near else "delete the entry"
            problems.append(ConfigurationError(at, f"there is no topic '{row.topic}'", hint))
        elif row.locale and (hint := name_hint(row.locale)):
            what = f"'{row.locale}' is not the name of a locale"
            problems.append(ConfigurationError(at, what, hint))
        elif same := rows.get(_place(made)):
            what = f"{_named(*_place(made))} is withdrawn in {same.where} already"
            problems.append(ConfigurationError(at, what, "keep one of them"))
        rows.setdefault(_place(made), made)
        if len(problems) == MOST_SAID:
            break  # Whoever has as many mends these first.
    raise_all(problems)
    return tuple(rows.values())


def withdraw(handouts: Path, rows: Iterable[Withdrawal], new: Withdrawal) -> Path:
    """Write a withdrawal beside those that stand; it replaces one of the same leaflet."""
    return _write(handouts, [*(row for row in rows if _place(row) != _place(new)), new])


def put_back(handouts: Path, rows: Iterable[Withdrawal], topic: str, locale: str) -> Path:
    """Take a withdrawal out of the list; `locale` is empty for one in every locale.

    Raises UsageError where just this one does not stand: a topic that is withdrawn
    in every locale is not put back in one of them.
    """
    rows = tuple(rows)
    kept = [row for row in rows if _place(row) != (topic, locale)]
    if len(kept) == len(rows):
        others = [_named(row.topic, row.locale) for row in rows if row.topic == topic]
        hint = f"withdrawn is {', '.join(others)}" if others else "there is nothing to undo"
        raise UsageError("", f"{_named(topic, locale)} is not withdrawn", hint)
    return _write(handouts, kept)


def said(row: Withdrawal) -> str:
    """Say in one line since when and why a leaflet is kept out."""
    by = f" by {row.by}" if row.by else ""
    return f"withdrawn on {row.date.isoformat()}{by}, because {row.because}"


def _place(row: Withdrawal) -> tuple[str, str]:
    return (row.topic, row.locale)


def _named(topic: str, locale: str) -> str:
    return f"{topic} in {locale}" if locale else f"{topic} in every locale"


def _write(handouts: Path, rows: Iterable[Withdrawal]) -> Path:
    parts = [_HEAD]
    for row in sorted(rows, key=_place):
        parts.append(f"\n[[withdrawn]]\ntopic = {quoted(row.topic)}\n")
        parts += [f"locale = {quoted(row.locale)}\n"] if row.locale else []
        parts.append(f"because = {quoted(row.because)}\n")
        parts += [f"by = {quoted(row.by)}\n"] if row.by else []
        parts.append(f"date = {row.date.isoformat()}\n")
    path = withdrawn_path(handouts)
    write_atomically(path, "".join(parts).encode("utf-8"), handouts)
    return path
