"""Windows of rows that end at the row which is scored, a chunk of them at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from seqtune.baselines.anomaly._units import center_and_unit, stacked, without_unknown
from seqtune.baselines.method import Floats, Predict

DEFAULT_ROWS = 32
"""Of a window where there is no season."""

MAX_ROWS = 100
MAX_NUMBERS = 600
"""Numbers in a window at most, so that many channels have a shorter one."""

MAX_WINDOWS = 10_000
CHUNK = 4_000_000  # numbers in memory at once


@dataclass(frozen=True)
class Windows:
    """How rows become windows: a season, 100 rows at most; 32 rows where there is no season.

    Args:
        rows: Length of a window.
        center: (channels,), training medians.
        unit: (channels,), robust training deviations.
    """

    rows: int
    center: Floats
    unit: Floats

    @classmethod
    def fitted(cls, train: Sequence[Floats], period: int | None) -> Windows:
        """Measure training rows; where all segments are short, so is the window."""
        rows = DEFAULT_ROWS if period is None or period < 2 else min(period, MAX_ROWS)
        values = stacked(train)
        rows = min(rows, MAX_NUMBERS // max(values.shape[1], 1))
        rows = min(rows, max(map(len, train), default=0) // 2)
        return cls(max(rows, 1), *center_and_unit(values))

    def training(self, train: Sequence[Floats]) -> Floats:
        """Return windows spread evenly over all segments: (windows, rows * channels)."""
        views = [self._view(self._scaled(values)) for values in train if len(values) >= self.rows]
        total = sum(map(len, views))
        stride = max(1, -(-total // MAX_WINDOWS))
        chosen = [view[::stride].reshape(-1, self.rows * len(self.center)) for view in views]
        return np.concatenate(chosen) if chosen else np.empty((0, self.rows * len(self.center)))

    def scorer(self, score: Callable[[Floats], Floats]) -> Predict:
        """Return what scores rows by the windows that end at them.

        Args:
            score: From (windows, rows * channels) to (windows,).
        """

        def scores(values: Floats) -> Floats:
            answer = np.full(len(values), np.nan)
            if len(values) < self.rows:
                return answer
            view = self._view(self._scaled(values))
            step = max(1, CHUNK // (self.rows * len(self.center)))
            for start in range(0, len(view), step):
                flat = view[start : start + step].reshape(-1, self.rows * len(self.center))
                first = self.rows - 1 + start
                answer[first : first + len(flat)] = score(flat)
            return without_unknown(answer, values)

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
