"""Data from a file -> checked values, or every error in it with its line.

The models here are the one description of front matter, clinic file, policy,
approvals and withdrawals; the JSON Schemas in `schemas/`, with which editors complete and
check these files, are generated from them: `python -m pressroom.schema`.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from .errors import HandoutError, Problems
from .files import unreadable_character, write_atomically

_Model = TypeVar("_Model", bound="Strict")

#: The most errors of one file that are said at once.
MOST_SAID = 20

#: What ids of topics and the like may look like: they become paths and element ids.
ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"


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
    """Take a bare number, such as `version: 1.0`, for the text that the author means."""
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
Line = Annotated[str, AfterValidator(_one_line)]
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
    reason: Annotated[Line, Field(description="Why this locale needs another budget.")]


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


class FrontMatter(Strict):
    """The head of a topic: what it is, who answers for it, and until when."""

    id: Annotated[Id, Field(description="The topic's name in paths; the same as its folder.")]
    title: Line
    main_message: Annotated[
        Line, Field(description="The one thing to remember, in one to three short sentences.")
    ]
    action: Annotated[Line, Field(description="What the reader can do.")]
    tags: tuple[Id, ...] = ()
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
    authors: Annotated[tuple[Line, ...], Field(min_length=1)]
    reviewers: tuple[Line, ...] = ()
    funder: Annotated[Line, Field(description="Who paid; `none` is typed, never a default.")]
    conflicts: Annotated[Line, Field(description="Conflicts of interest; `none` is typed.")]
    sources: Annotated[tuple[Line, ...], Field(min_length=1)]
    pages: Pages
    therapy: Annotated[
        Line | None,
        Field(description="Name of the unapproved therapy, as inside a sentence."),
    ] = None
    condition: Annotated[
        Line | None,
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

    phone: Line
    email: Line
    address: tuple[Line, ...] = ()
    website: Line | None = None


class Numbers(Strict):
    """Emergency numbers of the jurisdiction: they never depend on the language."""

    emergency: Annotated[Line, Field(description="Ambulance and emergency services.")]
    urgent: Annotated[Line, Field(description="Urgent medical advice at any hour.")]


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

    owner: Line
    licence: Line


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("is no address such as https://leaflets.clinic.example")
    if not text.isascii() or re.search(r"[^\w./:~-]", text):
        raise ValueError("has characters that an address on paper should not have")
    return text.rstrip("/")


class Rack(Strict):
    """Where the rack is to be found on the network."""

    address: Annotated[
        Line | None,
        AfterValidator(lambda text: text and _address(text)),
        Field(
            description="Where `dist/` is served: printed on each leaflet, as text and as a QR "
            "code, to look up whether it is current. None, no code."
        ),
    ] = None


class Limits(Strict):
    """What one leaflet may cost before it is given up."""

    seconds: Annotated[int, Field(ge=1, le=3600), BeforeValidator(_as_number)] = 60
    megabytes: Annotated[int, Field(ge=256, le=65536), BeforeValidator(_as_number)] = 2048


class ClinicFile(Strict):
    """`clinic.toml`: whose leaflets these are, for whom, and on what paper."""

    name: Annotated[Line, Field(description="The clinic's name, as on its door.")]
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
        Line | None,
        Field(description="A line behind the address, such as a charity's number. Not translated."),
    ] = None
    contact: Contact
    numbers: Numbers
    approvals: AskedApprovals = AskedApprovals()
    copyright: Copyright
    rack: Rack = Rack()
    limits: Limits = Limits()


Condition = Annotated[
    str, Field(pattern=r"^(always|translation|draft|overdue|links|tag:[a-z0-9-]+)$")
]


class DisclaimerRule(Strict):
    """One disclaimer of the policy."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[A-Z]{2}(-[A-Z0-9]{1,3})?)?$")]
    when: Annotated[tuple[Condition, ...], Field(min_length=1)]
    placement: Literal["first-page", "last-page", "every-page", "before-therapy"]
    least_pt: Annotated[float, Field(ge=6, le=72)]
    boxed: bool = False
    checked_on: Annotated[
        Day | None, Field(description="Day on which the regulator's position was last checked.")
    ] = None
    expires_days: Annotated[int | None, Field(ge=1, le=36500), BeforeValidator(_as_number)] = None


class PolicyFile(Strict):
    """`house/policy.toml`: which disclaimer is required when, where, how large."""

    disclaimer: Annotated[tuple[DisclaimerRule, ...], Field(min_length=1)]


class WordsFile(Strict):
    """`house/words.toml`: words that leaflets avoid, by locale."""

    promotional: Annotated[
        dict[LocaleCode, tuple[Line, ...]],
        Field(description="Never said of an unapproved therapy; a star stands for any ending."),
    ] = Field(default_factory=dict)


Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class ApprovalRow(Strict):
    """One signature."""

    topic: Id
    role: Id
    name: Line
    date: Day
    digest: Digest


class Changed(Strict):
    """A text before and after a change."""

    was: Line
    now: Line


class ChangedMessage(Changed):
    """A message of the source before and after a change."""

    section: Id


class SameMeaningRow(Strict):
    """One statement that a changed source means the same."""

    topic: Id
    role: Id
    name: Line
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
    because: Annotated[Line, Field(description="Why it must not be handed out.")]
    by: Annotated[Line | None, Field(description="Who withdrew it.")] = None
    date: Annotated[Day, Field(description="Day of the withdrawal, YYYY-MM-DD.")]


class WithdrawnFile(Strict):
    """`withdrawn.toml`: leaflets that are taken out and stay out."""

    withdrawn: tuple[WithdrawnRow, ...] = ()


#: The published schemas, by file name.
SCHEMAS: dict[str, type[Strict]] = {
    "front-matter.schema.json": FrontMatter,
    "clinic.schema.json": ClinicFile,
    "clinics.schema.json": ClinicFile,
    "policy.schema.json": PolicyFile,
    "words.schema.json": WordsFile,
    "approvals.schema.json": ApprovalsFile,
    "withdrawn.schema.json": WithdrawnFile,
}


#: Those of files that are laid over another one, which has what they leave out.
LAID_OVER = frozenset({"clinics.schema.json"})


def json_schema(name: str) -> str:
    """Give the text of a JSON Schema, as it is committed in `schemas/`."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **SCHEMAS[name].model_json_schema(by_alias=True),
    }
    if name in LAID_OVER:
        for table in (schema, *schema.get("$defs", {}).values()):
            table.pop("required", None)
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _say(error: Any, known: list[str]) -> tuple[str, str]:
    """Turn one of pydantic's errors into what is wrong and what to do."""
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(error["loc"][-1]), known, 1, 0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"known keys are: {', '.join(known)}"
        return f"unknown key '{key}'", hint
    if error["type"] == "missing":
        return f"'{key}' is missing", "add it"
    said = error["msg"].removeprefix("Value error, ")
    return (f"'{key}': {said}" if key else said), "correct it"


def _known_keys(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """Name the keys that may stand where `loc` points."""
    fields = {info.alias or name: info.annotation for name, info in model.model_fields.items()}
    for part in loc[:-1]:
        annotation = fields.get(str(part))
        for candidate in _models_in(annotation):
            fields = {
                info.alias or name: info.annotation for name, info in candidate.model_fields.items()
            }
    return sorted(fields)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in getattr(annotation, "__args__", ()) for found in _models_in(part)]


def validate(
    model: type[_Model],
    data: object,
    path: str,
    line_of: Callable[[tuple[Any, ...]], int],
    error: type[HandoutError],
) -> _Model:
    """Check `data` against a model.

    `line_of` gives the line in the file for a key path such as `("pages", "standard")`.
    Raises `error`, or Problems that holds one of them for each thing wrong.
    """
    return validate_at(model, data, path, lambda loc: f"{path}:{line_of(loc)}", error)


def validate_at(
    model: type[_Model],
    data: object,
    path: str,
    place: Callable[[tuple[Any, ...]], str],
    error: type[HandoutError],
) -> _Model:
    """Check `data` of more than one file against a model: `place` says where a key path stands.

    Raises `error`, or Problems that holds one of them for each thing wrong.
    """
    try:
        return model.model_validate(data)
    except ValidationError as invalid:
        problems: list[HandoutError] = []
        for item in invalid.errors(include_input=False, include_url=False)[:MOST_SAID]:
            what, next_step = _say(item, _known_keys(model, item["loc"]))
            problems.append(error(place(item["loc"]), what, next_step))
        if (unsaid := invalid.error_count() - len(problems)) > 0:
            problems.append(error(path, f"{unsaid} more things are wrong", "correct these first"))
        raise (problems[0] if len(problems) == 1 else Problems(problems)) from None


def write_schemas(folder: Path) -> None:
    """Write all published schemas into a folder."""
    for name in SCHEMAS:
        write_atomically(folder / name, json_schema(name).encode("utf-8"))


if __name__ == "__main__":
    write_schemas(Path(__file__).resolve().parent.parent / "schemas")
