"""Set a text for those who read and sign it: a topic in a locale -> a numbered bilingual PDF.

No patient sees it: it is no leaflet, no edition, and in no ledger. Its own words are
English; the text stands in its languages, each in its direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..content.approvals import counts_from
from ..content.catalogue.message_state import message_state
from ..content.catalogue.origin import origin_of
from ..content.catalogue.po import Catalogue, Entry
from ..content.placeholders import PLACEHOLDER
from ..content.theme import packaged
from ..content.topic.inline import LinkError, read_inline
from ..core.errors import HandoutError
from ..core.limits import OutOfTimeError, within_time
from ..core.locales import read_locale
from ..core.model import Finding, Locale, Message, Proof, Span, Topic
from ..fonts.files import require_files
from ..fonts.scripts import script_of, stack
from ..leaflet.arrows import turned
from ..leaflet.compose import LocaleWords
from ..leaflet.html import fill_template, inline_of
from ..leaflet.site import Words
from ..typeset.setting import Setting
from .diff import Piece, compare
from .progress import entries_of

#: Type size in points: for colleagues at a desk, with room beside the words.
SIZE_PT = 10.5
#: How many characters of the digest stand on the copy: enough to tell texts apart.
SHORT = 12

#: What is found in a message and can be seen beside it anyway.
_SHOWN = ("message-missing", "message-fuzzy")

_SECTIONS = {
    "front-matter": "Title and what stands below it",
    "lead": "Before the first heading",
    "label": "Labels that all leaflets share",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One message of a reading copy."""

    number: int
    place: str
    source: tuple[Span, ...]
    #: Empty where it is missing, and in the source locale.
    translation: tuple[Span, ...]
    state: str
    #: How the source has changed since a fuzzy translation was made.
    changed: tuple[Piece, ...]
    findings: tuple[Finding, ...]
    #: Who or what wrote the translation; empty where nothing tells.
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The messages of one section, under its heading."""

    title: str
    items: tuple[Item, ...]


def set_reading_copy(words: Words, topic: str, locale: str) -> Proof:
    """Set the reading copy of a topic in a locale, also of one that is half translated.

    Raises HandoutError where its words cannot be read or set.
    """
    if topic in words.broken:
        raise words.broken[topic]
    html, css = reading_copy(words, words.topics[topic], locale)
    for code in (locale, words.site.clinic.source_locale):
        require_files(script_of(read_locale(code)).face.files)
    from ..typeset.typesetter import Typesetter

    styles = packaged("styles")
    setting = Setting(
        stylesheets=(styles / "reading-copy.css",),
        tight_stylesheet=styles / "tight.css",
        site_stylesheets=(),
        css=css,
        floor_pt=SIZE_PT,
        ceiling_pt=SIZE_PT,
        page_budget=None,
        roots=(),
        source_words=0,
    )
    seconds = words.site.clinic.limit_seconds
    try:
        with within_time(seconds):
            return Typesetter().typeset(html, setting)
    except OutOfTimeError:
        raise HandoutError(
            f"{locale}/{topic}",
            f"setting the reading copy took longer than {seconds} seconds",
            "shorten the text, or raise limits.seconds in clinic.toml",
        ) from None


def reading_copy(words: Words, topic: Topic, code: str) -> tuple[str, str]:
    """Return the HTML of a reading copy, and the stylesheet of its languages."""
    site, clinic = words.site, words.site.clinic
    locale, source_locale = read_locale(code), read_locale(clinic.source_locale)
    locale_words = words.locale_words(code)
    catalogue = words.catalogue(topic, code)
    translation = words.translation(topic, code, locale_words)
    rest = [f for f in translation.findings if not f.code.startswith("approval-")]
    sections = tuple(_sections(words, topic, code, catalogue, locale_words, rest))
    asked = clinic.asked_approvals(code)
    signed = {one.role: one for one in locale_words.signatures
              if one.topic == topic.id and one.digest in translation.digests
              and counts_from(one.date) <= site.today}  # fmt: skip
    own, other = inline_of(locale), inline_of(source_locale)
    html = fill_template(
        words.theme,
        "reading-copy.html",
        clinic=clinic,
        topic=topic,
        locale=locale,
        source_locale=source_locale,
        translated=code != clinic.source_locale,
        translator=catalogue.translator,
        sections=sections,
        findings=rest,
        waiting=_waiting(sections),
        digest=translation.digest.removeprefix("sha256:")[:SHORT],
        roles=[(role, signed.get(role)) for role in asked],
        today=site.today.isoformat(),
        own=own,
        other=other,
    )
    return html, _css(clinic.paper, locale, source_locale)


def _waiting(sections: Iterable[Section]) -> dict[str, int]:
    states = [item.state for section in sections for item in section.items]
    return {name: states.count(name) for name in ("missing", "fuzzy", "unsure") if name in states}


def _sections(
    words: Words,
    topic: Topic,
    code: str,
    catalogue: Catalogue,
    locale_words: LocaleWords,
    findings: list[Finding],
) -> Iterator[Section]:
    """Yield the messages by section; what is found at one of them is taken out of `findings`."""
    titles = {
        block.name: block.message.text
        for block in topic.walk()
        if block.kind == "heading" and block.message
    }
    entries, house, _ = entries_of(words, topic, code, catalogue, locale_words)
    source_locale = words.site.clinic.source_locale
    source = source_locale == code
    turns = read_locale(code).direction != read_locale(source_locale).direction
    number = 0
    for some, path, messages in (
        (entries, catalogue.path, topic.messages),
        (house, locale_words.house.path, words.house_messages),
    ):
        of = {message.key: message for message in messages}
        items: list[Item] = []
        here = ""
        for entry in some:
            title = _title(entry.context, titles, some is house)
            if items and title != here:
                yield Section(here, tuple(items))
                items = []
            here = title
            number += 1
            message = of[entry.key]
            where = f"{message.path}:{message.line}" if source else f"{path}:{entry.line}"
            mine = [one for one in findings if one.where == where and one.code not in _SHOWN]
            findings[:] = [one for one in findings if one.where != where]
            state = "" if source else message_state(entry, code, source_locale)
            origin = str(origin_of(entry) or "")
            if turns:
                entry = replace(entry, text=turned(entry.text, entry.source))
            item = _item(number, entry, message, tuple(mine), state, words, source)
            items.append(replace(item, origin=origin))
        if items:
            yield Section(here, tuple(items))


def _title(context: str, titles: dict[str, str], house: bool) -> str:
    if house and context != "label":
        return "Words that all leaflets share"
    return titles.get(context) or _SECTIONS.get(context, context)


def _item(
    number: int, entry: Entry, message: Message, findings: tuple[Finding, ...], state: str,
    words: Words, source: bool,
) -> Item:  # fmt: skip
    changed: tuple[Piece, ...] = ()
    if state == "fuzzy" and entry.previous and entry.previous != entry.source:
        changed = compare(entry.previous, entry.source, words.site.clinic.source_locale)
    text = () if source else _spans(entry.text)
    waits = "" if state == "translated" else state
    return Item(number, message.place, _spans(entry.source), text, waits, changed, findings)


def _spans(text: str) -> tuple[Span, ...]:
    """Return the spans of inline Markdown; placeholders and calls of notes stay, as code."""
    try:
        return tuple(_set_apart(read_inline(text)))
    except LinkError:
        return (Span("text", text),)


def _set_apart(spans: Iterable[Span]) -> Iterator[Span]:
    for span in spans:
        if span.kind == "note":
            yield Span("code", f"[^{span.text}]")
            continue
        if span.kind != "text":
            yield replace(span, children=tuple(_set_apart(span.children)))
            continue
        at = 0
        for found in PLACEHOLDER.finditer(span.text):
            yield from _text(span.text[at : found.start()])
            yield Span("code", found.group())
            at = found.end()
        yield from _text(span.text[at:])


def _text(text: str) -> Iterator[Span]:
    if text:
        yield Span("text", text)


def _css(paper: str, locale: Locale, source_locale: Locale) -> str:
    """Return rules for the fonts and line heights of the languages, and for the paper."""
    rules = [f"@page {{ size: {paper} landscape }}"]
    for one in (source_locale, locale):
        script = script_of(one)
        families = ", ".join(f'"{face.family}"' for face in stack(script))
        where = "html" if one is source_locale else f'[lang="{one.code}"]'
        rules.append(f"{where} {{ font-family: {families}; line-height: {script.line_height:g} }}")
    return "\n".join(rules) + "\n"
