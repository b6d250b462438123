"""Describe leaflets as patients' records keep them: leaflets -> HL7 FHIR R4 resources.

A DocumentReference names no patient: a record that notes what was given copies it, with its own
subject and date. Each field is one of https://hl7.org/fhir/R4/documentreference.html.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from ..core.codes import SYSTEMS, Codes
from ..core.model import Clinic

Status = Literal["current", "superseded", "entered-in-error"]

_URI = "urn:ietf:rfc:3986"
_KIND = {
    "coding": [
        {"system": "http://loinc.org", "code": "34895-3", "display": "Education note"},
    ],
    "text": "Patient leaflet",
}
_CATEGORY = {
    "coding": [
        {
            "system": "http://snomed.info/sct",
            "code": "311401005",
            "display": "Patient education (procedure)",
        }
    ]
}


#: How the name of a resource ends.
SUFFIX = ".fhir.json"


def fhir_name(file: str) -> str:
    """Return the path of the resource beside a PDF: `es/asthma.standard.fhir.json`."""
    return f"{file.removesuffix('.pdf')}{SUFFIX}"


@dataclass(frozen=True, slots=True)
class Document:
    """A leaflet that is, or was, handed out."""

    topic: str
    locale: str
    edition: str
    version: str
    #: Days, as ISO 8601 has them.
    issued: str
    review_by: str
    #: In the leaflet's own language, and in that of the site.
    title: str
    source_title: str
    #: Digest of the PDF, and of the one before it; empty where there was none.
    sha256: str
    before: str
    codes: Codes
    status: Status
    #: Path of the PDF below the output folder.
    file: str

    @property
    def name(self) -> str:
        """What it is called whatever its version."""
        return f"{self.topic}/{self.locale}/{self.edition}"


def digest_name(sha256: str) -> str:
    """Return the name of a file by its digest (RFC 6920): `ni:///sha-256;…`."""
    name = base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode("ascii").rstrip("=")
    return f"ni:///sha-256;{name}"


def document_reference(one: Document, clinic: Clinic, pdf: bytes) -> dict[str, Any]:
    """Return the DocumentReference of a leaflet. Only one that is current has addresses.

    `pdf` may be empty for one that is not.

    `hash` is the SHA-1 of the file, as R4 asks for; `masterIdentifier` has its SHA-256.
    """
    address, current = clinic.rack_address, one.status == "current"
    whose = {"display": clinic.name}
    document: dict[str, Any] = {
        "contentType": "application/pdf",
        "language": one.locale,
        "title": one.title,
        "creation": one.issued,
    }
    page: dict[str, Any] = {
        "contentType": "text/html",
        "language": one.locale,
        "title": one.title,
    }
    if current:
        sha1 = hashlib.sha1(pdf, usedforsecurity=False).digest()
        document |= {
            "url": f"{address}/{one.file}",
            "size": len(pdf),
            "hash": base64.b64encode(sha1).decode("ascii"),
        }
        page["url"] = f"{address}/{one.locale}/{one.topic}.html"
    review_by = {"url": f"{address}/fhir/review-by", "valueDate": one.review_by}
    resource: dict[str, Any] = {
        "resourceType": "DocumentReference",
        "language": one.locale,
        "extension": [review_by],
        "masterIdentifier": {"system": _URI, "value": digest_name(one.sha256)},
        "identifier": [_identifier(one, clinic)],
        "status": one.status,
        "docStatus": "entered-in-error" if one.status == "entered-in-error" else "final",
        "type": _KIND,
        "category": [_CATEGORY],
        "date": f"{one.issued}T00:00:00Z",
        "author": [whose],
        "custodian": whose,
    }
    if one.before:
        target = {"system": _URI, "value": digest_name(one.before)}
        reference = {"type": "DocumentReference", "identifier": target}
        resource["relatesTo"] = [{"code": "replaces", "target": reference}]
    resource["description"] = f"{one.title} · version {one.version} · review by {one.review_by}"
    attachments = (document, page) if current else (document,)
    resource["content"] = [{"attachment": attachment} for attachment in attachments]
    if one.codes:
        coding = [
            {"system": SYSTEMS[name].url, "code": code}
            for name, codes in one.codes.items()
            for code in codes
        ]
        resource["context"] = {"event": [{"coding": coding, "text": one.source_title}]}
    return resource


def _identifier(one: Document, clinic: Clinic) -> dict[str, str]:
    return {"system": f"{clinic.rack_address}/leaflet", "value": one.name}


def bundle(resources: Iterable[Mapping[str, Any]], clinic: Clinic, locale: str) -> dict[str, Any]:
    """Return a transaction that puts the resources of a locale, and the List of current ones.

    Each is put by its identifier, so that a record that has it already gets no second one.
    """
    entries: list[dict[str, Any]] = []
    listed: list[dict[str, Any]] = []
    for resource in resources:
        own = resource["identifier"][0]
        entries.append(_put(resource, own))
        if resource["status"] == "current":
            listed.append({"item": {"reference": entries[-1]["fullUrl"]}})
    own = {"system": f"{clinic.rack_address}/leaflets", "value": locale}
    shelf: dict[str, Any] = {
        "resourceType": "List",
        "language": locale,
        "identifier": [own],
        "status": "current",
        "mode": "working",
        "title": f"Patient leaflets, {clinic.name}, {locale}",
    }
    if listed:
        shelf["entry"] = listed
    entries.append(_put(shelf, own))
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _put(resource: Mapping[str, Any], own: Mapping[str, str]) -> dict[str, Any]:
    token = quote(f"{own['system']}|{own['value']}", safe="")
    kind = resource["resourceType"]
    return {
        "fullUrl": uuid_of(f"{own['system']}/{own['value']}"),
        "resource": resource,
        "request": {"method": "PUT", "url": f"{kind}?identifier={token}"},
    }


def uuid_of(address: str) -> str:
    """Return the name-based UUID of an address, as a URN (RFC 9562, version 5)."""
    return uuid.uuid5(uuid.NAMESPACE_URL, address).urn


def to_text(resource: Mapping[str, Any]) -> str:
    """Return a resource as the text of its file."""
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":")) + "\n"
