"""What stands in braces in words, such as `{phone}`: the one list of names, and their finder."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..core.model import Clinic

#: A name in braces.
PLACEHOLDER = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name that is replaced when a leaflet is composed."""

    #: What it stands for, as translators are told.
    meaning: str
    #: An example of it: the clinic's own value where it has one; empty where none helps.
    example: Callable[[Clinic], str]
    #: Whether the words of topics may have it; those of disclaimers may have all.
    in_topics: bool = False


def _in_topics(meaning: str, value: Callable[[Clinic], str]) -> Placeholder:
    return Placeholder(meaning, value, in_topics=True)


def _such_as(meaning: str, example: str = "") -> Placeholder:
    return Placeholder(meaning, lambda _: example)


#: All that may stand in braces, by name.
PLACEHOLDERS: Mapping[str, Placeholder] = {
    "clinic": _in_topics("the clinic's name", lambda clinic: clinic.name),
    "phone": _in_topics("the clinic's telephone number", lambda clinic: clinic.phone),
    "email": _in_topics("the clinic's e-mail address", lambda clinic: clinic.email),
    "emergency_number": _in_topics(
        "the number for emergencies", lambda clinic: clinic.emergency_number
    ),
    "urgent_number": _in_topics(
        "the number for urgent advice", lambda clinic: clinic.urgent_number
    ),
    "blank": Placeholder("a line to write on; keep it", lambda _: "", in_topics=True),
    "therapy": _such_as("name of the therapy, as the topic has it", "exosome therapy"),
    "Therapy": _such_as("name of the therapy, first letter large", "Exosome therapy"),
    "condition": _such_as("name of the condition, as the topic has it", "sleep apnoea"),
    "checked_on": _such_as("a date, written as your language does"),
    "leaflet_id": _such_as("the leaflet's short name", "sleep-apnoea"),
    "locale": _such_as("the code of your language"),
    "version": _such_as("the leaflet's version", "1.0"),
    "source_version": _such_as("the version that was translated", "1.0"),
    "issued": _such_as("a date, written as your language does"),
    "review_by": _such_as("a date, written as your language does"),
    "n": _such_as("the number of the page", "1"),
    "N": _such_as("how many pages there are", "4"),
    "translator": _such_as("a person's name"),
    "reviewer": _such_as("a person's name"),
    "clinical_reviewer": _such_as("a person's name"),
    "sources": _such_as("books and guidelines, left in their own language"),
    "authors": _such_as("names of people"),
    "funder": _such_as("who paid, as the topic has it"),
    "conflicts": _such_as("conflicts of interest, as the topic has them"),
    "owner": Placeholder("who owns the text", lambda clinic: clinic.owner),
    "year": _such_as("a year", "2026"),
    "licence": Placeholder("name of the licence", lambda clinic: clinic.licence),
}

#: Those that a topic's own words may use.
TOPIC_PLACEHOLDERS = tuple(name for name, one in PLACEHOLDERS.items() if one.in_topics)
#: Those that the typesetter fills in: the number of the page, and of all pages.
FOLIOS = ("n", "N")
#: The one that stands for a line to write on.
BLANK = "blank"


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names of the placeholders in a message, each once, in order."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(text)))


def clinic_values(clinic: Clinic) -> dict[str, str]:
    """Return what stands for each placeholder that the words of topics may use."""
    own = {name: PLACEHOLDERS[name].example(clinic) for name in TOPIC_PLACEHOLDERS}
    return {**own, **clinic.placeholders}
