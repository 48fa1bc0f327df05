"""What regressions on all series learn from: lags, seasons, covariates, in units of each series.

A window's values are centred on its level, the mean of the last season, and divided by the
unit of its series, so that series of any magnitude are one data set. (The deviation of the
window itself depends on how many promotions it holds; with it errors were up to 80 % larger:
docs/notes/forecasting.md, "Covariates".) Each step ahead is predicted directly (Ben Taieb et al.
2012, arXiv 1108.3259) from

- the last values;
- the values one and two seasons before that step, for each season;
- what is known ahead at that step, one before and one after it, and at each of those lags: what a
  promotion brought a week ago is told apart from the level;
- the last values of past covariates, and the static ones.

Source:
    Montero-Manso and Hyndman 2021, "Principles and algorithms for forecasting groups of time
    series: locality and globality", Int. J. of Forecasting 37(4).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from seqtune.baselines.method import Floats, Periods
from seqtune.baselines.window_batch import WindowBatch

MAX_LAGS = 32
"""Last values that a regression sees."""

FEW_LAGS = 8
"""The same where the data has no season."""

KNOWN_LAGS = 4
"""Last steps whose covariates it sees."""

MAX_PERIODS = 3
"""Seasons whose lags it sees, the shortest first."""

MOST = 20.0
"""No target is more than so many units from the level: what is has the weight of such a one."""


@dataclass(frozen=True)
class Design:
    """Windows as a regression takes them.

    Args:
        batch: The windows.
        periods: Seasonal periods in steps, shortest first.
    """

    batch: WindowBatch
    periods: Periods

    @cached_property
    def level(self) -> Floats:
        """The mean of each window's last season, (windows,)."""
        season = self.periods[0] if self.periods else FEW_LAGS
        recent, valid = self.batch.values[:, -season:], self.batch.valid[:, -season:]
        return _mean(recent, valid)

    @cached_property
    def scaled(self) -> Floats:
        """The values in each window's unit, (windows, reach); 0 where there is none."""
        return np.where(self.batch.valid, self.reduce(self.batch.values), 0.0)

    def reduce(self, values: Floats) -> Floats:
        """Turn (windows, steps) into units of each window."""
        reduced: Floats = (values - self.level[:, None]) / self.batch.unit[:, None]
        return np.clip(reduced, -MOST, MOST)

    def restore(self, values: Floats) -> Floats:
        """Turn (windows, …) in units of each window into the unit of the data."""
        shape = (len(values), *[1] * (values.ndim - 1))
        bounded = np.clip(values, -MOST, MOST)
        restored: Floats = self.level.reshape(shape) + self.batch.unit.reshape(shape) * bounded
        return restored

    @cached_property
    def common(self) -> npt.NDArray[np.float32]:
        """Features that are the same for each step ahead, (windows, features)."""
        batch = self.batch
        lags = min(2 * self.periods[0] if self.periods else FEW_LAGS, MAX_LAGS, batch.reach)
        some = min(KNOWN_LAGS, batch.reach)
        parts: list[npt.NDArray[Any]] = [
            self.scaled[:, -lags:],
            batch.known[:, batch.reach - some : batch.reach],
            batch.past[:, -some:],
            batch.static,
        ]
        return _side_by_side(parts)

    def features(self, step: int) -> npt.NDArray[np.float32]:
        """Return all features of one step ahead, (windows, features).

        Args:
            step: From 0.
        """
        return np.concatenate([self.common, self.at_step(step)], axis=1)

    def at_step(self, step: int) -> npt.NDArray[np.float32]:
        """Return the features that one step ahead has for itself, (windows, features).

        Args:
            step: From 0.
        """
        batch, place = self.batch, self.batch.reach + step
        last = batch.known.shape[1] - 1
        parts: list[npt.NDArray[Any]] = [
            batch.known[:, each] for each in (place, place - 1, min(place + 1, last))
        ]
        for period in self.periods[:MAX_PERIODS]:
            nearest = place - period * (step // period + 1)
            for before in (nearest, nearest - period):
                if before >= 0:
                    parts += [self.scaled[:, before, None], batch.known[:, before]]
        return _side_by_side(parts)


def reach_of(horizon: int, periods: Periods) -> int:
    """Return how many steps of history the features of a regression come from.

    Args:
        horizon: Steps ahead.
        periods: Seasonal periods in steps, shortest first.

    Example:
        >>> reach_of(48, (24, 168))
        336
    """
    longest = max(periods[:MAX_PERIODS], default=1)
    return max(MAX_LAGS, 2 * longest, -(-horizon // longest) * longest if longest > 1 else 1)


def _side_by_side(parts: Sequence[npt.NDArray[Any]]) -> npt.NDArray[np.float32]:
    """Join (windows, …) arrays to (windows, features)."""
    flat = [part.reshape(len(part), math.prod(part.shape[1:])) for part in parts]
    return np.concatenate(flat, axis=1, dtype=np.float32)


def _mean(values: Floats, counted: npt.NDArray[np.bool_]) -> Floats:
    """Return the mean of what counts in each row, (windows,); 0 where nothing does."""
    count = np.maximum(counted.sum(axis=1), 1)
    mean: Floats = (np.where(counted, values, 0.0) / count[:, None]).sum(axis=1)
    return mean
