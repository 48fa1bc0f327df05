"""What each kind of planted anomaly does to a segment of rows.

- spike: one to three rows jump up or down.
- level_shift: a segment lies higher or lower.
- flat_line: a segment repeats its first value, as a stuck sensor does.
- noise_burst: a segment is noisier.
- time_warp: a segment runs faster, slower, or is out of step with its season.
- swap: the two halves of a segment change places.

Sizes are drawn evenly on a logarithmic scale from `HARDEST` times the channel's noise to
`EASIEST` times its spread.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

KINDS = ("spike", "level_shift", "flat_line", "noise_burst", "time_warp", "swap")
"""The kinds; the code of each in `Planted.kinds` is its place here, counted from 1."""

SHORTEST = {
    "spike": 1,
    "level_shift": 2,
    "flat_line": 3,
    "noise_burst": 3,
    "time_warp": 8,
    "swap": 6,
}
"""Rows that a kind needs at least."""

NEEDS_SHAPE = ("time_warp", "swap")
"""Kinds that change nothing that could be seen in white noise."""

HARDEST, EASIEST = 3.0, 3.0
TRIES = 10
ROUNDING = 1e-12
"""A channel that varies by no more than this share of its level is constant."""

VISIBLE = 0.5
"""Mean change, in units of the channel's noise, that a planted anomaly must at least make."""


class Sheet:
    """A copy of the rows on which anomalies are drawn.

    Args:
        values: (rows, channels), float64, NaN where not observed.
        period: Season in rows; None where there is none.
    """

    def __init__(self, values: Floats, period: int | None) -> None:
        self.known = np.isfinite(values)
        self.period = period if period is not None and period > 1 else None
        self.values = np.column_stack(
            [_filled(values[:, channel]) for channel in range(values.shape[1])]
            or [np.empty((len(values), 0))]
        )
        self.noise, self.spread = _scales(values, self.period)
        self.kinds = np.zeros(len(values), np.int8)
        self.hit = np.zeros(values.shape, np.bool_)
        # Where neighbours are as far apart as any two rows, order and pace cannot be seen.
        is_smooth = self.noise < 0.5 * self.spread
        self.has_shape = np.asarray(is_smooth | (self.period is not None and self.spread > 0))

    def suits(self, kind: str) -> bool:
        """Say whether a kind can be seen in these rows at all."""
        return kind not in NEEDS_SHAPE or bool(self.has_shape.any())

    def plant(self, start: int, length: int, kind: str, random: np.random.Generator) -> None:
        """Draw one anomaly, on other channels or of another size if nothing can be seen of it."""
        segment = slice(start, start + length)
        is_allowed = self.known[segment].mean(axis=0) >= 0.5
        if kind in NEEDS_SHAPE:
            is_allowed &= self.has_shape
        allowed = np.flatnonzero(is_allowed)
        for _ in range(TRIES if len(allowed) else 0):
            for channel in _chosen(allowed, random):
                new = DRAW[kind](self, channel, segment, random)
                change = np.abs(new - self.values[segment, channel])
                seen = change[self.known[segment, channel]].mean()
                if seen > 0 and seen >= VISIBLE * self.noise[channel]:
                    self.values[segment, channel] = new
                    self.hit[segment, channel] = True
            if self.hit[segment].any():
                self.kinds[segment] = KINDS.index(kind) + 1
                return

    def size(self, channel: int, random: np.random.Generator) -> float:
        """Return how far an anomaly goes, in the channel's unit, above or below 0."""
        low = HARDEST * self.noise[channel]
        high = max(EASIEST * self.spread[channel], 2.0 * low)
        size = low * (high / low) ** random.random()
        return float(size if random.random() < 0.5 else -size)

    def result(self) -> Floats:
        """Return the rows with what was drawn, (rows, channels); NaN where they had NaN."""
        return np.where(self.known, self.values, np.nan)


def _spike(sheet: Sheet, channel: int, rows: slice, random: np.random.Generator) -> Floats:
    length = rows.stop - rows.start
    peak = int(random.integers(length))
    shape = 0.5 ** np.abs(np.arange(length) - peak)
    return np.asarray(sheet.values[rows, channel] + sheet.size(channel, random) * shape)


def _level_shift(sheet: Sheet, channel: int, rows: slice, random: np.random.Generator) -> Floats:
    return np.asarray(sheet.values[rows, channel] + sheet.size(channel, random))


def _flat_line(sheet: Sheet, channel: int, rows: slice, random: np.random.Generator) -> Floats:
    length = rows.stop - rows.start
    return np.full(length, sheet.values[rows.start, channel])


def _noise_burst(sheet: Sheet, channel: int, rows: slice, random: np.random.Generator) -> Floats:
    length = rows.stop - rows.start
    size = abs(sheet.size(channel, random)) / 2.0
    return np.asarray(sheet.values[rows, channel] + random.normal(scale=size, size=length))


def _time_warp(sheet: Sheet, channel: int, rows: slice, random: np.random.Generator) -> Floats:
    """Run a segment at another pace, or out of step; it reads no row outside of the part."""
    length, last = rows.stop - rows.start, len(sheet.values) - 1
    step = np.arange(length, dtype=np.float64)
    if sheet.period is not None and random.random() < 1 / 3:
        shift = random.uniform(0.15, 0.5) * sheet.period
        shift = -shift if rows.start >= shift and random.random() < 0.5 else shift
        source = rows.start + step + shift
    else:
        pace = math.exp(random.uniform(math.log(1.4), math.log(2.5)))
        pace = pace if random.random() < 0.5 else 1.0 / pace
        source = rows.start + pace * step
    over = max(float(source[-1]) - last, 0.0)  # go back by what is read beyond the part
    source = np.clip(source - over, 0.0, last)
    return np.asarray(np.interp(source, np.arange(last + 1), sheet.values[:, channel]))


def _swap(sheet: Sheet, channel: int, rows: slice, random: np.random.Generator) -> Floats:
    half = (rows.stop - rows.start) // 2
    return np.roll(sheet.values[rows, channel], half)


DRAW: dict[str, Callable[[Sheet, int, slice, np.random.Generator], Floats]] = {
    "spike": _spike,
    "level_shift": _level_shift,
    "flat_line": _flat_line,
    "noise_burst": _noise_burst,
    "time_warp": _time_warp,
    "swap": _swap,
}


def _chosen(allowed: npt.NDArray[np.int64], random: np.random.Generator) -> list[int]:
    """Return one of the channels, or, half of the time, several."""
    count = 1
    if len(allowed) > 1 and random.random() < 0.5:
        count = int(random.integers(2, len(allowed) + 1))
    return sorted(random.choice(allowed, size=count, replace=False).tolist())


def _scales(values: Floats, period: int | None) -> tuple[Floats, Floats]:
    """Return each channel's noise and spread, both above 0: (channels,) each.

    The noise is the smaller of the robust deviations of the differences to the row before and to
    the row a season before, divided by sqrt(2); the spread is that of the values themselves.
    """
    channels = values.shape[1]
    noise, spread = np.empty(channels), np.empty(channels)
    for channel in range(channels):
        column = values[:, channel]
        known = column[np.isfinite(column)]
        level = float(np.abs(known).max(initial=0.0))
        least = ROUNDING * level
        spread[channel] = _deviation(column)
        lags = [lag for lag in (1, period) if lag is not None and 0 < lag < len(column)]
        steps = [_deviation(column[lag:] - column[:-lag]) / math.sqrt(2.0) for lag in lags]
        steps = [step for step in steps if step > least]
        if spread[channel] <= least:  # a constant channel: a hundredth of its level
            spread[channel] = 0.01 * level or 1.0
        noise[channel] = min([*steps, spread[channel]])
        noise[channel] = max(noise[channel], 0.01 * spread[channel])
    return noise, spread


def _deviation(values: Floats) -> float:
    """Return the median absolute deviation, scaled as a normal's; the plain one where it is 0."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0
    robust = 1.4826 * float(np.median(np.abs(known - np.median(known))))
    return robust or float(known.std())


def _filled(column: Floats) -> Floats:
    """Return a channel with its gaps drawn through in straight lines, zeros where all is one."""
    known = np.flatnonzero(np.isfinite(column))
    if not len(known):
        return np.zeros(len(column))
    return np.interp(np.arange(len(column)), known, column[known])
