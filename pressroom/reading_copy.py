"""Set a text for those who read and sign it: a topic in a locale -> a numbered bilingual PDF.

It is on no patient's side of the desk: no leaflet, no edition, in no ledger. Its
own words are English; the text stands in its languages, each in its direction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from .approvals import counts_from
from .catalogue.locales import read_locale
from .catalogue.po import Catalogue, Entry
from .catalogue.tally import waits
from .compare import Piece, compare
from .errors import HandoutError
from .limits import OutOfTimeError, within_time
from .manuscript import PLACEHOLDER, LinkError, read_inline
from .markup import fill_template, inline_of
from .model import Finding, Locale, Message, Proof, Span, Topic
from .overview import entries_of
from .scripts import script_of, stack
from .site import Words
from .theme import packaged
from .translate import LocaleWords
from .typeset.fonts import require_files
from .typeset.setting import Setting

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
    from .typeset import Typesetter

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
    """Give the HTML of a reading copy, and the stylesheet of its languages."""
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
    return {name: states.count(name) for name in ("missing", "fuzzy") if name in states}


def _sections(
    words: Words,
    topic: Topic,
    code: str,
    catalogue: Catalogue,
    locale_words: LocaleWords,
    findings: list[Finding],
) -> Iterator[Section]:
    """Give the messages by section; what is found at one of them leaves `findings`."""
    titles = {
        block.name: block.message.text
        for block in topic.walk()
        if block.kind == "heading" and block.message
    }
    entries, house, _ = entries_of(words, topic, code, catalogue, locale_words)
    source = words.site.clinic.source_locale == code
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
            items.append(_item(number, entry, message, tuple(mine), source, words))
        if items:
            yield Section(here, tuple(items))


def _title(context: str, titles: dict[str, str], house: bool) -> str:
    if house and context != "label":
        return "Words that all leaflets share"
    return titles.get(context) or _SECTIONS.get(context, context)


def _item(
    number: int, entry: Entry, message: Message, findings: tuple[Finding, ...], source: bool,
    words: Words,
) -> Item:  # fmt: skip
    state = ""
    if not source and waits(entry):
        state = "fuzzy" if entry.fuzzy else "missing"
    changed: tuple[Piece, ...] = ()
    if state == "fuzzy" and entry.previous and entry.previous != entry.source:
        changed = compare(entry.previous, entry.source, words.site.clinic.source_locale)
    text = () if source else _spans(entry.text)
    return Item(number, message.place, _spans(entry.source), text, state, changed, findings)


def _spans(text: str) -> tuple[Span, ...]:
    """Read inline Markdown; words in braces stay, set apart from the text."""
    try:
        return tuple(_set_apart(read_inline(text)))
    except LinkError:
        return (Span("text", text),)


def _set_apart(spans: Iterable[Span]) -> Iterator[Span]:
    for span in spans:
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
    """Give the fonts and line heights of the languages, and the paper."""
    rules = [f"@page {{ size: {paper} landscape }}"]
    for one in (source_locale, locale):
        script = script_of(one)
        families = ", ".join(f'"{face.family}"' for face in stack(script))
        where = "html" if one is source_locale else f'[lang="{one.code}"]'
        rules.append(f"{where} {{ font-family: {families}; line-height: {script.line_height:g} }}")
    return "\n".join(rules) + "\n"
