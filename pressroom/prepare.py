"""Bring a site's words to the point where only typesetting is left: Words -> Prepared leaflets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from . import __version__
from .approvals import counts_from
from .catalogue.locales import read_locale
from .errors import HandoutError
from .limits import OutOfTimeError, within_time
from .markup import mark_up
from .model import Entry, Finding, Leaflet, Topic, plain
from .plan import Wanted, stem_of
from .rack import interface_of, words_of
from .releases import releases
from .scripts import script_of, stack
from .site import Words, unreadable
from .theme import Theme
from .translate import LocaleWords, Translation
from .typeset.css import essence
from .typeset.fonts import font_digests, fonts_digest, require_files
from .typeset.luggage import images_below
from .typeset.setting import Setting, setting_of
from .withdrawn import said

#: Code of the finding of a leaflet that `withdrawn.toml` keeps out.
WITHDRAWN = "withdrawn"

#: Our own files that decide it, beside the rooms that set and judge.
_ENGINE = (
    "scripts.toml", "press.py", "imposition.py", "model.py", "scripts.py", "links.py",
    "markup/isolate.py", "catalogue/locales.py",
)  # fmt: skip
_ROOMS = ("typeset", "preflight", "preflight/checks")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A leaflet whose words are known, ready to be set; or the reason why it is not."""

    topic: str
    locale: str
    edition: str
    state: str
    findings: tuple[Finding, ...]
    page_budget: int | None
    #: Missing where the leaflet is withheld or its source is broken.
    leaflet: Leaflet | None = None
    wanted: Wanted | None = None
    html: str = ""
    #: Its web page, in the clinic's first edition.
    web: str = ""
    setting: Setting | None = None
    #: What the rack shows of it, and the title of its topic.
    card: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    #: The first day on which dates are judged as they were, and the first on which they are not.
    since: date = date.min
    until: date = date.max

    def entry(self, result: Any, reason: str) -> Entry:
        """Give its entry in the report, before anything was made."""
        return Entry(
            topic=self.topic,
            locale=self.locale,
            edition=self.edition,
            state="approved" if self.state == "approved" else "draft",
            result=result,
            reason=reason,
            page_budget=self.page_budget,
            findings=self.findings,
        )

    @property
    def name(self) -> str:
        """Name the leaflet as the contract's files do: `es/asthma.standard`."""
        return f"{self.locale}/{self.topic}.{self.edition}"

    @property
    def where(self) -> str:
        """Say where its words come from."""
        return self.leaflet.topic.path if self.leaflet else ""

    @property
    def broken(self) -> bool:
        """Tell whether its words are such that no page may be made of them."""
        return any(
            finding.severity == "error" and not finding.code.startswith(("message-", WITHDRAWN))
            for finding in self.findings
        )

    @property
    def withdrawn(self) -> bool:
        """Tell whether it is taken out, and what was published of it goes."""
        return any(finding.code == WITHDRAWN for finding in self.findings)


def engine_versions() -> dict[str, str]:
    """Say what a page is made with, as the report does."""
    return {
        "pressroom": __version__,
        "weasyprint": version("weasyprint"),
        "pypdf": version("pypdf"),
        "fonts": fonts_digest(),
    }


def _digest(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _digest_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _engine_digest() -> str:
    """Digest what sets and judges a page: the libraries' releases and our own code for it."""
    package = files(__package__)
    own = [package / name for name in _ENGINE]
    for room in _ROOMS:
        own += [file for file in (package / room).iterdir() if file.name.endswith(".py")]
    return _digest(
        [
            *(f"{name} {release}" for name, release in releases().items()),
            *sorted(f"{file.name} {_digest(file.read_text(encoding='utf-8'))}" for file in own),
        ]
    )


class Preparer:
    """Prepares leaflet after leaflet of one site."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.clinic = words.site.clinic
        self._sheets: dict[Any, str] = {}
        self._locales: dict[str, LocaleWords | HandoutError] = {}
        self._signed: dict[str, Mapping[str, list[date]]] = {}
        self._engine = _engine_digest()

    def __call__(
        self, topics: Iterable[str], locales: Iterable[str], editions: Iterable[str] = ()
    ) -> Iterator[Prepared]:
        """Prepare the leaflets of these topics, locales and editions (all, where none is named)."""
        topics = tuple(topics)
        asked = tuple(editions) or self.clinic.editions
        for code in locales:
            editions = tuple(edition for edition in asked if edition in self.clinic.offered(code))
            for name in topics:
                for one in self._leaflets(name, code, editions):
                    since, until = self._days(name, code)
                    yield replace(one, since=since, until=until)

    def _leaflets(self, name: str, code: str, editions: tuple[str, ...]) -> list[Prepared]:
        """Prepare the editions of a topic in a locale."""
        if row := self.words.withdrawal(name, code):
            gone = Finding(WITHDRAWN, "error", said(row), row.where)
            return [Prepared(name, code, e, "draft", (gone,), None) for e in editions]
        try:
            if name in self.words.broken:
                raise self.words.broken[name]
            locale_words = self._locale_words(code)
            topic = self.words.topics[name]
            with within_time(self.clinic.limit_seconds):
                translation = self.words.translation(topic, code, locale_words)
                return [self._leaflet(topic, translation, code, edition) for edition in editions]
        except OutOfTimeError:
            how_long = f"translating it took longer than {self.clinic.limit_seconds} seconds"
            step = "simplify it, or raise limits.seconds in clinic.toml"
            path = self.words.topics[name].path
            slow = Finding("render-timeout", "error", f"{how_long}; {step}", path)
            return [Prepared(name, code, e, "draft", (slow,), None) for e in editions]
        except HandoutError as problem:
            if problem.exit_code == 2:
                raise
            return [Prepared(name, code, e, "draft", unreadable(problem), None) for e in editions]

    def _locale_words(self, code: str) -> LocaleWords:
        """Read what a locale shares among its topics, once. Raises CatalogueError."""
        if code not in self._locales:
            try:
                self._locales[code] = self.words.locale_words(code)
                require_files(script_of(read_locale(code)).face.files)
            except HandoutError as problem:
                self._locales[code] = problem
        found = self._locales[code]
        if isinstance(found, HandoutError):
            raise found
        return found

    def _days(self, name: str, code: str) -> tuple[date, date]:
        """Say from which day on, and until which, dates are judged as they are today."""
        rules = self.words.site.house.rules
        turns = [
            rule.checked_on + timedelta(days=rule.expires_days)
            for rule in rules
            if rule.checked_on is not None and rule.expires_days is not None
        ]
        if name in self.words.topics:
            turns.append(self.words.topics[name].review_by)
        for signed_in in {code, self.clinic.source_locale}:
            turns += self._signing_days(signed_in).get(name, ())
        today = self.words.site.today
        return (
            max((turn + timedelta(1) for turn in turns if turn < today), default=date.min),
            min((turn + timedelta(1) for turn in turns if turn >= today), default=date.max),
        )

    def _signing_days(self, code: str) -> Mapping[str, list[date]]:
        """Give the last days on which signatures of a locale do not count yet, by topic."""
        if code not in self._signed:
            signed: dict[str, list[date]] = {}
            with suppress(HandoutError):  # Its leaflets say so.
                for row in self._locale_words(code).signatures:
                    day = counts_from(row.date)
                    if day > date.min:
                        signed.setdefault(row.topic, []).append(day - timedelta(1))
            self._signed[code] = signed
        return self._signed[code]

    def _leaflet(self, topic: Topic, translation: Translation, code: str, edition: str) -> Prepared:
        """Prepare one edition of a translation, which is the same for all of them."""
        name = topic.id
        budget = topic.page_budget(code, edition)
        if translation.leaflet is None:
            return Prepared(name, code, edition, translation.state, translation.findings, budget)
        leaflet = replace(translation.leaflet, edition=edition, page_budget=budget)
        theme = self.words.theme
        html = mark_up(leaflet, self.clinic, theme)
        web = ""
        if edition == self.clinic.offered(code)[0]:
            # The same words, whatever the edition.
            more = {
                "style": self._web_css(theme),
                "pdf": f"../{stem_of(name, code, edition, leaflet.state)}.pdf",
                "all_languages": words_of(self.clinic.source_locale)["other-languages"],
                "interface": interface_of(self.clinic.source_locale),
            }
            standard = replace(leaflet, edition="standard")
            web = mark_up(standard, self.clinic, theme, "leaflet-web.html", more)
        setting = setting_of(leaflet, self.clinic, theme)
        parts = {
            "page": _digest([html, setting.css, _judged(leaflet)]),
            "web": _digest(web),
            "styles": self._styles(setting),
            "budget": _digest([setting.page_budget, setting.floor_pt, setting.ceiling_pt]),
            "policy": _digest([asdict(replace(rule, where="")) for rule in leaflet.rules]),
            "fonts": self._fonts(leaflet),
            "engine": self._engine,
        }
        wanted = Wanted(name, code, edition, leaflet.state, parts, translation.digest)
        return Prepared(
            name, code, edition, leaflet.state, translation.findings, budget,
            leaflet, wanted, html, web, setting, card_of(leaflet), topic.title.text,
        )  # fmt: skip

    def _styles(self, setting: Setting) -> str:
        """Digest what the stylesheets of a setting say, without their comments, and the
        images that they may show.
        """
        if setting.files not in self._sheets:
            texts = [essence(path.read_text(encoding="utf-8")) for path in setting.files]
            roots = [root.resolve() for root in setting.roots]
            images = sorted(
                (number, path.relative_to(root).as_posix(), _digest_file(path))
                for number, root in enumerate(roots)
                for path in images_below([root])
            )
            self._sheets[setting.files] = _digest([texts, images])
        return self._sheets[setting.files]

    def _fonts(self, leaflet: Leaflet) -> str:
        """Digest the fonts that a leaflet may be set in."""
        scripts = (script_of(leaflet.locale), script_of(leaflet.source_locale))
        names = {name for script in scripts for face in stack(script) for name in face.files}
        return _digest({name: font_digests().get(name, "") for name in sorted(names)})

    def _web_css(self, theme: Theme) -> str:
        """Give the stylesheet of the web pages, which each of them carries."""
        if "web" not in self._sheets:
            self._sheets["web"] = theme.style("web.css").read_text(encoding="utf-8")
        return self._sheets["web"]


def _judged(leaflet: Leaflet) -> str:
    """Give the words that a page is judged by, whether it shows them or not."""
    notices = [(one.id, one.words, one.lang, one.direction) for one in leaflet.required]
    return repr((sorted(leaflet.words.items()), notices, sorted(leaflet.labels.items())))


def as_slip(one: Prepared) -> dict[str, Any]:
    """Give what is worth keeping of a prepared leaflet: all but what setting it needs."""
    wanted = one.wanted and {"parts": dict(one.wanted.parts), "text": one.wanted.text}
    return {
        "state": one.state,
        "findings": [asdict(finding) for finding in one.findings],
        "page_budget": one.page_budget,
        "wanted": wanted,
        "web": one.web,
        "card": dict(one.card),
        "title": one.title,
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
    }


def read_slip(topic: str, locale: str, edition: str, slip: Mapping[str, Any]) -> Prepared | None:
    """Give a leaflet as a slip has it; None where the slip cannot be read."""
    try:
        wanted = slip["wanted"]
        return Prepared(
            topic=topic,
            locale=locale,
            edition=edition,
            state=slip["state"],
            findings=tuple(Finding(**finding) for finding in slip["findings"]),
            page_budget=slip["page_budget"],
            wanted=wanted and Wanted(topic, locale, edition, slip["state"], **wanted),
            web=slip["web"],
            card=slip["card"],
            title=slip["title"],
            since=date.fromisoformat(slip["since"]),
            until=date.fromisoformat(slip["until"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def card_of(leaflet: Leaflet) -> dict[str, Any]:
    """Give what the rack shows of a leaflet."""
    topic = leaflet.topic
    return {
        "title": plain(leaflet.words[topic.title.anchor]),
        "source_title": plain(leaflet.source_words[topic.title.anchor]),
        "main_message": plain(leaflet.words[topic.main_message.anchor]),
        "native_name": leaflet.locale.native_name,
        "english_name": leaflet.locale.english_name,
        "direction": leaflet.locale.direction,
        "version": topic.version,
        "issued": topic.issued.isoformat(),
        "review_by": topic.review_by.isoformat(),
        "out_of_date": list(leaflet.out_of_date),
        "tags": list(topic.tags),
        "symptoms": symptoms_of(leaflet),
    }


def symptoms_of(leaflet: Leaflet) -> str:
    """Give what a leaflet is looked for by, besides its title: its headings and list items.

    Questions to ask are left out: they are much the same in every leaflet.
    """
    todo = [block for block in leaflet.topic.blocks if block.name != "questions"]
    found = [
        plain(leaflet.words[block.message.anchor])
        for top in todo
        for block in top.walk()
        if block.kind in ("heading", "item") and block.message
    ]
    return " · ".join(dict.fromkeys(found))
