"""Read the structure tree of a PDF: elements and marked content in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

#: Elements inside elements: deeper than any leaflet nests.
DEEPEST = 200

#: Elements that stand inside a line of text, or around a part of a block.
INLINE = frozenset({"Span", "Link", "NonStruct", "Quote", "Code", "Reference"})


@dataclass(slots=True, eq=False)
class Leaf:
    """Marked content on a page."""

    #: Number of the page, from 0.
    page: int
    mcid: int
    element: Element


@dataclass(slots=True, eq=False)
class Element:
    """A structure element, such as a paragraph."""

    #: Its type without the slash: `P`, `H1`, `Figure`.
    kind: str
    parent: Element | None
    page: int | None
    lang: str = ""
    alternative: str | None = None
    actual: str | None = None
    kids: list[Element | Leaf] = field(default_factory=list)
    #: Rank in reading order, and the rank behind its last descendant.
    rank: int = 0
    end: int = 0

    def leaves(self) -> Iterator[Leaf]:
        """Yield its marked content in reading order."""
        for kid in self.kids:
            if isinstance(kid, Leaf):
                yield kid
            else:
                yield from kid.leaves()

    def walk(self) -> Iterator[Element]:
        """Yield it and all elements below it in reading order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, Element):
                yield from kid.walk()

    @property
    def block(self) -> Element:
        """The paragraph or the like that it stands in; itself where it is one."""
        here = self
        while here.kind in INLINE and here.parent is not None and here.parent.kind != "Document":
            here = here.parent
        return here

    def holds(self, other: Element) -> bool:
        """Return whether another element is this one or stands inside it."""
        return self.rank <= other.rank < self.end


@dataclass(slots=True)
class Tree:
    """The structure of a document."""

    #: Elements of the structure tree in reading order.
    elements: tuple[Element, ...]
    #: By page: elements outside of the tree, such as those of margin boxes.
    strays: dict[int, tuple[Element, ...]]
    #: The element of each piece of marked content, by page and MCID.
    owners: dict[tuple[int, int], Element]

    def in_text(self, page: int, mcid: int | None) -> bool:
        """Return whether marked content belongs to the text, and not to a margin of its page."""
        owner = None if mcid is None else self.owners.get((page, mcid))
        return owner is not None and not any(t.holds(owner) for t in self.strays.get(page, ()))


class _Reader:
    """Reads elements, and notes which were read and what they own."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        self.owners: dict[tuple[int, int], Element] = {}
        self.seen: set[tuple[int, int]] = set()
        self.rank = 0

    def page(self, source: Any, otherwise: int | None) -> int | None:
        where = source.get("/Pg")
        return otherwise if where is None else self.pages.get(where.objgen, otherwise)

    def read(self, source: Any, parent: Element | None, depth: int = 0) -> Element:
        self.seen.add(source.objgen)
        element = Element(
            kind=str(source.get("/S", "")).lstrip("/"),
            parent=parent,
            page=self.page(source, parent.page if parent else None),
            lang=str(source.get("/Lang", "")),
            alternative=str(source["/Alt"]) if "/Alt" in source else None,
            actual=str(source["/ActualText"]) if "/ActualText" in source else None,
            rank=self.rank,
        )
        self.rank += 1
        kids = source.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                self.leaf(element, element.page, kid)
            elif not isinstance(kid, pikepdf.Dictionary) or str(kid.get("/Type", "")) == "/OBJR":
                continue
            elif str(kid.get("/Type", "")) == "/MCR" or "/MCID" in kid:
                self.leaf(element, self.page(kid, element.page), int(kid["/MCID"]))
            elif kid.objgen not in self.seen and depth < DEEPEST:
                element.kids.append(self.read(kid, element, depth + 1))
        element.end = self.rank
        return element

    def leaf(self, element: Element, page: int | None, mcid: int) -> None:
        if page is not None:
            element.kids.append(Leaf(page, mcid, element))
            self.owners[page, mcid] = element


def read_tree(pdf: pikepdf.Pdf) -> Tree | None:
    """Return the structure of a PDF; None where it is not tagged."""
    root = pdf.Root.get("/StructTreeRoot")
    if root is None:
        return None
    reader = _Reader(pdf)
    tops: Any = root.get("/K", [])
    linked: list[Element] = []
    for top in tops if isinstance(tops, pikepdf.Array) else [tops]:
        if isinstance(top, pikepdf.Dictionary) and top.objgen not in reader.seen:
            linked += reader.read(top, None).walk()
    strays: dict[int, list[Element]] = {}
    parent_tree: Any = root.get("/ParentTree", {})
    rows = list(parent_tree.get("/Nums", []))
    parents = {int(rows[i]): rows[i + 1] for i in range(0, len(rows) - 1, 2)}
    for number, page in enumerate(pdf.pages):
        owners = parents.get(int(page.obj.get("/StructParents", -1)))
        if not isinstance(owners, pikepdf.Array):
            continue
        for owner in owners:
            top = owner
            if not isinstance(top, pikepdf.Dictionary) or top.objgen in reader.seen:
                continue
            for _ in range(DEEPEST):
                above = top.get("/P")
                if above is None or above.objgen in reader.seen or str(above.get("/S", "")) == "":
                    break
                top = above
            element = reader.read(top, None)
            strays.setdefault(number, []).append(element)
    return Tree(
        tuple(linked), {page: tuple(found) for page, found in strays.items()}, reader.owners
    )
