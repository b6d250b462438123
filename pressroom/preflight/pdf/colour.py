"""Colours of a page: operands of colour operators -> sRGB, luminance, contrast, grey."""

from __future__ import annotations

from collections.abc import Sequence

#: Red, green and blue, each 0 to 1.
Colour = tuple[float, float, float]


def rgb(space: str, values: Sequence[float]) -> Colour | None:
    """Return the operands of a colour operator as RGB.

    None for a colour space other than grey, RGB and DeviceCMYK: only a raster shows its colours.
    """
    if len(values) == 1 and space in ("/DeviceGray", "/CalGray"):
        return (values[0],) * 3
    if len(values) == 3 and space in ("/DeviceRGB", "/CalRGB"):
        return values[0], values[1], values[2]
    if len(values) == 4 and space == "/DeviceCMYK":
        c, m, y, k = values
        return (1 - min(1, c + k), 1 - min(1, m + k), 1 - min(1, y + k))
    return None


def luminance(colour: Colour) -> float:
    """Return the relative luminance of an sRGB colour, 0 to 1 (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def grey(colour: Colour) -> float:
    """Return the grey, 0 to 1, that a black-and-white printer makes of a colour."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
