"""Tell viewers how to open and print a leaflet: Setting -> preferences in the PDF's catalogue.

ISO 32000-1, 12.2. They are recommendations: a print dialog starts with them.
"""

from __future__ import annotations

from typing import Any

from .setting import Setting


def recommend(pdf: Any, setting: Setting, pages: int) -> None:
    """Set the preferences of a PDF that is about to be written."""
    import pydyf

    preferences = {
        "DisplayDocTitle": "true",
        "PrintScaling": "/None",
        "Direction": "/R2L" if setting.direction == "rtl" else "/L2R",
    }
    if setting.halved:
        pdf.catalog["PageLayout"] = "/TwoPageRight"
    elif pages > 1:
        preferences["Duplex"] = "/DuplexFlipLongEdge"
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary(preferences)
