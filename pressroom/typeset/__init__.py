"""Typeset HTML into a Proof, stepping the type size until it fits; the home of WeasyPrint."""

from __future__ import annotations

import ctypes.util
import gc
import hashlib
import io
import logging
import math
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache, partial
from itertools import count
from pathlib import Path
from typing import Any

from ..links import LINK_SCHEMES
from ..model import Finding, Proof
from . import fonts
from .band import upper_margin
from .fitting import guessed_size, largest
from .order import reordered
from .setting import STEP, Setting
from .viewer import recommend

#: The folders of this machine in a line of the log, or a whole image.
_FILE = re.compile(r"file:/[^\s'\"]*/|(?<=data:image/)[^\s'\"]+")

#: WeasyPrint's name for the standard that every PDF keeps (ISO 14289-1).
PDF_VARIANT = "pdf/ua-1"


#: Leaflets after which garbage is collected: each leaves some 15 MB of layouts that refer to
#: each other, and a collection takes as long as a twelfth of a leaflet.
COLLECT_EVERY = 8

#: A last page filled less than this, as a share, is nearly empty.
NEARLY_EMPTY = 0.2
#: Any other page filled less than this has a hole: a picture or a box went overleaf.
FILLED = 0.82
#: How much smaller type may get to close a hole, in points.
MOST_FOR_A_HOLE = 1.0


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
    with _libraries_by_name():
        import weasyprint

    from . import endless, line_break, text_layer

    text_layer.install()
    line_break.install()
    endless.install()
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
        self._renewed = 0
        self._renew()

    def _renew(self) -> None:
        from weasyprint.text.fonts import FontConfiguration

        self.font_config = FontConfiguration()
        self._sheets: dict[tuple[str, str], tuple[Any, list[str], list[str]]] = {}

    def _sheet(
        self, text: str, address: str | None, setting: Setting
    ) -> tuple[Any, list[str], list[str]]:
        """Parse a stylesheet once. Give it with what was logged and refused on the way."""
        from .fetcher import SiteFetcher

        key = (hashlib.sha256(text.encode()).hexdigest(), str(address))
        if key not in self._sheets:
            log = _Log()
            fetcher = SiteFetcher(setting.roots, setting.images)
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

        Never below the floor: then the Proof has more
        pages than its budget, and says by how many lines and source words.
        Raises EndlessError for more pages than any leaflet has.
        """
        from .fetcher import SiteFetcher

        log = _Log()
        logger = logging.getLogger("weasyprint")
        fetcher = SiteFetcher(setting.roots, setting.images)
        said: list[str] = []
        refused: list[str] = []
        sheets: dict[Path | None, Any] = {}
        for path in (None, *setting.files):
            text, address = setting.read(path) if path else (setting.css, None)
            sheets[path], lines, not_read = self._sheet(text, address, setting)
            said += [f"{path.name}: {line}" if path else line for line in lines]
            refused += not_read
        logger.addHandler(log)
        try:
            document = self.weasyprint.HTML(string=html, url_fetcher=fetcher, base_url=None)

            def layouts(*more: Any) -> Any:
                """Give what lays the document out, each size once; `more` stand after the theme."""
                theme = [path for path in sheets if path not in setting.site_stylesheets]

                @cache
                def lay_out(size_pt: float, tight: bool = False) -> Any:
                    root = self._size(size_pt)
                    chosen = [p for p in theme if tight or p != setting.tight_stylesheet]
                    return document.render(
                        stylesheets=[
                            *(sheets[path] for path in chosen),
                            *more,
                            *(sheets[path] for path in setting.site_stylesheets),
                            root,
                        ],
                        font_config=self.font_config,
                        pdf_variant=PDF_VARIANT,
                    )

                return lay_out

            lay_out = layouts()
            if margin := upper_margin(lay_out(setting.floor_pt)):
                lay_out = layouts(self.weasyprint.CSS(string=margin))
            size_pt, laid_out, tight = _fit(lay_out, setting)
            size_pt, laid_out = _balance(partial(lay_out, tight=tight), setting, size_pt, laid_out)
            out = io.BytesIO()
            laid_out.write_pdf(
                out,
                finisher=lambda document, pdf: recommend(pdf, setting, len(document.pages)),
                pdf_variant=PDF_VARIANT,
            )
        finally:
            logger.removeHandler(log)
        pages = len(laid_out.pages)
        over_lines, over_words = _excess(laid_out, setting)
        refused += [*fetcher.refused, *_links_elsewhere(laid_out)]
        findings = (*_findings([*said, *log.lines], refused), *reordered(laid_out))
        self._tidy()
        return Proof(out.getvalue(), pages, size_pt, findings, over_lines, over_words)

    def _size(self, size_pt: float) -> Any:
        """Give the stylesheet that sets the type size, in points."""
        return self.weasyprint.CSS(
            string=f"html {{ font-size: {size_pt:g}pt }}", font_config=self.font_config
        )

    def _tidy(self) -> None:
        """Collect what layouts leave behind, and renew what grows without end."""
        self._renewed += 1
        if self._renewed % COLLECT_EVERY == 0:
            gc.collect()
        if self._renewed % 500 == 0:
            self._renew()
            gc.collect()


def _fit(lay_out: Any, setting: Setting) -> tuple[float, Any, bool]:
    """Find the largest type size that stays on the sheets needed at the floor.

    Gives the size, the layout, and whether it is a tight one.

    The number of pages never falls as type grows. A text that
    exceeds its budget at the floor, or that drives a disclaimer from its page, is set
    tighter, once, before it is given up. A booklet is set tighter where that saves a sheet.
    """
    best = lay_out(setting.floor_pt)
    budget = setting.page_budget
    if (budget is not None and len(best.pages) > budget) or not _keeps_places(best, setting):
        return setting.floor_pt, lay_out(setting.floor_pt, tight=True), True
    tight = False
    if setting.halved:
        tighter = lay_out(setting.floor_pt, tight=True)
        if _sheets(tighter, setting) < _sheets(best, setting):
            best, tight = tighter, True
    most = _sheets(best, setting) * setting.pages_a_sheet
    if budget is not None:
        most = min(most, budget)

    def fits(document: Any) -> bool:
        return len(document.pages) <= most and _keeps_places(document, setting)

    high = round((setting.ceiling_pt - setting.floor_pt) / STEP)
    filled = len(best.pages) - 1 + _share_filled(best.pages[-1])
    guess = math.floor((guessed_size(setting.floor_pt, filled, most) - setting.floor_pt) / STEP)
    steps = largest(lambda n: fits(lay_out(setting.floor_pt + n * STEP, tight)), high, guess)
    size_pt = setting.floor_pt + steps * STEP
    return size_pt, lay_out(size_pt, tight) if steps else best, tight


def _sheets(document: Any, setting: Setting) -> int:
    return math.ceil(len(document.pages) / setting.pages_a_sheet)


def _keeps_places(document: Any, setting: Setting) -> bool:
    """Tell whether what has to stand on the first page does, and what belongs together, too."""
    pages = {name: n for n, page in reversed([*enumerate(document.pages)]) for name in page.anchors}
    first = {pages[name] for name in setting.first_page if name in pages}
    together = {pages[name] for name in setting.together if name in pages}
    return first <= {0} and len(together) <= 1


def _balance(lay_out: Any, setting: Setting, size_pt: float, laid_out: Any) -> tuple[float, Any]:
    """Step the type down again where it left a few lines alone on the last page, or a hole
    at the foot of another one.

    Nothing is changed where even the floor leaves them there.
    """
    size, tried = size_pt, laid_out
    least = setting.floor_pt
    if not _nearly_empty(tried):
        if not _has_hole(tried):
            return size_pt, laid_out
        least = max(least, size_pt - MOST_FOR_A_HOLE)
    while size - STEP >= least:
        size -= STEP
        tried = lay_out(size)
        if not _nearly_empty(tried) and not _has_hole(tried):
            return size, tried
    return size_pt, laid_out


def _nearly_empty(document: Any) -> bool:
    return len(document.pages) > 1 and _share_filled(document.pages[-1]) < NEARLY_EMPTY


def _has_hole(document: Any) -> bool:
    return any(_share_filled(page) < FILLED for page in document.pages[:-1])


def _share_filled(page: Any) -> float:
    """Tell how far down a page its last line stands, as a share of the height for text."""
    box = page._page_box
    lowest = max((line.position_y + line.height for line in _line_boxes(box)), default=0.0)
    # A page that its margins fill has no height for text at all.
    return float((lowest - box.content_box_y()) / box.height) if box.height > 0 else 1.0


def _line_boxes(box: Any) -> Iterator[Any]:
    """Give the lines of text below a box, without those of the margins."""
    todo = [box]
    while todo:
        here = todo.pop()
        kind = type(here).__name__
        if kind == "LineBox":
            yield here
        elif kind != "MarginBox":
            todo.extend(getattr(child, "_box", child) for child in getattr(here, "children", ()))


def _excess(document: Any, setting: Setting) -> tuple[int, int]:
    """Say how many lines, and about how many words of the source, stand beyond the budget."""
    if setting.page_budget is None or len(document.pages) <= setting.page_budget:
        return 0, 0
    by_page = [sum(1 for _ in _line_boxes(page._page_box)) for page in document.pages]
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


def _findings(lines: list[str], refused: list[str]) -> list[Finding]:
    """Turn what was refused and what was logged into findings."""
    findings = [
        Finding("resource-blocked", "error", f"{said}; take it out of the page", "")
        for said in dict.fromkeys(refused)
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
