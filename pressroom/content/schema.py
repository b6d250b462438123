"""The models of the files that people write: data -> checked values.

The models here are the one description of front matter, clinic file, policy,
approvals and withdrawals; the JSON Schemas in `schemas/`, with which editors complete and
check these files, are generated from them: `python -m pressroom.content.schema`.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ..core.codes import SYSTEMS
from ..core.directions import has_rtl
from ..core.files import PACKAGE, unreadable_character, write_atomically
from ..core.locales import DATE_PART

#: What ids of topics and the like may look like: they become paths and element ids.
ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
#: What ids of disclaimers may look like: one of a jurisdiction ends with its code.
DISCLAIMER_PATTERN = r"^[a-z0-9-]+(\.[A-Z]{2}(-[A-Z0-9]{1,3})?)?$"


class Strict(BaseModel):
    """A table in which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _one_line(text: str) -> str:
    folded = " ".join(text.split())
    if not folded:
        raise ValueError("is empty")
    if bad := unreadable_character(folded):
        raise ValueError(bad[1])
    return folded


def _as_text(value: object) -> object:
    """Return a bare number, such as `version: 1.0`, as the text that the author means."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _as_day(value: object) -> object:
    """Refuse what is no day: pydantic would take a number for seconds since 1970."""
    written = isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)
    if not written and (not isinstance(value, date) or isinstance(value, datetime)):
        raise ValueError("is no day; days are written YYYY-MM-DD")
    return value


def _as_number(value: object) -> object:
    """Refuse `true`, which pydantic would take for 1."""
    if isinstance(value, bool):
        raise ValueError("is no number")
    return value


Id = Annotated[str, Field(pattern=ID_PATTERN, max_length=80)]
OneLine = Annotated[str, AfterValidator(_one_line)]
#: One that is still to be filled in may be empty.
LineOrNone = Annotated[str, AfterValidator(lambda text: _one_line(text) if text.strip() else "")]
#: Far enough from the ends of the calendar that a review date can be counted from it.
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2199, 12, 31)), BeforeValidator(_as_day)]
Budget = Annotated[int, Field(ge=1, le=200), BeforeValidator(_as_number)]
EditionName = Literal["standard", "large-print", "bilingual", "booklet"]


class LocalePages(Strict):
    """Page budgets of one locale, with the reason for the difference."""

    standard: Budget | None = None
    large_print: Annotated[Budget | None, Field(alias="large-print")] = None
    bilingual: Budget | None = None
    booklet: Budget | None = None
    reason: Annotated[OneLine, Field(description="Why this locale needs another budget.")]


class Pages(Strict):
    """Page budget for each edition, and for a locale where it must differ."""

    standard: Budget
    large_print: Annotated[Budget | None, Field(alias="large-print")] = None
    bilingual: Budget | None = None
    booklet: Budget | None = None
    locales: dict[str, LocalePages] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _plain_number(cls, value: object) -> object:
        return {"standard": value} if isinstance(value, int | str) else value


def _each_once(codes: tuple[str, ...]) -> tuple[str, ...]:
    if twice := next((code for code in codes if codes.count(code) > 1), None):
        raise ValueError(f"{twice} stands there twice")
    return codes


def _code(name: str) -> AfterValidator:
    """Return what brings a code of a system into the form in which the system writes it."""
    return AfterValidator(SYSTEMS[name].written)


class Codes(Strict):
    """Codes by which a patient's record finds the leaflet. They change no page and no signature."""

    icd_10_cm: Annotated[
        tuple[Annotated[str, _code("icd-10-cm")], ...],
        AfterValidator(_each_once),
        Field(alias="icd-10-cm", description="Each stands for all codes below it, too: M45."),
    ] = ()
    icd_10: Annotated[
        tuple[Annotated[str, _code("icd-10")], ...],
        AfterValidator(_each_once),
        Field(alias="icd-10", description="Of the WHO; each stands for all below it: M45."),
    ] = ()
    snomed_ct: Annotated[
        tuple[Annotated[str, _code("snomed-ct")], ...],
        AfterValidator(_each_once),
        Field(alias="snomed-ct", description="Exactly this concept: 9631008."),
    ] = ()
    loinc: Annotated[
        tuple[Annotated[str, _code("loinc")], ...],
        AfterValidator(_each_once),
        Field(description="Exactly this test: 4548-4."),
    ] = ()
    rxnorm: Annotated[
        tuple[Annotated[str, _code("rxnorm")], ...],
        AfterValidator(_each_once),
        Field(description="Exactly this medicine (RXCUI): 11289."),
    ] = ()


def _one_name(text: str) -> str:
    if ";" in text:
        raise ValueError("has a ';'; each name stands by itself: [T2DM, sugar diabetes]")
    return text


class FrontMatter(Strict):
    """The head of a topic: what it is, who answers for it, and until when."""

    id: Annotated[Id, Field(description="The topic's name in paths; the same as its folder.")]
    title: OneLine
    main_message: Annotated[
        OneLine, Field(description="The one thing to remember, in one to three short sentences.")
    ]
    action: Annotated[OneLine, Field(description="What the reader can do.")]
    tags: tuple[Id, ...] = ()
    also: Annotated[
        tuple[Annotated[OneLine, AfterValidator(_one_name), BeforeValidator(_as_text)], ...],
        AfterValidator(_each_once),
        Field(
            description="What else staff call it: short forms, lay words, brands, misspellings. "
            "The rack finds it by them; no page shows them."
        ),
    ] = ()
    codes: Codes = Codes()
    version: Annotated[
        str,
        BeforeValidator(_as_text, json_schema_input_type=str | int | float),
        Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.\-]{0,19}$", description="Such as 1.0."),
    ]
    issued: Annotated[Day, Field(description="Day of issue, YYYY-MM-DD.")]
    review_by: Annotated[
        Day,
        Field(
            description="Last day on which it may be handed out: at most 36 months after "
            "issue, 12 for an unapproved therapy."
        ),
    ]
    change: Annotated[
        OneLine | None,
        Field(description="What this version changed, in one line; told to who holds an older."),
    ] = None
    owner: Annotated[
        OneLine | None,
        Field(description="Who has to act when it falls due; the clinic's owner otherwise."),
    ] = None
    authors: Annotated[tuple[OneLine, ...], Field(min_length=1)]
    reviewers: tuple[OneLine, ...] = ()
    funder: Annotated[OneLine, Field(description="Who paid; `none` is typed, never a default.")]
    conflicts: Annotated[OneLine, Field(description="Conflicts of interest; `none` is typed.")]
    sources: Annotated[tuple[OneLine, ...], Field(min_length=1)]
    pages: Pages
    urgent: Annotated[
        Literal["none"] | None,
        Field(description="`none` where nothing in it can be urgent, now or today: no box."),
    ] = None
    therapy: Annotated[
        OneLine | None,
        Field(description="Name of the unapproved therapy, as inside a sentence."),
    ] = None
    condition: Annotated[
        OneLine | None,
        Field(description="Condition that the unapproved therapy is offered for."),
    ] = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> FrontMatter:
        if self.review_by <= self.issued:
            raise ValueError("review_by must come after issued")
        return self


Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
#: Underscores are let in here, so that `zh_CN` is told its right name.
LocaleCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{2,35}$")]


class Contact(Strict):
    """How patients reach the clinic; printed on every leaflet."""

    phone: OneLine
    email: OneLine
    address: tuple[OneLine, ...] = ()
    website: OneLine | None = None


class Numbers(Strict):
    """Emergency numbers of the jurisdiction: they never depend on the language."""

    emergency: Annotated[OneLine, Field(description="Ambulance and emergency services.")]
    urgent: Annotated[OneLine, Field(description="Urgent medical advice at any hour.")]
    interpreter: Annotated[
        OneLine | None,
        Field(description="Whom staff call for an interpreter: the rack shows it, no leaflet."),
    ] = None


class AskedApprovals(Strict):
    """Roles that must sign before a leaflet is more than a draft."""

    source: tuple[Id, ...] = ("clinician",)
    translation: tuple[Id, ...] = ("reviewer", "clinician")
    translator_may_sign: Annotated[
        bool,
        Field(strict=True, description="Whoever translated a text may sign it, too."),
    ] = False


class Copyright(Strict):
    """What the last line of a leaflet says."""

    owner: OneLine
    licence: OneLine


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("is no address such as https://leaflets.clinic.example")
    if not text.isascii() or re.search(r"[^\w./:~\[\]-]", text):
        raise ValueError("has characters that an address on paper should not have")
    return text.rstrip("/")


class Rack(Strict):
    """Where the rack is to be found on the network."""

    address: Annotated[
        OneLine | None,
        AfterValidator(lambda text: text and _address(text)),
        Field(
            description="Where `dist/` is served: printed on each leaflet, as text and as a QR "
            "code, to look up whether it is current. None, no code."
        ),
    ] = None
    newer_after_days: Annotated[
        int,
        Field(
            ge=1,
            le=366,
            description="Days after which a copy on a stick says: ask for a newer one.",
        ),
        BeforeValidator(_as_number),
    ] = 7
    language: Annotated[
        LocaleCode | None,
        Field(
            description="Locale of the rack's own words, which staff read: none, that of the "
            "topics. `handouts locale update` makes them ready to be translated; what is not "
            "translated is said in English."
        ),
    ] = None
    language_minutes: Annotated[
        int,
        Field(
            ge=0,
            le=1440,
            description="Minutes without a touch after which the rack goes back to the clinic's "
            "language and an empty search; 0: a language is never remembered.",
        ),
        BeforeValidator(_as_number),
    ] = 10


def _origin(text: str) -> str:
    if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", text):
        raise ValueError(
            "is no origin such as https://ehr.clinic.example: scheme and host in small letters, "
            "no path, no '/' at its end"
        )
    return text


class Record(Strict):
    """Which patients' records may ask `handouts serve` from a browser."""

    origins: Annotated[
        tuple[Annotated[str, AfterValidator(_origin)], ...],
        Field(
            description="Origins of the pages that may fetch what is below /connect/, such as "
            "https://ehr.clinic.example. Links need none."
        ),
    ] = ()


class Serve(Strict):
    """How `handouts serve` shows the rack."""

    behind: Annotated[
        OneLine | None,
        AfterValidator(lambda text: text and _address(text)),
        Field(
            description="What browsers ask for where another web server stands before it, such "
            "as https://leaflets.clinic.example. Each of several clinics may have its own."
        ),
    ] = None
    count_prints: Annotated[
        bool,
        Field(
            strict=True,
            description="Record it when the rack's own Print is pressed: topic, locale, edition, "
            "mark and day, so that a recall knows of it.",
        ),
    ] = True


class Limits(Strict):
    """What one leaflet may cost before it is given up."""

    seconds: Annotated[int, Field(ge=1, le=3600), BeforeValidator(_as_number)] = 60
    megabytes: Annotated[int, Field(ge=256, le=65536), BeforeValidator(_as_number)] = 2048


PlaceholderName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class ClinicFile(Strict):
    """`clinic.toml`: whose leaflets these are, for whom, and on what paper."""

    name: Annotated[OneLine, Field(description="The clinic's name, as on its door.")]
    jurisdiction: Annotated[
        str,
        Field(
            pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
            description="Whose law holds: selects disclaimers such as unapproved-therapy.US.",
        ),
    ]
    source_locale: Annotated[LocaleCode, Field(description="Locale the topics are written in.")]
    locales: Annotated[tuple[LocaleCode, ...], Field(min_length=1)]
    paper: Literal["A4", "Letter"] = "A4"
    editions: Annotated[tuple[EditionName, ...], Field(min_length=1)] = ("standard",)
    logo: Annotated[str | None, Field(description="An SVG or PNG file, relative to this one.")] = (
        None
    )
    accent: Annotated[
        Colour, Field(description="The one accent colour; 4.5:1 on white at least.")
    ] = "#0b4f6c"
    footer: Annotated[
        OneLine | None,
        Field(description="A line behind the address, such as a charity's number. Not translated."),
    ] = None
    owner: Annotated[
        OneLine | None, Field(description="Who has to act when a leaflet or a fact falls due.")
    ] = None
    records: Annotated[
        OneLine | None,
        Field(description="Where the records of releases lie, relative to this file."),
    ] = None
    contact: Contact
    numbers: Numbers
    placeholders: Annotated[
        dict[PlaceholderName, OneLine],
        Field(description="What stands for `{names}` of your own. Words are translated."),
    ] = Field(default_factory=dict)
    approvals: AskedApprovals = AskedApprovals()
    copyright: Copyright
    rack: Rack = Rack()
    record: Record = Record()
    serve: Serve = Serve()
    limits: Limits = Limits()


Condition = Annotated[
    str, Field(pattern=r"^(always|translation|draft|overdue|links|urgent|same-day|tag:[a-z0-9-]+)$")
]


class DisclaimerRule(Strict):
    """One disclaimer of the policy."""

    id: Annotated[str, Field(pattern=DISCLAIMER_PATTERN)]
    when: Annotated[tuple[Condition, ...], Field(min_length=1)]
    placement: Literal["first-page", "last-page", "every-page", "before-therapy"]
    least_pt: Annotated[float, Field(ge=6, le=72)]
    number_pt: Annotated[
        float | None,
        Field(
            ge=6, le=72, description="Least size of its telephone number, which stands above it."
        ),
    ] = None
    boxed: bool = False
    checked_on: Annotated[
        Day | None, Field(description="Day on which the regulator's position was last checked.")
    ] = None
    expires_days: Annotated[int | None, Field(ge=1, le=36500), BeforeValidator(_as_number)] = None
    must_say: Annotated[
        dict[LocaleCode, tuple[OneLine, ...]],
        Field(description="Words that its translation into a locale has to have, each of them."),
    ] = Field(default_factory=dict)


class MachineRule(Strict):
    """What is asked of a machine's translations."""

    review_first: Annotated[
        tuple[Literal["disclaimers", "urgent", "doses"], ...],
        Field(
            description="Messages in which a machine's words wait for a person: disclaimers, signs "
            "of an emergency, whatever has a number."
        ),
    ] = ("disclaimers", "urgent", "doses")


class PolicyFile(Strict):
    """`house/policy.toml`: which disclaimer is required when, where, how large."""

    disclaimer: Annotated[tuple[DisclaimerRule, ...], Field(min_length=1)]
    machine: MachineRule = MachineRule()


class WordsFile(Strict):
    """`house/words.toml`: words that leaflets avoid, by locale."""

    promotional: Annotated[
        dict[LocaleCode, tuple[OneLine, ...]],
        Field(description="Never said of an unapproved therapy; a star stands for any ending."),
    ] = Field(default_factory=dict)


Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class ApprovalRow(Strict):
    """One signature."""

    topic: Id
    role: Id
    name: OneLine
    date: Day
    digest: Digest


class Changed(Strict):
    """A text before and after a change."""

    was: OneLine
    now: OneLine


class ChangedMessage(Changed):
    """A message of the source before and after a change."""

    section: Id


class SameMeaningRow(Strict):
    """One statement that a changed source means the same."""

    topic: Id
    role: Id
    name: OneLine
    date: Day
    was: Annotated[Digest, Field(description="Digest of the source text before the change.")]
    now: Annotated[Digest, Field(description="Digest of the source text after the change.")]
    version: Changed | None = None
    issued: Changed | None = None
    change: tuple[ChangedMessage, ...] = ()


class ApprovalsFile(Strict):
    """`approvals.toml`: who signed which text, and which change did not change the meaning."""

    approval: tuple[ApprovalRow, ...] = ()
    same_meaning: Annotated[tuple[SameMeaningRow, ...], Field(alias="same-meaning")] = ()


class WithdrawnRow(Strict):
    """One leaflet, or one topic in every locale, that is taken out."""

    topic: Id
    locale: Annotated[
        LocaleCode | None, Field(description="Only in this locale; in all where it is left out.")
    ] = None
    because: Annotated[OneLine, Field(description="Why it must not be handed out.")]
    by: Annotated[OneLine | None, Field(description="Who withdrew it.")] = None
    date: Annotated[Day, Field(description="Day of the withdrawal, YYYY-MM-DD.")]


class WithdrawnFile(Strict):
    """`withdrawn.toml`: leaflets that are taken out and stay out."""

    withdrawn: tuple[WithdrawnRow, ...] = ()


def _date_pattern(pattern: str) -> str:
    rest = DATE_PART.sub("", pattern)
    if bad := next((c for c in rest if c.isalpha() or c == "'"), ""):
        raise ValueError(f"has ‘{bad}’, which stands for nothing; set words in 'quotes'")
    parts = "".join(found[0][0] for found in DATE_PART.finditer(pattern) if found[1] is None)
    if sorted(parts) != ["M", "d", "y"]:
        raise ValueError("has to have one day (d, dd), one month (M, MM, MMMM) and one year (y)")
    return pattern


class LocaleFacts(Strict):
    """What CLDR does not say of a locale."""

    native_name: Annotated[
        LineOrNone, Field(description="Its name in itself, as its readers write it.")
    ]
    english_name: LineOrNone
    direction: Annotated[Literal["ltr", "rtl"], Field(description="Which way it is written.")]
    script: Annotated[str, Field(pattern=r"^[A-Z][a-z]{3}$", description="ISO 15924: Latn, Arab.")]
    date: Annotated[
        OneLine,
        AfterValidator(_date_pattern),
        Field(description="How a day is written: d, dd; M, MM, or MMMM for its name; y."),
    ] = "y-MM-dd"
    months: Annotated[
        tuple[OneLine, ...], Field(description="The names of the months, January first.")
    ] = ()
    numbering: Annotated[
        Literal[
            "arab", "arabext", "beng", "deva", "gujr", "guru", "khmr", "knda", "laoo", "latn",
            "mlym", "mymr", "orya", "tamldec", "telu", "thai", "tibt",
        ],
        Field(description="Digits, by CLDR's name of them: latn, arab, mymr."),
    ] = "latn"  # fmt: skip

    @model_validator(mode="after")
    def _agrees(self) -> LocaleFacts:
        if len(self.months) not in (0, 12):
            raise ValueError(f"has {len(self.months)} months; name 12, or none")
        if "MMMM" in self.date and not self.months:
            raise ValueError("'date' has MMMM, and there are no months; name them")
        letters = any(map(str.isalpha, self.native_name))
        if letters and has_rtl(self.native_name) != (self.direction == "rtl"):
            raise ValueError(f"'direction' is {self.direction}, and its own name runs otherwise")
        return self


class LocalesFile(Strict):
    """`locales.toml`: languages that CLDR does not have."""

    locale: Annotated[
        dict[
            Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")],
            LocaleFacts,
        ],
        Field(description="By their BCP 47 name."),
    ] = Field(default_factory=dict)


#: The published schemas, by file name.
SCHEMAS: dict[str, type[Strict]] = {
    "front-matter.schema.json": FrontMatter,
    "clinic.schema.json": ClinicFile,
    "clinics.schema.json": ClinicFile,
    "policy.schema.json": PolicyFile,
    "words.schema.json": WordsFile,
    "approvals.schema.json": ApprovalsFile,
    "withdrawn.schema.json": WithdrawnFile,
    "locales.schema.json": LocalesFile,
}


#: Those of files that are laid over another one, which has what they leave out.
LAID_OVER = frozenset({"clinics.schema.json"})


def json_schema(name: str) -> str:
    """Return the text of a JSON Schema, as it is committed in `schemas/`."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **SCHEMAS[name].model_json_schema(by_alias=True),
    }
    if name in LAID_OVER:
        for table in (schema, *schema.get("$defs", {}).values()):
            table.pop("required", None)
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def write_schemas(folder: Path) -> None:
    """Write all published schemas into a folder."""
    for name in SCHEMAS:
        write_atomically(folder / name, json_schema(name).encode("utf-8"))


if __name__ == "__main__":
    write_schemas(PACKAGE.parent / "schemas")


def is_id(text: str) -> bool:
    """Return whether a text may name a topic or a section: it becomes a path and an element id."""
    return re.fullmatch(ID_PATTERN, text) is not None and len(text) <= 80
