"""Answer what a patient's record asks: Infobutton parameters -> leaflets that may be handed out.

The parameters are those of HL7 Infobutton, URL-based (Context-Aware Knowledge Retrieval, DSTU
release 4). What is known of a patient, of the reader and of the encounter is dropped unread: the
code and the language are enough. No message says a value that was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from urllib.parse import parse_qsl

from ..build.output import Output
from ..build.prepare import Preparer
from ..core.codes import Codes, find_system, fit_of
from ..core.locales import speaks
from ..core.published import Row
from ..leaflet.site import Words
from .handing_out import current

#: Names end with nothing or with one of these digits: up to eight codes, up to eight languages.
_NUMBERS = ("", *"1234567")
_CODE, _SYSTEM = "mainSearchCriteria.v.c", "mainSearchCriteria.v.cs"
_LANGUAGE = "informationRecipient.languageCode.c"
_TYPE = "knowledgeResponseType"
#: Words in the place of a code: by these, nothing is found.
_WORDS = ("mainSearchCriteria.v.dn", "mainSearchCriteria.v.ot")
#: Names of an older release of the standard.
_OLD = {
    f"mainSearchCriteria.c.{name}{number}": f"mainSearchCriteria.v.{name}{number}"
    for name in ("c", "cs")
    for number in _NUMBERS
}
_READ = {
    _TYPE, *_WORDS, *_OLD.values(), *(f"{_LANGUAGE}{number}" for number in _NUMBERS),
}  # fmt: skip

#: Types of an answer: whether it is JSON. JSONP would hand the answer to any page.
_TYPES = {
    "": False, "text/xml": False, "application/xml": False, "application/atom+xml": False,
    "application/json": True,
}  # fmt: skip

_READABLE_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,39}")
_READABLE_SYSTEM = re.compile(
    r"[0-2](\.[0-9]+)+|urn:[a-z0-9-]+:[\w.:-]+|https?://[\w.:/~-]+", re.ASCII | re.IGNORECASE
)
_READABLE_LANGUAGE = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*")


class UnreadableError(Exception):
    """A request that cannot be answered: it says the name of a parameter, never its value."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a record asks for, in the order in which it asks."""

    #: Code system and code, as they were asked for, by the number in their names.
    codes: Mapping[str, tuple[str, str]]
    #: BCP 47 tags; none: in the clinic's own language.
    languages: Mapping[str, str]
    json: bool

    @property
    def categories(self) -> list[tuple[str, str]]:
        """What an answer repeats of the question: scheme and term."""
        found = []
        for number, (system, code) in self.codes.items():
            found += [(f"{_CODE}{number}", code), (f"{_SYSTEM}{number}", system)]
        found += [(f"{_LANGUAGE}{number}", tag) for number, tag in self.languages.items()]
        return [*found, ("informationRecipient", "PAT")]


@dataclass(frozen=True, slots=True)
class Answer:
    """A leaflet that may be handed out, in one locale."""

    topic: str
    locale: str
    #: Its editions, in the clinic's order.
    rows: tuple[Row, ...]


def read_question(text: str) -> Question:
    """Read form-encoded parameters. Raises UnreadableError."""
    # What is no UTF-8 does no harm in what is dropped; what is read is refused for it.
    pairs = parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="surrogateescape")
    given: dict[str, str] = {}
    seen: set[str] = set()
    for name, value in pairs:
        known = _OLD.get(name, name)
        if known not in _READ:
            continue
        if name in seen or given.get(known, value) != value:
            raise UnreadableError(f"{known} is there twice")
        seen.add(name)
        given[known] = value
    values = {name: value.strip() for name, value in given.items() if value.strip()}
    media_type = values.get(_TYPE, "").partition(";")[0].strip().lower()
    if media_type not in _TYPES:
        raise UnreadableError(f"{_TYPE} must be text/xml or application/json")
    codes = {}
    for number in _NUMBERS:
        code, system = values.get(f"{_CODE}{number}", ""), values.get(f"{_SYSTEM}{number}", "")
        if not (code or system):
            continue
        _require(f"{_CODE}{number}", code, _READABLE_CODE)
        _require(f"{_SYSTEM}{number}", system, _READABLE_SYSTEM)
        codes[number] = (system, code)
    if not codes and not any(name in given for name in _WORDS):
        raise UnreadableError(f"{_CODE} and {_SYSTEM} are missing: what is the leaflet to be on?")
    languages = {}
    for number in _NUMBERS:
        if tag := values.get(f"{_LANGUAGE}{number}"):
            _require(f"{_LANGUAGE}{number}", tag, _READABLE_LANGUAGE)
            languages[number] = tag
    return Question(codes, languages, _TYPES[media_type])


def _require(name: str, value: str, readable: re.Pattern[str]) -> None:
    if not value:
        raise UnreadableError(f"{name} is missing")
    if not readable.fullmatch(value):
        raise UnreadableError(f"{name} cannot be read")


def find_answers(words: Words, out: Path, question: Question) -> list[Answer]:
    """Return the leaflets that may be handed out now: as languages were asked, the closest first.

    Raises ConfigurationError where the site or its ledger cannot be read.
    """
    ranks = _ranks(question.languages, words)
    with closing(Output(out)) as output:
        codes = output.ledger.codes()
        fits = {
            topic: fit for topic in words.names if (fit := _fit(question, codes.get(topic, {})))
        }
        prepare = Preparer(words)
        found = [
            row
            for topic in fits
            for locale in ranks
            if any(row.made.state == "approved" for row in output.ledger.rows_of(topic, locale))
            for row in current(prepare, output, [topic], [locale])
        ]
    answers = [
        Answer(*key, tuple(rows))
        for key, rows in groupby(found, lambda row: (row.made.topic, row.made.locale))
    ]
    return sorted(
        answers,
        key=lambda one: (ranks[one.locale][0], -fits[one.topic], one.topic, ranks[one.locale]),
    )


def _fit(question: Question, codes: Codes) -> float:
    """Return how closely a topic's codes fit the closest of those that are asked for."""
    asked = [(find_system(system), code) for system, code in question.codes.values()]
    return max((fit_of(codes, system.name, code) for system, code in asked if system), default=0.0)


def _ranks(languages: Mapping[str, str], words: Words) -> dict[str, tuple[int, bool, int]]:
    """Return the locales that are asked for, each with what it is sorted by: the smallest first."""
    clinic = words.site.clinic
    ranks: dict[str, tuple[int, bool, int]] = {}
    for rank, asked in enumerate(languages.values() or [clinic.source_locale]):
        for place, code in enumerate(clinic.locales):
            if speaks(code, asked):
                other = code.lower() != asked.lower().replace("_", "-")
                ranks.setdefault(code, (rank, other, place))
    return ranks
