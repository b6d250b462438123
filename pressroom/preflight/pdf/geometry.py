"""Matrices and boxes of a PDF: points in default user space, x to the right and y upwards."""

from __future__ import annotations

from collections.abc import Sequence

#: a, b, c, d, e, f of ISO 32000-1, 8.3.3.
Matrix = tuple[float, float, float, float, float, float]
#: Left, bottom, right, top.
Box = tuple[float, float, float, float]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
#: Tangent of the angle up to which letters count as upright: 30 degrees, twice an italic's.
MOST_TILT = 0.577


def times(m: Matrix, n: Matrix) -> Matrix:
    """Return the matrix that applies `m`, then `n`."""
    a, b, c, d, e, f = m
    p, q, r, s, t, u = n
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def mapped_point(m: Matrix, x: float, y: float) -> tuple[float, float]:
    """Return a point mapped by a matrix."""
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


def box_of(points: Sequence[tuple[float, float]]) -> Box:
    """Return the smallest box around points."""
    xs = [x for x, _ in points]
    ys = [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def mapped(m: Matrix, box: Box) -> Box:
    """Return the smallest upright box around a mapped box."""
    left, bottom, right, top = box
    return box_of([mapped_point(m, x, y) for x in (left, right) for y in (bottom, top)])


def meet(one: Box | None, other: Box | None) -> Box | None:
    """Return the part that two boxes share, without area where they lie apart.

    None stands for the whole plane.
    """
    if one is None or other is None:
        return one or other
    left, bottom = max(one[0], other[0]), max(one[1], other[1])
    right, top = min(one[2], other[2]), min(one[3], other[3])
    return (left, bottom, max(left, right), max(bottom, top))


def union(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around boxes."""
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )


def widened(box: Box, by: float) -> Box:
    """Return a box that reaches further by so much on each side."""
    return (box[0] - by, box[1] - by, box[2] + by, box[3] + by)


def em_size(em: tuple[float, float, float, float]) -> float:
    """Return the lesser of width and height of an em on paper."""
    a, b, c, d = em
    wide = (a * a + b * b) ** 0.5
    return min(wide, abs(a * d - b * c) / wide) if wide else 0.0


def is_upright(em: tuple[float, float, float, float]) -> bool:
    """Return whether letters are neither mirrored nor turned or slanted by more than MOST_TILT."""
    a, b, c, d = em
    return a * d > b * c and abs(b) <= MOST_TILT * a and abs(c) <= MOST_TILT * d


def largest_scale(m: Matrix) -> float:
    """Return how many times longer a length becomes, at most."""
    return float(max((m[0] ** 2 + m[1] ** 2) ** 0.5, (m[2] ** 2 + m[3] ** 2) ** 0.5))
