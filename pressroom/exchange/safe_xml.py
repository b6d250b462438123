"""Parse XML of unknown origin: bytes -> a tree of just what they hold, or an error."""

from __future__ import annotations

import re
from typing import Any

from ..core.errors import HandoutError, UsageError


def require_toolkit() -> None:
    """Raise UsageError, with how to install it, where translate-toolkit is missing."""
    try:
        import translate.storage  # noqa: F401
    except ImportError:
        raise UsageError(
            "",
            "XLIFF and TBX need translate-toolkit, which is not installed",
            "run: pip install 'translate-toolkit>=3.20'; CSV and HTML need nothing",
        ) from None


#: Encodings in which a DOCTYPE is seen before anything is parsed.
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"']*)["']""")
_PLAIN = re.compile(rb"(?:utf-?8|utf-?16|us-ascii|ascii|iso-8859-\d+|windows-125\d)", re.I)

#: A DOCTYPE that declares nothing by itself: a name, and where a DTD would lie.
_BARE = re.compile(
    rb"""<!DOCTYPE\s+[\w:.-]+\s*(?:(?:SYSTEM|PUBLIC\s+(?:"[^"]*"|'[^']*'))\s*"""
    rb"""(?:"[^"]*"|'[^']*'))?\s*>"""
)


def parse_xml(
    data: bytes, where: str, bare_doctype: bool = False, next_step: str = "export it again"
) -> tuple[Any, bytes]:
    """Parse XML without DOCTYPE, entities, network access or deep nesting.

    Return the root element, and the data that is safe for another parser. A DOCTYPE is
    refused before anything is parsed, since a parser may already read a file for it; with
    `bare_doctype`, one that declares nothing is taken out instead (most TBX files have it).
    Raises HandoutError with the line.
    """
    from lxml import etree

    data = _without_doctype(data, where, bare_doctype)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        attribute_defaults=False, huge_tree=False, collect_ids=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as problem:
        what = str(problem.msg or problem).split(", line")[0].strip()
        raise HandoutError(
            f"{where}:{problem.lineno or 1}",
            f"is not XML that can be read: {what}",
            next_step,
        ) from None
    except (ValueError, LookupError) as problem:
        raise HandoutError(f"{where}:1", f"is not XML: {problem}", next_step) from None
    return root, data


def _without_doctype(data: bytes, where: str, bare_doctype: bool) -> bytes:
    declared = _DECLARED.match(data)
    if declared and not _PLAIN.fullmatch(declared[1]):
        name = declared[1].decode("ascii", "replace")
        raise HandoutError(f"{where}:1", f"is encoded as '{name}'", "save it as UTF-8")
    # Of UTF-16 every other byte is none of these letters'.
    if b"<!DOCTYPE" not in data.replace(b"\0", b""):
        return data
    found = _BARE.search(data) if bare_doctype and data.count(b"<!DOCTYPE") == 1 else None
    if found:
        return data.replace(found[0], b"\n" * found[0].count(b"\n"))
    raise HandoutError(f"{where}:1", "has a DOCTYPE, which is never read", "delete the DOCTYPE")
