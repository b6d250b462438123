"""Compose a Leaflet: Topic and Catalogue -> every word of its pages, or what is wrong with them."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from ..content.approvals import weigh
from ..content.catalogue.glossary import NO_TERMS, Glossary
from ..content.catalogue.locale_version import CHANGE_FIELD, locale_version
from ..content.catalogue.message_state import MessageState
from ..content.catalogue.po import Catalogue
from ..content.house import (
    REVIEW_MONTHS,
    REVIEW_MONTHS_UNAPPROVED,
    House,
    applicable,
    expired,
    house_messages,
)
from ..content.placeholders import clinic_values, placeholders
from ..content.same_meaning import SameMeanings
from ..content.signed_text import Text, text_of
from ..content.topic.blocks import FOOTNOTES
from ..content.topic.inline import NOTE, read_inline
from ..content.topic.links import lookalikes
from ..core.locales import read_locale
from ..core.model import (
    RANKS,
    Clinic,
    Finding,
    Leaflet,
    Message,
    MessageKey,
    Rule,
    Signature,
    Topic,
    message_name,
)
from .arrows import all_turned
from .lookup import Lookup, Uncovered
from .mark import marked
from .notices import SPARED_LABELS, notices_of, signs_of_notes, topic_spans, values_of
from .own_numbers import own_numbers
from .readability import promotional_findings, reading_findings


@dataclass(frozen=True, slots=True)
class Site:
    """What every leaflet of a site shares."""

    clinic: Clinic
    house: House
    #: Labels of the templates, as messages.
    labels: tuple[Message, ...]
    today: date
    #: House words that only some topics ask for, by what asks for them: a box, a placeholder, a
    #: category.
    asked: Mapping[str, Message] = field(default_factory=dict)
    #: Words of the site's other clinics, which are in the same catalogues.
    of_others: tuple[Message, ...] = ()
    #: Names the characters of a text that no font of its locale has.
    uncovered: Uncovered = lambda _text, _locale: ()
    #: What signed statements make equal to an older source, by topic.
    same_meanings: Mapping[str, SameMeanings] = field(default_factory=dict)

    @property
    def house_messages(self) -> tuple[Message, ...]:
        """Return all house words, in the order of `house.po`."""
        more = (*self.labels, *self.asked.values(), *self.of_others)
        return house_messages(self.house, more)

    def house_messages_of(self, topic: Topic, shown: Iterable[Message]) -> tuple[Message, ...]:
        """Return the house words of one topic, in the order of the catalogue.

        `shown` are those of its disclaimers.
        """
        wanted = {message.key for message in (*shown, *self.labels, *self.asked_by(topic).values())}
        found = {m.key: m for m in self.house_messages if m.key in wanted}
        return tuple(found.values())

    def asked_by(self, topic: Topic) -> dict[str, Message]:
        """Return the house words that a topic asks for, by what asks for them."""
        asks = {block.name for block in topic.walk() if block.kind == "container"}
        asks.add(f"{topic.category}/")
        for message in topic.messages:
            asks.update(placeholders(message.text))
        return {name: message for name, message in self.asked.items() if name in asks}

    def older_sources(self, topic: str) -> Mapping[MessageKey, str]:
        """Return older source texts of a topic whose translations still hold (see `merge`)."""
        return self.same_meanings.get(topic, SameMeanings()).sources()


@dataclass(frozen=True, slots=True)
class LocaleWords:
    """What all leaflets of a locale share: its house words, signatures and glossary."""

    house: Catalogue
    signatures: tuple[Signature, ...]
    #: Where the signatures stand, for findings.
    approvals_where: str
    #: Terms that its translations must use.
    glossary: Glossary = NO_TERMS
    #: Returns the version under which a text was signed; empty where it is not kept.
    signed_version: Callable[[Signature], str] = lambda _: ""


@dataclass(frozen=True, slots=True)
class Translation:
    """A topic in one locale: its leaflet, or why there is none."""

    #: Missing where a word is missing, out of date, or has quantities that nobody confirmed.
    leaflet: Leaflet | None
    findings: tuple[Finding, ...]
    #: The exact text that a reviewer signs.
    text: Text
    #: Its digest, and those of older texts that mean the same.
    digests: tuple[str, ...]
    state: str
    #: Roles whose signature of it holds.
    signed: frozenset[str]
    out_of_date: tuple[str, ...]
    #: Messages by state, for `status`.
    translated: int
    unsure: int
    fuzzy: int
    missing: int

    @property
    def digest(self) -> str:
        """Return the digest of the text that a reviewer signs."""
        return self.digests[0]

    @property
    def withheld(self) -> bool:
        """Return whether words are missing, older than their source, or not confirmed."""
        return self.leaflet is None


def months_later(day: date, months: int) -> date:
    """Return the day that many months on, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _spared(topic: Topic, wanted: Iterable[Message], house: Catalogue) -> set[MessageKey]:
    """Return the labels that a catalogue from before them lacks, and that a topic can do without.

    Where it has them, without words, they are missing as all others are.
    """
    has = {block.name for block in topic.walk() if block.kind == "container"}
    able = {label for label, needs in SPARED_LABELS.items() if needs not in has}
    lacking = (m.key for m in wanted if house.entries and m.key not in house.entries)
    return {key for key in lacking if key[0] == "label" and key[1] in able}


def _report_spared(key: MessageKey, house: Catalogue, code: str) -> Finding:
    step = f"run 'handouts locale update {code}' and translate it"
    said = f"{message_name(key[1], key[0])} is left out, since nobody was asked for it yet; {step}"
    return Finding("message-missing", "warning", said, house.path)


def _review_findings(topic: Topic, today: date) -> list[Finding]:
    findings = []
    if today > topic.review_by:
        last = topic.review_by.isoformat()
        said = f"this leaflet was to be reviewed by {last}; review it, then set new dates"
        findings.append(Finding("review-overdue", "warning", said, topic.path))
    unapproved = "unapproved-therapy" in topic.tags
    most = REVIEW_MONTHS_UNAPPROVED if unapproved else REVIEW_MONTHS
    if topic.review_by > months_later(topic.issued, most):
        said = f"review_by is more than {most} months after issued; set an earlier day"
        findings.append(Finding("review-interval", "warning", said, topic.path))
    return findings


def _fact_findings(rules: Iterable[Rule], today: date) -> list[Finding]:
    return [
        Finding(
            "fact-expired",
            "warning",
            f"the fact in '{rule.id}' was checked on {rule.checked_on.isoformat()}, more than "
            f"{rule.expires_days} days ago; check it again and set checked_on",
            rule.where,
        )
        for rule in rules
        if rule.checked_on is not None and expired(rule, today)
    ]


def _rank_findings(topic: Topic, house: House) -> list[Finding]:
    """Return findings on an emergency box that is missing, or that the policy has no words for."""
    asked = {rule.id for rule in house.rules}
    found = []
    if topic.urgent and asked & set(RANKS.values()) and not any(map(topic.has_box, RANKS)):
        found.append(
            "there is no '::: urgent' or '::: same-day'; add one, or 'urgent: none' where nothing "
            "here can be urgent"
        )
    found += [
        f"the policy has no '{id_}' for '::: {rank}'; add it to house/policy.toml, and its words "
        "to house/disclaimers.md"
        for rank, id_ in RANKS.items()
        if topic.has_box(rank) and id_ not in asked
    ]
    return [Finding("disclaimer-absent", "error", said, f"{topic.path}:1") for said in found]


def translate(
    topic: Topic,
    site: Site,
    code: str,
    catalogue: Catalogue,
    words: LocaleWords,
    edition: str = "standard",
) -> Translation:
    """Return the leaflet of a topic in one locale, and everything that is wrong with its words.

    Without a leaflet, words are missing or out of date: it is withheld. Errors
    beside a leaflet are for the preflight to judge with those of the page.
    """
    clinic, house = site.clinic, site.house
    locale = read_locale(code)
    source_locale = read_locale(clinic.source_locale)
    is_source = code == clinic.source_locale
    every_rule = applicable(
        house, topic, clinic, translation=not is_source, draft=True, overdue=True
    )
    lookup = Lookup(locale, clinic.source_locale, site.uncovered, words.glossary)

    texts = lookup.texts(topic.messages, catalogue, site.older_sources(topic.id))
    topic_is_whole = lookup.whole
    disclaimers = [house.disclaimers[rule.id] for rule in every_rule]
    must_say = {rule.id: rule.must_say.get(code, ()) for rule in every_rule}
    wanted = site.house_messages_of(topic, disclaimers)
    spared = set() if is_source else _spared(topic, wanted, words.house)
    wanted = tuple(message for message in wanted if message.key not in spared)
    house_texts = lookup.texts(wanted, words.house, must_say=must_say)
    findings = [
        *_review_findings(topic, site.today),
        *lookalikes(topic.messages, read_inline),
        *own_numbers(topic.messages, texts, lookup.where, clinic),
        *promotional_findings(topic, texts, house.promotional.get(code, ()), lookup.where),
        *(_report_spared(key, words.house, code) for key in sorted(spared)),
        *(reading_findings(topic) if is_source and code.split("-")[0] == "en" else ()),
        *_fact_findings(every_rule, site.today),
    ]
    out_of_date = tuple(
        finding.message
        for finding in findings
        if finding.code in ("review-overdue", "fact-expired")
    )

    text = text_of(topic, code, clinic.source_locale, lookup.pairs)
    digests = digests_of(text, site, words)
    signed, approval_findings = weigh_text(digests, topic, site, code, catalogue, words)
    approved = lookup.whole and not approval_findings
    state: Literal["approved", "draft"] = "approved" if approved else "draft"
    rules = tuple(
        rule
        for rule in every_rule
        if not (rule.when == ("draft",) and approved)
        and not (rule.when == ("overdue",) and not out_of_date)
    )
    if lookup.whole:
        findings += approval_findings
    findings += lookup.findings
    findings += _rank_findings(topic, house)
    if topic_is_whole:
        findings += _absent(rules, house, lookup.states, words.house.path)

    leaflet: Leaflet | None = None
    if lookup.whole:
        if locale.direction != source_locale.direction:
            texts, house_texts = all_turned(texts), all_turned(house_texts)
        shown = printed_at(topic, clinic.id)
        asked = site.asked_by(topic)
        source_values = clinic_values(clinic)
        values = {
            name: house_texts[asked[name].key] if name in asked else value
            for name, value in source_values.items()
        }
        signs, source_signs = signs_of_notes(shown, locale), signs_of_notes(shown, source_locale)
        own, source_words = {}, {}
        for message in shown.messages:
            own[message.anchor] = topic_spans(texts[message.key], locale, values, signs)
            source_words[message.anchor] = topic_spans(
                message.text, source_locale, source_values, source_signs
            )
        every_label = (*site.labels, *asked.values())
        labels = {m.text: "" if m.key in spared else house_texts[m.key] for m in every_label}
        source_labels = {label: label for label in labels}
        version = locale_version(topic.version, code, catalogue)
        notices, source_notices = notices_of(
            rules,
            house,
            locale,
            source_locale,
            house_texts,
            values_of(
                topic, version, clinic, locale, own, labels, signed, catalogue.translator
            ),
            values_of(
                topic, version, clinic, source_locale, source_words, source_labels, signed,
                catalogue.translator,
            ),
        )  # fmt: skip
        leaflet = marked(
            Leaflet(
                topic=shown,
                clinic=clinic,
                locale=locale,
                source_locale=source_locale,
                edition=edition,
                state=state,
                out_of_date=out_of_date,
                words=own,
                source_words=source_words,
                notices=notices,
                source_notices=source_notices,
                labels=labels,
                category=house_texts[asked[f"{topic.category}/"].key] if topic.category else "",
                page_budget=topic.page_budget(code, edition),
                rules=rules,
                version=version,
                change=topic.change
                if version == topic.version
                else catalogue.header.get(CHANGE_FIELD, ""),
            ),
            clinic,
        )
    counts = Counter(lookup.states.values())
    return Translation(
        leaflet=leaflet,
        findings=tuple(findings),
        text=text,
        digests=digests,
        state=state,
        signed=frozenset(signed),
        out_of_date=out_of_date,
        translated=counts["translated"],
        unsure=counts["unsure"],
        fuzzy=counts["fuzzy"],
        missing=counts["missing"],
    )


def printed_at(topic: Topic, clinic: str) -> Topic:
    """Return a topic as one clinic prints it: without what is only for others, and its notes."""
    shown = topic.at(clinic)
    called = {name for message in shown.messages for name in NOTE.findall(message.text)}
    blocks = []
    for block in shown.blocks:
        if block.kind == FOOTNOTES:
            (notes,) = block.children
            kept = tuple(note for note in notes.children if note.name in called)
            block = replace(block, children=(replace(notes, children=kept),))
            if not kept:
                continue
        blocks.append(block)
    return replace(shown, blocks=tuple(blocks)).at(clinic)


def digests_of(text: Text, site: Site, words: LocaleWords) -> tuple[str, ...]:
    """Return the digest of a text, then those of older texts that mean the same.

    A text that was signed under another version is the same: raising it voids no signature.
    """
    topic = dict(text.head)["topic"]
    same = site.same_meanings.get(topic, SameMeanings())
    found = dict.fromkeys(same.digests(text))
    asked = site.clinic.asked_approvals(text.locale)
    signed = {row.role: row for row in words.signatures if row.topic == topic and row.role in asked}
    for row in signed.values():
        if row.digest not in found and (version := words.signed_version(row)):
            found |= dict.fromkeys(same.digests(text.of_version(version)))
    return tuple(found)


def weigh_text(
    digests: tuple[str, ...],
    topic: Topic,
    site: Site,
    code: str,
    catalogue: Catalogue,
    words: LocaleWords,
) -> tuple[dict[str, Signature], list[Finding]]:
    """Return the signatures of a text that hold, by role, and findings on missing and void ones."""
    clinic = site.clinic
    barred = "" if clinic.translator_may_sign else catalogue.header.get("Last-Translator", "")
    asked = clinic.asked_approvals(code)
    where = words.approvals_where
    return weigh(topic.id, digests, asked, words.signatures, where, site.today, barred)


def _absent(
    rules: Iterable[Rule], house: House, states: Mapping[MessageKey, MessageState], where: str
) -> list[Finding]:
    """Return a finding for each required disclaimer that this locale has no words for.

    A fuzzy one withholds the leaflet; a missing one fails it by name.
    """
    return [
        Finding(
            "disclaimer-absent",
            "error",
            f"the disclaimer '{rule.id}' has no words in this locale; translate it",
            where,
        )
        for rule in rules
        if states[house.disclaimers[rule.id].key] == "missing"
    ]
