"""Set a topic in one locale, translated or not: a site's files -> a Preview, for the desk.

A message that is missing stands on its pages as the source text in brackets, a fuzzy one
as it was. Nothing of this is ever published.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from ...build.cache import Store, store_folder
from ...build.prepare import Prepared, Preparer
from ...build.render import Job, set_and_judge
from ...content.catalogue.confirmed_numbers import confirm
from ...content.catalogue.merge import merge
from ...content.catalogue.message_state import MESSAGE_STATES, message_state
from ...content.catalogue.origin import origin_of
from ...content.catalogue.po import Catalogue
from ...content.catalogue.pseudo import PSEUDO
from ...core.errors import HandoutError, UsageError
from ...core.limits import OutOfTimeError, within_time
from ...core.locales import read_locale
from ...core.model import Finding, Leaflet, Message, Span, Topic, plain
from ...leaflet.compose import LocaleWords, Translation, translate
from ...leaflet.site import Words, read_site
from ...preflight.message_boxes import message_boxes
from ...review.progress import look_over

#: What is found of a page on which source text stands in, and is true all the same.
_OF_STAND_INS = ("page-count", "type-too-small", "resource-", "render-")
#: Longest time that words may take to be read, in seconds, before a clinic file says so.
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A message as the desk shows it."""

    #: Id of its element on the page; empty for a label, which may stand anywhere.
    anchor: str
    #: Where it stands, for the translator.
    place: str
    source: str
    text: str
    #: `translated`, `unsure`, `fuzzy`, `missing`, or `source` in the source language itself.
    state: str
    #: The source text that a fuzzy translation was made from.
    previous: str
    #: File and line of its words; how findings name the places of source and translation.
    where: str
    also: str = ""
    #: Who or what wrote the words; empty where nothing tells.
    origin: str = ""

    def concerns(self, finding: Finding) -> bool:
        """Return whether a finding is about this message, by its line or by its words."""
        if finding.where and finding.where in (self.where, self.also):
            return True
        quoted = self.source if len(self.source) <= 60 else self.source[:59].rstrip()
        return f"‘{quoted}" in finding.message and finding.where in (
            "", self.where.rpartition(":")[0], self.where,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PreviewPages:
    """The pages of a preview, and what was found on them."""

    pdf: bytes
    #: Width and height of each page in points.
    sizes: tuple[tuple[float, float], ...]
    #: By anchor: page, left, top, width, height of each box, in points from the top left.
    boxes: Mapping[str, tuple[tuple[float, ...], ...]]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the desk shows of a topic in one locale."""

    #: Digest of all that its pages depend on; empty where they could not be set.
    proof: str
    #: Name, state and direction of the locale, title of the topic.
    facts: dict[str, Any]
    lines: tuple[PreviewLine, ...]
    #: Messages of the house words, which all leaflets share.
    house: tuple[PreviewLine, ...]
    findings: tuple[Finding, ...]
    #: None where the pages are those that are known.
    pages: PreviewPages | None
    #: What keeps the words from being read: where, what, and the next step.
    problems: tuple[str, ...] = ()


class _Filled(Words):
    """A site in which no message waits for its translator."""

    def locale_words(self, locale: str) -> LocaleWords:
        """Read what a locale shares, with the source where nothing is translated."""
        words = Words.locale_words(self, locale)
        if locale in (self.site.clinic.source_locale, *PSEUDO):
            return words
        return replace(words, house=_fill(merge(words.house, self.house_messages)))

    def translation(
        self, topic: Topic, locale: str, words: LocaleWords, edition: str = "standard"
    ) -> Translation:
        """Translate a topic, with the source where nothing is translated."""
        if locale in (self.site.clinic.source_locale, *PSEUDO):
            return Words.translation(self, topic, locale, words, edition)
        catalogue = self.catalogue(topic, locale)
        merged = merge(catalogue, topic.messages)
        filled = translate(topic, self.site, locale, _fill(merged), words, edition)
        assert filled.leaflet is not None
        # The stand-ins run as the source does, whatever stands around them.
        stand_ins = {
            message.anchor: _stand_in(filled.leaflet, message)
            for message in topic.messages
            if not merged.entries[message.key].text.strip()
        }
        words_of = {**filled.leaflet.words, **stand_ins}
        return replace(filled, leaflet=replace(filled.leaflet, words=words_of))


def _stand_in(leaflet: Leaflet, message: Message) -> tuple[Span, ...]:
    text = f"[{plain(leaflet.source_words[message.anchor])}]"
    return (Span("isolate", children=(Span("text", text),), lang=leaflet.source_locale.code),)


def _fill(merged: Catalogue) -> Catalogue:
    """Return a catalogue in which nothing waits; what is missing has the source in brackets."""
    entries = {
        key: confirm(replace(entry, text=entry.text.strip() or f"[{entry.source}]", fuzzy=False))
        for key, entry in merged.entries.items()
    }
    return replace(merged, entries=entries)


def set_preview(
    handouts: Path, today: date, clinic: str, topic: str, locale: str, known: str
) -> Preview:
    """Set a topic in a locale; without its pages where `known` is their digest already.

    What is wrong with the words is in the preview, never raised.
    """
    try:
        with within_time(PATIENCE_SECONDS):
            words = read_site(handouts, today, clinic)
            _require(words, topic, locale)
            catalogue, translation = _read(words, topic, locale)
            (one,) = Preparer(_filled(words))([topic], [locale], [words.site.clinic.editions[0]])
    except HandoutError as problem:
        return failed_preview([str(each) for each in problem.each()])
    except OutOfTimeError:
        return failed_preview([f"reading the words took longer than {PATIENCE_SECONDS} seconds"])
    if one.leaflet is None or one.wanted is None:
        return failed_preview([f"{f.where}: {f.message}" for f in one.findings])
    proof = hashlib.sha256(json.dumps(dict(one.wanted.parts)).encode()).hexdigest()[:32]
    pages = None if proof == known else _set(words, one, whole=not translation.withheld)
    same = words.site.older_sources(topic)
    return Preview(
        proof=proof,
        facts=_facts(words, words.topics[topic], locale, translation),
        lines=tuple(_lines(catalogue, words.topics[topic].messages, locale, words, same)),
        house=tuple(_house_lines(words, one.leaflet, locale)),
        findings=translation.findings,
        pages=pages,
    )


def _filled(words: Words) -> Words:
    """Return a site in which nothing is missing, and nothing withdrawn."""
    return _Filled(words.handouts, words.site, words.theme, words.rack, words.topics, words.broken)


def _require(words: Words, topic: str, locale: str) -> None:
    """Raise HandoutError for an unknown topic or locale, and for one that cannot be read."""
    if topic in words.broken:
        raise words.broken[topic]
    if topic not in words.topics or locale not in (*words.site.clinic.locales, *PSEUDO):
        raise UsageError("", f"there is no {topic} in {locale}", "see the list of the desk")


def failed_preview(problems: list[str]) -> Preview:
    """Return a preview without words and pages: the problems that keep them from being set."""
    return Preview("", {}, (), (), (), None, tuple(problems))


def _read(words: Words, topic: str, locale: str) -> tuple[Catalogue, Translation]:
    """Read a translation as it stands, and its catalogue."""
    catalogue = words.catalogue(words.topics[topic], locale)
    locale_words = words.locale_words(locale)
    return catalogue, words.translation(words.topics[topic], locale, locale_words)


def _set(words: Words, one: Prepared, whole: bool) -> PreviewPages:
    """Set the pages, and find what stands where on them."""
    assert one.wanted is not None and one.leaflet is not None
    # What a build has set is taken from the store, and what is set here is there for it.
    store = Store(store_folder())
    printed = store.proof(one.wanted) if whole else None
    if printed is None:
        printed = set_and_judge(_job(words, one))
        if whole and printed.pdf:
            store.keep_proof(one.wanted, printed)
    findings = printed.verdict.findings
    if not whole:
        findings = tuple(f for f in findings if f.code.startswith(_OF_STAND_INS))
    if not printed.pdf:
        return PreviewPages(b"", (), {}, findings)
    found = message_boxes(printed.pdf, one.leaflet)
    boxes = {
        anchor: tuple((b.page, b.left, b.top, b.width, b.height) for b in each)
        for anchor, each in found.boxes.items()
    }
    return PreviewPages(printed.pdf, found.pages, boxes, findings)


def _job(words: Words, one: Prepared) -> Job:
    assert one.wanted is not None and one.leaflet is not None and one.setting is not None
    clinic = words.site.clinic
    return Job(
        one.wanted, one.leaflet, one.html, one.setting, "",
        clinic.limit_seconds, clinic.limit_megabytes,
    )  # fmt: skip


def _facts(words: Words, topic: Topic, locale: str, translation: Translation) -> dict[str, Any]:
    """Return names, languages, clinic and state of a translation."""
    said, source = read_locale(locale), read_locale(words.site.clinic.source_locale)
    withdrawn = words.withdrawal(topic.id, locale)
    state = "withheld" if translation.withheld else translation.state
    return {
        "topic": topic.id,
        "title": topic.title.text,
        "clinic": words.site.clinic.name,
        "accent": words.site.clinic.accent,
        "locale": asdict(said),
        "source": asdict(source),
        "state": "withdrawn" if withdrawn else state,
        "translated": translation.translated,
        "unsure": translation.unsure,
        "fuzzy": translation.fuzzy,
        "missing": translation.missing,
        "topics": sorted(words.topics),
    }


def _lines(
    catalogue: Catalogue,
    messages: Iterable[Message],
    locale: str,
    words: Words,
    same: Mapping[tuple[str, str], str] | None = None,
) -> Iterator[PreviewLine]:
    """Yield each message with its translation as it stands.

    `same` has older source texts whose translation still holds (see `merge`).
    """
    messages = tuple(messages)
    source = locale == words.site.clinic.source_locale
    entries = merge(catalogue, messages, same).entries
    for number, message in enumerate(messages, 1):
        at = f"{message.path}:{message.line}" if message.path else ""
        anchor = message.anchor or f"label-{number}"
        if source:
            yield PreviewLine(anchor, message.place, message.text, "", "source", "", at)
            continue
        if locale in PSEUDO:
            yield PreviewLine(anchor, message.place, message.text, "", "translated", "", at)
            continue
        entry = entries[message.key]
        state = message_state(entry, locale, words.site.clinic.source_locale)
        where = catalogue.where(entry)
        previous = entry.previous if entry.fuzzy and entry.previous != entry.source else ""
        yield PreviewLine(
            anchor, message.place, message.text, entry.text, state, previous, where, at,
            str(origin_of(entry) or ""),
        )  # fmt: skip


def _house_lines(words: Words, leaflet: Leaflet, locale: str) -> Iterator[PreviewLine]:
    """Yield the disclaimers and labels that a leaflet shows."""
    house = words.site.house
    shown = {house.disclaimers[rule.id].key: f"dsc-{rule.id}" for rule in leaflet.rules}
    asked = words.site.asked_by(leaflet.topic).values()
    labels = {message.key for message in (*words.site.labels, *asked)}
    wanted = tuple(
        replace(message, anchor=shown.get(message.key, ""))
        for message in words.house_messages
        if message.key in shown or message.key in labels
    )
    catalogue = words.locale_words(locale).house
    yield from _lines(catalogue, wanted, locale, words)


def measure(handouts: Path, today: date, clinic: str, locale: str) -> dict[str, Any]:
    """Return how far each topic is in one locale, and the problems of what cannot be read."""
    try:
        words = read_site(handouts, today, clinic)
        names = sorted({*words.topics, *words.broken})
        found = look_over(words, (), names, (locale,))
    except HandoutError as problem:
        return {"topics": [], "problems": [str(one) for one in problem.each()]}
    return {
        "topics": [
            {
                "topic": line.topic,
                "title": line.topic if line.topic in words.broken
                else words.topics[line.topic].title.text,
                "state": line.state,
                **{kind: line.messages.get(kind, 0) for kind in MESSAGE_STATES},
            }
            for line in found.lines
        ],
        "problems": [str(one) for problem in found.problems for one in problem.each()],
    }  # fmt: skip
