"""Describe the web page of a leaflet to search engines: Leaflet and Clinic -> JSON-LD."""

from __future__ import annotations

from typing import Any

from ..core.codes import SYSTEMS
from ..core.model import Clinic, Leaflet, plain


def linked_data(leaflet: Leaflet, clinic: Clinic) -> dict[str, Any]:
    """Return what schema.org calls a MedicalWebPage; nothing for what may not be handed out."""
    if leaflet.state != "approved" or leaflet.out_of_date:
        return {}
    topic = leaflet.topic
    codes = [
        {"@type": "MedicalCode", "codeValue": code, "codingSystem": SYSTEMS[name].label}
        for name, codes in topic.codes.items()
        for code in codes
    ]
    title = plain(leaflet.words[topic.title.anchor])
    page = f"{clinic.rack_address}/{leaflet.locale.code}/{topic.id}.html"
    return {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "name": title,
        **({"url": page} if clinic.rack_address else {}),
        "inLanguage": leaflet.locale.code,
        "audience": {"@type": "MedicalAudience", "audienceType": "Patient"},
        "lastReviewed": topic.issued.isoformat(),
        "publisher": {"@type": "Organization", "name": clinic.name},
        **({"about": {"@type": "MedicalEntity", "name": title, "code": codes}} if codes else {}),
    }
