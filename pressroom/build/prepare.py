"""Bring a site's words to the point where only typesetting is left: Words -> Prepared leaflets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .. import __version__
from ..content.approvals import counts_from
from ..content.catalogue.pseudo import PSEUDO
from ..content.rack_words import RackWords
from ..content.theme import Theme
from ..content.topic.read import also_called, guideline_codes
from ..content.withdrawals import said
from ..core.codes import Codes
from ..core.errors import HandoutError
from ..core.files import PACKAGE
from ..core.limits import OutOfTimeError, within_time
from ..core.locales import read_locale, say_date
from ..core.model import Clinic, Entry, Finding, Leaflet, Topic, plain
from ..core.published import Wanted, stem_of
from ..core.versions import releases
from ..fonts.coverage import prepare_fonts
from ..fonts.files import font_digests, fonts_digest, require_files
from ..fonts.scripts import script_of, stack
from ..leaflet.compose import LocaleWords, Translation
from ..leaflet.html import mark_up
from ..leaflet.mark import marked
from ..leaflet.site import Words, unreadable
from ..typeset.setting import Setting, images_below, minified, setting_of
from .history import History

#: The rooms whose code decides what stands on a page, and whether it passes.
SETTING_ROOMS = ("core", "fonts", "content", "leaflet", "typeset", "preflight")

#: Code of the finding of a leaflet that `withdrawn.toml` keeps out.
WITHDRAWN = "withdrawn"


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
    #: What the rack shows of it, the title of its topic, the codes by which it is found, and what
    #: else it is called.
    card: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    codes: Codes = field(default_factory=dict)
    also: tuple[str, ...] = ()
    #: The first day on which dates are judged as they were, and the first on which they are not.
    since: date = date.min
    until: date = date.max

    def entry(self, result: Any, reason: str) -> Entry:
        """Return its entry in the report, before anything was made."""
        return Entry(
            topic=self.topic,
            locale=self.locale,
            edition=self.edition,
            state="approved" if self.state == "approved" else "draft",
            result=result,
            reason=reason,
            page_budget=self.page_budget,
            mark=self.mark,
            findings=self.findings,
        )

    @property
    def name(self) -> str:
        """Its name as published files have it: `es/asthma.standard`."""
        return f"{self.locale}/{self.topic}.{self.edition}"

    @property
    def mark(self) -> str:
        """The mark of its text; empty where it has no words."""
        return str(self.card.get("mark", ""))

    @property
    def where(self) -> str:
        """The path of its topic; empty where it has no words."""
        return self.leaflet.topic.path if self.leaflet else ""

    @property
    def broken(self) -> bool:
        """Whether its words are such that no page may be made of them."""
        withheld = ("message-", "quantity-unsure", WITHDRAWN)
        return any(
            finding.severity == "error" and not finding.code.startswith(withheld)
            for finding in self.findings
        )

    @property
    def withdrawn(self) -> bool:
        """Whether it is taken out, and what was published of it goes."""
        return any(finding.code == WITHDRAWN for finding in self.findings)


def engine_versions() -> dict[str, str]:
    """Return what pages are made with, as the report has it."""
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
    """Return the digest of what sets and judges a page: releases of libraries, and our code."""
    own = [PACKAGE / "build" / "render.py"]
    for room in SETTING_ROOMS:
        own += [*(PACKAGE / room).rglob("*.py"), *(PACKAGE / room).rglob("*.toml")]
    return _digest(
        [
            *(f"{name} {release}" for name, release in releases().items()),
            *sorted(
                f"{file.relative_to(PACKAGE)} {_digest(file.read_text(encoding='utf-8'))}"
                for file in own
            ),
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
        # Before the clock of any leaflet runs.
        prepare_fonts(lambda: None)

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
        """Return the first day on which dates are judged as today, and the first on which not."""
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
        """Return the last days on which signatures of a locale do not count yet, by topic."""
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
        leaflet = marked(leaflet, self.clinic)
        theme = self.words.theme
        html = mark_up(leaflet, self.clinic, theme)
        web = ""
        if edition == self.clinic.offered(code)[0]:
            # The same words, whatever the edition.
            more = {
                "style": self._web_css(theme),
                "pdf": f"../{stem_of(name, code, edition, leaflet.state)}.pdf",
                "all_languages": self.words.rack.texts["other-languages"],
                "overdue": overdue(topic.review_by, self.words.rack, self.clinic),
                "interface": self.words.rack.locale,
            }
            standard = marked(replace(leaflet, edition="standard"), self.clinic)
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
            leaflet, wanted, html, web, setting, card_of(leaflet), topic.title.text, topic.codes,
            self._also(topic, code),
        )  # fmt: skip

    def _also(self, topic: Topic, code: str) -> tuple[str, ...]:
        """Return what else a topic is called in a locale; nothing of it is ever missing."""
        if code == self.clinic.source_locale:
            own = also_called(topic.also.text) if topic.also else ()
            return (*own, *guideline_codes(topic.sources))
        if topic.also is None or code in PSEUDO:
            return ()
        entry = self.words.catalogue(topic, code).entries.get(topic.also.key)
        return also_called(entry.text) if entry and not entry.fuzzy else ()

    def _styles(self, setting: Setting) -> str:
        """Return the digest of what stylesheets say, without their comments, and of the
        images that they may show.
        """
        if setting.files not in self._sheets:
            texts = [minified(path.read_text(encoding="utf-8")) for path in setting.files]
            roots = [root.resolve() for root in setting.roots]
            images = sorted(
                (number, path.relative_to(root).as_posix(), _digest_file(path))
                for number, root in enumerate(roots)
                for path in images_below([root])
            )
            self._sheets[setting.files] = _digest([texts, images])
        return self._sheets[setting.files]

    def _fonts(self, leaflet: Leaflet) -> str:
        """Return the digest of the fonts that a leaflet may be set in."""
        scripts = (script_of(leaflet.locale), script_of(leaflet.source_locale))
        names = {name for script in scripts for face in stack(script) for name in face.files}
        return _digest({name: font_digests().get(name, "") for name in sorted(names)})

    def _web_css(self, theme: Theme) -> str:
        """Return the stylesheet of the web pages, which each of them carries."""
        if "web" not in self._sheets:
            self._sheets["web"] = theme.style("web.css").read_text(encoding="utf-8")
        return self._sheets["web"]


def weigh_version(one: Prepared, words: Words, history: History) -> Prepared:
    """Return a leaflet with the warning that other words were released as its version."""
    if one.wanted is None or one.wanted.state != "approved":
        return one
    where = words.version_path(one.topic, one.locale)
    version, issued = str(one.card["version"]), str(one.card["issued"])
    reused = history.reuses(one.topic, one.locale, version, issued, one.wanted.text, where)
    return replace(one, findings=(*one.findings, *reused))


def web_words(review_by: date, rack: RackWords, clinic: Clinic) -> tuple[str, ...]:
    """Return the words for staff on a web page: of the links at its foot, and past its day."""
    return "PDF", rack.texts["other-languages"], overdue(review_by, rack, clinic)


def overdue(review_by: date, rack: RackWords, clinic: Clinic) -> str:
    """Return what a web page says past its day, which its reader's browser judges."""
    return (
        rack.texts["web-overdue"]
        .replace("{date}", say_date(review_by, rack.locale))
        .replace("{phone}", clinic.phone)
        .replace("{email}", clinic.email)
    )


def _judged(leaflet: Leaflet) -> str:
    """Return the words that a page is judged by, whether it shows them or not."""
    notices = [(one.id, one.words, one.lang, one.direction) for one in leaflet.required]
    furniture = (leaflet.furniture, leaflet.clinic.paper)
    return repr((sorted(leaflet.words.items()), notices, sorted(leaflet.labels.items()), furniture))


def prepared_data(one: Prepared) -> dict[str, Any]:
    """Return what the cache keeps of a prepared leaflet: all but what setting it needs."""
    wanted = one.wanted and {"parts": dict(one.wanted.parts), "text": one.wanted.text}
    return {
        "state": one.state,
        "findings": [asdict(finding) for finding in one.findings],
        "page_budget": one.page_budget,
        "wanted": wanted,
        "web": one.web,
        "card": dict(one.card),
        "title": one.title,
        "codes": dict(one.codes),
        "also": list(one.also),
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
    }


def read_prepared(
    topic: str, locale: str, edition: str, data: Mapping[str, Any]
) -> Prepared | None:
    """Return a leaflet as the cache keeps it; None where that cannot be read."""
    try:
        wanted = data["wanted"]
        return Prepared(
            topic=topic,
            locale=locale,
            edition=edition,
            state=data["state"],
            findings=tuple(Finding(**finding) for finding in data["findings"]),
            page_budget=data["page_budget"],
            wanted=wanted and Wanted(topic, locale, edition, data["state"], **wanted),
            web=data["web"],
            card=data["card"],
            title=data["title"],
            codes={name: tuple(codes) for name, codes in data["codes"].items()},
            also=tuple(data["also"]),
            since=date.fromisoformat(data["since"]),
            until=date.fromisoformat(data["until"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def card_of(leaflet: Leaflet) -> dict[str, Any]:
    """Return what the rack shows of a leaflet."""
    topic = leaflet.topic
    return {
        "title": plain(leaflet.words[topic.title.anchor]),
        "source_title": plain(leaflet.source_words[topic.title.anchor]),
        "main_message": plain(leaflet.words[topic.main_message.anchor]),
        "native_name": leaflet.locale.native_name,
        "english_name": leaflet.locale.english_name,
        "direction": leaflet.locale.direction,
        "version": leaflet.version,
        "mark": leaflet.mark,
        "change": leaflet.change,
        "owner": topic.owner,
        "issued": topic.issued.isoformat(),
        "review_by": topic.review_by.isoformat(),
        "out_of_date": list(leaflet.out_of_date),
        "tags": [*topic.tags, *([leaflet.category] if leaflet.category else [])],
        "category": leaflet.category,
        "symptoms": symptoms_of(leaflet),
    }


def symptoms_of(leaflet: Leaflet) -> str:
    """Return what a leaflet is found by, besides its title: its headings and list items.

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
