"""Judge a typeset leaflet: Proof and Leaflet -> Verdict. One check a file, in `checks/`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from ..model import Finding, Leaflet, Proof, Shown, Verdict

__all__ = ["Check", "all_checks", "examine", "examine_pdf"]


@dataclass(frozen=True, slots=True)
class Check:
    """A check, as its module describes it."""

    name: str
    codes: tuple[str, ...]
    #: Where the rule comes from.
    source: str
    #: Why the rule is there: the module's docstring.
    rationale: str
    #: What fails, and what passes, in a line each.
    bad: str
    good: str
    check: Callable[..., Iterable[Finding]]


@lru_cache(maxsize=1)
def all_checks() -> tuple[Check, ...]:
    """Find the checks, in the order of their names."""
    from . import checks

    found = []
    for info in sorted(pkgutil.iter_modules(checks.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{checks.__name__}.{info.name}")
        found.append(
            Check(
                name=info.name,
                codes=module.CODES,
                source=module.SOURCE,
                rationale=module.__doc__ or "",
                bad=module.BAD,
                good=module.GOOD,
                check=module.check,
            )
        )
    return tuple(found)


def examine(proof: Proof, leaflet: Leaflet | None) -> Verdict:
    """Judge a freshly typeset proof by every check; report all that they find.

    Without a leaflet, what needs its words is `skipped`.
    """
    from .disclaimers import shown
    from .evidence import MALFORMED, Evidence, UnjudgedError, UnreadableError

    # What we have set ourselves is well formed: there, an error is a bug of ours.
    malformed = MALFORMED if leaflet is None else ()
    evidence = Evidence(proof, leaflet)
    findings = list(proof.findings)
    try:
        evidence.sheets, evidence.tree  # noqa: B018 - read before all checks
    except (UnreadableError, *malformed) as problem:
        said = problem if isinstance(problem, UnreadableError) else _MALFORMED
        findings.append(
            Finding("accessibility", "error", f"{said}; nothing on it could be judged", "")
        )
        notices = leaflet.required if leaflet else ()
        absent = tuple(Shown(notice.id, None, None, False) for notice in notices)
        return Verdict(proof.pages, absent, tuple(findings))
    for check in all_checks():
        try:
            findings += check.check(evidence)
        except UnjudgedError as problem:
            findings.append(Finding(check.codes[0], "skipped", str(problem), ""))
        except malformed:
            findings.append(Finding(check.codes[0], "error", _MALFORMED, ""))
    disclaimers = shown(evidence) if leaflet else ()
    return Verdict(len(evidence.sheets), disclaimers, tuple(findings))


_MALFORMED = "the PDF is malformed: it does not hold what its own names promise; build it again"


def examine_pdf(pdf: bytes, leaflet: Leaflet | None, sheets: bytes = b"") -> Verdict:
    """Judge a PDF from disk by the words that it ought to show, where they are known.

    A booklet is judged by its reader's edition, and by the sheets imposed from it.
    """
    verdict = examine(Proof(pdf=pdf, pages=0, type_size_pt=0.0), leaflet)
    if not sheets or leaflet is None or verdict.failed:
        return verdict
    from .sheets import examine_sheets

    found = examine_sheets(sheets, pdf, leaflet.locale.direction == "rtl")
    return replace(verdict, findings=(*verdict.findings, *found))
