"""The rack, where clinic staff find and print leaflets: ledger rows -> a static site.

It works from a web server, a network folder and a stick alike: pages, scripts
and data that lie beside each other, nothing from outside.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..catalogue.locales import date_code, read_locale, say_date
from ..catalogue.pseudo import PSEUDO
from ..errors import ConfigurationError
from ..files import holds, leaves, read_text, write_together
from ..ledger import Row
from ..lock import FOLDER
from ..markup import fill_template, load_templates
from ..model import Clinic, Locale, Withdrawal
from ..theme import Theme
from . import shards, status
from .shards import Shelved

#: Up to so many leaflets are listed in the page itself, for browsers without JavaScript.
MOST_LISTED = 500

#: What a file of the rack is made of, and what the last build knew of it.
RECORD = f"{FOLDER}/rack.json"

#: The template of the page that staff open.
_PAGE = "rack.html"

#: How far the translations are, for staff; `handouts status --html` writes it.
PROGRESS = "rack/status.html"

#: Scripts of the rack, in the order in which they build on each other.
_SCRIPTS = (
    "rack-search.js", "rack-tools.js", "rack-shelves.js", "rack-find.js", "rack-cards.js",
    "rack.js",
)  # fmt: skip
#: Files of the theme that are copied as they are.
_COPIED = (*_SCRIPTS, "rack-status.js")


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that the rack is made of."""

    clinic: Clinic
    theme: Theme
    #: By locale, each in the order of its cards. Pseudo-locales are never offered.
    leaflets: Mapping[str, tuple[Shelved, ...]]
    #: Titles in the source language, of all topics that the site has.
    titles: Mapping[str, str]
    #: What was taken out and stays out.
    withdrawn: tuple[Withdrawal, ...] = ()

    @property
    def words(self) -> Mapping[str, str]:
        """Give the rack's own words."""
        return words_of(self.clinic.source_locale)

    @property
    def interface(self) -> Locale:
        """Give the locale that these words are in."""
        return interface_of(self.clinic.source_locale)


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the rack: its path below the output folder, and what it is made of."""

    path: str
    key: str
    make: Callable[[], str]


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, str]]:
    """Read the rack's own words, by the language that they are in."""
    return tomllib.loads(_own("words.toml"))


def interface_of(source_locale: str) -> Locale:
    """Give the locale in which the rack speaks to a clinic's staff: its own, or English."""
    language = source_locale.split("-")[0]
    return read_locale(next((c for c in (source_locale, language) if c in _tables()), "en"))


def words_of(source_locale: str) -> Mapping[str, str]:
    """Give the rack's own words for a clinic's staff."""
    return {**_tables()["en"], **_tables()[interface_of(source_locale).code]}


def shelve(
    rows: Iterable[Row],
    clinic: Clinic,
    theme: Theme,
    titles: Mapping[str, str],
    stale: Iterable[str] = (),
    withdrawn: Iterable[Withdrawal] = (),
    today: date | None = None,
) -> Shelf:
    """Sort what stands published. `stale` names files that are older than their source.

    Review dates are judged as of `today`: an older leaflet that nothing replaces has its own.
    """
    old = frozenset(stale)
    day = today.isoformat() if today else ""
    by_locale: dict[str, list[Shelved]] = {}
    for row in rows:
        if row.made.locale not in PSEUDO:
            one = Shelved(row, row.made.file in old, day)
            by_locale.setdefault(row.made.locale, []).append(one)
    order = {code: number for number, code in enumerate(clinic.locales)}
    codes = sorted(by_locale, key=lambda code: (order.get(code, len(order)), code))
    leaflets = {code: tuple(sorted(by_locale[code], key=lambda one: one.order)) for code in codes}
    return Shelf(clinic, theme, leaflets, titles, tuple(withdrawn))


def write_rack(out: Path, shelf: Shelf, altered: Container[str] = ()) -> tuple[str, ...]:
    """Write the rack below `out`: only what changed, and without what is left over.

    `altered` are the paths of files that somebody else has written since. Gives the path
    of each of its files.

    The page that tells whether a copy is current stays for good: a QR code on
    paper leads there.
    """
    before = known(out).files
    keys: dict[str, str] = {}

    def new() -> Iterator[tuple[str, str]]:
        for file in (*_copies(shelf), *_shards(shelf), *_pages(shelf, shelf.titles)):
            keys[file.path] = file.key
            same = before.get(file.path) == file.key and file.path not in altered
            if not (same and os.path.isfile(f"{out}/{file.path}")):  # noqa: PTH113 - of thousands
                yield file.path, file.make()

    _put(out, new())
    for path in before.keys() - keys.keys():
        if answer := re.fullmatch(r"c/([\w-]+)\.html", path):
            keys[path] = "gone"
            _put(out, [(path, status.page(shelf, answer[1], ()))])
        elif path.startswith("rack/") and not leaves((out / path).parent, out):
            with suppress(OSError):
                (out / path).unlink()
    listed = [one for leaflets in shelf.leaflets.values() for one in leaflets]
    index = _index(out, shelf, _tally(shelf), keys, listed)
    stale = [one.row.made.file for all in shelf.leaflets.values() for one in all if one.stale]
    _put(out, [("index.html", index), (RECORD, _record(keys, stale))])
    return (*keys, "index.html", RECORD)


def mend_rack(
    out: Path,
    before: Known,
    by_locale: Shelf,
    by_topic: Shelf,
    topics: Iterable[str],
    tally: Mapping[str, tuple[int, int]],
) -> tuple[str, ...]:
    """Write what is said of some topics anew, in a rack that is else as it was written.

    `by_locale` has all leaflets of the locales that they have changed in, `by_topic` all of
    these topics; `tally` says of each locale how many topics are approved, and drafts. It is
    a rack of more than MOST_LISTED leaflets, none of which is stale, as it is known from
    `before`. Gives the paths of what was written.
    """
    files = [*_shards(by_locale), *_pages(by_topic, topics)]
    new = [(file.path, file.make()) for file in files if before.files.get(file.path) != file.key]
    keys = {**before.files, **{file.path: file.key for file in files}}
    index = _index(out, by_topic, tally, keys, ())
    _put(out, [*new, ("index.html", index), (RECORD, _record(keys, []))])
    return (*(path for path, _ in new), "index.html", RECORD)


def load_pages(theme: Theme) -> None:
    """Compile the templates that `mend_rack` fills, ahead of it."""
    load_templates(theme, _PAGE, status.PAGE)


@dataclass(frozen=True, slots=True)
class Known:
    """What the last build knew of the rack."""

    #: What its files are made of, by their paths below the output folder.
    files: Mapping[str, str] = field(default_factory=dict)
    #: Leaflets that are older than their source, by their files.
    stale: frozenset[str] = frozenset()


def known(out: Path) -> Known:
    """Read what the last build knew; nothing where that cannot be read."""
    try:
        record = json.loads((out / RECORD).read_text(encoding="utf-8"))
        return Known(dict(record["files"]), frozenset(record["stale"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Known()


def _record(keys: Mapping[str, str], stale: Sequence[str]) -> str:
    """Say what the files of the rack are made of, and which leaflets are older than their words."""
    return json.dumps({"files": keys, "stale": stale}, indent=0, sort_keys=True)


def _put(out: Path, texts: Iterable[tuple[str, str]]) -> None:
    """Write files, by their paths below the output folder, unless they stand there already."""
    files = ((out / path, text.encode("utf-8")) for path, text in texts)
    write_together(((path, data) for path, data in files if not holds(path, data)), out)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8")).hexdigest()[:16]


def _asset(theme: Theme, name: str) -> str:
    """Read a file of the theme: the site's own, or the packaged one."""
    folders = (*theme.templates, *theme.own_styles, theme.styles)
    path = next((folder / name for folder in folders if (folder / name).is_file()), None)
    assert path is not None, f"the theme lacks {name}"
    return read_text(path, ConfigurationError)


def _code() -> str:
    """Digest what makes the files below `rack/` and `c/`."""
    return _digest(*(_own(name) for name in ("shards.py", "status.py", "words.toml")))


def _shards(shelf: Shelf) -> Iterator[_File]:
    """Give the shards of each locale, with a digest of all that they are made of."""
    code = _code()
    for locale, leaflets in shelf.leaflets.items():
        key = _digest(code, *(one.identity for one in leaflets))
        yield _File(f"rack/titles/{locale}.js", key, partial(shards.titles, locale, leaflets))
        yield _File(f"rack/texts/{locale}.js", key, partial(shards.texts, locale, leaflets))


def _pages(shelf: Shelf, names: Iterable[str]) -> Iterator[_File]:
    """Give the page of each of these topics, and of those on the shelf, likewise."""
    topics: dict[str, list[Shelved]] = {topic: [] for topic in names}
    for leaflets in shelf.leaflets.values():
        for one in leaflets:
            topics.setdefault(one.row.made.topic, []).append(one)
    code = _digest(_code(), shelf.clinic, _asset(shelf.theme, status.PAGE))
    for topic, copies in topics.items():
        out = [row for row in shelf.withdrawn if row.topic == topic]
        key = _digest(code, shelf.titles.get(topic), out, *(one.identity for one in copies))
        yield _File(f"c/{topic}.html", key, partial(status.page, shelf, topic, copies))


def _copies(shelf: Shelf) -> Iterator[_File]:
    """Give what is the same whatever stands on the rack, and the list for plain browsers."""
    titles = sorted(shelf.titles.items(), key=lambda item: item[1].casefold())
    texts = {
        "rack.css": f":root {{ --accent: {shelf.clinic.accent} }}\n"
        + _asset(shelf.theme, "rack.css"),
        "words.js": f"const RackWords = {shards.to_json(dict(shelf.words))};\n",
        "list.html": _fill(shelf, "rack-list.html", titles=titles),
        **{name: _asset(shelf.theme, name) for name in _COPIED},
    }
    for name, text in texts.items():
        yield _File(f"rack/{name}", _digest(text), partial(str, text))


def _fill(shelf: Shelf, template: str, **values: Any) -> str:
    """Fill one of the rack's templates."""
    return fill_template(
        shelf.theme,
        template,
        clinic=shelf.clinic,
        interface=shelf.interface,
        words=shelf.words,
        **values,
    )


@lru_cache(maxsize=8)
def _own(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def lead_to_progress(out: Path) -> None:
    """Uncover the link that leads to how far the translations are, now that there is a page."""
    with suppress(OSError, ValueError):
        page = (out / "index.html").read_text(encoding="utf-8")
        shown = page.replace('<p class="staff" hidden>', '<p class="staff">', 1)
        _put(out, [("index.html", shown)])


def _tally(shelf: Shelf) -> dict[str, tuple[int, int]]:
    """Count the topics of each locale that are approved, and those that are drafts."""
    found: dict[str, tuple[int, int]] = {}
    for code, leaflets in shelf.leaflets.items():
        drafts = {one.row.made.topic for one in leaflets if one.draft}
        found[code] = len({one.row.made.topic for one in leaflets if not one.draft}), len(drafts)
    return found


def _index(
    out: Path,
    shelf: Shelf,
    tally: Mapping[str, tuple[int, int]],
    keys: Mapping[str, str],
    listed: Sequence[Shelved],
) -> str:
    """Give the page that staff open, with what it has to know before it reads a shard.

    It leads to how far the translations are where there is such a page.
    """
    locales = []
    for code, (approved, drafts) in tally.items():
        locale = read_locale(code)
        locales.append(
            {
                "code": code,
                "native": locale.native_name,
                "english": locale.english_name,
                "dir": locale.direction,
                "script": locale.script,
                "key": keys[f"rack/titles/{code}.js"][:8],
                "approved": approved,
                "drafts": drafts,
            }
        )
    # As staff look for them: by their English names.
    locales.sort(key=lambda locale: str(locale["english"]))
    config = {
        "source": shelf.clinic.source_locale,
        "interface": shelf.interface.code,
        "dates": date_code(shelf.interface),
        "locales": locales,
    }
    return _fill(
        shelf,
        _PAGE,
        config=shards.to_json(config),
        style=f"rack/rack.css?v={keys['rack/rack.css'][:8]}",
        scripts=[f"rack/{n}?v={keys[f'rack/{n}'][:8]}" for n in ("words.js", *_SCRIPTS)],
        locales={locale["code"]: locale for locale in locales},
        listed=listed if len(listed) <= MOST_LISTED else [],
        titles=shelf.titles,
        progress=(out / PROGRESS).is_file(),
        withdrawn=[
            {
                "topic": row.topic,
                "title": shelf.titles.get(row.topic, row.topic),
                "locale": read_locale(row.locale) if row.locale else None,
                "date": say_date(row.date, shelf.interface),
                "because": row.because,
            }
            for row in shelf.withdrawn
        ],
    )
