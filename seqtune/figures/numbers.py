"""Numbers of an array as figures hold them: plain, rounded, None where there is none."""

from __future__ import annotations

import math
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


def is_wide(values: Iterable[float | None], times: float) -> bool:
    """Say whether values, all above zero, differ so much that an axis of logarithms shows more.

    Args:
        values: What the axis holds; None and what is not finite are passed over.
        times: How many times the least one the largest has to be.

    Example:
        >>> is_wide([1.0, None, 9.0], 4), is_wide([0.0, 9.0], 4), is_wide([], 4)
        (True, False, False)
    """
    known = [value for value in values if value is not None and math.isfinite(value)]
    return bool(known) and min(known) > 0 and max(known) > times * min(known)
