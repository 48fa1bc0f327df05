"""What windows of several widths around a step say: level, spread, restlessness and trend."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from seqtune.baselines.method import Floats, Integers
from seqtune.baselines.tag._sequences import Sequences, bounds_of

WIDTHS = (5, 15, 45, 135)
"""Steps of the windows."""

PER_WIDTH = 4
"""Figures of a window and channel: mean, deviation, mean change from step to step, and trend."""


LARGEST = 100.0
"""Standard deviations of training at which values are cut off."""


class WindowStatistics:
    """The values of steps, and figures of the windows that they stand in.

    A window is centred on its step, or ends with it (`causal`), and is cut off where its sequence
    begins and ends; the trend is the mean of its later half less that of its earlier half.

    Args:
        sequences: Series of steps.
        values: (positions, channels) float64, their values in standard deviations of training.
        causal: Whether windows end with their step.
    """

    def __init__(self, sequences: Sequences, values: Floats, *, causal: bool) -> None:
        self.causal = causal
        self.begin, self.end = bounds_of(sequences.offsets)
        self.values = np.clip(np.nan_to_num(values), -LARGEST, LARGEST)
        change = np.abs(np.diff(self.values, axis=0, prepend=self.values[:1]))
        change[np.arange(len(values)) == self.begin] = 0.0
        self.sums, self.squares, self.changes = (
            _Sums(each, self.begin) for each in (self.values, self.values**2, change)
        )

    def of(self, places: Integers) -> npt.NDArray[np.float32]:
        """Return (places, channels * (1 + widths * 4)) float32 of some positions."""
        columns = [self.values[places], *self._of_windows(places)]
        return np.concatenate([each.astype(np.float32) for each in columns], axis=1)

    def _of_windows(self, places: Integers) -> Iterator[Floats]:
        """Yield the figures of windows, (places, channels) each."""
        begin, end = self.begin[places], self.end[places]
        for width in WIDTHS:
            back = width - 1 if self.causal else width // 2
            low = np.maximum(places - back, begin)
            high = np.minimum(places - back + width, end)
            middle = (low + high) // 2
            mean = self.sums.mean(low, high)
            yield mean
            yield np.sqrt(np.maximum(0.0, self.squares.mean(low, high) - mean**2))
            yield self.changes.mean(low, high)
            earlier = self.sums.mean(low, np.maximum(middle, low + 1))
            yield self.sums.mean(middle, high) - earlier


class _Sums:
    """Sums of stretches of sequences.

    Args:
        values: (positions, channels).
        begin: (positions,) where the sequence of each begins.
    """

    def __init__(self, values: Floats, begin: Integers) -> None:
        self.begin = begin
        self.running = np.empty_like(values)
        borders = [*np.unique(begin).tolist(), len(values)]
        for start, end in pairwise(borders):
            np.cumsum(values[start:end], axis=0, out=self.running[start:end])

    def mean(self, low: Integers, high: Integers) -> Floats:
        """Return (positions, channels) the mean from `low` to before `high`, in one sequence."""
        before = np.where(
            (low > self.begin[low])[:, None], self.running[np.maximum(low - 1, 0)], 0.0
        )
        return np.asarray((self.running[high - 1] - before) / (high - low)[:, None])
