"""Simple methods take turns, the cheap before the costly, as far as the time goes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import ceil, inf
from typing import Protocol


class Turn(Protocol):
    """One method on its way through what is to be predicted."""

    @property
    def name(self) -> str:
        """The method's name."""

    @property
    def seconds_to_go(self) -> float:
        """Seconds that what is left would take at the pace so far."""

    def probe(self, deadline: float) -> None:
        """Predict a little, to know the pace."""

    def finish(self, deadline: float) -> None:
        """Predict all, or leave the method out where the time would not do."""


def take_turns(methods: Sequence[Turn], always: Collection[str], deadline: float) -> None:
    """Let every method have its turn: first those that always run, then the cheapest.

    Args:
        methods: The methods.
        always: Names of those that run even if the deadline has passed.
        deadline: The `time.monotonic` value to be done by.
    """
    costly = [method for method in methods if method.name not in always]
    for method in methods:
        if method.name in always:
            method.finish(inf)
    for method in costly:
        method.probe(deadline)
    for method in sorted(costly, key=lambda method: method.seconds_to_go):
        method.finish(deadline)


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
