"""Hand leaflets on to other systems: the ledger and the words as they stand -> files in a folder.

For a patient's record as FHIR, for OpenEMR by the names that it looks up, for an archive as
PDF/A. Only what may be handed out is handed on.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from ..build.output import Output
from ..build.prepare import Preparer
from ..build.render import Job
from ..build.workers import Pool
from ..core.errors import ConfigurationError, HandoutError, UsageError
from ..core.files import holds, shown, write_atomically
from ..core.model import Finding
from ..core.published import Issue, Row, file_name, reader_name, replaced
from ..leaflet.site import Words
from ..preflight.pdfua import pdf_a, pdf_ua
from ..rack import fhir
from .handing_out import current
from .recall import open_history

#: Topic, locale, edition.
Name = tuple[str, str, str]

#: What OpenEMR calls the systems. It looks a name up exactly, every language but Spanish as `en`.
_OPENEMR = {
    "icd-10-cm": ("icd10",), "icd-10": ("icd10",), "snomed-ct": ("snomed", "snomed-ct"),
    "loinc": ("loinc",), "rxnorm": ("rxcui",),
}  # fmt: skip
_OPENEMR_LANGUAGES = ("en", "es")
#: What was exported to a folder, so that it can be taken out again.
MANIFEST = "pressroom.json"


def _current_rows(words: Words, output: Output) -> Iterator[Row]:
    """Yield the rows of all leaflets that may be handed out, by topic and locale."""
    prepare = Preparer(words)
    approved = [key[:2] for key in list(output.ledger.keys()) if key[3] == "approved"]
    for topic, locale in dict.fromkeys(approved):
        if topic in words.names and locale in words.site.clinic.locales:
            yield from current(prepare, output, [topic], [locale])


# FHIR


def fhir_bundles(words: Words, output: Output) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each locale with its Bundle: all that was ever handed out, and what it is now.

    Raises UsageError where the clinic has no address that a record could keep.
    """
    clinic = words.site.clinic
    if not clinic.rack_address:
        raise UsageError(
            shown(Path(clinic.path)),
            "a record needs an address under which it finds a leaflet",
            "set 'address' under [rack]",
        )
    rows = {row.made.key[:3]: row for row in _current_rows(words, output)}
    issues = open_history(words, output.out).issues()
    last, before = {(one.topic, one.locale, one.edition): one for one in issues}, replaced(issues)
    codes, titles = output.ledger.codes(), output.ledger.titles()

    def resource(name: Name, issue: Issue) -> dict[str, Any]:
        row = rows.get(name)
        title = titles.get(issue.topic, issue.topic)
        status: fhir.Status = "current" if row else "superseded"
        if words.withdrawal(issue.topic, issue.locale):
            status = "entered-in-error"
        document = fhir.Document(
            *name, issue.version, issue.issued, issue.review_by,
            row.card["title"] if row else title, title, issue.sha256, before.get(name, ""),
            codes.get(issue.topic, {}), status, row.made.file if row else "",
        )  # fmt: skip
        pdf = _read(output.out, row) if row else b""
        return fhir.document_reference(document, clinic, pdf)

    by_locale = sorted(last.items(), key=lambda item: (item[0][1], item[0]))
    for locale, names in groupby(by_locale, key=lambda item: item[0][1]):
        resources = [resource(*item) for item in names]
        yield locale, fhir.bundle(resources, clinic, locale)


def _read(out: Path, row: Row) -> bytes:
    """Read a published PDF. Raises HandoutError where it is not the one that was built."""
    path = out / row.made.file
    pdf = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(pdf).hexdigest() != row.made.sha256:
        raise HandoutError(shown(path), "is not what was built", "run 'handouts build' first")
    return pdf


# OpenEMR


@dataclass(slots=True)
class OpenemrExport:
    """What an export to OpenEMR did, and what it could not do."""

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    #: What the reader of the folder should know.
    warnings: list[str] = field(default_factory=list)
    #: What keeps the folder from being right.
    problems: list[HandoutError] = field(default_factory=list)


def export_openemr(words: Words, output: Output, folder: Path) -> OpenemrExport:
    """Bring a folder of OpenEMR in step: its own files come and go, others are never touched."""
    done = OpenemrExport()
    files: dict[str, bytes] = {}
    left_out: set[str] = set()
    short: set[str] = set()
    codes = output.ledger.codes()
    for (topic, locale), rows in groupby(
        _current_rows(words, output), key=lambda row: (row.made.topic, row.made.locale)
    ):
        pdf = _read(output.out, next(rows))
        language = locale.partition("-")[0]
        if language not in _OPENEMR_LANGUAGES:
            left_out.add(locale)
            continue
        own = codes.get(topic, {})
        icd = [code for name in ("icd-10-cm", "icd-10") for code in own.get(name, ())]
        short.update(code for code in icd if "." not in code)
        for name in _openemr_names(own, language):
            if files.setdefault(name, pdf) != pdf:
                done.warnings.append(f"{name}: {locale}/{topic} has this code, too; one is shown")
    if left_out:
        done.warnings.append(
            f"OpenEMR knows English and Spanish alone: {', '.join(sorted(left_out))} are left out, "
            "and their readers get the English leaflet"
        )
    if short:
        done.warnings.append(
            f"OpenEMR looks up exact codes: what has {', '.join(sorted(short))} is not found by a "
            "code below; list those that your records use"
        )
    _bring_in_step(folder, files, done)
    return done


def _openemr_names(codes: Mapping[str, tuple[str, ...]], language: str) -> Iterator[str]:
    for system, own in codes.items():
        for prefix in _OPENEMR[system]:
            yield from (f"{prefix}_{code}_{language}.pdf".lower() for code in own)


def _bring_in_step(folder: Path, files: Mapping[str, bytes], done: OpenemrExport) -> None:
    """Write files, and take out those of the manifest that are no longer among them."""
    known = _read_manifest(folder / MANIFEST)
    kept = dict(known)
    for name in known.keys() - files.keys():
        path = folder / name
        try:
            if path.is_file() and _digest(path.read_bytes()) != known[name]:
                raise OSError("somebody else has changed it")
            path.unlink(missing_ok=True)
        except OSError as problem:
            said = f"must not be handed out, but cannot be taken out ({problem})"
            done.problems.append(HandoutError(shown(path), said, "delete it"))
            continue
        done.removed.append(name)
        del kept[name]
    for name, pdf in sorted(files.items()):
        path = folder / name
        if name not in known and path.exists() and not holds(path, pdf):
            said = "is not from Pressroom, and is left as it is"
            done.problems.append(HandoutError(shown(path), said, "move it away"))
            continue
        kept[name] = _digest(pdf)
        if not holds(path, pdf):
            write_atomically(path, pdf)
            done.written.append(name)
    text = json.dumps({"format": 1, "files": kept}, indent=1, sort_keys=True) + "\n"
    write_atomically(folder / MANIFEST, text.encode("ascii"))


def _read_manifest(path: Path) -> dict[str, str]:
    """Return the digest of each exported file. Raises ConfigurationError for a damaged manifest."""
    try:
        files = json.loads(path.read_text(encoding="utf-8"))["files"]
    except FileNotFoundError:
        return {}
    except (OSError, KeyError, TypeError, ValueError):
        files = None
    if not isinstance(files, dict) or not all(
        re.fullmatch(r"[a-z0-9.-]+_[a-z0-9.-]+_[a-z]{2}\.pdf", name) and isinstance(digest, str)
        for name, digest in files.items()
    ):
        raise ConfigurationError(shown(path), "is no list of what was exported", "delete it")
    return files


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# Archives


@dataclass(frozen=True, slots=True)
class Archived:
    """A leaflet as an archive keeps it, or what is wrong with it."""

    name: str
    #: Path below the folder: of each version, its own.
    file: str
    pdf: bytes
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


def archive(words: Words, output: Output, pool: Pool) -> Iterator[Archived]:
    """Set all that may be handed out as PDF/A-2a, and judge it as the pages of a patient are."""
    for job, result in pool.run(_archival_jobs(words, output)):
        pdf = result.extras.get(reader_name(file_name(job.wanted)), result.pdf)
        findings = result.verdict.findings
        if not result.verdict.failed:
            findings = (*findings, *pdf_a(pdf), *pdf_ua(pdf))
        yield Archived(
            job.wanted.stem,
            f"{job.wanted.stem}.{job.leaflet.topic.version}.pdf",
            pdf,
            findings,
        )


def _archival_jobs(words: Words, output: Output) -> Iterator[Job]:
    clinic = words.site.clinic
    names = {row.made.key[:3] for row in _current_rows(words, output)}
    prepare = Preparer(words)
    for topic, locale in sorted({name[:2] for name in names}):
        for one in prepare([topic], [locale]):
            if (topic, locale, one.edition) in names:
                assert one.wanted and one.leaflet and one.setting
                setting = replace(one.setting, archival=True)
                yield Job(
                    one.wanted, one.leaflet, one.html, setting, "for an archive",
                    clinic.limit_seconds, clinic.limit_megabytes,
                )  # fmt: skip
