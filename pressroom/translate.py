"""Translate a Topic into a Leaflet: every word that its pages show, or what is wrong with them."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from .approvals import weigh
from .catalogue.glossary import NO_TERMS, Glossary
from .catalogue.locales import capitalise, read_locale, say_date
from .catalogue.merge import merge
from .catalogue.notes import offered
from .catalogue.po import Catalogue, Entry
from .house import (
    REVIEW_MONTHS,
    REVIEW_MONTHS_UNAPPROVED,
    House,
    applicable,
    expired,
    house_messages,
)
from .links import lookalikes
from .manuscript import PLACEHOLDER, LinkError, placeholders, read_inline
from .model import (
    Clinic,
    Finding,
    Leaflet,
    Locale,
    Message,
    Notice,
    Rule,
    Signature,
    Span,
    Topic,
)
from .readability import promotional_findings, reading_findings
from .same_meaning import Carried
from .scripts import script_of
from .signed import Text, text_of

#: Labels that stand in for a name that nobody has given yet.
NOT_CHECKED = "no one yet"
NOT_NAMED = "someone unnamed"

#: Labels that no template has.
ENGINE_LABELS = tuple(
    Message("label", text, "", "stands where a name is missing", 0)
    for text in (NOT_CHECKED, NOT_NAMED)
)


@dataclass(frozen=True, slots=True)
class Site:
    """What every leaflet of a site shares."""

    clinic: Clinic
    house: House
    #: Labels of the templates, as messages.
    labels: tuple[Message, ...]
    today: date
    #: Names the characters of a text that no font of its locale has.
    uncovered: Callable[[str, Locale], tuple[str, ...]] = lambda _text, _locale: ()
    #: What signed statements carry over from an older source, by topic.
    carried: Mapping[str, Carried] = field(default_factory=dict)

    def older_sources(self, topic: str) -> Mapping[tuple[str, str], str]:
        """Give the older source texts of a topic whose translations still hold (see `merge`)."""
        return self.carried.get(topic, Carried()).sources()


@dataclass(frozen=True, slots=True)
class LocaleWords:
    """What a locale's folder says: its house words and its signatures."""

    house: Catalogue
    signatures: tuple[Signature, ...]
    #: Where the signatures stand, for findings.
    approvals_where: str
    #: Terms that its translations must use.
    glossary: Glossary = NO_TERMS


@dataclass(frozen=True, slots=True)
class Translation:
    """What a topic is in one locale, before it is set in an edition."""

    #: Missing where a word is missing or out of date.
    leaflet: Leaflet | None
    findings: tuple[Finding, ...]
    #: The exact text that a reviewer signs.
    text: Text
    #: Its digest, and those of older texts that mean the same.
    digests: tuple[str, ...]
    state: str
    out_of_date: tuple[str, ...]
    #: Messages by state, for `status`.
    translated: int
    fuzzy: int
    missing: int

    @property
    def digest(self) -> str:
        """Give the digest of the text that a reviewer signs."""
        return self.digests[0]

    @property
    def withheld(self) -> bool:
        """Tell whether words are missing or older than their source."""
        return self.leaflet is None


class _Words:
    """Looks messages up in one locale and collects what is wrong with them."""

    def __init__(self, locale: Locale, source: bool, site: Site, glossary: Glossary) -> None:
        self.locale = locale
        self.glossary = glossary
        self.source = source
        self.uncovered = site.uncovered
        self.findings: list[Finding] = []
        self.pairs: list[tuple[str, str, str]] = []
        self.counts: Counter[str] = Counter()
        #: File and line of each message that is printed.
        self.where: dict[tuple[str, str], str] = {}

    def look_up(
        self,
        messages: Iterable[Message],
        catalogue: Catalogue,
        same: Mapping[tuple[str, str], str] | None = None,
    ) -> dict[tuple[str, str], str]:
        """Give the text of each message by key; a finding for each that has none.

        `same` gives older source texts whose translation still holds (see `merge`).
        """
        messages = tuple(messages)
        texts: dict[tuple[str, str], str] = {}
        if self.source:
            for message in messages:
                texts[message.key] = message.text
                where = f"{message.path}:{message.line}" if message.path else ""
                self.where[message.key] = where
                self._cover(message.text, message.context, where)
                self.pairs.append((*message.key, ""))
            self.counts["translated"] += len(texts)
            return texts
        merged = merge(catalogue, messages, same)
        for key, entry in merged.entries.items():
            self.pairs.append((*key, entry.text))
            finding = self._judge(entry, catalogue)
            if finding is None:
                texts[key] = entry.text
                self.counts["translated"] += 1
                self.where[key] = f"{catalogue.path}:{entry.line}"
                self._compare(entry, catalogue)
            else:
                self.findings.append(finding)
        return texts

    def _judge(self, entry: Entry, catalogue: Catalogue) -> Finding | None:
        """Find an entry that must not be printed."""
        where = f"{catalogue.path}:{entry.line}" if entry.line else catalogue.path
        name = f"‘{_shortened(entry.source)}’ ({entry.context})"
        if entry.fuzzy:
            self.counts["fuzzy"] += 1
            if offered(entry):
                what = f"{name} has a text that the memory offers (fuzzy)"
            elif entry.previous and entry.previous != entry.source:
                what = f"{name} has changed since it was translated"
            else:
                what = f"{name}: this message is fuzzy"
            return Finding(
                "message-fuzzy", "error", f"{what}; ask the translator to confirm it", where
            )
        if not entry.text.strip():
            self.counts["missing"] += 1
            step = (
                "translate it"
                if entry.line
                else f"run 'handouts locale update {self.locale.code}' and translate it"
            )
            return Finding("message-missing", "error", f"{name} is not translated; {step}", where)
        return None

    def _cover(self, text: str, context: str, where: str) -> None:
        """Find characters that would print as an empty box."""
        for character in self.uncovered(text, self.locale):
            self.findings.append(
                Finding(
                    "missing-glyph",
                    "error",
                    f"‘{_shortened(text)}’ ({context}): no pinned font has {character}; "
                    "write it in another way",
                    where,
                )
            )

    def _compare(self, entry: Entry, catalogue: Catalogue) -> None:
        """Find numbers and markup that the translation does not share with its source."""
        where = f"{catalogue.path}:{entry.line}" if entry.line else catalogue.path
        name = f"‘{_shortened(entry.source)}’ ({entry.context})"
        self._cover(entry.text, entry.context, where)
        if said := number_differences(entry.source, entry.text):
            self.findings.append(
                Finding(
                    "number-mismatch",
                    "error",
                    f"{name} is translated {said}; write the numbers of the source",
                    where,
                )
            )
        if problem := wrong_language(entry.source, entry.text, script_of(self.locale).letters):
            self.findings.append(
                Finding("script-mismatch", "error", f"{name} {problem}; translate it", where)
            )
        for problem in markup_differences(entry.source, entry.text):
            self.findings.append(Finding("markup-mismatch", "error", f"{name}: {problem}", where))
        for _, problem in self.glossary.problems(entry.source, entry.text):
            self.findings.append(Finding("glossary-term", "warning", f"{name}: {problem}", where))


def _shortened(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


_URL = re.compile(r"(?:https?://|mailto:|tel:)[^\s)>\]]+")


def numbers(text: str) -> list[str]:
    """Give the numbers of a text in western digits, whatever digits it is written in.

    Group separators and the sign between the parts of a range or a telephone
    number are not part of a number, since locales write them differently. URLs
    count whole, and so do codes such as `HLA-B27` by their digits.
    """
    found = _URL.findall(text)
    rest = PLACEHOLDER.sub(" ", _URL.sub(" ", text))
    digit = "".join(
        str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c for c in rest
    )
    digit = re.sub(r"(?<=\d)[,.'’\u00a0\u202f\u066c\u2009](?=\d{3}(?!\d))", "", digit)
    digit = digit.replace("\u066b", ".")
    found += [re.sub(r",", ".", n) for n in re.findall(r"\d+(?:[.,]\d+)?", digit)]
    # Fractions of one character, such as ½.
    found += [c for c in rest if unicodedata.category(c) == "No" and unicodedata.numeric(c) % 1]
    return found


#: Two numbers with a dash between, such as 1–2; not parts of a date or telephone number.
_RANGE = re.compile(r"(?<![\d.,\-–])(\d+(?:[.,]\d+)?)\s?[-‑–—~〜～]\s?(\d+(?:[.,]\d+)?)(?![\d\-–])")


def _turned(source: str, text: str) -> list[str]:
    """Find ranges that a translation gives from their end, as happens from right to left."""
    wanted, got = (
        {
            tuple(numbers(f"{low} {high}"))
            for low, high in _RANGE.findall(PLACEHOLDER.sub(" ", _URL.sub(" ", one)))
        }
        for one in (source, text)
    )
    return [f"{low}–{high}" for low, high in sorted(got - wanted) if (high, low) in wanted]


def number_differences(source: str, text: str) -> str:
    """Say which numbers a translation lost or added; empty where they are the same."""
    wanted, got = Counter(numbers(source)), Counter(numbers(text))
    lost = ", ".join(sorted((wanted - got).elements()))
    added = ", ".join(sorted((got - wanted).elements()))
    turned = "" if lost or added else ", ".join(_turned(source, text))
    parts = (
        f"without {lost}" if lost else "",
        f"with {added}" if added else "",
        f"with the range {turned} turned round" if turned else "",
    )
    return "; ".join(part for part in parts if part)


#: Fewer letters than this do not tell the language of a message: names and codes.
_TELLING_LETTERS = 16


def wrong_language(source: str, text: str, letters: tuple[str, ...]) -> str:
    """Say that a translation is still in the source language, or in another script.

    `letters` is how Unicode's names of the locale's letters begin. Empty where
    the translation looks right.
    """
    words = PLACEHOLDER.sub(" ", _URL.sub(" ", text))
    if " ".join(text.split()) == " ".join(source.split()):
        plain_words = [w for w in re.findall(r"[^\W\d_]+", words) if not w.isupper()]
        if len(plain_words) >= 4:
            return "is still in the source language"
    found = [c for c in words if c.isalpha()]
    if len(found) < _TELLING_LETTERS:
        return ""
    own = sum(unicodedata.name(c, "").startswith(letters) for c in found)
    # Names and links may well outnumber the letters of a short message.
    return "" if own * 4 >= len(found) else "is in another script than its locale"


def markup_differences(source: str, text: str) -> list[str]:
    """Say what emphasis, links and placeholders a translation lost, added or broke."""
    problems = []
    if set(placeholders(source)) != set(placeholders(text)):
        lost = [f"{{{n}}}" for n in placeholders(source) if n not in placeholders(text)]
        added = [f"{{{n}}}" for n in placeholders(text) if n not in placeholders(source)]
        said = " and ".join(
            part
            for part in (
                f"{', '.join(lost)} is missing" if lost else "",
                f"{', '.join(added)} is unknown" if added else "",
            )
            if part
        )
        problems.append(f"{said}; keep the placeholders of the source")
    try:
        wanted, got = _shape(read_inline(source)), _shape(read_inline(text))
    except LinkError as problem:
        return [*problems, f"{problem}; change it"]
    for kind, plural in (("strong", "**bold**"), ("emphasis", "*emphasis*"), ("code", "`code`")):
        if wanted[kind] != got[kind]:
            problems.append(
                f"{plural} stands {got[kind]} times, in the source {wanted[kind]} times; "
                "mark the same words"
            )
    links = {k: v for k, v in wanted.items() if k.startswith("link ")}
    if links != {k: v for k, v in got.items() if k.startswith("link ")}:
        problems.append("the links differ from those of the source; keep their addresses")
    return problems


def _shape(spans: tuple[Span, ...]) -> Counter[str]:
    shape: Counter[str] = Counter()
    for span in spans:
        if span.kind == "link":
            shape[f"link {span.href}"] += 1
        elif span.kind != "text":
            shape[span.kind] += 1
        shape += _shape(span.children)
    return shape


_RTL_LETTER = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def _is_figure(value: str) -> bool:
    """Tell a telephone number or the like, which is kept together in every script."""
    return re.fullmatch(r"[+\d][\d\s()./-]*", value) is not None


def fill(
    spans: tuple[Span, ...], values: Mapping[str, str | tuple[Span, ...]], direction: str
) -> tuple[Span, ...]:
    """Put values into the placeholders of inline text.

    A telephone number is isolated, and where the text runs from right to left,
    so is every value without right-to-left letters. `n` and `N` become folios.
    What has no value stays as it is.
    """
    out: list[Span] = []
    for span in spans:
        if span.kind != "text":
            out.append(replace(span, children=fill(span.children, values, direction)))
            continue
        at = 0
        for found in PLACEHOLDER.finditer(span.text):
            name = found.group(1)
            if name not in values and name not in ("n", "N"):
                continue
            if found.start() > at:
                out.append(Span("text", span.text[at : found.start()]))
            at = found.end()
            if name in ("n", "N"):
                out.append(Span("folio", name))
                continue
            value = values[name]
            if not isinstance(value, str):
                out.extend(value)
            elif _is_figure(value) or (direction == "rtl" and not _RTL_LETTER.search(value)):
                out.append(Span("isolate", children=(Span("text", value),)))
            else:
                out.append(Span("text", value))
        if at < len(span.text):
            out.append(Span("text", span.text[at:]))
    return tuple(out)


def months_later(day: date, months: int) -> date:
    """Give the day that many months on, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _review_findings(topic: Topic, today: date) -> list[Finding]:
    findings = []
    if today > topic.review_by:
        findings.append(
            Finding(
                "review-overdue",
                "warning",
                f"this leaflet was to be reviewed by {topic.review_by.isoformat()}; "
                "review it, then set new dates",
                topic.path,
            )
        )
    unapproved = "unapproved-therapy" in topic.tags
    most = REVIEW_MONTHS_UNAPPROVED if unapproved else REVIEW_MONTHS
    if topic.review_by > months_later(topic.issued, most):
        findings.append(
            Finding(
                "review-interval",
                "warning",
                f"review_by is more than {most} months after issued; set an earlier day",
                topic.path,
            )
        )
    return findings


def translate(
    topic: Topic,
    site: Site,
    code: str,
    catalogue: Catalogue,
    words: LocaleWords,
    edition: str = "standard",
) -> Translation:
    """Give the leaflet of a topic in one locale, and everything that is wrong with its words.

    Without a leaflet, words are missing or out of date: it is withheld. Errors
    beside a leaflet are for the preflight to judge with those of the page.
    """
    clinic, house = site.clinic, site.house
    locale = read_locale(code)
    source_locale = read_locale(clinic.source_locale)
    is_source = code == clinic.source_locale
    lookup = _Words(locale, is_source, site, words.glossary)

    texts = lookup.look_up(topic.messages, catalogue, site.older_sources(topic.id))
    topic_is_whole = not _withholding(lookup.findings)
    findings = [
        *_review_findings(topic, site.today),
        *lookalikes(topic.messages, read_inline),
        *promotional_findings(topic, texts, house.promotional.get(code, ()), lookup.where),
        *(reading_findings(topic) if is_source and code.split("-")[0] == "en" else ()),
    ]
    every_rule = applicable(
        house, topic, clinic, translation=not is_source, draft=True, overdue=True
    )
    out_of_date = tuple(
        f"{finding.message}" for finding in findings if finding.code == "review-overdue"
    )
    for rule in every_rule:
        if expired(rule, site.today):
            assert rule.checked_on is not None
            said = (
                f"the fact in '{rule.id}' was checked on {rule.checked_on.isoformat()}, more than "
                f"{rule.expires_days} days ago; check it again and set checked_on"
            )
            findings.append(Finding("fact-expired", "warning", said, rule.where))
            out_of_date += (said,)

    shown_messages = [house.disclaimers[rule.id] for rule in every_rule]
    before = len(lookup.findings)
    house_texts = lookup.look_up(house_messages_of(house, shown_messages, site.labels), words.house)
    house_findings = lookup.findings[before:]

    whole = not _withholding(lookup.findings)
    text = text_of(topic, code, clinic.source_locale, lookup.pairs)
    digests = digests_of(text, site)
    signed, approval_findings = weigh_text(digests, topic, site, code, catalogue, words)
    approved = whole and not approval_findings
    if whole:
        findings += approval_findings

    rules = tuple(
        rule
        for rule in every_rule
        if not (rule.when == ("draft",) and approved)
        and not (rule.when == ("overdue",) and not out_of_date)
    )
    findings += lookup.findings
    if topic_is_whole:
        findings += _absent(rules, house, house_findings, house_texts, words.house)
    state = "approved" if approved else "draft"
    leaflet: Leaflet | None = None
    if whole:
        labels = {message.text: house_texts[message.key] for message in site.labels}
        own = {
            message.anchor: _spans(texts[message.key], locale, clinic) for message in topic.messages
        }
        source_words = {
            message.anchor: _spans(message.text, source_locale, clinic)
            for message in topic.messages
        }

        def values_in(rule: Rule, own_language: bool) -> dict[str, str | tuple[Span, ...]]:
            if own_language:
                return _values(rule, topic, site, locale, own, labels, signed, catalogue)
            plain_labels = {label: label for label in labels}
            return _values(
                rule, topic, site, source_locale, source_words, plain_labels, signed, catalogue
            )

        notices, source_notices = _notices(
            rules, house, locale, source_locale, house_texts, values_in
        )
        leaflet = Leaflet(
            topic=topic,
            locale=locale,
            source_locale=source_locale,
            edition=edition,
            state="approved" if approved else "draft",
            out_of_date=out_of_date,
            words=own,
            source_words=source_words,
            notices=notices,
            source_notices=source_notices,
            labels=labels,
            page_budget=topic.page_budget(code, edition),
            rules=rules,
        )
    return Translation(
        leaflet=leaflet,
        findings=tuple(findings),
        text=text,
        digests=digests,
        state=state,
        out_of_date=out_of_date,
        translated=lookup.counts["translated"],
        fuzzy=lookup.counts["fuzzy"],
        missing=lookup.counts["missing"],
    )


def digests_of(text: Text, site: Site) -> tuple[str, ...]:
    """Give the digest of a text, and those of older texts that mean the same."""
    topic = dict(text.head)["topic"]
    return tuple(site.carried.get(topic, Carried()).digests(text))


def weigh_text(
    digests: tuple[str, ...],
    topic: Topic,
    site: Site,
    code: str,
    catalogue: Catalogue,
    words: LocaleWords,
) -> tuple[dict[str, Signature], list[Finding]]:
    """Weigh the signatures of a text: who has signed it, and what is missing or void."""
    clinic = site.clinic
    barred = "" if clinic.translator_may_sign else catalogue.header.get("Last-Translator", "")
    asked = clinic.asked_approvals(code)
    where = words.approvals_where
    return weigh(topic.id, digests, asked, words.signatures, where, site.today, barred)


def house_messages_of(
    house: House, shown_messages: list[Message], labels: tuple[Message, ...]
) -> tuple[Message, ...]:
    """Give the house words of one leaflet, in the order of the catalogue."""
    wanted = {message.key for message in (*shown_messages, *labels)}
    return tuple(message for message in house_messages(house, labels) if message.key in wanted)


def _withholding(findings: Iterable[Finding]) -> bool:
    return any(finding.code in ("message-missing", "message-fuzzy") for finding in findings)


def _absent(
    rules: tuple[Rule, ...],
    house: House,
    house_findings: list[Finding],
    texts: Mapping[tuple[str, str], str],
    catalogue: Catalogue,
) -> list[Finding]:
    """Find required disclaimers that this locale has no words for.

    A changed (fuzzy) one withholds the leaflet; a missing one fails it by name.
    """
    fuzzy = " ".join(f.message for f in house_findings if f.code == "message-fuzzy")
    return [
        Finding(
            "disclaimer-absent",
            "error",
            f"the disclaimer '{rule.id}' has no words in this locale; translate it",
            catalogue.path,
        )
        for rule in rules
        if house.disclaimers[rule.id].key not in texts and f"({rule.id})" not in fuzzy
    ]


def _spans(text: str, locale: Locale, clinic: Clinic) -> tuple[Span, ...]:
    values = {
        "clinic": clinic.name,
        "phone": clinic.phone,
        "email": clinic.email,
        "emergency_number": clinic.emergency_number,
        "urgent_number": clinic.urgent_number,
    }
    return fill(_inline(text), values, locale.direction)


def _inline(text: str) -> tuple[Span, ...]:
    """Read inline Markdown; text whose links are refused (`markup-mismatch`) stays as it is."""
    try:
        return read_inline(text)
    except LinkError:
        return (Span("text", text),)


def _notices(
    rules: tuple[Rule, ...],
    house: House,
    locale: Locale,
    source_locale: Locale,
    house_texts: Mapping[tuple[str, str], str],
    values_in: Callable[[Rule, bool], dict[str, str | tuple[Span, ...]]],
) -> tuple[tuple[Notice, ...], tuple[Notice, ...]]:
    """Fill in the words of the disclaimers that a leaflet must show, and of their copies.

    Gives the notices of every edition, then those in the source language that an
    edition in both languages shows besides. `values_in` says what stands in the
    braces, in the own language or in the source language.
    """
    notices: list[Notice] = []
    copies: list[Notice] = []
    for rule in rules:
        message = house.disclaimers[rule.id]
        values = values_in(rule, True)
        if any(name not in values and name not in "nN" for name in placeholders(message.text)):
            continue  # Cannot be said of this topic; the preflight finds it absent.
        spans = fill(_inline(house_texts[message.key]), values, locale.direction)
        notices.append(Notice(rule, rule.id, spans, locale.code, locale.direction))
        if locale.code == source_locale.code or {"n", "N"} & set(placeholders(message.text)):
            continue  # The foot is in one language: it has the page's number.
        code, direction = source_locale.code, source_locale.direction
        spans = fill(read_inline(message.text), values_in(rule, False), direction)
        copy = Notice(rule, f"{rule.id}.{code}", spans, code, direction)
        (notices if rule.when == ("translation",) else copies).append(copy)
    return tuple(notices), tuple(copies)


def _values(
    rule: Rule,
    topic: Topic,
    site: Site,
    locale: Locale,
    own: Mapping[str, tuple[Span, ...]],
    labels: Mapping[str, str],
    signed: Mapping[str, Signature],
    catalogue: Catalogue,
) -> dict[str, str | tuple[Span, ...]]:
    """Give what stands in the braces of a disclaimer."""
    clinic = site.clinic
    reviewer = next((signed[role].name for role in signed if role != "clinician"), "")
    clinician = signed["clinician"].name if "clinician" in signed else ""
    cited: tuple[Span, ...] = (
        Span(
            "isolate",
            children=(Span("text", "; ".join(topic.sources)),),
            lang=clinic.source_locale,
        ),
    )
    if locale.code == clinic.source_locale:
        cited = (Span("text", "; ".join(topic.sources)),)
    values: dict[str, str | tuple[Span, ...]] = {
        "clinic": clinic.name,
        "phone": clinic.phone,
        "email": clinic.email,
        "emergency_number": clinic.emergency_number,
        "urgent_number": clinic.urgent_number,
        "leaflet_id": topic.id,
        "locale": locale.code,
        "version": topic.version,
        "source_version": topic.version,
        "issued": say_date(topic.issued, locale),
        "review_by": say_date(topic.review_by, locale),
        "translator": catalogue.translator or labels[NOT_NAMED],
        "reviewer": reviewer or labels[NOT_CHECKED],
        "sources": cited,
        "authors": "; ".join(topic.authors),
        "clinical_reviewer": clinician or labels[NOT_CHECKED],
        "funder": own[topic.funder.anchor],
        "conflicts": own[topic.conflicts.anchor],
        "owner": clinic.owner,
        "year": str(topic.issued.year),
        "licence": clinic.licence,
    }
    if topic.therapy and topic.condition:
        therapy = own[topic.therapy.anchor]
        values["therapy"] = therapy
        values["condition"] = own[topic.condition.anchor]
        values["Therapy"] = (
            replace(therapy[0], text=capitalise(therapy[0].text, locale)),
            *therapy[1:],
        )
    if rule.checked_on:
        values["checked_on"] = say_date(rule.checked_on, locale)
    return values
