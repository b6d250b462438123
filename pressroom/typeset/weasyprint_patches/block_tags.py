"""Tag lists and the heads of tables as PDF/UA asks.

`pdf.tags._build_box_tree` of WeasyPrint 70 puts a paragraph, a picture or a table of an item beside
its LBody, a list within it beside its LI, and makes an LI of each term and of each meaning of a
definition list. PDF/UA asks for LI with Lbl and LBody, and for nothing else (ISO 32000-1,
14.8.4.3.3): here each item is put in order as soon as its tags are made. A head of a table says
that it is one of its column (14.8.5.7), which WeasyPrint leaves to be guessed.

Needless once WeasyPrint tags them so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def install() -> None:
    """Patch WeasyPrint."""
    from weasyprint.pdf import tags

    build_box_tree = tags._build_box_tree

    def with_parts(
        box: Any, parent: Any, pdf: Any, page_number: int, nums: Any, annotations: Any, marks: Any
    ) -> Iterator[Any]:
        tag = getattr(box, "_box", box).element_tag
        beside = len(parent["K"])
        for element in build_box_tree(box, parent, pdf, page_number, nums, annotations, marks):
            if tag == "li" and element["S"] == "/LI":
                # A list within the item was given to the list around it.
                inner = parent["K"][beside:]
                del parent["K"][beside:]
                _fill_body(pdf, element, [*element["K"], *inner])
            elif tag == "dl" and element["S"] == "/L":
                _join(pdf, element)
            elif tag == "th" and element["S"] == "/TH":
                element["A"]["Scope"] = "/Column"
            elif tag == "dt" and element["S"] == "/LI":
                _object(pdf, element["K"][0])["S"] = "/Lbl"
            yield element

    tags._build_box_tree = with_parts


def _fill_body(pdf: Any, item: Any, kids: list[Any]) -> None:
    """Put the tags of an item into its body, save its label."""
    body = next((kid for kid in kids if _object(pdf, kid)["S"] == "/LBody"), None)
    labels = [kid for kid in kids if _object(pdf, kid)["S"] == "/Lbl"]
    rest = [kid for kid in kids if kid not in labels and kid != body]
    if body is None and rest:
        import pydyf

        made = pydyf.Dictionary({
            "Type": "/StructElem", "S": "/LBody", "K": pydyf.Array([]), "Pg": item["Pg"],
            "P": item.reference,
        })  # fmt: skip
        pdf.add_object(made)
        body = made.reference
    if body is None:
        return
    _give(pdf, _object(pdf, body), rest)
    item["K"][:] = [*labels, body]


def _join(pdf: Any, listing: Any) -> None:
    """Put the meanings of a definition list into the items of their terms."""
    items: list[Any] = []
    for kid in listing["K"]:
        item = _object(pdf, kid)
        is_term = any(_object(pdf, part)["S"] == "/Lbl" for part in item["K"])
        if is_term or not items:
            items.append(kid)
        else:
            _give(pdf, _object(pdf, items[-1]), item["K"])
    listing["K"][:] = items


def _give(pdf: Any, owner: Any, kids: Any) -> None:
    """Move tags to another owner."""
    for kid in kids:
        _object(pdf, kid)["P"] = owner.reference
    owner["K"].extend(kids)


def _object(pdf: Any, reference: Any) -> Any:
    """Return the object that a reference such as `12 0 R` names."""
    text = reference.decode() if isinstance(reference, bytes) else str(reference)
    return pdf.objects[int(text.split()[0])]
