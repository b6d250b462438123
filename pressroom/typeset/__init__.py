"""Typeset HTML into a Proof, stepping the type size until it fits; the home of WeasyPrint."""

from __future__ import annotations

import ctypes.util
import hashlib
import io
import logging
import math
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import count
from pathlib import Path
from typing import Any

from ..links import LINK_SCHEMES
from ..model import Finding, Proof
from . import circles, fonts
from .band import upper_margin
from .casting_off import CastOff
from .certificates import no_certificates
from .fitting import balance, first, fit, line_boxes
from .layouts import Layouts
from .order import reordered
from .setting import Setting
from .viewer import recommend

#: The folders of this machine in a line of the log, or a whole image.
_FILE = re.compile(r"file:/[^\s'\"]*/|(?<=data:image/)[^\s'\"]+")

#: WeasyPrint's name for the standard that every PDF keeps (ISO 14289-1).
PDF_VARIANT = "pdf/ua-1"


class _Log(logging.Handler):
    """Keeps what WeasyPrint logs: it goes on after many an error and only says so."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@lru_cache(maxsize=1)
def _weasyprint() -> Any:
    """Import WeasyPrint behind the isolated fonts, with its text layer mended."""
    fonts.isolate()
    with _libraries_by_name(), no_certificates():
        import weasyprint

    from . import computed, dense, endless, lengths, line_break, pseudo, shaping, text_layer

    patches = text_layer, line_break, endless, pseudo, computed, lengths, shaping, dense, circles
    for patch in patches:
        patch.install()
    logger = logging.getLogger("weasyprint")
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    return weasyprint


@contextmanager
def _libraries_by_name() -> Iterator[None]:
    """Spare the search for shared libraries, which starts some 87 programs: a third of a second.

    Linux finds them by the names that WeasyPrint tries besides.
    """
    if sys.platform != "linux":
        yield
        return
    find = ctypes.util.find_library

    def find_none(name: str) -> str | None:
        return None if name else find(name)

    ctypes.util.find_library = find_none
    try:
        yield
    finally:
        ctypes.util.find_library = find


def libraries() -> dict[str, str]:
    """Say which libraries outside of Python set a page, by release."""
    _weasyprint()
    from weasyprint.text.ffi import harfbuzz, pango

    # Of HarfBuzz, WeasyPrint declares only the question whether it is as new as another release.
    release: list[int] = []
    while len(release) < 3:
        newer = (n for n in count(1) if not harfbuzz.hb_version_atleast(*(*release, n, 0, 0)[:3]))
        release.append(next(newer) - 1)
    return {"Pango": str(pango.pango_version()), "HarfBuzz": ".".join(map(str, release))}


def warm() -> None:
    """Load what every worker needs, before they are forked; each opens the fonts by itself.

    Pango 1.52 and later keeps a thread as soon as there is a font configuration.
    """
    _weasyprint()


class Typesetter:
    """Sets leaflet after leaflet with one font configuration and parsed stylesheets."""

    def __init__(self) -> None:
        self.weasyprint = _weasyprint()
        from weasyprint.text.fonts import FontConfiguration

        from .fetcher import SiteFetcher

        self.font_config = FontConfiguration()
        self._fetcher, self._fetches_nothing = SiteFetcher, SiteFetcher()
        self._sheets: dict[tuple[str, str], tuple[Any, list[str], list[str]]] = {}

    def _sheet(
        self, text: str, address: str | None, setting: Setting
    ) -> tuple[Any, list[str], list[str]]:
        """Parse a stylesheet once. Give it with what was logged and refused on the way."""
        key = (hashlib.sha256(text.encode()).hexdigest(), str(address))
        if key not in self._sheets:
            log = _Log()
            fetcher = self._fetcher(setting.roots, setting.images)
            logger = logging.getLogger("weasyprint")
            logger.addHandler(log)
            try:
                sheet = self.weasyprint.CSS(
                    string=text,
                    base_url=address,
                    font_config=self.font_config,
                    url_fetcher=fetcher,
                )
            finally:
                logger.removeHandler(log)
            self._sheets[key] = (sheet, log.lines, fetcher.refused)
        return self._sheets[key]

    def typeset(self, html: str, setting: Setting) -> Proof:
        """Set HTML on as few sheets as it needs at the floor, in the largest type that stays.

        Never below the floor: then the Proof has more pages than its budget, and says by how many
        lines and source words.
        Raises EndlessError for more pages than any leaflet has.
        """
        log = _Log()
        logger = logging.getLogger("weasyprint")
        fetcher = self._fetcher(setting.roots, setting.images)
        said: list[str] = []
        #: What was not read, and where that stands.
        refused: dict[str, str] = {}
        sheets: dict[Path | None, Any] = {}
        for path in (None, *setting.files):
            text, address = setting.read(path) if path else (setting.css, None)
            sheets[path], lines, not_read = self._sheet(text, address, setting)
            said += [f"{path.name}: {line}" if path else line for line in lines]
            refused |= dict.fromkeys(not_read, f"styles/{path.name}" if path else "styles")
        logger.addHandler(log)
        try:
            document = self.weasyprint.HTML(string=html, url_fetcher=fetcher, base_url=None)
            cast = CastOff(document.etree_element, setting, self.font_config.font_map).pages
            render = partial(self._render, document, setting, sheets)
            lay_out = Layouts(partial(render, ""))
            if margin := upper_margin(first(lay_out, setting, cast)):
                lay_out = Layouts(partial(render, margin))
            fitted = balance(lay_out, setting, fit(lay_out, setting, cast))
            laid_out = fitted.document
            out = io.BytesIO()
            laid_out.write_pdf(
                out,
                finisher=lambda document, pdf: recommend(pdf, setting, len(document.pages)),
                pdf_variant=PDF_VARIANT,
            )
            pages = len(laid_out.pages)
            over_lines, over_words = _excess(laid_out, setting)
            for one in (*fetcher.refused, *_links_elsewhere(laid_out)):
                refused.setdefault(one, "styles or templates")
            findings = (*_findings([*said, *log.lines], refused), *reordered(laid_out))
            return Proof(out.getvalue(), pages, fitted.size_pt, findings, over_lines, over_words)
        finally:
            logger.removeHandler(log)
            circles.cut()

    def _render(
        self, document: Any, setting: Setting, sheets: Mapping[Path | None, Any], margin: str,
        size_pt: float, tight: bool,
    ) -> Any:  # fmt: skip
        """Lay a document out in a size in points; `margin` is a stylesheet after the theme."""
        theme = [path for path in sheets if path not in setting.site_stylesheets]
        size = f"html {{ font-size: {size_pt:g}pt }}"
        return document.render(
            stylesheets=[
                *(sheets[path] for path in theme if tight or path != setting.tight_stylesheet),
                *([self._css(margin)] if margin else []),
                *(sheets[path] for path in setting.site_stylesheets),
                self._css(size),
            ],
            font_config=self.font_config,
            pdf_variant=PDF_VARIANT,
        )

    def _css(self, text: str) -> Any:
        return self.weasyprint.CSS(
            string=text, font_config=self.font_config, url_fetcher=self._fetches_nothing
        )


def _excess(document: Any, setting: Setting) -> tuple[int, int]:
    """Say how many lines, and about how many words of the source, stand beyond the budget."""
    if setting.page_budget is None or len(document.pages) <= setting.page_budget:
        return 0, 0
    by_page = [sum(1 for _ in line_boxes(page._page_box)) for page in document.pages]
    over = max(1, sum(by_page[setting.page_budget :]))
    words = math.ceil(setting.source_words * over / max(1, sum(by_page)))
    return over, words


def _links_elsewhere(document: Any) -> list[str]:
    """Find links of a site's own templates that lead into the machine of whoever opens them."""
    targets = {link[1] for page in document.pages for link in page.links if link[0] == "external"}
    return [
        f"{target[:80]}: no link leads there"
        for target in sorted(targets)
        if not target.lower().startswith(LINK_SCHEMES)
    ]


def _findings(lines: list[str], refused: Mapping[str, str]) -> list[Finding]:
    """Turn what was refused and what was logged into findings."""
    findings = [
        Finding("resource-blocked", "error", f"{said}; take it out of the page", where)
        for said, where in refused.items()
    ]
    for line in dict.fromkeys(_FILE.sub("…/", line) for line in lines):
        if ".notdef glyph" in line:
            continue  # The preflight finds these in the PDF, with their place.
        if "Failed to " in line or "disallowed" in line:
            if not refused:
                said = f"the typesetter says: {line}; take it out of the page"
                findings.append(Finding("resource-blocked", "error", said, "styles"))
            continue
        findings.append(Finding("typesetting", "warning", f"the typesetter says: {line}", "styles"))
    return findings
