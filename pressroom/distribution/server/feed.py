"""Write answers as a record reads them: leaflets -> a feed, as JSON and as Atom (RFC 4287).

The JSON is that of HL7's implementation guide: text stands under `_value`, and `entry` is a list
even where it is empty. Atom is written from it, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from ...content.rack_words import RackWords
from ...core.model import Clinic
from ...rack.fhir import fhir_name, uuid_of
from ..infobutton import Answer, Question

#: A year in which the clinic had its address (RFC 4151); another one would change every name.
_YEAR = "2026"


def feed_of(
    question: Question, answers: Iterable[Answer], clinic: Clinic, rack: RackWords, base: str
) -> dict[str, Any]:
    """Return the feed that answers a question; `base` is where the rack is to be found."""
    words = rack.texts
    author: dict[str, Any] = {"name": {"_value": clinic.name}}
    if clinic.rack_address:
        author["uri"] = {"_value": clinic.rack_address}
    return {
        "base": f"{base}/",
        "lang": rack.locale.code,
        "title": _text(f"{words['title']}, {clinic.name}"),
        "id": {"_value": _name(clinic, "connect")},
        "updated": {"_value": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")},
        "author": author,
        "category": [{"scheme": scheme, "term": term} for scheme, term in question.categories],
        "entry": [_entry(answer, clinic, base, words) for answer in answers],
    }


def _entry(answer: Answer, clinic: Clinic, base: str, words: Mapping[str, str]) -> dict[str, Any]:
    """Return one leaflet. Readers take its first link, which is the PDF."""
    made, card = answer.rows[0].made, answer.rows[0].card
    title = card["title"]

    def link(path: str, kind: str, rel: str = "alternate", more: str = "") -> dict[str, str]:
        return {
            "href": f"{base}/{path}", "rel": rel, "type": kind, "hreflang": made.locale,
            "title": f"{title} ({more})" if more else title,
        }  # fmt: skip

    links = [link(made.file, "application/pdf")]
    for other in answer.rows[1:]:
        edition = other.made.edition
        more = words.get(f"edition-{edition}", edition)
        links.append(link(other.made.file, "application/pdf", more=more))
    links.append(link(f"{made.locale}/{made.topic}.html", "text/html"))
    if clinic.rack_address:
        links.append(link(fhir_name(made.file), "application/fhir+json", "related"))
    # A leaflet from before there were marks has none.
    copy = "-".join(filter(None, (made.locale, card["version"], card.get("mark", ""))))
    links.append(link(f"c/{made.topic}.html#{copy}", "text/html", "related"))
    said = [
        words["version"].format(version=card["version"]),
        words["issued"].format(date=card["issued"]),
        words["review-by"].format(date=card["review_by"]),
    ]
    return {
        "lang": made.locale,
        "title": _text(title),
        "id": {"_value": _name(clinic, f"{made.topic}/{made.locale}/{made.edition}")},
        "updated": {"_value": f"{card['issued']}T00:00:00Z"},
        "summary": _text(f"{', '.join(said)}."),
        "link": links,
    }


def _text(value: str) -> dict[str, str]:
    return {"_value": value, "type": "text"}


def _name(clinic: Clinic, path: str) -> str:
    """Return a name that stays: a tag URI where the clinic has an address, else a UUID."""
    address = urlsplit(clinic.rack_address)
    if not address.hostname or ":" in address.hostname:
        return uuid_of(f"{clinic.rack_address or clinic.name}/{path}")
    return f"tag:{address.hostname},{_YEAR}:{f'{address.path}/{path}'.lstrip('/')}"


def to_atom(feed: Mapping[str, Any]) -> bytes:
    """Return a feed as Atom; its elements in the order that HL7's schema asks for."""
    root = Element(
        "feed",
        {
            "xmlns": "http://www.w3.org/2005/Atom",
            "xml:base": feed["base"],
            "xml:lang": feed["lang"],
        },
    )
    _write(root, feed, "title")
    author = SubElement(root, "author")
    for name in feed["author"]:
        _write(author, feed["author"], name)
    _write(root, feed, "updated")
    for category in feed["category"]:
        SubElement(root, "category", category)
    _write(root, feed, "id")
    for entry in feed["entry"]:
        element = SubElement(root, "entry", {"xml:lang": entry["lang"]})
        _write(element, entry, "title")
        for link in entry["link"]:
            SubElement(element, "link", link)
        for name in ("id", "updated", "summary"):
            _write(element, entry, name)
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return data


def _write(parent: Element, data: Mapping[str, Any], name: str) -> None:
    attributes = {key: value for key, value in data[name].items() if key != "_value"}
    SubElement(parent, name, attributes).text = data[name]["_value"]
