"""Write the rack, where clinic staff find and print leaflets: ledger rows -> a static site.

It works from a web server, a network folder and a stick alike: pages, scripts and data lie
beside each other, and nothing comes from elsewhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..content.catalogue.pseudo import PSEUDO
from ..content.rack_words import RackWords, english
from ..content.theme import Theme
from ..core.codes import Codes
from ..core.errors import ConfigurationError
from ..core.files import holds, leaves, read_text, write_together
from ..core.locales import date_code, name_for, read_locale, say_date
from ..core.model import Clinic, Locale, Withdrawal
from ..core.published import Issue, Row
from ..leaflet.html import fill_template
from . import connect, fhir, names, search_data, version_pages
from .search_data import Shelved

#: Up to so many leaflets are listed in the page itself, for browsers without JavaScript.
MOST_LISTED = 500

#: The page that staff open.
INDEX = "index.html"

#: How far the translations are, for staff; `handouts status --html` writes it.
PROGRESS = "rack/status.html"

#: Scripts of the rack, in the order in which they build on each other.
_SCRIPTS = (
    "rack-search.js", "rack-tools.js", "rack-now.js", "rack-links.js", "rack-shelves.js",
    "rack-find.js", "rack-qr.js", "rack-cards.js", "rack-queue.js", "rack.js",
)  # fmt: skip
#: Files of the theme that are copied as they are.
_COPIED = (*_SCRIPTS, "rack-status.js", "rack-review.js")
#: Folders that hold nothing but files of the rack. Resources lie beside their PDFs.
_OWN = ("rack/", f"{connect.FOLDER}/")
#: What makes the others.
_MAKERS = (
    "connect.py", "fhir.py", "names.py", "search_data.py", "version_pages.py", "languages.toml",
    "names.toml",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that the rack is made of."""

    clinic: Clinic
    theme: Theme
    #: By locale, each in the order of its cards. Pseudo-locales are never offered.
    leaflets: Mapping[str, tuple[Shelved, ...]]
    #: Titles in the source language, of all topics that the site has.
    titles: Mapping[str, str]
    #: Codes of the topics that have any.
    codes: Mapping[str, Codes] = field(default_factory=dict)
    #: What else leaflets are called, by topic and locale.
    also: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    #: Digest of the PDF that stood in a leaflet's place before, by topic, locale and edition.
    before: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    #: What was taken out and stays out.
    withdrawn: tuple[Withdrawal, ...] = ()
    #: What was published as approved, by topic, oldest first.
    issues: Mapping[str, tuple[Issue, ...]] = field(default_factory=dict)
    #: Files of withdrawn leaflets that cannot be removed.
    left: tuple[str, ...] = ()
    #: The day on which it is written (ISO 8601); empty where no day is judged.
    day: str = ""
    #: The rack's own words.
    rack: RackWords = field(default_factory=english)

    @property
    def words(self) -> Mapping[str, str]:
        """Return the rack's own words by name."""
        return self.rack.texts

    @property
    def interface(self) -> Locale:
        """Return the locale that these words are in."""
        return self.rack.locale

    def language(self, locale: Locale) -> str:
        """Return what staff call a language."""
        return name_for(locale.code, self.interface) or locale.english_name


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the rack."""

    #: Below the output folder.
    path: str
    #: Digest of all that it is made of.
    key: str
    make: Callable[[], str]


def shelve(
    rows: Iterable[Row],
    clinic: Clinic,
    theme: Theme,
    titles: Mapping[str, str],
    stale: Iterable[str] = (),
    withdrawn: Iterable[Withdrawal] = (),
    today: date | None = None,
    codes: Mapping[str, Codes] | None = None,
    before: Mapping[tuple[str, str, str], str] | None = None,
    issues: Iterable[Issue] = (),
    left: Iterable[str] = (),
    also: Mapping[tuple[str, str], tuple[str, ...]] | None = None,
    rack: RackWords | None = None,
) -> Shelf:
    """Return what stands published, by locale and in order.

    `stale` names files that are older than their source, `issues` what was published before,
    `left` files that are withdrawn and cannot be removed. Review dates are judged as of
    `today`: an older leaflet that nothing replaces has its own. `codes` are those of topics,
    `also` what else they are called, by topic and locale; `before` has the digest of the PDF
    that stood in a leaflet's place before. `rack` has the rack's own words; none, they are English.
    """
    old = frozenset(stale)
    day = today.isoformat() if today else ""
    by_locale: dict[str, list[Shelved]] = {}
    for row in rows:
        if row.made.locale not in PSEUDO:
            one = Shelved(row, row.made.file in old, day)
            by_locale.setdefault(row.made.locale, []).append(one)
    order = {code: number for number, code in enumerate(clinic.locales)}
    found = sorted(by_locale, key=lambda code: (order.get(code, len(order)), code))
    leaflets = {code: tuple(sorted(by_locale[code], key=lambda one: one.order)) for code in found}
    by_topic: dict[str, list[Issue]] = {}
    for issue in issues:
        by_topic.setdefault(issue.topic, []).append(issue)
    published = {topic: tuple(many) for topic, many in by_topic.items()}
    return Shelf(
        clinic, theme, leaflets, titles, codes or {}, also or {}, before or {}, tuple(withdrawn),
        published, tuple(left), day, rack or english(),
    )  # fmt: skip


def write_rack(
    out: Path, shelf: Shelf, before: Mapping[str, str], altered: Container[str] = ()
) -> dict[str, str]:
    """Write the rack below `out`: only what changed, and without what is left over.

    `before` has the files of the rack as it was, each with a digest of what it was made of;
    `altered` are those that somebody else has written since. Return such digests, by path below
    the output folder. A topic's page of versions stays for good: a QR code on paper leads there.
    """
    keys: dict[str, str] = {}

    def new() -> Iterator[tuple[str, str]]:
        for file in (*_copies(shelf), *_shards(shelf), *_pages(shelf), *_records(shelf, out)):
            keys[file.path] = file.key
            if before.get(file.path) != file.key or file.path in altered:
                yield file.path, file.make()

    _put(out, new())
    for path in before.keys() - {*keys, INDEX}:
        if answer := re.fullmatch(r"c/([\w-]+)\.html", path):
            keys[path] = "gone"
            _put(out, [(path, version_pages.page(shelf, answer[1], ()))])
        elif path.startswith(_OWN) or path.endswith(fhir.SUFFIX):
            if leaves((out / path).parent, out):
                continue
            with suppress(OSError):
                (out / path).unlink()
                (out / path).parent.rmdir()
    _put(out, [(INDEX, _index(out, shelf, keys))])
    return {**keys, INDEX: ""}


def _put(out: Path, texts: Iterable[tuple[str, str]]) -> None:
    """Write files, by their paths below the output folder, unless they stand there already."""
    files = ((out / path, text.encode("utf-8")) for path, text in texts)
    write_together(((path, data) for path, data in files if not holds(path, data)), out)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode("utf-8")).hexdigest()[:16]


def own_file(theme: Theme, name: str) -> str:
    """Read a file of the theme: the site's own, or the packaged one."""
    folders = (*theme.templates, *theme.own_styles, theme.styles)
    path = next((folder / name for folder in folders if (folder / name).is_file()), None)
    assert path is not None, f"the theme lacks {name}"
    return read_text(path, ConfigurationError)


def _code() -> str:
    """Return a digest of what makes the files of the rack, but for its copies."""
    return _digest(*(_own(name) for name in _MAKERS))


def _shards(shelf: Shelf) -> Iterator[_File]:
    """Yield the search data of each locale."""
    code = _code()
    for locale, leaflets in shelf.leaflets.items():
        key = _digest(code, *(one.identity for one in leaflets))
        yield _File(f"rack/titles/{locale}.js", key, partial(search_data.titles, locale, leaflets))
        topics = {one.row.made.topic for one in leaflets}
        codes = {topic: shelf.codes[topic] for topic in sorted(topics & shelf.codes.keys())}
        also = {topic: _also(shelf, topic, locale) for topic in sorted(topics)}
        texts = partial(search_data.texts, locale, leaflets, codes, also)
        yield _File(f"rack/texts/{locale}.js", _digest(key, codes, also), texts)


def _also(shelf: Shelf, topic: str, locale: str) -> tuple[str, ...]:
    """Return what else a leaflet is called: as the site says, and as staff do in English, or as
    its title says in their own language.
    """
    own = shelf.also.get((topic, locale), ())
    if shelf.interface.code not in (locale, shelf.clinic.source_locale):
        of_staff = shelf.leaflets.get(shelf.interface.code, ())
        titles = (str(one.row.card["title"]) for one in of_staff if one.row.made.topic == topic)
        own = tuple(dict.fromkeys((*own, *titles)))
    if locale != shelf.clinic.source_locale or locale.split("-")[0] != names.ENGLISH:
        return own
    return tuple(dict.fromkeys((*own, *names.also_called(shelf.titles.get(topic, "")))))


def _names(shelf: Shelf) -> str:
    """Return the script of what things are called: languages, and words that mean the same."""
    locales = (*shelf.clinic.locales, *shelf.leaflets)
    absent = [code for code in shelf.clinic.locales if code not in shelf.leaflets]
    found = {code: more for code, *more in names.language_names(locales)}
    for code in absent:
        locale = read_locale(code)
        found[code] = [locale.native_name, locale.english_name, *found[code]]
    for code, more in found.items():
        name = name_for(code, shelf.interface)
        if code not in shelf.leaflets and name and name != more[1]:
            more.insert(1, name)
    data = {
        "languages": [[code, *more] for code, more in found.items()],
        "alike": names.alike(shelf.clinic.source_locale),
    }
    return f"const RackNames = {search_data.to_json(data)};\n"


def _made(shelf: Shelf) -> list[Any]:
    """Return on which day the rack is written, in words too, and how long it stays new."""
    said = say_date(date.fromisoformat(shelf.day), shelf.interface) if shelf.day else ""
    return [shelf.day, shelf.clinic.newer_after_days, said]


def _records(shelf: Shelf, out: Path) -> Iterator[_File]:
    """Yield what patients' records read: codes, leaflets, and a resource beside each PDF."""
    code = _digest(_code(), shelf.clinic)
    codes = connect.codes(shelf)
    yield _File(f"{connect.FOLDER}/codes.json", _digest(codes), partial(str, codes))
    for locale in dict.fromkeys((*shelf.clinic.locales, *shelf.leaflets)):
        leaflets = [one for one in shelf.leaflets.get(locale, ()) if not one.draft]
        key = _digest(code, *(one.identity for one in leaflets))
        make = partial(connect.leaflets, shelf, out, locale)
        yield _File(f"{connect.FOLDER}/{locale}.json", key, make)
        for one in leaflets if shelf.clinic.rack_address else ():
            document = _document(shelf, one)
            if (out / document.file).is_file():
                text = partial(_resource, document, shelf.clinic, out)
                yield _File(fhir.fhir_name(document.file), _digest(code, document), text)


def _document(shelf: Shelf, one: Shelved) -> fhir.Document:
    made, card = one.row.made, one.row.card
    return fhir.Document(
        made.topic, made.locale, made.edition, card["version"], card["issued"], card["review_by"],
        card["title"], card["source_title"], made.sha256, shelf.before.get(made.key[:3], ""),
        shelf.codes.get(made.topic, {}), "current" if one.current else "superseded", made.file,
    )  # fmt: skip


def _resource(document: fhir.Document, clinic: Clinic, out: Path) -> str:
    pdf = (out / document.file).read_bytes()
    return fhir.to_text(fhir.document_reference(document, clinic, pdf))


def _pages(shelf: Shelf) -> Iterator[_File]:
    """Yield the page of versions of each topic."""
    topics: dict[str, list[Shelved]] = {topic: [] for topic in shelf.titles}
    for leaflets in shelf.leaflets.values():
        for one in leaflets:
            topics.setdefault(one.row.made.topic, []).append(one)
    words = (shelf.interface.code, sorted(shelf.words.items()))
    code = _digest(_code(), shelf.clinic, words, own_file(shelf.theme, version_pages.PAGE))
    for topic, copies in topics.items():
        out = [row for row in shelf.withdrawn if row.topic == topic]
        issues = shelf.issues.get(topic, ())
        key = _digest(code, shelf.titles.get(topic), out, issues, *(one.identity for one in copies))
        yield _File(f"c/{topic}.html", key, partial(version_pages.page, shelf, topic, copies))


def _copies(shelf: Shelf) -> Iterator[_File]:
    """Yield what is the same whatever stands on the rack, and the list for plain browsers."""
    texts = {
        "rack.css": f":root {{ --accent: {shelf.clinic.accent} }}\n"
        + own_file(shelf.theme, "rack.css"),
        "words.js": f"const RackWords = {search_data.to_json(dict(shelf.words))};\n",
        "names.js": _names(shelf),
        "made.js": f"const RackMade = {search_data.to_json(_made(shelf))};\n",
        "list.html": _fill(shelf, "rack-list.html", categories=_by_category(shelf)),
        **{name: own_file(shelf.theme, name) for name in _COPIED},
    }
    for name, text in texts.items():
        yield _File(f"rack/{name}", _digest(text), partial(str, text))


def _by_category(shelf: Shelf) -> dict[str, list[tuple[str, str]]]:
    """Return topics with their titles by the name of their category; first those without one."""
    source = shelf.clinic.source_locale
    codes = sorted(shelf.leaflets, key=lambda code: code == source)
    named = {
        one.row.made.topic: str(one.row.card.get("category", ""))
        for code in codes
        for one in shelf.leaflets[code]
    }
    found: dict[str, list[tuple[str, str]]] = {}
    for topic, title in sorted(
        shelf.titles.items(), key=lambda item: (named.get(item[0], ""), item[1].casefold())
    ):
        found.setdefault(named.get(topic, ""), []).append((topic, title))
    return found


def _fill(shelf: Shelf, template: str, **values: Any) -> str:
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
    """Show the link to the page of progress, which has just been written."""
    with suppress(OSError, ValueError):
        page = (out / INDEX).read_text(encoding="utf-8")
        shown = page.replace('<p class="staff" hidden>', '<p class="staff">', 1)
        _put(out, [(INDEX, shown)])


def _index(out: Path, shelf: Shelf, keys: Mapping[str, str]) -> str:
    """Return the page that staff open, with what it has to know before it reads search data.

    It leads to the page of progress where there is one.
    """
    listed = [one for leaflets in shelf.leaflets.values() for one in leaflets]
    locales = []
    for code, leaflets in shelf.leaflets.items():
        locale = read_locale(code)
        locales.append(
            {
                "code": code,
                "native": locale.native_name,
                "name": shelf.language(locale),
                "english": locale.english_name,
                "dir": locale.direction,
                "script": locale.script,
                "key": _digest(keys[f"rack/titles/{code}.js"], keys[f"rack/texts/{code}.js"])[:8],
                "approved": len({one.row.made.topic for one in leaflets if not one.draft}),
                "drafts": len({one.row.made.topic for one in leaflets if one.draft}),
            }
        )
    # As staff look for them: by what they call them.
    locales.sort(key=lambda locale: str(locale["name"]))
    config = {
        "source": shelf.clinic.source_locale,
        "interface": shelf.interface.code,
        "dates": date_code(shelf.interface),
        "address": shelf.clinic.rack_address,
        "interpreter": shelf.clinic.interpreter,
        "made": shelf.day,
        "newerAfterDays": shelf.clinic.newer_after_days,
        "languageMinutes": shelf.clinic.language_minutes,
        "withdrawn": [
            {
                "topic": row.topic,
                "locale": row.locale,
                "title": shelf.titles.get(row.topic, row.topic),
                "date": say_date(row.date, shelf.interface),
                "because": row.because,
            }
            for row in shelf.withdrawn
        ],
        "systems": connect.systems(),
        "locales": locales,
    }
    return _fill(
        shelf,
        "rack.html",
        config=search_data.to_json(config),
        style=f"rack/rack.css?v={keys['rack/rack.css'][:8]}",
        scripts=[
            f"rack/{n}?v={keys[f'rack/{n}'][:8]}" for n in ("words.js", "names.js", *_SCRIPTS)
        ],
        locales={locale["code"]: locale for locale in locales},
        listed=listed if len(listed) <= MOST_LISTED else [],
        titles=shelf.titles,
        progress=(out / PROGRESS).is_file(),
        withdrawn=[
            {
                "topic": row.topic,
                "title": shelf.titles.get(row.topic, row.topic),
                "locale": read_locale(row.locale) if row.locale else None,
                "language": shelf.language(read_locale(row.locale)) if row.locale else "",
                "date": say_date(row.date, shelf.interface),
                "because": row.because,
            }
            for row in shelf.withdrawn
        ],
        left=shelf.left,
    )
