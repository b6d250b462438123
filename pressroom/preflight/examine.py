"""Judge a typeset leaflet by every check: Proof and Leaflet -> Verdict."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from ..core.model import Finding, Leaflet, Proof, Shown, Verdict

__all__ = ["Check", "all_checks", "examine", "examine_pdf"]


@dataclass(frozen=True, slots=True)
class Check:
    """A check, as its module describes it."""

    name: str
    codes: tuple[str, ...]
    #: Origin of the rule.
    source: str
    #: The reason of the rule: the module's docstring.
    rationale: str
    #: What fails, and what passes, in a line each.
    bad: str
    good: str
    check: Callable[..., Iterable[Finding]]


@lru_cache(maxsize=1)
def all_checks() -> tuple[Check, ...]:
    """Return the checks of `checks/` in the order of their names."""
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
    """Return the verdict of every check on a proof.

    Without a leaflet, checks that need its words are `skipped`.
    """
    from .disclaimers.prove import shown
    from .evidence import MALFORMED, Evidence, UnjudgedError, UnreadableError

    # What we have set ourselves is well formed: there, an error is a bug of ours.
    malformed = MALFORMED if leaflet is None else ()
    evidence = Evidence(proof, leaflet)
    findings = list(proof.findings)
    try:
        evidence.pages, evidence.tree  # noqa: B018 - read before all checks
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
            findings += [Finding(code, "skipped", str(problem), "") for code in check.codes]
        except malformed:
            findings += [Finding(code, "error", _MALFORMED, "") for code in check.codes]
    disclaimers = shown(evidence) if leaflet else ()
    return Verdict(len(evidence.pages), disclaimers, tuple(findings))


_MALFORMED = "the PDF is malformed: it does not hold what its own names promise; build it again"


def examine_pdf(pdf: bytes, leaflet: Leaflet | None, sheets: bytes = b"") -> Verdict:
    """Return the verdict on a PDF from disk, by the words that it has to show where they are known.

    `sheets` are those imposed from it for a booklet: they are judged where it passes.
    """
    verdict = examine(Proof(pdf=pdf, pages=0, type_size_pt=0.0), leaflet)
    if not sheets or leaflet is None or verdict.failed:
        return verdict
    from .booklet import examine_sheets

    found = examine_sheets(sheets, pdf, leaflet.locale.direction == "rtl")
    return replace(verdict, findings=(*verdict.findings, *found))
