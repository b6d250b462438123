"""The systems of codes by which records name conditions, tests and medicines.

Where one code stands below another is told from its letters, in ICD-10 alone; nothing is mapped
from one system to another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

#: Codes by the name of their system, as front matter has them.
Codes = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """A system of codes: what others call it, how its codes are written, and what one covers."""

    name: str
    #: As people and search engines know it.
    label: str
    oid: str
    #: Its URI in HL7 FHIR.
    url: str
    #: What a code looks like as front matter has it, and one for messages.
    pattern: str
    example: str
    #: A code covers all that begin with it. Case and dots do not count (ICD-10).
    hierarchical: bool = False

    def normalised(self, code: str) -> str:
        """Return a code as it is compared."""
        return code.replace(".", "").upper() if self.hierarchical else code

    def written(self, code: str) -> str:
        """Return a code as the system writes it: `m459` -> `M45.9`. Raises ValueError."""
        said = self.normalised(code)
        if self.hierarchical and len(said) > 3:
            said = f"{said[:3]}.{said[3:]}"
        if not re.fullmatch(self.pattern, said):
            raise ValueError(f"'{code[:40]}' is no code of {self.label}, such as {self.example}")
        return said

    def fit(self, code: str, asked: str) -> float:
        """Return how closely a leaflet's code fits one that is asked for: 0 not at all, 1 exactly.

        A code above the one that is asked for fits the more, the more letters they share.
        """
        own, wanted = self.normalised(code), self.normalised(asked)
        if own == wanted:
            return 1.0
        return len(own) / len(wanted) if self.hierarchical and wanted.startswith(own) else 0.0


#: Each by its name. OIDs and URIs: HL7 Terminology (THO).
SYSTEMS: Mapping[str, CodeSystem] = {
    system.name: system
    for system in (
        CodeSystem(
            "icd-10-cm", "ICD-10-CM", "2.16.840.1.113883.6.90",
            "http://hl7.org/fhir/sid/icd-10-cm",
            r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$", "M45.9", hierarchical=True,
        ),
        CodeSystem(
            "icd-10", "ICD-10", "2.16.840.1.113883.6.3", "http://hl7.org/fhir/sid/icd-10",
            r"^[A-Z][0-9]{2}(\.[0-9]{1,3})?$", "M45.9", hierarchical=True,
        ),
        CodeSystem(
            "snomed-ct", "SNOMED CT", "2.16.840.1.113883.6.96", "http://snomed.info/sct",
            r"^[1-9][0-9]{5,17}$", "9631008",
        ),
        CodeSystem(
            "loinc", "LOINC", "2.16.840.1.113883.6.1", "http://loinc.org",
            r"^[0-9]{1,7}-[0-9]$", "34895-3",
        ),
        CodeSystem(
            "rxnorm", "RxNorm", "2.16.840.1.113883.6.88",
            "http://www.nlm.nih.gov/research/umls/rxnorm", r"^[1-9][0-9]{0,7}$", "11289",
        ),
    )
}  # fmt: skip


def find_system(name: str) -> CodeSystem | None:
    """Return the system that a name, an OID (also as a URN) or a URI names; None for another."""
    bare = re.sub(r"^urn:oid:", "", name, flags=re.IGNORECASE)
    return next((one for one in SYSTEMS.values() if bare in (one.name, one.oid, one.url)), None)


def fit_of(codes: Codes, system: str, asked: str) -> float:
    """Return how closely the codes of a topic fit one that is asked for: 0 to 1."""
    own = codes.get(system, ())
    return max((SYSTEMS[system].fit(code, asked) for code in own), default=0.0)
