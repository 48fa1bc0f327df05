"""Planting labelled anomalies into normal rows, where nobody has labelled any.

Which network finds anomalies best cannot be told from normal rows alone, and real anomalies are
seldom labelled. So known ones are planted into a copy: six kinds that are met in practice, as
easy or as hard as the channel's own noise and range make them.

- spike: one to three rows jump up or down.
- level_shift: a stretch lies higher or lower.
- flat_line: a stretch repeats its first value, as a stuck sensor does.
- noise_burst: a stretch is noisier.
- time_warp: a stretch runs faster, slower, or is out of step with its season.
- swap: the two halves of a stretch change places.

Sizes are drawn evenly on a logarithmic scale from `HARDEST` times the channel's noise to
`EASIEST` times its spread, lengths likewise from a row (as many as the kind needs) to two seasons.

Source:
    Goswami et al. 2023, "Unsupervised model selection for time-series anomaly detection", ICLR,
    who choose among detectors by planted anomalies too, of much the same kinds. The numbers below
    are set by judgement, not measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

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

LONGEST_SPIKE = 3
LONGEST_WITHOUT_SEASON = 100
SEASONS = 2

SHARE = 0.1
"""Share of the rows that may be anomalies, about."""

ROOM = 25
"""Rows between two anomalies at least, or a season, where that is longer; less in tiny parts."""

SMALLEST_PART = 12
"""Rows below which nothing is planted: too few would be left that are normal. An anomaly, and the
room before it, take at most one of so many rows of a part."""

HARDEST, EASIEST = 3.0, 3.0
TRIES = 10
VISIBLE = 0.5
"""Mean change, in units of the channel's noise, that a planted anomaly must at least make."""


@dataclass(frozen=True)
class Planted:
    """Rows with planted anomalies.

    Args:
        values: (rows, channels), float64, a copy; NaN where the rows had NaN.
        labels: (rows,), int8, 1 within an anomaly.
        kinds: (rows,), int8, 0 outside, else the kind's place in `KINDS`, counted from 1.
        channels: (rows, channels), bool, which channels an anomaly has hit.
    """

    values: Floats
    labels: Codes
    kinds: Codes
    channels: npt.NDArray[np.bool_]

    @property
    def planted(self) -> tuple[str, ...]:
        """Names of the kinds that are among the rows, in the order of `KINDS`."""
        return tuple(name for code, name in enumerate(KINDS, 1) if (self.kinds == code).any())

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of the kinds for which there was no room, or no shape to change."""
        return tuple(name for name in KINDS if name not in self.planted)


def plant(
    values: Floats, period: int | None, random: np.random.Generator, share: float = SHARE
) -> Planted:
    """Plant anomalies of all kinds into a copy of rows that are mostly normal.

    Args:
        values: (rows, channels), float64, in order of time, one series; NaN where not observed.
        period: Season in rows; None where there is none.
        random: Draws everything: the same state plants the same anomalies.
        share: Of the rows that may be anomalies, about; 0 to 0.5.

    Returns:
        The rows with as many anomalies as there is room for, possibly none.

    Example:
        >>> rows = np.sin(np.arange(2000) * 2 * np.pi / 48)[:, None]
        >>> planted = plant(rows, 48, np.random.default_rng(0))
        >>> planted.left_out
        ()
        >>> bool((planted.values[planted.labels == 0] == rows[planted.labels == 0]).all())
        True
    """
    sheet = _Sheet(values, period)
    for start, length, kind in _places(sheet, random, share):
        sheet.plant(start, length, kind, random)
    return Planted(sheet.result(), (sheet.kinds > 0).astype(np.int8), sheet.kinds, sheet.hit)


class _Sheet:
    """A copy of the rows on which anomalies are drawn."""

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

    @property
    def longest(self) -> int:
        return LONGEST_WITHOUT_SEASON if self.period is None else SEASONS * self.period

    def plant(self, start: int, length: int, kind: str, random: np.random.Generator) -> None:
        """Draw one anomaly, on other channels or of another size if nothing can be seen of it."""
        stretch = slice(start, start + length)
        is_allowed = self.known[stretch].mean(axis=0) >= 0.5
        if kind in NEEDS_SHAPE:
            is_allowed &= self.has_shape
        allowed = np.flatnonzero(is_allowed)
        for _ in range(TRIES if len(allowed) else 0):
            for channel in _chosen(allowed, random):
                new = DRAW[kind](self, channel, stretch, random)
                change = np.abs(new - self.values[stretch, channel])
                seen = change[self.known[stretch, channel]].mean()
                if seen > 0 and seen >= VISIBLE * self.noise[channel]:
                    self.values[stretch, channel] = new
                    self.hit[stretch, channel] = True
            if self.hit[stretch].any():
                self.kinds[stretch] = KINDS.index(kind) + 1
                return

    def size(self, channel: int, random: np.random.Generator) -> float:
        """Return how far an anomaly goes, in the channel's unit, above or below 0."""
        low = HARDEST * self.noise[channel]
        high = max(EASIEST * self.spread[channel], 2.0 * low)
        size = low * (high / low) ** random.random()
        return float(size if random.random() < 0.5 else -size)

    def result(self) -> Floats:
        return np.where(self.known, self.values, np.nan)


def _spike(sheet: _Sheet, channel: int, rows: slice, random: np.random.Generator) -> Floats:
    length = rows.stop - rows.start
    peak = int(random.integers(length))
    shape = 0.5 ** np.abs(np.arange(length) - peak)
    return np.asarray(sheet.values[rows, channel] + sheet.size(channel, random) * shape)


def _level_shift(sheet: _Sheet, channel: int, rows: slice, random: np.random.Generator) -> Floats:
    return np.asarray(sheet.values[rows, channel] + sheet.size(channel, random))


def _flat_line(sheet: _Sheet, channel: int, rows: slice, random: np.random.Generator) -> Floats:
    length = rows.stop - rows.start
    return np.full(length, sheet.values[rows.start, channel])


def _noise_burst(sheet: _Sheet, channel: int, rows: slice, random: np.random.Generator) -> Floats:
    length = rows.stop - rows.start
    size = abs(sheet.size(channel, random)) / 2.0
    return np.asarray(sheet.values[rows, channel] + random.normal(scale=size, size=length))


def _time_warp(sheet: _Sheet, channel: int, rows: slice, random: np.random.Generator) -> Floats:
    """Run a stretch at another pace, or out of step; it reads no row outside of the part."""
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


def _swap(sheet: _Sheet, channel: int, rows: slice, random: np.random.Generator) -> Floats:
    half = (rows.stop - rows.start) // 2
    return np.roll(sheet.values[rows, channel], half)


DRAW: dict[str, Callable[[_Sheet, int, slice, np.random.Generator], Floats]] = {
    "spike": _spike,
    "level_shift": _level_shift,
    "flat_line": _flat_line,
    "noise_burst": _noise_burst,
    "time_warp": _time_warp,
    "swap": _swap,
}


def _places(sheet: _Sheet, random: np.random.Generator, share: float) -> list[tuple[int, int, str]]:
    """Return start, length and kind of each anomaly, in order of time, none near another."""
    rows = len(sheet.values)
    if rows < SMALLEST_PART:
        return []
    kinds = [kind for kind in KINDS if kind not in NEEDS_SHAPE or sheet.has_shape.any()]
    room = min(max(ROOM, sheet.period or 0), rows // SMALLEST_PART)
    drawn = _draw_lengths(sheet, kinds, room, share * rows, random)
    used = sum(length for length, _ in drawn)
    order = random.permutation(len(drawn))
    free = rows - used - room * (len(drawn) + 1)
    cuts = np.sort(random.integers(0, free + 1, size=len(drawn)))
    places, start = [], 0
    for number, cut in zip(order, np.diff(cuts, prepend=0), strict=True):
        start += room + int(cut)
        length, kind = drawn[int(number)]
        places.append((start, length, kind))
        start += length
    return places


def _draw_lengths(
    sheet: _Sheet, kinds: list[str], room: int, budget: float, random: np.random.Generator
) -> list[tuple[int, str]]:
    """Return length and kind of as many anomalies as there is room for, each kind in turn."""
    rows = len(sheet.values)
    fair = max(1.5 * budget / len(KINDS), SHORTEST["time_warp"])  # so that every kind fits in
    longest = min(sheet.longest, rows // SMALLEST_PART, int(fair))
    drawn: list[tuple[int, str]] = []
    used = 0
    fits = True
    while fits:
        fits = False
        for kind in random.permutation(kinds).tolist():
            length = _length(kind, longest, random)
            needed = used + length + room * (len(drawn) + 2)
            if length and used + length <= max(budget, 1.0) and needed <= rows:
                drawn.append((length, kind))
                used += length
                fits = True
    return drawn


def _length(kind: str, longest: int, random: np.random.Generator) -> int:
    """Return a length for a kind, 0 where the longest allowed one is too short for it."""
    low = SHORTEST[kind]
    high = min(max(longest, 1), LONGEST_SPIKE) if kind == "spike" else longest
    if high < low:
        return 0
    return min(int(low * ((high + 1) / low) ** random.random()), high)


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
        least = 1e-6 * level or 1e-6
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
