"""Judge a PDF by PDF/UA-1 or PDF/A-2a with a validator, where it is installed: PDF -> Findings."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.model import Finding


def pdf_ua(pdf: bytes) -> Iterator[Finding]:
    """Yield each rule of ISO 14289-1 that a PDF breaks, once; `skipped` without the validator."""
    yield from _judge(pdf, "PDF/UA-1", "PDF_UA_1", "accessibility")


def pdf_a(pdf: bytes) -> Iterator[Finding]:
    """Yield each rule of ISO 19005-2, level A, that a PDF breaks, once; `skipped` as above."""
    yield from _judge(pdf, "PDF/A-2a", "PDF_A_2A", "archival")


def _judge(pdf: bytes, standard: str, profile: str, code: str) -> Iterator[Finding]:
    try:
        import page
    except ImportError:
        yield Finding(
            code,
            "skipped",
            f"{standard} was not judged: the validator is missing; "
            "run: pip install page-validation==0.11.0",
        )
        return
    try:
        report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile[profile])
    except page.PageError as problem:
        yield Finding(code, "error", f"the PDF cannot be validated: {problem}")
        return
    for said in dict.fromkeys(f"{f.message} (rule {f.rule_id})" for f in report.failures):
        yield Finding(code, "error", f"{standard}: {said}; mend the template")
