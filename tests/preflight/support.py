"""Small leaflets in real words, typeset by the engine, to be spoilt and judged."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pressroom.core.model import Block, Finding, Leaflet, Proof, Verdict
from pressroom.leaflet.html import mark_up
from pressroom.leaflet.site import Words, read_site
from pressroom.preflight.examine import examine
from pressroom.typeset.setting import Setting, setting_of
from pressroom.typeset.typesetter import Typesetter

from ..support import SHIPPED, TODAY

#: Latin, Arabic, Nastaliq, an Indic script, one without spaces, and Chinese.
LOCALES = ("en", "ar", "ur", "hi", "km", "zh-Hans")

#: The same by turns, each with one from right to left and one of other needs; and two by two. Where
#: a run looks for new examples, it is all of them.
SOME, OTHERS = ("en", "ur", "km"), ("ar", "hi", "zh-Hans")
PAIRS = (("en", "ur"), ("km", "ar"), ("zh-Hans", "ur"), ("hi", "ar"))
if os.environ.get("HYPOTHESIS_PROFILE") == "explore":
    SOME = OTHERS = LOCALES
    PAIRS = (LOCALES,)

TOPIC = "exosome-therapy"


def by_turns(
    cases: Iterable[Any], turns: Sequence[tuple[str, ...]] = (SOME, OTHERS)
) -> list[tuple[Any, str]]:
    """Return each case with each of some locales, which change by turns."""
    return [
        (case, locale) for number, case in enumerate(cases) for locale in turns[number % len(turns)]
    ]


@lru_cache(maxsize=1)
def site() -> Words:
    """Read the shipped site once a process."""
    return read_site(SHIPPED, TODAY)


@lru_cache(maxsize=1)
def typesetter() -> Typesetter:
    """Start the typesetter once a process."""
    return Typesetter()


def _short(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Keep the boxes and the section on the therapy: about a page."""
    kept: list[Block] = []
    keep = True
    for block in blocks:
        if block.kind == "heading":
            keep = block.name == "what-are-exosomes"
        if keep:
            kept.append(block)
    return tuple(kept)


@lru_cache(maxsize=256)
def _set(page: str, setting: Setting) -> Proof:
    """Set a page; one that many tests begin with, once."""
    return typesetter().typeset(page, setting)


@dataclass(frozen=True)
class Sample:
    """A leaflet before it is typeset."""

    leaflet: Leaflet
    html: str

    def typeset(self, css: str = "", html: str = "", pages: str = "") -> Proof:
        """Set it at the floor, with more CSS behind the stylesheets, or other HTML."""
        setting = setting_of(self.leaflet, site().site.clinic, site().theme)
        setting = replace(setting, ceiling_pt=setting.floor_pt)
        page = html or self.html
        if css or pages:
            page = page.replace("</head>", f"<style>{css}{pages}</style></head>")
        return _set(page, setting)

    def examine(self, css: str = "", html: str = "") -> Verdict:
        """Set it and judge it."""
        return examine(self.typeset(css, html), self.leaflet)

    def edited(self, edit: Callable[[str], str]) -> Verdict:
        """Edit its HTML, set it and judge it. The edit must change something."""
        html = edit(self.html)
        assert html != self.html
        return self.examine(html=html)

    def element(self, id_: str) -> str:
        """Return the paragraph of a disclaimer as it stands in the HTML."""
        at = self.html.index(f'id="dsc-{id_}"')
        start = self.html.rindex("<p", 0, at)
        return self.html[start : self.html.index("</p>", at) + len("</p>")]

    def inner(self, id_: str) -> str:
        """Return the words of a disclaimer as they stand in the HTML."""
        element = self.element(id_)
        return element[element.index(">") + 1 : -len("</p>")]


@lru_cache(maxsize=32)
def sample(
    locale: str, whole: bool = False, edition: str = "standard", topic_id: str = TOPIC
) -> Sample:
    """Return a leaflet in one locale; `whole`, with all its sections."""
    words = site()
    topic = words.topics[topic_id]
    if not whole:
        topic = replace(topic, blocks=_short(topic.blocks))
    translation = words.translation(topic, locale, words.locale_words(locale))
    assert translation.leaflet is not None, translation.findings
    leaflet = replace(translation.leaflet, edition=edition, page_budget=4)
    return Sample(leaflet, mark_up(leaflet, words.site.clinic, words.theme))


def signs(locale: str) -> Sample:
    """Return a leaflet whose first messages are the signs of its emergency box."""
    return sample(locale, topic_id="ankylosing-spondylitis")


def broad(locale: str) -> Sample:
    """Return a leaflet whose general information has the whole width, below the main message."""
    whole = sample(locale)
    return replace(whole, html=whole.html.replace('class="intro"', 'class="intro stacked"'))


def about(findings: Iterable[Finding], id_: str) -> list[str]:
    """Return the codes of the errors that name a disclaimer."""
    return [
        finding.code
        for finding in findings
        if finding.severity == "error" and f"the disclaimer '{id_}' " in finding.message
    ]


def errors(verdict: Verdict) -> list[Finding]:
    """Return the errors of a verdict."""
    return [finding for finding in verdict.findings if finding.severity == "error"]


def proven(verdict: Verdict, id_: str) -> bool:
    """Return whether a disclaimer was proven."""
    return next(shown.proven for shown in verdict.disclaimers if shown.id == id_)
