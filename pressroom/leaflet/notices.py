"""Fill in words: disclaimers and values -> the Notices of a leaflet, `{phone}` -> its number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..content.house import House
from ..content.placeholders import BLANK, FOLIOS, PLACEHOLDER, clinic_values, placeholders
from ..content.topic.blocks import FOOTNOTES
from ..content.topic.inline import LinkError, read_inline
from ..core.directions import has_rtl
from ..core.locales import capitalise, digits, say_date
from ..core.model import (
    NO_MARK,
    Clinic,
    Locale,
    Message,
    MessageKey,
    Notice,
    Rule,
    Signature,
    Span,
    Topic,
)

#: What stands in braces: spans, or a text that is isolated where that is needed.
Values = Mapping[str, str | tuple[Span, ...]]

#: Labels that stand in for a name that nobody has given yet.
NOT_CHECKED = "no one yet"
NOT_NAMED = "someone unnamed"

#: Where a text calls no footnotes.
NO_NOTES: Mapping[str, Span] = {}

#: Labels that no template has.
ENGINE_LABELS = tuple(
    Message("label", text, "", "stands where a name is missing", 0)
    for text in (NOT_CHECKED, NOT_NAMED)
)

#: Labels that are printed only where a topic has such a block, or a line to write on.
ASKED_LABELS = {
    "tip": "Tip",
    "warning": "Warning",
    "note": "Note",
    BLANK: "line to write on",
}
#: Labels that catalogues from before there were any lack, and what a topic has that needs each:
#: without that, or without anything that does, a page says enough without the label.
SPARED_LABELS = {"Call now": "", "Call us today": "same-day", "Questions and appointments": ""}
ASKED = {
    name: Message("label", text, "", f"label of '::: {name}'" if name != BLANK else "read aloud", 0)
    for name, text in ASKED_LABELS.items()
}
#: The signs of footnotes where digits are western.
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

#: A telephone number or the like, which is kept together in every script.
_FIGURE = re.compile(r"[+\d][\d\s()./-]*")


def fill(
    spans: Iterable[Span], values: Values, direction: str, notes: Mapping[str, Span] = NO_NOTES
) -> tuple[Span, ...]:
    """Return inline text with values in the place of its placeholders, and signs of its notes.

    A telephone number is isolated, and where the text runs from right to left,
    so is every value without right-to-left letters. `n` and `N` become folios.
    What has no value stays as it is.
    """
    out: list[Span] = []
    for span in spans:
        if span.kind == "note" and span.text in notes:
            out.append(notes[span.text])
            continue
        if span.kind != "text":
            out.append(replace(span, children=fill(span.children, values, direction, notes)))
            continue
        at = 0
        for found in PLACEHOLDER.finditer(span.text):
            name = found.group(1)
            if name not in values and name not in (*FOLIOS, BLANK):
                continue
            if found.start() > at:
                out.append(Span("text", span.text[at : found.start()]))
            at = found.end()
            if name in FOLIOS:
                out.append(Span("folio", name))
                continue
            if name == BLANK:
                out.append(Span("blank"))
                continue
            value = values[name]
            if not isinstance(value, str):
                out.extend(value)
            elif _FIGURE.fullmatch(value) or (direction == "rtl" and not has_rtl(value)):
                out.append(_isolated(value))
            else:
                out.append(Span("text", value))
        if at < len(span.text):
            out.append(Span("text", span.text[at:]))
    return tuple(out)


def topic_spans(
    text: str, locale: Locale, values: Values, notes: Mapping[str, Span] = NO_NOTES
) -> tuple[Span, ...]:
    """Return a message of a topic as it is printed."""
    return fill(_inline(text), values, locale.direction, notes)


def signs_of_notes(topic: Topic, locale: Locale) -> dict[str, Span]:
    """Return what is printed where a footnote is called, by its name: a raised number.

    Digits that no font raises stand in brackets.
    """
    found = {}
    for block in topic.blocks:
        if block.kind == FOOTNOTES:
            for number, note in enumerate(block.children[0].children, 1):
                assert note.message is not None
                said = digits(str(number), locale)
                sign = said.translate(_RAISED) if said.isascii() else f"({said})"
                found[note.name] = Span("note", sign, href=f"#{note.message.anchor}")
    return found


def _isolated(text: str) -> Span:
    return Span("isolate", children=(Span("text", text),))


def _inline(text: str) -> tuple[Span, ...]:
    """Read inline Markdown; text whose links are refused (`markup-mismatch`) stays as it is."""
    try:
        return read_inline(text)
    except LinkError:
        return (Span("text", text),)


def notices_of(
    rules: Iterable[Rule],
    house: House,
    locale: Locale,
    source_locale: Locale,
    house_texts: Mapping[MessageKey, str],
    values: Values,
    source_values: Values,
) -> tuple[tuple[Notice, ...], tuple[Notice, ...]]:
    """Return the disclaimers that a leaflet must show, with their words filled in.

    First the notices of every edition, then those in the source language that an
    edition in both languages shows besides. `values` and `source_values` are those of
    `values_of` in the two locales.
    """
    notices: list[Notice] = []
    copies: list[Notice] = []
    for rule in rules:
        message = house.disclaimers[rule.id]
        own = _with_day(values, rule, locale)
        names = set(placeholders(message.text))
        if not names <= {*own, *FOLIOS}:
            continue  # Cannot be said of this topic; the preflight finds it absent.
        spans = fill(_inline(house_texts[message.key]), own, locale.direction)
        notices.append(Notice(rule, rule.id, spans, locale.code, locale.direction))
        if locale.code == source_locale.code or names & set(FOLIOS):
            continue  # The foot is in one language: it has the page's number.
        code, direction = source_locale.code, source_locale.direction
        source = _with_day(source_values, rule, source_locale)
        spans = fill(read_inline(message.text), source, direction)
        copy = Notice(rule, f"{rule.id}.{code}", spans, code, direction)
        (notices if rule.when == ("translation",) else copies).append(copy)
    return tuple(notices), tuple(copies)


def _with_day(values: Values, rule: Rule, locale: Locale) -> Values:
    """Return the values of a rule: the day on which its fact was checked is its own."""
    if rule.checked_on is None:
        return values
    return {**values, "checked_on": say_date(rule.checked_on, locale)}


def values_of(
    topic: Topic,
    version: str,
    clinic: Clinic,
    locale: Locale,
    words: Mapping[str, tuple[Span, ...]],
    labels: Mapping[str, str],
    signed: Mapping[str, Signature],
    translator: str,
) -> Values:
    """Return what stands in the braces of disclaimers, by name.

    `words` has the topic's own by anchor, and `labels` those of the engine by source text,
    both in `locale`; `signed` the signatures that hold, by role. The mark that follows the
    version is put in by `marked`.
    """
    reviewer = next((signed[role].name for role in signed if role != "clinician"), "")
    clinician = signed["clinician"].name if "clinician" in signed else ""
    cited: tuple[Span, ...] = (Span("text", "; ".join(topic.sources)),)
    if locale.code != clinic.source_locale:
        cited = (Span("isolate", children=cited, lang=clinic.source_locale),)
    values: dict[str, str | tuple[Span, ...]] = {
        **clinic_values(clinic),
        "leaflet_id": topic.id,
        "locale": locale.code,
        "version": (_isolated(version), Span("text", " · "), _isolated(NO_MARK)),
        "source_version": topic.version,
        "issued": say_date(topic.issued, locale),
        "review_by": say_date(topic.review_by, locale),
        "translator": translator or labels[NOT_NAMED],
        "reviewer": reviewer or labels[NOT_CHECKED],
        "sources": cited,
        "authors": "; ".join(topic.authors),
        "clinical_reviewer": clinician or labels[NOT_CHECKED],
        "funder": words[topic.funder.anchor],
        "conflicts": words[topic.conflicts.anchor],
        "owner": clinic.owner,
        "year": str(topic.issued.year),
        "licence": clinic.licence,
    }
    if topic.therapy and topic.condition:
        therapy = words[topic.therapy.anchor]
        values["therapy"] = therapy
        values["condition"] = words[topic.condition.anchor]
        first = replace(therapy[0], text=capitalise(therapy[0].text, locale))
        values["Therapy"] = (first, *therapy[1:])
    return values
