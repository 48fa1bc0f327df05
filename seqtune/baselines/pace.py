"""How a method that would not end in time is told of."""

from __future__ import annotations

from math import ceil


def too_slow(seconds_to_go: float, seconds_left: float) -> str:
    """Say why a method was left out: what it would take, and what there was.

    Example:
        >>> too_slow(700.0, 20.0)
        'would take about 12m; its share of the budget has 20s left'
    """
    budget = f"its share of the budget has {seconds_left:.0f}s left"
    return f"would take about {_rounded(seconds_to_go)}; {budget}"


def _rounded(seconds: float) -> str:
    """Return a rough duration, rounded up."""
    for unit, size in (("s", 1), ("m", 60)):
        if seconds <= 99 * size:
            return f"{ceil(seconds / size)}{unit}"
    return f"{ceil(seconds / 3600)}h"
