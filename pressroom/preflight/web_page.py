"""Judge the published web page by its words and its stylesheets: HTML and Leaflet -> Findings.

Read without a browser: each message and each disclaimer stands there once, in order, in its words,
and no rule of the page's own stylesheets keeps it from being read; nothing else stands there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import cssselect2
import tinyhtml5

from ..core.model import Finding, Leaflet, Span, plain
from ..leaflet.mark import marked
from .text.messages import expected_messages
from .text.normalise import normalised
from .text.phrases import BETWEEN, phrases, strange
from .web_styles import CLIPS, SIZED, Rule, Styles, read_attribute, read_styles

#: Elements whose text no reader sees.
_UNSEEN = frozenset((
    "head", "title", "style", "template", "noscript", "datalist", "textarea", "dialog",
))  # fmt: skip
#: Elements that bring words of their own, or change those of the page.
_ACTIVE = frozenset(("script", "iframe", "object", "embed", "frame", "frameset", "base", "canvas"))
#: The one script of the page: it shows the line that says that its day is past.
_OWN_SCRIPT = {"src": "../rack/rack-review.js"}
#: Elements within a line of text.
_INLINE = frozenset((
    "a", "span", "bdo", "bdi", "b", "i", "em", "strong", "code", "br", "sub", "sup", "time",
    "small", "u", "s", "mark", "abbr",
))  # fmt: skip
#: Most findings; more say nothing new.
MOST = 8


def examine_web_page(html: str, leaflet: Leaflet, own: Iterable[str]) -> Iterator[Finding]:
    """Yield what is wrong with a leaflet's web page. `own` are words that the page itself needs."""
    # The page has the words and the mark of one language, whatever edition lies beside it.
    leaflet = marked(replace(leaflet, edition="standard"), leaflet.clinic)
    page = _Page(tinyhtml5.parse(html, namespace_html_elements=False))
    found = dict.fromkeys(
        (*page.active(), *_wrong_words(page, leaflet), *_added(page, leaflet, own))
    )
    for said in list(found)[:MOST]:
        step = "put it right in the site's own leaflet-web.html or web.css"
        yield Finding("web-page", "error", f"{said}; {step}", leaflet.topic.path)


class _Page:
    """The elements of a page, and what its stylesheets do to them."""

    def __init__(self, root: Any) -> None:
        self.root = root
        sheets = "\n".join(element.text or "" for element in root.iter("style"))
        self.styles: Styles = read_styles(sheets)
        self.parents = {child: parent for parent in root.iter() for child in parent}
        self.ids: dict[str, list[Any]] = {}
        self._wrong: dict[Any, str] = {}
        #: What a style puts into an element.
        self.generated: dict[Any, str] = {}
        wrapped = cssselect2.ElementWrapper.from_html_root(root)
        for one in wrapped.iter_subtree():
            element = one.etree_element
            if "id" in element.attrib:
                self.ids.setdefault(element.attrib["id"], []).append(element)
            self._judge(one, element)

    def _judge(self, wrapped: Any, element: Any) -> None:
        """Note what attributes and rules do to an element."""
        winners: dict[tuple[str, str], Rule] = {}
        for rule in self.styles.rules:
            if rule.selector.test(wrapped):
                key = rule.pseudo, rule.property
                if key not in winners or winners[key].weight < rule.weight:
                    winners[key] = rule
        said = {rule.said for (pseudo, _), rule in winners.items() if rule.said and not pseudo}
        said.update(read_attribute(element.attrib.get("style", "")))
        if {CLIPS, SIZED} <= said:
            said.add("is cut (overflow: hidden)")
        added = {one for one in said if "has words added" in one}
        added |= {rule.said for (pseudo, _), rule in winners.items() if rule.said and pseudo}
        if added:
            self.generated[element] = sorted(added)[0]
        if "hidden" in element.attrib or element.attrib.get("aria-hidden") == "true":
            said.add("is hidden by an attribute")
        if element.tag in _UNSEEN or (element.tag == "details" and "open" not in element.attrib):
            said.add(f"is hidden in <{element.tag}>")
        if hides := sorted(said - added - {CLIPS, SIZED}):
            self._wrong[element] = hides[0]

    def wrong(self, element: Any) -> str:
        """Return what keeps an element from being read, by itself or by what it stands in."""
        inner = (self._wrong[one] for one in element.iter() if one in self._wrong)
        here: Any = element
        while here is not None:
            if here in self._wrong:
                return self._wrong[here]
            here = self.parents.get(here)
        return next(inner, "")

    def active(self) -> Iterator[str]:
        """Yield what may change the words of the page as it is read."""
        for element in self.root.iter():
            tag = element.tag
            if not isinstance(tag, str):
                continue
            if tag == "script" and element.attrib.get("type") == "application/ld+json":
                continue  # Data, which no browser runs.
            if tag == "script" and dict(element.attrib) == _OWN_SCRIPT and not element.text:
                continue
            sheet = tag == "link" and "stylesheet" in element.attrib.get("rel", "").lower()
            if tag in _ACTIVE or sheet or "http-equiv" in element.attrib:
                yield f"the web page has a <{tag}>, which may change its words"
            if any(name.startswith("on") for name in element.attrib):
                yield f"the web page has a script at <{tag}>, which may change its words"
        yield from (f"of the web page, {said}" for said in self.styles.unread)


def _wanted(leaflet: Leaflet) -> Iterator[tuple[str, str, str, bool]]:
    """Yield id, name and words of all that the page has to show, and whether its order counts."""
    for expected in expected_messages(leaflet):
        yield expected.anchor, f"the message {expected.anchor}", expected.text, True
    for notice in leaflet.notices:
        if not _has_folios(notice.words):  # The foot of a page of paper.
            yield notice.anchor, f"the disclaimer '{notice.id}'", plain(notice.words), False


def _has_folios(words: Iterable[Span]) -> bool:
    return any(span.kind == "folio" or _has_folios(span.children) for span in words)


def _wrong_words(page: _Page, leaflet: Leaflet) -> Iterator[str]:
    """Yield what is wrong with each message and disclaimer."""
    rank = {element: number for number, element in enumerate(page.root.iter())}
    last = -1
    for anchor, name, text, ordered in _wanted(leaflet):
        elements = page.ids.get(anchor, [])
        if not normalised(text):
            continue
        if len(elements) != 1:
            how = "is not on the web page" if not elements else "stands on the web page twice"
            yield f"{name} (‘{text[:40]}’) {how}"
            continue
        (element,) = elements
        if normalised("".join(element.itertext())) != normalised(text):
            yield f"{name} has other words on the web page than ‘{text[:40]}’"
        elif said := page.wrong(element):
            yield f"{name} (‘{text[:40]}’) {said} on the web page"
        elif ordered and rank[element] < last:
            yield f"{name} (‘{text[:40]}’) stands on the web page before what it follows"
        if ordered:
            last = max(last, rank[element])


def _added(page: _Page, leaflet: Leaflet, own: Iterable[str]) -> Iterator[str]:
    """Yield texts of the page that are not the leaflet's."""
    topic = leaflet.topic
    title = plain(leaflet.words[topic.title.anchor])
    days = (topic.issued.isoformat(), topic.review_by.isoformat())
    furniture = (
        *leaflet.labels.values(), *leaflet.furniture, *own,
        title, topic.id, leaflet.locale.code, leaflet.version, leaflet.mark, *days,
    )  # fmt: skip
    known = phrases(furniture)
    claimed = {element for anchor, *_ in _wanted(leaflet) for element in page.ids.get(anchor, ())}
    blocks: dict[Any, list[str]] = {}

    def walk(element: Any, block: Any) -> None:
        if element in claimed or element.tag in _UNSEEN or not isinstance(element.tag, str):
            return
        block = block if element.tag in _INLINE else element
        blocks.setdefault(block, []).append(element.text or "")
        for child in element:
            walk(child, block)
            blocks.setdefault(block, []).append(child.tail or "")

    walk(page.root, page.root)
    for texts in blocks.values():
        text = " ".join("".join(texts).split())
        if strange(normalised(text), known, BETWEEN | {"–"}):
            yield f"‘{text[:60]}’ on the web page is no text of this leaflet"
    for element, said in page.generated.items():
        text = " ".join("".join(element.itertext()).split())
        yield f"‘{text[:40] or element.tag}’ {said} on the web page"
