"""What windows of several widths around a step say: level, spread, restlessness and trend."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from seqtune.baselines.method import Floats, Integers
from seqtune.baselines.tag._sequences import Sequences, bounds_of

WIDTHS = (5, 15, 45, 135)
"""Steps of the windows."""

PER_WIDTH = 4
"""Figures of a window and channel: mean, deviation, mean change from step to step, and trend."""


LARGEST = 100.0
"""Standard deviations of training at which values are cut off."""


def window_statistics(sequences: Sequences, values: Floats, *, causal: bool) -> Floats:
    """Return the values of each step, and figures of the windows that it stands in.

    A window is centred on its step, or ends with it (`causal`), and is cut off where its sequence
    begins and ends; the trend is the mean of its later half less that of its earlier half.

    Args:
        sequences: Series of steps.
        values: (positions, channels) float64, their values in standard deviations of training.
        causal: Whether windows end with their step.

    Returns:
        (positions, channels * (1 + widths * 4)) float32.
    """
    begin, end = bounds_of(sequences.offsets)
    cut = np.clip(np.nan_to_num(values), -LARGEST, LARGEST)
    columns = [cut, *_of_windows(cut, begin, end, causal)]
    return np.concatenate(columns, axis=1).astype(np.float32)


def _of_windows(values: Floats, begin: Integers, end: Integers, causal: bool) -> Iterator[Floats]:
    """Yield the figures of windows, (positions, channels) each."""
    place = np.arange(len(values))
    change = np.abs(np.diff(values, axis=0, prepend=values[:1]))
    change[place == begin] = 0.0
    sums, squares, changes = (_Sums(each, begin) for each in (values, values**2, change))
    for width in WIDTHS:
        back = width - 1 if causal else width // 2
        low = np.maximum(place - back, begin)
        high = np.minimum(place - back + width, end)
        middle = (low + high) // 2
        mean = sums.mean(low, high)
        yield mean
        yield np.sqrt(np.maximum(0.0, squares.mean(low, high) - mean**2))
        yield changes.mean(low, high)
        yield sums.mean(middle, high) - sums.mean(low, np.maximum(middle, low + 1))


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
        before = np.where((low > self.begin)[:, None], self.running[np.maximum(low - 1, 0)], 0.0)
        return np.asarray((self.running[high - 1] - before) / (high - low)[:, None])
