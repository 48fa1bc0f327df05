"""Where a value stands on an axis, and where the round values are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seqtune.drawing.chart import axis_labels, axis_span, axis_ticks

ROOM = 0.04
"""Room between the values and the ends of the axis, as a share of its length."""

SMALLEST = 1e-280
"""What a logarithmic axis can hold, with room around it; its inverse is the largest."""

CLOSEST = 0.01
"""Powers of ten that the ends of a logarithmic axis are apart at least."""

FACTORS = ((1, 1.5, 2, 3, 4, 5, 7), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,))
"""Round values of a power of ten on a logarithmic axis: the most that have room are written."""


@dataclass(frozen=True)
class Scale:
    """An axis: values from `low` to `high` stand from `start` to `end` on the paper.

    Args:
        low, high: The values at its ends; they differ, and are positive where it is logarithmic.
        start, end: Where these stand, in points.
        is_logarithmic: Whether equal ratios are equal lengths.

    Example:
        >>> Scale(0.0, 10.0, 100.0, 0.0).at(2.5)
        75.0
    """

    low: float
    high: float
    start: float
    end: float
    is_logarithmic: bool = False

    @classmethod
    def around(
        cls,
        values: Iterable[float | None],
        start: float,
        end: float,
        *,
        is_logarithmic: bool = False,
        room: float = ROOM,
        anchor: float | None = None,
    ) -> Scale:
        """Return an axis that holds values, with some room at its ends.

        Args:
            values: What it holds; None is passed over, and so is what a logarithm cannot hold.
            start: Where it begins, in points.
            end: Where it ends.
            is_logarithmic: Whether it is logarithmic.
            room: Share of its length that stays free at both ends.
            anchor: A value that it holds without any room beyond: the foot of bars.
        """
        known = [each for each in values if each is not None]
        if is_logarithmic:
            low, high = _log_span(known)
            wide = high - low
            return cls(10 ** (low - room * wide), 10 ** (high + room * wide), start, end, True)
        span = axis_span([*known, anchor] if anchor is not None else known) or (0.0, 1.0)
        wide = span[1] - span[0]
        low = span[0] if span[0] == anchor else span[0] - room * wide
        high = span[1] if span[1] == anchor else span[1] + room * wide
        return cls(low, high, start, end)

    def at(self, value: float | None) -> float | None:
        """Return where a value stands, in points; None for what it cannot hold."""
        if value is None or (self.is_logarithmic and not SMALLEST < value < 1 / SMALLEST):
            return None
        if self.is_logarithmic:
            low, high, value = (math.log10(each) for each in (self.low, self.high, value))
        else:
            low, high = self.low, self.high
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def ticks(self, count: int) -> list[tuple[float, str]]:
        """Return about `count` round values within it, each with how it is written."""
        ticks = self._powers(count) if self.is_logarithmic else []
        if len(ticks) > 1:
            return [
                (tick, f"{tick:,.6g}" if 9e-5 < tick < 1e7 else f"{tick:.0e}") for tick in ticks
            ]
        ticks = axis_ticks(self.low, self.high, count)
        if not self.is_logarithmic and any(
            abs(tick) < 1e-12 * (self.high - self.low) for tick in ticks
        ):
            ticks = [0.0 if abs(tick) < 1e-12 * (self.high - self.low) else tick for tick in ticks]
        return list(zip(ticks, _labels(ticks), strict=True))

    def _powers(self, count: int) -> list[float]:
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        for factors in FACTORS:
            found = [
                factor * 10.0**power
                for power in range(first, last + 1)
                for factor in factors
                if self.low <= factor * 10.0**power <= self.high
            ]
            if len(found) <= count + 1:
                return found
        return found[:: math.ceil(len(found) / count)]


def _log_span(values: Iterable[float]) -> tuple[float, float]:
    """Return the logarithms of the least and the largest value, some way apart."""
    logs = [math.log10(value) for value in values if SMALLEST < value < 1 / SMALLEST]
    low, high = min(logs, default=0.0), max(logs, default=0.0)
    return (low, high) if high - low > CLOSEST else (low - 0.5, high + 0.5)


def _labels(ticks: Sequence[float]) -> list[str]:
    return [text.replace("-", "−") for text in axis_labels(ticks)]
