"""Find which blocks of an old translation are which of a text: two lists of Pieces -> Links.

Blocks stay in order: one is one other, or two, or none. What speaks for a link are lengths
(Gale and Church, 1993), kinds of blocks, numbers, and words that no translation changes; how
sure it is, is the share of all ways to pair the two texts that have it, by their weight.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

#: How many blocks of each text a link may have, and its cost: -log of how likely that is.
_SHAPES = {(1, 1): 0.0, (1, 0): 4.6, (0, 1): 4.6, (1, 2): 4.2, (2, 1): 4.2}
#: Variance of the length of a translation for each character of its source (Gale and Church).
_VARIANCE = 6.8
_HEADING, _OTHER_KIND = 5.0, 2.0
_SAME_MARK, _OTHER_MARK = 1.5, 1.6
#: Most blocks of each text: the work grows with the product of the two.
MOST = 600

_MARK = re.compile(
    r"\d+|\{\w+\}|[\w.+-]+@[\w.-]+|(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}|\b[A-Z]{2,}\b"
)


@dataclass(frozen=True)
class Piece:
    """A block of a text."""

    kind: str
    text: str

    @cached_property
    def marks(self) -> Counter[str]:
        """Numbers in western digits, placeholders, addresses and abbreviations."""
        western = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in self.text)
        return Counter(_MARK.findall(western))


@dataclass(frozen=True, slots=True)
class Link:
    """Blocks of two texts that say the same, by their numbers, and how sure that is."""

    sources: range
    targets: range
    #: From 0 to 1.
    sure: float


def align(sources: Sequence[Piece], targets: Sequence[Piece]) -> list[Link]:
    """Return the links of the likeliest pairing, in order; every block is in one of them."""
    sources, targets = sources[:MOST], targets[:MOST]
    length = sum(len(one.text) for one in sources) or 1
    ratio = (sum(len(one.text) for one in targets) or 1) / length
    n, m = len(sources), len(targets)
    costs = {
        (i, j, a, b): _cost(sources[i : i + a], targets[j : j + b], ratio) + own
        for i in range(n + 1)
        for j in range(m + 1)
        for (a, b), own in _SHAPES.items()
        if i + a <= n and j + b <= m
    }
    best, forward = _sums(costs, n, m)
    backward = _backward(costs, n, m)
    whole = forward[n][m]
    links: list[Link] = []
    i, j = n, m
    while i or j:
        a, b = best[i][j]
        i, j = i - a, j - b
        sure = math.exp(
            min(0.0, forward[i][j] - costs[i, j, a, b] + backward[i + a][j + b] - whole)
        )
        links.append(Link(range(i, i + a), range(j, j + b), sure))
    return links[::-1]


def _sums(
    costs: dict[tuple[int, int, int, int], float], n: int, m: int
) -> tuple[list[list[tuple[int, int]]], list[list[float]]]:
    """Return the last step of the best way to each place, and the log weight of all ways there."""
    least = [[math.inf] * (m + 1) for _ in range(n + 1)]
    steps = [[(0, 0)] * (m + 1) for _ in range(n + 1)]
    weights = [[-math.inf] * (m + 1) for _ in range(n + 1)]
    least[0][0] = weights[0][0] = 0.0
    for i in range(n + 1):
        for j in range(m + 1):
            for a, b in _SHAPES:
                if (i + a, j + b) > (n, m) or i + a > n or j + b > m:
                    continue
                cost = costs[i, j, a, b]
                if least[i][j] + cost < least[i + a][j + b]:
                    least[i + a][j + b], steps[i + a][j + b] = least[i][j] + cost, (a, b)
                weights[i + a][j + b] = _added(weights[i + a][j + b], weights[i][j] - cost)
    return steps, weights


def _backward(costs: dict[tuple[int, int, int, int], float], n: int, m: int) -> list[list[float]]:
    """Return the log weight of all ways from each place to the end."""
    weights = [[-math.inf] * (m + 1) for _ in range(n + 1)]
    weights[n][m] = 0.0
    for i in range(n, -1, -1):
        for j in range(m, -1, -1):
            for a, b in _SHAPES:
                if i + a <= n and j + b <= m:
                    onward = weights[i + a][j + b] - costs[i, j, a, b]
                    weights[i][j] = _added(weights[i][j], onward)
    return weights


def _added(one: float, other: float) -> float:
    """Return the logarithm of the sum of two weights given by theirs."""
    low, high = sorted((one, other))
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))


def _cost(sources: Sequence[Piece], targets: Sequence[Piece], ratio: float) -> float:
    kinds = {one.kind for one in sources}, {one.kind for one in targets}
    if not sources or not targets:
        return 1.5 if "heading" in kinds[0] | kinds[1] else 0.0
    cost = _length_cost(sum(len(s.text) for s in sources), sum(len(t.text) for t in targets), ratio)
    if sources[0].kind != targets[0].kind:
        cost += _HEADING if "heading" in (sources[0].kind, targets[0].kind) else _OTHER_KIND
    mine: Counter[str] = sum((one.marks for one in sources), Counter())
    theirs: Counter[str] = sum((one.marks for one in targets), Counter())
    same = (mine & theirs).total()
    return cost + _OTHER_MARK * ((mine | theirs).total() - same) - _SAME_MARK * same


def _length_cost(source: int, target: int, ratio: float) -> float:
    """Return the cost of two lengths in characters: -log of how likely so great a difference is."""
    mean = max(1.0, (source * ratio + target) / 2)
    difference = abs(target - source * ratio) / math.sqrt(mean * _VARIANCE)
    return -math.log(max(math.erfc(difference / math.sqrt(2)), 1e-12))
