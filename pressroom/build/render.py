"""Set and judge one leaflet within its limits: Job -> RenderResult; what a worker does."""

from __future__ import annotations

import gc
import sysconfig
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..core.files import PACKAGE
from ..core.limits import OutOfTimeError, within_limits
from ..core.model import EDITIONS, Finding, Leaflet, Verdict
from ..core.published import Wanted, file_name, reader_name
from ..typeset.setting import Setting
from ..typeset.weasyprint_patches.page_limit import EndlessError


@dataclass(frozen=True, slots=True)
class Job:
    """One leaflet to set and to judge, with all that a worker needs for it."""

    wanted: Wanted
    leaflet: Leaflet
    html: str
    setting: Setting
    reason: str
    limit_seconds: int
    limit_megabytes: int
    #: Its web page, where one is published with it, and the words that this page needs besides.
    web: str = ""
    web_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderResult:
    """A PDF and its verdict, or findings alone."""

    pdf: bytes
    verdict: Verdict
    type_size_pt: float | None
    #: More files that are published with it, by path below the output folder.
    extras: Mapping[str, bytes] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _typesetter() -> Any:
    """Return this worker's typesetter, warm after the first leaflet."""
    from ..typeset.typesetter import Typesetter

    return Typesetter()


def thumb_name(wanted: Wanted) -> str:
    """Return the path of a leaflet's picture on the rack, below the output folder."""
    return f"rack/thumbs/{wanted.stem}.png"


def names_beside(wanted: Wanted) -> tuple[str, str]:
    """Return the paths of what may be published with a leaflet, below the output folder."""
    return thumb_name(wanted), reader_name(file_name(wanted))


def set_and_judge(job: Job) -> RenderResult:
    """Typeset a leaflet and judge it. What goes wrong with it is a finding, never an error."""
    from ..preflight.examine import examine
    from ..preflight.pdf.raster import thumbnail
    from ..preflight.web_page import examine_web_page

    typesetter = _typesetter()

    def work() -> RenderResult:
        proof = typesetter.typeset(job.html, job.setting)
        verdict = examine(proof, job.leaflet)
        if job.web:
            found = examine_web_page(job.web, job.leaflet, job.web_words)
            verdict = replace(verdict, findings=(*verdict.findings, *found))
        thumbs = {} if verdict.failed else {thumb_name(job.wanted): thumbnail(proof.pdf)}
        result = RenderResult(proof.pdf, verdict, proof.type_size_pt, thumbs)
        return _imposed(result, job) if EDITIONS[job.wanted.edition].halved else result

    try:
        return _within(work, job.limit_seconds, job.limit_megabytes)
    finally:
        tidy()


def tidy() -> None:
    """Collect what a leaflet leaves behind: a tree or two whose parts refer to each other.

    Only where nothing else does, as in a worker. What is still there then is kept for ever:
    styles, fonts, modules. It is not looked through again.
    """
    if not gc.isenabled():
        gc.collect()
        gc.freeze()


def judge(
    pdf: bytes, leaflet: Leaflet | None, sheets: bytes, seconds: int, megabytes: int
) -> Verdict:
    """Judge a PDF from disk, whoever made it, within these limits."""
    from ..preflight.examine import examine_pdf

    def work() -> RenderResult:
        return RenderResult(b"", examine_pdf(pdf, leaflet, sheets), None)

    return _within(work, seconds, megabytes, "judging").verdict


def _within(
    work: Callable[[], RenderResult], seconds: int, megabytes: int, doing: str = "typesetting"
) -> RenderResult:
    """Do work within limits. What ends it is a finding."""
    try:
        with within_limits(seconds, megabytes):
            return work()
    except OutOfTimeError:
        return timed_out(seconds, doing)
    except (MemoryError, SystemError):
        # A library in C that runs out of memory may fail without a word: a SystemError.
        return _failed(
            "render-crash",
            f"{doing} took more than {megabytes} MB; simplify the topic, "
            "or raise limits.megabytes in clinic.toml",
        )
    except RecursionError:
        return _failed("render-crash", "blocks are nested too deeply; flatten them")
    except EndlessError as problem:
        return _failed("page-count", str(problem))
    except Exception as problem:
        if not (said := _library_error(problem, doing)):
            raise
        return _failed("render-crash", f"{said}; simplify the topic, or the site's own styles")


def _imposed(reader: RenderResult, job: Job) -> RenderResult:
    """Impose a reader's edition that passed as a booklet. The reader's stays beside it."""
    from ..preflight.booklet import examine_sheets
    from ..typeset.imposition import impose

    if reader.verdict.failed:
        return reader
    rtl = job.leaflet.locale.direction == "rtl"
    sheets = impose(reader.pdf, rtl)
    findings = (*reader.verdict.findings, *examine_sheets(sheets, reader.pdf, rtl))
    return replace(
        reader,
        pdf=sheets,
        verdict=replace(reader.verdict, findings=findings),
        extras={**reader.extras, reader_name(file_name(job.wanted)): reader.pdf},
    )


def _library_error(problem: Exception, doing: str) -> str:
    """Return what a library failed of on this page; nothing where the bug is our own.

    The folders of this machine are left out: findings are published.
    """
    frames = traceback.extract_tb(problem.__traceback__)
    own = max(
        (n for n, frame in enumerate(frames) if frame.filename.startswith(str(PACKAGE))),
        default=-1,
    )
    places = tuple(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    if not any(frame.filename.startswith(places) for frame in frames[own + 1 :]):
        return ""
    at = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    return f"{doing} ended with {type(problem).__name__} in {at}"


def _failed(code: str, message: str) -> RenderResult:
    return RenderResult(b"", Verdict(0, (), (Finding(code, "error", message),)), None)


def timed_out(seconds: float, doing: str = "typesetting") -> RenderResult:
    """Return the result of a leaflet that took too long."""
    return _failed(
        "render-timeout",
        f"{doing} took longer than {seconds} seconds; simplify the topic, "
        "or raise limits.seconds in clinic.toml",
    )


#: The result of a leaflet whose worker dies.
CRASHED = _failed("render-crash", "the typesetter crashed on this leaflet; simplify the topic")
