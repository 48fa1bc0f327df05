"""Numbers of an array as figures hold them: plain, rounded, None where there is none."""

from __future__ import annotations

from collections.abc import Iterable

LARGEST = 1e300

DIGITS = 7
"""Significant digits that are kept: no chart shows more, and a page is read over networks."""


def numbers(values: Iterable[float], digits: int = DIGITS) -> tuple[float | None, ...]:
    """Return numbers as a figure holds them.

    Args:
        values: An array of one axis, or plain numbers.
        digits: Significant digits that are kept.

    Returns:
        One per value; None where it is NaN, infinite or larger than an axis can hold.

    Example:
        >>> numbers([1 / 3, 2, float("nan"), float("inf")])
        (0.3333333, 2.0, None, None)
    """
    return tuple(
        float(f"{value:.{digits}g}") if abs(value) <= LARGEST else None for value in values
    )
