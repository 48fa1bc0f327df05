"""Seasonal periods, found in the data with the frequency's conventional periods as candidates.

The measure is the dip of the variogram: how much smaller the mean squared difference at the lag
of a period is than over the lags around it, which is what makes a seasonal naive forecast good.
White noise has a flat variogram and a random walk a straight one, so neither has dips; a season
has a dip about as deep as its share of the variance. It follows from the autocorrelation, by FFT.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seqtune.data.panel.frequency import DAY, HOUR, MINUTE, WEEK, YEAR, parse_frequency
from seqtune.data.panel.grid import Grid
from seqtune.data.panel.panel import Panel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SERIES = 200
"""Series looked at, spread evenly over those that are long enough."""

ROWS = 5000
"""Last rows of each series looked at."""

MAX_PERIODS = 2
"""Periods returned at most."""

SHALLOWEST = {True: 0.05, False: 0.1}
"""Least share of the variance around it that a conventional (True) or other season explains."""

SURER = {True: 0.8, False: 1.2}
"""What chance adds to that, times 1 / sqrt(cycles): more for periods that nobody expects, for many
are looked at. Measured on white noises, random walks, integrated random walks and autoregressions
of one series each: at most 3 in 100 pass at 30 steps, 1 in 100 from 60 steps on."""

BETTER = 0.7
"""A period is only a part of a longer one if the longer one's variogram is this much lower."""


def find_periods(
    panel: Panel, rows_end: Ints | None = None, maximum: int = ROWS // 2
) -> tuple[int, ...]:
    """Find the seasonal periods of a panel's targets.

    Args:
        panel: The data.
        rows_end: (series,), int64, absolute row where training ends in each series; rows from
            there on are not looked at. None looks at all rows.
        maximum: Longest period, in steps.

    Returns:
        Periods in steps, shortest first; () where nothing repeats.
    """
    ends = check_rows_end(panel, rows_end)
    pooled = _Variogram.pool(panel, ends, maximum)
    conventional = [p for p in conventional_periods(panel.grid) if p <= pooled.longest]
    first = _fundamental(pooled, conventional)
    if first is None:
        return ()
    found = [first]
    candidates = sorted({*conventional, *range(2 * first, pooled.longest + 1, first)})
    while len(found) < MAX_PERIODS:
        longer = [p for p in candidates if p >= 2 * found[-1]]
        stronger = [p for p in longer if pooled.is_season(p, found[-1], p in conventional)]
        if not stronger:
            break
        found.append(stronger[0])
    return tuple(found)


def conventional_periods(grid: Grid) -> tuple[int, ...]:
    """Return the periods that a frequency suggests, shortest first, () for integer steps.

    Example:
        >>> conventional_periods(Grid("h", "2024-01-01T00:00:00"))
        (24, 168, 8766)
    """
    if not grid.is_calendar:
        return ()
    frequency = parse_frequency(grid.frequency)
    if frequency.kind == "business":
        cycles: Iterable[float] = (5 / frequency.size, 261 / frequency.size)
    elif frequency.kind == "month":
        cycles = (12 / frequency.size,)
    else:
        lengths = [MINUTE, HOUR] if frequency.size < MINUTE else [HOUR]
        lengths = lengths if frequency.size < HOUR else []
        cycles = (length / frequency.size for length in (*lengths, DAY, WEEK, YEAR))
    whole = (round(cycle) for cycle in cycles if abs(cycle - round(cycle)) < 0.02 * cycle)
    return tuple(period for period in whole if period >= 2)


def seasonal_scales(panel: Panel, period: int, rows_end: Ints | None = None) -> Floats:
    """Return the in-sample error of the seasonal naive forecast, the denominators of MASE.

    The mean of |y[t] - y[t - period]| over training rows where both values were observed. Where
    that is none or zero (a short or a constant series), the same with a period of 1; where that
    is none or zero too, 1.

    Args:
        panel: The data.
        period: Seasonal period in steps; 1 for none.
        rows_end: (series,), int64, absolute row where training ends in each series.

    Returns:
        (series, targets), float64, in the user's unit, always positive.

    Source:
        Hyndman and Koehler (2006), Another look at measures of forecast accuracy, section 2.5.
    """
    ends = check_rows_end(panel, rows_end)
    scales = _mean_differences(panel, max(period, 1), ends)
    usable = np.isfinite(scales) & (scales > 0)
    if period > 1 and not usable.all():
        scales = np.where(usable, scales, _mean_differences(panel, 1, ends))
    return np.where(np.isfinite(scales) & (scales > 0), scales, 1.0)


def check_rows_end(panel: Panel, rows_end: Ints | None) -> Ints:
    """Return where to stop in each series, as absolute rows: (series,), int64.

    Raises:
        ValueError: A row lies outside its series; most likely it was counted from its start.
    """
    if rows_end is None:
        return panel.offsets[1:]
    ends = np.asarray(rows_end, dtype=np.int64)
    if ends.shape != panel.starts.shape or bool(
        ((ends < panel.offsets[:-1]) | (ends > panel.offsets[1:])).any()
    ):
        raise ValueError("rows_end must hold one absolute row of the panel per series")
    return ends


@dataclass(frozen=True)
class _Variogram:
    """The pooled variogram of many series, each in units of its own.

    Args:
        values: (lags,), float64, mean squared difference at each lag from 0.
        cycles: (lags,), float64, how often each lag fits into the steps of all pooled series.
    """

    values: Floats
    cycles: Floats

    @property
    def longest(self) -> int:
        """Longest lag that fits twice into the longest series."""
        return len(self.values) * 2 // 3 - 1

    @classmethod
    def pool(cls, panel: Panel, ends: Ints, maximum: int) -> _Variogram:
        lengths = np.minimum(ends - panel.offsets[:-1], ROWS)
        most = min(int(lengths.max(initial=0)) // 2, maximum)
        # Lags up to one and a half periods are compared with the period.
        lags = most + most // 2 + 2
        sums, weights, steps = np.zeros((3, lags))
        long = np.flatnonzero(lengths >= min(8, lengths.max(initial=0)))
        for series in long[np.unique(np.linspace(0, len(long) - 1, SERIES).astype(int))]:
            begin = int(ends[series] - lengths[series])
            for values in panel.target[begin : int(ends[series])].T:
                curve = _variogram(np.array(values), lags)
                known = min(len(curve), len(values) * 3 // 4 + 1)
                sums[:known] += curve[:known]
                weights[:known] += 1
                steps[:known] += len(values)
        with np.errstate(divide="ignore", invalid="ignore"):
            return cls(np.where(weights > 0, sums / weights, 0.0), steps / np.arange(lags))

    def dip(self, period: int, stride: int = 1) -> float:
        """Return how much lower the variogram is at a period than around it, as a share.

        The lesser of two comparisons: with the mean over one period around, and with the power
        law through its two ends, which the variograms of walks and smooth trends follow.

        Args:
            period: Lag to judge.
            stride: Compare only with lags that differ by multiples of it: a season known
                already, which must not count again.
        """
        reach = period // 2 // stride * stride
        low, high = period - reach, period + reach
        around = self.values[low : high + 1 : stride]
        if reach == 0 or float(around.min()) < 0.0 or self.values[low] * self.values[high] <= 0:
            return 0.0
        share = np.log(period / low) / np.log(high / low)
        law = float(self.values[low] ** (1 - share) * self.values[high] ** share)
        return 1.0 - float(self.values[period]) / min(float(around.mean()), law)

    def is_season(self, period: int, stride: int, is_expected: bool) -> bool:
        """Say whether the dip at a period is deep enough, and lower than what is beside it.

        Args:
            period: Lag to judge.
            stride: As in `dip`.
            is_expected: Less is asked of a period that the frequency suggests.
        """
        if not 2 <= period <= self.longest or self.cycles[period] < 2:
            return False
        # Noise may make the lag next to that of a smooth season a little lower.
        step = max(stride, period // 8) if is_expected and stride == 1 else stride
        before, after = self.values[period - step], self.values[period + step]
        # A season on a wandering level only bends the variogram, which rises all the same.
        beside = (before + after) / 2 if is_expected else min(before, after)
        least = SHALLOWEST[is_expected] + SURER[is_expected] / float(np.sqrt(self.cycles[period]))
        return bool(self.values[period] < beside) and self.dip(period, stride) > min(least, 0.9)


def _variogram(values: Floats, lags: int) -> Floats:
    """Return the mean squared difference of a series at each lag, trend removed, scaled to 1."""
    length = len(values)
    time = np.linspace(-1.0, 1.0, length)
    spread = float(np.abs(values).max(initial=0.0))
    values = values / spread if spread > 0 else values
    values = values - values.mean()
    values = values - time * (values @ time) / max(float(time @ time), 1e-12)
    low, high = np.quantile(values, [0.02, 0.98])
    if high > low:
        # One spike must not drown a season; one that comes every week is within the quantiles.
        values = values.clip(2 * low - high, 2 * high - low)
    variance = float(values.var())
    if variance < 1e-20:
        return np.zeros(0)
    values = values / np.sqrt(variance)
    count = min(lags, length - 1)
    size = 1 << (2 * length - 1).bit_length()
    spectrum = np.fft.rfft(values, size)
    products = np.fft.irfft(spectrum * spectrum.conj(), size)[:count]
    squares = np.concatenate([[0.0], np.cumsum(values**2)])
    lag = np.arange(count)
    early, late = squares[length - lag], squares[length] - squares[lag]
    return np.asarray((early + late - 2.0 * products) / (length - lag))


def _fundamental(pooled: _Variogram, conventional: list[int]) -> int | None:
    """Return the shortest period that is not part of a longer one."""
    known = [p for p in conventional if pooled.is_season(p, 1, True)]
    if known:
        return known[0]
    # A period that nobody expects must be seen four times.
    periods = list(range(2, pooled.longest // 2 + 1))
    periods = [p for p in periods if pooled.is_season(p, 1, False)]
    if not periods:
        return None
    deepest = max(pooled.dip(p) for p in periods)
    for period in periods:
        multiples = [m for m in (2 * period, 3 * period) if m <= pooled.longest]
        is_part = any(pooled.values[m] < BETTER * pooled.values[period] for m in multiples)
        if pooled.dip(period) >= deepest / 2 and not is_part:
            return period
    return None


def _mean_differences(panel: Panel, period: int, ends: Ints) -> Floats:
    """Return mean |y[t] - y[t - period]| of each series: (series, targets), NaN where none."""
    begins = panel.offsets[:-1]
    targets = panel.target.shape[1]
    means = np.full((len(begins), targets), np.nan)
    long = np.flatnonzero(ends - begins > period)
    if len(long) == 0:
        return means
    # Ranges [begin + period, end) alternate with what lies between them.
    borders = np.stack([begins[long], ends[long] - period], axis=1).ravel()
    for target in range(targets):
        values, observed = panel.target[:, target], panel.observed[:, target]
        both = observed[period:] & observed[:-period]
        difference = np.abs(values[period:] - values[:-period])
        difference[~both] = 0.0
        sums = _sum_ranges(difference, borders)
        counts = _sum_ranges(both, borders)
        with np.errstate(divide="ignore", invalid="ignore"):
            means[long, target] = sums / counts
    return means


def _sum_ranges(values: npt.NDArray[np.float64] | npt.NDArray[np.bool_], borders: Ints) -> Floats:
    """Sum values between the 1st and 2nd border, the 3rd and 4th, ...: (ranges,), float64."""
    inner = borders[:-1] if borders[-1] == len(values) else borders
    sums = np.add.reduceat(values, inner, dtype=np.float64)
    return np.asarray(sums[::2])
