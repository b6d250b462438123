"""Put marked content together into the lines that a reader sees."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ..evidence import Evidence
from ..pdf.marks import GlyphRun
from ..pdf.structure import Element, Leaf
from .reading_order import SAME_LINE_EM


def lines_of_blocks(evidence: Evidence) -> Iterator[tuple[Element, list[list[Leaf]]]]:
    """Yield each block, without list and footnote labels, with its lines in order of reading."""
    leaves = (leaf for leaf in evidence.leaves if evidence.runs_in(leaf))
    for block, inner in groupby(leaves, key=lambda leaf: leaf.element.block):
        if block.kind == "Lbl":
            continue
        lines: list[list[Leaf]] = []
        for leaf in inner:
            first = evidence.runs_in(leaf)[0]
            if lines and _on_one_line(evidence.runs_in(lines[-1][-1])[0], first):
                lines[-1].append(leaf)
            else:
                lines.append([leaf])
        yield block, lines


def _on_one_line(one: GlyphRun, other: GlyphRun) -> bool:
    near = SAME_LINE_EM * max(one.size_pt, other.size_pt)
    return one.page == other.page and abs(one.baseline - other.baseline) < near
