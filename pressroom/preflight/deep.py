"""Judge a PDF by PDF/UA-1 as a validator does: PDF -> Findings.

The validator is not on every machine; without it the finding is `skipped`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Finding


def pdf_ua(pdf: bytes) -> Iterator[Finding]:
    """Give each rule of ISO 14289-1 that a PDF breaks, once."""
    try:
        import page
    except ImportError:
        yield Finding(
            "accessibility",
            "skipped",
            "PDF/UA-1 was not judged: the validator is missing; install pressroom[deep]",
        )
        return
    try:
        report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    except page.PageError as problem:
        yield Finding("accessibility", "error", f"the PDF cannot be validated: {problem}")
        return
    for said in dict.fromkeys(f"{f.message} (rule {f.rule_id})" for f in report.failures):
        yield Finding("accessibility", "error", f"PDF/UA-1: {said}; mend the template")
