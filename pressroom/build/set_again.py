"""Set a leaflet beside what stands published of it: Prepared, PDF -> what differs."""

from __future__ import annotations

from ..core.model import Clinic
from ..core.published import file_name, reader_name
from ..preflight.pdf.raster import different_pages
from .output import first_error
from .prepare import Prepared
from .render import Job, set_and_judge


def pages_anew(clinic: Clinic, one: Prepared, published: bytes) -> str:
    """Return a sentence on whether the pages would look as those that stand published."""
    assert one.wanted is not None and one.leaflet is not None and one.setting is not None
    job = Job(
        one.wanted, one.leaflet, one.html, one.setting, "",
        clinic.limit_seconds, clinic.limit_megabytes,
    )  # fmt: skip
    result = set_and_judge(job)
    if reason := first_error(result.verdict.findings):
        return f"It would fail: {reason}."
    pdf = result.extras.get(reader_name(file_name(one.wanted)), result.pdf)
    differing = [str(page) for page in different_pages(published, pdf)]
    if not differing:
        return "Its pages would look the same."
    named = " and ".join(filter(None, (", ".join(differing[:-1]), differing[-1])))
    return f"{'Pages' if differing[1:] else 'Page'} {named} would look different."
