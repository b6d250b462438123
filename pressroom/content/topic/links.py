"""Check where a link leads, and whether it leads where it says: address and words -> problem."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from ...core.model import Finding, Message, Span, plain

#: Schemes that a link in a leaflet may have.
LINK_SCHEMES = ("https:", "http:", "mailto:", "tel:")

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_SHOWN_HOST = re.compile(
    rf"(?<![\w@.-])(?:https?://)?((?:{_LABEL}\.){{1,8}}[^\W\d_]{{2,24}})(?![\w@])"
)
_SHOWN_MAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}\w")
_SHOWN_PHONE = re.compile(r"\+?[\d\s()./-]{5,40}")


def link_problem(href: str, words: tuple[Span, ...]) -> str:
    """Return why a link must not stand in a leaflet; empty where it may.

    Words that are themselves an address or a telephone number must be the one
    that the link leads to: on paper it is all that a reader has.
    """
    scheme, _, rest = href.partition(":")
    if f"{scheme.lower()}:" not in LINK_SCHEMES:
        return f"the link '{href}' is not one of {', '.join(LINK_SCHEMES)}"
    shown = plain(words).strip()
    if not shown:
        return f"the link '{href}' has no words"
    if scheme.lower() in ("http", "https"):
        try:
            parts = urlsplit(href)
            host = parts.hostname or ""
        except ValueError:
            return f"the link '{href}' is no address"
        if not host or parts.username is not None:
            return f"the link '{href}' names no host, or a user before it"
        other = next((h for h in _SHOWN_HOST.findall(shown) if _bare(h) != _bare(host)), "")
    elif scheme.lower() == "mailto":
        target = unquote(rest.partition("?")[0]).casefold()
        other = next((m for m in _SHOWN_MAIL.findall(shown) if m.casefold() != target), "")
    else:
        target = _digits(unquote(rest))
        other = shown if _SHOWN_PHONE.fullmatch(shown) and not same_number(shown, target) else ""
    return f"the link shows '{other}' but leads to '{href}'" if other else ""


def _bare(host: str) -> str:
    """Return a host name as it reads, without `www.`."""
    return read_host(host).casefold().removeprefix("www.")


def _digits(text: str) -> str:
    return "".join(
        str(unicodedata.decimal(c)) for c in text if unicodedata.decimal(c, None) is not None
    )


def same_number(shown: str, target: str) -> bool:
    """Return whether two telephone numbers are one, with or without the prefix of the country."""
    own = _digits(shown).lstrip("0")
    return bool(own) and (target.endswith(own) or own.endswith(target.lstrip("0")))


def read_host(host: str) -> str:
    """Return a host name as a browser may show it: `xn--bcher-kva.example` -> `bücher.example`."""
    labels = []
    for label in host.split("."):
        if label.lower().startswith("xn--"):
            with suppress(ValueError, OverflowError):
                label = label[4:].encode("ascii").decode("punycode")
        labels.append(label)
    return ".".join(labels)


def lookalikes(
    messages: Iterable[Message], read: Callable[[str], tuple[Span, ...]]
) -> list[Finding]:
    """Report links to host names with letters outside of ASCII: they may pass for another name."""
    findings = []
    for message in messages:
        for href in _hrefs(read(message.text)):
            if not href.lower().startswith(("http:", "https:")):
                continue
            host = urlsplit(href).hostname or ""
            letters = [c for c in read_host(host) if not c.isascii()]
            if letters or "xn--" in host:
                scripts = sorted({unicodedata.name(c, "?").split()[0].title() for c in letters})
                findings.append(
                    Finding(
                        "link-lookalike",
                        "warning",
                        f"the link to '{host}' reads '{read_host(host)}' with letters of "
                        f"{', '.join(scripts) or 'no script'}; check that this host is meant",
                        f"{message.path}:{message.line}",
                    )
                )
    return findings


def _hrefs(spans: tuple[Span, ...]) -> Iterable[str]:
    for span in spans:
        if span.kind == "link":
            yield span.href
        yield from _hrefs(span.children)
