"""Forecasts of histories that no training saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seqtune.pretrained.answer import QUANTILES
from seqtune.pretrained.arrays import Booleans, Floats, Integers
from seqtune.pretrained.network import Weights, quantiles
from seqtune.pretrained.reading import read

SHORTEST = 64
"""Histories are filled up to so many steps, or twice, four times … as many, as in training."""

LONGEST = 1024
"""Steps of a history that are looked at."""

GROUP = 256
"""Histories that are forecast at once."""

FURTHEST = 20.0
"""No forecast of logarithms counts that is so many times as large as the largest value."""

LARGEST_POWER = 600.0


@dataclass(frozen=True)
class Histories:
    """A batch of histories, filled up on the left.

    Args:
        values: (batch, steps), float64, the newest last.
        lengths: (batch,), steps of each.
    """

    values: Floats
    lengths: Integers

    @classmethod
    def of(cls, histories: Sequence[Floats], longest: int = LONGEST) -> Histories:
        """Take the newest steps of each."""
        lengths = np.array([min(len(each), longest) for each in histories])
        steps = SHORTEST
        while steps < lengths.max():
            steps *= 2
        values = np.zeros((len(histories), steps))
        for row, (each, length) in enumerate(zip(histories, lengths, strict=True)):
            values[row, steps - length :] = np.asarray(each, np.float64)[len(each) - length :]
        return cls(values, lengths)

    def of_unit_size(self) -> tuple[Histories, Integers]:
        """Return histories of values up to 1, and the powers of two that bring them back."""
        exponents = np.frexp(np.abs(self.values).max(axis=1))[1].astype(np.int64)
        return Histories(np.ldexp(self.values, -exponents[:, None]), self.lengths), exponents

    @property
    def there(self) -> Booleans:
        """Where a value stands, (batch, steps)."""
        steps = self.values.shape[1]
        found: Booleans = np.arange(steps) >= steps - self.lengths[:, None]
        return found


def forecast(
    weights: Weights, histories: Sequence[Floats], horizon: int, periods: Sequence[int]
) -> Floats:
    """Return deciles of the steps after each history, (histories, horizon, 9), float64.

    A history that never changes goes on so, with certainty.

    Args:
        weights: Of `seqtune.pretrained.network`.
        histories: (steps,) each, without NaN, at least one step long.
        horizon: Steps ahead.
        periods: Seasonal periods in steps. The shortest is told; the network looks back over up to
            eight of it, which is a week of hours.
    """
    period = min((each for each in periods if each > 1), default=1)
    order = np.argsort([len(each) for each in histories], kind="stable")
    found = np.empty((len(histories), horizon, len(QUANTILES)))
    for begin in range(0, len(order), GROUP):
        rows = order[begin : begin + GROUP]
        batch, exponents = Histories.of([histories[row] for row in rows]).of_unit_size()
        said = _of_both_scales(weights, batch, horizon, period)
        found[rows] = np.ldexp(said, exponents[:, None, None])
        for row in rows:
            if np.ptp(histories[row][-LONGEST:]) == 0.0:
                found[row] = histories[row][-1]
    return found


def _of_both_scales(weights: Weights, batch: Histories, horizon: int, period: int) -> Floats:
    """Return the mean of forecasting values and logarithms, where all values are above zero."""
    found = _both_ways(weights, batch, horizon, period)
    there = batch.there
    positive = np.where(there, batch.values, 1.0).min(axis=1) > 0.0
    if not positive.any():
        return found
    values = np.where(there, batch.values, 1.0)[positive]
    logs = _both_ways(weights, Histories(np.log(values), batch.lengths[positive]), horizon, period)
    powers = np.exp(np.minimum(logs, LARGEST_POWER))
    good = powers < FURTHEST * values.max(axis=1)[:, None, None]
    found[positive] = np.where(good, 0.5 * (found[positive] + powers), found[positive])
    return found


def _both_ways(weights: Weights, batch: Histories, horizon: int, period: int) -> Floats:
    """Return the mean of the forecast and of that of the series upside down, turned back."""
    turned = Histories(-batch.values, batch.lengths)
    upside_down = -_plain(weights, turned, horizon, period)[..., ::-1]
    mean: Floats = 0.5 * (_plain(weights, batch, horizon, period) + upside_down)
    return mean


def _plain(weights: Weights, batch: Histories, horizon: int, period: int) -> Floats:
    count = len(batch.lengths)
    ahead = np.broadcast_to(np.arange(1, horizon + 1), (count, horizon))
    reading = read(batch.values, batch.there, batch.lengths, np.full(count, period), ahead)
    said = quantiles(weights, reading.inputs()).astype(np.float64)
    return said * reading.unit[:, None, None] + reading.center[:, None, None]
