"""Pages of single lines in a locale, set by the engine, to be read and judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pressroom.content.topic.inline import read_inline
from pressroom.core.locales import read_locale
from pressroom.core.model import Block, Leaflet, Message, Proof, Span
from pressroom.fonts.files import face_files
from pressroom.fonts.scripts import script_of, stack
from pressroom.leaflet.html import _Inline
from pressroom.preflight.checks.direction_unisolated import check
from pressroom.preflight.evidence import Evidence
from pressroom.typeset.setting import Setting

from ..painted import painted_lines
from ..support import ROOT
from .support import sample, typesetter


def leaflet_in(code: str, source: str = "", words: str = "") -> Leaflet:
    """Return a leaflet in a locale: the words at its head, and a message where there is one."""
    leaflet = sample("ar").leaflet
    message = Message("s", source, "msg-s-1", "paragraph", 1)
    messages = (message,) if source else ()
    blocks = tuple(Block("paragraph", message) for message in messages)
    topic = replace(leaflet.topic, blocks=blocks, messages=messages)
    said = {**leaflet.words, message.anchor: read_inline(words)}
    return replace(leaflet, locale=read_locale(code), topic=topic, words=said)


def html_of(code: str, lines: Iterable[str | tuple[Span, ...]]) -> str:
    """Return a page with a paragraph for each line of inline Markdown, or of spans."""
    inline = _Inline(read_locale(code))
    spans = (read_inline(line) if isinstance(line, str) else line for line in lines)
    body = "".join(f"<p>{inline(line)}</p>" for line in spans)
    return f'<html lang="{code}" dir="rtl"><title>{code}</title><body>{body}</body></html>'


def set_page(code: str, html: str) -> Proof:
    """Set a page so wide that each paragraph is a line, 40 points apart."""
    families = ", ".join(f'"{face.family}"' for face in stack(script_of(read_locale(code))))
    setting = Setting(
        stylesheets=(ROOT / "styles" / "type.css",),
        tight_stylesheet=ROOT / "styles" / "tight.css",
        site_stylesheets=(),
        css=f"@page {{ size: 500mm 700mm; margin: 10mm }} html {{ font-family: {families} }}"
        'span[dir="ltr"] { font-family: "Noto Sans" }'
        "p { line-height: 40pt; margin: 0 }",
        floor_pt=12,
        ceiling_pt=12,
        page_budget=1,
        roots=(),
        source_words=1,
    )
    return typesetter().typeset(html, setting)


def read_page(proof: Proof) -> list[str]:
    """Return the lines of a page as they are painted, read by other code than the engine's."""
    return painted_lines(proof.pdf, next(iter(face_files().values())).parent)


def unisolated(proof: Proof, leaflet: Leaflet) -> list[str]:
    """Return what the check finds on a page."""
    return [finding.message for finding in check(Evidence(proof, leaflet))]
