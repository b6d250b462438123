"""Typeset HTML into a Proof with WeasyPrint, in the type size that copyfitting finds."""

from __future__ import annotations

import hashlib
import io
import logging
import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from ..content.topic.links import LINK_SCHEMES
from ..core.model import Finding, Proof
from .copyfit import Fitted, Layouts, first, fit, score_of
from .copyfit_estimate import PageEstimate
from .fill_ins import FillIns
from .first_page import arrange
from .overrides import mark_overrides
from .page_boxes import line_boxes
from .pdfa import make_archival
from .setting import Setting
from .weasyprint_patches import load_weasyprint, style_cache

#: In a line of the log: folders of this machine, or a whole image.
_FILE = re.compile(r"file:/[^\s'\"]*/|(?<=data:image/)[^\s'\"]+")

#: WeasyPrint's names for the standards that PDFs keep: ISO 14289-1, and ISO 19005-2 in an archive.
PDF_VARIANT, ARCHIVAL_VARIANT = "pdf/ua-1", "pdf/a-2a"


#: White above the band, and below the foot, in CSS pixels (4 mm): few printers reach nearer to the
#: edge of the paper.
EDGE_PX = 4 / 25.4 * 96


class _Lines(logging.Handler):
    """Keeps the lines of a log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def _logged() -> Iterator[list[str]]:
    """Collect the lines that WeasyPrint logs: it goes on after many an error."""
    handler = _Lines()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(handler)
    try:
        yield handler.lines
    finally:
        logger.removeHandler(handler)


def libraries() -> dict[str, str]:
    """Return the release of each library outside of Python that sets pages, by its name."""
    load_weasyprint()
    from weasyprint.text.ffi import harfbuzz, pango

    # Of HarfBuzz, WeasyPrint declares one function: whether it is as new as another release.
    release: list[int] = []
    while len(release) < 3:
        newer = (n for n in count(1) if not harfbuzz.hb_version_atleast(*(*release, n, 0, 0)[:3]))
        release.append(next(newer) - 1)
    return {"Pango": str(pango.pango_version()), "HarfBuzz": ".".join(map(str, release))}


def warm() -> None:
    """Import WeasyPrint before workers are forked. Each of them opens the fonts by itself.

    Pango 1.52 and later keeps a thread as soon as there is a font configuration.
    """
    load_weasyprint()


class Typesetter:
    """Sets leaflet after leaflet with one font configuration and parsed stylesheets."""

    def __init__(self) -> None:
        self.weasyprint = load_weasyprint()
        from weasyprint.text.fonts import FontConfiguration

        from .fetcher import SiteFetcher

        self.font_config = FontConfiguration()
        self._fetcher, self._fetches_nothing = SiteFetcher, SiteFetcher()
        self._sheets: dict[tuple[str, str], tuple[Any, list[str], list[str]]] = {}

    def _sheet(
        self, text: str, address: str | None, setting: Setting
    ) -> tuple[Any, list[str], list[str]]:
        """Return a stylesheet, parsed once, with what was logged and refused on the way."""
        key = (hashlib.sha256(text.encode()).hexdigest(), str(address))
        if key not in self._sheets:
            fetcher = self._fetcher(setting.roots, setting.images)
            with _logged() as lines:
                sheet = self.weasyprint.CSS(
                    string=text,
                    base_url=address,
                    font_config=self.font_config,
                    url_fetcher=fetcher,
                )
            self._sheets[key] = (sheet, lines, fetcher.refused)
        return self._sheets[key]

    def typeset(self, html: str, setting: Setting) -> Proof:
        """Return the Proof of HTML: the largest type that stays on the sheets of the floor.

        Type is never set below the floor: a Proof may have more pages than its budget, and then
        has the number of lines and source words that are too many. Raises EndlessError for more
        than `MOST_PAGES` pages.
        """
        try:
            return self._typeset(html, setting)
        finally:
            style_cache.release()

    def _typeset(self, html: str, setting: Setting) -> Proof:
        said: list[str] = []
        #: Where each address that was refused stands, by what is said of it.
        refused: dict[str, str] = {}
        sheets: dict[Path | None, Any] = {}
        for path in (None, *setting.files):
            text, address = setting.read(path) if path else (setting.css, None)
            sheets[path], lines, not_read = self._sheet(text, address, setting)
            said += [f"{path.name}: {line}" if path else line for line in lines]
            refused |= dict.fromkeys(not_read, f"styles/{path.name}" if path else "styles")
        fetcher = self._fetcher(setting.roots, setting.images)
        with _logged() as lines:
            document = self.weasyprint.HTML(string=html, url_fetcher=fetcher, base_url=None)
            words = PageEstimate(document.etree_element, setting, self.font_config.font_map)
            mark_overrides(document.etree_element)
            self._arrange(document, setting, sheets)
            render = partial(self._render, document, setting, sheets)
            lay_out = Layouts(partial(render, ""))
            if margin := _margins(first(lay_out, setting, words.pages)):
                render = partial(render, margin)
                lay_out = Layouts(render)
            else:
                render = partial(render, "")
            fitted = fit(lay_out, setting, words.pages)
            fitted = _filled(fitted, FillIns(document.etree_element), setting, render)
            laid_out = fitted.document
            out = io.BytesIO()
            laid_out.write_pdf(
                out,
                finisher=lambda document, pdf: _finish(pdf, setting, len(document.pages)),
                pdf_variant=_variant(setting),
            )
        over_lines, over_words = _excess(laid_out, setting)
        for one in (*fetcher.refused, *_links_elsewhere(laid_out)):
            refused.setdefault(one, "styles or templates")
        findings = (*_findings([*said, *lines], refused), *_reordered(laid_out))
        pages = len(laid_out.pages)
        return Proof(out.getvalue(), pages, fitted.size_pt, findings, over_lines, over_words)

    def _arrange(self, document: Any, setting: Setting, sheets: Mapping[Path | None, Any]) -> None:
        """Arrange the first page, so that what has to stand there does."""
        from cssselect2 import ElementWrapper

        #: What the first of them needs holds for all: band and foot have the same words.
        margins: list[str] = []

        def count_pages(opening: Any, close: bool) -> int:
            rung = len(setting.rungs) - 1 if close else 0
            part = copy(document)
            part.wrapper_element = ElementWrapper.from_html_root(opening, content_language=None)
            part.etree_element = opening
            render = partial(self._render, part, setting, sheets)
            made = render("".join(margins), setting.floor_pt, rung)
            if not margins:
                margins.append(_margins(made))
                made = render(margins[0], setting.floor_pt, rung) if margins[0] else made
            return len(made.pages)

        arrange(document.etree_element, setting, count_pages)

    def _render(
        self, document: Any, setting: Setting, sheets: Mapping[Path | None, Any], margin: str,
        size_pt: float, rung: int,
    ) -> Any:  # fmt: skip
        """Lay a document out in a size in points; `margin` is a stylesheet after the theme."""
        theme = [path for path in sheets if path not in setting.site_stylesheets]
        name = setting.rungs[rung]
        more = f"{setting.wide if name == 'wide' else ''} {margin}".strip()
        size = f"html {{ font-size: {size_pt:g}pt }}"
        return document.render(
            stylesheets=[
                *(
                    sheets[path]
                    for path in theme
                    if name == "close" or path != setting.tight_stylesheet
                ),
                *([self._css(more)] if more else []),
                *(sheets[path] for path in setting.site_stylesheets),
                self._css(size),
            ],
            font_config=self.font_config,
            pdf_variant=_variant(setting),
        )

    def _css(self, text: str) -> Any:
        return self.weasyprint.CSS(
            string=text, font_config=self.font_config, url_fetcher=self._fetches_nothing
        )


def _filled(
    fitted: Fitted, fill_ins: FillIns, setting: Setting, render: Callable[[float, int], Any]
) -> Fitted:
    """Return a leaflet with the lines to write on that it has room for."""
    lines = fill_ins.room(fitted.document, setting)
    if not lines:
        return fitted
    fill_ins.add(lines)
    document = render(fitted.size_pt, fitted.rung)
    score = score_of(document, setting, fitted.size_pt, fitted.rung)
    if score >= fitted.score and len(document.pages) == len(fitted.document.pages):
        return Fitted(score, document)
    fill_ins.add(0)
    return fitted


def _excess(document: Any, setting: Setting) -> tuple[int, int]:
    """Return how many lines, and about how many words of the source, are beyond the budget."""
    if setting.page_budget is None or len(document.pages) <= setting.page_budget:
        return 0, 0
    by_page = [sum(1 for _ in line_boxes(page._page_box)) for page in document.pages]
    over = max(1, sum(by_page[setting.page_budget :]))
    words = math.ceil(setting.source_words * over / max(1, sum(by_page)))
    return over, words


def _links_elsewhere(document: Any) -> list[str]:
    """Return a message for each link, of a site's own template, into the machine of a reader."""
    targets = {link[1] for page in document.pages for link in page.links if link[0] == "external"}
    return [
        f"{target[:80]}: no link leads there"
        for target in sorted(targets)
        if not target.lower().startswith(LINK_SCHEMES)
    ]


def _findings(lines: list[str], refused: Mapping[str, str]) -> list[Finding]:
    """Return a finding for each address that was refused and each line that was logged."""
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


def _margins(document: Any) -> str:
    """Return CSS with margins that hold the band and the foot; empty where they hold them now.

    The band, which marks drafts and what is out of date, has as many lines as its words need, and
    so has the foot.
    """
    needed: dict[str, float] = {}
    for page in document.pages:
        box = page._page_box
        for margin in box.children:
            side = {"@top-center": "top", "@bottom-center": "bottom"}.get(
                getattr(margin, "at_keyword", "")
            )
            if side and margin.children:
                top, bottom = margin.children[0], margin.children[-1]
                height = bottom.position_y + bottom.margin_height() - top.position_y
                # Towards the text, a margin box has white of its own.
                room = margin.margin_height() - margin.padding_top - margin.padding_bottom
                lack = height + EDGE_PX - room
                if lack > 0:
                    least = getattr(box, f"margin_{side}") + lack
                    needed[side] = max(needed.get(side, 0.0), least)
    rules = (f"margin-{side}: {math.ceil(px / 96 * 25.4)}mm" for side, px in needed.items())
    return f"@page {{ {'; '.join(rules)} }}" if needed else ""


def _reordered(document: Any) -> list[Finding]:
    """Return a finding for each kind of element whose parts do not follow the source.

    The parts of a flex box or a grid are laid out, and read aloud, in the order that `order`,
    `row-reverse` and `column-reverse` give them; the order of the source carries the sense.
    """
    from weasyprint.formatting_structure import boxes

    ranks: dict[Any, int] = {}
    found: dict[Finding, None] = {}
    for number, page in enumerate(document.pages, 1):
        root = page._page_box
        for box in root.descendants():
            if not isinstance(box, (boxes.FlexContainerBox, boxes.GridContainerBox)):
                continue
            if not ranks:
                top = next(child for child in root.children if child.element_tag == "html")
                ranks = {element: rank for rank, element in enumerate(top.element.iter())}
            # What stands in no element of its own, such as bare text, has that of the box.
            own = [ranks.get(c.element) for c in box.children if c.element is not box.element]
            order = [rank for rank in own if rank is not None]
            if order != sorted(order):
                name = ".".join((box.element_tag, *(box.element.get("class") or "").split()))
                said = (
                    f"the parts of ‘{name}’ stand and are read in another order than in the "
                    "source; take `order` or `reverse` out of its styles"
                )
                found.setdefault(Finding("accessibility", "error", said, f"page {number}"))
    return list(found)


def _variant(setting: Setting) -> str:
    return ARCHIVAL_VARIANT if setting.archival else PDF_VARIANT


def _finish(pdf: Any, setting: Setting, pages: int) -> None:
    _recommend(pdf, setting, pages)
    if setting.archival:
        make_archival(pdf)


def _recommend(pdf: Any, setting: Setting, pages: int) -> None:
    """Set the viewer preferences of a PDF that is about to be written (ISO 32000-1, 12.2).

    Viewers take them as recommendations: a print dialog starts with them.
    """
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
