"""Windows of rows: those that end at the row which is scored, or all that hold it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from seqtune.baselines.anomaly._units import center_and_unit, stacked, without_unknown
from seqtune.baselines.method import Floats, Predict

DEFAULT_SEASON = 32
"""Rows that count as a season where there is none."""

MAX_SEASON = 150
"""Of a longer season, so many rows."""

MAX_NUMBERS = 600
"""Numbers in a season at most, so that many channels have shorter windows."""

SEASONS = 2
"""Length of a window. Two of them find more than one did (docs/notes/anomalies.md, "Simple methods
beside the network")."""

MAX_WINDOWS = 10_000
CHUNK = 4_000_000  # numbers in memory at once


@dataclass(frozen=True)
class Windows:
    """How rows become windows of a few seasons.

    Args:
        rows: Length of a window.
        center: (channels,), training medians.
        unit: (channels,), robust training deviations.
    """

    rows: int
    center: Floats
    unit: Floats

    @classmethod
    def fitted(cls, train: Sequence[Floats], period: int | None, seasons: int = SEASONS) -> Windows:
        """Measure training rows; where all segments are short, so is the window."""
        season = DEFAULT_SEASON if period is None or period < 2 else min(period, MAX_SEASON)
        values = stacked(train)
        rows = seasons * max(min(season, MAX_NUMBERS // max(values.shape[1], 1)), 1)
        rows = min(rows, max(map(len, train), default=0) // 2)
        return cls(max(rows, 1), *center_and_unit(values))

    def training(self, train: Sequence[Floats]) -> Floats:
        """Return windows spread evenly over all segments: (windows, rows * channels)."""
        views = [self._view(self._scaled(values)) for values in train if len(values) >= self.rows]
        total = sum(map(len, views))
        stride = max(1, -(-total // MAX_WINDOWS))
        chosen = [view[::stride].reshape(-1, self.rows * len(self.center)) for view in views]
        return np.concatenate(chosen) if chosen else np.empty((0, self.rows * len(self.center)))

    def scorer(self, score: Callable[[Floats], Floats], *, causal: bool) -> Predict:
        """Return what scores rows by windows.

        Args:
            score: From (windows, rows * channels) to (windows,).
            causal: Whether a row is scored by the window that ends at it; else by the mean of all
                windows that hold it.
        """

        def scores(values: Floats) -> Floats:
            if len(values) < self.rows:
                return np.full(len(values), np.nan)
            view = self._view(self._scaled(values))
            found = np.empty(len(view))
            step = max(1, CHUNK // (self.rows * len(self.center)))
            for start in range(0, len(view), step):
                flat = view[start : start + step].reshape(-1, self.rows * len(self.center))
                found[start : start + len(flat)] = score(flat)
            placed = _at_their_ends if causal else _spread
            return without_unknown(placed(found, self.rows), values)

        return scores

    def _scaled(self, values: Floats) -> Floats:
        """Return values in units of training; a gap has the last value before it, else the median.

        Shape: (rows, channels).
        """
        scaled = (values - self.center) / self.unit
        known = np.isfinite(scaled)
        last = np.where(known, np.arange(len(values))[:, None], -1)
        np.maximum.accumulate(last, axis=0, out=last)
        filled = np.take_along_axis(np.where(known, scaled, 0.0), np.maximum(last, 0), axis=0)
        return np.where(last >= 0, filled, 0.0)

    def _view(self, scaled: Floats) -> Floats:
        return sliding_window_view(scaled, self.rows, axis=0)  # (windows, channels, rows)


def _at_their_ends(found: Floats, rows: int) -> Floats:
    """Return the score of the window that ends at each row, NaN where none does.

    Args:
        found: (windows,), the score of each window, which begin one row after another.
        rows: Length of a window.
    """
    return np.concatenate([np.full(rows - 1, np.nan), found])


def _spread(found: Floats, rows: int) -> Floats:
    """Return the mean score of the windows that hold each row, (windows + rows - 1,).

    Source:
        The way that TSB-AD (Liu and Paparrizos 2024, NeurIPS) takes from k-means on windows.

    Example:
        >>> _spread(np.array([1.0, 3.0, 5.0]), 2)
        array([1., 2., 4., 5.])
    """
    sums = np.concatenate([[0.0], np.cumsum(found)])
    row = np.arange(len(found) + rows - 1)
    first, last = np.maximum(row - rows + 1, 0), np.minimum(row, len(found) - 1)
    return np.asarray((sums[last + 1] - sums[first]) / (last + 1 - first))
